"""Yardsticks and gauges: worked cases, and that reading them changes nothing."""

from __future__ import annotations

import numpy as np
import pytest

from regime_abm.core.names import Names
from regime_abm.ensemble import Chunk, simulate
from regime_abm.errors import InputError
from regime_abm.measures import MEASURES
from regime_abm.measures.gauges import GAUGES
from regime_abm.measures.history import History
from regime_abm.measures.of_one import OF_AGREEMENTS, gauge_of
from regime_abm.measures.outcome import KEYS, PEACE_SCALE
from regime_abm.measures.regime import LEGS
from regime_abm.yardsticks import YARDSTICKS, chosen, gauges_of, late_mean, of_record, records_of, taken
from tests.helpers import made_up, prepared

SHARES = ("probability", "scale 0 to 1", "share of rival pairs", "share of states")


def chunk(outcome: list[list[str]], legs: list[list[int]] | None = None, **series: list[list[float]]) -> Chunk:
    """A chunk with these outcome classes month by month (the start is added), number of legs held, and series."""
    places = np.array([[-1] + [KEYS.index(key) for key in row] for row in outcome], np.int8)
    held = np.zeros(places.shape, np.uint16)
    if legs is not None:
        held[:, 1:] = [[(1 << count) - 1 for count in row] for row in legs]
    nothing = np.zeros(places.shape, bool)
    return Chunk(0, {name: np.array(rows) for name, rows in series.items()}, places, nothing, nothing, held, nothing)


def test_the_peace_scale_holds_every_outcome_class_once():
    assert sorted(PEACE_SCALE) == sorted(KEYS)
    assert PEACE_SCALE[0] == "war"
    assert PEACE_SCALE[-1] == "security_community"


def test_where_a_future_ends_on_the_peace_scale():
    found = chunk([["cold_peace", "war"], ["war", "issue_regime"]])
    assert taken(found, ["peace"])["peace"].tolist() == [0.0, 5.0]


def test_months_in_crisis_count_crisis_and_war():
    found = chunk([["crisis", "war", "war"], ["cold_peace", "crisis", "ad_hoc_management"]])
    assert taken(found, ["crisis_months"])["crisis_months"].tolist() == [3.0, 1.0]


def test_all_legs_but_one_are_nearly_a_regime():
    found = chunk([["cold_peace"] * 3], [[len(LEGS), len(LEGS) - 1, len(LEGS) - 2]])
    assert taken(found, ["nearly_a_regime", "legs"])["nearly_a_regime"].tolist() == [2.0]
    assert taken(found, ["legs"])["legs"].tolist() == [len(LEGS) - 1.0]


def test_forum_coverage_is_no_leg_of_conduct():
    found = chunk([["cold_peace"] * 2])
    found.legs[:, 1:] = [1 << [leg.key for leg in LEGS].index("coverage"), (1 << len(LEGS)) - 1]
    assert taken(found, ["legs"])["legs"].tolist() == [(1 + len(LEGS)) / 2]
    assert taken(found, ["conduct"])["conduct"].tolist() == [(len(LEGS) - 1) / 2]


def test_series_are_averaged_over_the_last_ten_years_without_the_start():
    long = np.concatenate([[7.0], np.zeros(120), np.ones(120)])[None]
    assert late_mean(long).tolist() == [1.0]
    assert late_mean(np.array([[7.0, 2.0, np.nan]])).tolist() == [2.0]


def test_the_least_arsenal_is_that_of_any_month_but_the_start():
    found = chunk([["cold_peace"] * 3, ["cold_peace"] * 3], arsenal=[[0.1, 0.5, 0.3, 0.6], [0.9, 0.8, 0.7, np.nan]])
    assert taken(found, ["least_arsenal"])["least_arsenal"].tolist()[0] == 0.3
    assert np.isnan(taken(found, ["least_arsenal"])["least_arsenal"][1])
    assert gauges_of(["least_arsenal", "arsenal"]) == ("arsenal",)


@pytest.mark.filterwarnings("error")
def test_where_nobody_disarms_there_is_no_arsenal_to_measure():
    _, world = prepared(made_up("quartet"), count=3)
    nobody = world.replace(
        {name: np.zeros_like(getattr(world, name)) for name in ("sanctioned", "assurance_from", "umbrella_from")}
    )
    for name in ("arsenal", "assurance", "umbrella", "hedging"):
        assert np.isnan(GAUGES[name].read(nobody)).all()


def test_an_unknown_yardstick_is_refused_with_the_nearest():
    with pytest.raises(InputError, match="unknown yardstick 'recprocity'; did you mean \"reciprocity\""):
        chosen(["recprocity"])


