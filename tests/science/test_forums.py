"""Forums work through what they do: a placebo changes nothing, information clears sight, and structure matters."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import networkx as nx
import numpy as np
import pytest

from regime_abm import api
from regime_abm.core.world import GLOSSARY, SHAPES
from regime_abm.region_files import FORUM_RANGES
from regime_abm.scenario import load
from tests.helpers import after, differences, made_up, prepared, same_bits

FORUM_QUANTITIES = [name for name, entry in GLOSSARY.items() if "F" in SHAPES[entry.axes]]


def real():
    return load("baseline_2018")


def with_forum(scenario, code="PLACEBO", *, first=False, **fields):
    """The scenario with one more forum in its region, to which all belong; by default it does nothing but meet."""
    region = scenario.region
    pattern = next(iter(region.forums.values()))
    numbers = {"vitality": 0.8, "capital": 0.6, "information": 0.0, "attention": 0.0}
    numbers.update({name: fields.pop(name) for name in FORUM_RANGES if name in fields})
    ranges = {
        name: replace(pattern.ranges[name], value=value, low=value, high=value, subject=code) for name, value in numbers.items()
    }
    plain = {"start": 0, "agenda": (), "track": 1.0, "level": 3.0, "meets_every": 2, "meets_in": 1, "host": ""}
    forum = replace(pattern, code=code, name="Placebo", ranges=ranges, **{**plain, **fields})
    membership = region.membership.copy()
    membership.add_node(code, bipartite="forum")
    for state in region.states:
        membership.add_edge(code, state, start=0, end=10**6, status="member")
    forums = {code: forum, **region.forums} if first else {**region.forums, code: forum}
    return replace(scenario, region=replace(region, forums=forums, membership=membership))


def compared(scenario, other, months, count=20):
    """Names of the quantities that differ, month by month; forum arrays only where both have the forum."""
    run, world = prepared(scenario, count=count)
    other_run, twin = prepared(other, count=count)
    kept = [twin.names.forums.index(code) for code in world.names.forums]
    found = set()
    for _ in range(months):
        world, twin = run.month(world), other_run.month(twin)
        found.update(differences(world, twin, skip=FORUM_QUANTITIES))
        for name in FORUM_QUANTITIES:
            axis = SHAPES[GLOSSARY[name].axes].index("F")
            if not same_bits(getattr(world, name), np.take(getattr(twin, name), kept, axis=axis)):
                found.add(name)
    return found, twin


@pytest.mark.parametrize("first", [False, True], ids=["last in the file", "first in the file"])
@pytest.mark.parametrize("world", ["quartet", "baseline_2018"])
def test_a_placebo_forum_changes_no_bit_of_anything_else(world, first):
    """It meets and states come to it, but it has no agenda, tells nothing and costs nothing."""
    scenario = real() if world == "baseline_2018" else made_up(world)
    found, twin = compared(scenario, with_forum(scenario, first=first), 48)
    assert found == set()
    place = twin.names.forums.index("PLACEBO")
    assert twin.attendance[:, place].any()  # it did meet


def test_a_placebo_forum_changes_no_measure_and_no_outcome():
    scenario = real()
    one, two = (api.run(which, replicates=100, months=60, seed=3) for which in (scenario, with_forum(scenario)))
    assert one.sha256 == two.sha256


@pytest.mark.parametrize(
    ("fields", "moved"),
    [
        ({"information": 1.0}, "misperception"),
        ({"agenda": ("hard",)}, "talks"),
        ({"attention": 1.0, "meets_every": 1}, "attendance"),
    ],
    ids=["information", "a hard agenda", "a cost in attention"],
)
def test_what_a_placebo_lacks_is_what_a_forum_does(fields, moved):
    """The comparison can fail: with any one of the three, the rest of the world changes."""
    scenario = made_up("quartet")
    found, _ = compared(scenario, with_forum(scenario, **fields), 24)
    assert moved in found


def test_with_all_their_channels_shut_forums_are_inert():
    """The rival account, forums as talk shops: under the structural null a world without forums is the same."""
    scenario = made_up("quartet").with_preset("structural_null")
    region = scenario.region
    bare = replace(scenario, region=replace(region, forums={}), events=())
    run, world = prepared(replace(scenario, events=()), count=20)
    bare_run, empty = prepared(bare, count=20)
    world, empty = after(run, world, 48), after(bare_run, empty, 48)
    assert world.attendance.any()
    assert differences(world, empty, skip=FORUM_QUANTITIES) == []


def test_a_forum_that_tells_much_lowers_misperception_and_one_that_tells_nothing_does_not():
    scenario = made_up("quartet")
    n = len(scenario.region.states)
    pairs = ~np.eye(n, dtype=bool)
    means = {}
    for information in (0.0, 1.0):
        run, world = prepared(with_forum(scenario, "NEWS", information=information), count=100, draw=False)
        means[information] = after(run, world, 24).misperception[:, pairs].mean()
    run, world = prepared(scenario, count=100, draw=False)
    assert means[0.0] == after(run, world, 24).misperception[:, pairs].mean()
    assert means[1.0] < 0.8 * means[0.0]


def test_a_meeting_adds_no_trust_by_itself():
    """Trust moves by what states see each other do: in the month of the first meeting it is the same with and without."""
    scenario = made_up("quartet")
    run, world = prepared(scenario, count=30)
    other_run, twin = prepared(with_forum(scenario, "NEWS", information=1.0, agenda=("hard", "soft"), meets_every=1), count=30)
    world, twin = run.month(world), other_run.month(twin)
    assert twin.met[:, -1].any()
    assert same_bits(world.trust, twin.trust)
    assert not same_bits(world.misperception, twin.misperception)


# Structure


def test_shuffled_memberships_change_something_and_keep_all_degrees():
    """The first World is another one, and what follows from it."""
    scenario = made_up("quartet")
    plain = replace(scenario, events=())
    shuffled = replace(plain, region=plain.region.shuffled(scenario.start, np.random.default_rng(4)))
    before, now = (which.region.members_at(scenario.start) for which in (plain, shuffled))
    assert before != now
    for place in (0, 1):
        assert Counter(seat[place] for seat in before) == Counter(seat[place] for seat in now)
    run, world = prepared(plain, count=20)
    other_run, other = prepared(shuffled, count=20)
    found = differences(after(run, world, 24), after(other_run, other, 24))
    assert {"member", "misperception", "trust"} <= set(found)


@pytest.mark.parametrize("seed", range(4))
def test_a_shuffle_of_the_real_region_keeps_every_forums_size_and_every_states_forums(seed):
    region, start = real().region, real().start
    before, now = region.members_at(start), region.shuffled(start, np.random.default_rng(seed)).members_at(start)
    assert before != now
    for place in (0, 1):
        assert Counter(seat[place] for seat in before) == Counter(seat[place] for seat in now)


def test_a_shuffle_leaves_memberships_of_other_times_alone():
    region, start = real().region, real().start - 240  # many forums were still to come

    def over(which):
        spells = which.membership.edges(data=True)
        return {(a, b, spell["start"]) for a, b, spell in spells if not spell["start"] <= start < spell["end"]}

    assert over(region)
    assert over(region.shuffled(start, np.random.default_rng(1))) == over(region)


def test_where_everybody_belongs_to_everything_a_shuffle_changes_nothing():
    trio = made_up("trio")
    shuffled = trio.region.shuffled(trio.start, np.random.default_rng(1))
    assert shuffled.members_at(trio.start) == trio.region.members_at(trio.start)


def test_shuffled_memberships_of_the_real_region_change_something():
    scenario = real()
    shuffled = replace(scenario, region=scenario.region.shuffled(scenario.start, np.random.default_rng(5)))
    one, two = (api.run(which, replicates=50, months=36, seed=3) for which in (scenario, shuffled))
    assert one.sha256 != two.sha256


def test_a_swap_back_of_nothing_is_the_same_region():
    """The graphs are the region: given back unchanged, they change no bit."""
    scenario = made_up("quartet")
    region = scenario.region
    same = replace(scenario, region=region.from_graphs(region.alliances.copy(), region.membership.copy()))
    run, world = prepared(scenario, count=10)
    other_run, other = prepared(same, count=10)
    assert differences(after(run, world, 24), after(other_run, other, 24)) == []


def test_no_alliances_at_all_is_a_graph_too():
    scenario = made_up("quartet")
    bare = replace(scenario, region=scenario.region.from_graphs(alliances=nx.MultiGraph()))
    run, world = prepared(bare, count=3)
    assert not world.alliance.any()
    assert after(run, world, 3).month == 3


def test_a_graph_with_an_unknown_node_is_refused():
    graph = nx.MultiGraph()
    graph.add_node("ASX")
    with pytest.raises(api.InputError, match='unknown node \'ASX\'; did you mean "ASH"'):
        made_up("quartet").region.from_graphs(alliances=graph)


# Calendar


@pytest.mark.parametrize(("every", "expected"), [(1, 48), (3, 16), (6, 8), (12, 4), (24, 2), (48, 1)])
def test_a_forum_meets_as_often_as_it_says(every, expected):
    scenario = with_forum(made_up("trio"), "TABLE", meets_every=every, meets_in=3)
    run, world = prepared(scenario, count=1, draw=False)
    place, called, nobody_asked = world.names.forums.index("TABLE"), 0, np.full_like(world.attend_chance, -1.0)
    for _ in range(48):
        world = run.month(world.replace({"attend_chance": nobody_asked.copy()}))
        called += bool((world.attend_chance[0, place] >= 0).all())
    assert called == expected


def test_a_host_comes_to_its_own_meeting():
    scenario = with_forum(made_up("trio"), "TABLE", meets_every=1, host="CCC").with_parameters({"forums.host_pull": 8.0})
    run, world = prepared(scenario, count=50)
    table = world.names.forums.index("TABLE")
    shares = np.mean([(world := run.month(world)).attendance[:, table].mean(axis=0) for _ in range(12)], axis=0)
    assert shares[2] > 0.99
    assert shares[:2].max() < 0.99
