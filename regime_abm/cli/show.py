"""`show`: what the model is made of."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from regime_abm.cli.common import JsonOption, PresetOption, SetOption, api, app, parameters_of, table
from regime_abm.cli.effective import print_effective
from regime_abm.errors import InputError, nearest

_TOPICS = ("schedule", "parameters", "scenarios", "presets", "forums", "charts", "effective")


@app.command()
def show(
    what: Annotated[
        str, typer.Argument(help="schedule, parameters, scenarios, presets, forums, charts, effective, or a mechanism")
    ],
    scenario: Annotated[
        str | None, typer.Argument(help="of forums and effective: the scenario meant; May 2018 when none is named")
    ] = None,
    preset: PresetOption = None,
    settings: SetOption = None,
    draw_parameters: Annotated[
        bool, typer.Option("--draw-parameters", help="of effective: what nobody sets is drawn from its prior")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show the month, the parameters, the scenarios, the presets, the forums, or one mechanism.

    `show effective SCENARIO` prints every value that is in force, after presets and --set, and who set it.
    """
    if scenario is not None and what not in ("forums", "effective"):
        raise InputError(f"show {what}: needs no scenario; forums and effective have one")
    if what == "effective":
        found = api.effective(
            scenario or api.BASELINE,
            parameters=parameters_of(settings),
            preset=preset,
            draw_parameters=draw_parameters,
        )
        print_effective(found, as_json)
        return
    if settings or draw_parameters:
        raise InputError(f"show {what}: --set and --draw-parameters belong to show effective")
    chosen = api.load_preset(preset) if preset else None
    shown_table: tuple[str, list[str], list[list[str]], tuple[int, ...]]
    if what == "schedule":
        rows: list[dict[str, Any]] = api.schedule_table()
        shown = [[str(n), row["name"], row["when"], row["claim"], row["writes"]] for n, row in enumerate(rows, 1)]
        shown_table = ("The month, in order", ["", "step", "", "claim", "writes"], shown, (0,))
    elif what == "parameters":
        rows = _under(chosen, api.parameter_table())
        shown_table = _parameter_rows("Parameters", rows)
    elif what == "scenarios":
        _show_scenarios(as_json)
        return
    elif what == "presets":
        rows = [vars(item) for item in api.presets()]
        shown = [[r["name"], r["title"], r["why"], str(len(r["parameters"]))] for r in rows]
        shown_table = ("Presets", ["name", "title", "why", "parameters set"], shown, (3,))
    elif what == "charts":
        rows = [{"name": name, "shows": module.WHAT} for name, module in api.CHARTS.items()]
        shown_table = ("Charts", ["name", "shows"], [list(row.values()) for row in rows], ())
    elif what == "forums":
        rows = api.forum_table(scenario or api.BASELINE)
        shown = [
            [
                r["code"],
                r["name"],
                "alive" if r["alive"] else "dormant",
                ", ".join(r["members"]),
                f"{r['track']:g}",
                r["rule"],
                " and ".join(r["agenda"]) or "none",
                f"{r['level']:g}",
                f"{r['certainty']}: {r['source']}",
            ]
            for r in rows
        ]
        columns = [
            "forum",
            "name",
            "at the start",
            "members",
            "track",
            "rule",
            "agenda",
            "level",
            "certainty and source",
        ]
        shown_table = ("Forums", columns, shown, (4, 7))
    else:
        _show_mechanism(what, chosen, as_json)
        return
    typer.echo(json.dumps(rows, indent=2)) if as_json else table(*shown_table)


def _show_scenarios(as_json: bool) -> None:
    found = api.scenarios()
    if as_json:
        typer.echo(json.dumps([vars(item) for item in found], indent=2))
        return
    shown = [[item.name, item.question, item.start, str(item.months)] for item in found if not item.extends]
    table("Baselines", ["name", "question", "start", "months"], shown, (3,))
    shown = [
        [item.name, item.question, ", ".join(item.essay), item.extends, item.primary_measure]
        for item in found
        if item.extends
    ]
    columns = ["name", "question for the room", "essay", "changes", "judged by"]
    table("Scenario library", columns, shown, caption="Whether each differs from what it changes: docs/scenarios.md")


def _under(preset: api.Preset | None, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The parameters with the value that a preset gives them, where one is asked for."""
    if preset is None:
        return rows
    return [{**row, "value": preset.parameters.get(row["name"], row["default"])} for row in rows]


def _parameter_rows(title: str, rows: list[dict[str, Any]]) -> tuple[str, list[str], list[list[str]], tuple[int, ...]]:
    shown = [
        [
            row["name"],
            f"{row.get('value', row['default']):g}",
            f"{row['low']:g} to {row['high']:g}",
            row["prior"],
            row["unit"],
            row["meaning"],
            row["evidence"] + (f": {row['source']}" if row["source"] else ""),
        ]
        for row in rows
    ]
    return title, ["parameter", "value", "range", "prior", "unit", "meaning", "evidence"], shown, (1,)


def _show_mechanism(name: str, preset: api.Preset | None, as_json: bool) -> None:
    known = [row["name"] for row in api.schedule_table()]
    if name not in known:
        raise InputError(f"nothing to show called {name!r}{nearest(name, [*_TOPICS, *known])}")
    module, rows = api.mechanism(name), _under(preset, api.parameter_table(name))
    if as_json:
        about = {
            "name": name,
            "about": module.__doc__,
            "reads": module.READS,
            "writes": module.WRITES,
            "parameters": rows,
        }
        typer.echo(json.dumps(about, indent=2))
        return
    typer.echo(f"{name}\n\n{(module.__doc__ or '').strip()}\n")
    typer.echo(f"reads   {', '.join(module.READS)}\nwrites  {', '.join(module.WRITES)}\n")
    table(*_parameter_rows("Parameters", rows))
