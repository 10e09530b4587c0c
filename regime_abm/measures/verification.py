"""Verification: how well cheating on what is promised now would be found out. [axelrod1985]"""

from __future__ import annotations

import numpy as np

from regime_abm.core.maths import total
from regime_abm.measures.history import History, share

TITLE, UNIT, LOW, HIGH = "Verification", "probability", 0.0, 1.0
MEANING = (
    "Chance that cheating is found out within a year, as a mean over the steps that agreements in force foresee; "
    "undefined while there is none."
)


def measure(history: History) -> np.ndarray:
    """(months + 1, R), NaN while no agreement with steps is in force."""
    steps = history["in_force"] * history.agreement_steps
    verified = np.einsum("trg,trg->tr", steps, history["agreement_verification"], dtype=float)
    return share(verified, total(steps))
