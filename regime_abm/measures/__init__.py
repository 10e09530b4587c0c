"""What is counted, one measure a file; pure functions of the record. Nothing in the model reads a measure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

import numpy as np

from regime_abm.measures import (
    autonomy,
    bloc_divide,
    coverage,
    implementation,
    inclusiveness,
    no_force,
    no_threat,
    norm_adherence,
    norm_adherence_by_power,
    norm_stage,
    peaceful_settlement,
    reciprocity,
    regime_strength,
    verification,
)
from regime_abm.measures.history import History


@dataclass(frozen=True)
class Measure:
    """One measure: how to name it on an axis, its range, its meaning, and how to compute it."""

    name: str
    title: str
    unit: str
    low: float
    high: float
    meaning: str
    compute: Callable[[History], np.ndarray]


def _measure(module: ModuleType) -> Measure:
    name = module.__name__.rsplit(".", 1)[-1]
    return Measure(name, module.TITLE, module.UNIT, module.LOW, module.HIGH, module.MEANING, module.measure)


MEASURES = {
    item.name: item
    for item in map(
        _measure,
        (
            no_force,
            no_threat,
            peaceful_settlement,
            norm_adherence,
            norm_adherence_by_power,
            norm_stage,
            reciprocity,
            autonomy,
            coverage,
            inclusiveness,
            verification,
            implementation,
            regime_strength,
            bloc_divide,
        ),
    )
}


# What holds on for any length of time, so that a part of the record is not enough to know it: see `History.past`.
_CARRIED: dict[str, Callable[[History], np.ndarray]] = {
    "peaceful_settlement": peaceful_settlement.measure,
    "autonomy": autonomy.measure,
    "norm_cascade": norm_stage.cascading,
}
CARRIED = tuple(_CARRIED)


def all_measures(history: History) -> dict[str, np.ndarray]:
    """Every measure, name -> (months + 1, R)."""
    return {name: history.once(item.compute) for name, item in MEASURES.items()}


def to_carry(history: History) -> dict[str, np.ndarray]:
    """What a later part of the record needs to know of these months: name -> (months + 1, R)."""
    return {name: history.once(compute).astype(float) for name, compute in _CARRIED.items()}
