"""Where the program's files are: those that ship with it, in a checkout and in an installed wheel alike, and its results."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from pathlib import Path

from regime_abm.errors import InputError, nearest

_PACKAGE = Path(__file__).resolve().parent
RESULTS = "REGIME_ABM_RESULTS"  # environment variable: the folder for results, where the platform's own is not wanted


def shipped(folder: str) -> Path:
    """The folder `scenarios`, `claims` or `dashboards`: inside an installed wheel, else beside the package in a checkout."""
    installed = _PACKAGE / "_data" / folder
    return installed if installed.is_dir() else _PACKAGE.parent / folder


def is_path(text: str) -> bool:
    """Whether a text names a file rather than something shipped."""
    return text.endswith(".toml") or "/" in text or "\\" in text


def named_file(name: str | Path, folder: Path, kind: str) -> Path:
    """The file of something given by path, or by its name among the files shipped in a folder.

    kind: what it is, in one word. Raises InputError with the nearest right name.
    """
    text = str(name)
    if is_path(text):
        return Path(text)
    shipped_here = {path.stem.lower(): path for path in sorted(folder.glob("*.toml"))}
    if text.lower() not in shipped_here:
        raise InputError(f"unknown {kind} {text!r}{nearest(text, shipped_here)}")
    return shipped_here[text.lower()]


def results_root() -> Path:
    """The folder of all results: what the environment variable says, else the platform's folder for a program's data."""
    given = os.environ.get(RESULTS)
    if given:
        return Path(given).expanduser().absolute()
    from platformdirs import user_data_path

    return user_data_path("regime_abm", appauthor=False) / "results"


def results_folder(name: str, now: datetime | None = None) -> Path:
    """A new, empty folder for results, called after the work, the day (UTC) and a number: ``baseline_2018-2026-05-01-1``.

    It is made at once, so that two programs never get the same one and a place that cannot be written to is told before
    the work. Raises InputError for such a place.
    """
    today = (now or datetime.now(UTC)).astimezone(UTC).date().isoformat()
    stem = f"{re.sub(r'[^A-Za-z0-9_]+', '_', name).strip('_')[:80] or 'results'}-{today}"
    root = results_root()
    number = 1
    try:
        root.mkdir(parents=True, exist_ok=True)
        while True:
            try:
                folder = root / f"{stem}-{number}"
                folder.mkdir()
                return folder
            except FileExistsError:
                number += 1
    except OSError as error:
        raise InputError(f"{root}: cannot be written ({error.strerror}); {RESULTS} names another folder") from None
