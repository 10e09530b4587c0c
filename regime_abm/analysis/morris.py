"""Morris's screening: which of many inputs matter at all, from few runs [morris1991].

From a random point of a grid the inputs are moved one at a time, in random order, each by half of the grid. What that does to
the output, over how far the input moved, is an elementary effect. Over many such trajectories: mu, their mean; mu star, the
mean of their size, which ranks [campolongo2007]; sigma, their standard deviation, large where an input's effect depends on
the others or bends.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regime_abm.analysis.resample import RESAMPLES, complete, luck_share, net_products, spread
from regime_abm.errors import InputError

LEVELS = 4
FEWEST = 2  # trajectories: sigma needs two


@dataclass(frozen=True)
class Effects:
    """What the trajectories say of each input. All arrays are (inputs,), in units of the output per whole range of the input.

    *_half: half the width of the 95 % interval. net: mean square of the effects with luck taken out, about 0 and perhaps below
    where nothing but luck was seen (NaN with one replicate). luck_share: share of the variance between points that is luck.
    """

    mu: np.ndarray
    mu_half: np.ndarray
    mu_star: np.ndarray
    mu_star_half: np.ndarray
    sigma: np.ndarray
    sigma_half: np.ndarray
    net: np.ndarray
    net_half: np.ndarray
    luck_share: float


def points(inputs: int, trajectories: int, seed: int) -> np.ndarray:
    """(trajectories * (inputs + 1), inputs) points of the unit cube, trajectory by trajectory.

    The levels of the grid are the middles of four equal slices, so that each stands for a quarter of the input's prior and
    none for the far end of a tail. Raises InputError for fewer than two trajectories.

    >>> points(inputs=2, trajectories=2, seed=1).shape
    (6, 2)
    """
    if trajectories < FEWEST:
        raise InputError(f"samples: {trajectories} is too few; Morris needs {FEWEST} trajectories or more")
    rng = np.random.default_rng(seed)
    half = LEVELS // 2
    low = rng.integers(half, size=(trajectories, 1, inputs))
    upward = rng.integers(2, size=(trajectories, 1, inputs), dtype=bool, endpoint=False)
    turn = rng.permuted(np.tile(np.arange(inputs), (trajectories, 1)), axis=1)[:, None, :]
    moved = turn < np.arange(inputs + 1)[:, None]
    level = low + half * (moved == upward)
    return ((level + 0.5) / LEVELS).reshape(-1, inputs)


def elementary_effects(points: np.ndarray, outputs: np.ndarray) -> np.ndarray:
    """(trajectories, inputs, replicates) change of the output over change of the input that was moved.

    points: (trajectories * (inputs + 1), inputs), outputs: (the same rows, replicates). Raises ValueError where a step of a
    trajectory moves no input, or more than one.

    >>> walk = np.array([[0.0, 0.0], [0.5, 0.0], [0.5, 0.5]])
    >>> elementary_effects(walk, np.array([[1.0], [2.0], [5.0]]))[..., 0].tolist()
    [[2.0, 6.0]]
    """
    inputs = points.shape[1]
    steps = np.diff(points.reshape(-1, inputs + 1, inputs), axis=1)
    if ((steps != 0).sum(axis=2) != 1).any():
        raise ValueError("each step of a trajectory moves one input")
    moved = (steps != 0).argmax(axis=2)
    size = steps.sum(axis=2)
    changes = np.diff(outputs.reshape(len(steps), inputs + 1, -1), axis=1)
    effects = np.empty_like(changes)
    np.put_along_axis(effects, moved[..., None], changes / size[..., None], axis=1)
    return effects


def effects(
    points: np.ndarray, outputs: np.ndarray, *, seed: int = 0, resamples: int = RESAMPLES, what: str = "the table"
) -> Effects:
    """What the outputs at the points of :func:`points` say of each input.

    outputs: (rows,) or (rows, replicates); the effects are those of the mean over the replicates. Raises InputError when
    rows are missing.
    """
    outputs = complete(outputs, len(points), what)
    found = elementary_effects(points, outputs)
    squares = found**2
    trajectories, _, replicates = found.shape

    def estimate(chosen: np.ndarray, weights: np.ndarray) -> np.ndarray:
        effect = (found @ weights)[chosen]
        net = net_products(found, found, squares, weights)[chosen].mean(axis=0)
        return np.stack([effect.mean(axis=0), np.abs(effect).mean(axis=0), effect.std(axis=0, ddof=1), net])

    mu, star, sigma, net = estimate(np.arange(trajectories), np.full(replicates, 1.0 / replicates))
    halves = spread(estimate, trajectories, replicates, np.random.default_rng(seed), resamples)
    return Effects(mu, halves[0], star, halves[1], sigma, halves[2], net, halves[3], luck_share(outputs))
