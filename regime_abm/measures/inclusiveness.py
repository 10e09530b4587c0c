"""Inclusiveness: how much of the region's power sits at its most inclusive live table on hard security. [boehmer2004]

A state sits there as long as it does not miss two meetings in a row. A table without one of the key parties counts as none.
"""

from __future__ import annotations

import numpy as np

from regime_abm.measures.coverage import ALIVE, REGULAR, UNOFFICIAL
from regime_abm.measures.history import History, window_any

TITLE, UNIT, LOW, HIGH = "Inclusiveness", "share of capability", 0.0, 1.0
MEANING = (
    "Share of the region's capability that sits at the most inclusive live, regular forum on hard security which met in the "
    "last 24 months; 0 when a key party missed its last two meetings."
)
WINDOW = 24


def _seated(met: np.ndarray, attended: np.ndarray) -> np.ndarray:
    """(months + 1, R, N) who came to one of the last two meetings; `attended` stands from one meeting to the next."""
    months = np.arange(len(met))[:, None]
    latest = np.maximum.accumulate(np.where(met, months, 0), axis=0)
    before = np.maximum(latest - 1, 0)[:, :, None]  # the month before a meeting still shows the one before it
    return attended | np.take_along_axis(attended, np.broadcast_to(before, attended.shape), axis=0)


def measure(history: History) -> np.ndarray:
    """(months + 1, R)."""
    found = np.zeros(history.shape)
    weight = history["capability"].astype(float)
    total = np.maximum(weight.sum(axis=2), 1e-12)
    key = history.key_party
    for forum in np.flatnonzero(history.forum_hard & (history.forum_track < UNOFFICIAL)):
        attended = history["attendance"][:, :, forum]
        if not attended[:, :, key].any(axis=(0, 1)).all():
            continue  # some key party never came, in no future
        live = (history["forum_vitality"][:, :, forum] >= ALIVE) & (history["forum_level"][:, :, forum] >= REGULAR)
        live &= window_any(history["met"][:, :, forum], WINDOW)
        seated = _seated(history["met"][:, :, forum], attended)
        live &= seated[:, :, key].all(axis=2)
        inside = np.einsum("trn,trn->tr", seated, weight) / total
        found = np.maximum(found, np.where(live, inside, 0.0))
    return found
