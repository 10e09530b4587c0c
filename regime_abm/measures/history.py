"""The record of a run, and the windows that measures look through. Measures read nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

import numpy as np

from regime_abm.core.maths import total
from regime_abm.core.names import Names, nothing
from regime_abm.core.world import World

# What is recorded, how finely, and of which dyads. "all": the World's axes. "core": the core dyads in both directions, in
# the order of `History.directed`. "rival": each rival pair once, in the order of `History.pairs`.
RECORDED: dict[str, tuple[type, str]] = {
    "severity": (np.int8, "all"),
    "hostility": (np.int8, "all"),
    "trust": (np.float32, "all"),
    "attendance": (np.bool_, "all"),
    "met": (np.bool_, "all"),
    "talks": (np.bool_, "all"),
    "alliance": (np.bool_, "all"),  # is there one?
    "forum_vitality": (np.float32, "all"),
    "forum_level": (np.float32, "all"),
    "capability": (np.float32, "all"),
    "posture": (np.float32, "all"),
    "norm": (np.float32, "all"),
    "norm_adopted": (np.bool_, "all"),
    "in_force": (np.bool_, "all"),
    "agreement_age": (np.int16, "all"),
    "agreement_verification": (np.float32, "all"),
    "steps_due": (np.int8, "all"),
    "steps_done": (np.int8, "all"),
    "tempted": (np.bool_, "core"),
    "action": (np.int8, "core"),
    "dispute": (np.int16, "rival"),
    "settled": (np.int8, "rival"),
}

# The regime test looks at 36 months, each of which looks back over 24.
LONGEST_WINDOW = 60


@dataclass(frozen=True)
class History:
    """What was recorded: quantity -> array with months as the first axis (from month `first` on), then the World's axes.

    past: what earlier months were found to be, for measures that carry a last value over any length of time:
    name -> (months known, R), from month `first` on. A watched run measures from a part of the record and needs it.
    """

    names: Names
    rival: np.ndarray
    core: np.ndarray
    key_party: np.ndarray
    forum_hard: np.ndarray
    forum_track: np.ndarray
    agreement_steps: np.ndarray
    party: np.ndarray
    record: Mapping[str, np.ndarray]
    first: int = 0
    past: Mapping[str, np.ndarray] = field(default_factory=nothing)
    _found: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    def __getitem__(self, quantity: str) -> np.ndarray:
        return self.record[quantity]

    @property
    def months(self) -> int:
        """Months after the start."""
        return self.record["trust"].shape[0] - 1

    @property
    def shape(self) -> tuple[int, int]:
        """(months + 1, R)."""
        return self.record["trust"].shape[:2]

    def once(self, measure: Callable[[History], Any]) -> Any:
        """What a measure finds in this record, computed once however many ask."""
        if measure not in self._found:
            self._found[measure] = measure(self)
        return self._found[measure]

    def pairs(self, flags: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Rows and columns of the flagged pairs, each pair once."""
        return _pairs(flags.tobytes(), len(flags))

    def worst(self, flags: np.ndarray) -> np.ndarray:
        """Worst act of the month in each flagged pair, whoever did it: (months + 1, R, pairs)."""
        key = ("worst", flags.tobytes())
        if key not in self._found:
            rows, columns = self.pairs(flags)
            by_dyad = self.record["severity"].transpose(2, 3, 0, 1)
            # A dyad's months and futures lie side by side in memory, so that sums over dyads are quick.
            worst = np.maximum(by_dyad[rows, columns], by_dyad[columns, rows])
            self._found[key] = worst.transpose(1, 2, 0)
        return self._found[key]

    def part(self, futures: np.ndarray, first: int, past: Mapping[str, np.ndarray]) -> History:
        """The record of some futures (one may be named several times) from month `first` on; past as for this record."""
        rows = slice(first - self.first, None)
        return History(
            self.names,
            self.rival,
            self.core,
            self.key_party,
            self.forum_hard,
            self.forum_track,
            self.agreement_steps,
            self.party,
            {name: array[rows][:, futures] for name, array in self.record.items()},
            first,
            {name: found[rows][:, futures] for name, found in past.items()},
        )


@cache
def _pairs(flags: bytes, states: int) -> tuple[np.ndarray, np.ndarray]:
    """Asked several times a month with the same flags."""
    rows, columns = np.nonzero(np.triu(np.frombuffer(flags, bool).reshape(states, states), 1))
    return rows, columns


