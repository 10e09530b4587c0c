"""Expected reciprocity: mean over core dyads of the trust of the less trusting side. [jervis1982]"""

from __future__ import annotations

import numpy as np

from regime_abm.measures.history import History

TITLE, UNIT, LOW, HIGH = "Expected reciprocity", "probability", 0.0, 1.0
MEANING = "Mean over core dyads of the trust of the less trusting side: restraint in the belief that it is returned."


def measure(history: History) -> np.ndarray:
    """(months + 1, R)."""
    rows, columns = history.pairs(history.core)
    trust = history["trust"]
    return np.minimum(trust[:, :, rows, columns], trust[:, :, columns, rows]).mean(axis=2, dtype=float)
