"""Reciprocity with slips, exactly: what one mistake does to tit-for-tat and to win-stay-lose-shift."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.science.references.reciprocity import (
    ALWAYS_DEFECT,
    STATES,
    TIT_FOR_TAT,
    WIN_STAY_LOSE_SHIFT,
    chain,
    cooperation_and_payoff,
    long_run,
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
    shares = [cooperation_and_payoff(WIN_STAY_LOSE_SHIFT, WIN_STAY_LOSE_SHIFT, Fraction(1, 10**k))[0] for k in (1, 2, 3, 4)]
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
