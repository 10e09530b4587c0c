"""Every Python block runs, and every block with a file name is a file that works.

A block with a title is written under that name into an empty folder, in which the page's other blocks then
run; what is under my_region/ is appended to a copy of the shipped region, as the pages tell the reader.
"""

from __future__ import annotations

import doctest
import importlib
import shutil
import sys
from pathlib import Path

import pytest

from regime_abm import api
from tests.docs.pages import DOCS, ROOT, Block, blocks, name_of, pages

SHIPPED = ROOT / "scenarios" / "regions" / "northeast_asia"
WITH_CODE = [
    page for page in pages() if any(block.language == "python" or block.title for block in blocks(page))
]


def _write(block: Block, folder: Path) -> Path:
    path = folder / block.title
    if block.title.startswith("my_region/") and not (folder / "my_region").exists():
        shutil.copytree(SHIPPED, folder / "my_region")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(block.text)
    return path


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty working folder, whose modules can be imported and are forgotten afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if getattr(sys.modules[name], "__file__", None) and Path(sys.modules[name].__file__).is_relative_to(
            tmp_path
        ):
            del sys.modules[name]


@pytest.mark.parametrize("page", WITH_CODE, ids=name_of)
def test_the_blocks_of_a_page_work(page, folder):
    scope: dict = {"__name__": "__page__"}
    for block in blocks(page):
        if block.title:
            path = _write(block, folder)
            if block.language == "python":
                importlib.invalidate_caches()
                assert doctest.testmod(importlib.import_module(path.stem)).failed == 0
        elif block.language == "python":
            exec(compile("\n" * (block.line - 1) + block.text, str(page), "exec"), scope)
    for path in folder.glob("*.toml"):
        text = path.read_text(encoding="utf-8")
        if text.startswith("schema ="):
            assert api.load_claims([path]) if "[[tests]]" in text else api.check(path)


def test_every_how_to_shows_something_that_works():
    assert {page.stem for page in WITH_CODE if page.parent == DOCS / "how-to"} == {
        page.stem for page in (DOCS / "how-to").glob("*.md")
    }
