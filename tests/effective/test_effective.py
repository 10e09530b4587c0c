"""What a scenario comes to, who set it, and what differs between two: nothing exactly when the futures are the same."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regime_abm import api
from regime_abm.core.parameter import parameters_of
from regime_abm.effective import DRAWN, NOBODY, Effective, differences, effective
from regime_abm.errors import InputError
from regime_abm.mechanisms import COMPLETE, SCHEDULE
from regime_abm.scenario import Scenario, load, load_preset, module_names
from tests.helpers import WORLDS

TRIO = WORLDS / "trio.toml"
PARENT = """schema = 1
region = "trio"
start = "2000-01"
months = 24
[parameters]
"trust.asymmetry" = 3.0
"will.fatigue" = 0.1
[initial]
"will AAA" = { value = 0.5, why = "said by the parent" }
[[events]]
month = "2000-05"
kind = "leader leaves"
state = "AAA"
"""
CHILD = """schema = 1
extends = "parent"
title = "The child"
[parameters]
"trust.asymmetry" = 4.0
[initial]
"trust AAA>BBB" = { low = 0.1, high = 0.2, why = "said by the child" }
[[events]]
month = "2000-06-15"
kind = "summit"
state = "AAA"
other = "BBB"
why = "it was planned"
"""


@pytest.fixture
def folder(tmp_path) -> Path:
    shutil.copytree(WORLDS / "trio", tmp_path / "trio")
    (tmp_path / "parent.toml").write_text(PARENT)
    (tmp_path / "child.toml").write_text(CHILD)
    return tmp_path


def setting(found: Effective, name: str):
    (item,) = [item for item in found.parameters if item.name == name]
    return item


def start(found: Effective, name: str):
    (item,) = [item for item in found.starting if item.name == name]
    return item


def test_every_value_names_who_set_it(folder):
    chosen = load(folder / "child.toml").with_preset("sceptic").with_parameters({"choice.precision": 2.0})
    found = effective(chosen)
    assert (setting(found, "trust.asymmetry").value, setting(found, "trust.asymmetry").by) == (4.0, "scenario child")
    assert (setting(found, "will.fatigue").value, setting(found, "will.fatigue").by) == (0.1, "extends parent")
    assert (setting(found, "trust.learning").value, setting(found, "trust.learning").by) == (0.36, "preset sceptic")
    assert (setting(found, "choice.precision").value, setting(found, "choice.precision").by) == (2.0, "set by hand")
    assert setting(found, "calendar.capability_drift").by == NOBODY
    assert found.about == {
        "start": ("2000-01", "extends parent"),
        "months": ("24", "extends parent"),
        "region": ("trio", "extends parent"),
        "modules": ("none", NOBODY),
        "preset": ("sceptic", "preset sceptic"),
    }


def test_a_preset_yields_to_the_file_and_to_what_is_set_by_hand_before_or_after(folder):
    by_hand = {"trust.learning": 0.5}
    before = load(folder / "child.toml").with_parameters(by_hand).with_preset("sceptic")
    after = load(folder / "child.toml").with_preset("sceptic").with_parameters(by_hand)
    for chosen in (before, after):
        found = effective(chosen)
        assert (setting(found, "trust.learning").value, setting(found, "trust.learning").by) == (0.5, "set by hand")
        assert setting(found, "trust.asymmetry").by == "scenario child"
    assert differences(effective(before), effective(after)) == ()


def test_starting_values_have_their_range_source_and_setter(folder):
    found = effective(load(folder / "child.toml"))
    tie = start(found, "trust AAA>BBB")
    assert (tie.value, tie.low, tie.high) == (pytest.approx(0.15), 0.1, 0.2)
    assert (tie.source, tie.by) == ("said by the child", "scenario child")
    assert (start(found, "will AAA").value, start(found, "will AAA").by) == (0.5, "extends parent")
    assert start(found, "will BBB").by == "region trio"


def test_events_of_parent_and_child_add_up(folder):
    found = effective(load(folder / "child.toml"))
    assert [(item.month, item.what["kind"], item.by) for item in found.events] == [
        ("2000-05", "leader leaves", "extends parent"),
        ("2000-06", "summit", "scenario child"),
    ]


def test_with_draws_what_nobody_sets_comes_from_its_prior(folder):
    found = effective(load(folder / "child.toml"), draw_parameters=True)
    assert setting(found, "trust.asymmetry").value == 4.0
    free = setting(found, "trust.learning")
    assert (free.value, free.by) == (None, DRAWN)
    assert free.prior


@pytest.mark.parametrize("name", [info.name for info in api.scenarios()])
def test_every_parameter_of_the_month_and_every_starting_value_is_there(name):
    chosen = load(name)
    found = effective(chosen)
    assert {item.name: item.value for item in found.parameters} == {
        key: value for key, value in chosen.values().items() if key in parameters_of(chosen.schedule)
    }
    given = chosen.region.given(chosen.start, chosen.assumptions)
    assert [(item.value, item.low, item.high) for item in found.starting] == [
        (item.value, item.low, item.high) for item in given.values()
    ]


def test_parameters_of_a_module_that_is_off_are_not_in_force():
    quiet, modules = load(TRIO), module_names()
    loud = quiet.with_modules(modules)
    names = set(parameters_of(COMPLETE)) - set(parameters_of(SCHEDULE))
    assert names
    assert names.isdisjoint(item.name for item in effective(quiet).parameters)
    found = differences(effective(quiet), effective(loud))
    assert {item.name for item in found} == names | {"modules"}
    assert ("none", ", ".join(modules)) in {(item.a, item.b) for item in found}


def test_nothing_differs_from_oneself_whatever_file_says_it(folder):
    (folder / "again.toml").write_text(
        'schema = 1\nextends = "parent"\ntitle = "Same"\nquestion = "Is it?"\n[parameters]\n"trust.asymmetry" = 3.0\n'
    )
    one, two = load(folder / "parent.toml"), load(folder / "again.toml")
    assert differences(effective(one), effective(two)) == ()
    assert effective(one).digest == effective(two).digest
    run = {"replicates": 4, "months": 12}
    assert api.run(one, **run).sha256 == api.run(two, **run).sha256


def test_each_change_is_told_once_with_both_sides(folder):
    one, two = (effective(load(folder / f"{name}.toml")) for name in ("parent", "child"))
    assert [(item.kind, item.name, item.a, item.b) for item in differences(one, two)] == [
        ("parameter", "trust.asymmetry", "3", "4"),
        ("starting value", "trust AAA>BBB", *(told(start(found, "trust AAA>BBB")) for found in (one, two))),
        ("events", "2000-06", "", "kind summit state AAA other BBB"),
    ]
    assert {(item.a_by, item.b_by) for item in differences(one, two)} == {
        ("scenario parent", "scenario child"),
        ("region trio", "scenario child"),
        ("", "scenario child"),
    }


def told(item) -> str:
    return f"{item.value!r} ({item.low!r} to {item.high!r})"


def changed(folder: Path, file: str, old: str, new: str) -> Scenario:
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return load(folder / "parent.toml")


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("parent.toml", "months = 24", "months = 25", [("scenario", "months", "24", "25")]),
        (
            "trio/region.toml",
            "exercise_months = [",
            "exercise_months = [12, ",
            [("region", "region: exercise months", "6", "12, 6")],
        ),
        ("trio/states.csv", ",1,1,made up", ",0,1,made up", [("region", "state AAA: key_party", "True", "False")]),
        ("trio/forums.toml", "meets_every = 6", "meets_every = 12", [("region", "forum CLUB: meets_every", "6", "12")]),
    ],
)
def test_a_change_in_the_files_is_found(folder, file, old, new, expected):
    before = effective(load(folder / "parent.toml"))
    after = effective(changed(folder, file, old, new))
    assert [(item.kind, item.name, item.a, item.b) for item in differences(before, after)] == expected
    assert before.digest != after.digest


def test_a_thing_that_is_missing_on_one_side_is_one_row(folder):
    before = load(folder / "parent.toml")
    for file in ("agreements.toml", "roles.toml"):
        (folder / "trio" / file).unlink()
    (folder / "trio" / "forums.toml").write_text("")
    found = differences(effective(before), effective(load(folder / "parent.toml")))
    assert ("region", "forum CLUB", "there", "") in {(item.kind, item.name, item.a, item.b) for item in found}
    assert [item.name for item in found if "CLUB" in item.name] == ["forum CLUB"]


def test_of_events_in_one_month_the_order_counts(folder):
    text = PARENT + '[[events]]\nmonth = "2000-05"\nkind = "summit"\nstate = "AAA"\nother = "BBB"\n'
    other = '[[events]]\nmonth = "2000-05"\nkind = "talks broken off"\nstate = "AAA"\nother = "BBB"\n'
    head, tail = text[: text.rindex("[[events]]")], text[text.rindex("[[events]]") :]
    (folder / "one.toml").write_text(head + tail + other)
    (folder / "two.toml").write_text(head + other + tail)
    (item,) = api.diff(folder / "one.toml", folder / "two.toml")
    assert (item.kind, item.name) == ("events", "2000-05")


def test_levers_and_a_forum_of_the_scenarios_own_are_in_force(folder):
    (folder / "own.toml").write_text(
        """schema = 1
