"""Many futures of one scenario: chunks of replicates, on one core or several. Chunks and workers change no bit."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from regime_abm.actor import Actor
from regime_abm.measures import all_measures
from regime_abm.measures.history import History, Recorder
from regime_abm.measures.of_one import gauge_of
from regime_abm.measures.outcome import outcome
from regime_abm.measures.regime import LEGS, quiet_is_not_a_regime, regime
from regime_abm.robust import Resilience
from regime_abm.robust import robust as robust_test
from regime_abm.scenario import Scenario
from regime_abm.workers import in_order

CHUNK = 1000  # replicates side by side: fewer and Python's share grows, more and memory does
MOST_RUN_MONTHS = 240_000  # of all replicates of a chunk together: bounds the memory of longer scenarios, at about 2 kB each
MOST_DYADS = 200_000  # of all replicates of a chunk together: bounds the memory of larger regions
SMALL_CHUNK = 50  # the first chunk of a growing ensemble, so that something can be shown at once

Progress = Callable[[int, int], None]

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Chunk:
    """What is kept of some replicates, cell by cell. All arrays are (count, months + 1).

    series: measure -> values. outcome: places in the outcome classes. regime: a security regime stands. relapse: cause of
    relapse in that month, place in RELAPSES. legs: bit k says that leg k of a regime held. quiet: the last year was quiet,
    but it is no regime. resilience: one entry for each regime that was put to the test by twin branches. kept: what was
    asked for beside these.
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
    kept: Any = None

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
    gauges: Sequence[str] = (),
    also: Callable[[History], Any] | None = None,
    progress: Callable[[int], None] | None = None,
    robust_progress: Progress | None = None,
) -> Chunk:
    """Run replicates first .. first + count - 1; `progress` hears of every month of this chunk.

    cells: run them as many times side by side, cell by cell and all with the same luck; values: ``mechanism.name`` ->
    (cells,) parameter values, one a cell, or (cells, count), one a future. What runs beside a future changes no bit of it.
    gauges: names of what else is read off the World each month; they stand among the series.
    also: what else to keep of the record, see :attr:`Chunk.kept`.
    robust: put the futures that end in a regime to the test by twin branches; `robust_progress` hears of each.
    """
    began = time.perf_counter()
    months = scenario.months if months is None else months
    _keep_freed_memory()
    side_by_side: dict[str, Any] = {"cells": cells, "values": values}
    run, world = scenario.prepare(seed, first, count, draw_parameters=draw_parameters, actors=actors, **side_by_side)
    recorder = Recorder(world, months)
    readers = {name: gauge_of(name).read for name in gauges}
    read = {name: [reader(world)] for name, reader in readers.items()}
    for _ in range(months):
        world = run.month(world)
        recorder.add(world)
        for name, found in read.items():
            found.append(readers[name](world))
        if progress is not None:
            progress(count * cells)
    history = recorder.history()
    del run  # its luck, a block of months for every draw, makes room for what the measures need
    all_measures(history), history.once(regime)  # the record keeps what they find; what follows is the branches' time
    simulated = time.perf_counter()
    resilience: tuple[Resilience, ...] = ()
    if robust:
        options: dict[str, Any] = {"draw_parameters": draw_parameters, "actors": actors}
        options |= {"progress": robust_progress, **side_by_side}
        resilience = robust_test(scenario, seed, first, world, history, **options)
    passed = np.zeros(count * cells, bool)
    passed[[item.cell * count + item.replicate - first for item in resilience if item.robust]] = True
    chunk = chunk_of(history, first, passed)
    return replace(
        chunk,
        series={**chunk.series, **{name: np.stack(found, axis=1) for name, found in read.items()}},
        resilience=resilience,
        seconds=simulated - began,
        robust_seconds=time.perf_counter() - simulated,
        kept=None if also is None else also(history),
    )


