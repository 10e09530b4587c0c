"""Histories written by hand: quiet months of a few states, into which a test puts what happened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from regime_abm.core.names import Names
from regime_abm.measures.history import RECORDED, History, directed

RESTRAIN, STATUS_QUO, PRESSURE = 1, 2, 3


class Months:
    """So many quiet months of one future: no talks, no forum met, trust one half, no adopter of the norm, no agreement.

    Month 0 is the start. All states are equally capable; those in `key` are key parties. agreements: code and steps;
    everybody is a party.
    """

    def __init__(
        self,
        months: int,
        states: Sequence[str] = "ABC",
        *,
        core: Sequence[str] = ("AB",),
        rival: Sequence[str] = ("AB",),
        key: Sequence[str] = (),
        forums: Sequence[tuple[str, bool, float]] = (("F", True, 1.0),),
        agreements: Sequence[tuple[str, int]] = (),
        futures: int = 1,
    ) -> None:
        n, f, g = len(states), len(forums), len(agreements)
        self.names = Names(tuple(states), tuple(code for code, _, _ in forums), tuple(code for code, _ in agreements))
        self.hard = np.array([hard for _, hard, _ in forums], bool)
        self.track = np.array([track for _, _, track in forums])
        self.steps = np.array([steps for _, steps in agreements], int)
        self.party = np.ones((g, n), bool)
        self.flags = {"core": self._pairs(core), "rival": self._pairs(rival)}
        self.key = np.array([state in key for state in states], bool)
        shapes = {"attendance": (f, n), "met": (f,), "forum_vitality": (f,), "forum_level": (f,)}
        shapes |= dict.fromkeys(("capability", "posture", "norm", "norm_adopted"), (n,))
        of_agreements = ("in_force", "agreement_age", "agreement_verification", "steps_due", "steps_done")
        shapes |= dict.fromkeys(of_agreements, (g,))
        parts = {"core": int(self.flags["core"].sum()), "rival": int(self.flags["rival"].sum()) // 2}
        self.record = {
            name: np.zeros((months + 1, futures, *((parts[part],) if part in parts else shapes.get(name, (n, n)))), kind)
            for name, (kind, part) in RECORDED.items()
        }
        self.record["trust"][:] = 0.5
        self.record["forum_vitality"][:] = 1.0
        self.record["forum_level"][:] = 2.0
        self.record["capability"][:] = 1.0
        self.record["action"][:] = STATUS_QUO

    def _pairs(self, pairs: Iterable[str]) -> np.ndarray:
        flags = np.zeros((len(self.names.states),) * 2, bool)
        for who in pairs:
            i, j = self._spots(who)
            flags[i, j] = flags[j, i] = True
        return flags

    def _spots(self, who: str) -> tuple[int, int]:
        """Indices of the two states of "AB" or of "AAA>BBB"."""
        one, _, other = who.partition(">") if ">" in who else (who[0], "", who[1])
        return self.names.state(one), self.names.state(other)

    def _rivals(self, who: str) -> int:
        rows, columns = np.nonzero(np.triu(self.flags["rival"], 1))
        return list(zip(rows.tolist(), columns.tolist(), strict=True)).index(tuple(sorted(self._spots(who))))

    @property
    def last(self) -> int:
        """The last month."""
        return len(self.record["met"]) - 1

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

    def trust_all(self, value: float, months: Iterable[int] | None = None) -> Months:
        """Everybody trusts everybody as much, in all months or in some."""
        self.record["trust"][slice(None) if months is None else list(months)] = value
        return self

    def ally(self, who: str) -> Months:
        i, j = self._spots(who)
        self.record["alliance"][:, :, i, j] = self.record["alliance"][:, :, j, i] = True
        return self

    def meet(self, months: Iterable[int], came: Sequence[str], forum: int = 0) -> Months:
        """The forum meets; attendance stands until its next meeting, as in the World."""
        for month in sorted(months):
            self.record["met"][month, :, forum] = True
            self.record["attendance"][month : self.last + 1, :, forum] = [state in came for state in self.names.states]
        return self

    def adopt(self, states: Sequence[str], month: int = 0, until: int | None = None) -> Months:
        """The states stand formally by the norm from a month on."""
        for state in states:
            end = self.last + 1 if until is None else until
            self.record["norm_adopted"][month:end, :, self.names.state(state)] = True
        return self

    def tempt(self, months: Iterable[int], who: str, action: int = RESTRAIN) -> Months:
        """In these months the first state had reason to defect toward the second, and did this."""
        rows, columns = directed(self.flags["core"])
        place = list(zip(rows.tolist(), columns.tolist(), strict=True)).index(self._spots(who))
        for month in months:
            self.record["tempted"][month, :, place] = True
            self.record["action"][month, :, place] = action
        return self

    def quarrel(self, who: str, month: int, months: int | None = None, how: int = 1) -> Months:
        """A dispute opens in a month and closes so many months later, if at all: 1 talks ... 3 agreement, 4 it fades."""
        pair = self._rivals(who)
        end = self.last + 1 if months is None else month + months
        for at in range(month, min(end, self.last + 1)):
            self.record["dispute"][at, :, pair] = at - month + 1
        if end <= self.last:
            self.record["settled"][end, :, pair] = how
        return self

    def sign(
        self,
        month: int,
        *,
        due: int = 0,
        done: int = 0,
        verification: float = 0.6,
        until: int | None = None,
        agreement: int = 0,
    ) -> Months:
        """An agreement is in force from a month on, with so many steps due and done from then on."""
        end = self.last + 1 if until is None else until
        self.record["in_force"][month:end, :, agreement] = True
        self.record["agreement_age"][month:end, :, agreement] = np.arange(end - month)[:, None]
        self.record["steps_due"][month:end, :, agreement] = due
        self.record["steps_done"][month:end, :, agreement] = done
        self.record["agreement_verification"][:, :, agreement] = verification
        return self

    def history(self, first: int = 0, past: dict[str, np.ndarray] | None = None) -> History:
        flags = self.flags
        record = {name: array[first:] for name, array in self.record.items()}
        fixed = (flags["rival"], flags["core"], self.key, self.hard, self.track, self.steps, self.party)
        return History(self.names, *fixed, record, first, past or {})


def values(found: np.ndarray) -> list[float | None]:
    """The one future's values, None where undefined."""
    return [None if np.isnan(value) else float(value) for value in found[:, 0]]


CORE = ("AB", "AC")


def regime_record(months: int = 40, **more) -> Months:
    """A fully cooperative record: quiet, all stand by the norm, trust .6, rivals meet every half year, disputes are settled
    by talks within three months, and every month somebody resists a temptation. A and B are the key parties."""
    found = Months(months, "ABC", core=CORE, rival=CORE, key="AB", **more)
    found.trust_all(0.6).meet(range(1, months + 1, 6), "ABC").adopt("ABC")
    for month in range(1, months, 6):
        found.quarrel("AB", month, 3)
    found.tempt(range(1, months + 1), "BA")
    return found
