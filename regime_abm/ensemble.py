"""Many futures of one scenario: chunks of replicates, on one core or several. Chunks and workers change no bit."""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from regime_abm.actor import Actor
from regime_abm.measures import all_measures
from regime_abm.measures.history import Recorder
from regime_abm.measures.outcome import outcome
from regime_abm.scenario import Scenario

CHUNK = 500  # replicates side by side: fewer and Python's share grows, more and memory does
MOST_DYADS = 200_000  # of all replicates of a chunk together: bounds the memory of larger regions
SMALL_CHUNK = 50  # the first chunk of a growing ensemble, so that something can be shown at once

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Chunk:
    """What is kept of some replicates: series, measure -> (count, months + 1), and outcome classes of the same shape."""

    first: int
    series: Mapping[str, np.ndarray]
    outcome: np.ndarray

    @property
    def count(self) -> int:
        """Number of replicates."""
        return len(self.outcome)


def _keep_freed_memory() -> None:
    """Tell glibc to keep the memory of freed arrays: handing it back and fetching it anew costs a sixth of the time.

    Changes no result; does nothing where there is no glibc.
    """
    with contextlib.suppress(OSError, AttributeError):
        allocator = ctypes.CDLL(None)
        for option in (-1, -3):  # M_TRIM_THRESHOLD, M_MMAP_THRESHOLD
            allocator.mallopt(option, 2**30)


def simulate(
    scenario: Scenario,
    seed: int,
    first: int,
    count: int,
    *,
    months: int | None = None,
    draw_parameters: bool = False,
    actors: Mapping[str, type[Actor]] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Chunk:
    """Run replicates first .. first + count - 1; `progress` hears of every month of this chunk."""
    months = scenario.months if months is None else months
    _keep_freed_memory()
    run, world = scenario.prepare(seed, first, count, draw_parameters=draw_parameters, actors=actors)
    recorder = Recorder(world, months)
    for _ in range(months):
        world = run.month(world)
        recorder.add(world)
        if progress is not None:
            progress(count)
    history = recorder.history()
    measured = all_measures(history)
    series = {name: np.ascontiguousarray(values.T) for name, values in measured.items()}
    return Chunk(first, series, np.ascontiguousarray(outcome(history, measured).T))


def chunks(replicates: int, size: int = CHUNK, start: int = 0) -> Iterator[tuple[int, int]]:
    """(first, count) of each chunk, from `start` on."""
    for first in range(start, replicates, size):
        yield first, min(size, replicates - first)


def chunk_size(scenario: Scenario) -> int:
    """Replicates that a chunk of this scenario holds."""
    return max(1, min(CHUNK, MOST_DYADS // len(scenario.region.states) ** 2))


def ensemble(
    scenario: Scenario,
    seed: int,
    replicates: int,
    *,
    workers: int = 1,
    chunk: int | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> tuple[list[Chunk], float]:
    """All chunks in order, and the seconds that the simulation took. progress(done, wanted) counts futures' months."""
    months = options.get("months") or scenario.months
    chunk = chunk or chunk_size(scenario)
    wanted, done = replicates * months, 0

    def count(more: int) -> None:
        nonlocal done
        done += more
        if progress is not None:
            progress(done, wanted)

    before = time.perf_counter()
    parts: list[Chunk] = []
    if workers <= 1:
        for first, size in chunks(replicates, chunk):
            parts.append(simulate(scenario, seed, first, size, progress=count, **options))
    else:
        # A forked copy of a process with threads (the dashboard is one) may hang.
        with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
            jobs = [
                pool.submit(simulate, scenario, seed, first, size, **options)
                for first, size in chunks(replicates, min(chunk, -(-replicates // workers)))
            ]
            for job in jobs:
                parts.append(job.result())
                count(parts[-1].count * months)
    return parts, time.perf_counter() - before
