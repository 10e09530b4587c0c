"""--log-file and --verbose: what was asked, on what it ran, how it went; one line on the screen, the traceback in the file."""

from __future__ import annotations

import json
import sys

import pytest

import regime_abm
from tests.cli.test_commands import TRIO, regime

RUN = ("run", TRIO, "-n", "5", "--months", "6")


@pytest.fixture
def logged(tmp_path):
    """The text of a log."""
    return lambda name="my.log": (tmp_path / name).read_text("utf-8")


def test_the_log_says_what_was_asked_on_what_it_ran_and_how_it_went(tmp_path):
    done = regime(*RUN, "--seed", "7", "--log-file", "my.log", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    lines = (tmp_path / "my.log").read_text("utf-8").splitlines()
    assert f"command: regime-abm run {TRIO} -n 5 --months 6 --seed 7" in lines[0]
    assert f"Python {sys.version.split()[0]}, regime-abm {regime_abm.__version__}, numpy " in lines[1]
    assert "platform: " in lines[2]
    assert "replicates=5" in lines[3]
    assert "seed=7" in lines[3]
    assert any("futures 0 to 4 of 5 after " in line for line in lines)
    assert "ended with exit code 0 after " in lines[-1]
    assert all(line[10] == "T" and " INFO " in line for line in lines)


def test_defaults_that_nobody_gave_are_told_too(command, logged):
    command(*RUN, "--log-file", "my.log")
    assert "seed=1" in logged()


@pytest.mark.parametrize("before", [True, False])
def test_the_options_stand_before_or_after_the_command(command, logged, before):
    options = ("--log-file=my.log", "--verbose")
    _, _, told = command(*(options + RUN if before else RUN + options))
    assert told.splitlines() == [f"regime-abm: {line.split(' INFO ')[1]}" for line in logged().splitlines()]


def test_what_is_there_is_added_to_and_nothing_is_told_twice(command, logged, tmp_path):
    (tmp_path / "my.log").write_text("kept\n")
    for _ in range(2):
        assert command("check", TRIO, "--log-file", "my.log")[0] == 0
    assert logged().startswith("kept\n")
    assert logged().count("ended with exit code 0") == 2


def test_json_stays_json_and_bits_stay_bits(command):
    plain, told = (json.loads(command(*RUN, "--json", *more)[1]) for more in ((), ("--verbose",)))
    assert plain["sha256"] == told["sha256"]


def test_without_the_options_nothing_is_told(command, tmp_path):
    assert command(*RUN)[2] == ""
    assert list(tmp_path.iterdir()) == []


def test_a_chunk_is_a_line_and_a_month_is_none(command, logged):
    for months in ("2", "6"):
        command("run", TRIO, "-n", "1200", "--months", months, "--log-file", f"{months}.log")
    short, long = (logged(f"{months}.log").splitlines() for months in ("2", "6"))
    assert len(short) == len(long)
    for chunk in ("futures 0 to 999 of 1200", "futures 1000 to 1199 of 1200"):
        assert [chunk in line for line in short].count(True) == 1


def test_bad_input_is_one_line_on_the_screen_and_a_traceback_in_the_log(command, logged):
    code, _, told = command("run", TRIO, "--set", "trust.asymmetry=99", "--log-file", "my.log")
    assert code == 2
    assert told == "regime-abm: parameters.trust.asymmetry: 99 is outside 1 to 5 (ratio)\n"
    assert "Traceback (most recent call last):" in logged()
    assert "InputError: parameters.trust.asymmetry: 99 is outside 1 to 5" in logged()
    assert "ended with exit code 2 after" in logged().splitlines()[-1]


BROKEN = """
import warnings
from regime_abm import Actor

warnings.warn("an old doctrine", stacklevel=1)

class Broken(Actor):
    def decide(self, sees):
        return 1 / 0
"""


def test_a_fault_inside_the_program_is_one_line_when_the_log_has_the_rest(tmp_path, logged):
    (tmp_path / "broken.py").write_text(BROKEN)
    words = (*RUN, "--actor", "AAA=broken:Broken")
    done = regime(*words, "--log-file", "my.log", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "regime-abm: failed (ZeroDivisionError: division by zero); the log file has the traceback"
    )
    assert "Traceback" not in done.stderr
    assert "return 1 / 0" in logged()
    assert "ended with exit code 1" in logged()
    bare = regime(*words, cwd=tmp_path)
    assert bare.returncode == 1
    assert "return 1 / 0" in bare.stderr


def test_a_warning_is_on_the_screen_and_in_the_log(tmp_path, logged):
    (tmp_path / "noisy.py").write_text(BROKEN.replace("1 / 0", "sees.default"))
    done = regime(*RUN, "--actor", "AAA=noisy:Broken", "--log-file", "my.log", cwd=tmp_path)
    assert done.returncode == 0
    assert "an old doctrine" in done.stderr
    assert " WARNING " in logged()


@pytest.mark.parametrize("place", [".", "missing/my.log", "file/my.log"])
def test_a_log_that_cannot_be_written_is_one_line_and_nothing_is_done(command, tmp_path, place):
    (tmp_path / "file").write_text("")
    code, _, told = command("new", "mine.toml", "--log-file", place)
    assert code == 2
    assert told.startswith(f"regime-abm: --log-file: {place} cannot be written (")
    assert len(told.splitlines()) == 1
    assert not (tmp_path / "mine.toml").exists()


def test_a_log_without_a_name_is_refused(command):
    assert command("check", TRIO, "--log-file") == (2, "", "regime-abm: --log-file: needs a value\n")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/dev/full is Linux's")
def test_a_disk_that_fills_up_is_told_once_and_the_work_goes_on(command):
    code, out, told = command(*RUN, "--json", "--log-file", "/dev/full")
    assert code == 0
    assert json.loads(out)["replicates"] == 5
    assert len(told.splitlines()) == 1
    assert "No space left" in told


def test_no_word_at_all_is_help_and_the_version_needs_no_command(command):
    assert "Commands:" in command()[1]
    assert command("--version") == (0, f"regime-abm {regime_abm.__version__}\n", "")
