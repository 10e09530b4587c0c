"""Sobol's indices: equal to SALib's and SciPy's on the same outputs, near the truth, and honest about luck."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from SALib.analyze import sobol as salib
from scipy.stats import sobol_indices

from regime_abm.analysis import sobol
from regime_abm.errors import InputError
from tests.analysis.known import g_function, g_indices, ishigami, ishigami_indices, problem


@pytest.mark.parametrize(("function", "truth"), [(ishigami, ishigami_indices()), (g_function, g_indices())])
def test_the_same_outputs_give_what_salib_says_and_what_is_true(function, truth):
    inputs, samples = len(truth[0]), 2048
    outputs = function(sobol.points(inputs, samples, seed=1))
    mine = sobol.indices(outputs, inputs, samples)
    theirs = salib.analyze(problem(inputs), outputs, calc_second_order=False, num_resamples=400, seed=2)
    assert mine.first == pytest.approx(theirs["S1"], abs=1e-12)
    assert mine.total == pytest.approx(theirs["ST"], abs=1e-12)
    assert mine.first == pytest.approx(truth[0], abs=0.02)
    assert mine.total == pytest.approx(truth[1], abs=0.02)
    # both resample: widths agree as far as 400 resamples tell
    assert mine.total_half == pytest.approx(theirs["ST_conf"], rel=0.25, abs=1e-4)
    assert mine.first_half == pytest.approx(theirs["S1_conf"], rel=0.35, abs=1e-4)


def test_the_same_points_give_what_scipy_says():
    """SciPy centres by A and B alone, which moves first-order indices a little."""
    points = sobol.points(3, 1024, seed=4)
    blocks = ishigami(points).reshape(1024, 5)
    tables = {"f_A": blocks[None, :, 0], "f_B": blocks[None, :, 4], "f_AB": blocks.T[1:4, None]}
    theirs = sobol_indices(func=tables, n=1024)
    mine = sobol.indices(ishigami(points), 3, 1024)
    assert mine.total == pytest.approx(theirs.total_order, abs=1e-12)
    assert mine.first == pytest.approx(theirs.first_order, abs=2e-3)


@settings(deadline=None, max_examples=25)
@given(inputs=st.integers(1, 12), power=st.integers(1, 5), seed=st.integers(0, 2**32))
def test_each_sample_changes_one_input_at_a_time(inputs, power, seed):
    points = sobol.points(inputs, 2**power, seed)
    blocks = points.reshape(2**power, inputs + 2, inputs)
    assert ((points >= 0) & (points < 1)).all()
    for place in range(inputs):
        changed = blocks[:, place + 1] != blocks[:, 0]
        assert not np.delete(changed, place, axis=1).any()
        assert (blocks[:, place + 1, place] == blocks[:, -1, place]).all()
    assert sobol.independent(inputs, len(points)).sum() == 2 * 2**power


def test_intervals_cover_the_truth_about_as_often_as_they_say():
    truth = ishigami_indices()[1]
    held = []
    for seed in range(40):
        found = sobol.indices(ishigami(sobol.points(3, 128, seed)), 3, 128, seed=seed, resamples=150)
        held.append(np.abs(found.total - truth) <= found.total_half)
    assert np.mean(held) > 0.9


def test_luck_inflates_the_total_index_and_is_taken_out_of_the_net_one():
    """A sum of two inputs, and as much luck that no input explains: total indices carry it, net ones do not."""
    samples, replicates, rng = 1024, 4, np.random.default_rng(5)
    points = sobol.points(3, samples, seed=5)
    value = 2.0 * points[:, 0] + points[:, 1]
    outputs = value[:, None] + rng.normal(scale=1.0, size=(len(points), replicates))
    found = sobol.indices(outputs, 3, samples)
    of_inputs, of_luck = np.array([4.0, 1.0, 0.0]) / 12, 1.0 / replicates
    whole = of_inputs.sum() + of_luck
    assert found.luck_share == pytest.approx(of_luck / whole, abs=0.03)
    assert found.total == pytest.approx((of_inputs + of_luck) / whole, abs=0.06)
    assert found.net == pytest.approx(of_inputs / whole, abs=0.03)
    assert (np.abs(found.net_first - of_inputs / whole) < 1.5 * found.net_first_half).all()
    assert (np.abs(found.net - of_inputs / whole) < 1.5 * found.net_half).all()


def test_luck_that_hangs_on_one_input_is_taken_out_of_the_first_order_index_too():
    """Replicates answer to the first input each in its own way, all of it luck: with shared luck it looks like influence."""
    samples, replicates = 1024, 4
    points = sobol.points(2, samples, seed=5)
    answer = np.random.default_rng(8).normal(size=replicates) * 3.0
    answer -= answer.mean() - 0.4
    outputs = (points[:, :1] - 0.5) * answer + points[:, 1:]
    found = sobol.indices(outputs, 2, samples)
    whole = (0.4**2 + 1.0) / 12  # the variance of the mean over these replicates
    net_square = (answer.sum() ** 2 - (answer**2).sum()) / (replicates * (replicates - 1))
    assert found.first == pytest.approx(np.array([0.4**2, 1.0]) / 12 / whole, abs=0.02)
    assert found.net_first == pytest.approx(np.array([net_square, 1.0]) / 12 / whole, abs=0.02)
    assert found.net == pytest.approx(found.net_first, abs=0.02)


def test_shared_luck_moves_no_index():
    points = sobol.points(3, 256, seed=6)
    value = ishigami(points)[:, None]
    plain = sobol.indices(value, 3, 256)
    lucky = sobol.indices(value + np.array([0.0, 5.0, -3.0]), 3, 256)
    assert lucky.total == pytest.approx(plain.total)
    assert lucky.net == pytest.approx(plain.total)
    assert lucky.net_first == pytest.approx(plain.first)
    assert lucky.luck_share == pytest.approx(0.0, abs=1e-12)
    assert np.isnan(plain.net).all()  # one replicate: how much is luck cannot be known


def test_an_idle_input_has_exactly_no_index():
    points = sobol.points(3, 64, seed=1)
    found = sobol.indices(points[:, 0] ** 2, 3, 64)
    assert found.total[1:].tolist() == [0.0, 0.0]
    assert found.first[1:].tolist() == [0.0, 0.0]


def test_an_output_that_never_varies_has_no_index_rather_than_none():
    found = sobol.indices(np.ones((40, 2)), 3, 8)
    assert np.isnan(found.first).all()
    assert np.isnan(found.total).all()
    assert np.isnan(found.luck_share)


def test_one_input_and_one_output_work():
    found = sobol.indices(sobol.points(1, 256, seed=1)[:, 0], 1, 256)
    assert found.first == pytest.approx([1.0], abs=0.02)
    assert found.total == pytest.approx([1.0], abs=0.02)


def test_equal_seeds_equal_bits():
    outputs = g_function(sobol.points(8, 64, seed=9))
    one, other = (sobol.indices(outputs, 8, 64, seed=3) for _ in range(2))
    assert (one.total_half == other.total_half).all()
    assert (sobol.points(8, 64, seed=9) == sobol.points(8, 64, seed=9)).all()


@pytest.mark.parametrize(("samples", "words"), [(100, "take 64 or 128"), (1, "take 2 or 4"), (0, "take 2 or 4")])
def test_samples_that_are_no_power_of_two_are_refused_with_those_that_are(samples, words):
    with pytest.raises(InputError, match=f"samples: {samples} is not a power of two; {words}"):
        sobol.points(3, samples, seed=1)


def test_missing_rows_are_refused():
    with pytest.raises(InputError, match="crisis: 1 of 40 rows are missing"):
        sobol.indices(np.zeros(39), 3, 8, what="crisis")
