"""Bad input: one clear line that names the file, the field and what would be right; exit code 2; nothing written."""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path

import pytest

from regime_abm import cli
from tests.helpers import WORLDS

HEAD = 'schema = 1\nregion = "trio"\nstart = "2000-01"\nmonths = 24\n'


@pytest.fixture
def folder(tmp_path):
    """A copy of the made-up trio that a test may spoil."""
    shutil.copytree(WORLDS / "trio", tmp_path / "trio")
    (tmp_path / "s.toml").write_text(HEAD)
    return tmp_path


def complaint(capsys, monkeypatch, *words: str) -> str:
    """Run the command line in this process; the one line it complains with."""
    monkeypatch.setattr(sys, "argv", ["regime-abm", *words])
    before = time.perf_counter()
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    seconds = time.perf_counter() - before
    said = capsys.readouterr()
    assert stopped.value.code == 2, said
    assert said.out == ""
    assert "Traceback" not in said.err
    assert len(said.err.strip().splitlines()) == 1, said.err
    assert seconds < 2.0
    return said.err.strip()


@pytest.fixture
def says(capsys, monkeypatch, folder):
    def check(text: str | None = None, *words: str) -> str:
        if text is not None:
            (folder / "s.toml").write_text(text)
        before = sorted(path for path in folder.rglob("*"))
        said = complaint(capsys, monkeypatch, *(words or ("check", str(folder / "s.toml"))))
        assert sorted(path for path in folder.rglob("*")) == before, "something was written"
        return said

    return check


SCENARIO_FAULTS = {
    "unknown field": (HEAD + "monhts = 3\n", ["s.toml", "'monhts'", 'did you mean "months"']),
    "unknown parameter": (
        HEAD + '[parameters]\n"trust.asymetry" = 2.0\n',
        ["'trust.asymetry'", 'did you mean "trust.asymmetry"'],
    ),
    "parameter out of range": (HEAD + '[parameters]\n"trust.asymmetry" = 99.0\n', ["trust.asymmetry", "1 to 5"]),
    "NaN": (HEAD + '[parameters]\n"trust.asymmetry" = nan\n', ["trust.asymmetry", "finite"]),
    "infinite": (HEAD + '[parameters]\n"trust.asymmetry" = inf\n', ["trust.asymmetry", "finite"]),
    "a word for a number": (HEAD + '[parameters]\n"trust.asymmetry" = "two"\n', ["trust.asymmetry", "number"]),
    "true for a number": (HEAD + '[parameters]\n"trust.asymmetry" = true\n', ["trust.asymmetry", "number"]),
    "no schema": ('region = "trio"\nstart = "2000-01"\n', ["schema"]),
    "another schema": (HEAD.replace("schema = 1", "schema = 2"), ["schema"]),
    "too many months": (HEAD.replace("24", "1000000000000"), ["months", "1200"]),
    "no months": (HEAD.replace("24", "0"), ["months"]),
    "a date that is none": (HEAD.replace("2000-01", "May 2018"), ["start", "2018-05"]),
    "unknown region": (HEAD.replace('"trio"', '"northeast_asai"'), ["region", "northeast_asia"]),
    "region outside": (HEAD.replace('"trio"', '"../../etc"'), ["region"]),
    "duplicate key": (HEAD + "months = 3\n", ["TOML"]),
    "broken TOML": (HEAD + "[parameters\n", ["TOML"]),
    "deep nesting": (HEAD + "x = " + "[" * 5000 + "]" * 5000 + "\n", ["TOML"]),
    "a number of 5000 digits": (HEAD.replace("24", "9" * 5000), ["s.toml"]),
    "a key with 20,000 dots": (HEAD + ".".join("a" * 20_000) + " = 1\n", ["dots"]),
    "an unknown starting value": (HEAD + '[initial]\n"trsut AAA>BBB" = { value = 0.5 }\n', ['did you mean "trust"']),
    "a starting value of nobody": (HEAD + '[initial]\n"trust AAA>BBX" = { value = 0.5 }\n', ["'BBX'", "BBB"]),
    "a starting value out of range": (
        HEAD + '[initial]\n"trust AAA>BBB" = { value = 1.5 }\n',
        ["trust AAA>BBB", "<= 1"],
    ),
    "a one-sided starting range": (HEAD + '[initial]\n"trust AAA>BBB" = { low = 0.5 }\n', ["low and high"]),
    "a dyad for a state": (HEAD + '[initial]\n"will AAA>BBB" = { value = 0.5 }\n', ["will STATE"]),
    "an unknown event": (HEAD + '[[events]]\nmonth = "2000-05"\nkind = "sumit"\n', ["events", "summit"]),
    "an event of nobody": (
        HEAD + '[[events]]\nmonth = "2000-05"\nkind = "leader leaves"\nstate = "AAB"\n',
        ["events[1].state", 'did you mean "AAA"'],
    ),
    "an event too late": (
        HEAD + '[[events]]\nmonth = "2020-05"\nkind = "leader leaves"\nstate = "AAA"\n',
        ["events[1].month", "2000-02 to 2002-01"],
    ),
    "a belief forced by an event": (
        HEAD + '[[events]]\nmonth = "2000-05"\nkind = "set trust"\nstate = "AAA"\nvalue = 1.0\n',
        ["events"],
    ),
    "extends itself": (HEAD + 'extends = "s"\n', ["extends", "itself"]),
}


