"""`claims` as a user meets it: a small real run, its JSON and tables, the list, and how mistakes are told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

from tests.claims.tiny import ARMS, HEAD, TEST, claim_file
from tests.cli.test_commands import good, regime
from tests.helpers import TESTS

SMALL = ("--draws", "40", "-n", "3", "--seed", "5")


def test_a_claim_is_run_and_its_verdict_printed(tmp_path):
    text = good("claims", str(claim_file(tmp_path)), *SMALL)
    assert "SUPPORTED" in text
    assert "rivals in talks (keen v. shy)" in " ".join(text.replace("│", " ").split())
    assert "2 arms of 120 futures" in text
    assert "not a forecast" in text


def test_json_and_folder_tell_the_same_on_any_number_of_workers(tmp_path):
    path, out = str(claim_file(tmp_path)), tmp_path / "out"
    told = json.loads(good("claims", path, *SMALL, "--json", "--out", str(out), "--workers", "2"))
    assert json.loads((out / "claims.json").read_text()) == told
    again = json.loads(good("claims", path, *SMALL, "--json"))
    assert again["claims"] == told["claims"]
    (claim,) = told["claims"]
    assert (claim["id"], claim["verdict"], claim["draws"], claim["replicates"], claim["seed"]) == ("H1", "supported", 40, 3, 5)
    assert claim["interval"][0] < claim["effect"] < claim["interval"][1]
    assert {path.name for path in out.iterdir()} >= {"arms", "claims.csv", "claims.json", "claims.md"}


def test_surgery_is_told_in_the_table(tmp_path):
    cut = '[[arms.keen.surgery]]\nmonth = "2001-06"\nquantities = ["will"]\nadd = 0.1\n'
    text = good("claims", str(claim_file(tmp_path, HEAD + ARMS + cut + TEST)), *SMALL)
    assert "surgery" in text.split("Surgery: something is forced")[0]


def test_claims_are_listed_without_a_run():
    text = good("claims", "--list", "H2", "H16")
    assert "H2" in text
    assert "(surgery)" in text
    assert "SUPPORTED" not in text


def test_mistakes_are_told_in_one_line(tmp_path):
    for words, told in (
        (("claims", "H99"), "unknown claim 'H99'"),
        (("claims", str(claim_file(tmp_path)), "--draws", "1"), "draws: 1"),
        (("claims", str(claim_file(tmp_path)), "-n", "1"), "replicates: 1"),
        (("claims", str(tmp_path / "none.toml")), "there is no such file"),
    ):
        refused = regime(*words)
        assert refused.returncode == 2
        assert told in refused.stderr
        assert refused.stderr.count("\n") == 1


def test_a_run_that_was_killed_goes_on_to_the_same_verdicts(tmp_path):
    """Killed outright once an arm is done: what is done stays, the rest is run, and all numbers are those of one run."""
    path, out = str(claim_file(tmp_path)), tmp_path / "out"
    words = [sys.executable, "-m", "regime_abm", "claims", path, *SMALL, "--months", "120", "--out", str(out)]
    running = subprocess.Popen(words, env={**os.environ, "PYTHONPATH": str(TESTS.parent)}, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while not list(out.glob("arms/[!.]*.parquet")) and running.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    running.kill()
    running.wait()
    done = {file: file.stat().st_mtime_ns for file in out.glob("arms/[!.]*.parquet")}
    assert done
    resumed = json.loads(good(*words[3:], "--json"))
    assert {file: file.stat().st_mtime_ns for file in done} == done
    whole = json.loads(good("claims", path, *SMALL, "--months", "120", "--json"))
    assert resumed["claims"] == whole["claims"]
