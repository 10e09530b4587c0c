"""Enough futures and enough months: worked cases, and that a stop changes no future."""

from __future__ import annotations

import numpy as np
import pytest

from regime_abm import api
from regime_abm.enough import futures_needed, standstill, widest
from regime_abm.measures.outcome import KEYS
from tests.helpers import made_up

COLD, AD_HOC, CRISIS, WAR = (KEYS.index(key) for key in ("cold_peace", "ad_hoc_management", "crisis", "war"))


def courses(*parts: tuple[int, list[tuple[int, int]]]) -> np.ndarray:
    """Outcome classes of futures: (how many, [(class, months), ...]) each; the start is told by -1."""
    rows = []
    for count, spells in parts:
        course = [-1] + [place for place, months in spells for _ in range(months)]
        rows += [course] * count
    return np.array(rows, np.int8)


# Enough futures?


def test_the_widest_interval_is_that_of_the_share_nearest_to_one_half():
    counts = np.zeros(len(KEYS), int)
    counts[[COLD, CRISIS, WAR]] = 450, 540, 10
    half, key = widest(counts, 1000)
    assert key == "crisis"
    assert half == pytest.approx(1.96 * np.sqrt(0.54 * 0.46 / 1000), abs=2e-4)


def test_four_times_as_many_futures_halve_an_interval():
    counts = np.zeros(len(KEYS), int)
    counts[[COLD, CRISIS]] = 500, 500
    half, _ = widest(counts, 1000)
    assert futures_needed(counts, 1000, half / 2) == pytest.approx(4000, abs=1)


@pytest.fixture(scope="module")
def trio():
    return made_up("trio")


def test_futures_are_added_until_the_intervals_are_narrow(trio):
    found = api.run(trio, replicates=50, months=24, seed=2, precision=0.1)
    assert found.until.reached
    assert found.until.widest <= 0.1
    assert found.replicates % 50 == 0
    assert widest(np.array(list(found.outcome_counts.values())), found.replicates)[0] == found.until.widest
    before = api.run(trio, replicates=found.replicates - 50, months=24, seed=2)
    if before.replicates >= 50:
        assert widest(np.array(list(before.outcome_counts.values())), before.replicates)[0] > 0.1


def test_a_run_that_stopped_is_the_run_of_that_number(trio):
    """Nothing about the futures depends on the looks that were taken, nor on the number of workers."""
    found = api.run(trio, replicates=40, months=12, seed=2, precision=0.12)
    assert found.sha256 == api.run(trio, replicates=found.replicates, months=12, seed=2).sha256
    assert found.sha256 == api.run(trio, replicates=40, months=12, seed=2, precision=0.12, workers=2).sha256


def test_it_gives_up_at_the_most_and_says_so(trio):
    heard = []
    found = api.run(
        trio,
        replicates=20,
        months=6,
        precision=0.01,
        most=50,
        progress=lambda done, wanted: heard.append((done, wanted)),
    )
    assert found.replicates == 50
    assert not found.until.reached
    assert found.until.widest > 0.01
    assert all(done <= wanted for done, wanted in heard)
    assert [done for done, _ in heard] == sorted(done for done, _ in heard)
    assert heard[-1] == (50 * 6, 50 * 6)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"precision": 0.0}, "precision: 0 is outside 0.001 to 0.5"),
        ({"precision": float("nan")}, "precision.*not a finite number"),
        ({"precision": 0.1, "most": 10}, "most: 10 is outside 20 to"),
    ],
)
def test_what_cannot_be_asked_is_refused(trio, words, told):
    with pytest.raises(api.InputError, match=told):
        api.run(trio, replicates=20, months=6, **words)


# Enough months?


def test_what_stands_still_has_settled():
    found = standstill(courses((600, [(COLD, 240)]), (400, [(CRISIS, 60), (AD_HOC, 180)])))
    assert found.settled
    assert found.back == 60
    assert found.fresh == 0.0
    assert [(item.outcome, item.before, item.share) for item in found.drifts] == [
        ("ad_hoc_management", 0.4, 0.4),
        ("cold_peace", 0.6, 0.6),
    ]
    assert found.sentence == (
        "Settled: no outcome share moved by more than its error in the last 60 months, and 0 % of the futures reached a "
        "class for the first time in them."
    )


def test_a_share_that_grew_in_the_last_five_years_still_moves():
    found = standstill(
        courses((700, [(COLD, 240)]), (200, [(AD_HOC, 1), (COLD, 199), (AD_HOC, 40)]), (100, [(AD_HOC, 240)]))
    )
    assert found.settled is False
    assert [item.outcome for item in found.moving] == ["ad_hoc_management", "cold_peace"]
    assert found.moving[0].share - found.moving[0].before == pytest.approx(0.2)
    assert found.fresh == 0.0
    assert "ad hoc management 10 to 30 %, cold peace 90 to 70 % in the last 60 months" in found.sentence


def test_flows_that_cancel_are_no_drift_but_first_passages_tell_them():
    found = standstill(courses((500, [(COLD, 200), (AD_HOC, 40)]), (500, [(AD_HOC, 200), (COLD, 40)])))
    assert found.moving == []
    assert found.fresh == 1.0
    assert found.settled is False
    assert found.sentence.startswith(
        "Not settled: 100 % of the futures reached a class for the first time in the last 60"
    )


def test_a_class_that_was_reached_before_is_no_first_passage():
    found = standstill(courses((90, [(COLD, 100), (AD_HOC, 100), (COLD, 40)]), (10, [(COLD, 230), (WAR, 10)])))
    assert found.first_passages["cold_peace"] == 0.0
    assert found.first_passages["war"] == found.fresh == 0.1


def test_a_move_within_its_error_is_none():
    found = standstill(courses((27, [(COLD, 240)]), (3, [(AD_HOC, 20), (COLD, 190), (AD_HOC, 30)])))
    assert found.moving == []
    assert max(item.share - item.before for item in found.drifts) == pytest.approx(0.1)


def test_a_move_of_less_than_a_point_is_none_however_many_futures_show_it():
    found = standstill(courses((19_900, [(COLD, 240)]), (100, [(AD_HOC, 20), (COLD, 190), (AD_HOC, 30)])))
    drift = next(item for item in found.drifts if item.outcome == "ad_hoc_management")
    assert drift.low > 0.0  # beyond its error it is
    assert not drift.moves


def test_noise_alone_rarely_looks_like_a_drift():
    """Classes drawn anew every month without any trend: the intervals hold together in 95 of 100 runs."""
    generator = np.random.default_rng(3)
    alarms = [
        bool(standstill(generator.choice([COLD, AD_HOC, CRISIS], (300, 121), p=[0.5, 0.4, 0.1])).moving)
        for _ in range(200)
    ]
    assert np.mean(alarms) < 0.08


def test_a_short_run_says_nothing():
    found = standstill(courses((10, [(COLD, 23)])))
    assert found.settled is None
    assert found.sentence == "23 months are too few to see whether outcome shares have settled."


def test_a_run_of_two_years_looks_back_half_a_year():
    assert standstill(courses((10, [(COLD, 24)]))).back == 6


def test_the_summary_of_a_result_tells_both(trio):
    found = api.run(trio, replicates=30, months=48, precision=0.2).summary()
    assert set(found["until"]) == {"precision", "widest", "outcome", "reached"}
    assert found["standstill"]["back"] == 12
    assert found["standstill"]["settled"] in (True, False)
    assert api.run(trio, replicates=5, months=6).summary()["until"] is None
