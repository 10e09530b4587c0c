"""What a scenario file may say, and how it becomes the first World. Strict: an unknown word is an error, never ignored."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as field_
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from regime_abm.actor import Actor, seat
from regime_abm.core.engine import Engine
from regime_abm.core.noise import Luck, SharedLuck
from regime_abm.core.parameter import checked_values, name_of, resolve
from regime_abm.core.world import World
from regime_abm.errors import InputError, nearest
from regime_abm.events import Due, Happening
from regime_abm.files import month_index, month_text
from regime_abm.forms import fitted, parsed
from regime_abm.levers import KINDS, Entry
from regime_abm.mechanisms import COMPLETE, MODULES, schedule
from regime_abm.paths import named_file, shipped
from regime_abm.region import Region
from regime_abm.region_files import (
    DYAD_QUANTITIES,
    OPTIONAL,
    STATE_QUANTITIES,
    Given,
    bounds,
    refuse_half_flags,
)
from regime_abm.yardsticks import chosen as yardsticks

MOST_MONTHS = 1200
BY_HAND = "set by hand"  # --set on the command line, parameters= in Python

_Short = Annotated[str, Field(max_length=200)]
_Finite = Annotated[float, Field(allow_inf_nan=False)]


class Assumption(BaseModel):
    """Another starting value: a point, or a range from which each future draws."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    value: _Finite | None = None
    low: _Finite | None = None
    high: _Finite | None = None
    why: _Short = ""

    def given(self, key: str, where: str) -> Given:
        """As a Given for ``"trust DPRK>USA"``; raises InputError naming the field."""
        quantity, _, subject = key.partition(" ")
        known = (*STATE_QUANTITIES, *DYAD_QUANTITIES, *OPTIONAL)
        if quantity not in known:
            raise InputError(f"{where}: unknown quantity {quantity!r}{nearest(quantity, known)}")
        numbers = [number for number in (self.value, self.low, self.high) if number is not None]
        if not numbers or (self.low is None) != (self.high is None):
            raise InputError(f"{where}: give value, or low and high")
        low = self.low if self.low is not None else numbers[0]
        high = self.high if self.high is not None else numbers[0]
        value = self.value if self.value is not None else (low + high) / 2
        least, most = bounds(quantity)
        if not least <= low <= value <= high <= most:
            raise InputError(f"{where}: needs {least:g} <= low <= value <= high <= {most:g}")
        refuse_half_flags(quantity, low, high, where)
        return Given(quantity, subject.strip(), value, low, high, "J", self.why or "assumed in the scenario")


class ScenarioFile(BaseModel):
    """The fields of a scenario file."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    schema_: Literal[1] = Field(alias="schema", description="version of this format")
    extends: _Short | None = Field(default=None, description="name of the scenario that this one changes")
    title: _Short | None = Field(default=None, description="one line for the reader")
    question: _Short | None = Field(default=None, description="what the scenario is meant to answer")
    essay: list[_Short] | None = Field(default=None, description="sentences of the essay it carries, like S9")
    primary_measure: _Short | None = Field(
        default=None, description="the yardstick named before it was run, by which it is compared with what it extends"
    )
    region: _Short | None = Field(
        default=None, description="folder under scenarios/regions, or a path beside this file"
    )
    start: _Short | None = Field(default=None, description="first month, like 2018-05")
    months: Annotated[int, Field(ge=1, le=MOST_MONTHS)] | None = Field(default=None, description="months to run")
    modules: list[_Short] | None = Field(default=None, description="optional modules that are on; none by default")
    parameters: dict[str, _Finite] = Field(default_factory=dict, description='"mechanism.name" = value')
    forums: dict[str, dict[str, Any]] = Field(default_factory=dict, description="more forums, as in forums.toml")
    agreements: dict[str, dict[str, Any]] = Field(default_factory=dict, description="more agreements, as in agreements.toml")
    roles: dict[str, dict[str, Any]] = Field(default_factory=dict, description="more roles, as in roles.toml")
    initial: dict[str, Assumption] = Field(
        default_factory=dict,
        description='"quantity STATE" or "quantity STATE>OTHER" = {value=, low=, high=, why=}',
    )
    events: list[Entry] = Field(default_factory=list, description="things that happen, or are done, on a date")


class PresetFile(BaseModel):
    """The fields of a preset file: a reading of the theory that can be laid under any scenario."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    schema_: Literal[1] = Field(alias="schema", description="version of this format")
    title: _Short = Field(description="one line for the reader")
    why: _Short = Field(default="", description="whose reading of the theory this is")
    parameters: dict[str, _Finite] = Field(default_factory=dict, description='"mechanism.name" = value')


