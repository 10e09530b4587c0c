"""Levers of governments: acts, contacts, capital at home, alliances, arsenals, sanctions, services."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from regime_abm.core.names import ACTIONS
from regime_abm.core.world import World
from regime_abm.events import Contact, Happening, Months, changed, changed_both_ways


class Order(Happening):
    """One state acts toward another as told, for a month or more; what follows is up to the model."""

    COST = "Reassurance costs what it costs any state that does it; confrontation too."
    HARM = "Whoever reassures may be exploited; whoever presses may be answered."

    kind: Literal["order"]
    state: str
    other: str
    action: Literal["reassure", "restrain", "status quo", "pressure", "provoke"]
    months: Months = 1

    def codes(self):
        return {"state": self.state, "other": self.other}

    def apply(self, world: World, passed: int = 0) -> World:
        place = world.names.state(self.state), world.names.state(self.other)
        return changed(world, "orders", place, ACTIONS.index(self.action))

    def text(self) -> str:
        return f"{self.state} is set to {self.action} toward {self.other}{self.lasting}"


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
    months: Months = 6
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
                world = changed_both_ways(world, quantity, i, j, value)
        return world

    def text(self) -> str:
        return f"{self.state} and {self.other} sign an alliance of strength {self.strength:g}"


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
    months: Months = 1

    def codes(self):
        return {"mediator": self.mediator, "state": self.state, "other": self.other}

    def apply(self, world: World, passed: int = 0) -> World:
        i, j, k = (world.names.state(code) for code in (self.state, self.other, self.mediator))
        return changed_both_ways(world, "mediator_order", i, j, k + 1)

    def text(self) -> str:
        return f"{self.mediator} mediates between {self.state} and {self.other}{self.lasting}"


class RelationsOpened(Happening):
    """A government opens diplomatic relations with another, at once or as soon as an issue of its own is settled so far."""

    COST = "The prize that it held, and at home where the issue is still open."
    HARM = "Its allies, who may doubt it; whoever fears what the other buys with the aid."
    MODULE = "normalisation"

    kind: Literal["relations opened"]
    state: str
    other: str
    settled: Annotated[
        float, Field(ge=0.0, le=1.0, allow_inf_nan=False, description="how far the issue must be settled")
    ] = 0.0
    months: Months = 1

    def codes(self):
        return {"state": self.state, "other": self.other}

    def apply(self, world: World, passed: int = 0) -> World:
        i, j = world.names.state(self.state), world.names.state(self.other)
        ready = world.relations[:, i, j] | (world.issue_settled[:, i, j] >= np.float32(self.settled))
        return changed_both_ways(world, "relations", i, j, ready)

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
    months: Months = 1

    def apply(self, world: World, passed: int = 0) -> World:
        i, j = world.names.state(self.state), world.names.state(self.other)
        return changed_both_ways(world, "offices_order", i, j, True)

    def text(self) -> str:
        return f"good offices are offered to {self.state} and {self.other}{self.lasting}"
