"""`discover`: what you would have to believe for an outcome to be likely."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from regime_abm.cli.common import JsonOption, api, app, table


@app.command()
def discover(
    file: Annotated[
        Path,
        typer.Argument(
            help="folder of a sweep, or a table (.csv or .parquet), one row a run or a setting of the parameters"
        ),
    ],
    outcome: Annotated[str, typer.Option(help="outcome class, or a column of the table")],
    above: Annotated[float | None, typer.Option(help="of interest is the outcome above this")] = None,
    below: Annotated[float | None, typer.Option(help="of interest is the outcome below this")] = None,
    parameter: Annotated[
        list[str] | None, typer.Option(help="column to look at; may be repeated; all parameters by default")
    ] = None,
    boxes: Annotated[int, typer.Option(help="how many boxes to look for at most")] = 3,
    held_out: Annotated[
        float | None,
        typer.Option(help="share of the settings in which boxes are counted but not sought; a third by default"),
    ] = None,
    seed: Annotated[int, typer.Option(help="which settings are held out")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Print in which settings of the parameters an outcome is likely: boxes (PRIM) and a small tree."""
    held_out = api.HELD_OUT if held_out is None else held_out
    found = api.discover(
        file, outcome, above=above, below=below, parameters=parameter, boxes=boxes, held_out=held_out, seed=seed
    )
    if as_json:
        typer.echo(json.dumps(found.summary(), indent=2))
    else:
        _print(found)


def _print(found: api.Discovery) -> None:
    for line in found.words():
        typer.echo(line)
    if found.found:
        rows = [
            [
                str(row.box),
                row.parameter,
                "" if row.low != row.low else f"{row.low:.3g}",
                "" if row.high != row.high else f"{row.high:.3g}",
                row.unit,
                f"{100 * row.believed:.0f} %",
                f"{row.quasi_p:.1g}",
                row.meaning,
            ]
            for row in found.beliefs.itertuples()
        ]
        columns = ["box", "parameter", "above", "below", "unit", "of settings", "quasi-p", "meaning"]
        table(
            "What you would have to believe",
            columns,
            rows,
            right=(0, 2, 3, 5, 6),
            caption="Of settings: share that meets this limit alone. Quasi-p: how likely chance gives as much without it.",
        )
    rows = [
        [
            row.where,
            str(row.rows),
            f"{100 * row.density:.1f} %",
            f"{100 * row.mass:.0f} %",
            f"{100 * row.coverage:.0f} %",
        ]
        for row in found.tree.itertuples()
    ]
    table(
        f"The same as a tree: {found.outcome}, {100 * found.share:.1f} % over all {found.rows:,} rows",
        ["where", "rows", "density", "of rows", "of cases"],
        rows,
        right=(1, 2, 3, 4),
    )
