"""Bloc divide: how much more allies trust each other than pairs without an alliance do."""

from __future__ import annotations

import numpy as np

from regime_abm.measures.history import History

TITLE, UNIT, LOW, HIGH = "Bloc divide", "difference of probabilities", -1.0, 1.0
MEANING = (
    "Mean trust between allies minus mean trust between states that are not allied; 0 = alliances do not sort trust."
)


def measure(history: History) -> np.ndarray:
    """(months + 1, R); 0 where there is no alliance or nothing else."""
    n = len(history.names.states)
    trust, allied = history["trust"], history["alliance"]
    ties, total = allied.astype(np.float32), n * (n - 1)
    allies, inside = np.einsum("trij->tr", ties).astype(float), np.einsum("trij,trij->tr", trust, ties)
    outside = np.einsum("trij->tr", trust) - np.einsum("trii->tr", trust) - inside
    both = (allies > 0) & (allies < total)
    return np.where(both, inside / np.maximum(allies, 1) - outside / np.maximum(total - allies, 1), 0.0)
