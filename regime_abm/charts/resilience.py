"""Resilience: how many twin branches keep the regime in the months after leaders of key parties are replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from regime_abm.charts.about import About
from regime_abm.charts.drawing import Axis, Band, Figure, Line, Mark, Text, empty, listed, per_cent, ticks
from regime_abm.charts.look import LINES
from regime_abm.robust import NEEDED

if TYPE_CHECKING:
    import pandas as pd

WHAT = "share of twin branches that keep a regime after adverse leaders come to power (run with --robust)"
TABLES = ("resilience_table",)
_ONE = (
    "The band is the 95 % interval (Wilson) of the share in the arm that harms the regime most: sampling error alone."
)
_MANY = (
    "Lines are means over the tested regimes; the band holds 80 of 100 of them in the arm that harms most: how regimes "
    "differ, not sampling error."
)
_RULE = (
    "In each arm the leaders of the states named are replaced by adverse ones. A regime is called robust when at least "
    "{needed} of its branches keep it, its thresholds a little lowered, to the end in every arm."
)


def draw(resilience_table: pd.DataFrame, about: About, *, replicate: int | None = None) -> Figure:
    """resilience_table: one row a tested regime, arm and month (replicate, month, arm, after, share, low, high).

    replicate: the future whose regime is shown; all of them together by default.
    """
    table = resilience_table
    if replicate is not None:
        table = table[table["replicate"] == replicate]
    count = table["replicate"].nunique()
    last = int(table["after"].max()) if len(table) else 24
    across = Axis("Months after the change of leaders", 0.0, float(max(last, 1)), ticks(0.0, max(last, 1), 6))
    upright = Axis("Share of branches in which the regime stands (%)", 0.0, 1.0, ticks(0.0, 1.0, 5, "{:.0f} %", 100.0))
    title = "What becomes of the regime under adverse leaders"
    n = f"{count} tested regime{'' if count == 1 else 's'} among {about.replicates:,} futures"
    if replicate is not None and count:
        title, n = (
            f"What becomes of the regime of future {replicate} under adverse leaders",
            f"the regime of future {replicate}",
        )
    rule = _RULE.format(needed=per_cent(NEEDED))
    caption = about.caption(f"{_ONE if count == 1 else _MANY} {rule}", n=n)
    if not count:
        words = empty("No future ends in a regime that was put to the test.", across, upright)
        alt = "Resilience curve without any line: no future ends in a regime that was put to the test."
        return Figure("resilience", title, caption, alt, across, upright, (words,), table)
    arms = list(dict.fromkeys(table["arm"]))
    by_arm = {arm: table[table["arm"] == arm] for arm in arms}
    mean = {arm: rows.groupby("after")["share"].mean() for arm, rows in by_arm.items()}
    worst = min((arm for arm in arms if arm != "none"), key=lambda arm: mean[arm].iloc[-1], default=arms[0])
    marks: list[Mark] = [_band(by_arm[worst], count)]
    marks.append(Line(np.array([0.0, across.high]), np.array([NEEDED, NEEDED]), "soft", "dot", 1.4))
    marks.append(Text(0.0, NEEDED, "needed to be robust", colour="soft", shift=(4, -11)))
    for number, arm in enumerate(arms):
        tone, dash = LINES[number % len(LINES)]
        curve = mean[arm]
        x = curve.index.to_numpy(float)
        name = _name(arm)
        told = tuple(
            f"{month:.0f} months, {name}: {per_cent(part)}" for month, part in zip(x, curve.to_numpy(), strict=True)
        )
        width = {worst: 3.0, "none": 2.4}.get(arm, 1.5)
        marks.append(Line(x, curve.to_numpy(), tone, dash, width, label=name, hover=told))
    ends = [f"{_name(arm)} {per_cent(mean[arm].iloc[-1])}" for arm in arms]
    alt = (
        f"Curves of the share of twin branches that keep the regime. After {last} months: {listed(ends)}. "
        f"Needed: {per_cent(NEEDED)}."
    )
    return Figure("resilience", title, caption, alt, across, upright, tuple(marks), table, across=False)


def _name(arm: str) -> str:
    """What was done in an arm, in words.

    >>> _name("CHN+USA"), _name("none")
    ('CHN and USA', 'no leader replaced')
    """
    return "no leader replaced" if arm == "none" else listed(arm.split("+"))


def _band(rows: pd.DataFrame, count: int) -> Band:
    if count == 1:
        rows = rows.sort_values("after")
        x, low, high = (rows[name].to_numpy(float) for name in ("after", "low", "high"))
        return Band(x, low, high, "band_80", label=f"95 % interval, {_name(rows['arm'].iloc[0])}")
    ends = rows.groupby("after")["share"].quantile([0.1, 0.9]).unstack()
    x, low, high = ends.index.to_numpy(float), ends[0.1].to_numpy(float), ends[0.9].to_numpy(float)
    return Band(x, low, high, "band_80", label=f"80 of 100 regimes, {_name(rows['arm'].iloc[0])}")
