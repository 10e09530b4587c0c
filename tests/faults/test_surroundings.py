"""Time zone, language, hash seed and the folder one is in change no byte; a folder that cannot be used is one line (F9)."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import time

import pytest

from tests.faults import sweeps
from tests.store.toy import parts, sweep

SIZE = ("--runs", 24, "--chunk", 4)
SURROUNDINGS = {
    "time zone and order of sets": {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "12345"},
    "language and order of sets": {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONHASHSEED": "1"},
}


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reference") / "sweep"
    sweep(folder, runs=24, chunk=4)
    return folder


def everything(folder):
    """All that a sweep left, but for the order in which its parts were ready."""
    journal = sorted((folder / "journal.jsonl").read_bytes().splitlines())
    return parts(folder), journal, (folder / "manifest.json").read_bytes()


@pytest.mark.parametrize("name", SURROUNDINGS)
def test_no_byte_depends_on(reference, tmp_path, name):
    ended = sweeps.run(tmp_path / "sweep", *SIZE, **SURROUNDINGS[name])
    assert ended.returncode == 0, ended.stderr
    assert everything(tmp_path / "sweep") == everything(reference)


def test_no_byte_depends_on_the_clock(reference, tmp_path, monkeypatch):
    """An hour back and forth between any two looks at it."""
    jumps = itertools.cycle([0.0, -3600.0, 3600.0])
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + next(jumps))
    sweep(tmp_path / "sweep", runs=24, chunk=4)
    assert everything(tmp_path / "sweep") == everything(reference)


def one_line(ended: subprocess.CompletedProcess[str], *words: str) -> None:
    assert ended.returncode == 2, ended
    assert ended.stdout == ""
    assert len(ended.stderr.strip().splitlines()) == 1
    for word in words:
        assert word in ended.stderr


def test_the_folder_one_is_in_may_vanish(reference, tmp_path):
    """New processes cannot begin in it, and Python has no other place for them: that is told."""
    (tmp_path / "here").mkdir()
    ended = sweeps.run(tmp_path / "sweep", *SIZE, "--lose-cwd", cwd=tmp_path / "here")
    one_line(ended, "workers: no worker process could be started (No such file or directory)")
    (tmp_path / "here").mkdir()
    ended = sweeps.run(tmp_path / "sweep", *SIZE, "--resume", "--workers", 1, "--lose-cwd", cwd=tmp_path / "here")
    assert ended.returncode == 0, ended.stderr
    assert everything(tmp_path / "sweep") == everything(reference)


def test_a_relative_name_in_a_folder_that_vanished(tmp_path):
    (tmp_path / "here").mkdir()
    one_line(sweeps.run("sweep", "--lose-cwd", cwd=tmp_path / "here"), "sweep: the folder you are in does not exist")


def test_a_missing_parent(tmp_path):
    one_line(sweeps.run(tmp_path / "no" / "sweep"), f"{tmp_path}/no/sweep: the folder {tmp_path}/no does not exist")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [(), ("--resume",)])
def test_a_file_where_a_folder_should_be(tmp_path, words):
    (tmp_path / "sweep").write_text("mine")
    one_line(sweeps.run(tmp_path / "sweep", *words), f"{tmp_path}/sweep: cannot be used (Not a directory)")
    assert (tmp_path / "sweep").read_text() == "mine"


def _as_somebody(*words):
    """The program as a user without rights: root may write everywhere."""
    script = (
        "import os, sys, pyarrow.parquet\n"
        "from tests.store.program import main\n"
        "os.setgid(65534); os.setuid(65534)\n"  # only now: the interpreter may lie where only root can read
        f"sys.argv = {['program', *map(str, words)]!r}\n"
        "sys.exit(main())"
    )
    environment = {**os.environ, "PYTHONPATH": str(sweeps.ROOT)}
    words = [sys.executable, "-c", script]
    return subprocess.run(words, cwd=sweeps.ROOT, env=environment, capture_output=True, text=True)


@pytest.fixture
def read_only(tmp_path):
    place = tmp_path / "shelf"
    place.mkdir()
    sweep(place / "sweep", runs=24, chunk=4)
    (place / "empty").mkdir()
    for path in (place / "sweep", place / "empty", place, *place.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    for path in tmp_path.parents[:3]:
        if path.name.startswith("pytest"):
            path.chmod(0o755)
    tmp_path.chmod(0o755)
    yield place
    for path in (place, place / "sweep", place / "empty"):
        path.chmod(0o755)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="rights are told otherwise here")
@pytest.mark.parametrize("words", [("new",), ("empty",), ("sweep", "--resume")])
def test_a_folder_that_is_read_only(read_only, words):
    target = read_only / words[0]
    ended = (_as_somebody if os.geteuid() == 0 else sweeps.run)(target, *words[1:], "--workers", 1)
    one_line(ended, "cannot be used (Permission denied)", str(target))
    assert not (read_only / "new").exists()
