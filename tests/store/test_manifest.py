"""A sweep is resumed with what it was begun from, or not at all (F7)."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regime_abm.errors import InputError
from regime_abm.fingerprint import differences, fingerprint, source_hash
from regime_abm.store import Store, manifest
from tests.store.toy import FIXED, parts, sweep

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(JSON, JSON)
def test_equal_things_do_not_differ_and_others_do(one, other):
    assert differences(one, json.loads(json.dumps(one))) == []
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert bool(differences(one, other)) != same


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ({"versions": {"numpy": "2.0"}}, {"versions": {"numpy": "2.1"}}, ['versions.numpy: "2.0" -> "2.1"']),
        ({"a": 1}, {"b": 1}, ["a: 1 -> (nothing)", "b: (nothing) -> 1"]),
        ({"a": [1, 2]}, {"a": [1, 3]}, ["a[1]: 2 -> 3"]),
        ({"a": [1]}, {"a": [1, 3]}, ["a: [1] -> [1, 3]"]),
        ({"a": 1}, {"a": True}, ["a: 1 -> true"]),
        ({"text": "x = 1\ny = 2\n"}, {"text": "x = 1\ny = 3\n"}, ['text, line 2: "y = 2\\n" -> "y = 3\\n"']),
        ({"text": "x\n"}, {"text": "x"}, ['text, line 1: "x\\n" -> "x"']),
        ({"a": "x" * 99}, {"a": ""}, ['a: "' + "x" * 56 + '... -> ""']),
    ],
)
def test_a_difference_in_words(old, new, told):
    assert differences(old, new) == told


CHANGES = {
    "another scenario": (
        {**FIXED, "scenario": "schema = 1\nmonths = 7\n"},
        'scenario, line 2: "months = 6\\n" -> "months = 7\\n"',
    ),
    "another seed": ({**FIXED, "plan": {"seed": 8, "months": 6}}, "plan.seed: 7 -> 8"),
    "another code": ({**FIXED, "code": {"regime_abm": "beef"}}, "code: (nothing)"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_resume_with_something_else_is_refused_and_changes_nothing(tmp_path, change):
    fixed, told = CHANGES[change]
    sweep(tmp_path / "sweep")
    before = parts(tmp_path / "sweep")
    with pytest.raises(InputError) as refused:
        sweep(tmp_path / "sweep", resume=True, fixed=fixed)
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)
    assert parts(tmp_path / "sweep") == before


@pytest.mark.parametrize("runs", [99, 101, 120])
def test_a_resume_of_another_size_is_refused(tmp_path, runs):
    sweep(tmp_path / "sweep", runs=100)
    with pytest.raises(InputError, match=f"runs: 100 -> {runs}"):
        sweep(tmp_path / "sweep", runs=runs, resume=True)


@pytest.mark.parametrize("part", ["code", "versions", "platform", "lock"])
def test_code_versions_platform_and_lock_of_this_program_are_part_of_it(tmp_path, part):
    fixed = {**FIXED, **fingerprint()}
    sweep(tmp_path / "sweep", fixed=fixed)
    sweep(tmp_path / "sweep", fixed=fixed, resume=True)
    other = {
        "code": {"regime_abm": "0" * 64},
        "versions": {"numpy": "1.0"},
        "platform": {"machine": "vax"},
        "lock": "0",
    }
    changed = {**fixed[part], **other[part]} if isinstance(fixed[part], dict) else other[part]
    with pytest.raises(InputError, match=f"begun from something else: {part}"):
        sweep(tmp_path / "sweep", fixed={**fixed, part: changed}, resume=True)


def test_many_differences_are_not_all_told(tmp_path):
    with Store.begin(tmp_path / "sweep", {str(k): 0 for k in range(30)}, runs=1, tasks=1):
        pass
    with (
        pytest.raises(InputError, match="and 22 more"),
        Store.begin(tmp_path / "sweep", {str(k): 1 for k in range(30)}, runs=1, tasks=1, resume=True),
    ):
        pass


def test_notes_may_differ_and_stay_as_they_were(tmp_path):
    for resume, command in ((False, "first"), (True, "second")):
        with Store.begin(
            tmp_path / "sweep", FIXED, runs=1, tasks=1, notes={"command": command}, resume=resume
        ) as store:
            assert store.manifest["notes"] == {"command": "first"}


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda text: text.replace('"seed": 7', '"seed": 8'), "its check does not fit"),
        (lambda text: text[: len(text) // 2], "is damaged"),
        (lambda text: "", "is damaged"),
        (lambda text: "[]", "damaged"),
        (lambda text: text.replace('"format": 1', '"format": 2'), "format 2 is not the one"),
    ],
)
def test_a_spoilt_manifest_is_one_line(tmp_path, spoil, told):
    sweep(tmp_path / "sweep")
    path = tmp_path / "sweep" / manifest.NAME
    path.write_text(spoil(path.read_text()))
    with pytest.raises(InputError, match=told):
        sweep(tmp_path / "sweep", resume=True)


def test_what_json_cannot_hold_is_refused_before_anything_runs(tmp_path):
    with pytest.raises(ValueError, match="JSON"):
        sweep(tmp_path / "sweep", fixed={"share": float("nan")})


def test_the_digest_of_sources_knows_every_file_and_no_line_end(tmp_path, monkeypatch):
    package = tmp_path / "made_up_package"
    (package / "inner").mkdir(parents=True)
    (package / "__init__.py").write_bytes(b"x = 1\ny = 2\n")
    (package / "inner" / "deep.py").write_bytes(b"")
    (package / "data.txt").write_bytes(b"no Python")
    monkeypatch.syspath_prepend(str(tmp_path))
    first = source_hash("made_up_package")
    (package / "__init__.py").write_bytes(b"x = 1\r\ny = 2\r\n")
    (package / "data.txt").write_bytes(b"still none")
    assert source_hash("made_up_package") == first
    (package / "inner" / "deep.py").write_bytes(b"z = 3\n")
    second = source_hash("made_up_package")
    assert second != first
    (package / "inner" / "deep.py").rename(package / "inner" / "deeper.py")
    assert source_hash("made_up_package") not in (first, second)
    assert source_hash("made_up_package.inner.deeper") != source_hash("made_up_package")
    with pytest.raises(InputError, match="there is no such Python package"):
        source_hash("made_up_packag")
