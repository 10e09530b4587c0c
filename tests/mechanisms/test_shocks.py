"""Shocks: they come as often as said, last as long, can help and harm, and without them nothing changes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regime_abm.core.world import FLEETING
from regime_abm.events import Shock
from regime_abm.mechanisms import shocks
from regime_abm.scenario import load
from tests.helpers import after, differences, prepared

HAZARDS = {f"shocks.{name}": 0.0 for name in ("pandemic", "slump", "great_crisis", "far_war", "sudden_end", "clash")}
QUIET = HAZARDS | {"shocks.proving": 0.0, "shocks.inward_look": 0.0}
KINDS = ("pandemic", "economic crisis", "crisis of the great rivals", "war elsewhere")


@given(left=st.integers(0, 1200), luck=st.floats(0, 1, exclude_max=True), hazard=st.floats(0, 1), lasts=st.floats(1, 240))
def test_a_shock_that_lasts_is_not_begun_anew(left, luck, hazard, lasts):
    now = int(shocks.months_left(np.array(left), luck, hazard=hazard, lasts=lasts))
    assert now == left if left else now == (round(lasts) if luck < hazard else 0)


def test_without_shocks_no_bit_of_the_core_changes():
    plain = load("baseline_2018")
    with_it = plain.with_modules(["shocks"]).with_parameters(QUIET)
    one, other = (after(*prepared(scenario, count=10), 36) for scenario in (plain, with_it))
    assert differences(one, other, skip=FLEETING) == []


def test_they_come_as_often_as_their_hazard_says(trio):
    hazards = QUIET | {"shocks.slump": 0.02, "shocks.slump_lasts": 1.0}
    run, world = prepared(trio.with_modules(["shocks"]).with_parameters(hazards), count=2000, draw=False)
    part, struck = run.engine.part("shocks"), 0
    for month in range(1, 25):
        luck = run.engine.luck.at("shocks", month).named("slump", "the world")
        struck += (shocks.months_left(world.slump_months, luck, hazard=part.p.slump, lasts=1.0) > 0).sum()
    assert struck / 2000 / 24 == pytest.approx(0.02, rel=0.1)


@pytest.mark.parametrize("kind", KINDS)
def test_an_event_lasts_as_long_as_it_says_and_moves_something(kind):
    scenario = load("baseline_2018").with_modules(["shocks", "sanctions"]).with_parameters(QUIET)
    run, world = prepared(scenario, count=20)
    struck = Shock(kind="shock", month="2018-06", shock=kind, months=3).apply(world)
    name = next(name for name in differences(world, struck) if name.endswith("_months"))
    one, left = run.engine.month(struck), []
    for _ in range(3):
        left.append(int(getattr(one, name)[0]))
        one = run.month(one)
    assert left == [2, 1, 0]
    plain = after(run, world, 4)
    assert {"trust", "talks"} & set(differences(plain, one, skip=(name, *FLEETING)))


def outcome(parameters, kind, read):
    scenario = load("baseline_2018").with_modules(["shocks"]).with_parameters(QUIET | parameters)
    run, world = prepared(scenario, count=300)
    return read(after(run, run.engine.month(Shock(kind="shock", month="2018-06", shock=kind, months=24).apply(world)), 12))


@pytest.mark.parametrize(
    ("weight", "kind", "read", "high_is_more"),
    [
        ("border", "pandemic", lambda world: world.talks.mean(), False),
        ("common_danger", "pandemic", lambda world: world.will.mean(), True),
        ("austerity", "economic crisis", lambda world: world.will.mean(), False),
        ("thrift", "economic crisis", lambda world: world.cooperation_gain.mean(), True),
        ("broken_word", "war elsewhere", lambda world: world.credibility.mean(), False),
        ("lesson", "war elsewhere", lambda world: world.campaign.mean(), True),
    ],
)
def test_each_weight_works_in_the_direction_of_its_sign(weight, kind, read, high_is_more):
    low, high = (outcome({f"shocks.{weight}": value}, kind, read) for value in (-0.8, 0.8))
    assert (high > low) == high_is_more


def test_a_pandemic_keeps_forums_from_meeting():
    scenario = load("baseline_2018").with_modules(["shocks"]).with_parameters(QUIET | {"shocks.video": 0.0})
    run, world = prepared(scenario, count=5)
    world = Shock(kind="shock", month="2018-06", shock="pandemic", months=24).apply(world)
    met = []
    for _ in range(24):
        world = run.engine.month(run.engine.spent(world))
        met.append(world.met.any())
    assert not any(met)
    assert (after(run, world, 12).forum_idle < 12).any()  # afterwards they meet again
