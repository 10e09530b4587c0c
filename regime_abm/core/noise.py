"""Luck: uniforms keyed by (seed, mechanism, draw, entity name, month, replicate).

Twin runs that differ in one lever share all other luck; a further mechanism, forum or state leaves the draws of the
others alone. One counter-based stream (Philox) per (seed, mechanism, draw, entity); in it every replicate has its own
fixed offset, so neither chunks nor workers change a bit. Uniforms come in blocks of months for speed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from regime_abm.core.names import Names

BLOCK = 32  # months drawn at once; part of the layout of the stream: another value gives other luck
_PER_COUNTER = 4  # one Philox counter yields four 64-bit words
_NEUTRAL = 0.5  # the value at places that are no entity (a state and itself)


class Stream:
    """A Philox generator that is re-keyed instead of rebuilt: building one costs more than drawing a block."""

    def __init__(self) -> None:
        self._bits = np.random.Philox(key=0)
        self._generator = np.random.Generator(self._bits)
        self._state = self._bits.state

    def uniforms(self, key: bytes, block: int, first: int, count: int) -> np.ndarray:
        """Uniforms in [0, 1) for `count` replicates from `first` on: shape (count, BLOCK)."""
        self._turn_to(key, first * (BLOCK // _PER_COUNTER), block)
        return self._generator.random((count, BLOCK))

    def row(self, key: bytes, first: int, count: int) -> np.ndarray:
        """One uniform in [0, 1) for each of `count` replicates from `first` on."""
        early = first % _PER_COUNTER  # a counter's four words belong to four replicates
        self._turn_to(key, first // _PER_COUNTER, 0)
        return self._generator.random(early + count)[early:]

    def _turn_to(self, key: bytes, counter: int, block: int) -> None:
        state = self._state
        state["state"]["key"][:] = np.frombuffer(key, dtype="<u8")
        state["state"]["counter"][:] = (counter, block, 0, 0)
        state["buffer_pos"] = _PER_COUNTER
        state["has_uint32"] = 0
        self._bits.state = state


class Luck:
    """All luck of replicates `first` to `first + count - 1` of a run with one seed."""

    def __init__(self, seed: int, names: Names, first: int = 0, count: int = 1) -> None:
        self.seed, self.names, self.first, self.count = int(seed), names, int(first), int(count)
        self._stream = Stream()
        self._blocks: dict[tuple[str, str, str], tuple[int, np.ndarray]] = {}

    def key(self, mechanism: str, draw: str, entity: str) -> bytes:
        """The 128-bit key of one stream."""
        text = f"{self.seed}\x1f{mechanism}\x1f{draw}\x1f{entity}".encode()
        return hashlib.blake2b(text, digest_size=16).digest()

    def draws(self, mechanism: str, draw: str, kind: str, entities: Sequence[str], month: int) -> np.ndarray:
        """Uniforms of shape (count, len(entities)) for one month; entities named "" get 0.5."""
        block, place = divmod(month, BLOCK)
        cached = self._blocks.get((mechanism, draw, kind))
        if cached is None or cached[0] != block:
            cached = None
            self._blocks.pop((mechanism, draw, kind), None)  # the old block's memory is free for the new one
            values = np.empty((BLOCK, self.count, len(entities)))
            places: dict[str, int] = {}
            for column, entity in enumerate(entities):
                if entity in places:  # a pair stands in two places and has one luck
                    values[:, :, column] = values[:, :, places[entity]]
                elif entity:
                    key = self.key(mechanism, draw, entity)
                    values[:, :, column] = self._stream.uniforms(key, block, self.first, self.count).T
                    places[entity] = column
                else:
                    values[:, :, column] = _NEUTRAL
            values.flags.writeable = False
            cached = self._blocks[(mechanism, draw, kind)] = (block, values)
        return cached[1][place]

    def single(self, mechanism: str, draw: str, entity: str, month: int = 0) -> np.ndarray:
        """Uniforms of shape (count,) for one entity and month, in a stream of their own: for things drawn once."""
        return self._stream.row(self.key(mechanism, f"{draw}\x1f{month}", entity), self.first, self.count)

    def at(self, mechanism: str, month: int) -> Noise:
        """The luck of one mechanism in one month."""
        return Noise(self, mechanism, month)


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

    def forum(self, draw: str) -> np.ndarray:
        """(R, F) uniforms, one for each forum."""
        return self._luck.draws(self._mechanism, draw, "forum", self._luck.names.forums, self.month)

    def seat(self, draw: str) -> np.ndarray:
        """(R, F, N) uniforms, one for each forum and state."""
        luck = self._luck
        shape = (luck.count, len(luck.names.forums), len(luck.names.states))
        return luck.draws(self._mechanism, draw, "seat", luck.names.seats, self.month).reshape(shape)

    def named(self, draw: str, entity: str) -> np.ndarray:
        """(R,) uniforms for any entity by name."""
        return self._luck.draws(self._mechanism, f"{draw}\x1f{entity}", "named", (entity,), self.month)[:, 0]


def normal(uniforms: np.ndarray) -> np.ndarray:
    """Standard normal deviates by inverse CDF, one for each uniform (0 is nudged to the smallest double)."""
    from scipy.special import ndtri

    return ndtri(np.maximum(uniforms, 2.0**-54))
