"""Reciprocity with slips, exactly: what one mistake does to tit-for-tat and to win-stay-lose-shift."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.science.references.reciprocity import (
    ALWAYS_DEFECT,
    GENEROUS,
    PAYOFF,
    STATES,
    TIT_FOR_TAT,
    WIN_STAY_LOSE_SHIFT,
    chain,
    cooperation_and_payoff,
    discounted,
    long_run,
    score,
)

SLIPS = [Fraction(1, 1000), Fraction(1, 100), Fraction(1, 20), Fraction(1, 4), Fraction(1, 2), Fraction(9, 10)]


@pytest.mark.parametrize("slip", SLIPS, ids=str)
def test_a_pair_of_tit_for_tats_cooperates_half_of_the_time_however_rare_the_slips(slip):
    assert cooperation_and_payoff(TIT_FOR_TAT, TIT_FOR_TAT, slip) == (Fraction(1, 2), Fraction(9, 4))


@pytest.mark.parametrize(("slip", "cooperation", "payoff"), [("0.01", 0.9706, 2.9511), ("0.05", 0.8645, 2.7765)])
def test_a_pair_of_win_stay_lose_shifts_mends_its_slips(slip, cooperation, payoff):
    found = cooperation_and_payoff(WIN_STAY_LOSE_SHIFT, WIN_STAY_LOSE_SHIFT, Fraction(slip))
    assert [float(value) for value in found] == pytest.approx([cooperation, payoff], abs=5e-5)


def test_the_rarer_the_slips_the_closer_win_stay_lose_shift_comes_to_full_cooperation():
    shares = [
        cooperation_and_payoff(WIN_STAY_LOSE_SHIFT, WIN_STAY_LOSE_SHIFT, Fraction(1, 10**k))[0] for k in (1, 2, 3, 4)
    ]
    assert shares == sorted(shares)
    assert 1 - shares[-1] < Fraction(4, 10_000)


def test_one_slip_makes_tit_for_tats_alternate_and_two_make_them_defect():
    """Without further slips: from CD to DC and back for ever, and DD stays DD."""
    rows = chain(TIT_FOR_TAT, TIT_FOR_TAT, Fraction(0))
    goes = {state: STATES[row.index(1)] for state, row in zip(STATES, rows, strict=True)}
    assert goes == {"CC": "CC", "CD": "DC", "DC": "CD", "DD": "DD"}
    rows = chain(WIN_STAY_LOSE_SHIFT, WIN_STAY_LOSE_SHIFT, Fraction(0))
    goes = {state: STATES[row.index(1)] for state, row in zip(STATES, rows, strict=True)}
    assert goes == {"CC": "CC", "CD": "DD", "DC": "DD", "DD": "CC"}  # a slip is mended in two moves


def test_a_defector_exploits_win_stay_lose_shift_more_than_tit_for_tat():
    slip = Fraction(1, 100)
    shifting, retaliating = (
        cooperation_and_payoff(plan, ALWAYS_DEFECT, slip)[1] for plan in (WIN_STAY_LOSE_SHIFT, TIT_FOR_TAT)
    )
    assert shifting < retaliating


def test_the_long_run_is_a_distribution_that_the_chain_leaves_as_it_is():
    rows = chain(TIT_FOR_TAT, WIN_STAY_LOSE_SHIFT, Fraction(1, 7))
    shares = long_run(rows)
    assert sum(shares) == 1
    assert shares == [sum(shares[i] * rows[i][j] for i in range(4)) for j in range(4)]


# Without slips


def test_two_hundred_moves_of_tit_for_tat_against_one_who_always_defects():
    assert score(TIT_FOR_TAT, ALWAYS_DEFECT, 200) == (199, 204)
    assert score(TIT_FOR_TAT, TIT_FOR_TAT, 200) == (600, 600)


def dearest(first, after):
    """The weight of the future, to a hundredth, from which full cooperation earns no less than a row of moves."""
    weights = [Fraction(k, 100) for k in range(1, 100)]
    pays = [discounted(["CC"], weight) >= discounted([*first, after], weight) for weight in weights]
    assert pays == sorted(pays)  # the more the future counts, the better cooperation
    return weights[pays.index(True)]


def test_a_grim_trigger_holds_from_a_weight_of_one_half():
    """To defect once is to be defected on for ever: (T - R) / (T - P)."""
    assert dearest(["DC"], "DD") == Fraction(PAYOFF["DC"] - PAYOFF["CC"], PAYOFF["DC"] - PAYOFF["DD"]) == Fraction(1, 2)


def test_tit_for_tat_is_stable_from_a_weight_of_two_thirds():
    """Against it, to defect for ever pays up to one half, and to alternate up to (T - R) / (R - S), which is more."""
    assert dearest(["DC"], "DD") == Fraction(1, 2)
    for k in range(1, 100):
        weight = Fraction(k, 100)
        alternate = (PAYOFF["DC"] + weight * PAYOFF["CD"]) / (1 - weight**2)
        assert (discounted(["CC"], weight) >= alternate) == (weight >= Fraction(2, 3))


# With slips, the kinder and the harsher


@pytest.mark.parametrize(("slip", "cooperation", "payoff"), [("0.01", 0.970, 2.97), ("0.05", 0.869, 2.85)])
def test_a_pair_of_generous_tit_for_tats_forgives_its_slips(slip, cooperation, payoff):
    """Within what twenty thousand moves can tell."""
    found = cooperation_and_payoff(GENEROUS, GENEROUS, Fraction(slip))
    assert [float(value) for value in found] == pytest.approx([cooperation, payoff], abs=0.01)


def test_a_pair_of_grudgers_ends_in_defection_but_for_its_slips():
    """Sooner or later each has seen a defection; from then on both defect, and only slips cooperate: 1 in 100, 1.03 a move."""
    cooperation, payoff = cooperation_and_payoff(ALWAYS_DEFECT, ALWAYS_DEFECT, Fraction(1, 100))
    assert cooperation == Fraction(1, 100)
    assert float(payoff) == pytest.approx(1.03, abs=0.005)
