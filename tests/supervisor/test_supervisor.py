"""Every run that can be had is had, whatever the others do; and a signal leaves nothing running."""

from __future__ import annotations

import functools
import multiprocessing
import os
import signal
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regime_abm.errors import InputError, Stopped
from regime_abm.supervisor import Done, Lost, Task, supervise, tasks_of


def squares(task: Task, killers=(), raisers=(), quitters=(), log=None) -> list[int]:
    """The squares of the runs; killers end their process, raisers raise, quitters call sys.exit."""
    runs = range(task.first, task.first + task.count)
    for run in runs:
        if log:
            with open(log, "a") as file:
                file.write(f"{run}/{task.count}\n")
        if run in killers:
            os.kill(os.getpid(), signal.SIGKILL)
        if run in raisers:
            raise ArithmeticError(f"{run} has no square")
        if run in quitters:
            raise SystemExit(3)
    return [run * run for run in runs]


def supervised(work, runs: int, chunk: int, **options) -> tuple[list[int], list[Lost], list[Done]]:
    """Results in order of runs, the lost runs in order, and all that was heard of."""
    heard: list[Done] = []
    supervise(work, tasks_of(runs, chunk), heard.append, **options)
    heard.sort(key=lambda done: done.task.number)
    return (
        [value for done in heard for result in done.results for value in result],
        [lost for done in heard for lost in done.lost],
        heard,
    )


@pytest.mark.parametrize(
    ("start", "workers", "chunk"),
    [("spawn", 1, 20), ("spawn", 2, 1), ("forkserver", 2, 1000), ("fork", 2, 1000), ("fork", 7, 20), ("fork", 7, 1)],
)
def test_workers_chunks_and_ways_to_start_change_nothing(start, workers, chunk):
    found, lost, _ = supervised(squares, 60, chunk, workers=workers, start=start)
    assert found == [run * run for run in range(60)]
    assert lost == []


def test_a_run_that_kills_its_worker_costs_no_other_run_and_is_told_with_its_signal():
    found, lost, heard = supervised(functools.partial(squares, killers=(37,)), 200, 20, workers=2, start="fork")
    assert found == [run * run for run in range(200) if run != 37]
    assert lost == [Lost(37, "killed", "killed by SIGKILL (signal 9)")]
    assert [done.task.count for done in heard] == [20] * 10


def test_a_chunk_is_tried_again_whole_and_a_single_run_kills_three_workers(tmp_path):
    log = tmp_path / "log"
    supervised(functools.partial(squares, killers=(2,), log=log), 4, 4, isolate=True, start="fork")
    calls = [line for line in log.read_text().split() if line.startswith("2/")]
    assert calls == ["2/4"] * 2 + ["2/2"] + ["2/1"] * 3


@pytest.mark.parametrize("workers", [1, 2])
def test_an_exception_is_a_lost_run_with_its_traceback_and_no_abort(workers):
    work = functools.partial(squares, raisers=(0, 13), quitters=(14,))
    found, lost, _ = supervised(work, 30, 10, workers=workers, start="fork")
    assert found == [run * run for run in range(30) if run not in (0, 13, 14)]
    assert [(item.run, item.reason, item.message) for item in lost] == [
        (0, "exception", "ArithmeticError: 0 has no square"),
        (13, "exception", "ArithmeticError: 13 has no square"),
        (14, "exception", "SystemExit: 3"),
    ]
    assert "in squares" in lost[0].traceback
    assert lost[0].traceback.endswith("ArithmeticError: 0 has no square\n")


@settings(max_examples=15)
@given(st.integers(1, 40), st.integers(1, 15), st.sets(st.integers(0, 39)), st.sets(st.integers(0, 39), max_size=2))
def test_exactly_the_bad_runs_are_lost(runs, chunk, raisers, killers):
    work = functools.partial(squares, raisers=raisers, killers=killers)
    found, lost, heard = supervised(work, runs, chunk, workers=3, start="fork")
    bad = {run for run in raisers | killers if run < runs}
    assert {item.run for item in lost} == bad
    assert len(lost) == len(bad)
    assert found == [run * run for run in range(runs) if run not in bad]
    assert sum(done.task.count for done in heard) == runs


def test_only_a_few_tasks_are_taken_before_results_are_handed_over():
    taken, handed = [], []

    def tasks():
        for task in tasks_of(200, 1):
            taken.append(task.number)
            assert len(taken) - len(handed) <= 5
            yield task

    supervise(squares, tasks(), handed.append, workers=2, start="fork")
    assert len(handed) == 200


def test_progress_counts_runs_from_those_that_were_there():
    heard = []
    supervise(
        squares,
        tasks_of(25, 10),
        lambda done: None,
        progress=lambda *counts: heard.append(counts),
        wanted=30,
        already=5,
    )
    assert heard == [(15, 30), (25, 30), (30, 30)]


def _slow(task: Task) -> None:
    time.sleep(30)


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_stops_at_once_and_the_former_handler_comes_back(name, workers):
    number = getattr(signal, name)
    others = multiprocessing.active_children()
    before = signal.signal(number, signal.default_int_handler)
    try:
        threading.Timer(0.5, os.kill, (os.getpid(), number)).start()
        began = time.monotonic()
        with pytest.raises(Stopped) as stopped:
            supervise(_slow, tasks_of(10, 1), lambda done: None, workers=workers, start="fork")
        assert time.monotonic() - began < 3.0
        assert stopped.value.exit_code == 128 + number
        assert signal.getsignal(number) is signal.default_int_handler
        assert set(multiprocessing.active_children()) <= set(others)
    finally:
        signal.signal(number, before)


def test_a_signal_while_a_result_is_written_waits_until_it_is():
    written = []

    def done(outcome: Done) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.05)
        written.append(outcome.task.number)

    with pytest.raises(Stopped):
        supervise(squares, tasks_of(10, 1), done)
    assert written == [0]


def test_an_ignored_signal_stays_ignored():
    """As nohup sets it."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        handed = []

        def done(outcome: Done) -> None:
            os.kill(os.getpid(), signal.SIGHUP)
            handed.append(outcome)

        supervise(squares, tasks_of(3, 1), done)
        assert len(handed) == 3
    finally:
        signal.signal(signal.SIGHUP, before)


def test_what_the_receiver_raises_ends_the_work_and_all_processes():
    others = multiprocessing.active_children()

    def done(outcome: Done) -> None:
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        supervise(squares, tasks_of(10, 1), done, workers=2, start="fork")
    assert set(multiprocessing.active_children()) <= set(others)


def test_works_in_a_thread_too_where_signals_cannot_be_had():
    handed = []
    thread = threading.Thread(target=supervise, args=(squares, tasks_of(5, 2), handed.append))
    thread.start()
    thread.join()
    assert len(handed) == 3


def test_an_unknown_way_to_start_is_one_line():
    with pytest.raises(InputError, match=r"start: 'spwan' is no way.*spawn"):
        supervise(squares, tasks_of(5, 2), print, workers=2, start="spwan")
