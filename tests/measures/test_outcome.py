"""The provisional outcome classes, by their rules in words."""

from __future__ import annotations

import numpy as np

from regime_abm.measures.outcome import CLASSES, KEYS, outcome
from tests.measures.records import Months

CORE = ("AB", "AC")


def classes(months: Months, **more) -> list[str]:
    found = outcome(months.history(more.pop("first", 0)), **more)[:, 0]
    return [KEYS[place] if place >= 0 else "" for place in found]


def quiet(months=40, **more) -> Months:
    return Months(months, core=CORE, rival=CORE, **more)


def every(months: int, step: int, start: int = 1) -> range:
    return range(start, months + 1, step)


def promising(months=40) -> Months:
    """Quiet, trusting, and rivals meet every half year at a table on hard security."""
    found = quiet(months).meet(every(months, 6), "ABC")
    for who in ("AB", "BA", "AC", "CA"):
        found.trust(who, 0.6)
    return found


def test_the_classes_are_tried_from_the_worst_and_each_has_a_rule_in_words():
    assert KEYS == ("war", "crisis", "regime_candidate", "ad_hoc_management", "cold_peace", "chronic_hostility")
    assert all(item.title and item.rule for item in CLASSES)


def test_at_the_start_nothing_has_happened_yet():
    assert classes(quiet())[0] == ""


def test_quiet_alone_is_cold_peace_and_not_a_candidate():
    assert set(classes(quiet(120))[1:]) == {"cold_peace"}


def test_quiet_with_talks_half_of_the_time_is_ad_hoc_management():
    months = quiet(60).talk(every(60, 2), "AB").talk(every(60, 2), "AC")
    assert classes(months)[60] == "ad_hoc_management"
    assert classes(quiet(60).talk(every(60, 3), "AB").talk(every(60, 3), "AC"))[60] == "cold_peace"


def test_quiet_with_rivals_at_one_table_but_without_trust_is_ad_hoc_management():
    low = quiet(60).meet(every(60, 6), "ABC")
    for who in ("AB", "BA", "AC", "CA"):
        low.trust(who, 0.49)
    assert classes(low)[60] == "ad_hoc_management"


def test_a_candidate_is_quiet_trusting_and_meets_for_thirty_two_of_thirty_six_months():
    found = classes(promising())
    assert found[31] == "ad_hoc_management"
    assert found[32:] == ["regime_candidate"] * 9


def test_each_leg_of_a_candidate_is_needed():
    def ends(months):
        return classes(months)[40]

    assert ends(promising()) == "regime_candidate"
    assert ends(promising().trust("AB", 0.39)) == "ad_hoc_management"  # mean of the less trusting sides .495
    assert ends(promising().act(range(20, 40, 5), "AB", 3)) == "ad_hoc_management"  # force in 4 of 48
    assert ends(promising().act(range(10, 40), "AB", 2).act(range(10, 40, 2), "AC", 2)) == "ad_hoc_management"
    nobody = promising()
    nobody.record["met"][:] = False
    assert ends(nobody) == "cold_peace"


def test_a_short_lapse_does_not_unmake_a_candidate():
    """Four months of thirty-six may miss a leg."""
    months = promising(60)
    months.record["trust"][50:54] = 0.3
    assert classes(months)[53] == "regime_candidate"
    months.record["trust"][50:56] = 0.3
    assert classes(months)[55] == "ad_hoc_management"


def test_one_isolated_clash_is_not_regression_to_crisis():
    found = classes(quiet(40).act(20, "AB", 4))
    assert found[20:] == ["cold_peace"] * 21


def test_two_clashes_within_a_year_are():
    found = classes(quiet(60).act(20, "AB", 4).act(28, "AC", 4))
    assert found[27] == "cold_peace"
    assert found[28:32] == ["crisis"] * 4  # both lie in the last twelve months until month 31
    assert found[32] == "cold_peace"


def test_two_clashes_in_two_years_are_not():
    assert "crisis" not in classes(quiet(60).act(20, "AB", 4).act(33, "AB", 4))


def test_one_burning_dyad_is_a_crisis_however_quiet_the_others():
    """Averages hide it: four tests in twelve months at one dyad are a third of its months."""
    found = classes(quiet(60).act([30, 32, 34, 36], "AB", 3))
    assert found[34] == "cold_peace"  # three of twelve
    assert found[36:42] == ["crisis"] * 6
    assert found[42] == "cold_peace"


def test_the_same_four_tests_aimed_at_two_dyads_are_no_crisis():
    assert "crisis" not in classes(quiet(60).act([30, 34], "AB", 3).act([32, 36], "AC", 3))


def test_force_outside_the_core_is_no_crisis():
    assert "crisis" not in classes(quiet(60).act(range(30, 42), "BC", 3))


def test_war_anywhere_stays_war_however_quiet_the_peace_after_it():
    found = classes(quiet(80).act(10, "BC", 5))
    assert found[9] == "cold_peace"
    assert set(found[10:]) == {"war"}


def test_a_war_before_the_record_begins_is_remembered():
    assert set(classes(quiet(10), first=5, war_before=np.array([True]))) == {"war"}
    assert "war" not in classes(quiet(10), first=5, war_before=np.array([False]))


def test_a_year_after_a_crisis_that_has_not_settled_is_chronic_hostility():
    """The last twelve months are not a crisis, but the last twenty-four were not quiet enough for a peace."""
    found = classes(quiet(80).act(range(30, 42), "AB", 3).act(range(30, 42), "AC", 3))
    assert found[41] == "crisis"
    assert found[50] == "chronic_hostility"
    assert found[60] == "cold_peace"


def test_up_to_three_tests_a_year_at_every_core_dyad_are_still_a_cold_peace():
    """The limit of the rules as they stand: .75 is quiet enough, and crisis begins above 30 % of one dyad's year."""
    assert classes(quiet(60).act(every(60, 4), "AB", 3).act(every(60, 4, 2), "AC", 3))[60] == "cold_peace"


def test_near_the_start_the_windows_are_as_long_as_the_run_so_far():
    """A test in the first month is one of one: the class says crisis until it is less than thirty per cent."""
    found = classes(quiet(12).act(1, "AB", 3))
    assert found[1:4] == ["crisis"] * 3
    assert found[4] == "cold_peace"


def test_exactly_thirty_per_cent_is_not_more_than_thirty_per_cent():
    found = classes(quiet(12).act([5, 7, 9], "AB", 3))
    assert found[9] == "crisis"  # three of nine
    assert found[10] == "cold_peace"  # three of ten


def test_futures_are_judged_apart():
    months = quiet(20, futures=2)
    months.record["severity"][5, 1, 0, 1] = 5
    months.record["hostility"][5, 1, 0, 1] = 5
    found = outcome(months.history())[20]
    assert [KEYS[place] for place in found] == ["cold_peace", "war"]
