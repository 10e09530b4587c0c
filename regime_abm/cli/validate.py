"""`validate`: the promises of the model."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from regime_abm.cli.common import (
    BaselineArgument,
    JsonOption,
    SeedOption,
    WorkersOption,
    api,
    app,
    scenario_of,
    table,
    with_progress,
)


@app.command()
def validate(
    scenario: BaselineArgument,
    replicates: Annotated[int, typer.Option("--replicates", "-n", help="number of futures under each preset")] = 1000,
    months: Annotated[int | None, typer.Option(help="months to run; the scenario's own by default")] = None,
    seed: SeedOption = 1,
    workers: WorkersOption = 1,
    modules: Annotated[
        str | None,
        typer.Option(help="optional modules that are on: all, none, or names with commas; else the scenario's"),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="exit code 1 when a gate is missed")] = False,
    as_json: JsonOption = False,
) -> None:
    """Measure the promises of the model on futures with drawn parameters, and print goal and value of each."""
    chosen, switched = scenario_of(scenario), _modules(modules)
    found = with_progress(
        lambda progress, _: api.validate(
            chosen,
            replicates=replicates,
            months=months,
            seed=seed,
            workers=workers,
            modules=switched,
            progress=progress,
        )
    )
    if as_json:
        typer.echo(json.dumps(found.table(), indent=2))
    else:
        _print_validation(found)
    if strict and found.missed:
        sys.exit(1)


def _modules(text: str | None) -> list[str] | None:
    if text is None:
        return None
    if text in ("all", "none"):
        return api.module_names() if text == "all" else []
    return [name.strip() for name in text.split(",")]


def _print_validation(found: api.Validation) -> None:
    verdicts = {True: "met", False: "MISSED", None: ""}
    rows = [[gate.title, _value(gate), gate.goal, verdicts[gate.met]] for gate in found.gates]
    about = f"{found.scenario}, {found.replicates:,} futures a preset, {found.months} months, seed {found.seed}"
    about += f", with {', '.join(found.modules)}" if found.modules else ""
    table(
        "What the model promises",
        ["gate", "value", "goal", ""],
        rows,
        right=(1,),
        caption=f"{about}; parameters drawn.",
    )
    passages = [
        [
            row["preset"],
            row["title"],
            f"{100 * row['ever']:.1f} %",
            *("" if row[key] is None else f"{row[key]:.0f}" for key in ("first_quarter", "median", "third_quarter")),
        ]
        for row in found.first_passage
        if row["ever"]
    ]
    columns = ["preset", "class", "ever", "first quarter", "median", "third quarter"]
    table("Months until a class is first reached", columns, passages, right=(2, 3, 4, 5))
    said = "all gates are met" if not found.missed else f"{len(found.missed)} gates are missed"
    typer.echo(f"{said}; {found.seconds:.0f} s")


def _value(gate: api.Gate) -> str:
    if gate.value is None:
        return "not seen"
    return f"{100 * gate.value:.1f} %" if gate.unit == "share" else f"{gate.value:.2f} {gate.unit}"
