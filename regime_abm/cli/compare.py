"""`compare`: the same futures under two or more scenarios."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Annotated, Any

import typer

from regime_abm.cli.common import (
    DrawOption,
    JsonOption,
    MonthsOption,
    OutOption,
    SaveOption,
    SeedOption,
    SetOption,
    WorkersOption,
    api,
    app,
    parameters_of,
    place_for,
    table,
    with_progress,
    write_tables,
)


@app.command()
def compare(
    arms: Annotated[
        list[str],
        typer.Argument(
            metavar="A B [C ...]",
            help="scenarios, by name or path; +PRESET lays a preset under one, +mechanism.name=value sets a parameter",
        ),
    ],
    replicates: Annotated[int, typer.Option("--replicates", "-n", help="twin futures, 2 to 1,000,000")] = 1000,
    months: MonthsOption = None,
    seed: SeedOption = 1,
    workers: WorkersOption = 1,
    out: OutOption = None,
    save: SaveOption = False,
    as_json: JsonOption = False,
    draw_parameters: DrawOption = False,
    settings: SetOption = None,
    figure: Annotated[
        Path | None,
        typer.Option(help="new file for the flow from the first to the second: .html, .svg, .png, .pdf or .csv"),
    ] = None,
) -> None:
    """Run the same futures under two or more scenarios and print what changes against the first."""
    if figure is not None:
        api.ready(figure)
    parameters = parameters_of(settings)
    with place_for("compare", out, save) as place:
        found = with_progress(
            lambda progress, _: api.compare(
                arms,
                replicates=replicates,
                months=months,
                seed=seed,
                workers=workers,
                draw_parameters=draw_parameters,
                parameters=parameters,
                progress=progress,
            )
        )
        if place is not None:
            tables = {name: getattr(found, name) for name in ("shares", "changes", "differences", "twins")}
            flows = {
                f"flows_{number}": found.flows(arm).reset_index() for number, arm in enumerate(found.treatments, 1)
            }
            write_tables(place, tables | flows, found.summary())
    if figure is not None:
        api.plot(found, "flow").save(figure)
    if as_json:
        typer.echo(json.dumps(found.summary(), indent=2))
        if save:
            typer.echo(f"tables in {place}", err=True)
        return
    letters = dict(zip(found.arms, "ABCDEFGHIJKLMNOPQRST", strict=False))
    for arm, letter in letters.items():
        typer.echo(f"{letter}: {arm} ({found.titles[arm]})")
    for arm in found.treatments:
        _print_arm(found, arm, letters[found.control], letters[arm])
    typer.echo("A map from assumptions to outcomes, not a forecast.")
    typer.echo(f"{found.seconds:.1f} s for {found.replicates:,} futures of {len(found.arms)} scenarios")
    if place is not None:
        typer.echo(f"tables in {place}")
    if figure is not None:
        typer.echo(f"figure in {figure}")


def _print_arm(found: api.Comparison, arm: str, a: str, b: str) -> None:
    """Shares, measures and flows of one arm, called `b`, against the first, called `a`."""
    changes = found.changes[found.changes.arm == arm]
    drawn = "parameters drawn from their priors" if found.draw_parameters else "parameters at their stated values"
    about = f"{found.replicates:,} twin futures, seed {found.seed}, {found.months} months, {drawn}"
    table(
        f"{b} against {a}: how futures end",
        ["class", a, b, "change, points", "95 % interval"],
        [
            [row.title, _percent(row.before), _percent(row.share), f"{100 * row.change:+.1f}", _span(row, 100.0, ".1f")]
            for row in changes.itertuples()
            if row.before or row.share
        ],
        right=(1, 2, 3, 4),
        caption=f"{about}; intervals are sampling error alone, taken twin by twin.",
    )
    differences = found.differences[found.differences.arm == arm]
    table(
        f"{b} against {a}: measures are means of the last 120 months, months those of the whole run",
        ["measure", "unit", a, b, "difference", "95 % interval", "better", "worse"],
        [
            [
                *(
                    row.title,
                    row.unit,
                    _number(row.before),
                    _number(row.mean),
                    _number(row.difference, "+"),
                    _span(row),
                ),
                *(_percent(row.better), _percent(row.worse)),
            ]
            for row in differences.itertuples()
        ],
        right=(2, 3, 4, 5, 6, 7),
        caption="better, worse: share of the twins; the rest are alike. Empty where more is neither, or nothing is defined.",
    )
    flows = found.flows(arm)
    flows = flows.loc[flows.any(axis=1), flows.any(axis=0)]
    titles = {item.key: item.title for item in api.CLASSES}
    table(
        f"From the end under {a} (rows) to the end under {b} (columns), futures",
        ["", *(titles[key] for key in flows.columns)],
        [[titles[key], *(f"{count:,}" if count else "" for count in flows.loc[key])] for key in flows.index],
        right=tuple(range(1, 1 + len(flows.columns))),
    )
    ends = differences[differences.key == "peace"].iloc[0]
    typer.echo(
        f"Of 100 futures {100 * ends.better:.0f} end higher on the scale of peace under {b}, {100 * ends.worse:.0f} lower, "
        f"{100 * ends.alike:.0f} alike."
    )


def _percent(value: float) -> str:
    return "" if math.isnan(value) else f"{100 * value:.1f} %"


def _number(value: float, sign: str = "") -> str:
    return "" if math.isnan(value) else f"{value:{sign}.3g}"


def _span(row: Any, times: float = 1.0, form: str = ".2g") -> str:
    return "" if math.isnan(row.low) else f"{times * row.low:+{form}} to {times * row.high:+{form}}"
