"""Where the tables come from: a run in memory, its folder in either format, and what is refused in one line."""

from __future__ import annotations

import json
import re

import pytest

from regime_abm import api, charts
from regime_abm.cli import app
from regime_abm.errors import InputError
from tests.charts.tables import run
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


def test_a_comparison_is_a_flow():
    arms = {"now": TRIO, "doubts": api.load(TRIO).with_preset("sceptic")}
    found = api.compare(arms, replicates=24, months=36, seed=3)
    figure = api.plot(found, "flow")
    twins = api.plot(run(), "flow", against=run(preset="sceptic"))
    assert figure.table.sort_values(["from", "to"]).values.tolist() == twins.table.values.tolist()
    assert "n = 24 twin futures, seed 3, 36 months" in figure.caption
    assert re.search(r"A: now \(.+\); B: doubts \(.+\)\.", figure.caption)
    with pytest.raises(InputError, match='did you mean "doubts"'):
        api.plot(found, "flow", arm="doubt")


@pytest.mark.parametrize(
    ("method", "replicates", "unit", "column"),
    [
        ("morris", 2, "share of core dyad-months", "mu"),
        ("sobol", 2, "share of variance", "net"),
        ("sobol", 1, "share of variance", "total"),
    ],
)
def test_a_sensitivity_analysis_is_a_tornado(method, replicates, unit, column):
    names = ["trust.asymmetry", "norms.stood_for", "disputes.settle"]
    options = {"samples": 4, "replicates": replicates, "months": 6, "seed": 2}
    found = api.sensitivity(TRIO, method, parameters=names, outcomes=["no_force"], **options)
    figure = api.plot(found, "tornado")
    assert figure.x.title == f"Effect on No force ({unit})"
    cells = 4 * (len(names) + (1 if method == "morris" else 2))
    assert f"n = {cells * replicates} futures in {cells} settings of the parameters of trio, seed 2" in figure.caption
    assert sorted(figure.table.effect.dropna()) == sorted(found.table[column].dropna())
    with pytest.raises(InputError, match='did you mean "no_force"'):
        api.plot(found, "tornado", outcome="no_forc")
    with pytest.raises(InputError, match="shows a run, not a sensitivity analysis"):
        api.plot(found, "shares")


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
