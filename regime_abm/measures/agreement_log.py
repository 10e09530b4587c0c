"""What the event log tells of agreements: offered, signed, a step reported, and how and by exactly how much they end.

Sentences are made of recorded numbers alone. A step that is only pretended is told like any other until it is found out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from regime_abm.core.names import SEVERITY
from regime_abm.core.world import World

Told = Iterator[tuple[str, str, tuple[str, ...]]]
Called = Mapping[str, tuple[str, Sequence[str]]]

_LAPSED, _BY_FORCE, _CHEATED, _REVIEWED, _LEFT = 1, 2, 3, 4, 5
_FORCE = 3
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


def agreements(
    before: World, after: World, earlier: Sequence[World], called: Called, only: int | None = None
) -> Told:
    """Kind, sentence and states of all that happened to agreements in the month between two Worlds.

    earlier: the Worlds up to and including `before`, as far back as they are kept; called: code -> its name, and what
    each of its steps is, in words; only: the place of one agreement that is asked about.
    """
    news = after.offered[0] | after.signed[0] | (after.ended[0] > 0) | (after.steps_done[0] > before.steps_done[0])
    for g in news.nonzero()[0] if only is None else [only] if news[only] else []:
        name = name_of(after, int(g), called)
        parties = _parties(after, int(g))
        if before.in_force[0, g]:
            yield from _steps(before, after, int(g), called)
        if after.ended[0, g]:
            yield "agreement", _end(before, after, earlier, int(g), name), parties
        if after.signed[0, g]:
            yield "agreement", f"{_and(parties)} sign {name}; {_chances(after, int(g))}.", parties
        elif after.offered[0, g]:
            yield "offer", f"{name} is on the table and not signed; {_chances(after, int(g))}.", parties


def months(number: int) -> str:
    """``1 month``, ``7 months``."""
    return "1 month" if number == 1 else f"{number} months"


def short(value: float) -> str:
    """A number between 0 and 1: ``.31``, ``1.00``; with a third digit where it is small: ``.008``."""
    return f"{value:.{3 if value < 0.095 else 2}f}".removeprefix("0")


def _parties(world: World, g: int) -> tuple[str, ...]:
    return tuple(state for state, party in zip(world.names.states, world.party[g], strict=True) if party)


def _and(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _chances(world: World, g: int) -> str:
    chances = ", ".join(
        f"{world.names.states[i]} {short(world.sign_chance[0, g, i])}" for i in np.flatnonzero(world.party[g])
    )
    return f"chances of signing: {chances}"


def _owner(world: World, g: int, step: int) -> str:
    owner = int(world.agreement_turn[g, step]) if step < world.agreement_turn.shape[1] else -1
    return world.names.states[owner] if owner >= 0 else ""


def name_of(world: World, g: int, called: Called) -> str:
    """An agreement's name in words, or its code."""
    code = world.names.agreements[g]
    return called[code][0] if code in called else code


def _steps(before: World, after: World, g: int, called: Called) -> Told:
    """Steps reported as taken, pretended ones included."""
    if not after.in_force[0, g] or after.signed[0, g]:
        return
    name, all_steps = name_of(after, g, called), int(after.agreement_steps[g])
    _, words = called.get(after.names.agreements[g], ("", ()))
    for step in range(int(before.steps_done[0, g]), int(after.steps_done[0, g])):
        owner, what = _owner(after, g, step), f": {words[step]}" if step < len(words) and words[step] else ""
        yield (
            "step",
            f"{owner} reports its step as taken, the {_ORDINALS[step]} of {all_steps} in {name}{what}.",
            (owner,),
        )


def _end(before: World, after: World, earlier: Sequence[World], g: int, name: str) -> str:
    age = months(int(before.agreement_age[0, g]) + 1)
    cause, by = int(after.ended[0, g]), int(after.ended_by[0, g])
    state = after.names.states[by] if by >= 0 else "a party"
    if cause == _LAPSED:
        return f"{name} lapses after {age}: {_lapse(before, after, earlier, g)}."
    if cause == _BY_FORCE:
        return f"{name} ends by force after {age}: {_force(after, g, by)}."
    if cause == _CHEATED:
        return f"{name} ends after {age}: it is found out that {state} had only pretended its step{_since(earlier, g, by)}."
    if cause == _LEFT:
        return f"{name} ends after {age}: {state} leaves it."
    found, needed = float(after.review_credibility[0, g]), float(after.review_needed[0, g])
    if needed >= 1.0:
        verdict = f"credibility {short(found)}, and none would have been enough"
    else:
        digits = 2 if f"{found:.2f}" != f"{needed:.2f}" else 4
        verdict = " of the ".join(f"{value:.{digits}f}".removeprefix("0") for value in (found, needed)) + " needed"
        verdict = f"credibility {verdict}"
    return f"{name} ends after {age}: the review after the change of leader in {state} finds {verdict}."


def _lapse(before: World, after: World, earlier: Sequence[World], g: int) -> str:
    steps, done, due = int(after.agreement_steps[g]), int(before.steps_done[0, g]), int(before.steps_due[0, g])
    idle = months(int(before.agreement_idle[0, g]) + 1)
    if not steps:
        return "it foresees no steps"
    if done >= steps:
        return f"all its steps were taken, the last {idle} ago"
    if due <= done:
        return f"no step was overdue, and the last event was {idle} ago"
    late, least = _overdue(after.month, earlier, g, done + 1)
    late_by = f"{'at least ' if least else ''}{months(late)} overdue"
    return f"the {_ORDINALS[done]} step, owed by {_owner(after, g, done)}, was {late_by}"


def _overdue(month: int, earlier: Sequence[World], g: int, step: int) -> tuple[int, bool]:
    """Months since a step fell due, and whether the record begins too late to see when it did."""
    since = month
    for world in reversed(earlier):
        if not world.in_force[0, g] or world.steps_due[0, g] < step:
            return month - since, False
        since = world.month
        if world.agreement_age[0, g] == 0:
            return month - since, False
    return month - since, True


def _since(earlier: Sequence[World], g: int, state: int) -> str:
    """For how long the step had been pretended, as far as the record goes."""
    lasted = 0
    for world in reversed(earlier):
        if state < 0 or world.cheat[0, g] != state:
            break
        lasted += 1
    return f" for {months(lasted)}" if lasted else ""


def _force(after: World, g: int, by: int) -> str:
    """Who used force against which party; the worst of the month when the culprit is not recorded."""
    parties = np.flatnonzero(after.party[g])
    acts = after.severity[0][np.ix_(parties, parties)].copy()
    if by >= 0:
        acts[parties != by] = 0
    i, j = np.unravel_index(int(acts.argmax()), acts.shape)
    rung = int(acts[i, j])
    states = after.names.states
    if rung < _FORCE:
        return states[by] if by >= 0 else "force between its parties"
    return f"{SEVERITY[rung]}, {states[parties[i]]} against {states[parties[j]]}"
