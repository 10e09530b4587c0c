"""Every citation has an entry, every entry is cited, and an entry is complete."""

from __future__ import annotations

import unicodedata

import pytest

from tests.docs.pages import ROOT, pages
from tools.generate import bibliography, cited

CODE = sorted(
    file for part in ("mechanisms", "measures", "analysis") for file in (ROOT / "regime_abm" / part).rglob("*.py")
)
WRITTEN = [page for page in pages() if page.name not in ("references.md", "parameters.md")]
NEEDED = {"article": {"journal"}, "book": {"publisher"}, "techreport": {"institution"}}


def _keys(files) -> set[str]:
    return set().union(*(cited(file.read_text(encoding="utf-8")) for file in files))


def test_what_the_code_cites_is_in_the_bibliography():
    assert _keys(CODE) - set(bibliography()) == set()
    assert "walt1987" in _keys(CODE)  # the search for keys finds some


def test_what_the_pages_cite_is_in_the_bibliography():
    assert _keys(WRITTEN) - set(bibliography()) == set()


def test_no_entry_is_idle():
    assert set(bibliography()) - _keys(CODE) - _keys(WRITTEN) == set()


@pytest.mark.parametrize("key", sorted(bibliography()))
def test_an_entry_is_complete_and_its_key_fits(key):
    entry = bibliography()[key]
    missing = ({"author", "title", "year"} | NEEDED[entry["kind"]]) - set(entry)
    assert not missing
    surname = unicodedata.normalize("NFD", entry["author"].split(",")[0].lower()).encode("ascii", "ignore").decode()
    assert key == f"{surname}{entry['year']}".replace("'", "")
