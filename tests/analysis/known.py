"""Functions whose sensitivities are known, as SALib ships them, and its way of naming a problem."""

from __future__ import annotations

import numpy as np
from SALib.test_functions import Ishigami, Sobol_G

WEIGHTS = np.array([0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0])  # of the g-function


def problem(inputs: int) -> dict:
    return {"num_vars": inputs, "names": [f"x{place}" for place in range(inputs)], "bounds": [[0.0, 1.0]] * inputs}


def ishigami(points: np.ndarray) -> np.ndarray:
    """Of points of the unit cube; (rows,)."""
    return Ishigami.evaluate(np.pi * (2.0 * points - 1.0))


def g_function(points: np.ndarray) -> np.ndarray:
    return Sobol_G.evaluate(points, WEIGHTS)


def ishigami_indices() -> tuple[np.ndarray, np.ndarray]:
    """First-order and total indices, worked out by hand: a = 7, b = .1."""
    a, b, pi = 7.0, 0.1, np.pi
    one, two = 0.5 * (1 + b * pi**4 / 5) ** 2, a**2 / 8
    both = 8 * b**2 * pi**8 / 225
    return np.array([one, two, 0.0]) / (one + two + both), np.array([one + both, two, both]) / (one + two + both)


def g_indices() -> tuple[np.ndarray, np.ndarray]:
    alone = 1.0 / (3.0 * (1.0 + WEIGHTS) ** 2)
    whole = np.prod(1.0 + alone) - 1.0
    return alone / whole, alone * np.prod(1.0 + alone) / (1.0 + alone) / whole
