"""`plot`: charts of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from regime_abm.cli.common import (
    DrawOption,
    FuturesOption,
    Heard,
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
def plot(
    source: SourceArgument,
    output: Annotated[Path, typer.Option("--output", "-o", help="file: .html (interactive), .svg, .png, .pdf or .csv")],
    chart: Annotated[
        str,
        typer.Option(help="fan, shares, shares_over_time, first_passage, resilience or flow; see show charts"),
    ] = "shares",
    measure: Annotated[str | None, typer.Option(help="of a fan: the measure that is shown")] = None,
    replicate: Annotated[
        int | None, typer.Option(help="of a resilience curve: the future whose regime is shown")
    ] = None,
    against: Annotated[
        str | None, typer.Option(help="of a flow: scenario or folder with the second run of the same futures")
    ] = None,
    against_preset: Annotated[str | None, typer.Option(help="of a flow: the preset under the second run")] = None,
    replicates: FuturesOption = None,
    months: MonthsOption = None,
    seed: OwnSeedOption = None,
    draw_parameters: DrawOption = False,
    robust: RobustOption = False,
    settings: SetOption = None,
    preset: PresetOption = None,
    width: Annotated[int, typer.Option(help="pixels of a picture; 390 suits a phone")] = 960,
    theme: Annotated[str, typer.Option(help="of a picture: light or dark")] = "light",
    overwrite: OverwriteOption = False,
) -> None:
    """Draw a chart of a run into a file; a scenario is run first."""
    api.ready(output, width=width, theme=theme, overwrite=overwrite)
    options = given(replicates=replicates, months=months, seed=seed, draw_parameters=draw_parameters, robust=robust)
    first = source_of(source, settings, preset)
    second = None
    if against is not None or against_preset is not None:
        second = source_of(against or source, settings, against_preset or preset)

    def draw(progress: Heard, robust_progress: Heard) -> api.Figure:
        told: dict[str, Any] = {"progress": progress, "robust_progress": robust_progress}
        heard: dict[str, Any] = {} if isinstance(first, Path) or isinstance(second, Path) else told
        return api.plot(first, chart, against=second, measure=measure, replicate=replicate, **options, **heard)

    figure = with_progress(draw)
    figure.save(output, width=width, theme=theme, overwrite=overwrite)
    typer.echo(f"{figure.title}: {output}")

