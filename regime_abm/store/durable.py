"""Files that are whole or not there at all, whenever the power fails.

temporary file -> fsync -> replace -> fsync of the folder. What a crash leaves behind begins with `.tmp-`.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from regime_abm.errors import DiskFull, InputError

TEMPORARY = ".tmp-"
_FULL = {errno.ENOSPC: "the disk is full", errno.EFBIG: "the limit of a file's size is reached"} | {
    getattr(errno, "EDQUOT", errno.ENOSPC): "the quota is used up"
}
_BINARY = getattr(os, "O_BINARY", 0)  # Windows would write other line ends


@contextlib.contextmanager
def told(path: Path, needed: int = 0) -> Iterator[None]:
    """Turn an OSError into one line: DiskFull when there is no room for `needed` bytes, else InputError."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFull(path, needed, _FULL[error.errno]) from None
        raise InputError(f"{path}: cannot be used ({error.strerror or error})") from None


def write(path: Path, data: bytes) -> None:
    """Put a whole file in place; raises DiskFull or InputError and then leaves the former file as it was."""
    temporary = path.with_name(f"{TEMPORARY}{path.name}")
    with told(path, len(data)):
        try:
            _write_synced(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, data)
            os.replace(temporary, path)
            sync_folder(path.parent)
        except OSError:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise


def append(path: Path, data: bytes) -> None:
    """Add to the end of a file; a crash or a full disk may leave a part of `data` there."""
    with told(path, len(data)):
        _write_synced(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, data)


def _write_synced(path: Path, how: int, data: bytes) -> None:
    handle = os.open(path, how | _BINARY, 0o666)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(handle, view) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable; Windows does so by itself."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def checked(content: Mapping[str, Any]) -> dict[str, Any]:
    """JSON content with a `check` that :func:`is_whole` can test."""
    return {**content, "check": _digest(content)}


def is_whole(content: Any) -> bool:
    """Whether content is the very one that :func:`checked` returned.

    >>> is_whole(checked({"rows": 20})), is_whole(checked({"rows": 20}) | {"rows": 21})
    (True, False)
    """
    return isinstance(content, dict) and content.get("check") == _digest(
        {key: value for key, value in content.items() if key != "check"}
    )


def _digest(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
