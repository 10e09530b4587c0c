"""Kydd's assurance game: the threshold of trust, costly signals and the interval in which they separate the types."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regime_abm.core.maths import log_odds, logistic
from regime_abm.mechanisms import choice, trust
from tests.helpers import ChosenLuck, made_up, one_month, prepared, with_values

PAYOFFS = st.tuples(*[st.floats(0.1, 5.0)] * 3)  # steps from S up to P, T and R


# The threshold


@pytest.mark.parametrize(("mutual", "tempted", "deadlock", "exploited", "expected"), [(4, 3, 2, 1, 0.5), (10, 8, 3, 0, 0.6)])
def test_published_thresholds(mutual, tempted, deadlock, exploited, expected):
    found = choice.trust_threshold(mutual=mutual, tempted=tempted, deadlock=deadlock, exploited=exploited)
    assert found == pytest.approx(expected, abs=1e-15)


@given(steps=PAYOFFS, sucker=st.floats(-5, 5))
def test_the_threshold_is_where_cooperation_begins_to_pay(steps, sucker):
    """Against a direct comparison of expected payoffs, R > T > P > S."""
    deadlock, tempted, mutual = sucker + np.cumsum(steps)

    def advantage(belief):
        return belief * mutual + (1 - belief) * sucker - (belief * tempted + (1 - belief) * deadlock)

    threshold = choice.trust_threshold(mutual=mutual, tempted=tempted, deadlock=deadlock, exploited=sucker)
    assert 0 < threshold < 1
    assert advantage(threshold) == pytest.approx(0, abs=1e-9)
    assert advantage(threshold + 0.01) > 0 > advantage(threshold - 0.01)


def plain_gain(belief, *, mutual, tempted, exploited):
    """The model's own cooperation gain with nothing but hope, fear, temptation and deadlock; payoffs counted from deadlock."""
    p = SimpleNamespace(
        mutual_gain=mutual, deadlock_loss=0.0, exploitation_loss=-exploited, fear_of_exploitation=0.0, deterrence=0.0,
        will_weight=0.0, norm_weight=0.0, hawk_weight=0.0, domestic_reward=0.0, shadow_weight=0.0, grievance=0.0,
        price_of_breach=0.0, will_exploited=0.0,
    )  # fmt: skip
    return sum(choice.influences(1.0, belief, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, tempted, p=p).values())


@given(steps=PAYOFFS)
def test_the_models_own_gain_is_zero_at_the_threshold(steps):
    deadlock, tempted, mutual = np.cumsum(steps)
    from_deadlock = {"mutual": mutual - deadlock, "tempted": tempted - deadlock, "exploited": -deadlock}
    threshold = choice.trust_threshold(mutual=mutual, tempted=tempted, deadlock=deadlock, exploited=0.0)
    assert plain_gain(threshold, **from_deadlock) == pytest.approx(0, abs=1e-9)
    assert plain_gain(threshold + 0.01, **from_deadlock) > 0 > plain_gain(threshold - 0.01, **from_deadlock)


@pytest.mark.parametrize(
    ("payoffs", "expected"),
    # 4 3 2 1 less 2; and 10 8 3 0 less 3, divided by 5 (payoffs are known up to scale and origin)
    [((2.0, 1.0, 1.0), 0.5), ((1.4, 1.0, 0.6), 0.6)],
    ids=["4,3,2,1", "10,8,3,0"],
)
def test_the_threshold_in_the_running_model(payoffs, expected):
    """In a month of the model itself, the gain of every dyad changes sign at the published trust."""
    mutual, tempted, exploited = payoffs
    scenario = made_up("trio").with_parameters(
        {
            "choice.mutual_gain": mutual,
            "choice.temptation_trustworthy": tempted,
            "choice.exploitation_loss": exploited,
            "choice.precision": 40.0,
            **dict.fromkeys(
                ("choice.deadlock_loss", "choice.hawk_weight", "choice.domestic_reward", "choice.shadow_weight"), 0.0
            ),
            **dict.fromkeys(("choice.cost_reassure", "choice.cost_restrain"), 0.0),
            **dict.fromkeys(("choice.cost_pressure", "choice.cost_provoke"), 0.0),
        }
    )
    _, world = prepared(scenario, draw=False)
    still = with_values(world, {"will *": 0, "norm *": 0, "volatility *": 0, "trustworthy *": True})
    off = ~np.eye(3, dtype=bool)
    for belief, sign in ((expected - 0.05, -1), (expected, 0), (expected + 0.05, 1)):
        at = with_values(still, {"trust *>*": belief})
        result = one_month(at, scenario.values(), ChosenLuck(world.names, 1, {}), (choice,))
        gains = result.cooperation_gain[0][off]
        assert (gains == pytest.approx(0, abs=1e-12)) if sign == 0 else (np.sign(gains) == sign).all()
        likelier = result.decision[0, 0][off] - result.decision[0, 4][off]
        assert (np.sign(np.round(likelier, 9)) == sign).all()


