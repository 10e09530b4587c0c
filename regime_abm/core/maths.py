"""The few functions that every mechanism's equation uses."""

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
