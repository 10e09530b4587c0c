"""Scenario discovery: what would you have to believe for an outcome to be likely? [bryant2010]

A table with a row for each run, or for each setting of the parameters, is searched for boxes (PRIM) and cut into a small
tree. Boxes are sought in two thirds of the settings and then counted in the other third, as a box always looks good where it
was sought. Runs of one setting stay together: otherwise one would help to find what another one tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from regime_abm.analysis import prim, tree
from regime_abm.analysis.box import Box, everything, inside, measured
from regime_abm.core.parameter import Parameter, parameters_of
from regime_abm.endings import ENDINGS, of_classes
from regime_abm.errors import InputError, nearest
from regime_abm.mechanisms import COMPLETE
from regime_abm.tables import without_nan

if TYPE_CHECKING:
    import pandas as pd

IDLE = 0.05  # a restriction with a larger quasi-p is dropped
HELD_OUT = 1 / 3
_FEWEST = 20  # rows


@dataclass(frozen=True)
class Found:
    """One box: within its limits, in the rows that it was sought in and in those held out.

    box: as it was found, among the rows that earlier boxes left; quasi_p: (parameters, 2). path: all boxes on the way.
    elsewhere: mean outcome outside. held_*: the same in the rows held out (NaN where none were).
    """

    box: Box
    quasi_p: np.ndarray
    path: tuple[Box, ...]
    elsewhere: float
    held_density: float
    held_coverage: float
    held_elsewhere: float


@dataclass(frozen=True)
class Discovery:
    """Where in the space of parameters an outcome is likely.

    outcome: what was asked, in words. rows: rows of the table; share: mean outcome over them. found: the boxes, best first.
    leaves: those of the tree. Tables are tidy pandas tables.
    """

    outcome: str
    names: tuple[str, ...]
    points: np.ndarray
    cases: np.ndarray
    found: tuple[Found, ...]
    leaves: tuple[Box, ...]

    @property
    def rows(self) -> int:
        """Rows of the table."""
        return len(self.points)

    @property
    def share(self) -> float:
        """Mean outcome over all rows."""
        return float(self.cases.mean())

    @cached_property
    def boxes(self) -> pd.DataFrame:
        """One row a box: box, rows, mass, coverage, density, elsewhere, and held_* of the rows that were held out."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "box": number,
                    "rows": item.box.rows,
                    "mass": item.box.mass,
                    "coverage": item.box.coverage,
                    "density": item.box.density,
                    "elsewhere": item.elsewhere,
                    "held_density": item.held_density,
                    "held_coverage": item.held_coverage,
                    "held_elsewhere": item.held_elsewhere,
                }
                for number, item in enumerate(self.found, 1)
            ],
            columns=[*_BOX_COLUMNS],
        )

    @cached_property
    def beliefs(self) -> pd.DataFrame:
        """What you would have to believe, one row a box and parameter.

        box, parameter, low and high (the limits, NaN where there is none), believed (share of all rows that meet this limit
        alone: how much of its prior it asks for, where rows were drawn from it), quasi_p (the larger of two), unit, meaning.
        """
        import pandas as pd

        rows = []
        for number, item in enumerate(self.found, 1):
            for place in item.box.restricted:
                low, high = float(item.box.low[place]), float(item.box.high[place])
                column = self.points[:, place]
                meant = _known(self.names[place])
                rows.append(
                    {
                        "box": number,
                        "parameter": self.names[place],
                        "low": low if np.isfinite(low) else np.nan,
                        "high": high if np.isfinite(high) else np.nan,
                        "believed": float(((column >= low) & (column <= high)).mean()),
                        "quasi_p": float(np.nanmax(item.quasi_p[place])),
                        "unit": meant.unit if meant else "",
                        "meaning": meant.meaning if meant else "",
                    }
                )
        return pd.DataFrame(rows, columns=["box", "parameter", "low", "high", "believed", "quasi_p", "unit", "meaning"])

    @cached_property
    def trajectories(self) -> pd.DataFrame:
        """One row a box on the way to each box: box, step, coverage, density, mass, rows, restricted, chosen."""
        import pandas as pd

        rows = []
        for number, item in enumerate(self.found, 1):
            chosen = _best(item.path)
            for step, box in enumerate(item.path):
                row = {"box": number, "step": step, "coverage": box.coverage, "density": box.density, "mass": box.mass}
                rows.append(row | {"rows": box.rows, "restricted": len(box.restricted), "chosen": step == chosen})
        columns = ["box", "step", "coverage", "density", "mass", "rows", "restricted", "chosen"]
        return pd.DataFrame(rows, columns=columns)

    @cached_property
    def tree(self) -> pd.DataFrame:
        """One row a leaf, the likeliest first: leaf, where, rows, mass, coverage, density."""
        import pandas as pd

        ordered = sorted(self.leaves, key=lambda leaf: -leaf.density)
        return pd.DataFrame(
            [
                {
                    "leaf": number,
                    "where": self._where(leaf),
                    "rows": leaf.rows,
                    "mass": leaf.mass,
                    "coverage": leaf.coverage,
                    "density": leaf.density,
                }
                for number, leaf in enumerate(ordered, 1)
            ]
        )

    def words(self) -> list[str]:
        """What was found, a sentence a box."""
        if not self.found:
            return [f"{self.outcome}: {percent(self.share)} of all; no box holds more of it than chance gives."]
        said = []
        for number, item in enumerate(self.found):
            left = " left" if number else ""
            text = (
                f"{self.outcome}: {percent(item.box.density)} where {self._where(item.box)}; {percent(item.elsewhere)} "
                f"elsewhere. These are {percent(item.box.mass)} of the rows{left} and hold {percent(item.box.coverage)} of "
                f"the cases{left}."
            )
            if np.isfinite(item.held_density):
                text += (
                    f" In rows held out: {percent(item.held_density)}, and {percent(item.held_elsewhere)} elsewhere."
                )
            said.append(text)
        return said

    def _where(self, box: Box) -> str:
        parts = []
        for place in box.restricted:
            name, low, high = self.names[place], box.low[place], box.high[place]
            if np.isfinite(low) and np.isfinite(high):
                parts.append(f"{low:.3g} < {name} < {high:.3g}")
            else:
                parts.append(f"{name} > {low:.3g}" if np.isfinite(low) else f"{name} < {high:.3g}")
        return " and ".join(parts) or "anything holds"

    def summary(self) -> dict[str, Any]:
        """All of it, ready for JSON; what is not known is null."""
        tables = {name: getattr(self, name) for name in ("boxes", "beliefs", "tree", "trajectories")}
        about = {"schema": 1, "outcome": self.outcome, "rows": self.rows, "share": self.share, "words": self.words()}
        return about | {name: without_nan(table) for name, table in tables.items()}


