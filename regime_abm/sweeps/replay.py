"""A stored run once more: its row, or its whole future, from nothing but the folder of its sweep."""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from regime_abm.actor import Actor
from regime_abm.errors import InputError
from regime_abm.forms import fitted
from regime_abm.plan import PlanFile, checked_plan
from regime_abm.scenario import Scenario
from regime_abm.store import Stored, differences, failures_table
from regime_abm.supervisor import Lost, Task
from regime_abm.sweeps.running import Sweep, prepared
from regime_abm.sweeps.work import tables

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class StoredRun:
    """A run of a stored sweep, ready to be run again.

    replicate: which of the seed's futures it is; values: parameter -> (1,) value that the sweep set. changed: what differs
    from when it was stored; empty where equal bits are promised.
    """

    folder: Path
    run: int
    scenario: Scenario
    seed: int
    replicate: int
    values: Mapping[str, np.ndarray]
    actors: Mapping[str, type[Actor]]
    changed: list[str]
    sweep: Sweep


@dataclass(frozen=True)
class Replay:
    """What came of it. equal: the stored rows are the very same; differing: columns of them that are not.

    stored, now: the row of the run then and now, or the row of its failure. changed: as of :class:`StoredRun`.
    """

    run: int
    equal: bool
    differing: list[str]
    stored: dict[str, Any]
    now: dict[str, Any]
    changed: list[str]


def stored_run(folder: Path | str, run: int) -> StoredRun:
    """A run by its number. Raises InputError when there is none, or when its scenario is not to be had any more."""
    stored = Stored.open(folder, allow_partial=True)
    runs, fixed, notes = stored.manifest["runs"], stored.manifest["fixed"], stored.manifest["notes"]
    if not 0 <= run < runs:
        raise InputError(f"run: {run} is outside 0 to {runs - 1}, the runs of {folder}")
    file = fitted(fixed["plan"], PlanFile, str(folder))
    sweep = prepared(
        checked_plan(file, Path(notes["plan"])),
        actors=_actors(fixed["actors"]),
        limits={"runs": runs},
        chunk=fixed["chunk"],
    )
    cells = sweep.cells
    variant, cell, _ = cells.place(run)
    return StoredRun(
        stored.folder,
        run,
        cells.variants[variant].scenario,
        cells.seed,
        cells.luck(run),
        cells.swept(cell, 1),
        sweep.job.actors,
        differences(fixed, json.loads(json.dumps(sweep.fixed))),
        sweep,
    )


def replay(folder: Path | str, run: int) -> Replay:
    """Run a stored run again and compare its rows; a run that failed then is told as it goes now. Raises InputError."""
    found = stored_run(folder, run)
    stored = Stored.open(folder, allow_partial=True)
    task = Task(0, run, 1)
    try:
        now = {kind: table.to_pandas() for kind, table in tables(found.sweep.job, task).items()}
    except Exception as error:  # that is what is asked for
        now = {"failures": failures_table([Lost.of(run, error)]).to_pandas()}
    then = {kind: stored.table(kind, where=[("run", "==", run)]) for kind in sorted({*now, *stored.kinds})}
    then = {kind: table for kind, table in then.items() if len(table)}
    if not then:
        raise InputError(f"run: {run} is not there yet; go on with regime-abm sweep ... --resume")
    differing = [
        f"{kind}.{column}"
        for kind in sorted({*now, *then})
        for column in _differing(then.get(kind), now.get(kind))
        if f"{kind}.{column}" not in ("failures.traceback", "failures.replay")
    ]
    return Replay(run, not differing, differing, _row(then), _row(now), found.changed)


def _differing(then: pd.DataFrame | None, now: pd.DataFrame | None) -> list[str]:
    if then is None or now is None:
        return ["run"]
    then, now = then.reset_index(drop=True), now.reset_index(drop=True)
    names = dict.fromkeys([*then.columns, *now.columns])
    return [name for name in names if name not in then or name not in now or not then[name].equals(now[name])]


def _row(tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    table = tables.get("runs", tables.get("failures"))
    return {} if table is None else json.loads(table.to_json(orient="records"))[0]


def _actors(named: Mapping[str, str]) -> dict[str, type[Actor]]:
    """Doctrines by the names that the manifest keeps; they are looked for in the present folder, too."""
    found: dict[str, type[Actor]] = {}
    for state, name in named.items():
        module, _, kind = name.partition(":")
        if os.getcwd() not in sys.path:
            sys.path.append(os.getcwd())
        try:
            found[state] = getattr(importlib.import_module(module), kind)
        except (ImportError, AttributeError) as error:
            raise InputError(f"actors.{state}: {error}") from None
    return found
