"""Restraint under temptation: how often a state that had reason to defect held back. [jervis1982]

A regime asks for more than following one's interest of the moment: restraint that pays at once proves nothing.
"""

from __future__ import annotations

import numpy as np

from regime_abm.core.names import STATUS_QUO
from regime_abm.measures.history import History, carried, counted, share, window_sum

TITLE, UNIT, LOW, HIGH = "Restraint under temptation", "share of decisions", 0.0, 1.0
MEANING = (
    "Share of decisions in core dyads of the last 24 months in which the bare game favoured defection and the state yet "
    "neither pressed nor provoked; below 5 decisions the last share holds on."
)
WINDOW, FEWEST = 24, 5


def decisions(history: History) -> tuple[np.ndarray, np.ndarray]:
    """(tempted, restrained) decisions in the window, each (months + 1, R)."""
    tempted = history["tempted"]
    restrained = tempted & (history["action"] <= STATUS_QUO)
    return window_sum(counted(tempted), WINDOW), window_sum(counted(restrained), WINDOW)


def defined(history: History) -> np.ndarray:
    """(months + 1, R) whether there were temptations enough for a share of their own."""
    return history.once(decisions)[0] >= FEWEST


def measure(history: History) -> np.ndarray:
    """(months + 1, R); the last share while there are too few decisions, NaN before there ever were enough."""
    tempted, restrained = history.once(decisions)
    return carried(share(restrained, tempted, FEWEST), history.past.get("autonomy"))
