"""Sensitivity: which parameters move an outcome, by running the model over their priors.

A sample names points of the unit cube; each point is mapped to parameter values through the priors' quantiles; each set of
values, a cell, is run with the same replicates. What of the outcome is luck is told apart from what the parameters move.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from regime_abm.analysis import morris, sobol
from regime_abm.analysis.resample import luck_share
from regime_abm.core.parameter import Parameter, parameters_of
from regime_abm.endings import ending, needs_robust_test
from regime_abm.ensemble import Progress, chunk_size, simulate
from regime_abm.errors import InputError, nearest
from regime_abm.mechanisms import COMPLETE
from regime_abm.scenario import Scenario
from regime_abm.tables import without_nan
from regime_abm.workers import in_order

if TYPE_CHECKING:
    import pandas as pd

METHODS = ("morris", "sobol")
SAMPLES = {"morris": 10, "sobol": 64}  # unless told otherwise
REPLICATES = 10
COLUMNS = {"morris": ("net", "mu_star", "mu", "sigma"), "sobol": ("net", "net_first", "total", "first")}
_WITH_LUCK = {"morris": "mu_star", "sobol": "total"}  # what ranks where luck is not known
_TRIAL_MONTHS = 6

Told = Callable[[int, float], None]


@dataclass(frozen=True)
class Sample:
    """Which points to run: method, parameter names, samples (trajectories, or rows of A), and (cells, parameters) points."""

    method: str
    names: tuple[str, ...]
    samples: int
    points: np.ndarray

    @cached_property
    def values(self) -> dict[str, np.ndarray]:
        """``mechanism.name`` -> (cells,) values in the World's precision: the points through the priors' quantiles."""
        known = parameters_of(COMPLETE)
        return {name: _drawn(known[name], self.points[:, place]) for place, name in enumerate(self.names)}

    @property
    def independent(self) -> np.ndarray:
        """(cells,) which were drawn independently of each other, so that they stand for the priors."""
        if self.method == "sobol":
            return sobol.independent(len(self.names), len(self.points))
        return np.zeros(len(self.points), bool)


def _drawn(parameter: Parameter, u: np.ndarray) -> np.ndarray:
    values = parameter.prior.quantile(u, parameter.low, parameter.high).astype(np.float32)
    return np.clip(values.astype(float), parameter.low, parameter.high)  # single precision may lie a hair outside


def varied(scenario: Scenario, chosen: Sequence[str] | None = None) -> tuple[str, ...]:
    """The parameters to vary: those chosen, else all that the scenario leaves open; without those whose prior is one point.

    Raises InputError for an unknown name, one named twice, one of a module that is off, or one whose prior is one point.
    """
    known, on = parameters_of(COMPLETE), parameters_of(scenario.schedule)
    for name in chosen or ():
        if name not in known:
            raise InputError(f"parameters: unknown parameter {name!r}{nearest(name, known)}")
        if name not in on:
            raise InputError(f"parameters: {name} belongs to an optional module that is off in {scenario.name}")
        if not _has_width(known[name]):
            raise InputError(
                f"parameters: {name} has a prior of one point ({known[name].prior}): there is nothing to vary"
            )
    if chosen is not None:
        if len(set(chosen)) < len(chosen) or not chosen:
            raise InputError("parameters: name each once, and at least one")
        return tuple(chosen)
    return tuple(name for name, item in on.items() if name not in scenario.parameters and _has_width(item))


def _has_width(parameter: Parameter) -> bool:
    ends = _drawn(parameter, np.array([0.01, 0.99]))
    return bool(ends[0] < ends[1])


def sample(method: str, names: Sequence[str], samples: int, seed: int) -> Sample:
    """The points that a method asks for. InputError for an unknown method or samples that it cannot use."""
    if method not in METHODS:
        raise InputError(f"method: unknown method {method!r}{nearest(method, METHODS)}")
    points = (morris if method == "morris" else sobol).points(len(names), samples, seed)
    return Sample(method, tuple(names), samples, points)


@dataclass(frozen=True)
class Sensitivity:
    """Which parameters move which outcome.

    sample: what was run. outputs: outcome key -> (cells, replicates) numbers. Tables are tidy pandas tables.
    """

    scenario: str
    preset: str
    sample: Sample
    outputs: Mapping[str, np.ndarray]
    seed: int
    replicates: int
    months: int
    seconds: float

    @property
    def futures(self) -> int:
        """How many futures were run."""
        return len(self.sample.points) * self.replicates

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row an outcome and parameter, the strongest first within an outcome.

        outcome, rank, parameter, unit, meaning; then for Sobol: net, net_first, total, first (shares of the variance of the
        mean over replicates), for Morris: net, mu_star, mu, sigma (change of the outcome over the whole prior of the
        parameter); each with the ends of its 95 % interval in *_low and *_high. `net` has luck taken out and gives the rank:
        the total index, or the root mean square of Morris's effects. With one replicate it is not known, and total or mu_star
        gives the rank.
        """
        import pandas as pd

        known = parameters_of(COMPLETE)
        rows = []
        for key, outputs in self.outputs.items():
            found = analysed(self.sample, outputs, key, self.seed)
            ranked = found["net" if self.replicates > 1 else _WITH_LUCK[self.sample.method]]
            order = np.argsort(-np.nan_to_num(ranked, nan=-1.0), kind="stable")
            for rank, place in enumerate(order, 1):
                name = self.sample.names[place]
                row = {"outcome": key, "rank": rank, "parameter": name}
                row |= {column: float(values[place]) for column, values in found.items()}
                rows.append(row | {"unit": known[name].unit, "meaning": known[name].meaning})
        return pd.DataFrame(rows)

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """One row an outcome: outcome, title, unit, mean, low and high (of the cells' means), luck_share."""
        import pandas as pd

        rows = []
        for key, outputs in self.outputs.items():
            means, item = outputs.mean(axis=1), ending(key)
            row = {"outcome": key, "title": item.title, "unit": item.unit, "mean": float(means.mean())}
            row |= {"low": float(means.min()), "high": float(means.max())}
            rows.append(row | {"luck_share": _luck_share(self.sample, outputs)})
        return pd.DataFrame(rows)

    @cached_property
    def cells(self) -> pd.DataFrame:
        """One row a cell: cell, independent, each parameter's value, and each outcome's mean over the replicates.

        Where `independent` holds, cells were drawn from the priors independently: those rows are what `discover` can use.
        """
        import pandas as pd

        table: dict[str, Any] = {"cell": np.arange(len(self.sample.points)), "independent": self.sample.independent}
        table |= self.sample.values
        return pd.DataFrame(table | {key: outputs.mean(axis=1) for key, outputs in self.outputs.items()})

    def summary(self) -> dict[str, Any]:
        """All of it but the cells, ready for JSON; what is not known is null."""
        about = {
            "schema": 1,
            "scenario": self.scenario,
            "preset": self.preset,
            "method": self.sample.method,
            "samples": self.sample.samples,
            "replicates": self.replicates,
            "months": self.months,
            "seed": self.seed,
            "futures": self.futures,
            "seconds": self.seconds,
        }
        tables = {"outcomes": self.outcomes, "table": self.table}
        return about | {name: without_nan(table) for name, table in tables.items()}


