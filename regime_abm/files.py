"""Reading what people wrote: small text files, checked before anything is believed."""

from __future__ import annotations

import csv
import io
import math
import re
import stat
import tomllib
from pathlib import Path
from typing import Any

from regime_abm.errors import InputError, nearest

LARGEST = 64 * 1024  # bytes of a scenario or region file
_LARGEST_TABLE = 16 * 1024 * 1024  # bytes of a table of numbers
_DEEPEST = 8  # dots in a TOML key; deeper ones cost quadratic time to parse
_DOTTED = re.compile(rf"^\s*\[?\[?\s*[^#=\]\"']*(?:\.[^#=\].\"']*){{{_DEEPEST},}}", re.MULTILINE)


def read_text(path: Path, *, largest: int = LARGEST) -> str:
    """The text of a regular UTF-8 file of at most `largest` bytes; raises InputError that names the file otherwise."""
    try:
        about = path.stat()
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    if not stat.S_ISREG(about.st_mode):
        raise InputError(f"{path}: is not a regular file")
    if about.st_size > largest:
        raise InputError(f"{path}: has {about.st_size} bytes; at most {largest} are read")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not UTF-8 text (byte {error.start}); save it as UTF-8") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    if "\x00" in text:
        raise InputError(f"{path}: holds a NUL character; it is not a text file")
    return text


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file as a dict; syntax errors name file and line."""
    text = read_text(path)
    if _DOTTED.search(text):
        raise InputError(f"{path}: a key has more than {_DEEPEST} dots")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: is not valid TOML: {error}") from None
    except (RecursionError, ValueError) as error:
        raise InputError(f"{path}: cannot be read as TOML ({type(error).__name__})") from None


def read_rows(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """The rows of a CSV file as dicts with exactly these columns; `line` gives each row's line number."""
    text = read_text(path, largest=16 * LARGEST)
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    found = tuple(reader.fieldnames or ())
    for column in found:
        if column not in columns:
            raise InputError(f"{path}: unknown column {column!r}{nearest(column, columns)}")
    for column in columns:
        if column not in found:
            raise InputError(f"{path}: column {column!r} is missing")
    rows = []
    try:
        for row in reader:
            if None in row or None in row.values():
                raise InputError(f"{path}, line {reader.line_num}: has not {len(columns)} fields")
            rows.append({key: value.strip() for key, value in row.items()} | {"line": str(reader.line_num)})
    except csv.Error as error:
        raise InputError(f"{path}, line {reader.line_num}: {error}") from None
    return rows


def read_columns(path: Path) -> dict[str, list[str]]:
    """The columns of a CSV file with any heading: name -> its texts, one a row; at least one row."""
    text = read_text(path, largest=_LARGEST_TABLE)
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except csv.Error as error:
        raise InputError(f"{path}: is not a CSV file ({error})") from None
    if len(rows) < 2:
        raise InputError(f"{path}: needs a line of column names and at least one row")
    head = [name.strip() for name in rows[0]]
    for name in head:
        if head.count(name) > 1:
            raise InputError(f"{path}: column {name!r} is there twice")
    for place, row in enumerate(rows[1:], 1):
        if len(row) != len(head):
            raise InputError(f"{path}, row {place}: has not {len(head)} fields")
    return {name: [row[place].strip() for row in rows[1:]] for place, name in enumerate(head)}


def number(text: str | float, where: str, low: float, high: float) -> float:
    """A finite number within low..high; raises InputError naming `where`."""
    try:
        value = float(text)
    except (TypeError, ValueError):
        raise InputError(f"{where}: {text!r} is not a number ({low:g} to {high:g})") from None
    if isinstance(text, bool) or not math.isfinite(value):
        raise InputError(f"{where}: {text!r} is not a finite number ({low:g} to {high:g})")
    if not low <= value <= high:
        raise InputError(f"{where}: {value:g} is outside {low:g} to {high:g}")
    return value


def month_index(text: str, where: str) -> int:
    """``YYYY-MM`` (or ``YYYY-MM-DD``, ``YYYY``) as months since January of year 0.

    >>> month_index("2018-05", "start") - month_index("2018-01", "start")
    4
    """
    match = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", str(text))
    if not match or not 1 <= int(match[2] or 1) <= 12 or not 1 <= int(match[3] or 1) <= 31:
        raise InputError(f"{where}: {text!r} is not a date like 2018-05")
    return int(match[1]) * 12 + int(match[2] or 1) - 1


def month_text(date: int) -> str:
    """The reverse of :func:`month_index`.

    >>> month_text(month_index("2018-05", "start"))
    '2018-05'
    """
    return f"{date // 12:04d}-{date % 12 + 1:02d}"


def months_since(text: str | int, start: int, most: int, where: str = "month") -> int:
    """Months since a start, from a calendar month like 2019-02 or from that very number; 0 to `most`.

    >>> months_since("2019-02", month_index("2018-05", "start"), 240), months_since("9", 0, 240)
    (9, 9)
    """
    counted = re.fullmatch(r"\d{1,4}", str(text))
    passed = int(text) if counted else month_index(str(text), where) - start
    if not 0 <= passed <= most:
        raise InputError(f"{where}: {text} is outside {month_text(start)} to {month_text(start + most)}")
    return passed
