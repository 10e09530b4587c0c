"""Calls on several processes, results in order, and one more try for a call whose process died."""

from __future__ import annotations

import functools
import os
import signal
import time
from pathlib import Path

import pytest

from regime_abm.workers import WorkerDied, in_order


def squared(number: int) -> int:
    time.sleep(0.02 * (3 - number))  # the first take longest
    return number**2


def dies(folder: Path, times: int, number: int) -> int:
    """Kills its process in so many calls with the number 2."""
    marks = len(list(folder.iterdir()))
    if number == 2 and marks < times:
        (folder / str(marks)).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_results_come_in_the_order_of_the_items():
    assert list(in_order(squared, range(4), 2)) == [0, 1, 4, 9]


def test_a_call_whose_process_died_is_made_once_more(tmp_path):
    assert list(in_order(functools.partial(dies, tmp_path, 1), range(5), 2)) == list(range(5))


def test_a_call_that_kills_twice_is_told(tmp_path):
    with pytest.raises(WorkerDied, match="SIGKILL"):
        list(in_order(functools.partial(dies, tmp_path, 2), range(5), 2))


def test_what_a_call_raises_is_raised_here():
    with pytest.raises(TypeError):
        list(in_order(squared, ["word"], 2))
