"""The worked cases in words of tests/cases, one file for each mechanism; tests/cases/README.md says how to read them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest

from regime_abm.core.engine import Engine
from regime_abm.core.noise import Luck
from regime_abm.core.parameter import name_of
from regime_abm.core.world import GLOSSARY, World
from regime_abm.mechanisms import COMPLETE
from tests.helpers import (
    SEED,
    TESTS,
    ChosenLuck,
    made_up,
    one_month,
    places,
    quantity_of,
    value_in_words,
    values_at,
    with_values,
)

FUTURES = 20
FIELDS = {"case", "world", "parameters", "given", "then", "luck", "expect", "against_twin"}
EXACT = 2e-6  # what single precision can hold
MECHANISMS = {name_of(mechanism): mechanism for mechanism in COMPLETE}


def cases(name: str) -> list[dict[str, Any]]:
    path = TESTS / "cases" / f"{name}.toml"
    return tomllib.loads(path.read_text("utf-8"))["case"] if path.is_file() else []


ALL = [(name, case) for name in MECHANISMS for case in cases(name)]


def worlds_of(mechanism: Any, case: Mapping[str, Any]) -> tuple[World, World, World, set[str]]:
    """The World before, after, and after in the twin that lacks what `then` changes; and chosen luck that nobody drew."""
    scenario = made_up(case.get("world", "trio"))
    chosen = {
        key if "." in key else f"{name_of(mechanism)}.{key}": float(value)
        for key, value in case.get("parameters", {}).items()
    }
    luck = Luck(SEED, scenario.region.names, 0, FUTURES)
    values = scenario.with_parameters(chosen).values(luck)
    given = case.get("given", {})
    first = with_values(scenario.region.first_world(scenario.start, luck), given)
    world = with_values(Engine(COMPLETE, values, luck).start(first), given)
    drawn, twins = (ChosenLuck(world.names, FUTURES, case.get("luck", {})) for _ in range(2))
    before = with_values(world, case.get("then", {}))
    result, twin = one_month(before, values, drawn, (mechanism,)), one_month(world, values, twins, (mechanism,))
    return before, result, twin, drawn.idle() & twins.idle()


def judged(expected: Mapping[str, Any], reference: World, found: World) -> Iterator[str]:
    """Complaints, one for each expectation that does not hold in every future."""
    named: dict[str, set[tuple[int, ...]]] = {}
    for words in expected:
        if not words.endswith(" others"):
            quantity, spots = places(found, words)
            named.setdefault(quantity, set()).update(spots)
    for words, change in expected.items():
        quantity = quantity_of(words)
        if words.endswith(" others"):
            everywhere = places(found, quantity)[1]
            columns = [c for c, spot in enumerate(everywhere) if spot not in named.get(quantity, set())]
            assert columns, f"{words}: there are no others"
            before, now = (values_at(world, quantity)[:, columns] for world in (reference, found))
        else:
            before, now = values_at(reference, words), values_at(found, words)
        if not holds(quantity, change, before, now):
            yield f"{words}: expected {change}, found {before[0].tolist()} -> {now[0].tolist()} in the first future"


def holds(quantity: str, change: Any, before: np.ndarray, now: np.ndarray) -> bool:
    if change == "rises":
        return bool((now > before + EXACT).all())
    if change == "falls":
        return bool((now < before - EXACT).all())
    if change == "same":
        return bool((np.abs(now - before) <= EXACT).all())
    within = EXACT
    if isinstance(change, dict):
        change, within = change["value"], change["within"]
    return bool((np.abs(now - float(value_in_words(quantity, change))) <= within).all())


def complaints(mechanism: Any, case: Mapping[str, Any]) -> list[str]:
    before, result, twin, _ = worlds_of(mechanism, case)
    return [*judged(case.get("expect", {}), before, result), *judged(case.get("against_twin", {}), twin, result)]


@pytest.mark.parametrize(("name", "case"), ALL, ids=[f"{name}: {case['case']}" for name, case in ALL])
def test_the_case_holds_in_every_future(name, case):
    assert set(case) <= FIELDS
    assert complaints(MECHANISMS[name], case) == []
    assert not worlds_of(MECHANISMS[name], case)[-1], "luck is chosen that nobody draws"


@pytest.mark.parametrize("name", MECHANISMS)
def test_every_mechanism_has_at_least_four_cases_that_say_something(name):
    mechanism, found = MECHANISMS[name], cases(name)
    assert len(found) >= 4
    assert len({case["case"] for case in found}) == len(found)
    for case in found:
        expected = {**case.get("expect", {}), **case.get("against_twin", {})}
        assert expected, f"{case['case']}: expects nothing"
        written = {quantity_of(words) for words in expected}
        assert written <= set(mechanism.WRITES), f"{case['case']}: {written} is not what {name} writes"


def _turned(mechanism: Any, quantity: str) -> Any:
    """The mechanism with who and whom exchanged in one thing that it writes."""

    class Turned:
        __name__ = mechanism.__name__

        def __getattr__(self, name):
            return getattr(mechanism, name)

        def step(self, *given):
            changes = dict(mechanism.step(*given))
            if quantity in changes:
                changes[quantity] = np.swapaxes(changes[quantity], -1, -2).copy()
            return changes

    return Turned()


# What a module adds in both directions alike.
MUTUAL = {("rivalry", quantity) for quantity in ("threat_push", "gain_push", "talks_push")}
MUTUAL |= {("mediation", quantity) for quantity in ("mediator", "talks_push", "sight_push")}
MUTUAL |= {("shocks", quantity) for quantity in ("threat_push", "gain_push", "talks_push")}
MUTUAL |= {("good_offices", quantity) for quantity in ("offices_months", "talks_push", "sight_push")}
MUTUAL |= {("normalisation", quantity) for quantity in ("relations", "talks_push")}
DIRECTED = [
    (name, quantity)
    for name, mechanism in MECHANISMS.items()
    for quantity in mechanism.WRITES
    if GLOSSARY[quantity].axes in ("dyad", "dyad and action")
    # these are the same in both directions, or fall back to "nothing" at the end of every month
    and quantity not in ("talks", "breakdown", "hostility", "talks_order", "orders")
    and quantity not in ("dispute", "settled", "hardened", "bound", "guaranteed", "verified")
    and (name, quantity) not in MUTUAL
]


@pytest.mark.parametrize(("name", "quantity"), DIRECTED, ids=[f"{name} {quantity}" for name, quantity in DIRECTED])
def test_a_swapped_who_and_whom_is_caught(name, quantity):
    turned = _turned(MECHANISMS[name], quantity)
    assert any(complaints(turned, case) for case in cases(name))


@pytest.mark.parametrize("name", MECHANISMS)
def test_a_mechanism_that_does_nothing_is_caught(name):
    mechanism = MECHANISMS[name]

    class Idle:
        __name__ = mechanism.__name__

        def __getattr__(self, attribute):
            return getattr(mechanism, attribute)

        def step(self, *_):
            return {}

    assert any(complaints(Idle(), case) for case in cases(name))


def test_the_runner_refuses_a_wrong_claim():
    trust = MECHANISMS["trust"]
    right = next(case for case in cases("trust") if "falls" in case["expect"].values())
    wrong = {**right, "expect": {words: "rises" for words, change in right["expect"].items() if change == "falls"}}
    assert len(complaints(trust, wrong)) == len(wrong["expect"])
    with pytest.raises(KeyError, match="glossary"):
        complaints(trust, {**right, "expect": {"trsut CCC>BBB": "falls"}})


def test_the_cases_are_read_as_the_readme_says():
    text = (TESTS / "cases" / "README.md").read_text("utf-8")
    assert all(f"{field} = " in text for field in FIELDS)
