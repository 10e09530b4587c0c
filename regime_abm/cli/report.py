"""`report`: a page to mail or print."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from regime_abm.cli.common import PresetOption, SetOption, api, app, source_of, with_progress


@app.command()
def report(
    source: Annotated[
        str, typer.Argument(help="scenario to run, by name or path, or folder that run --out has written")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="file in .html; a browser prints it as PDF")],
    against: Annotated[
        list[str] | None,
        typer.Option(help="scenario to compare with it on the same futures, as compare takes it; may be repeated"),
    ] = None,
    measure: Annotated[list[str] | None, typer.Option(help="measure whose fan is shown; may be repeated")] = None,
    replicates: Annotated[
        int | None, typer.Option("--replicates", "-n", help="futures to run, 1000 by default")
    ] = None,
    months: Annotated[int | None, typer.Option(help="months to run; the scenario's own by default")] = None,
    seed: Annotated[int | None, typer.Option(help="equal seeds give equal futures; 1 by default")] = None,
    workers: Annotated[int | None, typer.Option(help="processes to run in; the results do not depend on it")] = None,
    draw_parameters: Annotated[
        bool, typer.Option("--draw-parameters", help="draw every parameter from its prior, once a future")
    ] = False,
    robust: Annotated[
        bool, typer.Option("--robust", help="put each regime at the end to the test by twin branches")
    ] = False,
    settings: SetOption = None,
    preset: PresetOption = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="replace a file that is there already")] = False,
) -> None:
    """Write a report of a run or a comparison: figures, numbers, caution, and how to make it again, in one file."""
    given: dict[str, Any] = {"replicates": replicates, "months": months, "seed": seed, "workers": workers}
    given |= {"draw_parameters": draw_parameters or None, "robust": robust or None}
    options = {name: value for name, value in given.items() if value is not None}
    options |= {"measures": measure} if measure else {}
    chosen = source_of(source, settings, preset)

    def write(progress: Any, robust_progress: Any) -> Path:
        told = {} if isinstance(chosen, Path) else {"progress": progress}
        told |= {"robust_progress": robust_progress} if robust else {}
        return api.report(chosen, output, against=against or (), overwrite=overwrite, **options, **told)

    typer.echo(f"report: {with_progress(write)}")
