"""The same futures under two or three questions."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from dashboards.view import Reading
from dashboards.waiting import Job, Ticket, Waiting
from regime_abm import api

STAGES = (100, 1000)  # pairs of futures: something to see at once, then what can be relied upon
Arms = tuple[tuple[str, Reading], ...]


class Comparisons(Waiting):
    """The shared comparisons."""

    def ask(self, arms: Arms, seed: int, of: str, news: Callable[[], None]) -> Ticket:
        """Ask for a comparison with the first of the arms."""
        return self.join((arms, seed), of, news)

    def advance(self, job: Job) -> None:
        """Work out one more stage."""
        readings, seed = cast(tuple[Arms, int], job.key)
        done = job.latest["replicates"] if job.latest else 0
        wanted = next(stage for stage in STAGES if stage > done)
        arms = {name: reading.loaded() for name, reading in readings}
        months = min(arm.months for arm in arms.values())
        found = api.compare(
            arms, replicates=wanted, months=months, seed=seed, progress=lambda _done, _wanted: self.heed(job)
        )
        job.latest = found.summary() | {"wanted": STAGES[-1]}
        job.finished = wanted == STAGES[-1]


COMPARISONS = Comparisons()