_BOX_COLUMNS = (
    "box", "rows", "mass", "coverage", "density", "elsewhere", "held_density", "held_coverage", "held_elsewhere",
)  # fmt: skip


def percent(share: float) -> str:
    """A share in words, whole percent unless it is small.

    >>> percent(0.742), percent(0.0123), percent(1.0)
    ('74 %', '1.2 %', '100 %')
    """
    return f"{100 * share:.2g} %" if 0.0 < share < 0.095 else f"{100 * share:.0f} %"


def _known(name: str) -> Parameter | None:
    return parameters_of(COMPLETE).get(name)


def outcome_of(
    table: pd.DataFrame, key: str, above: float | None = None, below: float | None = None
) -> tuple[np.ndarray, str]:
    """(rows,) the outcome as flags or shares, and in words.

    key: a column of numbers, or an outcome class that the column "outcome" holds words of. Numbers that are no shares need
    `above` or `below`. Raises InputError for a column that is not there, gaps, or numbers without a threshold.
    """
    title = ENDINGS[key].title if key in ENDINGS else key
    if key in table:
        numbers = _numbers(table, key)
    elif "outcome" in table:
        return of_classes(table["outcome"].to_numpy().astype(str), key).astype(float), title
    else:
        raise InputError(f"outcome: the table has no column {key!r}{nearest(key, map(str, table.columns))}")
    if above is not None and below is not None:
        raise InputError(f"outcome {key}: give above or below, not both")
    unit = ENDINGS[key].unit if key in ENDINGS else ""
    if above is not None:
        return (numbers > above).astype(float), f"{title} above {above:g}"
    if below is not None:
        return (numbers < below).astype(float), f"{title} below {below:g}"
    if numbers.min() < 0 or numbers.max() > 1 or (unit and unit != "share of futures"):
        raise InputError(
            f"outcome {key}: is a number from {numbers.min():.3g} to {numbers.max():.3g} ({unit or 'no share'}); "
            "say above or below what it is of interest"
        )
    return numbers, title


def parameters_in(table: pd.DataFrame, chosen: Sequence[str] | None = None) -> tuple[str, ...]:
    """The columns to look at: those chosen, else all parameters of the model in the table; only those that vary.

    Raises InputError for a chosen column that is not there, and where nothing varies.
    """
    for name in chosen or ():
        if name not in table:
            raise InputError(f"parameters: the table has no column {name!r}{nearest(name, map(str, table.columns))}")
    known = parameters_of(COMPLETE)
    names = list(dict.fromkeys(chosen)) if chosen is not None else [name for name in known if name in table]
    varying = tuple(name for name in names if table[name].nunique() > 1)
    if not varying:
        raise InputError("parameters: the table has no column of a parameter that varies")
    return varying


def _numbers(table: pd.DataFrame, name: str) -> np.ndarray:
    try:
        values = table[name].to_numpy(dtype=float)
    except (TypeError, ValueError):
        raise InputError(f"column {name}: holds words where numbers are needed") from None
    gaps = np.flatnonzero(~np.isfinite(values))
    if len(gaps):
        raise InputError(f"column {name}: {len(gaps)} of {len(values)} rows have no value, the first is row {gaps[0]}")
    return values


