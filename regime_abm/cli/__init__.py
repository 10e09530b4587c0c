"""The command line. Every error a user can mend is one line and ends with exit code 2; a traceback only with --debug."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from regime_abm.cli import (  # noqa: F401 (each adds its commands to the app)
    believe,
    claims,
    compare,
    dashboard,
    discover,
    effective,
    export,
    files,
    log,
    plot,
    report,
    run,
    sensitivity,
    show,
    sweep,
    validate,
    why,
)
from regime_abm.cli.common import app
from regime_abm.errors import DiskFull, InputError

__all__ = ["app", "main"]


def _version(wanted: bool) -> None:
    if wanted:
        import regime_abm

        typer.echo(f"regime-abm {regime_abm.__version__}")
        raise typer.Exit


@app.callback()
def common(
    debug: Annotated[bool, typer.Option("--debug", help="show the traceback of an error")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="tell on the screen what is done")] = False,
    log_file: Annotated[
        Path | None,
        typer.Option("--log-file", help="add to this file what was done, on what, and tracebacks of failures"),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", help="print the version", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Options of all commands, before or after the command's name."""
    log.begin(log_file, verbose)


def main() -> None:
    """Entry point: exit code 0, 2 for bad input, 74 for a full disk, 130 when interrupted."""
    code = 1
    try:
        code = _exit_code()
    except SystemExit as ending:  # a command's own exit code
        code = ending.code if isinstance(ending.code, int) else int(ending.code is not None)
        raise
    finally:
        log.ended(code)
    sys.exit(code)


def _exit_code() -> int:
    """Run the command; what went wrong is told in one line."""
    debug = "--debug" in sys.argv
    try:
        code = app(standalone_mode=False) or 0  # typer turns an interruption into this code
        if code == 130:
            raise KeyboardInterrupt
        return code
    except (InputError, typer.TyperException) as error:
        log.failed(error)
        if debug:
            raise
        told = getattr(error, "format_message", error.__str__)  # what is wrong with an option, in words
        return _complain(told(), 2)
    except DiskFull as error:
        log.failed(error)
        return _complain(str(error), error.exit_code)
    except (typer.Abort, KeyboardInterrupt) as error:
        log.failed(error)
        typer.echo("interrupted", err=True)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except Exception as error:
        if debug or not log.failed(error):
            raise
        return _complain(f"failed ({type(error).__name__}: {error}); the log file has the traceback", 1)


def _complain(message: str, code: int) -> int:
    typer.echo(f"regime-abm: {' '.join(message.split())}", err=True)
    return code
