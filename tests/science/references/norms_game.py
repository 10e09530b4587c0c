"""The norms game and the metanorms game: who dares to break a norm, who punishes that, and who punishes not punishing.

Every generation each of N players may break the norm four times. It does when its boldness exceeds the chance of being seen,
drawn anew each time; that gains it 3 and costs each other 1. Each other sees it with that chance and punishes with its
vengefulness: 9 to the culprit, 2 to itself. With metanorms, whoever saw it and did not punish is seen by each third player,
with the same chance, and punished in the same way. Boldness and vengefulness are three bits each, in sevenths. Who earned
a standard deviation or more above the mean has two offspring, who earned one or more below has none, the others have one;
the next generation is cut or filled at random to N, and each bit flips with chance .01. Many runs are held side by side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LEVELS = 7  # boldness and vengefulness are 0/7 .. 7/7
CHANCES = 4  # a generation


@dataclass(frozen=True)
class Rules:
    """What a generation costs and gains; meta: whether who does not punish is punished."""

    meta: bool = False
    temptation: float = 3.0
    hurt: float = -1.0
    punished: float = -9.0
    punishing: float = -2.0
    meta_punished: float = -9.0
    meta_punishing: float = -2.0
    mutation: float = 0.01


def payoffs(bold: np.ndarray, vengeful: np.ndarray, rules: Rules, luck: np.random.Generator) -> np.ndarray:
    """What everybody earns in a generation, (runs, N); bold and vengeful in sevenths."""
    runs, n = bold.shape
    seen = luck.random((runs, n, CHANCES))
    broke = bold[:, :, None] > seen * LEVELS
    own = broke.sum(axis=2)
    earned = rules.temptation * own + rules.hurt * (own.sum(axis=1, keepdims=True) - own)
    run, culprit, time = np.nonzero(broke)
    chance = seen[run, culprit, time]
    place = np.arange(n)
    witness = (luck.random((len(run), n)) < chance[:, None]) & (place != culprit[:, None])
    acts = luck.random((len(run), n)) * LEVELS < vengeful[run]
    earned += _paid(run, culprit, witness & acts, n, runs, rules.punished, rules.punishing)
    if rules.meta:
        event, shirker = np.nonzero(witness & ~acts)
        run, culprit, chance = run[event], culprit[event], chance[event]
        third = (place != culprit[:, None]) & (place != shirker[:, None])
        third &= (luck.random(third.shape) < chance[:, None]) & (luck.random(third.shape) * LEVELS < vengeful[run])
        earned += _paid(run, shirker, third, n, runs, rules.meta_punished, rules.meta_punishing)
    return earned


def _paid(run, target, punishers, n, runs, punished, punishing):
    """(runs, N) what punishments cost: the target of each event, and each of its punishers (events, N)."""
    count = punishers.sum(axis=1)
    event, who = np.nonzero(punishers)
    costs = punished * np.bincount(run * n + target, count, runs * n)
    return (costs + punishing * np.bincount(run[event] * n + who, minlength=runs * n)).reshape(runs, n)


def parents(earned: np.ndarray, luck: np.random.Generator) -> np.ndarray:
    """The parent of each player of the next generation, (runs, N) places."""
    runs, n = earned.shape
    mean, spread = earned.mean(axis=1, keepdims=True), earned.std(axis=1, keepdims=True)
    children = 1 + (earned >= mean + spread).astype(int) - (earned <= mean - spread).astype(int)
    children[(spread == 0)[:, 0]] = 1  # all alike
    order = np.where(np.arange(2) < children[:, :, None], luck.random((runs, n, 2)), 2.0).reshape(runs, 2 * n)
    drawn = order.argsort(axis=1)[:, :n]  # children in random order, then none
    total = children.sum(axis=1, keepdims=True)
    again = (luck.random((runs, n)) * np.minimum(total, n)).astype(int)
    kept = np.where(np.arange(n) < total, np.arange(n), again)
    return np.take_along_axis(drawn, kept, axis=1) // 2


def play(
    runs: int, n: int, generations: int, rules: Rules, seed: int, every: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Mean boldness and vengefulness in 0..1 of each run at the end, or every so many generations; (moments, runs) each."""
    luck = np.random.default_rng(seed)
    genes = luck.integers(0, LEVELS + 1, (2, runs, n))
    told = []
    for generation in range(1, generations + 1):
        chosen = parents(payoffs(genes[0], genes[1], rules, luck), luck)
        genes = np.take_along_axis(genes, chosen[None], axis=2)
        for bit in (1, 2, 4):
            genes ^= bit * (luck.random(genes.shape) < rules.mutation)
        if generation == generations or (every and generation % every == 0):
            told.append(genes.mean(axis=2) / LEVELS)
    together = np.stack(told)
    return together[:, 0], together[:, 1]


def collapsed(bold: np.ndarray, vengeful: np.ndarray) -> float:
    """Share of the runs (or moments) in which the norm has collapsed."""
    return float(((bold >= 6 / 7) & (vengeful <= 1 / 7)).mean())


def established(bold: np.ndarray, vengeful: np.ndarray) -> float:
    """Share of the runs (or moments) in which the norm is established."""
    return float(((bold <= 2 / 7) & (vengeful >= 5 / 7)).mean())
