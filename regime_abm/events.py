"""Things that happen on a date, written in a scenario. Each is World -> World and acts on actions, information or contact
only: forcing a belief or an outcome is not an event.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from regime_abm.core.names import ACTIONS, Names
from regime_abm.core.world import World
from regime_abm.errors import InputError, nearest


class _Event(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    month: str = Field(description="the month in which it happens, like 2018-06")
    why: str = Field(default="", description="source or reason, shown in the event log")

    def codes(self) -> dict[str, str]:
        """Field -> state or forum code, to be checked against the region."""
        return {}

    def checked(self, names: Names, where: str) -> None:
        """Raise InputError when a code is not in the region."""
        for field, code in self.codes().items():
            known = names.forums if field == "forum" else names.states
            if code not in known:
                raise InputError(f"{where}.{field}: unknown {field} {code!r}{nearest(code, known)}")


class Order(_Event):
    """One state acts toward another as told, for one month; what follows is up to the model."""

    kind: Literal["order"]
    state: str
    other: str
    action: Literal["reassure", "restrain", "status quo", "pressure", "provoke"]

    def codes(self):
        return {"state": self.state, "other": self.other}

    def apply(self, world: World) -> World:
        orders = world.orders.copy()
        orders[:, world.names.state(self.state), world.names.state(self.other)] = ACTIONS.index(self.action)
        return world.replace({"orders": orders})

    def text(self) -> str:
        return f"{self.state} is set to {self.action} toward {self.other}"


class LeaderLeaves(_Event):
    """A state's leader leaves office; who follows is drawn as always."""

    kind: Literal["leader leaves"]
    state: str

    def codes(self):
        return {"state": self.state}

    def apply(self, world: World) -> World:
        due = world.exit_due.copy()
        due[:, world.names.state(self.state)] = True
        return world.replace({"exit_due": due})

    def text(self) -> str:
        return f"the leader of {self.state} leaves office"


class _Contact(_Event):
    state: str
    other: str

    def codes(self):
        return {"state": self.state, "other": self.other}

    def _ordered(self, world: World, order: int) -> World:
        talks = world.talks_order.copy()
        i, j = world.names.state(self.state), world.names.state(self.other)
        talks[:, i, j] = talks[:, j, i] = order
        return world.replace({"talks_order": np.asarray(talks)})


class Summit(_Contact):
    """Two leaders meet: a channel of talks is open this month. It can break down again, as any other."""

    kind: Literal["summit"]

    def apply(self, world: World) -> World:
        return self._ordered(world, 1)

    def text(self) -> str:
        return f"{self.state} and {self.other} hold a summit"


class TalksBrokenOff(_Contact):
    """Talks between two states are broken off."""

    kind: Literal["talks broken off"]

    def apply(self, world: World) -> World:
        return self._ordered(world, -1)

    def text(self) -> str:
        return f"talks between {self.state} and {self.other} are broken off"


class _Meeting(_Event):
    forum: str

    def codes(self):
        return {"forum": self.forum}

    def _ordered(self, world: World, order: int) -> World:
        meetings = world.meeting_order.copy()
        meetings[:, world.names.forums.index(self.forum)] = order
        return world.replace({"meeting_order": meetings})


class MeetingCalled(_Meeting):
    """A forum meets this month, also off its calendar; whether states come is up to them."""

    kind: Literal["meeting called"]

    def apply(self, world: World) -> World:
        return self._ordered(world, 1)

    def text(self) -> str:
        return f"{self.forum} is called to meet"


class MeetingCancelled(_Meeting):
    """A forum's meeting of this month is cancelled."""

    kind: Literal["meeting cancelled"]

    def apply(self, world: World) -> World:
        return self._ordered(world, -1)

    def text(self) -> str:
        return f"the meeting of {self.forum} is cancelled"


Event = Annotated[
    Order | LeaderLeaves | Summit | TalksBrokenOff | MeetingCalled | MeetingCancelled,
    Field(discriminator="kind"),
]
