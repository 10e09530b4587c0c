"""Stage in the life of the norm: none, emergence, cascade, internalisation. [finnemore1998]

A cascade begins in the first month in which more than a quarter of the states have adopted, two of them within a year; it
ends when adopters fall below a quarter again. Internalisation needs more than adopters: norms that have become the states'
own and restraint where breaking them would pay.
"""

from __future__ import annotations

import numpy as np

from regime_abm.measures import autonomy
from regime_abm.measures.history import History, counted

TITLE, UNIT, LOW, HIGH = "Stage of the norm", "stage, 0 to 3", 0.0, 3.0
MEANING = "How far the norm of non-use of force has come: 0 none, 1 emergence, 2 cascade, 3 internalisation."
STAGES = ("none", "emergence", "cascade", "internalisation")
TIPPING, GROWTH, WITHIN = 0.25, 2, 12
INTERNALISED, RESTRAINED = 0.7, 0.7


def adopters(history: History) -> np.ndarray:
    """(months + 1, R) number of states that formally stand by the norm."""
    return counted(history["norm_adopted"])


def cascading(history: History) -> np.ndarray:
    """(months + 1, R) whether a cascade has begun and not ended."""
    count, states = history.once(adopters), len(history.names.states)
    grown = count - count[np.maximum(np.arange(len(count)) - WITHIN, 0)]
    begins = (count > TIPPING * states) & (grown >= GROWTH)
    ends = count < TIPPING * states
    past = history.past.get("norm_cascade")
    if past is not None:
        known = len(past)
        begins[: known - 1] = ends[: known - 1] = False
        begins[known - 1], ends[known - 1] = past[-1] > 0, past[-1] == 0
    months = np.arange(len(count))[:, None]
    begun = np.maximum.accumulate(np.where(begins, months, -1), axis=0)
    found = (begun >= 0) & (begun >= np.maximum.accumulate(np.where(ends, months, -1), axis=0))
    if past is not None:
        found[: len(past)] = past > 0
    return found


def measure(history: History) -> np.ndarray:
    """(months + 1, R): 0 to 3."""
    stage = (history.once(adopters) > 0).astype(float)
    stage[history.once(cascading)] = 2.0
    stage[_internalised(history["norm"]) & (history.once(autonomy.measure) >= RESTRAINED)] = 3.0
    return stage


def _internalised(norm: np.ndarray) -> np.ndarray:
    """(months + 1, R) whether the median state has made the norm its own."""
    states = norm.shape[2]
    ordered = np.sort(norm, axis=2)
    return (ordered[:, :, (states - 1) // 2] + ordered[:, :, states // 2]) / 2 >= INTERNALISED
