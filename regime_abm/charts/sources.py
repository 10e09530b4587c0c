"""Where charts take their tables from: a run in memory, the folder of one, two runs of twins, a comparison, a sensitivity."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regime_abm.charts import flow, tornado
from regime_abm.charts.about import About
from regime_abm.comparison import Comparison
from regime_abm.errors import InputError, nearest
from regime_abm.files import read_text
from regime_abm.influence import Sensitivity
from regime_abm.results import Result
from regime_abm.scenario import shipped_names
from regime_abm.tables import find_table
from regime_abm.version import VERSION

if TYPE_CHECKING:
    import pandas as pd

_LARGEST = 2**26  # bytes of a summary; that of many tested regimes is long
_WANTED = {
    "resilience_table": "run it with --robust",
    "effects": "it comes from a sensitivity analysis",
    "flows": "name a second run to compare it with (against)",
}


@dataclass(frozen=True)
class Source:
    """Tables by name, what every figure says about them, and what the source knows of a chart's choices."""

    about: About
    table: Callable[[str], pd.DataFrame]
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def suited(chart: str, given: Any, against: Any) -> None:
    """Raise InputError, before anything is run, where a chart cannot be drawn from what is given."""
    pair = isinstance(given, Comparison) or against is not None
    if pair != (chart == "flow"):
        raise InputError(f"against: the chart {chart} " + ("shows one run" if pair else "needs a second run"))
    if isinstance(given, Sensitivity) != (chart == "tornado"):
        wanted = (
            "shows a sensitivity analysis, not a run"
            if chart == "tornado"
            else "shows a run, not a sensitivity analysis"
        )
        raise InputError(f"chart: {chart} {wanted}")


def source_of(
    given: Any, run: Callable[..., Result], *, arm: str | None = None, outcome: str | None = None, **options: Any
) -> Source:
    """Whatever is given as a source: a Comparison, a Sensitivity, a Result, the folder of one, or a scenario to `run` with
    the options. Raises InputError for options where nothing is to be run."""
    if isinstance(given, Comparison):
        return of_comparison(given, arm)
    if isinstance(given, Sensitivity):
        return of_sensitivity(given, outcome)
    finished = isinstance(given, Result) or is_folder(given)
    if not finished:
        return of_result(run(given, **options))
    for name in options:
        raise InputError(f"{name}: a finished run has its own; leave it out")
    return of_result(given) if isinstance(given, Result) else of_folder(Path(given))


def is_folder(given: Any) -> bool:
    """Whether some words name a folder with a finished run rather than a scenario."""
    return isinstance(given, str | Path) and str(given) not in shipped_names() and Path(given).is_dir()


def of_result(result: Result) -> Source:
    """A finished run."""

    def table(name: str) -> pd.DataFrame:
        if not hasattr(result, name) or (name == "resilience_table" and not result.robust_tested):
            raise InputError(_missing(result.scenario, name))
        return getattr(result, name)

    return Source(About.of(result.about()), table)


def summary_of(folder: Path) -> dict[str, Any]:
    """The summary in a folder that `run --out` has written. Raises InputError for what is none."""
    path = folder / "summary.json"
    if not path.exists():
        raise InputError(f"{folder}: is no folder that run --out has written (there is no summary.json)")
    try:
        summary = json.loads(read_text(path, largest=_LARGEST))
    except ValueError as error:
        raise error if isinstance(error, InputError) else InputError(f"{path}: is not JSON ({error})") from None
    if not isinstance(summary, dict):
        raise InputError(f"{path}: is not the summary of a run")
    return summary


def of_folder(folder: Path) -> Source:
    """A folder that `run --out` has written. Raises InputError for what is none."""
    summary = summary_of(folder)
    try:
        about = About.of(summary)
    except InputError as error:
        raise InputError(f"{folder / 'summary.json'}: {error}") from None

    def table(name: str) -> pd.DataFrame:
        found = find_table(folder, name)
        if found is None:
            raise InputError(_missing(str(folder), name))
        return found

    return Source(about, table)


def twins(a: Source, b: Source) -> Source:
    """Two runs of the same futures, for a flow. Raises InputError when their futures are no twins."""
    one, two = a.about, b.about
    if (one.seeds, one.months) != (two.seeds, two.months):
        raise InputError("against: the two runs have other seeds or months, so that their futures are no twins")
    return _of_flows(one, two, lambda: flow.flows(a.table("outcomes"), b.table("outcomes")), None)


def of_comparison(found: Comparison, arm: str | None = None) -> Source:
    """A Comparison: from its control to one of its other arms, the first by default. Raises InputError for an unknown arm."""
    arm = found.treatments[0] if arm is None else arm
    if arm not in found.treatments:
        raise InputError(f"arm: unknown arm {arm!r}{nearest(arm, found.treatments)}")
    sides = [
        About(
            scenario=f"{name} ({found.titles[name]})",
            title=found.titles[name],
            start=None,
            months=found.months,
            replicates=found.replicates,
            seeds=(found.seed,),
            version=VERSION,
            drawn=found.draw_parameters,
            parameters=found.parameters[name],
        )
        for name in (found.control, arm)
    ]
    return _of_flows(sides[0], sides[1], lambda: flow.long(found.flows(arm)), (found.control, arm))


def _of_flows(a: About, b: About, flows: Callable[[], pd.DataFrame], names: tuple[str, str] | None) -> Source:
    def table(name: str) -> pd.DataFrame:
        if name != "flows":
            raise InputError(f"against: two runs together have no table {name!r}; only a flow shows both")
        return flows()

    return Source(a, table, {"flow": {"other": b, "names": names}})


def of_sensitivity(found: Sensitivity, outcome: str | None = None) -> Source:
    """A Sensitivity: what moves one of its outcomes, the first by default. Raises InputError for an unknown outcome."""
    outcomes = found.outcomes.set_index("outcome")
    outcome = outcomes.index[0] if outcome is None else outcome
    if outcome not in outcomes.index:
        raise InputError(f"outcome: unknown outcome {outcome!r}{nearest(outcome, outcomes.index)}")
    item = outcomes.loc[outcome]
    about = About(
        scenario=found.scenario,
        title=found.scenario,
        start=None,
        months=found.months,
        replicates=found.futures,
        seeds=(found.seed,),
        version=VERSION,
        preset=found.preset,
        drawn=True,
    )
    effects, options = tornado.effects(found.table[found.table["outcome"] == outcome], found.sample.method, item.unit)
    n = f"{found.futures:,} futures in {len(found.sample.points):,} settings of the parameters"

    def table(name: str) -> pd.DataFrame:
        if name != "effects":
            raise InputError(_missing("sensitivity", name))
        return effects

    return Source(about, table, {"tornado": {**options, "outcome": item.title, "n": n}})


def _missing(where: str, name: str) -> str:
    return f"{where}: has no table {name!r}; {_WANTED.get(name, 'write the folder anew with this version')}"
