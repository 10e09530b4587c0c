"""The sums that answer "why?": the very terms of the equations, of the World as the step found it, added up in their order.

What a state or a tie of states went through in a month besides its acts: credibility, will, the norm, agreements, disputes,
alliances, arms. A step that does not run in the scenario's month has no part here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass, replace
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any

import numpy as np

from regime_abm.core.maths import logistic
from regime_abm.core.names import PUSHED
from regime_abm.core.world import World
from regime_abm.mechanisms import agreements, arming, credibility, disputes, institutions, norms, will

if TYPE_CHECKING:
    from regime_abm.future import Watch
    from regime_abm.scenario import Run

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
_FIRST = np.array([0])  # the one future that is watched
_CLOSED = ("stays open", "is settled by talks", "is settled in a forum", "is settled under an agreement", "fades")


@dataclass(frozen=True)
class WhyPart:
    """One sum: terms (label, value, note) that add up to total, exactly and in this order."""

    title: str
    unit: str
    terms: list[tuple[str, float, str]]
    total: float
    note: str = ""


def at(value: Any, *place: int) -> float:
    """One number of a term that broadcasts to (1, N, N), (1, N) or (1,)."""
    array = np.asarray(value, float)
    if array.ndim == 0:
        return float(array)
    return float(array[tuple(0 if size == 1 else p for size, p in zip(array.shape, (0, *place), strict=True))])


def part(title: str, unit: str, terms: Mapping[str, Any], *place: int, note: str = "") -> WhyPart:
    """A part from a mechanism's terms."""
    values = [(label, at(value, *place), "") for label, value in terms.items()]
    return WhyPart(title, unit, values, in_order(values), note)


def in_order(terms: list[tuple[str, float, str]]) -> float:
    """The terms added up one after the other in the World's precision, as the equations do."""
    return float(reduce(add, (np.float32(value) for _, value, _ in terms), np.float32(0.0)))


def noted(sum_: WhyPart, note: str) -> WhyPart:
    """The same part with a note under it."""
    return replace(sum_, note=note)


def chance_of(sum_: WhyPart) -> float:
    """The probability that a sum of log-odds makes."""
    return float(logistic(np.float32(sum_.total)))


def pushed(sum_: WhyPart, watch: Watch, month: int, quantity: str, *place: int) -> WhyPart:
    """The same part, with a note on who pushed where optional modules, levers or events did.

    quantity, place: the fleeting quantity that the sum takes up, and where in the World's array for one future.
    """
    sources = _pushes(watch, month, quantity, *place)
    whole = sum(sources.values())
    if not whole:
        return sum_
    terms = []
    for label, value, note in sum_.terms:
        if label == PUSHED:  # some sums take a push up by a weight, or with the other sign
            note = ", ".join(f"{name} {push * value / whole:+.2f}" for name, push in sources.items())
        terms.append((label, value, note))
    return replace(sum_, terms=terms)


def _pushes(watch: Watch, month: int, quantity: str, *place: int) -> dict[str, float]:
    """Source -> what it added to a fleeting quantity in a month; sources that added nothing are left out."""
    steps = [step.name for step in watch.run.engine.parts]
    optional = [name for name in steps if name in watch.scenario.modules]
    found, before = {}, 0.0
    # Modules come right after the calendar: each step from there on finds what the one before it left.
    for source, finder in zip(("levers and events", *optional), steps[1:], strict=False):
        now = at(getattr(as_found(watch, finder, month), quantity), *place)
        if now != before:
            found[source] = now - before
        before = now
    return found


def runs(watch: Watch, mechanism: str) -> bool:
    """Whether a mechanism is a step of the month."""
    return any(step.name == mechanism for step in watch.run.engine.parts)


def found_by(run: Run, before: World, mechanism: str) -> World:
    """The World as a step of the month after `before` finds it: what goes before it in the month is run, with the same luck."""
    engine = copy(run.engine)
    engine.parts = engine.parts[: [step.name for step in engine.parts].index(mechanism)]
    engine.actors = copy(engine.actors)  # whose memory of the latest month must stay as it is
    return replace(run, engine=engine).month(before)


def as_found(watch: Watch, mechanism: str, month: int) -> World:
    """The World as a step of a month of the watched future found it."""
    return found_by(watch.run, watch.worlds[month - 1], mechanism)


def of_tie(watch: Watch, i: int, j: int, month: int) -> list[WhyPart]:
    """What one state believed of another's assurances, and what held or wore out what is between them."""
    return [
        *_credibility(watch, i, j, month),
        *_agreements_of_tie(watch, i, j, month),
        *_dispute(watch, i, j, month),
        *_alliance(watch, i, j, month),
    ]


def of_state(watch: Watch, i: int, month: int) -> list[WhyPart]:
    """What moved a state besides others' acts: will, the norm, agreements it was offered or owes steps in, arms."""
    return [
        *_will(watch, i, month),
        *_norm(watch, i, month),
        *_agreements_of_state(watch, i, month),
        *_arms(watch, i, month),
    ]


