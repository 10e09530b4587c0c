"""Sweeps under everything that can end or spoil them: each must end as if nothing had happened, or say so in one line."""

from __future__ import annotations

import os
import random
import re
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from regime_abm import api
from regime_abm.errors import InputError
from regime_abm.store import Stored
from regime_abm.sweeps import running
from tests.helpers import TESTS
from tests.sweeps.plans import GRID, head, part_bytes, plan, swept

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(TESTS.parent), "COLUMNS": "200"}
CHUNK = 5
TEXT = head(25, 12) + GRID + "[record]\nseries_every = 6\n"
RUNS, PARTS = 150, 30


def command(folder: Path, *more: str) -> list[str]:
    words = ["sweep", str(folder / "plan.toml"), "--out", str(folder / "out"), "--chunk", str(CHUNK), *more]
    return [sys.executable, "-m", "regime_abm", *words]


def started(words: list[str] | str, **options) -> subprocess.Popen:
    return subprocess.Popen(
        words, env=ENVIRONMENT, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **options
    )


def parts_done(folder: Path) -> int:
    journal = folder / "out" / "journal.jsonl"
    return journal.read_bytes().count(b"\n") if journal.exists() else 0


def wait_for(process: subprocess.Popen, folder: Path, parts: int) -> None:
    """Until so many parts are done; the process must be at work then."""
    until = time.monotonic() + 120
    while parts_done(folder) < parts:
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    """The sweep that nothing disturbed."""
    return swept(tmp_path_factory.mktemp("reference"), TEXT, chunk=CHUNK)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "plan.toml").write_text(TEXT)
    return tmp_path


def is_whole(folder: Path, reference: Stored) -> bool:
    return api.verify(folder / "out").complete and part_bytes(folder / "out") == part_bytes(reference.folder)


# Killed and stopped


