"""Memory does not grow with the number of runs, neither of the one who writes nor of the one who reads (F10)."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.faults.sweeps import ROOT

pytest.importorskip("resource")
ONE_TASK = 2**17  # numbers: a megabyte

WRITE = f"""
import resource, sys
import numpy as np
import pyarrow as pa
from regime_abm.store import Store, fill
from regime_abm.supervisor import tasks_of

def work(task):
    run = np.arange(task.first, task.first + task.count, dtype=np.int64)
    noise = np.random.Generator(np.random.Philox(key=1, counter=task.first)).normal(size={ONE_TASK})
    return {{"runs": pa.table({{"run": run}}), "series": pa.table({{"run": run.repeat({ONE_TASK} // task.count), "x": noise}})}}

if __name__ == "__main__":
    tasks, workers = int(sys.argv[2]), int(sys.argv[3])
    with Store.begin(sys.argv[1], {{}}, runs=64 * tasks, tasks=tasks) as store:
        fill(store, work, tasks_of(64 * tasks, 64), workers=workers)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
READ = """
import resource, sys
from regime_abm.store import Stored
rows = sum(len(batch) for batch in Stored.open(sys.argv[1]).batches("series", columns=["x"]))
print(rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def said(tmp_path, script, *words) -> list[int]:
    (tmp_path / "script.py").write_text(script)
    words = [sys.executable, tmp_path / "script.py", *map(str, words)]
    ran = subprocess.run(words, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return [int(word) for word in ran.stdout.split()]


@pytest.mark.parametrize(("few", "many", "workers"), [(8, 40, 1), pytest.param(20, 400, 2, marks=pytest.mark.long)])
def test_many_runs_need_no_more_memory_than_few(tmp_path, few, many, workers):
    """Kept in memory the longer sweep alone would add 32 MB, or 380 in the long test."""
    peaks = [said(tmp_path, WRITE, tmp_path / str(tasks), tasks, workers)[0] for tasks in (few, many)]
    assert peaks[1] < 1.1 * peaks[0], peaks
    reads = [said(tmp_path, READ, tmp_path / str(tasks)) for tasks in (few, many)]
    assert [rows for rows, _ in reads] == [few * ONE_TASK, many * ONE_TASK]
    assert reads[1][1] < 1.1 * reads[0][1], reads
