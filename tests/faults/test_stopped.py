"""A signal stops a sweep within seconds, whatever its workers do; what is in place stays, and it can be resumed (F3)."""

from __future__ import annotations

import os
import signal
import time

import pytest

from regime_abm.store import verify
from tests.faults import sweeps
from tests.store.toy import parts, sweep


def gone(group: int) -> bool:
    """Whether every process of a group ends within ten seconds; the library's own tracker follows its parent."""
    for _ in range(200):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize(
    ("name", "workers", "start", "to_all"),
    [
        ("SIGINT", 1, "spawn", True),
        ("SIGINT", 2, "spawn", True),
        ("SIGTERM", 2, "fork", False),
        ("SIGTERM", 2, "fork", True),
        ("SIGHUP", 2, "forkserver", True),
    ],
)
def test_a_signal_stops_within_seconds_and_nothing_is_lost(tmp_path, name, workers, start, to_all):
    """To all processes, as Ctrl-C and a closed terminal do, or to the parent alone, as kill does."""
    number = getattr(signal, name)
    folder = tmp_path / "sweep"
    size = ("--runs", 12, "--chunk", 2, "--workers", workers, "--start", start)
    process = sweeps.begin(folder, *size, "--seconds", 0.5)
    assert process.stdout.readline().startswith("2 of 12")
    began = time.monotonic()
    (os.killpg if to_all else os.kill)(process.pid, number)
    _, said = process.communicate(timeout=20)
    assert time.monotonic() - began < 5.0
    assert process.returncode == 128 + number
    assert said.strip() == f"stopped by signal {int(number)}"
    report = verify(folder)
    assert report.ok
    assert 2 <= report.runs_done < 12
    assert gone(process.pid), "a process of the group is left"
    sweep(folder, runs=12, chunk=2, resume=True)
    sweep(tmp_path / "whole", runs=12, chunk=2)
    assert parts(folder) == parts(tmp_path / "whole")
