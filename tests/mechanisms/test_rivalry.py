"""The great powers' rivalry: its course, and that it reaches nobody when it is off."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regime_abm.core.world import FLEETING
from regime_abm.mechanisms import rivalry
from regime_abm.scenario import load
from tests.helpers import after, differences, prepared


@given(now=st.floats(-5, 5), surprise=st.floats(-6, 6), kept=st.floats(0, 1), drift=st.floats(-0.1, 0.1), swing=st.floats(0, 1))
def test_the_rivalry_stays_on_its_scale(now, surprise, **course):
    assert -5.0 <= rivalry.next_rivalry(now, surprise, **course) <= 5.0


def test_its_spread_in_the_long_run_is_that_of_an_autoregression(trio):
    scenario = trio.with_modules(["rivalry"]).with_parameters(
        {"rivalry.kept": 0.9, "rivalry.drift": 0.0, "rivalry.swing": 0.2}
    )
    run, world = prepared(scenario, count=4000, draw=False)
    found = after(run, world, 60).rivalry
    assert found.mean() == pytest.approx(0.0, abs=0.03)
    assert found.std() == pytest.approx(0.2 / np.sqrt(1 - 0.9**2), rel=0.05)


def test_with_all_weights_at_nothing_the_module_changes_no_bit_of_the_core():
    weights = dict.fromkeys(("rivalry.alarm", "rivalry.chill", "rivalry.silence", "rivalry.avoidance"), 0.0)
    plain = load("baseline_2018")
    with_it = plain.with_modules(["rivalry"]).with_parameters(weights)
    one, other = (after(*prepared(scenario, count=5), 40) for scenario in (plain, with_it))
    assert differences(one, other, skip=("rivalry", *FLEETING)) == []
    assert other.rivalry.any()
