"""Tables for every chart: of many futures, of a single month, and of nothing at all."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd

from regime_abm import api, charts
from regime_abm.charts import About
from regime_abm.charts.sources import Source
from tests.helpers import WORLDS

SIZES = ("full", "one month", "empty")
NAMES = tuple(charts.CHARTS)


@cache
def run(months: int = 36, seed: int = 3, preset: str | None = None) -> api.Result:
    """A real run of the made-up world of three states."""
    return api.run(WORLDS / "trio.toml", replicates=24, months=months, seed=seed, preset=preset)


def resilience(months: int) -> pd.DataFrame:
    """Two tested regimes in three arms, as a run with --robust writes them."""
    rows = []
    for replicate, loss in ((2, 0.01), (7, 0.02)):
        for arm, more in (("none", 0.0), ("AAA+BBB", 0.01), ("AAA", 0.005)):
            for after in range(months + 1):
                share = 1.0 - (loss + more) * after
                row = {"replicate": replicate, "month": 36, "arm": arm, "after": after, "share": share}
                rows.append(row | {"low": share - 0.05, "high": min(share + 0.05, 1.0)})
    return pd.DataFrame(rows)


def effects() -> pd.DataFrame:
    """Effects of fifteen parameters, falling in size and turning in sign; the last is not known."""
    size = 0.3 * 0.8 ** np.arange(15) * np.where(np.arange(15) % 3 == 1, -1.0, 1.0)
    size[-1] = np.nan
    names = [f"mechanism.parameter_{number}" for number in range(15)]
    return pd.DataFrame(
        {"parameter": names, "effect": size, "low": size - 0.04, "high": size + 0.04, "meaning": "what it is"}
    )


def _tables(months: int) -> dict[str, Callable[[], pd.DataFrame]]:
    one, other = run(months), run(months, preset="sceptic")
    found = {
        name: (lambda name=name: getattr(one, name)) for name in ("measures", "shares", "shares_by_month", "passages")
    }
    return found | {
        "resilience_table": lambda: resilience(min(months, 24)),
        "effects": effects,
        "flows": lambda: charts.twins(charts.of_result(one), charts.of_result(other)).table("flows"),
    }


def source(size: str) -> Source:
    """Every table that a chart may ask for."""
    tables = _tables(1 if size == "one month" else 36)
    about = About.of(run(1 if size == "one month" else 36).about())
    if size == "empty":
        return Source(about, lambda name: tables[name]().iloc[:0])
    return Source(about, lambda name: tables[name]())
