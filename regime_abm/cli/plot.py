"""`plot`: charts of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from regime_abm.cli.common import Heard, PresetOption, SetOption, api, app, source_of, with_progress


@app.command()
def plot(
    source: Annotated[
        str, typer.Argument(help="scenario to run, by name or path, or folder that run --out has written")
    ],
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
    replicates: Annotated[
        int | None, typer.Option("--replicates", "-n", help="futures to run, 1000 by default")
    ] = None,
    months: Annotated[int | None, typer.Option(help="months to run; the scenario's own by default")] = None,
    seed: Annotated[int | None, typer.Option(help="equal seeds give equal futures; 1 by default")] = None,
    draw_parameters: Annotated[
        bool, typer.Option("--draw-parameters", help="draw every parameter from its prior, once a future")
    ] = False,
    robust: Annotated[
        bool, typer.Option("--robust", help="put each regime at the end to the test by twin branches")
    ] = False,
    settings: SetOption = None,
    preset: PresetOption = None,
    width: Annotated[int, typer.Option(help="pixels of a picture; 390 suits a phone")] = 960,
    theme: Annotated[str, typer.Option(help="of a picture: light or dark")] = "light",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="replace a file that is there already")] = False,
) -> None:
    """Draw a chart of a run into a file; a scenario is run first."""
    api.ready(output, width=width, theme=theme, overwrite=overwrite)
    given = {"replicates": replicates, "months": months, "seed": seed}
    given |= {"draw_parameters": draw_parameters or None, "robust": robust or None}
    options: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
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

