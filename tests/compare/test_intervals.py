"""Intervals hold as often as they say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from regime_abm.intervals import mean_interval, share_change, share_interval

flags = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60).map(
    lambda pairs: np.array(pairs, bool).T
)


@given(flags)
def test_a_change_and_its_reverse_mirror_each_other(pair):
    there, back = share_change(*pair), share_change(*pair[::-1])
    assert there == pytest.approx((-back[0], -back[2], -back[1]))
    assert -1.0 <= there[1] <= there[2] <= 1.0
    assert there[0] == pytest.approx(pair[1].mean() - pair[0].mean())


def test_a_share_that_nobody_left_or_entered_has_an_interval_all_the_same():
    change, low, high = share_change(np.zeros(1000, bool), np.zeros(1000, bool))
    assert change == 0.0
    assert (low, high) == pytest.approx((-0.00196, 0.00196), abs=1e-5)


@pytest.mark.parametrize(("up", "down"), [(0.3, 0.1), (0.05, 0.02), (0.004, 0.001)])
def test_the_change_of_a_share_is_within_its_interval_as_often_as_promised(up, down):
    generator = np.random.default_rng(5)
    within = []
    for _ in range(800):
        luck = generator.random(500)
        before = luck >= 0.5
        after = np.where(luck < up, True, np.where(luck >= 1.0 - down, False, before))
        _, low, high = share_change(before, after)
        within.append(low <= up - down <= high)
    assert np.mean(within) > 0.93


def test_the_interval_of_a_mean_is_students():
    values = np.array([0.2, 0.9, -0.4, 1.7, 0.3])
    known = stats.ttest_1samp(values, 0.0).confidence_interval(0.95)
    assert mean_interval(np.append(values, np.nan)) == pytest.approx((values.mean(), known.low, known.high))


@pytest.mark.parametrize(("values", "mean"), [([], np.nan), ([np.nan], np.nan), ([2.0], 2.0)])
def test_too_few_values_have_no_interval(values, mean):
    found = mean_interval(np.array(values))
    assert found[0] == pytest.approx(mean, nan_ok=True)
    assert np.isnan(found[1:]).all()


def test_the_interval_of_a_share_is_wilsons():
    assert share_interval(0, 100) == pytest.approx((0.0, 0.0370), abs=1e-4)
    assert share_interval(50, 100) == pytest.approx((0.4038, 0.5962), abs=1e-4)
