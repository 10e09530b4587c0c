"""`why`: the exact terms behind what happened."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from regime_abm.cli.common import (
    JsonOption,
    PresetOption,
    SeedOption,
    SetOption,
    api,
    app,
    scenario_of,
    table,
)
from regime_abm.errors import InputError, nearest


@app.command()
def why(
    scenario: Annotated[
        str, typer.Argument(help="name of a shipped scenario, path of a .toml file, or folder of a sweep with --run")
    ],
    subject: Annotated[str, typer.Argument(help='a tie like "DPRK>USA", or a state')],
    month: Annotated[str, typer.Option(help="calendar month like 2019-02, or months since the start")],
    seed: SeedOption = 1,
    replicate: Annotated[int, typer.Option(help="which of the seed's futures, from 0")] = 0,
    run: Annotated[int | None, typer.Option("--run", help="which run of a sweep, from 0")] = None,
    settings: SetOption = None,
    preset: PresetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say why a state acted as it did in one month of one future: the exact terms and where they came from."""
    watched = _watched(scenario, seed, replicate, run, settings, preset)
    chosen = watched.scenario
    passed = api.months_since(month, chosen.start, chosen.months, "--month")
    state, sign, other = (part.strip() for part in subject.partition(">"))
    for code in (state, other) if sign else (state,):
        if code not in watched.states:
            raise InputError(f"unknown state {code!r}{nearest(code, watched.states)}")
    watched.advance(passed)
    answer = watched.why_tie(state, other) if sign else watched.why_state(state)
    if as_json:
        from dataclasses import asdict

        typer.echo(json.dumps(asdict(answer), indent=2))
        return
    typer.echo(f"{answer.question}   ({chosen.name}, seed {watched.seed}, future {watched.replicate})")
    for part in answer.parts:
        rows = [[label, f"{value:+.4f}"] for label, value, _ in part.terms]
        table(
            part.title,
            ["term", part.unit],
            [*rows, ["sum", f"{part.total:+.4f}"]],
            right=(1,),
            caption=part.note,
        )
    if answer.action_probabilities:
        rows = [
            [name + ("  <- drawn" if name == answer.action else ""), f"{100 * chance:.1f} %"]
            for name, chance in answer.action_probabilities.items()
        ]
        table("Chances of the five acts", ["act", "chance"], rows, right=(1,))
    rows = [[meaning, f"{value:.3f}", source, certainty] for meaning, value, source, certainty in answer.inputs]
    table("Starting values this rests on", ["what", "here", "range and source", "certainty"], rows, right=(1,))


def _watched(
    scenario: str, seed: int, replicate: int, run: int | None, settings: list[str] | None, preset: str | None
) -> api.Watch:
    """The future that is asked about: of a scenario, or a run of a sweep, which has all the rest with it."""
    if run is None:
        return api.watch(scenario_of(scenario, settings, preset), seed=seed, replicate=replicate)
    if settings or preset or replicate or seed != 1:
        raise InputError("--run: a stored run has its own seed, replicate, settings and preset; leave them out")
    return api.watch_run(scenario, run)
