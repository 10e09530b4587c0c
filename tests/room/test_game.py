"""A game is its scenario, its seed and its moves: held seats do what they say, the others what their agents would."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from regime_abm import api
from regime_abm.core.names import ACTIONS
from regime_abm.errors import InputError
from regime_abm.events import Shock
from regime_abm.levers import Summit
from regime_abm.room.game import Game
from regime_abm.room.moves import Move
from regime_abm.scenario import load
from tests.helpers import differences

PRESS = Move(stance={"DPRK": "pressure"}, statement="We expect deeds.")
MEET = Summit(kind="summit", month="2018-06", state="DPRK", other="USA")


@pytest.fixture(scope="module")
def game():
    return Game(load("baseline_2018"), seed=4, rounds=6, months=3)


def acts(game, state, other, round_):
    i, j = (game.states.index(code) for code in (state, other))
    first = round_ * game.months + 1
    return [ACTIONS[world.action[0, i, j]] for world in game.watch.worlds[first : first + game.months]]


def same(one, other):
    return all(not differences(a, b) for a, b in zip(one.watch.worlds, other.watch.worlds, strict=True))


def test_a_table_of_agents_is_the_future_that_everybody_knows(game):
    table = game.reveal({}).reveal({})
    watch = api.watch("baseline_2018", seed=4)
    watch.advance(6)
    assert all(not differences(a, b) for a, b in zip(table.watch.worlds, watch.worlds, strict=True))


def test_a_held_seat_does_what_it_chose_in_every_month_of_the_round_and_no_longer(game):
    table = game.reveal({"USA": PRESS})
    assert acts(table, "USA", "DPRK", 0) == ["pressure"] * 3
    free = table.reveal({})
    chances = free.watch.worlds[4].decision[0, :, free.states.index("USA"), free.states.index("DPRK")]
    assert chances.max() < 1.0


def test_what_a_seat_leaves_open_is_done_as_its_agent_would(game):
    assert same(game.reveal({"USA": Move()}), game.reveal({}))


def test_who_comes_and_who_signs_is_up_to_the_seat(game):
    region = game.scenario.region
    stays_away = Move(attend=dict.fromkeys(region.names.forums, False))
    table = game
    for _ in range(6):
        table = table.reveal({"CHN": stays_away, "DPRK": Move(sign=dict.fromkeys(_of("DPRK", region), False))})
    china, dprk = (table.states.index(code) for code in ("CHN", "DPRK"))
    worlds = table.watch.worlds[1:]
    assert not any(world.attendance[0, :, china].any() for world in worlds)
    assert any(world.attendance[0].any() for world in worlds)
    assert not any((world.signed[0] & world.party[:, dprk]).any() for world in worlds)


def _of(state, region):
    return [code for code, item in region.agreements.items() if state in item.parties]


def test_an_offer_lies_on_the_table_and_a_called_forum_meets(game):
    move = Move(offer=("DPRK_USA_FRAMEWORK",), convene=("ARF",))
    world = game.reveal({"USA": move}).watch.worlds[1]
    assert world.offered[0, world.names.agreements.index("DPRK_USA_FRAMEWORK")]
    assert world.met[0, world.names.forums.index("ARF")]


def test_the_facilitator_lets_things_happen_in_the_first_month_of_the_round(game):
    table = game.reveal({}).reveal({}, [MEET])
    assert table.played[-1].injects[0].month == "2018-09"
    assert any("summit" in event.text for event in table.told())


def test_the_same_moves_give_the_same_bits(game):
    one, other = (game.reveal({"USA": PRESS}, [MEET]).reveal({"DPRK": Move(adopt=True)}) for _ in range(2))
    assert same(one, other)


def test_a_round_that_is_taken_back_never_was(game):
    once = game.reveal({"USA": PRESS})
    assert once.reveal({"DPRK": Move(stance={"USA": "provoke"})}).undone() == once
    with pytest.raises(InputError, match="none is played yet"):
        game.undone()


def test_the_other_branch_differs_in_one_round_and_in_what_follows(game):
    table = game.reveal({}).reveal({"USA": PRESS}).reveal({})
    other = table.otherwise(1, {"USA": Move(stance={"DPRK": "reassure"})})
    assert not differences(table.watch.worlds[3], other.watch.worlds[3])
    assert acts(table, "USA", "DPRK", 1) == ["pressure"] * 3
    assert acts(other, "USA", "DPRK", 1) == ["reassure"] * 3
    assert same(table.by_agents, table.otherwise(1, {}))


def test_advice_is_what_the_agent_then_does(game):
    table = game.reveal({})
    advice = table.advice("DPRK")
    world = table.reveal({}).watch.worlds[4]
    i, j = (table.states.index(code) for code in ("DPRK", "USA"))
    assert advice.stance["USA"] == {act: float(world.decision[0, a, i, j]) for a, act in enumerate(ACTIONS)}
    assert sum(advice.stance["ROK"].values()) == pytest.approx(1.0, abs=1e-5)
    assert all(0.0 <= chance <= 1.0 for chance in (*advice.attend.values(), *advice.sign.values(), advice.adopt))


def test_advice_answers_for_every_forum_and_every_agreement_that_could_be_offered(game):
    advice = game.advice("DPRK")
    region, start = game.scenario.region, game.watch.worlds[0]
    member = start.member[0, :, game.states.index("DPRK")] & start.forum_active[0]
    assert set(advice.attend) == {code for code, seat in zip(region.names.forums, member, strict=True) if seat}
    asked = game.reveal({"DPRK": Move(offer=("DPRK_USA_FRAMEWORK",))}).watch.worlds[1]
    names = asked.names
    chance = asked.sign_chance[0, names.agreements.index("DPRK_USA_FRAMEWORK"), names.state("DPRK")]
    assert advice.sign["DPRK_USA_FRAMEWORK"] == pytest.approx(float(chance), rel=0.2)
    assert "CHN_USA_ENCOUNTERS" not in advice.sign


def test_advice_does_not_know_what_others_chose(game):
    """What the others have drafted is theirs until the reveal: advice rests on the table as it stands."""
    assert game.reveal({"USA": PRESS}).undone().advice("DPRK") == game.advice("DPRK")


def test_each_state_hears_what_it_cares_about(game):
    table = game.reveal({"USA": PRESS, "DPRK": Move(stance={"USA": "provoke"})})
    found = {change.name: change for change in table.interests("DPRK")}
    threat = found["The worst threat that it feels"]
    i = table.states.index("DPRK")
    assert threat.after == pytest.approx(np.delete(table.world.threat[0, i], i).max())
    assert threat.better == -1


def test_statements_are_heard_and_move_nothing(game):
    silent = PRESS.model_copy(update={"statement": ""})
    assert game.reveal({"USA": PRESS}).statements() == {"USA": "We expect deeds."}
    assert same(game.reveal({"USA": PRESS}), game.reveal({"USA": silent}))


@pytest.mark.parametrize(
    ("state", "move", "said"),
    [
        ("USSR", Move(), "unknown state 'USSR'"),
        ("USA", Move(stance={"USA": "pressure"}), "stance: unknown code 'USA'"),
        ("USA", Move(attend={"ARFF": True}), 'did you mean "ARF"'),
        ("MNG", Move(offer=("DPRK_USA_FRAMEWORK",)), "MNG is no party of DPRK_USA_FRAMEWORK"),
        ("USA", Move(convene=("SCO",)), "convene: USA is no member of SCO"),
        ("USA", Move(leave_forums=("SCO",)), "leave_forums: USA is no member of SCO"),
    ],
)
def test_a_move_that_cannot_be_is_refused_by_name(game, state, move, said):
    with pytest.raises(InputError, match=said):
        game.reveal({state: move})


def test_an_inject_that_needs_a_module_is_refused_without_it(game):
    with pytest.raises(InputError, match="needs the optional module 'shocks'"):
        game.reveal({}, [Shock(kind="shock", month="2018-06", shock="pandemic")])


def test_who_walked_out_cannot_call_the_forum(game):
    out = game.reveal({"USA": Move(leave_forums=("ARF",))})
    with pytest.raises(InputError, match="USA is no member of ARF"):
        out.reveal({"USA": Move(convene=("ARF",))})


@pytest.mark.parametrize("fields", [{"stance": {"DPRK": "invade"}}, {"statement": "x" * 281}, {"budget": 3}])
def test_what_is_no_move_is_refused(fields):
    with pytest.raises(ValidationError):
        Move(**fields)


def test_a_game_has_an_end(game):
    table = Game(game.scenario, rounds=1, months=1).reveal({})
    assert table.over
    with pytest.raises(InputError, match="all 1 are played"):
        table.reveal({})


@pytest.mark.parametrize(
    ("numbers", "said"),
    [({"rounds": 0}, "outside 1 to 80"), ({"months": 25}, "outside 1 to 24"), ({"rounds": 80, "months": 12}, "240")],
)
def test_a_game_that_cannot_be_is_refused(game, numbers, said):
    with pytest.raises(InputError, match=said):
        Game(game.scenario, **numbers)