@pytest.mark.parametrize("fault", SCENARIO_FAULTS)
def test_a_scenario_file_with(fault, says):
    text, expected = SCENARIO_FAULTS[fault]
    said = says(text)
    for word in expected:
        assert word in said


def _edit(path: str, old: str, new: str):
    def spoil(folder: Path) -> None:
        file = folder / "trio" / path
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new, 1))

    return spoil


def _delete(path: str):
    return lambda folder: (folder / "trio" / path).unlink()


REGION_FAULTS = {
    "duplicate state": (
        _edit("states.csv", "CCC,Celand", "AAA,Celand"),
        ["states.csv", "line 4", "'AAA' is there twice"],
    ),
    "one state": (
        lambda folder: (folder / "trio/states.csv").write_text(
            "state,name,x,y,key_party,weapons_programme,source\nAAA,A,1,1,0,0,x\n"
        ),
        ["states.csv", "at least 2"],
    ),
    "a code that is no code": (_edit("states.csv", "CCC,Celand", "=cmd,Celand"), ["states.csv", "letters"]),
    "forum without members": (
        _edit("forums.toml", "members = [", "members = []\nnot_used = ["),
        ["forums.toml", "CLUB"],
    ),
    "forum with no member list": (
        _edit("forums.toml", "members = [", "membres = ["),
        ["CLUB", 'did you mean "members"'],
    ),
    "a member that is no state": (_edit("forums.toml", '{ state = "AAA" }', '{ state = "AAX" }'), ["CLUB", '"AAA"']),
    "one-sided dyad": (
        _edit("dyads.csv", "CCC,BBB,0,0,made up\n", ""),
        ["dyads.csv", "CCC>BBB is missing", "both directions"],
    ),
    "one-sided value": (_edit("initial.csv", "stake,BBB,AAA", "stake,CCC,AAA"), ["initial.csv", "stake", "not for"]),
    "rivals that disagree": (_edit("dyads.csv", "AAA,BBB,1,1", "AAA,BBB,0,1"), ["dyads.csv", "differ"]),
    "an unknown column": (
        _edit("dyads.csv", "state,other,rival", "state,other,rivall"),
        ["dyads.csv", 'did you mean "rival"'],
    ),
    "an unknown quantity": (
        _edit("initial.csv", "posture,", "postur,"),
        ["initial.csv", "line", 'did you mean "posture"'],
    ),
    "a value that is missing": (_edit("initial.csv", "posture,*", "posture,AAA"), ["initial.csv", "posture of BBB"]),
    "a value out of range": (_edit("initial.csv", "0.5,0.3,0.7", "0.5,0.3,1.7"), ["will", "0 to 1"]),
    "no core dyad": (
        lambda folder: (folder / "trio/dyads.csv").write_text(
            (folder / "trio/dyads.csv").read_text().replace(",1,1,", ",1,0,")
        ),
        ["dyads.csv", "core"],
    ),
    "a value outside its range": (_edit("initial.csv", "0.5,0.3,0.7", "0.9,0.3,0.7"), ["will", "within"]),
    "NaN": (_edit("initial.csv", "0.5,0.3,0.7", "nan,0.3,0.7"), ["will", "finite"]),
    "a flag that is a half": (
        _edit("initial.csv", "peace,*,*,1990-01,1,1,1", "peace,*,*,1990-01,1,0,1"),
        ["peace", "flag"],
    ),
    "an unknown certainty": (_edit("initial.csv", ",W,made up", ",Q,made up"), ["certainty", "'Q'"]),
    "a row too short": (
        _edit("initial.csv", "norm,*,,1990-01,0.4,0.2,0.6,W,made up", "norm,*"),
        ["initial.csv", "fields"],
    ),
    "a file that is missing": (_delete("states.csv"), ["states.csv", "no such file"]),
    "10 MB": (lambda folder: (folder / "s.toml").write_bytes(b"#" * 10_000_000), ["s.toml", "10000000 bytes"]),
    "wrong encoding": (lambda folder: (folder / "s.toml").write_bytes(HEAD.encode("utf-16")), ["s.toml", "UTF-8"]),
    "NUL": (lambda folder: (folder / "s.toml").write_bytes(b"schema = 1\x00"), ["s.toml", "NUL"]),
    "a folder": (lambda folder: ((folder / "s.toml").unlink(), (folder / "s.toml").mkdir()), ["s.toml", "regular"]),
    "a device": (
        lambda folder: ((folder / "s.toml").unlink(), (folder / "s.toml").symlink_to("/dev/zero")),
        ["s.toml", "regular"],
    ),
    "a pipe": (lambda folder: ((folder / "s.toml").unlink(), os.mkfifo(folder / "s.toml")), ["s.toml", "regular"]),
}


