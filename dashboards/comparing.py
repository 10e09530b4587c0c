"""The same futures under two or three questions. One worker for the whole process; what nobody waits for any more stops."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dashboards.view import Reading
from regime_abm import api

STAGES = (100, 1000)  # pairs of futures: something to see at once, then what can be relied upon
KEPT = 8
Arms = tuple[tuple[str, Reading], ...]


class _Cancelled(Exception):
    pass


@dataclass
class _Job:
    arms: Arms
    seed: int
    latest: dict[str, Any] | None = None
    failure: str | None = None
    finished: bool = False
    watchers: dict[int, Callable[[], None]] = field(default_factory=dict)


class Ticket:
    """One client's interest in one comparison, told each stage once."""

    def __init__(self, owner: Comparisons, job: _Job, of: str) -> None:
        self._owner, self._job, self._of = owner, job, of
        self._told: tuple[Any, ...] = (None, None)

    @property
    def finished(self) -> bool:
        """Whether all pairs are known."""
        return self._job.finished

    def news(self) -> dict[str, Any] | None:
        """Return what is new, if anything is."""
        latest, failure = self._job.latest, self._job.failure
        stage = (latest and latest["replicates"], failure)
        if stage == self._told:
            return None
        self._told = stage
        return {"failure": failure, "of": self._of} | (latest or {})

    def cancel(self) -> None:
        """Say that this client no longer wants it."""
        self._owner._leave(self._job, id(self))


class Comparisons:
    """The shared comparisons and the thread that works on them."""

    def __init__(self) -> None:
        self._wake = threading.Condition()
        self._known: OrderedDict[tuple[Arms, int], _Job] = OrderedDict()
        self._stopped = False
        self._thread: threading.Thread | None = None

    def ask(self, arms: Arms, seed: int, of: str, news: Callable[[], None]) -> Ticket:
        """Ask for a comparison with the first of the arms; the worker calls `news` whenever more is known."""
        with self._wake:
            job = self._known.setdefault((arms, seed), _Job(arms, seed))
            self._known.move_to_end((arms, seed))
            ticket = Ticket(self, job, of)
            job.watchers[id(ticket)] = news
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="comparisons", daemon=True)
                self._thread.current_context = None  # type: ignore[attr-defined]  # it serves all clients
                self._thread.start()
            self._wake.notify_all()
        return ticket

    def stop(self) -> None:
        """End the worker."""
        with self._wake:
            self._stopped = True
            self._wake.notify_all()

    def _leave(self, job: _Job, watcher: int) -> None:
        with self._wake:
            job.watchers.pop(watcher, None)

    def _next(self) -> _Job | None:
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
            self._advance(job)
            with self._wake:
                watchers = list(job.watchers.values())
            for news in watchers:
                news()

    def _advance(self, job: _Job) -> None:
        """Work out one more stage of a comparison."""
        done = job.latest["replicates"] if job.latest else 0
        wanted = next(stage for stage in STAGES if stage > done)

        def heed(_done: int, _wanted: int) -> None:
            if self._stopped or not job.watchers:
                raise _Cancelled

        try:
            arms = {name: reading.loaded() for name, reading in job.arms}
            months = min(arm.months for arm in arms.values())
            found = api.compare(arms, replicates=wanted, months=months, seed=job.seed, progress=heed)
            job.latest = found.summary() | {"wanted": STAGES[-1]}
            job.finished = wanted == STAGES[-1]
        except _Cancelled:
            return
        except Exception as error:  # a page must say that its comparison failed, whatever the reason
            job.failure, job.finished = str(error), True


COMPARISONS = Comparisons()
