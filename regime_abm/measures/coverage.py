"""Coverage: share of rival pairs who lately sat at one live table where hard security is discussed.

Any common forum would make this vacuous: nearly all rival pairs share some soft or unofficial one.
"""

from __future__ import annotations

import numpy as np

from regime_abm.measures.history import History, counted, window_any

TITLE, UNIT, LOW, HIGH = "Forum coverage", "share of rival pairs", 0.0, 1.0
MEANING = "Share of rival pairs who in the last 12 months both came to a live, regular forum with hard security on its agenda."
WINDOW, ALIVE, REGULAR, UNOFFICIAL = 12, 0.3, 2.0, 2.0


def tables(history: History) -> np.ndarray:
    """Places of the official forums that discuss hard security."""
    return np.flatnonzero(history.forum_hard & (history.forum_track < UNOFFICIAL))


def standing(history: History) -> np.ndarray:
    """(months + 1, R, tables) whether each of them is alive and regular."""
    places = history.once(tables)
    alive = history["forum_vitality"].take(places, axis=2) >= ALIVE
    return alive & (history["forum_level"].take(places, axis=2) >= REGULAR)


def met(history: History) -> np.ndarray:
    """(months + 1, R, tables) whether each of them met."""
    return history["met"].take(history.once(tables), axis=2)


def seats(history: History) -> np.ndarray:
    """(tables, N, months + 1, R) who came to the latest meeting of each of them."""
    return np.ascontiguousarray(history["attendance"].transpose(2, 3, 0, 1)[history.once(tables)])


def measure(history: History) -> np.ndarray:
    """(months + 1, R)."""
    rows, columns = history.pairs(history.rival)
    if not len(rows):
        return np.zeros(history.shape)
    live = np.ascontiguousarray((history.once(met) & history.once(standing)).transpose(2, 0, 1))
    came = history.once(seats) & live[:, None]
    together = (came[:, rows] & came[:, columns]).any(axis=0)
    return counted(window_any(together.transpose(1, 2, 0), WINDOW)) / len(rows)