@pytest.mark.parametrize("fault", REGION_FAULTS)
def test_files_with(fault, says, folder):
    spoil, expected = REGION_FAULTS[fault]
    spoil(folder)
    said = says()
    for word in expected:
        assert word in said


COMMAND_FAULTS = {
    "unknown command": (("rnu",), ['did you mean "run"']),
    "unknown scenario": (("run", "basline_2018"), ['did you mean "baseline_2018"']),
    "1e12 replicates": (("run", "S", "-n", "1000000000000"), ["replicates", "1 to 1000000"]),
    "no replicates": (("run", "S", "-n", "0"), ["replicates", "1 to 1000000"]),
    "replicates in words": (("run", "S", "-n", "many"), ["replicates"]),
    "more than fits in memory": (("run", "S", "-n", "1000000", "--months", "1200"), ["replicates", "GiB", "at most"]),
    "too many months": (("run", "S", "--months", "1201"), ["months", "1 to 1200"]),
    "a negative seed": (("run", "S", "--seed", "-1"), ["seed"]),
    "an unknown option": (("run", "S", "--replicate", "3"), ["--replicate"]),
    "a setting without a value": (("run", "S", "--set", "trust.asymmetry"), ["--set", "name=value"]),
    "a setting that is NaN": (("run", "S", "--set", "trust.asymmetry=nan"), ["trust.asymmetry", "finite"]),
    "something unknown to show": (("show", "schedul"), ['did you mean "schedule"']),
    "a month outside": (("why", "S", "AAA>BBB", "--month", "2031-01"), ["--month", "2000-01 to 2002-01"]),
    "a tie of nobody": (("why", "S", "AAA>BBX", "--month", "3"), ["'BBX'", "BBB"]),
    "a tie with itself": (("why", "S", "AAA>AAA", "--month", "3"), ["two different states"]),
    "a doctrine that is no class": (("run", "S", "--actor", "AAA"), ["--actor", "CODE="]),
}


@pytest.mark.parametrize("fault", COMMAND_FAULTS)
def test_a_command_with(fault, says, folder):
    words, expected = COMMAND_FAULTS[fault]
    said = says(None, *(str(folder / "s.toml") if word == "S" else word for word in words))
    for word in expected:
        assert word in said
