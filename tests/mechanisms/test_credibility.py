"""Assurances across governments: the mix of leader and successors, what binds them, and the level that is kept."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regime_abm.core.engine import Engine
from regime_abm.core.maths import logistic
from regime_abm.core.noise import Luck
from regime_abm.core.parameter import resolve
from regime_abm.mechanisms import credibility
from regime_abm.scenario import load
from tests.helpers import SEED, WORLDS, made_up, prepared, same_bits, with_values

SHARE, BELIEF = st.floats(0, 1), st.floats(-4, 4)


def alone(given=None, *, count=100, world="quartet", **parameters):
    """Credibility by itself, its other parameters drawn, and a first World in which some things are set."""
    scenario = made_up(world)
    luck = Luck(SEED, scenario.region.names, 0, count)
    chosen = {f"credibility.{name}": value for name, value in parameters.items()}
    values = resolve((credibility,), chosen, draw=lambda key: luck.single("parameters", "prior", key))
    engine = Engine((credibility,), values, luck)
    return engine, engine.start(with_values(prepared(scenario, count=count)[1], given or {}))


@given(survival=SHARE, leader=BELIEF, successor=BELIEF)
def test_an_assurance_is_worth_something_between_leader_and_successors(survival, leader, successor):
    kept = float(credibility.assurance(survival, leader, successor))
    low, high = sorted((logistic(leader), logistic(successor)))
    assert low - 1e-12 <= kept <= high + 1e-12


@given(leader=BELIEF, successor=BELIEF)
def test_a_leader_who_surely_stays_is_all_that_counts_and_one_who_surely_goes_counts_nothing(leader, successor):
    assert float(credibility.assurance(1.0, leader, successor)) == pytest.approx(logistic(leader))
    assert float(credibility.assurance(0.0, leader, successor)) == pytest.approx(logistic(successor))


@given(leader=BELIEF, successor=BELIEF, early=SHARE, late=SHARE)
def test_turnover_helps_or_hurts_as_the_leader_is_worse_or_better_than_his_state(leader, successor, early, late):
    longer = credibility.assurance(max(early, late), leader, successor)
    shorter = credibility.assurance(min(early, late), leader, successor)
    assert (longer - shorter) * (leader - successor) >= -1e-12


@given(bound=SHARE, guaranteed=st.integers(0, 10), capital=SHARE, hawkish=SHARE, broken=SHARE)
def test_where_nothing_outlasts_a_leader_but_the_name_of_the_state_only_that_name_counts(
    bound, guaranteed, capital, hawkish, broken
):
    nothing = SimpleNamespace(binding=0.0, guarantees=0.0, institutions=0.0, hawks=0.0, reneging=0.0)
    terms = credibility.successor_terms(-1.2, bound, guaranteed, capital, hawkish, broken, p=nothing)
    assert sum(terms.values()) == pytest.approx(-1.2)


def test_the_priors_let_guarantors_and_bodies_help_and_hurt_and_everything_else_do_nothing():
    prior = {item.name: item.prior for item in credibility.PARAMETERS}
    assert all(prior[name].low < 0.0 < prior[name].high for name in ("guarantees", "institutions"))
    assert all(prior[name].low == 0.0 for name in ("binding", "hawks", "reneging"))


def test_the_first_credibility_is_kept_while_nothing_changes():
    engine, world = alone()
    first = world.credibility
    for _ in range(3):
        world = engine.month(world)
    assert np.allclose(world.credibility, first, atol=2e-6)


def test_the_terms_sum_to_the_log_odds_of_what_the_step_writes():
    engine, world = alone({"survival ASH": 0.4})
    world = with_values(world, {"survival ASH": 0.1, "bound *>ASH": 0.6, "reneging BAY": 0.7})
    terms = credibility.terms(world, engine.part("credibility").p)
    assert same_bits(engine.month(world).credibility, logistic(sum(terms.values())))


def test_a_change_in_a_state_s_record_moves_what_others_believe_of_it_and_nothing_else():
    engine, world = alone({"survival *": 0.3, "reneging *": 0.0}, reneging=0.5)
    place = world.names.states.index("ASH")
    moved = engine.month(with_values(world, {"reneging ASH": 0.9})).credibility != engine.month(world).credibility
    others = [k for k in range(len(world.names.states)) if k != place]
    assert moved[:, others, place].all()
    moved[:, :, place] = False
    assert not moved.any()


# Institutions


def test_the_forum_with_most_capital_counts_and_only_for_those_who_both_came():
    came = np.array([[[1, 1, 0], [1, 0, 1], [1, 1, 1]]], bool)
    found = credibility.shared_capital(np.array([[0.7, 0.2, 0.0]]), came)[0]
    assert found.tolist() == [[0.7, 0.7, 0.2], [0.7, 0.7, 0.0], [0.2, 0.0, 0.2]]


@given(st.data())
def test_a_further_forum_never_takes_capital_away_and_both_sides_share_it_alike(data):
    value = np.array([data.draw(st.lists(SHARE, min_size=3, max_size=3))])
    came = np.array(data.draw(st.lists(st.booleans(), min_size=9, max_size=9))).reshape(1, 3, 3)
    two, three = credibility.shared_capital(value[:, :2], came[:, :2]), credibility.shared_capital(value, came)
    assert (three >= two).all()
    assert np.array_equal(three, np.swapaxes(three, 1, 2))


def test_until_a_forum_is_first_called_its_members_count_as_come():
    """Else the first meetings would lift every credibility that the region's files already give with them."""
    engine, world = alone({"survival *": 0.2}, institutions=1.0)
    assert not world.attend_chance.any()
    everybody = world.replace({"attendance": world.member.copy(), "attend_chance": world.member.astype(np.float32)})
    assert np.allclose(engine.month(everybody).credibility, world.credibility, atol=2e-6)
    nobody = everybody.replace({"attendance": np.zeros_like(world.member)})
    assert (engine.month(nobody).credibility < world.credibility - 1e-4).any()


