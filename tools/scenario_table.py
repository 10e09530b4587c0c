"""Does a scenario differ from what it extends? Each is run against it on the same draws and luck.

``python -m tools.scenario_table`` writes docs/scenarios.md (a few minutes on one core). Each row is a twin experiment, see
regime_abm/paired.py, in the one yardstick that the scenario's file named before it was run.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
from scipy.special import stdtr  # noqa: E402

from regime_abm.files import month_text  # noqa: E402
from regime_abm.forms import parsed  # noqa: E402
from regime_abm.paired import BEYOND, Difference, Paired, paired, together  # noqa: E402
from regime_abm.region_roles import KNOWN  # noqa: E402
from regime_abm.scenario import Scenario, ScenarioFile, find, load, shipped_names  # noqa: E402
from regime_abm.version import VERSION  # noqa: E402
from regime_abm.yardsticks import YARDSTICKS  # noqa: E402

PAGE = ROOT / "docs" / "scenarios.md"
Options = Mapping[str, Any]  # draws, replicates, seed, workers


@dataclass(frozen=True)
class Compared:
    """A scenario and what it is compared with: what it extends, with the same optional modules on, over the same months."""

    scenario: Scenario
    control: Scenario

    @classmethod
    def named(cls, name: str) -> Compared:
        """The comparison of a shipped scenario."""
        scenario = load(name)
        return cls(scenario, load(scenario.extends).with_modules(scenario.modules))

    @property
    def measure(self) -> str:
        """The yardstick that the file names."""
        return self.scenario.primary_measure

    @property
    def arms(self) -> dict[str, Scenario]:
        """Name -> scenario of both arms; a control is told apart by modules and months, which its own file may not name."""
        told = [self.control.name, *self.scenario.modules, str(self.scenario.months)]
        return {self.scenario.name: self.scenario, " ".join(["control", *told]): self.control}

    @property
    def with_what(self) -> str:
        """What it is compared with, in words."""
        extra = [item for item in self.scenario.modules if item not in load(self.control.name).modules]
        return f"`{self.control.name}`" + (f" with {' and '.join(extra)} on" if extra else "")


def library() -> list[str]:
    """The shipped scenarios that extend another one."""
    return [name for name in shipped_names() if load(name).extends]


def changes(name: str) -> list[str]:
    """What a scenario's own file changes, one line a change; empty when nothing is."""
    text = parsed(find(name), ScenarioFile)
    lines = [f"start {text.start}"] if text.start else []
    lines += [f"modules {' and '.join(text.modules)} on (in both arms)"] if text.modules else []
    lines += [f"`{key}` {value:g}" for key, value in text.parameters.items()]
    lines += [f"{key} {_assumed(item)}" for key, item in text.initial.items()]
    for tables, word in ((text.forums, "forum"), (text.agreements, "agreement")):
        lines += [f"{word} {code}: {table['name']}" for code, table in tables.items()]
    lines += [f"role {name}: {', '.join(table[KNOWN[name]])}" for name, table in text.roles.items()]
    return lines + [f"{month}: {told}" for month, told in _told(text)]


def _assumed(item: Any) -> str:
    return f"{item.value:g}" if item.low is None else f"{item.low:g} to {item.high:g}"


def _told(text: ScenarioFile) -> Iterator[tuple[str, str]]:
    """Month -> what happens, the happenings of one month together."""
    months: dict[str, list[str]] = {}
    for event in text.events:
        months.setdefault(event.month, []).append(event.text())
    for month in sorted(months):
        yield month, "; ".join(months[month])


@dataclass(frozen=True)
class Found:
    """A scenario's difference from its control, and how the control's own futures stand: their mean and standard deviation."""

    difference: Difference
    mean: float
    spread: float


def experiments(pairs: Sequence[Compared], options: Options) -> dict[str, Found]:
    """Scenario -> what was found; an arm that several need is run once."""
    ran = run_once([(arm, scenario, pair) for pair in pairs for arm, scenario in pair.arms.items()], options)
    found = {}
    for pair in pairs:
        treatment, control = pair.arms
        difference = together(ran[treatment], ran[control]).difference(treatment, control, pair.measure)
        found[pair.scenario.name] = Found(difference, *standing(ran[control].values[control][pair.measure]))
    return found


def run_once(arms: Iterable[tuple[str, Scenario, Compared]], options: Options) -> dict[str, Paired]:
    """Arm -> its futures in all the measures that its comparisons need."""
    wanted: dict[str, tuple[Scenario, int, list[str]]] = {}
    for arm, scenario, pair in arms:
        wanted.setdefault(arm, (scenario, pair.scenario.months, []))[2].append(pair.measure)
    ran: dict[str, Paired] = {}
    for arm, (scenario, months, keys) in wanted.items():
        print(f"scenario table: {arm}", file=sys.stderr, flush=True)
        ran[arm] = paired({arm: scenario}, tuple(dict.fromkeys(keys)), months=months, **options)
    return ran


def standing(values: np.ndarray) -> tuple[float, float]:
    """Mean and standard deviation of futures; NaN where a measure is not defined in any.

    >>> standing(np.array([[1.0, 3.0], [np.nan, 2.0]]))
    (2.0, 0.816496580927726)
    """
    known = values[~np.isnan(values)]
    return (float(known.mean()), float(known.std())) if len(known) else (np.nan, np.nan)


