"""The record of a run, and the windows that measures look through. Measures read nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from regime_abm.core.names import Names
from regime_abm.core.world import World

# What is recorded, and how finely: a flag for alliances (is there one?), single precision for scales.
RECORDED = {
    "severity": np.int8,
    "hostility": np.int8,
    "trust": np.float32,
    "attendance": np.bool_,
    "met": np.bool_,
    "talks": np.bool_,
    "alliance": np.bool_,
    "forum_vitality": np.float32,
    "forum_level": np.float32,
}


@dataclass(frozen=True)
class History:
    """What was recorded: quantity -> array with months as the first axis (from month `first` on), then the World's axes."""

    names: Names
    rival: np.ndarray
    core: np.ndarray
    forum_hard: np.ndarray
    forum_track: np.ndarray
    record: Mapping[str, np.ndarray]
    first: int = 0

    def __getitem__(self, quantity: str) -> np.ndarray:
        return self.record[quantity]

    @property
    def months(self) -> int:
        """Months after the start."""
        return self.record["trust"].shape[0] - 1

    def pairs(self, flags: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Rows and columns of the flagged pairs, each pair once."""
        return _pairs(flags.tobytes(), len(flags))

    def worst(self, flags: np.ndarray) -> np.ndarray:
        """Worst act of the month in each flagged pair, whoever did it: (months + 1, R, pairs)."""
        rows, columns = self.pairs(flags)
        severity = self.record["severity"]
        return np.maximum(severity[:, :, rows, columns], severity[:, :, columns, rows])


@cache
def _pairs(flags: bytes, states: int) -> tuple[np.ndarray, np.ndarray]:
    """Asked several times a month with the same flags."""
    rows, columns = np.nonzero(np.triu(np.frombuffer(flags, bool).reshape(states, states), 1))
    return rows, columns


class Recorder:
    """Collects the record of a run, month by month."""

    def __init__(self, first: World, months: int) -> None:
        self._first = first
        self._arrays = {
            name: np.empty((months + 1, *getattr(first, name).shape), kind) for name, kind in RECORDED.items()
        }
        self.add(first)

    def add(self, world: World) -> None:
        """Record one month."""
        for name, array in self._arrays.items():
            array[world.month] = getattr(world, name)

    def history(self, first: int = 0, last: int | None = None) -> History:
        """The record from month `first` to month `last` (the end by default)."""
        months = slice(first, None if last is None else last + 1)
        world = self._first
        return History(
            world.names,
            world.rival,
            world.core,
            world.forum_hard,
            world.forum_track,
            {name: array[months] for name, array in self._arrays.items()},
            first,
        )


LONGEST_WINDOW = 36


def window_mean(values: np.ndarray, months: int) -> np.ndarray:
    """Mean of counts over the last `months` months along the first axis.

    The first row is a starting point that holds no month yet, so it is NaN; near it the window is as long as the run so far.
    Counts are whole numbers, so sums are exact and it does not matter how much earlier record is given.
    """
    length = np.minimum(np.arange(len(values)), months).reshape(-1, *[1] * (values.ndim - 1))
    total = window_sum(values, months)
    return np.divide(total, length, out=np.full(total.shape, np.nan), where=length > 0)


def window_sum(values: np.ndarray, months: int) -> np.ndarray:
    """Sum of counts over the last `months` months along the first axis; 0 in the first row, which holds no month yet."""
    total = np.cumsum(values, axis=0, dtype=np.int64)
    total -= total[0].copy()
    if len(total) > months:
        total[months:] -= total[:-months].copy()
    return total


def window_any(values: np.ndarray, months: int) -> np.ndarray:
    """Whether a flag was up in the last `months` months along the first axis (the start included)."""
    count = np.cumsum(values, axis=0, dtype=np.int32)
    earlier = np.zeros_like(count)
    earlier[months:] = count[:-months]
    return count > earlier
