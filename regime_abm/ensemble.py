"""Many futures of one scenario: chunks of replicates, on one core or several. Chunks and workers change no bit."""

from __future__ import annotations

import contextlib
import ctypes
import logging
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
from regime_abm.measures.regime import LEGS, quiet_is_not_a_regime, regime
from regime_abm.robust import Resilience
from regime_abm.robust import robust as robust_test
from regime_abm.scenario import Scenario

CHUNK = 500  # replicates side by side: fewer and Python's share grows, more and memory does
MOST_DYADS = 200_000  # of all replicates of a chunk together: bounds the memory of larger regions
SMALL_CHUNK = 50  # the first chunk of a growing ensemble, so that something can be shown at once

Progress = Callable[[int, int], None]

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Chunk:
    """What is kept of some replicates, cell by cell. All arrays are (count, months + 1).

    series: measure -> values. outcome: places in the outcome classes. regime: a security regime stands. relapse: cause of
    relapse in that month, place in RELAPSES. legs: bit k says that leg k of a regime held. quiet: the last year was quiet,
    but it is no regime. resilience: one entry for each regime that was put to the test by twin branches.
    """

    first: int
    series: Mapping[str, np.ndarray]
    outcome: np.ndarray
    regime: np.ndarray
    relapse: np.ndarray
    legs: np.ndarray
    quiet: np.ndarray
    resilience: tuple[Resilience, ...] = ()
    seconds: float = 0.0
    robust_seconds: float = 0.0

    @property
    def count(self) -> int:
        """Number of futures: replicates times cells."""
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
    robust: bool = False,
    cells: int = 1,
    values: Mapping[str, np.ndarray] | None = None,
    progress: Callable[[int], None] | None = None,
    robust_progress: Progress | None = None,
) -> Chunk:
    """Run replicates first .. first + count - 1; `progress` hears of every month of this chunk.

    cells: run them as many times side by side, cell by cell and all with the same luck; values: ``mechanism.name`` ->
    (cells,) parameter values, one a cell. A cell's bits do not depend on the cells beside it.
    robust: put the futures that end in a regime to the test by twin branches; `robust_progress` hears of each.
    """
    began = time.perf_counter()
    months = scenario.months if months is None else months
    _keep_freed_memory()
    side_by_side: dict[str, Any] = {"cells": cells, "values": values}
    run, world = scenario.prepare(seed, first, count, draw_parameters=draw_parameters, actors=actors, **side_by_side)
    recorder = Recorder(world, months)
    for _ in range(months):
        world = run.month(world)
        recorder.add(world)
        if progress is not None:
            progress(count * cells)
    history = recorder.history()
    series = {name: np.ascontiguousarray(values.T) for name, values in all_measures(history).items()}
    tested = history.once(regime)
    legs = np.zeros(history.shape, np.uint16)
    for bit, leg in enumerate(LEGS):
        legs |= tested.held[leg.key].astype(np.uint16) << bit
    simulated = time.perf_counter()
    resilience: tuple[Resilience, ...] = ()
    if robust:
        options: dict[str, Any] = {"draw_parameters": draw_parameters, "actors": actors}
        options |= {"progress": robust_progress, **side_by_side}
        resilience = robust_test(scenario, seed, first, world, history, **options)
    passed = np.zeros(count * cells, bool)
    passed[[item.cell * count + item.replicate - first for item in resilience if item.robust]] = True
    return Chunk(
        first,
        series,
        np.ascontiguousarray(outcome(history, passed).T),
        np.ascontiguousarray(tested.holds.T),
        np.ascontiguousarray(tested.relapse.T),
        np.ascontiguousarray(legs.T),
        np.ascontiguousarray(quiet_is_not_a_regime(history).T),
        resilience,
        simulated - began,
        time.perf_counter() - simulated,
    )


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
    robust_progress: Progress | None = None,
    **options: Any,
) -> tuple[list[Chunk], float]:
    """All chunks in order, and the seconds that all took. progress(done, wanted) counts futures' months.

    robust_progress(done, wanted) counts the regimes of the present chunk that were tested; on several cores it is silent.
    """
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
            parts.append(simulate(scenario, seed, first, size, progress=count, robust_progress=robust_progress, **options))
            _tell(parts[-1], replicates)
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
                _tell(parts[-1], replicates)
    return parts, time.perf_counter() - before


def _tell(part: Chunk, replicates: int) -> None:
    last, seconds = part.first + part.count - 1, part.seconds + part.robust_seconds
    _LOG.info("futures %d to %d of %d in %.2f s", part.first, last, replicates, seconds)
