"""From the table's position on: many futures that share its past, month by month with luck of their own."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from regime_abm.core.engine import Engine
from regime_abm.core.noise import Luck, seed_of
from regime_abm.ensemble import Chunk, chunk_of, chunk_size, chunks
from regime_abm.errors import InputError
from regime_abm.measures.history import Recorder
from regime_abm.robust import repeated
from regime_abm.room.game import Game
from regime_abm.scenario import Run

MOST_FUTURES = 10_000


def onward(game: Game, futures: int = 1000, months: int | None = None) -> Iterator[Chunk]:
    """Futures that go on from where the table stands, with agents in all seats, as chunks in order.

    months: how far to look beyond the table; to the scenario's end by default. Their series begin at the game's start, so
    that windows of measures know the table's past. The same game gives the same futures. Raises InputError for numbers out
    of range, and at the scenario's end.
    """
    left = game.scenario.months - game.month
    span = left if months is None else months
    if not 1 <= futures <= MOST_FUTURES:
        raise InputError(f"futures: {futures} is outside 1 to {MOST_FUTURES:,}")
    if not 1 <= span <= left:
        raise InputError(f"months: {span} is outside 1 to {left} (what is left of the scenario)")
    seed = seed_of(game.seed, "onward", game.month)
    watch = game.watch
    for first, count in chunks(futures, chunk_size(game.scenario)):
        world = repeated(watch.worlds[-1], 0, count)
        past = watch.history().part(np.zeros(count, int), 0, {})
        luck = Luck(seed, world.names, first, count)
        run = Run(Engine(game.scenario.schedule, game.scenario.values(), luck), watch.scenario.script)
        recorder = Recorder(world, span, past)
        for _ in range(span):
            world = run.month(world)
            recorder.add(world)
        yield chunk_of(recorder.history(), first)
