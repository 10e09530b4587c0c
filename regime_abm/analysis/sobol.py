"""Sobol's indices: which share of an output's variance is owed to which input.

The first-order index is the share that would go if the input alone were known; the total index the share that would stay if
all but it were known, its part in interactions included. Two tables A and B of independent points are drawn, and for each
input a table AB, which is A with that input's column from B. First order as Saltelli and others estimate it [saltelli2010,
table 2b], total as Jansen does [jansen1999].

``scipy.stats.sobol_indices`` has the same estimators; it is not called because it knows no replicates, calls the indices of
an output that never varies 0 rather than unknown, and fails for one input and one output.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regime_abm.analysis.resample import RESAMPLES, complete, luck_share, net_products, rounding, spread
from regime_abm.errors import InputError


@dataclass(frozen=True)
class Indices:
    """Shares of the variance of the mean over replicates. All arrays are (inputs,); NaN where the output never varies.

    *_half: half the width of the 95 % interval. net, net_first: the total and first-order indices with luck taken out, about 0
    where nothing but luck was seen (NaN with one replicate). luck_share: share of all the variance that is luck.
    """

    first: np.ndarray
    first_half: np.ndarray
    total: np.ndarray
    total_half: np.ndarray
    net: np.ndarray
    net_half: np.ndarray
    net_first: np.ndarray
    net_first_half: np.ndarray
    luck_share: float


def points(inputs: int, samples: int, seed: int) -> np.ndarray:
    """(samples * (inputs + 2), inputs) points of the unit cube: for each sample its A, the AB of each input, its B.

    A and B are the two halves of one scrambled Sobol sequence. Raises InputError unless samples is a power of two, which that
    sequence needs.

    >>> points(inputs=3, samples=8, seed=1).shape
    (40, 3)
    """
    from scipy.stats import qmc

    if samples < 2 or samples & (samples - 1):
        below = 1 << max(samples.bit_length() - 1, 1)
        raise InputError(f"samples: {samples} is not a power of two; take {below} or {2 * below}")
    drawn = qmc.Sobol(2 * inputs, rng=np.random.default_rng(seed)).random(samples)
    a, b = drawn[:, :inputs], drawn[:, inputs:]
    table = np.tile(a[:, None], (1, inputs + 2, 1))
    table[:, -1] = b
    each = np.arange(inputs)
    table[:, each + 1, each] = b
    return table.reshape(-1, inputs)


def independent(inputs: int, rows: int) -> np.ndarray:
    """(rows,) which rows of :func:`points` were drawn independently: those of A and B.

    >>> independent(inputs=1, rows=6).tolist()
    [True, False, True, True, False, True]
    """
    place = np.arange(rows) % (inputs + 2)
    return (place == 0) | (place == inputs + 1)


def estimates(a: np.ndarray, b: np.ndarray, ab: np.ndarray, variance: float) -> tuple[np.ndarray, np.ndarray]:
    """First-order and total indices, each (inputs,).

    a, b: (samples,) centred outputs at A and B; ab: (samples, inputs); variance: that of A and B together, NaN where they do
    not vary.
    """
    first = (b[:, None] * (ab - a[:, None])).mean(axis=0) / variance
    total = 0.5 * ((a[:, None] - ab) ** 2).mean(axis=0) / variance
    return first, total


def indices(
    outputs: np.ndarray,
    inputs: int,
    samples: int,
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
    what: str = "the table",
) -> Indices:
    """What the outputs at the points of :func:`points` say of each input.

    outputs: (rows,) or (rows, replicates); the indices are those of the mean over the replicates. Raises InputError when
    rows are missing.
    """
    outputs = complete(outputs, samples * (inputs + 2), what)
    replicates = outputs.shape[1]
    blocks = outputs.reshape(samples, inputs + 2, replicates)
    moved = blocks[:, 1:-1] - blocks[:, :1]
    at_b = (blocks - outputs.mean(axis=0))[:, -1:]
    squares, products = moved**2, at_b * moved
    nothing = rounding(outputs)

    def estimate(chosen: np.ndarray, weights: np.ndarray) -> np.ndarray:
        mean = (blocks @ weights)[chosen]
        mean -= mean.mean()  # the first-order estimator is poor where outputs lie far from 0
        a, b, ab = mean[:, 0], mean[:, -1], mean[:, 1:-1]
        variance = np.var(np.concatenate([a, b]))
        variance = variance if variance > nothing else np.nan
        net = 0.5 * net_products(moved, moved, squares, weights)[chosen].mean(axis=0) / variance
        net_first = net_products(at_b, moved, products, weights)[chosen].mean(axis=0) / variance
        return np.stack([*estimates(a, b, ab, variance), net, net_first])

    first, total, net, net_first = estimate(np.arange(samples), np.full(replicates, 1.0 / replicates))
    halves = spread(estimate, samples, replicates, np.random.default_rng(seed), resamples)
    share = luck_share(outputs[independent(inputs, len(outputs))])
    return Indices(first, halves[0], total, halves[1], net, halves[2], net_first, halves[3], share)
