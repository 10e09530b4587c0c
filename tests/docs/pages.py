"""The documentation as data: pages, headings, links and code blocks. Shared by the tests of this folder."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
_FENCE = re.compile(r'^```(\w+)(?: +title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the file it stands for ("" when it is only run), its text and line."""

    language: str
    title: str
    text: str
    line: int


def pages() -> list[Path]:
    """Every page of the documentation and the guides beside the code."""
    beside = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "scenarios/README.md")
    return sorted(DOCS.rglob("*.md")) + [ROOT / name for name in beside if (ROOT / name).is_file()]


def name_of(page: Path) -> str:
    """The page's path inside the project, for a test's name."""
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(found[1], found[2] or "", found[3], text.count("\n", 0, found.start(3)) + 1)
        for found in _FENCE.finditer(text)
    ]


def prose(page: Path) -> str:
    """A page without its fenced blocks."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def links(page: Path) -> list[str]:
    """Where the page's links lead, without images."""
    return _LINK.findall(prose(page))


def anchors(page: Path) -> set[str]:
    """The anchors that headings make."""
    found = re.findall(r"^#+ +(.+?)\s*$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in found}
