"""Sweeps: two workers against one, results onto the disk, memory and cost with the number of runs; each beside its goal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import wait
from dataclasses import replace
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.speed import Figure
from regime_abm.design import Block, Cells, Listed, Variant
from regime_abm.ensemble import CHUNK, simulate
from regime_abm.measures import MEASURES
from regime_abm.plan import Record
from regime_abm.scenario import Scenario
from regime_abm.store import Store
from regime_abm.supervisor import Task
from regime_abm.sweeps import rows
from regime_abm.sweeps.work import Job, tasks, work
from regime_abm.workers import Workers

SERIES = 12
STORED = 10_000
FLAT = (10_000, 200_000)
LINEAR = (100, 1000, 10_000, 100_000)
_ROOT = Path(__file__).resolve().parent.parent
_TRIO = str(_ROOT / "tests" / "worlds" / "trio.toml")


def job(scenario: Scenario, runs: int, record: Record | None = None) -> Job:
    """A sweep of one cell."""
    cells = Cells((Variant(scenario, "", Listed((), np.empty((1, 0)))),), 1, runs, 1, True)
    return Job(cells, record or Record(), {})


def two_workers(scenario: Scenario, runs: int = 4 * CHUNK, repeats: int = 3) -> list[Figure]:
    """The same chunks on one and on two warm workers, in turns. Elapsed time counts here, so the machine must be idle."""
    packed = job(scenario, runs).packed()
    chunks = list(tasks(job(scenario, runs), CHUNK))
    one, two, own = [], [], []
    with Workers(1) as single, Workers(2) as pair:
        for _ in range(2):  # both processes of the pair must have begun
            wait([pool.submit(work, packed, Task(0, 0, 2)) for pool in (single, pair, pair)])
        for _ in range(repeats):
            for pool, times in ((single, one), (pair, two)):
                began = time.perf_counter()
                done = [pool.submit(_timed, packed, chunk) for chunk in chunks]
                own.append(sum(future.result() for future in done))
                times.append(time.perf_counter() - began)
    gain = median(a / b for a, b in zip(one, two, strict=True))
    processor = median(own[1::2]) / median(own[::2])
    detail = f"{median(one):.1f} s to {median(two):.1f} s elapsed, processor time x {processor:.2f}; n={repeats}"
    return [Figure("two warm workers against one", f"{gain:.2f} x", ">= 1.8 x", gain >= 1.8, detail)]


def _timed(packed: bytes, task: Task) -> float:
    began = time.process_time()
    work(packed, task)
    return time.process_time() - began


def store(scenario: Scenario, runs: int = STORED, repeats: int = 3) -> list[Figure]:
    """Series of every month of many runs as tables, turned into bytes and put on the disk, by one process."""
    record = Record(series_every=1, measures=list(MEASURES)[:SERIES])
    many = job(scenario, runs, record)
    schema = rows.schemas(many.cells, record)["series"]
    chunk = simulate(scenario, 1, 0, min(CHUNK, runs))  # the same futures again and again: what counts is their number
    took, elapsed, size = [], [], 0
    for _ in range(repeats):
        with tempfile.TemporaryDirectory() as folder:
            chunks = list(tasks(many, chunk.count))
            with Store.begin(Path(folder) / "out", {}, runs=runs, tasks=len(chunks)) as place:
                began, before = time.process_time(), time.perf_counter()
                for task in chunks:
                    table = rows.series_table(Block(task.first, 1, task.count), chunk, record, schema)
                    place.add(task, {"series": table})
                took.append(time.process_time() - began)
                elapsed.append(time.perf_counter() - before)
            size = sum(path.stat().st_size for path in Path(folder).rglob("*.parquet"))
    seconds, megabytes = median(took), size / 1e6
    name = f"{runs:,} runs of {SERIES} series written"
    detail = f"elapsed {median(elapsed):.2f} s, {len(chunks)} parts; n={repeats}"
    return [
        Figure(name, f"{seconds:.2f} s", "<= 1.5 s", seconds <= 1.5, detail),
        Figure("size of that", f"{megabytes:.1f} MB", "<= 80 MB", megabytes <= 80),
    ]


def memory(sizes: tuple[int, int] = FLAT, workers: int = 2) -> list[Figure]:
    """Resident memory of the process that runs a sweep, few months of many runs, each size in a fresh process."""
    found = [_child(size, workers) for size in sizes]
    ratio = found[1]["megabytes"] / found[0]["megabytes"]
    detail = f"{found[0]['megabytes']:.0f} to {found[1]['megabytes']:.0f} MB; {found[1]['seconds']:.0f} s"
    name = f"memory at {sizes[1]:,} runs against {sizes[0]:,}"
    return [Figure(name, f"{ratio:.2f} x", ".9 to 1.1 x", 0.9 <= ratio <= 1.1, detail)]


def linear(scenario: Scenario, sizes: tuple[int, ...] = LINEAR, months: int = 24) -> list[Figure]:
    """How the cost of a sweep's work grows with the number of replicates: the slope between logarithms.

    Every chunk has a fixed price, the calls of NumPy of its months, whatever its size. Up to one full chunk it is shared by
    more and more replicates; from there on cost can only be proportional. The note tells the slope of that part by itself.
    """
    short = replace(scenario, months=months)
    _cost(short, 2)
    costs = [_cost(short, size) for size in sizes]
    slope, full = _slope(sizes, costs), [place for place, size in enumerate(sizes) if size >= CHUNK]
    each = ", ".join(f"{size:,}: {cost / size / months * 1e6:.0f} µs" for size, cost in zip(sizes, costs, strict=True))
    if len(full) > 1:
        each = f"from {sizes[full[0]]:,} on n^{_slope(sizes[full[0] :], costs[full[0] :]):.3f}; {each}"
    name = f"cost of {sizes[0]:,} to {sizes[-1]:,} replicates"
    return [Figure(name, f"n^{slope:.3f}", ".95 to 1.05", 0.95 <= slope <= 1.05, f"{each} a run-month")]


def _slope(sizes: Sequence[int], costs: Sequence[float]) -> float:
    return float(np.polyfit(np.log(sizes), np.log(costs), 1)[0])


def _cost(scenario: Scenario, runs: int) -> float:
    """Processor seconds of a sweep's work; the median of several where it is little."""
    many = job(scenario, runs)
    packed, times = many.packed(), []
    for _ in range(9 if runs <= 1000 else 1):
        began = time.process_time()
        for task in tasks(many):
            work(packed, task)
        times.append(time.process_time() - began)
    return median(times)


def _child(runs: int, workers: int) -> dict[str, float]:
    words = [sys.executable, "-m", "benchmarks.sweeps", str(runs), str(workers)]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(words, cwd=_ROOT, env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def main() -> None:
    """``python -m benchmarks.sweeps RUNS WORKERS``: one sweep of two months, what it took as JSON."""
    from benchmarks.child import peak_megabytes
    from regime_abm import api

    runs, workers = int(sys.argv[1]), int(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        plan = Path(folder) / "plan.toml"
        plan.write_text(
            f'schema = 1\nscenarios = ["{_TRIO}"]\nreplicates = {runs}\nmonths = 2\n[record]\nseries_every = 1\n'
        )
        began = time.perf_counter()
        results = api.sweep(plan, out=Path(folder) / "out", workers=workers)
        counted = sum(len(part) for part in results.batches("series", columns=["run"]))
        took = time.perf_counter() - began
    print(json.dumps({"megabytes": peak_megabytes(), "seconds": took, "rows": counted}))


if __name__ == "__main__":
    main()
