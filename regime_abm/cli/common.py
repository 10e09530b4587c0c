"""What the commands share: options, reading them, progress, tables."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup

from regime_abm.cli import log
from regime_abm.errors import InputError, nearest

if TYPE_CHECKING:
    from regime_abm import api
else:

    class _Api:
        """`regime_abm.api`, imported when something of it is first asked for: --help must not wait for the model."""

        def __getattr__(self, name: str) -> Any:
            return getattr(importlib.import_module("regime_abm.api"), name)

    api = _Api()

_HELP = "Can summit momentum become a regional security regime? A map from assumptions to outcomes, never a forecast."


def _following(option: str, words: Iterator[str]) -> str:
    value = next(words, None)
    if value is None:
        raise InputError(f"{option}: needs a value")
    return value


class _Words(TyperGroup):
    """Lists commands by the alphabet, suggests the nearest one for a word that is none, and takes the options of all
    commands also after the command's name.
    """

    def parse_args(self, ctx, args):
        first, rest, words = [], [], iter(args or ["--help"])
        for word in words:
            if word == "--":
                rest += [word, *words]
            elif word == "--log-file":
                first += [word, _following(word, words)]
            elif word in ("--debug", "--verbose") or word.startswith("--log-file="):
                first.append(word)
            else:
                rest.append(word)
        return super().parse_args(ctx, first + rest)

    def list_commands(self, ctx):
        return sorted(super().list_commands(ctx))

    def resolve_command(self, ctx, args):
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            raise InputError(f"unknown command {args[0]!r}{nearest(args[0], self.list_commands(ctx))}")
        return super().resolve_command(ctx, args)


class _Told(TyperCommand):
    """A command whose options are told to the log."""

    def invoke(self, ctx):
        log.options(ctx.command.name, ctx.params)
        return super().invoke(ctx)


class _App(typer.Typer):
    def command(self, *args: Any, **options: Any) -> Any:
        return super().command(*args, **{"cls": _Told, **options})


# Help without rich: its import takes as long as all the rest of --help.
app = _App(
    cls=_Words,
    help=_HELP,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"max_content_width": 120},
)

ScenarioArgument = Annotated[str, typer.Argument(help="name of a shipped scenario, or path of a .toml file")]
# For a scenario that need not be named. A callable, since a plain default would be looked up before anything is asked.
BaselineArgument = Annotated[
    str,
    typer.Argument(
        default_factory=lambda: api.BASELINE, show_default=False, help="a scenario; May 2018 when none is named"
    ),
]
SeedOption = Annotated[int, typer.Option(help="equal seeds give equal futures")]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", help='a parameter, like "trust.asymmetry=3"; may be repeated')
]
PresetOption = Annotated[
    str | None, typer.Option("--preset", help="a reading of the theory to lay under the scenario; see show presets")
]
WorkersOption = Annotated[int, typer.Option(help="processes to run in; the results do not depend on it")]
MonthsOption = Annotated[int | None, typer.Option(help="months to run; the scenario's own by default")]
OutOption = Annotated[Path | None, typer.Option(help="new folder for the tables (parquet and JSON)")]
SaveOption = Annotated[
    bool, typer.Option("--save", help="write the tables into a new folder in the platform's place for data")
]
DrawOption = Annotated[
    bool, typer.Option("--draw-parameters", help="draw every parameter from its prior, once a future")
]
JsonOption = Annotated[bool, typer.Option("--json", help="print JSON for a machine")]


def parameters_of(settings: list[str] | None) -> dict[str, float]:
    """Parameters given as `--set name=value`; InputError for what is not like that."""
    return dict(api.setting_of(setting, "--set") for setting in settings or ())


def actors_of(given: list[str] | None) -> dict[str, type[api.Actor]] | None:
    """Doctrines given as `--actor CODE=package.module:Class`; InputError for what cannot be found."""
    actors: dict[str, type[api.Actor]] = {}
    for text in given or ():
        match = re.fullmatch(r"(\w+)=([\w.]+):(\w+)", text)
        if not match:
            raise InputError(f"--actor: {text!r} is not like CODE=package.module:Doctrine")
        state, module, name = match.groups()
        if os.getcwd() not in sys.path:
            sys.path.append(os.getcwd())  # for good: worker processes look where this one does
        try:
            actors[state] = getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError) as error:
            raise InputError(f"--actor {state}: {error}") from None
    return actors or None


def scenario_of(name: str, settings: list[str] | None = None, preset: str | None = None) -> api.Scenario:
    """The scenario that a command was asked for."""
    scenario = api.load(name)
    scenario = scenario.with_preset(preset) if preset else scenario
    parameters = parameters_of(settings)
    scenario = scenario.with_parameters(parameters) if parameters else scenario
    if log.LOG.isEnabledFor(log.INFO):
        log.LOG.info("scenario %s: digest %s", scenario.name, api.effective(scenario).digest)
    return scenario


_Found = TypeVar("_Found")


Heard = Callable[[int, int], None]


def with_progress(work: Callable[[Heard, Heard], _Found]) -> _Found:
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


LONG = 60  # seconds from which the size of a piece of work is told before it begins


def told_when_long(workers: int) -> Callable[[int, float], None]:
    """What to call with (futures, seconds) before work begins: prints them where it will take long."""

    def told(futures: int, seconds: float) -> None:
        if seconds > LONG:
            cores = "one core" if workers == 1 else f"{workers} workers"
            typer.echo(f"{futures:,} futures: about {api.told_time(seconds)} on {cores}; Ctrl-C ends it", err=True)

    return told


@contextlib.contextmanager
def new_folder(name: str) -> Iterator[Path]:
    """A new folder in the platform's place for results; it is taken at once, and given back when nothing came of it."""
    folder = api.results_folder(name)
    try:
        yield folder
    except BaseException:
        with contextlib.suppress(OSError):
            folder.rmdir()  # where it is still empty
        raise