@dataclass(frozen=True)
class Preset:
    """Parameter values that belong together, ready to be laid under a scenario. Made by :func:`load_preset`."""

    name: str
    title: str
    why: str
    parameters: Mapping[str, float]


@dataclass(frozen=True)
class Scenario:
    """A scenario, ready to run. Made by :func:`load`.

    origin: field, parameter, starting value like ``"trust DPRK>USA"`` or ``event 0`` -> who said so.
    """

    name: str
    title: str
    question: str
    region: Region
    start: int
    months: int
    parameters: Mapping[str, float]
    assumptions: tuple[Given, ...]
    events: tuple[Happening, ...]
    where: str = ""
    preset: str = ""
    modules: tuple[str, ...] = ()
    extends: str = ""
    essay: tuple[str, ...] = ()
    primary_measure: str = ""
    origin: Mapping[str, str] = field_(default_factory=dict, compare=False)

    @property
    def schedule(self) -> tuple[ModuleType, ...]:
        """The steps of the month: the core's, with the optional modules that are on."""
        return schedule(self.modules)

    def with_modules(self, modules: Sequence[str]) -> Scenario:
        """The same scenario with just these optional modules on; InputError for an unknown one."""
        return replace(self, modules=known_modules(modules, "modules"), origin={**self.origin, "modules": BY_HAND})

    @cached_property
    def script(self) -> Mapping[int, Sequence[Due]]:
        """Months since the start -> the events and levers of that month."""
        script: dict[int, list[Due]] = {}
        for event in self.events:
            first = month_index(event.month, "event") - self.start
            for passed in range(event.span):
                script.setdefault(first + passed, []).append(Due(event, passed))
        return script

    def with_parameters(self, parameters: Mapping[str, float]) -> Scenario:
        """The same scenario with more parameters set; InputError for an unknown or out-of-range one."""
        origin = {**self.origin, **dict.fromkeys(parameters, BY_HAND)}
        changed = replace(self, parameters={**self.parameters, **parameters}, where="parameters", origin=origin)
        changed.values()
        return changed

    def with_events(self, entries: Sequence[Mapping[str, Any]]) -> Scenario:
        """The same scenario with more events and levers, each the fields of one in a scenario's list.

        Raises InputError that names the entry and the field.
        """
        more: list[Any] = []
        for place, entry in enumerate(entries, 1):
            kind, where = str(entry.get("kind")), f"events[{place}]"
            if kind not in KINDS:
                raise InputError(f"{where}.kind: unknown kind {kind[:60]!r}{nearest(kind[:60], KINDS)}")
            event = fitted(entry, KINDS[kind], where)
            check_event(event, self.region, self.start, self.months, self.modules, where)
            more.append(event)
        told = {f"event {len(self.events) + place}": BY_HAND for place in range(len(more))}
        return replace(self, events=(*self.events, *more), origin={**self.origin, **told})

    def with_preset(self, preset: str | Path | Preset) -> Scenario:
        """The same scenario with a preset laid under it: the preset sets what nobody else has set.

        What the scenario file, or a call of :meth:`with_parameters` before or after, says wins. Raises InputError for an
        unknown preset and for a second one.
        """
        chosen = preset if isinstance(preset, Preset) else load_preset(preset)
        if self.preset:
            raise InputError(
                f"preset: {self.name} has the preset {self.preset!r} already; only one can be laid under it"
            )
        origin = dict.fromkeys([*chosen.parameters, "preset"], f"preset {chosen.name}") | dict(self.origin)
        return replace(
            self, parameters={**chosen.parameters, **self.parameters}, preset=chosen.name, origin=origin
        )

    def values(
        self, luck: Luck | None = None, given: Mapping[str, np.ndarray] | None = None
    ) -> dict[str, float | np.ndarray]:
        """All parameter values; with luck, those that nobody sets are drawn from their priors.

        given: ``mechanism.name`` -> (R,) values, one a replicate, that win over the scenario's. InputError for an unknown
        parameter or a value out of its range.
        """
        draw = None if luck is None else lambda key: luck.single("parameters", "prior", key)
        found = resolve(COMPLETE, self.parameters, where=self.where or "parameters", draw=draw)
        return found | checked_values(COMPLETE, given or {})

    def prepare(
        self,
        seed: int,
        first: int = 0,
        count: int = 1,
        *,
        draw_parameters: bool = False,
        actors: Mapping[str, type[Actor]] | None = None,
        cells: int = 1,
        values: Mapping[str, np.ndarray] | None = None,
    ) -> tuple[Run, World]:
        """The machinery and the first World for replicates first .. first + count - 1.

        With `cells`, as many times side by side, cell by cell, all with the same luck; values: ``mechanism.name`` ->
        (cells,) values, one a cell, or (cells, count), one a future.
        """
        names = self.region.names
        luck = SharedLuck(seed, names, first, count, cells) if cells > 1 else Luck(seed, names, first, count)
        given = {name: by_future(value, cells, count).reshape(-1) for name, value in (values or {}).items()}
        resolved = self.values(luck if draw_parameters else None, given)
        engine = Engine(self.schedule, resolved, luck, seat(actors, luck, self.schedule))
        world = engine.start(self.region.first_world(self.start, luck))
        if self.assumptions:
            world = self._assumed(engine, luck, world)
        return Run(engine, self.script), world

    def _assumed(self, engine: Engine, luck: Luck, baseline: World) -> World:
        """Start again under the scenario's assumptions, but keep the baseline's calibrated intercepts: computed anew, they
        would absorb what the assumption is meant to change."""
        world = engine.start(self.region.first_world(self.start, luck, self.assumptions))
        kept: dict[str, np.ndarray] = {}
        for mechanism in dict.fromkeys(self.schedule):
            for intercept, reproduced in getattr(mechanism, "CALIBRATED", {}).items():
                told = np.zeros(getattr(world, intercept).shape[1:], bool)
                for item in self.assumptions:
                    if item.quantity == reproduced:
                        told[tuple(world.names.state(code) for code in item.subject.split(">"))] = True
                kept[intercept] = np.where(told, getattr(world, intercept), getattr(baseline, intercept))
        return world.replace(kept)


