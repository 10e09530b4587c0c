"""The log of a command: what was asked, on what it ran, how it went. Logging is set up here and nowhere else.

The model writes to `logging.getLogger("regime_abm")`, by chunks of futures and never by months. Without --log-file and
--verbose nothing is set up and nothing is told.
"""

from __future__ import annotations

import logging
import os
import platform
import shlex
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from regime_abm.errors import InputError

INFO = logging.INFO
LOG = logging.getLogger("regime_abm")
_TOLD = ("regime-abm", "numpy", "pandas", "pyarrow", "scipy", "networkx", "mesa", "solara")
_began = 0.0


class _File(logging.FileHandler):
    """Lines with the time (UTC). A log that can no longer be written is told once, and the work goes on."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, encoding="utf-8")
        form = logging.Formatter("%(asctime)s %(process)d %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
        form.converter = time.gmtime
        self.setFormatter(form)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (the name is logging's)
        logging.root.removeHandler(self)
        print(f"regime-abm: --log-file: no more is written to it ({sys.exc_info()[1]})", file=sys.stderr)

    def close(self) -> None:
        try:
            super().close()
        except OSError:
            return  # of a full disk; told by handleError


class _Screen(logging.Handler):
    """One line a record on stderr, looked up each time: a progress bar puts itself in its place. No tracebacks."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info is None:
            print(f"regime-abm: {record.getMessage().rstrip()}", file=sys.stderr)


def begin(file: Path | None, verbose: bool) -> None:
    """Log from now on: into a file, to which is added, and with `verbose` to the screen. InputError when it cannot be."""
    global _began
    if file is None and not verbose:
        return
    _began = time.perf_counter()
    if file is not None:
        try:
            logging.root.addHandler(_File(file))
        except OSError as error:
            raise InputError(f"--log-file: {file} cannot be written ({error.strerror})") from None
    screen = _Screen(logging.INFO if verbose else logging.WARNING)
    logging.root.addHandler(screen)
    LOG.setLevel(logging.INFO)  # of others only what they warn of
    logging.captureWarnings(True)
    LOG.info("command: regime-abm %s", shlex.join(sys.argv[1:]))
    LOG.info("versions: Python %s, %s", platform.python_version(), ", ".join(filter(None, map(_version, _TOLD))))
    LOG.info(
        "platform: %s, %s, %s cores; folder %s", platform.platform(), platform.machine(), os.cpu_count(), os.getcwd()
    )


def _version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return ""


def options(command: str, given: dict[str, Any]) -> None:
    """Tell every option of the command, those included that nobody gave."""
    LOG.info("options of %s: %s", command, ", ".join(f"{name}={value!r}" for name, value in sorted(given.items())))


def failed(error: BaseException) -> bool:
    """Log a failure with its traceback; whether a log file keeps it."""
    files = [handler for handler in logging.root.handlers if isinstance(handler, _File)]
    if files:
        LOG.error("failed: %s", error, exc_info=error)
    return bool(files)


def ended(code: int) -> None:
    """Tell the exit code and the seconds, and let go of file and screen."""
    ours = [handler for handler in logging.root.handlers if isinstance(handler, (_File, _Screen))]
    if ours:
        LOG.info("ended with exit code %d after %.1f s", code, time.perf_counter() - _began)
        logging.captureWarnings(False)
    for handler in ours:
        logging.root.removeHandler(handler)
        handler.close()
