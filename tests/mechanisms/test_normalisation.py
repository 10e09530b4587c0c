"""Normalisation: the issue stays on its scale, the veto bites, gain and harm can each win, and off it is nothing."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regime_abm.core.world import FLEETING
from regime_abm.levers import RelationsOpened
from regime_abm.mechanisms import normalisation
from regime_abm.scenario import load
from tests.helpers import after, differences, prepared, with_values

share = st.floats(0, 1)
EFFECTS = "channel recognition inducement aid backlash decoupling veto".split()
NOTHING = {f"normalisation.{name}": 0.0 for name in EFFECTS}
DAY = {"kind": "relations opened", "month": "2018-06", "state": "JPN", "other": "DPRK"}


@given(settled=share, talks=share, steps=st.integers(0, 3), force=st.integers(0, 1), quiet=share, made=share, sours=share)
def test_the_issue_stays_on_its_scale(settled, talks, steps, force, quiet, made, sours):
    p = SimpleNamespace(quiet_work=quiet, issue_step=made, sours=sours)
    assert 0.0 <= normalisation.next_settled(settled, talks, steps, force, p=p) <= 1.0


@given(one=share, other=share, veto=st.floats(0, 0.999))
def test_the_further_settled_the_weaker_the_veto(one, other, veto):
    low, high = sorted((one, other))
    weaker, stronger = (normalisation.veto_push(value, veto=veto) for value in (high, low))
    assert stronger <= weaker <= 1e-9


def test_with_all_weights_at_nothing_the_module_changes_no_bit_of_the_core():
    plain = load("baseline_2018")
    with_it = plain.with_modules(["normalisation"]).with_parameters(NOTHING)  # in these futures no step opens relations
    one, other = (after(*prepared(scenario, count=10), 24) for scenario in (plain, with_it))
    assert differences(one, other, skip=("issue_settled", "normal_months", *FLEETING)) == []
    assert other.issue_settled.any()


def opened(parameters, months=24, count=60, modules=("normalisation",), **fields):
    """The World some months after a decision to open relations, and the one without it."""
    scenario = load("baseline_2018").with_modules(modules).with_parameters(parameters)
    run, world = prepared(scenario, count=count)
    decision = RelationsOpened(**DAY, **fields)
    return after(run, run.engine.month(decision.apply(world)), months), after(run, run.engine.month(world), months)


def places(world):
    return world.names.state("JPN"), world.names.state("DPRK")


def test_a_decision_opens_relations_at_once_or_where_the_issue_is_settled_so_far():
    now, without = opened({"normalisation.first_settled": 0.2}, months=1)
    i, j = places(now)
    assert now.relations[:, i, j].all()
    assert now.relations[:, j, i].all()
    assert (now.normal_months[:, i, j] == 2).all()
    assert not without.relations[:, i, j].any()
    held = opened({"normalisation.first_settled": 0.2}, months=1, settled=0.9)[0]
    assert not held.relations[:, i, j].any()


@pytest.mark.parametrize(("fungible", "more"), [(0.0, False), (0.6, True)])
def test_aid_feeds_the_arsenal_as_far_as_it_is_fungible(fungible, more):
    weights = NOTHING | {"normalisation.aid": 0.01, "normalisation.fungible": fungible}
    now, without = opened(weights, modules=("normalisation", "bargain"))
    j = places(now)[1]
    assert (now.arsenal[:, j].mean() > without.arsenal[:, j].mean() + 0.005) == more


@pytest.mark.parametrize(("channel", "sign"), [(0.8, 1), (-0.8, -1)])
def test_relations_open_a_channel_or_close_one(channel, sign):
    now, without = opened(NOTHING | {"normalisation.channel": channel}, count=400)
    i, j = places(now)
    assert np.sign(now.talks[:, i, j].mean() - without.talks[:, i, j].mean()) == sign


def test_a_backlash_costs_will_where_the_issue_is_open_and_not_where_it_is_settled():
    for settled, pays in ((0.0, True), (1.0, False)):
        weights = NOTHING | {"normalisation.backlash": 1.0, "normalisation.first_settled": settled, "normalisation.sours": 0.0}
        now, without = opened(weights, months=0)
        i = places(now)[0]
        assert (now.will[:, i] < without.will[:, i]).all() == pays


def test_the_veto_keeps_the_agreement_from_being_signed(trio):
    scenario = trio.with_modules(["normalisation"]).with_parameters({"normalisation.veto": 0.9})
    run, world = prepared(scenario, count=50)
    given_ = {"offer_order DEAL": True, "in_force *": False}
    worlds = [with_values(world, given_ | {"issue_settled *>*": settled}) for settled in (0.0, 1.0)]
    chances = [run.engine.month(one).sign_chance[:, 1, 1] for one in worlds]
    assert (chances[0] < chances[1]).all()
