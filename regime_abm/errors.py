"""Errors a user can mend, each one line: file, field, allowed range and the nearest right word."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class InputError(ValueError):
    """Something the user wrote cannot be used. The message is one line and says what would be right."""


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
