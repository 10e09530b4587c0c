"""Coverage: share of rival pairs who lately sat at one live table where hard security is discussed.

Any common forum would make this vacuous: nearly all rival pairs share some soft or unofficial one.
"""

from __future__ import annotations

import numpy as np

from regime_abm.measures.history import History, window_any

TITLE, UNIT, LOW, HIGH = "Forum coverage", "share of rival pairs", 0.0, 1.0
MEANING = "Share of rival pairs who in the last 12 months both came to a live, regular forum with hard security on its agenda."
WINDOW, ALIVE, REGULAR, UNOFFICIAL = 12, 0.3, 2.0, 2.0


def measure(history: History) -> np.ndarray:
    """(months + 1, R)."""
    rows, columns = history.pairs(history.rival)
    together = np.zeros((*history["trust"].shape[:2], len(rows)), bool)
    live_and_regular = history["met"] & (history["forum_vitality"] >= ALIVE) & (history["forum_level"] >= REGULAR)
    for forum in np.flatnonzero(history.forum_hard & (history.forum_track < UNOFFICIAL)):
        live = live_and_regular[:, :, forum]
        came = history["attendance"][:, :, forum] & live[:, :, None]
        together |= came[:, :, rows] & came[:, :, columns]
    return window_any(together, WINDOW).mean(axis=2) if len(rows) else np.zeros(together.shape[:2])
