"""What became of a future, in one number: what sensitivity and discovery look at.

An outcome class counts as 1 or 0, so that its mean is the share of futures in it; a measure is taken at the last month.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from regime_abm.ensemble import Chunk
from regime_abm.errors import InputError, nearest
from regime_abm.measures import MEASURES
from regime_abm.measures.outcome import CLASSES, KEYS, REGIMES
from regime_abm.measures.regime import time_to_emergence


@dataclass(frozen=True)
class Ending:
    """One number a future: its key, how to name it on an axis, its unit, and how to take it from a chunk, (futures,)."""

    key: str
    title: str
    unit: str
    take: Callable[[Chunk], np.ndarray]


def _of_class(place: int) -> Callable[[Chunk], np.ndarray]:
    return lambda chunk: (chunk.outcome[:, -1] == place).astype(float)


def _of_measure(name: str) -> Callable[[Chunk], np.ndarray]:
    return lambda chunk: chunk.series[name][:, -1].astype(float)


def _months_to_regime(chunk: Chunk) -> np.ndarray:
    month = time_to_emergence(chunk)
    return np.where(month < 0, chunk.regime.shape[1] - 1, month).astype(float)


_ALL = (
    *(Ending(item.key, item.title, "share of futures", _of_class(place)) for place, item in enumerate(CLASSES)),
    *(Ending(item.name, item.title, item.unit, _of_measure(item.name)) for item in MEASURES.values()),
    Ending("regime", "A security regime stands", "share of futures", lambda chunk: chunk.regime[:, -1].astype(float)),
    Ending(
        "regime_ever",
        "A security regime stood at some time",
        "share of futures",
        lambda chunk: chunk.regime.any(axis=1).astype(float),
    ),
    Ending(
        "months_to_regime",
        "Months until a regime first stands (all of them where none does)",
        "months",
        _months_to_regime,
    ),
)
ENDINGS = {item.key: item for item in _ALL}


def ending(key: str) -> Ending:
    """The ending of that key; InputError with the nearest one otherwise."""
    if key not in ENDINGS:
        raise InputError(f"outcome: unknown outcome {key!r}{nearest(key, ENDINGS)}")
    return ENDINGS[key]


def needs_robust_test(keys: Sequence[str]) -> bool:
    """Whether to tell these endings apart takes the test by twin branches."""
    return bool(set(keys) & set(REGIMES))


def of_classes(outcome: np.ndarray, key: str) -> np.ndarray:
    """(rows,) whether each of some words for outcome classes is the one of that key; "regime" is any of the regimes.

    >>> of_classes(np.array(["war", "fragile_regime"]), "regime").tolist()
    [False, True]
    """
    if key == "regime":
        return np.isin(outcome, REGIMES)
    if key not in KEYS:
        raise InputError(f"outcome: unknown outcome class {key!r}{nearest(key, ('regime', *KEYS))}")
    return outcome == key
