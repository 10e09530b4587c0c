"""Missing rows are refused, luck is told from influence, and intervals cover what they should."""

from __future__ import annotations

import numpy as np
import pytest

from regime_abm.analysis.resample import complete, luck_share, net_products, spread
from regime_abm.errors import InputError


def test_missing_rows_are_counted_and_the_first_is_named():
    with pytest.raises(InputError, match="war: 2 of 6 rows are missing, the first is row 4"):
        complete(np.zeros((4, 3)), 6, "war")


def test_rows_without_a_value_are_counted_and_the_first_is_named_with_its_replicate():
    outputs = np.zeros((6, 3))
    outputs[2, 1] = outputs[2, 2] = outputs[5, 0] = np.nan
    with pytest.raises(InputError, match=r"trust: 2 of 6 rows have no value, the first is row 2 \(replicate 1\)"):
        complete(outputs, 6, "trust")


def test_too_many_rows_are_refused_as_well():
    with pytest.raises(InputError, match="has 7 rows where the design has 6"):
        complete(np.zeros(7), 6)


def test_one_column_counts_as_one_replicate():
    assert complete(np.arange(3), 3).shape == (3, 1)


def test_a_replicate_that_is_luckier_in_every_row_is_no_luck_of_any_row():
    rng = np.random.default_rng(1)
    influence, luck = rng.normal(size=(200, 1)), rng.normal(scale=9.0, size=(1, 8))
    assert luck_share(influence + luck) < 1e-12


@pytest.mark.parametrize("replicates", [2, 5, 20])
def test_the_share_of_luck_falls_with_the_replicates_as_it_should(replicates):
    """Influence and luck of variance 1 each: a mean over n replicates has luck of 1/n in 1 + 1/n."""
    rng = np.random.default_rng(replicates)
    outputs = rng.normal(size=(4000, 1)) + rng.normal(size=(4000, replicates))
    assert luck_share(outputs) == pytest.approx((1 / replicates) / (1 + 1 / replicates), rel=0.08)


def test_with_one_replicate_luck_is_unknown_and_not_none():
    assert np.isnan(luck_share(np.arange(5.0)[:, None]))
    assert np.isnan(net_products(*[np.ones((5, 2, 1))] * 3, np.ones(1))).all()


@pytest.mark.parametrize("weights", [[0.25] * 4, [0.5, 0.25, 0.25, 0.0], [0.75, 0.25, 0.0, 0.0]])
def test_the_square_of_a_difference_without_its_luck_is_right_on_average(weights):
    """A difference of 2 with luck of variance 1: the plain square of the mean is more than 4, the net one is 4."""
    differences = 2.0 + np.random.default_rng(3).normal(size=(200_000, 4))
    weights = np.array(weights)
    assert ((differences @ weights) ** 2).mean() == pytest.approx(4.0 + (weights**2).sum(), abs=0.05)
    assert net_products(differences, differences, differences**2, weights).mean() == pytest.approx(4.0, abs=0.05)


def test_an_interval_of_a_mean_is_as_wide_as_theory_says():
    """One replicate: 1.96 standard errors."""
    values = np.random.default_rng(4).normal(size=(400, 1))
    half = spread(lambda chosen, weights: (values @ weights)[chosen].mean(), 400, 1, np.random.default_rng(0), 2000)
    assert half == pytest.approx(1.96 * values.std() / 20, rel=0.06)


def test_replicates_are_drawn_anew_too():
    """Rows that all agree, replicates that do not: only the replicates make the interval."""
    values = np.tile(np.array([0.0, 1.0, 2.0, 3.0]), (50, 1))
    half = spread(lambda chosen, weights: (values @ weights)[chosen].mean(), 50, 4, np.random.default_rng(0), 2000)
    assert half == pytest.approx(1.96 * values[0].std() / 2, rel=0.06)


def test_an_estimate_that_is_sometimes_undefined_keeps_the_rest_and_one_that_never_is_defined_has_no_interval():
    def estimate(chosen, weights):
        return np.array([np.nan if chosen[0] < 5 else chosen.mean(), np.nan])

    sometimes, never = spread(estimate, 20, 1, np.random.default_rng(0), 200)
    assert 0 < sometimes < 10
    assert np.isnan(never)