def discover(
    table: pd.DataFrame,
    outcome: str,
    *,
    above: float | None = None,
    below: float | None = None,
    parameters: Sequence[str] | None = None,
    most: int = 3,
    smallest: float = prim.SMALLEST,
    depth: int = tree.DEPTH,
    held_out: float = HELD_OUT,
    seed: int = 0,
) -> Discovery:
    """Boxes and a tree for an outcome in a table of one row a run, or one a setting of the parameters.

    Where the table has a column `independent`, only rows in which it holds are looked at.
    outcome: see :func:`outcome_of`. parameters: columns to look at, all parameters by default. most: boxes to look for, each
    in what the ones before left. smallest: share of the rows that a box or leaf holds at least. depth: cuts of the tree, 1 to
    3. held_out: share of the settings kept to count a box in, 0 for none; seed: which ones.
    Of the boxes on PRIM's way the one with the best harmonic mean of coverage and gain in density is taken, and restrictions
    that chance explains as well (quasi-p above .05) are dropped. Raises InputError for a table that cannot be used.
    """
    table = _drawn(table)
    if len(table) < _FEWEST:
        raise InputError(f"the table has {len(table)} rows; at least {_FEWEST} are needed")
    if not 1 <= depth <= 3:
        raise InputError(f"depth: {depth} is outside 1 to 3")
    if not 0.0 < smallest <= 0.5:
        raise InputError(f"smallest: {smallest:g} is outside 0 to 0.5")
    if not 0.0 <= held_out <= 0.5:
        raise InputError(f"held_out: {held_out:g} is outside 0 to 0.5")
    cases, title = outcome_of(table, outcome, above, below)
    names = parameters_in(table, parameters)
    points = np.stack([_numbers(table, name) for name in names], axis=1)
    if not 0.0 < cases.mean() < 1.0:
        every = "all" if cases.mean() else "none"
        raise InputError(f"outcome {outcome}: it is so in {every} of the {len(table)} rows: nothing tells them apart")
    held = _held(points, held_out, seed)
    found: list[Found] = []
    left = np.ones(len(points), bool)
    while len(found) < most:
        item = _next(points, cases, left & ~held, left & held, smallest)
        if item is None:
            break
        found.append(item)
        left &= ~inside(points, item.box.low, item.box.high)
    leaves = tree.leaves(points, cases, depth=depth, smallest=smallest)
    return Discovery(title, names, points, cases, tuple(found), tuple(leaves))


def _drawn(table: pd.DataFrame) -> pd.DataFrame:
    """The rows that stand for the priors, where the table says which do: those of `Sensitivity.cells` do not all."""
    if "independent" not in table:
        return table
    drawn = table["independent"].astype(bool)
    if not drawn.any():
        raise InputError(
            "the table's settings were not drawn from the priors (column independent); take those of sobol"
        )
    return table[drawn]


def _held(points: np.ndarray, share: float, seed: int) -> np.ndarray:
    """(rows,) which rows are held out: whole settings, so that no run of a setting helps to find what another one tests."""
    _, setting = np.unique(points, axis=0, return_inverse=True)
    drawn = np.random.default_rng(seed).random(int(setting.max()) + 1)
    return drawn[setting.ravel()] < share


def _best(path: Sequence[Box]) -> int:
    return max(range(len(path)), key=lambda step: prim.gain(path[step], path[0]))


def _next(points: np.ndarray, cases: np.ndarray, sought: np.ndarray, held: np.ndarray, smallest: float) -> Found | None:
    """The best box in the rows to seek in, counted in the rows held out; None where nothing is left but chance."""
    here, there = points[sought], cases[sought]
    if not there.any():
        return None
    path = prim.trajectory(here, there, smallest=smallest)
    box = _without_idle(here, there, path[_best(path)])
    if not len(box.restricted):
        return None
    whole = everything(here, there)
    kept = measured(points[held], cases[held], box.low, box.high)
    all_kept = everything(points[held], cases[held])
    nan = float("nan")
    return Found(
        box,
        prim.quasi_p(here, there, box),
        tuple(path),
        _outside(whole, box),
        kept.density if kept.rows else nan,
        kept.coverage if all_kept.cases else nan,
        _outside(all_kept, kept),
    )


def _outside(whole: Box, box: Box) -> float:
    rows = whole.rows - box.rows
    return (whole.cases - box.cases) / rows if rows else float("nan")


def _without_idle(points: np.ndarray, cases: np.ndarray, box: Box) -> Box:
    """The box without limits that chance explains as well, the idlest dropped first."""
    while len(box.restricted):
        chance = np.nan_to_num(prim.quasi_p(points, cases, box), nan=-1.0)
        place, side = np.unravel_index(np.argmax(chance), chance.shape)
        if chance[place, side] <= IDLE:
            break
        box = prim.without(points, cases, box, int(place), int(side))
    return box
