"""A small tree: the table of points cut in two again and again, each time where the outcome differs most [breiman1984].

It says the same as boxes do in another way: its leaves share out the whole space, so that what holds elsewhere is told too.
Of three cuts deep at most, which is what a reader can follow. A library for trees would bring 100 MB for these few lines.
"""

from __future__ import annotations

import numpy as np

from regime_abm.analysis.box import Box, everything, inside, measured

DEPTH = 3
SMALLEST = 0.05  # share of all points that a leaf holds at least


def leaves(points: np.ndarray, outcome: np.ndarray, *, depth: int = DEPTH, smallest: float = SMALLEST) -> list[Box]:
    """The leaves as boxes, from the lowest side of each cut to the highest; together they hold every point once.

    points: (rows, inputs), outcome: (rows,) flags, or shares from 0 to 1. depth: 1 to 3 cuts. Each cut lowers the variance
    within its two sides most; for flags that is the Gini rule. Nothing is random.
    """
    outcome = np.asarray(outcome, float)
    fewest = max(1, int(np.floor(smallest * len(points))))
    found = [everything(points, outcome)]
    for _ in range(depth):
        found = [part for leaf in found for part in _cut(points, outcome, leaf, fewest)]
    return found


def _cut(points: np.ndarray, outcome: np.ndarray, leaf: Box, fewest: int) -> list[Box]:
    """The two sides of a leaf, or the leaf itself where no cut helps."""
    rows = inside(points, leaf.low, leaf.high)
    found = best_cut(points[rows], outcome[rows], fewest)
    if found is None:
        return [leaf]
    place, value = found
    high, low = leaf.high.copy(), leaf.low.copy()
    high[place] = value
    # the limit belongs to the lower side; the upper begins with the next number there is
    low[place] = np.nextafter(value, np.inf)
    return [measured(points, outcome, leaf.low, high), measured(points, outcome, low, leaf.high)]


def best_cut(points: np.ndarray, outcome: np.ndarray, fewest: int) -> tuple[int, float] | None:
    """(input, value) of the cut that leaves the least variance within its two sides; None where none lowers it.

    Either side keeps `fewest` points or more; the value lies halfway between two points.

    >>> best_cut(np.array([[1.0, 5.0], [2.0, 9.0], [3.0, 6.0], [4.0, 8.0]]), np.array([0.0, 1.0, 0.0, 1.0]), 1)
    (1, 7.0)
    """
    count = len(points)
    if count < 2 * fewest:
        return None
    order = np.argsort(points, axis=0, kind="stable")
    values = np.take_along_axis(points, order, axis=0)
    below = np.cumsum(outcome[order], axis=0)[:-1]
    rows = np.arange(1, count)[:, None]
    # between-side sum of squares, up to a constant
    apart = below**2 / rows + (below[-1:] + outcome[order[-1:]] - below) ** 2 / (count - rows)
    allowed = (values[1:] > values[:-1]) & (rows >= fewest) & (count - rows >= fewest)
    apart = np.where(allowed, apart, -np.inf)
    row, place = np.unravel_index(np.argmax(apart.T), apart.T.shape)[::-1]
    if apart[row, place] <= outcome.sum() ** 2 / count * (1 + 1e-12):
        return None
    return int(place), float((values[row, place] + values[row + 1, place]) / 2.0)
