"""Outputs with replicates: what is missing, how much of it is luck, and intervals from drawing rows and replicates anew.

Every row of a design is run with the same replicates, which share their luck. Then luck is what rows and replicates do not
explain between them: a lucky replicate that is lucky in every row moves no index.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from regime_abm.errors import InputError

RESAMPLES = 400
_WIDTH = 1.959963984540054  # standard deviations either side that hold 95 % of a normal distribution
_SAME = 1e-9  # relative difference below which outputs are called the same
_ONE_REPLICATE = 1e-9  # weight outside a single replicate that counts as none


def complete(outputs: np.ndarray, rows: int, what: str = "the table") -> np.ndarray:
    """The outputs as (rows, replicates) numbers; InputError when a row is missing or has no value.

    outputs: (rows,) or (rows, replicates); what: how to call them in the error.
    """
    outputs = np.asarray(outputs, float)
    outputs = outputs[:, None] if outputs.ndim == 1 else outputs
    if len(outputs) < rows:
        raise InputError(f"{what}: {rows - len(outputs)} of {rows} rows are missing, the first is row {len(outputs)}")
    if len(outputs) > rows:
        raise InputError(f"{what}: has {len(outputs)} rows where the design has {rows}")
    gaps = ~np.isfinite(outputs)
    if gaps.any():
        row, replicate = np.argwhere(gaps)[0]
        raise InputError(
            f"{what}: {int(gaps.any(axis=1).sum())} of {rows} rows have no value, "
            f"the first is row {row} (replicate {replicate})"
        )
    return outputs


def rounding(outputs: np.ndarray) -> float:
    """A variance that is nothing but the rounding of numbers of this size."""
    return float((_SAME * np.abs(outputs).max(initial=0.0)) ** 2)


def luck_share(outputs: np.ndarray) -> float:
    """Share of the variance between rows that is luck: variance of a row's mean over replicates, over the total variance.

    outputs: (rows, replicates). NaN where it cannot be known: one replicate, or rows that do not differ.

    >>> luck_share(np.array([[0.0, 1.0], [4.0, 5.0]]))  # the second replicate is luckier everywhere: no index feels it
    0.0
    >>> round(luck_share(np.array([[0.0, 2.0], [2.0, 0.0], [6.0, 8.0], [8.0, 6.0]])), 3)
    0.111
    """
    rows, replicates = outputs.shape
    means = outputs.mean(axis=1)
    total = means.var(ddof=1) if rows > 1 else 0.0
    if replicates < 2 or total <= rounding(outputs):
        return float("nan")
    left = outputs - means[:, None] - outputs.mean(axis=0) + outputs.mean()
    variance = (left**2).sum() / ((rows - 1) * (replicates - 1))
    return float(variance / replicates / total)


def net_products(one: np.ndarray, other: np.ndarray, products: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Products of two means over replicates with luck taken out: those of different replicates alone, whose luck cancels.

    one, other: (..., replicates), products: their products replicate by replicate; weights: (replicates,) that sum to 1.
    Of a square of differences it may fall below 0 by chance, where there is no difference but luck. NaN where all weight is
    on one replicate.

    >>> d = np.array([1.0, 3.0])  # mean 2, of which the square is 4; the product of different replicates is 3
    >>> float(net_products(d, d, d * d, np.array([0.5, 0.5])))
    3.0
    """
    different = 1.0 - (weights**2).sum()
    if different < _ONE_REPLICATE:
        return np.full(products.shape[:-1], np.nan)
    return ((one @ weights) * (other @ weights) - products @ weights**2) / different


def spread(
    estimate: Callable[[np.ndarray, np.ndarray], np.ndarray],
    samples: int,
    replicates: int,
    rng: np.random.Generator,
    resamples: int = RESAMPLES,
) -> np.ndarray:
    """Half the width of a 95 % interval of an estimate, samples and replicates both drawn anew [owen2007].

    estimate(chosen, weights): what is estimated, any shape, from the samples `chosen` (samples,) and with `weights`
    (replicates,) that sum to 1. To draw both makes an interval a little too wide rather than too narrow; with one replicate
    it tells of the samples alone. NaN where the estimate is never defined.
    """
    found = []
    for _ in range(resamples):
        chosen = rng.integers(samples, size=samples)
        weights = rng.multinomial(replicates, np.full(replicates, 1.0 / replicates)) / replicates
        found.append(estimate(chosen, weights))
    values = np.asarray(found)
    known = np.isfinite(values)
    count = known.sum(axis=0)
    mean = np.where(known, values, 0.0).sum(axis=0) / np.maximum(count, 1)
    squares = np.where(known, values - mean, 0.0) ** 2
    variance = squares.sum(axis=0) / np.maximum(count - 1, 1)
    return np.where(count > 1, _WIDTH * np.sqrt(variance), np.nan)