# What acts tell


def beliefs_after(if_trustworthy, if_exploitative, belief, *, asymmetry=1.0, misperception=0.0):
    """What one watcher learns from each of the five acts: (5,)."""
    shape = (1, 1, 1)
    chances = [np.reshape(np.asarray(c, float), (5, *shape)) for c in (if_trustworthy, if_exploitative)]
    return np.array(
        [
            trust.learned_from(
                np.full(shape, act, np.int8), *chances, np.full(shape, belief), np.full(shape, misperception),
                np.full(shape, 0.0), asymmetry=asymmetry,
            ).item()
            for act in range(5)
        ]
    )  # fmt: skip


CHANCES = st.lists(st.floats(0.01, 1.0), min_size=5, max_size=5).map(lambda w: np.array(w) / sum(w))


@given(chances=CHANCES, belief=st.floats(0, 1), asymmetry=st.floats(1, 5), misperception=st.floats(0, 0.5))
def test_where_both_types_act_alike_no_act_moves_belief_at_all(chances, belief, asymmetry, misperception):
    learned = beliefs_after(chances, chances, belief, asymmetry=asymmetry, misperception=misperception)
    assert (learned == 0.0).all()


@given(one=CHANCES, other=CHANCES, belief=st.floats(0, 1))
def test_an_act_that_both_types_do_equally_often_tells_nothing_by_bayes_rule(one, other, belief):
    other = np.append(other[:4] * (1 - one[4]) / other[:4].sum(), one[4])
    assert beliefs_after(one, other, belief)[4] == 0.0


@given(one=CHANCES, other=CHANCES, belief=st.floats(0, 1), asymmetry=st.floats(1, 5))
def test_with_asymmetry_such_an_act_earns_only_what_asymmetry_takes_elsewhere(one, other, belief, asymmetry):
    """No bad news is a little good news once bad news is given extra weight; without that, means would drift down."""
    other = np.append(other[:4] * (1 - one[4]) / other[:4].sum(), one[4])
    mixed = belief * one + (1 - belief) * other
    bad = np.clip(np.log(one / other), -2, 2).clip(max=0)
    expected = -(asymmetry - 1) * (mixed * bad).sum()
    assert beliefs_after(one, other, belief, asymmetry=asymmetry)[4] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    "alike",
    [
        {"given": {"trust *>*": 0.0}},
        {"given": {"stake *>*": 0.0}},
        {"parameters": {"choice.precision": 0.0}},
        {"parameters": {"choice.temptation_trustworthy": 1.0, "choice.temptation_exploitative": 1.0}},
    ],
    ids=["nobody is trusted", "nothing is at stake", "acts are pure chance", "types are the same"],
)
def test_in_the_model_beliefs_stay_to_the_bit_where_acts_cannot_tell_the_types_apart(alike):
    scenario = made_up("quartet").with_parameters({"trust.fading": 0.0, **alike.get("parameters", {})})
    run, world = prepared(scenario, count=200)
    at = with_values(world, alike.get("given", {}))
    month = run.engine.__class__((choice, trust), scenario.values(), run.engine.luck)
    result = month.month(at)
    assert len(np.unique(result.action)) == 5  # all kinds of acts were done
    assert np.array_equal(result.trust_leader, at.trust_leader)
    assert np.array_equal(result.trust_government, at.trust_government)


# Costly signals


def movement(cost, gains, belief=0.5, precision=200.0):
    """How far belief moves on average by what is done, when the only live acts are a reassuring step and the status quo."""
    acts = [
        choice.probabilities(np.full((1, 1, 1), gain), costs=[cost, 9.0, 0.0, 9.0, 9.0], precision=precision)[0, :, 0, 0]
        for gain in gains
    ]
    mixed = belief * acts[0] + (1 - belief) * acts[1]
    return float((mixed * np.abs(beliefs_after(*acts, belief))).sum())


def test_a_reassuring_step_tells_only_inside_the_separating_interval():
    """A step is worth (1 - .5) * gain more than the status quo, so a type takes it when its cost is below half its gain.

    Below half the exploiter's gain both take it, above half the trustworthy type's gain neither does: nothing is told.
    """
    trustworthy, exploitative = 2.0, 1.0
    low, high = exploitative / 2, trustworthy / 2
    for cost in (0.0, 0.1, low - 0.1, high + 0.1, 3.0):
        assert movement(cost, (trustworthy, exploitative)) < 1e-6, cost
    for cost in (low + 0.1, (low + high) / 2, high - 0.1):
        assert movement(cost, (trustworthy, exploitative)) == pytest.approx(2.0, abs=1e-6), cost  # the clip
    for edge in (low, high):
        assert 0.5 < movement(edge, (trustworthy, exploitative)) < 1.5


