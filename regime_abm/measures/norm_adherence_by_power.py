"""Norm adherence weighted by capability: the norm among those who could break it at the largest scale. [jervis1982]"""

from __future__ import annotations

import numpy as np

from regime_abm.measures.history import History, summed
from regime_abm.measures.norm_adherence import adherence

TITLE, UNIT, LOW, HIGH = "Norm adherence by power", "share of capability", 0.0, 1.0
MEANING = "Norm adherence with each state counted by its capability instead of equally."


def measure(history: History) -> np.ndarray:
    """(months + 1, R), NaN at the start."""
    weight = history["capability"].astype(float)
    total = summed(weight)
    found = np.einsum("trn,trn->tr", history.once(adherence), weight)
    return np.divide(found, total, out=np.zeros_like(found), where=total > 0.0)
