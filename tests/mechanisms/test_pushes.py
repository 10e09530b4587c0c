"""What is pushed from outside enters the sum that it belongs to, in the direction that its name says, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from regime_abm.core.world import FLEETING
from tests.helpers import prepared, with_values

COUNT = 200
# What a push of one in AAA (toward BBB) raises in the same month.
RAISES = {
    "will_push AAA": "will AAA",
    "threat_push AAA>BBB": "threat AAA>BBB",
    "credibility_push AAA>BBB": "credibility AAA>BBB",
    "gain_push AAA>BBB": "cooperation_gain AAA>BBB",
    "norm_push AAA": "adopt_chance AAA",
    "sign_push PACT:AAA": "sign_chance PACT:AAA",
}


def month(trio, given):
    run, world = prepared(trio, count=COUNT)
    return run.engine.month(with_values(world, given))


def read(world, words):
    name, _, subject = words.partition(" ")
    value, states = getattr(world, name), world.names.states
    if ":" in subject:
        table, state = subject.split(":")
        return value[:, world.names.agreements.index(table), states.index(state)]
    return value[(slice(None), *(states.index(code) for code in subject.split(">")))]


@pytest.mark.parametrize("push", RAISES)
def test_a_push_raises_what_it_is_named_after(trio, push):
    given = {"norm_adopted *": False} | ({"offer_order PACT": True, "in_force *": False} if "sign" in push else {})
    plain, pushed = month(trio, given), month(trio, {**given, push: 1.0})
    assert (read(pushed, RAISES[push]) > read(plain, RAISES[push])).mean() > 0.95


def test_talks_that_are_pushed_open_more_often_and_break_down_less(trio):
    for talking in (False, True):
        given = {"talks *>*": talking}
        plain = month(trio, given).talks.mean()
        assert month(trio, {**given, "talks_push *>*": 1.0}).talks.mean() > plain
        assert month(trio, {**given, "talks_push *>*": -1.0}).talks.mean() < plain


def test_sight_that_is_pushed_clears_and_below_nothing_blurs(trio):
    plain = month(trio, {}).misperception[:, 0, 1]
    assert (month(trio, {"sight_push AAA>BBB": 0.2}).misperception[:, 0, 1] < plain).all()
    blurred = month(trio, {"sight_push AAA>BBB": -50.0}).misperception
    assert (blurred[:, 0, 1] > plain).all()
    assert blurred.max() <= 0.5


def test_a_pushed_programme_tests_more(trio):
    calm, stirred = (
        month(trio, {"campaign_push *": push, "campaign *": False}).campaign.mean() for push in (-2.0, 3.0)
    )
    assert calm < stirred


def test_nothing_pushed_is_nothing_changed(trio):
    """Bit for bit: an array of zeros is as good as none."""
    run, world = prepared(trio, count=COUNT)
    zeros = {name: np.zeros_like(getattr(world, name)) for name in FLEETING}
    one, other = run.engine.month(world), run.engine.month(world.replace(zeros))
    assert np.array_equal(one.trust, other.trust)
    assert np.array_equal(one.action, other.action)
