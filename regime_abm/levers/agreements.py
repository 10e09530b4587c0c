"""Levers on agreements: offers, signatures, exits, inspectors."""

from __future__ import annotations

from typing import Literal

import numpy as np

from regime_abm.core.world import World
from regime_abm.events import Happening, Months, changed

_CERTAIN = 50.0  # log-odds beyond doubt


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


class InspectorsInvited(_OfAgreement):
    """An agreement invites inspectors from outside the region, as soon as it is in force within some months."""

    COST = "Sovereignty of its parties, who may hold steps back."
    HARM = "Its parties: what inspectors find ends agreements."
    MODULE = "good_offices"

    kind: Literal["inspectors invited"]
    months: Months = 1

    def apply(self, world: World, passed: int = 0) -> World:
        return changed(world, "inspection_order", (self.place(world),), True)

    def text(self) -> str:
        return f"inspectors are invited to check {self.agreement}"