def test_measures_and_gauges_have_names_of_their_own():
    assert not set(MEASURES) & set(GAUGES)
    assert set(MEASURES) | set(GAUGES) < set(YARDSTICKS)
    assert gauges_of(["reciprocity", "talks", "legs", "talks"]) == ("talks",)


@pytest.fixture(scope="module")
def with_gauges():
    return simulate(made_up("quartet"), 3, 5, 4, months=30, gauges=tuple(GAUGES))


def test_reading_gauges_changes_no_bit(with_gauges):
    plain = simulate(made_up("quartet"), 3, 5, 4, months=30)
    assert set(with_gauges.series) == set(plain.series) | set(GAUGES)
    for name, values in plain.series.items():
        assert np.array_equal(values, with_gauges.series[name], equal_nan=True)
    assert np.array_equal(plain.outcome, with_gauges.outcome)


@pytest.mark.parametrize("name", GAUGES)
def test_a_gauge_gives_a_number_for_every_future_and_month(with_gauges, name):
    values = with_gauges.series[name]
    assert values.shape == (4, 31)
    assert np.isfinite(values).all()
    assert (values >= 0).all()
    if GAUGES[name].unit in SHARES:
        assert (values <= 1).all()


def test_gauges_read_the_world_as_it_is(with_gauges):
    run, world = prepared(made_up("quartet"), seed=3, first=5, count=4, draw=False)
    for _ in range(30):
        world = run.month(world)
    pairs = [(i, j) for i in range(4) for j in range(4) if i < j and world.rival[i, j]]
    n = len(pairs)
    for future in range(4):
        expected = {
            "will": sum(world.will[future]) / 4,
            "arsenal": (
                sum(world.arsenal[future, k] for k in range(4) if world.sanctioned[k] or world.assurance_from[k].any())
            )
            / sum(bool(world.sanctioned[k] or world.assurance_from[k].any()) for k in range(4)),
            "umbrella": world.credibility[future][world.umbrella_from].mean(),
            "hedging": world.hedging[future][world.umbrella_from.any(axis=1)].mean(),
            "assurance": world.credibility[future][world.assurance_from].mean(),
            "talks": sum(world.talks[future, i, j] for i, j in pairs) / n,
            "threat": sum(world.threat[future, i, j] + world.threat[future, j, i] for i, j in pairs) / (2 * n),
            "disputes": sum(world.dispute[future, i, j] > 0 for i, j in pairs),
            "agreements": sum(world.in_force[future]),
            "force": sum(max(world.severity[future, i, j], world.severity[future, j, i]) >= 3 for i, j in pairs),
            "settled": sum(world.settled[future, i, j] in (1, 2, 3) for i, j in pairs),
            "forum_level": sum(world.forum_level[future] * world.forum_active[future]),
        }
        for name, value in expected.items():
            assert with_gauges.series[name][future, -1] == pytest.approx(float(value), abs=1e-5), name


# Yardsticks of one thing, and of chosen months


def test_any_series_can_be_averaged_over_chosen_months():
    found = chunk([["cold_peace"] * 4], talks=[[9.0, 1.0, 2.0, 3.0, 4.0]])
    told = taken(found, ["talks", "talks in 2-3", "talks in 3-90", "talks in 4-4"])
    assert {key: value.tolist() for key, value in told.items()} == {
        "talks": [2.5],
        "talks in 2-3": [2.5],
        "talks in 3-90": [3.5],
        "talks in 4-4": [4.0],
    }
    assert np.isnan(taken(found, ["talks in 5-9"])["talks in 5-9"]).all()


def test_crises_that_begin_are_counted_against_months_that_could_see_one_begin():
    """Calm, calm, crisis, war, calm: one begins, in three months after a calm one."""
    found = chunk([["cold_peace", "cold_peace", "crisis", "war", "cold_peace"]])
    told = taken(found, ["crisis_begins in 1-5", "calm_before in 1-5", "crisis in 1-5", "muddling in 1-5"])
    assert [round(float(value[0]) * 5) for value in told.values()] == [1, 3, 2, 3]


def test_reciprocity_and_coverage_are_no_legs_of_acts():
    found = chunk([["cold_peace"] * 2])
    keys = [leg.key for leg in LEGS]
    found.legs[:, 1:] = [1 << keys.index("coverage") | 1 << keys.index("reciprocity"), (1 << len(LEGS)) - 1]
    assert taken(found, ["acts"])["acts"].tolist() == [(len(LEGS) - 2) / 2]


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("talks in 9-3", "needs 1 <= first month <= last month"),
        ("talks in 0-3", "needs 1 <= first month <= last month"),
        ("talsk in 1-3", "unknown yardstick 'talsk in 1-3'; did you mean \"talks\""),
        ("turst ASH>BAY", "unknown quantity 'turst'; did you mean \"trust\""),
        ("trust ASH>BAY in", "unknown yardstick"),
    ],
)
def test_what_is_no_yardstick_is_told(key, told):
    with pytest.raises(InputError, match=told):
        chosen([key])


