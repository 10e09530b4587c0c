"""The windows that measures look through."""

from __future__ import annotations

import numpy as np
import pytest

from regime_abm.measures import MEASURES, all_measures, to_carry
from regime_abm.measures.history import LONGEST_WINDOW, History, Recorder, carried, window_any, window_mean, window_sum
from regime_abm.measures.outcome import outcome
from regime_abm.measures.regime import quiet_is_not_a_regime, regime
from regime_abm.robust import repeated
from tests.helpers import made_up, prepared

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


def test_what_is_undefined_takes_the_last_value_that_was_and_nothing_before_the_first():
    values = np.array([np.nan, 0.5, np.nan, np.nan, 0.2])[:, None]
    found = carried(values)[:, 0]
    assert np.isnan(found[0])
    assert found[1:].tolist() == [0.5, 0.5, 0.5, 0.2]
    past = np.array([0.9, 0.8, 0.7])[:, None]
    assert carried(values, past)[:, 0].tolist() == [0.9, 0.8, 0.7, 0.7, 0.2]
    assert np.isnan(values[0, 0])  # what is handed in stays as it is


def recorded(months: int, count: int) -> Recorder:
    """A made-up world with whatever its month holds, some of it set by hand so that every measure moves."""
    run, world = prepared(made_up("quartet"), count=count)
    recorder = Recorder(world, months)
    for _ in range(months):
        world = run.month(world)
        recorder.add(world)
    return recorder


def stirred(history: History, seed: int) -> History:
    """The same record with disputes, temptations and adopters by chance, rare enough that last values are carried."""
    generator = np.random.default_rng(seed)
    record = {name: array.copy() for name, array in history.record.items()}
    record["tempted"][:] = generator.random(record["tempted"].shape) < 0.02
    record["action"][:] = generator.integers(0, 5, record["action"].shape)
    record["norm"][:] = generator.random(record["norm"].shape) < 0.8
    flips = np.cumsum(generator.random(record["norm_adopted"].shape) < 0.03, axis=0) % 2
    record["norm_adopted"][:] = flips
    ages = record["dispute"]
    opened = generator.random(ages.shape) < 0.02
    closed = generator.random(ages.shape) < 0.1
    ages[0] = record["settled"][:] = 0
    for month in range(1, len(ages)):
        open_now = ages[month - 1] > 0
        record["settled"][month] = np.where(open_now & closed[month], generator.integers(1, 5, ages.shape[1:]), 0)
        ages[month] = np.where(open_now, np.where(closed[month], 0, ages[month - 1] + 1), opened[month])
    return History(
        history.names, history.rival, history.core, history.key_party, history.forum_hard, history.forum_track,
        history.agreement_steps, history.party, record,
    )  # fmt: skip


def test_a_recent_part_of_the_record_and_what_it_carries_measure_the_same_as_all_of_it():
    """What a watched run relies on."""
    whole = stirred(recorded(150, 6).history(), 1)
    measured, known = all_measures(whole), to_carry(whole)
    ruled = {"outcome": outcome(whole), "regime": regime(whole).holds, "quiet": quiet_is_not_a_regime(whole)}
    war = np.zeros(6, bool)
    undefined = 0
    for month in range(1, 151):
        first = max(0, month - LONGEST_WINDOW)
        part = History(
            whole.names, whole.rival, whole.core, whole.key_party, whole.forum_hard, whole.forum_track,
            whole.agreement_steps, whole.party, {name: array[first : month + 1] for name, array in whole.record.items()}, first,
            {name: found[first:month] for name, found in known.items()} if month > first else {},
        )  # fmt: skip
        for name, found in all_measures(part).items():
            assert np.array_equal(found[-1], measured[name][month], equal_nan=True), (name, month)
        undefined += int(np.isnan(measured["peaceful_settlement"][month]).sum())
        latest = outcome(part, war_before=war)[-1]
        assert np.array_equal(latest, ruled["outcome"][month]), month
        assert np.array_equal(regime(part).holds[-1], ruled["regime"][month])
        assert np.array_equal(quiet_is_not_a_regime(part)[-1], ruled["quiet"][month])
        war = latest == 0
    assert 0 < undefined < 6 * 150
    assert np.ptp(measured["norm_stage"]) >= 2


def test_every_measure_keeps_within_its_range_and_says_what_it_means():
    history = stirred(recorded(60, 50).history(), 2)
    for name, found in all_measures(history).items():
        item = MEASURES[name]
        assert found.shape == (61, 50), name
        known = found[1:][~np.isnan(found[1:])]
        if name not in ("verification", "implementation"):  # the quartet has no agreements; see test_tables_and_promises
            assert len(known), name
            assert known.std() > 0, f"{name} never moves"
        assert ((item.low <= known) & (known <= item.high)).all(), name
        assert item.title
        assert item.unit
        assert item.meaning.endswith(".")


def test_the_record_of_a_branch_goes_on_where_its_stem_ends():
    run, world = prepared(made_up("quartet"), count=4)
    stem = Recorder(world, 30)
    for _ in range(30):
        world = run.month(world)
        stem.add(world)
    before = stem.history().part(np.full(3, 2), 10, {})
    recorder = Recorder(repeated(world, 2, 3), 5, before)
    recorder.add(repeated(run.month(world), 2, 3))
    branch = recorder.history(last=31)
    assert branch.first == 10
    assert branch.shape == (22, 3)
    for future in range(3):
        assert np.array_equal(branch["trust"][:21, future], stem.history()["trust"][10:, 2])
    assert not np.array_equal(branch["trust"][21], branch["trust"][20])
