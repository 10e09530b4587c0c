"""What the golden file holds: shares of outcomes and medians of measures as distributions, never one run and no hashes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from regime_abm import api

FILE = Path(__file__).parent / "baseline_2018.toml"
SCENARIO, FUTURES, SEED = "baseline_2018", 4000, 101  # another seed than the tests use
MONTHS = (24, 60, 240)


def median_of(values: np.ndarray) -> float:
    """Median of the futures in which a measure is defined; NaN where it is in none."""
    values = values[~np.isnan(values)]
    return float(np.median(values)) if len(values) else float("nan")


def measured() -> dict[str, Any]:
    """Outcome shares at the end and medians of the measures after some months, of 4,000 futures."""
    result = api.run(SCENARIO, replicates=FUTURES, seed=SEED)
    medians = {name: {month: median_of(values[:, month]) for month in MONTHS} for name, values in result.series.items()}
    return {
        "scenario": SCENARIO,
        "futures": FUTURES,
        "seed": SEED,
        "months": result.months,
        "outcome_shares": result.outcome_shares,
        "medians": medians,
    }


def written(found: dict[str, Any]) -> str:
    """As TOML."""
    lines = ["# Written by `python -m tests.golden`: distributions, to be met within sampling error on any platform.", ""]
    lines += [f"{key} = {value!r}".replace("'", '"') for key, value in found.items() if not isinstance(value, dict)]
    lines += ["", "[outcome_shares]", *(f"{key} = {share}" for key, share in found["outcome_shares"].items())]
    for name, medians in found["medians"].items():
        lines += ["", f"[medians.{name}]", *(f"{month} = {value:.6g}" for month, value in medians.items())]
    return "\n".join(lines) + "\n"
