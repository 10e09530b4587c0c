"""What is counted, one measure a file; pure functions of the record. Nothing in the model reads a measure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

import numpy as np

from regime_abm.measures import bloc_divide, coverage, no_force, no_threat, reciprocity
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


MEASURES = {item.name: item for item in map(_measure, (no_force, no_threat, coverage, reciprocity, bloc_divide))}


def all_measures(history: History) -> dict[str, np.ndarray]:
    """Every measure, name -> (months + 1, R)."""
    return {name: item.compute(history) for name, item in MEASURES.items()}
