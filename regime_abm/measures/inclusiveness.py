"""Inclusiveness: how much of the region's power sits at its most inclusive live table on hard security. [boehmer2004]

A state sits there as long as it does not miss two meetings in a row. A table without one of the key parties counts as none.
"""

from __future__ import annotations

import numpy as np

from regime_abm.measures.coverage import met, seats, standing
from regime_abm.measures.history import History, window_any

TITLE, UNIT, LOW, HIGH = "Inclusiveness", "share of capability", 0.0, 1.0
MEANING = (
    "Share of the region's capability that sits at the most inclusive live, regular forum on hard security which met in the "
    "last 24 months; 0 when a key party missed its last two meetings."
)
WINDOW = 24


def _seated(history: History) -> np.ndarray:
    """(tables, N, months + 1, R) who came to one of the last two meetings."""
    attended, months = history.once(seats), np.arange(len(history.once(met)))
    latest = np.maximum.accumulate(np.where(history.once(met), months[:, None, None], 0), axis=0)
    before = np.maximum(latest - 1, 0)  # attendance stands, so the month before a meeting still shows the one before it
    places = before * history.shape[1] + np.arange(history.shape[1])[:, None]
    found = attended.copy()
    for table, by_state, place in zip(found, attended, places.transpose(2, 0, 1), strict=True):
        table |= by_state.reshape(len(by_state), -1).take(place, axis=1)
    return found


def measure(history: History) -> np.ndarray:
    """(months + 1, R)."""
    seated, weight = _seated(history), history["capability"].transpose(2, 0, 1).astype(float)
    live = history.once(standing) & window_any(history.once(met), WINDOW)
    live = live.transpose(2, 0, 1) & seated[:, history.key_party].all(axis=1)
    inside = np.zeros(live.shape)
    for state, share in enumerate(weight):
        inside += seated[:, state] * share
    return (inside * live).max(axis=0, initial=0.0) / np.maximum(weight.sum(axis=0), 1e-12)
