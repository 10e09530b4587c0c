"""What of a store can be trusted: every file against the digest that the journal keeps of it. Nothing is changed here."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from regime_abm.store import durable, journal, manifest
from regime_abm.store.journal import Entry, Part

PARTS = "parts"
_OURS = re.compile(r"part-\d{6,}\.parquet")
_MOST_SHOWN = 20  # problems, or spans of chunks, in the text of a report


def part_path(folder: Path, kind: str, task: int) -> Path:
    """Where a task's table of a kind lies."""
    return folder / PARTS / kind / f"part-{task:06d}.parquet"


@dataclass(frozen=True)
class Problem:
    """A file that is not as it should be. path: within the folder. stray: not the work of a task that is done."""

    path: str
    what: str
    stray: bool = False


@dataclass(frozen=True)
class Report:
    """What was found. entries: the tasks whose files are all valid; recompute: the numbers of all other tasks."""

    folder: Path
    tasks: int
    runs_wanted: int
    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Nothing is damaged; there may be tasks that are still to be done."""
        return not self.problems

    @property
    def runs_done(self) -> int:
        """Runs, failed ones included, of the valid tasks."""
        return sum(entry.count for entry in self.entries)

    @property
    def recompute(self) -> list[int]:
        """Numbers of the tasks that a resume would compute."""
        done = {entry.task for entry in self.entries}
        return [number for number in range(self.tasks) if number not in done]

    @property
    def complete(self) -> bool:
        """Every task is done and valid."""
        return len(self.entries) == self.tasks

    def lines(self) -> list[str]:
        """The report as text."""
        found = [f"{problem.path}: {problem.what}" for problem in self.problems[:_MOST_SHOWN]]
        if len(self.problems) > _MOST_SHOWN:
            found.append(f"and {len(self.problems) - _MOST_SHOWN} more")
        found.append(f"{self.runs_done:,} of {self.runs_wanted:,} runs are there and valid")
        if not self.complete:
            found.append(f"--resume would compute {len(self.recompute)} of {self.tasks} parts: {spans(self.recompute)}")
        return found


def spans(numbers: list[int]) -> str:
    """Whole numbers in few words.

    >>> spans([0, 1, 2, 5, 7, 8])
    '0-2, 5, 7-8'
    """
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    words = [str(low) if low == high else f"{low}-{high}" for low, high in found[:_MOST_SHOWN]]
    return ", ".join(words) + (", ..." if len(found) > _MOST_SHOWN else "")


def verify(folder: Path | str, kinds: Collection[str] | None = None) -> Report:
    """Look at every part (or those of some kinds) and name what is damaged, truncated, missing, swapped or too much.

    Raises InputError when there is no manifest that can be read.
    """
    folder = Path(folder)
    about = manifest.read(folder)
    written = journal.read(folder)
    problems = [Problem(journal.NAME, fault) for fault in written.faults]
    digests = {
        part.sha256: part_path(folder, part.kind, entry.task).relative_to(folder).as_posix()
        for entry in written.entries.values()
        for part in entry.parts
    }
    valid = []
    for number, entry in sorted(written.entries.items()):
        found = [
            Problem(path.relative_to(folder).as_posix(), fault)
            for part in entry.parts
            if kinds is None or part.kind in kinds
            for path in [part_path(folder, part.kind, number)]
            if (fault := _fault(path, part, digests))
        ]
        if number >= about["tasks"]:
            found.append(Problem(journal.NAME, f"part {number} is beyond the last one ({about['tasks'] - 1})"))
        problems += found
        if not found:
            valid.append(entry)
    problems += _strays(folder, set(digests.values()))
    return Report(folder, about["tasks"], about["runs"], tuple(valid), tuple(problems))


def _fault(path: Path, part: Part, digests: dict[str, str]) -> str | None:
    if not path.is_file():
        return "is missing"
    with durable.told(path):
        size = path.stat().st_size
        digest = _digest(path)
    if digest == part.sha256:
        return None
    if digest in digests:
        return f"holds what belongs into {digests[digest]} (swapped)"
    if size < part.bytes:
        return f"is truncated ({size:,} of {part.bytes:,} bytes)" if size else "is empty"
    return "is damaged (its digest is not that of the journal)"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _strays(folder: Path, known: set[str]) -> Iterator[Problem]:
    """Files that no task answers for: what a crash left behind, and what is no part. Beside the parts anything may lie."""
    for path in sorted([*folder.glob("*"), *(folder / PARTS).rglob("*")]):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() or name in known:
            continue
        if path.name.startswith(durable.TEMPORARY):
            yield Problem(name, "was left half-written by a crash", stray=True)
        elif name.startswith(f"{PARTS}/"):
            ours = bool(_OURS.fullmatch(path.name))
            yield Problem(name, "is extra (the journal does not know it)" if ours else "is extra (no part)", stray=ours)
