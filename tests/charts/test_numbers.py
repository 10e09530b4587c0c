"""What the pictures show is what the tables say: worked cases with exact numbers."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from regime_abm import charts
from regime_abm.charts import About, flow
from regime_abm.charts.drawing import Band, Box, Line, Text, Whisker, between, nice, per_cent, ticks, time_axis
from regime_abm.errors import InputError
from regime_abm.files import month_index
from tests.charts.tables import effects, resilience, run, source

ABOUT = About("a_scenario", "A title", month_index("2018-05", "start"), 240, 100, (1,), "0.0")


def of_kind(figure, kind):
    return [mark for mark in figure.marks if isinstance(mark, kind)]


def test_the_bands_of_a_fan_are_the_quantiles_of_the_futures():
    result = run()
    figure = charts.drawn("fan", source("full"), measure="reciprocity")
    values = result.series["reciprocity"]
    for band, (low, high) in zip(of_kind(figure, Band), ((0.05, 0.95), (0.1, 0.9), (0.25, 0.75)), strict=True):
        assert band.low == pytest.approx(np.quantile(values, low, axis=0))
        assert band.high == pytest.approx(np.quantile(values, high, axis=0))
    assert of_kind(figure, Line)[0].y == pytest.approx(np.median(values, axis=0))


def test_a_fan_has_a_gap_where_the_measure_is_not_defined():
    """Month 0 of a measure of the months so far: not defined, so that neither band nor line begins before month 1."""
    figure = charts.drawn("fan", source("full"), measure="no_force")
    assert np.isnan(of_kind(figure, Line)[0].y[0])
    (x, _), *rest = of_kind(figure, Band)[0].outlines()
    assert not rest
    assert x.min() == 1


def test_shares_are_bars_and_intervals_of_their_length():
    result = run()
    figure = charts.drawn("shares", source("full"))
    bars, whiskers = of_kind(figure, Box), of_kind(figure, Whisker)
    assert sorted(bar.right for bar in bars) == pytest.approx(sorted(filter(None, result.outcome_shares.values())))
    assert {(item.low, item.high) for item in whiskers} == set(result.outcome_intervals.values())


def test_areas_over_time_fill_every_month():
    figure = charts.drawn("shares_over_time", source("full"))
    areas = of_kind(figure, Band)
    assert sum(area.high - area.low for area in areas) == pytest.approx(np.ones(36))
    assert min(area.low.min() for area in areas) == 0.0
    last = {area.label: area.high[-1] - area.low[-1] for area in areas}
    shares = run().outcome_shares
    assert sorted(last.values())[::-1][:3] == pytest.approx(sorted(shares.values())[::-1][:3])


def passages(**reached: list[int]) -> pd.DataFrame:
    rows = [(key, key.title(), month, 1) for key, months in reached.items() for month in months]
    return pd.DataFrame(rows, columns=["outcome", "title", "month", "count"])


def test_first_passage_counts_who_gets_there_and_who_never_does():
    """Three of four futures fall into war, the middle one in month 20; none gets to a regime."""
    figure = charts.CHARTS["first_passage"].draw(passages(war=[10, 20, 90, -1], regime=[-1] * 4), ABOUT)
    words = [mark.text for mark in of_kind(figure, Text)]
    assert words == ["War", "middle 2020-01", "75 % get there (30 to 96 %), never 25 %"]
    assert "No future reaches it (95 % interval 0 to 49 %): Regime." in figure.caption
    assert [line.x[0] for line in of_kind(figure, Line) if line.x[0] == line.x[-1]] == [20.0, 20.0]


def test_a_ridge_holds_every_future_once():
    months = [1, 1, 5, 6, 7, 100, 239, 240, -1]
    figure = charts.CHARTS["first_passage"].draw(passages(war=months), ABOUT)
    told = next(line for line in of_kind(figure, Line) if line.hover).hover
    assert sum(int(words.split(": ")[1].split()[0]) for words in told) == 8
    assert told[0] == "2018-06 to 2018-11: 4 futures"
    assert told[-1] == "2037-12 to 2038-05: 2 futures"


def test_passages_agree_with_the_outcomes_of_the_run():
    result = run()
    for key, place in (("ad_hoc_management", 6), ("war", 0)):
        part = result.passages[result.passages.outcome == key]
        assert part["count"].sum() == result.replicates
        assert part[part.month < 0]["count"].sum() == (~(result.outcome == place).any(axis=1)).sum()
    first = result.passages[(result.passages.outcome == "ad_hoc_management") & (result.passages.month >= 0)]
    assert first.month.min() == (result.outcome == 6).any(axis=0).argmax()


def test_the_strongest_effect_stands_at_the_top_and_what_is_left_out_is_said():
    figure = charts.drawn("tornado", source("full"))
    bars = of_kind(figure, Box)
    sizes = [bar.right + bar.left for bar in bars]
    assert [abs(size) for size in sizes] == sorted((abs(size) for size in sizes), reverse=True)
    assert sizes == effects().effect.head(12).tolist()
    assert bars[0].bottom > bars[-1].bottom
    assert {bar.pattern for bar in bars if bar.left < 0} == {"/"}
    assert {bar.pattern for bar in bars if bar.left == 0} == {""}
    assert "2 weaker parameters are not shown." in figure.caption  # one of the fifteen is not known


def flows_of(*moves: tuple[str, str, int]) -> pd.DataFrame:
    return pd.DataFrame(moves, columns=["from", "to", "count"])


def test_a_flow_loses_nobody():
    moves = flows_of(
        ("war", "war", 5), ("war", "cold_peace", 15), ("issue_regime", "cold_peace", 60), ("crisis", "war", 20)
    )
    figure = flow.draw(moves, ABOUT)
    blocks = of_kind(figure, Box)
    left, right = ([block for block in blocks if (block.left == 0.0) == side] for side in (True, False))
    heights = [sum(block.top - block.bottom for block in side) for side in (left, right)]
    ribbons = of_kind(figure, Band)
    assert heights[0] == pytest.approx(heights[1])
    assert sum(ribbon.high[0] - ribbon.low[0] for ribbon in ribbons) == pytest.approx(heights[0])
    for ribbon, share in zip(ribbons, (0.6, 0.2, 0.15, 0.05), strict=True):
        assert ribbon.high[-1] - ribbon.low[-1] == pytest.approx(share * heights[0])


def test_blocks_of_a_flow_never_touch_and_names_have_room():
    keys = list(charts.look.OUTCOMES)
    figure = flow.draw(
        flows_of(*((key, other, 1 + 99 * (key == other == "war")) for key in keys for other in keys)), ABOUT
    )
    for side in (True, False):
        blocks = sorted((b for b in of_kind(figure, Box) if (b.left == 0.0) == side), key=lambda b: b.bottom)
        assert len(blocks) == 9
        middles = [(block.bottom + block.top) / 2 for block in blocks]
        assert min(np.diff(middles)) * figure.height >= 41.9
        assert all(lower.top < upper.bottom for lower, upper in itertools.pairwise(blocks))
        assert blocks[0].bottom > 0.0
        assert blocks[-1].top < 0.95


def test_twins_are_followed_one_by_one():
    a = pd.DataFrame({"replicate": [0, 1, 2], "outcome": ["war", "war", "crisis"]})
    b = pd.DataFrame({"replicate": [2, 1, 0], "outcome": ["war", "crisis", "war"]})
    assert flow.flows(a, b).values.tolist() == [["crisis", "war", 1], ["war", "crisis", 1], ["war", "war", 1]]
    with pytest.raises(InputError, match="A has 3 futures and B 2, of which 2 are twins"):
        flow.flows(a, b.head(2))


def test_futures_of_other_seeds_are_no_twins():
    with pytest.raises(InputError, match="no twins"):
        charts.twins(charts.of_result(run()), charts.of_result(run(seed=4)))
    with pytest.raises(InputError, match="no twins"):
        charts.twins(charts.of_result(run()), charts.of_result(run(months=1)))


def test_a_flow_says_what_tells_the_two_apart():
    figure = charts.drawn("flow", charts.twins(charts.of_result(run()), charts.of_result(run(preset="sceptic"))))
    words = [mark.text for mark in of_kind(figure, Text)]
    assert "A: no preset" in words
    assert "B: preset sceptic" in words
    assert "B: trio, preset sceptic" in figure.caption


def test_the_resilience_curve_marks_the_arm_that_harms_most():
    figure = charts.drawn("resilience", source("full"))
    lines = {line.label: line for line in of_kind(figure, Line) if line.label}
    assert list(lines) == ["no leader replaced", "AAA and BBB", "AAA"]
    assert lines["AAA and BBB"].width == max(line.width for line in lines.values())
    assert lines["AAA and BBB"].y[-1] == pytest.approx(1.0 - 24 * (0.02 + 0.03) / 2)
    assert "n = 2 tested regimes among 24 futures" in figure.caption
    assert "how regimes differ" in figure.caption


def test_one_regime_has_an_interval_of_its_own():
    figure = charts.CHARTS["resilience"].draw(resilience(24), ABOUT, replicate=7)
    band = of_kind(figure, Band)[0]
    worst = resilience(24).query("replicate == 7 and arm == 'AAA+BBB'")
    assert band.low.tolist() == worst.low.tolist()
    assert "95 % interval (Wilson)" in figure.caption
    assert "n = the regime of future 7" in figure.caption
    assert "No future" in of_kind(charts.CHARTS["resilience"].draw(resilience(24), ABOUT, replicate=5), Text)[0].text


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.0, "0 %"), (0.001, "< 1 %"), (0.01, "1 %"), (0.5, "50 %"), (0.999, "> 99 %"), (1.0, "100 %")],
)
def test_shares_are_told_in_whole_per_cent(share, words):
    assert per_cent(share) == words


def test_intervals_are_rounded_outward():
    assert between(0.211, 0.289) == "21 to 29 %"
    assert between(0.0, 0.0) == "0 to 0 %"
    assert between(0.3, 0.6) == "30 to 60 %"


@pytest.mark.parametrize("low", [-1.0, 0.0, -0.0013, 5.0])
@pytest.mark.parametrize("width", [1e-4, 0.37, 1.0, 240.0])
def test_ticks_are_few_and_round(low, width):
    found = ticks(low, low + width, 5)
    assert 2 <= len(found) <= 8
    assert len({text for _, text in found}) == len(found)
    assert nice(width) >= width * 0.999


@pytest.mark.parametrize(("months", "most"), [(1, 3), (12, 6), (36, 6), (240, 6), (1200, 6)])
def test_the_calendar_has_room_on_a_phone(months, most):
    axis = time_axis(ABOUT.start, 0, months)
    assert 2 <= len(axis.ticks) <= most
    for place, text in axis.ticks:
        assert text in (ABOUT.date(place), ABOUT.date(place).removesuffix("-01"))
