"""`sweep`, `verify` and `replay`: many runs from a plan file, kept in a folder that survives whatever ends the program."""

from __future__ import annotations

import contextlib
import json
import shlex
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from regime_abm.cli.common import JsonOption, actors_of, api, app, table
from regime_abm.errors import DiskFull, Stopped

TOLD_BEYOND = 60.0  # seconds of a sweep whose cost is told before it starts
FIRST_LINE, LINE_EVERY = 10.0, 30.0  # seconds between lines of progress where there is no terminal

FolderArgument = Annotated[Path, typer.Argument(help="folder of a sweep")]
RunOption = Annotated[int, typer.Option("--run", help="number of the run in the sweep, from 0")]


@app.command()
def sweep(
    plan: Annotated[str, typer.Argument(help="name of a shipped plan, or path of a .toml file")],
    out: Annotated[Path, typer.Option(help="new folder for the results")],
    workers: Annotated[int | None, typer.Option(help="processes to run in; by default one a core")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="go on with the sweep in that folder")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="begin anew in a folder beside it where it holds something else")
    ] = False,
    executor: Annotated[str, typer.Option(help="where to work: local or dask")] = "local",
    scheduler: Annotated[str | None, typer.Option(help="address of a Dask scheduler, like tcp://10.0.0.5:8786")] = None,
    chunk: Annotated[
        int | None, typer.Option(help="runs of a part, which is what a crash costs at most; usually about a second's")
    ] = None,
    max_runs: Annotated[int | None, typer.Option(help="refuse more runs; wins over the plan's limits")] = None,
    max_hours: Annotated[float | None, typer.Option(help="refuse to take longer")] = None,
    max_gigabytes: Annotated[float | None, typer.Option(help="refuse to need more disk")] = None,
    actor: Annotated[list[str] | None, typer.Option(help="a doctrine: CODE=package.module:Class")] = None,
    as_json: JsonOption = False,
) -> None:
    """Run a plan. Ends with exit code 1 when runs failed, 130 or 143 when stopped, 74 when the disk is full."""
    words = [word for word in sys.argv[1:] if word not in ("--force", "--resume")]
    going_on = _Resume(words, out)
    began = time.perf_counter()
    try:
        with _terminated_as_stopped(), _progress() as progress:
            results = api.sweep(
                plan,
                out=out,
                workers=workers,
                resume=resume,
                force=force,
                executor=executor,
                scheduler=scheduler,
                actors=actors_of(actor),
                chunk=chunk,
                limits={"runs": max_runs, "hours": max_hours, "gigabytes": max_gigabytes},
                program=_program(),
                command=shlex.join([*_words(_program()), *words]),
                announce=_announce,
                begun=going_on.begun,
                progress=progress,
            )
    except DiskFull as full:
        typer.echo(f"regime-abm: {full}", err=True)
        going_on.tell()
        sys.exit(full.exit_code)
    except KeyboardInterrupt as stop:
        typer.echo("\nstopped; what is done is safe", err=True)
        going_on.tell()
        sys.exit(stop.exit_code if isinstance(stop, Stopped) else 128 + signal.SIGINT)
    _tell(results, time.perf_counter() - began, as_json)
    if len(results.failures):
        sys.exit(1)


class _Resume:
    """The command that goes on with a sweep, once it has begun."""

    def __init__(self, words: list[str], out: Path) -> None:
        self._words, self._out = words, out
        self._folder: Path | None = None

    def begun(self, folder: Path) -> None:
        self._folder = folder

    def tell(self) -> None:
        if self._folder is None:
            return
        words = list(self._words)
        if self._folder != self._out.absolute():  # --force chose another one
            place = next(k for k, word in enumerate(words) if word == "--out" or word.startswith("--out="))
            words[place : place + 1 + (words[place] == "--out")] = ["--out", str(self._folder)]
        typer.echo(f"resume with: {shlex.join([*_words(_program()), *words, '--resume'])}", err=True)


def _program() -> str:
    """How this program was called."""
    return f"{shlex.quote(sys.executable)} -m regime_abm" if sys.argv[0].endswith("__main__.py") else "regime-abm"


def _words(program: str) -> list[str]:
    return shlex.split(program)


