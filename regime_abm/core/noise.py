"""Luck: uniforms keyed by (seed, mechanism, draw, entity name, month, replicate).

Twin runs that differ in one lever share all other luck; a further mechanism, forum or state leaves the draws of the
others alone. One counter-based stream (Philox) per (seed, mechanism, draw, entity); in it every replicate has its own
fixed offset, so neither chunks nor workers change a bit. Uniforms come in blocks of months for speed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from regime_abm.core.names import Names

BLOCK = 32  # months drawn at once; part of the layout of the stream: another value gives other luck
_WORDS = 4  # one Philox counter yields four 64-bit words,
_PER_COUNTER = 2 * _WORDS  # so eight uniforms in single precision
_TURNED = 50  # futures turned at once
_NEUTRAL = 0.5  # the value at places that are no entity (a state and itself)


class Stream:
    """A Philox generator that is re-keyed instead of rebuilt: building one costs more than drawing a block."""

    def __init__(self) -> None:
        self._bits = np.random.Philox(key=0)
        self._generator = np.random.Generator(self._bits)
        # Nothing left over. Plain numbers, as NumPy reads a state one by one, and these four times faster than an array's.
        left = {"buffer": (0,) * _WORDS, "buffer_pos": _WORDS, "has_uint32": 0, "uinteger": 0}
        self._state: Any = {**self._bits.state, **left}

    def uniforms(self, key: Sequence[int], block: int, first: int, out: np.ndarray) -> None:
        """Fill `out` (count, BLOCK) with uniforms in [0, 1) for replicates from `first` on."""
        self._turn_to(key, first * (BLOCK // _PER_COUNTER), block)
        self._generator.random(out=out, dtype=np.float32)

    def row(self, key: Sequence[int], first: int, count: int) -> np.ndarray:
        """One uniform in [0, 1) for each of `count` replicates from `first` on."""
        early = first % _PER_COUNTER  # a counter's words belong to several replicates
        self._turn_to(key, first // _PER_COUNTER, 0)
        return self._generator.random(early + count, dtype=np.float32)[early:]

    def _turn_to(self, key: Sequence[int], counter: int, block: int) -> None:
        self._state["state"] = {"key": key, "counter": (counter, block, 0, 0)}
        self._bits.state = self._state


class _Draw:
    """One draw of a mechanism for all entities of a kind, a block of months at a time."""

    def __init__(self, keys: Sequence[Sequence[int] | None], places: np.ndarray) -> None:
        self._keys, self._places = keys, places
        self._block, self._values = -1, np.empty(0, np.float32)

    def month(self, month: int, stream: Stream, first: int, count: int) -> np.ndarray:
        """The uniforms of one month, (count, entities)."""
        block, place = divmod(month, BLOCK)
        if block != self._block:
            self._values = np.empty(0, np.float32)  # the old block's memory is free for the new one
            self._values, self._block = self._drawn(block, stream, first, count), block
        return self._values[place]

    def _drawn(self, block: int, stream: Stream, first: int, count: int) -> np.ndarray:
        drawn = np.empty((len(self._keys), count, BLOCK), np.float32)
        for row, key in zip(drawn, self._keys, strict=True):
            if key is None:
                row.fill(_NEUTRAL)
            else:
                stream.uniforms(key, block, first, row)
        # Months lead, so that a month is one contiguous array. Some futures are turned at once, as many as the cache holds.
        values = np.empty((BLOCK, count, len(self._places)), np.float32)
        for begin in range(0, count, _TURNED):
            some = drawn[:, begin : begin + _TURNED]
            if len(self._places) > len(self._keys):
                some = some.take(self._places, axis=0)
            values[:, begin : begin + _TURNED] = some.transpose(2, 1, 0)
        values.flags.writeable = False
        return values


def seed_of(*words: object, size: int = 7) -> int:
    """A seed of its own for one purpose, from the seed of a run and words that tell what it is for; size: its bytes.

    >>> seed_of(1, "robust", 0, 240) == seed_of(1, "robust", 0, 240) != seed_of(1, "robust", 1, 240)
    True
    """
    text = "\x1f".join(map(str, words)).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=size).digest(), "little")


class Luck:
    """All luck of replicates `first` to `first + count - 1` of a run with one seed."""

    def __init__(self, seed: int, names: Names, first: int = 0, count: int = 1) -> None:
        self.seed, self.names, self.first, self.count = int(seed), names, int(first), int(count)
        self._stream = Stream()
        self._draws: dict[tuple[str, str, Hashable], _Draw] = {}

    def key(self, mechanism: str, draw: str, entity: str) -> np.ndarray:
        """The 128-bit key of one stream, as two words."""
        text = f"{self.seed}\x1f{mechanism}\x1f{draw}\x1f{entity}".encode()
        return np.frombuffer(hashlib.blake2b(text, digest_size=16).digest(), dtype="<u8")

    def draws(self, mechanism: str, draw: str, kind: Hashable, entities: Sequence[str], month: int) -> np.ndarray:
        """Uniforms of shape (count, len(entities)) for one month, float32; entities named "" get 0.5.

        kind: tells one list of entities from another.
        """
        found = self._draws.get((mechanism, draw, kind))
        if found is None:
            distinct = list(dict.fromkeys(entities))  # a pair stands in two places and has one luck
            order = {entity: row for row, entity in enumerate(distinct)}
            keys = [self.key(mechanism, draw, entity).tolist() if entity else None for entity in distinct]
            found = _Draw(keys, np.array([order[entity] for entity in entities], np.intp))
            self._draws[mechanism, draw, kind] = found
        return found.month(month, self._stream, self.first, self.count)

    def single(self, mechanism: str, draw: str, entity: str, month: int = 0) -> np.ndarray:
        """Uniforms of shape (count,) for one entity and month, in a stream of their own: for things drawn once."""
        key = self.key(mechanism, f"{draw}\x1f{month}", entity).tolist()
        return self._stream.row(key, self.first, self.count)

    def at(self, mechanism: str, month: int) -> Noise:
        """The luck of one mechanism in one month."""
        return Noise(self, mechanism, month)


class SharedLuck(Luck):
    """The luck of some replicates, the same in each of `times` cells: twins that differ in anything but their luck.

    Rows are cell by cell: all replicates of the first cell, then all of the second.
    """

    def __init__(self, seed: int, names: Names, first: int, count: int, times: int) -> None:
        super().__init__(seed, names, first, count * times)
        self._one, self._times = Luck(seed, names, first, count), times

    def draws(self, mechanism: str, draw: str, kind: Hashable, entities: Sequence[str], month: int) -> np.ndarray:
        """As of :class:`Luck`, for all cells."""
        values = np.tile(self._one.draws(mechanism, draw, kind, entities, month), (self._times, 1))
        values.flags.writeable = False
        return values

    def single(self, mechanism: str, draw: str, entity: str, month: int = 0) -> np.ndarray:
        """As of :class:`Luck`, for all cells."""
        return np.tile(self._one.single(mechanism, draw, entity, month), self._times)


class Noise:
    """What a mechanism's step draws from: one method for each kind of entity, one name for each draw."""

    __slots__ = ("_luck", "_mechanism", "month")

    def __init__(self, luck: Luck, mechanism: str, month: int) -> None:
        self._luck, self._mechanism, self.month = luck, mechanism, month

    def state(self, draw: str) -> np.ndarray:
        """(R, N) uniforms, one for each state."""
        return self._luck.draws(self._mechanism, draw, "state", self._luck.names.drawn_states, self.month)

    def dyad(self, draw: str) -> np.ndarray:
        """(R, N, N) uniforms, one for each directed dyad; 0.5 on the diagonal."""
        luck, n = self._luck, len(self._luck.names.states)
        labels = luck.names.directed
        return luck.draws(self._mechanism, draw, "dyad", labels, self.month).reshape(luck.count, n, n)

    def pair(self, draw: str) -> np.ndarray:
        """(R, N, N) uniforms, the same for A-B and B-A; 0.5 on the diagonal."""
        luck, n = self._luck, len(self._luck.names.states)
        labels = luck.names.undirected
        return luck.draws(self._mechanism, draw, "pair", labels, self.month).reshape(luck.count, n, n)

    def pairs(self, draw: str, labels: tuple[str, ...]) -> np.ndarray:
        """(R, P) uniforms, one for each pair named as in `Names.undirected`: those of :meth:`pair`, for these alone."""
        return self._luck.draws(self._mechanism, draw, labels, labels, self.month)

    def forum(self, draw: str) -> np.ndarray:
        """(R, F) uniforms, one for each forum."""
        return self._luck.draws(self._mechanism, draw, "forum", self._luck.names.forums, self.month)

    def seat(self, draw: str) -> np.ndarray:
        """(R, F, N) uniforms, one for each forum and state."""
        luck = self._luck
        shape = (luck.count, len(luck.names.forums), len(luck.names.states))
        return luck.draws(self._mechanism, draw, "seat", luck.names.seats, self.month).reshape(shape)

    def agreement(self, draw: str) -> np.ndarray:
        """(R, G) uniforms, one for each agreement."""
        luck = self._luck
        return luck.draws(self._mechanism, draw, "agreement", luck.names.agreements, self.month)

    def named(self, draw: str, entity: str) -> np.ndarray:
        """(R,) uniforms for any entity by name."""
        return self._luck.draws(self._mechanism, f"{draw}\x1f{entity}", "named", (entity,), self.month)[:, 0]


def normal(uniforms: np.ndarray) -> np.ndarray:
    """Standard normal deviates by inverse CDF, one for each uniform (0 is nudged by half a step of single precision)."""
    from scipy.special import ndtri

    return ndtri(np.maximum(uniforms, 2.0**-25))