# The start


def arm(folder, initial):
    """The scenario of the trio with one assumption about its start, and the parameters at their stated values."""
    path = folder / f"arm{len(list(folder.iterdir()))}.toml"
    path.write_text(f'schema = 1\nextends = "{WORLDS / "trio.toml"}"\n[initial]\n{initial}\n', "utf-8")
    return prepared(load(path), count=20, draw=False)


def test_an_assumption_about_trust_does_not_vanish_in_the_level(tmp_path):
    """The level is the baseline's: where an arm starts with more trust in AAA, its assurances are believed more."""
    (run, low), (_, high) = (arm(tmp_path, f'"trust BBB>AAA" = {{ value = {value} }}') for value in (0.2, 0.8))
    assert same_bits(low.credibility_level, high.credibility_level)
    alone = Engine((credibility,), resolve((credibility,)), run.engine.luck)
    assert (alone.month(high).credibility[:, 1, 0] > alone.month(low).credibility[:, 1, 0] + 0.05).all()


def test_an_assumed_credibility_is_what_the_world_starts_with(tmp_path):
    run, world = arm(tmp_path, '"credibility CCC>AAA" = { value = 0.8 }')
    alone = Engine((credibility,), resolve((credibility,)), run.engine.luck)
    assert np.allclose(world.credibility[:, 2, 0], 0.8, atol=1e-5)
    assert np.allclose(alone.month(world).credibility[:, 2, 0], 0.8, atol=1e-5)


def test_a_forum_that_tells_nothing_makes_nobody_s_word_firmer():
    engine, world = alone({"survival *": 0.2}, institutions=1.0)
    mute = world.replace({"forum_information": np.zeros_like(world.forum_information)})
    bare = world.replace({"forum_capital": np.zeros_like(world.forum_capital)})
    assert same_bits(engine.month(mute).credibility, engine.month(bare).credibility)
    assert (engine.month(mute).credibility < engine.month(world).credibility - 1e-4).any()


def test_the_first_month_of_an_unchanged_world_keeps_the_first_credibility():
    run, world = prepared(load("baseline_2018"), count=50, draw=False)
    part = run.engine.part("credibility")
    assert np.allclose(part.step(world, part.p, None)["credibility"], world.credibility, atol=1e-5)
