"""Surgery sets what it names, keeps what it is asked to hold, and leaves all else to the model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from regime_abm.scenario import load
from regime_abm.surgery import Condition, Surgery
from tests.helpers import after, differences, made_up, prepared


def cut(scenario, **words):
    return replace(scenario, events=(*scenario.events, Surgery(**words)))


@pytest.mark.parametrize("quantity", ["threat", "credibility"])
def test_what_is_worked_out_anew_is_held_through_its_intercept(quantity):
    scenario = made_up("quartet")
    held = cut(scenario, month="2001-06", quantities=(quantity,), of=("ASH>BAY",), value=0.9, months=36)
    run, world = prepared(held, count=50)
    i, j = world.names.state("ASH"), world.names.state("BAY")
    values = []
    for _ in range(36):
        world = run.month(world)
        values.append(getattr(world, quantity)[:, i, j])
    assert np.mean(values) == pytest.approx(0.9, abs=0.03)
    assert np.median(np.abs(np.array(values) - 0.9)) < 0.02


def test_trust_is_moved_in_both_reputations():
    scenario = made_up("quartet")
    run, world = prepared(scenario, count=20)
    i, j = world.names.state("ASH"), world.names.state("BAY")
    moved = Surgery(month="2001-06", quantities=("trust",), of=("ASH>BAY",), add=0.3).apply(world)
    assert set(differences(world, moved)) <= {"trust", "trust_government", "trust_leader"}
    expected = np.minimum(world.trust[:, i, j] + 0.3, 0.982)
    one_later, other_later = run.month(world).trust[:, i, j], run.month(moved).trust[:, i, j]
    assert np.all(other_later > one_later)
    assert np.abs(moved.trust[:, i, j] - np.minimum(world.trust[:, i, j] + 0.3, 1.0)).max() < 1e-6
    assert np.abs(other_later - expected).max() < 0.25
    rest = np.ones(world.trust.shape, bool)
    rest[:, i, j] = False
    assert np.array_equal(moved.trust[rest], world.trust[rest])


def test_a_condition_is_met_future_by_future():
    _, world = prepared(made_up("quartet"), count=200)
    threshold = float(np.median(world.will[:, 0]))
    state = world.names.states[0]
    words = {"month": "2001-06", "quantities": ("posture",), "of": (state,), "value": 1.0}
    found = Surgery(**words, only_if=Condition(quantity="will", of=state, below=threshold)).apply(world)
    met = world.will[:, 0] < threshold
    assert 0 < met.sum() < 200
    assert (found.posture[met, 0] == 1.0).all()
    assert np.array_equal(found.posture[~met], world.posture[~met])


def test_it_ends_when_it_is_told_to():
    scenario = made_up("quartet")
    run, world = prepared(cut(scenario, month="2001-06", quantities=("gain_push",), of=("ASH-BAY",), add=0.3, months=2))
    plain, start = prepared(scenario)
    i, j = world.names.state("ASH"), world.names.state("BAY")
    for expected in (0.3, 0.3, 0.0):
        world, start = run.month(world), plain.month(start)
        assert world.gain_push[0, i, j] - start.gain_push[0, i, j] == pytest.approx(expected, abs=1e-6)


def test_a_government_that_is_kept_in_office_stays():
    words = {"quantities": ("turnover_hazard", "term_months"), "of": ("USA",), "value": 0.0}
    scenario = cut(load("baseline_2018"), month="2018-06", **words)
    run, world = prepared(scenario, count=50)
    place = world.names.state("USA")
    age = world.leader_age[:, place]
    world = after(run, world, 100)
    assert np.array_equal(world.leader_age[:, place], age + 100)
