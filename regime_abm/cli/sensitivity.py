"""`sensitivity`: which parameters move an outcome."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from regime_abm.cli.common import (
    BaselineArgument,
    JsonOption,
    PresetOption,
    SeedOption,
    SetOption,
    api,
    app,
    scenario_of,
    table,
    told_when_long,
    with_progress,
)

if TYPE_CHECKING:
    import pandas as pd

_MUCH_LUCK = 0.5
_COLUMNS = {
    "morris": {"net": "effect without luck", "mu_star": "mean size", "mu": "mean", "sigma": "spread"},
    "sobol": {"net": "total without luck", "net_first": "alone, without luck", "total": "total", "first": "alone"},
}
_BARE = ("mu", "sigma", "first", "total")  # shown without their intervals, which are in the table that --out writes
_ABOUT = {
    "morris": "Effect: change of the outcome over the whole prior of the parameter. Spread: how much it hangs on the others.",
    "sobol": "Shares of the variance of the outcome. Alone: if it alone were known. Total: with its part in interactions.",
}


@app.command()
def sensitivity(
    scenario: BaselineArgument,
    method: Annotated[str, typer.Option(help="morris (screens many) or sobol (shares of variance)")] = "morris",
    outcome: Annotated[
        list[str] | None, typer.Option(help="outcome class or measure; may be repeated; regime_strength by default")
    ] = None,
    parameter: Annotated[
        list[str] | None, typer.Option(help="parameter to vary; may be repeated; all by default")
    ] = None,
    samples: Annotated[
        int | None, typer.Option(help="trajectories (morris, 10), or a power of two (sobol, 64)")
    ] = None,
    replicates: Annotated[
        int, typer.Option("--replicates", "-n", help="futures of each setting of the parameters")
    ] = 10,
    months: Annotated[int | None, typer.Option(help="months to run; the scenario's own by default")] = None,
    seed: SeedOption = 1,
    workers: Annotated[int, typer.Option(help="processes to run in")] = 1,
    settings: SetOption = None,
    preset: PresetOption = None,
    top: Annotated[int, typer.Option(help="how many parameters to print for each outcome")] = 15,
    out: Annotated[Path | None, typer.Option(help="new .csv or .parquet file for the whole table")] = None,
    cells: Annotated[
        Path | None, typer.Option(help="new file for the settings and how they ended; `discover` reads it")
    ] = None,
    figure: Annotated[
        Path | None, typer.Option(help="new file for a chart of the first outcome: .html, .svg, .png, .pdf or .csv")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Run the model over the priors of its parameters and print which of them move an outcome, luck kept apart."""
    for path in filter(None, (out, cells)):
        api.refuse_existing(path)
    if figure is not None:
        api.ready(figure)
    chosen = scenario_of(scenario, settings, preset)
    found = with_progress(
        lambda progress, _: api.sensitivity(
            chosen,
            method,
            parameters=parameter,
            outcomes=outcome or ["regime_strength"],
            samples=samples,
            replicates=replicates,
            months=months,
            seed=seed,
            workers=workers,
            estimate=told_when_long(workers),
            progress=progress,
        )
    )
    if out is not None:
        api.write_table(found.table, out)
    if cells is not None:
        api.write_table(found.cells, cells)
    if figure is not None:
        api.plot(found, "tornado").save(figure)
    if as_json:
        typer.echo(json.dumps(found.summary(), indent=2))
        return
    for row in found.outcomes.itertuples():
        _print_outcome(found, row.outcome, top)
    typer.echo("A map from assumptions to outcomes, not a forecast.")
    typer.echo(f"{found.seconds:.1f} s for {found.futures:,} futures")
    for path in filter(None, (out, cells)):
        typer.echo(f"table in {path}")
    if figure is not None:
        typer.echo(f"figure in {figure}")


def _print_outcome(found: api.Sensitivity, key: str, top: int) -> None:
    about = found.outcomes.set_index("outcome").loc[key]
    if about.low == about.high:
        typer.echo(f"\n{about.title}: {about.low:.3g} in every setting; nothing that was varied moves it.")
        return
    names = _COLUMNS[found.sample.method]
    shown = found.table[found.table.outcome == key].head(top)
    rows = [
        [str(row["rank"]), row["parameter"], *(_told(row, name) for name in names), row["meaning"]]
        for _, row in shown.iterrows()
    ]
    caption = f"{_ABOUT[found.sample.method]} In brackets the 95 % interval. {_luck(about)}"
    title = f"{about.title} ({about.unit}): what moves it, {len(shown)} of {len(found.sample.names)} parameters"
    columns = ["", "parameter", *names.values(), "meaning"]
    table(title, columns, rows, right=(0, *range(2, 2 + len(names))), caption=caption)


def _told(row: pd.Series, name: str) -> str:
    middle, low, high = (row[column] for column in (name, f"{name}_low", f"{name}_high"))
    if middle != middle:
        return "not known"
    return f"{middle:.2g}" if name in _BARE else f"{middle:.2g} ({low:.2g} to {high:.2g})"


def _luck(about: pd.Series) -> str:
    if about.luck_share != about.luck_share:
        return "With one replicate luck cannot be told from influence."
    text = f"{100 * min(about.luck_share, 1.0):.0f} % of what varies between settings is luck"
    return f"{text}: take more replicates." if about.luck_share > _MUCH_LUCK else f"{text}."
