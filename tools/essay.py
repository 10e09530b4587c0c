"""The essay, sentence by sentence, and what carries each: docs/essay.toml, read, looked up and written as docs/essay.md."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from regime_abm.core.names import nothing
from regime_abm.paired import Difference, paired
from regime_abm.scenario import Scenario, load
from regime_abm.yardsticks import YARDSTICKS

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "docs" / "essay.toml"
SILENCES = ROOT / "docs" / "silences.md"
KINDS = ("fact", "cause", "proposal", "definition", "question", "judgement")
NOTE = "<!-- Written by tools/generate.py from docs/essay.toml; changes made here are lost. -->"
_ABOUT = """The model implements an essay (T. Erästö, SIPRI, 2018; see [references](references.md#erasto2018)). Nothing in it is
dropped: each sentence is carried by a switch, a scenario, a claim, a dated fact, a measure, or a chapter on
[what the essay does not speak of](silences.md). The sentences are restated in our own words. A *switch* turns one thing
off; a test turns it off and checks that the measure named beside it moves. To be carried does not mean to be confirmed."""


@dataclass(frozen=True)
class Switch:
    """What can be turned off: parameters with their values of `off`, a preset that does it, or a module that is left out
    (`without`), and what that has to move."""

    what: str
    measure: str
    off: Mapping[str, float] = field(default_factory=nothing)
    preset: str = ""
    without: str = ""
    modules: tuple[str, ...] = ()
    scenario: str = "baseline_2018"

    def __post_init__(self) -> None:
        if self.measure not in YARDSTICKS:
            raise ValueError(f"docs/essay.toml: {self.what}: {self.measure!r} is no yardstick")
        if sum(map(bool, (self.off, self.preset, self.without))) != 1:
            raise ValueError(f"docs/essay.toml: {self.what}: one of `off`, `preset` and `without`")

    @property
    def on(self) -> Scenario:
        """The scenario with the thing in it."""
        scenario = load(self.scenario)
        return scenario.with_modules((*scenario.modules, *self.modules))

    @property
    def turned_off(self) -> Scenario:
        """The scenario without it."""
        if self.without:
            return self.on.with_modules([name for name in self.on.modules if name != self.without])
        return self.on.with_preset(self.preset) if self.preset else self.on.with_parameters(dict(self.off))

    def effect(self, draws: int, replicates: int, months: int) -> Difference:
        """What turning it off does to the measure, over prior draws with the same luck on both sides."""
        arms = {"off": self.turned_off, "on": self.on}
        found = paired(arms, [self.measure], draws=draws, replicates=replicates, months=months)
        return found.difference("off", "on", self.measure)

    def moves(self, draws: int = 60, replicates: int = 8, months: int = 180) -> bool:
        """Whether turning it off moves the measure: on average over draws, or either way in more draws than by chance."""
        effect = self.effect(draws, replicates, months)
        _, low, high = effect.interval
        return low > 0.0 or high < 0.0 or effect.occurs(1) or effect.occurs(-1)


@dataclass(frozen=True)
class Sentence:
    """What one sentence says, its kind, and its carriers by name."""

    says: str
    kind: str
    switches: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    silences: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"docs/essay.toml: {self.says}: kind is one of {', '.join(KINDS)}")


@dataclass(frozen=True)
class Essay:
    """All sentences by number, and all switches by name."""

    sentences: Mapping[str, Sentence]
    switches: Mapping[str, Switch]


@cache
def essay() -> Essay:
    """The map as its file tells it; TypeError for a field that is not known, ValueError for a value that is none."""
    tables = tomllib.loads(SOURCE.read_text(encoding="utf-8"))
    return Essay(
        {number: Sentence(**_tuples(table)) for number, table in tables["sentences"].items()},
        {name: Switch(**_tuples(table)) for name, table in tables["switches"].items()},
    )


def _tuples(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}


def silences() -> list[str]:
    """The chapters of docs/silences.md."""
    return re.findall(r"^## (.+)$", SILENCES.read_text(encoding="utf-8"), re.MULTILINE)


def _carriers(sentence: Sentence) -> str:
    found = [f"switch *{name}*" for name in sentence.switches]
    found += [f"claim [{name}](claims.md#{name.lower()})" for name in sentence.claims]
    found += [f"scenario [`{name}`](scenarios.md)" for name in sentence.scenarios]
    found += [f"fact `{name}`" for name in sentence.facts]
    found += [f"measure [`{name}`](measures.md)" for name in sentence.measures]
    found += [f"silence [{name}](silences.md#{_anchor(name)})" for name in sentence.silences]
    return "; ".join(found)


def _anchor(title: str) -> str:
    return re.sub(r"[^\w]+", "-", title.lower().replace("'", "")).strip("-")


def _off(switch: Switch) -> str:
    told = [f"`{key}` {value:g}" for key, value in switch.off.items()]
    told += [f"preset `{switch.preset}`"] if switch.preset else []
    told += [f"module `{switch.without}` off, in `{switch.scenario}`"] if switch.without else []
    told += [f"module `{name}` on" for name in switch.modules]
    return ", ".join(told)


def page() -> str:
    """docs/essay.md."""
    found = essay()
    lines = [NOTE, "", "# The essay, sentence by sentence", "", _ABOUT, ""]
    lines += ["| | what it says | kind | carried by |", "| --- | --- | --- | --- |"]
    lines += [f"| {number} | {item.says} | {item.kind} | {_carriers(item)} |" for number, item in found.sentences.items()]
    lines += ["", "## Switches", "", "| switch | turned off | how | has to move |", "| --- | --- | --- | --- |"]
    for name, switch in found.switches.items():
        lines.append(f"| {name} | {switch.what} | {_off(switch)} | {YARDSTICKS[switch.measure].title} (`{switch.measure}`) |")
    return "\n".join(lines) + "\n"
