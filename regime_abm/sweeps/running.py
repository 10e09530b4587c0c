"""A sweep from its plan to a folder of results: estimated, begun or resumed, filled."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import shlex
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from regime_abm.actor import Actor
from regime_abm.design import Cells, cells_of
from regime_abm.errors import InputError, nearest
from regime_abm.forms import fitted
from regime_abm.plan import Limits, Plan
from regime_abm.scenario import files_of
from regime_abm.store import Filled, Store, differences, fill, fingerprint
from regime_abm.store import manifest as store_manifest
from regime_abm.store.fill import EXECUTORS
from regime_abm.supervisor import Progress
from regime_abm.sweeps import cost
from regime_abm.sweeps.cost import Estimate
from regime_abm.sweeps.work import Job, count_tasks, tasks, work

Announce = Callable[[Estimate], None]
_ABOUT_WORDS = ("title", "question", "limits")  # of a plan; they change no run


@dataclass(frozen=True)
class Sweep:
    """A plan, ready to be run. Made by :func:`prepared`.

    chunk: runs of a task; None for the usual.
    """

    plan: Plan
    job: Job
    limits: Limits
    chunk: int | None

    @property
    def cells(self) -> Cells:
        """All cells of the plan."""
        return self.job.cells

    @functools.cached_property
    def tasks(self) -> int:
        """Number of tasks."""
        return count_tasks(self.job, self.chunk)

    @functools.cached_property
    def fixed(self) -> dict[str, Any]:
        """All that the bits of the results depend on; a resume must bring the same."""
        plan, packages = self.plan, {"regime_abm"}
        table = plan.file.design.posterior
        packages |= {kind.__module__.partition(".")[0] for kind in self.job.actors.values()} - {"__main__"}
        return {
            "plan": {key: value for key, value in _json(plan.file).items() if key not in _ABOUT_WORDS},
            "chunk": self.chunk,
            "scenarios": {name: _scenario_files(path) for name, path in plan.scenarios.items()},
            "presets": {name: path.read_text("utf-8") for name, path in plan.presets.items()},
            "posterior": None if table is None else _digest(plan.where.parent / table.file),
            "parameters": [
                {"scenario": v.scenario.name, "preset": v.preset, "values": v.scenario.values()}
                for v in self.cells.variants
            ],
            "actors": {
                state: f"{kind.__module__}:{kind.__qualname__}" for state, kind in sorted(self.job.actors.items())
            },
            **fingerprint(sorted(packages)),
        }

    @property
    def worth_workers(self) -> int:
        """One process a core; this one alone where the work is done before others have begun."""
        rough = cost.rough(self.job, workers=1)
        return 1 if rough.seconds < 2 * cost.START else min(usable_cores(), self.tasks)

    def lines(self) -> list[str]:
        """What it is, in words."""
        cells, file = self.cells, self.plan.file
        under = f" under {', '.join(self.plan.presets)}" if self.plan.presets else ""
        kept = [
            f"{what} every {n} months"
            for what, n in (("series", file.record.series_every), ("pairs of states", file.record.dyads_every))
            if n
        ]
        luck = "the same luck in every cell" if cells.common_random_numbers else "luck of its own in every run"
        return [
            f"{self.plan.where.stem}: {file.title}",
            f"{', '.join(self.plan.scenarios)}{under}",
            f"{cells.count:,} cells (design: {file.design.kind or 'none'}; parameters that vary: {len(cells.columns)})",
            f"replicates in each: {cells.replicates:,}, with {luck}; seed {cells.seed}",
            f"kept of each run: a row{''.join(f', {item}' for item in kept)}",
            cost.rough(self.job, usable_cores()).line(),
        ]

    def estimate(self, workers: int, done: int = 0) -> Estimate:
        """What is left to do will cost; raises InputError when the whole sweep is more than its limits allow."""
        found = cost.measured(self.job, workers, self.tasks, (self.cells.runs - done) / self.cells.runs)
        found.refuse_beyond(self.limits, str(self.plan.where))
        return found


def prepared(
    plan: Plan,
    *,
    actors: Mapping[str, type[Actor]] | None = None,
    limits: Mapping[str, float | None] | None = None,
    chunk: int | None = None,
) -> Sweep:
    """A plan with doctrines for some states, and with limits that win over its own.

    Raises InputError when it has more runs than it may, or when a scenario cannot be started.
    """
    said = {key: value for key, value in (limits or {}).items() if value is not None}
    allowed = fitted({**plan.file.limits.model_dump(), **said}, Limits, "limits")
    cells = cells_of(plan)
    job = Job(cells, plan.file.record, dict(actors or {}))
    cost.rough(job, workers=1).refuse_runs(allowed, str(plan.where))
    for number, variant in enumerate(cells.variants):
        first = number * cells.cells_each
        variant.scenario.prepare(cells.seed, 0, 1, actors=actors, values=cells.swept(first, 1))
    return Sweep(plan, job, allowed, chunk)


def run(
    sweep: Sweep,
    out: Path,
    *,
    workers: int = 1,
    resume: bool = False,
    force: bool = False,
    executor: str = "local",
    scheduler: str | None = None,
    start: str = "spawn",
    program: str = "regime-abm",
    command: str = "",
    announce: Announce | None = None,
    begun: Callable[[Path], None] | None = None,
    progress: Progress | None = None,
) -> tuple[Path, Filled]:
    """Fill the folder `out`, or with `force` one beside it where it cannot be used; returns it and the number of runs.

    program, command: how this program is called, and how this sweep was, for those who read the results.
    announce hears what it will cost before it starts; begun hears the folder. Raises InputError (nothing was touched),
    Stopped and DiskFull (what is done is safe, and the sweep can be resumed).
    """
    if executor not in EXECUTORS:
        raise InputError(f"executor: {executor!r} is unknown{nearest(executor, EXECUTORS)}")
    out = Path(out).absolute()
    if force and out.exists() and not (resume and not _differs(sweep, out)):
        out, resume = _free(out), False
    runs = sweep.cells.runs
    if not resume:
        _estimated(sweep, workers, 0, out, announce)
    notes = {"command": command, "plan": str(sweep.plan.where.absolute()), **_about(sweep.plan)}
    beginning = Store.begin(out, sweep.fixed, runs=runs, tasks=sweep.tasks, notes=notes, resume=resume)
    with beginning as store:
        if begun is not None:
            begun(out)
        if resume and store.runs_done < runs:
            _estimated(sweep, workers, store.runs_done, out, announce)
        filled = fill(
            store,
            functools.partial(work, sweep.job.packed()),
            tasks(sweep.job, sweep.chunk),
            workers=workers,
            executor=executor,
            scheduler=scheduler,
            start=start,
            isolate=bool(sweep.job.actors),  # a doctrine may do anything
            replay=lambda run: f"{program} replay {shlex.quote(str(out))} --run {run}",
            progress=progress,
        )
    return out, filled


def usable_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _estimated(sweep: Sweep, workers: int, done: int, out: Path, announce: Announce | None) -> None:
    found = sweep.estimate(workers, done)
    if announce is not None:
        there = out.parent if out.parent.is_dir() else None
        announce(replace(found, free=shutil.disk_usage(there).free if there else None))


def _differs(sweep: Sweep, out: Path) -> bool:
    about = store_manifest.read(out)
    return bool(differences(about["fixed"], json.loads(json.dumps(sweep.fixed)))) or about["tasks"] != sweep.tasks


def _free(out: Path) -> Path:
    """The first free name like `out`-2."""
    return next(path for k in range(2, 10_000) if not (path := out.with_name(f"{out.name}-{k}")).exists())


def _json(file: Any) -> dict[str, Any]:
    return file.model_dump(mode="json", by_alias=True, exclude_none=True)


def _about(plan: Plan) -> dict[str, Any]:
    return {key: value for key, value in _json(plan.file).items() if key in _ABOUT_WORDS}


def _scenario_files(path: Path) -> dict[str, Any]:
    texts, region = files_of(path)
    return {
        "texts": [file.read_text("utf-8-sig") for file in texts],
        "region": {file.name: _digest(file) for file in region},
    }


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