@given(gains=st.tuples(st.floats(0.2, 3), st.floats(0.2, 3)), cost=st.floats(0, 3))
def test_the_interval_for_any_gains(gains, cost):
    exploitative, trustworthy = sorted(gains)
    inside = exploitative / 2 < cost < trustworthy / 2
    margin = min(abs(cost - exploitative / 2), abs(cost - trustworthy / 2))
    found = movement(cost, (trustworthy, exploitative))
    if margin > 0.05:
        assert found == pytest.approx(2.0 if inside else 0.0, abs=1e-3)


def test_an_empty_interval_means_no_reassurance_at_any_price():
    """When the exploiter gains as much from being believed, no cost separates the two."""
    assert all(movement(cost, (1.5, 1.5)) == 0.0 for cost in np.linspace(0, 3, 31))


@pytest.mark.parametrize(("cost", "separates"), [(1.9, False), (2.1, True), (2.5, True), (2.9, True), (3.1, False)])
def test_the_published_interval_of_a_sunk_cost_signal(cost, separates):
    """(R, P) = (5, 2) for the trustworthy and (4, 2) for the other: costs from 4 - 2 to 5 - 2 separate.

    In the model's terms full cooperation at that cost stands against full defection for nothing; the gains are R - P.
    """
    acts = [
        choice.probabilities(np.full((1, 1, 1), reward - 2.0), costs=[cost, 9, 9, 9, 0], precision=100.0)[0, :, 0, 0]
        for reward in (5.0, 4.0)
    ]
    told = beliefs_after(*acts, 0.5)
    mixed = (acts[0] + acts[1]) / 2
    assert acts[0][0] == pytest.approx(float(cost < 3), abs=1e-4)
    assert acts[1][0] == pytest.approx(float(cost < 2), abs=1e-4)
    assert (mixed * np.abs(told)).sum() == pytest.approx(2.0 if separates else 0.0, abs=1e-2)


def test_at_the_edges_of_the_published_interval_one_type_is_indifferent():
    for cost, reward in ((2.0, 4.0), (3.0, 5.0)):
        chances = choice.probabilities(np.full((1, 1, 1), reward - 2.0), costs=[cost, 9, 9, 9, 0], precision=100.0)
        assert chances[0, 0, 0, 0] == pytest.approx(0.5)
        assert chances[0, 4, 0, 0] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("cost", "moves"), [(0.0, False), (0.05, False), (0.45, True), (0.6, True), (0.8, True), (1.3, False), (3.0, False)]
)
def test_in_the_running_model_a_cheap_step_and_a_ruinous_one_are_no_signals(cost, moves):
    """Gains .45 and 1.95, so costs from .225 to .975 separate. The trustworthy AAA acts, BBB learns, or not."""
    scenario = made_up("trio").with_parameters(
        {
            "choice.precision": 40.0,
            "choice.mutual_gain": 4.0,
            "choice.exploitation_loss": 0.1,
            "choice.temptation_trustworthy": 0.0,
            "choice.temptation_exploitative": 3.0,
            "choice.cost_reassure": cost,
            "choice.cost_restrain": 1.0,
            "choice.cost_pressure": 1.0,
            "choice.cost_provoke": 3.0,
            **dict.fromkeys(
                ("choice.deadlock_loss", "choice.hawk_weight", "choice.domestic_reward", "choice.shadow_weight"), 0.0
            ),
            "trust.learning": 1.0,
            "trust.asymmetry": 1.0,
            "trust.third_party": 0.0,
            "trust.fading": 0.0,
        }
    )
    _, world = prepared(scenario, draw=False)
    at = with_values(
        world,
        {"will *": 0, "norm *": 0, "volatility *": 0, "trustworthy *": True, "trust *>*": 0.5, "stake *>*": 1,
         "misperception *>*": 0},
    )  # fmt: skip
    result = one_month(at, scenario.values(), ChosenLuck(world.names, 1, {}), (choice, trust))
    assert result.cooperation_gain[0, 0, 1] == pytest.approx(1.95)
    change = result.trust_leader[0, 1, 0] - at.trust_leader[0, 1, 0]
    if moves:
        assert result.action[0, 0, 1] == 0  # AAA takes the step
        assert change == pytest.approx(2.0, abs=0.01)
    else:
        assert abs(change) < 0.01


# Asymmetric learning


