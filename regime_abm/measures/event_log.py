"""The event log: what happened in one future, month by month, in plain words. Reads recorded Worlds only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from regime_abm.core.names import SEVERITY
from regime_abm.core.world import World
from regime_abm.files import month_text

KINDS = ("leader", "campaign", "test", "threat", "force", "talks", "forum", "scripted")
_SHOW, _FORCE = 2, 3


@dataclass(frozen=True)
class Event:
    """One thing that happened. states: the codes it concerns."""

    month: int
    date: str
    kind: str
    text: str
    states: tuple[str, ...]


def events_of_month(before: World, after: World, scripted: Sequence[Any] = ()) -> list[Event]:
    """What happened in the month between two Worlds of one replicate."""
    found: list[Event] = []
    for kind, text, states in (
        *_told(scripted),
        *_leaders(before, after),
        *_force(before, after),
        *_contact(before, after),
    ):
        found.append(Event(after.month, month_text(after.date), kind, text, states))
    return found


_Told = Iterator[tuple[str, str, tuple[str, ...]]]


def _told(scripted: Sequence[Any]) -> _Told:
    for event in scripted:
        why = f" ({event.why})" if event.why else ""
        yield "scripted", f"As the scenario says, {event.text()}{why}.", tuple(event.codes().values())


def _leaders(before: World, after: World) -> _Told:
    for i in np.flatnonzero(after.turnover[0]):
        state, change = after.names.states[i], after.hawkishness[0, i] - before.hawkishness[0, i]
        taste = "more hawkish than" if change > 0.05 else "less hawkish than" if change < -0.05 else "as hawkish as"
        served = int(before.leader_age[0, i]) + 1
        text = f"{state}: a new leader takes office after {served} months of the last one, {taste} before."
        yield "leader", text, (state,)


def _force(before: World, after: World) -> _Told:
    states = after.names.states
    for i in np.flatnonzero(after.campaign[0] != before.campaign[0]):
        turn = "begins a campaign of weapons tests" if after.campaign[0, i] else "ends its campaign of weapons tests"
        yield "campaign", f"{states[i]} {turn}.", (states[i],)
    severity = after.severity[0]
    for i in np.flatnonzero(after.tests[0]):
        number = int(after.tests[0, i])
        often = {1: "once", 2: "twice"}.get(number, f"{number} times")
        # One target a month; a dyad that itself escalated stands above the rung of a test.
        target = np.flatnonzero(severity[i] == _FORCE)
        at = [states[j] for j in (target if len(target) else np.flatnonzero(severity[i] > _FORCE))]
        aim = f", aimed at {' and '.join(at)}" if at else ""
        yield (
            "test",
            f"{states[i]} tests weapons {often}{aim}.",
            (states[i], *at),
        )
    worst = np.maximum(severity, severity.T)
    for i, j in zip(*np.nonzero(np.triu(worst >= _SHOW, 1)), strict=True):
        a, b, rung = states[i], states[j], int(worst[i, j])
        tested = after.tests[0, i] and after.tests[0, j]
        if rung > _FORCE or (rung == _FORCE and severity[i, j] == severity[j, i] and not tested):
            yield (
                "force",
                f"{a} and {b}: {SEVERITY[rung] if rung > _FORCE else 'an incident with force, no deaths'}.",
                (a, b),
            )
        elif rung == _SHOW:
            who = (
                f"{a} and {b}, each against the other"
                if severity[i, j] == severity[j, i]
                else (f"{a} against {b}" if severity[i, j] == _SHOW else f"{b} against {a}")
            )
            yield "threat", f"Threat or show of force: {who}.", (a, b)


def _contact(before: World, after: World) -> _Told:
    states, rival = after.names.states, after.rival
    for i, j in zip(*np.nonzero(np.triu(rival & (before.talks[0] != after.talks[0]), 1)), strict=True):
        turn = "open" if after.talks[0, i, j] else "break down"
        yield "talks", f"Talks between {states[i]} and {states[j]} {turn}.", (states[i], states[j])
    for f in np.flatnonzero(after.met[0]):
        came = [s for s, here in zip(states, after.attendance[0, f], strict=True) if here]
        away = [s for s, m, h in zip(states, after.member[0, f], after.attendance[0, f], strict=True) if m and not h]
        rest = f"; {' and '.join(away)} {'stays' if len(away) == 1 else 'stay'} away" if away else "; everybody comes"
        yield "forum", f"{after.names.forums[f]} meets with {', '.join(came)}{rest}.", tuple(came)
