"""The one who reads a store: tidy pandas tables, of valid parts only, fetched when they are asked for."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regime_abm.errors import InputError, nearest
from regime_abm.store import manifest
from regime_abm.store.fill import failures_schema
from regime_abm.store.parquet import dataset
from regime_abm.store.verify import Report, part_path, verify

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow.dataset as ds


class Stored:
    """A sweep on the disk; made by :meth:`open`.

    manifest: what it was begun from. The tables hold one row a run, or a run and month, in order of runs; `where` chooses
    rows: filters like ``[("cell", "==", 3), ("run", "<", 100)]`` or an expression of pyarrow.dataset.
    """

    def __init__(self, folder: Path, allow_partial: bool) -> None:
        self.folder, self.manifest = folder, manifest.read(folder)
        self._allow_partial = allow_partial
        self._reports: dict[str | None, Report] = {}

    @classmethod
    def open(cls, folder: Path | str, *, allow_partial: bool = False) -> Stored:
        """A sweep that is complete. Raises InputError when it is not, or when a part that is read is not valid.

        allow_partial: take what is valid, and tell on stderr how much that is.
        """
        found = cls(Path(folder).absolute(), allow_partial)
        found._trusted(None)
        return found

    @property
    def coverage(self) -> float:
        """Share of the runs that are there, as far as is known: a kind's files are looked at when they are first read."""
        done = min(report.runs_done for report in self._reports.values())
        return done / max(self.manifest["runs"], 1)

    def runs(self, columns: Sequence[str] | None = None, where: Any = None) -> pd.DataFrame:
        """One row a run, and in memory all at once; see :meth:`batches`."""
        return self.table("runs", columns, where)

    def series(self, columns: Sequence[str] | None = None, where: Any = None) -> pd.DataFrame:
        """One row a run and recorded month."""
        return self.table("series", columns, where)

    @property
    def failures(self) -> pd.DataFrame:
        """One row a run that has no result: run, reason, message, traceback, replay."""
        return self.table("failures")

    def table(self, kind: str, columns: Sequence[str] | None = None, where: Any = None) -> pd.DataFrame:
        """The rows of a kind that `where` chooses; a table without columns when there are none of that kind."""
        import pandas as pd

        if not self._paths(kind):
            return failures_schema().empty_table().to_pandas() if kind == "failures" else pd.DataFrame()
        return self._rows(self.dataset(kind), columns, where)

    def batches(
        self, kind: str = "runs", columns: Sequence[str] | None = None, where: Any = None
    ) -> Iterator[pd.DataFrame]:
        """As :meth:`table`, one part after the other, so that a million runs need no more memory than one part."""
        for path in self._paths(kind):
            rows = self._rows(dataset([path]), columns, where)
            if len(rows):
                yield rows

    def dataset(self, kind: str = "runs") -> ds.Dataset:
        """All parts of a kind as one lazy table of pyarrow. Raises InputError when there are none."""
        paths = self._paths(kind)
        if not paths:
            raise InputError(f"{self.folder}: holds no table {kind!r}{nearest(kind, self.kinds)}")
        return dataset(paths)

    @property
    def kinds(self) -> list[str]:
        """The tables that are there: runs, series, failures."""
        return sorted({part.kind for entry in self._trusted(None).entries for part in entry.parts})

    @staticmethod
    def _rows(source: ds.Dataset, columns: Sequence[str] | None, where: Any) -> pd.DataFrame:
        import pyarrow.parquet as pq

        for name in columns or ():
            if name not in source.schema.names:
                raise InputError(f"columns: there is no {name!r}{nearest(name, source.schema.names)}")
        if isinstance(where, (list, tuple)):
            where = pq.filters_to_expression(list(where))
        return source.to_table(columns=columns, filter=where).to_pandas()

    def _paths(self, kind: str) -> list[Path]:
        return [
            part_path(self.folder, kind, entry.task)
            for entry in self._trusted(kind).entries
            for part in entry.parts
            if part.kind == kind
        ]

    def _trusted(self, kind: str | None) -> Report:
        """The report on a kind's files (None: on the journal alone); refuses what is not whole."""
        if kind not in self._reports:
            report = verify(self.folder, () if kind is None else (kind,))
            if not report.complete:
                short = f"{report.runs_done:,} of {report.runs_wanted:,} runs are there and valid"
                if not self._allow_partial:
                    raise InputError(
                        f"{self.folder}: only {short}; see verify, go on with --resume, or read it with allow_partial"
                    )
                print(f"{self.folder}: {short}", file=sys.stderr)
            self._reports[kind] = report
        return self._reports[kind]