def _credibility(watch: Watch, i: int, j: int, month: int) -> Iterator[WhyPart]:
    if not runs(watch, "credibility"):
        return
    found, p = as_found(watch, "credibility", month), watch.run.engine.part("credibility").p
    state, other = watch.states[i], watch.states[j]
    whole = part(f"How far {state} believes {other}'s assurances", "log-odds", credibility.terms(found, p), i, j)
    whole = pushed(whole, watch, month, "credibility_push", i, j)
    yield noted(whole, f"The credibility this makes: {chance_of(whole):.2f}.")
    after = credibility.after_the_leader(found, p)
    later = part(f"Whether those who follow in {other} would keep its word to {state}", "log-odds", after, i, j)
    stays, leader = float(found.survival[0, j]), float(logistic(found.trust_leader[0, i, j]))
    note = (
        f"They keep it with chance {chance_of(later):.2f}. The present leader, who keeps it with chance {leader:.2f}, is still "
        f"there when it counts with chance {stays:.2f}; the mix of both enters credibility."
    )
    yield noted(later, note)


def _will(watch: Watch, i: int, month: int) -> Iterator[WhyPart]:
    if not runs(watch, "will"):
        return
    found, p = as_found(watch, "will", month), watch.run.engine.part("will").p
    whole = part(f"How willing {watch.states[i]} is to spend capital on diplomacy", "log-odds", will.terms(found, p), i)
    whole = pushed(whole, watch, month, "will_push", i)
    yield noted(whole, f"The will this makes: {chance_of(whole):.2f} on a scale from 0 to 1.")


def _norm(watch: Watch, i: int, month: int) -> Iterator[WhyPart]:
    """What spoke for taking up the norm; nothing once a state stands by it."""
    if not runs(watch, "norms"):
        return
    found, p = as_found(watch, "norms", month), watch.run.engine.part("norms").p
    if found.norm_adopted[0, i]:
        return
    pull = part(f"What speaks for {watch.states[i]} taking up the norm", "log-odds", norms.terms(found, p), i)
    pull = pushed(pull, watch, month, "norm_push", i)
    chance = float(watch.worlds[month].adopt_chance[0, i])
    note = f"With all for it the chance is {p.speed:.3f} a month; this sum and the other great powers make it {chance:.4f}."
    yield noted(pull, note)


def _dispute(watch: Watch, i: int, j: int, month: int) -> Iterator[WhyPart]:
    """What spoke for settling a dispute that was open between two rivals."""
    before, after = watch.worlds[month - 1], watch.worlds[month]
    if not runs(watch, "disputes") or not before.dispute[0, i, j]:
        return
    found, p = as_found(watch, "disputes", month), watch.run.engine.part("disputes").p
    pair = f"{watch.states[i]} and {watch.states[j]}"
    terms = disputes.settle_terms(found, p, np.array([i]), np.array([j]))
    settle = part(f"Whether the dispute between {pair} is settled", "log-odds in this month", terms, 0)
    heard = p.hearings * disputes.hearings(found, np.array([i]), np.array([j]))[0, 0]
    possible = f"The chance this makes: {chance_of(settle):.3f}"
    if not (found.talks[0, i, j] or found.bound[0, i, j] > 0 or heard > 0):
        possible = "No talks, hearing or agreement was there, so it could not be"
    how = _CLOSED[int(after.settled[0, i, j])]
    lasted = int(before.dispute[0, i, j])
    yield noted(settle, f"{possible}; it had been open for {lasted} month{'s' if lasted != 1 else ''} and {how}.")


def named(watch: Watch, g: int | np.integer) -> str:
    """The name of an agreement in words."""
    code = watch.worlds[0].names.agreements[g]
    return watch.scenario.region.agreements[code].name


def agreements_found(watch: Watch, month: int) -> tuple[World, Any] | None:
    """The World as the step of agreements found it, with the ages of that month, and the step's parameters."""
    if not runs(watch, "agreements"):
        return None
    found = as_found(watch, "agreements", month)
    aged = found.replace({"agreement_age": found.agreement_age + found.in_force})
    return aged, watch.run.engine.part("agreements").p


def signing(watch: Watch, month: int, found: World, p: Any, g: int, i: int) -> WhyPart:
    """Why a state would sign an agreement that is on the table. found, p: as of :func:`agreements_found`."""
    terms = agreements.sign_terms(found, p, _FIRST, np.array([g]))
    sign = part(f"Whether {watch.states[i]} signs {named(watch, g)}", "log-odds", terms, i)
    return pushed(sign, watch, month, "sign_push", g, i)


