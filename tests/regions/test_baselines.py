"""The seven baselines: each starts from rows of its own date, and says where a row was interpolated."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from regime_abm.core.world import faults
from regime_abm.files import month_index
from regime_abm.scenario import folder, load, shipped_names
from tests.helpers import after, prepared

DATES = {
    "baseline_1991": "1991-12",
    "baseline_2002": "2002-12",
    "baseline_2015": "2015-12",
    "baseline_2017": "2017-11",
    "baseline_2018": "2018-05",
    "baseline_2019": "2019-03",
    "baseline_2024": "2024-12",
}
ROWS = folder() / "regions" / "northeast_asia" / "initial.csv"


@pytest.fixture(scope="module")
def rows():
    with ROWS.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def value(name, quantity, state, other=""):
    scenario = load(name)
    return scenario.region.given(scenario.start)[quantity, state, other]


def test_all_seven_are_shipped():
    assert set(DATES) <= set(shipped_names())


@pytest.mark.parametrize(("name", "date"), DATES.items())
def test_a_baseline_has_a_title_a_question_a_start_and_twenty_years(name, date):
    scenario = load(name)
    assert scenario.start == month_index(date, "test")
    assert scenario.months == 240
    assert scenario.title != name
    assert scenario.question.endswith("?")
    assert not scenario.parameters
    assert not scenario.assumptions


@pytest.mark.parametrize("name", DATES)
def test_a_baseline_runs_and_stays_within_the_glossary(name):
    run, world = prepared(load(name), count=5)
    assert faults(world) == []
    assert faults(after(run, world, 18)) == []


@pytest.mark.parametrize(("name", "date"), DATES.items())
def test_trust_threat_and_will_are_given_for_the_very_date(rows, name, date):
    """No baseline inherits what moves fastest from an earlier date."""
    dated = {(row["quantity"], row["state"], row["other"]) for row in rows if row["date"] == date}
    rivals = [(i, j) for (i, j), flags in load(name).region.dyads.items() if flags["core"]]
    for i, j in rivals:
        assert ("trust", i, j) in dated
        assert ("threat", i, j) in dated
    for state in load(name).region.states:
        assert ("will", state, "") in dated


def test_no_two_baselines_begin_in_the_same_world():
    worlds = {name: prepared(load(name), count=3)[1] for name in DATES}
    trusts = [np.round(world.trust, 6).tobytes() for world in worlds.values()]
    assert len(set(trusts)) == len(trusts)


def test_what_is_between_two_dated_priors_lies_between_them_and_says_so(rows):
    found = [row for row in rows if row["date"] == "2015-12" and ", interpolated" in row["source"]]
    assert len(found) > 50
    at = {(r["quantity"], r["state"], r["other"], r["date"]): r for r in rows}
    for row in found:
        key = (row["quantity"], row["state"], row["other"])
        ends = sorted(float(at[*key, date]["value"]) for date in ("2002-12", "2017-11"))
        assert ends[0] - 0.006 <= float(row["value"]) <= ends[1] + 0.006, key
        assert row["certainty"] == "J"


def test_an_interpolated_range_is_wider_than_those_it_lies_between(rows):
    """Where neither is cut off at the end of the scale."""
    at = {(r["quantity"], r["state"], r["other"], r["date"]): r for r in rows}

    def width(row):
        return float(row["high"]) - float(row["low"])

    compared = 0
    for row in rows:
        if row["date"] != "2015-12" or not row["source"].startswith("expert_prior, interpolated"):
            continue
        key = (row["quantity"], row["state"], row["other"])
        near = at[*key, "2017-11"]
        if float(row["low"]) > 0.05 and float(row["high"]) < 0.95:
            assert width(row) > width(near), key
            compared += 1
    assert compared > 15


def test_the_arsenal_of_2015_is_not_that_of_2002():
    assert value("baseline_2002", "arsenal", "DPRK").high < value("baseline_2015", "arsenal", "DPRK").low
    assert value("baseline_2015", "arsenal", "DPRK").value < value("baseline_2017", "arsenal", "DPRK").value


def test_a_camp_in_office_is_the_one_of_the_date():
    """Conservative in ROK in 2015 and 2024, progressive in 2002, 2017 and 2018."""
    tastes = {name: value(name, "hawkishness", "ROK").value for name in DATES if name != "baseline_1991"}
    conservative = {name for name, taste in tastes.items() if taste > 0.5}
    assert conservative == {"baseline_2015", "baseline_2024"}
