"""A treaty that ends a war: who is inside, what it holds, whom it unsettles, and that off means off."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regime_abm.core.world import FLEETING
from regime_abm.mechanisms import peace
from regime_abm.scenario import load
from tests.helpers import after, differences, prepared, with_values

UNIT = st.floats(0, 1)
WEIGHTS = ("calm", "veto", "spoils", "resents", "doubts")
SIGNED = {"month": 10, "peace *>*": False, "in_force DEAL": True, "agreement_age DEAL": 1}


@given(done=st.integers(0, 8), steps=st.integers(0, 8), paper=UNIT)
def test_a_treaty_is_worth_more_the_more_of_it_is_carried_out_and_never_more_than_all(done, steps, paper):
    worth = float(peace.carried(min(done, steps), steps, paper=paper))
    assert paper - 1e-12 <= worth <= 1.0
    assert worth <= float(peace.carried(steps, steps, paper=paper)) == 1.0


@given(parties=st.integers(2, 30), veto=st.floats(0, 3))
def test_more_parties_wait_longer_and_two_as_long_as_ever(parties, veto):
    assert peace.wait(parties + 1, veto=veto) >= peace.wait(parties, veto=veto) >= 1.0
    assert peace.wait(2, veto=veto) == 1.0


def test_four_parties_of_small_chances_wait_as_much_longer_as_the_rule_says():
    """The chance that all sign, in the core's own terms: with the exponent at one it is halved for four."""
    chances = {}
    for veto in (0.0, 1.0):
        quiet = {"peace.veto": veto, "agreements.signing": 0.02}
        run, world = prepared(load("baseline_2018").with_modules(["peace"]).with_parameters(quiet), count=5, draw=False)
        place = world.names.agreements.index("FOUR_PARTY_PEACE")
        asked = run.engine.month(with_values(world, {"offer_order FOUR_PARTY_PEACE": True}))
        chances[veto] = asked.sign_chance[:, place][:, world.party[place]].prod(axis=1)
    assert chances[1.0] / chances[0.0] == pytest.approx(0.5, rel=0.1)


def test_the_shipped_treaty_holds_all_who_fought_and_the_armistice_was_not_signed_by_all_of_them():
    region = load("baseline_2018").region
    fought = {code for (code,) in region.roles["war_party"].members}
    assert set(region.agreements["FOUR_PARTY_PEACE"].parties) == fought == {"DPRK", "ROK", "USA", "CHN"}
    assert fought - set(region.agreements["ARMISTICE_1953"].parties) == {"ROK"}


def month(trio, parameters, **other):
    chosen = {f"peace.{name}": value for name, value in parameters.items()}
    run, world = prepared(trio.with_modules(["peace"]).with_parameters(chosen), count=40)
    return run.engine.month(with_values(world, {**SIGNED, **other}))


def test_a_treaty_lowers_threat_and_a_larger_one_more_by_the_cores_own_sums(trio):
    nothing = month(trio, {"calm": 0.0, "resents": 0.0, "doubts": 0.0})
    whole = month(trio, {"calm": 0.6, "resents": 0.0, "doubts": 0.0, "partial": 0.5})
    partial = month(trio, {"calm": 0.6, "resents": 0.0, "doubts": 0.0, "partial": 0.5}, **{"war_party CCC": True})
    assert (whole.threat[:, 0, 1] < partial.threat[:, 0, 1]).all()
    assert (partial.threat[:, 0, 1] < nothing.threat[:, 0, 1]).all()


def test_its_harm_can_win_the_protected_fear_more_though_the_enemies_fear_less(trio):
    """Within the priors: a treaty that hardly calms and leaves the ally in doubt raises the region's threat."""
    scenario = trio.with_parameters({"threat.protection": 1.4})
    calm = month(scenario, {"calm": 0.0, "doubts": 0.0, "paper": 0.5})
    doubted = month(scenario, {"calm": 0.02, "doubts": 0.8, "paper": 0.5})
    assert (doubted.threat[:, 0, 1] < calm.threat[:, 0, 1]).all()
    assert (doubted.threat[:, 2, 0] > calm.threat[:, 2, 0]).all()
    assert (doubted.threat.sum(axis=(1, 2)) > calm.threat.sum(axis=(1, 2))).mean() > 0.5


def test_whoever_is_left_out_makes_steps_rarer(trio):
    taken = {}
    for outside in (False, True):
        scenario = trio.with_modules(["peace"]).with_parameters(
            {"peace.spoils": 0.8, "agreements.step": 0.3, "agreements.step_every": 3.0}
        )
        run, world = prepared(scenario, count=300)
        there = {**SIGNED, "war_party CCC": outside, "agreement_binding DEAL": 1.0}
        taken[outside] = after(run, with_values(world, there), 18).steps_done[:, 1].mean()
    assert taken[True] < taken[False] - 0.1


def test_with_all_weights_at_nothing_the_module_changes_no_bit_of_the_core():
    plain = load("baseline_2018")
    with_it = plain.with_modules(["peace"]).with_parameters({f"peace.{name}": 0.0 for name in WEIGHTS})
    one, other = (after(*prepared(scenario, count=5), 40) for scenario in (plain, with_it))
    assert differences(one, other, skip=FLEETING) == []


def test_in_a_region_without_such_a_treaty_the_module_does_nothing(trio):
    run, world = prepared(trio.with_modules(["peace"]), count=4)
    none = world.replace({"peace_treaty": np.zeros_like(world.peace_treaty)})
    months = run.engine.month(none)
    for name in peace.WRITES:
        assert not getattr(months, name).any()
