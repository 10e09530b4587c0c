"""The zone: what is ratified and what is only signed, whom it assures and whom it bares, and that off means off."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regime_abm.core.world import FLEETING
from regime_abm.mechanisms import zone
from regime_abm.scenario import load
from tests.helpers import after, differences, prepared, with_values

UNIT = st.floats(0, 1)
WEIGHTS = ("protocol", "frame", "letdown", "hypocrisy", "umbrella_loss", "spill_over", "scorn", "waiver", "inequity")
DEFAULTS = {item.name: item.default for item in zone.PARAMETERS}
SIGNED = {"month": 10, "in_force DENUCLEARISED_ZONE": True, "agreement_age DENUCLEARISED_ZONE": 1}


def belief(ratified=1.0, shelved=0.0, others=2.0, standing=1.0, form=0.6, worse=0.0, **parameters):
    p = SimpleNamespace(**{**DEFAULTS, **parameters})
    return float(sum(zone.belief_terms(ratified, shelved, others, standing, form, worse, p=p).values()))


@given(will=UNIT, slow=st.sampled_from([0.0, 1.0]), ratifies=st.floats(0.001, 0.999), reluctance=st.floats(0, 5))
def test_a_state_known_to_be_slow_ratifies_the_less_likely_and_a_willing_one_the_more(will, slow, ratifies, reluctance):
    def chance(will, slow):
        return zone.chance_to_ratify(will, slow, ratifies=ratifies, weight=2.0, reluctance=reluctance)

    assert 0.0 <= chance(will, 1.0) <= chance(will, 0.0) <= 1.0
    assert chance(will, slow) <= chance(min(will + 0.1, 1.0), slow)


@given(standing=UNIT, others=st.integers(0, 3), form=UNIT)
def test_what_is_not_ratified_assures_nobody(standing, others, form):
    assert belief(ratified=0.0, standing=standing, others=others, form=form) == 0.0


def test_within_the_priors_a_frame_of_several_helps_or_hurts():
    assert belief(frame=-0.3, protocol=0.1) < 0 < belief(frame=1.2, protocol=0.1)
    assert belief(worse=0.8, hypocrisy=1.6, protocol=0.3, frame=0.3) < 0


def test_the_shipped_zone_is_three_and_three_and_one_guarantor_is_known_to_be_slow():
    region = load("baseline_2018").region
    table = region.agreements["DENUCLEARISED_ZONE"]
    assert set(table.parties) == {"DPRK", "ROK", "JPN"}
    assert set(table.guarantors) == {"CHN", "RUS", "USA"}
    assert region.roles["slow_to_ratify"].members == (("USA",),)


def signed(count=300, months=1, world_values=None, **parameters):
    """The shipped zone just signed, and so many months on."""
    chosen = {f"zone.{name}": value for name, value in parameters.items()}
    scenario = load("baseline_2018").with_modules(["zone"]).with_parameters(chosen)
    run, world = prepared(scenario, count=count, draw=False)
    return after(run, with_values(world, {**SIGNED, **(world_values or {})}), months)


def ratified(world):
    """Share of futures in which each guarantor has ratified, by code."""
    place = world.names.agreements.index("DENUCLEARISED_ZONE")
    return {k: (world.ratification[:, place, world.names.state(k)] > 0).mean() for k in ("CHN", "RUS", "USA")}


def test_all_decide_at_once_with_the_chance_that_the_rule_says_and_the_slow_one_less_often():
    same = {"will_ratifies": 0.0, "decides": 1.0, "ratifies": 0.6, "reluctance": 1.5}
    shares = ratified(signed(count=1500, **same))
    slow = 1 / (1 + 0.4 / 0.6 * np.exp(1.5))
    assert shares["CHN"] == pytest.approx(0.6, abs=0.04)
    assert shares["RUS"] == pytest.approx(0.6, abs=0.04)
    assert shares["USA"] == pytest.approx(slow, abs=0.04)


def test_the_wait_is_as_long_as_the_rule_says_and_what_is_decided_stays():
    world = signed(count=400, months=12, decides=0.05, world_values={"agreement_binding *": 1.0})
    place = world.names.agreements.index("DENUCLEARISED_ZONE")
    kept = world.in_force[:, place] & (world.agreement_age[:, place] == 13)
    decided = (world.ratification[kept, place][:, [world.names.state(k) for k in ("CHN", "RUS", "USA")]] != 0).mean()
    assert decided == pytest.approx(1 - 0.95**12, abs=0.06)


def test_a_ratified_zone_raises_the_owners_belief_and_lowers_the_allies_by_the_cores_own_sums():
    there = {f"ratification DENUCLEARISED_ZONE:{k}": 1 for k in ("CHN", "RUS", "USA")} | {"steps_done *": 4}
    plain = signed(world_values=there, **dict.fromkeys(WEIGHTS, 0.0))
    with_it = signed(world_values=there)
    dprk, rok, jpn, usa = map(plain.names.state, ("DPRK", "ROK", "JPN", "USA"))
    assert (with_it.credibility[:, dprk, usa] > plain.credibility[:, dprk, usa]).all()
    for ally in (rok, jpn):
        assert (with_it.credibility[:, ally, usa] < plain.credibility[:, ally, usa]).all()
        assert (with_it.threat[:, ally, dprk] > plain.threat[:, ally, dprk]).all()


def test_before_anybody_has_ratified_there_is_only_the_loss():
    plain, with_it = signed(decides=0.0, **dict.fromkeys(WEIGHTS, 0.0)), signed(decides=0.0, hypocrisy=0.0)
    dprk, rok, usa = map(plain.names.state, ("DPRK", "ROK", "USA"))
    assert np.array_equal(with_it.credibility[:, dprk], plain.credibility[:, dprk])
    assert (with_it.credibility[:, rok, usa] < plain.credibility[:, rok, usa]).all()


def test_with_all_weights_at_nothing_the_module_changes_no_bit_of_the_core():
    plain = load("baseline_2018")
    with_it = plain.with_modules(["zone"]).with_parameters({f"zone.{name}": 0.0 for name in WEIGHTS})
    one, other = (after(*prepared(scenario, count=5), 40) for scenario in (plain, with_it))
    assert differences(one, other, skip=("ratification", *FLEETING)) == []


def test_in_a_region_without_a_zone_the_module_does_nothing(trio):
    run, world = prepared(trio.with_modules(["zone"]), count=4)
    found = run.engine.month(world.replace({"zone_treaty": np.zeros_like(world.zone_treaty)}))
    for name in zone.WRITES:
        assert not getattr(found, name).any()
