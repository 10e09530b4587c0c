"""Chunks of runs on worker processes, so that no run is lost that can be had.

- An exception: the chunk is halved until the one run that raises is found; it is told with its traceback.
- A dead worker: the chunk is tried once more, then halved; a single run that kills three workers is told with the signal.
- SIGINT, SIGTERM, SIGHUP: what is under way is dropped, all processes end, :class:`regime_abm.errors.Stopped` is raised.

Only as many results as there are workers are under way at a time, so memory does not grow with the number of runs.
"""

from __future__ import annotations

import contextlib
import signal
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field
from typing import Any

from regime_abm.errors import Stopped
from regime_abm.workers import WorkerDied, Workers

TRIES = 2  # of a chunk that kills its worker, until it is halved
SINGLE_TRIES = 3  # of a single run that kills its worker, until it is given up
POLL = 0.1  # seconds between two looks whether a signal came

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Task:
    """Runs first .. first + count - 1. number: the chunk's place in the whole, from 0; pieces of a chunk keep it."""

    number: int
    first: int
    count: int

    def halves(self) -> tuple[Task, Task]:
        """Two tasks of the same number.

        >>> Task(4, first=10, count=5).halves()
        (Task(number=4, first=10, count=2), Task(number=4, first=12, count=3))
        """
        half = self.count // 2
        return Task(self.number, self.first, half), Task(self.number, self.first + half, self.count - half)


def tasks_of(runs: int, chunk: int, first: int = 0, number: int = 0) -> Iterator[Task]:
    """Consecutive tasks of at most `chunk` runs; `first` and `number` are those of the first one.

    >>> [task.count for task in tasks_of(runs=50, chunk=20)]
    [20, 20, 10]
    """
    for place, start in enumerate(range(0, runs, chunk)):
        yield Task(number + place, first + start, min(chunk, runs - start))


@dataclass(frozen=True)
class Lost:
    """A run without a result. reason: "killed" or "exception"; message: one line; traceback: empty when killed."""

    run: int
    reason: str
    message: str
    traceback: str = ""

    @classmethod
    def of(cls, run: int, error: BaseException) -> Lost:
        """The run that raised an exception."""
        return cls(run, "exception", *_told(error))


@dataclass(frozen=True)
class Done:
    """What became of a task. results: one, or several in order of runs where it was split; lost: the runs in none."""

    task: Task
    results: tuple[Any, ...]
    lost: tuple[Lost, ...]


def supervise(
    work: Callable[[Task], Any],
    tasks: Iterable[Task],
    done: Callable[[Done], None],
    *,
    workers: int = 1,
    executor: Executor | None = None,
    start: str = "spawn",
    isolate: bool = False,
    progress: Progress | None = None,
    wanted: int = 0,
    already: int = 0,
) -> None:
    """Call work(task) for every task on some processes and hand each outcome to `done`, as it comes, in this thread.

    work: must be picklable and depend on the task alone. One worker works in this process, unless `isolate` is set.
    executor: another place to work, like that of :mod:`regime_abm.cluster`; None: own processes, begun by `start`.
    progress(runs done, runs wanted): counts from `already`. Raises Stopped after a signal, InputError when no process can
    be started, and whatever `done` raises; in each case nothing is left running.
    """
    with contextlib.ExitStack() as stack:
        signals = stack.enter_context(_Signals())
        if executor is None and (workers > 1 or isolate):
            executor = stack.enter_context(Workers(workers, start))
        at_work = _Supervision(work, done, executor or _Here(signals), workers)
        stack.callback(at_work.drop)
        for count in at_work.run(iter(tasks), signals):
            already += count
            if progress is not None:
                progress(already, wanted)


@dataclass
class _Chunk:
    """A task and what has come of its pieces so far."""

    task: Task
    left: int
    results: dict[int, Any] = field(default_factory=dict)
    lost: list[Lost] = field(default_factory=list)

    def outcome(self) -> Done:
        lost = sorted(self.lost, key=lambda item: item.run)
        return Done(self.task, tuple(result for _, result in sorted(self.results.items())), tuple(lost))


@dataclass
class _Piece:
    """A task as it is sent out: a whole chunk or a part of one."""

    task: Task
    chunk: _Chunk
    deaths: int = 0


