"""The provisional outcome class of each future at each month.

Provisional: norms, peaceful settlement and autonomy are not measured yet, so no class here is a regime. A quiet and
trusting end with rivals at one table is called a candidate, and quiet alone is not even that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from regime_abm.measures import all_measures
from regime_abm.measures.history import History, window_mean, window_sum

PROVISIONAL = True


@dataclass(frozen=True)
class OutcomeClass:
    """One class: its key in tables, its title and its rule in words. Listed from the first rule that is tried."""

    key: str
    title: str
    rule: str


CLASSES = (
    OutcomeClass("war", "War", "a war in any dyad at any time"),
    OutcomeClass(
        "crisis",
        "Regression to crisis",
        "a core dyad with force in more than 30 % of the last 12 months, or two lethal clashes in them",
    ),
    OutcomeClass(
        "regime_candidate",
        "Candidate for a regime",
        "in 32 of 36 months: no force .95, no threat .80, expected reciprocity .50, coverage .70 (norms not yet measured)",
    ),
    OutcomeClass(
        "ad_hoc_management",
        "Ad hoc management",
        "no force .75, and core dyads in talks half of the time in the last 24 months, or coverage .50",
    ),
    OutcomeClass("cold_peace", "Cold peace", "no force .75 and neither talks nor a table that rivals share"),
    OutcomeClass("chronic_hostility", "Chronic hostility", "all the rest"),
)
KEYS = tuple(item.key for item in CLASSES)
_FORCE, _CLASH, _WAR = 3, 4, 5


def _crisis(history: History) -> np.ndarray:
    worst = history.worst(history.core)
    if not worst.shape[2]:
        return np.zeros(worst.shape[:2], bool)
    calmest = window_mean(worst < _FORCE, 12).min(axis=2)
    clashes = window_sum((worst >= _CLASH).sum(axis=2), 12)
    return (calmest < 0.70) | (clashes >= 2)


def _candidate(measured: Mapping[str, np.ndarray]) -> np.ndarray:
    legs = (measured["no_force"] >= 0.95) & (measured["no_threat"] >= 0.80)
    legs &= (measured["coverage"] >= 0.70) & (measured["reciprocity"] >= 0.50)
    return window_sum(legs, 36) >= 32


def outcome(
    history: History, measured: Mapping[str, np.ndarray] | None = None, war_before: np.ndarray | bool = False
) -> np.ndarray:
    """(months + 1, R) places in CLASSES; at the start -1 (nothing has happened yet).

    measured: all measures of this history, where they are known already.
    war_before: (R,) whether there was a war before the record begins.
    """
    measured = all_measures(history) if measured is None else measured
    war = np.maximum.accumulate((history["hostility"] >= _WAR).any(axis=(2, 3)), axis=0) | war_before
    rows, columns = history.pairs(history.core)
    talking = window_mean(history["talks"][:, :, rows, columns].sum(axis=2), 24) / max(len(rows), 1)
    calm = measured["no_force"] >= 0.75
    rules = (
        war,
        _crisis(history),
        _candidate(measured),
        calm & ((talking >= 0.50) | (measured["coverage"] >= 0.50)),
        calm,
    )
    found = np.select(rules, range(len(rules)), default=len(rules)).astype(np.int8)
    if history.first == 0:
        found[0] = -1
    return found