def expectation(one, other, belief, *, asymmetry, misperception):
    """Mean of what is learned when acts come as the watcher believes: over types, acts and slips of sight."""
    shape, total = (1, 1, 1), 0.0
    chances = [np.reshape(c, (5, *shape)) for c in (one, other)]
    slip = misperception / 2
    cells = ((1 - misperception, 0.0), (slip, 1 - 1.5 * slip), (slip, 1 - 0.5 * slip))  # (chance, a uniform within it)
    for act, weight in enumerate(belief * one + (1 - belief) * other):
        for share, uniform in cells:
            learned = trust.learned_from(
                np.full(shape, act, np.int8), *chances, np.full(shape, belief), np.full(shape, misperception),
                np.full(shape, uniform), asymmetry=asymmetry,
            )  # fmt: skip
            total += weight * share * learned.item()
    return total


@given(one=CHANCES, other=CHANCES, belief=st.floats(0, 1), asymmetry=st.floats(1, 5), misperception=st.floats(0, 0.5))
def test_asymmetry_alone_moves_trust_neither_up_nor_down_on_average(one, other, belief, asymmetry, misperception):
    """Exact: when the watcher's belief is right, the mean lesson is that of symmetric learning, whatever the asymmetry."""
    symmetric = expectation(one, other, belief, asymmetry=1.0, misperception=misperception)
    found = expectation(one, other, belief, asymmetry=asymmetry, misperception=misperception)
    assert found == pytest.approx(symmetric, abs=1e-12)


@given(one=CHANCES, other=CHANCES, asymmetry=st.floats(1.5, 5))
def test_bad_news_weighs_more_than_good(one, other, asymmetry):
    plain, weighted = beliefs_after(one, other, 0.5), beliefs_after(one, other, 0.5, asymmetry=asymmetry)
    worst, best = plain.argmin(), plain.argmax()
    if plain[worst] < -0.05 and plain[best] > 0.05:
        compensation = weighted[best] - plain[best]
        assert compensation >= 0
        assert weighted[worst] - compensation == pytest.approx(asymmetry * plain[worst])
        assert weighted[best] - compensation == pytest.approx(plain[best])


MILD = st.lists(st.floats(1.0, 3.0), min_size=5, max_size=5).map(lambda w: np.array(w) / sum(w))  # ratios below the clip


@given(one=MILD, other=MILD, belief=st.floats(0.05, 0.95))
def test_learning_in_full_and_without_asymmetry_is_bayes_rule(one, other, belief):
    posterior = logistic(log_odds(belief) + beliefs_after(one, other, belief))
    assert posterior == pytest.approx(belief * one / (belief * one + (1 - belief) * other))
    # and so no expected change: a belief cannot be expected to change
    assert ((belief * one + (1 - belief) * other) * posterior).sum() == pytest.approx(belief)


def test_over_years_trust_that_was_right_on_average_stays_so_and_would_fall_without_the_compensation():
    """Half of the actors are trustworthy and half are trusted; 60 months, asymmetry 3."""
    generator = np.random.default_rng(1)
    futures, learning, asymmetry = 20_000, 0.3, 3.0
    one, other = np.array([0.12, 0.28, 0.4, 0.15, 0.05]), np.array([0.08, 0.24, 0.42, 0.18, 0.08])
    good = generator.random(futures) < 0.5
    shape = (futures, 1, 1)
    chances = [np.broadcast_to(c[:, None, None, None], (5, *shape)).copy() for c in (one, other)]
    compensated, naive = np.zeros(shape), np.zeros(shape)
    ratio = np.log(one / other)
    for _ in range(60):
        cumulated = np.where(good[:, None], one.cumsum(), other.cumsum())
        act = (generator.random(futures)[:, None] >= cumulated[:, :4]).sum(axis=1).astype(np.int8).reshape(shape)
        lesson = trust.learned_from(
            act, *chances, logistic(compensated), np.zeros(shape), np.zeros(shape), asymmetry=asymmetry
        )
        compensated += learning * lesson
        told = ratio[act]
        naive += learning * np.where(told < 0, asymmetry * told, told)
    assert logistic(compensated).mean() == pytest.approx(0.5, abs=0.05)
    assert logistic(compensated)[good].mean() > logistic(compensated)[~good].mean() + 0.1  # it does learn
    assert logistic(naive).mean() < 0.35


def test_third_parties_share_a_mean_and_not_a_sum():
    """One act seen by ten counts no more than one act seen by two: reports are averaged."""
    few, many = np.zeros((1, 3, 3)), np.zeros((1, 10, 10))
    few[:, 0, 1:], many[:, 0, 1:] = -1.0, -1.0
    assert trust.reports(few)[0, 0, 1] == pytest.approx(trust.reports(many)[0, 0, 1])
    assert trust.reports(few)[0, 0, 1] == pytest.approx(-1.0)
    assert (trust.reports(np.full((1, 2, 2), -1.0)) == 0.0).all()  # with two states there is no third
