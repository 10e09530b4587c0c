"""Plans for tests: written as files, on a made-up region that runs in no time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from regime_abm.plan import Plan, load_plan
from regime_abm.store import Stored
from regime_abm.sweeps import running
from tests.helpers import WORLDS

TRIO = str(WORLDS / "trio.toml")
QUARTET = str(WORLDS / "quartet.toml")
GRID = """
[design.grid]
"trust.asymmetry" = [1.5, 2.0, 4.0]
"choice.precision" = [3.0, 6.0]
"""


def head(replicates: int = 4, months: int = 12, scenarios: tuple[str, ...] = (TRIO,), **more: Any) -> str:
    """The first lines of a plan; more: other fields, as TOML."""
    lines = ["schema = 1", f"scenarios = {list(scenarios)!r}", f"replicates = {replicates}", f"months = {months}"]
    return "\n".join([*lines, *(f"{name} = {value}" for name, value in more.items())]) + "\n"


def plan(folder: Path, text: str, name: str = "plan.toml") -> Plan:
    """A plan, written and read."""
    path = folder / name
    path.write_text(text, "utf-8")
    return load_plan(path)


def swept(
    folder: Path, text: str, out: str = "out", *, chunk: int | None = None, actors: Any = None, **options: Any
) -> Stored:
    """A plan, written, run and opened."""
    path, _ = running.run(running.prepared(plan(folder, text), chunk=chunk, actors=actors), folder / out, **options)
    return Stored.open(path)


def tables(stored: Stored) -> dict[str, pd.DataFrame]:
    """All tables of a sweep."""
    return {kind: stored.table(kind) for kind in stored.kinds}


def same(one: Stored, other: Stored) -> bool:
    """Whether two sweeps hold the same tables, bit for bit."""
    here, there = tables(one), tables(other)
    return here.keys() == there.keys() and all(here[kind].equals(there[kind]) for kind in here)


def part_bytes(folder: Path) -> dict[str, bytes]:
    """Every part of a sweep: path -> its bytes."""
    parts = folder / "parts"
    return {
        path.relative_to(parts).as_posix(): path.read_bytes() for path in sorted(parts.rglob("*")) if path.is_file()
    }
