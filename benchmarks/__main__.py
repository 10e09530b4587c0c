"""``python -m benchmarks``: every figure beside its goal; exit code 1 when one is missed."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.speed import Figure


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out what takes minutes: agreement, and sweeps of many runs")
    parser.add_argument("--no-page", action="store_true", help="leave out the page in a browser")
    asked = parser.parse_args()
    for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ[threads] = "1"  # before NumPy is imported: every figure is for one core
    print(_platform(), flush=True)
    met = _print(_figures(asked.quick))
    print("no part of the month is compiled: Numba was slower, and other bits; docs/speed.md, python -m benchmarks.compiled")
    if not asked.no_page:
        from benchmarks import bench_page

        print(flush=True)
        met &= bench_page.main() == 0
    return int(not met)


def _platform() -> str:
    import mesa
    import numpy

    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    versions = f"Python {platform.python_version()}, numpy {numpy.__version__}, mesa {mesa.__version__}"
    return f"{versions}; {platform.machine()}, {os.cpu_count()} cores{load}"


def _figures(quick: bool) -> Iterator[Figure]:
    from benchmarks import agreement, speed, sweeps
    from regime_abm.scenario import load

    baseline = load("baseline_2018")
    yield from speed.waiting("baseline_2018")
    yield from speed.whole_core("baseline_2018")
    yield from speed.interactive_month(baseline)
    yield from speed.against_mesa(baseline)
    yield from speed.scaling()
    yield from sweeps.store(baseline)
    yield from sweeps.two_workers(baseline)
    if quick:
        return
    yield from sweeps.memory()
    yield from sweeps.linear(baseline)
    found = agreement.agreement(baseline, workers=2)
    widest = max(found, key=lambda item: abs(item.z))
    yield speed.Figure(
        "engine and plain Mesa, 8 measures",
        f"{abs(widest.z):.2f} SE",
        f"<= {agreement.STANDARD_ERRORS:g} SE",
        all(item.agrees for item in found),
        f"widest: {widest.measure}; n={agreement.RUNS} of the reference, {agreement.ENGINE_RUNS} times as many of the engine",
    )
    print("\n" + agreement.table(found))


def _print(figures: Iterable[Figure]) -> bool:
    print(f"{'figure':<38}{'measured':>12}{'goal':>12}")
    met = True
    for item in figures:
        verdict = "met" if item.met else "MISSED"
        print(f"{item.name:<38}{item.measured:>12}{item.goal:>12}  {verdict:<7} {item.note}".rstrip(), flush=True)
        met &= bool(item.met)
    return met


if __name__ == "__main__":
    sys.exit(main())
