"""The event log: what happened in one future, month by month, in plain words. Reads recorded Worlds only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from regime_abm.core.names import SEVERITY
from regime_abm.core.world import World
from regime_abm.files import month_text
from regime_abm.measures.agreement_log import Called, Told, agreements, months, name_of, short

KINDS = (
    "leader",
    "campaign",
    "test",
    "threat",
    "force",
    "talks",
    "forum",
    "offer",
    "agreement",
    "step",
    "dispute",
    "norm",
    "institution",
    "alliance",
    "scripted",
)
_SHOW, _FORCE = 2, 3
_BY_TALKS, _IN_A_FORUM, _UNDER_AN_AGREEMENT, _FADED = 1, 2, 3, 4
_LEVELS = ("contact", "ad hoc meetings", "regular meetings", "a principles document", "an organisation")
_ZOMBIE, _LIVELY = 0.3, 0.4  # a forum below the first is a zombie, and none again only above the second
_ALLIANCE_CHANGE = 0.1  # which is news


@dataclass(frozen=True)
class Event:
    """One thing that happened. states: the codes it concerns."""

    month: int
    date: str
    kind: str
    text: str
    states: tuple[str, ...]


def events_of_month(
    before: World,
    after: World,
    scripted: Sequence[Any] = (),
    *,
    earlier: Sequence[World] = (),
    called: Called | None = None,
) -> list[Event]:
    """What happened in the month between two Worlds of one replicate.

    earlier: the Worlds up to and including `before`, for what takes more than a month to see (how long a step was overdue).
    called: code of an agreement -> its name, and what each of its steps is, in words.
    """
    earlier, called = earlier or (before,), called or {}
    found: list[Event] = []
    for kind, text, states in (
        *_told(scripted),
        *_leaders(before, after),
        *_force(before, after),
        *_contact(before, after),
        *_disputes(before, after, called),
        *agreements(before, after, earlier, called),
        *_norms(before, after),
        *_institutions(before, after, earlier),
        *_alliances(after, earlier),
    ):
        found.append(Event(after.month, month_text(after.date), kind, text, states))
    return found


def _pairs(flags: np.ndarray) -> list[tuple[int, int]]:
    """The pairs that are flagged, each once."""
    return [(i, j) for i, j in zip(*flags.nonzero(), strict=True) if i < j] if np.count_nonzero(flags) else []


def _told(scripted: Sequence[Any]) -> Told:
    for due in scripted:
        if due.passed == 0:  # what lasts is told once
            why = f" ({due.what.why})" if due.what.why else ""
            yield "scripted", f"As the scenario says, {due.what.text()}{why}.", due.what.states()


def _leaders(before: World, after: World) -> Told:
    for i in after.turnover[0].nonzero()[0]:
        state, change = after.names.states[i], after.hawkishness[0, i] - before.hawkishness[0, i]
        taste = "more hawkish than" if change > 0.05 else "less hawkish than" if change < -0.05 else "as hawkish as"
        served = int(before.leader_age[0, i]) + 1
        text = f"{state}: a new leader takes office after {served} months of the last one, {taste} before."
        yield "leader", text, (state,)


def _force(before: World, after: World) -> Told:
    states = after.names.states
    for i in (after.campaign[0] != before.campaign[0]).nonzero()[0]:
        turn = "begins a campaign of weapons tests" if after.campaign[0, i] else "ends its campaign of weapons tests"
        yield "campaign", f"{states[i]} {turn}.", (states[i],)
    severity = after.severity[0]
    for i in after.tests[0].nonzero()[0]:
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
    for i, j in _pairs(worst >= _SHOW):
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


def _contact(before: World, after: World) -> Told:
    states, rival = after.names.states, after.rival
    for i, j in _pairs(rival & (before.talks[0] != after.talks[0])):
        turn = "open" if after.talks[0, i, j] else "break down"
        yield "talks", f"Talks between {states[i]} and {states[j]} {turn}.", (states[i], states[j])
    for f in after.met[0].nonzero()[0]:
        came = [s for s, here in zip(states, after.attendance[0, f], strict=True) if here]
        away = [s for s, m, h in zip(states, after.member[0, f], after.attendance[0, f], strict=True) if m and not h]
        rest = f"; {' and '.join(away)} {'stays' if len(away) == 1 else 'stay'} away" if away else "; everybody comes"
        yield "forum", f"{after.names.forums[f]} meets with {', '.join(came)}{rest}.", tuple(came)


def _disputes(before: World, after: World, called: Called) -> Told:
    changed = _pairs(((before.dispute[0] > 0) != (after.dispute[0] > 0)) | (after.settled[0] > 0))
    if not changed:
        return
    states, worst = after.names.states, np.maximum(after.severity[0], after.severity[0].T)
    for i, j in changed:
        both, how = (states[i], states[j]), int(after.settled[0, i, j])
        pair, lasted = " and ".join(both), months(int(before.dispute[0, i, j]))
        if how == _FADED:
            yield "dispute", f"The dispute between {pair} fades after {lasted}, unsettled.", both
        elif how:
            by = _procedure(after, i, j, how, called)
            yield "dispute", f"The dispute between {pair} is settled {by} after {lasted}.", both
        if after.dispute[0, i, j] and (how or not before.dispute[0, i, j]):
            over = SEVERITY[int(worst[i, j])] if worst[i, j] >= _SHOW else "no threat or force this month"
            yield "dispute", f"A dispute opens between {pair} ({over}).", both


def _procedure(after: World, i: int, j: int, how: int, called: Called) -> str:
    """How a dispute was settled; forum or agreement by name where only one can have done it."""
    if how == _BY_TALKS:
        return "by talks"
    if how == _IN_A_FORUM:
        places = np.flatnonzero(after.met[0] & after.forum_hard & after.attendance[0, :, i] & after.attendance[0, :, j])
        return f"in {after.names.forums[places[0]]}" if len(places) == 1 else "in a forum"
    rules = np.flatnonzero(after.in_force[0] & after.party[:, i] & after.party[:, j])
    if len(rules) != 1:
        return "under an agreement"
    return f"under {name_of(after, int(rules[0]), called)}"


def _norms(before: World, after: World) -> Told:
    now, states = after.norm_adopted[0], after.names.states
    for i in (now != before.norm_adopted[0]).nonzero()[0]:
        count = f"{int(now.sum())} of {len(states)} states now do"
        if now[i]:
            chance = f"chance {short(float(after.adopt_chance[0, i]))}"
            yield (
                "norm",
                f"{states[i]} formally takes up the norm of non-use of force ({chance}); {count}.",
                (states[i],),
            )
            continue
        against = np.flatnonzero(after.severity[0, i] >= _FORCE)
        seen = [f"force or tests against {' and '.join(states[j] for j in against)}"] if len(against) else []
        seen += ["a new leader"] if after.turnover[0, i] else []
        month = f", in a month with {' and '.join(seen)}" if seen else ""
        yield "norm", f"{states[i]} no longer stands by the norm of non-use of force{month}; {count}.", (states[i],)


def _institutions(before: World, after: World, earlier: Sequence[World]) -> Told:
    for f, (then, now) in enumerate(zip(_stands(before), _stands(after), strict=True)):
        (was_active, old_level, _), (active, level, _) = then, now
        if then == now or not (was_active or active):
            continue
        forum = after.names.forums[f]
        members = tuple(s for s, member in zip(after.names.states, after.member[0, f], strict=True) if member)
        support, vitality = float(after.forum_support[0, f]), float(after.forum_vitality[0, f])
        numbers = f"support {short(support)}, vitality {f'{vitality:.3f}'.removeprefix('0')}"
        if level != old_level:
            turn = "rises" if level > old_level else "falls"
            yield "institution", f"{forum} {turn} to level {level}, {_LEVELS[level]}; {numbers}.", members
        if was_active != active:
            turn = "begins to meet" if active else "calls no more meetings"
            yield "institution", f"{forum} {turn}; level {level}, {numbers}.", members
            continue
        was, is_now = _zombie(reversed(earlier), f), _zombie((after, *reversed(earlier)), f)
        if is_now and not was:
            yield "institution", f"{forum} is a zombie now: level {level} on paper, {numbers}.", members
        elif was and not is_now and level >= 1:
            yield "institution", f"{forum} is alive again: level {level}, {numbers}.", members


def _stands(world: World) -> list[tuple[bool, int, bool | None]]:
    """For each forum: whether it is active, its level, and whether this month alone makes it a zombie (None: as before)."""
    found = zip(
        world.forum_active[0].tolist(), world.forum_level[0].tolist(), world.forum_vitality[0].tolist(), strict=True
    )
    return [(active, int(level), _zombie_now(active, level, vitality)) for active, level, vitality in found]


def _zombie_now(active: bool, level: float, vitality: float) -> bool | None:
    """Between the two thresholds a forum stays what it was, so the log does not flicker."""
    if level < 1 or vitality >= _LIVELY or not active:
        return False
    return True if vitality < _ZOMBIE else None


def _zombie(latest_first: Iterable[World], f: int) -> bool:
    """Whether a forum stands on paper only."""
    for world in latest_first:
        found = _zombie_now(
            bool(world.forum_active[0, f]), float(world.forum_level[0, f]), float(world.forum_vitality[0, f])
        )
        if found is not None:
            return found
    return False


def _alliances(after: World, earlier: Sequence[World]) -> Told:
    """Once a year, what has moved by more than a tenth since it was last told, or since the record began."""
    if after.month % 12:
        return
    years, states = [*(world for world in earlier if world.month % 12 == 0), after], after.names.states
    for i, j in _pairs(years[0].alliance[0] > 0):
        pair = f"The alliance between {states[i]} and {states[j]} is"
        strength = [float(world.alliance[0, i, j]) for world in years]
        aim = [float(max(world.exclusivity[0, i, j], world.exclusivity[0, j, i])) for world in years]
        for values, up, down in (
            (strength, "stronger", "weaker"),
            (aim, "more aimed at outsiders", "less aimed at outsiders"),
        ):
            told = _last_told(values)
            if told is not None:
                then, now = values[told], values[-1]
                date = month_text(years[told].date)
                words = f"{pair} {up if now > then else down} than in {date}: {short(now)} after {short(then)}."
                yield "alliance", words, (states[i], states[j])


def _last_told(values: Sequence[float]) -> int | None:
    """Where the last value is news: the place of the one that it is news against."""
    told = 0
    for place, value in enumerate(values):
        if abs(value - values[told]) > _ALLIANCE_CHANGE:
            if place == len(values) - 1:
                return told
            told = place
    return None
