"""Killed at any moment and resumed, a sweep ends with the bytes of one that was left in peace (F1)."""

from __future__ import annotations

import random
import time

import pytest

from regime_abm.store import journal, verify
from tests.faults import sweeps
from tests.store.toy import parts, sweep

RUNS, CHUNK = 240, 4
SIZE = ("--runs", RUNS, "--chunk", CHUNK)


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reference") / "sweep"
    sweep(folder, runs=RUNS, chunk=CHUNK)
    return parts(folder)


def killed_and_resumed(folder, kills: int, seconds: float, seed: int) -> int:
    """Kill the parent that often, at random moments after it began to work; the number of runs that were then there."""
    luck, done = random.Random(seed), 0
    for _ in range(kills):
        resume = ["--resume"] if folder.is_dir() else []
        process = sweeps.begin(folder, *SIZE, "--seconds", seconds, *resume)
        # longer than it takes to begin, or nothing would ever come of it
        process.stdout.readline()
        time.sleep(luck.uniform(0.0, 0.3))
        process.kill()
        process.communicate()
        before, done = done, verify(folder).runs_done
        assert done >= before, "what was in place is lost"
        assert not [problem for problem in verify(folder).problems if "digest" in problem.what]
    return done


@pytest.mark.parametrize(
    ("kills", "seconds"), [(3, 0.004), pytest.param(25, 0.02, marks=pytest.mark.long)], ids=["3 kills", "25 kills"]
)
def test_the_bytes_are_those_of_an_undisturbed_sweep(reference, tmp_path, kills, seconds):
    folder = tmp_path / "sweep"
    done = killed_and_resumed(folder, kills, seconds, seed=kills)
    assert 0 < done < RUNS, "the test must kill while there is work left"
    last = sweeps.run(folder, *SIZE, "--resume")
    assert last.returncode == 0, last.stderr
    assert parts(folder) == reference
    found = journal.read(folder)
    assert not found.faults
    assert sorted(run for e in found.entries.values() for run in range(e.first, e.first + e.count)) == [*range(RUNS)]
    assert verify(folder).ok


def test_killed_before_the_manifest_was_in_place_it_can_be_resumed(reference, tmp_path):
    """What the first moments leave behind: the folder, the lock, a temporary file."""
    folder = tmp_path / "sweep"
    folder.mkdir()
    (folder / "writer.lock").write_text('{"pid": 1, "host": "gone"}')
    (folder / ".tmp-manifest.json").write_text('{"form')
    sweep(folder, runs=RUNS, chunk=CHUNK, resume=True)
    assert parts(folder) == reference
    assert verify(folder).ok
