"""One writer at a time. The operating system holds the lock, so a writer that was killed leaves none behind."""

from __future__ import annotations

import contextlib
import json
import os
import platform
from collections.abc import Iterator
from pathlib import Path

from regime_abm.errors import InputError
from regime_abm.store.durable import told

NAME = "writer.lock"
_FAR = 2**30  # Windows locks bytes, and nobody can read them meanwhile: one beyond the text is taken


class _Held(Exception):
    pass


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the folder's lock. Raises InputError that names the holder, or when the file system has no locks."""
    path = folder / NAME
    with told(path):
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
    try:
        try:
            _take(handle)
        except _Held:
            raise InputError(
                f"{folder}: {_holder(path)} is writing here; wait for it or choose another folder"
            ) from None
        except OSError as error:
            raise InputError(
                f"{folder}: its file system has no locks ({error.strerror}); choose a folder on a disk of this machine"
            ) from None
        with told(path, 64):
            os.ftruncate(handle, 0)
            os.write(handle, json.dumps({"pid": os.getpid(), "host": platform.node()}).encode())
        _forked_copies.add(handle)
        try:
            yield
        finally:
            _forked_copies.discard(handle)
            with contextlib.suppress(OSError):
                os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def _holder(path: Path) -> str:
    try:
        found = json.loads(path.read_text("utf-8"))
        return f"process {found['pid']} on {found['host']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"


def _take(handle: int) -> None:
    try:
        import fcntl
    except ImportError:
        _take_on_windows(handle)
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise _Held from None


def _take_on_windows(handle: int) -> None:
    import msvcrt

    os.lseek(handle, _FAR, os.SEEK_SET)
    try:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    except PermissionError:
        raise _Held from None
    os.lseek(handle, 0, os.SEEK_SET)


_forked_copies: set[int] = set()


def _let_go() -> None:
    """A forked child would hold the lock on, beyond the end of its parent."""
    for handle in _forked_copies:
        os.close(handle)
    _forked_copies.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)
