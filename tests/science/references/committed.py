"""The binary agreement model: opinions A, B or both, a speaker and a listener at a time, and some who are committed to A.

The speaker says one of its opinions (either, with even chances, if it has both). A listener that has it already keeps it
alone, and so does the speaker; a listener that has it not adds it. The committed hold A whatever they hear. All others
begin with B. A unit of time is N such talks.
"""

from __future__ import annotations

import numpy as np


def rates(a: float, b: float, committed: float) -> np.ndarray:
    """Change of the shares that hold A and B alone (the committed apart) in a unit of time, in an infinite population.

    One share is followed by each talk: with x the speaker's chance to say A, both agree where the listener has the word.
    """
    both = 1.0 - committed - a - b
    return np.array(
        [
            -a * b + both * both + a * both + 1.5 * committed * both,
            -a * b + both * both + b * both - committed * b,
        ]
    )


def share_left(committed: float, time: float = 2000.0, step: float = 0.05) -> float:
    """The share that still holds B alone after a long time in an infinite population, all but the committed having begun so."""
    held = np.array([0.0, 1.0 - committed])
    for _ in range(int(time / step)):
        half = held + 0.5 * step * rates(held[0], held[1], committed)
        held = held + step * rates(half[0], half[1], committed)
        if held[1] < 1e-6:
            break
    return float(held[1])


def critical(low: float = 0.05, high: float = 0.2) -> float:
    """The share of the committed from which they win an infinite population, to three digits."""
    while high - low > 2e-4:
        middle = 0.5 * (low + high)
        low, high = (low, middle) if share_left(middle) < 1e-3 else (middle, high)
    return 0.5 * (low + high)


def talks(n: int, committed: int) -> tuple[list[tuple[int, int]], np.ndarray]:
    """The states (holders of A alone, of B alone) of the others and the chances of one talk to lead from each to each."""
    others = n - committed
    states = [(a, b) for a in range(others + 1) for b in range(others + 1 - a)]
    place = {state: k for k, state in enumerate(states)}
    chances = np.zeros((len(states), len(states)))
    for (a, b), row in zip(states, chances, strict=True):
        count = {"A": a, "B": b, "AB": others - a - b, "C": committed}
        for speaker, listener in ((s, h) for s in count for h in count):
            pairs = count[speaker] * (count[listener] - (speaker == listener))
            for word in {"A": "A", "B": "B", "AB": "AB", "C": "A"}[speaker]:
                weight = pairs / (n * (n - 1)) / (2 if speaker == "AB" else 1)
                if weight > 0:
                    after = dict(count)
                    for who, new in _changes(speaker, listener, word):
                        after[who] -= 1
                        after[new] += 1
                    row[place[after["A"], after["B"]]] += weight
    return states, chances


def _changes(speaker: str, listener: str, word: str) -> list[tuple[str, str]]:
    """Who becomes what after a word."""
    if listener == "C" and word == "B":
        return []
    if listener == "C" or word in listener:
        return [(who, word) for who in (speaker, listener) if who != "C"]
    return [(listener, "AB")]


def time_to_agree(n: int, committed: int) -> float:
    """Mean time until all hold A, exactly: an absorbing chain."""
    states, chances = talks(n, committed)
    left = [k for k, state in enumerate(states) if state != (n - committed, 0)]
    waits = np.linalg.solve(np.eye(len(left)) - chances[np.ix_(left, left)], np.ones(len(left)))
    return float(waits[left.index(states.index((0, n - committed)))] / n)


def simulated(runs: int, n: int, committed: int, time: float, seed: int) -> np.ndarray:
    """(runs,) share of all that hold B alone after so much time, talk by talk."""
    luck = np.random.default_rng(seed)
    has = np.zeros((2, runs, n), bool)  # A, B
    has[0, :, :committed], has[1, :, committed:] = True, True
    run = np.arange(runs)
    for _ in range(int(time * n)):
        speaker = luck.integers(0, n, runs)
        listener = (speaker + luck.integers(1, n, runs)) % n
        says_b = has[1, run, speaker] & (~has[0, run, speaker] | (luck.random(runs) < 0.5))
        word = says_b.astype(int)
        knows = has[word, run, listener]
        for who, changes in ((listener, knows), (speaker, knows)):
            free = changes & (who >= committed)
            has[1 - word[free], run[free], who[free]] = False
        learns = ~knows & (listener >= committed)
        has[word[learns], run[learns], listener[learns]] = True
    return (has[1] & ~has[0]).mean(axis=1)
