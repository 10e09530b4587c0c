"""`diff` and `show effective` as a user meets them."""

from __future__ import annotations

import json

import pytest

from tests.cli.test_commands import TRIO

MINE = f"""schema = 1
extends = {json.dumps(TRIO)}
[parameters]
"trust.asymmetry" = 3.0
"""


@pytest.fixture
def mine(tmp_path):
    (tmp_path / "mine.toml").write_text(MINE)
    return "mine.toml"


def test_diff_prints_what_differs_with_both_sides_and_ends_with_0(command, mine):
    code, text, told = command("diff", TRIO, mine)
    assert (code, told) == (0, "")
    assert "What differs, 1 in all" in text
    assert "2 (stated value)" in text
    assert "3 (scenario mine)" in text


def test_diff_of_equals_prints_nothing_and_ends_with_0(command, mine):
    assert command("diff", mine, mine) == (0, "", "")
    assert command("diff", mine, mine, "--json") == (0, "[]\n", "")
    assert "same exit code 0" in " ".join(command("diff", "--help")[1].split())


def test_diff_for_a_machine(command, mine):
    (item,) = json.loads(command("diff", TRIO, mine, "--json")[1])
    assert item == {
        "kind": "parameter",
        "name": "trust.asymmetry",
        "a": "2",
        "b": "3",
        "a_by": "stated value",
        "b_by": "scenario mine",
    }


def test_show_effective_prints_every_value_and_who_set_it(command, mine):
    code, text, _ = command("show", "effective", mine, "--preset", "sceptic", "--set", "will.fatigue=0.2")
    assert code == 0
    rows = {line.split("│")[1].strip(): line for line in text.splitlines() if line.startswith("│")}
    assert "scenario mine" in rows["trust.asymmetry"]
    assert "preset sceptic" in rows["trust.learning"]
    assert "set by hand" in rows["will.fatigue"]
    assert "stated value" in rows["calendar.capability_drift"]
    assert "region trio" in rows["will AAA"]
    assert "extends trio" in rows["start"]


def test_show_effective_for_a_machine_holds_all_that_is_in_force(command, mine):
    found = json.loads(command("show", "effective", mine, "--json")[1])
    assert {"about", "parameters", "starting", "events", "facts", "digest"} <= set(found)
    plain, drawn = (
        json.loads(command("show", "effective", mine, "--json", *more)[1]) for more in ((), ("--draw-parameters",))
    )
    assert plain["digest"] != drawn["digest"]
    assert sum(item["value"] is None for item in drawn["parameters"]) == len(drawn["parameters"]) - 1


def test_show_effective_of_a_preset_is_its_parameters(command):
    text = command("show", "effective", "sceptic")[1]
    assert "preset sceptic" in text
    assert "Starting values" not in text


def test_the_digest_of_the_log_is_that_of_what_is_in_force(command, mine, tmp_path):
    shown = json.loads(command("show", "effective", mine, "--set", "will.fatigue=0.2", "--json")[1])
    command("run", mine, "-n", "1", "--months", "1", "--set", "will.fatigue=0.2", "--log-file", "my.log")
    assert f"scenario mine: digest {shown['digest']}" in (tmp_path / "my.log").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("show", "schedule", TRIO), "needs no scenario"),
        (("show", "parameters", "--set", "will.fatigue=0.2"), "belong to show effective"),
        (("show", "effective", TRIO, "--set", "will.fatigue=9"), "will.fatigue: 9 is outside"),
        (("show", "effective", "sceptic", "--preset", "agnostic"), "sceptic is a preset itself"),
        (("diff", TRIO, "sceptc"), 'did you mean "sceptic"'),
        (("diff", TRIO), "b"),
    ],
)
def test_what_cannot_be_is_one_line(command, words, told):
    code, text, complaint = command(*words)
    assert (code, text) == (2, "")
    assert len(complaint.splitlines()) == 1
    assert told in complaint
