"""Terms, exits and newcomers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regime_abm.mechanisms import leaders
from tests.helpers import after, made_up, prepared, with_values


@pytest.mark.parametrize(
    ("on_clock", "may_stay", "u_term", "u_exit", "due", "goes"),
    [
        (False, True, 0.99, 0.99, False, False),
        (False, False, 0.99, 0.99, False, False),
        (True, True, 0.49, 0.99, False, False),
        (True, True, 0.50, 0.99, False, True),
        (True, False, 0.00, 0.99, False, True),
        (False, True, 0.00, 0.009, False, True),
        (False, True, 0.00, 0.010, False, False),
        (False, True, 0.00, 0.99, True, True),
    ],
    ids=[
        "mid-term", "beyond the last term, between elections", "re-elected", "voted out", "last term over", "falls",
        "nearly falls", "made to leave",
    ],
)  # fmt: skip
def test_when_a_leader_leaves(on_clock, may_stay, u_term, u_exit, due, goes):
    assert leaders.leaves(on_clock, may_stay, u_term, u_exit, due, reelection=0.5, hazard=0.01) == goes


@given(reputation=st.floats(0, 1), inherited=st.floats(0, 1))
def test_belief_about_a_newcomer_lies_between_the_states_name_and_an_even_chance(reputation, inherited):
    found = leaders.belief_about_newcomer(reputation, inherited=inherited)
    assert min(reputation, 0.5) - 1e-12 <= found <= max(reputation, 0.5) + 1e-12
    assert leaders.belief_about_newcomer(reputation, inherited=1.0) == reputation
    assert leaders.belief_about_newcomer(reputation, inherited=0.0) == 0.5


def turnovers(scenario, months, count=500, **given_values):
    run, world = prepared(replace(scenario, events=()), count=count, draw=False)
    world = with_values(world, given_values.get("given_values", {}))
    happened = []
    for _ in range(months):
        world = run.month(world)
        happened.append(world.turnover.copy())
    return np.array(happened), world


def test_exits_off_the_calendar_come_at_their_hazard():
    happened, _ = turnovers(made_up("trio"), 40, count=1000)
    rate = happened[:, :, 0].mean()  # AAA has no clock and a hazard of .02
    assert abs(rate - 0.02) < 4 * np.sqrt(0.02 * 0.98 / happened[:, :, 0].size)


def test_with_no_hazard_and_no_clock_a_leader_stays_for_ever():
    happened, world = turnovers(made_up("trio"), 120, count=20, given_values={"turnover_hazard *": 0, "term_months *": 0})
    assert not happened.any()
    assert (world.leader_age[0] == [180, 132, 144]).all()


def test_one_term_of_sixty_months_ends_every_sixty_months():
    given_values = {"turnover_hazard *": 0, "term_months *": 60, "max_terms *": 1, "leader_age *": 0}
    happened, _ = turnovers(made_up("trio"), 125, count=5, given_values=given_values)
    assert np.flatnonzero(happened[:, 0, 0]).tolist() == [59, 119]


@pytest.mark.parametrize(("reelection", "ages"), [(1.0, 96), (0.0, 48)])
def test_two_terms_of_forty_eight_months_end_after_one_or_two(reelection, ages):
    scenario = made_up("trio").with_parameters({"leaders.reelection": reelection})
    given_values = {"turnover_hazard *": 0, "leader_age *": 0}
    happened, _ = turnovers(scenario, 100, count=20, given_values=given_values)
    assert (happened[:, :, 1].argmax(axis=0) + 1 == ages).all()


def test_a_term_that_the_files_give_as_a_range_ends_all_the_same():
    """A drawn term of 50.3 months is one of whole months."""
    given_values = {"turnover_hazard *": 0, "term_months *": 50.3, "max_terms *": 1, "leader_age *": 0}
    happened, _ = turnovers(made_up("trio"), 110, count=2, given_values=given_values)
    assert np.flatnonzero(happened[:, 0, 0]).tolist() == [49, 99]


def test_newcomers_are_drawn_from_their_camps():
    """Half soft around .4, half hard around .6, in the trio; the trustworthy at their share; moods as Beta(2, 4)."""
    scenario = made_up("trio").with_parameters({"leaders.camp_cohesion": 50.0, "leaders.share_trustworthy": 0.6})
    run, world = prepared(scenario, count=4000, draw=False)
    new = run.month(world.replace({"exit_due": np.ones_like(world.exit_due)}))
    assert new.turnover.all()
    for array, mean in ((new.trustworthy, 0.6), (new.hawkishness, 0.5), (new.volatility, 1 / 3)):
        assert abs(array.mean() - mean) < 4 * array.std() / np.sqrt(array.size) + 1e-9
    low, high = np.quantile(new.hawkishness, [0.25, 0.75])
    assert low < 0.45
    assert high > 0.55


def test_a_newcomer_is_another_person_each_time():
    run, world = prepared(made_up("trio"), count=50, draw=False)
    due = world.replace({"exit_due": np.ones_like(world.exit_due)})
    first = run.month(due)
    second = run.month(first.replace({"exit_due": np.ones_like(world.exit_due)}))
    assert (first.hawkishness != second.hawkishness).all()


def test_who_leads_at_the_start_is_taken_from_the_files_and_drawn_where_they_are_silent():
    _, world = prepared(made_up("quartet"), count=400, draw=False)
    ash, bay = world.hawkishness[:, 0], world.hawkishness[:, 1]
    assert ash.min() >= 0.6  # given as .6 to .8
    assert ash.max() <= 0.8
    assert bay.min() < 0.3  # drawn from two camps around .3 and .7
    assert bay.max() > 0.7
    assert world.leader_age[0].tolist() == [82, 39, 52, 14]


def test_inherited_reputation_decides_whether_turnover_wipes_the_slate():
    run, world = prepared(made_up("trio").with_parameters({"leaders.inherited_reputation": 0.0}), count=5, draw=False)
    distrusted = with_values(world, {"trust_leader *>AAA": -3, "trust_government *>AAA": -3, "exit_due AAA": True})
    after_turnover = after(run, distrusted, 1)
    assert (after_turnover.trust[:, 1:, 0] > distrusted.trust[:, 1:, 0].min()).all()
    assert (after_turnover.trust[:, 1:, 0] > 0.2).all()
