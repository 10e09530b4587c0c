"""The few functions that many mechanisms' equations use."""

from __future__ import annotations

import math

import numpy as np

# Plain numbers stay Python's: NumPy's own scalars would raise the precision of every array that they meet.


def logistic(x):
    """1 / (1 + exp(-x)): a probability from log-odds.

    >>> float(logistic(np.array(0.0)))
    0.5
    """
    return 1.0 / (1.0 + (math.exp(-x) if isinstance(x, float) else np.exp(-x)))


def log_odds(probability):
    """log(p / (1 - p)), the inverse of :func:`logistic`; p strictly between 0 and 1.

    >>> round(float(log_odds(0.75)), 4)
    1.0986
    """
    odds = probability / (1.0 - probability)
    return math.log(odds) if isinstance(odds, float) else np.log(odds)


def within(value, low, high):
    """The value, or the end of the range that it passes; quicker than np.clip where arrays are small.

    >>> within(1.5, 0.0, 1.0), within(np.array([-1.0, 0.5]), 0.0, 1.0).tolist()
    (1.0, [0.0, 0.5])
    """
    return value.clip(low, high) if isinstance(value, np.ndarray) else min(max(value, low), high)


def total(values):
    """Sum over the last axis, flags counted; several times faster than sum() where that axis is short.

    >>> total(np.array([[True, True, False], [False, False, False]])).tolist()
    [2.0, 0.0]
    """
    return np.einsum("...i->...", values.astype(np.float32) if values.dtype == bool else values)


def _turned(values):
    """The last axis in front, contiguous: NumPy reduces a long inner axis many times faster than a short one."""
    return np.ascontiguousarray(values.reshape(math.prod(values.shape[:-1]), values.shape[-1]).T)


def largest(values):
    """Largest value over the last axis.

    >>> largest(np.array([[0.1, 0.7, 0.3], [0.0, -1.0, -2.0]])).tolist()
    [0.7, 0.0]
    """
    return _turned(values).max(axis=0).reshape(values.shape[:-1])


def anywhere(flags):
    """Whether any flag of the last axis is up.

    >>> anywhere(np.array([[False, True], [False, False]])).tolist()
    [True, False]
    """
    return _turned(flags).any(axis=0).reshape(flags.shape[:-1])


def padded(lists):
    """Lists side by side, (length of the longest, number of lists); shorter ones repeat their last.

    >>> padded([[1, 2], [5]]).tolist()
    [[1, 5], [2, 5]]
    """
    longest = max(map(len, lists))
    return np.array([[*each, *[each[-1]] * (longest - len(each))] for each in lists]).T


def extreme_of(extreme, values, lists):
    """Least or most (np.minimum, np.maximum) of the values (..., K) in the places that each list names; see :func:`padded`.

    >>> extreme_of(np.minimum, np.array([[0.5, 0.3, 0.4]]), padded([[0, 2], [1]])).tolist()
    [[0.4, 0.3]]
    """
    found = values.take(lists[0], axis=-1)
    for places in lists[1:]:
        extreme(found, values.take(places, axis=-1), out=found)
    return found


def signed_since_start(in_force, age, month):
    """Agreements in force that were signed in the run, (R, G); age: months, as the month before `month` left it. What was in
    force at the start is in what the region's files say of the start.

    >>> signed_since_start(np.array([True, True, True, False]), np.array([0.0, 4.0, 5.0, 0.0]), 6).tolist()
    [True, True, False, False]
    """
    return in_force & (age < month - 1)
