"""95 % intervals of a share, of a share's change between twins, of a mean: sampling error alone, not doubt about the model.

`scipy.stats` has them too, and the tests hold these to it; but it takes half a second to import, which every run would wait.
"""

from __future__ import annotations

import math

import numpy as np

CONFIDENCE = 0.95


def share_interval(count: int, total: int) -> tuple[float, float]:
    """95 % Wilson interval of a share.

    >>> share_interval(0, 10), share_interval(5, 10)
    ((0.0, 0.2775327998628892), (0.236593090512564, 0.7634069094874361))
    """
    from scipy.special import ndtri

    z = float(ndtri((1.0 + CONFIDENCE) / 2.0))
    share, spread = count / total, z * z / total
    centre = (share + spread / 2) / (1 + spread)
    half = math.sqrt(spread * share * (1 - share) + spread * spread / 4) / (1 + spread)
    return (0.0 if count == 0 else centre - half), (1.0 if count == total else centre + half)


def share_change(before: np.ndarray, after: np.ndarray, confidence: float = CONFIDENCE) -> tuple[float, float, float]:
    """Change of the share of a flag between twins (or of one future in time), and its interval; both (futures,) flags.

    Adjusted Wald interval for matched shares (Agresti and Min 2005): as if half a pair more had been seen of each of the four
    kinds, so that it is no point where none changed. The change itself is the plain one.

    >>> flags = np.arange(100) < 10
    >>> [round(value, 3) for value in share_change(flags, flags)]
    [0.0, -0.019, 0.019]
    """
    from scipy.special import ndtri

    gained, lost, total = int((after & ~before).sum()), int((before & ~after).sum()), len(before)
    up, down = (gained + 0.5) / (total + 2), (lost + 0.5) / (total + 2)
    half = float(ndtri((1.0 + confidence) / 2.0) * np.sqrt((up + down - (up - down) ** 2) / (total + 2)))
    return (gained - lost) / total, max(up - down - half, -1.0), min(up - down + half, 1.0)


def mean_interval(values: np.ndarray) -> tuple[float, float, float]:
    """Mean of independent values and its 95 % interval (Student's t); NaN ends where there are fewer than two.

    >>> [round(value, 3) for value in mean_interval(np.array([1.0, 2.0, 3.0]))]
    [2.0, -0.484, 4.484]
    """
    from scipy.special import stdtrit

    values = values[~np.isnan(values)]
    if len(values) < 2:
        return (float(values[0]) if len(values) else np.nan), np.nan, np.nan
    mean = float(values.mean())
    half = float(stdtrit(len(values) - 1, (1.0 + CONFIDENCE) / 2.0) * values.std(ddof=1) / np.sqrt(len(values)))
    return mean, mean - half, mean + half
