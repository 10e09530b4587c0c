"""The locks install anywhere: hashed, without an address, one for both Pythons."""

import importlib.metadata
import re
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
ROW = re.compile(r"^([a-z0-9][a-z0-9.-]*)==([^ ;\\]+)( ; [^\\]+?)? \\$", re.MULTILINE)


def rows(name: str) -> dict[str, set[tuple[str, str]]]:
    """{package: {(version, marker)}} of one lock."""
    found: dict[str, set[tuple[str, str]]] = {}
    for package, version, marker in ROW.findall((ROOT / name).read_text()):
        found.setdefault(package, set()).add((version, marker.removeprefix(" ; ")))
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_holds_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    for word in ("://", "--index", "--extra-index", "--find-links", "--trusted-host"):
        assert word not in text


@pytest.mark.parametrize("name", LOCKS)
def test_every_row_is_pinned_and_hashed(name: str) -> None:
    text = (ROOT / name).read_text()
    blocks = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert len(blocks) > 50
    for block in blocks:
        first = block.splitlines()[0]
        assert ROW.match(first + "\n"), first
        assert "--hash=sha256:" in block, first


@pytest.mark.parametrize("name", LOCKS)
def test_one_lock_gives_each_python_its_mesa(name: str) -> None:
    assert rows(name)["mesa"] == {
        ("3.3.1", "python_full_version < '3.12'"),
        ("3.5.1", "python_full_version >= '3.12'"),
    }


@pytest.mark.compat
def test_this_python_has_its_mesa() -> None:
    assert importlib.metadata.version("mesa") == ("3.3.1" if sys.version_info < (3, 12) else "3.5.1")


def test_the_dev_set_contains_the_base_set_at_the_same_versions() -> None:
    base, dev = (
        {package: {version for version, _ in found} for package, found in rows(name).items()}
        for name in LOCKS
    )
    assert {package: dev.get(package) for package in base} == base


def test_every_declared_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    base, dev = map(rows, LOCKS)
    extras = project["optional-dependencies"]
    for wanted, lock in ((project["dependencies"] + extras["build"], base), (extras["dev"], dev)):
        for requirement in wanted:
            package, exact = re.fullmatch(r"([A-Za-z0-9-]+)(?:==([^,]+)|[<>=].*)", requirement).groups()
            versions = {version for version, _ in lock[package]}
            assert exact is None or versions == {exact}, requirement
