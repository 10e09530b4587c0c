"""One thing of the World in words: ``DPRK``, ``JPN>CHN`` (row about column), ``JPN-CHN`` (both), ``ARF``, ``ARF:JPN``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from regime_abm.core.names import Names
from regime_abm.core.world import GLOSSARY, SHAPES
from regime_abm.errors import InputError, nearest

_AXES = {"F": "forum", "G": "agreement", "N": "state"}


def places_of(quantity: str, subject: str, names: Names, where: str) -> list[tuple[int, ...]]:
    """Places of a subject in a quantity's array, without the axis of futures.

    Raises InputError, which begins with `where`, for an unknown quantity or code and for a subject of another form.
    """
    if quantity not in GLOSSARY:
        raise InputError(f"{where}: unknown quantity {quantity!r}{nearest(quantity, GLOSSARY)}")
    axes = SHAPES[GLOSSARY[quantity].axes].removeprefix("R")
    if axes not in ("N", "NN", "F", "FN", "G", "GN"):
        raise InputError(f"{where}: {quantity} is not of single states, pairs, forums or agreements")
    if axes == "NN":
        return _pairs(subject, names, where)
    words = subject.split(":")
    if len(words) != len(axes):
        form = ":".join(_AXES[axis].upper() for axis in axes)
        raise InputError(f"{where}: {subject!r} is not like {form}")
    return [tuple(place_of(_AXES[axis], word, names, where) for axis, word in zip(axes, words, strict=True))]


def at_places(values: np.ndarray, place: tuple[int, ...], leading: int = 1) -> np.ndarray:
    """The values at a place, with the leading axes as they are: (R,) of a quantity, (months, R) of a record."""
    index: tuple[Any, ...] = (*[slice(None)] * leading, *place)
    found: np.ndarray = values[index]
    return found


def place_of(kind: str, code: str, names: Names, where: str) -> int:
    """Place of a state, forum or agreement among its like; InputError for a code that is none."""
    known: Sequence[str] = {"forum": names.forums, "agreement": names.agreements}.get(kind, names.states)
    if code not in known:
        raise InputError(f"{where}: unknown {kind} {code!r}{nearest(code, known)}")
    return known.index(code)


def _pairs(subject: str, names: Names, where: str) -> list[tuple[int, ...]]:
    one, both, other = subject.partition("-")
    if not both:
        one, _, other = subject.partition(">")
    if not other or one == other:
        raise InputError(f'{where}: {subject!r} is not like "AAA>BBB" or "AAA-BBB" with two different states')
    i, j = (place_of("state", code, names, where) for code in (one, other))
    return [(i, j), (j, i)] if both else [(i, j)]