def chunk_of(history: History, first: int = 0, passed: np.ndarray | None = None) -> Chunk:
    """What a record holds, measured. first: number of its first future; passed: (R,) whose last regime is robust."""
    tested = history.once(regime)
    legs = np.zeros(history.shape, np.uint16)
    for bit, leg in enumerate(LEGS):
        legs |= tested.held[leg.key].astype(np.uint16) << bit
    return Chunk(
        first,
        {name: np.ascontiguousarray(values.T) for name, values in all_measures(history).items()},
        np.ascontiguousarray(outcome(history, passed).T),
        np.ascontiguousarray(tested.holds.T),
        np.ascontiguousarray(tested.relapse.T),
        np.ascontiguousarray(legs.T),
        np.ascontiguousarray(quiet_is_not_a_regime(history).T),
    )


def chunks(replicates: int, size: int = CHUNK, start: int = 0) -> Iterator[tuple[int, int]]:
    """(first, count) of each chunk, from `start` on."""
    for first in range(start, replicates, size):
        yield first, min(size, replicates - first)


def chunk_size(scenario: Scenario) -> int:
    """Replicates that a chunk of this scenario holds."""
    return max(1, min(CHUNK, MOST_RUN_MONTHS // scenario.months, MOST_DYADS // len(scenario.region.states) ** 2))


def whole(chunk: Chunk) -> Chunk:
    """What is kept of a chunk unless somebody wants less: all of it."""
    return chunk


_Kept = TypeVar("_Kept")


def _kept(
    scenario: Scenario,
    seed: int,
    keep: Callable[[Chunk], _Kept],
    span: tuple[int, int, Mapping[str, Any]],
) -> _Kept:
    """What is kept of one chunk: its first replicate, their number, and its options; may run in a process of its own."""
    first, count, options = span
    return keep(simulate(scenario, seed, first, count, **options))


def stream(
    scenario: Scenario,
    seed: int,
    replicates: int,
    *,
    workers: int = 1,
    chunk: int | None = None,
    keep: Callable[[Chunk], _Kept] = whole,  # type: ignore[assignment]
    each: Mapping[str, np.ndarray] | None = None,
    progress: Callable[[int], None] | None = None,
    robust_progress: Progress | None = None,
    **options: Any,
) -> Iterator[_Kept]:
    """What is kept of each chunk, in order, as it is ready; who stops asking saves the rest of the work.

    keep: applied to each chunk where it was made, so that no more than it returns is held or sent (with several workers it
    has to be a function of a module). each: ``mechanism.name`` -> (replicates,) parameter values, one a future.
    progress hears of futures' months; robust_progress as of :func:`ensemble`. Other options as of :func:`simulate`.
    """

    def own(first: int, count: int) -> dict[str, Any]:
        if each is None:
            return options
        return {**options, "values": {name: values[None, first : first + count] for name, values in each.items()}}

    began = time.perf_counter()

    def tell(first: int, count: int) -> None:
        _LOG.info("futures %d to %d of %d after %.2f s", first, first + count - 1, replicates, time.perf_counter() - began)

    spans = list(chunks(replicates, chunk or chunk_size(scenario)))
    work = functools.partial(_kept, scenario, seed, keep)
    if workers <= 1:
        heard = {"progress": progress, "robust_progress": robust_progress}
        for first, count in spans:
            kept = work((first, count, {**own(first, count), **heard}))
            tell(first, count)
            yield kept
        return
    months = (options.get("months") or scenario.months) * options.get("cells", 1)
    jobs = ((first, count, own(first, count)) for first, count in spans)
    for (first, count), found in zip(spans, in_order(work, jobs, workers), strict=True):
        if progress is not None:
            progress(count * months)
        tell(first, count)
        yield found


def ensemble(
    scenario: Scenario,
    seed: int,
    replicates: int,
    *,
    workers: int = 1,
    chunk: int | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> tuple[list[Any], float]:
    """All chunks (or what is kept of them) in order, and the seconds that all took. Options as of :func:`stream`.

    progress(done, wanted) counts futures' months; robust_progress(done, wanted) the regimes of the present chunk that were
    tested; on several cores it is silent.
    """
    wanted, done = replicates * (options.get("months") or scenario.months), 0
    chunk = min(chunk or chunk_size(scenario), -(-replicates // workers))  # work for all

    def count(more: int) -> None:
        nonlocal done
        done += more
        if progress is not None:
            progress(done, wanted)

    before = time.perf_counter()
    parts = list(stream(scenario, seed, replicates, workers=workers, chunk=chunk, progress=count, **options))
    return parts, time.perf_counter() - before
