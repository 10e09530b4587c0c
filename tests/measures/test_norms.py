"""Norm adherence is word and deed together; the stage tells how far the norm has come."""

from __future__ import annotations

import pytest

from regime_abm.measures import norm_adherence, norm_adherence_by_power, norm_stage
from tests.measures.records import Months, values


def adherence(months: Months) -> list[float | None]:
    return values(norm_adherence.measure(months.history()))


def test_word_without_deed_and_deed_without_word_are_worth_nothing():
    quiet_only = Months(30)
    assert adherence(quiet_only)[30] == 0.0
    word_only = Months(30, "AB").adopt("AB").act(range(1, 31), "AB", 2).act(range(1, 31), "BA", 2)
    assert adherence(word_only)[30] == 0.0
    assert adherence(Months(30).adopt("ABC"))[30] == 1.0


def test_an_adopter_counts_as_far_as_it_keeps_the_norm():
    """A, one of two adopters among three states, threatened in six of twenty-four months."""
    months = Months(30).adopt("AB").act(range(7, 13), "AC", 2)
    assert adherence(months)[30] == pytest.approx((18 / 24 + 1 + 0) / 3)


def test_words_alone_break_no_norm_and_the_victim_is_not_blamed():
    assert adherence(Months(30).adopt("ABC").act(range(1, 31), "AB", 1))[30] == 1.0
    compliance = norm_adherence.compliance(Months(24).act(range(1, 25), "AB", 3).history())[24, 0]
    assert compliance.tolist() == [0.0, 1.0, 1.0]


def test_acts_outside_the_core_break_the_norm_too():
    assert adherence(Months(24, core=("AB",)).adopt("ABC").act(range(1, 25), "CB", 3))[24] == pytest.approx(2 / 3)


def test_by_power_the_capable_weigh_more():
    months = Months(24).adopt("A")
    months.record["capability"][:, :, 0] = 8.0
    assert values(norm_adherence_by_power.measure(months.history()))[24] == pytest.approx(0.8)
    assert adherence(months)[24] == pytest.approx(1 / 3)


def stages(months: Months) -> list[str]:
    return [norm_stage.STAGES[int(value)] for value in norm_stage.measure(months.history())[:, 0]]


def test_a_few_adopters_are_emergence():
    months = Months(40, "ABCDEFGH").adopt("A", 5).adopt("B", 30)
    found = stages(months)
    assert found[:5] == ["none"] * 5
    assert set(found[5:]) == {"emergence"}  # two of eight are not more than a quarter


def test_a_cascade_takes_more_than_a_quarter_and_two_new_adopters_within_a_year():
    slow = Months(60, "ABCDEFGH").adopt("A", 1).adopt("B", 14).adopt("C", 27).adopt("D", 40)
    assert set(stages(slow)[1:]) == {"emergence"}
    fast = Months(60, "ABCDEFGH").adopt("A", 1).adopt("B", 14).adopt("C", 20)
    assert stages(fast)[19] == "emergence"
    assert set(stages(fast)[20:]) == {"cascade"}  # it goes on though nobody joins any more


def test_a_cascade_ends_when_the_adopters_leave():
    months = Months(60, "ABCDEFGH").adopt("ABC", 5).adopt("DE", 8, until=40)
    for state in "BC":
        months.record["norm_adopted"][40:, :, months.names.state(state)] = False
    found = stages(months)
    assert set(found[5:40]) == {"cascade"}
    assert set(found[40:]) == {"emergence"}


def test_internalisation_needs_norms_of_their_own_and_restraint_under_temptation():
    def ends(norm: float, action: int) -> str:
        months = Months(30).adopt("ABC", 3).tempt(range(4, 30), "AB", action)
        months.record["norm"][:] = norm
        return stages(months)[30]

    assert ends(0.7, 1) == "internalisation"
    assert ends(0.69, 1) == "cascade"
    assert ends(0.7, 3) == "cascade"


def test_that_nobody_was_tempted_is_no_internalisation():
    months = Months(30).adopt("ABC", 3)
    months.record["norm"][:] = 1.0
    assert stages(months)[30] == "cascade"