def by_future(values: np.ndarray, cells: int, count: int) -> np.ndarray:
    """(cells, count) values of a parameter, from one a cell or from one a future.

    >>> by_future(np.array([1.0, 2.0]), 2, 3).tolist()
    [[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]]
    """
    return np.broadcast_to(np.reshape(values, (cells, -1)), (cells, count))


@dataclass(frozen=True)
class Run:
    """An engine with the scenario's script of events."""

    engine: Engine
    script: Mapping[int, Sequence[Due]]

    def month(self, world: World) -> World:
        """One month later; the month's scripted events come first, and what was fleeting before them is gone."""
        world = self.engine.spent(world)
        for due in self.script.get(world.month + 1, ()):
            world = due.apply(world)
        return self.engine.month(world)


def folder() -> Path:
    """Where the shipped scenarios are."""
    return shipped("scenarios")


def shipped_names() -> list[str]:
    """Names of the shipped scenarios."""
    return sorted(path.stem for path in folder().glob("*.toml"))


def find(name: str | Path) -> Path:
    """The file of a scenario given by name or path; InputError with the nearest right name otherwise."""
    return named_file(name, folder(), "scenario")


def preset_names() -> list[str]:
    """Names of the shipped presets."""
    return sorted(path.stem for path in (folder() / "presets").glob("*.toml"))


