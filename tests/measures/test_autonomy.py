"""Restraint under temptation: what states do when the bare game favours defection."""

from __future__ import annotations

from regime_abm.core.names import ACTIONS
from regime_abm.measures import autonomy
from tests.measures.records import PRESSURE, RESTRAIN, Months, values


def restraint(months: Months) -> list[float | None]:
    return values(autonomy.measure(months.history()))


def test_the_share_of_tempted_decisions_in_which_the_state_held_back():
    months = Months(30).tempt([2, 3, 4], "AB", RESTRAIN).tempt([5, 6], "BA", PRESSURE)
    assert restraint(months)[10] == 3 / 5


def test_reassurance_restraint_and_the_status_quo_hold_back_and_pressure_and_provocation_do_not():
    held = [restraint(Months(10).tempt(range(1, 6), "AB", act))[8] for act in range(len(ACTIONS))]
    assert held == [1.0, 1.0, 1.0, 0.0, 0.0]


def test_restraint_without_temptation_proves_nothing():
    """Quiet for ten years, and never a reason to be otherwise: there is no share at all."""
    assert restraint(Months(120)) == [None] * 121


def test_four_temptations_are_too_few_and_the_last_share_holds_on():
    months = Months(80).tempt([1, 2, 3, 4], "AB", RESTRAIN).tempt([9], "BA", PRESSURE)
    found = restraint(months)
    assert found[8] is None
    assert found[9:] == [0.8] * 72
    assert autonomy.defined(months.history())[9:25, 0].all()
    assert not autonomy.defined(months.history())[25:, 0].any()


def test_what_lies_more_than_two_years_back_does_not_count():
    months = Months(60).tempt(range(1, 7), "AB", PRESSURE).tempt(range(30, 36), "AB", RESTRAIN)
    found = restraint(months)
    assert found[29] == 0.0
    assert found[40] == 1.0


def test_only_core_dyads_count_in_both_directions():
    months = Months(20, core=("AB", "BC")).tempt([2, 3, 4], "CB").tempt([2, 3, 4], "BA", PRESSURE)
    assert restraint(months)[10] == 0.5
