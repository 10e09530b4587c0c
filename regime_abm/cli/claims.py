"""`claims`: the essay's claims as experiments that can fail."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from regime_abm.cli.common import JsonOption, api, app, table, with_progress


@app.command()
def claims(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[H2 H16 ...]", help="claims, by name or path; all by default")
    ] = None,
    draws: Annotated[
        int | None, typer.Option(help="draws of everything that is not known; 200 for a verdict to quote")
    ] = None,
    replicates: Annotated[int | None, typer.Option("--replicates", "-n", help="twins in each draw, 2 or more")] = None,
    full: Annotated[
        bool, typer.Option("--full/--quick", help="the size that verdicts are quoted from, or one for a first look")
    ] = False,
    months: Annotated[int | None, typer.Option(help="months to run; each claim's own by default")] = None,
    seed: Annotated[int, typer.Option(help="equal seeds give equal verdicts")] = 1,
    workers: Annotated[int, typer.Option(help="processes to run in; the results do not depend on it")] = 1,
    out: Annotated[
        Path | None,
        typer.Option(help="folder for arms, tables and a page; what is done there already is not run again"),
    ] = None,
    as_json: JsonOption = False,
    listed: Annotated[bool, typer.Option("--list", help="only list the claims, and what each compares")] = False,
) -> None:
    """Run the essay's claims as twin experiments and print a verdict on each, by a rule that was fixed before."""
    if listed:
        _list(names or [])
        return
    words = ["regime-abm claims", *(names or []), "--full" if full else "--quick"]
    words += [
        f"--{key} {value}" for key, value in (("draws", draws), ("replicates", replicates), ("months", months)) if value
    ]
    found = with_progress(
        lambda progress, _: api.claims(
            names or (),
            full=full,
            draws=draws,
            replicates=replicates,
            months=months,
            seed=seed,
            workers=workers,
            folder=out,
            progress=progress,
            command=" ".join([*words, f"--seed {seed}"]),
        )
    )
    if as_json:
        typer.echo(json.dumps(found.summary, indent=2))
        return
    _print(found)
    if out is not None:
        typer.echo(f"tables and page in {out}")


def _list(names: list[str]) -> None:
    chosen, left = api.load_claims(names)
    table(
        "Claims",
        ["", "essay", "claim", "arms"],
        [
            [item.id, " ".join(item.file.sentence), item.file.claim, f"{', '.join(item.arms)}{_cut(item)}"]
            for item in chosen
        ],
    )
    _left(left)


def _cut(claim: api.Claim) -> str:
    return " (surgery)" if claim.surgery else ""


def _left(left: Mapping[str, str]) -> None:
    for name, why in left.items():
        typer.echo(f"{name} is left out: {why}", err=True)


def _print(found: api.ClaimsFound) -> None:
    size = found.size
    rows = []
    for row in found.rows:
        if row["test"] == 1:
            rows.append([row["id"], row["verdict"].upper(), ""] + [""] * 6)
        mark = "beside: " if row["beside"] else ""
        flags = [word for word in ("hard_wired", "surgery") if row[word]] + ([row["size"]] if row["size"] else [])
        told = ["possibly hard-wired" if word == "hard_wired" else word for word in flags]
        rows.append(
            [
                "",
                f"{mark}{row['test_verdict']}",
                f"{row['what']} ({row['treatment']} v. {row['against']})",
                row["expected"] or row["kind"],
                f"{row['effect']:+.3g}",
                f"{row['low']:+.2g} to {row['high']:+.2g}",
                "" if row["ssp"] != row["ssp"] else f"{100 * row['ssp']:.0f} %",
                f"{100 * row['ties']:.0f} %",
                "; ".join(told),
            ]
        )
    table(
        f"Claims: {size.draws} draws, {size.replicates} twins in each, seed {size.seed}",
        ["claim", "verdict", "compared", "expected", "effect", "95 % interval", "as expected", "ties", ""],
        rows,
        right=(4, 5, 6, 7),
        caption="As expected: share of the draws with a sign. Ties: of all draws. Surgery: something is forced.",
    )
    worth = found.summary["twins_worth"]
    if worth is not None:
        typer.echo(
            f"Twins a draw from which a middling effect has a sign: about {worth:.0f}; beyond it more draws tell more."
        )
    _left(found.left)
    typer.echo("A map from assumptions to outcomes, not a forecast.")
    typer.echo(f"{found.seconds:.0f} s for {found.arms} arms of {size.draws * size.replicates:,} futures")
