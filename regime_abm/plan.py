"""What a plan file may say: which scenarios, presets and parameter values a sweep runs, how often, and what it keeps.

Strict as a scenario file: an unknown word is an error, never ignored. What the words make of it, :mod:`regime_abm.design`
tells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from regime_abm.core.parameter import Parameter, parameters_of
from regime_abm.errors import InputError, nearest
from regime_abm.files import number, read_columns
from regime_abm.forms import parsed
from regime_abm.measures import MEASURES
from regime_abm.mechanisms import COMPLETE
from regime_abm.paths import is_path, named_file
from regime_abm.scenario import (
    MOST_MONTHS,
    Scenario,
    find,
    find_preset,
    folder,
    load,
    load_preset,
)

MOST_CELLS = 10_000_000
MOST_NUMBERS = 20_000_000  # samples times parameters of a sample that is drawn as a whole (160 MB)
MOST_REPLICATES = 1_000_000
MOST_RUNS = 100_000_000

_Short = Annotated[str, Field(max_length=200)]
_Finite = Annotated[float, Field(allow_inf_nan=False)]
_Names = Annotated[list[_Short], Field(min_length=1, max_length=1000)]
_Samples = Annotated[int, Field(ge=1, le=MOST_CELLS)]
_Every = Annotated[int, Field(ge=1, le=MOST_MONTHS)]


class _Table(BaseModel):
    # built when a plan is first read: most commands read none
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)


class Span(_Table):
    """A stretch of a parameter, spread over evenly."""

    low: _Finite
    high: _Finite


class Spread(_Table):
    """A sample that fills the space of some parameters: by their priors where named, evenly where a range is given."""

    samples: _Samples = Field(description="number of settings of the parameters")
    parameters: _Names | None = Field(default=None, description="parameters that are spread over their priors")
    ranges: dict[_Short, Span] = Field(
        default_factory=dict, description='"mechanism.name" = {low=, high=}: spread evenly between the two'
    )


class Prior(_Table):
    """Independent draws from the priors."""

    samples: _Samples = Field(description="number of draws")
    parameters: _Names | None = Field(
        default=None, description="parameters that are drawn; by default all that neither scenario nor preset sets"
    )


class Posterior(_Table):
    """Rows of a CSV file, each one setting of the parameters: those of a calibration, for instance."""

    file: _Short = Field(description="CSV file beside the plan; columns are parameters")
    rows: Annotated[int, Field(ge=1, le=MOST_CELLS)] | None = Field(
        default=None, description="how many rows to take from the top; all by default"
    )


class Design(_Table):
    """Which settings of the parameters to run: one of these, or none for the scenarios as they are."""

    grid: dict[_Short, Annotated[list[_Finite], Field(min_length=1)]] | None = Field(
        default=None, description='"mechanism.name" = [values]: every combination'
    )
    list_: Annotated[list[dict[_Short, _Finite]], Field(min_length=1)] | None = Field(
        default=None, alias="list", description='settings one by one: "mechanism.name" = value'
    )
    latin_hypercube: Spread | None = Field(default=None, description="a Latin hypercube sample")
    sobol: Spread | None = Field(default=None, description="a scrambled Sobol sequence")
    prior: Prior | None = Field(default=None, description="draws from the priors")
    posterior: Posterior | None = Field(default=None, description="rows of a file")

    @property
    def kind(self) -> str:
        """The design that is given, as the file calls it; "" for none."""
        return next((name for name, _ in self._given()), "")

    def named(self) -> Iterator[str]:
        """The parameters that the plan itself names."""
        yield from self.grid or ()
        yield from (self.list_ or [{}])[0]
        for spread in (self.latin_hypercube, self.sobol):
            if spread is not None:
                yield from (*(spread.parameters or ()), *spread.ranges)
        if self.prior is not None:
            yield from self.prior.parameters or ()

    def _given(self) -> Iterator[tuple[str, Any]]:
        for name, field in type(self).model_fields.items():
            if (value := getattr(self, name)) is not None:
                yield field.alias or name, value


class Record(_Table):
    """What is kept of every run beside its summary."""

    series_every: _Every | None = Field(
        default=None, description="keep the measures of every n-th month and of the last; none by default"
    )
    measures: _Names | None = Field(default=None, description="which measures to keep as series; all by default")
    dyads_every: _Every | None = Field(
        default=None,
        description="keep every pair of states in every n-th month and the last: much disk; none by default",
    )


class Limits(_Table):
    """What the sweep may cost at most; it is refused before it starts where it would cost more."""

    runs: Annotated[int, Field(ge=1, le=MOST_RUNS)] = Field(default=1_000_000, description="runs at most")
    hours: Annotated[float, Field(gt=0, le=8760, allow_inf_nan=False)] = Field(
        default=24.0, description="hours at most, as estimated"
    )
    gigabytes: Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)] = Field(
        default=20.0, description="gigabytes of disk at most, as estimated"
    )


class PlanFile(_Table):
    """The fields of a plan file."""

    schema_: Literal[1] = Field(alias="schema", description="version of this format")
    title: _Short = Field(default="", description="one line for the reader")
    question: _Short = Field(default="", description="what the sweep is meant to answer")
    scenarios: _Names = Field(description="names of shipped scenarios, or files beside this one")
    presets: _Names | None = Field(
        default=None,
        description="presets, by name or as files beside this one; each scenario is run under each of them",
    )
    design: Design = Field(default_factory=Design, description="which settings of the parameters to run")
    replicates: Annotated[int, Field(ge=1, le=MOST_REPLICATES)] = Field(
        default=100, description="futures of every cell (scenario, preset and setting of the parameters)"
    )
    months: Annotated[int, Field(ge=1, le=MOST_MONTHS)] | None = Field(
        default=None, description="months to run; each scenario's own by default"
    )
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = Field(default=1, description="equal seeds give equal sweeps")
    common_random_numbers: bool = Field(
        default=True, description="replicate k has the same luck in every cell; else every run has its own"
    )
    record: Record = Field(default_factory=Record, description="what is kept beside the summary of every run")
    limits: Limits = Field(default_factory=Limits, description="what the sweep may cost at most")


@dataclass(frozen=True)
class Plan:
    """A plan that was read and checked. Made by :func:`load_plan`.

    where: the plan's file. scenarios, presets: name -> file. variants: (preset or "", scenario under it), scenario by
    scenario. posterior: parameter -> values of the rows of the design's file.
    """

    where: Path
    file: PlanFile
    scenarios: Mapping[str, Path]
    presets: Mapping[str, Path]
    variants: tuple[tuple[str, Scenario], ...]
    posterior: Mapping[str, Sequence[float]]


def plans_folder() -> Path:
    """Where the shipped plans are."""
    return folder() / "plans"


def plan_names() -> list[str]:
    """Names of the shipped plans."""
    return sorted(path.stem for path in plans_folder().glob("*.toml"))


def find_plan(name: str | Path) -> Path:
    """The file of a plan given by name or path; InputError with the nearest right name otherwise."""
    return named_file(name, plans_folder(), "plan")


def load_plan(name: str | Path) -> Plan:
    """Load and check a plan by name or path, with all that it names.

    Raises InputError (one line: file, field, allowed range, nearest right word).
    """
    path = find_plan(name)
    return checked_plan(parsed(path, PlanFile), path)


def checked_plan(file: PlanFile, path: Path) -> Plan:
    """A plan from its fields; `path` is the file that they come from, beside which the other files are."""
    _check_record(file.record, path)
    scenarios = _named(file.scenarios, path, "scenarios", find)
    presets = _named(file.presets or (), path, "presets", find_preset)
    variants = tuple(_variants(scenarios, presets, file.months))
    given = list(file.design._given())
    if len(given) > 1:
        raise InputError(f"{path}: design: give one of {' and '.join(name for name, _ in given)}, not both")
    posterior: dict[str, list[float]] = {}
    for kind, design in given:
        where = f"{path}: design.{kind}"
        if kind == "posterior":
            posterior = _posterior(design, path, where)
        else:
            _CHECKS[kind](design, where)
    _refuse_idle(file.design, posterior, [scenario for _, scenario in variants], f"{path}: design.{file.design.kind}")
    return Plan(path, file, scenarios, presets, variants, posterior)


def _refuse_idle(design: Design, posterior: Mapping[str, Any], scenarios: Sequence[Scenario], where: str) -> None:
    """A parameter of an optional module that is off everywhere would vary to no effect."""
    used = {name for scenario in scenarios for name in parameters_of(scenario.schedule)}
    for name in (*design.named(), *posterior):
        if name not in used:
            module = name.partition(".")[0]
            raise InputError(f"{where}: {name}: the module {module} is on in none of the scenarios")


def dump_plan(file: PlanFile) -> str:
    """The text of a plan file; reading it gives the same plan."""
    import tomlkit

    return tomlkit.dumps(file.model_dump(by_alias=True, exclude_none=True))


def _named(words: Sequence[str], plan: Path, field: str, shipped: Callable[[str], Path]) -> dict[str, Path]:
    """Name -> file. A path is one beside the plan; a bare name is a file beside the plan, or else a shipped one."""
    found: dict[str, Path] = {}
    for word in words:
        beside = plan.parent / (word if is_path(word) else f"{word}.toml")
        path = beside if is_path(word) or beside.is_file() else shipped(word)
        if path.stem in found:
            raise InputError(f"{plan}: {field}: {path.stem!r} is there twice")
        found[path.stem] = path
    return found


def _variants(
    scenarios: Mapping[str, Path], presets: Mapping[str, Path], months: int | None
) -> Iterator[tuple[str, Scenario]]:
    loaded = [load_preset(path) for path in presets.values()]
    for path in scenarios.values():
        scenario = load(path)
        scenario = scenario if months is None else replace(scenario, months=months)
        if not loaded:
            yield "", scenario
        for preset in loaded:
            yield preset.name, scenario.with_preset(preset)


def _check_record(record: Record, path: Path) -> None:
    for name in record.measures or ():
        if name not in MEASURES:
            raise InputError(f"{path}: record.measures: unknown measure {name!r}{nearest(name, MEASURES)}")
    if record.measures is not None:
        _refuse_twice(record.measures, f"{path}: record.measures")
        if record.series_every is None:
            raise InputError(f"{path}: record.measures: needs record.series_every (1 to {MOST_MONTHS} months)")


def _refuse_twice(names: Sequence[Any], where: str) -> None:
    for place, name in enumerate(names):
        if name in names[:place]:
            raise InputError(f"{where}: {name!r} is there twice")


@cache
def all_parameters() -> Mapping[str, Parameter]:
    """``mechanism.name`` -> Parameter, of the whole month."""
    return parameters_of(COMPLETE)


def known_parameter(name: str, where: str) -> Parameter:
    """A parameter by its full name; InputError with the nearest right name otherwise."""
    known = all_parameters()
    if name not in known:
        raise InputError(f"{where}: unknown parameter {name!r}{nearest(name, known)}")
    return known[name]


def _check_grid(grid: Mapping[str, list[float]], where: str) -> None:
    if not grid:
        raise InputError(f'{where}: is empty; give "mechanism.name" = [values]')
    for name, values in grid.items():
        parameter = known_parameter(name, where)
        _refuse_twice(values, f"{where}.{name}")
        for value in values:
            parameter.checked(value, f"{where}.{name}")


def _check_list(rows: Sequence[Mapping[str, float]], where: str) -> None:
    for place, row in enumerate(rows, 1):
        if not row:
            raise InputError(f'{where}[{place}]: is empty; give "mechanism.name" = value')
        for name, value in row.items():
            known_parameter(name, f"{where}[{place}]").checked(value, f"{where}[{place}].{name}")
        for name in sorted(row.keys() ^ rows[0].keys()):
            raise InputError(f"{where}[{place}].{name}: every row needs the same parameters")


def _check_spread(spread: Spread, where: str) -> None:
    names = [*(spread.parameters or ()), *spread.ranges]
    if not names:
        raise InputError(f"{where}: give parameters = [names] or ranges = {{name = {{low=, high=}}}}")
    _refuse_twice(names, f"{where}.parameters")
    for name in names:
        parameter = known_parameter(name, where)
        span = spread.ranges.get(name)
        if span is None:
            continue
        for value in (span.low, span.high):
            parameter.checked(value, f"{where}.ranges.{name}")
        if not span.low < span.high:
            raise InputError(f"{where}.ranges.{name}: needs low < high (found {span.low:g} and {span.high:g})")
    if spread.samples * len(names) > MOST_NUMBERS:
        most = MOST_NUMBERS // len(names)
        raise InputError(
            f"{where}.samples: {spread.samples:,} of {len(names)} parameters are too many; at most {most:,}"
        )


def _check_prior(prior: Prior, where: str) -> None:
    for name in prior.parameters or ():
        known_parameter(name, f"{where}.parameters")
    _refuse_twice(prior.parameters or (), f"{where}.parameters")


_CHECKS: Mapping[str, Any] = {
    "grid": _check_grid,
    "list": _check_list,
    "latin_hypercube": _check_spread,
    "sobol": _check_spread,
    "prior": _check_prior,
}


def _posterior(design: Posterior, plan: Path, where: str) -> dict[str, list[float]]:
    path = plan.parent / design.file
    table = read_columns(path)
    known = {name: known_parameter(name, f"{path}: column") for name in table}
    rows = len(next(iter(table.values())))
    wanted = rows if design.rows is None else design.rows
    if wanted > rows:
        raise InputError(f"{where}.rows: {wanted} rows are asked for, but {path} has {rows}")
    return {
        name: [
            number(text, f"{path}, row {row}: {name}", known[name].low, known[name].high)
            for row, text in enumerate(texts[:wanted], 1)
        ]
        for name, texts in table.items()
    }