def stepping(watch: Watch, month: int, found: World, p: Any, g: int) -> WhyPart:
    """Why the state whose turn it is would take the next step of an agreement in force."""
    done = int(found.steps_done[0, g])
    owner = int(found.agreement_turn[g, done])
    terms = agreements.step_terms(found, p, _FIRST, np.array([g]))
    title = f"Whether {watch.states[owner]} takes the {ORDINALS[done]} step in {named(watch, g)}"
    return pushed(part(title, "log-odds in this month", terms), watch, month, "step_push", g, owner)


def reviewing(watch: Watch, found: World, p: Any, g: int, i: int) -> WhyPart:
    """Why a state's new leader would keep an agreement in force."""
    terms = agreements.review_terms(found, p, _FIRST, np.array([g]), np.array([i]))
    return part(f"Whether the new leader of {watch.states[i]} keeps {named(watch, g)}", "log-odds", terms)


def lapsing(watch: Watch, found: World, p: Any, g: int) -> WhyPart:
    """What held or wore out an agreement in force."""
    return part(f"Whether {named(watch, g)} lapses", "log-odds in this month", agreements.lapse_terms(found, p), g)


def _agreements_of_tie(watch: Watch, i: int, j: int, month: int) -> Iterator[WhyPart]:
    """What held or wore out each agreement in force between two states."""
    known = agreements_found(watch, month)
    if known is None:
        return
    found, p = known
    after = watch.worlds[month]
    for g in np.flatnonzero(found.in_force[0] & found.party[:, i] & found.party[:, j]):
        lapse = lapsing(watch, found, p, int(g))
        done, steps = int(after.steps_done[0, g]), int(found.agreement_steps[g])
        told = f"{done} of {steps} steps are reported as taken" if steps else "it foresees no steps"
        came = "it ended in this month" if after.ended[0, g] else "it stays in force"
        yield noted(lapse, f"The chance this makes: {chance_of(lapse):.3f}; {told}; {came}.")


def _agreements_of_state(watch: Watch, i: int, month: int) -> Iterator[WhyPart]:
    """Why a state would sign what was on the table, take the step it owes, or keep what its new leader reviews."""
    known = agreements_found(watch, month)
    if known is None:
        return
    found, p = known
    after, state = watch.worlds[month], watch.states[i]
    for g in np.flatnonzero(after.offered[0] & found.party[:, i]):
        sign = signing(watch, month, found, p, int(g), i)
        came = "it was signed" if after.signed[0, g] else "it was not signed, since not all parties would"
        yield noted(sign, f"The chance this makes: {chance_of(sign):.2f}; {came}.")
    for g in np.flatnonzero(found.in_force[0] & found.party[:, i]):
        done = int(found.steps_done[0, g])
        owed = done < found.agreement_steps[g] and found.agreement_turn[g, done] == i
        if owed and after.in_force[0, g] and after.steps_due[0, g] > done:
            step = stepping(watch, month, found, p, int(g))
            came = "reports it as taken" if after.steps_done[0, g] > done else "leaves it undone"
            yield noted(step, f"The chance this makes: {chance_of(step):.2f}; {state} {came}.")
        if found.turnover[0, i]:
            review = reviewing(watch, found, p, int(g), i)
            yield noted(review, f"The chance this makes: {chance_of(review):.2f}.")


def _alliance(watch: Watch, i: int, j: int, month: int) -> Iterator[WhyPart]:
    """What the alliance of two states drifts to."""
    if not runs(watch, "institutions") or watch.worlds[0].alliance[0, i, j] <= 0:
        return
    found, p = as_found(watch, "institutions", month), watch.run.engine.part("institutions").p
    allied = found.alliance_start > 0.0
    fear = institutions.outside_threat(found.threat, allied) - found.outside_threat_start
    pair = f"{watch.states[i]} and {watch.states[j]}"
    for what, quantity, answer in (
        ("strength", "alliance", p.tightening),
        ("aim at outsiders", "exclusivity", p.hardening),
    ):
        terms = institutions.alliance_terms(getattr(found, f"{quantity}_start"), fear, answer=answer)
        drift = part(f"Where the alliance of {pair} drifts: {what}", "scale from 0 to 1", terms, i, j)
        now = float(getattr(watch.worlds[month], quantity)[0, i, j])
        yield noted(drift, f"It stands at {now:.2f} and goes {p.alliance_pace:.2f} of the way in a month.")


def _arms(watch: Watch, i: int, month: int) -> Iterator[WhyPart]:
    """What pushes a state's posture."""
    if not runs(watch, "arming"):
        return
    found, p = as_found(watch, "arming", month), watch.run.engine.part("arming").p
    push = part(f"What pushes {watch.states[i]} to arm", "posture; above 0 arms", arming.terms(found, p), i)
    before, now = float(found.posture[0, i]), float(watch.worlds[month].posture[0, i])
    yield noted(push, f"Posture follows by {p.pace:.2f} of it in a month: from {before:.3f} to {now:.3f}.")
