"""Enough futures, and enough months? Two questions that every share of an outcome raises.

Futures are enough when the sampling error is small: :func:`until_precise` adds them until it is. Months are enough when the
shares no longer move: :func:`standstill` looks. A standstill is no proof: what happens once in a thousand years happens
after it.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from regime_abm.ensemble import Chunk, Progress, chunk_size, stream
from regime_abm.intervals import CONFIDENCE, share_change, share_interval
from regime_abm.measures.outcome import CLASSES, KEYS
from regime_abm.scenario import Scenario

LOOK_BACK = 60  # months, or a quarter of a shorter run
SHORTEST = 24  # months below which nothing can be said
A_POINT = 0.01  # a share that moves less stands still, however many futures show it
FRESH = 0.05  # share of futures with a first passage from which first passages still happen


# Enough futures?


@dataclass(frozen=True)
class Until:
    """What was asked of the intervals of the outcome shares, how wide the widest is to either side, and whether it is kept."""

    precision: float
    widest: float
    outcome: str
    reached: bool


def widest(counts: np.ndarray, total: int) -> tuple[float, str]:
    """Half the width of the widest 95 % interval of the outcome shares, and the class that it belongs to.

    >>> found, key = widest(np.array([0, 550, 0, 0, 0, 0, 300, 150, 0]), 1000)
    >>> round(found, 3), key
    (0.031, 'crisis')
    """
    halves = {}
    for key, count in zip(KEYS, counts, strict=True):
        low, high = share_interval(int(count), total)
        halves[key] = (high - low) / 2.0
    key = max(halves, key=lambda name: halves[name])
    return halves[key], key


def futures_needed(counts: np.ndarray, total: int, precision: float) -> int:
    """About how many futures the widest interval will take, from the shares so far."""
    half, _ = widest(counts, total)
    return int(np.ceil(total * (half / precision) ** 2))


def until_precise(
    scenario: Scenario,
    seed: int,
    precision: float,
    *,
    fewest: int,
    most: int,
    progress: Progress | None = None,
    **options: Any,
) -> tuple[list[Chunk], float, Until]:
    """Chunks of futures until the intervals of all outcome shares are narrow enough, the seconds, and what was reached.

    The look is taken after each whole chunk, from `fewest` futures on, so that the number of workers changes nothing; the
    futures are those that a run of the same number has. Options as of :func:`regime_abm.ensemble.stream`.
    """
    months = options.get("months") or scenario.months
    done, needed, began = 0, fewest, time.perf_counter()
    counts, parts = np.zeros(len(KEYS), int), []
    half, key = 1.0, KEYS[0]

    def heard(more: int) -> None:
        nonlocal done
        done += more
        if progress is not None:
            progress(min(done, needed * months), needed * months)

    # As large as any chunk, but not larger than what is asked for at least.
    chunk = min(chunk_size(scenario), fewest)
    for part in stream(scenario, seed, most, chunk=chunk, progress=heard, **options):
        parts.append(part)
        counts += np.bincount(part.outcome[:, -1], minlength=len(KEYS))
        total = int(counts.sum())
        half, key = widest(counts, total)
        if total >= fewest and half <= precision:
            break
        needed = min(max(futures_needed(counts, total, precision), total + chunk), most)
    return parts, time.perf_counter() - began, Until(precision, half, key, half <= precision)


# Enough months?


@dataclass(frozen=True)
class Drift:
    """How the share of an outcome class moved over the last months: before, at the end, and the interval of the change."""

    outcome: str
    before: float
    share: float
    low: float
    high: float

    @property
    def moves(self) -> bool:
        """Whether it moved by more than its error and by a percentage point or more."""
        return abs(self.share - self.before) >= A_POINT and not self.low <= 0.0 <= self.high


@dataclass(frozen=True)
class Standstill:
    """Whether the outcome shares still move at the end of a run. back: months looked back, 0 where the run is too short.

    drifts: one for each class that occurs, their intervals widened so that all hold together; first_passages: class ->
    share of the futures that reached it for the first time in these months; fresh: share that did so with any class.
    """

    months: int
    back: int
    drifts: tuple[Drift, ...]
    first_passages: Mapping[str, float]
    fresh: float

    @property
    def moving(self) -> list[Drift]:
        """Classes whose share still moves, the one that moves most first."""
        return sorted((item for item in self.drifts if item.moves), key=lambda item: -abs(item.share - item.before))

    @property
    def settled(self) -> bool | None:
        """True when no share moves and first passages are over; None when the run is too short to say."""
        return None if not self.back else not self.moving and self.fresh < FRESH

    @property
    def sentence(self) -> str:
        """All that in one line."""
        if not self.back:
            return f"{self.months} months are too few to see whether outcome shares have settled."
        titles = {item.key: item.title.lower() for item in CLASSES}
        first = f"{100 * self.fresh:.0f} % of the futures reached a class for the first time in"
        if self.settled:
            return f"Settled: no outcome share moved by more than its error in the last {self.back} months, and {first} them."
        told = [
            f"{titles[item.outcome]} {100 * item.before:.0f} to {100 * item.share:.0f} %" for item in self.moving[:2]
        ]
        moved = f"outcome shares still move ({', '.join(told)} in the last {self.back} months)" if told else ""
        still = f"{first} {'them' if told else f'the last {self.back} months'}" if self.fresh >= FRESH else ""
        return f"Not settled: {', and '.join(filter(None, (moved, still)))}; more --months would change the shares."

    def summary(self) -> dict[str, Any]:
        """As plain numbers, ready for JSON."""
        drifts = {item.outcome: asdict(item) | {"moves": item.moves} for item in self.drifts}
        return {
            "settled": self.settled,
            "back": self.back,
            "moving": [item.outcome for item in self.moving],
            "drifts": drifts,
            "first_passages": dict(self.first_passages),
            "fresh": self.fresh,
        }


def standstill(outcome: np.ndarray) -> Standstill:
    """Look at places in the outcome classes, (futures, months + 1), whether the last months still changed their shares."""
    futures, months = outcome.shape[0], outcome.shape[1] - 1
    back = min(LOOK_BACK, months // 4) if months >= SHORTEST else 0
    if not back:
        return Standstill(months, 0, (), {}, 0.0)
    before, last = outcome[:, -1 - back], outcome[:, -1]
    present = [place for place in range(len(KEYS)) if ((before == place) | (last == place)).any()]
    drifts = []
    for place in present:
        change, low, high = share_change(before == place, last == place, 1.0 - (1.0 - CONFIDENCE) / len(present))
        share = float((last == place).mean())
        drifts.append(Drift(KEYS[place], share - change, share, low, high))
    passages, any_first = {}, np.zeros(futures, bool)
    for place, key in enumerate(KEYS):
        there = outcome[:, 1:] == place
        first = there[:, -back:].any(axis=1) & ~there[:, :-back].any(axis=1)
        passages[key] = float(first.mean())
        any_first |= first
    return Standstill(months, back, tuple(drifts), passages, float(any_first.mean()))
