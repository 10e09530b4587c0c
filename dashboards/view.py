"""What the address of a page says, and the checks on everything that a browser may name."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs

from regime_abm import api
from regime_abm.api import InputError, nearest

LAYERS = ("trust", "threat", "hostility", "alliance", "talks")
SEED_LIMIT = 2**53 - 1  # the largest whole number that a browser holds exactly
FUTURE_LIMIT = 999_999


@dataclass(frozen=True)
class View:
    """What the address of the page says: which run is watched, at which month, through which layer."""

    scenario: str
    seed: int = 1
    replicate: int = 0
    month: int = 0
    layer: str = "trust"


_offered: dict[str, api.Scenario] = {}


def offer(path: str) -> str:
    """Add the scenario of a file, named on the command line and never by a browser, and return its name."""
    scenario = api.load(path)
    _offered[scenario.name] = scenario
    return scenario.name


def scenario_of(name: str) -> str | api.Scenario:
    """Return what the model takes for a name that has been checked."""
    return _offered.get(name, name)


@lru_cache(maxsize=1)
def _shipped(turn: int) -> tuple[api.ScenarioInfo, ...]:
    return tuple(api.scenarios())


def scenarios() -> tuple[api.ScenarioInfo, ...]:
    """Return what can be watched, offered files first; the shipped ones are read once in ten seconds."""
    offered = [
        api.ScenarioInfo(s.name, s.title, s.question, api.month_text(s.start), s.months)
        for s in _offered.values()
    ]
    shipped = _shipped(int(time.monotonic() // 10))
    return (*offered, *(info for info in shipped if info.name not in _offered))


def check_scenario(name: str) -> api.ScenarioInfo:
    """Return the scenario of that name or raise InputError with the nearest right word."""
    known = {info.name: info for info in scenarios()}
    if name not in known:
        raise InputError(f"scenario: {str(name)[:60]!r} is not known{nearest(str(name)[:60], known)}")
    return known[name]


def whole(name: str, value: Any, low: int, high: int) -> int:
    """Return `value` as an int within low..high or raise InputError naming the field and its limits."""
    text = str(value).strip()
    if (
        isinstance(value, bool)
        or len(text) > 20
        or not text.lstrip("-").isascii()
        or not text.lstrip("-").isdigit()
    ):
        raise InputError(f"{name}: {text[:30]!r} is not a whole number from {low} to {high}")
    number = int(text)
    if not low <= number <= high:
        raise InputError(f"{name}: {number} is outside {low} to {high}")
    return number


def view_from_query(query: str) -> tuple[View, list[str]]:
    """Read a page address: the view, and one line for each part of it that cannot be used and is left out."""
    asked = {key: values[-1] for key, values in parse_qs(query[:2000], max_num_fields=50).items()}
    complaints: list[str] = []
    info = scenarios()[0]
    if "scenario" in asked:
        try:
            info = check_scenario(asked["scenario"])
        except InputError as error:
            complaints.append(str(error))
    numbers: dict[str, int] = {}
    limits = {"seed": (0, SEED_LIMIT), "replicate": (0, FUTURE_LIMIT), "month": (0, info.months)}
    for name, (low, high) in limits.items():
        if name in asked:
            try:
                numbers[name] = whole(name, asked[name], low, high)
            except InputError as error:
                complaints.append(str(error))
    view = View(info.name, numbers.get("seed", 1), numbers.get("replicate", 0), numbers.get("month", 0))
    return replace(view, layer=asked.get("layer", LAYERS[0])[:40]), complaints
