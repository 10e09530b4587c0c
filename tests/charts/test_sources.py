"""Where the tables come from: a run in memory, its folder in either format, and what is refused in one line."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from regime_abm import api, charts
from regime_abm.cli import app
from regime_abm.errors import InputError
from tests.charts.tables import effects, run
from tests.helpers import WORLDS

TRIO = str(WORLDS / "trio.toml")
FROM_A_RUN = ("fan", "shares", "shares_over_time", "first_passage")


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """The same run as a folder of parquet and as one of CSV."""
    found = {}
    for kind in ("parquet", "csv"):
        found[kind] = tmp_path_factory.mktemp("runs") / kind
        words = ["run", TRIO, "-n", "24", "--months", "36", "--seed", "3", "--format", kind, "--out", str(found[kind])]
        app(words, standalone_mode=False)
    return found


@pytest.mark.parametrize("kind", ["parquet", "csv"])
@pytest.mark.parametrize("name", FROM_A_RUN)
def test_a_folder_gives_the_very_figure_of_the_run(folders, kind, name):
    one, other = api.plot(folders[kind], name), api.plot(run(), name)
    assert (one.title, one.caption, one.alt) == (other.title, other.caption, other.alt)
    assert one.plotly().to_json() == other.plotly().to_json()


def test_a_folder_and_a_run_in_memory_are_twins(folders):
    figure = api.plot(folders["csv"], "flow", against=run(preset="sceptic"))
    assert figure.table["count"].sum() == 24


def test_a_scenario_is_run_first():
    figure = api.plot(TRIO, "shares", replicates=7, months=2, seed=5, preset="sceptic")
    assert "n = 7 futures of trio, preset sceptic, seed 5" in figure.caption


def test_a_damaged_table_is_named(folders, tmp_path):
    path = tmp_path / "broken"
    path.mkdir()
    for file in folders["parquet"].iterdir():
        (path / file.name).write_bytes(file.read_bytes())
    content = bytearray((path / "shares.parquet").read_bytes())
    content[len(content) // 4] ^= 1
    (path / "shares.parquet").write_bytes(content)
    with pytest.raises(InputError, match=r"shares\.parquet: cannot be read as a table"):
        api.plot(path, "shares")


@pytest.mark.parametrize(
    ("summary", "said"),
    [
        ("{", "is not JSON"),
        ("[1]", "is not the summary of a run"),
        ("{}", "field 'scenario' is missing"),
        ('{"start": "x"}', "'scenario' is missing"),
    ],
)
def test_a_broken_summary_is_named(tmp_path, summary, said):
    (tmp_path / "summary.json").write_text(summary)
    with pytest.raises(InputError, match=said):
        api.plot(tmp_path, "shares")


def test_a_summary_with_a_wrong_date_is_named(folders, tmp_path):
    found = json.loads((folders["csv"] / "summary.json").read_text())
    (tmp_path / "summary.json").write_text(json.dumps(found | {"start": "someday"}))
    with pytest.raises(InputError, match=r"summary\.start: 'someday' is not a date"):
        api.plot(tmp_path, "shares")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"chart": "shrs"}, 'unknown chart .shrs.; did you mean "shares"'),
        ({"chart": "fan", "measure": "no_forc"}, 'did you mean "no_force"'),
        ({"chart": "shares", "measure": "no_force"}, "measure: the chart shares has no such choice"),
        ({"chart": "flow"}, "against: the chart flow needs a second run"),
        ({"chart": "shares", "against": "trio"}, "against: the chart shares shows one run"),
        ({"chart": "tornado"}, "chart: tornado shows a sensitivity analysis, not a run"),
        ({"chart": "resilience"}, "no table 'resilience_table'; run it with --robust"),
        ({"chart": "shares", "seed": 3}, "seed: a finished run has its own"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_one_line(words, said):
    with pytest.raises(InputError, match=said) as caught:
        api.plot(run(), **words)
    assert "\n" not in str(caught.value)


def test_an_empty_folder_is_no_run(tmp_path):
    with pytest.raises(InputError, match=r"is no folder that run --out has written"):
        api.plot(tmp_path)


# A comparison and a sensitivity analysis as the charts see them: names of what they hold, no more.


def comparison():
    """Two arms over four futures: of two that end in war one ends in cold peace under the other arm."""
    keys = ["cold_peace", "war"]
    square = pd.DataFrame([[2, 0], [1, 1]], index=keys, columns=keys)
    return SimpleNamespace(
        treatments=("a+sceptic",),
        control="a",
        titles={"a": "A", "a+sceptic": "A"},
        parameters={"a": {}, "a+sceptic": {}},
        months=12,
        replicates=4,
        seed=2,
        draw_parameters=False,
        flows=lambda arm: square,
    )


def test_a_comparison_is_a_flow():
    figure = api.plot(comparison(), "flow")
    assert figure.table.values.tolist() == [
        ["cold_peace", "cold_peace", 2],
        ["war", "cold_peace", 1],
        ["war", "war", 1],
    ]
    assert "n = 4 twin futures, seed 2, 12 months" in figure.caption
    assert "A: a in" not in figure.title
    with pytest.raises(InputError, match=r'unknown arm .sceptic.; did you mean "a\+sceptic"|unknown arm'):
        api.plot(comparison(), "flow", arm="sceptic")


def sensitivity(method: str):
    table = effects().drop(columns=["effect", "low", "high"])
    column = {"morris": "mu", "sobol": "total"}[method]
    found = effects()
    table[column], table[f"{column}_low"], table[f"{column}_high"] = found.effect, found.low, found.high
    outcomes = pd.DataFrame([{"outcome": "no_force", "title": "No force", "unit": "share of core dyad-months"}])
    return SimpleNamespace(
        sample=SimpleNamespace(method=method, points=np.zeros((160, 15))),
        outcomes=outcomes,
        table=table.assign(outcome="no_force"),
        futures=1600,
        scenario="a",
        preset="",
        months=12,
        seed=2,
    )


@pytest.mark.parametrize(("method", "unit"), [("morris", "share of core dyad-months"), ("sobol", "share of variance")])
def test_a_sensitivity_analysis_is_a_tornado(method, unit):
    figure = api.plot(sensitivity(method), "tornado")
    assert figure.x.title == f"Effect on No force ({unit})"
    assert "n = 1,600 futures in 160 settings of the parameters of a, seed 2" in figure.caption
    with pytest.raises(InputError, match="unknown outcome"):
        api.plot(sensitivity(method), "tornado", outcome="no_treat")
    with pytest.raises(InputError, match="shows a run, not a sensitivity analysis"):
        api.plot(sensitivity(method), "shares")


@pytest.mark.long
def test_a_scenario_is_put_to_the_test_for_its_resilience():
    """In May 2018 as the institutionalist reads it some futures end in a regime, and twin branches tell how firm it is."""
    result = api.run("baseline_2018", replicates=60, months=120, preset="institutionalist", robust=True)
    assert result.resilience
    figure = api.plot("baseline_2018", "resilience", replicates=60, months=120, preset="institutionalist")
    assert f"n = {len(result.resilience)} tested regime" in figure.caption
    assert figure.table.equals(result.resilience_table)
    assert figure.picture("svg")


def test_every_chart_is_known_by_the_name_of_its_file():
    for name, module in charts.CHARTS.items():
        assert module.__name__ == f"regime_abm.charts.{name}"
        assert module.WHAT
        assert module.TABLES
