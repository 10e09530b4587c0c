"""The command line. Every error a user can mend is one line and ends with exit code 2; a traceback only with --debug."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from regime_abm.cli import (  # each adds its commands to the app
    dashboard,
    discover,
    files,
    run,
    sensitivity,
    show,
    validate,
    why,
)
from regime_abm.cli.common import app
from regime_abm.errors import InputError

__all__ = ["app", "dashboard", "discover", "files", "main", "run", "sensitivity", "show", "validate", "why"]


@app.callback()
def common(
    debug: Annotated[bool, typer.Option(help="show the traceback of an error")] = False,
    version: Annotated[bool, typer.Option("--version", help="print the version")] = False,
) -> None:
    """Options of all commands."""
    if version:
        import regime_abm

        typer.echo(f"regime-abm {regime_abm.__version__}")
        raise typer.Exit


def main() -> None:
    """Entry point: exit code 0, 2 for bad input, 130 when interrupted."""
    debug = "--debug" in sys.argv
    try:
        code = app(standalone_mode=False)  # typer turns an interruption into this code
        if code == 130:
            raise KeyboardInterrupt
    except (InputError, typer.TyperException) as error:
        if debug:
            raise
        told = getattr(error, "format_message", error.__str__)  # what is wrong with an option, in words
        message = told()
        typer.echo(f"regime-abm: {' '.join(message.split())}", err=True)
        sys.exit(2)
    except (typer.Abort, KeyboardInterrupt):
        typer.echo("interrupted", err=True)
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
