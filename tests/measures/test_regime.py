"""The formal regime: every leg can fail it alone, what ends it, and that quiet is not one."""

from __future__ import annotations

import numpy as np
import pytest

from regime_abm.measures.history import LONGEST_WINDOW
from regime_abm.measures.regime import (
    BY_CLASH,
    BY_DENUNCIATION,
    BY_DISTRUST,
    BY_EROSION,
    BY_FORCE,
    LEGS,
    NO_CLASH,
    hazard_by_age,
    key_parties,
    quiet_is_not_a_regime,
    regime,
    spells,
    time_to_emergence,
)
from tests.measures.records import PRESSURE, Months, regime_record


def stands(months: Months, **more) -> list[bool]:
    return regime(months.history(), **more).holds[:, 0].tolist()


def test_thirty_six_months_of_full_cooperation_are_a_regime_and_thirty_five_are_not():
    found = stands(regime_record(60))
    assert found[:36] == [False] * 36
    assert found[36:] == [True] * 25


def force_now_and_then(months):
    return months.act(range(40, 80, 6), "AB", 3)


def threats(months):
    return months.act(range(40, 80, 2), "CA", 2)


def nobody_stands_by_it(months):
    months.record["norm_adopted"][:, :, 1:] = False  # A alone is left; B, a key party, still practises it
    return months


def a_key_party_neither_adopts_nor_practises(months):
    months.record["norm_adopted"][:, :, 1] = False  # B: the mean over many states would not notice
    return months.act(range(40, 80, 6), "BC", 2)


def disputes_stay_open(months):
    months.record["settled"][:] = 0
    return months


def nobody_believes_in_it(months):
    return months.trust_all(0.49)


def nobody_resists_temptation(months):
    return months.tempt(range(1, 81), "BA", PRESSURE)


def rivals_do_not_meet(months):
    months.record["met"][:] = False
    return months


FAILING = {
    "no_force": force_now_and_then,
    "no_threat": threats,
    "norm_adherence": nobody_stands_by_it,
    "peaceful_settlement": disputes_stay_open,
    "reciprocity": nobody_believes_in_it,
    "autonomy": nobody_resists_temptation,
    "coverage": rivals_do_not_meet,
}


@pytest.mark.parametrize("leg", FAILING)
def test_each_leg_alone_fails_the_regime(leg):
    assert stands(regime_record(80))[80]
    found = regime(FAILING[leg](regime_record(80)).history())
    assert not found.holds[80, 0]
    assert found.failing(80) == [leg]


def many(months: int = 80) -> Months:
    """A regime of ten states, so that one state's norm is not the mean's."""
    found = Months(months, "ABCDEFGHIJ", core=("AB", "AC"), rival=("AB", "AC"), key="AB")
    found.trust_all(0.6).meet(range(1, months + 1, 6), "ABC").adopt("ABCDEFGHIJ").tempt(range(1, months + 1), "BA")
    for month in range(1, months, 6):
        found.quarrel("AB", month, 3)
    return found


def test_one_key_party_outside_the_norm_fails_it_and_one_other_state_does_not():
    assert stands(many())[80]
    assert regime(a_key_party_neither_adopts_nor_practises(many()).history()).failing(80) == ["key_parties"]
    other = many()
    other.record["norm_adopted"][:, :, 9] = False
    assert stands(other.act(range(40, 80, 6), "JC", 2))[80]


def test_a_key_party_may_keep_to_the_norm_without_having_adopted_it():
    """The informal path: practice for two years in place of a signature."""
    informal = many()
    informal.record["norm_adopted"][:, :, 1] = False
    assert stands(informal)[80]
    assert key_parties(informal.history())[23:25, 0].tolist() == [False, True]


def test_a_lethal_clash_fails_it_for_thirty_six_months_without_exception():
    found = regime(regime_record(120).act(50, "AB", 4).history())
    assert found.holds[49, 0]
    assert not found.holds[50:86, 0].any()
    assert found.holds[86:, 0].all()
    assert NO_CLASH.key in found.failing(60)


def test_every_leg_has_a_test_of_its_own():
    assert {leg.key for leg in LEGS} == {*FAILING, "key_parties"}


def test_four_months_of_thirty_six_may_miss_a_leg_and_five_may_not():
    four, five = (regime_record(60).trust_all(0.45, range(45, 45 + months)) for months in (4, 5))
    assert stands(four)[36:] == [True] * 25
    found = regime(five.history())
    assert found.holds[48, 0]
    assert not found.holds[49, 0]
    assert found.failing(49) == ["reciprocity"]


def test_months_in_which_different_legs_fail_add_up():
    """Three months without trust and three without restraint are six months without a regime."""
    months = regime_record(60).trust_all(0.45, range(40, 43))
    months.record["met"][41:, :] = False  # the last meeting, of month 37, covers the rivals until month 48
    assert stands(months)[48]
    found = regime(months.history())
    assert not found.holds[50, 0]
    assert found.failing(50) == ["reciprocity", "coverage"]  # each held in more than 32 months


def test_relaxed_thresholds_forgive_a_tenth_and_no_clash():
    assert not stands(regime_record(60).trust_all(0.45))[60]
    assert stands(regime_record(60).trust_all(0.45), relaxed=0.1)[60]
    assert not stands(regime_record(60).trust_all(0.39), relaxed=0.1)[60]
    assert not stands(regime_record(60).act(50, "AB", 4), relaxed=0.1)[60]


