"""The essay's claims, and trying one of them live at the quick setting."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from dashboards.waiting import Job, Ticket, Waiting
from regime_abm import api
from regime_abm.api import InputError, nearest


@lru_cache(maxsize=1)
def listed() -> tuple[dict[str, Any], ...]:
    """Return every claim as its file states it: what it says, how it is tried, what would refute it."""
    found, _ = api.load_claims()
    return tuple(
        {
            "id": claim.id,
            "claim": claim.file.claim,
            "sentence": list(claim.file.sentence),
            "says": claim.file.says,
            "stands_for": claim.file.stands_for,
            "estimand": claim.file.estimand,
            "refuted_if": claim.file.refuted_if,
            "counter_force": [str(item) for item in claim.file.counter_force],
            "arms": dict(claim.does),
        }
        for claim in found
    )


def check_claim(name: str) -> str:
    """Return the name of a shipped claim, never a path, or raise InputError with the nearest right word."""
    known = [claim["id"] for claim in listed()]
    if name not in known:
        raise InputError(f"claim: {name[:20]!r} is not known{nearest(name[:20], known)}")
    return name


class Trials(Waiting):
    """The claims that somebody tries."""

    def ask(self, claim: str, news: Callable[[], None]) -> Ticket:
        """Ask for the verdict on a claim at the quick setting."""
        return self.join(claim, claim, news)

    def advance(self, job: Job) -> None:
        """Run one claim, arm by arm."""

        def count(done: int, wanted: int) -> None:
            self.heed(job)
            job.latest = {"done": done, "arms": wanted}
            self.tell(job)

        found = api.claims([str(job.key)], progress=count)
        verdict = found.summary["claims"][0]
        job.latest = {"done": found.arms, "arms": found.arms, "verdict": verdict, "seconds": found.seconds}
        job.finished = True


TRIALS = Trials()
