"""The manifest: what a sweep is made of. A resume must bring the very same, or the parts would not belong together."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from regime_abm.errors import InputError
from regime_abm.store import durable

NAME = "manifest.json"
FORMAT = 1


def write(folder: Path, fixed: Mapping[str, Any], runs: int, tasks: int, notes: Mapping[str, Any]) -> dict[str, Any]:
    """Put the manifest in place and return it as it will be read."""
    content = {"format": FORMAT, "runs": runs, "tasks": tasks, "fixed": fixed, "notes": notes}
    text = json.dumps(durable.checked(json.loads(json.dumps(content, allow_nan=False))), indent=1, sort_keys=True)
    durable.write(folder / NAME, text.encode() + b"\n")
    return read(folder)


def read(folder: Path) -> dict[str, Any]:
    """The manifest of a store. Raises InputError when the folder holds none, or one that is damaged or of another format."""
    path = folder / NAME
    if not path.is_file():
        raise InputError(f"{folder}: holds no sweep (there is no {NAME})")
    with durable.told(path):
        data = path.read_bytes()
    try:
        content = json.loads(data)
    except ValueError:
        raise InputError(f"{path}: is damaged (no JSON); put it back from a copy") from None
    if isinstance(content, dict) and content.get("format") != FORMAT:
        raise InputError(f"{path}: format {content.get('format')!r} is not the one this version reads ({FORMAT})")
    if not durable.is_whole(content):
        raise InputError(f"{path}: is damaged or was edited (its check does not fit); put it back from a copy")
    del content["check"]
    return content
