"""From the files of a region to the first World: dates, defaults that give way, ranges that are drawn, graphs."""

from __future__ import annotations

import shutil

import networkx as nx
import numpy as np
import pytest
from scipy import stats

from regime_abm.core.noise import Luck
from regime_abm.errors import InputError
from regime_abm.files import month_index
from regime_abm.region import Region
from regime_abm.scenario import load
from tests.helpers import WORLDS, made_up, prepared


def month(text: str) -> int:
    return month_index(text, "test")


@pytest.fixture(scope="module")
def region():
    return Region.from_folder(WORLDS / "quartet")


@pytest.fixture
def editable(tmp_path):
    """A copy of the quartet that a test may rewrite; gives (path, append to a file)."""
    shutil.copytree(WORLDS / "quartet", tmp_path / "quartet")
    shutil.copy(WORLDS / "quartet.toml", tmp_path)

    def append(name: str, *lines: str) -> None:
        with (tmp_path / "quartet" / name).open("a", encoding="utf-8") as file:
            file.write("".join(line + "\n" for line in lines))

    return tmp_path / "quartet.toml", append


def first(region, date="2001-05", count=1, seed=3, assumptions=()):
    return region.first_world(month(date), Luck(seed, region.names, 0, count), assumptions)


# Dates


def test_a_membership_counts_from_its_first_month_on(region):
    assert ("HILL", "DEW") not in region.members_at(month("1997-12"))
    assert ("HILL", "DEW") in region.members_at(month("1998-01"))
    assert ("HILL", "BAY") in region.members_at(month("1997-12"))


def test_a_membership_that_ended_no_longer_counts(editable):
    path, _ = editable
    file = path.parent / "quartet" / "forums.toml"
    text = file.read_text("utf-8")
    file.write_text(text.replace('[{ state = "ASH" }, ', '[{ state = "ASH", until = 2001-05-01 }, ', 1), "utf-8")
    left = load(path).region
    assert ("OPEN", "ASH") in left.members_at(month("2001-04"))
    assert ("OPEN", "ASH") not in left.members_at(month("2001-05"))


def test_an_alliance_that_ended_is_no_tie(region):
    assert region.alliances_at(month("1989-12")).has_edge("ASH", "COL")
    assert not region.alliances_at(month("1990-01")).has_edge("ASH", "COL")
    world = first(region)
    assert world.alliance[0, 0, 2] == 0
    assert world.alliance[0, 0, 3] > 0
    assert np.array_equal(world.alliance, np.swapaxes(world.alliance, 1, 2))


def test_a_forum_is_alive_between_its_dates(region):
    names = region.names.forums
    assert first(region, "1993-01").forum_active[0].tolist() == [False, False, True]
    assert first(region, "1996-01").forum_active[0].tolist() == [True] * 3
    assert names == ("OPEN", "HILL", "QUAY")


def test_the_leader_is_who_led_at_the_start_and_serves_since_then(region):
    assert region.leader_at("COL", month("2001-05"))["leader"] == "Third"
    assert region.leader_at("COL", month("1996-12")) is None
    assert first(region).leader_age[0].tolist() == [82, 39, 52, 14]
    assert first(region, "1994-07").leader_age[0].tolist() == [0, 0, 0, 0]


# Defaults that give way to what is more special, then to what is later


def value(region, quantity, state, other="", date="2001-05"):
    item = region.given(month(date))[quantity, state, other]
    return item.low, item.high


def test_the_more_special_row_counts(region):
    assert value(region, "capability", "ASH") == (0.2, 0.6)
    assert value(region, "capability", "BAY") == (1.0, 1.0)
    assert value(region, "stake", "BAY", "COL") == (0.3, 0.3)  # * *
    assert value(region, "trust", "BAY", "COL") == (0.7, 0.9)  # exact


def test_a_row_of_one_star_beats_one_of_two_and_the_later_of_two_the_earlier(region):
    assert value(region, "stake", "ASH", "BAY") == (0.7, 0.7)
    assert value(region, "stake", "BAY", "ASH") == (0.8, 0.8)
    assert value(region, "stake", "BAY", "ASH", "1994-12") == (0.3, 0.3)  # its row begins in 1995


def test_the_latest_row_before_the_start_counts_and_later_ones_do_not(editable):
    path, append = editable
    for date, will in (("2001-05", 0.9), ("2001-06", 0.1), ("1999-01", 0.2)):
        append("initial.csv", f"will,ASH,,{date},{will},{will},{will},J,x")
    changed = load(path).region
    assert value(changed, "will", "ASH") == (0.9, 0.9)
    assert value(changed, "will", "ASH", date="2001-06") == (0.1, 0.1)
    assert value(changed, "will", "ASH", date="2001-04") == (0.2, 0.2)
    assert value(changed, "will", "ASH", date="1998-12") == (0.3, 0.7)