def verdict(found: Difference) -> str:
    """Whether a scenario differs from its control, in words.

    >>> ones = np.ones(4)
    >>> verdict(Difference("talks", 0 * ones, 0 * ones, 5 * ones))
    'the same in every future'
    """
    mean, low, high = found.interval
    seen = [word for sign, word in ((1, "up"), (-1, "down")) if found.occurs(sign)]
    if not found.draws or np.isnan(low):
        return "not to be compared: the measure is not defined often enough"
    if not np.nan_to_num(found.mean).any() and not np.nan_to_num(found.error).any():
        return "the same in every future"
    if low <= 0.0 <= high:
        told = " and ".join(f"some {word}" for word in seen)
        return f"no difference on average, yet of the draws {told}" if seen else "does not differ beyond chance"
    opposite = found.occurs(-1 if mean > 0 else 1)
    return f"differs: {'higher' if mean > 0 else 'lower'}" + (" on average, yet some draws the other way" * opposite)


def cells(pair: Compared, one: Found) -> list[str]:
    """The line of a scenario in the table of results."""
    found = one.difference
    mean, low, high = found.interval
    item = YARDSTICKS[pair.measure]
    shares = [f"{100 * float((found.sign == sign).sum()) / max(found.draws, 1):.0f} %" for sign in (1, -1)]
    span = f"{pair.scenario.months} months from {month_text(pair.scenario.start)}"
    numbers = f"{mean:+.2g} ({low:+.2g} to {high:+.2g})"
    measure = f"{item.title} (`{item.key}`; {item.unit})"
    return [
        f"`{pair.scenario.name}`",
        pair.with_what,
        span,
        measure,
        f"{one.mean:.2g} ({one.spread:.2g})",
        numbers,
        *shares,
        str(found.draws),
        verdict(found),
    ]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def page(pairs: Sequence[Compared], found: Mapping[str, Found], options: Options) -> str:
    """The page."""
    command = " ".join(f"--{name} {value}" for name, value in options.items() if name != "workers")
    asked = []
    for pair in pairs:
        one = pair.scenario
        told = "<br>".join(changes(one.name)) or "nothing"
        asked.append([f"`{one.name}`", one.title, one.question, ", ".join(one.essay), told])
    results = [cells(pair, found[pair.scenario.name]) for pair in pairs]
    judged = [verdict(item.difference) for item in found.values()]
    count = sum(text.startswith("differs") for text in judged)
    parts = [
        NOTE,
        "# Scenario library",
        INTRODUCTION.format(**options),
        f"Made by `python -m tools.scenario_table {command}` with version {VERSION}.",
        "## What each asks and changes",
        _table(ASKED, asked),
        "## Whether it differs",
        f"{count} of {len(pairs)} differ on average from what they extend in the measure that they named.",
        RESULTS.format(chance=0.05 * len(pairs), side=100 * stdtr(options["replicates"] - 1, -BEYOND)),
        _table(HEAD, results),
    ]
    return "\n\n".join(parts) + "\n"


NOTE = "<!-- Written by tools/scenario_table.py; changes made here are lost. -->"
ASKED = ("scenario", "title", "question for the room", "essay", "what it changes")
HEAD = (
    "scenario",
    "against",
    "run for",
    "measure",
    "there: mean (spread)",
    "difference (95 % interval)",
    "up",
    "down",
    "draws",
    "in words",
)
INTRODUCTION = """Each scenario is a text file in `scenarios/` that changes something in another one. It names
the sentences of the essay that it carries, and one measure by which it is to be judged; the measure was written
down before the scenario was first run, and no scenario was changed for its result. Every line below is a twin
experiment: {draws} draws of all parameters that the scenario does not set, {replicates} futures a draw, the
same draws and the same luck in the scenario and in what it extends (seed {seed}). Where a scenario needs an
optional module, both sides have it. A parameter that only the scenario sets is drawn on the other side, so the
difference holds that too (step size in SC04, the order of moves in SC08 step by step, unofficial forums' way to
documents in SC12, the trend of the rivalry in SC20). The library is for asking, not for forecasting: what a
scenario assumes about real states is an assumption for the room."""
RESULTS = """The difference is the scenario less what it extends, the mean over draws, with draws as the unit.
Most measures are means over the last 120 months (all of them where fewer are run). *There* is what it extends:
mean and standard deviation of its futures, the scale against which a difference is large or small. *Up* and
*down* are shares of the draws whose own difference exceeds twice its Monte Carlo error, of all draws; by chance
alone each would be {side:.0f} %. Of so many intervals about {chance:.0f} would leave out nought by chance
alone, so one that only just does is weak evidence. To differ is to differ beyond chance, which is not to differ
much: most of these differences are small beside that spread. Not to differ is a result: the change is then
small beside what else goes on in those months, or works one way under some assumptions and the other way under
others."""


def main(words: Sequence[str] | None = None) -> int:
    """Run all of the library and write the page, or run the scenarios named and print theirs."""
    parser = argparse.ArgumentParser(prog="python -m tools.scenario_table", description=__doc__.split("\n")[0])
    for name, value in (("draws", 100), ("replicates", 10), ("seed", 1), ("workers", 1)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument(
        "--only", nargs="*", help="scenarios, whose page is printed; else the whole library's is written"
    )
    given = vars(parser.parse_args(words))
    only = given.pop("only")
    pairs = [Compared.named(name) for name in only or library()]
    text = page(pairs, experiments(pairs, given), given)
    print(text) if only else PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
