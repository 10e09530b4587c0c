"""Disputes between rivals: how they open, by what they are settled, and how hearings in vain harden them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regime_abm.core.engine import Engine
from regime_abm.core.noise import Luck
from regime_abm.core.parameter import resolve
from regime_abm.core.world import faults
from regime_abm.mechanisms import disputes
from tests.helpers import SEED, made_up, prepared, with_values

SHARE = st.floats(0, 1)
QUIET = {"severity *>*": 0, "hostility *>*": 0, "talks *>*": False, "bound *>*": 0, "met *": False}
OPEN = {"dispute AAA>BBB": 3, "dispute BBB>AAA": 3}
MIDDLING = {"will *": 0.5, "hawkishness *": 0.5}


def alone(given=None, *, count=4000, world="trio", **parameters):
    """Disputes by themselves at their defaults, and a first World in which some things are set."""
    scenario = made_up(world)
    luck = Luck(SEED, scenario.region.names, 0, count)
    chosen = {f"disputes.{name}": value for name, value in parameters.items()}
    first = prepared(scenario, count=count)[1]
    return Engine((disputes,), resolve((disputes,), chosen), luck), with_values(first, given or {})


def rivals(world):
    return np.nonzero(np.triu(world.rival, 1))


def settled_share(given, **parameters):
    """Share of futures in which the dispute of AAA and BBB is settled by a procedure this month."""
    engine, world = alone({**QUIET, **MIDDLING, **OPEN, **given}, **parameters)
    how = engine.month(world).settled[:, 0, 1]
    return float(((how > 0) & (how < disputes.FADED)).mean())


TALKING = {"talks AAA>BBB": True, "talks BBB>AAA": True}


def test_it_closes_only_by_a_procedure():
    assert settled_share({}, settle=0.99) == 0.0
    assert settled_share(TALKING, settle=0.99) > 0.95


def test_the_share_settled_is_the_chance_that_the_terms_make():
    share = settled_share(TALKING, settle=0.2, talks_settle=1.0)
    chance = 1 / (1 + 4 * np.exp(-1.0))
    assert share == pytest.approx(chance, abs=4 * np.sqrt(chance * (1 - chance) / 4000))


def test_will_helps_and_hawks_force_and_hardening_hinder_at_the_defaults():
    usual = settled_share(TALKING)
    assert settled_share({**TALKING, "will *": 0.9}) > usual
    for hindrance in ({"hawkishness BBB": 1.0}, {"hostility *>*": 3}, {"hardened *>*": 1.0}, {"will AAA": 0.1}):
        assert settled_share({**TALKING, **hindrance}) < usual, hindrance


def test_more_talks_and_firmer_agreements_can_also_hinder():
    """Within what may be set both signs occur: no procedure helps by construction."""
    ranges = {item.name: item for item in disputes.PARAMETERS}
    assert min(ranges[name].low for name in ("talks_settle", "forum_settles", "agreement_settles")) < 0
    assert ranges["forum_settles"].prior.low < 0 < ranges["forum_settles"].prior.high
    both = {**TALKING, "bound *>*": 0.5}
    assert settled_share(both, agreement_settles=-2.0) < settled_share(TALKING, agreement_settles=-2.0)


@given(hardened=SHARE, hardening=SHARE)
def test_hardening_never_passes_one_and_never_goes_back_by_itself(hardened, hardening):
    after = disputes.next_hardened(np.array(hardened), True, hardening=hardening)
    assert hardened - 1e-12 <= after <= 1 + 1e-12
    assert disputes.next_hardened(np.array(hardened), False, hardening=hardening) == hardened


HEARD = {"met CLUB": True, "attendance CLUB:*": True, "forum_vitality CLUB": 0.8, "forum_information CLUB": 0.8}


def test_hearings_in_vain_make_the_next_one_less_likely_to_settle():
    """A forum is no gain by construction: hearings that settle nothing leave a dispute harder to settle than before."""
    engine, world = alone({**QUIET, **MIDDLING, **OPEN, **HEARD}, settle=0.0001, forum_settles=0.0, hardening=0.2, friction=0.0)
    for _ in range(12):
        world = engine.month(world)
    i, j = np.array([0]), np.array([1])
    still = world.dispute[:, 0, 1] > 0
    assert still.mean() > 0.9
    assert world.hardened[still, 0, 1] == pytest.approx(1 - 0.8**12, abs=1e-5)
    after = disputes.settle_terms(world, engine.part("disputes").p, i, j)["hardened by attempts in vain"]
    assert (after[still] < -1.8).all()


@given(vitality=SHARE, information=SHARE, level=st.floats(0, 4))
def test_a_hearing_lies_between_nothing_and_one(vitality, information, level):
    assert 0 <= disputes.hearing(vitality, information, level) <= 1


def test_a_soft_agenda_hears_no_disputes():
    _, world = alone({**QUIET, **OPEN, **HEARD})
    i, j = rivals(world)
    assert (disputes.hearings(world, i, j) > 0).all()
    assert not disputes.hearings(world.replace({"forum_hard": np.array([False])}), i, j).any()


def test_the_loudest_of_the_open_procedures_is_named_and_ties_go_to_talks():
    terms = {"open talks": np.array([1.0, -1.0, 1.0]), "hearing in a forum": np.array([1.0, -2.0, 0.5]),
             "agreement in force": np.array([0.0, 0.0, 2.0])}  # fmt: skip
    there, absent = np.ones(3), np.zeros(3)
    assert disputes.procedure(terms, there, there, there).tolist() == [1, 3, 3]
    assert disputes.procedure(terms, there, there, absent).tolist() == [1, 1, 1]
    assert disputes.procedure(terms, absent, absent, absent).tolist() == [0, 0, 0]


def test_a_world_without_rivals_has_no_disputes():
    scenario = made_up("trio")
    calm = {pair: {**flags, "rival": False} for pair, flags in scenario.region.dyads.items()}
    peaceful = replace(scenario, region=replace(scenario.region, dyads=calm))
    luck = Luck(SEED, peaceful.region.names, 0, 5)
    engine = Engine((disputes,), resolve((disputes,), {"disputes.friction": 0.5}), luck)
    world = with_values(prepared(peaceful, count=5)[1], {"severity *>*": 5})
    assert not engine.month(world).dispute.any()


def test_what_is_open_is_the_same_in_both_directions_and_grows_by_one_a_month():
    engine, world = alone(count=200, world="quartet", friction=0.1, fade=0.2, fades_after=3.0)
    world = with_values(world, {"hostility *>*": 0, "severity *>*": 0})
    closings = 0
    for _ in range(60):
        before, world = world, engine.month(world)
        assert faults(world) == []
        assert np.array_equal(world.dispute, np.swapaxes(world.dispute, 1, 2))
        assert np.array_equal(world.settled, np.swapaxes(world.settled, 1, 2))
        lasts = (before.dispute > 0) & (world.dispute > 0)
        assert (world.dispute[lasts] == before.dispute[lasts] + 1).all()
        closed = (before.dispute > 0) & (world.dispute == 0)
        assert np.array_equal(closed, world.settled > 0)
        assert not world.hardened[world.dispute == 0].any()
        closings += closed.sum()
    assert closings > 100


def test_the_month_keeps_single_precision():
    engine, world = alone(count=5, world="quartet")
    after = engine.month(world)
    assert (after.dispute.dtype, after.settled.dtype, after.hardened.dtype) == (np.int16, np.int8, np.float32)
