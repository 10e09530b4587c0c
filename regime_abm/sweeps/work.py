"""What a worker does: some runs of a sweep, computed side by side and told as tables. And how runs are cut into chunks."""

from __future__ import annotations

import functools
import pickle
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from regime_abm.actor import Actor
from regime_abm.design import Block, Cells, blocks
from regime_abm.ensemble import Chunk, chunk_size, simulate
from regime_abm.plan import Record
from regime_abm.scenario import Scenario
from regime_abm.supervisor import Task, tasks_of
from regime_abm.sweeps import rows

if TYPE_CHECKING:
    import pyarrow as pa

# A chunk takes about a second or more: putting one on the disk costs milliseconds, and a killed worker loses at most one.
CHUNK_MONTHS = 120_000  # months of a region of seven states
CHUNK_RUNS = (
    5_000  # of short runs no more, and of pairs of states no more rows: a worker holds a chunk's tables at once
)
CHUNK_PAIRS = 2_000_000


@dataclass(frozen=True)
class Job:
    """All that a worker needs to know of a sweep. actors: state code -> subclass of Actor."""

    cells: Cells
    record: Record
    actors: Mapping[str, type[Actor]]

    def packed(self) -> bytes:
        """The job as it travels with every task."""
        return zlib.compress(pickle.dumps(self), 1)


@functools.lru_cache(maxsize=2)
def _unpacked(job: bytes) -> Job:
    return pickle.loads(zlib.decompress(job))


def work(job: bytes, task: Task) -> dict[str, pa.Table]:
    """The tables of the runs of a task, which must all be of one variant."""
    return tables(_unpacked(job), task)


def tables(job: Job, task: Task) -> dict[str, pa.Table]:
    """See :func:`work`."""
    import pyarrow as pa

    scenario = job.cells.variants[job.cells.place(task.first)[0]].scenario
    most = side_by_side(scenario, job.record)
    parts = [_of_block(job, block) for block in blocks(job.cells, task.first, task.count, most)]
    return {kind: pa.concat_tables([part[kind] for part in parts]) for kind in parts[0]}


def _of_block(job: Job, block: Block) -> dict[str, pa.Table]:
    cells, record = job.cells, job.record
    scenario = cells.variants[cells.place(block.first)[0]].scenario
    chunk = simulated(job, block)
    schemas = rows.schemas(cells, record)
    found = {"runs": rows.run_table(cells, block, chunk, schemas["runs"])}
    if record.series_every is not None:
        found["series"] = rows.series_table(block, chunk, record, schemas["series"])
    if record.dyads_every is not None:
        states = scenario.region.names.states
        found["dyads"] = rows.dyad_table(block, chunk, states, record.dyads_every, schemas["dyads"])
    return found


def simulated(job: Job, block: Block) -> Chunk:
    """The futures of a block."""
    cells, every = job.cells, job.record.dyads_every
    also = None if every is None else functools.partial(rows.dyads, every=every)
    return simulate(
        cells.variants[cells.place(block.first)[0]].scenario,
        cells.seed,
        cells.luck(block.first),
        block.count,
        cells=block.cells,
        values=values_of(cells, block),
        actors=job.actors,
        also=also,
    )


def values_of(cells: Cells, block: Block) -> dict[str, np.ndarray]:
    """What a block's runs set: parameter -> values, one a cell, or without common random numbers one a run."""
    first = block.first // cells.replicates
    if cells.common_random_numbers:
        return cells.swept(first, block.cells)
    own = np.arange(block.first, block.first + block.count) // cells.replicates - first
    return {name: values[own] for name, values in cells.swept(first, int(own[-1]) + 1).items()}


def side_by_side(scenario: Scenario, record: Record) -> int:
    """Runs that are computed at a time."""
    if record.dyads_every is None:
        return chunk_size(scenario)
    states = len(scenario.region.states)
    pairs = len(rows.recorded_months(scenario.months, record.dyads_every)) * states * (states - 1)
    return max(1, min(chunk_size(scenario), CHUNK_PAIRS // pairs))


def default_chunk(scenario: Scenario, record: Record) -> int:
    """Runs of a chunk: the same on every machine, so that the files of equal sweeps are equal."""
    least = side_by_side(scenario, record)
    if record.dyads_every is not None:
        return least
    dyads = (len(scenario.region.states) / 7) ** 2
    return max(least, min(CHUNK_RUNS, int(CHUNK_MONTHS / scenario.months / dyads)))


def chunks(job: Job, chunk: int | None = None) -> Iterator[tuple[int, int, int]]:
    """(first run, runs, runs of a task) of stretches that are cut evenly: whole cells where a chunk holds one."""
    cells = job.cells
    for place, variant in enumerate(cells.variants):
        size, first = chunk or default_chunk(variant.scenario, job.record), place * cells.runs_of_variant
        if size >= cells.replicates:
            whole = size // cells.replicates
            even = -(-cells.cells_each // -(-cells.cells_each // whole))
            yield first, cells.runs_of_variant, even * cells.replicates
        else:
            even = -(-cells.replicates // -(-cells.replicates // size))
            yield from ((first + k * cells.replicates, cells.replicates, even) for k in range(cells.cells_each))


def tasks(job: Job, chunk: int | None = None) -> Iterator[Task]:
    """All runs of a sweep in tasks of about `chunk` runs; none crosses from one variant to the next."""
    number = 0
    for first, runs, size in chunks(job, chunk):
        yield from tasks_of(runs, size, first, number)
        number += -(-runs // size)


def count_tasks(job: Job, chunk: int | None = None) -> int:
    """How many :func:`tasks` there are."""
    return sum(-(-runs // size) for _, runs, size in chunks(job, chunk))
