"""Drift of capability."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from regime_abm.mechanisms import calendar
from tests.helpers import after, made_up, prepared


@given(capability=st.floats(0, 1), deviate=st.floats(-8, 8), drift=st.floats(0, 0.05))
def test_drift_goes_with_luck_and_stays_in_range(capability, deviate, drift):
    found = calendar.next_capability(capability, deviate, drift=drift)
    assert 0 <= found <= 1
    assert (found - capability) * deviate >= 0


def test_without_drift_nothing_moves():
    assert calendar.next_capability(0.37, 5.0, drift=0.0) == 0.37


def test_drift_over_a_year_has_the_size_that_it_says():
    """A sd of .005 a month is .0173 in twelve months; independent among states."""
    scenario = made_up("trio").with_parameters({"calendar.capability_drift": 0.005})
    run, world = prepared(scenario, count=4000, draw=False)
    year = np.log(after(run, world, 12).capability / world.capability)
    assert abs(year.std() / (0.005 * np.sqrt(12)) - 1) < 4 / np.sqrt(2 * year.size)
    assert abs(year.mean()) < 4 * year.std() / np.sqrt(year.size)
    assert abs(np.corrcoef(year.T)[0, 1]) < 4 / np.sqrt(4000)


def test_exercises_come_once_a_year_in_their_months():
    run, world = prepared(made_up("quartet"))
    dates = []
    for _ in range(24):
        world = run.month(world)
        if world.exercise:
            dates.append(world.date % 12 + 1)
    assert dates == [8, 3, 8, 3]
