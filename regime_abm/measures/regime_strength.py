"""Strength of a regime: one number for the eye, never a test. [jervis1982]

Geometric, so that one failing leg cannot be bought off by the others. Look at the legs before you quote it.
"""

from __future__ import annotations

import numpy as np

from regime_abm.measures import autonomy, no_force, no_threat, norm_adherence, peaceful_settlement, reciprocity
from regime_abm.measures.history import History

TITLE, UNIT, LOW, HIGH = "Regime strength", "composite, for display", 0.0, 1.0
MEANING = (
    "Geometric mean of no force, no threat, norm adherence, peaceful settlement, expected reciprocity and restraint under "
    "temptation, without those that are not defined yet. For display only."
)
LEGS = (no_force, no_threat, norm_adherence, peaceful_settlement, reciprocity, autonomy)


def measure(history: History) -> np.ndarray:
    """(months + 1, R), NaN at the start."""
    values = np.array([history.once(leg.measure) for leg in LEGS])
    undefined = np.isnan(values)
    values[undefined] = 1.0
    found = values.prod(axis=0) ** (1.0 / np.maximum(len(LEGS) - undefined.sum(axis=0), 1))
    found[np.isnan(history.once(no_force.measure))] = np.nan
    return found
