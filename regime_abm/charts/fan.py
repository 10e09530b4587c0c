"""Fan: how a measure spreads over the futures, month by month, as nested bands around the middle one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from regime_abm.charts.about import About
from regime_abm.charts.drawing import Axis, Band, Figure, Line, Mark, empty, ticks, time_axis
from regime_abm.errors import InputError, nearest
from regime_abm.measures import MEASURES, Measure

if TYPE_CHECKING:
    import pandas as pd

WHAT = "a measure over time: bands that hold 50, 80 and 90 of 100 futures, and the middle one"
TABLES = ("measures",)
_BANDS = ((90, "q05", "q95"), (80, "q10", "q90"), (50, "q25", "q75"))
_INTERVAL = (
    "Bands hold 50, 80 and 90 of 100 futures; the dashed line is the middle one. Month by month, over the futures in which the "
    "measure is defined: no single future runs along a band."
)


def measure_of(name: str) -> Measure:
    """A measure by its name. Raises InputError that names the nearest one."""
    if name not in MEASURES:
        raise InputError(f"unknown measure {name!r}{nearest(name, MEASURES)}")
    return MEASURES[name]


def draw(measures: pd.DataFrame, about: About, *, measure: str = "reciprocity") -> Figure:
    """measures: one row a measure and month (measure, month, date, q05, q10, q25, q50, q75, q90, q95).

    Raises InputError for a measure that is none.
    """
    item = measure_of(measure)
    rows = measures[measures["measure"] == measure].sort_values("month")
    x = rows["month"].to_numpy(float)
    across = time_axis(about.start, int(x[0]) if len(x) else 0, int(x[-1]) if len(x) else about.months)
    upright = Axis(f"{item.title} ({item.unit})", item.low, item.high, ticks(item.low, item.high, 4))
    known = rows["q50"].to_numpy(float)
    there = np.flatnonzero(np.isfinite(known))
    title = f"{item.title}: how {about.replicates:,} futures spread"
    caption = f"{item.meaning.rstrip('.')}. {about.caption(_INTERVAL)}"
    if not len(there):
        words = empty("In no future is this measure defined in these months.", across, upright)
        alt = f"Fan chart of {item.title} without any curve: in no future is the measure defined."
        return Figure("fan", title, caption, alt, across, upright, (words,), rows)
    marks: list[Mark] = [
        Band(x, rows[low].to_numpy(float), rows[high].to_numpy(float), f"band_{share}", label=f"{share} of 100 futures")
        for share, low, high in _BANDS
    ]
    told = tuple(
        f"{row.date}: middle {row.q50:.2f}\nhalf of the futures {row.q25:.2f} to {row.q75:.2f}\n"
        f"90 of 100 {row.q05:.2f} to {row.q95:.2f}"
        for row in rows.itertuples()
    )
    marks.append(Line(x, known, dash="dash", width=2.4, label="middle future", hover=told))
    last = rows.iloc[there[-1]]
    alt = (
        f"Fan chart of {item.title} ({item.unit}). In {last.date} the middle of {about.replicates:,} futures is at "
        f"{last.q50:.2f}; half lie between {last.q25:.2f} and {last.q75:.2f}, "
        f"90 of 100 between {last.q05:.2f} and {last.q95:.2f}."
    )
    first = rows.iloc[there[0]]
    if there[-1] > there[0]:
        alt += f" In {first.date} the middle was at {first.q50:.2f}."
    return Figure("fan", title, caption, alt, across, upright, tuple(marks), rows, across=True)
