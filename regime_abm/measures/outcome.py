"""The outcome class of each future at each month: the first rule that fits, tried from the worst and from the best.

Classes, in the order of the peace scale: war, crisis and chronic hostility; cold peace; ad hoc management; a regime for one
issue; a security regime, fragile or robust; a security community [deutsch1957; adler1998], which should hardly ever come.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regime_abm.core.maths import anywhere
from regime_abm.measures import coverage, implementation, no_force, no_threat, reciprocity
from regime_abm.measures.history import History, window_mean, window_sum
from regime_abm.measures.regime import CLASH, FORCE, YEAR, regime


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
        "security_community",
        "Security community",
        "a robust regime, no force 1, no threat .98, expected reciprocity .80, every norm .80, postures below .3 and falling",
    ),
    OutcomeClass("robust_regime", "Robust security regime", "a security regime that survived the test by adverse leaders"),
    OutcomeClass(
        "fragile_regime",
        "Fragile security regime",
        "a security regime that failed the test by adverse leaders, or was not put to it",
    ),
    OutcomeClass(
        "issue_regime",
        "Regime for one issue",
        "an agreement in a core dyad, two years in force, .60 of the steps due taken, cheating found out with chance .50",
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
REGIMES = ("security_community", "robust_regime", "fragile_regime")
# From worst to best: whether one end is better than another is asked of this order.
PEACE_SCALE = ("war", "crisis", "chronic_hostility", "cold_peace", "ad_hoc_management", "issue_regime", *REGIMES[::-1])
_WAR = 5
_CRISIS_BELOW, _CLASHES = 0.70, 2
_CALM, _TALKING, _COVERED = 0.75, 0.50, 0.50
_IMPLEMENTED, _VERIFIED, _LASTED = 0.60, 0.50, 24
_COMMUNITY = {"no_threat": 0.98, "reciprocity": 0.80, "norm": 0.80, "posture": 0.30}
_WINDOW = 24


def crises(history: History) -> np.ndarray:
    """(months + 1, R) force in more than 30 % of the last 12 months of the worst core dyad, or two clashes in them."""
    worst = history.worst(history.core)
    if not worst.shape[2]:
        return np.zeros(worst.shape[:2], bool)
    # Shares are of twelve months even where the record is shorter: what was before the start is not known and counts as
    # quiet. Otherwise one test in the first month would be all the months so far, and a crisis.
    calmest = 1.0 - window_sum(worst >= FORCE, YEAR).max(axis=2) / YEAR
    return (calmest < _CRISIS_BELOW) | (window_sum((worst >= CLASH).sum(axis=2), YEAR) >= _CLASHES)


def issue_regimes(history: History) -> np.ndarray:
    """(months + 1, R) whether some agreement between the two sides of a core dyad is old enough, implemented and verified.

    Of core dyads only, as all that a class asks: among ten rival pairs some old treaty is nearly always in good order.
    """
    rows, columns = history.pairs(history.core)
    core = (history.party[:, rows] & history.party[:, columns]).any(axis=1)
    due, done = history.once(implementation.steps)
    kept = (due > 0) & (done >= _IMPLEMENTED * due - 1e-9) & (history["agreement_age"] >= _LASTED)
    return anywhere(kept & core & (history["agreement_verification"] >= _VERIFIED))


def communities(history: History) -> np.ndarray:
    """(months + 1, R) whether all but robustness speaks for a security community."""
    posture = history["posture"]
    earlier = np.concatenate([np.repeat(posture[:1], _WINDOW, axis=0), posture])[: len(posture)]
    found = (history.once(no_force.measure) >= 1.0) & (history.once(no_threat.measure) >= _COMMUNITY["no_threat"])
    found &= history.once(reciprocity.measure) >= _COMMUNITY["reciprocity"]
    found &= (history["norm"] >= np.float32(_COMMUNITY["norm"])).all(axis=2)
    found &= (posture < np.float32(_COMMUNITY["posture"])).all(axis=2)
    return found & (posture.mean(axis=2, dtype=float) < earlier.mean(axis=2, dtype=float))


def talking(history: History) -> np.ndarray:
    """(months + 1, R) share of core dyads and of the last 24 months with talks open; NaN at the start."""
    pairs = history["talks"].transpose(2, 3, 0, 1)[history.pairs(history.core)]
    return window_mean(pairs.sum(axis=0, dtype=np.int32), _WINDOW) / max(len(pairs), 1)


def _at_war(history: History) -> np.ndarray:
    """(months + 1, R) whether there is war in any dyad."""
    ladder = history["hostility"]
    found = np.zeros(history.shape, bool)
    found.reshape(-1)[(ladder >= _WAR).reshape(-1).nonzero()[0] // ladder[0, 0].size] = True  # war is rare
    return found


def outcome(
    history: History, robust: np.ndarray | None = None, war_before: np.ndarray | bool = False
) -> np.ndarray:
    """(months + 1, R) places in CLASSES; at the start -1 (nothing has happened yet).

    robust: (R,) whether each future passed the test by twin branches in the last month, where it was run. A regime that
    was not put to the test is called fragile. war_before: (R,) whether there was a war before the record begins.
    """
    war = np.logical_or.accumulate(_at_war(history), axis=0) | war_before
    calm = history.once(no_force.measure) >= _CALM
    stands = history.once(regime).holds
    passed = np.zeros_like(stands)
    if robust is not None:
        passed[-1] = stands[-1] & robust
    rules = {
        "war": war,
        "crisis": crises(history),
        "security_community": passed & communities(history) if passed.any() else passed,
        "robust_regime": passed,
        "fragile_regime": stands,
        "issue_regime": issue_regimes(history),
        # A norm that spreads while rivals talk is no cold peace, so a cascade does not take a future out of this class.
        "ad_hoc_management": calm & ((talking(history) >= _TALKING) | (history.once(coverage.measure) >= _COVERED)),
        "cold_peace": calm,
    }
    assert tuple(rules) == KEYS[:-1]
    found = np.full(history.shape, len(rules), np.int8)
    for place, rule in reversed(list(enumerate(rules.values()))):
        found[rule] = place
    if history.first == 0:
        found[0] = -1
    return found


def first_reached(outcome: np.ndarray) -> np.ndarray:
    """(classes, R) month in which each future first stands in each class, -1 where it never does.

    outcome: (R, months + 1) places in CLASSES, -1 at the start.

    >>> first_reached(np.array([[-1, 8, 7, 7]]))[[7, 8, 0], 0].tolist()
    [2, 1, -1]
    """
    found = np.empty((len(CLASSES), len(outcome)), int)
    for place in range(len(CLASSES)):
        there = outcome == place
        found[place] = np.where(there.any(axis=1), there.argmax(axis=1), -1)
    return found
