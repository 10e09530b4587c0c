"""Yardsticks: one number of each future, by which futures are compared. Computed from a chunk, in the process that made it.

Graded ones tell more than whether something rare ever happened: months with all legs of a regime but one move where the
number of regimes stands at nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from regime_abm.errors import InputError, nearest
from regime_abm.measures import MEASURES
from regime_abm.measures.gauges import GAUGES
from regime_abm.measures.outcome import KEYS, PEACE_SCALE
from regime_abm.measures.regime import LEGS

if TYPE_CHECKING:
    from regime_abm.ensemble import Chunk

LATE = 120  # months at the end over which series are averaged: what the start was is no longer felt


@dataclass(frozen=True)
class Yardstick:
    """One number of each future: key, title, unit, whether more of it is better (1), worse (-1) or neither (0).

    compute: Chunk -> (futures,), NaN where it is not defined. gauge: what has to be read off the World for it, if anything.
    """

    key: str
    title: str
    unit: str
    better: int
    compute: Callable[[Chunk], np.ndarray]
    gauge: str = ""


def late_mean(series: np.ndarray, months: int = LATE) -> np.ndarray:
    """(futures,) mean of (futures, months + 1) over the last months in which it is defined, without the start; else NaN.

    >>> late_mean(np.array([[9.0, 1.0, 2.0, np.nan, 4.0], [9.0] + [np.nan] * 4]), 3).tolist()
    [3.0, nan]
    """
    late = series[:, 1:][:, -months:]
    known = ~np.isnan(late)
    count = known.sum(axis=1)
    total = np.where(known, late, 0.0).sum(axis=1, dtype=float)
    return np.divide(total, count, out=np.full(len(late), np.nan), where=count > 0)


def _crisis(chunk: Chunk) -> np.ndarray:
    return np.isin(chunk.outcome[:, 1:], [KEYS.index("crisis"), KEYS.index("war")]).sum(axis=1).astype(float)


def _nearly(chunk: Chunk) -> np.ndarray:
    held = np.bitwise_count(chunk.legs[:, 1:])
    return (held >= len(LEGS) - 1).sum(axis=1).astype(float)


def _regime(chunk: Chunk) -> np.ndarray:
    return chunk.regime.sum(axis=1).astype(float)


def _legs(chunk: Chunk) -> np.ndarray:
    return late_mean(np.bitwise_count(chunk.legs).astype(float))


def _conduct(chunk: Chunk) -> np.ndarray:
    coverage = np.uint16(1 << [leg.key for leg in LEGS].index("coverage"))
    return late_mean(np.bitwise_count(chunk.legs & ~coverage).astype(float))


def _rank(chunk: Chunk) -> np.ndarray:
    return np.array([PEACE_SCALE.index(key) for key in KEYS], float)[chunk.outcome[:, -1]]


def _least_arsenal(chunk: Chunk) -> np.ndarray:
    return np.min(chunk.series["arsenal"][:, 1:], axis=1)


def _of_series(name: str, better: int) -> Yardstick:
    item = MEASURES[name] if name in MEASURES else GAUGES[name]
    gauge = name if name in GAUGES else ""
    return Yardstick(name, item.title, item.unit, better, lambda chunk: late_mean(chunk.series[name]), gauge)


_WORSE = {"bloc_divide", "misperception", "threat", "posture", "pretended", "disputes", "force", "arsenal", "hedging"}
_NEITHER = {"forum_level", "forum_life", "agreements", "larger_agreements", "signed"}  # means, not ends

YARDSTICKS: Mapping[str, Yardstick] = {
    item.key: item
    for item in (
        Yardstick("peace", "Step of the peace scale at the end", "steps, 0 war to 8 community", 1, _rank),
        Yardstick("crisis_months", "Months in crisis or war", "months", -1, _crisis),
        Yardstick("legs", "Legs of a regime that hold", "legs", 1, _legs),
        # Coverage counts tables and who sits at them, so that taking a forum away moves it by definition.
        Yardstick("conduct", "Legs of a regime that hold, forum coverage apart", "legs", 1, _conduct),
        Yardstick("nearly_a_regime", "Months with all legs of a regime but one", "months", 1, _nearly),
        Yardstick("regime_months", "Months in a security regime", "months", 1, _regime),
        Yardstick("least_arsenal", "Smallest arsenal of any month", "scale 0 to 1", -1, _least_arsenal, "arsenal"),
        *(_of_series(name, -1 if name in _WORSE else 0 if name in _NEITHER else 1) for name in (*MEASURES, *GAUGES)),
    )
}


def chosen(keys: Iterable[str]) -> list[Yardstick]:
    """The yardsticks of these names; InputError with the nearest right one for a name that is none."""
    found = []
    for key in keys:
        if key not in YARDSTICKS:
            raise InputError(f"unknown yardstick {key!r}{nearest(key, YARDSTICKS)}")
        found.append(YARDSTICKS[key])
    return found


def gauges_of(keys: Iterable[str]) -> tuple[str, ...]:
    """What has to be read off the World for these yardsticks."""
    return tuple(dict.fromkeys(item.gauge for item in chosen(keys) if item.gauge))


def taken(chunk: Chunk, keys: Iterable[str]) -> dict[str, np.ndarray]:
    """Yardstick -> (futures,) values."""
    return {item.key: item.compute(chunk) for item in chosen(keys)}
