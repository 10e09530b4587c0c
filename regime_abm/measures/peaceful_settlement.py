"""Peaceful settlement: share of the disputes of the last two years that an agreed procedure closed within one. [hensel2001]

A dispute that is still open counts as not settled, so the share errs on the strict side. One that merely fades is not
settled by anybody. Below three disputes there is no share: the last one that could be computed holds on.
"""

from __future__ import annotations

import numpy as np

from regime_abm.measures.history import History, carried, counted, share, window_sum

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
    fresh, none, closes = open_for[1:] == 1, before == 0, closed > 0
    opened = np.zeros(history.shape, np.int32)
    opened[1:] = counted((fresh & none) | (closes & (fresh | none)))
    places = closes.reshape(-1).nonzero()[0]  # many times faster than to look along three axes
    lasted, how = before.reshape(-1)[places].astype(np.int64), closed.reshape(-1)[places]
    # Rows of months and futures: that in which each of these disputes closed, and that in which it began.
    ends = places // max(closed.shape[2], 1) + closed.shape[1]
    began = ends - lasted * closed.shape[1]
    agreed = (how <= _LAST_PROCEDURE) & (lasted <= WITHIN) & (began >= closed.shape[1])
    # A settlement counts from its own month until the dispute's opening leaves the window.
    months, futures = history.shape
    change = np.zeros((months + WINDOW, futures), np.int32)
    np.add.at(change.reshape(-1), ends[agreed], 1)
    np.add.at(change.reshape(-1), began[agreed] + WINDOW * futures, -1)
    return window_sum(opened, WINDOW), change.cumsum(axis=0, dtype=np.int32)[:months]


def defined(history: History) -> np.ndarray:
    """(months + 1, R) whether there are disputes enough for a share of their own."""
    return history.once(disputes)[0] >= FEWEST


def measure(history: History) -> np.ndarray:
    """(months + 1, R); the last share while there are too few disputes, NaN before there ever were enough."""
    opened, settled = history.once(disputes)
    return carried(share(settled, opened, FEWEST), history.past.get("peaceful_settlement"))
