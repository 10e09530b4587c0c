"""The thousand futures behind the line: computed once per question and seed, shared by all who watch it.

One worker thread for the whole process takes the ensembles that somebody wants in turn, a chunk of each. So
thirty phones on one scenario cost one ensemble, and one that nobody wants any more stops within a month of
the model.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from dashboards.view import Reading, scenario_of
from regime_abm import api

REPLICATES = 1000
Asked = str | Reading  # a scenario as its file tells it, or one that was changed
FEED_EVERY = 0.5  # seconds between two publications of a growing ensemble
KEPT = 8  # finished ensembles held for whoever comes back to them


@dataclass(frozen=True)
class Snapshot:
    """What is known of an ensemble so far.

    bands: measure -> bytes of a little-endian float32 array (3, months + 1), the 10, 50 and 90 % quantiles.
    outcomes: class, share, lower and upper end of its 95 % interval (0..1).
    passage: class -> bytes of a float32 array (months + 1), the share of futures that have been in it by a month.
    """

    done: int
    wanted: int
    months: int
    bands: dict[str, bytes]
    outcomes: list[tuple[str, float, float, float]]
    passage: dict[str, bytes]


@dataclass
class _Ensemble:
    key: tuple[Asked, int]
    measures: tuple[str, ...]
    latest: Snapshot | None = None
    finished: bool = False
    failure: str | None = None
    watchers: dict[int, Callable[[], None]] = field(default_factory=dict)
    chunks: Iterator[Any] | None = None
    cut_short: bool = False


class Subscription:
    """One client's interest in one ensemble; `cancel()` when the client leaves or looks elsewhere."""

    def __init__(self, owner: Ensembles, ensemble: _Ensemble) -> None:
        self._owner, self._ensemble = owner, ensemble

    @property
    def scenario(self) -> Asked:
        """What is asked: the name of a scenario, or a changed one."""
        return self._ensemble.key[0]

    @property
    def seed(self) -> int:
        """Seed of the futures."""
        return self._ensemble.key[1]

    @property
    def latest(self) -> Snapshot | None:
        """The most that is known so far; None before the first chunk."""
        return self._ensemble.latest

    @property
    def failure(self) -> str | None:
        """Why the ensemble could not be computed; None when nothing went wrong."""
        return self._ensemble.failure

    def cancel(self) -> None:
        """Say that this client no longer wants it."""
        self._owner._leave(self._ensemble, id(self))


class Feed:
    """What one page is told of one ensemble: the newest, not too often, and each thing once."""

    def __init__(self, subscription: Subscription, of: str) -> None:
        self.subscription, self.of = subscription, of
        self.due = 0.0
        self._told: tuple[Any, ...] = (None, None)

    @property
    def finished(self) -> bool:
        """Whether all futures are known."""
        latest = self.subscription.latest
        return latest is not None and latest.done >= latest.wanted

    def news(self, now: float) -> tuple[dict[str, Any] | None, bool]:
        """Return what is new, if anything may be told now, and whether something is held back until `due`."""
        latest, failure = self.subscription.latest, self.subscription.failure
        if (latest, failure) == self._told:
            return None, False
        first = self._told == (None, None)
        if now < self.due and failure is None and not first and not self.finished:
            return None, True
        self._told, self.due = (latest, failure), now + FEED_EVERY
        news = {"failure": failure} if latest is None else asdict(latest)
        return news | {"of": self.of}, False


class Ensembles:
    """The shared ensembles and the thread that grows them."""

    def __init__(self) -> None:
        self._wake = threading.Condition()
        self._known: OrderedDict[tuple[Asked, int], _Ensemble] = OrderedDict()
        self._stopped = False
        self._thread: threading.Thread | None = None

    def watch(self, scenario: Asked, seed: int, measures: tuple[str, ...], news: Callable[[], None]) -> Subscription:
        """Ask for an ensemble. The worker calls `news` whenever more is known; it must return at once."""
        with self._wake:
            ensemble = self._known.setdefault((scenario, seed), _Ensemble((scenario, seed), measures))
            self._known.move_to_end(ensemble.key)
            subscription = Subscription(self, ensemble)
            ensemble.watchers[id(subscription)] = news
            self._start()
            self._wake.notify_all()
        return subscription

    def busy(self) -> bool:
        """Whether any ensemble that somebody wants is unfinished."""
        with self._wake:
            return any(e.watchers and not e.finished for e in self._known.values())

    def stop(self) -> None:
        """End the worker; it returns within one chunk."""
        with self._wake:
            self._stopped = True
            self._wake.notify_all()

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="ensembles", daemon=True)
            # Solara's threads remember the client that started them; this one serves all and outlives each
            self._thread.current_context = None  # type: ignore[attr-defined]
            self._thread.start()

    def _leave(self, ensemble: _Ensemble, watcher: int) -> None:
        with self._wake:
            ensemble.watchers.pop(watcher, None)

    def _work(self) -> None:
        while True:
            with self._wake:
                turn = [e for e in self._known.values() if e.watchers and not e.finished]
                while not turn and not self._stopped:
                    self._forget()
                    self._wake.wait()
                    turn = [e for e in self._known.values() if e.watchers and not e.finished]
                if self._stopped:
                    return
            # first something for everybody, since the first futures are few and somebody waits for them
            for ensemble in [e for e in turn if e.latest is None] or turn:
                self._grow(ensemble)
            self._forget()

    def _grow(self, ensemble: _Ensemble) -> None:
        """Compute one more chunk of an ensemble and tell its watchers."""
        scenario, seed = ensemble.key

        def cancelled() -> bool:
            ensemble.cut_short = self._stopped or not ensemble.watchers
            return ensemble.cut_short

        try:
            if ensemble.chunks is None:
                ensemble.chunks = iter(
                    api.futures(scenario_of(scenario), seed=seed, replicates=REPLICATES, cancelled=cancelled)
                )
            futures = next(ensemble.chunks, None)
            if futures is not None:
                ensemble.latest = _snapshot(futures, ensemble.measures)
                ensemble.finished = futures.done >= futures.wanted
            elif not ensemble.cut_short:
                ensemble.finished = True
            if ensemble.finished or futures is None:
                ensemble.chunks = None  # lets go of the futures themselves; the bands stay
        except Exception as error:  # a page must say that its band failed, whatever the reason
            ensemble.failure, ensemble.finished, ensemble.chunks = str(error), True, None
        with self._wake:
            watchers = list(ensemble.watchers.values())
        for news in watchers:
            news()

    def _forget(self) -> None:
        """Drop unfinished ensembles that nobody wants, and finished ones beyond the number kept."""
        with self._wake:
            idle = [e for e in self._known.values() if not e.watchers]
            surplus = max(0, sum(e.finished for e in idle) - KEPT)
            for ensemble in idle:
                if not ensemble.finished or ensemble.failure or surplus > 0:
                    surplus -= ensemble.finished
                    del self._known[ensemble.key]


def _snapshot(futures: api.Futures, measures: tuple[str, ...]) -> Snapshot:
    counts = futures.outcome_counts()
    return Snapshot(
        done=futures.done,
        wanted=futures.wanted,
        months=futures.months,
        bands={name: futures.band(name).astype("<f4").tobytes() for name in measures},
        passage={key: line.astype("<f4").tobytes() for key, line in futures.first_passage().items()},
        outcomes=[(key, n / futures.done, *api.share_interval(n, futures.done)) for key, n in counts.items()],
    )


ENSEMBLES = Ensembles()