@pytest.mark.parametrize(
    ("key", "told"),
    [("trust ASH>BAX", "unknown state 'BAX'"), ("trust ASH", "is not like"), ("ends LAKES", "unknown agreement 'LAKES'")],
)
def test_a_code_that_the_region_does_not_have_is_told(key, told):
    with pytest.raises(InputError, match=told):
        simulate(made_up("quartet"), 3, 0, 2, months=1, gauges=gauges_of([key]))


def test_one_thing_is_read_off_the_world():
    run, world = prepared(made_up("quartet"), count=6)
    for _ in range(30):
        world = run.month(world)
    i, j = world.names.state("ASH"), world.names.state("BAY")
    assert np.allclose(gauge_of("trust ASH>BAY").read(world), world.trust[:, i, j])
    assert np.allclose(gauge_of("trust ASH-BAY").read(world), (world.trust[:, i, j] + world.trust[:, j, i]) / 2)
    worst = np.maximum(world.hostility[:, i, j], world.hostility[:, j, i])
    assert np.array_equal(gauge_of("hostile ASH-BAY").read(world), worst >= 3)
    seat = world.names.forums.index("OPEN"), i
    assert np.array_equal(gauge_of("attendance OPEN:ASH").read(world), world.attendance[:, seat[0], seat[1]])


@pytest.fixture(scope="module")
def lake():
    """All that is told of one agreement with steps, month by month."""
    names = [f"{word} LAKE" for word in OF_AGREEMENTS]
    return simulate(made_up("quartet"), 3, 0, 300, months=60, gauges=(*names, "in_force LAKE", "ended LAKE")).series


def test_an_agreement_ends_only_while_it_is_at_risk(lake):
    assert lake["ends LAKE"].sum() > 20
    assert np.array_equal(lake["at_risk LAKE"], np.maximum(lake["in_force LAKE"], lake["ends LAKE"]))
    for word in ("_under_new", "_under_old", "_early", "_midway", "_late"):
        assert np.all(lake[f"ends{word} LAKE"] <= lake[f"at_risk{word} LAKE"]), word


def test_new_and_old_leaders_share_out_all_months_and_ends(lake):
    for word in ("ends", "at_risk"):
        both = lake[f"{word}_under_new LAKE"] + lake[f"{word}_under_old LAKE"]
        assert np.array_equal(both, lake[f"{word} LAKE"])


def test_phases_share_out_the_months_before_all_steps_are_taken(lake):
    phases = sum(lake[f"at_risk_{word} LAKE"] for word in ("early", "midway", "late"))
    rest = lake["at_risk LAKE"] - phases
    assert set(np.unique(rest)) <= {0.0, 1.0}
    finished = lake["finished LAKE"] > 0
    assert finished.any()
    assert np.array_equal(rest[finished], np.ones(finished.sum()))
    assert np.all(lake["carried_out LAKE"][finished] == 1.0)


def test_talks_that_resume_are_found_in_the_record():
    """Talks break off in months 2 and 8; they resume after two months the first time, after four the second."""
    open_in = {1, 4, 5, 6, 7, 12}
    talks = np.zeros((16, 1, 2, 2), bool)
    for month in open_in:
        talks[month, 0, 0, 1] = True
    nothing = np.zeros((2, 2), bool)
    record = {"talks": talks, "trust": np.zeros((16, 1, 2, 2))}
    names, none = Names(("AAA", "BBB"), (), ()), np.zeros(0)
    history = History(names, nothing, nothing, nothing[0], none, none, none, none, record)
    told = of_record(history, ["talks_break AAA-BBB", "talks_resume AAA-BBB"])
    assert np.flatnonzero(told["talks_break AAA-BBB"][0]).tolist() == [2, 8]  # what follows month 13 is not known
    assert np.flatnonzero(told["talks_resume AAA-BBB"][0]).tolist() == [2]


def test_the_record_is_asked_only_where_it_is_needed():
    assert records_of(["talks", "talks_resume DPRK-USA in 1-9"]) == ("talks_resume DPRK-USA",)
    assert gauges_of(["talks_resume DPRK-USA", "trust ASH>BAY in 1-9"]) == ("trust ASH>BAY",)
