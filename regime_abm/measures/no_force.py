"""No force: share of core dyads and months of the last two years without use of force or weapons tests. [jervis1982]"""

from __future__ import annotations

import numpy as np

from regime_abm.measures.history import History, window_mean

TITLE, UNIT, LOW, HIGH = "No force", "share of core dyad-months", 0.0, 1.0
MEANING = "Share of core dyads and months of the last 24 without force, clash, war or weapons test aimed at the dyad."
WINDOW, FORCE = 24, 3


def measure(history: History) -> np.ndarray:
    """(months + 1, R), NaN at the start."""
    peaceful = history.worst(history.core) < FORCE
    return window_mean(peaceful.sum(axis=2), WINDOW) / max(peaceful.shape[2], 1)
