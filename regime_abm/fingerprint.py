"""What the bits of a result depend on beside scenario and seed, and how two such records differ."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import json
import platform
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from regime_abm.errors import InputError

_PACKAGES = ("mesa", "networkx", "numpy", "pandas", "pyarrow", "pydantic", "scipy")  # those that touch a number
_LONGEST = 60  # characters of a value in a difference


def source_hash(name: str) -> str:
    """Digest of all Python files of an importable package or module; raises InputError when there is none of that name.

    Line ends do not count, nor does the place of the files.
    """
    try:
        found = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        found = None
    if found is None or not (found.submodule_search_locations or found.origin):
        raise InputError(f"{name}: there is no such Python package or module")
    digest = hashlib.sha256()
    for path, label in _sources(found):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{label}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _sources(found: Any) -> list[tuple[Path, str]]:
    if found.submodule_search_locations is None:
        return [(Path(found.origin), Path(found.origin).name)]
    return sorted(
        (path, path.relative_to(place).as_posix())
        for place in map(Path, found.submodule_search_locations)
        for path in place.rglob("*.py")
    )


def versions() -> dict[str, str]:
    """Python and the packages that touch a number, as they are installed."""
    return {"python": platform.python_version()} | {name: importlib.metadata.version(name) for name in _PACKAGES}


def platform_bits() -> dict[str, Any]:
    """What the last bit of a number may depend on: system, processor, and the vector instructions that NumPy found."""
    import numpy as np

    about: Any = np.show_config(mode="dicts")
    found = about.get("SIMD Extensions", {}).get("found", [])
    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "byteorder": sys.byteorder,
        "vector_instructions": " ".join(sorted(found)),
    }


def lock_hash() -> str | None:
    """Digest of the checkout's requirements.lock; None in an installed wheel, where the versions must do."""
    path = Path(__file__).resolve().parents[1] / "requirements.lock"
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def fingerprint(packages: Iterable[str] = ("regime_abm",)) -> dict[str, Any]:
    """Code, versions, platform and lock: what equal seeds need for equal bits."""
    return {
        "code": {name: source_hash(name) for name in packages},
        "versions": versions(),
        "platform": platform_bits(),
        "lock": lock_hash(),
    }


def differences(old: Any, new: Any, name: str = "") -> list[str]:
    """What differs between two JSON values, one line a place.

    >>> differences({"seed": 1, "versions": {"numpy": "2.0"}}, {"seed": 1, "versions": {"numpy": "2.1"}, "months": 3})
    ['months: (nothing) -> 3', 'versions.numpy: "2.0" -> "2.1"']
    """
    return [f"{place}: {_shown(a)} -> {_shown(b)}" for place, a, b in _differing(old, new, name)]


_NOTHING = object()


def _differing(old: Any, new: Any, name: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*old, *new}):
            yield from _differing(old.get(key, _NOTHING), new.get(key, _NOTHING), f"{name}.{key}" if name else key)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for place, (a, b) in enumerate(zip(old, new, strict=True)):
            yield from _differing(a, b, f"{name}[{place}]")
    elif isinstance(old, str) and isinstance(new, str) and "\n" in old + new:  # the text of a file
        yield from _differing_lines(old.splitlines(True), new.splitlines(True), name)
    elif type(old) is not type(new) or old != new:
        yield name, old, new


def _differing_lines(old: list[str], new: list[str], name: str) -> Iterator[tuple[str, Any, Any]]:
    for number in range(max(len(old), len(new))):
        a, b = (text[number] if number < len(text) else _NOTHING for text in (old, new))
        if a != b:
            yield f"{name}, line {number + 1}", a, b
            return  # a line put in shifts all that follow


def _shown(value: Any) -> str:
    if value is _NOTHING:
        return "(nothing)"
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
