"""`check`, `new` and `migrate`: scenario files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from regime_abm.cli.common import api, app
from regime_abm.errors import InputError


@app.command()
def check(file: Annotated[Path, typer.Argument(help="a scenario file")]) -> None:
    """Check a scenario file and say what it holds; errors name file, field, range and the nearest right word."""
    for line in api.check(file):
        typer.echo(line)
    typer.echo("ok")


@app.command()
def migrate(
    file: Annotated[Path, typer.Argument(help="a scenario, preset or plan file of an older version")],
    check: Annotated[
        bool, typer.Option("--check", help="change nothing; print what would change, and end with 1 if anything would")
    ] = False,
) -> None:
    """Rewrite a file to the present version of the format. Comments stay; the file is whole at any time."""
    told = api.migrate(file, check=check)
    for line in told or [f"{file}: is up to date"]:
        typer.echo(line)
    if told and check:
        raise typer.Exit(1)


_NEW = """\
schema = 1
extends = "{base}"
title = "{title}"
question = "What changes?"

# Parameters: `regime-abm show parameters` lists them with range, prior and source.
[parameters]
# "trust.asymmetry" = 3.0

# Other starting values: a point, or a range from which each future draws. Say why.
[initial]
# "trust {state}>{other}" = {{ low = 0.05, high = 0.15, why = "own reading" }}

# Things that happen on a date: order, leader leaves, summit, talks broken off, meeting called, meeting cancelled.
# [[events]]
# month = "{month}"
# kind = "summit"
# state = "{state}"
# other = "{other}"
"""


@app.command()
def new(
    file: Annotated[Path, typer.Argument(help="where to write it, like my_question.toml")],
    base: Annotated[
        str | None, typer.Option("--from", help="the scenario that it changes; May 2018 when none is named")
    ] = None,
) -> None:
    """Write a scenario file to start from."""
    if file.suffix != ".toml":
        raise InputError(f"{file}: a scenario file ends in .toml")
    base = base or api.BASELINE
    changed = api.load(base)
    state, other = list(changed.region.states)[:2]
    month = api.month_text(changed.start + 1)
    text = _NEW.format(
        base=base, state=state, other=other, month=month, title=file.stem.replace("_", " ").replace('"', "'")
    )
    try:
        with file.open("x", encoding="utf-8") as handle:
            handle.write(text)
    except FileExistsError:
        raise InputError(f"{file}: is there already; nothing was written") from None
    except OSError as error:
        raise InputError(f"{file}: cannot be written ({error.strerror})") from None
    typer.echo(f"{file} is written. Next: regime-abm check {file}, then regime-abm run {file}")
