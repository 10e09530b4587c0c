"""Tables as files: .csv and .parquet, read and written so that nothing is half there and no cell is a formula."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from regime_abm.errors import InputError
from regime_abm.store import durable

if TYPE_CHECKING:
    import pandas as pd

KINDS = (".csv", ".parquet")

# Text that a spreadsheet may run as a formula: the first characters that OWASP names ("CSV Injection"), full-width ones too.
_FORMULA = "=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20"
_DANGEROUS = re.compile(f"'*[{_FORMULA}]")
_MARKED = re.compile(f"'+[{_FORMULA}]")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?inf|nan|NaN|NA|", re.ASCII)
_WHOLE = re.compile(r"-?[0-9]{1,18}", re.ASCII)

# Columns that hold text whatever it looks like; all others are numbers where all that they hold are.
TEXT = frozenset("outcome title rule measure date cause arm from to parameter meaning unit".split())


def kind_of(path: Path) -> str:
    """ ".csv" or ".parquet"; InputError for any other ending."""
    if path.suffix not in KINDS:
        raise InputError(f"{path}: a table ends in {' or '.join(KINDS)}")
    return path.suffix


def refuse_existing(path: Path) -> None:
    """Raise InputError where the file is there already, its ending is none of a table's, or its folder is missing."""
    kind_of(path)
    free(path)


def free(path: Path, overwrite: bool = False) -> None:
    """Raise InputError where a file is there already (unless it may be overwritten) or its folder is missing."""
    if path.exists() and not overwrite:
        raise InputError(f"{path}: is there already; nothing was written")
    if not path.absolute().parent.is_dir():
        raise InputError(f"{path}: there is no folder {path.parent}")


def whole_file(path: Path, content: bytes, *, overwrite: bool = False) -> Path:
    """Write a file that appears whole or not at all.

    Raises InputError when it is there already or cannot be written, DiskFull when there is no room.
    """
    free(path, overwrite)
    durable.write(path, content)
    return path


def write_table(table: pd.DataFrame, path: Path, *, overwrite: bool = False) -> Path:
    """Write a table into a new file, which appears whole or not at all. Raises InputError where it cannot be written.

    CSV is UTF-8 without a byte order mark, with commas and one line end; text stands in quotes, numbers do not. Text that
    begins like a formula gets an apostrophe before it; numbers stay numbers, the negative too. NaN is an empty cell. Parquet
    has checksums.
    """
    if kind_of(path) == ".csv":
        content = as_csv(table).encode()
    else:
        content = table.to_parquet(None, index=False, write_page_checksum=True)
    return whole_file(path, content, overwrite=overwrite)


def as_csv(table: pd.DataFrame) -> str:
    """The text of a CSV file, as :func:`write_table` writes it."""
    safe = table.rename(columns=lambda name: harmless(str(name)))
    for place, kind in enumerate(safe.dtypes):
        if kind.kind not in "biuf":
            cells = [harmless(cell) if isinstance(cell, str) else cell for cell in safe.iloc[:, place]]
            safe.isetitem(place, np.array(cells, object))
    return safe.to_csv(index=False, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")


def harmless(text: str) -> str:
    """Text as a CSV cell that no spreadsheet runs as a formula; :func:`as_it_was` is the reverse.

    >>> harmless("=1+1"), harmless("war"), harmless("'=x")
    ("'=1+1", 'war', "''=x")
    """
    return f"'{text}" if _DANGEROUS.match(text) else text


def as_it_was(text: str) -> str:
    """The reverse of :func:`harmless`.

    >>> as_it_was("'=1+1"), as_it_was("'tis")
    ('=1+1', "'tis")
    """
    return text[1:] if _MARKED.match(text) else text


def read_table(path: Path, text: Collection[str] = TEXT) -> pd.DataFrame:
    """The table in a file. Raises InputError, naming the file, for what cannot be read as one.

    text: columns of a CSV file that hold text, whatever it looks like. Another column is of numbers or flags when all its
    cells are; an empty cell and NA are NaN there.
    """
    import pandas as pd

    if kind_of(path) == ".csv":
        return _from_csv(path, text)
    try:
        return pd.read_parquet(path, page_checksum_verification=True)
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read as a table ({str(error).splitlines()[0][:120]})") from None


def find_table(folder: Path, name: str) -> pd.DataFrame | None:
    """A table of a folder, in whichever format it was written; None when there is none. InputError for a broken one."""
    found = [path for kind in KINDS if (path := folder / f"{name}{kind}").exists()]
    return read_table(found[-1]) if found else None


def _from_csv(path: Path, text: Collection[str]) -> pd.DataFrame:
    import pandas as pd

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file, strict=True))
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file") from None
    except (OSError, csv.Error, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as a table ({getattr(error, 'strerror', None) or error})") from None
    if not rows:
        raise InputError(f"{path}: cannot be read as a table (it is empty)")
    names = [as_it_was(name) for name in rows[0]]
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(names):
            told = f"row {number} has {len(row)} cells, not {len(names)}"
            raise InputError(f"{path}: cannot be read as a table ({told})")
    columns = list(zip(*rows[1:], strict=True)) if len(rows) > 1 else [()] * len(names)
    if len(set(names)) < len(names):
        raise InputError(f"{path}: cannot be read as a table (a column is there twice)")
    return pd.DataFrame({name: _column(cells, name in text) for name, cells in zip(names, columns, strict=True)})


def _column(cells: tuple[str, ...], text: bool) -> Any:
    if cells and not text:
        distinct = set(cells)
        if distinct <= {"True", "False"}:
            return np.array([cell == "True" for cell in cells])
        if all(map(_WHOLE.fullmatch, distinct)):
            return np.array([int(cell) for cell in cells], np.int64)
        if all(map(_NUMBER.fullmatch, distinct)):
            return np.array([float(cell) if cell not in ("", "NA") else np.nan for cell in cells])
    return np.array([as_it_was(cell) for cell in cells], object)


def without_nan(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table for JSON, which has no word for NaN but null."""
    rows = table.to_dict(orient="records")
    return [{name: None if value != value else value for name, value in row.items()} for row in rows]
