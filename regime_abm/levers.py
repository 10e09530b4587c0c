"""Things that somebody may choose to do, in a scenario or in front of a screen. Like events they are World -> World and act on
actions, information, contact and costs alone; each says what it costs and whom it can harm.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

import numpy as np
from pydantic import Field

from regime_abm.core.names import ACTIONS
from regime_abm.core.world import World
from regime_abm.errors import InputError, nearest
from regime_abm.events import LONGEST, Contact, Event, Happening, changed
from regime_abm.region_files import RULES

_CERTAIN = 50.0  # log-odds beyond doubt
_Months = Annotated[int, Field(ge=1, le=LONGEST)]


class Order(Happening):
    """One state acts toward another as told, for a month or more; what follows is up to the model."""

    COST = "Reassurance costs what it costs any state that does it; confrontation too."
    HARM = "Whoever reassures may be exploited; whoever presses may be answered."

    kind: Literal["order"]
    state: str
    other: str
    action: Literal["reassure", "restrain", "status quo", "pressure", "provoke"]
    months: _Months = 1

    @property
    def span(self) -> int:
        return self.months

    def codes(self):
        return {"state": self.state, "other": self.other}

    def apply(self, world: World, passed: int = 0) -> World:
        place = world.names.state(self.state), world.names.state(self.other)
        return changed(world, "orders", place, ACTIONS.index(self.action))

    def text(self) -> str:
        lasting = f" for {self.months} months" if self.months > 1 else ""
        return f"{self.state} is set to {self.action} toward {self.other}{lasting}"


class Summit(Contact):
    """Two leaders meet: a channel of talks is open this month. It can break down again, as any other."""

    COST = "Nothing by itself; what is signed there can be broken."
    HARM = "Talks that break down again stir what they calmed."

    kind: Literal["summit"]

    def apply(self, world: World, passed: int = 0) -> World:
        return self.ordered(world, 1)

    def text(self) -> str:
        return f"{self.state} and {self.other} hold a summit"


class PoliticalCapital(Happening):
    """A government spends political capital on diplomacy for some months, and is the wearier afterwards."""

    COST = "As many months afterwards in which a part of it is missing at home."
    HARM = "The government itself, when nothing comes of it in time."

    kind: Literal["political capital"]
    state: str
    amount: Annotated[float, Field(ge=-2.0, le=2.0, allow_inf_nan=False, description="log-odds of will")] = 1.0
    months: _Months = 6
    payback: Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False, description="share missing afterwards")] = 0.5

    @property
    def span(self) -> int:
        return 2 * self.months if self.payback else self.months

    def codes(self):
        return {"state": self.state}

    def apply(self, world: World, passed: int = 0) -> World:
        place = world.names.state(self.state)
        push = self.amount if passed < self.months else -self.payback * self.amount
        return changed(world, "will_push", (place,), world.will_push[:, place] + np.float32(push))

    def text(self) -> str:
        spends = "spends political capital on diplomacy" if self.amount > 0 else "withholds political capital"
        return f"{self.state} {spends} for {self.months} months"


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


class _OfAgreement(Happening):
    agreement: str

    def codes(self):
        return {"agreement": self.agreement}

    def place(self, world: World) -> int:
        """The agreement's place in the arrays."""
        return world.names.agreements.index(self.agreement)


class AgreementOffered(_OfAgreement):
    """An agreement is put on the table, talks or not; whether anybody signs is up to each party."""

    COST = "Nothing until it is signed."
    HARM = "Its parties, once signed: what is signed can be broken, and stalls weary them."

    kind: Literal["agreement offered"]

    def apply(self, world: World, passed: int = 0) -> World:
        return changed(world, "offer_order", (self.place(world),), True)

    def text(self) -> str:
        return f"{self.agreement} is put on the table"


class AgreementSigned(_OfAgreement):
    """The parties sign an agreement; whether they do what it says is up to them."""

    COST = "Sovereignty, and at home; steps that fall due."
    HARM = "Its parties: what is signed can be broken, and stalls weary them."

    kind: Literal["agreement signed"]

    def apply(self, world: World, passed: int = 0) -> World:
        place = self.place(world)
        world = changed(world, "offer_order", (place,), True)
        return changed(world, "sign_push", (place,), np.float32(_CERTAIN))

    def text(self) -> str:
        return f"the parties of {self.agreement} sign it"


