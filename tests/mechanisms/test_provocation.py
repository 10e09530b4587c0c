"""The ladder and the terms of the switch; rates and spells are in tests/science."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regime_abm.mechanisms import provocation
from tests.helpers import made_up, prepared


def parameters(**changes):
    return SimpleNamespace(**{**{item.name: item.default for item in provocation.PARAMETERS}, **changes})


@given(rung=st.integers(0, 5), act=st.integers(0, 5))
def test_the_ladder_rises_at_once_and_falls_one_rung_at_a_time(rung, act):
    found = provocation.cooled(np.array([rung], np.int8), np.array([act], np.int8)).item()
    assert found >= act
    assert found >= rung - 1
    assert found in (act, rung - 1)


def test_a_clash_takes_four_quiet_months_to_be_forgotten():
    rung, seen = np.array([4], np.int8), []
    for _ in range(6):
        rung = provocation.cooled(rung, np.array([0], np.int8))
        seen.append(rung.item())
    assert seen == [3, 2, 1, 0, 0, 0]


@pytest.mark.parametrize(
    ("campaign", "norm", "fear", "exercise", "expected"),
    [
        (False, 0.0, 0.0, 0.0, 0.10),
        (True, 0.0, 0.0, 0.0, 1.65),
        (False, 0.5, 0.0, 0.0, 0.10),
        (False, 0.9, 0.0, 0.0, 0.10 * np.exp(-1.0)),
        (True, 0.9, 0.0, 0.0, 1.65),
        (True, 0.0, 1.0, 0.0, 1.65 * np.exp(0.5)),
        (True, 0.0, 0.0, 0.5, 1.65 * np.exp(0.1)),
    ],
    ids=["restrained", "campaign", "a norm of one half", "a strong norm", "norms do not reach campaigns", "fear", "exercises"],
)
def test_the_rate_of_tests(campaign, norm, fear, exercise, expected):
    found = provocation.test_rate(np.array(campaign), fear, exercise, norm, p=parameters(exercise_rate=0.2))
    assert float(found) == pytest.approx(expected)


@pytest.mark.parametrize("term", ["talks", "will", "credibility"])
def test_what_calms_ends_campaigns(term):
    references = {"talks": 0.5, "will": 0.5, "credibility": 0.3}
    totals = [
        sum(provocation.end_terms(**{**references, term: value}, p=parameters()).values()) for value in (0.2, 0.8)
    ]
    assert totals[1] > totals[0]


@pytest.mark.parametrize(("term", "sign"), [("fear", 1), ("breakdown", 1), ("rhetoric", 1), ("resolve", 1), ("norm", -1)])
def test_what_stirs_begins_campaigns(term, sign):
    references = {"fear": 0.0, "breakdown": 0.1, "rhetoric": 0.5, "resolve": 0.5, "norm": 0.5}
    totals = [
        sum(provocation.begin_terms(**{**references, term: value}, p=parameters()).values()) for value in (0.2, 0.8)
    ]
    assert np.sign(totals[1] - totals[0]) == sign


def test_in_a_run_the_ladder_is_mutual_and_never_below_what_was_done():
    run, world = prepared(made_up("quartet"), count=100)
    for _ in range(36):
        before, world = world, run.month(world)
        worst = np.maximum(world.severity, np.swapaxes(world.severity, 1, 2))
        assert np.array_equal(world.hostility, np.swapaxes(world.hostility, 1, 2))
        assert np.array_equal(world.hostility, np.maximum(worst, np.maximum(before.hostility - 1, 0)))
        assert (world.tests[:, ~world.programme] == 0).all()


def test_war_comes_only_from_a_lethal_clash():
    scenario = made_up("quartet").with_parameters(
        {"provocation.war": 0.2, "provocation.clash": 0.3, "provocation.incident": 0.5, "provocation.rate_campaign": 6.0}
    )
    run, world = prepared(scenario, count=100)
    wars = 0
    for _ in range(24):
        before, world = world, run.month(world)
        broke_out = world.severity == 5
        wars += broke_out.sum()
        assert (before.hostility[broke_out] >= 4).all()
    assert wars > 20
