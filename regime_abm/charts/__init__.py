"""Charts, one file each: tables in, a figure with title, unit, caption and words for who cannot see it out.

A chart is a module with WHAT (one line), TABLES (the names of the tables that it takes, in order) and `draw(*tables, about,
**options)`, a pure function. Its line in CHARTS makes it known everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

from regime_abm.charts import fan, first_passage, flow, resilience, shares, shares_over_time, tornado
from regime_abm.charts.about import About
from regime_abm.charts.drawing import FORMATS, WIDTH, Figure, ready
from regime_abm.charts.sources import (
    Source,
    is_folder,
    of_comparison,
    of_folder,
    of_result,
    of_sensitivity,
    source_of,
    suited,
    summary_of,
    twins,
)
from regime_abm.errors import InputError, nearest

CHARTS: dict[str, ModuleType] = {
    module.__name__.rsplit(".", 1)[-1]: module
    for module in (fan, shares, shares_over_time, first_passage, resilience, flow, tornado)
}

__all__ = [
    "CHARTS",
    "FORMATS",
    "WIDTH",
    "About",
    "Figure",
    "Source",
    "checked",
    "drawn",
    "is_folder",
    "of_comparison",
    "of_folder",
    "of_result",
    "of_sensitivity",
    "ready",
    "source_of",
    "suited",
    "summary_of",
    "twins",
]


def checked(name: str, options: Mapping[str, Any]) -> ModuleType:
    """The module of a chart. Raises InputError for a chart that is none, or a choice that it does not have."""
    if name not in CHARTS:
        raise InputError(f"unknown chart {name!r}{nearest(name, CHARTS)}")
    module = CHARTS[name]
    for key, value in options.items():
        if key not in (module.draw.__kwdefaults__ or {}):
            raise InputError(f"{key}: the chart {name} has no such choice")
        if key == "measure":
            fan.measure_of(value)
    return module


def drawn(name: str, source: Source, **options: Any) -> Figure:
    """A chart of a source's tables. options: as of the chart's own `draw`, on top of what the source says.

    Raises InputError for an unknown chart, a choice that it does not have, and a table that the source does not have.
    """
    module = checked(name, options)
    tables = [source.table(table) for table in module.TABLES]
    return module.draw(*tables, source.about, **{**source.options.get(name, {}), **options})
