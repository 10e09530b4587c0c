"""Why a state did what it did: the very terms that the equations summed, never a story told afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from regime_abm.core.maths import logistic
from regime_abm.core.names import ACTIONS
from regime_abm.core.world import GLOSSARY
from regime_abm.errors import InputError, nearest
from regime_abm.mechanisms import choice, forums, provocation, threat
from regime_abm.region_files import CERTAINTY, DYAD_QUANTITIES, STATE_QUANTITIES, Given
from regime_abm.why_parts import WhyPart, as_found, chance_of, in_order, noted, of_state, of_tie, part, pushed

if TYPE_CHECKING:
    from regime_abm.future import Watch


@dataclass(frozen=True)
class Why:
    """An answer: sums, the chances of the five acts (where there is a choice), and the inputs with their sources.

    inputs: (meaning, value in this future, source with range, certainty in words).
    """

    title: str
    question: str
    parts: list[WhyPart]
    action_probabilities: dict[str, float]
    action: str
    inputs: list[tuple[str, float, str, str]]


def _known(code: str, states: tuple[str, ...]) -> int:
    if code not in states:
        raise InputError(f"unknown state {code!r}{nearest(code, states)}")
    return states.index(code)


def why_tie(watch: Watch, state: str, other: str, month: int) -> Why:
    """The exact terms of what one state did, feared and believed about another. Raises InputError for an unknown state."""
    i, j = _known(state, watch.states), _known(other, watch.states)
    if i == j:
        raise InputError(f"{state}>{other}: a tie needs two different states")
    engine, world, date = watch.run.engine, watch.worlds[month], watch.date(month)
    parts: list[WhyPart] = []
    chances: dict[str, float] = {}
    act = ""
    if month > 0:
        found = as_found(watch, "choice", month)
        terms = choice.own_terms(found, engine.part("choice").p, engine.luck.at("choice", month))
        act = ACTIONS[int(world.action[0, i, j])]
        chances = {name: float(world.decision[0, place, i, j]) for place, name in enumerate(ACTIONS)}
        gain = part(
            f"What spoke for {state} cooperating with {other}",
            "payoff; above 0 favours cooperation",
            terms,
            i,
            j,
            note=f"The sum weighs the five acts against their costs; luck then drew one: {act}.",
        )
        parts.append(pushed(gain, watch, month, "gain_push", i, j))
    fear = part(
        f"What {state} fears of {other}",
        "log-odds of the threat",
        threat.terms(as_found(watch, "threat", month) if month else world, engine.part("threat").p),
        i,
        j,
    )
    fear = pushed(fear, watch, month, "threat_push", i, j) if month else fear
    parts.append(noted(fear, f"The threat this makes: {float(world.threat[0, i, j]):.2f} on a scale from 0 to 1."))
    weight = engine.part("belief").p.government_weight
    beliefs = {
        "reputation of the state, whoever leads it": weight * logistic(world.trust_government),
        "reputation of the present leader": (1.0 - weight) * logistic(world.trust_leader),
    }
    note = "As it stands after this month's acts were seen; it enters next month's choices."
    parts.append(part(f"How far {state} trusts {other}", "probability", beliefs, i, j, note=note))
    if month > 0:
        parts += of_tie(watch, i, j, month)
    return Why(
        f"{state}>{other}, {date}",
        f"Why did {state} act as it did toward {other} in {date}?",
        parts,
        chances,
        act,
        _inputs(watch, state, other),
    )


def why_state(watch: Watch, state: str, month: int) -> Why:
    """The exact terms of what moved one state in a month. Raises InputError for an unknown state."""
    i = _known(state, watch.states)
    engine, world, date = watch.run.engine, watch.worlds[month], watch.date(month)
    parts: list[WhyPart] = []
    if month > 0 and world.programme[i]:
        found = as_found(watch, "provocation", month)
        ends, begins = provocation.switch_terms(found, engine.part("provocation").p, np.array([i]))
        testing = bool(found.campaign[0, i])
        switch = part(
            f"Chance that {state}'s campaign of tests {'ends' if testing else 'begins'}",
            "log-odds per month",
            ends if testing else begins,
            0,
        )
        switch = pushed(switch, watch, month, "campaign_push", i)
        parts.append(noted(switch, f"The chance this makes: {chance_of(switch):.3f} in this month."))
    if month > 0 and (world.met[0] & world.member[0, :, i]).any():
        found = as_found(watch, "forums", month)
        attendance = forums.terms(found, engine.part("forums").p, np.arange(len(watch.forums)))
        for f in np.flatnonzero(world.met[0] & world.member[0, :, i]):
            coming = part(f"Whether {state} comes to {watch.forums[f]}", "log-odds", attendance, int(f), i)
            coming = pushed(coming, watch, month, "attend_push", int(f), i)
            came = "came" if world.attendance[0, f, i] else "stayed away"
            parts.append(noted(coming, f"The chance this makes: {chance_of(coming):.2f}; {state} {came}."))
    ties = {
        f"toward {other}": world.cooperation_gain[0, i, j]
        for j, other in enumerate(watch.states)
        if j != i and month > 0
    }
    if ties:
        values = [(label, float(value), "") for label, value in ties.items()]
        parts.append(
            WhyPart(
                f"How much better cooperation looked to {state}",
                "payoff; above 0 favours cooperation",
                values,
                in_order(values),
                "One number for each other state; ask for the tie to see what each is made of.",
            )
        )
    if month > 0:
        parts += of_state(watch, i, month)
    return Why(f"{state}, {date}", f"What moved {state} in {date}?", parts, {}, "", _inputs(watch, state))


def _inputs(watch: Watch, state: str, other: str = "") -> list[tuple[str, float, str, str]]:
    """The starting values that this state or tie rests on: meaning, value drawn, range and source, certainty."""
    scenario, first, states = watch.scenario, watch.worlds[0], watch.states
    given = scenario.region.given(scenario.start, scenario.assumptions)
    place = (0, states.index(state), states.index(other)) if other else (0, states.index(state))
    found = []
    for quantity in DYAD_QUANTITIES if other else STATE_QUANTITIES:
        item: Given = given[quantity, state, other]
        spread = f"{item.low:g} to {item.high:g}, drawn; " if item.is_range else ""
        drawn = float(np.asarray(getattr(first, quantity))[place])
        found.append((GLOSSARY[quantity].meaning, drawn, spread + item.source, CERTAINTY[item.certainty]))
    return found