@contextlib.contextmanager
def _terminated_as_stopped() -> Iterator[None]:
    """SIGTERM and SIGHUP before and after the runs, too, end the program tidily."""

    def stop(number: int, frame: object) -> None:
        raise Stopped(number)

    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    for number, handler in before.items():
        if handler != signal.SIG_IGN:
            signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _announce(estimate: api.Estimate) -> None:
    if estimate.seconds > TOLD_BEYOND or estimate.short_of_disk:
        typer.echo(estimate.line(), err=True)


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal; elsewhere a line now and then."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    console = Console(stderr=True)
    pace = _Pace()
    if not console.is_terminal:
        yield pace.lines
        return
    with Progress(BarColumn(), TextColumn("{task.description}"), console=console, transient=True) as bar:
        task = bar.add_task("starting", total=None)
        yield lambda done, wanted: bar.update(task, completed=done, total=wanted, description=pace.told(done, wanted))


class _Pace:
    """How fast runs are done, since the first news of them."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._at_first: int | None = None
        self._next = self._began + FIRST_LINE

    def told(self, done: int, wanted: int) -> str:
        """In words."""
        if self._at_first is None:
            self._at_first = done
        passed, more = time.monotonic() - self._began, done - self._at_first
        words = f"{done:,} of {wanted:,} runs"
        if more:
            left = api.told_time((wanted - done) * passed / more)
            words += f", {more / passed:,.1f} a second, {left} left"
        return words

    def lines(self, done: int, wanted: int) -> None:
        """A line when it is time for one."""
        words = self.told(done, wanted)
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + LINE_EVERY
            typer.echo(words, err=True)


def _tell(results: api.Stored, seconds: float, as_json: bool) -> None:
    counts, failed = api.outcome_counts(results), len(results.failures)
    runs = results.manifest["runs"]
    if as_json:
        about = {"folder": str(results.folder), "runs": runs, "failed": failed, "seconds": seconds}
        typer.echo(json.dumps({**about, "outcomes": counts.to_dict(orient="records")}, indent=2))
        return
    classes = [item for item in api.CLASSES if counts[item.key].any()]
    rows = []
    for row in counts.to_dict(orient="records"):
        total = sum(row[key] for key in api.KEYS)
        shares = [f"{100 * row[item.key] / total:.1f} %" for item in classes]
        rows.append([str(row["scenario"]), str(row["preset"]), f"{total:,}", *shares])
    columns = ["scenario", "preset", "runs", *(item.title for item in classes)]
    right = tuple(range(2, len(columns)))
    table("How the runs end, over all settings of the parameters", columns, rows, right=right)
    typer.echo("A map from assumptions to outcomes, not a forecast.")
    if failed:
        first = results.failures.iloc[0]
        typer.echo(f"{failed:,} of {runs:,} runs failed; the first: {first['message']}")
        typer.echo(f"run it again with: {first['replay']}")
    typer.echo(f"{runs - failed:,} runs in {results.folder}; {api.told_time(seconds)}")


@app.command()
def verify(folder: FolderArgument, as_json: JsonOption = False) -> None:
    """Look at every file of a sweep; exit code 1 unless all runs are there and valid."""
    report = api.verify(folder)
    if as_json:
        problems = [{"path": problem.path, "what": problem.what} for problem in report.problems]
        found: dict[str, Any] = {"ok": report.ok, "complete": report.complete, "problems": problems}
        found |= {"runs": report.runs_wanted, "runs_valid": report.runs_done, "recompute": report.recompute}
        typer.echo(json.dumps(found, indent=2))
    else:
        for line in report.lines():
            typer.echo(line)
    if not (report.ok and report.complete):
        sys.exit(1)


@app.command()
def replay(folder: FolderArgument, run: RunOption, as_json: JsonOption = False) -> None:
    """Run a stored run again and say whether its row is the same; exit code 1 when it is not."""
    found = api.replay(folder, run)
    if as_json:
        about = {"run": run, "equal": found.equal, "differing": found.differing, "changed": found.changed}
        typer.echo(json.dumps({**about, "stored": found.stored, "now": found.now}, indent=2))
    else:
        _tell_replay(found)
    if not found.equal:
        sys.exit(1)


def _tell_replay(found: api.Replay) -> None:
    if "traceback" in found.now:
        typer.echo(f"{found.now['traceback'].rstrip()}\n")
    rows = [[name, _shown(found.stored.get(name)), _shown(value)] for name, value in found.now.items()]
    rows = [row for row in rows if row[0] not in ("traceback", "replay")]
    table(f"Run {found.run}, as it was stored and as it is now", ["column", "stored", "now"], rows, right=(1, 2))
    for change in found.changed:
        typer.echo(f"changed since: {change}")
    if found.equal:
        typer.echo("equal: every stored value is the same, bit for bit")
    else:
        typer.echo(f"NOT equal: {', '.join(found.differing)}")


def _shown(value: Any) -> str:
    return "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
