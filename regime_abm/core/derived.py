"""What follows from quantities that seldom change, worked out once and kept until they do."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from weakref import ref

import numpy as np

Found = TypeVar("Found")


def derived(function: Callable[..., Found]) -> Callable[..., Found]:
    """Keep what a pure function finds, as long as the very same arguments live: arrays of a World, parameter values, names;
    plain numbers may be among them, but numbers alone are not kept.

    Arguments are told apart by identity, which is safe for what is never changed in place: with a writeable array among
    them nothing is kept. The result must be new (no view of an argument, which would then live on); it becomes read-only.

    >>> calls = []
    >>> twice = derived(lambda values: calls.append(values) or values * 2)
    >>> fixed = np.array([1, 2])
    >>> fixed.flags.writeable = False
    >>> twice(fixed).tolist(), twice(fixed).tolist(), len(calls)
    ([2, 4], [2, 4], 1)
    """
    kept: dict[tuple[int, ...], tuple[Any, Found]] = {}

    @wraps(function)
    def found(*given: Any) -> Found:
        key = tuple(map(id, given))
        known = kept.get(key)
        if known is not None:
            return known[1]
        value = function(*given)
        numbers = [item for item in given if isinstance(item, (int, float))]
        if len(numbers) == len(given) or any(isinstance(item, np.ndarray) and item.flags.writeable for item in given):
            return value
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, np.ndarray):
                item.flags.writeable = False
        # The identity of something gone may be given to something new, so a result goes with the first of its arguments.
        others = [ref(item, lambda _: kept.pop(key, None)) for item in given if not isinstance(item, (int, float))]
        kept[key] = (numbers, others), value
        return value

    return found
