"""What a sweep will cost, before it starts: runs, time and disk, measured on a few of its runs. And what is too much."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from regime_abm.design import Cells
from regime_abm.errors import InputError
from regime_abm.plan import Limits
from regime_abm.scenario import Scenario
from regime_abm.store.parquet import encode
from regime_abm.supervisor import Task
from regime_abm.sweeps.rows import measures_of, recorded_months
from regime_abm.sweeps.work import Job, side_by_side, tables
from regime_abm.workers import in_order

# Seconds of a month where nothing was measured: for each run of seven states, and for all that are side by side.
ROUGH_RUN, ROUGH_CALL = 2.5e-5, 2.5e-3
ROUGH_BYTES = {"runs": 300, "value": 2, "pair": 6}  # of a run, of a month of one series, of a month of a pair of states
PROBE_MONTHS = 24
PROBE_RUNS = 500  # enough to tell; the process that runs a sweep is to stay small
_WORTH_A_PROBE = 1.0  # seconds of work; less is not worth the measuring
# from so many seconds on, in a unit of so many seconds
_TIMES = ((63e6, 31_557_600, "years"), (172_800, 86_400, "days"), (5400, 3600, "hours"), (120, 60, "min"))
START = 3.0  # seconds until worker processes have begun


@dataclass(frozen=True)
class Estimate:
    """What a sweep will cost. seconds: elapsed, on so many workers; measured: on some runs, rather than a rule of thumb.

    free: bytes that are free where it goes; None when not known.
    """

    runs: int
    cells: int
    seconds: float
    bytes: int
    workers: int
    measured: bool
    free: int | None = None

    def line(self) -> str:
        """In words."""
        how = "measured on a few runs" if self.measured else "a rule of thumb"
        on = f"{self.workers} worker{'s' if self.workers > 1 else ''}"
        disk = f"and {told_bytes(self.bytes)} of disk"
        if self.short_of_disk:
            disk += f", of which only {told_bytes(self.free or 0)} are free"
        return f"{self.runs:,} runs of {self.cells:,} cells: about {told_time(self.seconds)} on {on} {disk} ({how})"

    @property
    def short_of_disk(self) -> bool:
        """The disk will be full before the end."""
        return self.free is not None and self.free < self.bytes

    def refuse_runs(self, limits: Limits, where: str) -> None:
        """Raise InputError when there are more runs than there may be."""
        if self.runs > limits.runs:
            took = f"(about {told_time(self.seconds)} on {self.workers} worker{'s' if self.workers > 1 else ''})"
            raise InputError(f"{where}: limits.runs: the sweep has {self.runs:,} runs {took}; at most {limits.runs:,}")

    def refuse_beyond(self, limits: Limits, where: str) -> None:
        """Raise InputError when the sweep would cost more than it may."""
        self.refuse_runs(limits, where)
        of = f"the sweep of {self.runs:,} runs would take about"
        if self.seconds > limits.hours * 3600:
            raise InputError(f"{where}: limits.hours: {of} {told_time(self.seconds)}; at most {limits.hours:g} hours")
        if self.bytes > limits.gigabytes * 1e9:
            raise InputError(
                f"{where}: limits.gigabytes: {of} {told_bytes(self.bytes)}; at most {limits.gigabytes:g} GB"
            )


def rough(job: Job, workers: int) -> Estimate:
    """By rule of thumb: nothing is built or run."""
    cells, record = job.cells, job.record
    size, seconds = 0, ROUGH_RUN * sum(_weights(cells))
    for variant in cells.variants:
        months, states = variant.scenario.months, len(variant.scenario.region.states)
        seconds += ROUGH_CALL * months * -(-cells.runs_of_variant // side_by_side(variant.scenario, record))
        each = ROUGH_BYTES["runs"]
        if record.series_every is not None:
            each += len(recorded_months(months, record.series_every)) * len(measures_of(record)) * ROUGH_BYTES["value"]
        if record.dyads_every is not None:
            each += len(recorded_months(months, record.dyads_every)) * states * (states - 1) * ROUGH_BYTES["pair"]
        size += each * cells.runs_of_variant
    return Estimate(cells.runs, cells.count, seconds / workers, size, workers, measured=False)


def measured(job: Job, workers: int, tasks: int, share: float = 1.0) -> Estimate:
    """By a probe of a few months, unless there is little to do. share: of the runs that are still to be done."""
    cells = job.cells
    guess = rough(job, workers)
    guess = replace(guess, seconds=guess.seconds * share, bytes=int(guess.bytes * share))
    if guess.seconds * workers < _WORTH_A_PROBE or (probe := _probed(job)) is None:
        return guess
    months = cells.variants[0].scenario.months
    own = next(_weights(cells)) / cells.runs_of_variant / months  # of a month of the scenario that was probed
    busy = min(workers, tasks)
    seconds = probe.seconds / (probe.runs * probe.months * own) * sum(_weights(cells)) * share / busy
    size = share * sum(_bytes(job, probe, variant.scenario) * cells.runs_of_variant for variant in cells.variants)
    return Estimate(cells.runs, cells.count, seconds + (START if busy > 1 else 0), int(size), workers, measured=True)


@dataclass(frozen=True)
class _Probe:
    """What some runs of a few months cost. sizes: kind of table -> bytes a run."""

    runs: int
    months: int
    seconds: float
    sizes: Mapping[str, float]


def _probed(job: Job) -> _Probe | None:
    """Doctrines are tried in another process, as they may do anything; None where the runs failed."""
    first = job.cells.variants[0]
    months = min(first.scenario.months, PROBE_MONTHS)
    short = replace(first, scenario=replace(first.scenario, months=months))
    job = replace(job, cells=replace(job.cells, variants=(short, *job.cells.variants[1:])))
    try:
        return next(in_order(_probe, [job], workers=1)) if job.actors else _probe(job)
    except Exception:  # a failing run is for the sweep to tell
        return None


def _probe(job: Job) -> _Probe:
    scenario = job.cells.variants[0].scenario
    runs = min(side_by_side(scenario, job.record), job.cells.runs_of_variant, PROBE_RUNS)
    tables(job, Task(0, 0, 1))  # what is paid once is not measured
    began = time.perf_counter()
    found = tables(job, Task(0, 0, runs))
    sizes = {kind: len(encode(table).data) / runs for kind, table in found.items()}
    return _Probe(runs, scenario.months, time.perf_counter() - began, sizes)


def _bytes(job: Job, probe: _Probe, scenario: Scenario) -> float:
    """Of one run of a scenario, by how many more months of it are recorded than of the probe."""
    every = {"series": job.record.series_every, "dyads": job.record.dyads_every}
    size = 0.0
    for kind, own in probe.sizes.items():
        n = every.get(kind)
        size += (
            own if n is None else own * len(recorded_months(scenario.months, n)) / len(recorded_months(probe.months, n))
        )
    return size


def _weights(cells: Cells) -> Iterator[float]:
    """Of each variant: run-months, in those of a region of seven states."""
    for variant in cells.variants:
        yield cells.runs_of_variant * variant.scenario.months * (len(variant.scenario.region.states) / 7) ** 2


def told_time(seconds: float) -> str:
    """A length of time in words.

    >>> [told_time(seconds) for seconds in (42, 600, 10_000, 1e6, 1e12)]
    ['42 s', '10 min', '2.8 hours', '12 days', '31,688 years']
    """
    for least, size, unit in _TIMES:
        if seconds >= least:
            return f"{seconds / size:,.{1 if unit == 'hours' else 0}f} {unit}"
    return f"{max(seconds, 1):.0f} s"


def told_bytes(count: float) -> str:
    """A number of bytes in words.

    >>> [told_bytes(count) for count in (42, 3.2e6, 5e9)]
    ['1 kB', '3.2 MB', '5.0 GB']
    """
    for unit, size in (("GB", 1e9), ("MB", 1e6)):
        if count >= size:
            return f"{count / size:,.1f} {unit}"
    return f"{max(count / 1e3, 1):.0f} kB"