def find_preset(name: str | Path) -> Path:
    """The file of a preset given by name or path; InputError with the nearest right name otherwise."""
    return named_file(name, folder() / "presets", "preset")


def load_preset(name: str | Path) -> Preset:
    """Load and check a preset by name or path. Raises InputError (one line: file, field, allowed range, nearest word)."""
    path = find_preset(name)
    file = parsed(path, PresetFile)
    resolve(COMPLETE, file.parameters, where=f"{path}: parameters")
    return Preset(path.stem, file.title, file.why, file.parameters)


def load(name: str | Path) -> Scenario:
    """Load and check a scenario by name or path.

    Raises InputError (one line: file, field, allowed range, nearest right word).
    """
    path = find(name)
    return _built(_chain(path), path.stem)


def overlaid(base: str | Path, layers: Sequence[tuple[Path, ScenarioFile]], name: str) -> Scenario:
    """A scenario with more laid over it, as a file that extends it would: the last layer has the last word.

    layers: (what errors name as the file, its fields). Raises InputError as :func:`load` does.
    """
    return _built([*reversed(layers), *_chain(find(base))], name)


def _built(chain: Sequence[tuple[Path, ScenarioFile]], name: str) -> Scenario:
    """The scenario that a chain of files comes to, the one with the last word first."""
    path = chain[0][0]
    for file, text in chain:
        _check_measure(text.primary_measure, f"{file}: primary_measure")
    fields, named_in = _inherited(chain)
    region = Region.from_folder(_region_folder(fields["region"], named_in))
    for file, text in reversed(chain):
        if text.forums or text.agreements or text.roles:
            region = region.with_tables(f"{file}: ", forums=text.forums, agreements=text.agreements, roles=text.roles)
    start = month_index(fields["start"], f"{path}: start")
    region = region.at(start)
    months = fields.get("months", 240)
    merged: dict[str, float] = {}
    assumptions: dict[str, Given] = {}
    events: list[Any] = []
    for file, text in reversed(chain):
        merged.update(text.parameters)
        for key, assumption in text.initial.items():
            item = assumption.given(key, f"{file}: initial.{key!r}")
            _check_subject(item, region, f"{file}: initial.{key!r}")
            assumptions[key] = item
        for place, event in enumerate(text.events, 1):
            check_event(event, region, start, months, fields.get("modules", ()), f"{file}: events[{place}]")
            events.append(event)
    scenario = Scenario(
        name=name,
        title=fields.get("title", name),
        question=fields.get("question", ""),
        region=region,
        start=start,
        months=months,
        parameters=merged,
        assumptions=tuple(assumptions.values()),
        events=tuple(events),
        where=f"{path}: parameters",
        modules=known_modules(fields.get("modules", ()), f"{path}: modules"),
        extends=chain[0][1].extends or "",
        essay=tuple(chain[0][1].essay or ()),
        primary_measure=chain[0][1].primary_measure or "",
        origin=_origin(chain),
    )
    scenario.values()  # refuses unknown and out-of-range parameters now, not in the middle of a run
    region.given(start)
    return scenario


def _origin(chain: Sequence[tuple[Path, ScenarioFile]]) -> dict[str, str]:
    """Which file has the last word on each field, parameter and starting value, and which tells of each event."""
    found: dict[str, str] = {}
    events = 0
    for place, (file, text) in reversed(list(enumerate(chain))):
        said_by = f"extends {file.stem}" if place else f"scenario {file.stem}"
        told = [name for name in text.model_fields_set if getattr(text, name) is not None]
        told += [*text.parameters, *(" ".join(key.split()) for key in text.initial)]
        told += [f"event {events + place}" for place in range(len(text.events))]
        events += len(text.events)
        found |= dict.fromkeys(told, said_by)
    return found


