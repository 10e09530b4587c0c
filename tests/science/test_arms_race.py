"""Richardson's arms race as a setting of the arming mechanism: where it rests, and when it has no rest."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from regime_abm.core.engine import Engine
from regime_abm.core.names import Names
from regime_abm.core.noise import Luck
from regime_abm.core.parameter import resolve
from regime_abm.core.world import empty_world
from regime_abm.mechanisms import arming

WEIGHT, PUSH = st.floats(0.01, 2.0), st.floats(-1.0, 1.0)


def race(states, *, posture=0.4, **settings):
    """The mechanism alone among states that are all rivals and fear nothing but arms themselves, and the first World."""
    names = Names(tuple(f"S{k}" for k in range(states)))
    chosen = {"pace": 0.1, "response": 0.0, "grievance": 0.0, "weariness": 1.0, **settings}
    values = resolve((arming,), {f"arming.{name}": value for name, value in chosen.items()})
    engine = Engine((arming,), values, Luck(1, names))
    given = {"rival": ~np.eye(states, dtype=bool), "posture": np.full((1, states), posture)}
    return engine, engine.start(empty_world(names, 1, given))


def later(engine, world, months):
    for _ in range(months):
        world = engine.month(world)
    return world


def armed(world, above):
    """The World with postures that far above the first."""
    return world.replace({"posture": (world.posture_start + np.asarray(above, np.float32)).astype(np.float32)})


def jacobian(states, *, mutual, weariness=1.0):
    """How each state's push answers each state's arms, from the mechanism's own equation: one excess at a time."""
    excess = np.eye(states)
    rivals = excess @ (1.0 - np.eye(states))
    return sum(
        arming.influences(excess, rivals, 0.0, response=0.0, mutual=mutual, grievance=0.0, weariness=weariness).values()
    )


# Two states


def test_two_states_with_the_published_numbers_rest_at_exactly_two():
    """k = l = 1/2, a = b = 1, g = h = 1: (bg + kh) / (ab - kl) = 2."""
    above = np.zeros(2)
    for _ in range(1000):
        above = arming.next_above(above, above[::-1], pace=0.1, response=0.0, mutual=0.5, grievance=1.0, weariness=1.0)
    assert above == pytest.approx([2.0, 2.0], abs=1e-12)


@given(k=WEIGHT, l=WEIGHT, a=WEIGHT, b=WEIGHT, g=PUSH, h=PUSH)
def test_unlike_states_rest_where_the_formula_says(k, l, a, b, g, h):  # noqa: E741
    assume(abs(a * b - k * l) > 0.05)
    rest = np.array([b * g + k * h, a * h + l * g]) / (a * b - k * l)
    weights = {"mutual": np.array([k, l]), "grievance": np.array([g, h]), "weariness": np.array([a, b])}
    assert arming.next_above(rest, rest[::-1], pace=1.0, response=0.0, **weights) == pytest.approx(rest, abs=1e-9)


@given(k=WEIGHT, l=WEIGHT, a=WEIGHT, b=WEIGHT)
def test_unlike_states_come_to_rest_if_and_only_if_weariness_wins(k, l, a, b):  # noqa: E741
    """ab > kl: then, and only then, a small common excess dies out (the pace is slow enough not to overshoot)."""
    assume(abs(a * b / (k * l) - 1) > 0.1)
    above = start = np.array([1e-3, 1e-3])
    weights = {"mutual": np.array([k, l]), "grievance": 0.0, "weariness": np.array([a, b])}
    for _ in range(4000):
        above = arming.next_above(above, above[::-1], pace=0.2, response=0.0, **weights)
        if above.max() > 1e6 or above.max() < 1e-12:
            break
    assert (above.max() < start.max()) == (a * b > k * l)


def test_the_running_mechanism_rests_at_twice_a_grievance_that_fits_the_scale():
    """A fifth of the published grievance rests at a fifth of the published two, on the scale from 0 to 1."""
    engine, world = race(2, mutual=0.5, grievance=0.2)
    assert later(engine, world, 1000).posture - world.posture == pytest.approx(np.full((1, 2), 0.4), abs=1e-5)
    engine, world = race(2, mutual=0.5, grievance=1.0)  # the published two lies beyond the scale: its end holds the race
    assert later(engine, world, 1000).posture.tolist() == [[1.0, 1.0]]


# Many states


@pytest.mark.parametrize("states", range(2, 9))
def test_equal_rivals_are_stable_if_and_only_if_the_sum_of_the_others_is_below_weariness(states):
    """The largest growth rate is (N - 1) k - a, that of an excess that all share; every other is -(k + a)."""
    for mutual, weariness in ((0.1, 0.7), (0.25, 1.0), (1.0 / 6.0, 1.0), (0.5, 2.9)):
        rates = np.sort(np.linalg.eigvalsh(jacobian(states, mutual=mutual, weariness=weariness)))
        assert rates[-1] == pytest.approx((states - 1) * mutual - weariness, abs=1e-12)
        assert rates[:-1] == pytest.approx(np.full(states - 1, -(mutual + weariness)), abs=1e-12)


def test_seven_states_with_the_published_growth_rates_around_a_sixth():
    assert np.linalg.eigvalsh(jacobian(7, mutual=0.166)).max() == pytest.approx(-0.004, abs=1e-9)
    assert np.linalg.eigvalsh(jacobian(7, mutual=0.168)).max() == pytest.approx(0.008, abs=1e-9)


@pytest.mark.parametrize(("mutual", "rate"), [(0.166, -0.004), (0.168, 0.008)])
def test_a_small_excess_of_seven_grows_at_that_rate_in_the_running_mechanism(mutual, rate):
    engine, world = race(7, mutual=mutual, pace=1.0)
    excess = armed(world, 0.01)
    month = engine.month(excess)
    assert (month.posture - world.posture) / (excess.posture - world.posture) - 1 == pytest.approx(
        np.full((1, 7), rate), abs=2e-4
    )
    year = later(engine, excess, 12)
    assert (year.posture - world.posture) / 0.01 == pytest.approx(np.full((1, 7), (1 + rate) ** 12), abs=2e-3)


@pytest.mark.parametrize(("mutual", "end"), [(0.12, 0.4), (0.15, 0.4), (0.18, 1.0), (0.25, 1.0)])
def test_seven_states_disarm_again_below_a_sixth_and_race_to_the_end_above(mutual, end):
    """One state's whim is enough; above a sixth it ends only where the scale ends."""
    engine, world = race(7, mutual=mutual)
    whim = armed(world, [0.05, 0, 0, 0, 0, 0, 0])
    assert later(engine, whim, 4000).posture == pytest.approx(np.full((1, 7), end), abs=1e-3)


def test_a_race_runs_downward_as_well():
    """The linear race is symmetric: above a sixth a gesture of disarmament disarms everybody."""
    engine, world = race(7, mutual=0.25)
    gesture = armed(world, [-0.05, 0, 0, 0, 0, 0, 0])
    assert not later(engine, gesture, 4000).posture.any()


def test_the_priors_hold_no_race_of_seven_without_fear():
    """What the model adds to the race of the literature runs through threat; `mutual` alone never tips seven states."""
    known = {item.name: item for item in arming.PARAMETERS}
    ends = {name: known[name].prior.quantile(np.array([0.0, 1.0]), known[name].low, known[name].high) for name in known}
    assert 6 * ends["mutual"].max() < ends["weariness"].min()
