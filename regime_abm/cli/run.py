"""`run`: many futures of a scenario."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from regime_abm.cli.common import (
    JsonOption,
    PresetOption,
    ScenarioArgument,
    SeedOption,
    SetOption,
    actors_of,
    api,
    app,
    scenario_of,
    table,
    with_progress,
)
from regime_abm.errors import InputError


@app.command()
def run(
    scenario: ScenarioArgument,
    replicates: Annotated[int, typer.Option("--replicates", "-n", help="number of futures, 1 to 1,000,000")] = 1000,
    months: Annotated[int | None, typer.Option(help="months to run; the scenario's own by default")] = None,
    seed: SeedOption = 1,
    out: Annotated[Path | None, typer.Option(help="new folder for the tables (parquet and JSON)")] = None,
    save: Annotated[
        bool, typer.Option("--save", help="write the tables into a new folder in the platform's place for data")
    ] = False,
    as_json: JsonOption = False,
    draw_parameters: Annotated[
        bool, typer.Option("--draw-parameters", help="draw every parameter from its prior, once a future")
    ] = False,
    settings: SetOption = None,
    preset: PresetOption = None,
    actor: Annotated[list[str] | None, typer.Option(help="a doctrine: CODE=package.module:Class")] = None,
    robust: Annotated[
        bool, typer.Option("--robust", help="put each regime at the end to the test by twin branches; takes longer")
    ] = False,
) -> None:
    """Run many futures of a scenario and print how they end."""
    chosen = scenario_of(scenario, settings, preset)
    actors = actors_of(actor)
    with _place(chosen.name, out, save) as place:
        result = with_progress(
            lambda progress, robust_progress: api.run(
                chosen,
                replicates=replicates,
                months=months,
                seed=seed,
                draw_parameters=draw_parameters,
                actors=actors,
                robust=robust,
                progress=progress,
                robust_progress=robust_progress,
            )
        )
        if place is not None:
            _write(result, place)
    if as_json:
        typer.echo(json.dumps(result.summary(), indent=2))
        if save:
            typer.echo(f"tables in {place}", err=True)
    else:
        _print_result(chosen, result, place)


@contextlib.contextmanager
def _place(name: str, out: Path | None, save: bool) -> Iterator[Path | None]:
    """The folder for the tables, None when none is wanted. With `save` it is taken at once, and given back on failure."""
    if out is not None and save:
        raise InputError("--save: is for the platform's own folder; give it or --out, not both")
    if out is not None and out.exists():
        raise InputError(f"--out: {out} is there already; name a new folder")
    place = api.results_folder(name) if save else out
    try:
        yield place
    except BaseException:
        if save and place is not None:
            with contextlib.suppress(OSError):
                place.rmdir()  # it is still empty
        raise


def _write(result: api.Result, out: Path) -> None:
    """Write the tables into a folder that appears whole or not at all. Raises InputError when it cannot be written."""
    tables = ("outcomes", "shares", "measures", "futures", "spells", "hazard")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as unfinished:
            folder = Path(unfinished) / out.name
            folder.mkdir()
            for name in (*tables, "resilience_table") if result.robust_tested else tables:
                getattr(result, name).to_parquet(folder / f"{name}.parquet", index=False, write_page_checksum=True)
            (folder / "summary.json").write_text(json.dumps(result.summary(), indent=2) + "\n", encoding="utf-8")
            if out.is_dir():
                out.rmdir()  # taken and still empty; Windows moves no folder onto another
            os.replace(folder, out)
    except OSError as error:
        raise InputError(f"{out}: the tables cannot be written ({error.strerror or error})") from None


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
