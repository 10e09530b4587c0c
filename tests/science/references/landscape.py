"""Landscape theory: states of different size fall into two camps so that few are frustrated; all ways counted out.

A state of size s_i is frustrated by s_j for each state j that it is drawn to and that stands in the other camp, and relieved
where the two repel each other: energy = sum over pairs in different camps of s_i s_j p_ij. A camp assignment is a resting
place (local minimum) when no state can lower the energy by changing sides alone.
"""

from __future__ import annotations

import numpy as np


def camps(n: int) -> np.ndarray:
    """All ways to divide n states into two camps, (2^(n-1), n) of -1 and 1; the last state always stands in camp 1."""
    ways = np.arange(1 << (n - 1))
    sides = np.where(ways[:, None] >> np.arange(n - 1) & 1, -1, 1)
    return np.concatenate([sides, np.ones((len(ways), 1), int)], axis=1).astype(np.int8)


def energies(sides: np.ndarray, sizes: np.ndarray, propensity: np.ndarray) -> np.ndarray:
    """Energy of each camp assignment; sizes (n,), propensity (n, n) symmetric, above 0 where two are drawn together."""
    pull = np.outer(sizes, sizes) * propensity * ~np.eye(len(sizes), dtype=bool)
    return 0.25 * (pull.sum() - np.einsum("mi,ij,mj->m", sides, pull, sides, optimize=True))


def resting_places(sizes: np.ndarray, propensity: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The local minima, lowest first: camp assignments (K, n) and their energies (K,)."""
    sides = camps(len(sizes)).astype(float)
    pull = np.outer(sizes, sizes) * propensity * ~np.eye(len(sizes), dtype=bool)
    gains = sides * (sides @ pull)  # a change of sides costs this much
    found = (gains > -1e-12).all(axis=1)
    energy = energies(sides[found], sizes, propensity)
    order = energy.argsort()
    return sides[found][order].astype(int), energy[order]
