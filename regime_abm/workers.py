"""Worker processes behind the standard Executor protocol, of which one may die without harm to the others.

The pool of the standard library gives up every call it holds when one of its processes dies, and does not tell which
call was to blame. Here each process has one call at a time, so only that call fails, with :class:`WorkerDied`, and a new
process takes the place of the dead one.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import queue
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from multiprocessing import connection
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import ForkingPickler
from typing import Any, TypeVar

from regime_abm.errors import InputError

Item = TypeVar("Item")
Found = TypeVar("Found")
STARTS = 3  # times that a process may end before it has begun, until that is taken for a fault of the set-up
_DEAF_TO = [getattr(signal, name) for name in ("SIGINT", "SIGHUP") if hasattr(signal, name)]
_LEAVE = b""


def in_order(work: Callable[[Item], Found], items: Iterable[Item], workers: int) -> Iterator[Found]:
    """work(item) for every item on some processes, the results in the order of the items.

    A call whose process died is made once more; WorkerDied when that one dies, too. `work` must be picklable.
    """
    with Workers(workers) as pool:
        waiting: deque[tuple[Item, Future[Found]]] = deque()

        def next_one() -> Found:
            item, call = waiting.popleft()
            try:
                return call.result()
            except WorkerDied:
                return pool.submit(work, item).result()

        for item in items:
            waiting.append((item, pool.submit(work, item)))
            if len(waiting) > pool.window:  # enough to keep all busy, and no more than can be held
                yield next_one()
        while waiting:
            yield next_one()


class WorkerDied(Exception):
    """The process that was busy with a call ended before it answered; the message says how."""


class Workers(Executor):
    """Some processes, started when first needed; see the module's text.

    start: how a process begins, "spawn" (everywhere the same), "fork" or "forkserver". Raises InputError for another word,
    and through the call's future when no process can be started.
    """

    def __init__(self, workers: int, start: str = "spawn") -> None:
        if start not in (known := multiprocessing.get_all_start_methods()):
            raise InputError(f"start: {start!r} is no way to start a process here; known: {', '.join(known)}")
        self._context: Any = multiprocessing.get_context(start)
        self._calls: queue.SimpleQueue[tuple[Future[Any], bytes] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()  # a forked process must not inherit half of another's pipes
        self._processes: set[BaseProcess] = set()
        self._closed = False
        self.window = 2 * workers  # calls worth submitting at a time, so that no process waits for the next
        self._lanes = [threading.Thread(target=self._lane, name=f"lane-{k}", daemon=True) for k in range(workers)]
        for lane in self._lanes:
            lane.start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Have fn(*args, **kwargs) called in one of the processes; everything must be picklable."""
        if self._closed:
            raise RuntimeError("these workers were shut down")
        future: Future[Any] = Future()
        self._calls.put((future, bytes(ForkingPickler.dumps((fn, args, kwargs)))))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls; let those that were taken end, or only those that run already."""
        self._closed = True
        if cancel_futures:
            self._cancel_waiting()
        for _ in self._lanes:
            self._calls.put(None)
        if wait:
            for lane in self._lanes:
                lane.join()

    def kill(self) -> None:
        """End all processes at once, whatever they do."""
        self._closed = True
        with self._lock:
            for process in self._processes:
                process.kill()
        self.shutdown(cancel_futures=True)

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        """Shut down; after an error do not wait for calls whose result nobody wants."""
        if kind is None:
            self.shutdown()
        else:
            self.kill()

    def _cancel_waiting(self) -> None:
        with contextlib.suppress(queue.Empty):
            while (item := self._calls.get_nowait()) is not None:
                if item[0].cancel():
                    item[0].set_running_or_notify_cancel()  # who waits for it must hear of it

    def _lane(self) -> None:
        """A thread that looks after one process and hands it one call after the other."""
        if hasattr(signal, "pthread_sigmask"):
            # Processes inherit this: Ctrl-C reaches all of a terminal's processes, but ending is the parent's business.
            signal.pthread_sigmask(signal.SIG_BLOCK, _DEAF_TO)
        worker: _Worker | None = None
        while (item := self._calls.get()) is not None:
            future, call = item
            if not future.set_running_or_notify_cancel():
                continue
            try:
                if worker is None or worker.ended(0):
                    worker = self._started()
                worked, value = worker.answer(call)
            except Exception as error:  # it died, none could be started, or its answer cannot be read
                future.set_exception(error)
            else:
                (future.set_result if worked else future.set_exception)(value)
        if worker is not None:
            worker.leave()

    def _started(self) -> _Worker:
        for _ in range(STARTS):
            with self._lock:
                if self._closed:
                    raise WorkerDied("was told to stop")
                try:
                    worker = _Worker(self._context, self._lock)
                except OSError as error:  # no memory, no process to be had, or the folder one is in has vanished
                    raise InputError(f"workers: no worker process could be started ({error.strerror})") from None
                self._processes = {process for process in self._processes if process.is_alive()} | {worker.process}
            try:
                worker.answer(None)
                return worker
            except WorkerDied as died:
                how = str(died)
        raise InputError(
            f"workers: no worker process could be started ({how}); a script that runs on several workers "
            'needs `if __name__ == "__main__":` before its own calls'
        )


class _Worker:
    """One process and the pipe to it."""

    def __init__(self, context: Any, lock: threading.Lock) -> None:
        self._pipe, theirs = context.Pipe()
        self._lock = lock  # the library's book of processes does not bear two threads
        self.process: BaseProcess = context.Process(target=_serve, args=(theirs,), daemon=True)
        self.process.start()
        theirs.close()

    def answer(self, call: bytes | None) -> tuple[bool, Any]:
        """(True, value) or (False, exception) of a call, or of nothing but the start; raises WorkerDied."""
        try:
            if call is not None:
                self._pipe.send_bytes(call)
            if self._pipe in connection.wait([self._pipe, self.process.sentinel]):
                return pickle.loads(self._pipe.recv_bytes())
        except (EOFError, ConnectionError):
            pass
        self.ended(None)
        raise WorkerDied(how_it_ended(self.process.exitcode))

    def ended(self, within: float | None) -> bool:
        """Whether the process has ended, or does so within some seconds (None: wait for it)."""
        if not connection.wait([self.process.sentinel], within):
            return False
        with self._lock:
            self.process.join()
        self._pipe.close()
        return True

    def leave(self) -> None:
        """Tell it to go, and wait until it has."""
        with contextlib.suppress(OSError):
            self._pipe.send_bytes(_LEAVE)
        self.ended(None)


def how_it_ended(code: int | None) -> str:
    """An exit code in words.

    >>> how_it_ended(-9), how_it_ended(3)
    ('killed by SIGKILL (signal 9)', 'ended with exit code 3')
    """
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            return f"killed by {signal.Signals(-code).name} (signal {-code})"
    return f"ended with exit code {code}"


def _serve(pipe: Connection) -> None:
    """What a worker process does: answer calls until it is told to leave."""
    for number in _DEAF_TO:
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    pipe.send_bytes(pickle.dumps((True, None)))  # the start went well
    while (call := pipe.recv_bytes()) != _LEAVE:
        try:
            fn, args, kwargs = pickle.loads(call)
            answer = bytes(ForkingPickler.dumps((True, fn(*args, **kwargs))))
        except BaseException as error:
            answer = _pickled_error(error)
        pipe.send_bytes(answer)


def _pickled_error(error: BaseException) -> bytes:
    try:
        answer = pickle.dumps((False, error))
        pickle.loads(answer)
    except Exception:  # some exceptions cannot travel
        answer = pickle.dumps((False, RuntimeError(f"{type(error).__name__}: {error}")))
    return answer


def _leave_with_parent() -> None:
    """A worker whose parent was killed must not go on: it would take the machine's time for nobody."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
