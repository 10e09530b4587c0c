"""First passage: how long until an outcome class is first reached, and in how many futures it never is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from regime_abm.charts import rows
from regime_abm.charts.about import About
from regime_abm.charts.drawing import Band, Figure, Line, Mark, Text, between, empty, listed, per_cent, time_axis
from regime_abm.charts.look import OUTCOMES, REGIME
from regime_abm.charts.shares import in_order
from regime_abm.results import share_interval

if TYPE_CHECKING:
    import pandas as pd

WHAT = "months until an outcome class, or any security regime, is first reached, and the share that never does"
TABLES = ("passages",)
_SPAN, _BINS, _RISE = 12, 40, 0.54
_ROW = 104
_INTERVAL = (
    "Height: how many futures get there for the first time {span}, each row on a scale of its own; the upright line is the "
    "middle of those that get there. In brackets the 95 % interval (Wilson) of the share that ever does: sampling error alone."
)


def draw(passages: pd.DataFrame, about: About) -> Figure:
    """passages: one row a class and month (outcome, title, month, count): futures that first reach it in that month.

    outcome: a class, or ``regime`` for a security regime of whatever kind. A month of -1 counts those that never reach it.
    """
    table = in_order(passages)
    titles = dict(zip(table["outcome"], table["title"], strict=True))
    found = {key: _reached(table, key) for key in titles}
    some = [key for key, (months, _) in found.items() if len(months)]
    across = replace(time_axis(about.start, 1, about.months), low=0.5, high=about.months + 0.5)
    upright = rows.upright(len(some))
    width = max(1, -(-about.months // _BINS)) if about.months > _SPAN else 1
    marks: list[Mark] = []
    parts = []
    for number, key in enumerate(some):
        months, never = found[key]
        floor = rows.base(number, len(some))
        marks.extend(_ridge(months, floor, key, width, about))
        value, middle = _told(len(months), never), f"middle {about.date(int(np.median(months)))}"
        marks.append(Text(across.low, floor + 0.90, titles[key], bold=True))
        marks.append(Text(across.high, floor + 0.90, middle, "right"))
        marks.append(Text(across.low, floor + 0.70, value))
        parts.append(f"{titles[key]} {value}, {middle}")
    if not some:
        marks = [empty("No future reaches any class in these months.", across, upright)]
    title = f"How long until {about.replicates:,} futures first get there"
    none = _none(
        [titles[key] for key in titles if key not in some],
        max((len(found[key][0]) + found[key][1] for key in found), default=0),
    )
    said = [*parts, *filter(None, [none.rstrip(".")])] or ["No future is followed"]
    alt = f"Ridges of the time of first passage from {about.date(0)} to {about.last}. {'; '.join(said)}."
    span = "in a month" if width == 1 else f"in {width} months"
    caption = about.caption(" ".join(filter(None, (none, _INTERVAL.format(span=span)))))
    height = _ROW * max(len(some), 3)
    return Figure("first_passage", title, caption, alt, across, upright, tuple(marks), table, height)


def _none(titles: list[str], total: int) -> str:
    """Which classes no future reaches, and how many might for all that."""
    if not titles:
        return ""
    least = f" (95 % interval {between(*share_interval(0, total))})" if total else ""
    return f"No future reaches it{least}: {listed(titles)}."


def _reached(table: pd.DataFrame, key: str) -> tuple[np.ndarray, int]:
    """The month of each future that reaches a class, in order, and the number of those that never do."""
    part = table[table["outcome"] == key]
    month, count = part["month"].to_numpy(int), part["count"].to_numpy(int)
    return np.sort(np.repeat(month[month >= 0], count[month >= 0])), int(count[month < 0].sum())


def _told(count: int, never: int) -> str:
    total = count + never
    return f"{per_cent(count / total)} get there ({between(*share_interval(count, total))}), never {per_cent(never / total)}"


def _ridge(months: np.ndarray, floor: float, key: str, width: int, about: About) -> list[Mark]:
    marks: list[Mark] = [Line(np.array([0.5, about.months + 0.5]), np.array([floor, floor]), "faint", width=1.0)]
    if not len(months):
        return marks
    fill = REGIME if key == "regime" else OUTCOMES[key]
    edges = np.arange(1, about.months + width + 1, width)
    counts = np.histogram(months, edges)[0]
    rise = floor + _RISE * counts / counts.max()
    x = np.repeat(edges - 0.5, 2)[1:-1].clip(0.5, about.months + 0.5)
    marks.append(Band(x, np.full(len(x), floor), np.repeat(rise, 2), fill.colour, fill.pattern))
    middle = float(np.median(months))
    for tone, thick in (("paper", 5.0), ("ink", 2.2)):  # the edge of paper keeps it in sight on a dark area
        marks.append(Line(np.array([middle, middle]), np.array([floor, floor + _RISE]), tone, width=thick))
    told = tuple(
        f"{about.date(first)} to {about.date(min(first + width - 1, about.months))}: {count} futures"
        if width > 1
        else f"{about.date(first)}: {count} futures"
        for first, count in zip(edges[:-1].tolist(), counts.tolist(), strict=True)
    )
    marks.append(Line((edges[:-1] + edges[1:] - 1) / 2.0, rise, "ink", width=0.0, hover=told))
    return marks
