"""The sliders of the page "Futures", made from the model's own parameters: nothing here names one of them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from dashboards.view import View, parameters
from regime_abm import api

BINS = 24  # of a drawn prior


@lru_cache(maxsize=40)
def groups(scenario: str) -> list[dict[str, Any]]:
    """Return the parameters that count in a scenario, mechanism by mechanism in the order of the month.

    Each: name, low, high, default, step, unit, meaning, source, evidence, prior in words and as heights from low to high.
    """
    on = set(View(scenario).first.loaded().modules)
    found = []
    for row in api.schedule_table():
        if row["when"] == "optional" and row["name"] not in on:
            continue
        own = [item for name, item in parameters().items() if name.split(".")[0] == row["name"]]
        if own:
            found.append({"name": row["name"], "claim": row["claim"], "parameters": [_slider(item) for item in own]})
    return found


def _slider(item: dict[str, Any]) -> dict[str, Any]:
    span = item["high"] - item["low"]
    return {
        **item,
        "title": item["name"].split(".")[1].replace("_", " "),
        "step": float(f"{span / 200:.1g}"),
        "curve": [round(height, 3) for height in api.prior_curve(item["name"], BINS)],
    }
