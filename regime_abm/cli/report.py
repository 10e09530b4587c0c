"""`report`: a page to mail or print."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from regime_abm.cli.common import (
    DrawOption,
    FuturesOption,
    MonthsOption,
    OverwriteOption,
    OwnSeedOption,
    PresetOption,
    RobustOption,
    SetOption,
    SourceArgument,
    api,
    app,
    given,
    source_of,
    with_progress,
)


@app.command()
def report(
    source: SourceArgument,
    output: Annotated[Path, typer.Option("--output", "-o", help="file in .html; a browser prints it as PDF")],
    against: Annotated[
        list[str] | None,
        typer.Option(help="scenario to compare with it on the same futures, as compare takes it; may be repeated"),
    ] = None,
    measure: Annotated[list[str] | None, typer.Option(help="measure whose fan is shown; may be repeated")] = None,
    replicates: FuturesOption = None,
    months: MonthsOption = None,
    seed: OwnSeedOption = None,
    workers: Annotated[int | None, typer.Option(help="processes to run in; the results do not depend on it")] = None,
    draw_parameters: DrawOption = False,
    robust: RobustOption = False,
    settings: SetOption = None,
    preset: PresetOption = None,
    overwrite: OverwriteOption = False,
) -> None:
    """Write a report of a run or a comparison: figures, numbers, caution, and how to make it again, in one file."""
    options = given(replicates=replicates, months=months, seed=seed, workers=workers)
    options |= given(draw_parameters=draw_parameters, robust=robust, measures=measure)
    chosen = source_of(source, settings, preset)

    def write(progress: Any, robust_progress: Any) -> Path:
        told = {} if isinstance(chosen, Path) else {"progress": progress}
        told |= {"robust_progress": robust_progress} if robust else {}
        return api.report(chosen, output, against=against or (), overwrite=overwrite, **options, **told)

    typer.echo(f"report: {with_progress(write)}")
