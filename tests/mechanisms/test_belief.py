"""Trust from two reputations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regime_abm.core.maths import log_odds, logistic
from regime_abm.mechanisms import belief
from tests.helpers import made_up, prepared

LOG_ODDS = st.floats(-4, 4)


@given(state=LOG_ODDS, leader=LOG_ODDS, weight=st.floats(0, 1))
def test_trust_lies_between_the_two_reputations(state, leader, weight):
    found = belief.trust_from(state, leader, government_weight=weight)
    low, high = sorted((logistic(state), logistic(leader)))
    assert low - 1e-12 <= found <= high + 1e-12


@given(state=LOG_ODDS, leader=LOG_ODDS)
def test_the_weight_decides_between_them(state, leader):
    assert belief.trust_from(state, leader, government_weight=1.0) == pytest.approx(logistic(state))
    assert belief.trust_from(state, leader, government_weight=0.0) == pytest.approx(logistic(leader))


@pytest.mark.parametrize("probability", [0.02, 0.25, 0.5, 0.75, 0.98])
def test_log_odds_and_probability_are_inverse(probability):
    assert logistic(log_odds(probability)) == pytest.approx(probability, abs=1e-15)


def test_the_first_trust_is_that_of_the_files():
    _, world = prepared(made_up("trio"), count=200)
    pairs = ~np.eye(3, dtype=bool)
    assert world.trust[:, 0, 1].min() >= 0.1
    assert world.trust[:, 0, 1].max() <= 0.3
    assert np.allclose(world.trust[:, pairs], logistic(world.trust_leader)[:, pairs], atol=1e-12)
    assert np.array_equal(world.trust_leader, world.trust_government)
