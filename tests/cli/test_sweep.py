"""sweep, verify, replay and why of a stored run, as a user meets them."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from regime_abm import api, cli
from tests.cli.test_commands import TRIO, good, regime
from tests.sweeps.plans import GRID, head

PLAN = head(5, 12, presets='["agnostic", "sceptic"]') + GRID


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli")
    (folder / "plan.toml").write_text(PLAN)
    return folder, good("sweep", "plan.toml", "--out", "out", cwd=folder)


def test_sweep_prints_how_the_runs_end_and_where_they_are(swept):
    folder, text = swept
    assert all(word in text for word in ("agnostic", "sceptic", "30", "not a forecast", str(folder / "out")))
    assert len(pd.read_parquet(folder / "out" / "parts" / "runs")) == 60


def test_the_manifest_tells_the_exact_command_and_all_that_is_needed(swept):
    folder, _ = swept
    manifest = json.loads((folder / "out" / "manifest.json").read_text())
    fixed = manifest["fixed"]
    assert manifest["notes"]["command"].endswith("-m regime_abm sweep plan.toml --out out")
    assert {"plan", "scenarios", "presets", "actors", "code", "versions", "platform", "lock"} <= set(fixed)
    assert fixed["plan"]["seed"] == 1
    learning = api.load_preset("sceptic").parameters["trust.learning"]
    assert fixed["parameters"][1]["values"]["trust.learning"] == learning


def test_sweep_json_and_other_chunks(swept):
    folder, _ = swept
    found = json.loads(good("sweep", "plan.toml", "--out", "again", "--chunk", "10", "--json", cwd=folder))
    assert (found["runs"], found["failed"]) == (60, 0)
    assert sum(row[key] for row in found["outcomes"] for key in api.KEYS) == 60
    one, other = (api.open_results(folder / name).runs() for name in ("out", "again"))
    assert one.equals(other)


def test_verify_is_content_and_then_names_what_is_damaged(swept):
    folder, _ = swept
    assert "60 of 60 runs are there and valid" in good("verify", "out", cwd=folder)
    part = folder / "out" / "parts" / "runs" / "part-000000.parquet"
    whole = part.read_bytes()
    part.write_bytes(whole[:-1])
    done = regime("verify", "out", cwd=folder)
    assert done.returncode == 1
    assert "parts/runs/part-000000.parquet: is truncated" in done.stdout
    found = json.loads(regime("verify", "out", "--json", cwd=folder).stdout)
    assert (found["ok"], found["recompute"]) == (False, [0])
    part.write_bytes(whole)


def test_replay_and_why_of_a_stored_run(swept):
    folder, _ = swept
    assert "equal: every stored value is the same" in good("replay", "out", "--run", "33", cwd=folder)
    found = json.loads(good("why", "out", "AAA>BBB", "--run", "33", "--month", "5", "--json", cwd=folder))
    watch = api.watch_run(folder / "out", 33)
    watch.advance(5)
    assert found["parts"][0]["terms"][0][1] == watch.why_tie("AAA", "BBB").parts[0].terms[0][1]


def test_a_failed_run_ends_with_exit_code_1_and_the_command_that_repeats_it(tmp_path):
    (tmp_path / "plan.toml").write_text(head(40, 4))
    (tmp_path / "mine.py").write_text(
        "from regime_abm import Actor\n\n\nclass Weak(Actor):\n    def decide(self, sees):\n"
        "        if (sees.luck() < 0.02).any():\n            raise RuntimeError('too weak')\n        return sees.default\n"
    )
    words = ("sweep", "plan.toml", "--out", "out", "--workers", "2", "--actor", "AAA=mine:Weak")
    done = regime(*words, cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    failed = api.open_results(tmp_path / "out").failures
    assert 1 <= len(failed) < 20
    assert "RuntimeError: too weak" in done.stdout
    assert failed.iloc[0]["replay"] in done.stdout
    again = regime("replay", "out", "--run", str(failed.iloc[0]["run"]), cwd=tmp_path)
    assert "in decide" in again.stdout
    assert "equal" in again.stdout


FAULTS = {
    "an unknown plan": (("sweep", "rival_reading", "--out", "new"), ['did you mean "rival_readings"']),
    "no plan": (("sweep", "none.toml", "--out", "new"), ["none.toml", "no such file"]),
    "a scenario for a plan": (("sweep", TRIO, "--out", "new"), ["trio.toml", "scenarios"]),
    "a folder that is taken": (("sweep", "plan.toml", "--out", "out"), ["holds a sweep already", "--resume"]),
    "an unknown executor": (("sweep", "plan.toml", "--out", "new", "--executor", "dusk"), ['did you mean "dask"']),
    "no workers": (("sweep", "plan.toml", "--out", "new", "--workers", "0"), ["workers", "1 to 256"]),
    "fewer runs than it has": (("sweep", "plan.toml", "--out", "new", "--max-runs", "59"), ["60 runs", "at most 59"]),
    "a run that is none": (("replay", "out", "--run", "60"), ["run", "0 to 59"]),
    "a run below zero": (("why", "out", "AAA>BBB", "--run", "-1", "--month", "1"), ["run"]),
    "a folder that is no sweep": (("verify", "."), ["holds no sweep"]),
    "a run with a seed": (
        ("why", "out", "AAA", "--run", "1", "--seed", "3", "--month", "1"),
        ["--run", "leave them out"],
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_command_with(fault, swept, monkeypatch, capsys):
    folder, _ = swept
    words, expected = FAULTS[fault]
    monkeypatch.chdir(folder)
    monkeypatch.setattr("sys.argv", ["regime-abm", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = capsys.readouterr().err
    assert (ended.value.code, len(said.strip().splitlines())) == (2, 1), said
    for word in expected:
        assert word in said
    assert not (folder / "new").exists()


def test_check_says_what_a_plan_comes_to(swept):
    folder, _ = swept
    text = good("check", "plan.toml", cwd=folder)
    assert all(word in text for word in ("12 cells", "grid", "60 runs", "ok"))


def test_discover_reads_a_sweep(tmp_path):
    sampled = '[design.latin_hypercube]\nsamples = 40\nparameters = ["choice.precision", "trust.learning"]\n'
    (tmp_path / "plan.toml").write_text(head(2, 12) + sampled)
    results = api.sweep(tmp_path / "plan.toml", out=tmp_path / "out")
    middle = results.runs()["reciprocity"].median()
    of_folder, of_table = (
        api.discover(table, "reciprocity", above=middle) for table in (results.folder, results.runs())
    )
    assert of_folder.rows == 80
    assert 0.4 < of_folder.share < 0.6
    assert of_folder.summary() == of_table.summary()


def test_run_takes_workers_and_gives_the_same_futures():
    found = json.loads(good("run", TRIO, "-n", "20", "--months", "12", "--workers", "2", "--json"))
    assert found["sha256"] == api.run(TRIO, replicates=20, months=12).sha256
