"""The public Python interface; the command line and the dashboard import nothing else of the package.

Importing it is light: no Mesa, no Solara, no SciPy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from regime_abm import reports
from regime_abm.actor import Actor, Sight, per_replicate
from regime_abm.beliefs import DRAWS, Belief
from regime_abm.beliefs import REPLICATES as BELIEF_REPLICATES
from regime_abm.beliefs import believe as _believe
from regime_abm.charts import CHARTS, Figure, checked, drawn, is_folder, ready, source_of, suited, twins
from regime_abm.claims import FULL, QUICK, Claim, ClaimsFound, Size, load_claims
from regime_abm.claims import run as _claims
from regime_abm.comparison import Comparison, arm_of, months_of, named_arms, setting_of
from regime_abm.comparison import compare as _compare
from regime_abm.core.names import ACTIONS, SEVERITY
from regime_abm.core.parameter import name_of, parameters_of
from regime_abm.core.world import GLOSSARY
from regime_abm.discovery import HELD_OUT, Discovery
from regime_abm.discovery import discover as _discover
from regime_abm.effective import Difference, Effective, differences, either
from regime_abm.effective import effective as _effective
from regime_abm.endings import ENDINGS, Ending
from regime_abm.enough import Standstill, Until, until_precise
from regime_abm.ensemble import SMALL_CHUNK, Chunk, Progress, chunk_size, ensemble, simulate
from regime_abm.errors import HiddenFromSight, InputError, nearest
from regime_abm.export import graphml, write_graphml
from regime_abm.export import network as _network
from regime_abm.files import month_index, month_text, months_since, number, read_toml
from regime_abm.future import Watch
from regime_abm.influence import METHODS, SAMPLES, Sensitivity, Told, sample, varied
from regime_abm.influence import REPLICATES as SENSITIVITY_REPLICATES
from regime_abm.influence import sensitivity as _sensitivity
from regime_abm.intervals import share_interval
from regime_abm.measures import MEASURES, Measure
from regime_abm.measures.event_log import KINDS, Event
from regime_abm.measures.outcome import CLASSES, KEYS, OutcomeClass
from regime_abm.measures.regime import LEGS, NO_CLASH, RELAPSES, Leg
from regime_abm.mechanisms import COMPLETE
from regime_abm.migrate import migrate
from regime_abm.palette import Choice, Field, palette
from regime_abm.paths import results_folder
from regime_abm.plan import Plan, find_plan, load_plan
from regime_abm.region import Region
from regime_abm.region_files import CERTAINTY
from regime_abm.reports import FANS
from regime_abm.results import Result, joined, middle, seconds_of
from regime_abm.robust import Resilience
from regime_abm.scenario import (
    MOST_MONTHS,
    Preset,
    Scenario,
    load,
    load_preset,
    mechanism,
    module_names,
    preset_names,
    shipped_names,
)
from regime_abm.store import Report, Stored
from regime_abm.store import verify as _verify
from regime_abm.sweeps import running
from regime_abm.sweeps.cost import Estimate, told_time
from regime_abm.sweeps.reading import outcome_counts
from regime_abm.sweeps.replay import Replay, stored_run
from regime_abm.sweeps.replay import replay as _replay
from regime_abm.tables import read_table, refuse_existing, write_table
from regime_abm.validate import Gate, Validation
from regime_abm.validate import validate as _validate
from regime_abm.why import Why, WhyPart
from regime_abm.why_chain import Chain, Link

if TYPE_CHECKING:
    import pandas as pd

MOST_REPLICATES = 1_000_000
MOST_UNTIL = 20_000  # futures at which the search for narrow intervals ends, unless told otherwise
MOST_SEED = 2**63 - 1
_BYTES_PER_FUTURE_MONTH = 8 * len(MEASURES) + 6  # and outcome, regime, relapse, legs, quiet
_MOST_BYTES = 8 * 2**30

__all__ = [
    "ACTIONS",
    "BASELINE",
    "CERTAINTY",
    "CHARTS",
    "CLASSES",
    "ENDINGS",
    "GLOSSARY",
    "HELD_OUT",
    "KEYS",
    "KINDS",
    "LEGS",
    "MEASURES",
    "NO_CLASH",
    "QUICK_CLAIMS",
    "RELAPSES",
    "SEVERITY",
    "Actor",
    "Belief",
    "Chain",
    "Choice",
    "Claim",
    "ClaimsFound",
    "Comparison",
    "Difference",
    "Discovery",
    "Effective",
    "Ending",
    "Estimate",
    "Event",
    "Field",
    "Figure",
    "Futures",
    "Gate",
    "HiddenFromSight",
    "InputError",
    "Leg",
    "Link",
    "Measure",
    "OutcomeClass",
    "Plan",
    "Preset",
    "Region",
    "Replay",
    "Report",
    "Resilience",
    "Result",
    "Scenario",
    "ScenarioInfo",
    "Sensitivity",
    "Sight",
    "Standstill",
    "Stored",
    "Until",
    "Validation",
    "Watch",
    "Why",
    "WhyPart",
    "believe",
    "check",
    "claims",
    "compare",
    "diff",
    "discover",
    "effective",
    "forum_table",
    "futures",
    "graphml",
    "is_folder",
    "load",
    "load_claims",
    "load_plan",
    "load_preset",
    "mechanism",
    "migrate",
    "module_names",
    "month_index",
    "month_text",
    "months_since",
    "nearest",
    "network",
    "open_results",
    "outcome_counts",
    "palette",
    "parameter_table",
    "per_replicate",
    "plot",
    "presets",
    "prior_curve",
    "ready",
    "refuse_existing",
    "replay",
    "report",
    "results_folder",
    "run",
    "scenarios",
    "schedule_table",
    "sensitivity",
    "setting_of",
    "share_interval",
    "sweep",
    "told_time",
    "validate",
    "verify",
    "watch",
    "watch_run",
    "write_graphml",
    "write_table",
]


@dataclass(frozen=True)
class ScenarioInfo:
    """A shipped scenario in one line; extends: what it changes, "" for a baseline; primary_measure: a yardstick's key."""

    name: str
    title: str
    question: str
    start: str
    months: int
    extends: str = ""
    essay: tuple[str, ...] = ()
    primary_measure: str = ""


