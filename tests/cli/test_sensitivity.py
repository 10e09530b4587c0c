"""`sensitivity` and `discover` as a user meets them, in a process of their own."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from regime_abm import api
from regime_abm.cli.common import LONG, told_when_long
from tests.cli.test_commands import good, regime

SMALL = ("--months", "12", "-n", "2", "--parameter", "choice.precision", "--parameter", "disputes.settle")
BOTH = ("--outcome", "regime_strength", "--outcome", "reciprocity")


def test_morris_prints_what_moves_each_outcome_and_how_much_is_luck():
    text = good("sensitivity", "baseline_2018", "--samples", "4", *BOTH, *SMALL)
    assert "Regime strength (composite, for display): what moves it, 2 of 2 parameters" in text
    assert "Expected reciprocity (probability): what moves it" in text
    assert "choice.precision" in text
    assert "% of what varies between settings is luck" in text
    assert "not a forecast" in text
    assert "24 futures" in text


def test_the_table_on_disk_is_that_of_the_python_interface_and_discover_reads_the_cells(tmp_path):
    out, cells = tmp_path / "indices.csv", tmp_path / "cells.parquet"
    words = ("--method", "sobol", "--samples", "16", "--seed", "3", *SMALL)
    text = good("sensitivity", "baseline_2018", *words, "--out", str(out), "--cells", str(cells))
    assert f"table in {out}" in text
    here = api.sensitivity(
        "baseline_2018", "sobol", samples=16, seed=3, months=12, replicates=2,
        parameters=["choice.precision", "disputes.settle"],
    )  # fmt: skip
    written = pd.read_csv(out)
    assert written["parameter"].tolist() == here.table["parameter"].tolist()
    assert written["total"].to_numpy() == pytest.approx(here.table["total"].to_numpy())
    assert pd.read_parquet(cells).equals(here.cells)
    middle = f"{here.cells['regime_strength'].median():.6f}"
    found = good("discover", str(cells), "--outcome", "regime_strength", "--above", middle)
    assert f"Regime strength above {float(middle):g}" in found
    assert "over all 32 rows" in found


def test_json_is_for_a_machine():
    found = json.loads(good("sensitivity", "baseline_2018", "--samples", "4", "--json", *SMALL))
    assert found["method"] == "morris"
    assert [row["rank"] for row in found["table"]] == [1, 2]


def test_an_outcome_that_never_varies_is_told_so():
    text = good("sensitivity", "baseline_2018", "--samples", "2", "--outcome", "war", *SMALL)
    assert "War: 0 in every setting; nothing that was varied moves it." in text


def test_discover_prints_the_box_the_beliefs_and_the_tree(tmp_path):
    rng = np.random.default_rng(1)
    table = pd.DataFrame({"trust.asymmetry": rng.uniform(1, 5, 900), "trust.learning": rng.uniform(0.1, 0.9, 900)})
    table["outcome"] = np.where(table["trust.asymmetry"] < 2.0, "fragile_regime", "cold_peace")
    table.to_csv(tmp_path / "runs.csv", index=False)
    text = good("discover", str(tmp_path / "runs.csv"), "--outcome", "regime")
    assert "A security regime stands: 100 % where trust.asymmetry < 1.98; 0.21 % elsewhere." in text
    assert "What you would have to believe" in text
    assert "How much more bad news weighs than good." in text
    assert "The same as a tree" in text
    found = json.loads(good("discover", str(tmp_path / "runs.csv"), "--outcome", "regime", "--json"))
    assert found["beliefs"][0]["parameter"] == "trust.asymmetry"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("sensitivity", "baseline_2018", "--method", "moris"), 'did you mean "morris"'),
        (("sensitivity", "baseline_2018", "--outcome", "crises"), 'did you mean "crisis"'),
        (("sensitivity", "baseline_2018", "--parameter", "trust.lerning"), 'did you mean "trust.learning"'),
        (("sensitivity", "baseline_2018", "--method", "sobol", "--samples", "100"), "take 64 or 128"),
        (("sensitivity", "baseline_2018", "--out", "t.xlsx"), "a table ends in .csv or .parquet"),
        (("discover", "nowhere.csv", "--outcome", "war"), "there is no such file"),
        (("discover", "nowhere.txt", "--outcome", "war"), "a table ends in .csv or .parquet"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(words, told):
    done = regime(*words)
    assert done.returncode == 2
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_what_is_there_is_not_overwritten_and_is_said_before_any_work(tmp_path):
    out = tmp_path / "t.csv"
    out.write_text("mine")
    done = regime("sensitivity", "baseline_2018", "--out", str(out))
    assert done.returncode == 2
    assert "is there already" in done.stderr
    assert out.read_text() == "mine"


def test_size_and_time_are_shown_for_what_takes_long_and_for_nothing_else(capsys):
    told = told_when_long(2)
    told(500, LONG - 1)
    assert capsys.readouterr().err == ""
    told(19_000, 150)
    assert capsys.readouterr().err == "19,000 futures: about 2 min on 2 workers; Ctrl-C ends it\n"
    told(900_000, 7200)
    assert "about 2.0 hours on 2 workers" in capsys.readouterr().err
