"""Things that happen on a date, written in a scenario. Each is World -> World and acts on actions, information, contact or
office only: forcing a belief or an outcome is not an event. What somebody may choose to do stands in levers.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from regime_abm.core.names import SEVERITY, Names
from regime_abm.core.world import World
from regime_abm.errors import InputError, nearest

LONGEST = 240  # months that one entry may last
Months = Annotated[int, Field(ge=1, le=LONGEST)]


class Happening(BaseModel):
    """What all events and levers have in common."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
    COST: ClassVar[str] = ""  # of a lever: what it costs whoever pulls it
    HARM: ClassVar[str] = ""  # and whom it can harm
    MODULE: ClassVar[str] = ""  # the optional module without which it would do nothing

    month: str = Field(description="the month in which it happens, like 2018-06")
    why: str = Field(default="", description="source or reason, shown in the event log")

    @property
    def span(self) -> int:
        """For how many months it is applied, beginning with its month: its field `months`, or one."""
        return int(getattr(self, "months", 1))

    @property
    def lasting(self) -> str:
        """The same in words, to stand at the end of a sentence; "" for one month."""
        return f" for {self.span} months" if self.span > 1 else ""

    def codes(self) -> Mapping[str, str]:
        """Field -> code of a state, forum or agreement, to be checked against the region."""
        return {}

    def checked(self, names: Names, where: str) -> None:
        """Raise InputError when a code is not in the region."""
        known = {"forum": names.forums, "agreement": names.agreements}
        for field, code in self.codes().items():
            codes = known.get(field, names.states)
            if code not in codes:
                raise InputError(f"{where}.{field}: unknown {field} {code!r}{nearest(code, codes)}")
        if len({*self.states()}) < len(self.states()):
            raise InputError(f"{where}: needs two different states")

    def states(self) -> tuple[str, ...]:
        """Codes of the states that it concerns."""
        return tuple(code for field, code in self.codes().items() if field not in ("forum", "agreement"))

    def apply(self, world: World, passed: int = 0) -> World:
        """The World with what happens; passed: months since its first one."""
        raise NotImplementedError

    def text(self) -> str:
        """What happens, in words."""
        raise NotImplementedError


@dataclass(frozen=True)
class Due:
    """An event or lever in one of the months in which it is applied; passed counts those before."""

    what: Happening
    passed: int = 0

    def apply(self, world: World) -> World:
        """The World with what happens this month."""
        return self.what.apply(world, self.passed)


def changed(world: World, quantity: str, place: tuple[int, ...], value: Any) -> World:
    """The World with one entry of a quantity set in every future; place: without the replicate axis."""
    values = getattr(world, quantity).copy()
    values[(slice(None), *place)] = value
    return world.replace({quantity: values})


def changed_both_ways(world: World, quantity: str, i: int, j: int, value: Any) -> World:
    """The World with a quantity of two states set in both directions, in every future."""
    return changed(changed(world, quantity, (i, j), value), quantity, (j, i), value)


class LeaderLeaves(Happening):
    """A state's leader leaves office; who follows is drawn as always, or from one of the state's two camps."""

    kind: Literal["leader leaves"]
    state: str
    newcomer: Literal["softer camp", "harder camp"] | None = None

    def codes(self):
        return {"state": self.state}

    def apply(self, world: World, passed: int = 0) -> World:
        place = (world.names.state(self.state),)
        world = changed(world, "exit_due", place, True)
        camp = {"softer camp": -1, "harder camp": 1}.get(self.newcomer or "", 0)
        return changed(world, "newcomer", place, camp) if camp else world

    def text(self) -> str:
        follows = f", and a leader of the {self.newcomer} follows" if self.newcomer else ""
        return f"the leader of {self.state} leaves office{follows}"


class MissileTest(Happening):
    """A state tests a weapon, aimed at another; its campaign goes on or not as always."""

    kind: Literal["missile test"]
    state: str
    other: str

    def codes(self):
        return {"state": self.state, "other": self.other}

    def apply(self, world: World, passed: int = 0) -> World:
        return changed(world, "test_order", (world.names.state(self.state), world.names.state(self.other)), True)

    def text(self) -> str:
        return f"{self.state} tests a weapon, aimed at {self.other}"


class Incident(Happening):
    """An incident between two states: seen alike by both, or blamed on the first alone. War is not to be ordered."""

    kind: Literal["incident"]
    state: str
    other: str
    severity: Annotated[int, Field(ge=2, le=4)] = 4
    blamed: Literal["both", "the first"] = "both"

    def codes(self):
        return {"state": self.state, "other": self.other}

    def apply(self, world: World, passed: int = 0) -> World:
        i, j = world.names.state(self.state), world.names.state(self.other)
        world = changed(world, "accident", (i, j), self.severity)
        return changed(world, "accident", (j, i), self.severity) if self.blamed == "both" else world

    def text(self) -> str:
        seen = "which both see alike" if self.blamed == "both" else f"blamed on {self.state}"
        return f"{SEVERITY[self.severity]} between {self.state} and {self.other}, {seen}"


class Contact(Happening):
    """Something about the talks of two states."""

    state: str
    other: str

    def codes(self):
        return {"state": self.state, "other": self.other}

    def ordered(self, world: World, order: int) -> World:
        """Talks opened (1) or broken off (-1)."""
        i, j = world.names.state(self.state), world.names.state(self.other)
        return changed_both_ways(world, "talks_order", i, j, order)


class TalksBrokenOff(Contact):
    """Talks between two states are broken off."""

    kind: Literal["talks broken off"]

    def apply(self, world: World, passed: int = 0) -> World:
        return self.ordered(world, -1)

    def text(self) -> str:
        return f"talks between {self.state} and {self.other} are broken off"


class MeetingCancelled(Happening):
    """A forum's meetings are cancelled, for one month or more."""

    kind: Literal["meeting cancelled"]
    forum: str
    months: Months = 1

    def codes(self):
        return {"forum": self.forum}

    def apply(self, world: World, passed: int = 0) -> World:
        return changed(world, "meeting_order", (world.names.forums.index(self.forum),), -1)

    def text(self) -> str:
        return f"the meeting of {self.forum} is cancelled{self.lasting}"


class Shock(Happening):
    """Something from outside the region's own quarrels strikes, and lasts; what it leads to is up to the module `shocks`."""

    MODULE = "shocks"

    kind: Literal["shock"]
    shock: Literal["pandemic", "economic crisis", "crisis of the great rivals", "war elsewhere"]
    months: Months = 12

    @property
    def span(self) -> int:
        return 1  # it strikes once; how long it lasts the module counts

    def apply(self, world: World, passed: int = 0) -> World:
        left = getattr(world, _LASTS[self.shock])
        return changed(world, _LASTS[self.shock], (), np.maximum(left, self.months))

    def text(self) -> str:
        return f"{self.shock}, for {self.months} months"


_LASTS = {
    "pandemic": "pandemic_months",
    "economic crisis": "slump_months",
    "crisis of the great rivals": "great_crisis_months",
    "war elsewhere": "far_war_months",
}

Event = LeaderLeaves | MissileTest | Incident | TalksBrokenOff | MeetingCancelled | Shock
