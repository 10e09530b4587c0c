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
    # A program that was started in the background ignores Ctrl-C, and so do its children: heed it again.
    heed = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from regime_abm.cli import main; main()"
    words = [sys.executable, "-c", heed, "run", TRIO, "-n", "100000", "--save"]
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
