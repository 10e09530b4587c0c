"""Shares: how the futures end, one row an outcome class, with the interval of sampling error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regime_abm.charts import rows
from regime_abm.charts.about import About
from regime_abm.charts.drawing import Axis, Box, Figure, Mark, Whisker, between, empty, listed, per_cent, ticks
from regime_abm.charts.look import OUTCOMES

if TYPE_CHECKING:
    import pandas as pd

WHAT = "how the futures end: share of each outcome class with its interval"
TABLES = ("shares",)
_INTERVAL = (
    "Whiskers: 95 % interval (Wilson) of the share, that is sampling error alone and not doubt about the model. The first rule "
    "that fits gives a future its class."
)


def in_order(table: pd.DataFrame, column: str = "outcome") -> pd.DataFrame:
    """The rows in the order of the peace scale; a class that it does not know comes last."""
    place = {key: number for number, key in enumerate(OUTCOMES)}
    return table.sort_values(column, key=lambda keys: keys.map(lambda key: place.get(key, len(place))), kind="stable")


def draw(shares: pd.DataFrame, about: About) -> Figure:
    """shares: one row an outcome class (outcome, title, count, share, low, high, rule)."""
    table = in_order(shares)
    top = min(1.0, max(0.1, (int(10 * table["high"].max()) + 1) / 10)) if len(table) else 1.0
    across = Axis("Share of futures (%)", 0.0, top, ticks(0.0, top, 5, "{:.0f} %", 100.0))
    upright = rows.upright(len(table))
    marks: list[Mark] = []
    for number, row in enumerate(table.itertuples()):
        fill = OUTCOMES[row.outcome]
        low, high = rows.bar(number, len(table))
        told = f"{row.title}: {row.count:,} futures, {per_cent(row.share)} ({between(row.low, row.high)}). {row.rule}"
        if row.share > 0.0:
            marks.append(Box(0.0, row.share, low, high, fill.colour, fill.pattern, hover=told))
        marks.append(Whisker(row.low, row.high, (low + high) / 2.0))
        value = f"{per_cent(row.share)} ({between(row.low, row.high)})"
        marks.extend(rows.words(number, len(table), row.title, value, across))
    title = f"How {about.replicates:,} futures stand in {about.last}"
    seen = table[table["count"] > 0].sort_values("share", ascending=False)
    if not len(seen):
        alt = "Bar chart of outcome classes without any future."
        marks = marks or [empty("There is no future to count.", across, upright)]
    else:
        parts = [f"{row.title} {per_cent(row.share)} ({between(row.low, row.high)})" for row in seen.itertuples()]
        alt = f"Bar chart of the share of futures in each outcome class in {about.last}: {listed(parts)}."
        never = [row.title for row in table.itertuples() if not row.count]
        alt += f" No future: {listed(never)}." if never else ""
    height = rows.ROW * max(len(table), 3)
    return Figure("shares", title, about.caption(_INTERVAL), alt, across, upright, tuple(marks), table, height)
