"""PRIM: boxes in the space of inputs in which an outcome is much more common than elsewhere [friedman1999].

Peeling takes, again and again, the thin slice off one side of the box whose loss raises the mean outcome inside most for every
point lost; pasting gives slices back while that raises the mean. Every box on the way is kept, because a reader has to choose
between coverage (how many of the cases lie inside) and density (how common they are inside), and each restriction is put to a
test of its own [bryant2010]. Limits lie halfway between neighbouring points.
"""

from __future__ import annotations

import numpy as np

from regime_abm.analysis.box import Box, everything, inside, measured

SLICE = 0.05  # share of the points inside that one peel or paste moves
SMALLEST = 0.05  # share of all points that a box holds at least
_FREE = (-np.inf, np.inf)


def trajectory(
    points: np.ndarray, outcome: np.ndarray, *, slice_: float = SLICE, smallest: float = SMALLEST
) -> list[Box]:
    """All boxes from the one that holds everything to the last, in the order in which they were found.

    points: (rows, inputs), outcome: (rows,) flags, or shares from 0 to 1. Nothing is random.
    """
    outcome = np.asarray(outcome, float)
    boxes = [everything(points, outcome)]
    if len(points):
        _peel(boxes, points, outcome, slice_, smallest)
        _paste(boxes, points, outcome, slice_, smallest)
    return boxes


def without(points: np.ndarray, outcome: np.ndarray, box: Box, place: int, side: int) -> Box:
    """The box without its lower (side 0) or upper (side 1) limit of one input."""
    low, high = box.low.copy(), box.high.copy()
    (low, high)[side][place] = _FREE[side]
    return measured(points, outcome, low, high)


def quasi_p(points: np.ndarray, outcome: np.ndarray, box: Box) -> np.ndarray:
    """(inputs, 2) how likely chance alone gives the box's cases if its lower, or upper, limit of that input were idle.

    One-sided binomial test of the cases inside, at the density of the box without the limit; each row counts as one, whatever
    number of runs its share is of. NaN where there is no limit. Quasi, as the limits were sought in the same points.
    """
    from scipy.special import betainc

    found = np.full((points.shape[1], 2), np.nan)
    for place in box.restricted:
        for side, limits in enumerate((box.low, box.high)):
            if np.isfinite(limits[place]):
                density = without(points, outcome, box, place, side).density
                # what a binomial holds at the cases and beyond; also where shares add up to no whole number
                found[place, side] = betainc(box.cases, box.rows - box.cases + 1, density) if box.cases > 0 else 1.0
    return found


def gain(box: Box, whole: Box) -> float:
    """Harmonic mean of a box's coverage and of how far its density comes from the mean of all toward 1.

    0 for the box that holds everything; 1 for one that holds all cases and nothing else.
    """
    if whole.density >= 1.0:
        return 0.0
    lift = max(0.0, (box.density - whole.density) / (1.0 - whole.density))
    return 2.0 * box.coverage * lift / (box.coverage + lift) if lift else 0.0


def _peel(boxes: list[Box], points: np.ndarray, outcome: np.ndarray, slice_: float, smallest: float) -> None:
    """Append the boxes of the peeling."""
    order = np.argsort(points, axis=0, kind="stable").T
    each = np.arange(points.shape[1])
    while True:
        box = boxes[-1]
        values = points[order, each[:, None]]
        lower, upper = _quantile(values, slice_), -_quantile(-values[:, ::-1], slice_)
        kept_low, kept_high = values >= lower[:, None], values <= upper[:, None]
        cases = outcome[order]
        # (inputs, 2): the upper side stands first, as it is tried first where both are as good
        kept = np.stack([kept_high.sum(axis=1), kept_low.sum(axis=1)], axis=1)
        held = np.stack([(cases * kept_high).sum(axis=1), (cases * kept_low).sum(axis=1)], axis=1)
        place, side = _best(held, kept, box)
        rows = kept[place, side]
        if rows >= box.rows or rows / len(points) < smallest or not held[place, side] / rows > box.density:
            return
        low, high = box.low.copy(), box.high.copy()
        if side:
            low[place] = lower[place]
        else:
            high[place] = upper[place]
        boxes.append(measured(points, outcome, low, high))
        stays = inside(points, low, high)
        order = order[stays[order]].reshape(len(each), -1)


def _best(held: np.ndarray, kept: np.ndarray, box: Box) -> tuple[int, int]:
    """(input, side) of the peel that raises the mean outcome most for every point lost; where two do, one of an input that is
    restricted already."""
    lost = box.rows - kept
    mean = np.divide(held, kept, out=np.zeros_like(held), where=kept > 0)
    rise = np.divide(mean - box.density, lost, out=np.zeros_like(held), where=lost > 0)
    new = np.ones(len(held), bool)
    new[box.restricted] = False
    best = np.lexsort((np.arange(rise.size), np.repeat(new, 2), -rise.ravel()))[0]
    place, side = divmod(int(best), 2)
    return place, side


def _quantile(values: np.ndarray, share: float) -> np.ndarray:
    """(inputs,) the limit that parts the lowest share of each row of sorted values from the rest, between two values.

    Equal values stay together. values: (inputs, rows), each row ascending.

    >>> _quantile(np.array([[1.0, 2.0, 3.0, 4.0], [1.0, 1.0, 1.0, 9.0]]), 0.1).tolist()
    [1.5, 5.0]
    """
    last = values.shape[1] - 1
    under = values[:, int(np.floor(last * share))]
    beyond = np.minimum((values <= under[:, None]).sum(axis=1), last)
    return (under + values[np.arange(len(values)), beyond]) / 2.0


def _paste(boxes: list[Box], points: np.ndarray, outcome: np.ndarray, slice_: float, smallest: float) -> None:
    """Append the boxes of the pasting."""
    while True:
        box = boxes[-1]
        wider = [_wider(points, outcome, box, place, side, slice_) for place in box.restricted for side in (0, 1)]
        found = [item for item in wider if item is not None and item.rows > box.rows]
        if not found:
            return
        rise = [(item.density - box.density) / (item.rows - box.rows) for item in found]
        best = max(range(len(found)), key=lambda place: (rise[place], -len(found[place].restricted)))
        if rise[best] <= 0 or found[best].mass < smallest:
            return
        boxes.append(found[best])


def _wider(points: np.ndarray, outcome: np.ndarray, box: Box, place: int, side: int, slice_: float) -> Box | None:
    """The box with a thin slice of the points beside it given back; None where none lie there."""
    low, high = box.low.copy(), box.high.copy()
    limits = (low, high)[side]
    edge = limits[place]
    if not np.isfinite(edge):
        return None
    (low, high)[1 - side][place], limits[place] = edge, _FREE[side]
    beside = np.sort(points[inside(points, low, high), place])
    if not len(beside):
        return None
    limit = _quantile(beside[None], slice_)[0] if side else -_quantile(-beside[None, ::-1], slice_)[0]
    (low, high)[1 - side][place] = (box.low, box.high)[1 - side][place]
    beyond = points[:, place] > limit if side else points[:, place] < limit
    limits[place] = limit if beyond.any() else _FREE[side]
    return measured(points, outcome, low, high)
