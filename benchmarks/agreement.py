"""Do the engine and its plain-Mesa twin say the same? Eight measures, many runs each with luck of their own.

    python -m benchmarks.agreement --runs 2000 --months 60

A difference of more than 3 standard errors is a bug in one of the two. Each run's value is its mean over the
months; attendance is counted over all meetings of a run.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np

from benchmarks.plain_mesa import batch
from benchmarks.plain_parts import Setting, setting
from benchmarks.submodel import MEASURES, simulate
from regime_abm.ensemble import chunks
from regime_abm.scenario import Scenario, load

RUNS, MONTHS, STANDARD_ERRORS = 2000, 60, 3.0
ENGINE_RUNS = 5  # for each of the reference: they are cheap, and only the reference's own error is left
_SHARE = 125  # runs of one batch_run: the rows of all of them are held at once


@dataclass(frozen=True)
class Compared:
    """One measure in both: means over the runs, and the standard error of their difference."""

    measure: str
    reference: float
    engine: float
    error: float

    @property
    def z(self) -> float:
        """The difference in standard errors."""
        difference = self.engine - self.reference
        if not self.error:
            return math.copysign(math.inf, difference) if difference else 0.0
        return difference / self.error

    @property
    def agrees(self) -> bool:
        return abs(self.z) <= STANDARD_ERRORS


def reference_runs(setting: Setting, first: int, count: int, months: int) -> np.ndarray:
    """(8, count): each run's mean over its months, from mesa.batch_run."""
    rows = batch(setting, range(first, first + count), months)
    values = np.full((len(MEASURES), months, count), np.nan)
    for row in rows:
        values[:, row["Step"], row["luck"] - first] = [row[measure] for measure in MEASURES]
    return over_months(values)


def engine_runs(scenario: Scenario, seed: int, count: int, months: int) -> np.ndarray:
    """(8, count): each run's mean over its months, from the engine."""
    parts = (over_months(simulate(scenario, seed, first, size, months)) for first, size in chunks(count))
    return np.concatenate(list(parts), axis=1)


def over_months(values: np.ndarray) -> np.ndarray:
    """(8, R) means over the months of (8, months, R), leaving out months in which nothing was counted."""
    counted = ~np.isnan(values)
    total = np.where(counted, values, 0.0).sum(axis=1)
    return np.divide(total, counted.sum(axis=1), out=np.full(total.shape, np.nan), where=counted.any(axis=1))


def compared(reference: np.ndarray, engine: np.ndarray) -> list[Compared]:
    """The two (8, runs) arrays measure by measure; runs in which nothing was counted are left out."""
    found = []
    for place, measure in enumerate(MEASURES):
        a, b = (values[place][~np.isnan(values[place])] for values in (reference, engine))
        error = math.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
        found.append(Compared(measure, float(a.mean()), float(b.mean()), error))
    return found


def agreement(
    scenario: Scenario,
    *,
    runs: int = RUNS,
    months: int = MONTHS,
    seed: int = 1,
    workers: int = 1,
    told: Callable[[int], None] | None = None,
) -> list[Compared]:
    """The reference `runs` times, the engine ENGINE_RUNS times as often; `told` hears how many of the reference are done."""
    shares = list(chunks(runs, _SHARE))
    first = [seed * 1_000_000 + place for place, _ in shares]
    jobs = ([setting(scenario)] * len(shares), first, [count for _, count in shares], [months] * len(shares))
    if workers > 1:
        with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
            parts = _collected(pool.map(reference_runs, *jobs), told)
    else:
        parts = _collected(map(reference_runs, *jobs), told)
    return compared(np.concatenate(parts, axis=1), engine_runs(scenario, seed, ENGINE_RUNS * runs, months))


def _collected(parts: Iterable[np.ndarray], told: Callable[[int], None] | None) -> list[np.ndarray]:
    kept: list[np.ndarray] = []
    for part in parts:
        kept.append(part)
        if told is not None:
            told(sum(item.shape[1] for item in kept))
    return kept


def table(found: Iterable[Compared]) -> str:
    """The comparison as text."""
    lines = [f"{'measure':<33}{'plain Mesa':>12}{'engine':>12}{'std. error':>12}{'z':>8}"]
    lines += [
        f"{item.measure:<33}{item.reference:>12.5f}{item.engine:>12.5f}{item.error:>12.5f}{item.z:>+8.2f}"
        + ("" if item.agrees else "  disagrees")
        for item in found
    ]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--scenario", default="baseline_2018", help="name or path of a scenario")
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--months", type=int, default=MONTHS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2, help="processes for the reference")
    asked = parser.parse_args()
    found = agreement(
        load(asked.scenario), runs=asked.runs, months=asked.months, seed=asked.seed, workers=asked.workers
    )
    engine = ENGINE_RUNS * asked.runs
    print(f"{asked.scenario}, {asked.runs} runs of the reference, {engine} of the engine, {asked.months} months")
    print(table(found))
    return int(not all(item.agrees for item in found))


if __name__ == "__main__":
    raise SystemExit(main())
