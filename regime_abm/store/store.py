"""The one who writes a store: begins or resumes it, holds its lock, and adds the parts of one task after the other."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regime_abm.errors import InputError
from regime_abm.fingerprint import differences
from regime_abm.store import durable, journal, lock, manifest
from regime_abm.store.journal import Entry, Part
from regime_abm.store.parquet import Encoded, encode, schema_of
from regime_abm.store.verify import part_path, verify
from regime_abm.supervisor import Task

if TYPE_CHECKING:
    import pyarrow as pa

_MOST_SHOWN = 8  # differences in the line that refuses a resume


class Store:
    """A folder that is being written; made by :meth:`begin`."""

    def __init__(self, folder: Path, about: dict[str, Any], entries: Iterable[Entry]) -> None:
        self.folder, self.manifest = folder, about
        self._entries = {entry.task: entry for entry in entries}
        self._schemas: dict[str, pa.Schema] = {}
        for entry in self._entries.values():
            for part in entry.parts:
                if part.kind not in self._schemas:
                    self._schemas[part.kind] = schema_of(part_path(folder, part.kind, entry.task))

    @classmethod
    @contextlib.contextmanager
    def begin(
        cls,
        folder: Path | str,
        fixed: Mapping[str, Any],
        *,
        runs: int,
        tasks: int,
        notes: Mapping[str, Any] | None = None,
        resume: bool = False,
    ) -> Iterator[Store]:
        """Begin a store of so many runs in so many tasks, or go on with one; the lock is held until the end.

        fixed: JSON values that say what the sweep is made of; a resume must bring the same. notes: JSON values for the
        reader, kept from the first time. Raises InputError when the folder cannot be used, holds something else, is being
        written, or (for a resume) was begun from something that differs, which is then listed; DiskFull.
        """
        folder = _absolute(folder)
        _make_or_check(folder, resume)
        with lock.held(folder):
            if not (folder / manifest.NAME).exists():
                yield cls(folder, manifest.write(folder, fixed, runs, tasks, notes or {}), ())
            elif resume:
                yield cls._resumed(folder, fixed, runs, tasks)
            else:
                raise InputError(
                    f"{folder}: holds a sweep already; add --resume to go on with it, or name a new folder"
                )

    @classmethod
    def _resumed(cls, folder: Path, fixed: Mapping[str, Any], runs: int, tasks: int) -> Store:
        about = manifest.read(folder)
        old = {**about["fixed"], "runs": about["runs"], "tasks": about["tasks"]}
        _refuse_other(folder, old, {**fixed, "runs": runs, "tasks": tasks})
        report = verify(folder)
        for problem in report.problems:
            if problem.stray:
                with durable.told(folder / problem.path):
                    (folder / problem.path).unlink()
        if len(journal.read(folder).entries) != len(report.entries) or not report.ok:
            journal.rewrite(folder, report.entries)
        return cls(folder, about, report.entries)

    @property
    def runs_done(self) -> int:
        """Runs, failed ones included, whose results are in place."""
        return sum(entry.count for entry in self._entries.values())

    def rows(self, kind: str) -> int:
        """Rows of all tables of a kind together."""
        return sum(part.rows for entry in self._entries.values() for part in entry.parts if part.kind == kind)

    def missing(self, tasks: Iterable[Task]) -> Iterator[Task]:
        """Those of the tasks that are still to be done."""
        return (task for task in tasks if task.number not in self._entries)

    def add(self, task: Task, tables: Mapping[str, pa.Table]) -> None:
        """Put a task's tables in place, by kind; they are on the disk when this returns. Empty tables are left out.

        Raises DiskFull, InputError, and ValueError when a table has not the columns of the earlier ones of its kind.
        """
        self.add_encoded(task, {kind: encode(table) for kind, table in tables.items()})

    def add_encoded(self, task: Task, tables: Mapping[str, Encoded]) -> None:
        """As :meth:`add`, of tables that were turned into bytes before, by the worker for instance."""
        parts = []
        for kind, table in sorted(tables.items()):
            self._check_columns(kind, table)
            if table.rows:
                self._place(part_path(self.folder, kind, task.number), table.data)
                parts.append(Part(kind, table.rows, len(table.data), hashlib.sha256(table.data).hexdigest()))
        entry = Entry(task.number, task.first, task.count, tuple(parts))
        journal.add(self.folder, entry)
        self._entries[task.number] = entry

    def _place(self, path: Path, data: bytes) -> None:
        if not path.parent.is_dir():
            with durable.told(path.parent, len(data)):
                path.parent.mkdir(parents=True, exist_ok=True)
                for folder in (path.parent.parent, self.folder):
                    durable.sync_folder(folder)
        durable.write(path, data)

    def _check_columns(self, kind: str, table: Encoded) -> None:
        first = self._schemas.setdefault(kind, table.schema)
        if not table.schema.equals(first):
            raise ValueError(f"the columns of {kind!r} changed from {first.to_string()} to {table.schema.to_string()}")


def _absolute(folder: Path | str) -> Path:
    try:
        return Path(folder).absolute()
    except FileNotFoundError:
        raise InputError(f"{folder}: the folder you are in does not exist any more; change to another") from None


def _make_or_check(folder: Path, resume: bool) -> None:
    """A folder in which there is a sweep, or nothing but what a crash left behind before the manifest was in place."""
    with durable.told(folder):
        if folder.exists():
            ours = {manifest.NAME, lock.NAME, f"{durable.TEMPORARY}{manifest.NAME}"}
            strange = sorted({path.name for path in folder.iterdir()} - ours)
            if strange and not (folder / manifest.NAME).exists():
                raise InputError(f"{folder}: is not empty (it holds {strange[0]!r}); name a new folder")
            return
        if resume:
            raise InputError(f"{folder}: there is nothing to resume; leave out --resume")
        if not folder.parent.is_dir():
            raise InputError(f"{folder}: the folder {folder.parent} does not exist")
        folder.mkdir()
        durable.sync_folder(folder.parent)


def _refuse_other(folder: Path, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    found = differences(old, json.loads(json.dumps(new)))
    if found:
        more = f"; and {len(found) - _MOST_SHOWN} more" if len(found) > _MOST_SHOWN else ""
        shown = "; ".join(found[:_MOST_SHOWN]) + more
        raise InputError(f"{folder}: cannot be resumed, it was begun from something else: {shown}; name a new folder")
