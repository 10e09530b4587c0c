"""The command line as a user meets it, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import regime_abm
from tests.helpers import TESTS, WORLDS

TRIO = str(WORLDS / "trio.toml")


def regime(*words: str, cwd: Path | None = None, **options) -> subprocess.CompletedProcess:
    environment = {**os.environ, "PYTHONPATH": str(TESTS.parent), "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, "-m", "regime_abm", *words],
        capture_output=True,
        text=True,
        timeout=180,
        cwd=cwd,
        env=environment,
        **options,
    )


def good(*words: str, **options) -> str:
    done = regime(*words, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_run_prints_the_outcomes_with_intervals_the_legs_of_a_regime_and_that_it_is_no_forecast():
    text = good("run", TRIO, "-n", "40", "--months", "24")
    assert "how 40 futures stand in 2002-01" in text
    assert "95 % interval" in text
    assert "Legs of a regime that hold:" in text
    assert "Quiet is not a regime" in text
    assert "not a forecast" in text


def test_run_json_says_all_that_is_needed_to_run_it_again():
    found = json.loads(good("run", TRIO, "-n", "40", "--months", "24", "--seed", "7", "--json"))
    for key in (
        "scenario",
        "seed",
        "replicates",
        "months",
        "outcome_shares",
        "outcome_intervals",
        "measures",
        "seconds",
    ):
        assert key in found
    assert {"python", "numpy", "machine"} <= set(found["platform"])
    assert len(found["sha256"]) == 64
    assert sum(found["outcome_shares"].values()) == pytest.approx(1.0)
    for share, (low, high) in zip(found["outcome_shares"].values(), found["outcome_intervals"].values(), strict=True):
        assert 0 <= low <= share <= high <= 1
    assert list(found["measures"]["reciprocity"]) == ["q05", "q10", "q25", "q50", "q75", "q90", "q95"]
    here = regime_abm.run(TRIO, replicates=40, months=24, seed=7)
    assert here.sha256 == found["sha256"]


def test_run_writes_tidy_tables_into_a_new_folder(tmp_path):
    out = tmp_path / "result"
    good("run", TRIO, "-n", "20", "--months", "12", "--out", str(out))
    futures = pd.read_parquet(out / "futures.parquet")
    assert len(futures) == 20 * 13
    assert set(pd.read_parquet(out / "outcomes.parquet").columns) == {"replicate", "outcome", "title"}
    assert json.loads((out / "summary.json").read_text())["replicates"] == 20
    again = regime("run", TRIO, "-n", "20", "--out", str(out))
    assert again.returncode == 2
    assert "is there already" in again.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["result"]


def test_show_lists_the_month_in_order():
    text = good("show", "schedule")
    order = [text.index(f" {word} ") for word in ("calendar", "leaders", "threat", "forums", "choice", "provocation")]
    assert order == sorted(order)


def test_show_parameters_gives_range_prior_and_evidence():
    rows = json.loads(good("show", "parameters", "--json"))
    assert {"name", "default", "low", "high", "prior", "unit", "meaning", "evidence", "source"} == set(rows[0])
    assert "trust.asymmetry" in good("show", "parameters")


def test_show_scenarios_and_forums():
    assert "baseline_2018" in good("show", "scenarios")
    text = good("show", "forums", TRIO)
    assert "The Club" in text


def test_show_a_mechanism_prints_its_theory_and_parameters():
    text = good("show", "trust")
    assert all(word in text for word in ("Theory", "asymmetry", "Rival accounts"))


def test_why_prints_terms_that_sum_and_the_act_that_was_drawn():
    found = json.loads(good("why", TRIO, "AAA>BBB", "--seed", "3", "--month", "2001-02", "--json"))
    for part in found["parts"]:
        assert sum(value for _, value, _ in part["terms"]) == pytest.approx(part["total"], abs=1e-5)
    assert sum(found["action_probabilities"].values()) == pytest.approx(1.0)
    text = good("why", TRIO, "AAA>BBB", "--seed", "3", "--replicate", "2", "--month", "2001-02")
    assert all(word in text for word in ("drawn", "hope of mutual cooperation", "judged range"))


def test_why_of_a_state_names_what_moved_it():
    assert "campaign of tests" in good("why", TRIO, "AAA", "--month", "5")


def test_new_check_and_run_are_five_minutes_to_a_first_scenario(tmp_path):
    good("new", "mine.toml", "--from", "baseline_2018", cwd=tmp_path)
    assert "ok" in good("check", "mine.toml", cwd=tmp_path)
    text = (tmp_path / "mine.toml").read_text().replace('# "trust.asymmetry"', '"trust.asymmetry"')
    (tmp_path / "mine.toml").write_text(text)
    found = json.loads(good("run", "mine.toml", "-n", "5", "--months", "6", "--json", cwd=tmp_path))
    assert found["parameters_set"] == {"trust.asymmetry": 3.0}
    again = regime("new", "mine.toml", cwd=tmp_path)
    assert again.returncode == 2
    assert (tmp_path / "mine.toml").read_text() == text


def test_a_doctrine_can_be_named_on_the_command_line(tmp_path):
    (tmp_path / "mine.py").write_text(
        "import numpy as np\nfrom regime_abm import Actor\n\n\nclass Dove(Actor):\n"
        "    def decide(self, sees):\n        return np.broadcast_to(np.eye(5)[0], sees.default.shape)\n"
    )
    words = ("run", TRIO, "-n", "20", "--months", "12", "--json")
    plain = json.loads(good(*words, cwd=tmp_path))
    dove = json.loads(good(*words, "--actor", "BBB=mine:Dove", cwd=tmp_path))
    assert plain["sha256"] != dove["sha256"]
    wrong = regime(*words, "--actor", "BBB=mine:Eagle", cwd=tmp_path)
    assert wrong.returncode == 2
    assert "Eagle" in wrong.stderr


def test_set_changes_a_parameter():
    words = ("run", TRIO, "-n", "20", "--months", "12", "--json")
    assert json.loads(good(*words))["sha256"] != json.loads(good(*words, "--set", "choice.precision=0"))["sha256"]


def test_help_and_show_stay_free_of_heavy_imports():
    code = (
        "import sys, regime_abm.cli, regime_abm.api as a; a.schedule_table(); a.parameter_table(); a.scenarios();"
        "print([m for m in ('mesa', 'solara', 'scipy', 'matplotlib', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=TESTS.parent, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_ensemble_does_not_import_mesa():
    code = (
        "import sys, regime_abm; regime_abm.run(sys.argv[1], replicates=3, months=3);"
        "print('mesa' in sys.modules, 'solara' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, TRIO], capture_output=True, text=True, cwd=TESTS.parent, timeout=60, check=True
    )
    assert done.stdout.strip() == "False False"


def test_debug_shows_the_traceback_and_without_it_there_is_none():
    plain, debug = regime("run", "basline_2018"), regime("--debug", "run", "basline_2018")
    assert "Traceback" not in plain.stderr
    assert "Traceback" in debug.stderr
    assert plain.returncode == 2
