"""Attendance, sight and talks."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regime_abm.core.engine import Engine
from regime_abm.mechanisms import calendar, forums
from tests.helpers import after, made_up, prepared, with_values


def parameters(**changes):
    return SimpleNamespace(**{**{item.name: item.default for item in forums.PARAMETERS}, **changes})


def chance(**changes):
    """Chance to come, everything at its reference but what is named."""
    references = {"match": 0.5, "rivals": 0.25, "capital": 0.5, "level": 2.0, "sovereignty": 0.5, "missing": 0.0, "host": 0.0}
    total = sum(forums.attend_terms(**{**references, **changes}, p=parameters(usual_attendance=0.8)).values())
    return 1 / (1 + np.exp(-total))


def test_at_the_references_attendance_is_the_usual_one():
    assert chance() == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("changes", "sign"),
    [
        ({"match": 0.9}, 1),
        ({"rivals": 0.9}, 1),
        ({"capital": 0.9}, 1),
        ({"host": 1.0}, 1),
        ({"missing": 0.5}, -1),
        ({"level": 4.0}, -1),
        ({"sovereignty": 1.0}, -1),
        ({"level": 0.0, "sovereignty": 1.0}, 1),
    ],
)
def test_what_draws_states_in_and_what_keeps_them_away(changes, sign):
    assert np.sign(chance(**changes) - chance()) == sign


@given(now=st.floats(0, 0.5), usual=st.floats(0, 0.5), seen=st.floats(0, 1), forgetting=st.floats(0, 1))
def test_sight_gets_clearer_by_meetings_and_goes_back_to_its_usual_value(now, usual, seen, forgetting):
    found = forums.clearer(now, usual, seen, forgetting=forgetting)
    assert min(now * seen, usual) - 1e-12 <= found <= max(now * seen, usual) + 1e-12
    assert forums.clearer(now, usual, seen, forgetting=1.0) == pytest.approx(usual)
    assert forums.clearer(now, usual, 1.0, forgetting=0.0) == now


FUTURES = 400
TABLES = st.integers(0, 10**6)


@given(seed=TABLES)
def test_no_state_spends_more_attention_than_it_has(seed):
    generator = np.random.default_rng(seed)
    wanted = generator.random((3, 5, 4)) < 0.7
    urgency, cost, budget = generator.random((3, 5, 4)), generator.random((3, 5)), 2 * generator.random((3, 4))
    came = forums.within_budget(wanted, urgency, cost, budget)
    assert not (came & ~wanted).any()
    assert ((came * cost[:, :, None]).sum(axis=1) <= budget + 1e-9).all()


@given(seed=TABLES)
def test_the_most_urgent_meeting_that_can_be_afforded_is_never_left_out(seed):
    generator = np.random.default_rng(seed)
    wanted = generator.random((1, 4, 3)) < 0.8
    urgency, cost, budget = generator.random((1, 4, 3)), generator.random((1, 4)), generator.random((1, 3))
    came = forums.within_budget(wanted, urgency, cost, budget)
    for state in range(3):
        if wanted[0, :, state].any():
            first = np.where(wanted[0, :, state], urgency[0, :, state], -1).argmax()
            assert came[0, first, state] == (cost[0, first] <= budget[0, state])


@given(seed=TABLES)
def test_a_meeting_that_costs_nothing_is_always_attended_and_moves_no_other(seed):
    generator = np.random.default_rng(seed)
    wanted = generator.random((2, 4, 3)) < 0.8
    urgency, cost, budget = generator.random((2, 4, 3)), generator.random((2, 4)), 1.5 * generator.random((2, 3))
    with_free = [np.insert(array, 2, value, axis=1) for array, value in ((wanted, True), (urgency, 0.6), (cost, 0.0))]
    came = forums.within_budget(*with_free, budget)
    assert came[:, 2].all()
    assert np.array_equal(np.delete(came, 2, axis=1), forums.within_budget(wanted, urgency, cost, budget))


def test_one_meeting_alone_is_judged_as_one_of_many():
    """The short way for a single meeting gives what the long way gives."""
    generator = np.random.default_rng(1)
    wanted, urgency = generator.random((50, 1, 4)) < 0.7, generator.random((50, 1, 4))
    cost, budget = generator.random((50, 1)), generator.random((50, 4))
    nowhere = [np.concatenate([array, np.zeros_like(array)], axis=1) for array in (wanted, urgency, cost)]
    long_way = forums.within_budget(*nowhere, budget)[:, :1]
    assert np.array_equal(forums.within_budget(wanted, urgency, cost, budget), long_way)


def talks_over(given_values, months=80, **changes):
    """(months, futures) whether AAA and BBB talk, with force, will, moods and agreements held still: only forums move."""
    scenario = made_up("trio").with_parameters({f"forums.{key}": value for key, value in changes.items()})
    run, world = prepared(scenario, count=FUTURES, draw=False)
    held = {"will *": 0.5, "volatility *": 1 / 3, "hostility *>*": 0, "bound *>*": 0, "verified *>*": 0}
    held["forum_active CLUB"] = False
    engine = Engine((calendar, forums), scenario.values(), run.engine.luck)
    open_ = []
    for _ in range(months):
        world = engine.month(with_values(world, {**held, **given_values}))
        open_.append(world.talks[:, 0, 1].copy())
    return np.array(open_)


def test_talks_open_and_end_at_their_stated_rates():
    talking = talks_over({}, talks_open=0.06, talks_end=0.085)
    before, now = talking[:-1], talking[1:]
    for rate, happened in ((0.06, now[~before]), (0.085, ~now[before])):
        assert abs(happened.mean() - rate) < 4 * np.sqrt(rate * (1 - rate) / happened.size)
    assert talking[-1].mean() == pytest.approx(0.06 / 0.145, abs=4 * 0.5 / np.sqrt(FUTURES))


def test_force_and_ill_will_make_talks_rare():
    usual = talks_over({})[40:].mean()
    assert talks_over({"will *": 0.2})[40:].mean() < 0.7 * usual
    assert talks_over({"hostility *>*": 3})[40:].mean() < 0.7 * usual
    assert talks_over({"volatility *": 0.9})[40:].mean() < 0.9 * usual


def test_talks_are_mutual_and_nobody_talks_to_itself():
    run, world = prepared(made_up("quartet"), count=50)
    for _ in range(24):
        world = run.month(world)
        assert np.array_equal(world.talks, np.swapaxes(world.talks, 1, 2))
        assert not world.talks[:, range(4), range(4)].any()
        assert not (world.breakdown & world.talks).any()


def test_only_members_attend():
    run, world = prepared(made_up("quartet"), count=50)
    world = after(run, world, 24)
    assert not (world.attendance & ~world.member).any()
    assert not world.attend_chance[~world.member].any()


