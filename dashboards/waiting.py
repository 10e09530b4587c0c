"""Work that several clients may wait for: one thread for the process, each result once, and nothing that nobody wants."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

KEPT = 8  # results held for whoever comes back to them


class Unwanted(Exception):
    """Nobody waits for the work any more."""


@dataclass
class Job:
    """A piece of work: what is asked, what is known so far, why it failed."""

    key: Hashable
    latest: dict[str, Any] | None = None
    failure: str | None = None
    finished: bool = False
    watchers: dict[int, Callable[[], None]] = field(default_factory=dict)


class Ticket:
    """One client's interest in one job, told each result once."""

    def __init__(self, owner: Waiting, job: Job, of: str) -> None:
        self._owner, self._job, self._of = owner, job, of
        self._told: tuple[Any, ...] = (None, None)

    @property
    def finished(self) -> bool:
        """Whether all is known."""
        return self._job.finished

    def news(self) -> dict[str, Any] | None:
        """Return what is new, if anything is."""
        latest, failure = self._job.latest, self._job.failure
        if latest is self._told[0] and failure == self._told[1]:
            return None
        self._told = (latest, failure)
        return {"failure": failure, "of": self._of} | (latest or {})

    def cancel(self) -> None:
        """Say that this client no longer wants it."""
        self._owner.leave(self._job, id(self))


class Waiting:
    """The jobs and the thread that works on them; a subclass says how."""

    def __init__(self) -> None:
        self._wake = threading.Condition()
        self._known: OrderedDict[Hashable, Job] = OrderedDict()
        self._stopped = False
        self._thread: threading.Thread | None = None

    def advance(self, job: Job) -> None:
        """Work out more of a job, and call :meth:`heed` often; sets `finished` in the end."""
        raise NotImplementedError

    def join(self, key: Hashable, of: str, news: Callable[[], None]) -> Ticket:
        """Ask for a job; the worker calls `news` whenever more is known."""
        with self._wake:
            job = self._known.setdefault(key, Job(key))
            self._known.move_to_end(key)
            ticket = Ticket(self, job, of)
            job.watchers[id(ticket)] = news
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name=type(self).__name__, daemon=True)
                self._thread.current_context = None  # type: ignore[attr-defined]  # it serves all clients
                self._thread.start()
            self._wake.notify_all()
        return ticket

    def heed(self, job: Job) -> None:
        """Raise Unwanted when nobody waits for a job any more."""
        if self._stopped or not job.watchers:
            raise Unwanted

    def tell(self, job: Job) -> None:
        """Let all who wait look."""
        with self._wake:
            watchers = list(job.watchers.values())
        for news in watchers:
            news()

    def stop(self) -> None:
        """End the worker."""
        with self._wake:
            self._stopped = True
            self._wake.notify_all()

    def leave(self, job: Job, watcher: int) -> None:
        """Take one client off a job."""
        with self._wake:
            job.watchers.pop(watcher, None)

    def _next(self) -> Job | None:
        with self._wake:
            while not self._stopped:
                idle = [key for key, job in self._known.items() if not job.watchers]
                for key in idle[: max(0, len(idle) - KEPT)]:
                    del self._known[key]
                wanted = [job for job in self._known.values() if job.watchers and not job.finished]
                if wanted:
                    return next((job for job in wanted if job.latest is None), wanted[0])
                self._wake.wait()
        return None

    def _work(self) -> None:
        while (job := self._next()) is not None:
            try:
                self.advance(job)
            except Unwanted:
                continue
            except Exception as error:  # a page must say that its work failed, whatever the reason
                job.failure, job.finished = str(error), True
            self.tell(job)
