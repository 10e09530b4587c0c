"""Bounded confidence: opinions in 0..1 that move toward those near enough, pair by pair or all at once. Runs side by side."""

from __future__ import annotations

import numpy as np


def pairwise(runs: int, n: int, bound: float, meetings: int, seed: int, pace: float = 0.5) -> np.ndarray:
    """Deffuant's: two at random meet and, if the gap is below the bound, move toward each other by `pace` of it.

    meetings: of each agent, on average. Gives (runs, N), sorted.
    """
    luck = np.random.default_rng(seed)
    opinion, run = luck.random((runs, n)), np.arange(runs)
    for _ in range(meetings * n // 2):
        one = luck.integers(0, n, runs)
        other = (one + luck.integers(1, n, runs)) % n
        gap = opinion[run, other] - opinion[run, one]
        move = pace * gap * (np.abs(gap) < bound)
        opinion[run, one] += move
        opinion[run, other] -= move
    return np.sort(opinion, axis=1)


def all_at_once(runs: int, n: int, bound: float, seed: int, rounds: int = 1000) -> np.ndarray:
    """Hegselmann and Krause's: each takes the mean of all within the bound, itself among them, until nothing moves; (runs, N)
    sorted."""
    luck = np.random.default_rng(seed)
    found = []
    for opinion in np.sort(luck.random((runs, n)), axis=1):
        for _ in range(rounds):
            before = np.concatenate([[0.0], np.cumsum(opinion)])
            first = np.searchsorted(opinion, opinion - bound - 1e-12, "left")
            last = np.searchsorted(opinion, opinion + bound + 1e-12, "right")
            moved = (before[last] - before[first]) / (last - first)
            still, opinion = np.abs(moved - opinion).max() < 1e-9, np.sort(moved)
            if still:
                break
        found.append(opinion)
    return np.array(found)


def groups(opinion: np.ndarray, apart: float = 0.01) -> list[np.ndarray]:
    """Sizes of the groups of each run, those apart by more than so much being two; opinion (runs, N) sorted."""
    return [np.diff([0, *(np.flatnonzero(np.diff(row) > apart) + 1), len(row)]) for row in opinion]


def major(opinion: np.ndarray, share: float = 0.05) -> float:
    """Mean number of groups that hold more than a share of all: a few loners, as at the ends of the scale, do not count."""
    return float(np.mean([(sizes > share * opinion.shape[1]).sum() for sizes in groups(opinion)]))


def consensus(opinion: np.ndarray) -> float:
    """Share of the runs that end with one opinion."""
    return float(np.mean([len(sizes) == 1 for sizes in groups(opinion)]))
