"""`run`: many futures of a scenario."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from regime_abm.cli.common import (
    DrawOption,
    JsonOption,
    MonthsOption,
    OutOption,
    PresetOption,
    RobustOption,
    SaveOption,
    ScenarioArgument,
    SeedOption,
    SetOption,
    WorkersOption,
    actors_of,
    api,
    app,
    place_for,
    scenario_of,
    table,
    with_progress,
    write_tables,
)
from regime_abm.errors import InputError, nearest

_FORMATS = ("parquet", "csv")

_PRECISION = 0.02


@app.command()
def run(
    scenario: ScenarioArgument,
    replicates: Annotated[int, typer.Option("--replicates", "-n", help="number of futures, 1 to 1,000,000")] = 1000,
    months: MonthsOption = None,
    seed: SeedOption = 1,
    workers: WorkersOption = 1,
    out: OutOption = None,
    save: SaveOption = False,
    table_format: Annotated[str, typer.Option("--format", help="of the tables: parquet or csv")] = "parquet",
    as_json: JsonOption = False,
    draw_parameters: DrawOption = False,
    settings: SetOption = None,
    preset: PresetOption = None,
    actor: Annotated[list[str] | None, typer.Option(help="a doctrine: CODE=package.module:Class")] = None,
    robust: RobustOption = False,
    until_settled: Annotated[
        bool, typer.Option("--until-settled", help="add futures to the -n until the intervals of the shares are narrow")
    ] = False,
    precision: Annotated[
        float | None, typer.Option(help="how far an interval may reach to either side; .02 with --until-settled")
    ] = None,
    most: Annotated[
        int | None, typer.Option(help="futures at which --until-settled gives up; 20,000 by default")
    ] = None,
) -> None:
    """Run many futures of a scenario and print how they end."""
    chosen = scenario_of(scenario, settings, preset)
    if table_format not in _FORMATS:
        raise InputError(f"--format: {table_format!r} is not {' or '.join(_FORMATS)}{nearest(table_format, _FORMATS)}")
    for name, value in (("--precision", precision), ("--most", most)):
        if value is not None and not until_settled:
            raise InputError(f"{name}: only has a meaning with --until-settled")
    actors = actors_of(actor)
    with place_for(chosen.name, out, save) as place:
        result = with_progress(
            lambda progress, robust_progress: api.run(
                chosen,
                replicates=replicates,
                months=months,
                seed=seed,
                workers=workers,
                draw_parameters=draw_parameters,
                actors=actors,
                robust=robust,
                precision=(_PRECISION if precision is None else precision) if until_settled else None,
                most=most,
                progress=progress,
                robust_progress=robust_progress,
            )
        )
        if place is not None:
            _write(result, place, table_format)
    if as_json:
        typer.echo(json.dumps(result.summary(), indent=2))
        if save:
            typer.echo(f"tables in {place}", err=True)
    else:
        _print_result(chosen, result, place)


def _write(result: api.Result, out: Path, kind: str) -> None:
    names = ["outcomes", "shares", "shares_by_month", "passages", "measures", "futures", "spells", "hazard"]
    names += ["resilience_table"] if result.robust_tested else []
    write_tables(out, {name: getattr(result, name) for name in names}, result.summary(), kind)


def _print_result(chosen: api.Scenario, result: api.Result, out: Path | None) -> None:
    rows = [
        [
            item.title,
            str(result.outcome_counts[item.key]),
            f"{100 * result.outcome_shares[item.key]:.1f} %",
            "{:.1f} to {:.1f} %".format(*(100 * end for end in result.outcome_intervals[item.key])),
        ]
        for item in api.CLASSES  # not result.shares: pandas takes a quarter of a second to import
    ]
    last = api.month_text(result.start + result.months)
    drawn = "parameters drawn from their priors" if result.draw_parameters else "parameters at their stated values"
    drawn += f" under the preset {chosen.preset}" if chosen.preset else ""
    table(
        f"{result.title}: how {result.replicates:,} futures stand in {last}",
        ["class", "futures", "share", "95 % interval"],
        rows,
        right=(1, 2, 3),
        caption=f"seed {result.seed}, {result.months} months, {drawn}; the interval is sampling error alone.",
    )
    if result.until is not None:
        typer.echo(_told_of(result.until, result.replicates))
    typer.echo(result.standstill.sentence)
    measures = []
    for name, item in api.MEASURES.items():
        found = result.quantiles(name)
        numbers = [found[key] for key in ("q10", "q50", "q90")]
        measures.append([item.title, item.unit, *("" if value is None else f"{value:.2f}" for value in numbers)])
    table(f"Measures in {last}", ["measure", "unit", "10 %", "median", "90 %"], measures, right=(2, 3, 4))
    _print_regimes(result)
    typer.echo("A map from assumptions to outcomes, not a forecast.")
    rate = result.replicates * result.months / result.seconds
    typer.echo(f"{result.seconds:.1f} s for {result.replicates:,} futures ({rate:,.0f} months a second)")
    if result.robust_tested:
        typer.echo(f"{result.robust_seconds:.1f} s for the branches of {len(result.resilience):,} regimes")
    if out is not None:
        typer.echo(f"tables in {out}")


def _told_of(until: api.Until, futures: int) -> str:
    titles = {item.key: item.title.lower() for item in api.CLASSES}
    widest = f"the widest interval ({titles[until.outcome]}) reaches {100 * until.widest:.1f} points to either side"
    asked = f"{100 * until.precision:.1f} were asked for"
    if not until.reached:
        return f"Not narrow enough after {futures:,} futures: {widest}, {asked}; --most allows more."
    return (
        f"Narrow enough after {futures:,} futures: {widest}, {asked}. To stop so makes intervals a trifle too narrow."
    )


def _print_regimes(result: api.Result) -> None:
    """Which legs stand, what regimes there were, and whether they were put to the test."""
    titles = {leg.key: leg.title.lower() for leg in api.LEGS}
    shares = sorted(result.leg_shares.items(), key=lambda item: item[1])
    typer.echo(
        "Legs of a regime that hold: " + ", ".join(f"{titles[key]} {100 * share:.0f} %" for key, share in shares) + "."
    )
    quiet = 100 * result.quiet[:, -1].mean()
    typer.echo(
        f"Quiet is not a regime: {quiet:.0f} % of the futures had a quiet year without norm, expectation or autonomy."
    )
    from statistics import median

    found = result.regime_spells
    if len(found.future):
        lasting = int((found.cause == 0).sum())
        typer.echo(
            f"{len(found.future):,} security regimes in {len(set(found.future.tolist())):,} futures, "
            f"{lasting:,} of them last to the end; half of them lived {median(found.months.tolist()):.0f} months or less."
        )
    if result.robust_tested:
        kept = sum(item.robust for item in result.resilience)
        typer.echo(
            f"{kept:,} of {len(result.resilience):,} regimes at the end survive adverse leaders (twin branches)."
        )
    elif result.regime[:, -1].any():
        typer.echo("Regimes are called fragile until they are put to the test by twin branches: --robust.")
