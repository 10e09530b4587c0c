"""Tables as files: .csv and .parquet, read and written so that nothing is half there and no cell is a formula."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regime_abm.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

KINDS = (".csv", ".parquet")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for the beginning of one


def kind_of(path: Path) -> str:
    """ ".csv" or ".parquet"; InputError for any other ending."""
    if path.suffix not in KINDS:
        raise InputError(f"{path}: a table ends in {' or '.join(KINDS)}")
    return path.suffix


def read_table(path: Path) -> pd.DataFrame:
    """The table in a file. Raises InputError, naming the file, for what cannot be read as one."""
    import pandas as pd

    kind = kind_of(path)
    try:
        return pd.read_parquet(path) if kind == ".parquet" else pd.read_csv(path)
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read as a table ({str(error).splitlines()[0][:120]})") from None


def refuse_existing(path: Path) -> None:
    """Raise InputError where the file is there already, its ending is none of a table's, or its folder is missing."""
    kind_of(path)
    if path.exists():
        raise InputError(f"{path}: is there already; nothing was written")
    if not path.absolute().parent.is_dir():
        raise InputError(f"{path}: there is no folder {path.parent}")


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table into a new file, which appears whole or not at all. Raises InputError where it cannot be written."""
    refuse_existing(path)
    try:
        with tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.absolute().parent) as unfinished:
            part = Path(unfinished) / path.name
            if path.suffix == ".csv":
                _harmless(table).to_csv(part, index=False, lineterminator="\n")
            else:
                table.to_parquet(part, index=False, write_page_checksum=True)
            os.replace(part, path)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror})") from None


def _harmless(table: pd.DataFrame) -> pd.DataFrame:
    """The table with a quote before each text that a spreadsheet would take for a formula."""

    def quoted(cell: Any) -> Any:
        return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell

    texts = table.select_dtypes(exclude="number").columns
    return table.assign(**{name: table[name].map(quoted) for name in texts})


def without_nan(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table for JSON, which has no word for NaN but null."""
    rows = table.to_dict(orient="records")
    return [{name: None if value != value else value for name, value in row.items()} for row in rows]
