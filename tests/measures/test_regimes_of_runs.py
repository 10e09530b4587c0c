"""What runs tell of regimes: the watched future, the ensemble's legs, spells and quiet years, and bands with gaps."""

from __future__ import annotations

import numpy as np
import pytest

from regime_abm import api
from regime_abm.measures.regime import spells
from regime_abm.results import middle, seconds_of
from tests.helpers import made_up


@pytest.fixture(scope="module")
def runs():
    """Six futures of the quartet, and the same futures watched."""
    quartet = made_up("quartet")
    result = api.run(quartet, replicates=6, seed=4)
    watched = [api.watch(quartet, seed=4, replicate=row) for row in range(6)]
    for one in watched:
        one.advance(result.months)
    return result, watched


def test_the_watched_future_tells_the_legs_of_the_ensemble(runs):
    result, watched = runs
    for row, one in enumerate(watched):
        for month in range(result.months + 1):
            told = one.regime(month)
            assert told["holds"] == result.regime[row, month]
            assert told["quiet_is_not_a_regime"] == result.quiet[row, month]
            for leg in api.LEGS:
                assert told["legs"][leg.key]["held"] == result.leg(leg.key)[row, month], (leg.key, month)
            assert bool(told["failing"]) == (not told["holds"] and month > 0) or month < 36


def test_a_regime_says_what_it_lacks_or_lacks_nothing(runs):
    _, watched = runs
    known = {leg.key for leg in (*api.LEGS, api.NO_CLASH)}
    for one in watched:
        told = one.regime()
        assert set(told["failing"]) <= known
        assert told["together"] <= min(told["legs"][leg.key]["months"] for leg in api.LEGS)


def test_the_bits_of_a_result_are_its_legs(runs):
    result, _ = runs
    assert set(result.leg_shares) == {leg.key for leg in api.LEGS}
    assert any(share > 0.0 for share in result.leg_shares.values())
    reciprocity = result.series["reciprocity"] >= 0.5
    assert np.array_equal(result.leg("reciprocity"), reciprocity)
    assert np.array_equal(result.leg("coverage"), result.series["coverage"] >= 0.7)


def test_spells_of_a_result_are_read_from_its_own_months(runs):
    result, _ = runs
    found = spells(result)
    assert (found.months > 0).all()
    for future, began, ended in zip(found.future, found.began, found.ended, strict=True):
        assert result.regime[future, began:ended].all()
        assert not result.regime[future, began - 1]
    assert found.months.sum() == result.regime.sum()
    assert (result.emergence[found.future] <= found.began).all()


def test_a_band_is_over_the_futures_in_which_a_month_is_defined():
    values = np.array([[0.1, np.nan, np.nan], [0.3, 0.4, np.nan], [0.5, 0.8, np.nan]])
    found = middle(values, (0.0, 0.5, 1.0))
    assert found[:, 0] == pytest.approx([0.1, 0.3, 0.5])
    assert found[:, 1] == pytest.approx([0.4, 0.6, 0.8])
    assert np.isnan(found[:, 2]).all()


def test_a_band_without_gaps_is_the_usual_quantile():
    values = np.random.default_rng(1).random((50, 4))
    assert np.array_equal(middle(values, (0.1, 0.5, 0.9)), np.quantile(values, (0.1, 0.5, 0.9), axis=0))
    gaps = np.vstack([values, np.full((7, 4), np.nan)])
    assert middle(gaps, (0.1, 0.5, 0.9)) == pytest.approx(np.quantile(values, (0.1, 0.5, 0.9), axis=0))


def test_the_seconds_of_branches_are_told_apart():
    class Part:
        def __init__(self, seconds, robust_seconds):
            self.seconds, self.robust_seconds = seconds, robust_seconds

    assert seconds_of([Part(3.0, 1.0), Part(3.0, 1.0)], 4.0) == pytest.approx((3.0, 1.0))
    assert seconds_of([Part(2.0, 0.0)], 2.0) == pytest.approx((2.0, 0.0))
