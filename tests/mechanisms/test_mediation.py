"""Mediation: who steps in, that it can help and harm, and that a placebo mediator moves nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regime_abm.core.world import FLEETING
from regime_abm.levers import MediationOffered
from regime_abm.mechanisms import mediation
from regime_abm.scenario import load
from tests.helpers import after, differences, prepared, with_values

PLACEBO = {
    f"mediation.{name}": 0.0
    for name in ("reopens", "bias_believed", "clarity", "hazard", "will_cost", "attention_cost")
}
MONTHS = 40


@given(ready=st.integers(0, 9), luck=st.floats(0, 1, exclude_max=True), shopping=st.floats(0, 1))
def test_more_that_are_ready_never_make_settling_likelier(ready, luck, shopping):
    now, more = (bool(mediation.settled_on(np.array(n), luck, shopping=shopping)) for n in (ready + 1, ready + 2))
    assert now or not more
    assert not mediation.settled_on(np.array(0), luck, shopping=shopping)


def test_a_placebo_mediator_meets_as_often_and_changes_no_bit_of_the_core():
    plain = load("baseline_2018")
    with_it = plain.with_modules(["mediation"]).with_parameters(PLACEBO)
    one, other = (after(*prepared(scenario, count=20), MONTHS) for scenario in (plain, with_it))
    assert differences(one, other, skip=("mediator", *FLEETING)) == []
    assert other.mediator.any()


def test_who_mediates_is_a_third_that_may(quartet):
    run, world = prepared(quartet.with_modules(["mediation"]), count=50)
    seen = 0
    for _ in range(MONTHS):
        world = run.month(world)
        where = np.argwhere(world.mediator)
        seen += len(where)
        for r, i, j in where:
            k = world.mediator[r, i, j] - 1
            assert k not in (i, j)
            assert world.mediating[k]
            assert world.rival[i, j]
            assert world.mediator[r, j, i] == k + 1
    assert seen


def talking(trio, parameters, months=MONTHS):
    """Share of months in which the rivals AAA and BBB talk, CCC mediating all the time."""
    scenario = trio.with_modules(["mediation"]).with_parameters(parameters)
    run, world = prepared(scenario, count=400)
    offer = MediationOffered(kind="mediation offered", month="2000-01", mediator="CCC", state="AAA", other="BBB")
    found = []
    for _ in range(months):
        world = run.engine.month(offer.apply(run.engine.spent(world)))
        found.append(world.talks[:, 0, 1].mean())
    return np.mean(found)


def test_help_and_harm_can_each_win(trio):
    placebo = talking(trio, PLACEBO)
    assert talking(trio, PLACEBO | {"mediation.reopens": 1.0}) > placebo + 0.03
    assert talking(trio, PLACEBO | {"mediation.hazard": 0.8}) < placebo - 0.03
    assert talking(trio, PLACEBO | {"mediation.reopens": 0.3, "mediation.hazard": 0.8}) < placebo


@pytest.mark.parametrize(("clarity", "sign"), [(0.3, -1), (-0.3, 1)])
def test_sight_gets_clearer_or_worse_and_stays_on_its_scale(trio, clarity, sign):
    quiet = PLACEBO | {"mediation.stays": 0.99}
    given_ = {"mediator AAA>BBB": 3, "mediator BBB>AAA": 3, "talks *>*": False, "misperception *>*": 0.4}
    worlds = []
    for parameters in (quiet, quiet | {"mediation.clarity": clarity}):
        run, world = prepared(trio.with_modules(["mediation"]).with_parameters(parameters), count=50)
        worlds.append(run.engine.month(with_values(world, given_)).misperception[:, 0, 1])
    assert (np.sign(worlds[1] - worlds[0]) == sign).mean() > 0.9
    assert worlds[1].max() <= 0.5


def test_the_mediators_own_will_pays(trio):
    run, world = prepared(trio.with_modules(["mediation"]).with_parameters({"mediation.will_cost": 0.5}), count=20)
    orders = {"mediator_order AAA>BBB": 3, "mediator_order BBB>AAA": 3, "talks *>*": False}
    idle, busy = run.engine.month(with_values(world, {"talks *>*": False})), run.engine.month(with_values(world, orders))
    assert (busy.will[:, 2] < idle.will[:, 2]).all()
    assert np.array_equal(busy.will[:, :2], idle.will[:, :2])
