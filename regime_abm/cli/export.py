"""`export`: the relations of a month for programs that draw and measure networks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from regime_abm.cli.common import PresetOption, ScenarioArgument, SeedOption, SetOption, api, app, scenario_of
from regime_abm.errors import InputError


@app.command()
def export(
    scenario: ScenarioArgument,
    month: Annotated[str, typer.Option(help="calendar month like 2019-02, or months since the start")],
    output: Annotated[Path, typer.Option("--output", "-o", help="new file in .graphml")],
    seed: SeedOption = 1,
    replicate: Annotated[int, typer.Option(help="which of the seed's futures, from 0")] = 0,
    mean: Annotated[int, typer.Option(help="take the mean over so many futures from there on")] = 1,
    settings: SetOption = None,
    preset: PresetOption = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="replace a file that is there already")] = False,
) -> None:
    """Write states, forums and what lies between them in one month as a network (GraphML)."""
    if api.graphml(output).exists() and not overwrite:
        raise InputError(f"{output}: is there already; nothing was written")
    chosen = scenario_of(scenario, settings, preset)
    graph = api.network(chosen, month, seed=seed, replicate=replicate, replicates=mean)
    api.write_graphml(graph, output, overwrite=overwrite)
    about = graph.graph
    which = f"future {about['first_future']}" if mean == 1 else f"the mean of {about['futures']:,} futures"
    typer.echo(f"{output}: {which} in {about['date']}, {graph.number_of_nodes()} nodes, {graph.number_of_edges()} ties")
