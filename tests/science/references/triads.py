"""Signed complete graphs: friends and enemies that change one link at a time until no triad is imbalanced, or get stuck.

A triad is imbalanced with one or three enemy links. Constrained triad dynamics flips a link of an imbalanced triad only
if there are no more imbalanced triads afterwards (when there are as many, with an even chance). Local triad dynamics picks
an imbalanced triad: three enemies make one peace; one enemy link becomes friendly with chance p, else one of the two
friendly ones breaks.

Flipping all links of one vertex ("switching") changes no triad, so constrained dynamics need only be followed on switching
classes: in each, exactly one graph has only friendly links at vertex 0. Local dynamics is followed on graphs up to
renaming the vertices: 1044 classes for seven.
"""

from __future__ import annotations

from itertools import combinations
from math import comb, factorial

import numpy as np


class Links:
    """The links and triads of a complete graph with n vertices, as indices."""

    def __init__(self, n: int) -> None:
        self.n = n
        self.pairs = list(combinations(range(n), 2))
        place = {pair: k for k, pair in enumerate(self.pairs)}
        self.triads = np.array([[place[a, b], place[a, c], place[b, c]] for a, b, c in combinations(range(n), 3)])


# Constrained triad dynamics on switching classes


def switching_classes(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each class: imbalanced triads at each link (classes, links); for each link the class that its flip leads to
    (classes, links); and the number of imbalanced triads. Class 0 is the balanced one."""
    links = Links(n)
    free = [k for k, (a, _) in enumerate(links.pairs) if a != 0]  # links that do not touch vertex 0
    bit = {k: 1 << place for place, k in enumerate(free)}
    classes = np.arange(1 << len(free))
    enemy = np.zeros((len(classes), len(links.pairs)), bool)
    for k in free:
        enemy[:, k] = classes & bit[k] > 0
    imbalanced = enemy[:, links.triads].sum(axis=2) % 2 == 1
    at = np.stack([imbalanced[:, (links.triads == k).any(axis=1)].sum(axis=1) for k in range(len(links.pairs))], axis=1)
    masks = []
    for k, (a, b) in enumerate(links.pairs):
        # a flip at vertex 0 is undone by switching the other vertex, which flips its free links
        masks.append(bit[k] if a != 0 else sum(bit[m] for m in free if b in links.pairs[m]))
    return at, classes[:, None] ^ np.array(masks), imbalanced.sum(axis=1)


def constrained(n: int) -> dict[str, int]:
    """Constrained triad dynamics on all switching classes: how many there are, are jammed, lie on a plateau, reach balance."""
    at, leads_to, count = switching_classes(n)
    change = (n - 2) - 2 * at
    allowed = (at > 0) & (change <= 0)
    assert (count[leads_to] - count[:, None] == change).all()
    balanced = count == 0
    best = np.where(at > 0, change, n).min(axis=1)
    reaches = balanced.copy()
    while True:
        further = reaches | (allowed & reaches[leads_to]).any(axis=1)
        if (further == reaches).all():
            break
        reaches = further
    return {
        "classes": len(count),
        "balanced": int(balanced.sum()),
        "jammed": int((~balanced & (best > 0)).sum()),
        "plateau": int((~balanced & (best == 0)).sum()),
        "reach balance": int(reaches.sum()),
    }


# Local triad dynamics on graphs up to renaming


def _mixed(value: np.ndarray) -> np.ndarray:
    """A hash of 64-bit words (splitmix)."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


def fingerprint(friends: np.ndarray) -> np.ndarray:
    """A number for each graph (M, n, n) that renaming does not change: pairs are coloured by what they see, thrice."""
    n = friends.shape[-1]
    colour = _mixed(friends.astype(np.uint64) + np.uint64(2) * np.eye(n, dtype=np.uint64) + np.uint64(1))
    for _ in range(3):
        seen = np.zeros_like(colour)
        for w in range(n):
            seen += _mixed(colour[:, :, w, None] * np.uint64(3) + colour[:, None, w, :] * np.uint64(5))
        colour = _mixed(colour * np.uint64(7) + seen)
    return _mixed(colour).sum(axis=(1, 2), dtype=np.uint64)


def _flipped(friends: np.ndarray, pairs: list[tuple[int, int]]) -> np.ndarray:
    """Each graph with each link flipped, (M, links, n, n)."""
    found = np.repeat(friends[:, None], len(pairs), axis=1)
    for k, (a, b) in enumerate(pairs):
        found[:, k, a, b] ^= True
        found[:, k, b, a] ^= True
    return found


def graphs(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One graph of each class up to renaming (M, n, n); the class that each flip leads to (M, links); and how many
    labelled graphs each class holds."""
    pairs = Links(n).pairs
    fresh = np.zeros((1, n, n), bool)
    known, found = {int(fingerprint(fresh)[0]): 0}, [fresh]
    while len(fresh):
        candidates = _flipped(fresh, pairs).reshape(-1, n, n)
        prints, first = np.unique(fingerprint(candidates), return_index=True)
        new = [k for value, k in zip(prints, first, strict=True) if int(value) not in known]
        fresh = candidates[new]
        for value in fingerprint(fresh):
            known[int(value)] = len(known)
        found.append(fresh)
    every = np.concatenate(found)
    prints = fingerprint(_flipped(every, pairs).reshape(-1, n, n))
    leads_to = np.array([known[int(value)] for value in prints]).reshape(len(every), len(pairs))
    return every, leads_to, _sizes(leads_to, n)


def _sizes(leads_to: np.ndarray, n: int) -> np.ndarray:
    """Labelled graphs in each class: as many flips lead from one class to another as back."""
    sizes = np.zeros(len(leads_to), dtype=object)
    sizes[0], open_ones = 1, [0]  # class 0 is the graph without friends, of which there is one
    while open_ones:
        here = open_ones.pop()
        for there in set(leads_to[here].tolist()):
            if not sizes[there]:
                out, back = (leads_to[here] == there).sum(), (leads_to[there] == here).sum()
                sizes[there] = sizes[here] * int(out) // int(back)
                open_ones.append(there)
    assert all(0 < size <= factorial(n) for size in sizes)
    return sizes.astype(float)


def local(n: int, kindness: float, classes: tuple[np.ndarray, np.ndarray, np.ndarray]) -> tuple[float, float]:
    """Local triad dynamics from links drawn friendly with an even chance: the chance that all end as friends, and the
    mean number of flips until no triad is imbalanced; exact but for rounding."""
    friends, leads_to, sizes = classes
    links = Links(n)
    friendly = np.stack([friends[:, a, b] for a, b in links.pairs], axis=1)
    weights = np.zeros(leads_to.shape)
    enemies = 3 - friendly[:, links.triads].sum(axis=2)
    for t, triad in enumerate(links.triads):
        for link in triad:
            one, three = enemies[:, t] == 1, enemies[:, t] == 3
            weights[:, link] += one * np.where(friendly[:, link], (1.0 - kindness) / 2.0, kindness) + three / 3.0
    count = (enemies % 2 == 1).sum(axis=1)
    moving = count > 0
    steps = np.zeros((len(friends), len(friends)))
    rows = np.repeat(np.flatnonzero(moving), leads_to.shape[1])
    np.add.at(steps, (rows, leads_to[moving].ravel()), (weights[moving] / count[moving, None]).ravel())
    paradise = friendly.all(axis=1)
    inside = np.eye(moving.sum()) - steps[np.ix_(moving, moving)]
    ends, flips = np.linalg.solve(
        inside, np.stack([steps[moving][:, paradise].sum(axis=1), np.ones(moving.sum())], axis=1)
    ).T
    start = sizes / 2.0 ** comb(n, 2)
    return float(start[paradise].sum() + start[moving] @ ends), float(start[moving] @ flips)
