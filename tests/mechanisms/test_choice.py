"""Quantal response over five acts."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from regime_abm.mechanisms import choice
from tests.helpers import made_up, prepared, with_values

FREE = [0.0] * 5
GAINS = st.floats(-20, 20)
COSTS = st.tuples(st.floats(0, 3), st.floats(0, 1), st.just(0.0), st.floats(0, 1), st.floats(0, 3))


def chances(gain, costs=FREE, precision=4.0):
    return choice.probabilities(np.full((1, 1, 1), gain), costs=costs, precision=precision)[0, :, 0, 0]


@given(gain=GAINS, costs=COSTS, precision=st.floats(0, 40))
@example(gain=9.0, costs=(2.0, 0.0, 0.0, 0.0, 0.0), precision=40.0)  # allowed, if far outside the priors
def test_chances_are_the_quantal_response(gain, costs, precision):
    utility = np.array([1, 0.75, 0.5, 0.2, 0]) * gain - np.array(costs)
    weights = np.exp(precision * (utility - utility.max()))
    assert chances(gain, costs, precision) == pytest.approx(weights / weights.sum(), abs=1e-12)


@given(gain=st.floats(0, 20), costs=COSTS, precision=st.floats(0.1, 40), more=st.floats(0.01, 5))
def test_a_larger_gain_makes_the_kindest_act_likelier_and_the_most_hostile_less_likely(gain, costs, precision, more):
    before, after = chances(gain, costs, precision), chances(gain + more, costs, precision)
    assert after[0] >= before[0]
    assert after[4] <= before[4]


def test_limits():
    assert chances(0.0).tolist() == [0.2] * 5
    assert chances(7.0, precision=0.0).tolist() == [0.2] * 5
    assert chances(10.0, precision=40.0)[0] == pytest.approx(1.0)
    assert chances(-10.0, precision=40.0)[4] == pytest.approx(1.0)


@given(gain=GAINS)
def test_without_costs_the_scale_is_symmetric_for_its_ends(gain):
    ends, turned = chances(gain)[[0, 4]], chances(-gain)[[4, 0]]
    assert ends[0] / ends[1] == pytest.approx(turned[0] / turned[1], rel=1e-6)


@given(gain=GAINS, cost=st.floats(0.01, 3), costs=COSTS)
def test_a_cost_makes_its_own_act_rarer_and_no_other(gain, cost, costs):
    dearer = [costs[0] + cost, *costs[1:]]
    before, after = chances(gain, costs, 4.0), chances(gain, dearer, 4.0)
    assert after[0] < before[0] or before[0] < 1e-12
    assert (after[1:] >= before[1:]).all()
    # the others keep their proportions: independence of irrelevant alternatives
    assert after[1] * before[2] == pytest.approx(after[2] * before[1], abs=1e-12)


@pytest.mark.parametrize(
    ("uniform", "act"),
    [(0.0, 0), (0.0999, 0), (0.1, 1), (0.2999, 1), (0.3001, 2), (0.65, 3), (0.9001, 4), (1 - 2**-53, 4)],
)
def test_a_uniform_picks_the_act_at_its_place(uniform, act):
    table = np.array([0.1, 0.2, 0.3, 0.3, 0.1]).reshape(1, 5, 1, 1)
    assert choice.drawn(table, np.full((1, 1, 1), uniform)).item() == act


def test_acts_are_drawn_at_their_chances():
    table = np.broadcast_to(np.array([0.1, 0.2, 0.3, 0.3, 0.1]).reshape(1, 5, 1, 1), (1, 5, 100, 100))
    uniforms = ((np.arange(10_000) + 0.5) / 10_000).reshape(1, 100, 100)
    assert np.bincount(choice.drawn(table, uniforms).ravel()).tolist() == [1000, 2000, 3000, 3000, 1000]


UNIT = st.floats(0, 1)


@given(
    stake=UNIT, trust=UNIT, will=UNIT, eager=UNIT, norm=UNIT, hawk=UNIT, mood=st.floats(-0.5, 0.5), fear=st.floats(-1, 1),
    delay=UNIT,
    misperception=st.floats(0, 0.5), dispute=st.sampled_from([0.0, 1.0]), bound=UNIT, temptation=st.floats(0, 3),
    seed=st.integers(0, 10**6),
)  # fmt: skip
def test_the_gain_is_the_stated_sum(
    stake, trust, will, eager, norm, hawk, mood, fear, delay, misperception, dispute, bound, temptation, seed
):
    """Full cooperation against full defection, written out once more for one dyad."""
    generator = np.random.default_rng(seed)
    p = SimpleNamespace(**{item.name: generator.uniform(item.low, item.high) for item in choice.PARAMETERS})
    exploited = max((p.deadlock_loss + p.exploitation_loss) * (1 + p.fear_of_exploitation * fear), p.deadlock_loss)
    cooperate = stake * (trust * p.mutual_gain - (1 - trust) * exploited) + p.will_weight * will + p.norm_weight * norm + mood
    lost_later = trust * (p.mutual_gain + p.deadlock_loss) * (1 - misperception) * delay
    defect = stake * (
        trust * temptation
        - (1 - trust) * p.deadlock_loss
        + p.hawk_weight * hawk
        + p.domestic_reward
        + p.will_exploited * eager
        - p.shadow_weight * lost_later
        - p.deterrence * fear
        + p.grievance * dispute
        - p.price_of_breach * bound
    )
    found = choice.influences(
        stake, trust, will, eager, norm, hawk, mood, fear, delay, misperception, dispute, bound, temptation, p=p
    )
    assert sum(found.values()) == pytest.approx(cooperate - defect, abs=1e-9)


def test_a_loss_a_year_ahead_counts_by_patience_and_by_the_leaders_hazard():
    """Patience .97 and an exit chance of .02 a month: .97**12 * exp(-.24), shown as the shadow of the future."""
    chosen = {"choice.patience": 0.97, "choice.shadow_weight": 1.0, "choice.mutual_gain": 1.0, "choice.deadlock_loss": 0.0}
    run, world = prepared(made_up("trio").with_parameters(chosen), draw=False)
    at = with_values(world, {"turnover_hazard *": 0.02, "term_months *": 0})
    at = with_values(at, {"stake *>*": 1, "trust *>*": 1, "misperception *>*": 0})
    terms = choice.own_terms(at, run.engine.part("choice").p, run.engine.luck.at("choice", 1))
    assert terms["shadow of the future"][0, 0, 1] == pytest.approx(0.97**12 * np.exp(-0.24))
    clocked = with_values(at, {"term_months AAA": 48})
    terms = choice.own_terms(clocked, run.engine.part("choice").p, run.engine.luck.at("choice", 1))
    assert terms["shadow of the future"][0, 0, 1] == pytest.approx(0.97**12 * np.exp(-0.24 - 12 / 48))


def test_the_scale_runs_from_full_cooperation_to_full_defection():
    assert choice.COOPERATION == (1.0, 0.75, 0.5, 0.2, 0.0)
