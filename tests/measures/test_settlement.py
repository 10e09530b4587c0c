"""Peaceful settlement: disputes of the last two years that a procedure closed within one."""

from __future__ import annotations

import numpy as np
import pytest

from regime_abm.measures import peaceful_settlement
from regime_abm.measures.history import History
from tests.measures.records import Months, values

RIVALS = ("AB", "AC", "BC")


def quarrels(months: int = 60, **more) -> Months:
    return Months(months, rival=RIVALS, core=RIVALS, **more)


def settled(months: Months) -> list[float | None]:
    return values(peaceful_settlement.measure(months.history()))


def counted_by_hand(history: History, t: int, future: int = 0) -> float | None:
    """The definition, dispute by dispute."""
    opened = good = 0
    for pair in range(history["dispute"].shape[2]):
        ages, closed = history["dispute"][:, future, pair], history["settled"][:, future, pair]
        for month in range(max(1, t - 23), t + 1):
            if ages[month] != 1:
                continue
            opened += 1
            ends = [s for s in range(month + 1, t + 1) if closed[s]]
            good += bool(ends) and closed[ends[0]] <= 3 and ends[0] - month <= 12
    return good / opened if opened >= 3 else None


def test_the_share_of_disputes_that_a_procedure_closed():
    months = quarrels().quarrel("AB", 3, 2).quarrel("AC", 4, 5, how=2).quarrel("BC", 5, 4, how=3).quarrel("AB", 8)
    assert settled(months)[12] == pytest.approx(3 / 4)


@pytest.mark.parametrize(("how", "counts"), [(1, 1.0), (2, 1.0), (3, 1.0), (4, 0.0)])
def test_talks_a_forum_and_an_agreement_settle_and_fading_does_not(how, counts):
    months = quarrels()
    for who in RIVALS:
        months.quarrel(who, 2, 3, how=how)
    assert settled(months)[10] == counts


def test_an_open_dispute_counts_as_not_settled_until_it_is():
    months = quarrels()
    for who in RIVALS:
        months.quarrel(who, 2, 6)
    found = settled(months)
    assert found[2:8] == [0.0] * 6
    assert found[8] == 1.0


@pytest.mark.parametrize(("lasted", "counts"), [(12, 1.0), (13, 0.0)])
def test_twelve_months_are_in_time_and_thirteen_are_not(lasted, counts):
    months = quarrels()
    for who in RIVALS:
        months.quarrel(who, 2, lasted)
    assert settled(months)[16] == counts


def test_with_two_disputes_there_is_no_share_and_the_last_one_holds_on():
    months = quarrels(80).quarrel("AB", 2, 1).quarrel("AC", 3, 1).quarrel("BC", 4)
    found = settled(months)
    assert found[3] is None  # two so far
    assert found[4] == pytest.approx(2 / 3)
    assert found[40] == pytest.approx(2 / 3)  # none in the window any more
    defined = peaceful_settlement.defined(months.history())[:, 0]
    assert defined[4:26].all()  # the first dispute leaves the window
    assert not defined[26:].any()
    assert not defined[:4].any()


def test_a_dispute_older_than_the_record_is_not_one_of_its_disputes():
    months = quarrels().quarrel("AB", 0, 4).quarrel("AC", 2, 1).quarrel("BC", 2, 1)
    assert settled(months)[10] is None


def test_it_agrees_with_the_definition_dispute_by_dispute():
    generator = np.random.default_rng(1)
    months = quarrels(90, futures=3)
    for future in range(3):
        one = quarrels(90)
        for who in RIVALS:
            month = int(generator.integers(0, 6))
            while month < 85:
                lasts = int(generator.integers(1, 18))
                one.quarrel(who, month, lasts, how=int(generator.integers(1, 5)))
                month += lasts + int(generator.integers(1, 8))
        for name in ("dispute", "settled"):
            months.record[name][:, future] = one.record[name][:, 0]
    history = months.history()
    found = peaceful_settlement.measure(history)
    for future in range(3):
        last = None
        for month in range(91):
            expected = counted_by_hand(history, month, future)
            last = last if expected is None else expected
            assert found[month, future] == pytest.approx(np.nan if last is None else last, nan_ok=True), (future, month)
