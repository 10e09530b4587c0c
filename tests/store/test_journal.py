"""A journal that ends anywhere, or is damaged anywhere, never tells of a task that is not done (F6)."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regime_abm.store import journal
from regime_abm.store.journal import Entry, Part
from tests.store.toy import parts, sweep

WORDS = st.text(st.characters(codec="ascii"), max_size=8)
PARTS = st.builds(Part, kind=WORDS, rows=st.integers(0, 10**9), bytes=st.integers(0, 10**12), sha256=WORDS)
ENTRIES = st.builds(
    Entry,
    task=st.integers(0, 10**6),
    first=st.integers(0, 10**9),
    count=st.integers(1, 10**6),
    parts=st.tuples(PARTS, PARTS),
)


@given(ENTRIES)
def test_a_line_read_is_the_line_written(entry):
    line = entry.line()
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert Entry.of(line) == entry


@given(ENTRIES, st.data())
def test_no_damaged_byte_goes_unseen(entry, data):
    line = bytearray(entry.line().rstrip(b"\n"))
    place = data.draw(st.integers(0, len(line) - 1))
    line[place] ^= 1 << data.draw(st.integers(0, 7))
    assert Entry.of(bytes(line)) in (None, entry)  # the very same: a blank between two fields became a tab, say


@pytest.mark.parametrize("rubbish", [b"", b"{}", b"[]", b"null", b'"x"', b'{"check": 3}', b"\xff\x00", b"[" * 100_000])
def test_what_is_no_entry_is_none(rubbish):
    assert Entry.of(rubbish) is None


def test_the_last_line_of_a_task_counts(tmp_path):
    old, new, other = Entry(1, 0, 5, ()), Entry(1, 0, 5, (Part("runs", 1, 2, "x"),)), Entry(0, 5, 5, ())
    for entry in (old, other, new):
        journal.add(tmp_path, entry)
    found = journal.read(tmp_path)
    assert found.entries == {1: new, 0: other}
    assert found.faults == ()
    journal.rewrite(tmp_path, [new])
    assert journal.read(tmp_path).entries == {1: new}


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reference") / "sweep"
    sweep(folder, runs=12, chunk=4)
    return folder


def test_cut_at_any_byte_it_tells_of_the_whole_lines_alone(reference):
    whole = (reference / journal.NAME).read_bytes()
    entries = list(journal.read(reference).entries.values())
    for cut in range(len(whole) + 1):
        found = journal.Journal.of(whole[:cut])
        assert list(found.entries.values()) == entries[: whole[:cut].count(b"\n")]
        assert bool(found.faults) == (whole[:cut][-1:] not in (b"", b"\n"))


def resumed_after_a_cut(reference, folder, cut):
    """Cut the journal at a byte and resume; everything must be as if nothing had happened."""
    whole = (reference / journal.NAME).read_bytes()
    if not folder.exists():
        shutil.copytree(reference, folder)
    (folder / journal.NAME).write_bytes(whole[:cut])
    sweep(folder, runs=12, chunk=4, resume=True)
    assert journal.read(folder) == journal.read(reference)
    assert parts(folder) == parts(reference)


@settings(max_examples=15)
@given(st.data())
def test_cut_anywhere_it_is_resumed_to_the_same_bytes(reference, data):
    size = (reference / journal.NAME).stat().st_size
    with tempfile.TemporaryDirectory() as temporary:
        resumed_after_a_cut(reference, Path(temporary) / "sweep", data.draw(st.integers(0, size)))


@pytest.mark.long
def test_cut_at_every_byte_it_is_resumed_to_the_same_bytes(reference, tmp_path):
    for cut in range((reference / journal.NAME).stat().st_size + 1):
        resumed_after_a_cut(reference, tmp_path / "sweep", cut)


@settings(max_examples=10)
@given(st.binary(max_size=200), st.integers(0, 3))
def test_rubbish_in_between_costs_nothing_but_its_own_line(reference, rubbish, place):
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "sweep"
        shutil.copytree(reference, folder)
        lines = (folder / journal.NAME).read_bytes().splitlines(keepends=True)
        lines.insert(place, rubbish + b"\n")
        (folder / journal.NAME).write_bytes(b"".join(lines))
        sweep(folder, runs=12, chunk=4, resume=True)
        assert journal.read(folder) == journal.Journal(journal.read(reference).entries)
        assert parts(folder) == parts(reference)