QUICK_CLAIMS = QUICK.draws * QUICK.replicates  # futures of one arm of a claim at the quick size
BASELINE = "baseline_2018"  # what is meant where no scenario is named


def scenarios() -> list[ScenarioInfo]:
    """The shipped scenarios: BASELINE, the other baselines, then the library, which extends them."""
    loaded = sorted(map(load, shipped_names()), key=lambda item: (item.name != BASELINE, bool(item.extends), item.name))
    return [_info(item) for item in loaded]


def _info(item: Scenario) -> ScenarioInfo:
    start = month_text(item.start)
    about = item.extends, item.essay, item.primary_measure
    return ScenarioInfo(item.name, item.title, item.question, start, item.months, *about)


def presets() -> list[Preset]:
    """The shipped presets: rival readings of the theory that can be laid under any scenario."""
    return [load_preset(name) for name in preset_names()]


def _scenario(
    scenario: str | Path | Scenario,
    parameters: Mapping[str, float] | None = None,
    preset: str | Path | Preset | None = None,
) -> Scenario:
    chosen = scenario if isinstance(scenario, Scenario) else load(scenario)
    chosen = chosen.with_preset(preset) if preset else chosen
    return chosen.with_parameters(parameters) if parameters else chosen


def whole(value: Any, name: str, low: int, high: int) -> int:
    """A whole number within low..high; InputError names the field."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise InputError(f"{name}: {value!r} is not a whole number ({low} to {high})")
    if not low <= value <= high:
        raise InputError(f"{name}: {value} is outside {low} to {high}")
    return int(value)


def run(
    scenario: str | Path | Scenario,
    *,
    replicates: int = 1000,
    months: int | None = None,
    seed: int = 1,
    workers: int = 1,
    draw_parameters: bool = False,
    parameters: Mapping[str, float] | None = None,
    preset: str | Path | Preset | None = None,
    actors: Mapping[str, type[Actor]] | None = None,
    robust: bool = False,
    precision: float | None = None,
    most: int | None = None,
    progress: Progress | None = None,
    robust_progress: Progress | None = None,
) -> Result:
    """Run many futures of a scenario.

    scenario: name of a shipped one, path of a file, or a loaded Scenario. replicates: 1 to 1,000,000 futures.
    months: 1 to 1200, the scenario's own by default. seed: equal seeds give equal bits on one platform.
    draw_parameters: draw each parameter that is not set from its prior, once for each future; else the stated values.
    parameters: "mechanism.name" -> value, on top of the scenario's. preset: a reading of the theory, by name or path, that
    sets what neither of these has set. actors: state code -> subclass of Actor.
    robust: put every future that ends in a security regime to the test by twin branches, which takes time of its own.
    precision: run at least `replicates` futures, and more until the 95 % intervals of all outcome shares reach no further
    than this to either side (.001 to .5), or `most` futures are there (20,000, or `replicates` where that is more).
    progress: called with (futures' months done, wanted); robust_progress with (regimes of the chunk tested, to be tested).
    Raises InputError for anything out of range.
    """
    chosen = _scenario(scenario, parameters, preset)
    whole(replicates, "replicates", 1, MOST_REPLICATES)
    span = whole(chosen.months if months is None else months, "months", 1, MOST_MONTHS)
    whole(seed, "seed", 0, MOST_SEED)
    whole(workers, "workers", 1, 256)
    room = _MOST_BYTES // ((span + 1) * _BYTES_PER_FUTURE_MONTH)
    if replicates > room:
        need = replicates * (span + 1) * _BYTES_PER_FUTURE_MONTH / 2**30
        raise InputError(f"replicates: {replicates} for {span} months need {need:.0f} GiB; at most {room}")
    options: dict[str, Any] = {"workers": workers, "months": span, "draw_parameters": draw_parameters, "actors": actors}
    options |= {"robust": robust, "progress": progress, "robust_progress": robust_progress}
    until = None
    if precision is None:
        parts, seconds = ensemble(chosen, seed, replicates, **options)
    else:
        number(precision, "precision", 0.001, 0.5)
        most = max(MOST_UNTIL, replicates) if most is None else whole(most, "most", replicates, MOST_REPLICATES)
        options |= {"fewest": replicates, "most": min(most, room)}
        parts, seconds, until = until_precise(chosen, seed, precision, **options)
    series, outcome = joined(parts)
    seconds, robust_seconds = seconds_of(parts, seconds)
    return Result(
        scenario=chosen.name,
        title=chosen.title,
        start=chosen.start,
        seed=seed,
        replicates=len(outcome),
        months=span,
        draw_parameters=draw_parameters,
        parameters=chosen.parameters,
        series=series,
        outcome=outcome,
        **{
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in ("regime", "relapse", "legs", "quiet")
        },
        seconds=seconds,
        robust_tested=robust,
        resilience=tuple(item for part in parts for item in part.resilience),
        robust_seconds=robust_seconds,
        until=until,
        preset=chosen.preset,
    )


def plot(
    source: Result | Comparison | Sensitivity | str | Path | Scenario,
    chart: str = "shares",
    *,
    against: Result | str | Path | Scenario | None = None,
    measure: str | None = None,
    replicate: int | None = None,
    arm: str | None = None,
    outcome: str | None = None,
    **options: Any,
) -> Figure:
    """Draw a chart; `.save(path)` writes it as .html, .svg, .png, .pdf or .csv, and a notebook shows it.

    source: a Result, the folder that ``run --out`` has written, a scenario (which is run first; options are those of
    :func:`run`), a Comparison or a Sensitivity. chart: a key of CHARTS. against: for a flow, the second run of the same
    futures. measure: of a fan. replicate: of a resilience curve, the future whose regime is shown. arm: of a Comparison.
    outcome: of a Sensitivity. Raises InputError that names the nearest right word.
    """
    choices = {key: value for key, value in (("measure", measure), ("replicate", replicate)) if value is not None}
    checked(chart, choices)
    suited(chart, source, against)
    runner = partial(run, robust=True) if chart == "resilience" else run
    found = source_of(source, runner, arm=arm, outcome=outcome, **options)
    if against is not None:
        found = twins(found, source_of(against, runner, **options))
    return drawn(chart, found, **choices)


def report(
    source: Result | Comparison | str | Path | Scenario,
    output: str | Path,
    *,
    against: Sequence[str | Path | Scenario] = (),
    measures: Sequence[str] = FANS,
    overwrite: bool = False,
    **options: Any,
) -> Path:
    """Write a page to mail or print: figures, tables, caution, and the command that makes it again.

    source: a Result, the folder that ``run --out`` has written, a Comparison, or a scenario (which is run first; options are
    those of :func:`run`). output: new file in .html. against: scenarios to compare with it, on the same futures (options are
    those of :func:`compare`). measures: of a run, those whose fans are shown. Raises InputError that names the nearest right
    word, for options of a finished run, and for a file that is there already (unless overwrite).
    """
    path = reports.ready(output, overwrite)
    if isinstance(source, Result | Comparison) or (not isinstance(source, Scenario) and is_folder(source)):
        for name in (*options, *(["against"] if against else [])):
            raise InputError(f"{name}: a finished run has its own; leave it out, or name the scenario")
        return reports.save(reports.page(source, measures), path, overwrite)
    found = compare([source, *against], **options) if against else run(source, **options)
    return reports.save(reports.page(found, measures), path, overwrite)


def network(
    scenario: str | Path | Scenario,
    month: str | int,
    *,
    seed: int = 1,
    replicate: int = 0,
    replicates: int = 1,
    parameters: Mapping[str, float] | None = None,
    preset: str | Path | Preset | None = None,
) -> Any:
    """The states and forums of a month as a networkx.DiGraph, of one future or the mean over several.

    month: like 2019-02, or months since the start. replicate: the (first) future; replicates: how many to take the mean of.
    :func:`regime_abm.export.network` tells the nodes and edges; :func:`write_graphml` writes them. Raises InputError for
    anything out of range.
    """
    chosen = _scenario(scenario, parameters, preset)
    whole(seed, "seed", 0, MOST_SEED)
    whole(replicate, "replicate", 0, MOST_REPLICATES - 1)
    whole(replicates, "replicates", 1, MOST_REPLICATES)
    return _network(
        chosen, months_since(month, chosen.start, chosen.months), seed=seed, first=replicate, replicates=replicates
    )


def compare(
    arms: Sequence[str | Path | Scenario] | Mapping[str, str | Path | Scenario],
    *,
    replicates: int = 1000,
    months: int | None = None,
    seed: int = 1,
    workers: int = 1,
    draw_parameters: bool = False,
    parameters: Mapping[str, float] | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Run the same futures under two or more scenarios; the others are compared with the first.

    arms: scenarios, each a name, a path or loaded, or words like "baseline_2018+sceptic+trust.asymmetry=3" that lay a
    preset under a scenario and set parameters; or a mapping name -> scenario. Future k has the same luck in every arm, and
    with draw_parameters the same draws of what no arm sets. parameters: set in every arm.
    Raises InputError for anything out of range, for one arm alone, and for arms that differ in length when no months are given.
    """
    named = named_arms(arms)
    if parameters:
        named = {name: scenario.with_parameters(parameters) for name, scenario in named.items()}
    whole(replicates, "replicates", 2, MOST_REPLICATES)
    span = whole(months_of(named) if months is None else months, "months", 1, MOST_MONTHS)
    whole(seed, "seed", 0, MOST_SEED)
    whole(workers, "workers", 1, 256)
    options: dict[str, Any] = {"workers": workers, "draw_parameters": draw_parameters, "progress": progress}
    return _compare(named, replicates, seed, span, **options)


def claims(
    names: Sequence[str | Path] = (),
    *,
    full: bool = False,
    draws: int | None = None,
    replicates: int | None = None,
    months: int | None = None,
    seed: int = 1,
    workers: int = 1,
    folder: Path | None = None,
    progress: Progress | None = None,
    command: str = "",
) -> ClaimsFound:
    """Run the essay's claims as twin experiments and judge each by a rule that was fixed before.

    names: like "H2", or paths of claim files; all shipped ones by default. full: the size that verdicts are quoted from,
    else one for a first look; draws, replicates and months win over it. folder: where arms that are done are kept and found
    again, and tables and a page are written. progress(done, wanted) counts arms; the results do not depend on workers.
    Raises InputError for anything out of range, and for claim files that are not as they should be.
    """
    usual = FULL if full else QUICK
    draws = whole(usual.draws if draws is None else draws, "draws", 2, 100_000)
    replicates = whole(usual.replicates if replicates is None else replicates, "replicates", 2, 10_000)
    span = None if months is None else whole(months, "months", 1, MOST_MONTHS)
    whole(seed, "seed", 0, MOST_SEED)
    whole(workers, "workers", 1, 256)
    size = Size(draws, replicates, seed, span)
    return _claims(names, size, workers=workers, folder=folder, progress=progress, command=command)


def validate(
    scenario: str | Path | Scenario = BASELINE,
    *,
    replicates: int = 1000,
    months: int | None = None,
    seed: int = 1,
    workers: int = 1,
    modules: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Validation:
    """Measure the promises of the model (gates) on futures with drawn parameters under rival presets.

    modules: optional modules that are on, instead of the scenario's own. Nothing is raised when a gate is missed: look at
    the gates. Raises InputError for anything unknown or out of range.
    """
    chosen = _scenario(scenario)
    chosen = chosen if modules is None else chosen.with_modules(modules)
    whole(replicates, "replicates", 1, MOST_REPLICATES)
    span = whole(chosen.months if months is None else months, "months", 1, MOST_MONTHS)
    whole(seed, "seed", 0, MOST_SEED)
    whole(workers, "workers", 1, 256)
    return _validate(chosen, replicates=replicates, seed=seed, months=span, workers=workers, progress=progress)


def sensitivity(
    scenario: str | Path | Scenario,
    method: str = "morris",
    *,
    parameters: Sequence[str] | None = None,
    outcomes: str | Sequence[str] = "regime_strength",
    samples: int | None = None,
    replicates: int = SENSITIVITY_REPLICATES,
    months: int | None = None,
    seed: int = 1,
    workers: int = 1,
    preset: str | Path | Preset | None = None,
    estimate: Told | None = None,
    progress: Progress | None = None,
) -> Sensitivity:
    """Which parameters move an outcome, over their priors.

    method: "morris" screens many parameters with few runs; "sobol" gives shares of variance. parameters: names of those to
    vary, all that the scenario leaves open by default. outcomes: keys of ENDINGS, which are the outcome classes (shares of
    futures), the measures (at the last month) and a few about regimes. samples: trajectories of Morris (10 unless given), or
    rows of Sobol's tables, a power of two (64 unless given); each costs parameters + 1, or + 2, settings of the parameters.
    replicates: futures of each setting, all settings with the same luck; with one, luck cannot be told from influence.
    At most 1,000,000 futures in all. estimate: told (futures, seconds) before the work begins, twin branches of regimes not
    counted; progress: called with (futures' months done, wanted).
    Raises InputError for anything unknown or out of range, and when an outcome has no value in some futures.
    """
    chosen = _scenario(scenario, preset=preset)
    if method not in METHODS:
        raise InputError(f"method: unknown method {method!r}{nearest(method, METHODS)}")
    names = varied(chosen, parameters)
    count = whole(SAMPLES[method] if samples is None else samples, "samples", 1, MOST_REPLICATES)
    whole(replicates, "replicates", 1, MOST_REPLICATES)
    span = whole(chosen.months if months is None else months, "months", 1, MOST_MONTHS)
    whole(seed, "seed", 0, MOST_SEED)
    whole(workers, "workers", 1, 256)
    futures = count * (len(names) + (1 if method == "morris" else 2)) * replicates
    if futures > MOST_REPLICATES:
        raise InputError(
            f"samples: {count} with {len(names)} parameters and {replicates} replicates are {futures:,} futures; "
            f"at most {MOST_REPLICATES:,}: take fewer of any"
        )
    return _sensitivity(
        chosen,
        sample(method, names, count, seed),
        [outcomes] if isinstance(outcomes, str) else list(outcomes),
        replicates=replicates,
        months=span,
        seed=seed,
        workers=workers,
        estimate=estimate,
        progress=progress,
    )


def discover(
    table: str | Path | pd.DataFrame,
    outcome: str,
    *,
    above: float | None = None,
    below: float | None = None,
    parameters: Sequence[str] | None = None,
    boxes: int = 3,
    held_out: float = HELD_OUT,
    seed: int = 0,
) -> Discovery:
    """What would you have to believe for an outcome to be likely: boxes (PRIM) and a small tree over a table of runs.

    table: a sweep's folder, a pandas table, or a .parquet or .csv file, with one row a run or a setting of the parameters: a
    column for each parameter, and the outcome as a column of shares, flags or numbers, or as a word in the column
    "outcome". The settings should be drawn from the priors. outcome: that column, or a class; above, below: for numbers
    that are no shares, what is of interest. parameters: columns to look at, all parameters by default. boxes: how many to
    look for at most. held_out: share of the settings, 0 to .5, in which boxes are counted but not sought; seed: which ones.
    Raises InputError for a table that cannot be used.
    """
    whole(boxes, "boxes", 1, 10)
    whole(seed, "seed", 0, MOST_SEED)
    if isinstance(table, (str, Path)):
        table = Stored.open(table).runs() if Path(table).is_dir() else read_table(Path(table))
    return _discover(
        table,
        outcome,
        above=above,
        below=below,
        parameters=parameters,
        most=boxes,
        held_out=held_out,
        seed=seed,
    )


def believe(
    scenario: str | Path | Scenario,
    outcome: str,
    *,
    above: float | None = None,
    below: float | None = None,
    against: str | Path | Scenario | None = None,
    draws: int = DRAWS,
    replicates: int = BELIEF_REPLICATES,
    months: int | None = None,
    seed: int = 1,
    workers: int = 1,
    boxes: int = 2,
    estimate: Told | None = None,
    progress: Progress | None = None,
    robust_progress: Progress | None = None,
) -> Belief:
    """What would you have to believe for a scenario to end in an outcome: the region of the priors in which it does.

    outcome: an outcome class, "regime", "regime_ever", or a yardstick with above or below. against: a scenario that this one is
    to work better than, on the same draws and luck; a yardstick then needs no limit. draws: how often all parameters that the
    scenario does not set are drawn from their priors; replicates: futures of each draw. boxes: regions to look for at most;
    they are sought in two thirds of the draws and counted in the others. robust_regime and its kin need twin branches of every
    regime, which cost more than the futures themselves where regimes are common. estimate(futures, seconds) is told before the
    work begins, twin branches not counted; progress(done, wanted) counts futures' months. Raises InputError for anything
    unknown or out of range.
    """
    whole(draws, "draws", 20, MOST_REPLICATES)
    whole(replicates, "replicates", 2, MOST_REPLICATES)
    whole(draws * replicates, "draws times replicates", 40, MOST_REPLICATES)
    whole(seed, "seed", 0, MOST_SEED)
    whole(workers, "workers", 1, 256)
    whole(boxes, "boxes", 1, 10)
    if months is not None:
        whole(months, "months", 1, MOST_MONTHS)
    return _believe(
        _scenario(scenario),
        outcome,
        above=above,
        below=below,
        against=None if against is None else _scenario(against),
        draws=draws,
        replicates=replicates,
        seed=seed,
        months=months,
        workers=workers,
        boxes=boxes,
        estimate=estimate,
        progress=progress,
        robust_progress=robust_progress,
    )


def watch(
    scenario: str | Path | Scenario,
    *,
    seed: int = 1,
    replicate: int = 0,
    parameters: Mapping[str, float] | None = None,
    preset: str | Path | Preset | None = None,
    actors: Mapping[str, type[Actor]] | None = None,
) -> Watch:
    """One future, month by month; equal to row `replicate` of :func:`run` with the same seed, bit for bit."""
    whole(seed, "seed", 0, MOST_SEED)
    whole(replicate, "replicate", 0, MOST_REPLICATES - 1)
    return Watch(_scenario(scenario, parameters, preset), seed, replicate, actors)


def sweep(
    plan: str | Path | Plan,
    *,
    out: str | Path,
    workers: int | None = None,
    resume: bool = False,
    force: bool = False,
    executor: str = "local",
    scheduler: str | None = None,
    actors: Mapping[str, type[Actor]] | None = None,
    limits: Mapping[str, float | None] | None = None,
    chunk: int | None = None,
    progress: Progress | None = None,
    **told: Any,
) -> Stored:
    """Run a plan into a folder that survives whatever ends the program, and open it.

    plan: name of a shipped one, path of a file, or a loaded Plan. out: a new folder; with resume, one that holds a part of
    this very sweep; force takes a new folder beside it where it holds something else. workers: processes, by default one a
    core where that is worth it. executor: "local", or "dask" with the address of a scheduler or a cluster of its own.
    actors: state code -> subclass of Actor. limits: runs, hours, gigabytes, which win over the plan's. chunk: runs of a
    part, which is what a crash costs at most. progress: called with (runs done, wanted). told: announce, begun, program
    and command of :func:`regime_abm.sweeps.running.run`. A run that fails is a row of `failures`; the others are there.
    Raises InputError, and Stopped or DiskFull from :mod:`regime_abm.errors`, after which the sweep can be resumed.
    """
    chunk = None if chunk is None else whole(chunk, "chunk", 1, MOST_REPLICATES)
    chosen = plan if isinstance(plan, Plan) else load_plan(plan)
    ready = running.prepared(chosen, actors=actors, limits=limits, chunk=chunk)
    if workers is not None:
        whole(workers, "workers", 1, 256)
    folder, _ = running.run(
        ready,
        Path(out),
        workers=workers or ready.worth_workers,
        resume=resume,
        force=force,
        executor=executor,
        scheduler=scheduler,
        progress=progress,
        **told,
    )
    return Stored.open(folder)


def open_results(folder: str | Path, *, allow_partial: bool = False) -> Stored:
    """The results of a sweep: tidy pandas tables, read when they are asked for and never all at once.

    Raises InputError when runs are missing or damaged; allow_partial takes what is valid and says how much that is.
    """
    return Stored.open(folder, allow_partial=allow_partial)


def verify(folder: str | Path) -> Report:
    """What of a sweep's folder can be trusted. Raises InputError when it holds no sweep."""
    return _verify(folder)


def replay(folder: str | Path, run: int) -> Replay:
    """Run a stored run again and compare. Raises InputError when there is no such run."""
    return _replay(folder, whole(run, "run", 0, MOST_SEED))


def watch_run(folder: str | Path, run: int) -> Watch:
    """A stored run as a future that can be stepped and asked why; equal to its row, bit for bit."""
    found = stored_run(folder, whole(run, "run", 0, MOST_SEED))
    return Watch(found.scenario, found.seed, found.replicate, found.actors, found.values)


@dataclass(frozen=True)
class Futures:
    """A growing ensemble: `done` of `wanted` futures."""

    done: int
    wanted: int
    months: int
    chunks: tuple[Chunk, ...]

    def band(self, measure: str, quantiles: tuple[float, ...] = (0.1, 0.5, 0.9)) -> np.ndarray:
        """(len(quantiles), months + 1) quantiles of a measure over those futures so far in which it is defined; else NaN."""
        values = np.concatenate([chunk.series[measure] for chunk in self.chunks])
        return middle(values, quantiles)

    def first_passage(self) -> dict[str, np.ndarray]:
        """Outcome class -> (months + 1,) share of the futures so far that have stood in it by that month."""
        ends = np.concatenate([chunk.outcome for chunk in self.chunks])
        return {
            key: np.maximum.accumulate(ends == place, axis=1).mean(axis=0) for place, key in enumerate(KEYS)
        }

    def outcome_shares(self) -> dict[str, float]:
        """Outcome class -> share of the futures so far."""
        return {key: count / self.done for key, count in self.outcome_counts().items()}

    def outcome_counts(self) -> dict[str, int]:
        """Outcome class -> number of the futures so far."""
        last = np.concatenate([chunk.outcome[:, -1] for chunk in self.chunks])
        return dict(zip(KEYS, np.bincount(last, minlength=len(KEYS)).tolist(), strict=True))


class _Cancelled(Exception):
    pass


def futures(
    scenario: str | Path | Scenario,
    *,
    seed: int = 1,
    replicates: int = 1000,
    parameters: Mapping[str, float] | None = None,
    preset: str | Path | Preset | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[Futures]:
    """The same futures as :func:`run`, handed out as they grow; the first batch is small. Stops soon once cancelled."""
    chosen = _scenario(scenario, parameters, preset)
    whole(replicates, "replicates", 1, MOST_REPLICATES)
    whole(seed, "seed", 0, MOST_SEED)

    def heed(_: int) -> None:
        if cancelled():
            raise _Cancelled

    parts: list[Chunk] = []
    first = 0
    while first < replicates:
        count = min(SMALL_CHUNK, chunk_size(chosen)) if first == 0 else chunk_size(chosen)
        count = min(count, replicates - first)
        try:
            parts.append(simulate(chosen, seed, first, count, progress=heed))
        except _Cancelled:
            return
        first += count
        yield Futures(first, replicates, chosen.months, tuple(parts))


def check(path: str | Path) -> list[str]:
    """Load a scenario or plan file and say in words what it holds. Raises InputError when it cannot be used."""
    if "scenarios" in read_toml(find_plan(path)):
        return running.prepared(load_plan(path)).lines()
    scenario = load(path)
    region = scenario.region
    given = region.given(scenario.start, scenario.assumptions)
    ranges = sum(item.is_range for item in given.values())
    return [
        f"{scenario.name}: {scenario.title}",
        f"{region.title}: {len(region.states)} states, {len(region.forums)} forums, "
        f"{region.alliances.number_of_edges()} alliance ties",
        f"from {month_text(scenario.start)}, {scenario.months} months, {len(scenario.events)} events",
        f"{len(given)} starting values, {ranges} of them ranges; {len(scenario.assumptions)} assumed in the scenario",
        f"{len(scenario.parameters)} parameters set, the rest at their stated values",
    ]


def _in_words(what: str | Path | Scenario | Preset) -> Scenario | Preset:
    """What a name, a path or words like "baseline_2018+sceptic" mean."""
    if isinstance(what, (Scenario, Preset)):
        return what
    return arm_of(what) if "+" in str(what) and not Path(what).is_file() else either(what)


def effective(
    scenario: str | Path | Scenario | Preset,
    *,
    parameters: Mapping[str, float] | None = None,
    preset: str | Path | Preset | None = None,
    draw_parameters: bool = False,
) -> Effective:
    """What a scenario comes to: every parameter, starting value and event in force, with who set it; and a digest of them.

    A preset by itself gives its parameters alone. Arguments as of :func:`run`. Raises InputError.
    """
    chosen = _in_words(scenario)
    if isinstance(chosen, Preset) and (parameters or preset):
        raise InputError(f"preset: {chosen.name} is a preset itself; nothing can be laid under it or set on top")
    what = chosen if isinstance(chosen, Preset) else _scenario(chosen, parameters, preset)
    return _effective(what, draw_parameters=draw_parameters)


def diff(a: str | Path | Scenario | Preset, b: str | Path | Scenario | Preset) -> tuple[Difference, ...]:
    """What differs between two scenarios, or between two presets, of all that their futures depend on.

    A scenario may be words like "baseline_2018+sceptic+trust.asymmetry=3", as of :func:`compare`. Titles, reasons and sources
    do not count. Nothing is run. Raises InputError for a scenario beside a preset.
    """
    one, two = _in_words(a), _in_words(b)
    for first, second in ((one, two), (two, one)):
        if isinstance(first, Preset) and isinstance(second, Scenario):
            raise InputError(f"diff: {first.name} is a preset and {second.name} a scenario; give two of a kind")
    return differences(_effective(one), _effective(two))


def schedule_table() -> list[dict[str, str]]:
    """The month as a list: name, when ("always", or "optional": on in scenarios that name it), claim, reads, writes."""
    optional = module_names()
    return [
        {
            "name": name_of(module),
            "when": "optional" if name_of(module) in optional else "always",
            "claim": (module.__doc__ or "").strip().split("\n")[0],
            "reads": ", ".join(module.READS),
            "writes": ", ".join(module.WRITES),
        }
        for module in COMPLETE
    ]


def parameter_table(only: str | None = None) -> list[dict[str, Any]]:
    """Every parameter: name, default, low, high, prior, unit, meaning, evidence, source."""
    rows = []
    for module in [mechanism(only)] if only else COMPLETE:
        for item in module.PARAMETERS:
            rows.append(
                {
                    "name": f"{name_of(module)}.{item.name}",
                    "default": item.default,
                    "low": item.low,
                    "high": item.high,
                    "prior": str(item.prior),
                    "unit": item.unit,
                    "meaning": item.meaning,
                    "evidence": item.evidence,
                    "source": item.source,
                }
            )
    return rows


def prior_curve(name: str, bins: int = 24) -> list[float]:
    """How plausible the values of a parameter are: (bins,) heights from low to high of its range, the highest 1.

    name: ``mechanism.parameter``. Raises InputError for an unknown one.
    """
    known = parameters_of(COMPLETE)
    if name not in known:
        raise InputError(f"parameters: unknown parameter {name!r}{nearest(name, known)}")
    item, places = known[name], 100 * bins
    values = item.prior.quantile((np.arange(places) + 0.5) / places, item.low, item.high)
    counts, _ = np.histogram(values, bins=bins, range=(item.low, item.high))
    return [float(height) for height in counts / counts.max()]


def forum_table(scenario: str | Path | Scenario) -> list[dict[str, Any]]:
    """The forums of a scenario's region at its start: code, name, alive, members, track, rule, agenda, level, certainty."""
    chosen = _scenario(scenario)
    region, start = chosen.region, chosen.start
    seats = region.members_at(start)
    return [
        {
            "code": code,
            "name": forum.name,
            "alive": forum.start <= start < forum.end,
            "members": [state for state in region.states if (code, state) in seats],
            "track": forum.track,
            "rule": forum.rule,
            "agenda": list(forum.agenda),
            "level": forum.level,
            "certainty": CERTAINTY.get(forum.certainty, forum.certainty),
            "source": forum.source,
        }
        for code, forum in region.forums.items()
    ]
