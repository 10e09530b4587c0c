"""95 % intervals of a share, of a share's change between twins, of a mean: sampling error alone, not doubt about the model."""

from __future__ import annotations

import numpy as np

CONFIDENCE = 0.95


def share_interval(count: int, total: int) -> tuple[float, float]:
    """95 % Wilson interval of a share."""
    from scipy.stats import binomtest

    interval = binomtest(count, total).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)


def share_change(before: np.ndarray, after: np.ndarray, confidence: float = CONFIDENCE) -> tuple[float, float, float]:
    """Change of the share of a flag between twins (or of one future in time), and its interval; both (futures,) flags.

    Adjusted Wald interval for matched shares (Agresti and Min 2005): as if half a pair more had been seen of each of the four
    kinds, so that it is no point where none changed. The change itself is the plain one.

    >>> flags = np.arange(100) < 10
    >>> [round(value, 3) for value in share_change(flags, flags)]
    [0.0, -0.019, 0.019]
    """
    from scipy.stats import norm

    gained, lost, total = int((after & ~before).sum()), int((before & ~after).sum()), len(before)
    up, down = (gained + 0.5) / (total + 2), (lost + 0.5) / (total + 2)
    half = float(norm.isf((1.0 - confidence) / 2.0) * np.sqrt((up + down - (up - down) ** 2) / (total + 2)))
    return (gained - lost) / total, max(up - down - half, -1.0), min(up - down + half, 1.0)


def mean_interval(values: np.ndarray) -> tuple[float, float, float]:
    """Mean of independent values and its 95 % interval (Student's t); NaN ends where there are fewer than two.

    >>> [round(value, 3) for value in mean_interval(np.array([1.0, 2.0, 3.0]))]
    [2.0, -0.484, 4.484]
    """
    from scipy.stats import t

    values = values[~np.isnan(values)]
    if len(values) < 2:
        return (float(values[0]) if len(values) else np.nan), np.nan, np.nan
    mean = float(values.mean())
    half = float(t.isf((1.0 - CONFIDENCE) / 2.0, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))
    return mean, mean - half, mean + half
