"""Inclusiveness, verification, implementation, and the composite for the eye."""

from __future__ import annotations

import numpy as np
import pytest

from regime_abm.measures import implementation, inclusiveness, regime_strength, verification
from tests.measures.records import Months, regime_record, values


def included(months: Months) -> list[float]:
    return values(inclusiveness.measure(months.history()))


def table(months: int = 60, **more) -> Months:
    found = Months(months, "ABCD", key="AB", **more)
    found.record["capability"][:] = [4.0, 3.0, 2.0, 1.0]
    return found


def test_the_share_of_power_at_the_table():
    assert included(table().meet([3], "AB"))[5] == pytest.approx(0.7)
    assert included(table().meet([3], "ABCD"))[5] == pytest.approx(1.0)
    assert included(table())[5] == 0.0


def test_a_table_without_a_key_party_counts_as_none():
    assert included(table().meet([3], "ACD"))[5] == 0.0


def test_a_state_is_out_when_it_misses_two_meetings_in_a_row():
    months = table().meet([3], "ABCD").meet([9], "ABC").meet([15], "ABC").meet([21], "ABCD")
    found = included(months)
    assert found[9:15] == pytest.approx([1.0] * 6)  # D missed one
    assert found[15:21] == pytest.approx([0.9] * 6)  # and another
    assert found[21] == pytest.approx(1.0)


def test_a_key_party_that_walks_out_takes_everything_with_it_and_can_come_back():
    months = table().meet([3, 9], "ABCD").meet([15, 21], "BCD").meet([27], "ABCD")
    found = included(months)
    assert found[20] == pytest.approx(1.0)
    assert found[21:27] == [0.0] * 6
    assert found[27] == pytest.approx(1.0)


def test_a_table_that_has_not_met_for_two_years_is_none():
    found = included(table().meet([3], "ABCD"))
    assert found[26] == pytest.approx(1.0)
    assert found[27] == 0.0


def test_the_most_inclusive_of_several_tables_counts():
    months = table(forums=(("F", True, 1.0), ("G", True, 1.5))).meet([3], "AB", 0).meet([4], "ABC", 1)
    assert included(months)[5] == pytest.approx(0.9)


def test_soft_unofficial_dead_and_merely_casual_tables_do_not_count():
    def found(hard=True, track=1.0, vitality=1.0, level=2.0):
        months = table(forums=(("F", hard, track),)).meet([3], "ABCD")
        months.record["forum_vitality"][:], months.record["forum_level"][:] = vitality, level
        return included(months)[5]

    assert found() == pytest.approx(1.0)
    assert [found(hard=False), found(track=2.0), found(vitality=0.2), found(level=1.0)] == [0.0] * 4


PACTS = (("P", 6), ("Q", 2), ("D", 0))


def test_verification_is_a_mean_over_promised_steps():
    months = Months(30, agreements=PACTS).sign(2, verification=0.8, agreement=0).sign(2, verification=0.4, agreement=1)
    months.sign(2, verification=0.1, agreement=2)  # a declaration promises nothing that could be verified
    assert values(verification.measure(months.history()))[5] == pytest.approx((6 * 0.8 + 2 * 0.4) / 8)


def test_without_an_agreement_in_force_neither_verification_nor_implementation_is_defined():
    months = Months(30, agreements=PACTS).sign(2, due=2, done=2, until=10)
    for measure in (verification, implementation):
        found = values(measure.measure(months.history()))
        assert found[1] is None
        assert found[2] is not None
        assert found[10] is None


def test_implementation_is_what_was_done_of_what_had_fallen_due():
    months = Months(30, agreements=PACTS).sign(2, due=4, done=1, agreement=0).sign(2, due=2, done=2, agreement=1)
    assert values(implementation.measure(months.history()))[5] == pytest.approx(3 / 6)


def test_a_step_taken_early_makes_up_for_no_step_left_undone():
    months = Months(30, agreements=PACTS).sign(2, due=4, done=2, agreement=0).sign(2, due=0, done=2, agreement=1)
    assert values(implementation.measure(months.history()))[5] == pytest.approx(0.5)


def test_a_signature_alone_is_no_implementation():
    months = Months(30, agreements=PACTS).sign(2, due=3, done=0)
    assert values(implementation.measure(months.history()))[5] == 0.0


def test_one_failing_leg_cannot_be_bought_off():
    strong = regime_record()
    assert values(regime_strength.measure(strong.history()))[40] == pytest.approx(0.6 ** (1 / 6))  # all 1 but trust
    strong.record["norm_adopted"][:] = False
    assert values(regime_strength.measure(strong.history()))[40] == 0.0


def test_legs_that_are_not_defined_yet_are_left_out():
    months = Months(30).adopt("ABC").trust_all(0.5)
    assert values(regime_strength.measure(months.history()))[30] == pytest.approx(0.5 ** (1 / 4))
    assert np.isnan(regime_strength.measure(months.history())[0, 0])
