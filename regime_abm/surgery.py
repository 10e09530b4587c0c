"""Surgery: a belief or a state of the World set by force. It answers "what if this were so, whatever brought it about".

This is the one place where the model's results are forced. Only claims and the audit of signs may cut: scenario files and
interventions know no such entry, and whatever was cut is labelled "surgery" wherever it is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from regime_abm.core.maths import log_odds, logistic
from regime_abm.core.names import Names
from regime_abm.core.subjects import at_places, places_of
from regime_abm.core.world import GLOSSARY, SHAPES, World
from regime_abm.errors import InputError, nearest
from regime_abm.events import Happening
from regime_abm.mechanisms import COMPLETE

_Finite = Annotated[float, Field(allow_inf_nan=False)]
_Names = Annotated[tuple[str, ...], Field(strict=False)]

# What a quantity drifts back to, which is then set with it.
_DRIFTS_TO = {"alliance": "alliance_start", "exclusivity": "exclusivity_start", "posture": "posture_start"}
# What is worked out anew each month is moved by its intercept: quantity -> intercept.
_INTERCEPTS = {
    quantity: intercept
    for mechanism in COMPLETE
    for intercept, quantity in getattr(mechanism, "CALIBRATED", {}).items()
    if intercept == f"{quantity}_level"
}
_REPUTATIONS = ("trust_government", "trust_leader")  # trust is a mix of these two, kept as log-odds
_SURE = 1e-4  # nothing that is a probability is moved from, or to, nearer the ends


class Condition(BaseModel):
    """A cut is made in those futures only in which a quantity stands above or below a value."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    quantity: str
    of: str
    above: _Finite | None = None
    below: _Finite | None = None

    def holds(self, world: World) -> np.ndarray:
        """(R,) where it holds, by the mean over the subject's places."""
        places = places_of(self.quantity, self.of, world.names, "only_if")
        values = np.mean([at_places(getattr(world, self.quantity), place) for place in places], axis=0)
        found = np.ones(world.replicates, bool)
        if self.above is not None:
            found &= values > self.above
        if self.below is not None:
            found &= values < self.below
        return found


class Surgery(Happening):
    """Quantities set to a value, or moved by one, in a month or in each of several.

    Without subjects, wherever they are above nothing then. Trust is set in both reputations that it is a mix of; what is
    worked out anew each month (threat, credibility, will) is held through its intercept, up to what one month moves.
    """

    kind: Literal["surgery"] = "surgery"
    quantities: _Names
    of: _Names = ()
    value: _Finite | None = None
    add: _Finite | None = None
    months: Annotated[int, Field(ge=1, le=1200)] = 1
    only_if: Condition | None = None

    @property
    def span(self) -> int:
        """For how many months it is applied, beginning with its month."""
        return self.months

    def checked(self, names: Names, where: str) -> None:
        """Raise InputError for an unknown quantity or subject, and for a value out of range."""
        if (self.value is None) == (self.add is None):
            raise InputError(f"{where}: give value or add, one of them")
        for name in self.quantities:
            entry = GLOSSARY.get(name)
            if entry is None:
                raise InputError(f"{where}.quantities: unknown quantity {name!r}{nearest(name, GLOSSARY)}")
            if not SHAPES[entry.axes].startswith("R"):
                raise InputError(f"{where}.quantities: {name} is fixed by the region's files")
            if self.value is not None and not entry.low <= self.value <= entry.high:
                told = f"outside {entry.low:g} to {entry.high:g}, the range of {name}"
                raise InputError(f"{where}.value: {self.value:g} is {told}")
            for subject in self.of:
                places_of(name, subject, names, f"{where}.of")
        if self.only_if is not None:
            places_of(self.only_if.quantity, self.only_if.of, names, f"{where}.only_if")

    def apply(self, world: World, passed: int = 0) -> World:
        """The World with the quantities, and what makes them or what they drift back to, set."""
        changes: dict[str, np.ndarray] = {}
        for name in self.quantities:
            changes |= self._forced(world, name)
        return world.replace(changes)

    def _forced(self, world: World, name: str) -> Mapping[str, np.ndarray]:
        before: np.ndarray = getattr(world, name)
        cut = self._where(world, name, before)
        after = np.where(cut, self._moved(name, before), before).astype(before.dtype)
        changes = {name: after}
        if name in _DRIFTS_TO:
            drift = getattr(world, _DRIFTS_TO[name])
            changes[_DRIFTS_TO[name]] = np.where(cut, self._moved(name, drift), drift).astype(drift.dtype)
        if name in _INTERCEPTS:
            level = getattr(world, _INTERCEPTS[name])
            shift = _log_odds(after) - _log_odds(before)
            changes[_INTERCEPTS[name]] = (level + np.where(cut, shift, 0.0)).astype(level.dtype)
        if name == "trust":
            for reputation in _REPUTATIONS:
                changes[reputation] = self._reputation(getattr(world, reputation), cut)
        return changes

    def _reputation(self, reputation: np.ndarray, cut: np.ndarray) -> np.ndarray:
        entry = GLOSSARY[_REPUTATIONS[0]]
        moved = np.clip(_log_odds(self._moved("trust", logistic(reputation))), entry.low, entry.high)
        return np.where(cut, moved, reputation).astype(reputation.dtype)

    def _moved(self, name: str, before: np.ndarray) -> Any:
        entry = GLOSSARY[name]
        return np.clip(before + self.add, entry.low, entry.high) if self.add is not None else self.value

    def _where(self, world: World, name: str, before: np.ndarray) -> np.ndarray:
        if self.of:
            cut = np.zeros(before.shape, bool)
            for subject in self.of:
                for place in places_of(name, subject, world.names, "surgery"):
                    at_places(cut, place)[...] = True
        else:
            cut = before > 0
        if self.only_if is not None:
            cut = cut & self.only_if.holds(world).reshape(-1, *[1] * (before.ndim - 1))
        return cut

    def text(self) -> str:
        """As the event log and the tables tell it."""
        how = f"set to {self.value:g}" if self.value is not None else f"moved by {self.add:+g}"
        whose = f" of {', '.join(self.of)}" if self.of else ""
        lasting = f" for {self.months} months" if self.months > 1 else ""
        return f"{', '.join(self.quantities)}{whose} {how} by surgery{lasting}{self._if()}"

    def _if(self) -> str:
        if self.only_if is None:
            return ""
        item = self.only_if
        bounds = [
            f"{word} {value:g}" for word, value in (("above", item.above), ("below", item.below)) if value is not None
        ]
        return f", where {item.quantity} of {item.of} is {' and '.join(bounds)}"


def cut_by_force(events: Any) -> list[Surgery]:
    """The surgery among some events."""
    return [event for event in events if isinstance(event, Surgery)]


def _log_odds(values: Any) -> np.ndarray:
    return log_odds(np.clip(np.asarray(values, float), _SURE, 1.0 - _SURE))