def check_event(
    event: Any, region: Region, start: int, months: int, modules: Sequence[str], where: str
) -> None:
    """InputError for an event or lever that this region, this span of months or these modules do not know."""
    event.checked(region.names, where)
    month = month_index(event.month, f"{where}.month")
    if not start < month <= start + months:
        span = f"{month_text(start + 1)} to {month_text(start + months)}"
        raise InputError(f"{where}.month: {event.month} is outside {span}")
    if event.MODULE and event.MODULE not in modules:
        told = f"needs the optional module {event.MODULE!r} (modules = [...])"
        raise InputError(f"{where}.kind: {event.kind!r} {told}")


def files_of(name: str | Path) -> tuple[list[Path], list[Path]]:
    """The files that a scenario is made of: its own and those that it extends, and those of its region."""
    chain = _chain(find(name))
    fields, named_in = _inherited(chain)
    region = _region_folder(fields["region"], named_in)
    return [file for file, _ in chain], sorted(path for path in region.iterdir() if path.is_file())


def _inherited(chain: Sequence[tuple[Path, ScenarioFile]]) -> tuple[dict[str, Any], Path]:
    """The fields that the last word decides, and the file that named the region."""
    fields: dict[str, Any] = {}
    named_in = path = chain[0][0]
    for file, text in reversed(chain):
        for field in ("title", "question", "region", "start", "months", "modules"):
            if getattr(text, field) is not None:
                fields[field] = getattr(text, field)
                named_in = file if field == "region" else named_in
    for field in ("region", "start"):
        if field not in fields:
            raise InputError(f"{path}: {field} is missing (or extends a scenario that has it)")
    return fields, named_in


def module_names() -> list[str]:
    """Names of the optional modules, in their order in the month."""
    return [name_of(module) for module in MODULES]


def known_modules(names: Sequence[str], where: str) -> tuple[str, ...]:
    """The names of optional modules; InputError, which begins with `where`, for one that is none."""
    for name in names:
        if name not in module_names():
            raise InputError(f"{where}: unknown module {name!r}{nearest(name, module_names())}")
    return tuple(names)


def _chain(path: Path) -> list[tuple[Path, ScenarioFile]]:
    chain: list[tuple[Path, ScenarioFile]] = []
    following: Path | None = path
    while following is not None:
        if any(following == seen for seen, _ in chain) or len(chain) > 8:
            raise InputError(f"{path}: extends leads back to itself")
        text = parsed(following, ScenarioFile)
        chain.append((following, text))
        if text.extends is None:
            return chain
        beside = following.parent / f"{text.extends}.toml"
        following = beside if re.fullmatch(r"\w+", text.extends) and beside.is_file() else find(text.extends)
    return chain


def _check_measure(name: str | None, where: str) -> None:
    try:
        yardsticks([] if name is None else [name])
    except InputError as error:
        raise InputError(f"{where}: {error}") from None


def _check_subject(item: Given, region: Region, where: str) -> None:
    codes = item.subject.split(">")
    if len(codes) != (2 if item.quantity in DYAD_QUANTITIES else 1):
        form = "STATE>OTHER" if item.quantity in DYAD_QUANTITIES else "STATE"
        raise InputError(f'{where}: write "{item.quantity} {form}"')
    for code in codes:
        if code not in region.states:
            raise InputError(f"{where}: unknown state {code!r}{nearest(code, region.states)}")
    if len(set(codes)) < len(codes):
        raise InputError(f"{where}: needs two different states")


def _region_folder(name: str, scenario_file: Path) -> Path:
    regions = folder() / "regions"
    for place in (regions / name if re.fullmatch(r"[\w-]+", name) else None, scenario_file.parent / name):
        if place is not None and place.is_dir():
            return place
    known = [path.name for path in regions.iterdir() if path.is_dir()] if regions.is_dir() else []
    raise InputError(f"{scenario_file}: region: unknown region {name!r}{nearest(name, known)}")


def mechanism(name: str) -> Any:
    """The mechanism module of that name; InputError with the nearest one otherwise."""
    known = {name_of(module): module for module in COMPLETE}
    if name not in known:
        raise InputError(f"unknown mechanism {name!r}{nearest(name, known)}")
    return known[name]
