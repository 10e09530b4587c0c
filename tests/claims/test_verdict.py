"""The rule of verdict on planted effects: each verdict, ties, rare outcomes, the hard-wired flag, and what separates."""

from __future__ import annotations

import numpy as np
import pytest

from regime_abm.claims.files import Test
from regime_abm.claims.running import rated
from regime_abm.claims.verdict import (
    CONDITIONAL,
    NOT_TESTABLE,
    REFUTED,
    SUPPORTED,
    Found,
    judge,
    size_of,
    together,
)
from regime_abm.paired import Difference


def asked(kind="sign", expected="up", **more):
    words = {"what": "planted", "outcome": "talks", "smallest": 0.1, "treatment": "one", "control": ["other"]}
    return Test.model_validate({**words, "kind": kind, "expected": expected, **more})


def planted(effects, twins=20, spread=0.1):
    """A difference with these effects, one a draw, as twins would show it."""
    noise = spread * np.random.default_rng(1).normal(size=(len(effects), twins))
    values = np.asarray(effects, float)[:, None] + noise - noise.mean(axis=1, keepdims=True)
    return Difference.of("talks", values, np.zeros_like(values))


def with_share(share, draws=100, size=1.0, ties=0):
    """That share of the draws with a sign go up, the others as far down; and some ties."""
    up = round(share * draws)
    return planted(np.concatenate([np.full(up, size), np.full(draws - up, -size), np.zeros(ties)]))


@pytest.mark.parametrize(
    ("share", "verdict"),
    [
        (1.0, SUPPORTED),
        (0.8, SUPPORTED),
        (0.79, CONDITIONAL),
        (0.62, CONDITIONAL),
        (0.5, CONDITIONAL),
        (0.2, REFUTED),
        (0.0, REFUTED),
    ],
)
def test_shares_of_the_expected_sign_decide(share, verdict):
    found = judge(asked(), with_share(share), {})
    assert found.verdict == verdict
    assert found.ssp == pytest.approx(share)


def test_an_effect_that_goes_against_the_claim_on_average_refutes_it_whatever_the_share():
    """Six of ten go up by a little, four down by much: the interval of the mean is below nothing."""
    effects = np.concatenate([np.full(60, 0.2), np.full(40, -2.0)])
    found = judge(asked(), planted(effects), {})
    assert found.ssp == pytest.approx(0.6)
    assert found.high < 0.0
    assert found.verdict == REFUTED


def test_a_high_share_does_not_support_without_a_mean_that_is_sure():
    """Nine of ten up by a little, one down by very much."""
    effects = np.concatenate([np.full(90, 0.2), np.full(10, -1.9)])
    found = judge(asked(), planted(effects), {})
    assert found.low < 0.0 < found.high
    assert found.verdict == CONDITIONAL


def test_the_expected_sign_may_be_down():
    assert judge(asked(expected="down"), with_share(0.0), {}).verdict == SUPPORTED
    assert judge(asked(expected="down"), with_share(1.0), {}).verdict == REFUTED


def test_ties_are_told_and_never_refute():
    found = judge(asked(), with_share(1.0, draws=40, ties=160), {})
    assert found.verdict == SUPPORTED
    assert found.ties == pytest.approx(0.8)
    assert found.signed == 40


@pytest.mark.parametrize(("signed", "verdict"), [(29, NOT_TESTABLE), (30, REFUTED)])
def test_below_thirty_draws_with_a_sign_nothing_is_judged(signed, verdict):
    found = judge(asked(), with_share(0.0, draws=signed, ties=171), {})
    assert found.verdict == verdict
    assert (found.ssp is None) == (verdict == NOT_TESTABLE)


@pytest.mark.parametrize(("draws", "share", "flagged"), [(200, 1.0, True), (199, 1.0, False), (200, 0.995, False)])
def test_one_sign_only_over_two_hundred_draws_is_flagged(draws, share, flagged):
    assert judge(asked(), with_share(share, draws=draws), {}).hard_wired == flagged


def test_an_equivalence_holds_when_mean_and_most_draws_stay_within():
    test = asked("equivalence", None)
    assert judge(test, planted(np.zeros(100)), {}).verdict == SUPPORTED
    assert judge(test, planted(np.full(100, 0.5)), {}).verdict == REFUTED
    # nothing on average, and yet half of the draws go one way and half the other
    assert judge(test, with_share(0.5), {}).verdict == REFUTED
    few = judge(test, planted(np.concatenate([np.full(15, 0.5), np.full(15, -0.5), np.zeros(70)])), {})
    assert few.verdict == CONDITIONAL
    assert few.ssp == pytest.approx(0.7)