class _Supervision:
    def __init__(self, work: Any, done: Callable[[Done], None], executor: Executor, workers: int) -> None:
        self._work, self._done, self._executor, self._workers = work, done, executor, workers
        self._again: deque[_Piece] = deque()
        self._flying: dict[Future[Any], _Piece] = {}

    def run(self, tasks: Iterator[Task], signals: _Signals) -> Iterator[int]:
        """Do all tasks; yields the number of runs of each chunk that is through."""
        while True:
            self._send(tasks, signals)
            if not self._flying:
                return
            landed, _ = wait(self._flying, POLL, FIRST_COMPLETED)
            for future in landed:
                chunk = self._land(self._flying.pop(future), future)
                if not chunk.left:
                    self._done(chunk.outcome())
                    yield chunk.task.count
                signals.heed()
            signals.heed()

    def drop(self) -> None:
        """Give up what is under way."""
        for future in self._flying:
            future.cancel()

    def _send(self, tasks: Iterator[Task], signals: _Signals) -> None:
        # a cluster may grow and shrink
        while len(self._flying) < getattr(self._executor, "window", self._workers):
            if self._again:
                piece = self._again.popleft()
            elif (task := next(tasks, None)) is not None:
                piece = _Piece(task, _Chunk(task, task.count))
            else:
                return
            signals.heed()
            self._flying[self._executor.submit(_attempt, self._work, piece.task)] = piece

    def _land(self, piece: _Piece, future: Future[Any]) -> _Chunk:
        """Keep a piece's result, or decide how it goes on."""
        task, chunk = piece.task, piece.chunk
        try:
            result = future.result()
        except WorkerDied as died:
            piece.deaths += 1
            if piece.deaths < (TRIES if task.count > 1 else SINGLE_TRIES):
                self._again.appendleft(piece)
            else:
                # a part of a chunk that killed twice is halved at its first death
                self._split(piece, Lost(task.first, "killed", str(died)), deaths=TRIES - 1)
            return chunk
        if isinstance(result, _Raised):
            self._split(piece, Lost(task.first, "exception", result.message, result.traceback), deaths=0)
        else:
            chunk.results[task.first] = result
            chunk.left -= task.count
        return chunk

    def _split(self, piece: _Piece, blame: Lost, deaths: int) -> None:
        if piece.task.count == 1:
            piece.chunk.lost.append(blame)
            piece.chunk.left -= 1
            return
        halves = [_Piece(half, piece.chunk, deaths if half.count > 1 else 0) for half in piece.task.halves()]
        self._again.extendleft(reversed(halves))


@dataclass(frozen=True)
class _Raised:
    message: str
    traceback: str


def _attempt(work: Callable[[Task], Any], task: Task) -> Any:
    """The result, or what went wrong in words: not every exception can be sent from one process to another."""
    try:
        return work(task)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return _Raised(*_told(error))


def _told(error: BaseException) -> tuple[str, str]:
    """One line and the traceback."""
    first = str(error).strip().partition("\n")[0]
    name = type(error).__name__
    return f"{name}: {first}" if first else name, "".join(traceback.format_exception(error))


class _Here(Executor):
    """This very process: a call is done when submit returns."""

    window = 1

    def __init__(self, signals: _Signals) -> None:
        self._signals = signals

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        with self._signals.at_once():
            future.set_result(fn(*args, **kwargs))
        return future


class _Signals:
    """Notes SIGINT, SIGTERM and SIGHUP while it is entered; the former handlers come back at the end."""

    def __init__(self) -> None:
        self._came = 0
        self._at_once = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> _Signals:
        if threading.current_thread() is threading.main_thread():
            for name in ("SIGINT", "SIGTERM", "SIGHUP"):
                number = getattr(signal, name, None)
                if number is not None and signal.getsignal(number) != signal.SIG_IGN:  # as nohup does
                    self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, number: int, frame: object) -> None:
        self._came = self._came or number
        if self._at_once:
            self._at_once = False
            raise Stopped(number)

    @contextlib.contextmanager
    def at_once(self) -> Iterator[None]:
        """Within this, a signal stops the work where it is."""
        self.heed()
        self._at_once = True
        try:
            yield
        finally:
            self._at_once = False

    def heed(self) -> None:
        """Stop here if a signal came."""
        if self._came:
            raise Stopped(self._came)
