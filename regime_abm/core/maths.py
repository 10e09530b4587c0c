"""The few functions that every mechanism's equation uses."""

from __future__ import annotations

import numpy as np


def logistic(x):
    """1 / (1 + exp(-x)): a probability from log-odds.

    >>> float(logistic(np.array(0.0)))
    0.5
    """
    return 1.0 / (1.0 + np.exp(-x))


def log_odds(probability):
    """log(p / (1 - p)), the inverse of :func:`logistic`; p strictly between 0 and 1.

    >>> round(float(log_odds(0.75)), 4)
    1.0986
    """
    return np.log(probability / (1.0 - probability))
