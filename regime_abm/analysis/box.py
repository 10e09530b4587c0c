"""A box: lower and upper limits of some inputs, and what lies inside them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Box:
    """Limits of the inputs and what a table of points and outcomes holds within them.

    low, high: (inputs,), infinite where an input is free. rows: points inside; cases: the sum of their outcomes.
    coverage: share of all cases that lie inside. density: mean outcome inside. mass: share of all points inside.
    """

    low: np.ndarray
    high: np.ndarray
    rows: int
    cases: float
    coverage: float
    density: float
    mass: float

    @property
    def restricted(self) -> np.ndarray:
        """Places of the inputs that are not free."""
        return np.flatnonzero(np.isfinite(self.low) | np.isfinite(self.high))


def inside(points: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """(rows,) which points lie within the limits, ends included; points: (rows, inputs).

    >>> inside(np.array([[0.1, 0.9], [0.6, 0.9]]), np.array([0.5, -np.inf]), np.array([np.inf, np.inf])).tolist()
    [False, True]
    """
    limited = np.isfinite(low) | np.isfinite(high)
    values = points[:, limited]
    return ((values >= low[limited]) & (values <= high[limited])).all(axis=1)


def measured(points: np.ndarray, outcome: np.ndarray, low: np.ndarray, high: np.ndarray) -> Box:
    """The box with these limits; points: (rows, inputs), outcome: (rows,) flags, or shares from 0 to 1."""
    within = inside(points, low, high)
    rows, cases, all_cases = int(within.sum()), float(outcome[within].sum()), float(outcome.sum())
    return Box(
        low,
        high,
        rows,
        cases,
        cases / all_cases if all_cases else 0.0,
        cases / rows if rows else 0.0,
        rows / len(points) if len(points) else 0.0,
    )


def everything(points: np.ndarray, outcome: np.ndarray) -> Box:
    """The box in which every input is free."""
    inputs = points.shape[1]
    return measured(points, outcome, np.full(inputs, -np.inf), np.full(inputs, np.inf))
