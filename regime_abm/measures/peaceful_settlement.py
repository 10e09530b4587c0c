"""Peaceful settlement: share of the disputes of the last two years that an agreed procedure closed within one. [hensel2001]

A dispute that is still open counts as not settled, so the share errs on the strict side. One that merely fades is not
settled by anybody. Below three disputes there is no share: the last one that could be computed holds on.
"""

from __future__ import annotations

import numpy as np

from regime_abm.measures.history import History, carried, share, window_sum

TITLE, UNIT, LOW, HIGH = "Peaceful settlement", "share of disputes", 0.0, 1.0
MEANING = (
    "Share of disputes between rivals, opened in the last 24 months, that talks, a forum or an agreement closed within 12; "
    "below 3 disputes the last share holds on."
)
WINDOW, WITHIN, FEWEST = 24, 12, 3
_LAST_PROCEDURE = 3  # 1 talks, 2 forum, 3 agreement; 4 it faded


def disputes(history: History) -> tuple[np.ndarray, np.ndarray]:
    """(opened, settled) in the window, each (months + 1, R): disputes opened in it, and those of them settled in time."""
    open_for, closed = history["dispute"], history["settled"][1:]
    before = open_for[:-1]  # also how long a dispute that closes now had lasted
    opened = np.zeros(history.shape, np.int64)
    opened[1:] = (((open_for[1:] == 1) & (before == 0)) | ((closed > 0) & ((open_for[1:] == 1) | (before == 0)))).sum(axis=2)
    month, future, pair = np.nonzero(closed)
    lasted = before[month, future, pair].astype(np.int64)
    began = month + 1 - lasted
    agreed = (closed[month, future, pair] <= _LAST_PROCEDURE) & (lasted <= WITHIN) & (began >= 1)
    month, future, began = month[agreed] + 1, future[agreed], began[agreed]
    # A settlement counts from its own month until the dispute's opening leaves the window.
    months, futures = history.shape
    change = np.zeros((months + WINDOW, futures), np.int64)
    np.add.at(change, (month, future), 1)
    np.add.at(change, (began + WINDOW, future), -1)
    return window_sum(opened, WINDOW), change.cumsum(axis=0)[:months]


def defined(history: History) -> np.ndarray:
    """(months + 1, R) whether there are disputes enough for a share of their own."""
    return history.once(disputes)[0] >= FEWEST


def measure(history: History) -> np.ndarray:
    """(months + 1, R); the last share while there are too few disputes, NaN before there ever were enough."""
    opened, settled = history.once(disputes)
    return carried(share(settled, opened, FEWEST), history.past.get("peaceful_settlement"))
