"""The few functions that many mechanisms' equations use."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import wraps
from typing import Any

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
    return np.ascontiguousarray(values.reshape(-1, values.shape[-1]).T)


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


_REMEMBERED = 16  # results that one function keeps: a few runs side by side


def once(function: Callable[..., Any]) -> Callable[..., Any]:
    """Work out `function` once for the same arguments: what a run leaves as it was need not be worked out every month.

    Arguments are the same when they are the same objects; to be remembered, arrays must be read-only, as the World's are.
    Arrays that it gives become read-only too.

    >>> doubled = once(lambda values: 2 * values)
    >>> values = np.arange(3)
    >>> values.setflags(write=False)
    >>> doubled(values) is doubled(values)
    True
    >>> doubled(values.copy()) is doubled(values.copy())
    False
    """
    known: dict[tuple[int, ...], tuple[tuple[Any, ...], Any]] = {}

    @wraps(function)
    def remembering(*arguments: Any) -> Any:
        key = tuple(map(id, arguments))
        found = known.get(key)
        if found is None:
            found = arguments, function(*arguments)  # while the arguments are kept, nothing else has their identity
            for item in found[1] if isinstance(found[1], tuple) else found[1:]:
                if isinstance(item, np.ndarray):
                    item.setflags(write=False)
            if not any(isinstance(item, np.ndarray) and item.flags.writeable for item in arguments):
                if len(known) >= _REMEMBERED:
                    known.clear()
                known[key] = found
        return found[1]

    return remembering
