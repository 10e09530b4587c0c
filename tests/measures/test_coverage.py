"""Coverage: rival pairs who lately sat at one live, regular table on hard security."""

from __future__ import annotations

from regime_abm.measures import coverage
from tests.measures.records import Months, values

RIVALS = ("AB", "AC")


def covered(months: Months) -> list[float]:
    return values(coverage.measure(months.history()))


def test_a_shared_meeting_covers_a_pair_for_twelve_months():
    found = covered(Months(20, rival=("AB",)).meet([3], "AB"))
    assert found[:3] == [0, 0, 0]
    assert found[3:15] == [1.0] * 12
    assert found[15:] == [0.0] * 6


def test_a_pair_is_covered_only_when_both_came():
    assert covered(Months(3, rival=RIVALS).meet([2], "ABC"))[3] == 1.0
    assert covered(Months(3, rival=RIVALS).meet([2], "AB"))[3] == 0.5
    assert covered(Months(3, rival=RIVALS).meet([2], "BC"))[3] == 0.0
    assert covered(Months(3, rival=RIVALS).meet([2], "A"))[3] == 0.0


def test_two_half_meetings_are_not_one():
    assert covered(Months(6, rival=("AB",)).meet([2], "A").meet([3], "B"))[6] == 0.0


def test_attendance_that_stands_between_meetings_is_not_counted_again():
    """The World keeps who came to the latest meeting until the next one."""
    months = Months(30, rival=("AB",)).meet([1], "AB")
    assert months.record["attendance"][30, 0, 0].any()
    assert covered(months)[30] == 0.0


def test_soft_agendas_unofficial_forums_dead_ones_and_mere_contacts_do_not_count():
    def table(hard=True, track=1.0, vitality=1.0, level=2.0):
        months = Months(3, rival=("AB",), forums=(("F", hard, track),)).meet([2], "AB")
        months.record["forum_vitality"][:], months.record["forum_level"][:] = vitality, level
        return covered(months)[3]

    assert table() == 1.0
    assert table(track=1.5) == 1.0
    assert table(vitality=0.3) == 1.0
    assert table(hard=False) == 0.0
    assert table(track=2.0) == 0.0
    assert table(vitality=0.29) == 0.0
    assert table(level=1.0) == 0.0


def test_different_forums_may_cover_different_pairs():
    months = Months(4, rival=RIVALS, forums=(("F", True, 1.0), ("G", True, 1.0)))
    assert covered(months.meet([2], "AB", 0).meet([3], "AC", 1))[4] == 1.0


def test_without_rivals_there_is_nothing_to_cover():
    assert covered(Months(3, rival=()).meet([2], "ABC"))[3] == 0.0