def test_a_placebo_has_to_differ_by_exactly_nothing():
    test = asked("equivalence", None, smallest=0.0)
    nothing = Difference.of("talks", np.ones((50, 4)), np.ones((50, 4)))
    assert judge(test, nothing, {}).verdict == SUPPORTED
    one = np.ones((50, 4))
    one[7, 2] += 1e-6
    assert judge(test, Difference.of("talks", one, np.ones((50, 4))), {}).verdict != SUPPORTED


def test_no_worse_gives_the_smallest_effect_of_interest_and_at_least_asks_for_it():
    slightly_down, slightly_up = planted(np.full(100, -0.05), spread=0.01), planted(np.full(100, 0.05), spread=0.01)
    assert judge(asked("no worse"), slightly_down, {}).verdict == SUPPORTED
    assert judge(asked(), slightly_down, {}).verdict == REFUTED
    assert judge(asked("at least"), slightly_up, {}).verdict == REFUTED
    assert judge(asked("at least"), planted(np.full(100, 0.2), spread=0.01), {}).verdict == SUPPORTED
    assert judge(asked("no worse", "down"), slightly_up, {}).verdict == SUPPORTED
    assert judge(asked("no worse", "down"), slightly_up, {}).effect == pytest.approx(0.05)


def test_free_is_what_neither_sign_prevails_in():
    assert judge(asked("free", None), with_share(0.6), {}).verdict == SUPPORTED
    assert judge(asked("free", None), with_share(0.9), {}).verdict == REFUTED
    assert judge(asked("free", None), with_share(0.5, draws=20), {}).verdict == NOT_TESTABLE


def test_what_separates_the_signs_is_found_with_its_threshold():
    generator = np.random.default_rng(3)
    drawn = {f"trust.{name}": generator.random(200) for name in ("learning", "fading", "third_party")}
    effects = np.where(drawn["trust.fading"] > 0.4, 1.0, -1.0)
    found = judge(asked(), planted(effects), drawn)
    assert found.verdict == CONDITIONAL
    best, worst = found.separators[0], found.separators[-1]
    assert best["parameters"] == ["trust.fading"]
    assert best["where"].startswith("trust.fading above 0.")
    assert float(best["where"].split()[-1]) == pytest.approx(0.4, abs=0.02)
    assert (best["share"], worst["share"]) == (1.0, 0.0)


def test_no_separator_is_made_up_where_nothing_stands_out():
    generator = np.random.default_rng(3)
    drawn = {f"trust.{name}": generator.random(100) for name in ("learning", "fading")}
    found = judge(asked(), planted(generator.permutation(np.repeat([1.0, -1.0], 50))), drawn)
    assert found.verdict == CONDITIONAL
    assert found.separators == ()


def test_sizes_are_told_beside_the_verdict():
    assert size_of(0.2, 0.3, 0.1) == size_of(-0.3, -0.2, 0.1) == "of interest"
    assert size_of(-0.05, 0.05, 0.1) == "too small to be of interest"
    assert size_of(0.05, 0.3, 0.1).startswith("of interest or not")
    assert size_of(0.05, 0.3, 0.0) == ""


def found(verdict, *, beside=False, hard_wired=False):
    return Found(asked(beside=beside), verdict, 0.0, 0.0, 0.0, None, 1, 1, 0.0, 0.0, 0.0, hard_wired=hard_wired)


@pytest.mark.parametrize(
    ("verdicts", "whole"),
    [
        ((SUPPORTED, SUPPORTED), SUPPORTED),
        ((SUPPORTED, CONDITIONAL), CONDITIONAL),
        ((CONDITIONAL, NOT_TESTABLE), NOT_TESTABLE),
        ((SUPPORTED, NOT_TESTABLE, REFUTED), REFUTED),
    ],
)
def test_a_claim_is_as_good_as_its_worst_test(verdicts, whole):
    assert together([found(word) for word in verdicts]).verdict == whole


def test_what_is_told_beside_does_not_enter():
    judged = together([found(SUPPORTED), found(REFUTED, beside=True, hard_wired=True)])
    assert judged.verdict == SUPPORTED
    assert not judged.hard_wired


# Rates


def test_rates_are_pooled_within_a_draw():
    """One future at risk for a month in which it ended, one for 99 in which it did not: 1 in 100, not one half."""
    found = rated(np.array([[1.0, 0.0], [0.0, 0.0]]), np.array([[1.0, 99.0], [0.0, 0.0]]))
    assert found[0].mean() == pytest.approx(0.01)
    assert np.isnan(found[1]).all()


def test_the_error_of_a_pooled_rate_is_what_repetition_shows():
    generator = np.random.default_rng(5)
    exposure = generator.integers(1, 60, size=(4000, 50)).astype(float)
    count = generator.binomial(exposure.astype(int), 0.05).astype(float)
    values = rated(count, exposure)
    told = (values.std(axis=1, ddof=1) / np.sqrt(50)).mean()
    assert told == pytest.approx(values.mean(axis=1).std(), rel=0.05)