def killed_at_random(folder: Path, kills: int, workers: int, seed: int) -> None:
    """Kill the parent after a random number of further parts, again and again, then let it end."""
    chance, more, done = random.Random(seed), (), 0
    for left in range(kills, 0, -1):
        process = started(command(folder, "--workers", str(workers), *more))
        done = min(done + chance.randint(1, max(1, 2 * (PARTS - done) // (left + 1) - 1)), PARTS - 1)
        wait_for(process, folder, done)
        time.sleep(chance.random() * 0.1)
        process.kill()
        process.communicate()
        done = max(done, parts_done(folder))
        more = ("--resume",)
        if done >= PARTS - 1:
            break
    ended = started(command(folder, "--workers", str(workers), *more))
    _, said = ended.communicate(timeout=120)
    assert ended.returncode == 0, said


def test_a_killed_sweep_goes_on_to_the_very_same_bytes(folder, reference):
    killed_at_random(folder, kills=2, workers=1, seed=3)
    assert is_whole(folder, reference)


@pytest.mark.long
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("workers", [1, 2])
def test_twenty_five_kills_and_the_very_same_bytes(workers, tmp_path):
    text = TEXT.replace("replicates = 25", "replicates = 300")  # more than a quick machine does between 25 kills
    reference = swept(tmp_path, text, "reference", chunk=CHUNK)
    chance = random.Random(workers)
    for kill in range(25):
        process = started(command(tmp_path, "--workers", str(workers), *(("--resume",) if kill else ())))
        before = parts_done(tmp_path)
        wait_for(process, tmp_path, min(before + chance.randint(1, 6), 12 * PARTS - 1))
        time.sleep(chance.random() * 0.2)
        process.kill()
        process.communicate()
        assert parts_done(tmp_path) > before
    ended = started(command(tmp_path, "--workers", str(workers), "--resume"))
    _, said = ended.communicate(timeout=300)
    assert ended.returncode == 0, said
    assert is_whole(tmp_path, reference)


def test_signals_end_it_soon_with_the_command_that_goes_on(tmp_path):
    """Ctrl-C, then SIGTERM in the middle of the resume, then the printed command as it stands."""
    text = head(40, 12) + GRID  # 240 runs in 48 parts
    reference = swept(tmp_path, text, "reference", chunk=CHUNK)
    ready = running.prepared(plan(tmp_path, text), chunk=CHUNK)
    assert ready.fixed
    words = shlex.join(command(tmp_path, "--workers", "1"))
    for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        process = started(f"exec {words}", shell=True)
        wait_for(process, tmp_path, parts_done(tmp_path) + 3)
        with pytest.raises(InputError, match=rf"process {process.pid} on .* is writing here"):  # a second writer
            running.run(ready, tmp_path / "out", resume=True)
        began = time.monotonic()
        process.send_signal(number)
        _, said = process.communicate(timeout=30)
        assert time.monotonic() - began < 5
        assert (process.returncode, "Traceback" in said) == (code, False), said
        words = re.search(r"^resume with: (.*)$", said, re.MULTILINE)[1]
        assert 3 <= parts_done(tmp_path) < ready.tasks
    done = subprocess.run(words, shell=True, env=ENVIRONMENT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert is_whole(tmp_path, reference)


def test_a_full_disk_is_one_line_and_exit_code_74_and_the_sweep_goes_on_later(folder, reference):
    largest = max(path.stat().st_size for path in (reference.folder / "parts" / "runs").iterdir())
    process = started(
        command(folder, "--workers", "1"),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (largest - 1, largest - 1)),
    )
    _, said = process.communicate(timeout=120)
    assert process.returncode == 74, said
    told = [line for line in said.splitlines() if line.startswith("regime-abm: ")]
    assert len(told) == 1
    assert re.search(r"part-\d+\.parquet: not written, [\d,]+ bytes are needed", told[0])
    assert "resume with: " in said
    assert api.verify(folder / "out").ok
    running.run(running.prepared(plan(folder, TEXT), chunk=CHUNK), folder / "out", resume=True)
    assert is_whole(folder, reference)


# Damaged, changed, in the way


@pytest.fixture
def copied(folder, reference):
    shutil.copytree(reference.folder, folder / "out")
    return folder


def resumed(folder: Path, text: str = TEXT, **options) -> Path:
    ready = running.prepared(plan(folder, text), chunk=CHUNK, actors=options.pop("actors", None))
    return running.run(ready, folder / "out", resume=True, **options)[0]


def test_damaged_parts_are_named_and_they_alone_are_computed_again(copied, reference):
    parts = copied / "out" / "parts"
    names = [f"runs/part-00000{k}.parquet" for k in range(4)] + [
        "series/part-000004.parquet",
        "series/part-000005.parquet",
    ]
    flipped, halved, emptied, deleted, one, other = (parts / name for name in names)
    flipped.write_bytes(flipped.read_bytes()[:200] + b"\x00" + flipped.read_bytes()[201:])
    halved.write_bytes(halved.read_bytes()[: halved.stat().st_size // 2])
    emptied.write_bytes(b"")
    deleted.unlink()
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    report = api.verify(copied / "out")
    assert {problem.path for problem in report.problems} == {f"parts/{name}" for name in names}
    assert report.recompute == list(range(6))
    with pytest.raises(InputError, match="130 of 150 runs are there and valid"):
        api.open_results(copied / "out").runs()
    untouched = {path: path.stat().st_mtime_ns for path in parts.rglob("*.parquet") if int(path.stem[-6:]) > 5}
    heard: list[tuple[int, int]] = []
    resumed(copied, progress=lambda done, wanted: heard.append((done, wanted)))
    assert heard[-1] == (RUNS, RUNS)
    assert len(heard) == 6
    assert is_whole(copied, reference)
    assert {path: path.stat().st_mtime_ns for path in untouched} == untouched


CHANGES = {
    "more replicates": (TEXT.replace("replicates = 25", "replicates = 26"), "plan.replicates: 25 -> 26"),
    "another seed": (head(25, 12, seed=2) + GRID + "[record]\nseries_every = 6\n", "plan.seed: 1 -> 2"),
    "another value": (TEXT.replace("4.0", "4.5"), "plan.design.grid.trust.asymmetry"),
    "another measure": (TEXT + 'measures = ["coverage"]\n', "plan.record.measures"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_resume_is_refused_after_the_plan_has_changed_to(change, copied, reference):
    text, difference = CHANGES[change]
    with pytest.raises(InputError, match=re.escape(difference)):
        resumed(copied, text)
    assert is_whole(copied, reference)


def test_title_question_and_limits_may_change(copied, reference):
    resumed(copied, 'title = "better"\nquestion = "why"\n' + TEXT + "[limits]\nhours = 3.0\n")
    assert is_whole(copied, reference)


def test_a_resume_is_refused_after_scenario_or_preset_or_doctrine_have_changed(tmp_path, monkeypatch):
    scenario, preset, module = (tmp_path / name for name in ("mine.toml", "taste.toml", "my_doctrine.py"))
    scenario.write_text('schema = 1\nextends = "baseline_2018"\n')
    preset.write_text('schema = 1\ntitle = "x"\n[parameters]\n"trust.learning" = 0.3\n')
    module.write_text("from regime_abm import Actor\n\n\nclass Mine(Actor):\n    pass\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    import my_doctrine

    text = head(2, 3, ("mine",), presets='["taste"]')
    actors = {"ROK": my_doctrine.Mine}
    swept(tmp_path, text, actors=actors, chunk=CHUNK)
    resumed(tmp_path, text, actors=actors)
    for file, more, words in (
        (scenario, 'title = "y"\n', "scenarios.mine.texts"),
        (preset, '"trust.fading" = 0.01\n', "presets.taste"),
        (module, "# changed\n", "code.my_doctrine"),
    ):
        before = file.read_text()
        file.write_text(before + more)
        with pytest.raises(InputError, match=re.escape(words)):
            resumed(tmp_path, text, actors=actors)
        file.write_text(before)
    with pytest.raises(InputError, match=r"actors\.ROK"):
        resumed(tmp_path, text)


def test_force_begins_anew_beside_what_cannot_be_gone_on_with(copied, reference):
    shorter = TEXT.replace("replicates = 25", "replicates = 2")
    assert resumed(copied, shorter, force=True) == copied / "out-2"
    assert resumed(copied, shorter, force=True) == copied / "out-3"
    assert resumed(copied, TEXT, force=True) == copied / "out"  # nothing stands in the way of this one
    assert is_whole(copied, reference)
    assert len(Stored.open(copied / "out-2").runs()) == 12


def test_nothing_is_written_over(copied, reference):
    ready = running.prepared(plan(copied, TEXT), chunk=CHUNK)
    with pytest.raises(InputError, match="holds a sweep already; add --resume"):
        running.run(ready, copied / "out")
    assert is_whole(copied, reference)
    (copied / "mine").mkdir()
    (copied / "mine" / "thesis.txt").write_text("all of it")
    for resume in (False, True):
        with pytest.raises(InputError, match="is not empty"):
            running.run(ready, copied / "mine", resume=resume)
    assert (copied / "mine" / "thesis.txt").read_text() == "all of it"
    with pytest.raises(InputError, match="does not exist"):
        running.run(ready, copied / "no" / "such" / "folder")
    with pytest.raises(InputError, match="there is nothing to resume"):
        running.run(ready, copied / "new", resume=True)
    assert not (copied / "new").exists()
