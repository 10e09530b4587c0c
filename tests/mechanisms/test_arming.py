"""Posture between alarm, rivals' arms and weariness; the race of the literature is in tests/science/test_arms_race.py."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regime_abm.core.engine import Engine
from regime_abm.core.noise import Luck
from regime_abm.core.parameter import resolve
from regime_abm.mechanisms import arming
from tests.helpers import SEED, made_up, prepared, same_bits, with_values

WEIGHT, SHARE = st.floats(0, 2), st.floats(0, 1)


def alone(given=None, *, count=200, world="trio", **parameters):
    """Arming by itself, with the rest of its parameters drawn, and a first World in which some things are set."""
    scenario = made_up(world)
    luck = Luck(SEED, scenario.region.names, 0, count)
    chosen = {f"arming.{name}": value for name, value in parameters.items()}
    values = resolve((arming,), chosen, draw=lambda key: luck.single("parameters", "prior", key))
    engine = Engine((arming,), values, luck)
    return engine, engine.start(with_values(prepared(scenario, count=count)[1], given or {}))


def later(engine, world, months):
    for _ in range(months):
        world = engine.month(world)
    return world


@given(above=SHARE, rivals=WEIGHT, alarm=SHARE, pace=SHARE, weights=st.tuples(WEIGHT, WEIGHT, WEIGHT, WEIGHT))
def test_the_step_is_pace_times_the_sum_of_what_is_named(above, rivals, alarm, pace, weights):
    named = dict(zip(("response", "mutual", "grievance", "weariness"), weights, strict=True))
    pushes = arming.influences(above, rivals, alarm, **named)
    found = arming.next_above(above, rivals, alarm, pace=pace, **named)
    assert found == pytest.approx(above + pace * sum(pushes.values()))


def test_without_grievance_the_first_posture_lasts():
    engine, world = alone(grievance=0.0, world="quartet")
    assert same_bits(later(engine, world, 60).posture, world.posture)


def test_the_terms_of_a_world_drive_its_step():
    engine, world = alone({"posture *": 0.5})
    alarmed = with_values(world, {"threat *>*": 0.6, "posture BBB": 0.7})
    p = engine.part("arming").p
    pushed = alarmed.posture + p.state.pace * sum(arming.terms(alarmed, p).values())
    assert np.allclose(engine.month(alarmed).posture, pushed.clip(0, 1), atol=1e-6)


def test_lasting_alarm_ends_at_a_new_posture_and_not_at_the_end_of_the_scale():
    """Limit case without rivals' arms: response / weariness * (alarm less its start), reached from either side."""
    still = {"posture *": 0.5, "proximity *>*": 1.0, "threat *>*": 0.5, "rival *>*": False}
    engine, world = alone(still, grievance=0.0)
    p = engine.part("arming").p
    for threat in (0.7, 0.3):
        end = later(engine, with_values(world, {"threat *>*": threat}), 1200)
        rest = 0.5 + p.response / p.weariness * (threat - 0.5)
        assert np.allclose(end.posture[:, 0], rest.clip(0, 1), atol=1e-4)
        assert np.allclose(later(engine, end.replace({"threat": world.threat.copy()}), 1200).posture, 0.5, atol=1e-4)


def test_alarm_never_disarms_and_rivals_arms_never_do():
    """Over all parameter draws of the priors; weariness is what brings postures down."""
    engine, world = alone({"posture *": 0.5, "proximity *>*": 0.8, "threat *>*": 0.4}, count=400)
    calm = engine.month(world).posture
    alarmed = engine.month(with_values(world, {"threat AAA>BBB": 0.8})).posture
    assert (alarmed[:, 0] > calm[:, 0]).all()
    assert np.array_equal(alarmed[:, 1:], calm[:, 1:])
    challenged = engine.month(with_values(world, {"posture BBB": 0.8})).posture
    assert (challenged[:, 0] >= calm[:, 0]).all()
    assert (challenged[:, 1] < 0.85).all()


def test_alarm_is_the_worst_threat_in_reach_and_never_from_oneself():
    threat = np.array([[[1.0, 0.8, 0.5], [0.3, 1.0, 0.6], [0.0, 0.0, 1.0]]])
    reach = np.array([[[1.0, 0.5, 1.0], [1.0, 1.0, 0.2], [1.0, 1.0, 1.0]]])
    assert arming.alarm_of(threat, reach).tolist() == [[0.5, 0.3, 0.0]]


@given(seed=st.integers(0, 1000))
def test_posture_keeps_within_the_scale_and_in_single_precision(seed):
    engine, world = alone(count=20, mutual=1.0, grievance=0.5)
    generator = np.random.default_rng(seed)
    for _ in range(12):
        threat = generator.random(world.threat.shape).astype(np.float32)
        world = engine.month(world.replace({"threat": threat}))
        assert world.posture.dtype == np.float32
        assert world.posture.min() >= 0
        assert world.posture.max() <= 1


def test_arming_follows_reasons_at_home_alone_where_the_rival_account_is_switched_on():
    engine, world = alone({"posture *": 0.5}, response=0.0, mutual=0.0, grievance=0.1, weariness=1.0)
    end = later(engine, with_values(world, {"threat *>*": 0.95}), 1200)
    assert np.allclose(end.posture, 0.6, atol=1e-4)
