"""The command line. Every error a user can mend is one line and ends with exit code 2; a traceback only with --debug."""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Annotated, Any, TypeVar

import typer
from typer.core import TyperGroup

from regime_abm import api
from regime_abm.errors import InputError, nearest

_HELP = "Can summit momentum become a regional security regime? A map from assumptions to outcomes, never a forecast."


class _Words(TyperGroup):
    """Suggests the nearest command for a word that is none."""

    def resolve_command(self, ctx, args):
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            raise InputError(f"unknown command {args[0]!r}{nearest(args[0], self.list_commands(ctx))}")
        return super().resolve_command(ctx, args)


app = typer.Typer(cls=_Words, help=_HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

ScenarioArgument = Annotated[str, typer.Argument(help="name of a shipped scenario, or path of a .toml file")]
SeedOption = Annotated[int, typer.Option(help="equal seeds give equal futures")]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", help='a parameter, like "trust.asymmetry=3"; may be repeated')
]
PresetOption = Annotated[
    str | None, typer.Option("--preset", help="a reading of the theory to lay under the scenario; see show presets")
]
JsonOption = Annotated[bool, typer.Option("--json", help="print JSON for a machine")]


@app.callback()
def common(
    debug: Annotated[bool, typer.Option(help="show the traceback of an error")] = False,
    version: Annotated[bool, typer.Option("--version", help="print the version")] = False,
) -> None:
    """Options of all commands."""
    if version:
        import regime_abm

        typer.echo(f"regime-abm {regime_abm.__version__}")
        raise typer.Exit


def _parameters(settings: list[str] | None) -> dict[str, float]:
    found: dict[str, float] = {}
    for setting in settings or ():
        key, sign, value = setting.partition("=")
        if not sign:
            raise InputError(f"--set: {setting!r} is not like name=value")
        try:
            found[key.strip()] = float(value)
        except ValueError:
            raise InputError(f"--set {key.strip()}: {value!r} is not a number") from None
    return found


def _actors(given: list[str] | None) -> dict[str, type[api.Actor]] | None:
    import importlib

    actors: dict[str, type[api.Actor]] = {}
    for text in given or ():
        match = re.fullmatch(r"(\w+)=([\w.]+):(\w+)", text)
        if not match:
            raise InputError(f"--actor: {text!r} is not like CODE=package.module:Doctrine")
        state, module, name = match.groups()
        sys.path.insert(0, os.getcwd())
        try:
            actors[state] = getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError) as error:
            raise InputError(f"--actor {state}: {error}") from None
        finally:
            sys.path.pop(0)
    return actors or None


def _scenario(name: str, settings: list[str] | None = None, preset: str | None = None) -> api.Scenario:
    scenario = api.load(name)
    scenario = scenario.with_preset(preset) if preset else scenario
    parameters = _parameters(settings)
    return scenario.with_parameters(parameters) if parameters else scenario


