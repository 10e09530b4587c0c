"""What is asked of the model on a page, and the checks on everything that a browser may name."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from regime_abm import api
from regime_abm.api import InputError, nearest

LAYERS = ("trust", "threat", "hostility", "alliance", "talks")
SEED_LIMIT = 2**53 - 1  # the largest whole number that a browser holds exactly
FUTURE_LIMIT = 999_999
MINE = "mine"  # the arm of a comparison that asks the question as it stands
WITHOUT = "without"  # and the one that asks it without the acts
MOST_ARMS = 3


Act = tuple[tuple[str, str | int | float | bool], ...]  # an event or lever: its fields and their values, in order


@dataclass(frozen=True)
class Reading:
    """What the model is asked: a scenario, a preset laid under it, parameters set on top, and what somebody does."""

    scenario: str
    preset: str = ""
    parameters: tuple[tuple[str, float], ...] = ()
    acts: tuple[Act, ...] = ()

    @property
    def plain(self) -> bool:
        """Whether it is the scenario as its file tells it."""
        return not (self.preset or self.parameters or self.acts)

    def loaded(self) -> api.Scenario:
        """Return the scenario, ready to run; InputError for what is unknown or out of range."""
        return _loaded(self, id(_offered.get(self.scenario)))

    def digest(self, *more: Any) -> str:
        """Return eight hexadecimal digits that change with anything said here."""
        said = repr((self.scenario, self.preset, self.parameters, self.acts, *more))
        return hashlib.sha256(said.encode()).hexdigest()[:8]


@lru_cache(maxsize=64)
def _loaded(reading: Reading, offered: int) -> api.Scenario:
    scenario = _offered.get(reading.scenario) or api.load(reading.scenario)
    if reading.preset:
        scenario = scenario.with_preset(check_preset(reading.preset))
    if reading.parameters:
        scenario = scenario.with_parameters(dict(reading.parameters))
    return scenario.with_events([dict(act) for act in reading.acts]) if reading.acts else scenario


@dataclass(frozen=True)
class View:
    """What the address of the page says: which run is watched, at which month, through which layer."""

    scenario: str
    seed: int = 1
    replicate: int = 0
    month: int = 0
    layer: str = "trust"
    preset: str = ""
    parameters: tuple[tuple[str, float], ...] = ()
    acts: tuple[Act, ...] = ()
    arms: tuple[str, ...] = ()  # what is compared: "mine", "without", a scenario, or "scenario+preset"; () for what is usual
    about: str = ""  # what is explained, like "agreement:CODE", "tie:DPRK>USA"; "" for what is usual

    @property
    def first(self) -> Reading:
        """What is asked before anybody intervenes."""
        return Reading(self.scenario, self.preset, self.parameters)

    def arm(self, words: str) -> Reading:
        """What an arm of a comparison asks; InputError for a scenario or preset that is not known."""
        if words in (MINE, WITHOUT):
            return self.second if words == MINE else self.first
        scenario, _, preset = words.partition("+")
        reading = Reading(check_scenario(scenario).name, preset[:60])
        reading.loaded()
        return reading

    @property
    def asked(self) -> str | Reading:
        """What the other futures are asked; the plain name where nothing was changed, so that all share them."""
        return self.scenario if self.first.plain else self.first

    @property
    def second(self) -> Reading:
        """The same with what is done in the branch."""
        return Reading(self.scenario, self.preset, self.parameters, self.acts)


_offered: dict[str, api.Scenario] = {}


def offer(path: str) -> str:
    """Add the scenario of a file, named on the command line and never by a browser, and return its name."""
    scenario = api.load(path)
    _offered[scenario.name] = scenario
    return scenario.name


def scenario_of(asked: str | Reading) -> str | api.Scenario:
    """Return what the model takes for a name or a reading that has been checked."""
    if isinstance(asked, Reading):
        return asked.loaded()
    return _offered.get(asked, asked)


@lru_cache(maxsize=1)
def _shipped(turn: int) -> tuple[api.ScenarioInfo, ...]:
    return tuple(api.scenarios())


def scenarios() -> tuple[api.ScenarioInfo, ...]:
    """Return what can be watched, offered files first; the shipped ones are read once in ten seconds."""
    offered = [
        api.ScenarioInfo(s.name, s.title, s.question, api.month_text(s.start), s.months) for s in _offered.values()
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
    if isinstance(value, bool) or len(text) > 20 or not text.lstrip("-").isascii() or not text.lstrip("-").isdigit():
        raise InputError(f"{name}: {text[:30]!r} is not a whole number from {low} to {high}")
    number = int(text)
    if not low <= number <= high:
        raise InputError(f"{name}: {number} is outside {low} to {high}")
    return number


def check_preset(name: str) -> str:
    """Return the name of a shipped preset, never a path, or raise InputError with the nearest right word."""
    known = [preset.name for preset in _presets()]
    if name not in known:
        raise InputError(f"preset: {name[:60]!r} is not known{nearest(name[:60], known)}")
    return name


@lru_cache(maxsize=1)
def _presets() -> tuple[api.Preset, ...]:
    return tuple(api.presets())


def ordered(fields: Mapping[str, Any]) -> Act:
    """Return the fields of an act in the one order in which links and undo compare them."""
    first = ("month", "kind")
    names = sorted(fields, key=lambda name: (first.index(name) if name in first else len(first), name))
    return tuple((name, fields[name]) for name in names)


def check_parameter(name: Any, value: Any) -> tuple[str, float]:
    """Return a parameter's name and value or raise InputError with the nearest right word and the allowed range."""
    known = parameters()
    name = str(name)[:80]
    if name not in known:
        raise InputError(f"parameter: {name!r} is not known{nearest(name, known)}")
    row = known[name]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not row["low"] <= value <= row["high"]:
        raise InputError(f"{name}: {str(value)[:20]} is outside {row['low']:g} to {row['high']:g} ({row['unit']})")
    return name, float(f"{value:.6g}")  # as an address tells it


@lru_cache(maxsize=1)
def parameters() -> Mapping[str, dict[str, Any]]:
    """Return every parameter of the model by its name."""
    return {row["name"]: row for row in api.parameter_table()}
