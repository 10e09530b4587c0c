"""A game on disk: one line for each thing that was done, written before it counts. Read again, the game is there again.

A line cut short by a crash is the last one, and is dropped: what it would have told had not been answered yet.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from regime_abm.errors import DiskFull, InputError
from regime_abm.events import Happening
from regime_abm.files import read_text
from regime_abm.levers import Entry
from regime_abm.room.bets import Bet
from regime_abm.room.game import Game
from regime_abm.room.moves import Move
from regime_abm.scenario import Scenario, load
from regime_abm.store import durable
from regime_abm.version import VERSION

FORMAT = 1
_LARGEST = 2**24  # bytes
_HAPPENING: TypeAdapter[Happening] = TypeAdapter(Entry)


class Table:
    """A game that is being played, with its bets, kept in a file. Not to be shared between threads without a lock.

    Each call that changes something writes its line, and has it on the disk, before the change is there for anybody.
    """

    def __init__(self, path: Path, game: Game, bets: tuple[Bet, ...] = ()) -> None:
        self.path, self.game, self.bets = path, game, bets

    @classmethod
    def opened(
        cls, path: Path, scenario: str, *, preset: str = "", seed: int = 1, rounds: int = 8, months: int = 3
    ) -> Table:
        """A new game in a new file; InputError for a file that is there already, and as :class:`Game` and `load` do."""
        game = Game(_scenario(scenario, preset), seed, rounds, months)
        told = {"did": "open", "format": FORMAT, "version": VERSION, "scenario": scenario, "preset": preset}
        told |= {"seed": seed, "rounds": rounds, "months": months}
        if path.exists():
            raise InputError(f"{path}: is there already; a game is never overwritten")
        with durable.told(path):
            path.open("xb").close()
        _append(path, told)
        return cls(path, game)

    @classmethod
    def read(cls, path: Path) -> Table:
        """The game of a file, as it stood; InputError naming file and line for what is none."""
        lines = read_text(path, largest=_LARGEST).split("\n")
        whole, rest = lines[:-1], lines[-1]  # a last line without its end was cut short
        if not whole:
            raise InputError(f"{path}: holds no game")
        table: Table | None = None
        for number, line in enumerate(whole, 1):
            try:
                told = json.loads(line)
                table = _opened(path, told) if table is None else _DONE[told["did"]](table, told) or table
            except (InputError, ValidationError, ValueError, KeyError, TypeError) as error:
                raise InputError(f"{path}: line {number}: cannot be used ({_short(error)})") from None
        assert table is not None
        if rest:
            os.truncate(path, len(("\n".join(whole) + "\n").encode()))
        return table

    def reveal(self, moves: Mapping[str, Move], injects: tuple[Happening, ...] = ()) -> None:
        """Play a round; see :meth:`Game.reveal`."""
        game = self.game.reveal(moves, injects)
        told = {state: move.model_dump(mode="json", exclude_defaults=True) for state, move in sorted(moves.items())}
        dated = [item.model_dump(mode="json") for item in game.played[-1].injects]
        self._write({"did": "reveal", "moves": told, "injects": dated})
        self.game = game

    def undo(self) -> None:
        """Take the last round back, and the bets that were written after it."""
        game = self.game.undone()
        self._write({"did": "undo"})
        self._undone(game)

    def bet(self, who: str, question: str, chance: float) -> None:
        """Write down what somebody expects before the next round; a later bet on the same question takes its place."""
        bet = Bet(who, question, chance, len(self.game.played))
        self._write({"did": "bet", "who": who, "question": question, "chance": chance})
        self._placed(bet)

    def _undone(self, game: Game) -> None:
        self.game = game
        self.bets = tuple(bet for bet in self.bets if bet.round <= len(game.played))

    def _placed(self, bet: Bet) -> None:
        same = [(item.who, item.question, item.round) == (bet.who, bet.question, bet.round) for item in self.bets]
        self.bets = (*(item for item, there in zip(self.bets, same, strict=True) if not there), bet)

    def _write(self, told: Mapping[str, Any]) -> None:
        _append(self.path, told)


def _scenario(name: str, preset: str) -> Scenario:
    scenario = load(name)
    return scenario.with_preset(preset) if preset else scenario


def _append(path: Path, told: Mapping[str, Any]) -> None:
    """Add a line; a full disk leaves none, not half of one to which the next would be joined."""
    size = path.stat().st_size
    try:
        durable.append(path, json.dumps(told, ensure_ascii=True, sort_keys=True).encode() + b"\n")
    except (DiskFull, InputError):
        with contextlib.suppress(OSError):
            os.truncate(path, size)
        raise


def _opened(path: Path, told: Mapping[str, Any]) -> Table:
    if told["did"] != "open" or told["format"] != FORMAT:
        raise InputError(f"is no game in format {FORMAT}")
    scenario = _scenario(told["scenario"], told["preset"])
    return Table(path, Game(scenario, told["seed"], told["rounds"], told["months"]))


def _again(table: Table, told: Mapping[str, Any]) -> None:
    moves = {state: Move.model_validate(move) for state, move in told["moves"].items()}
    table.game = table.game.reveal(moves, [_HAPPENING.validate_python(item) for item in told["injects"]])


_DONE: Mapping[str, Callable[[Table, Mapping[str, Any]], None]] = {
    "reveal": _again,
    "undo": lambda table, _: table._undone(table.game.undone()),
    "bet": lambda table, told: table._placed(
        Bet(told["who"], told["question"], told["chance"], len(table.game.played))
    ),
}


def _short(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return f"unknown {error}" if isinstance(error, KeyError) else str(error)
