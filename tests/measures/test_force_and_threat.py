"""No force, no threat: shares of core dyad-months of the last two years."""

from __future__ import annotations

import pytest

from regime_abm.measures import no_force, no_threat
from tests.measures.records import Months, values


def test_two_quiet_years_are_one_and_the_start_is_undefined():
    quiet = Months(30).history()
    for measure in (no_force, no_threat):
        assert values(measure.measure(quiet)) == [None] + [1.0] * 30


def test_one_test_counts_for_twenty_four_months():
    """Two core dyads; a test in month 3 is one of the dyad-months so far, and later one of 48."""
    found = values(no_force.measure(Months(30, core=("AB", "AC")).act(3, "AB", 3).history()))
    assert found[2] == 1.0
    assert found[3] == pytest.approx(5 / 6)
    assert found[10] == pytest.approx(19 / 20)
    assert found[24] == pytest.approx(47 / 48)
    assert found[26] == pytest.approx(47 / 48)
    assert found[27] == 1.0


def test_what_happened_at_the_start_is_before_the_record():
    assert values(no_force.measure(Months(3).act(0, "AB", 5).history()))[1:] == [1.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("severity", "force", "threat"), [(0, 1.0, 1.0), (1, 1.0, 1.0), (2, 1.0, 0.5), (3, 0.5, 0.5), (4, 0.5, 0.5), (5, 0.5, 0.5)]
)
def test_where_force_and_threat_begin(severity, force, threat):
    history = Months(2).act(2, "AB", severity).history()
    assert values(no_force.measure(history))[2] == force
    assert values(no_threat.measure(history))[2] == threat


def test_it_does_not_matter_who_did_it_and_both_in_one_month_count_once():
    one, other = Months(2).act(2, "AB", 3), Months(2).act(2, "BA", 3)
    both = Months(2).act(2, "AB", 3).act(2, "BA", 3)
    assert values(no_force.measure(one.history())) == values(no_force.measure(other.history()))
    assert values(no_force.measure(one.history())) == values(no_force.measure(both.history()))


def test_only_core_dyads_count():
    assert values(no_force.measure(Months(2, core=("AB",)).act(2, "BC", 5).history()))[2] == 1.0


def test_one_of_two_dyads_in_constant_force_is_one_half():
    assert values(no_force.measure(Months(40, core=("AB", "AC")).act(range(1, 41), "CA", 3).history()))[40] == 0.5


def test_the_ladder_that_cools_slowly_is_not_counted_again():
    """Severity is what was done this month; hostility lingers. One clash is one month of force."""
    months = Months(12).act(2, "AB", 4)
    for month, rung in ((3, 3), (4, 2), (5, 1)):
        months.record["hostility"][month, :, 0, 1] = months.record["hostility"][month, :, 1, 0] = rung
    assert values(no_force.measure(months.history()))[12] == pytest.approx(11 / 12)


def test_no_threat_is_never_more_than_no_force():
    months = Months(24, core=("AB", "AC")).act([2, 5, 9], "AB", 2).act([5, 7], "AC", 3)
    history = months.history()
    for force, threat in zip(values(no_force.measure(history))[1:], values(no_threat.measure(history))[1:], strict=True):
        assert threat <= force
