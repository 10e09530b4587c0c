"""Implementation: what was done of what had fallen due. A signature is not a deed. [fearon1998]

Of agreements in force: one that broke takes its undone steps with it, so read this beside how many still stand. Steps that
are only pretended count until they are found out, as they do for those who watch.
"""

from __future__ import annotations

import numpy as np

from regime_abm.core.maths import total
from regime_abm.measures.history import History, share

TITLE, UNIT, LOW, HIGH = "Implementation", "share of steps due", 0.0, 1.0
MEANING = "Steps taken of the steps that had fallen due under agreements in force; undefined while nothing is due."


def steps(history: History) -> tuple[np.ndarray, np.ndarray]:
    """(due, done) of each agreement in force, each (months + 1, R, G); a step taken early is not yet a step due."""
    due = history["steps_due"] * history["in_force"]
    return due, np.minimum(history["steps_done"], due)


def measure(history: History) -> np.ndarray:
    """(months + 1, R), NaN while nothing is due."""
    due, done = history.once(steps)
    return share(total(done.astype(np.int32)), total(due.astype(np.int32)))
