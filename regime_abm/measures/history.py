"""The record of a run, and the windows that measures look through. Measures read nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from regime_abm.core.names import Names
from regime_abm.core.world import World

RECORDED = ("severity", "hostility", "trust", "attendance", "met", "talks", "alliance", "forum_vitality", "forum_level")


@dataclass(frozen=True)
class History:
    """What was recorded: quantity -> array with months (0 = start) as the first axis, then the World's own axes."""

    names: Names
    rival: np.ndarray
    core: np.ndarray
    forum_hard: np.ndarray
    forum_track: np.ndarray
    record: Mapping[str, np.ndarray]

    def __getitem__(self, quantity: str) -> np.ndarray:
        return self.record[quantity]

    @property
    def months(self) -> int:
        """Months after the start."""
        return self.record["trust"].shape[0] - 1

    def pairs(self, flags: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Rows and columns of the flagged pairs, each pair once."""
        return np.nonzero(np.triu(flags, 1))

    def worst(self, flags: np.ndarray) -> np.ndarray:
        """Worst act of the month in each flagged pair, whoever did it: (months + 1, R, pairs)."""
        rows, columns = self.pairs(flags)
        severity = self.record["severity"]
        return np.maximum(severity[:, :, rows, columns], severity[:, :, columns, rows])


class Recorder:
    """Collects the record of a run, month by month."""

    def __init__(self, first: World, months: int) -> None:
        self._first = first
        self._arrays = {
            name: np.empty((months + 1, *getattr(first, name).shape), getattr(first, name).dtype) for name in RECORDED
        }
        self.add(first)

    def add(self, world: World) -> None:
        """Record one month."""
        for name, array in self._arrays.items():
            array[world.month] = getattr(world, name)

    def history(self, months: int | None = None) -> History:
        """The record so far (to `months` after the start)."""
        stop = None if months is None else months + 1
        return _history(self._first, {name: array[:stop] for name, array in self._arrays.items()})


def of_worlds(worlds: Sequence[World]) -> History:
    """The record of a sequence of Worlds that starts at month 0."""
    return _history(worlds[0], {name: np.stack([getattr(w, name) for w in worlds]) for name in RECORDED})


def _history(first: World, record: Mapping[str, np.ndarray]) -> History:
    return History(first.names, first.rival, first.core, first.forum_hard, first.forum_track, record)


def window_mean(values: np.ndarray, months: int) -> np.ndarray:
    """Mean over the last `months` months along the first axis; month 0 is the start and holds no month, so it is NaN.

    Near the start the window is as long as the run so far.
    """
    total = np.cumsum(values[1:], axis=0, dtype=float)
    length = np.minimum(np.arange(1, len(total) + 1), months).reshape(-1, *[1] * (values.ndim - 1))
    total[months:] = total[months:] - total[:-months].copy() if len(total) > months else total[months:]
    return np.concatenate([np.full((1, *values.shape[1:]), np.nan), total / length])


def window_any(values: np.ndarray, months: int) -> np.ndarray:
    """Whether a flag was up in the last `months` months along the first axis (the start included)."""
    count = np.cumsum(values, axis=0, dtype=np.int32)
    earlier = np.zeros_like(count)
    earlier[months:] = count[:-months]
    return count > earlier
