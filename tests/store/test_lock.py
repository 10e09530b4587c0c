"""One writer at a time; a writer that was killed leaves no lock behind (F8)."""

from __future__ import annotations

import contextlib
import errno
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

import pytest

from regime_abm.errors import InputError
from regime_abm.store import Stored, lock, verify
from tests.store.toy import parts, sweep

fcntl = pytest.importorskip("fcntl")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def writer(tmp_path):
    """Another process that is writing to tmp_path / "sweep"."""
    words = ["tests.store.program", tmp_path / "sweep", "--seconds", "0.4", "--runs", "40", "--chunk", "1"]
    with subprocess.Popen(
        [sys.executable, "-m", *map(str, words)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline().startswith("1 of")
        yield process
        process.kill()


def test_a_second_writer_stops_at_once_and_is_told_who_holds_it(writer, tmp_path):
    before = time.monotonic()
    words = ["tests.store.program", tmp_path / "sweep", "--resume", "--runs", "40", "--chunk", "1"]
    second = subprocess.run([sys.executable, "-m", *map(str, words)], cwd=ROOT, capture_output=True, text=True)
    assert second.returncode == 2
    assert second.stderr.strip() == (
        f"{tmp_path / 'sweep'}: process {writer.pid} on {platform.node()} is writing here; "
        "wait for it or choose another folder"
    )
    assert second.stdout == ""
    assert time.monotonic() - before < 10
    assert writer.poll() is None


def test_the_lock_of_a_killed_writer_is_no_lock(writer, tmp_path):
    writer.kill()
    writer.wait()
    assert f'"pid": {writer.pid}' in (tmp_path / "sweep" / lock.NAME).read_text()
    sweep(tmp_path / "sweep", runs=40, chunk=1, resume=True)
    sweep(tmp_path / "whole", runs=40, chunk=1)
    assert parts(tmp_path / "sweep") == parts(tmp_path / "whole")


def test_who_reads_needs_no_lock(writer, tmp_path, capsys):
    stored = Stored.open(tmp_path / "sweep", allow_partial=True)
    assert 0 < stored.coverage < 1
    assert "of 40 runs are there" in capsys.readouterr().err
    assert verify(tmp_path / "sweep").runs_done >= 1


def test_it_is_free_again_after_use_and_after_an_error(tmp_path):
    for _ in range(2):
        with contextlib.suppress(KeyError), lock.held(tmp_path):
            with pytest.raises(InputError, match=f"process {os.getpid()} on"), lock.held(tmp_path):
                pass
            raise KeyError
    assert (tmp_path / lock.NAME).read_bytes() == b""


def test_a_forked_child_does_not_hold_it_on(tmp_path):
    ours, theirs = os.pipe()
    with lock.held(tmp_path):
        child = os.fork()
        if not child:
            os.write(theirs, b"x")
            time.sleep(60)
            os._exit(0)
        os.read(ours, 1)
    try:
        with lock.held(tmp_path):
            pass
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)


def test_a_holder_that_left_no_name_is_told_as_another_process(tmp_path):
    with lock.held(tmp_path):
        (tmp_path / lock.NAME).write_bytes(b"")
        with pytest.raises(InputError, match="another process is writing"), lock.held(tmp_path):
            pass


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS])
def test_a_file_system_without_locks_is_told(tmp_path, monkeypatch, number):
    """As some network file systems answer."""

    def refuse(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(InputError, match=r"its file system has no locks .*disk of this machine"):
        sweep(tmp_path / "sweep")
