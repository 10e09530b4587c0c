"""Adoption and practice of the norm; cascades of the literature are in tests/science/test_norm_cascades.py."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regime_abm.core.engine import Engine
from regime_abm.core.names import STATUS_QUO
from regime_abm.core.noise import Luck
from regime_abm.core.parameter import resolve
from regime_abm.mechanisms import norms
from tests.helpers import SEED, made_up, prepared, same_bits, with_values

SHARE = st.floats(0, 1)
QUIET = {"severity *>*": 0, "turnover *": False}


def alone(given=None, *, count=200, world="trio", **parameters):
    """Norms by themselves, their other parameters drawn, and a first World in which some things are set."""
    scenario = made_up(world)
    luck = Luck(SEED, scenario.region.names, 0, count)
    values = resolve(
        (norms,),
        {f"norms.{name}": value for name, value in parameters.items()},
        draw=lambda key: luck.single("parameters", "prior", key),
    )
    engine = Engine((norms,), values, luck)
    return engine, with_values(engine.start(prepared(scenario, count=count)[1]), given or {})


def later(engine, world, months):
    for _ in range(months):
        world = engine.month(world).replace({"month": world.month + 1})
    return world


# Whom a state heeds


@given(st.data(), SHARE)
def test_a_state_heeds_others_by_shares_that_sum_to_one_and_never_itself(data, weight):
    trust = np.array(data.draw(st.lists(st.floats(0.01, 1), min_size=16, max_size=16))).reshape(1, 4, 4)
    capability = np.array([data.draw(st.lists(st.floats(0.01, 1), min_size=4, max_size=4))])
    heeded = norms.listening(trust, capability, power_weight=weight)[0]
    assert heeded.sum(axis=1) == pytest.approx(np.ones(4))
    assert not np.diag(heeded).any()
    assert (heeded >= 0).all()


def test_by_trust_alone_power_does_not_count_and_the_other_way_round():
    trust, capability = np.array([[[0.5, 0.6, 0.2], [0.1, 0.5, 0.3], [0.4, 0.4, 0.5]]]), np.array([[1.0, 0.3, 0.1]])
    by_trust = norms.listening(trust, capability, power_weight=0.0)[0]
    by_power = norms.listening(trust, capability, power_weight=1.0)[0]
    assert by_trust[0] == pytest.approx([0, 0.75, 0.25])
    assert by_power[0] == pytest.approx([0, 0.75, 0.25])
    assert by_trust[1] == pytest.approx([0.25, 0, 0.75])
    assert by_power[1] == pytest.approx([1 / 1.1, 0, 0.1 / 1.1])


def test_who_trusts_nobody_at_all_heeds_nobody_for_trust():
    assert not norms.listening(np.zeros((1, 3, 3)), np.ones((1, 3)), power_weight=0.0).any()


# Adoption


@given(speaks=st.floats(-1e5, 1e5), wish=SHARE, speed=SHARE, condition=SHARE)
def test_the_chance_to_adopt_is_a_probability_not_above_its_speed(speaks, wish, speed, condition):
    with np.errstate(over="raise"):
        found = norms.adoption_chance(np.float32(speaks), wish, speed=speed, great_power_condition=condition)
    assert 0.0 <= found <= speed + 1e-6


@given(low=st.floats(-50, 50), more=st.floats(0, 50), wish=SHARE, speed=SHARE, condition=SHARE)
def test_more_that_speaks_for_the_norm_never_makes_adoption_less_likely(low, more, wish, speed, condition):
    settings = {"speed": speed, "great_power_condition": condition}
    assert norms.adoption_chance(low + more, wish, **settings) >= norms.adoption_chance(low, wish, **settings)


def test_where_great_powers_are_needed_and_one_does_not_want_it_nobody_else_adopts():
    given = {**QUIET, "capability *": 0.3, "capability CCC": 1.0, "will CCC": 0.0, "norm_adopted *": False}
    settings = {"great_power_condition": 1.0, "speed": 1.0, "advocate": 0.0, "will_weight": 0.0, "peers": 0.7, "defiance": 0.0}
    engine, world = alone({**given, "norm_threshold *": 0.0}, **settings)
    following = engine.month(world)
    assert not following.adopt_chance[:, :2].any()
    assert (following.adopt_chance[:, 2] > 0.1).all()  # nobody great stands in its way
    willing = engine.month(with_values(world, {"norm_adopted CCC": True}))
    assert (willing.adopt_chance[:, :2] > 0.1).all()


def test_where_great_powers_do_not_count_their_wish_changes_nothing():
    engine, world = alone({**QUIET, "capability CCC": 1.0, "norm_adopted *": False}, great_power_condition=0.0)
    low, high = (engine.month(with_values(world, {"will CCC": value})).adopt_chance[:, :2] for value in (0.0, 1.0))
    assert same_bits(low, high)


def test_only_a_forum_with_core_dyads_inside_speaks_by_its_document():
    engine, world = alone({**QUIET, "norm_adopted *": False}, world="quartet", document=0.3)
    levels = np.zeros_like(world.forum_level)
    written = np.full_like(levels, 4.0)
    bare, full = (engine.month(world.replace({"forum_level": level})) for level in (levels, written))
    inside = np.zeros(len(world.names.states), bool)
    for seats in world.member[0][world.forum_active[0] & world.forum_hard]:
        if (world.core & seats[:, None] & seats[None, :]).any():
            inside |= seats
    assert inside.any()
    assert (full.adopt_chance[:, inside] >= bare.adopt_chance[:, inside]).all()
    assert (full.adopt_chance[:, inside] > bare.adopt_chance[:, inside]).mean() > 0.9
    assert same_bits(full.adopt_chance[:, ~inside], bare.adopt_chance[:, ~inside])


def test_thresholds_are_spread_as_the_beta_distribution_says_and_last():
    engine, world = alone(count=2000)
    drawn = world.norm_threshold
    assert drawn.mean() == pytest.approx(0.5, abs=0.01)
    assert drawn.std() == pytest.approx(np.sqrt(1 / 28), abs=0.01)  # Beta(3, 3)
    assert same_bits(later(engine, world, 3).norm_threshold, drawn)


def test_at_the_start_those_stand_by_the_norm_who_live_by_it():
    scenario = made_up("trio")
    luck = Luck(SEED, scenario.region.names, 0, 50)
    engine = Engine((norms,), resolve((norms,), {"norms.stood_for": 0.7}), luck)
    first = with_values(prepared(scenario, count=50)[1], {"norm_adopted *": False, "norm *": 0.69, "norm BBB": 0.7})
    assert engine.start(first).norm_adopted.tolist() == [[False, True, False]] * 50
    paper = with_values(first, {"norm_adopted AAA": True})  # known from elsewhere
    assert engine.start(paper).norm_adopted.tolist() == [[True, True, False]] * 50


def test_the_terms_sum_to_the_chance_that_the_step_writes():
    engine, world = alone(QUIET, great_power_condition=0.0)
    p = engine.part("norms").p
    chance = norms.adoption_chance(
        sum(norms.terms(world, p).values()), 1.0, speed=p.state.speed, great_power_condition=0.0
    )
    assert same_bits(engine.month(world).adopt_chance, chance)


# Practice


NUMBERS = {"pace": st.floats(0, 0.2), "practice_alone": SHARE, "erodes": SHARE}


@given(norm=SHARE, adopted=st.sampled_from([0.0, 1.0]), practice=SHARE, violated=st.sampled_from([0.0, 1.0]), **NUMBERS)
def test_the_norm_stays_a_share_and_moves_toward_practice(norm, adopted, practice, violated, **numbers):
    found = norms.next_norm(norm, adopted, practice, violated, **numbers)
    assert -1e-12 <= found <= 1.0 + 1e-12
    if not violated:
        assert min(norm, practice) - 1e-12 <= found <= max(norm, practice) + 1e-12


@given(restraint=SHARE, hypocrisy=SHARE)
def test_a_hypocrite_is_never_a_better_example_than_one_who_promised_nothing(restraint, hypocrisy):
    promised, plain = (norms.example(kind, restraint, hypocrisy=hypocrisy) for kind in (1.0, 0.0))
    assert plain == restraint
    assert 0.0 <= promised <= plain
    assert norms.example(1.0, 1.0, hypocrisy=hypocrisy) == 1.0


def test_a_norm_takes_years_and_not_months_at_every_pace_of_the_prior():
    """Perfect practice of an adopter, and of all others: from .2 the norm needs years to pass one half."""
    prior = next(item.prior for item in norms.PARAMETERS if item.name == "pace")
    for pace, least, most in ((prior.low, 60, 120), (prior.high, 12, 24)):
        engine, world = alone(QUIET, pace=pace, disdain=0.0, violation_erodes=0.0)
        world = with_values(world, {"norm *": 0.2, "restraint *": 1.0, "norm_adopted *": True})
        months = 0
        while world.norm.min() < 0.5:
            world, months = engine.month(world), months + 1
        assert least <= months <= most


def test_practice_without_paper_makes_a_norm_and_paper_without_practice_unmakes_it():
    given = {**QUIET, "norm *": 0.5, "hawkishness *": 0.0}
    engine, world = alone(given, practice_alone=0.5, pace=0.02, speed=0.0, violation_erodes=0.0, own_practice=1.0)
    practised = with_values(world, {"norm_adopted *": False, "restraint *": 1.0})
    assert (later(engine, practised, 60).norm > 0.65).all()
    paper = with_values(world, {"norm_adopted *": True, "restraint *": 0.0})
    for _ in range(60):
        paper = engine.month(with_values(paper, {"severity *>*": 2}))
    assert paper.norm_adopted.all()  # a show of force is no violation
    assert (paper.norm < 0.25).all()


def test_restraint_recalls_about_two_years_of_temptation():
    engine, world = alone({**QUIET, "tempted *>*": True, "action *>*": STATUS_QUO})
    rivals = world.rival.any(axis=1)
    world = later(engine, with_values(world, {"restraint *": 0.0}), 24)
    assert world.restraint[:, rivals] == pytest.approx(1 - 0.92**24, abs=1e-4)  # .86
    assert not world.restraint[:, ~rivals].any()  # whom nothing tempts proves nothing
    assert (later(engine, world, 24).restraint[:, rivals] > 0.97).all()


@given(restraint=SHARE, held_back=st.integers(0, 6), more=st.integers(0, 6))
def test_restraint_stays_a_share_and_moves_only_where_there_was_a_temptation(restraint, held_back, more):
    found = norms.next_restraint(restraint, np.float64(held_back), np.float64(held_back + more))
    assert 0.0 <= found <= 1.0
    if held_back + more == 0:
        assert found == restraint


def test_a_quiet_world_without_temptation_internalises_nothing():
    """The median state's norm rests where it was, however long the quiet lasts: quiet is not a regime."""
    given = {**QUIET, "tempted *>*": False, "action *>*": 0, "norm *": 0.4, "restraint *": 0.4, "hawkishness *": 0.0}
    engine, world = alone(given, speed=0.0, hypocrisy=0.0)
    assert later(engine, world, 120).norm == pytest.approx(0.4, abs=1e-4)


