"""Yardsticks: one number of each future, by which futures are compared. Computed from a chunk, in the process that made it.

Beside those of a name there is one for each thing of the World, and any series may be averaged over other months than the
last ten years: ``trust JPN>CHN``, ``crisis in 1-60``, ``in_force DEAL in 1-240`` (months since the start, first and last).

Graded ones tell more than whether something rare ever happened: months with all legs of a regime but one move where the
number of regimes stands at nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np

from regime_abm.core.subjects import at_places, places_of
from regime_abm.errors import InputError, nearest
from regime_abm.measures import MEASURES
from regime_abm.measures.gauges import GAUGES
from regime_abm.measures.history import History
from regime_abm.measures.of_one import gauge_of
from regime_abm.measures.outcome import KEYS, PEACE_SCALE
from regime_abm.measures.regime import LEGS

if TYPE_CHECKING:
    from regime_abm.ensemble import Chunk

LATE = 120  # months at the end over which series are averaged: what the start was is no longer felt


@dataclass(frozen=True)
class Yardstick:
    """One number of each future: key, title, unit, whether more of it is better (1), worse (-1) or neither (0).

    compute: Chunk -> (futures,), NaN where it is not defined. gauge: what has to be read off the World for it, if anything;
    record: what only the record of the whole run tells (see :func:`of_record`).
    """

    key: str
    title: str
    unit: str
    better: int
    compute: Callable[[Chunk], np.ndarray]
    gauge: str = ""
    record: str = ""


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


def _legs_but(chunk: Chunk, *apart: str) -> np.ndarray:
    keys = [leg.key for leg in LEGS]
    those = np.uint16(sum(1 << keys.index(key) for key in apart))
    return late_mean(np.bitwise_count(chunk.legs & ~those).astype(float))


def _conduct(chunk: Chunk) -> np.ndarray:
    return _legs_but(chunk, "coverage")


def _acts(chunk: Chunk) -> np.ndarray:
    return _legs_but(chunk, "coverage", "reciprocity")


def _rank(chunk: Chunk) -> np.ndarray:
    return np.array([PEACE_SCALE.index(key) for key in KEYS], float)[chunk.outcome[:, -1]]


def _least_arsenal(chunk: Chunk) -> np.ndarray:
    return np.min(chunk.series["arsenal"][:, 1:], axis=1)


def _of_series(name: str, better: int) -> Yardstick:
    item = MEASURES[name] if name in MEASURES else GAUGES[name]
    gauge = name if name in GAUGES else ""
    return Yardstick(name, item.title, item.unit, better, lambda chunk: late_mean(chunk.series[name]), gauge)


_WORSE = {"bloc_divide", "misperception", "threat", "posture", "pretended", "disputes", "force", "hostile"}
_WORSE |= {"arsenal", "hedging"}
_NEITHER = {"forum_level", "forum_life", "agreements", "larger_agreements", "signed", "common_body"}  # means, not ends

YARDSTICKS: Mapping[str, Yardstick] = {
    item.key: item
    for item in (
        Yardstick("peace", "Step of the peace scale at the end", "steps, 0 war to 8 community", 1, _rank),
        Yardstick("crisis_months", "Months in crisis or war", "months", -1, _crisis),
        Yardstick("legs", "Legs of a regime that hold", "legs", 1, _legs),
        # Coverage counts tables and who sits at them, so that taking a forum away moves it by definition.
        Yardstick("conduct", "Legs of a regime that hold, forum coverage apart", "legs", 1, _conduct),
        # Expected reciprocity is a belief, so that what moves beliefs moves it by definition.
        Yardstick("acts", "Legs of a regime about acts and norms that hold", "legs", 1, _acts),
        Yardstick("nearly_a_regime", "Months with all legs of a regime but one", "months", 1, _nearly),
        Yardstick("regime_months", "Months in a security regime", "months", 1, _regime),
        Yardstick("least_arsenal", "Smallest arsenal of any month", "scale 0 to 1", -1, _least_arsenal, "arsenal"),
        *(_of_series(name, -1 if name in _WORSE else 0 if name in _NEITHER else 1) for name in (*MEASURES, *GAUGES)),
    )
}


# Series that follow from a chunk's outcome classes: name -> title, unit, chunk -> (futures, months + 1).
_OF_CLASSES: Mapping[str, tuple[str, str, Callable[[Chunk], np.ndarray]]] = {
    "crisis": ("Months in crisis or war", "share of months", lambda chunk: _is(chunk, "crisis", "war")),
    "muddling": (
        "Months of cold peace or ad hoc management",
        "share of months",
        lambda chunk: _is(chunk, "cold_peace", "ad_hoc_management"),
    ),
    "crisis_begins": ("Crises that begin", "a month", lambda chunk: _is(chunk, "crisis", "war") & ~_earlier(chunk)),
    "calm_before": ("Months after one without crisis", "share of months", lambda chunk: ~_earlier(chunk)),
}


def _is(chunk: Chunk, *classes: str) -> np.ndarray:
    return np.isin(chunk.outcome, [KEYS.index(key) for key in classes])


def _earlier(chunk: Chunk) -> np.ndarray:
    """Whether the month before was one of crisis or war; the start counts as its own month before."""
    found = _is(chunk, "crisis", "war")
    return np.concatenate([found[:, :1], found[:, :-1]], axis=1)


SOON = 3  # months within which talks resume, or not


def _breaks(history: History, place: tuple[int, ...]) -> np.ndarray:
    """(months + 1, R) where open talks of a pair broke off and what follows is known; those of the last months are not."""
    talks = at_places(history["talks"], place, 2)
    found = np.zeros(talks.shape, bool)
    found[1:] = talks[:-1] & ~talks[1:]
    found[-SOON:] = False
    return found


def _resumed(history: History, place: tuple[int, ...]) -> np.ndarray:
    talks, found = at_places(history["talks"], place, 2), _breaks(history, place)
    for month, row in np.argwhere(found):
        found[month, row] = talks[month + 1 : month + 1 + SOON, row].any()
    return found


# What only the record of a whole run tells of a pair of states: name -> title, unit, what finds it.
_OF_RECORD: Mapping[str, tuple[str, str, Callable[[History, tuple[int, ...]], np.ndarray]]] = {
    "talks_break": ("Breakdowns of talks", "a month", _breaks),
    "talks_resume": (f"Breakdowns after which talks resume within {SOON} months", "a month", _resumed),
}
_KEY = re.compile(r"(?P<series>\S+(?: (?!in \d)\S+)?)(?: in (?P<first>\d+)-(?P<last>\d+))?")


def of_record(history: History, names: Sequence[str]) -> dict[str, np.ndarray]:
    """Series of the record -> (futures, months + 1); names like ``talks_resume DPRK-USA``."""
    found = {}
    for name in names:
        quantity, _, subject = name.partition(" ")
        place = places_of("talks", subject, history.names, f"yardstick {name!r}")[0]
        found[name] = _OF_RECORD[quantity][2](history, place).T.astype(float)
    return found


@cache
def yardstick(key: str) -> Yardstick:
    """The yardstick of that name; InputError with the nearest right word for one that is none."""
    if key in YARDSTICKS:
        return YARDSTICKS[key]
    found = _KEY.fullmatch(key)
    name = found["series"] if found else key
    quantity = name.partition(" ")[0]
    if not found or not (" " in name or name in {*_OF_CLASSES, *MEASURES, *GAUGES}):
        raise InputError(f"unknown yardstick {key!r}{nearest(quantity, [*YARDSTICKS, *_OF_CLASSES, *_OF_RECORD])}")
    gauge = record = ""
    if name in _OF_CLASSES:
        title, unit, series = _OF_CLASSES[name]
    elif quantity in _OF_RECORD:
        (title, unit, _), record = _OF_RECORD[quantity], name
        series = partial(_recorded, name=name)
    else:
        item = MEASURES[name] if name in MEASURES else gauge_of(name)
        title, unit, gauge, series = item.title, item.unit, "" if name in MEASURES else name, partial(_series, name=name)
    if found["first"] is None:
        return Yardstick(key, title, unit, 0, lambda chunk: late_mean(series(chunk)), gauge, record)
    first, last = int(found["first"]), int(found["last"])
    if not 1 <= first <= last:
        raise InputError(f"yardstick {key!r}: needs 1 <= first month <= last month")
    title += f", months {first} to {last}"
    return Yardstick(key, title, unit, 0, lambda chunk: mean_in(series(chunk), first, last), gauge, record)


def _series(chunk: Chunk, name: str) -> np.ndarray:
    return chunk.series[name]


def _recorded(chunk: Chunk, name: str) -> np.ndarray:
    return chunk.kept[name]


def mean_in(series: np.ndarray, first: int, last: int) -> np.ndarray:
    """(futures,) mean of (futures, months + 1) over months first to last, as far as they were run and it is defined; else NaN.

    >>> mean_in(np.array([[9.0, 1.0, 2.0, np.nan, 4.0]]), 2, 4).tolist()
    [3.0]
    """
    return late_mean(series[:, first - 1 : last + 1], last - first + 1)


def chosen(keys: Iterable[str]) -> list[Yardstick]:
    """The yardsticks of these names; InputError with the nearest right one for a name that is none."""
    return [yardstick(key) for key in keys]


def records_of(keys: Iterable[str]) -> tuple[str, ...]:
    """Which series only the record can give, for these yardsticks."""
    return tuple(dict.fromkeys(item.record for item in chosen(keys) if item.record))


def gauges_of(keys: Iterable[str]) -> tuple[str, ...]:
    """What has to be read off the World for these yardsticks."""
    return tuple(dict.fromkeys(item.gauge for item in chosen(keys) if item.gauge))


def taken(chunk: Chunk, keys: Iterable[str]) -> dict[str, np.ndarray]:
    """Yardstick -> (futures,) values."""
    return {item.key: item.compute(chunk) for item in chosen(keys)}
