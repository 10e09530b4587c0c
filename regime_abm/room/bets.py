"""What people expect, written down before it is known, and how far off they were."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from regime_abm.ensemble import Chunk
from regime_abm.errors import InputError, nearest
from regime_abm.intervals import share_interval
from regime_abm.measures.outcome import KEYS

YEAR = 12


@dataclass(frozen=True)
class Question:
    """Something to bet on. told: as people read it. came: chunk, the table's month -> (futures,) whether it came about."""

    key: str
    told: str
    came: Callable[[Chunk, int], Any]


def _in_class(*keys: str, months: int | None = None) -> Callable[[Chunk, int], Any]:
    """Whether a future is in one of these outcome classes in any of the months after the table's."""
    places = [KEYS.index(key) for key in keys]

    def came(chunk: Chunk, month: int) -> Any:
        last = None if months is None else month + 1 + months
        return np.isin(chunk.outcome[:, month + 1 : last], places).any(axis=1)

    return came


def _regime_ever(chunk: Chunk, month: int) -> Any:
    return chunk.regime[:, month + 1 :].any(axis=1)


def _regime_at_end(chunk: Chunk, month: int) -> Any:
    return chunk.regime[:, -1]


def _promises_kept(chunk: Chunk, month: int) -> Any:
    return chunk.series["implementation"][:, -1] >= 0.5  # nothing due: not kept


QUESTIONS: Mapping[str, Question] = {
    item.key: item
    for item in (
        Question(
            "crisis_next_year", "Is there a crisis, or war, within a year?", _in_class("crisis", "war", months=YEAR)
        ),
        Question("crisis_ever", "Is there a crisis, or war, before the end?", _in_class("crisis", "war")),
        Question("war_ever", "Is there war before the end?", _in_class("war")),
        Question("regime_ever", "Does a security regime ever stand, however short?", _regime_ever),
        Question("regime_at_end", "Does a security regime stand at the end?", _regime_at_end),
        Question(
            "promises_kept", "At the end, is at least half of what was due under agreements done?", _promises_kept
        ),
    )
}


@dataclass(frozen=True)
class Bet:
    """One person's chance for one question: who, key of the question, 0 to 1, and the round before which it was written."""

    who: str
    question: str
    chance: float
    round: int

    def __post_init__(self) -> None:
        if self.question not in QUESTIONS:
            raise InputError(f"bet: unknown question {self.question!r}{nearest(self.question, QUESTIONS)}")
        if not 0.0 <= self.chance <= 1.0:
            raise InputError(f"bet: {self.chance} is outside 0 to 1")


@dataclass(frozen=True)
class Score:
    """A bet against the futures: their share with its interval, how far off the bet was, and its Brier score (0 best, 1
    worst), the mean square of its distance from what came about in each future."""

    bet: Bet
    share: float
    low: float
    high: float
    futures: int
    brier: float

    @property
    def off(self) -> float:
        """The bet above (or below) the share of the futures."""
        return self.bet.chance - self.share


def scores(bets: Sequence[Bet], chunks: Sequence[Chunk], month: int) -> list[Score]:
    """How each bet did in the futures that run on from the table's month, best first."""
    found = []
    for bet in bets:
        came = np.concatenate([QUESTIONS[bet.question].came(chunk, month) for chunk in chunks])
        low, high = share_interval(int(came.sum()), len(came))
        found.append(Score(bet, float(came.mean()), low, high, len(came), float(((bet.chance - came) ** 2).mean())))
    return sorted(found, key=lambda item: item.brier)
