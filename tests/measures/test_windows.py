"""The windows that measures look through."""

from __future__ import annotations

import numpy as np
import pytest

from regime_abm.measures import MEASURES, all_measures
from regime_abm.measures.history import LONGEST_WINDOW, Recorder, window_any, window_mean, window_sum
from tests.helpers import after, made_up, prepared

COUNTS = np.array([9, 1, 0, 2, 4, 0])[:, None]  # the 9 is the start, which holds no month yet


def test_sums_over_the_last_months_leave_the_start_out():
    assert window_sum(COUNTS, 2)[:, 0].tolist() == [0, 1, 1, 2, 6, 4]
    assert window_sum(COUNTS, 50)[:, 0].tolist() == [0, 1, 1, 3, 7, 7]


def test_means_near_the_start_are_over_the_months_so_far():
    found = window_mean(COUNTS, 2)[:, 0]
    assert np.isnan(found[0])
    assert found[1:].tolist() == [1.0, 0.5, 1.0, 3.0, 2.0]


def test_a_flag_counts_for_as_many_months_as_the_window_is_long():
    flags = np.array([0, 1, 0, 0, 0, 1], bool)[:, None]
    assert window_any(flags, 3)[:, 0].tolist() == [False, True, True, True, False, True]
    assert window_any(flags, 1)[:, 0].tolist() == flags[:, 0].tolist()


@pytest.mark.parametrize("months", [1, 5, 12, 24, 36])
def test_windows_agree_with_a_plain_loop(months):
    generator = np.random.default_rng(months)
    counts = generator.integers(0, 3, (90, 2, 4))
    for t in range(1, 90):
        recent = counts[max(1, t - months + 1) : t + 1]
        assert np.array_equal(window_sum(counts, months)[t], recent.sum(axis=0))
        assert np.allclose(window_mean(counts, months)[t], recent.mean(axis=0))
        with_start = counts[max(0, t - months + 1) : t + 1]
        assert np.array_equal(window_any(counts > 0, months)[t], (with_start > 0).any(axis=0))


def test_a_recent_part_of_the_record_measures_the_same_as_all_of_it():
    """What a watched run relies on: two of the longest windows are enough to measure the latest month."""
    scenario = made_up("quartet")
    run, world = prepared(scenario, count=5)
    recorder = Recorder(world, 100)
    for _ in range(100):
        world = after(run, world, 1)
        recorder.add(world)
    whole, recent = all_measures(recorder.history()), all_measures(recorder.history(100 - 2 * LONGEST_WINDOW))
    for name in MEASURES:
        assert np.array_equal(whole[name][-1], recent[name][-1]), name


def test_every_measure_keeps_within_its_range_and_says_what_it_means():
    scenario = made_up("quartet")
    run, world = prepared(scenario, count=50)
    recorder = Recorder(world, 60)
    for _ in range(60):
        world = run.month(world)
        recorder.add(world)
    for name, found in all_measures(recorder.history()).items():
        item = MEASURES[name]
        assert found.shape == (61, 50), name
        assert np.isfinite(found[1:]).all(), name
        assert item.low <= np.nanmin(found) <= np.nanmax(found) <= item.high, name
        assert item.title
        assert item.unit
        assert item.meaning.endswith(".")
        assert found[1:].std() > 0, f"{name} never moves"
