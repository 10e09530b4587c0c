"""`run --save`: the tables in a new folder of the platform's place for data."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest

from regime_abm.paths import RESULTS
from tests.cli.test_commands import TRIO, good, regime
from tests.helpers import TESTS

# A program that was started in the background ignores Ctrl-C, and so do its children: heed it again.
HEED = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from regime_abm.cli import main; main()"
)


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv(RESULTS, str(tmp_path / "results"))
    return tmp_path / "results"


def test_each_run_gets_a_folder_of_its_own_and_says_which(root):
    words = ("run", TRIO, "-n", "5", "--months", "6", "--save")
    told = [good(*words).splitlines()[-1] for _ in range(2)]
    folders = sorted(root.iterdir())
    assert told == [f"tables in {folder}" for folder in folders]
    assert [folder.name[:5] + folder.name[-2:] for folder in folders] == ["trio--1", "trio--2"]
    assert len(pd.read_parquet(folders[1] / "futures.parquet")) == 5 * 7


def test_the_json_of_a_saved_run_stays_json(root):
    done = regime("run", TRIO, "-n", "5", "--months", "6", "--save", "--json")
    (folder,) = root.iterdir()
    assert json.loads(done.stdout)["sha256"] == json.loads((folder / "summary.json").read_text())["sha256"]
    assert done.stderr == f"tables in {folder}\n"


def test_a_run_that_is_refused_or_interrupted_leaves_no_folder(root):
    assert regime("run", TRIO, "-n", "0", "--save").returncode == 2
    assert list(root.iterdir()) == []
    words = [sys.executable, "-c", HEED, "run", TRIO, "-n", "100000", "--save"]
    running = subprocess.Popen(words, env=os.environ, cwd=TESTS.parent, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 60
    while not any(root.iterdir()) and time.monotonic() < until:
        time.sleep(0.05)
    assert len(list(root.iterdir())) == 1, "it was never taken"
    running.send_signal(signal.SIGINT)
    assert running.communicate(timeout=60)[1] == "interrupted\n"
    assert running.returncode == 130
    assert list(root.iterdir()) == []


def test_a_place_that_cannot_be_written_is_told_before_the_work(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(RESULTS, str(tmp_path / "file"))
    done = regime("run", TRIO, "-n", "100000", "--save")
    assert done.returncode == 2
    assert done.stderr.startswith("regime-abm: ")
    assert RESULTS in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_out_and_save_exclude_each_other(root, tmp_path):
    done = regime("run", TRIO, "-n", "5", "--save", "--out", str(tmp_path / "here"))
    assert done.returncode == 2
    assert "--save" in done.stderr
    assert list(tmp_path.iterdir()) == []


PLAN = f'schema = 1\nscenarios = ["{TRIO}"]\nmonths = 6\nreplicates = '


def test_a_sweep_without_a_folder_gets_one_of_its_own(root, command, tmp_path):
    (tmp_path / "my_plan.toml").write_text(f"{PLAN}3\n")
    code, text, _ = command("sweep", "my_plan.toml", "--workers", "1")
    assert code == 0
    (folder,) = root.iterdir()
    assert folder.name.startswith("my_plan-")
    assert f"3 runs in {folder}" in text
    assert command("verify", str(folder))[0] == 0


def test_a_sweep_that_is_refused_leaves_no_folder(root, command, tmp_path):
    (tmp_path / "my_plan.toml").write_text(f"{PLAN}0\n")
    assert command("sweep", "my_plan.toml")[0] == 2
    assert list(root.iterdir()) == []
    code, _, told = command("sweep", "my_plan.toml", "--resume")
    assert (code, told) == (2, "regime-abm: --resume: say with --out which folder it is\n")


def test_a_sweep_that_is_stopped_says_how_to_go_on_in_its_folder(root, tmp_path):
    (tmp_path / "my_plan.toml").write_text(f"{PLAN}200000\n")
    words = [sys.executable, "-c", HEED, "sweep", str(tmp_path / "my_plan.toml"), "--workers", "1"]
    running = subprocess.Popen(words, env=os.environ, cwd=TESTS.parent, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 60
    while not list(root.glob("*/parts/runs/*")) and time.monotonic() < until:
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    told = running.communicate(timeout=60)[1]
    assert running.returncode == 130, told
    (folder,) = root.iterdir()
    assert f"--workers 1 --out {folder} --resume" in told


def test_a_comparison_is_saved_too(root, command):
    code, text, _ = command("compare", TRIO, f"{TRIO}+sceptic", "-n", "4", "--months", "6", "--save")
    (folder,) = root.iterdir()
    assert (code, text.splitlines()[-1]) == (0, f"tables in {folder}")
    assert folder.name.startswith("compare-")
    assert (folder / "differences.parquet").is_file()
