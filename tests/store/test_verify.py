"""Every damaged, truncated, missing, swapped or extra part is named, and a resume computes only those again (F5)."""

from __future__ import annotations

import functools
import os
import shutil

import pytest

from regime_abm.errors import InputError
from regime_abm.store import Store, Stored, durable, verify
from regime_abm.store.verify import spans
from regime_abm.supervisor import tasks_of
from tests.store.toy import FIXED, parts, sweep, work


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reference") / "sweep"
    sweep(folder, runs=100, chunk=20)
    return folder


@pytest.fixture
def spoilt(reference, tmp_path):
    """A copy that a test may spoil."""
    return shutil.copytree(reference, tmp_path / "sweep")


def _flip(place: float):
    def spoil(path):
        data = bytearray(path.read_bytes())
        data[int(place * (len(data) - 1))] ^= 0x10
        path.write_bytes(data)

    return spoil


def _swap(path):
    other = path.with_name("part-000004.parquet")
    kept = path.read_bytes()
    path.write_bytes(other.read_bytes())
    other.write_bytes(kept)


DAMAGE = {
    "a byte flipped at the beginning": (_flip(0.0), {2: "damaged"}),
    "a byte flipped in the middle": (_flip(0.5), {2: "damaged"}),
    "a byte flipped at the end": (_flip(1.0), {2: "damaged"}),
    "cut in half": (lambda path: os.truncate(path, path.stat().st_size // 2), {2: "truncated"}),
    "emptied": (lambda path: os.truncate(path, 0), {2: "empty"}),
    "longer": (lambda path: path.write_bytes(path.read_bytes() + b"x"), {2: "damaged"}),
    "deleted": (lambda path: path.unlink(), {2: "missing"}),
    "a folder in its place": (lambda path: (path.unlink(), path.mkdir())[1], {2: "missing"}),
    "swapped": (_swap, {2: "swapped", 4: "swapped"}),
}


@pytest.mark.parametrize("kind", ["runs", "series"])
@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_named_and_only_that_is_computed_again(spoilt, reference, tmp_path, kind, damage):
    spoil, expected = DAMAGE[damage]
    spoil(spoilt / "parts" / kind / "part-000002.parquet")
    report = verify(spoilt)
    assert {problem.path for problem in report.problems} == {
        f"parts/{kind}/part-{number:06d}.parquet" for number in expected
    }
    for problem, what in zip(report.problems, expected.values(), strict=True):
        assert what in problem.what
    assert report.recompute == list(expected)
    assert report.runs_done == 100 - 20 * len(expected)
    assert not report.ok
    assert f"--resume would compute {len(expected)} of 5 parts: {spans(list(expected))}" in report.lines()

    with pytest.raises(InputError, match=r"only .* of 100 runs .*allow_partial"):
        Stored.open(spoilt).table(kind)

    if damage == "a folder in its place":
        (spoilt / "parts" / kind / "part-000002.parquet").rmdir()
    log = tmp_path / "log"
    sweep(spoilt, functools.partial(work, log=str(log)), resume=True)
    assert [int(line.split()[0]) for line in log.read_text().splitlines()] == list(expected)
    assert parts(spoilt) == parts(reference)
    assert verify(spoilt).ok


def test_a_swap_tells_where_each_belongs(spoilt):
    _swap(spoilt / "parts" / "runs" / "part-000002.parquet")
    assert [problem.what for problem in verify(spoilt).problems] == [
        "holds what belongs into parts/runs/part-000004.parquet (swapped)",
        "holds what belongs into parts/runs/part-000002.parquet (swapped)",
    ]


def test_what_is_extra_is_named_and_ours_is_removed(spoilt, reference):
    runs = spoilt / "parts" / "runs"
    (runs / "part-000099.parquet").write_bytes(b"x")
    (runs / f"{durable.TEMPORARY}part-000003.parquet").write_bytes(b"x")
    (spoilt / f"{durable.TEMPORARY}manifest.json").write_bytes(b"x")
    (spoilt / "parts" / "my notes.txt").write_text("mine")
    (spoilt / "plot.svg").write_text("beside the parts anything may lie")
    report = verify(spoilt)
    assert {problem.path: problem.what.split(" (")[0] for problem in report.problems} == {
        ".tmp-manifest.json": "was left half-written by a crash",
        "parts/my notes.txt": "is extra",
        "parts/runs/.tmp-part-000003.parquet": "was left half-written by a crash",
        "parts/runs/part-000099.parquet": "is extra",
    }
    assert report.complete
    assert len(Stored.open(spoilt).runs()) == 100
    sweep(spoilt, resume=True)
    assert parts(spoilt) == parts(reference) | {"parts/my notes.txt": b"mine"}
    assert (spoilt / "plot.svg").exists()


def test_a_part_without_its_line_is_not_believed(spoilt, reference):
    """A crash between the two: the part is there, but nobody said that it is whole."""
    lines = (spoilt / "journal.jsonl").read_bytes().splitlines(keepends=True)
    (spoilt / "journal.jsonl").write_bytes(b"".join(lines[:-1]))
    assert verify(spoilt).recompute == [4]
    sweep(spoilt, resume=True)
    assert parts(spoilt) == parts(reference)


def test_verify_changes_nothing(spoilt):
    _swap(spoilt / "parts" / "runs" / "part-000002.parquet")
    (spoilt / "parts" / "runs" / ".tmp-x").write_bytes(b"x")
    before = {path: path.stat().st_mtime_ns for path in spoilt.rglob("*")}
    verify(spoilt)
    assert {path: path.stat().st_mtime_ns for path in spoilt.rglob("*")} == before


def test_a_task_beyond_the_last_one_is_a_fault(tmp_path):
    with Store.begin(tmp_path / "sweep", FIXED, runs=20, tasks=1) as store:
        for task in tasks_of(40, 20):
            store.add(task, work(task))
    report = verify(tmp_path / "sweep")
    assert [problem.what for problem in report.problems] == ["part 1 is beyond the last one (0)"]
    assert report.runs_done == 20


@pytest.mark.parametrize("folder", ["nothing there", "."])
def test_a_folder_that_is_no_sweep_is_one_line(tmp_path, folder):
    with pytest.raises(InputError, match="holds no sweep"):
        verify(tmp_path / folder)
