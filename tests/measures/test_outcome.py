"""The outcome classes, by their rules in words."""

from __future__ import annotations

import numpy as np

from regime_abm.measures.outcome import CLASSES, KEYS, outcome
from tests.measures.records import CORE, Months, regime_record


def classes(months: Months, **more) -> list[str]:
    found = outcome(months.history(more.pop("first", 0)), **more)[:, 0]
    return [KEYS[place] if place >= 0 else "" for place in found]


def quiet(months=40, **more) -> Months:
    return Months(months, core=CORE, rival=CORE, **more)


def every(months: int, step: int, start: int = 1) -> range:
    return range(start, months + 1, step)


def ends(months: Months, **more) -> str:
    return classes(months, **more)[-1]


def test_the_classes_are_tried_from_the_worst_then_from_the_best_and_each_has_a_rule_in_words():
    assert KEYS == (
        "war",
        "crisis",
        "security_community",
        "robust_regime",
        "fragile_regime",
        "issue_regime",
        "ad_hoc_management",
        "cold_peace",
        "chronic_hostility",
    )
    assert all(item.title and item.rule for item in CLASSES)


def test_at_the_start_nothing_has_happened_yet():
    assert classes(quiet())[0] == ""


def test_quiet_alone_is_cold_peace_and_no_regime():
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


def test_full_cooperation_is_a_regime_after_thirty_six_months_and_fragile_until_it_is_tested():
    found = classes(regime_record(60))
    assert found[35] == "ad_hoc_management"
    assert found[36:] == ["fragile_regime"] * 25


def test_a_regime_that_passed_the_test_is_robust_and_one_that_failed_it_is_fragile():
    assert ends(regime_record(60), robust=np.array([True])) == "robust_regime"
    assert ends(regime_record(60), robust=np.array([False])) == "fragile_regime"


def test_the_test_makes_no_regime_of_what_is_none():
    assert ends(quiet(60), robust=np.array([True])) == "cold_peace"


def test_the_test_speaks_of_the_last_month_alone():
    assert classes(regime_record(60), robust=np.array([True]))[-2:] == ["fragile_regime", "robust_regime"]


def community(months: int = 60) -> Months:
    """A regime without a single threat, trust .85, norms .9 everywhere, and forces that stand down from .25."""
    found = regime_record(months).trust_all(0.85)
    found.record["norm"][:] = 0.9
    found.record["posture"][:] = np.linspace(0.25, 0.1, months + 1)[:, None, None]
    return found


def test_a_security_community_is_more_than_a_robust_regime():
    passed = {"robust": np.array([True])}
    assert ends(community(), **passed) == "security_community"
    assert ends(community()) == "fragile_regime"  # never without the test
    assert ends(community().trust_all(0.79), **passed) == "robust_regime"
    assert ends(community().act(50, "AB", 3), **passed) == "robust_regime"
    assert ends(community().act([50, 51], "AB", 2), **passed) == "robust_regime"  # two of 48: no threat .96
    rising = community()
    rising.record["posture"][:] = rising.record["posture"][::-1].copy()
    assert ends(rising, **passed) == "robust_regime"
    armed = community()
    armed.record["posture"][:, :, 2] = 0.3
    assert ends(armed, **passed) == "robust_regime"
    one = community()
    one.record["norm"][:, :, 2] = 0.79
    assert ends(one, **passed) == "robust_regime"


def agreed(**more) -> Months:
    """Quiet without talks or tables, and an agreement of four steps from month 10 on."""
    return quiet(60, agreements=(("P", 4),)).sign(10, **{"due": 4, "done": 3, "verification": 0.6, **more})


def test_an_old_kept_and_verified_agreement_is_a_regime_for_one_issue():
    found = classes(agreed())
    assert found[33] == "cold_peace"
    assert found[34:] == ["issue_regime"] * 27  # two years after the signature


def test_an_agreement_that_is_not_kept_not_verified_broken_or_without_steps_is_none():
    assert ends(agreed(done=2)) == "cold_peace"  # .50 of the steps
    assert ends(agreed(verification=0.4)) == "cold_peace"
    assert ends(agreed(until=55)) == "cold_peace"
    assert ends(agreed(due=0, done=0)) == "cold_peace"


def test_an_agreement_outside_the_core_is_no_regime_for_one_issue():
    def among(parties: str) -> str:
        months = agreed()
        months.party = np.array([[state in parties for state in months.names.states]])
        return ends(months)

    assert among("AB") == among("ABC") == "issue_regime"
    assert among("BC") == "cold_peace"


def test_the_steps_of_one_agreement_and_the_age_of_another_do_not_add_up():
    months = quiet(60, agreements=(("P", 4), ("Q", 4))).sign(10, due=4, done=0).sign(50, due=4, done=4, agreement=1)
    assert ends(months) == "cold_peace"


def test_a_regime_for_one_issue_can_stand_in_the_midst_of_hostility_but_not_of_a_crisis():
    hostile = agreed().act(range(36, 60, 4), "AB", 3).act(range(37, 60, 4), "AC", 3)
    assert ends(hostile) == "issue_regime"
    assert ends(agreed().act(range(50, 60, 2), "AB", 3)) == "crisis"


def test_a_regime_comes_before_a_regime_for_one_issue():
    months = regime_record(60, agreements=(("P", 4),)).sign(10, due=4, done=4)
    assert classes(months)[35] == "issue_regime"
    assert ends(months) == "fragile_regime"


def test_a_norm_that_spreads_while_rivals_talk_is_no_cold_peace():
    months = quiet(60).talk(every(60, 2), "AB").talk(every(60, 2), "AC").adopt("ABC", 20)
    assert set(classes(months)[20:]) == {"ad_hoc_management"}


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


def test_months_before_the_start_count_as_quiet_so_one_test_in_the_first_month_is_no_crisis():
    found = classes(quiet(12).act(1, "AB", 3))
    assert "crisis" not in found
    assert classes(quiet(12).act([1, 2, 3, 4], "AB", 3))[3:5] == ["chronic_hostility", "crisis"]


def test_four_tests_in_twelve_months_are_more_than_thirty_per_cent_and_three_are_not():
    found = classes(quiet(12).act([5, 7, 9, 11], "AB", 3))
    assert found[10] == "cold_peace"
    assert found[11] == "crisis"


def test_futures_are_judged_apart():
    months = quiet(20, futures=2)
    months.record["severity"][5, 1, 0, 1] = 5
    months.record["hostility"][5, 1, 0, 1] = 5
    found = outcome(months.history())[20]
    assert [KEYS[place] for place in found] == ["cold_peace", "war"]