def test_force_against_a_rival_cancels_as_often_as_said():
    engine, world = alone({**QUIET, "norm_adopted *": True, "severity AAA>BBB": 4}, count=4000, violation_cancels=0.25)
    following = engine.month(world)
    assert 1 - following.norm_adopted[:, 0].mean() == pytest.approx(0.25, abs=0.03)
    assert following.norm_adopted[:, 1:].all()


def test_without_rivals_there_is_no_violation():
    engine, world = alone({"turnover *": False, "norm_adopted *": True, "severity *>*": 4}, violation_cancels=1.0)
    world = world.replace({"rival": np.zeros_like(world.rival)})
    assert engine.month(world).norm_adopted.all()


def test_what_is_wholly_internalised_survives_every_newcomer():
    given = {**QUIET, "turnover *": True, "norm_adopted *": True, "norm *": 1.0, "hawkishness *": 1.0}
    engine, world = alone(given, denounces=1.0)
    assert engine.month(world).norm_adopted.all()
    paper = engine.month(with_values(world, {"norm *": 0.0}))
    assert not paper.norm_adopted.any()


def test_where_paper_is_all_that_changes_the_norm_stays():
    engine, world = alone(QUIET, pace=0.0)
    assert np.allclose(later(engine, world, 24).norm, world.norm)


def test_every_hope_of_the_norm_has_a_prior_that_reaches_nothing_or_below():
    prior = {item.name: item.prior for item in norms.PARAMETERS}
    for name in ("advocate", "document", "defiance"):
        assert prior[name].low < 0.0 < prior[name].high
    for name in ("will_weight", "practice_alone", "hypocrisy", "disdain", "great_power_condition"):
        assert prior[name].low == 0.0


def test_a_pull_is_nothing_where_its_weight_is():
    p = SimpleNamespace(steepness=20.0, peers=0.0, defiance=0.0, advocate=0.0, document=0.0, will_weight=0.0)
    assert sum(norms.pull_terms(1.0, 1.0, 1.0, 1.0, 1.0, 0.4, p=p).values()) == pytest.approx(-8.0)
