"""Norm adherence: states that stand by the norm, each counted as far as its own acts keep to it. [finnemore1998]

The smaller of word and deed counts: a state that signs and threatens adheres as little as one that is merely quiet.
"""

from __future__ import annotations

import numpy as np

from regime_abm.core.maths import largest
from regime_abm.measures.history import History, summed, window_mean

TITLE, UNIT, LOW, HIGH = "Norm adherence", "share of states", 0.0, 1.0
MEANING = (
    "Mean over states of the smaller of two: stands formally by non-use of force (0 or 1), and share of its last 24 months "
    "without a threat or force of its own."
)
WINDOW, THREAT = 24, 2


def compliance(history: History) -> np.ndarray:
    """(months + 1, R, N) share of the last 24 months without a threat or force by the state itself; NaN at the start."""
    return window_mean(largest(history["severity"]) < THREAT, WINDOW)


def adherence(history: History) -> np.ndarray:
    """(months + 1, R, N) the smaller of adoption and compliance."""
    return history["norm_adopted"] * history.once(compliance)


def measure(history: History) -> np.ndarray:
    """(months + 1, R), NaN at the start."""
    return summed(history.once(adherence)) / len(history.names.states)
