"""The security regime, leg by leg: when one stands, which leg fails, what ends it and how long it lived.

A regime is restraint in the belief that others return it, beyond the interest of the moment [jervis1982]. So behaviour,
norms, expectations and autonomy are tested apart: quiet alone is not a regime, and the flag at the end says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from regime_abm.core.maths import anywhere
from regime_abm.measures import (
    autonomy,
    coverage,
    no_force,
    no_threat,
    norm_adherence,
    peaceful_settlement,
    reciprocity,
)
from regime_abm.measures.history import History, window_sum

MONTHS, ENOUGH, YEAR = 36, 32, 12  # all legs but the absence of clashes must hold in 32 of 36 months
FORCE, CLASH = 3, 4


@dataclass(frozen=True)
class Leg:
    """One leg of the regime: its key, title, what it asks in words, and the least value of what it measures."""

    key: str
    title: str
    rule: str
    least: float


LEGS = (
    Leg("no_force", "No force", "no force .95 over 24 months", 0.95),
    Leg("no_threat", "No threat", "no threat .80 over 24 months", 0.80),
    Leg("norm_adherence", "Norm adherence", "norm adherence .75", 0.75),
    Leg("key_parties", "Key parties", "every key party has adopted the norm, or kept to it in .90 of 24 months", 0.90),
    Leg("peaceful_settlement", "Peaceful settlement", "peaceful settlement .60", 0.60),
    Leg("reciprocity", "Expected reciprocity", "expected reciprocity .50", 0.50),
    Leg("autonomy", "Restraint under temptation", "restraint under temptation .60", 0.60),
    Leg("coverage", "Forum coverage", "forum coverage .70", 0.70),
)
NO_CLASH = Leg("no_clash", "No clash", "no lethal clash between core dyads in 36 months, without exception", 1.0)
LEAST = {leg.key: leg.least for leg in LEGS}

# What throws a regime out at once, in the order in which a month with several is told; after it the full 36 months count anew.
RELAPSES = ("", "lethal clash", "force", "denunciation by a key party", "distrust", "erosion")
BY_CLASH, BY_FORCE, BY_DENUNCIATION, BY_DISTRUST, BY_EROSION = range(1, 6)
_FORCE_FLOOR, _TRUST_FLOOR = 0.85, 0.35  # no force over 12 months, expected reciprocity
_QUIET = 0.95


@dataclass(frozen=True)
class Regime:
    """What the test found; arrays are (months + 1, R).

    holds: the regime stands. held: leg -> it held in this month. together: months of the last 36 in which all legs but
    the absence of clashes held. unclashed: no lethal clash in the last 36. relapse: the month's cause of relapse, 0 = none,
    whether or not there was a regime. assumed: leg -> too few cases for a value of its own; the last one is carried, and
    where there never was one the leg is passed.
    """

    holds: np.ndarray
    held: Mapping[str, np.ndarray]
    together: np.ndarray
    unclashed: np.ndarray
    relapse: np.ndarray
    assumed: Mapping[str, np.ndarray]

    def months_held(self, leg: str, month: int = -1, future: int = 0) -> int:
        """In how many of the 36 months up to one a leg held in a future."""
        last = month % len(self.together)
        return int(np.count_nonzero(self.held[leg][max(1, last + 1 - MONTHS) : last + 1, future]))

    def failing(self, month: int = -1, future: int = 0) -> list[str]:
        """The legs that keep the regime from standing: those short of their 32 months, or else those that failed at all."""
        short = {key: self.months_held(key, month, future) for key in self.held}
        if self.holds[month, future]:
            return []
        least = [key for key, months in short.items() if months < ENOUGH]
        if not least and self.together[month, future] < ENOUGH:
            least = [key for key, months in short.items() if months < MONTHS]
        return least + ([] if self.unclashed[month, future] else [NO_CLASH.key])


def quiet_lately(history: History) -> np.ndarray:
    """(months + 1, R) no force over the last 12 months; months before the start count as quiet."""
    force = history.worst(history.core) >= FORCE
    return 1.0 - window_sum(force.sum(axis=2), YEAR) / (YEAR * max(force.shape[2], 1))


def key_parties(history: History, least: float = LEAST["key_parties"]) -> np.ndarray:
    """(months + 1, R) whether every key party has adopted the norm, or kept to it in practice for 24 months."""
    key = np.flatnonzero(history.key_party)
    practised = history.once(norm_adherence.compliance).take(key, axis=2) >= least
    practised[: max(norm_adherence.WINDOW - history.first, 0)] = False
    return ~anywhere(~(history["norm_adopted"].take(key, axis=2) | practised))


def _denounced(history: History) -> np.ndarray:
    adopted = history["norm_adopted"].take(np.flatnonzero(history.key_party), axis=2)
    found = np.zeros(history.shape, bool)
    found[1:] = anywhere(adopted[:-1] > adopted[1:])
    return found


def _relapse(history: History, clash: np.ndarray, relaxed: float) -> np.ndarray:
    causes = {
        BY_CLASH: clash,
        BY_FORCE: history.once(quiet_lately) < round(_FORCE_FLOOR - relaxed, 6),
        BY_DENUNCIATION: _denounced(history),
        BY_DISTRUST: history.once(reciprocity.measure) < round(_TRUST_FLOOR - relaxed, 6),
    }
    found = np.zeros(history.shape, np.int8)
    for cause, where in reversed(causes.items()):
        found[where] = cause
    return found


def regime(history: History, relaxed: float = 0.0) -> Regime:
    """The test at every month; `relaxed` lowers every threshold by as much (the absence of clashes has none to lower)."""
    least = {key: round(value - relaxed, 6) for key, value in LEAST.items()}
    measures = (no_force, no_threat, norm_adherence, peaceful_settlement, reciprocity, autonomy, coverage)
    held: dict[str, np.ndarray] = {}
    for module in measures:
        key = module.__name__.rsplit(".", 1)[-1]
        held[key] = history.once(module.measure) >= least[key]
    held["key_parties"] = key_parties(history, least["key_parties"])
    assumed = {}
    for module in (peaceful_settlement, autonomy):
        key = module.__name__.rsplit(".", 1)[-1]
        assumed[key] = ~history.once(module.defined)
        held[key] = held[key] | np.isnan(history.once(module.measure))
    held = {leg.key: held[leg.key] for leg in LEGS}
    clash = np.asarray((history.worst(history.core) >= CLASH).any(axis=2))
    relapse = _relapse(history, clash, relaxed)
    together = window_sum(np.logical_and.reduce(list(held.values())), MONTHS)
    unclashed = window_sum(clash, MONTHS) == 0
    # Hysteresis: a relapse throws out at once, and the 36 months begin anew after it. Nothing before the start is known,
    # so a regime cannot stand before the record itself holds 36 months.
    old_enough = (history.first + np.arange(len(together)) >= MONTHS)[:, None]
    holds = (together >= ENOUGH) & unclashed & (window_sum(relapse > 0, MONTHS) == 0) & old_enough
    return Regime(holds, held, together, unclashed, relapse, assumed)


def quiet_is_not_a_regime(history: History) -> np.ndarray:
    """(months + 1, R) the last year was quiet, yet norm, expectation or autonomy is short of a regime's and none stands."""
    quiet = history.once(quiet_lately) >= _QUIET
    quiet[0] &= history.first > 0  # nothing has happened yet
    short = np.zeros_like(quiet)
    for module, key in ((norm_adherence, "norm_adherence"), (reciprocity, "reciprocity"), (autonomy, "autonomy")):
        short |= history.once(module.measure) < LEAST[key]
    return quiet & short & ~history.once(regime).holds


