"""`compare`, and what `run` says about enough futures and enough months, as a user meets them."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from tests.cli.test_commands import TRIO, good, regime

HARSH = f"{TRIO}+sceptic"


def test_compare_prints_what_changes_for_how_many_and_from_which_end_to_which():
    text = good("compare", TRIO, HARSH, "-n", "40", "--months", "36")
    assert f"A: {TRIO}" in text
    assert f"B: {HARSH}" in text
    for words in (
        "B against A: how futures end",
        "change, points",
        "better",
        "From the end under A (rows)",
        "Of 100 futures",
    ):
        assert words in text
    assert "not a forecast" in text


def test_compare_json_and_tables_say_the_same(tmp_path):
    out = tmp_path / "tables"
    words = ("compare", TRIO, HARSH, "-n", "30", "--months", "24", "--seed", "5", "--set", "choice.precision=3")
    told = json.loads(good(*words, "--json", "--out", str(out)))
    assert told["arms"][TRIO]["parameters_set"] == {"choice.precision": 3.0}
    assert json.loads((out / "summary.json").read_text())["flows"] == told["flows"]
    names = {path.stem for path in out.glob("*.parquet")}
    assert names == {"shares", "changes", "differences", "twins", "flows_1"}
    differences = pd.read_parquet(out / "differences.parquet").set_index("key")
    row = next(row for row in told["differences"] if row["key"] == "reciprocity")
    assert differences.loc["reciprocity", "difference"] == row["difference"]
    assert len(pd.read_parquet(out / "twins.parquet")) == 60
    again = regime(*words, "--out", str(out))
    assert again.returncode == 2
    assert "is there already" in again.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("compare", TRIO), "arms: 1 given; 2 to 20 can be compared"),
        (("compare", TRIO, f"{TRIO}+scepic"), 'did you mean "sceptic"'),
        (("compare", TRIO, HARSH, "-n", "1"), "replicates: 1 is outside 2 to"),
        (("run", TRIO, "--precision", "0.1"), "--precision: only has a meaning with --until-settled"),
        (("run", TRIO, "--until-settled", "--precision", "0"), "precision: 0 is outside 0.001 to 0.5"),
        (("run", TRIO, "--until-settled", "-n", "50", "--most", "20"), "most: 20 is outside 50 to"),
    ],
)
def test_what_cannot_be_done_is_one_line(words, told):
    done = regime(*words)
    assert done.returncode == 2
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_run_adds_futures_until_the_intervals_are_narrow_and_says_so():
    text = good("run", TRIO, "-n", "50", "--months", "24", "--until-settled", "--precision", ".1", "--workers", "2")
    assert "Narrow enough after" in text
    assert "10.0 were asked for" in text
    text = good("run", TRIO, "-n", "20", "--months", "24", "--until-settled", "--precision", ".01", "--most", "40")
    assert "Not narrow enough after 40 futures" in text


def test_run_says_whether_the_months_are_enough():
    assert "6 months are too few to see" in good("run", TRIO, "-n", "10", "--months", "6")
    text = good("run", TRIO, "-n", "40", "--months", "60")
    assert [line for line in text.splitlines() if line.startswith(("Settled:", "Not settled:"))]
