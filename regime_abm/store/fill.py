"""Runs into a store: what is missing is computed by supervised workers and put in place as it comes."""

from __future__ import annotations

import contextlib
import functools
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from regime_abm.errors import InputError, nearest
from regime_abm.store.parquet import Encoded, encode, join
from regime_abm.store.store import Store
from regime_abm.supervisor import Done, Lost, Progress, Task, supervise

if TYPE_CHECKING:
    import pyarrow as pa

_LOG = logging.getLogger(__name__)
EXECUTORS = ("local", "dask")
Work = Callable[[Task], Mapping[str, "pa.Table"]]


@dataclass(frozen=True)
class Filled:
    """What a store holds after it was filled: runs with a result, and runs that failed."""

    runs: int
    failed: int


def fill(
    store: Store,
    work: Work,
    tasks: Iterable[Task],
    *,
    workers: int = 1,
    executor: str = "local",
    scheduler: str | None = None,
    start: str = "spawn",
    isolate: bool = False,
    replay: Callable[[int], str] | None = None,
    progress: Progress | None = None,
) -> Filled:
    """Do those of the tasks that the store has not yet; work(task) gives a table of each kind, like {"runs": ...}.

    A run that raises or kills its workers becomes a row of "failures" with replay(run), the command that repeats it; the
    others of its chunk are there all the same. executor "dask" works on a cluster, see :mod:`regime_abm.cluster`; the other
    options are those of :func:`regime_abm.supervisor.supervise`. Raises Stopped after a signal, DiskFull, InputError; what
    was put in place before stays.
    """
    if executor not in EXECUTORS:
        raise InputError(f"executor: {executor!r} is unknown{nearest(executor, EXECUTORS)}")
    with contextlib.ExitStack() as stack:
        place: dict[str, Any] = {"start": start, "isolate": isolate}
        if executor == "dask":
            from regime_abm.cluster import dask_executor

            place = {"executor": stack.enter_context(dask_executor(scheduler, workers))}
        supervise(
            functools.partial(_encoded, work),
            store.missing(tasks),
            functools.partial(_put, store, replay),
            workers=workers,
            progress=progress,
            wanted=store.manifest["runs"],
            already=store.runs_done,
            **place,
        )
    return Filled(store.rows("runs"), store.rows("failures"))


def failures_schema() -> pa.Schema:
    """The columns of the table "failures"."""
    import pyarrow as pa

    words = ("reason", "message", "traceback", "replay")
    return pa.schema([("run", pa.int64()), *((name, pa.string()) for name in words)])


def failures_table(lost: Sequence[Lost], replay: Callable[[int], str] | None = None) -> pa.Table:
    """One row a lost run."""
    import pyarrow as pa

    rows = [{**vars(item), "replay": replay(item.run) if replay else ""} for item in lost]
    return pa.Table.from_pylist(rows, schema=failures_schema())


def _encoded(work: Work, task: Task) -> dict[str, Encoded]:
    """The worker turns its tables into bytes: it has company, the writer is alone."""
    return {kind: encode(table) for kind, table in work(task).items()}


def _put(store: Store, replay: Callable[[int], str] | None, done: Done) -> None:
    pieces: dict[str, list[Encoded]] = {}
    for result in done.results:
        for kind, table in result.items():
            pieces.setdefault(kind, []).append(table)
    if done.lost:
        pieces.setdefault("failures", []).append(encode(failures_table(done.lost, replay)))
    store.add_encoded(done.task, {kind: join(tables) for kind, tables in pieces.items()})
    task = done.task
    _LOG.info("part %d is stored: runs %d to %d", task.number, task.first, task.first + task.count - 1)
    for item in done.lost:
        _LOG.info("run %d has no result: %s, %s", item.run, item.reason, item.message)
