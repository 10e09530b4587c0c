"""Files of older versions: what once was valid is read today, or is brought up to date, whole or not at all."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regime_abm.effective import either
from regime_abm.errors import InputError
from regime_abm.forms import SCHEMA
from regime_abm.migrate import FORMS, STEPS, migrate, migrated
from regime_abm.scenario import Scenario, folder, load
from tests.helpers import TESTS, after

OLD = TESTS / "files" / "old"
FILES = [path.relative_to(OLD).as_posix() for path in sorted([*OLD.glob("*.toml"), *OLD.glob("presets/*.toml")])]
LINE = "schema = 1\n"
PRESENT = sorted(path for path in folder().rglob("*.toml") if "regions" not in path.parts)


@pytest.fixture
def old(tmp_path) -> Path:
    """A copy of the old files."""
    return shutil.copytree(OLD, tmp_path / "old")


def test_the_steps_lead_to_the_present_version():
    assert len(STEPS) == SCHEMA
    for form in FORMS:
        assert form.model_json_schema(by_alias=True)["properties"]["schema"]["const"] == SCHEMA


@pytest.mark.parametrize("file", FILES)
def test_an_old_file_is_read_today_and_runs(file):
    found = either(OLD / file)
    if isinstance(found, Scenario):
        run, world = found.prepare(1, 0, 3)
        assert after(run, world, 6).month == 6
    else:
        assert load("baseline_2018").with_preset(found).values()


@pytest.mark.parametrize("file", FILES)
def test_a_file_of_version_0_is_refused_and_then_brought_up_to_date_with_its_comments(old, file):
    path, text = old / file, (OLD / file).read_text("utf-8")
    path.write_text(text.replace(LINE, "", 1), "utf-8")
    with pytest.raises(InputError, match=r"schema is missing; .*regime-abm migrate FILE"):
        either(path)
    assert f"+{LINE.strip()}" in migrate(path)
    assert path.read_text("utf-8") == text
    assert type(either(path)) is type(either(OLD / file))
    assert migrate(path) == []
    assert sorted(item.name for item in path.parent.iterdir()) == sorted(
        item.name for item in (OLD / file).parent.iterdir()
    )


@pytest.mark.parametrize("path", PRESENT, ids=lambda path: path.stem)
def test_every_shipped_file_is_up_to_date(path):
    assert migrate(path, check=True) == []


def test_check_says_what_would_change_and_changes_nothing(command, old):
    path = old / "second_summit.toml"
    path.write_text(path.read_text("utf-8").replace(LINE, "", 1), "utf-8")
    before = path.stat()
    code, told, _ = command("migrate", str(path), "--check")
    assert code == 1
    assert "+schema = 1" in told.splitlines()
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    assert command("migrate", str(path))[0] == 0
    code, told, _ = command("migrate", str(path), "--check")
    assert (code, told) == (0, f"{path}: is up to date\n")


def test_a_later_version_is_refused_in_one_line_by_every_command(command, old):
    path = old / "second_summit.toml"
    path.write_text(path.read_text("utf-8").replace(LINE, "schema = 2\n"), "utf-8")
    later = f"regime-abm: {path}: schema: version 2 is later than this program knows (1); take a newer regime_abm\n"
    for words in (("check",), ("run",), ("migrate",), ("migrate", "--check"), ("show", "effective")):
        assert command(*words, str(path)) == (2, "", later)


@pytest.mark.parametrize("version", ["0", "-1", "true", '"1"', "1.0", "[1]"])
def test_what_is_no_version_is_refused(old, version):
    path = old / "trio.toml"
    text = path.read_text("utf-8").replace(LINE, f"schema = {version}\n")
    path.write_text(text, "utf-8")
    for work in (either, migrate):
        with pytest.raises(InputError, match="is no version; the file begins with `schema = 1`"):
            work(path)
    assert path.read_text("utf-8") == text


@pytest.mark.parametrize(
    "text",
    [
        '[build-system]\nrequires = ["x"]\n',
        'title = "Made-up trio"\nexercise_months = [6]\n',
        'monhts = 3\nregion = "trio"\n',
    ],
)
def test_a_file_that_is_none_of_ours_is_left_alone(tmp_path, text):
    path = tmp_path / "other.toml"
    path.write_text(text)
    with pytest.raises(InputError, match="unknown field"):
        migrate(path)
    assert path.read_text() == text


BODY = 'region = "trio" # where\n\n[parameters]\n"trust.asymmetry" = 3.0 # why\n'


@pytest.mark.parametrize("head", ["", "# one\n# two\n\n", "\n\n", "  # indented\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_comments_line_ends_and_byte_order_mark_stay(tmp_path, head, mark, end):
    path = tmp_path / "mine.toml"
    path.write_bytes(mark + (head + BODY).replace("\n", end).encode())
    migrate(path)
    assert path.read_bytes() == mark + (head + LINE + BODY).replace("\n", end).encode()


def test_a_link_stays_a_link_and_rights_stay(tmp_path):
    real, link = tmp_path / "real.toml", tmp_path / "link.toml"
    real.write_text(BODY)
    real.chmod(0o640)
    link.symlink_to(real)
    migrate(link)
    assert link.is_symlink()
    assert real.read_text() == LINE + BODY
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_a_file_that_cannot_be_written_is_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "mine.toml"
    path.write_text(BODY)
    script = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20, 20)); from regime_abm.cli import main; main()"
    )
    words = [sys.executable, "-B", "-c", script, "migrate", str(path)]
    done = subprocess.run(words, cwd=TESTS.parent, capture_output=True, text=True)
    assert done.returncode == 2
    assert re.fullmatch(
        r"regime-abm: .*mine.toml: cannot be written \(File too large\); it is as it was\n", done.stderr
    )
    assert path.read_text() == BODY
    assert [item.name for item in tmp_path.iterdir()] == ["mine.toml"]


@pytest.mark.long
def test_a_kill_at_any_time_leaves_the_old_file_or_the_new_one(tmp_path):
    """SIGKILL after ever longer waits, from before the work to after it."""
    path = tmp_path / "mine.toml"
    seen = set()
    for turn in range(40):
        path.write_text(BODY)
        running = subprocess.Popen(
            [
                sys.executable,
                "-c",
                f"from regime_abm.migrate import *; print(flush=True); migrate(Path({str(path)!r}))",
            ],
            cwd=TESTS.parent,
            stdout=subprocess.PIPE,
        )
        running.stdout.readline()
        time.sleep(turn * 0.0005)
        running.kill()
        running.communicate()
        text = path.read_text()
        assert text in (BODY, LINE + BODY)
        seen.add(text)
    assert len(seen) == 2, "the kills came all before, or all after"


# The machinery with a version that does not exist yet: a parameter gets another name, a field is dropped.


def _renamed(text: str) -> str:
    return text.replace('"trust.asymmetry"', '"trust.bad_news"')


def _dropped(text: str) -> str:
    return re.sub(r"^question.*\n", "", text, flags=re.MULTILINE)


LATER = (*STEPS, _renamed, _dropped)


def test_steps_follow_one_another_from_wherever_a_file_is():
    body = '# mine\n{}question = "?"\n[parameters]\n"trust.asymmetry" = 3.0 # why\n'
    expected = '# mine\nschema = 3\n[parameters]\n"trust.bad_news" = 3.0 # why\n'
    assert migrated(body.format(""), 0, LATER) == expected
    assert migrated(body.format("schema = 1\n"), 1, LATER) == expected
    partly = body.format("schema = 2\n").replace("asymmetry", "bad_news")
    assert migrated(partly, 2, LATER) == expected


@given(st.dictionaries(st.sampled_from(["title", "question", "region", "extends"]), st.text(max_size=8), min_size=1))
def test_nothing_but_the_version_is_added(table):
    import tomlkit

    text = tomlkit.dumps(table)
    assert tomllib.loads(migrated(text, 0)) == {"schema": 1, **tomllib.loads(text)}


def test_old_files_are_told_where_they_come_from():
    told = (OLD / "README.md").read_text("utf-8")
    for file in FILES:
        assert f"`{file}`" in told or f"`{file.partition('/')[0]}/`" in told
    assert os.listdir(OLD)
