"""Tornado: what moves an outcome most, one row a parameter, the strongest at the top, each with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from regime_abm.charts import rows
from regime_abm.charts.about import About
from regime_abm.charts.drawing import Axis, Box, Figure, Line, Mark, Whisker, empty, listed, signed, ticks
from regime_abm.charts.look import MINUS, PLUS

if TYPE_CHECKING:
    import pandas as pd

WHAT = "what moves an outcome most: effect of each parameter with its interval"
TABLES = ("effects",)
MOST = 12  # rows; more are a table, not a picture


# Of a method of sensitivity analysis: the column that is drawn, its unit (the outcome's where there is none), what it means.
_SHOWN = {
    "morris": ("mu", "", "Bars: mean change of the outcome when the parameter moves over its whole prior (Morris)."),
    "sobol": (
        "net",
        "share of variance",
        "Bars: share of the outcome's variance that would stay if all but this parameter were known (Sobol's total index), "
        "with luck taken out.",
    ),
    "sobol, one replicate": (
        "total",
        "share of variance",
        "Bars: share of the outcome's variance that would stay if all but this parameter were known (Sobol's total index); "
        "with one replicate luck cannot be told from influence.",
    ),
}


def effects(table: pd.DataFrame, method: str, unit: str) -> tuple[pd.DataFrame, dict[str, str]]:
    """The effects of one outcome from the table of a sensitivity analysis, and what its figure says about them.

    table: one row a parameter, with the method's columns and *_low, *_high of each; unit: of the outcome.
    """
    if method == "sobol" and table["net"].isna().all():
        method = "sobol, one replicate"
    column, own_unit, meaning = _SHOWN[method]
    names = {column: "effect", f"{column}_low": "low", f"{column}_high": "high"}
    kept = table[["parameter", *names, "meaning"]].rename(columns=names)
    interval = "Whiskers: 95 % interval by bootstrap: sampling error alone."
    return kept, {"unit": own_unit or unit, "meaning": meaning, "interval": interval}


def draw(
    effects: pd.DataFrame,
    about: About,
    *,
    outcome: str = "Outcome",
    unit: str = "change of the outcome",
    meaning: str = "Bars: effect of each parameter.",
    interval: str = "Whiskers: 95 % interval.",
    n: str = "",
) -> Figure:
    """effects: one row a parameter (parameter, effect, low, high; meaning if there is one, for the pointer).

    outcome: what is moved, in words; unit: of the effect; meaning: what a bar stands for, a sentence; interval: what a whisker
    means, a sentence; n: how many runs, where that is something else than the futures of `about`.
    """
    known = effects[np.isfinite(effects["effect"].to_numpy(float))]
    table = known.sort_values("effect", key=lambda column: -column.abs(), kind="stable")
    shown = table.head(MOST)
    ends = shown[["effect", "low", "high"]].to_numpy(float)
    finite = ends[np.isfinite(ends)]
    low, high = min(0.0, *finite, 0.0), max(0.0, *finite, 0.0)
    if low == high:
        low, high = (0.0, 1.0) if low == 0.0 else (low, high)
    room = 0.04 * (high - low)
    across = Axis(f"Effect on {outcome} ({unit})", low - room if low < 0 else low, high + room)
    across = Axis(across.title, across.low, across.high, ticks(across.low, across.high, 5))
    upright = rows.upright(len(shown))
    marks: list[Mark] = []
    for number, row in enumerate(shown.itertuples()):
        fill = PLUS if row.effect >= 0 else MINUS
        bottom, top = rows.bar(number, len(shown))
        value = _value(row, low < 0)
        told = ": ".join(filter(None, (f"{row.parameter} {value}", str(getattr(row, "meaning", "") or ""))))
        marks.append(
            Box(min(row.effect, 0.0), max(row.effect, 0.0), bottom, top, fill.colour, fill.pattern, hover=told)
        )
        if np.isfinite(row.low) and np.isfinite(row.high):
            marks.append(Whisker(row.low, row.high, (bottom + top) / 2.0))
        marks.extend(rows.words(number, len(shown), row.parameter, value.split(" (")[0], across))
    marks.append(Line(np.zeros(2), np.array([0.0, max(len(shown), 1.0)]), "soft", width=1.2))
    left = len(table) - len(shown)
    more = f" {left} weaker parameters are not shown." if left else ""
    signs = " Blue, plain: the outcome rises with the parameter; orange, hatched: it falls." if low < 0 else ""
    title = f"{outcome}: what moves it most"
    alt = "Tornado chart without any bar: no effect is known."
    if len(shown):
        parts = [f"{row.parameter} {_value(row, low < 0)}" for row in shown.head(5).itertuples()]
        alt = f"Tornado chart of effects on {outcome} ({unit}), strongest first: {listed(parts)}."
    else:
        marks = [empty("No effect is known.", across, upright)]
    caption = about.caption(f"{meaning}{signs} {interval}{more}", n=n)
    height = rows.ROW * max(len(shown), 3)
    return Figure("tornado", title, caption, alt, across, upright, tuple(marks), table, height)


def _value(row: object, with_sign: bool) -> str:
    effect, low, high = (float(getattr(row, name)) for name in ("effect", "low", "high"))
    digits = 2 if abs(effect) >= 0.01 or not effect else 3
    words = [
        signed(value, digits) if with_sign else f"{value:.{digits}f}".replace("-", "\u2212")
        for value in (effect, low, high)
    ]
    return f"{words[0]} ({words[1]} to {words[2]})" if np.isfinite(low) and np.isfinite(high) else words[0]
