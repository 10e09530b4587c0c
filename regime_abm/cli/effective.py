"""`diff`, and what `show effective` prints: the values in force, and who set them."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from regime_abm.cli.common import JsonOption, api, app, table


@app.command()
def diff(
    a: Annotated[
        str, typer.Argument(help="a scenario or a preset, by name or path; +PRESET, +name=value as for compare")
    ],
    b: Annotated[str, typer.Argument(help="another of the same kind")],
    as_json: JsonOption = False,
) -> None:
    """Print what differs between two scenarios or two presets; nothing, and the same exit code 0, when they are equal."""
    found = api.diff(a, b)
    if as_json:
        typer.echo(json.dumps([vars(item) for item in found], indent=2))
    elif found:
        rows = [[item.kind, item.name, _by(item.a, item.a_by), _by(item.b, item.b_by)] for item in found]
        table(f"What differs, {len(found)} in all", ["", "what", a, b], rows)


def _by(value: str, setter: str) -> str:
    return f"{value} ({setter})" if setter else value


def print_effective(found: api.Effective, as_json: bool) -> None:
    """Every value in force with the one who set it."""
    if as_json:
        from dataclasses import asdict

        typer.echo(json.dumps({"schema": 1, **asdict(found), "digest": found.digest}, indent=2))
        return
    typer.echo(f"{found.name}: {found.title}")
    about = [[name, value, setter] for name, (value, setter) in found.about.items()]
    if about:
        table("Scenario", ["", "value", "set by"], about)
    events = [[item.month, " ".join(item.what.values()), item.why, item.by] for item in found.events]
    if events:
        table("Events", ["month", "what", "why", "set by"], events)
    settings = [
        [
            item.name,
            item.prior if item.value is None else f"{item.value:g}",
            f"{item.low:g} to {item.high:g}",
            item.unit,
            item.by,
            item.evidence + (f": {item.source}" if item.source else ""),
        ]
        for item in found.parameters
    ]
    table("Parameters", ["parameter", "value", "range", "unit", "set by", "evidence"], settings, right=(1,))
    starting = [
        [
            item.name,
            f"{item.value:g}",
            "" if item.low == item.high else f"{item.low:g} to {item.high:g}",
            item.by,
            f"{api.CERTAINTY.get(item.certainty, item.certainty)}: {item.source}",
        ]
        for item in found.starting
    ]
    if starting:
        table(
            "Starting values", ["what", "value", "drawn from", "set by", "certainty and source"], starting, right=(1,)
        )
    typer.echo(f"digest of all that the futures depend on, beside seed and code: {found.digest}")
