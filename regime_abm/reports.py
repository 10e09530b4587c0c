"""A report that can be mailed and printed: one page with figures, tables, caution, and what is needed to run it again.

Everything is inside the file; nothing is fetched. What is told comes from the tables and the summary of a run or a
comparison, so that the report of a folder is that of the run which wrote it.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from regime_abm.charts import Figure, Source, drawn, of_comparison, of_folder, of_result, summary_of
from regime_abm.charts.drawing import between, per_cent, signed
from regime_abm.charts.fan import measure_of
from regime_abm.charts.interactive import document
from regime_abm.comparison import Comparison
from regime_abm.errors import InputError
from regime_abm.measures import MEASURES
from regime_abm.measures.outcome import CLASSES
from regime_abm.results import Result
from regime_abm.scenario import load, shipped_names
from regime_abm.tables import free, whole_file

FANS = ("no_force", "norm_adherence", "reciprocity", "autonomy")  # unless others are asked for
_CAUTION = (
    "A map from assumptions to outcomes, not a forecast: a share of futures says what follows from the assumptions below, "
    "not how probable something is. Intervals are sampling error alone; doubt about parameters is larger, and doubt about "
    "the model is not shown."
)
_TITLES = {item.key: item.title.lower() for item in CLASSES}


def ready(path: str | Path, overwrite: bool = False) -> Path:
    """The path, when a report can be written there; InputError for another ending or a file that is there already."""
    path = Path(path)
    if path.suffix != ".html":
        raise InputError(f"{path}: a report ends in .html (a browser prints it as PDF)")
    free(path, overwrite)
    return path


def page(source: Result | Comparison | str | Path, measures: Sequence[str] = FANS) -> str:
    """The page of a run, of the folder of one, or of a comparison. measures: those of a run whose fans are shown.

    Raises InputError for a folder that `run --out` did not write, and for an unknown measure.
    """
    for name in measures:
        measure_of(name)
    if isinstance(source, Comparison):
        return _of_comparison(source)
    if isinstance(source, Result):
        return _of_run(of_result(source), source.summary(), measures)
    return _of_run(of_folder(Path(source)), summary_of(Path(source)), measures)


def save(content: str, path: str | Path, overwrite: bool = False) -> Path:
    """Write a page, whole or not at all."""
    return whole_file(ready(path, overwrite), content.encode(), overwrite=overwrite)


def _of_run(source: Source, summary: Mapping[str, Any], measures: Sequence[str]) -> str:
    figures = [drawn(name, source) for name in ("shares", "shares_over_time", "first_passage")]
    figures += [drawn("fan", source, measure=name) for name in measures]
    if summary["resilience"]:
        figures.append(drawn("resilience", source, replicate=min(map(int, summary["resilience"]))))
    title, settled = f"{summary['title']}: {summary['replicates']:,} futures", summary["standstill"]["settled"]
    told = [*_ends(summary), "At the end shares stand still." if settled else "At the end shares still move: run longer."]
    return document(title, [_head(title, told), *figures, _last_month(summary), _made(_run(summary), summary)])


def _ends(summary: Mapping[str, Any]) -> list[str]:
    shares, futures = summary["outcome_shares"], summary["replicates"]
    top = max(shares, key=shares.get)
    interval = between(*summary["outcome_intervals"][top])
    tested = "" if summary["robust_tested"] else " None was put to the test by adverse leaders."
    return [
        f"More futures end in {_TITLES[top]} than in anything else: {per_cent(shares[top])} ({interval}).",
        f"{summary['regimes_ever']:,} of {futures:,} ever see a security regime, however short.{tested}",
        f"{per_cent(summary['quiet_is_not_a_regime'])} end in a quiet year that is no regime.",
    ]


def _last_month(summary: Mapping[str, Any]) -> str:
    rows = []
    for name, found in summary["measures"].items():
        numbers = ("" if found[key] is None else f"{found[key]:.2f}" for key in ("q10", "q50", "q90"))
        rows.append([MEASURES[name].title, MEASURES[name].unit, *numbers])
    return _section("Measures in the last month", _table(["measure", "unit", "10 %", "median", "90 %"], rows))


def _of_comparison(found: Comparison) -> str:
    parts: list[Figure | str] = []
    for arm in found.treatments:
        parts += [drawn("flow", of_comparison(found, arm)), _differences(found, arm)]
    title = f"What changes against {found.control}"
    told = [f"{found.replicates:,} futures under each, future by future with the same luck."]
    told += [f"{arm}: {found.titles[arm]}." for arm in found.arms]
    words = ["compare", *found.arms, *_options(found.summary())]
    return document(title, [_head(title, told), *parts, _made(words, found.summary())])


def _differences(found: Comparison, arm: str) -> str:
    table = found.differences
    rows = []
    for row in table[(table["arm"] == arm) & (table["pairs"] > 0)].to_dict("records"):
        means = [f"{row[name]:.3g}" for name in ("before", "mean")]
        change, low, high = (signed(row[name], 3) for name in ("difference", "low", "high"))
        rows.append([row["title"], row["unit"], *means, change, f"{low} to {high}", f"{row['pairs']:,}"])
    columns = ["measure", "unit", "before", "after", "difference", "95 % interval", "twins"]
    return _section(f"{arm}: differences of twins", _table(columns, rows))


def _run(summary: Mapping[str, Any]) -> list[str]:
    """The words of the command that makes a run again."""
    name, own = str(summary["scenario"]), {}
    if name in shipped_names():
        scenario = load(name)
        own = dict((scenario.with_preset(summary["preset"]) if summary["preset"] else scenario).parameters)
    else:  # a file of somebody's own, which is not here: say all that was set
        name += ".toml"
    words = ["run", name, *_options(summary)]
    words += ["--preset", summary["preset"]] if summary["preset"] else []
    words += ["--robust"] if summary["robust_tested"] else []
    extra = {name: value for name, value in summary["parameters_set"].items() if own.get(name) != value}
    return words + [word for name, value in extra.items() for word in ("--set", f"{name}={value!r}")]


def _options(summary: Mapping[str, Any]) -> list[str]:
    words = ["-n", summary["replicates"], "--months", summary["months"], "--seed", summary["seed"]]
    return [*map(str, words), *(["--draw-parameters"] if summary["parameters_drawn"] else [])]


def _made(words: Sequence[str], summary: Mapping[str, Any]) -> str:
    """How to make it again, and what its bits depend on."""
    version = [f"regime_abm {summary['version']}"] if "version" in summary else []
    told = ", ".join([*version, *(f"{key} {value}" for key, value in summary["platform"].items())])
    same = f"<p class=soft>Digest of all numbers: <code>{summary['sha256']}</code></p>" if "sha256" in summary else ""
    command = f"<p><code>{escape(shlex.join(['regime-abm', *words]))}</code></p>"
    about = f"<p class=soft>Made with {escape(told)}. On the same platform the same command gives the same bits.</p>"
    return _section("To make it again", command + about + same)


def _head(title: str, told: Iterable[str]) -> str:
    sentences = "".join(f"<p>{escape(sentence)}</p>" for sentence in told)
    return f"<header><h1>{escape(title)}</h1>{sentences}<p><strong>{_CAUTION}</strong></p></header>"


def _section(title: str, content: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{content}</section>"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    def row(cells: Sequence[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    body = "".join(row(cells, "td") for cells in rows)
    return f'<div class="scroll" tabindex="0"><table><thead>{row(columns, "th")}</thead><tbody>{body}</tbody></table></div>'
