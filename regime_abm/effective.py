"""What a scenario comes to: every value that is in force and who set it, and what differs between two scenarios.

Nothing is run and nothing is written. Two scenarios between which nothing differs have the same digest and the same futures.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from regime_abm.core.parameter import parameters_of
from regime_abm.errors import InputError, nearest
from regime_abm.files import month_index, month_text, read_toml
from regime_abm.mechanisms import COMPLETE
from regime_abm.paths import is_path
from regime_abm.region import Region
from regime_abm.region_files import Given
from regime_abm.scenario import (
    Preset,
    PresetFile,
    Scenario,
    load,
    load_preset,
    preset_names,
    shipped_names,
)

NOBODY = "stated value"
DRAWN = "drawn from its prior"
_TOLD_ONLY = (
    "name",
    "x",
    "y",
    "source",
    "certainty",
    "start",
    "end",
    "signed",
    "ended",
    "done",
)  # or counted at the start


@dataclass(frozen=True)
class Setting:
    """A parameter in force. value: None where each future draws its own. by: who set it."""

    name: str
    value: float | None
    by: str
    low: float
    high: float
    prior: str
    unit: str
    evidence: str
    source: str


@dataclass(frozen=True)
class Start:
    """A starting value in force, like ``"trust DPRK>USA"``; each future draws its own between low and high."""

    name: str
    value: float
    low: float
    high: float
    certainty: str
    source: str
    by: str


@dataclass(frozen=True)
class Scripted:
    """An event or lever of the scenario. what: its kind and whom it concerns, field by field."""

    month: str
    what: Mapping[str, str]
    why: str
    by: str


@dataclass(frozen=True)
class Effective:
    """What a scenario, or a preset (then the parameters alone), comes to.

    about: start, months, modules, region and preset -> (value, who set it). facts: thing of the region, like ``forum ARF`` ->
    field -> value, as they are at the start.
    """

    name: str
    title: str
    about: Mapping[str, tuple[str, str]]
    parameters: tuple[Setting, ...]
    starting: tuple[Start, ...] = ()
    events: tuple[Scripted, ...] = ()
    facts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """SHA-256 of all that the futures depend on, beside seed and code. Titles, reasons and sources do not count."""
        told = sorted([*key, value] for key, (value, _) in _matters(self).items())
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


@dataclass(frozen=True)
class Difference:
    """One thing that differs: its kind, its name, its value on both sides (empty where it is not there) and who set those."""

    kind: str
    name: str
    a: str
    b: str
    a_by: str = ""
    b_by: str = ""


def effective(what: Scenario | Preset, *, draw_parameters: bool = False) -> Effective:
    """Every value of a scenario or preset that is in force, with the one who set it.

    draw_parameters: as for a run in which each future draws the parameters that nobody sets.
    """
    if isinstance(what, Preset):
        alone = dict.fromkeys(what.parameters, f"preset {what.name}")
        return Effective(what.name, what.title, {}, _settings(COMPLETE, what.parameters, alone, draw_parameters))
    by = what.origin
    about = {
        "start": (month_text(what.start), by.get("start", "")),
        "months": (str(what.months), by.get("months", NOBODY)),
        "region": (what.region.name, by.get("region", "")),
        "modules": (", ".join(what.modules) or "none", by.get("modules", NOBODY)),
        "preset": (what.preset or "none", by.get("preset", NOBODY)),
    }
    starting = tuple(
        Start(
            name,
            item.value,
            item.low,
            item.high,
            item.certainty,
            item.source,
            by.get(name, f"region {what.region.name}"),
        )
        for (quantity, i, j), item in what.region.given(what.start, what.assumptions).items()
        for name in [f"{quantity} {i}>{j}" if j else f"{quantity} {i}"]
    )
    events = tuple(_happening(event, by.get(f"event {n}", "")) for n, event in enumerate(what.events))
    settings = _settings(what.schedule, what.parameters, by, draw_parameters)
    return Effective(what.name, what.title, about, settings, starting, events, dict(_facts(what.region, what.start)))


def _settings(
    steps: Sequence[ModuleType], chosen: Mapping[str, float], by: Mapping[str, str], draw: bool
) -> tuple[Setting, ...]:
    found = []
    for name, item in parameters_of(steps).items():
        value, setter = (None, DRAWN) if draw else (item.default, NOBODY)
        if name in chosen:
            value, setter = float(chosen[name]), by.get(name, "")
        about = (item.low, item.high, str(item.prior), item.unit, item.evidence, item.source)
        found.append(Setting(name, value, setter, *about))
    return tuple(found)


def _happening(event: Any, by: str) -> Scripted:
    told = event.model_dump()
    month, why = told.pop("month"), told.pop("why")
    told = {"kind": told.pop("kind"), **told}
    month = month_text(month_index(month, "month"))
    return Scripted(month, {field: str(value) for field, value in told.items() if value is not None}, why, by)


def _facts(region: Region, start: int) -> Iterator[tuple[str, dict[str, str]]]:
    """What the files say of states, pairs, alliances, leaders, forums, agreements and roles, as it stands at the start."""
    yield "region", {"exercise months": _words(region.exercise_months)}
    for code, state in region.states.items():
        leader = region.leader_at(code, start)
        in_office = "nobody" if leader is None else f"{start - leader['start']} months"
        yield f"state {code}", _flat(state) | {"in office": in_office}
    for (i, j), flags in region.dyads.items():
        yield f"dyad {i}>{j}", _flat(flags)
    for _, _, tie in region.alliances_at(start).edges(data=True):
        yield f"alliance {tie['strength'].subject}", _flat({"strength": tie["strength"]})
    seats = region.members_at(start)
    for code, forum in region.forums.items():
        members = _words(sorted(state for seat, state in seats if seat == code))
        yield f"forum {code}", _flat(forum) | {"alive": str(forum.start <= start < forum.end), "members": members}
    for code, item in region.agreements.items():
        standing = "open"
        if item.in_force(start):
            taken, latest = item.taken(start)
            standing = (
                f"in force for {item.age(start)} months, {taken} steps taken, the last {start - latest} months ago"
            )
        yield f"agreement {code}", _flat(item) | {"at the start": standing}
    for name, role in region.roles.items():
        yield f"role {name}", {"members": _words(">".join(member) for member in role.members)}


def _flat(thing: Any) -> dict[str, str]:
    """The fields of something that matter to the futures, as text."""
    items = {field.name: getattr(thing, field.name) for field in fields(thing)} if is_dataclass(thing) else dict(thing)
    found: dict[str, str] = {}
    for name, value in items.items():
        if name in _TOLD_ONLY:
            continue
        if isinstance(value, Mapping):
            found |= {str(inner): _text(item) for inner, item in value.items()}
        else:
            found[name] = _text(value)
    found.pop("code", None)
    return found


def _text(value: Any) -> str:
    if isinstance(value, Given):
        return _range(value.value, value.low, value.high)
    if isinstance(value, (tuple, list)):
        return _words(item[0] if isinstance(item, tuple) else item for item in value)  # of a step, who owes it
    return _number(value) if isinstance(value, float) else str(value)


def _number(value: float) -> str:
    return repr(value).removesuffix(".0")


def _words(items: Any) -> str:
    return ", ".join(str(item) for item in items) or "none"


def _range(value: float, low: float, high: float) -> str:
    return _number(value) if low == high else f"{_number(value)} ({_number(low)} to {_number(high)})"


def _matters(of: Effective) -> dict[tuple[str, str], tuple[str, str]]:
    """(kind, name) -> (value as text, who set it) of all that the futures depend on, in the order in which it is told."""
    found = {("scenario", name): value for name, value in of.about.items() if name not in ("preset", "region")}
    for thing, about in of.facts.items():
        found |= {("region", f"{thing}: {name}"): (text, "") for name, text in about.items()}
    for item in of.parameters:
        found["parameter", item.name] = (DRAWN if item.value is None else _number(item.value), item.by)
    for start in of.starting:
        found["starting value", start.name] = (_range(start.value, start.low, start.high), start.by)
    by_month: dict[str, list[Scripted]] = {}
    for event in of.events:
        by_month.setdefault(event.month, []).append(event)
    for month, events in by_month.items():  # of one month, the later event may undo the earlier one
        told = "; ".join(" ".join(f"{field} {value}" for field, value in event.what.items()) for event in events)
        found["events", month] = (told, ", ".join(dict.fromkeys(event.by for event in events)))
    return found


def differences(a: Effective, b: Effective) -> tuple[Difference, ...]:
    """What differs between two, of all that the futures depend on; empty exactly when their digests are equal."""
    one, two = _matters(a), _matters(b)
    found: dict[tuple[str, str], Difference] = {}
    for kind, name in {**one, **two}:
        (left, left_by), (right, right_by) = (side.get((kind, name), ("", "")) for side in (one, two))
        thing = name.partition(": ")[0]
        if kind == "region" and (thing in a.facts) != (thing in b.facts):  # told once, not field by field
            there = tuple("there" if thing in side.facts else "" for side in (a, b))
            found[kind, thing] = Difference(kind, thing, *there)
        elif left != right:
            found[kind, name] = Difference(kind, name, left, right, left_by, right_by)
    return tuple(found.values())


def either(name: str | Path) -> Scenario | Preset:
    """The scenario or preset of a name or path. Raises InputError as the loaders do."""
    text = str(name)
    if is_path(text):
        alone = set(read_toml(Path(text))) <= {item.alias or key for key, item in PresetFile.model_fields.items()}
        return load_preset(text) if alone else load(text)
    if text in preset_names() and text not in shipped_names():
        return load_preset(text)
    if text not in shipped_names():
        known = [*shipped_names(), *preset_names()]
        raise InputError(f"unknown scenario or preset {text!r}{nearest(text, known)}")
    return load(text)