@contextlib.contextmanager
def place_for(name: str, out: Path | None, save: bool) -> Iterator[Path | None]:
    """The new folder for the tables: `out`, with `save` one in the platform's place; None when none is wanted."""
    if out is not None and save:
        raise InputError("--save: is for the platform's own folder; give it or --out, not both")
    if out is not None and out.exists():
        raise InputError(f"--out: {out} is there already; name a new folder")
    with new_folder(name) if save else contextlib.nullcontext(out) as place:
        yield place


def write_tables(out: Path, tables: Mapping[str, Any], summary: Mapping[str, Any], kind: str = "parquet") -> None:
    """Write pandas tables (parquet or csv) and a summary (JSON) into a folder that appears whole or not at all.

    Raises InputError when it cannot be written.
    """
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as unfinished:
            folder = Path(unfinished) / out.name
            folder.mkdir()
            for name, content in tables.items():
                api.write_table(content, folder / f"{name}.{kind}")
            (folder / "summary.json").write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
            if out.is_dir():
                out.rmdir()  # taken and still empty; Windows moves no folder onto another
            os.replace(folder, out)
    except OSError as error:
        raise InputError(f"{out}: the tables cannot be written ({error.strerror or error})") from None


def table(
    title: str, columns: list[str], rows: list[list[str]], right: tuple[int, ...] = (), caption: str = ""
) -> None:
    """Print a table; `right` are the places of columns of numbers."""
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


# Of a command that takes a finished run or runs one: what is not given is left to the run.
SourceArgument = Annotated[
    str, typer.Argument(help="scenario to run, by name or path, or folder that run --out has written")
]
FuturesOption = Annotated[int | None, typer.Option("--replicates", "-n", help="futures to run, 1000 by default")]
OwnSeedOption = Annotated[int | None, typer.Option(help="equal seeds give equal futures; 1 by default")]
OverwriteOption = Annotated[bool, typer.Option("--overwrite", help="replace a file that is there already")]
RobustOption = Annotated[bool, typer.Option("--robust", help="put each regime at the end to the test by twin branches")]


def given(**options: Any) -> dict[str, Any]:
    """Those options of a run that were given: a finished run takes none.

    >>> given(seed=None, months=12, robust=False)
    {'months': 12}
    """
    return {name: value for name, value in options.items() if value is not None and value is not False}


def source_of(name: str, settings: list[str] | None, preset: str | None) -> Path | api.Scenario:
    """The folder of a finished run, or the scenario to run."""
    if not api.is_folder(name):
        return scenario_of(name, settings, preset)
    if settings or preset:
        raise InputError(f"{'--set' if settings else '--preset'}: {name} holds a finished run; leave it out")
    return Path(name)
