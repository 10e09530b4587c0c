"""A small task with a result that depends on the run alone, and that can be told to fail as tasks do."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa

from regime_abm.store import Store, fill
from regime_abm.supervisor import Task, tasks_of

MONTHS = 6
FIXED = {"plan": {"seed": 7, "months": MONTHS}, "scenario": "schema = 1\nmonths = 6\n"}


def values(run: int) -> np.ndarray:
    """(MONTHS,) numbers of a run."""
    return np.random.Generator(np.random.Philox(key=7, counter=run)).normal(size=MONTHS)


def work(
    task: Task,
    *,
    killers: Mapping[int, int] | None = None,
    raisers: Collection[int] = (),
    seconds: float = 0.0,
    log: str | None = None,
    once: str | None = None,
) -> dict[str, pa.Table]:
    """The tables of a task.

    killers: run -> signal with which it ends its process; once: a folder in which a killer notes that it struck, and then
    strikes no more. raisers: runs that raise. seconds: how long a run takes. log: a file that hears of every call.
    """
    runs = range(task.first, task.first + task.count)
    if log:
        with open(log, "a") as file:
            file.write(f"{task.number} {task.first} {task.count}\n")
    for run in runs:
        time.sleep(seconds)
        if run in (killers or {}):
            struck = Path(once) / str(run) if once else None
            if struck is None or not struck.exists():
                if struck is not None:
                    struck.touch()
                os.kill(os.getpid(), killers[run])
                time.sleep(60)
        if run in raisers:
            raise ValueError(f"run {run} cannot be had\nfor a reason")
    found = np.array([values(run) for run in runs])
    number = np.arange(task.first, task.first + task.count, dtype=np.int64)
    ends = ["high" if last > 0 else "low" for last in found[:, -1]]
    series = {"run": number.repeat(MONTHS), "month": np.tile(np.arange(MONTHS, dtype=np.int16), task.count)}
    return {
        "runs": pa.table({"run": number, "outcome": ends, "last": found[:, -1]}),
        "series": pa.table(series | {"value": found.astype(np.float32).ravel()}),
    }


def sweep(folder: Path, task=work, *, runs: int = 100, chunk: int = 20, resume: bool = False, fixed=FIXED, **options):
    """Fill a store with so many runs of a task."""
    wanted = list(tasks_of(runs, chunk))
    with Store.begin(folder, fixed, runs=runs, tasks=len(wanted), resume=resume) as store:
        return fill(store, task, wanted, replay=lambda run: f"replay {run}", **options)


def parts(folder: Path) -> dict[str, bytes]:
    """Every file under parts, hidden ones too."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted((folder / "parts").rglob("*"))
        if path.is_file()
    }


SIGKILL = getattr(signal, "SIGKILL", 9)