extends = "parent"
[forums.SUMMIT]
name = "The Summit"
start = 2010-01-01
track = 1
rule = "host"
host = "BBB"
agenda = ["hard"]
level = 1
meets_every = 12
meets_in = 5
vitality = { value = 0.5 }
capital = { value = 0.2 }
information = { value = 0.5 }
attention = { value = 0.5 }
members = [{ state = "AAA" }, { state = "BBB" }]
[[events]]
month = "2000-03"
kind = "forum founded"
forum = "SUMMIT"
[[events]]
month = "2000-03"
kind = "political capital"
state = "BBB"
months = 3
"""
    )
    found = {(item.kind, item.name): item.b for item in api.diff(folder / "parent.toml", folder / "own.toml")}
    assert found == {
        ("region", "forum SUMMIT"): "there",
        ("events", "2000-03"): "kind forum founded forum SUMMIT; "
        "kind political capital state BBB amount 1.0 months 3 payback 0.5",
    }
    levers = effective(load(folder / "own.toml")).events[-2:]
    assert {lever.by for lever in levers} == {"scenario own"}


_PARAMETERS = parameters_of(SCHEDULE)
_CHOSEN = st.dictionaries(st.sampled_from(sorted(_PARAMETERS)), st.floats(0, 1), max_size=4).map(
    lambda shares: {
        name: _PARAMETERS[name].low + share * (_PARAMETERS[name].high - _PARAMETERS[name].low)
        for name, share in shares.items()
    }
)


@settings(max_examples=40)
@given(_CHOSEN, _CHOSEN)
def test_differences_are_those_of_the_values_and_the_digest_knows_them(one, two):
    trio = load(TRIO)
    a, b = (effective(trio.with_parameters(chosen)) for chosen in (one, two))
    defaults = {name: item.default for name, item in _PARAMETERS.items()}
    expected = {name for name in _PARAMETERS if (defaults | one)[name] != (defaults | two)[name]}
    assert {item.name for item in differences(a, b)} == expected
    assert (a.digest == b.digest) == (not expected)
    mirrored = [(item.name, item.b, item.a) for item in differences(b, a)]
    assert sorted(mirrored) == sorted((item.name, item.a, item.b) for item in differences(a, b))


def test_presets_are_compared_by_what_they_set():
    found = api.diff("sceptic", "agnostic")
    sceptic, agnostic = load_preset("sceptic").parameters, load_preset("agnostic").parameters
    assert {item.name for item in found} <= set(sceptic) | set(agnostic)
    assert {item.kind for item in found} == {"parameter"}
    assert api.diff("sceptic", "sceptic") == ()


def test_a_scenario_and_a_preset_are_not_compared():
    for pair in (("sceptic", "baseline_2018"), ("baseline_2018", "sceptic")):
        with pytest.raises(InputError, match="sceptic is a preset and baseline_2018 a scenario"):
            api.diff(*pair)


def test_a_name_that_is_neither_is_told_with_the_nearest():
    with pytest.raises(InputError, match="unknown scenario or preset 'scptic'; did you mean \"sceptic\""):
        api.diff("scptic", "agnostic")


def test_a_preset_file_is_known_by_its_fields(tmp_path):
    (tmp_path / "mine.toml").write_text('schema = 1\ntitle = "Mine"\n[parameters]\n"trust.asymmetry" = 4.0\n')
    assert [item.name for item in api.diff(tmp_path / "mine.toml", "agnostic") if item.a_by == "preset mine"] == [
        "trust.asymmetry"
    ]
    assert setting(api.effective(tmp_path / "mine.toml"), "trust.asymmetry").by == "preset mine"
    with pytest.raises(InputError, match="mine is a preset itself"):
        api.effective(tmp_path / "mine.toml", preset="sceptic")
