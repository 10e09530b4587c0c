"""Colours and patterns: one place, apart for every eye, and the same paper as the dashboard's."""

from __future__ import annotations

import re
from itertools import combinations, pairwise

import pytest

from regime_abm.charts.look import COLOURS, LINES, OUTCOMES, THEMES, colour, mixed
from regime_abm.measures import outcome
from tests.helpers import TESTS

CSS = (TESTS.parent / "dashboards" / "widgets" / "watch.css").read_text("utf-8")
OKABE_ITO = {"#000000", "#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7", "#999999"}


def brightness(name: str) -> float:
    """Relative luminance of WCAG 2."""
    parts = [int(name[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((brightness(one), brightness(other)))
    return (high + 0.05) / (low + 0.05)


def test_every_outcome_class_has_its_colour_and_no_two_share_colour_and_pattern():
    assert set(OUTCOMES) == set(outcome.KEYS)
    assert len({fill.colour for fill in OUTCOMES.values()}) == len(OUTCOMES)
    assert {colour(fill.colour) for fill in OUTCOMES.values()} <= OKABE_ITO


def test_the_order_is_that_of_the_peace_scale():
    assert tuple(OUTCOMES) == outcome.PEACE_SCALE


def test_neighbours_differ_in_pattern_and_lightness():
    fills = list(OUTCOMES.values())
    for one, other in pairwise(fills):
        assert one.pattern != other.pattern
        assert abs(brightness(colour(one.colour)) - brightness(colour(other.colour))) > 0.03


def test_lines_of_one_chart_differ_in_dash_from_their_neighbours():
    for (one, dash), (other, second) in pairwise(LINES):
        assert one != other
        assert dash != second


@pytest.mark.parametrize("theme", THEMES)
def test_words_can_be_read(theme):
    paper = colour("paper", theme)
    assert contrast(colour("ink", theme), paper) > 12
    assert contrast(colour("soft", theme), paper) > 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_the_bands_of_a_fan_are_told_apart_by_lightness_alone(theme):
    shades = [colour(name, theme) for name in ("paper", "band_90", "band_80", "band_50", "ink")]
    for one, other in pairwise(shades):
        assert contrast(one, other) > 1.2
    assert contrast(colour("ink", theme), colour("band_50", theme)) > 3


@pytest.mark.parametrize("name", ["ink", "soft", "faint", "hair"])
def test_ink_is_that_of_the_dashboard(name):
    assert re.findall(rf"--{name}: (#\w+);", CSS)[:2] == list(COLOURS[name])


def test_paper_is_the_card_of_the_dashboard():
    assert re.findall(r"--card: (#\w+);", CSS)[:2] == list(COLOURS["paper"])


def test_thinning_ends_at_paper_and_at_the_colour_itself():
    for name, theme in ((name, theme) for name in COLOURS for theme in THEMES):
        assert mixed(name, 1.0, theme) == colour(name, theme)
        assert mixed(name, 0.0, theme) == colour("paper", theme)
    for one, other in combinations((fill.colour for fill in OUTCOMES.values()), 2):
        assert mixed(one, 0.4) != mixed(other, 0.4)
