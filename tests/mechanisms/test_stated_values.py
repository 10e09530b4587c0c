"""The stated value of a parameter is the middle of its prior, unless a reason is written down."""

from __future__ import annotations

import numpy as np
import pytest

from regime_abm.core.parameter import Parameter, Uniform, parameters_of
from regime_abm.mechanisms import COMPLETE

ROUNDING = 0.02  # share of the width of nineteen draws in twenty
KNOWN = parameters_of(COMPLETE)
OFF_THE_MIDDLE = {  # each says why in its source
    "leaders.volatility_calm",
    "forums.usual_attendance",
    "forums.talks_open",
    "forums.talks_end",
    "provocation.clash",
    "agreements.lapse",
    "bargain.sequence",
}


def from_the_middle(item: Parameter) -> float:
    """How far the stated value lies from the prior's median, as a share of the prior's width."""
    low, middle, high = item.prior.quantile(np.array([0.025, 0.5, 0.975]), item.low, item.high)
    return abs(item.default - middle) / (high - low) if high > low else float(item.default != middle)


@pytest.mark.parametrize("key", sorted(set(KNOWN) - OFF_THE_MIDDLE))
def test_the_stated_value_is_the_middle_of_the_prior(key):
    assert from_the_middle(KNOWN[key]) <= ROUNDING


@pytest.mark.parametrize("key", sorted(OFF_THE_MIDDLE))
def test_what_is_off_the_middle_says_why_and_is_still_within_the_prior(key):
    item = KNOWN[key]
    assert from_the_middle(item) > ROUNDING, "no longer an exception"
    assert "middle" in item.source
    low, high = item.prior.quantile(np.array([0.05, 0.95]), item.low, item.high)
    assert low <= item.default <= high


def test_the_check_can_fail():
    assert from_the_middle(Parameter("x", 0.6, 0.0, 1.0, Uniform(0.0, 1.0), "share", "Made up.")) > ROUNDING
