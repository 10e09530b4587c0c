"""Political will: what scares, what tires, what both may do to either side, and the level that is kept."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regime_abm.core.engine import Engine
from regime_abm.core.maths import logistic
from regime_abm.core.noise import Luck
from regime_abm.core.parameter import resolve
from regime_abm.mechanisms import will
from tests.helpers import SEED, made_up, prepared, same_bits, with_values

SHARE = st.floats(0, 1)
QUIET = {"crisis": 0.0, "progress *": 0.0, "stalled *": 0.0, "severity *>*": 0, "settled *>*": 0}


def alone(given=None, *, count=100, world="trio", in_force=(), **parameters):
    """Will by itself, its other parameters drawn, and a first World in which some things are set."""
    scenario = made_up(world)
    luck = Luck(SEED, scenario.region.names, 0, count)
    values = resolve(
        (will,),
        {f"will.{name}": value for name, value in parameters.items()},
        draw=lambda key: luck.single("parameters", "prior", key),
    )
    first = with_values(prepared(scenario, count=count)[1], given or {})
    engine = Engine((will,), values, luck)
    return engine, engine.start(standing(first, in_force))


def standing(world, codes, *, done=0, idle=0.0):
    """The World with only these agreements in force, so many steps done and so long idle."""
    flags = np.array([code in codes for code in world.names.agreements], bool)
    spread = np.broadcast_to(flags, world.in_force.shape)
    return world.replace(
        {
            "in_force": spread.copy(),
            "steps_done": (spread * done).astype(np.int8),
            "agreement_idle": np.where(spread, idle, 1000.0).astype(np.float32),
            "signed": np.zeros_like(world.signed),
        }
    )


def severities(one, other):
    found = np.zeros((1, 2, 2), np.int8)
    found[0, 0, 1], found[0, 1, 0] = one, other
    return found


@given(one=st.integers(0, 5), other=st.integers(0, 5), near_miss=SHARE)
def test_a_scare_lies_between_none_and_full_and_does_not_ask_who_began(one, other, near_miss):
    found, turned = (
        float(will.scares(severities(*pair), ([0], [1]), near_miss=near_miss)[0, 0])
        for pair in ((one, other), (other, one))
    )
    assert found == turned
    assert 0.0 <= found <= 1.0


@pytest.mark.parametrize(
    ("one", "other", "scare"),
    [(2, 2, 0.0), (3, 0, 0.0), (3, 1, 0.0), (3, 2, 0.25), (3, 3, 0.25), (4, 4, 1.0), (5, 5, 1.0)],
)
def test_only_what_both_sides_saw_as_danger_scares(one, other, scare):
    assert will.scares(severities(one, other), ([0], [1]), near_miss=0.25).item() == scare


@given(crisis=SHARE, scare=SHARE, months=st.integers(1, 6))
def test_the_sense_of_crisis_never_exceeds_the_full(crisis, scare, months):
    engine, world = alone({**QUIET, "crisis": crisis}, count=2, scare=scare)
    for _ in range(months):
        world = engine.month(with_values(world, {"severity AAA>BBB": 4, "severity BBB>AAA": 4}))
        assert 0.0 <= world.crisis.min() <= world.crisis.max() <= 1.0


def test_a_scare_is_nearly_forgotten_after_four_years():
    engine, world = alone({**QUIET, "crisis": 1.0}, crisis_kept=0.9)
    for _ in range(48):
        world = engine.month(world)
    assert world.crisis.max() <= 0.9**48 + 1e-6


def test_the_same_crisis_teaches_where_the_weight_is_positive_and_rallies_where_it_is_negative():
    for weight, sign in ((1.5, 1), (0.0, 0), (-1.0, -1)):
        engine, world = alone(QUIET, crisis_learning=weight)
        moved = engine.month(with_values(world, {"crisis": 0.6})).will - engine.month(world).will
        assert (np.sign(np.where(np.abs(moved) < 1e-6, 0.0, moved)) == sign).all()


def test_priors_let_crisis_progress_and_hawks_move_will_either_way():
    prior = {item.name: item.prior for item in will.PARAMETERS}
    for name in ("crisis_learning", "progress_weight", "hawk_cost"):
        assert prior[name].low < 0.0 < prior[name].high
    assert prior["settlement_cost"].low == 0.0


def test_nothing_to_stall_tires_nobody_however_long():
    engine, world = alone(QUIET)
    first = world.will
    for _ in range(60):
        world = engine.month(world)
    assert not world.stalled.any()
    assert np.allclose(world.will, first, atol=1e-6)


def test_five_idle_years_do_not_extinguish_will():
    """Uncapped, 60 idle months at .08 would take will from .65 to .015; capped at two years it stays above .2."""
    engine, world = alone({**QUIET, "will *": 0.65, "hawkishness *": 0.5}, fatigue=0.08)
    world = engine.month(standing(world, ("DEAL",), done=1, idle=60.0))
    # log-odds of .65 less .08 * 24
    assert world.will[:, 0] == pytest.approx(logistic(np.log(0.65 / 0.35) - 1.92), abs=1e-5)
    assert world.will[:, 2] == pytest.approx(0.65, abs=1e-5)


def test_of_several_agreements_the_freshest_counts():
    engine, world = alone(QUIET, world="quartet")
    names, unfinished = world.names, np.flatnonzero(world.agreement_steps > 1)
    assert len(unfinished) >= 1
    place = unfinished[0]
    world = standing(world, (names.agreements[place],), idle=9.0)
    months = engine.month(world).stalled
    assert (months[:, world.party[place]] == 9.0).all()
    assert not months[:, ~world.party[place]].any()


def test_a_stall_that_the_start_already_had_is_in_the_level():
    scenario = made_up("trio")
    luck = Luck(SEED, scenario.region.names, 0, 20)
    engine = Engine((will,), resolve((will,)), luck)
    first = standing(prepared(scenario, count=20)[1], ("DEAL",), done=1, idle=10.0)
    world = engine.start(first)
    assert (world.stalled[:, :2] == 10.0).all()
    assert np.allclose(engine.month(world).will, first.will.clip(0.01, 0.99), atol=1e-5)


def test_weariness_ends_after_the_agreement_does_and_leaves_nothing():
    engine, world = alone({**QUIET, "stalled *": 24.0}, weariness_kept=0.8)
    world = with_values(world, {"stalled *": 24.0})
    months = []
    for _ in range(60):
        world = engine.month(world)
        months.append(float(world.stalled.max()))
    assert months[0] == pytest.approx(19.2)
    assert months == sorted(months, reverse=True)
    assert months[-1] == 0.0


def test_progress_of_several_agreements_in_a_month_counts_once():
    engine, world = alone(QUIET)
    both = standing(world, ("PACT", "DEAL"), done=1, idle=0.0)
    assert engine.month(both).progress[:, :2] == pytest.approx(0.5)


@given(
    crisis=SHARE,
    progress=st.floats(0, 2.5),
    stalled=st.floats(0, 500),
    hawkish=SHARE,
    settled=st.sampled_from([0.0, 1.0]),
)
def test_every_influence_is_nothing_where_its_weight_is(crisis, progress, stalled, hawkish, settled):
    from types import SimpleNamespace

    nothing = SimpleNamespace(crisis_learning=0.0, progress_weight=0.0, fatigue=0.0, hawk_cost=0.0, settlement_cost=0.0)
    assert not any(will.influences(crisis, progress, stalled, hawkish, settled, p=nothing).values())


def test_the_terms_sum_to_the_log_odds_of_what_the_step_writes():
    engine, world = alone()
    world = with_values(
        world, {"severity AAA>BBB": 4, "severity BBB>AAA": 4, "hawkishness CCC": 0.9, "progress AAA": 0.4}
    )
    terms = will.terms(world, engine.part("will").p)
    assert same_bits(engine.month(world).will, logistic(sum(terms.values())))
