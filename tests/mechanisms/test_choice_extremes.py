"""The quantal response is the textbook softmax, however it is computed, and stays finite at the ends of the ranges."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from regime_abm.mechanisms.choice import COOPERATION, probabilities


@given(
    gain=st.floats(-100, 100),
    precision=st.floats(0, 40),
    costs=st.lists(st.floats(0, 3), min_size=5, max_size=5),
)
def test_the_chances_are_the_softmax_of_the_utilities(gain, precision, costs):
    found = probabilities(np.full((1, 1, 1), gain), costs=costs, precision=precision)[0, :, 0, 0]
    assert np.isfinite(found).all()
    assert abs(found.sum() - 1.0) < 1e-12
    utility = precision * (np.array(COOPERATION) * gain - np.array(costs))
    expected = np.exp(utility - utility.max())
    np.testing.assert_allclose(found, expected / expected.sum(), rtol=1e-9, atol=1e-15)