class AllianceSigned(Happening):
    """Two states become allies, or closer ones, from this month on; how the tie goes on is up to them."""

    COST = "A share of each side's freedom to act alone."
    HARM = "Outsiders whom it is aimed at, who may answer."

    kind: Literal["alliance signed"]
    state: str
    other: str
    strength: Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False)]
    exclusivity: Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False)]

    def codes(self):
        return {"state": self.state, "other": self.other}

    def apply(self, world: World, passed: int = 0) -> World:
        i, j = world.names.state(self.state), world.names.state(self.other)
        for name, value in (("alliance", self.strength), ("exclusivity", self.exclusivity)):
            for quantity in (name, f"{name}_start"):  # what it drifts back to when nothing happens
                for place in ((i, j), (j, i)):
                    world = changed(world, quantity, place, value)
        return world

    def text(self) -> str:
        return f"{self.state} and {self.other} sign an alliance of strength {self.strength:g}"


class LeavesAgreement(_OfAgreement):
    """A state leaves an agreement in force, which ends it; others see a promise broken."""

    COST = "The state's name as one that keeps promises."
    HARM = "All who relied on it."

    kind: Literal["leaves agreement"]
    state: str

    def codes(self):
        return {"state": self.state, "agreement": self.agreement}

    def apply(self, world: World, passed: int = 0) -> World:
        return changed(world, "exit_order", (self.place(world), world.names.state(self.state)), True)

    def text(self) -> str:
        return f"{self.state} leaves {self.agreement}"


class Dismantles(Happening):
    """A state dismantles a part of its arsenal, unasked. Counts where the module `bargain` is on."""

    COST = "The part of the arsenal, for good."
    HARM = "The state itself: whoever assures it has less to fear, and more reason to renege."
    MODULE = "bargain"

    kind: Literal["dismantles"]
    state: str
    amount: Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False, description="of the scale of arsenals")] = 0.1

    def codes(self):
        return {"state": self.state}

    def apply(self, world: World, passed: int = 0) -> World:
        return changed(world, "dismantling", (world.names.state(self.state),), self.amount)

    def text(self) -> str:
        return f"{self.state} dismantles a part of its arsenal"


class _OfSanctions(Happening):
    MODULE = "sanctions"

    state: str
    amount: Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False, description="of the scale of sanctions")] = 0.1

    def codes(self):
        return {"state": self.state}

    def pushed(self, world: World, amount: float) -> World:
        """The World with the level of sanctions to be moved this month by so much more."""
        place = world.names.state(self.state)
        push = np.clip(world.sanctions_push[:, place] + np.float32(amount), -1.0, 1.0)
        return changed(world, "sanctions_push", (place,), push)


class SanctionsEased(_OfSanctions):
    """Those who keep sanctions against a state ease them."""

    COST = "Leverage, which further tests or the senders' will alone bring back."
    HARM = "Whoever fears the target's arsenal: a part of what is eased may go there."

    kind: Literal["sanctions eased"]

    def apply(self, world: World, passed: int = 0) -> World:
        return self.pushed(world, -self.amount)

    def text(self) -> str:
        return f"sanctions against {self.state} are eased"


class SanctionsTightened(_OfSanctions):
    """Those who keep sanctions against a state tighten them."""

    COST = "Trade of the senders and of their allies."
    HARM = "The target's people; and everybody, where it answers with defiance."

    kind: Literal["sanctions tightened"]

    def apply(self, world: World, passed: int = 0) -> World:
        return self.pushed(world, self.amount)

    def text(self) -> str:
        return f"sanctions against {self.state} are tightened"


