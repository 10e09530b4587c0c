"""The journal: one line of JSON for each task whose parts are in place. A task without a line is not done."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from regime_abm.store import durable

NAME = "journal.jsonl"


@dataclass(frozen=True)
class Part:
    """One file. kind: "runs", "series", "failures" or another word."""

    kind: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Entry:
    """A task that is done: its number, its runs first .. first + count - 1, and its files."""

    task: int
    first: int
    count: int
    parts: tuple[Part, ...]

    def line(self) -> bytes:
        """The line of the journal."""
        content = {**vars(self), "parts": [vars(part) for part in self.parts]}
        return json.dumps(durable.checked(content), sort_keys=True).encode() + b"\n"

    @classmethod
    def of(cls, line: bytes) -> Entry | None:
        """The reverse of :meth:`line`; None for a line that is torn or damaged."""
        try:
            content = json.loads(line)
        except (ValueError, RecursionError):
            return None
        if not durable.is_whole(content):
            return None
        parts = tuple(Part(**part) for part in content["parts"])
        return cls(content["task"], content["first"], content["count"], parts)


@dataclass(frozen=True)
class Journal:
    """What the file says. entries: task -> its last whole line; faults: what is wrong with it, in words."""

    entries: dict[int, Entry]
    faults: tuple[str, ...] = ()

    @classmethod
    def of(cls, data: bytes) -> Journal:
        """What the bytes of the file say."""
        entries: dict[int, Entry] = {}
        faults = []
        *lines, rest = data.split(b"\n")
        for number, line in enumerate(lines, start=1):
            entry = Entry.of(line)
            if entry is None:
                faults.append(f"line {number} is damaged")
            else:
                entries[entry.task] = entry
        if rest:  # nothing can be added to a line without an end
            faults.append(f"line {len(lines) + 1} is torn")
        return cls(entries, tuple(faults))


def read(folder: Path) -> Journal:
    """The journal of a store; empty when there is none yet."""
    path = folder / NAME
    if not path.exists():
        return Journal({})
    with durable.told(path):
        return Journal.of(path.read_bytes())


def add(folder: Path, entry: Entry) -> None:
    """Add a line; it is on the disk when this returns."""
    durable.append(folder / NAME, entry.line())


def rewrite(folder: Path, entries: Iterable[Entry]) -> None:
    """Put a journal of just these entries in place."""
    durable.write(folder / NAME, b"".join(entry.line() for entry in entries))
