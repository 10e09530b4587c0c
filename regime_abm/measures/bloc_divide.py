"""Bloc divide: how much more allies trust each other than pairs without an alliance do."""

from __future__ import annotations

import numpy as np

from regime_abm.measures.history import History

TITLE, UNIT, LOW, HIGH = "Bloc divide", "difference of probabilities", -1.0, 1.0
MEANING = "Mean trust between allies minus mean trust between states that are not allied; 0 = alliances do not sort trust."


def measure(history: History) -> np.ndarray:
    """(months + 1, R); 0 where there is no alliance or nothing else."""
    n = len(history.names.states)
    rows, columns = np.nonzero(~np.eye(n, dtype=bool))
    trust, allied = history["trust"][:, :, rows, columns], history["alliance"][:, :, rows, columns] > 0.0
    allies, total = allied.sum(axis=2), len(rows)
    inside = (trust * allied).sum(axis=2)
    outside = trust.sum(axis=2) - inside
    both = (allies > 0) & (allies < total)
    return np.where(both, inside / np.maximum(allies, 1) - outside / np.maximum(total - allies, 1), 0.0)
