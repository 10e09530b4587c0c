"""A full disk is one line and exit code 74; what was written stays valid, and with some room the sweep goes on (F4)."""

from __future__ import annotations

import os
import re
import subprocess

import pytest

from regime_abm.store import verify
from tests.faults import sweeps
from tests.store.toy import parts, sweep

pytest.importorskip("resource")


def checked(folder, ended: subprocess.CompletedProcess[str]) -> int:
    """The number of runs that are there after the disk was full."""
    assert ended.returncode == 74, ended
    said = ended.stderr.strip()
    assert re.fullmatch(
        rf"{folder}/(journal\.jsonl|parts/\w+(/part-\d+\.parquet)?): not written, [\d,]+ bytes are needed \(.*\); "
        "free some space",
        said,
    )
    report = verify(folder)
    assert all(problem.stray or "torn" in problem.what for problem in report.problems), report
    return report.runs_done


@pytest.mark.parametrize(("limit", "workers"), [(3000, 2), (1200, 1)])
def test_a_file_that_may_not_grow(tmp_path, limit, workers):
    """The limit of a file's size stands for the disk: it needs no rights. Under one limit the
    journal cannot grow any more, under the other no part fits."""
    folder = tmp_path / "sweep"
    size = ("--runs", 400, "--chunk", 20, "--workers", workers, "--start", "fork")
    done = checked(folder, sweeps.run(folder, *size, "--limit", limit))
    assert (done == 0) if limit == 1200 else (0 < done < 400)
    assert sweeps.run(folder, *size, "--resume").returncode == 0
    sweep(tmp_path / "whole", runs=400, chunk=20)
    assert parts(folder) == parts(tmp_path / "whole")


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 256 KB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", place], capture_output=True)
    if mounted.returncode:
        pytest.skip("only root may mount a small disk, and not everywhere")
    yield place
    subprocess.run(["umount", place], check=True)


def test_a_disk_that_is_full_and_then_has_room(small_disk, tmp_path):
    folder = small_disk / "sweep"
    size = ("--runs", 2000, "--chunk", 20, "--start", "fork")
    assert 0 < checked(folder, sweeps.run(folder, *size)) < 2000
    assert 0 < checked(folder, sweeps.run(folder, *size, "--resume")) < 2000
    subprocess.run(["mount", "-o", "remount,size=8m", small_disk], check=True)
    assert sweeps.run(folder, *size, "--resume").returncode == 0
    sweep(tmp_path / "whole", runs=2000, chunk=20)
    assert parts(folder) == parts(tmp_path / "whole")


def test_dev_full_is_a_full_disk(monkeypatch, tmp_path):
    """The one device that really answers ENOSPC to everybody."""
    from regime_abm.errors import DiskFull
    from regime_abm.store import durable

    if not os.path.exists("/dev/full"):
        pytest.skip("this system has no /dev/full")
    (tmp_path / "journal.jsonl").symlink_to("/dev/full")
    with pytest.raises(DiskFull, match=r"100 bytes are needed \(the disk is full\)"):
        durable.append(tmp_path / "journal.jsonl", b"x" * 100)
