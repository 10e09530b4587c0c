"""What a seat chooses for a round, and the actor that does it. What is left open is done as the state's own agent would."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from regime_abm.actor import Actor, Sight
from regime_abm.core.names import ACTIONS
from regime_abm.errors import InputError, nearest
from regime_abm.events import Happening
from regime_abm.levers import AgreementOffered, LeavesAgreement, LeavesForum, MeetingCalled
from regime_abm.region import Region

LONGEST_STATEMENT = 280
MOST_PROPOSALS = 3  # a quarter has room for no more

Act = Literal["reassure", "restrain", "status quo", "pressure", "provoke"]
_Few = Annotated[tuple[str, ...], Field(max_length=MOST_PROPOSALS)]


class Move(BaseModel):
    """What one seat does in one round; all of it lasts the round, proposals and exits fall into its first month.

    stance: toward other states. attend: whether to come to a forum's meetings. sign: whether to sign an agreement that is on
    the table. adopt: whether to take up the norm. offer: agreements to put on the table, of which the state is a party.
    convene: forums to call, of which it is a member. leave_forums, leave_agreements: what it walks out of.
    statement: words for everybody; they move nothing in the model.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    stance: Mapping[str, Act] = Field(default_factory=dict)
    attend: Mapping[str, bool] = Field(default_factory=dict)
    sign: Mapping[str, bool] = Field(default_factory=dict)
    adopt: bool | None = None
    offer: _Few = ()
    convene: _Few = ()
    leave_forums: _Few = ()
    leave_agreements: _Few = ()
    statement: Annotated[str, Field(max_length=LONGEST_STATEMENT)] = ""

    def checked(self, state: str, region: Region) -> Move:
        """The move itself; InputError that names the field and the nearest right word for a code that is none, and for an
        agreement of which the state is no party. Where it sits at the time is known to the game alone."""
        known = {
            "stance": [code for code in region.states if code != state],
            "attend": region.names.forums,
            "convene": region.names.forums,
            "leave_forums": region.names.forums,
            "sign": region.names.agreements,
            "offer": region.names.agreements,
            "leave_agreements": region.names.agreements,
        }
        for field, codes in known.items():
            for code in getattr(self, field):
                if code not in codes:
                    raise InputError(f"{state}: {field}: unknown code {code!r}{nearest(code, codes)}")
        for field in ("sign", "offer", "leave_agreements"):
            for code in getattr(self, field):
                if state not in region.agreements[code].parties:
                    raise InputError(f"{state}: {field}: {state} is no party of {code}")
        return self

    def happenings(self, state: str, month: str) -> list[Happening]:
        """What of it happens by a lever, in the first month of the round."""
        return [
            *(AgreementOffered(kind="agreement offered", month=month, agreement=code) for code in self.offer),
            *(MeetingCalled(kind="meeting called", month=month, forum=code) for code in self.convene),
            *(LeavesForum(kind="leaves forum", month=month, forum=code, state=state) for code in self.leave_forums),
            *(
                LeavesAgreement(kind="leaves agreement", month=month, agreement=code, state=state)
                for code in self.leave_agreements
            ),
        ]


class Held(Actor):
    """A state whose seat is held: in the months of its moves it does what they say, else what its own agent would."""

    def __init__(self, state: str, moves: Mapping[int, Move]) -> None:
        """moves: month since the start -> the move in force."""
        super().__init__(state)
        self.moves = dict(moves)

    def decide(self, sees: Sight) -> np.ndarray:
        """The chosen stance with certainty."""
        chosen = np.array(sees.default)
        for code, act in self._now(sees).stance.items():
            chosen[:, sees.toward(code)] = np.eye(len(ACTIONS))[ACTIONS.index(act)]
        return chosen

    def attend(self, sees: Sight) -> np.ndarray:
        """There or not, as chosen."""
        return _set(sees, sees.forums, self._now(sees).attend)

    def sign(self, sees: Sight) -> np.ndarray:
        """Signed or not, as chosen."""
        return _set(sees, sees.agreements, self._now(sees).sign)

    def adopt(self, sees: Sight) -> np.ndarray:
        """Taken up or not, as chosen."""
        wanted = self._now(sees).adopt
        return sees.default if wanted is None else np.full_like(sees.default, float(wanted))

    def _now(self, sees: Sight) -> Move:
        return self.moves.get(sees.month, _NOTHING)


_NOTHING = Move()


def _set(sees: Sight, codes: tuple[str, ...], wanted: Mapping[str, bool]) -> np.ndarray:
    chosen = np.array(sees.default)
    for code, yes in wanted.items():
        chosen[:, codes.index(code)] = float(yes)
    return chosen
