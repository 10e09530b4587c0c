"""The interval of a share is Wilson's, as SciPy has it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from regime_abm.results import share_interval


@given(st.integers(1, 1_000_000).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_it_is_the_one_of_scipy(counted):
    count, total = counted
    expected = binomtest(count, total).proportion_ci(method="wilson")
    assert share_interval(count, total) == pytest.approx((expected.low, expected.high), abs=1e-12)


@pytest.mark.parametrize("total", [1, 7, 1000])
def test_none_and_all_are_ends_of_the_scale(total):
    assert share_interval(0, total)[0] == 0.0
    assert share_interval(total, total)[1] == 1.0
    assert 0 < share_interval(0, total)[1] < 1
