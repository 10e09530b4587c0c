"""A game on disk survives anything; bets are scored against the futures that run on from the table."""

from __future__ import annotations

import errno
import os

import numpy as np
import pytest

from regime_abm.errors import DiskFull, InputError
from regime_abm.levers import Summit
from regime_abm.room.bets import Bet, scores
from regime_abm.room.game import Game
from regime_abm.room.journal import Table
from regime_abm.room.moves import Move
from regime_abm.room.onward import onward
from regime_abm.scenario import load

PRESS = Move(stance={"DPRK": "pressure"}, statement="Deeds, not words. <b>")
MEET = Summit(kind="summit", month="2018-06", state="DPRK", other="USA")


@pytest.fixture
def table(tmp_path):
    return Table.opened(tmp_path / "game.jsonl", "baseline_2018", preset="sceptic", seed=5, rounds=4, months=2)


def played(table):
    table.bet("Ana", "crisis_next_year", 0.3)
    table.reveal({"USA": PRESS}, (MEET,))
    table.bet("Ana", "crisis_next_year", 0.2)
    table.bet("Bo", "war_ever", 0.0)
    table.reveal({"DPRK": Move(stance={"USA": "provoke"}, sign={"DPRK_USA_DECLARATION": True})})
    return table


def test_a_table_read_again_is_the_same_table(table):
    played(table)
    again = Table.read(table.path)
    assert again.game.played == table.game.played
    assert again.bets == table.bets
    assert again.game.scenario.preset == "sceptic"
    assert np.array_equal(again.game.world.trust, table.game.world.trust)


def test_whatever_was_cut_off_the_file_the_rounds_before_it_are_there(table):
    played(table)
    whole = table.path.read_bytes()
    ends = [place + 1 for place, byte in enumerate(whole) if byte == 10]
    for cut in range(ends[0], len(whole), 37):
        table.path.write_bytes(whole[:cut])
        again = Table.read(table.path)
        assert len(again.game.played) == sum(end <= cut for end in (ends[2], ends[5]))
        again.bet("Cy", "war_ever", 0.1)  # and it can go on
        assert Table.read(table.path).bets[-1].who == "Cy"


def test_undo_takes_back_the_round_and_the_bets_after_it(table):
    played(table)
    table.bet("Ana", "war_ever", 0.5)
    table.undo()
    assert len(table.game.played) == 1
    assert [(bet.who, bet.round) for bet in table.bets] == [("Ana", 0), ("Ana", 1), ("Bo", 1)]
    assert Table.read(table.path).bets == table.bets


def test_a_later_bet_takes_the_place_of_an_earlier_one(table):
    table.bet("Ana", "war_ever", 0.5)
    table.bet("Ana", "war_ever", 0.1)
    assert [bet.chance for bet in table.bets] == [0.1]


def test_what_is_refused_is_not_written(table):
    before = table.path.read_bytes()
    for refused in (
        lambda: table.bet("Ana", "peace_on_earth", 0.5),
        lambda: table.bet("Ana", "war_ever", 1.5),
        lambda: table.reveal({"USA": Move(attend={"NATO": True})}),
        lambda: table.undo(),
    ):
        with pytest.raises(InputError):
            refused()
    assert table.path.read_bytes() == before


def test_a_disk_that_fills_in_the_middle_of_a_line_leaves_none_of_it(table, monkeypatch):
    """Half a line is written before there is no room; the game goes on once there is."""
    write, full = os.write, OSError(errno.ENOSPC, "No space left on device")

    def half(handle, data):
        if len(data) < 20:
            raise full
        return write(handle, bytes(data[: len(data) // 2]))

    before = table.path.read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", half)
        with pytest.raises(DiskFull):
            table.bet("Ana", "war_ever", 0.5)
    assert table.path.read_bytes() == before
    assert table.bets == ()
    table.bet("Ana", "war_ever", 0.5)
    assert Table.read(table.path).bets == table.bets


def test_a_game_is_never_overwritten(table):
    with pytest.raises(InputError, match="is there already"):
        Table.opened(table.path, "baseline_2018")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no game"),
        ("{}\n", "line 1"),
        ('{"did": "open", "format": 99}\n', "format 1"),
        ("not json\n", "line 1"),
    ],
)
def test_a_file_that_is_no_game_is_named(tmp_path, text, said):
    path = tmp_path / "x.jsonl"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match=said) as caught:
        Table.read(path)
    assert "x.jsonl" in str(caught.value)


@pytest.mark.parametrize(
    "line",
    ['{"did": "dance"}', '{"did": "reveal", "moves": {"USA": {"stance": {"DPRK": "invade"}}}, "injects": []}', "[]"],
)
def test_a_damaged_line_is_named(table, line):
    table.path.write_text(table.path.read_text("utf-8") + line + "\n", "utf-8")
    with pytest.raises(InputError, match="line 2"):
        Table.read(table.path)


@pytest.fixture(scope="module")
def position():
    return Game(load("baseline_2018"), seed=5, rounds=4, months=3).reveal({"USA": PRESS}).reveal({})


def test_futures_run_on_from_the_table_with_its_past_and_luck_of_their_own(position):
    [chunk] = onward(position, 30, 12)
    assert chunk.outcome.shape == (30, 6 + 12 + 1)
    past = np.array(position.watch.series()["no_force"], float)
    assert all(np.allclose(row[:7], past, equal_nan=True) for row in chunk.series["no_force"])
    assert len({row.tobytes() for row in chunk.series["reciprocity"][:, 7:]}) == 30


def test_the_same_table_has_the_same_futures_however_they_are_cut(position):
    whole = next(onward(position, 30, 6))
    [fewer] = onward(position, 10, 6)
    assert np.array_equal(whole.series["reciprocity"][:10], fewer.series["reciprocity"], equal_nan=True)


def test_a_bet_on_the_share_itself_is_right_and_scores_best(position):
    chunks = list(onward(position, 60, 24))
    share = scores([Bet("Ana", "crisis_next_year", 0.5, 2)], chunks, position.month)[0].share
    bets = [Bet("far", "crisis_next_year", 1.0 - round(share), 2), Bet("near", "crisis_next_year", share, 2)]
    found = scores(bets, chunks, position.month)
    assert found[0].bet.who == "near"
    assert found[0].off == 0.0
    assert found[0].brier == pytest.approx(share * (1.0 - share))
    assert found[0].low <= share <= found[0].high


@pytest.mark.parametrize(("futures", "months", "said"), [(0, 6, "futures"), (5, 0, "months"), (5, 999, "months")])
def test_futures_that_cannot_be_are_refused(position, futures, months, said):
    with pytest.raises(InputError, match=said):
        next(onward(position, futures, months))
