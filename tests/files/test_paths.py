"""Where results go when nobody says: the platform's folder, one new folder for each piece of work."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from regime_abm.errors import InputError
from regime_abm.paths import RESULTS, results_folder, results_root

MAY_DAY = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def root(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv(RESULTS, str(tmp_path / "deep" / "results"))
    return tmp_path / "deep" / "results"


def test_each_call_makes_a_new_empty_folder(root):
    folders = [results_folder("baseline_2018", MAY_DAY) for _ in range(3)]
    assert [folder.name for folder in folders] == [f"baseline_2018-2026-05-01-{n}" for n in (1, 2, 3)]
    assert all(folder.parent == root and folder.is_dir() and not any(folder.iterdir()) for folder in folders)


def test_the_day_is_that_of_utc(root):
    early_in_seoul = datetime(2026, 5, 1, 3, tzinfo=timezone(timedelta(hours=9)))
    assert results_folder("x", early_in_seoul).name == "x-2026-04-30-1"


@pytest.mark.parametrize(
    ("name", "called"),
    [("../../x", "x"), ("CON", "CON"), ("a b/c", "a_b_c"), ("", "results"), ("日本", "results"), ("n" * 300, "n" * 80)],
)
def test_a_name_never_leaves_the_folder_of_results(root, name, called):
    assert results_folder(name, MAY_DAY) == root / f"{called}-2026-05-01-1"


def test_programs_that_start_at_once_never_share_a_folder(root):
    code = "from regime_abm.paths import results_folder\nfor _ in range(20): print(results_folder('x').name)"
    started = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    names = [name for program in started for name in program.communicate(timeout=60)[0].split()]
    assert len(names) == len(set(names)) == 60


def test_a_place_that_cannot_be_written_is_one_line(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv(RESULTS, str(tmp_path / "file" / "results"))
    with pytest.raises(InputError, match=rf"file.results: cannot be written \(.+\); {RESULTS} names another folder"):
        results_folder("x")


def test_without_the_variable_it_is_the_platforms_folder_for_data(tmp_path, monkeypatch):
    monkeypatch.delenv(RESULTS, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    if sys.platform == "linux":
        assert results_root() == tmp_path / "regime_abm" / "results"
    assert results_root().is_absolute()
    assert results_root().parts[-2:] == ("regime_abm", "results")


def test_a_relative_folder_and_a_home_are_understood(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(RESULTS, "here")
    assert results_root() == tmp_path / "here"
    monkeypatch.setenv(RESULTS, "~/there")
    assert results_root() == Path.home() / "there"
