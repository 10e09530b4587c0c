"""Scenario, preset and plan files of an older version of the format, rewritten to the present one; comments are kept.

A new version of the format needs three things: `SCHEMA` in forms.py one higher, a step here, and a file of the old version
in tests/files/old. A step works on lines, so that whatever it does not know stays as it was written.
"""

from __future__ import annotations

import os
import re
import tempfile
import tomllib
from collections.abc import Callable, Sequence
from difflib import unified_diff
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from regime_abm.errors import InputError
from regime_abm.files import read_text, read_toml
from regime_abm.forms import fitted, version_of
from regime_abm.plan import PlanFile
from regime_abm.scenario import PresetFile, ScenarioFile

Step = Callable[[str], str]

FORMS: tuple[type[BaseModel], ...] = (ScenarioFile, PresetFile, PlanFile)


def _say_the_version(text: str) -> str:
    """Version 0, which did not say its version, is otherwise as version 1."""
    return text


STEPS: tuple[Step, ...] = (_say_the_version,)  # STEPS[n] brings version n to n + 1, but for the line that says so
_SAID = re.compile(r"^schema[ \t]*=[ \t]*\d+", re.MULTILINE)


def migrated(text: str, version: int, steps: Sequence[Step] = STEPS) -> str:
    """The text of a file of some version in the version to which the steps lead.

    >>> print(migrated("# mine\\nregion = 'trio'", 0))
    # mine
    schema = 1
    region = 'trio'
    """
    for step in steps[version:]:
        text = step(text)
    said = f"schema = {len(steps)}"
    if version:
        return _SAID.sub(said, text, count=1)
    lines = text.splitlines(keepends=True)
    first = next((n for n, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")), len(lines))
    end = "\r\n" if "\r\n" in text else "\n"
    before = "".join(lines[:first])
    return before + (end if before and not before.endswith("\n") else "") + said + end + "".join(lines[first:])


def migrate(path: Path, *, check: bool = False) -> list[str]:
    """Rewrite a file to the present version, whole or not at all; the lines of the change, none when there is nothing to do.

    check: change nothing. Raises InputError for a file of a later version, for one that is no scenario, preset or plan, and for
    one that cannot be read or written.
    """
    table = read_toml(path)
    version = version_of(table, str(path))
    if version == len(STEPS):
        _refuse_strangers(table, path)
        return []
    raw = path.read_bytes()
    mark = raw[:3] if raw.startswith(b"\xef\xbb\xbf") else b""
    old = read_text(path)
    new = migrated(old, version)
    _refuse_strangers(tomllib.loads(new), path)
    if not check:
        _replace(path, mark + new.encode("utf-8"))
    told = unified_diff(old.splitlines(), new.splitlines(), f"{path} (version {version})", str(path), n=1, lineterm="")
    return list(told)


def _refuse_strangers(table: dict[str, Any], path: Path) -> None:
    """InputError for a file that fits no form, in the words of the one that it shares most fields with."""

    def shared(form: type[BaseModel]) -> int:
        return len(set(table) & {item.alias or name for name, item in form.model_fields.items()})

    fitted(table, max(FORMS, key=shared), str(path))


def _replace(path: Path, content: bytes) -> None:
    """Put content in a file's place; a reader finds the old or the new, a link still leads to it, and who may read may."""
    target = path.resolve()
    unfinished = ""
    try:
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}-", delete=False) as file:
            unfinished = file.name
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(unfinished, target.stat().st_mode)
        os.replace(unfinished, target)
    except OSError as error:
        if unfinished:
            Path(unfinished).unlink(missing_ok=True)
        raise InputError(f"{path}: cannot be written ({error.strerror}); it is as it was") from None
