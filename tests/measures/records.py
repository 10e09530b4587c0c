"""Histories written by hand: quiet months of a few states, into which a test puts what happened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from regime_abm.core.names import Names
from regime_abm.measures.history import RECORDED, History


class Months:
    """So many quiet months of one future: no talks, no forum met, trust one half. Month 0 is the start."""

    def __init__(
        self,
        months: int,
        states: str = "ABC",
        *,
        core: Sequence[str] = ("AB",),
        rival: Sequence[str] = ("AB",),
        forums: Sequence[tuple[str, bool, float]] = (("F", True, 1.0),),
        futures: int = 1,
    ) -> None:
        n, f = len(states), len(forums)
        self.names = Names(tuple(states), tuple(code for code, _, _ in forums))
        self.hard = np.array([hard for _, hard, _ in forums], bool)
        self.track = np.array([track for _, _, track in forums])
        self.flags = {"core": self._pairs(core), "rival": self._pairs(rival)}
        shapes = {"attendance": (f, n), "met": (f,), "forum_vitality": (f,), "forum_level": (f,)}
        self.record = {
            name: np.zeros((months + 1, futures, *shapes.get(name, (n, n))), kind) for name, kind in RECORDED.items()
        }
        self.record["trust"][:] = 0.5
        self.record["forum_vitality"][:] = 1.0
        self.record["forum_level"][:] = 2.0

    def _pairs(self, pairs: Iterable[str]) -> np.ndarray:
        flags = np.zeros((len(self.names.states),) * 2, bool)
        for a, b in pairs:
            i, j = self.names.state(a), self.names.state(b)
            flags[i, j] = flags[j, i] = True
        return flags

    def _spots(self, who: str) -> tuple[int, int]:
        return self.names.state(who[0]), self.names.state(who[1])

    def act(self, months: int | Iterable[int], who: str, severity: int) -> Months:
        """The first of two states does something of that severity to the other; the ladder follows it."""
        for month in [months] if isinstance(months, int) else months:
            i, j = self._spots(who)
            self.record["severity"][month, :, i, j] = severity
            self.record["hostility"][month, :, [i, j], [j, i]] = severity
        return self

    def talk(self, months: Iterable[int], who: str) -> Months:
        i, j = self._spots(who)
        self.record["talks"][list(months), :, i, j] = self.record["talks"][list(months), :, j, i] = True
        return self

    def trust(self, who: str, value: float) -> Months:
        self.record["trust"][:, :, *self._spots(who)] = value
        return self

    def ally(self, who: str) -> Months:
        i, j = self._spots(who)
        self.record["alliance"][:, :, i, j] = self.record["alliance"][:, :, j, i] = True
        return self

    def meet(self, months: Iterable[int], came: str, forum: int = 0) -> Months:
        """The forum meets; attendance stands until its next meeting, as in the World."""
        last = len(self.record["met"])
        for month in sorted(months):
            self.record["met"][month, :, forum] = True
            self.record["attendance"][month:last, :, forum] = [state in came for state in self.names.states]
        return self

    def history(self, first: int = 0) -> History:
        flags = self.flags
        return History(self.names, flags["rival"], flags["core"], self.hard, self.track, self.record, first)


def values(found: np.ndarray) -> list[float | None]:
    """The one future's values, None where undefined."""
    return [None if np.isnan(value) else float(value) for value in found[:, 0]]
