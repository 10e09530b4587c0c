"""Shares over time: in which outcome class the futures stand, month by month, as areas on top of each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from regime_abm.charts.about import About
from regime_abm.charts.drawing import Axis, Band, Figure, Line, Mark, Text, empty, listed, per_cent, ticks, time_axis
from regime_abm.charts.look import OUTCOMES
from regime_abm.charts.shares import in_order
from regime_abm.measures.outcome import CLASSES

if TYPE_CHECKING:
    import pandas as pd

WHAT = "in which outcome class the futures stand, month by month"
TABLES = ("shares_by_month",)
_ROOM = 0.09  # how high an area must be to hold its name
_TITLES = {item.key: item.title for item in CLASSES}
_INTERVAL = (
    "Each month's futures are counted anew; how a future moves between classes is not shown. With this n the 95 % interval of "
    "a share is at most {points} points to either side: sampling error alone."
)


def draw(shares_by_month: pd.DataFrame, about: About) -> Figure:
    """shares_by_month: one row a month and outcome class (month, date, outcome, count, share)."""
    table = in_order(shares_by_month)
    wide = table.pivot_table(index="month", columns="outcome", values="share", aggfunc="sum", fill_value=0.0)
    x = wide.index.to_numpy(float)
    across = time_axis(about.start, int(x[0]) if len(x) else 0, int(x[-1]) if len(x) else about.months)
    upright = Axis("Share of futures (%)", 0.0, 1.0, ticks(0.0, 1.0, 5, "{:.0f} %", 100.0))
    title = f"Where {about.replicates:,} futures stand, month by month"
    points = 98.0 / max(about.replicates, 4) ** 0.5  # 1.96 standard errors where the share is one half
    caption = about.caption(_INTERVAL.format(points=f"{points:.0f}" if points >= 1.0 else f"{points:.1f}"))
    keys = [key for key in OUTCOMES if key in wide and wide[key].any()]
    if not keys:
        words = empty("No month has passed yet: no future has a class.", across, upright)
        alt = "Chart of outcome classes over time without any area: no month has passed."
        return Figure("shares_over_time", title, caption, alt, across, upright, (words,), table)
    areas: list[Mark] = []
    lines: list[Mark] = []
    spoken: list[Mark] = []
    below = np.zeros(len(x))
    for key in keys:
        share = wide[key].to_numpy(float)
        fill, above = OUTCOMES[key], below + share
        label = f"{_TITLES.get(key, key)}, {per_cent(share[-1])} at the end"
        areas.append(Band(x, below, above, fill.colour, fill.pattern, label=label))
        told = tuple(
            f"{about.date(month)}: {_TITLES.get(key, key)} {per_cent(part)}"
            for month, part in zip(x, share, strict=True)
        )
        spoken.append(Line(x, (below + above) / 2.0, "paper", width=0.0, hover=told))
        if len(x) > 1:
            lines.append(Line(x, np.where(share > 0.0, above, np.nan), "paper", width=1.0))
        lines.extend(_name(_TITLES.get(key, key), x, below, above))
        below = above
    ends = [f"{_TITLES.get(key, key)} {per_cent(wide[key].iloc[-1])}" for key in keys]
    alt = f"Areas on top of each other, from war at the bottom up the peace scale. In {about.date(int(x[-1]))}: {listed(ends)}."
    return Figure(
        "shares_over_time",
        title,
        caption,
        alt,
        across,
        upright,
        (*areas[::-1], *lines, *spoken[::-1]),
        table,
        height=420,
        across=True,
    )


def _name(title: str, x: np.ndarray, low: np.ndarray, high: np.ndarray) -> list[Mark]:
    """The name of a class inside its area, where that is high enough; away from the ends, where it would be cut off."""
    inner = slice(len(x) // 3, len(x) - len(x) // 3)
    place = inner.start + int(np.argmax((high - low)[inner]))
    if high[place] - low[place] < _ROOM:
        return []
    return [Text(float(x[place]), float(low[place] + high[place]) / 2.0, title, "middle", plate=True)]
