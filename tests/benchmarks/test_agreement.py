"""The engine and an independent plain-Mesa model of a part of the month say the same; a change is seen."""

import dataclasses
from pathlib import Path

import pytest

from benchmarks import agreement
from benchmarks.submodel import MEASURES
from regime_abm.scenario import load

TRIO = Path(__file__).parents[1] / "worlds" / "trio.toml"


def test_few_runs_agree_on_all_eight_measures() -> None:
    found = agreement.agreement(load(TRIO), runs=150, months=24)
    assert [item.measure for item in found] == list(MEASURES)
    assert all(item.error > 0 for item in found), "a measure that never varies would agree with anything"
    assert all(item.agrees for item in found), agreement.table(found)


def test_a_changed_equation_is_seen() -> None:
    """The same two models disagree as soon as one of them thinks that provoking is cheaper."""
    scenario = load(TRIO)
    cheaper = scenario.with_parameters({"choice.cost_provoke": 0.6})
    reference = agreement.reference_runs(agreement.setting(scenario), 0, 150, 24)
    found = agreement.compared(reference, agreement.engine_runs(cheaper, 1, 150, 24))
    assert not all(item.agrees for item in found)


@pytest.mark.long
def test_two_thousand_runs_agree_within_three_standard_errors() -> None:
    scenario = load("baseline_2018")
    found = agreement.agreement(scenario, runs=2000, months=60, workers=2)
    assert all(item.agrees for item in found), agreement.table(found)


@pytest.mark.long
@pytest.mark.parametrize(
    ("parameter", "value", "measure"),
    [
        ("trust.asymmetry", 3.0, "trust in core dyads"),
        ("threat.reach", 5.0, "threat, distance from its start"),
        ("threat.others_allies", 1.5, "threat, distance from its start"),
        ("choice.precision", 5.0, "share reassuring"),
        ("forums.talks_open", 0.08, "rivals in talks"),
        ("forums.clarity", 0.35, "misperception"),
        ("forums.usual_attendance", 0.80, "attendance at meetings"),
        ("leaders.reelection", 0.3, "turnovers a state and year"),
    ],
)
def test_the_measure_sees_its_mechanism(parameter: str, value: float, measure: str) -> None:
    """At the numbers of the real test, a moderate change of a parameter moves the measure meant to notice."""
    scenario = load("baseline_2018")
    engine = agreement.engine_runs(scenario, 1, 2000, 60)
    changed = agreement.engine_runs(scenario.with_parameters({parameter: value}), 2, 2000, 60)
    seen = {item.measure: item for item in agreement.compared(engine, changed)}
    assert not seen[measure].agrees, dataclasses.asdict(seen[measure])
