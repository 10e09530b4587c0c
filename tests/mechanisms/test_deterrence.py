"""Extended deterrence: allies who feel bare hedge, nobody knows what comes of it, and off means off."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regime_abm.core.world import FLEETING
from regime_abm.mechanisms import deterrence
from regime_abm.scenario import load
from tests.helpers import WORLDS, after, differences, prepared, with_values

UNIT = st.floats(0, 1)
WEIGHTS = ("alarm", "comfort", "caution", "rallies")
OWN = ("hedging", "hedging_start", "uncovered_start")


@given(now=UNIT, first=UNIT, change=st.floats(-2, 2), pace=UNIT, pull=st.floats(-2, 4))
def test_hedging_stays_on_its_scale(now, first, change, pace, pull):
    assert 0.0 <= deterrence.next_hedging(now, first, change, pace=pace, pull=pull) <= 1.0


def test_it_comes_to_rest_where_the_limit_case_says():
    hedging = 0.3
    for _ in range(2000):
        hedging = deterrence.next_hedging(hedging, 0.3, 0.2, pace=0.02, pull=0.6)
    assert hedging == pytest.approx(0.3 + 0.6 * 0.2)


def test_every_effect_has_both_signs_within_the_priors():
    for item in deterrence.PARAMETERS:
        if item.name != "pace":
            assert item.prior.low < 0 < item.prior.high, item.name


def test_without_any_change_nothing_is_pushed_in_the_first_month():
    scenario = load("baseline_2018").with_modules(["deterrence"])
    run, world = prepared(scenario, count=20)
    found = run.engine.part("deterrence").step(world, run.engine.part("deterrence").p, None)
    assert np.allclose(found["hedging"], world.hedging, atol=1e-6)
    for name in ("threat_push", "gain_push", "credibility_push"):
        assert np.abs(found[name]).max() < 1e-6


def test_only_those_who_rely_on_a_protector_hedge():
    scenario = load("baseline_2018").with_modules(["deterrence"])
    run, world = prepared(scenario, count=10)
    end = after(run, world, 24)
    moved = (end.hedging != world.hedging).any(axis=0)
    assert {code for code, flag in zip(world.names.states, moved, strict=True) if flag} == {"ROK", "JPN"}


def test_a_protector_that_is_doubted_makes_allies_hedge_and_rivals_fear_them_in_the_cores_own_sums(trio):
    scenario = trio.with_modules(["deterrence"]).with_parameters(
        {"deterrence.pull": 1.0, "deterrence.pace": 0.2, "deterrence.alarm": 1.5, "deterrence.rallies": 0.0}
    )
    run, world = prepared(scenario, count=60)
    doubted = run.engine.month(with_values(world, {"credibility BBB>CCC": 0.02, "uncovered_start BBB": 0.0}))
    trusted = run.engine.month(with_values(world, {"credibility BBB>CCC": 0.98, "uncovered_start BBB": 0.0}))
    assert (doubted.hedging[:, 1] > trusted.hedging[:, 1]).all()
    assert (doubted.threat[:, 0, 1] > trusted.threat[:, 0, 1]).all()


def test_hedging_that_a_scenario_assumes_counts_as_a_change(tmp_path):
    path = tmp_path / "nearer.toml"
    path.write_text(
        f'schema = 1\nextends = "{WORLDS / "trio.toml"}"\nmodules = ["deterrence"]\n'
        '[initial]\n"hedging BBB" = { value = 0.9, why = "what if" }\n',
        encoding="utf-8",
    )
    run, world = prepared(load(path), count=20)
    assert (world.hedging[:, 1] == np.float32(0.9)).all()
    assert (world.hedging_start[:, 1] <= 0.4).all()
    pushed = run.engine.part("deterrence").step(world, run.engine.part("deterrence").p, None)["threat_push"][:, 0, 1]
    assert np.array_equal(pushed > 0, np.broadcast_to(run.engine.part("deterrence").p.alarm > 0, pushed.shape))


def test_with_all_weights_at_nothing_the_module_changes_no_bit_of_the_core():
    plain = load("baseline_2018")
    with_it = plain.with_modules(["deterrence"]).with_parameters({f"deterrence.{name}": 0.0 for name in WEIGHTS})
    one, other = (after(*prepared(scenario, count=5), 40) for scenario in (plain, with_it))
    assert differences(one, other, skip=(*OWN, *FLEETING)) == []
    assert (one.hedging != other.hedging).any()
