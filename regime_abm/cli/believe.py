"""`believe`: the assumptions under which a scenario ends as one hopes or fears."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from regime_abm.cli.common import (
    JsonOption,
    MonthsOption,
    PresetOption,
    ScenarioArgument,
    SeedOption,
    SetOption,
    WorkersOption,
    api,
    app,
    scenario_of,
    told_when_long,
    with_progress,
)


@app.command()
def believe(
    scenario: ScenarioArgument,
    outcome: Annotated[str, typer.Option(help="outcome class, regime, regime_ever, or a yardstick")],
    against: Annotated[
        str | None, typer.Option(help="a scenario that this one is to work better than, on the same draws and luck")
    ] = None,
    above: Annotated[float | None, typer.Option(help="of interest is the yardstick above this")] = None,
    below: Annotated[float | None, typer.Option(help="of interest is the yardstick below this")] = None,
    draws: Annotated[int, typer.Option(help="how often the parameters are drawn from their priors")] = 400,
    replicates: Annotated[int, typer.Option("--replicates", "-n", help="futures of each draw")] = 10,
    months: MonthsOption = None,
    seed: SeedOption = 1,
    workers: WorkersOption = 1,
    boxes: Annotated[int, typer.Option(help="how many regions to look for at most")] = 2,
    settings: SetOption = None,
    preset: PresetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print what you would have to believe for a scenario to end in an outcome, or to work better than another."""
    chosen = scenario_of(scenario, settings, preset)
    found = with_progress(
        lambda progress, robust_progress: api.believe(
            chosen,
            outcome,
            above=above,
            below=below,
            against=None if against is None else scenario_of(against, settings, preset),
            draws=draws,
            replicates=replicates,
            months=months,
            seed=seed,
            workers=workers,
            boxes=boxes,
            estimate=told_when_long(workers),
            progress=progress,
            robust_progress=robust_progress,
        )
    )
    if as_json:
        typer.echo(json.dumps(found.summary(), indent=2))
        return
    for line in found.words():
        typer.echo(line)
    if found.tested:
        typer.echo(f"{found.tested:,} regimes were put to the test by twin branches, {found.robust_seconds:.0f} s of the work.")
    typer.echo("A map from assumptions to outcomes, not a forecast: the priors are judgements, and so is their region.")
    arms = "" if found.against is None else " of 2 scenarios"
    work = f"{found.draws:,} draws of {len(found.drawn):,} parameters x {found.replicates:,} futures{arms}"
    typer.echo(f"{work}, {found.months} months, seed {found.seed}; {found.seconds:.1f} s")