class MediationOffered(Happening):
    """A state mediates between two others, for a month or more: it works while they do not talk, and is at hand while they do.

    Counts where the module `mediation` is on, and between rivals alone.
    """

    COST = "The mediator's political capital and attention."
    HARM = "The two themselves, who may break off the more lightly; the mediator's other tables."
    MODULE = "mediation"

    kind: Literal["mediation offered"]
    mediator: str
    state: str
    other: str
    months: _Months = 1

    @property
    def span(self) -> int:
        return self.months

    def codes(self):
        return {"mediator": self.mediator, "state": self.state, "other": self.other}

    def apply(self, world: World, passed: int = 0) -> World:
        i, j, k = (world.names.state(code) for code in (self.state, self.other, self.mediator))
        return changed(changed(world, "mediator_order", (i, j), k + 1), "mediator_order", (j, i), k + 1)

    def text(self) -> str:
        lasting = f" for {self.months} months" if self.months > 1 else ""
        return f"{self.mediator} mediates between {self.state} and {self.other}{lasting}"


class RelationsOpened(Happening):
    """A government opens diplomatic relations with another, at once or as soon as an issue of its own is settled so far."""

    COST = "The prize that it held, and at home where the issue is still open."
    HARM = "Its allies, who may doubt it; whoever fears what the other buys with the aid."
    MODULE = "normalisation"

    kind: Literal["relations opened"]
    state: str
    other: str
    settled: Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False, description="how far the issue must be settled")] = 0.0
    months: _Months = 1

    @property
    def span(self) -> int:
        return self.months

    def codes(self):
        return {"state": self.state, "other": self.other}

    def apply(self, world: World, passed: int = 0) -> World:
        i, j = world.names.state(self.state), world.names.state(self.other)
        ready = world.relations[:, i, j] | (world.issue_settled[:, i, j] >= np.float32(self.settled))
        return changed(changed(world, "relations", (i, j), ready), "relations", (j, i), ready)

    def text(self) -> str:
        when = f" once its issue is settled to {self.settled:g}, within {self.months} months" if self.settled else ""
        return f"{self.state} opens diplomatic relations with {self.other}{when}"


class GoodOfficesOffered(Contact):
    """Bodies from outside the region offer two states a place and a channel, for a month or more. Counts between those who are
    served (a role of the region's files)."""

    COST = "What it costs at home to be seen there."
    HARM = "The two themselves, who may break off the more lightly, or find being seen enough."
    MODULE = "good_offices"

    kind: Literal["good offices offered"]
    months: _Months = 1

    @property
    def span(self) -> int:
        return self.months

    def apply(self, world: World, passed: int = 0) -> World:
        i, j = world.names.state(self.state), world.names.state(self.other)
        return changed(changed(world, "offices_order", (i, j), True), "offices_order", (j, i), True)

    def text(self) -> str:
        lasting = f" for {self.months} months" if self.months > 1 else ""
        return f"good offices are offered to {self.state} and {self.other}{lasting}"


class InspectorsInvited(_OfAgreement):
    """An agreement invites inspectors from outside the region, as soon as it is in force within some months."""

    COST = "Sovereignty of its parties, who may hold steps back."
    HARM = "Its parties: what inspectors find ends agreements."
    MODULE = "good_offices"

    kind: Literal["inspectors invited"]
    months: _Months = 1

    @property
    def span(self) -> int:
        return self.months

    def apply(self, world: World, passed: int = 0) -> World:
        return changed(world, "inspection_order", (self.place(world),), True)

    def text(self) -> str:
        return f"inspectors are invited to check {self.agreement}"


Lever = (
    Order
    | Summit
    | PoliticalCapital
    | MeetingCalled
    | ForumFounded
    | ForumDissolved
    | ForumReformed
    | JoinsForum
    | LeavesForum
    | AgreementOffered
    | AgreementSigned
    | AllianceSigned
    | LeavesAgreement
    | Dismantles
    | SanctionsEased
    | SanctionsTightened
    | MediationOffered
    | RelationsOpened
    | GoodOfficesOffered
    | InspectorsInvited
)
Entry = Annotated[Event | Lever, Field(discriminator="kind")]  # what a scenario's list may hold


def _by_kind(union: Any) -> dict[str, type[Happening]]:
    return {get_args(item.model_fields["kind"].annotation)[0]: item for item in get_args(union)}


LEVERS = _by_kind(Lever)
KINDS = _by_kind(Event) | LEVERS