def analysed(plan: Sample, outputs: np.ndarray, key: str, seed: int) -> dict[str, np.ndarray]:
    """Column -> (parameters,) for one outcome; outputs: (cells, replicates). InputError when cells are missing."""
    found: Any
    if plan.method == "sobol":
        found = sobol.indices(outputs, len(plan.names), plan.samples, seed=seed, what=f"outcome {key}")
    else:
        found = morris.effects(plan.points, outputs, seed=seed, what=f"outcome {key}")
    columns: dict[str, np.ndarray] = {}
    for name in COLUMNS[plan.method]:
        middle, half = getattr(found, name), getattr(found, f"{name}_half")
        part = {name: middle, f"{name}_low": middle - half, f"{name}_high": middle + half}
        if name == "net" and plan.method == "morris":  # a mean square; its root has the outcome's unit
            part = {column: np.sqrt(np.maximum(values, 0.0)) for column, values in part.items()}
        columns |= part
    return columns


def _luck_share(plan: Sample, outputs: np.ndarray) -> float:
    return luck_share(outputs[plan.independent] if plan.independent.any() else outputs)


def sensitivity(
    scenario: Scenario,
    plan: Sample,
    outcomes: Sequence[str],
    *,
    replicates: int = REPLICATES,
    months: int | None = None,
    seed: int = 1,
    workers: int = 1,
    estimate: Told | None = None,
    progress: Progress | None = None,
) -> Sensitivity:
    """Run the cells of a sample and keep the outcomes asked for.

    estimate(futures, seconds) is told before the work begins how long it will take, from a trial of a few months;
    progress(done, wanted) counts futures' months. Raises InputError for an unknown outcome, or one that has no value in some
    future.
    """
    months = months or scenario.months
    keys = tuple(dict.fromkeys(outcomes))
    for key in keys:
        ending(key)
    if estimate is not None:
        needed = seconds_needed(scenario, seed, plan.values, replicates, months)
        estimate(len(plan.points) * replicates, needed / workers)
    began = time.perf_counter()
    outputs = run_cells(
        scenario, seed, plan.values, replicates, keys, months=months, workers=workers, progress=progress
    )
    seconds = time.perf_counter() - began
    return Sensitivity(scenario.name, scenario.preset, plan, outputs, seed, replicates, months, seconds)


