"""Speed, memory and scaling, each figure beside its goal.

Times are those of the processor (the work is on one core; what else the machine does meanwhile does not count);
elapsed times stand beside them where somebody waits. Medians, with their n; what is compared is measured in
turns in one process, so ratios are the trustworthy part.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from benchmarks.made_up import write
from benchmarks.plain_mesa import batch
from benchmarks.plain_parts import setting
from benchmarks.submodel import simulate as simulate_submodel
from regime_abm import api
from regime_abm.core.world import World
from regime_abm.ensemble import CHUNK, chunk_size, simulate
from regime_abm.measures.history import Recorder
from regime_abm.scenario import Run, Scenario, load

FUTURES = 1000
FIRST = 100
SIZES = (7, 30, 100)
RISE_ALLOWED = 1.05  # what of a rise is still called none: the medians' own noise
_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Figure:
    """One line of the report. met is None for what has no goal."""

    name: str
    measured: str
    goal: str
    met: bool | None
    note: str = ""


def _seconds(work: Callable[[], Any]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def against_mesa(scenario: Scenario, repeats: int = 7, months: int = 240, runs: int = 2) -> list[Figure]:
    """The engine against mesa.batch_run on the same sub-model, in turns."""
    known = setting(scenario)
    simulate(scenario, 1, 0, 2, months=2)  # imports, and the process is set as the ensemble sets it
    batch(known, range(2), 2)
    plain, engine = [], []
    for turn in range(repeats):
        luck = range(turn * runs, (turn + 1) * runs)
        plain.append(_seconds(partial(batch, known, luck, months)) / (runs * months))
        futures = partial(simulate_submodel, scenario, 1, turn * CHUNK, CHUNK, months)
        engine.append(_seconds(futures) / (CHUNK * months))
    ratio = median(one / other for one, other in zip(plain, engine, strict=True))
    detail = f"{median(plain) * 1e6:.0f} µs to {median(engine) * 1e6:.2f} µs a run-month; n={repeats}"
    return [Figure("engine against mesa.batch_run", f"{ratio:.1f} x", ">= 150 x", ratio >= 150, detail)]


def whole_core(name: str = "baseline_2018", repeats: int = 3, futures: int = FUTURES) -> list[Figure]:
    """Many futures of the whole month on one core, and the first hundred alone, each time in a fresh process."""
    runs = [_child(name, futures) for _ in range(repeats)]
    seconds = median(run["processor_seconds"] for run in runs)
    first = median(_child(name, FIRST)["processor_seconds"] for _ in range(repeats))
    memory = max(run["megabytes"] for run in runs)
    mesa = any(run["mesa"] for run in runs)
    work = f"{futures} futures x {runs[0]['months']} months"
    per_month = seconds / futures / runs[0]["months"] * 1e6
    elapsed = median(run["seconds"] for run in runs)
    detail = f"{per_month:.1f} µs a run-month; elapsed {elapsed:.2f} s; n={repeats}"
    return [
        Figure(work, f"{seconds:.2f} s", "<= 4 s", seconds <= 4, detail),
        Figure(f"the first {FIRST} futures", f"{first:.2f} s", "<= 0.7 s", first <= 0.7, f"n={repeats}"),
        Figure("peak memory of that", f"{memory:.0f} MB", "< 500 MB", memory < 500, f"most of n={repeats}"),
        Figure("ensemble path imports mesa", "yes" if mesa else "no", "no", not mesa),
    ]


def _child(name: str, futures: int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.child", name, str(futures)],
        cwd=_ROOT,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def waiting(name: str = "baseline_2018", repeats: int = 5) -> list[Figure]:
    """What somebody waits for at a terminal: the help, and the first future of a run, imports and all."""
    figures = []
    for title, words, goal in (
        ("--help", ("--help",), 0.3),
        ("the first future of run", ("run", name, "--replicates", "1"), 2.5),
    ):
        taken = [_command(*words) for _ in range(repeats)]
        processor, elapsed = (median(column) for column in zip(*taken, strict=True))
        note = f"elapsed {elapsed:.2f} s; n={repeats}"
        figures.append(Figure(title, f"{processor:.2f} s", f"<= {goal:g} s", processor <= goal, note))
    return figures


def _command(*words: str) -> tuple[float, float]:
    """Seconds of the processor, and elapsed, of the program with these words, from its start to its end."""
    before, began = os.times(), time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "regime_abm", *words],
        cwd=_ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )
    after, elapsed = os.times(), time.perf_counter() - began
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return spent, elapsed


def interactive_month(scenario: Scenario, repeats: int = 3) -> list[Figure]:
    """One watched future: a month with its record, measures and events."""
    steps, elapsed, frames = [], [], []
    for replicate in range(repeats):
        watch = api.watch(scenario, seed=1, replicate=replicate)
        for _ in range(watch.horizon):
            before = time.perf_counter()
            steps.append(_seconds(watch.step) * 1e3)
            elapsed.append((time.perf_counter() - before) * 1e3)
            frames.append(_seconds(watch.frame) * 1e3)
    typical, slow = median(steps), quantiles(steps, n=20)[-1]
    detail = f"95 %: {slow:.2f} ms; elapsed {median(elapsed):.2f} ms; frame() {median(frames):.2f} ms; n={len(steps)}"
    return [Figure("interactive month", f"{typical:.2f} ms", "<= 2 ms", typical <= 2, detail)]


def scaling(repeats: int = 3, months: int = 120, sizes: tuple[int, ...] = SIZES) -> list[Figure]:
    """Cost of a dyad's month in made-up regions, in the chunks that an ensemble of that size is cut into.

    Months with their record. Reading files and drawing first values comes once a chunk and is told apart.
    """
    costs: dict[int, list[float]] = {size: [] for size in sizes}
    starts: dict[int, list[float]] = {size: [] for size in sizes}
    with tempfile.TemporaryDirectory() as folder:
        regions = {size: load(write(Path(folder), size, months)) for size in sizes}
        simulate(regions[sizes[0]], 1, 0, 2, months=2)
        for _ in range(repeats):
            for size, scenario in regions.items():
                dyads = size * (size - 1)
                count = chunk_size(scenario)
                before = time.process_time()
                run, world = scenario.prepare(1, 0, count)
                starts[size].append(time.process_time() - before)
                took = _seconds(partial(_months, run, world, months))
                costs[size].append(took / (count * dyads * months) * 1e9)
    each = ", ".join(f"{size}: {median(costs[size]):.0f} ns" for size in sizes)
    each += f"; first values of {sizes[-1]}: {median(starts[sizes[-1]]):.1f} s"
    ratio = median(last / first for first, last in zip(costs[sizes[0]], costs[sizes[-1]], strict=True))
    name = f"dyad-month, {sizes[-1]} states against {sizes[0]}"
    detail = f"{each}; n={repeats}"
    return [Figure(name, f"{ratio:.2f} x", f"<= {RISE_ALLOWED} x", ratio <= RISE_ALLOWED, detail)]


def _months(run: Run, world: World, months: int) -> None:
    recorder = Recorder(world, months)
    for _ in range(months):
        world = run.month(world)
        recorder.add(world)