# How long regimes live. All three take a History or a Result.


@dataclass(frozen=True)
class Spells:
    """Regimes, one entry each, in the order of their futures.

    future; began and ended: first month in the regime, first month out of it (or the first beyond the record);
    cause: place in RELAPSES, 0 for those that last to the end of the record.
    """

    future: np.ndarray
    began: np.ndarray
    ended: np.ndarray
    cause: np.ndarray

    @property
    def months(self) -> np.ndarray:
        """Length so far."""
        return self.ended - self.began


def _standing(source: Any) -> tuple[np.ndarray, np.ndarray, int]:
    """Regime and relapse as (R, months + 1), and the month of the first column."""
    if isinstance(source, History):
        found = source.once(regime)
        return found.holds.T, found.relapse.T, source.first
    return source.regime, source.relapse, 0


def spells(source: Any) -> Spells:
    """Every regime of a record or result: when it began and ended, and of what."""
    holds, relapse, first = _standing(source)
    padded = np.pad(holds, ((0, 0), (1, 1)))
    future, began = np.nonzero(padded[:, 1:] & ~padded[:, :-1])
    _, ended = np.nonzero(~padded[:, 1:] & padded[:, :-1])
    lasts = ended == holds.shape[1]
    cause = relapse[future, np.minimum(ended, holds.shape[1] - 1)]
    cause = np.where(lasts, 0, np.where(cause == 0, BY_EROSION, cause)).astype(np.int8)
    return Spells(future, began + first, ended + first, cause)


def time_to_emergence(source: Any) -> np.ndarray:
    """(R,) month in which a regime first stood; -1 where none ever did."""
    holds, _, first = _standing(source)
    return np.where(holds.any(axis=1), holds.argmax(axis=1) + first, -1)


def hazard_by_age(source: Any, ages: Sequence[int] = (0, 12, 24, 36, 60, 120, 1200)) -> list[dict[str, float]]:
    """Chance per month that a regime of an age ends: one entry for each span of ages that some regime reached.

    from, to: months of age; lived: months lived at that age by all regimes together; ended: how many ended then.
    """
    found = spells(source)
    rows = []
    for low, high in pairwise(ages):
        lived = int(np.clip(found.months - low, 0, high - low).sum())
        ended = int(((found.months > low) & (found.months <= high) & (found.cause > 0)).sum())
        if lived:
            rows.append({"from": low, "to": high, "lived": lived, "ended": ended, "hazard": ended / lived})
    return rows
