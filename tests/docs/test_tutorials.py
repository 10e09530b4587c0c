"""The tutorials hold no stored outputs, run from the first cell to the last, and are pages of the site."""

from __future__ import annotations

import re

import nbformat
import pytest

from tests.docs.pages import DOCS, ROOT, anchors
from tools.notebooks import executed, notebooks, on_page_markdown

TUTORIALS = notebooks()


def _name(path):
    return path.stem


@pytest.mark.parametrize("path", TUTORIALS, ids=_name)
def test_a_tutorial_is_plain_and_begins_with_its_title(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert notebook.cells[0].source.startswith("# ")
    assert notebook.metadata.kernelspec.name == "python3"
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert len(code) >= 5
    for cell in code:
        assert (cell.outputs, cell.execution_count) == ([], None)


@pytest.mark.parametrize("path", TUTORIALS, ids=_name)
def test_the_links_of_a_tutorial_lead_somewhere(path):
    text = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown")
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        target, _, anchor = link.partition("#")
        file = (path.parent / target).resolve()
        assert file.is_file(), link
        if anchor:
            assert anchor in anchors(file), link


@pytest.mark.parametrize("path", TUTORIALS, ids=_name)
def test_the_site_and_the_front_page_know_the_tutorial(path):
    assert f"tutorials/{path.stem}.md" in (ROOT / "mkdocs.yml").read_text("utf-8")
    assert f"(tutorials/{path.name})" in (DOCS / "index.md").read_text("utf-8")
    assert on_page_markdown(f"[x](tutorials/{path.name})") == f"[x](tutorials/{path.stem}.md)"


@pytest.mark.parametrize("path", [pytest.param(path, marks=pytest.mark.long) for path in TUTORIALS], ids=_name)
def test_a_tutorial_runs_and_leaves_its_folder_clean(path, tmp_path):
    notebook = executed(path, tmp_path)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code)
    assert sum(bool(cell.outputs) for cell in code) >= len(code) - 2
    assert not [output for cell in code for output in cell.outputs if output.get("name") == "stderr"]