def test_too_few_disputes_or_temptations_are_passed_and_flagged():
    months = regime_record(60)
    months.record["dispute"][:] = months.record["settled"][:] = 0
    months.record["tempted"][:] = False
    found = regime(months.history())
    assert found.holds[60, 0]
    assert found.assumed["peaceful_settlement"][60, 0]
    assert found.assumed["autonomy"][60, 0]
    usual = regime(regime_record(60).history())
    assert not usual.assumed["peaceful_settlement"][60, 0]
    assert not usual.assumed["autonomy"][60, 0]


def test_a_bad_last_share_is_carried_and_not_forgiven():
    months = regime_record(120)
    months.record["tempted"][31:] = False
    months.record["action"][:31] = PRESSURE
    found = regime(months.history())
    assert found.assumed["autonomy"][120, 0]
    assert not found.held["autonomy"][120, 0]
    assert not found.holds[120, 0]


def test_quiet_alone_is_not_a_regime_and_the_flag_says_so():
    quiet = Months(120, core=("AB", "AC"), rival=("AB", "AC"), key="AB").meet(range(1, 121, 6), "ABC")
    history = quiet.history()
    assert not regime(history).holds.any()
    assert not quiet_is_not_a_regime(history)[0, 0]
    assert quiet_is_not_a_regime(history)[1:, 0].all()


def test_the_flag_is_down_in_a_regime_and_where_it_is_not_quiet():
    assert not quiet_is_not_a_regime(regime_record(60).history())[36:].any()
    loud = Months(60).act(range(1, 61, 3), "AB", 3)
    assert not quiet_is_not_a_regime(loud.history())[6:].any()


@pytest.mark.parametrize("missing", ["norm", "expectation", "autonomy"])
def test_each_of_norm_expectation_and_autonomy_raises_the_flag(missing):
    months = regime_record(60)
    if missing == "norm":
        months.record["norm_adopted"][:] = False
    elif missing == "expectation":
        months.trust_all(0.4)
    else:
        months.record["action"][:] = PRESSURE
    assert quiet_is_not_a_regime(months.history())[60, 0]


# What ends a regime, and how long it takes to come back


def test_a_relapse_throws_out_at_once_and_recovery_takes_the_full_thirty_six_months():
    """Two months of deep distrust: the way back is longer than the way out."""
    found = regime(regime_record(140).trust_all(0.34, range(60, 62)).history())
    assert found.holds[59, 0]
    assert not found.holds[60, 0]  # two months alone would be within the four that the test forgives
    assert not found.holds[60:97, 0].any()
    assert found.holds[97:, 0].all()  # 36 months after month 61


def test_mild_failure_is_forgiven_where_deep_failure_is_not():
    assert stands(regime_record(100).trust_all(0.36, range(60, 62)))[36:] == [True] * 65


def ended_by(months: Months) -> list[int]:
    return spells(months.history()).cause.tolist()


def test_the_cause_of_a_relapse_is_told():
    assert ended_by(regime_record(80).act(50, "AB", 4)) == [BY_CLASH]
    assert ended_by(regime_record(80).act(range(50, 54), "AB", 3)) == [BY_FORCE]
    assert ended_by(regime_record(80).trust_all(0.3, range(50, 60))) == [BY_DISTRUST]
    walkout = regime_record(80)
    walkout.record["norm_adopted"][50:, :, 0] = False
    assert ended_by(walkout) == [BY_DENUNCIATION]
    assert ended_by(regime_record(80).trust_all(0.45, range(50, 70))) == [BY_EROSION]
    assert ended_by(regime_record(80)) == [0]


def test_a_state_that_is_no_key_party_may_leave():
    months = many()
    months.record["norm_adopted"][50:, :, 9] = False
    assert ended_by(months) == [0]


def test_the_worst_of_several_causes_is_told():
    assert ended_by(regime_record(80).act(50, "AB", 4).trust_all(0.3, range(50, 60))) == [BY_CLASH]


def test_spells_have_a_beginning_an_end_and_a_length():
    found = spells(regime_record(120).act(50, "AB", 4).history())
    assert found.began.tolist() == [36, 86]
    assert found.ended.tolist() == [50, 121]
    assert found.months.tolist() == [14, 35]
    assert found.cause.tolist() == [BY_CLASH, 0]


def test_the_first_regime_is_dated_and_where_none_came_it_is_minus_one():
    months = regime_record(60, futures=2)
    months.record["trust"][:, 1] = 0.2
    assert time_to_emergence(months.history()).tolist() == [36, -1]


def test_the_hazard_counts_months_lived_at_each_age():
    """Two futures: one regime ends after 14 months, the other lives 45 months to the end of the record."""
    months = regime_record(80, futures=2)
    months.record["severity"][50, 0, 0, 1] = 4
    rows = {(row["from"], row["to"]): row for row in hazard_by_age(months.history())}
    assert rows[0, 12] == {"from": 0, "to": 12, "lived": 24, "ended": 0, "hazard": 0.0}
    assert rows[12, 24] == {"from": 12, "to": 24, "lived": 2 + 12, "ended": 1, "hazard": 1 / 14}
    assert rows[36, 60]["lived"] == 45 - 36
    assert (60, 120) not in rows


def test_without_any_regime_there_are_no_spells_and_no_hazard():
    history = Months(60).history()
    assert len(spells(history).future) == 0
    assert hazard_by_age(history) == []


def test_a_part_of_the_record_finds_the_same_regime():
    months = regime_record(150).act(80, "AB", 4).trust_all(0.34, range(30, 33))
    whole = regime(months.history()).holds[:, 0]
    for month in range(LONGEST_WINDOW, 151):
        recent = regime(months.history(month - LONGEST_WINDOW)).holds
        cut = np.s_[: month + 1 - (month - LONGEST_WINDOW)]
        assert recent[cut][-1, 0] == whole[month], month
