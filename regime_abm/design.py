"""From a plan to its cells: which setting of the parameters each has, and which runs belong to it.

Cells are numbered variant by variant (scenario under preset), in each the settings in order; runs are numbered cell by
cell, replicate by replicate. Setting number k is the same under every scenario and preset, so that they can be compared.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np

from regime_abm.core.names import Names
from regime_abm.core.noise import Luck
from regime_abm.core.parameter import parameters_of
from regime_abm.plan import Design, Plan, Spread, all_parameters
from regime_abm.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd


class Settings(Protocol):
    """Numbered settings of some parameters."""

    @property
    def names(self) -> tuple[str, ...]:
        """``mechanism.name`` of each parameter."""
        ...

    def rows(self, first: int, count: int) -> np.ndarray:
        """(count, len(names)) values of the settings from `first` on."""
        ...


@dataclass(frozen=True)
class Combinations:
    """Every combination of some levels; the last parameter turns fastest."""

    levels: Mapping[str, Sequence[float]]

    @property
    def names(self) -> tuple[str, ...]:
        """See :class:`Settings`."""
        return tuple(self.levels)

    def rows(self, first: int, count: int) -> np.ndarray:
        """See :class:`Settings`.

        >>> Combinations({"a.x": [1.0, 2.0], "b.y": [5.0, 6.0, 7.0]}).rows(2, 2).tolist()
        [[1.0, 7.0], [2.0, 5.0]]
        """
        places = np.unravel_index(np.arange(first, first + count), [len(values) for values in self.levels.values()])
        return np.stack([np.asarray(v, float)[p] for v, p in zip(self.levels.values(), places, strict=True)], axis=1)


@dataclass(frozen=True)
class Listed:
    """Settings that were written down one by one; without a parameter there is one, which sets nothing."""

    names: tuple[str, ...]
    values: np.ndarray

    def rows(self, first: int, count: int) -> np.ndarray:
        """See :class:`Settings`."""
        return self.values[first : first + count]


@dataclass(frozen=True)
class Filling:
    """A sample that fills the space of some parameters, by their priors or evenly between two values."""

    kind: str
    spread: Spread
    seed: int

    @property
    def names(self) -> tuple[str, ...]:
        """See :class:`Settings`."""
        return (*(self.spread.parameters or ()), *self.spread.ranges)

    @cached_property
    def _places(self) -> np.ndarray:
        """(samples, parameters) in the unit cube, drawn as a whole."""
        from scipy.stats import qmc

        samples, rng = self.spread.samples, np.random.default_rng([self.seed, 0x5EED])
        if self.kind == "latin_hypercube":
            return qmc.LatinHypercube(len(self.names), rng=rng).random(samples)
        # only a full power of two is balanced, so more are drawn and the first taken
        return qmc.Sobol(len(self.names), rng=rng).random_base2((samples - 1).bit_length())[:samples]

    def rows(self, first: int, count: int) -> np.ndarray:
        """See :class:`Settings`."""
        unit = self._places[first : first + count]
        return np.stack([self._placed(name, unit[:, k]) for k, name in enumerate(self.names)], axis=1)

    def _placed(self, name: str, unit: np.ndarray) -> np.ndarray:
        span, parameter = self.spread.ranges.get(name), all_parameters()[name]
        if span is None:
            return parameter.prior.quantile(unit, parameter.low, parameter.high)
        return np.clip(span.low + (span.high - span.low) * unit, span.low, span.high)


@dataclass(frozen=True)
class Draws:
    """Independent draws from the priors: setting k is what future k of a run with `--draw-parameters` draws."""

    names: tuple[str, ...]
    seed: int

    def rows(self, first: int, count: int) -> np.ndarray:
        """See :class:`Settings`."""
        luck = Luck(self.seed, Names(()), first, count)
        columns = []
        for name in self.names:
            parameter = all_parameters()[name]
            unit = luck.single("parameters", "prior", name).astype(float)
            drawn = parameter.prior.quantile(unit, parameter.low, parameter.high).astype(np.float32)
            columns.append(np.clip(drawn.astype(float), parameter.low, parameter.high))
        return np.stack(columns, axis=1)


@dataclass(frozen=True)
class Variant:
    """A scenario under a preset ("" for none), with the settings it is run in."""

    scenario: Scenario
    preset: str
    settings: Settings


@dataclass(frozen=True)
class Block:
    """Runs of one variant that are computed side by side, from run `first` on: `count` replicates in each of some cells.

    Without common random numbers cells do not matter, and a block is `count` runs in one row.
    """

    first: int
    cells: int
    count: int

    @property
    def runs(self) -> int:
        """Number of runs."""
        return self.cells * self.count


@dataclass(frozen=True)
class Cells:
    """All cells of a plan.

    cells_each: of a variant, which is the number of its settings. replicates: runs of a cell.
    """

    variants: tuple[Variant, ...]
    cells_each: int
    replicates: int
    seed: int
    common_random_numbers: bool

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The parameters that vary, in the order of the month."""
        swept = set().union(*(variant.settings.names for variant in self.variants))
        return tuple(name for name in all_parameters() if name in swept)

    @property
    def count(self) -> int:
        """Number of cells."""
        return len(self.variants) * self.cells_each

    @property
    def runs(self) -> int:
        """Number of runs."""
        return self.count * self.replicates

    @property
    def runs_of_variant(self) -> int:
        """Number of runs of each variant."""
        return self.cells_each * self.replicates

    def place(self, run: int) -> tuple[int, int, int]:
        """(variant, cell, replicate) of a run."""
        cell, replicate = divmod(run, self.replicates)
        return cell // self.cells_each, cell, replicate

    def luck(self, run: int) -> int:
        """Which of the seed's futures a run is: the replicate, or without common random numbers a number of its own."""
        return run % self.replicates if self.common_random_numbers else run

    def swept(self, cell: int, count: int) -> dict[str, np.ndarray]:
        """Parameter -> (count,) values that some cells of one variant set, from `cell` on."""
        variant, first = divmod(cell, self.cells_each)
        settings = self.variants[variant].settings
        return dict(zip(settings.names, settings.rows(first, count).T, strict=True)) if settings.names else {}

    def values(self, cell: int, count: int) -> dict[str, np.ndarray]:
        """As :meth:`swept`, for all columns: a variant that keeps a parameter at one value has that value."""
        found = self.swept(cell, count)
        kept = self.variants[cell // self.cells_each].scenario.parameters
        for name in self.columns:
            if name not in found:
                found[name] = np.full(count, kept.get(name, all_parameters()[name].default))
        return {name: found[name] for name in self.columns}

    def table(self) -> pd.DataFrame:
        """One row a cell: cell, scenario, preset, and the values of the parameters that vary."""
        import pandas as pd

        parts = []
        for number, variant in enumerate(self.variants):
            first = number * self.cells_each
            about = {
                "cell": np.arange(first, first + self.cells_each),
                "scenario": variant.scenario.name,
                "preset": variant.preset,
            }
            parts.append(pd.DataFrame(about | self.values(first, self.cells_each)))
        return pd.concat(parts, ignore_index=True)


def cells_of(plan: Plan) -> Cells:
    """The cells of a plan."""
    file = plan.file
    shared, count = _settings(file.design, plan, file.seed)
    variants = []
    for preset, scenario in plan.variants:
        settings = shared
        if settings is None:  # draws of whatever this variant leaves open
            open_ = (name for name in parameters_of(scenario.schedule) if name not in scenario.parameters)
            settings = Draws(tuple(open_), file.seed)
        variants.append(Variant(scenario, preset, settings))
    return Cells(tuple(variants), count, file.replicates, file.seed, file.common_random_numbers)


def _settings(design: Design, plan: Plan, seed: int) -> tuple[Settings | None, int]:
    """The settings of a design and their number; None when each variant has its own."""
    if design.grid is not None:
        return Combinations(design.grid), math.prod(map(len, design.grid.values()))
    if design.list_ is not None:
        names = tuple(design.list_[0])
        rows = np.array([[row[name] for name in names] for row in design.list_], float)
        return Listed(names, rows), len(rows)
    for kind, spread in (("latin_hypercube", design.latin_hypercube), ("sobol", design.sobol)):
        if spread is not None:
            return Filling(kind, spread, seed), spread.samples
    if design.prior is not None:
        named = design.prior.parameters
        return (Draws(tuple(named), seed) if named else None), design.prior.samples
    if design.posterior is not None:
        rows = np.array(list(plan.posterior.values()), float).T
        return Listed(tuple(plan.posterior), rows), len(rows)
    return Listed((), np.empty((1, 0))), 1


def blocks(cells: Cells, first: int, count: int, most: int) -> Iterator[Block]:
    """What to compute side by side, at most `most` runs at a time, so that runs first .. first + count - 1 are done in order.

    All must be of one variant. Whole cells go together, with the same luck in each.
    """
    each, end = cells.replicates, first + count
    while first < end:
        left = min(end - first, most)
        if not cells.common_random_numbers:
            block = Block(first, 1, left)
        elif first % each or left < each:
            block = Block(first, 1, min(left, each - first % each))
        else:
            block = Block(first, left // each, each)
        yield block
        first += block.runs
