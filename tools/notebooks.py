"""The tutorials: notebooks without stored outputs, run in a kernel of their own and turned into pages of the site.

mkdocs.yml names this file as a hook. With TUTORIALS=run (as `make docs` has it) the pages show what the cells print; without
it they show the cells alone, which takes a second. Pages link to a tutorial by its file, .ipynb, which others can read too.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "tutorials"
SECONDS = 300  # after which a cell hangs
_LINK = re.compile(r"(\]\((?:\.\./|tutorials/)*\d_\w+)\.ipynb\)")


def notebooks() -> list[Path]:
    """The tutorials, in their order."""
    return sorted(FOLDER.glob("*.ipynb"))


def executed(path: Path, folder: Path) -> Any:
    """The notebook with its outputs, run with the checkout's code in a folder. Raises CellExecutionError where a cell fails."""
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=SECONDS,
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=["--log-level=ERROR"],
    )
    found = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    client.execute(env={**os.environ, "PYTHONPATH": found, "REGIME_ABM_RESULTS": str(folder / "results")})
    return notebook


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add a page for each tutorial."""
    import tempfile

    from mkdocs.structure.files import File
    from nbconvert import MarkdownExporter

    for path in notebooks():
        if os.environ.get("TUTORIALS") == "run":
            with tempfile.TemporaryDirectory() as folder:
                notebook = executed(path, Path(folder))
        else:
            notebook = nbformat.read(path, as_version=4)
        text, made = MarkdownExporter().from_notebook_node(notebook, {"unique_key": path.stem})
        text += f'\n\nThis page is a notebook: <a href="../{path.name}" download>download it</a> and run it yourself.\n'
        files.append(File.generated(config, f"tutorials/{path.stem}.md", content=text))
        for name, content in made["outputs"].items():
            files.append(File.generated(config, f"tutorials/{name}", content=content))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """In the site a link to a notebook leads to its page."""
    return _LINK.sub(r"\1.md)", markdown)
