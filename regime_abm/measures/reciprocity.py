"""Expected reciprocity: mean over core dyads of the trust of the less trusting side. [jervis1982]"""

from __future__ import annotations

import numpy as np

from regime_abm.measures.history import History

TITLE, UNIT, LOW, HIGH = "Expected reciprocity", "probability", 0.0, 1.0
MEANING = "Mean over core dyads of the trust of the less trusting side: restraint in the belief that it is returned."


def measure(history: History) -> np.ndarray:
    """(months + 1, R)."""
    rows, columns = history.pairs(history.core)
    by_dyad = history["trust"].transpose(2, 3, 0, 1)  # a dyad's months and futures side by side, also in memory
    return np.minimum(by_dyad[rows, columns], by_dyad[columns, rows]).mean(axis=0, dtype=float)