@dataclass(frozen=True)
class _Group:
    """Cells from..to, replicates first .. first + count - 1: what is run side by side."""

    cells: slice
    first: int
    count: int


def _groups(cells: int, replicates: int, size: int) -> Iterator[_Group]:
    count = min(replicates, size)
    beside = max(1, size // count)
    for start in range(0, cells, beside):
        for first in range(0, replicates, count):
            yield _Group(slice(start, min(start + beside, cells)), first, min(count, replicates - first))


def run_cells(
    scenario: Scenario,
    seed: int,
    values: Mapping[str, np.ndarray],
    replicates: int,
    keys: Sequence[str],
    *,
    months: int,
    workers: int = 1,
    progress: Progress | None = None,
) -> dict[str, np.ndarray]:
    """Outcome key -> (cells, replicates): every cell with the same replicates, so that cells differ in nothing but values.

    values: ``mechanism.name`` -> (cells,). Neither workers nor how cells are put side by side changes a bit.
    """
    cells = len(next(iter(values.values())))
    outputs = {key: np.full((cells, replicates), np.nan) for key in keys}
    wanted, done = cells * replicates * months, 0
    work = partial(_run_group, scenario, seed, values, tuple(keys), months)
    groups = list(_groups(cells, replicates, chunk_size(scenario)))

    def keep(group: _Group, found: dict[str, np.ndarray]) -> None:
        nonlocal done
        for key, numbers in found.items():
            _refuse_gaps(key, numbers, group)
            outputs[key][group.cells, group.first : group.first + group.count] = numbers
        done += next(iter(found.values())).size * months
        if progress is not None:
            progress(done, wanted)

    for group, found in zip(groups, map(work, groups) if workers <= 1 else in_order(work, groups, workers), strict=True):
        keep(group, found)
    return outputs


def _refuse_gaps(key: str, numbers: np.ndarray, group: _Group) -> None:
    """Not every measure is defined in every future; better to say so soon than after hours."""
    gaps = np.argwhere(~np.isfinite(numbers))
    if len(gaps):
        cell, replicate = gaps[0] + (group.cells.start, group.first)
        raise InputError(
            f"outcome {key}: has no value in {len(gaps)} of {numbers.size} futures, the first is replicate {replicate} of "
            f"cell {cell}; take an outcome that every future has"
        )


def _run_group(
    scenario: Scenario, seed: int, values: Mapping[str, np.ndarray], keys: tuple[str, ...], months: int, group: _Group
) -> dict[str, np.ndarray]:
    part = {name: value[group.cells] for name, value in values.items()}
    cells = group.cells.stop - group.cells.start
    chunk = simulate(
        scenario,
        seed,
        group.first,
        group.count,
        months=months,
        cells=cells,
        values=part,
        robust=needs_robust_test(keys),
    )
    return {key: ending(key).take(chunk).reshape(cells, group.count) for key in keys}


def seconds_needed(
    scenario: Scenario, seed: int, values: Mapping[str, np.ndarray], replicates: int, months: int
) -> float:
    """How long :func:`run_cells` will take on one core, from a trial: the first cells for one month and for a few more.

    Twin branches of regimes are not in it: how many there will be, nobody knows before.
    """
    cells = len(next(iter(values.values())))
    group = next(_groups(cells, replicates, chunk_size(scenario)))
    took = []
    for span in (1, 1 + _TRIAL_MONTHS):
        began = time.perf_counter()
        _run_group(scenario, seed, values, ("no_force",), span, group)
        took.append(time.perf_counter() - began)
    a_month = max(took[1] - took[0], 0.0) / _TRIAL_MONTHS
    futures = (group.cells.stop - group.cells.start) * group.count
    return cells * replicates / futures * (took[0] + a_month * (months - 1))