@app.command()
def run(
    scenario: ScenarioArgument,
    replicates: Annotated[int, typer.Option("--replicates", "-n", help="number of futures, 1 to 1,000,000")] = 1000,
    months: Annotated[int | None, typer.Option(help="months to run; the scenario's own by default")] = None,
    seed: SeedOption = 1,
    out: Annotated[Path | None, typer.Option(help="new folder for the tables (parquet and JSON)")] = None,
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
    chosen = _scenario(scenario, settings, preset)
    if out is not None and out.exists():
        raise InputError(f"--out: {out} is there already; name a new folder")
    actors = _actors(actor)
    result = _with_progress(
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
    if out is not None:
        _write(result, out)
    if as_json:
        typer.echo(json.dumps(result.summary(), indent=2))
    else:
        _print_result(chosen, result, out)


_Found = TypeVar("_Found")


_Heard = Callable[[int, int], None]


def _with_progress(work: Callable[[_Heard, _Heard], _Found]) -> _Found:
    """Do some work that tells of its progress: of the futures, and of the twin branches of regimes."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        return work(lambda done, wanted: None, lambda done, wanted: None)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("futures", total=None)
        branches = bar.add_task("twin branches of regimes", total=None, visible=False)
        return work(
            lambda done, wanted: bar.update(task, completed=done, total=wanted),
            lambda done, wanted: bar.update(branches, completed=done, total=wanted, visible=done < wanted),
        )


def _write(result: api.Result, out: Path) -> None:
    """Write the tables into a folder that appears whole or not at all."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as unfinished:
        folder = Path(unfinished) / out.name
        folder.mkdir()
        tables = ("outcomes", "shares", "measures", "futures", "spells", "hazard")
        for name in (*tables, "resilience_table") if result.robust_tested else tables:
            getattr(result, name).to_parquet(folder / f"{name}.parquet", index=False, write_page_checksum=True)
        (folder / "summary.json").write_text(json.dumps(result.summary(), indent=2) + "\n", encoding="utf-8")
        os.replace(folder, out)


def _table(
    title: str, columns: list[str], rows: list[list[str]], right: tuple[int, ...] = (), caption: str = ""
) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    # Title and caption as lines of their own: inside the table they would be broken to its width.
    console = Console(width=None if sys.stdout.isatty() else 140)
    table = Table()
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if place in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console.print(Text(f"\n{title}", style="bold"))
    console.print(table)
    if caption:
        console.print(Text(caption, style="dim"))


def _print_result(chosen: api.Scenario, result: api.Result, out: Path | None) -> None:
    rows = [
        [
            row.title,
            str(row.count),
            f"{100 * row.share:.1f} %",
            f"{100 * row.low:.1f} to {100 * row.high:.1f} %",
        ]
        for row in result.shares.itertuples()
    ]
    last = api.month_text(result.start + result.months)
    drawn = "parameters drawn from their priors" if result.draw_parameters else "parameters at their stated values"
    drawn += f" under the preset {chosen.preset}" if chosen.preset else ""
    _table(
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
    _table(f"Measures in {last}", ["measure", "unit", "10 %", "median", "90 %"], measures, right=(2, 3, 4))
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
    typer.echo("Legs of a regime that hold: " + ", ".join(f"{titles[key]} {100 * share:.0f} %" for key, share in shares) + ".")
    quiet = 100 * result.quiet[:, -1].mean()
    typer.echo(f"Quiet is not a regime: {quiet:.0f} % of the futures had a quiet year without norm, expectation or autonomy.")
    found = result.regime_spells
    if len(found.future):
        lasting = int((found.cause == 0).sum())
        typer.echo(
            f"{len(found.future):,} security regimes in {len(set(found.future.tolist())):,} futures, "
            f"{lasting:,} of them last to the end; half of them lived {median(found.months.tolist()):.0f} months or less."
        )
    if result.robust_tested:
        kept = sum(item.robust for item in result.resilience)
        typer.echo(f"{kept:,} of {len(result.resilience):,} regimes at the end survive adverse leaders (twin branches).")
    elif result.regime[:, -1].any():
        typer.echo("Regimes are called fragile until they are put to the test by twin branches: --robust.")


_TOPICS = ("schedule", "parameters", "scenarios", "presets", "forums")


@app.command()
def show(
    what: Annotated[str, typer.Argument(help="schedule, parameters, scenarios, presets, forums, or a mechanism")],
    scenario: Annotated[str, typer.Option(help="for forums: the scenario whose region is meant")] = api.BASELINE,
    preset: PresetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the month, the parameters, the scenarios, the presets, the forums, or one mechanism."""
    chosen = api.load_preset(preset) if preset else None
    table: tuple[str, list[str], list[list[str]], tuple[int, ...]]
    if what == "schedule":
        rows: list[dict[str, Any]] = api.schedule_table()
        shown = [[str(n), row["name"], row["claim"], row["writes"]] for n, row in enumerate(rows, 1)]
        table = ("The month, in order", ["", "step", "claim", "writes"], shown, (0,))
    elif what == "parameters":
        rows = _under(chosen, api.parameter_table())
        table = _parameter_rows("Parameters", rows)
    elif what == "scenarios":
        rows = [vars(item) for item in api.scenarios()]
        shown = [[r["name"], r["title"], r["question"], r["start"], str(r["months"])] for r in rows]
        table = ("Scenarios", ["name", "title", "question", "start", "months"], shown, (4,))
    elif what == "presets":
        rows = [vars(item) for item in api.presets()]
        shown = [[r["name"], r["title"], r["why"], str(len(r["parameters"]))] for r in rows]
        table = ("Presets", ["name", "title", "why", "parameters set"], shown, (3,))
    elif what == "forums":
        rows = api.forum_table(scenario)
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
        table = ("Forums", columns, shown, (4, 7))
    else:
        _show_mechanism(what, chosen, as_json)
        return
    typer.echo(json.dumps(rows, indent=2)) if as_json else _table(*table)


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
    _table(*_parameter_rows("Parameters", rows))


@app.command()
def why(
    scenario: ScenarioArgument,
    subject: Annotated[str, typer.Argument(help='a tie like "DPRK>USA", or a state')],
    month: Annotated[str, typer.Option(help="calendar month like 2019-02, or months since the start")],
    seed: SeedOption = 1,
    replicate: Annotated[int, typer.Option(help="which of the seed's futures, from 0")] = 0,
    settings: SetOption = None,
    preset: PresetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say why a state acted as it did in one month of one future: the exact terms and where they came from."""
    chosen = _scenario(scenario, settings, preset)
    passed = int(month) if re.fullmatch(r"\d{1,4}", month) else api.month_index(month, "--month") - chosen.start
    if not 0 <= passed <= chosen.months:
        span = f"{api.month_text(chosen.start)} to {api.month_text(chosen.start + chosen.months)}"
        raise InputError(f"--month: {month} is outside {span}")
    watched = api.watch(chosen, seed=seed, replicate=replicate)
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
    typer.echo(f"{answer.question}   ({chosen.name}, seed {seed}, future {replicate})")
    for part in answer.parts:
        rows = [[label, f"{value:+.4f}"] for label, value, _ in part.terms]
        _table(
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
        _table("Chances of the five acts", ["act", "chance"], rows, right=(1,))
    rows = [[meaning, f"{value:.3f}", source, certainty] for meaning, value, source, certainty in answer.inputs]
    _table("Starting values this rests on", ["what", "here", "range and source", "certainty"], rows, right=(1,))


@app.command()
def validate(
    scenario: ScenarioArgument = api.BASELINE,
    replicates: Annotated[int, typer.Option("--replicates", "-n", help="number of futures under each preset")] = 1000,
    months: Annotated[int | None, typer.Option(help="months to run; the scenario's own by default")] = None,
    seed: SeedOption = 1,
    workers: Annotated[int, typer.Option(help="processes to run in")] = 1,
    strict: Annotated[bool, typer.Option("--strict", help="exit code 1 when a gate is missed")] = False,
    as_json: JsonOption = False,
) -> None:
    """Measure the promises of the model on futures with drawn parameters, and print goal and value of each."""
    found = _with_progress(
        lambda progress, _: api.validate(
            scenario, replicates=replicates, months=months, seed=seed, workers=workers, progress=progress
        )
    )
    if as_json:
        typer.echo(json.dumps(found.table(), indent=2))
    else:
        _print_validation(found)
    if strict and found.missed:
        sys.exit(1)


def _print_validation(found: api.Validation) -> None:
    verdicts = {True: "met", False: "MISSED", None: ""}
    rows = [[gate.title, _value(gate), gate.goal, verdicts[gate.met]] for gate in found.gates]
    about = f"{found.scenario}, {found.replicates:,} futures a preset, {found.months} months, seed {found.seed}"
    _table(
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
    _table("Months until a class is first reached", columns, passages, right=(2, 3, 4, 5))
    said = "all gates are met" if not found.missed else f"{len(found.missed)} gates are missed"
    typer.echo(f"{said}; {found.seconds:.0f} s")


def _value(gate: api.Gate) -> str:
    if gate.value is None:
        return "not seen"
    return f"{100 * gate.value:.1f} %" if gate.unit == "share" else f"{gate.value:.2f} {gate.unit}"


@app.command()
def check(file: Annotated[Path, typer.Argument(help="a scenario file")]) -> None:
    """Check a scenario file and say what it holds; errors name file, field, range and the nearest right word."""
    for line in api.check(file):
        typer.echo(line)
    typer.echo("ok")


_NEW = """\
schema = 1
extends = "{base}"
title = "{title}"
question = "What changes?"

# Parameters: `regime-abm show parameters` lists them with range, prior and source.
[parameters]
# "trust.asymmetry" = 3.0

# Other starting values: a point, or a range from which each future draws. Say why.
[initial]
# "trust {state}>{other}" = {{ low = 0.05, high = 0.15, why = "own reading" }}

# Things that happen on a date: order, leader leaves, summit, talks broken off, meeting called, meeting cancelled.
# [[events]]
# month = "{month}"
# kind = "summit"
# state = "{state}"
# other = "{other}"
"""


@app.command()
def new(
    file: Annotated[Path, typer.Argument(help="where to write it, like my_question.toml")],
    base: Annotated[str, typer.Option("--from", help="the scenario that it changes")] = api.BASELINE,
) -> None:
    """Write a scenario file to start from."""
    if file.suffix != ".toml":
        raise InputError(f"{file}: a scenario file ends in .toml")
    changed = api.load(base)
    state, other = list(changed.region.states)[:2]
    month = api.month_text(changed.start + 1)
    text = _NEW.format(
        base=base, state=state, other=other, month=month, title=file.stem.replace("_", " ").replace('"', "'")
    )
    try:
        with file.open("x", encoding="utf-8") as handle:
            handle.write(text)
    except FileExistsError:
        raise InputError(f"{file}: is there already; nothing was written") from None
    except OSError as error:
        raise InputError(f"{file}: cannot be written ({error.strerror})") from None
    typer.echo(f"{file} is written. Next: regime-abm check {file}, then regime-abm run {file}")


@app.command()
def dashboard(
    host: Annotated[str, typer.Option(help="address to listen on; only this machine by default")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="port; the next free one is taken when it is in use")] = 8765,
    scenario: Annotated[str | None, typer.Option(help="scenario to open with")] = None,
    open_browser: Annotated[bool, typer.Option("--open", help="open a browser")] = False,
) -> None:
    """Serve the dashboard and print its address. Ctrl-C ends it."""
    if scenario is not None:
        api.load(scenario)
    from dashboards.server import serve

    serve(host=host, port=port, open_browser=open_browser, scenario=scenario)


def main() -> None:
    """Entry point: exit code 0, 2 for bad input, 130 when interrupted."""
    debug = "--debug" in sys.argv
    try:
        app(standalone_mode=False)
    except (InputError, typer.TyperException) as error:
        if debug:
            raise
        told = getattr(error, "format_message", error.__str__)  # what is wrong with an option, in words
        message = told()
        typer.echo(f"regime-abm: {' '.join(message.split())}", err=True)
        sys.exit(2)
    except (typer.Abort, KeyboardInterrupt):
        typer.echo("interrupted", err=True)
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
