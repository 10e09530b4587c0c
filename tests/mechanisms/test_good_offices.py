"""Good offices and inspectors: each helps and harms by its weights, and with none it changes nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regime_abm.core.world import FLEETING
from regime_abm.mechanisms import good_offices
from regime_abm.scenario import load
from tests.helpers import after, differences, prepared, with_values

WEIGHTS = "venue notes face hazard adds inspectors_see intrusion".split()
NOTHING = {f"good_offices.{name}": 0.0 for name in WEIGHTS}
OWN = ("offices_months", "inspected", "verification_start")


@given(verification=st.floats(0, 1), adds=st.floats(-1, 1))
def test_checks_stay_a_probability_and_inspectors_never_make_them_worse_than_none(verification, adds):
    found = float(good_offices.checked(verification, adds))
    assert 0.0 <= found <= 1.0
    assert found >= verification or adds < 0


def test_placebo_services_are_there_and_change_no_bit_of_the_core():
    plain = load("sc05_bilateral_deal")
    with_it = plain.with_modules(["good_offices"]).with_parameters(NOTHING)
    one, other = (after(*prepared(scenario, count=20), 36) for scenario in (plain, with_it))
    assert differences(one, other, skip=(*OWN, *FLEETING)) == []
    assert other.offices_months.any()


def talking(trio, parameters):
    """Share of months in which AAA and BBB talk, good offices always there."""
    run, world = prepared(trio.with_modules(["good_offices"]).with_parameters(NOTHING | parameters), count=400)
    orders, found = {"offices_order AAA>BBB": True, "offices_order BBB>AAA": True}, []
    for _ in range(36):
        world = run.engine.month(with_values(run.engine.spent(world), orders))
        found.append(world.talks[:, 0, 1].mean())
    return np.mean(found)


def test_help_and_harm_can_each_win(trio):
    placebo = talking(trio, {})
    assert talking(trio, {"good_offices.venue": 0.9}) > placebo + 0.03
    assert talking(trio, {"good_offices.venue": -0.3}) < placebo
    assert talking(trio, {"good_offices.hazard": 0.8}) < placebo - 0.03


@pytest.mark.parametrize(("adds", "more"), [(0.0, False), (0.9, True)])
def test_inspectors_find_more_of_what_is_pretended(trio, adds, more):
    """A pretended step under an agreement whose own checks are poor: how often it has ended over cheating a year later."""
    scenario = trio.with_modules(["good_offices"]).with_parameters(NOTHING | {"good_offices.adds": adds})
    run, world = prepared(scenario, count=600)
    poor = {"in_force DEAL": True, "cheat DEAL": 0, "steps_done DEAL": 1, "verification_start DEAL": 0.1}
    found = []
    for invited in (False, True):
        now = with_values(world, {**poor, "agreement_verification DEAL": 0.1, "inspected DEAL": invited})
        caught = np.zeros(world.replicates, bool)
        for _ in range(12):
            now = run.engine.month(run.engine.spent(now))
            caught |= now.ended[:, world.names.agreements.index("DEAL")] == 3
        found.append(caught.mean())
    assert (found[1] > found[0] + 0.1) == more


def test_intrusion_keeps_parties_from_steps(trio):
    done = []
    for intrusion in (-1.0, 2.0):
        scenario = trio.with_modules(["good_offices"]).with_parameters(NOTHING | {"good_offices.intrusion": intrusion})
        run, world = prepared(scenario, count=300)
        begun = {"in_force DEAL": True, "steps_done DEAL": 0, "steps_due DEAL": 2, "inspected DEAL": True, "cheat DEAL": -1}
        world = after(run, with_values(world, begun), 3)
        done.append(world.steps_done[:, world.names.agreements.index("DEAL")].mean())
    assert done[1] < done[0]