def directed(flags: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Who and toward whom, for every flagged dyad in both directions."""
    rows, columns = np.nonzero(flags)
    return rows, columns


def _taken(world: World, name: str, places: np.ndarray | None) -> np.ndarray:
    """A quantity, or its part for the dyads at some places."""
    value = getattr(world, name)
    return value if places is None else value.reshape(len(value), -1).take(places, axis=1)


class Recorder:
    """Collects the record of a run, month by month; a branch goes on from the record `before` it, which ends with its World."""

    def __init__(self, first: World, months: int, before: History | None = None) -> None:
        self._world = first
        self._first = first.month if before is None else before.first
        n = len(first.rival)
        core, rival = directed(first.core), _pairs(first.rival.tobytes(), n)
        places = {"core": core[0] * n + core[1], "rival": rival[0] * n + rival[1]}  # among all dyads
        length = first.month - self._first + 1 + months
        self._arrays = {
            name: np.empty((length, *_taken(first, name, places.get(part)).shape), kind)
            for name, (kind, part) in RECORDED.items()
        }
        self._plan = [(name, array, places.get(RECORDED[name][1])) for name, array in self._arrays.items()]
        if before is None:
            self.add(first)
        else:
            for name, array in self._arrays.items():
                array[: first.month - self._first + 1] = before.record[name]

    def add(self, world: World) -> None:
        """Record one month."""
        row = world.month - self._first
        for name, array, places in self._plan:
            array[row] = _taken(world, name, places)

    def history(
        self, first: int | None = None, last: int | None = None, past: Mapping[str, np.ndarray] | None = None
    ) -> History:
        """The record from month `first` (the first recorded by default) to month `last` (the end by default)."""
        first = self._first if first is None else first
        months = slice(first - self._first, None if last is None else last + 1 - self._first)
        world = self._world
        return History(
            world.names,
            world.rival,
            world.core,
            world.key_party,
            world.forum_hard,
            world.forum_track,
            world.agreement_steps,
            world.party,
            {name: array[months] for name, array in self._arrays.items()},
            first,
            nothing() if past is None else past,
        )


def window_mean(values: np.ndarray, months: int) -> np.ndarray:
    """Mean of counts over the last `months` months along the first axis.

    The first row is a starting point that holds no month yet, so it is NaN; near it the window is as long as the run so far.
    Counts are whole numbers, so sums are exact and it does not matter how much earlier record is given.
    """
    return window_sum(values, months) / _lengths(len(values), months).reshape(-1, *[1] * (values.ndim - 1))


@lru_cache(64)
def _lengths(rows: int, months: int) -> np.ndarray:
    """How many months each window holds; NaN for the start, which is none."""
    return np.concatenate([[np.nan], np.minimum(np.arange(1.0, rows), months)])


def window_sum(values: np.ndarray, months: int) -> np.ndarray:
    """Sum of counts over the last `months` months along the first axis; 0 in the first row, which holds no month yet."""
    sums = values.cumsum(axis=0, dtype=np.int32)
    sums -= sums[0]
    if len(sums) > months:
        sums[months:] -= sums[:-months]
    return sums


def window_any(values: np.ndarray, months: int) -> np.ndarray:
    """Whether a flag was up in the last `months` months along the first axis (the start included)."""
    count = values.cumsum(axis=0, dtype=np.int32)
    found = count > 0
    found[months:] = count[months:] > count[:-months]
    return found


def counted(flags: np.ndarray) -> np.ndarray:
    """How many flags of the last axis are up; several times faster than sum() where that axis is short.

    >>> counted(np.array([[True, False, True], [False, False, False]])).tolist()
    [2, 0]
    """
    return total(flags).astype(np.int32)


def summed(values: np.ndarray) -> np.ndarray:
    """Sum over the last axis, one after the other; several times faster than sum() where that axis is short.

    >>> summed(np.array([[0.5, 0.25, 1.0]])).tolist()
    [1.75]
    """
    found = values[..., 0].copy()
    for place in range(1, values.shape[-1]):
        found += values[..., place]
    return found


def carried(values: np.ndarray, past: np.ndarray | None = None) -> np.ndarray:
    """Each undefined (NaN) value replaced by the last defined one before it; `past` is what the first rows are known to be.

    >>> carried(np.array([[np.nan], [0.5], [np.nan]]))[:, 0].tolist()
    [nan, 0.5, 0.5]
    """
    if past is not None:
        values = values.copy()
        values[: len(past)] = past
    undefined = np.isnan(values)
    if not np.count_nonzero(undefined):
        return values
    last = np.arange(values.size).reshape(values.shape)  # the place of the last defined one
    last = np.maximum.accumulate(np.where(undefined, last[0], last), axis=0)
    return values.reshape(-1).take(last)


def share(part: np.ndarray, whole: np.ndarray, fewest: int = 1) -> np.ndarray:
    """part / whole, NaN (undefined) where the whole is below `fewest`.

    >>> share(np.array([1, 1]), np.array([2, 0])).tolist()
    [0.5, nan]
    """
    return np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=whole >= fewest)
