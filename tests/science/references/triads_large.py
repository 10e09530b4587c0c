"""Local triad dynamics of more states than can be counted out: links flip one at a time, many runs side by side."""

from __future__ import annotations

import numpy as np


def friendly(runs: int, n: int, kindness: float, looks: float, seed: int) -> np.ndarray:
    """(runs,) share of friendly links after so many looks at triads for each link; half are friendly at first.

    A triad drawn at random is left alone if it has no enemy link or two. Three become two; one becomes none with chance
    `kindness`, else two, either of the friendly ones breaking.
    """
    luck = np.random.default_rng(seed)
    first = np.triu(luck.random((runs, n, n)) < 0.5, 1)
    friend, run = first | np.swapaxes(first, 1, 2), np.arange(runs)
    links = n * (n - 1) // 2
    for _ in range(int(looks * links)):
        a = luck.integers(0, n, runs)
        b = (a + luck.integers(1, n, runs)) % n
        c = luck.integers(0, n - 2, runs)
        for other in (np.minimum(a, b), np.maximum(a, b)):
            c += c >= other
        ends = np.stack([a, b, c, a])
        sides = np.stack([friend[run, ends[k], ends[k + 1]] for k in range(3)])
        enemies = 3 - sides.sum(axis=0)
        choice = luck.random((3, runs))
        mends = (enemies == 3) | ((enemies == 1) & (luck.random(runs) < kindness))
        flips = enemies % 2 == 1
        side = np.where(sides == mends, -1.0, choice).argmax(axis=0)[
            flips
        ]  # an enemy link to mend, a friendly one to break
        at = run[flips]
        one, other = ends[side, at], ends[side + 1, at]
        friend[at, one, other] ^= True
        friend[at, other, one] ^= True
    return friend.sum(axis=(1, 2)) / (2 * links)


def steady(kindness: float) -> float:
    """The share of friendly links on which an infinite network settles."""
    return 1.0 if kindness >= 0.5 else 1.0 / (np.sqrt(3.0 * (1.0 - 2.0 * kindness)) + 1.0)
