"""Errors a user can mend, each one line: file, field, allowed range and the nearest right word."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class InputError(ValueError):
    """Something the user wrote cannot be used. The message is one line and says what would be right."""


class DiskFull(Exception):
    """A result did not fit on the disk. What was written before is whole; the message is one line. Exit code 74."""

    exit_code = 74  # EX_IOERR of sysexits.h

    def __init__(self, path: object, needed: int, why: str) -> None:
        super().__init__(f"{path}: not written, {needed:,} bytes are needed ({why}); free some space")
        self.path, self.needed = path, needed


class Stopped(KeyboardInterrupt):
    """SIGINT, SIGTERM or SIGHUP came while runs were under way; raised once everything is tidy."""

    def __init__(self, signal: int) -> None:
        super().__init__(f"stopped by signal {signal}")
        self.signal = signal

    @property
    def exit_code(self) -> int:
        """What a shell expects of a program that a signal ended: 130 after SIGINT, 143 after SIGTERM."""
        return 128 + self.signal


class HiddenFromSight(AttributeError):
    """An actor asked for something that its state cannot observe."""


def nearest(word: str, allowed: Iterable[str]) -> str:
    """Return ``'; did you mean "x"?'`` for the closest allowed word, or the short list of allowed words.

    >>> nearest("trsut", ["trust", "threat"])
    '; did you mean "trust"?'
    """
    words = sorted(str(option) for option in allowed)
    lowered = {option.lower(): option for option in words}
    close = difflib.get_close_matches(str(word).lower(), list(lowered), n=1, cutoff=0.6)
    if close:
        return f'; did you mean "{lowered[close[0]]}"?'
    shown = ", ".join(words[:12]) + (", ..." if len(words) > 12 else "")
    return f"; known: {shown}" if words else ""