def test_a_later_default_does_not_override_an_earlier_row_about_the_state_itself(editable):
    path, append = editable
    append("initial.csv", "capability,*,,2001-01,0.1,0.1,0.1,J,x")
    changed = load(path).region
    assert value(changed, "capability", "ASH") == (0.1, 0.1)
    assert value(changed, "capability", "BAY") == (1.0, 1.0)


def test_what_no_row_gives_is_named():
    whole = Region.from_folder(WORLDS / "trio")
    with pytest.raises(InputError, match="no row gives capability of AAA"):
        whole.given(month("1989-12"))


# Ranges


def test_a_point_is_the_same_in_every_future_and_a_range_is_uniform(region):
    world = first(region, count=4000)
    assert set(world.capability[:, 1]) == {1.0}
    drawn = world.capability[:, 0]
    assert stats.kstest((drawn - 0.2) / 0.4, "uniform").pvalue > 1e-3
    assert stats.kstest((world.trust[:, 1, 2] - 0.7) / 0.2, "uniform").pvalue > 1e-3
    assert stats.kstest((world.forum_vitality[:, 0] - 0.4) / 0.4, "uniform").pvalue > 1e-3


def test_each_value_has_luck_of_its_own(region):
    world = first(region, count=2000)
    columns = [world.capability[:, 0], world.will[:, 0], world.capability[:, 2], world.trust[:, 0, 1], world.trust[:, 1, 0],
               world.forum_vitality[:, 0], world.forum_capital[:, 0], world.alliance[:, 0, 3]]  # fmt: skip
    correlations = np.corrcoef(columns)[np.triu_indices(len(columns), 1)]
    assert np.abs(correlations).max() < 4.5 / np.sqrt(2000)


def test_a_further_range_leaves_the_draws_of_the_others_alone(editable):
    path, append = editable
    append("initial.csv", "norm,BAY,,2000-01,0.5,0.1,0.9,J,x")
    before, now = first(made_up("quartet").region, count=50), first(load(path).region, count=50)
    assert not np.array_equal(before.norm[:, 1], now.norm[:, 1])
    assert np.array_equal(before.norm[:, [0, 2, 3]], now.norm[:, [0, 2, 3]])
    assert np.array_equal(before.will, now.will)


# What a scenario assumes


def test_an_assumption_overrides_the_files_and_nothing_else(tmp_path):
    (tmp_path / "arm.toml").write_text(
        f'schema = 1\nextends = "{WORLDS / "trio.toml"}"\n[initial]\n"will AAA" = {{ value = 0.9 }}\n'
        '"trust AAA>BBB" = { low = 0.6, high = 0.8 }\n',
        "utf-8",
    )
    (_, world), (_, base) = (prepared(each, count=300, draw=False) for each in (load(tmp_path / "arm.toml"), made_up("trio")))
    assert set(world.will[:, 0]) == {np.float32(0.9)}
    assert np.array_equal(world.will[:, 1:], base.will[:, 1:])
    assert world.trust[:, 0, 1].min() >= 0.6
    assert world.trust[:, 0, 1].max() <= 0.8
    assert np.array_equal(world.trust[:, 1, 0], base.trust[:, 1, 0])


# Graphs


def test_the_arrays_are_those_of_the_graphs(region):
    world = first(region)
    assert isinstance(region.alliances, nx.MultiGraph)
    for place, forum in enumerate(region.names.forums):
        members = {state for code, state in region.members_at(month("2001-05")) if code == forum}
        assert {region.names.states[i] for i in np.flatnonzero(world.member[0, place])} == members
    assert nx.is_bipartite(nx.Graph(region.membership))


def test_a_complete_a_ring_and_a_single_alliance_derive_their_arrays(region):
    tie = next(iter(region.alliances.edges(data=True)))[2]
    for family in (nx.complete_graph, nx.cycle_graph, nx.empty_graph):
        graph = nx.MultiGraph()
        graph.add_nodes_from(region.states)
        codes = list(region.states)
        graph.add_edges_from((codes[a], codes[b], {**tie, "start": 0, "end": 10**6}) for a, b in family(4).edges)
        world = first(region.from_graphs(alliances=graph))
        assert np.count_nonzero(world.alliance[0]) == 2 * graph.number_of_edges()


def test_flags_and_seasons_come_from_the_files(region):
    world = first(region)
    assert world.programme.tolist() == [True, False, False, True]
    assert world.key_party.tolist() == [True, True, True, False]
    assert np.flatnonzero(world.exercise_season).tolist() == [2, 7]
    assert np.array_equal(world.core, world.core.T)
    assert world.forum_track.tolist() == [1.0, 1.5, 2.0]
    assert world.forum_hard.tolist() == [True, False, True]
    assert world.forum_soft.tolist() == [True, True, False]


# A host


def test_a_forum_may_have_a_host(editable):
    path, _ = editable
    file = path.parent / "quartet" / "forums.toml"
    file.write_text(file.read_text("utf-8").replace('name = "Hill House"', 'name = "Hill House"\nhost = "DEW"'), "utf-8")
    assert first(load(path).region).forum_host.astype(int).tolist() == [[0] * 4, [0, 0, 0, 1], [0] * 4]
