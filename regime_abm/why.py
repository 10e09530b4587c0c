"""Why a state did what it did: the very terms that the equations summed, never a story told afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any

import numpy as np

from regime_abm.core.maths import logistic
from regime_abm.core.names import ACTIONS
from regime_abm.core.world import GLOSSARY
from regime_abm.errors import InputError, nearest
from regime_abm.mechanisms import choice, forums, provocation, threat
from regime_abm.region_files import CERTAINTY, DYAD_QUANTITIES, STATE_QUANTITIES, Given

if TYPE_CHECKING:
    from regime_abm.future import Watch


@dataclass(frozen=True)
class WhyPart:
    """One sum: terms (label, value, note) that add up to total, exactly and in this order."""

    title: str
    unit: str
    terms: list[tuple[str, float, str]]
    total: float
    note: str = ""


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


def _at(value: Any, *place: int) -> float:
    """One number of a term that broadcasts to (1, N, N) or (1, N)."""
    array = np.asarray(value, float)
    if array.ndim == 0:
        return float(array)
    return float(array[tuple(0 if size == 1 else p for size, p in zip(array.shape, (0, *place), strict=True))])


def _part(title: str, unit: str, terms: Mapping[str, Any], *place: int, note: str = "") -> WhyPart:
    values = [(label, _at(value, *place), "") for label, value in terms.items()]
    return WhyPart(title, unit, values, _in_order(values), note)


def _in_order(terms: list[tuple[str, float, str]]) -> float:
    """The terms added up one after the other in the World's precision, as the equations do."""
    return float(reduce(add, (np.float32(value) for _, value, _ in terms), np.float32(0.0)))


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
        terms = choice.own_terms(world, engine.part("choice").p, engine.luck.at("choice", month))
        act = ACTIONS[int(world.action[0, i, j])]
        chances = {name: float(world.decision[0, place, i, j]) for place, name in enumerate(ACTIONS)}
        parts.append(
            _part(
                f"What spoke for {state} cooperating with {other}",
                "payoff; above 0 favours cooperation",
                terms,
                i,
                j,
                note=f"The sum weighs the five acts against their costs; luck then drew one: {act}.",
            )
        )
    fear = _part(
        f"What {state} fears of {other}",
        "log-odds of the threat",
        threat.terms(world, engine.part("threat").p),
        i,
        j,
    )
    parts.append(_noted(fear, f"The threat this makes: {float(world.threat[0, i, j]):.2f} on a scale from 0 to 1."))
    weight = engine.part("belief").p.government_weight
    beliefs = {
        "reputation of the state, whoever leads it": weight * logistic(world.trust_government),
        "reputation of the present leader": (1.0 - weight) * logistic(world.trust_leader),
    }
    note = "As it stands after this month's acts were seen; it enters next month's choices."
    parts.append(_part(f"How far {state} trusts {other}", "probability", beliefs, i, j, note=note))
    return Why(
        f"{state}>{other}, {date}",
        f"Why did {state} act as it did toward {other} in {date}?",
        parts,
        chances,
        act,
        _inputs(watch, state, other),
    )


def _noted(part: WhyPart, note: str) -> WhyPart:
    return WhyPart(part.title, part.unit, part.terms, part.total, note)


def why_state(watch: Watch, state: str, month: int) -> Why:
    """The exact terms of what moved one state in a month. Raises InputError for an unknown state."""
    i = _known(state, watch.states)
    engine, world, date = watch.run.engine, watch.worlds[month], watch.date(month)
    parts: list[WhyPart] = []
    if month > 0 and world.programme[i]:
        ends, begins = provocation.switch_terms(world, engine.part("provocation").p, np.array([i]))
        testing = bool(watch.worlds[month - 1].campaign[0, i])
        part = _part(
            f"Chance that {state}'s campaign of tests {'ends' if testing else 'begins'}",
            "log-odds per month",
            ends if testing else begins,
            0,
        )
        parts.append(_noted(part, f"The chance this makes: {float(logistic(part.total)):.3f} in this month."))
    attendance = forums.terms(world, engine.part("forums").p, np.arange(len(watch.forums)))
    for f in np.flatnonzero(world.met[0] & world.member[0, :, i]):
        part = _part(f"Whether {state} comes to {watch.forums[f]}", "log-odds", attendance, int(f), i)
        came = "came" if world.attendance[0, f, i] else "stayed away"
        parts.append(_noted(part, f"The chance this makes: {float(logistic(part.total)):.2f}; {state} {came}."))
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
                _in_order(values),
                "One number for each other state; ask for the tie to see what each is made of.",
            )
        )
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
