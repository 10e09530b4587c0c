"""Things that somebody may choose to do, in a scenario or in front of a screen. Like events they are World -> World and act on
actions, information, contact and costs alone; each says what it costs and whom it can harm.
"""

from __future__ import annotations

from typing import Annotated, Any, get_args

from pydantic import Field

from regime_abm.events import Event, Happening
from regime_abm.levers.agreements import AgreementOffered, AgreementSigned, InspectorsInvited, LeavesAgreement
from regime_abm.levers.forums import ForumDissolved, ForumFounded, ForumReformed, JoinsForum, LeavesForum, MeetingCalled
from regime_abm.levers.states import (
    AllianceSigned,
    Dismantles,
    GoodOfficesOffered,
    MediationOffered,
    Order,
    PoliticalCapital,
    RelationsOpened,
    SanctionsEased,
    SanctionsTightened,
    Summit,
)

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
