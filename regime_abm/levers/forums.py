"""Levers on forums: who sits in them, what they are, when they meet."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from regime_abm.core.world import World
from regime_abm.errors import InputError, nearest
from regime_abm.events import Happening, changed
from regime_abm.region_files import RULES


class _OfForum(Happening):
    forum: str

    def codes(self):
        return {"forum": self.forum}

    def place(self, world: World) -> int:
        """The forum's place in the arrays."""
        return world.names.forums.index(self.forum)


class MeetingCalled(_OfForum):
    """A forum meets this month, also off its calendar; whether states come is up to them."""

    COST = "Attention that those who come cannot give to other tables."
    HARM = "A forum that is called and not attended loses life."

    kind: Literal["meeting called"]

    def apply(self, world: World, passed: int = 0) -> World:
        return changed(world, "meeting_order", (self.place(world),), 1)

    def text(self) -> str:
        return f"{self.forum} is called to meet"


class ForumFounded(_OfForum):
    """A forum that was not there, or had gone, begins to call meetings, as its table says."""

    COST = "Attention of all who come."
    HARM = "Other forums, whose meetings no longer fit; a new one that nobody uses becomes a zombie."

    kind: Literal["forum founded"]

    def apply(self, world: World, passed: int = 0) -> World:
        return changed(world, "forum_active", (self.place(world),), True)

    def text(self) -> str:
        return f"{self.forum} is founded"


class ForumDissolved(_OfForum):
    """A forum calls no more meetings."""

    COST = "Its procedures, people and memory fade."
    HARM = "Whoever settled disputes there."

    kind: Literal["forum dissolved"]

    def apply(self, world: World, passed: int = 0) -> World:
        return changed(world, "forum_active", (self.place(world),), False)

    def text(self) -> str:
        return f"{self.forum} is dissolved"


class ForumReformed(_OfForum):
    """A forum's charter changes: track, agenda, rule of decision, rhythm. Its level and life remain what they are."""

    COST = "Governments at the table cost more attention than experts do; a hard agenda meets more resistance."
    HARM = "States that guard their sovereignty or dislike the agenda stay away."

    kind: Literal["forum reformed"]
    track: Annotated[float, Field(ge=1, le=2, allow_inf_nan=False, description="1, 1.5 or 2")] | None = None
    hard_agenda: bool | None = None
    soft_agenda: bool | None = None
    rule: str | None = None
    meets_every: Annotated[int, Field(ge=1, le=120)] | None = None

    def checked(self, names, where):
        super().checked(names, where)
        if self.rule is not None and self.rule not in RULES:
            raise InputError(f"{where}.rule: unknown rule {self.rule!r}{nearest(self.rule, RULES)}")

    def apply(self, world: World, passed: int = 0) -> World:
        changes = {
            "forum_track": self.track,
            "forum_hard": self.hard_agenda,
            "forum_soft": self.soft_agenda,
            "forum_rule": None if self.rule is None else RULES[self.rule],
            "forum_every": self.meets_every,
        }
        for quantity, value in changes.items():
            if value is not None:
                values = getattr(world, quantity).copy()
                values[self.place(world)] = value
                world = world.replace({quantity: values})
        return world

    def text(self) -> str:
        given = {
            "track": self.track,
            "hard agenda": self.hard_agenda,
            "soft agenda": self.soft_agenda,
            "rule": self.rule,
            "months between meetings": self.meets_every,
        }
        told = ", ".join(f"{name} {value}" for name, value in given.items() if value is not None)
        return f"{self.forum} is reformed ({told})"


class _Seat(_OfForum):
    state: str

    def codes(self):
        return {"state": self.state, "forum": self.forum}


class JoinsForum(_Seat):
    """A state becomes a member of a forum; whether it comes is up to it."""

    COST = "Attention, when it comes."
    HARM = "The others: where consensus decides, one more can block."

    kind: Literal["joins forum"]

    def apply(self, world: World, passed: int = 0) -> World:
        return changed(world, "member", (self.place(world), world.names.state(self.state)), True)

    def text(self) -> str:
        return f"{self.state} joins {self.forum}"


class LeavesForum(_Seat):
    """A state walks out of a forum."""

    COST = "What the forum would have told it, and a hearing for its disputes."
    HARM = "The forum, whose members are fewer."

    kind: Literal["leaves forum"]

    def apply(self, world: World, passed: int = 0) -> World:
        world = changed(world, "member", (self.place(world), world.names.state(self.state)), False)
        return changed(world, "attendance", (self.place(world), world.names.state(self.state)), False)

    def text(self) -> str:
        return f"{self.state} walks out of {self.forum}"
