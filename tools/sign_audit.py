"""Is a sign built in? Each effect that the essay hopes for is switched off and fully on, over draws of everything else.

``python -m tools.sign_audit`` writes docs/sign-audit.md (about a quarter of an hour on one core). Each row is a twin
experiment, see regime_abm/paired.py: the same draws and luck in all arms. What an effect needs in single mechanisms to be
undone is in tests/science/test_sign_audit.py; here whole futures are run.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402

from regime_abm.core.parameter import Uniform, parameters_of  # noqa: E402
from regime_abm.core.world import GLOSSARY, World  # noqa: E402
from regime_abm.events import Happening  # noqa: E402
from regime_abm.files import month_text  # noqa: E402
from regime_abm.mechanisms import SCHEDULE  # noqa: E402
from regime_abm.paired import Difference, Paired, drivers, paired, together  # noqa: E402
from regime_abm.region_files import Given  # noqa: E402
from regime_abm.scenario import Scenario, load  # noqa: E402
from regime_abm.yardsticks import YARDSTICKS  # noqa: E402

PAGE = ROOT / "docs" / "sign-audit.md"
OFF, FULL, PRIOR = "off", "full", "prior"
CONDUCT, CRISIS = "conduct", "crisis_months"  # what the essay finally hopes for, and what it fears
FORUMS = ("talks", "agreements", "settled", "crisis_months", "conduct", "reciprocity")
SHUFFLES = 8
HARD_WIRED = "possibly hard-wired"
CHECK = "manipulation check"


class Surgery(Happening):
    """Quantities set by force in one month, wherever they are above nothing then: for audits and claims, never in scenarios."""

    quantities: tuple[str, ...]
    value: float

    def apply(self, world: World, passed: int = 0) -> World:
        """The World with the quantities, and what they drift back to, set."""
        changes: dict[str, np.ndarray] = {}
        for name in self.quantities:
            there = np.asarray(getattr(world, name)) > 0
            forced: np.ndarray = (there * self.value).astype(GLOSSARY[name].kind)
            changes |= {key: forced.copy() for key in (name, f"{name}_start") if key in GLOSSARY}
        return world.replace(changes)

    def text(self) -> str:
        """As the event log tells it."""
        return f"{', '.join(self.quantities)} set to {self.value:g} by surgery"


@dataclass(frozen=True)
class Lever:
    """One hope of the essay, what carries it, the yardstick that names it, and the sign that is hoped for.

    parameters: moved from 0 to the upper end of their priors. surgery: quantities of the World, set to 0 and to 1 in the
    first month wherever there is any. start: a quantity of all states at the start, off and full. Where a level is solved so
    that the files' first value is reproduced (threat, credibility), or a weight turns about a middle (will opens talks), to
    move a weight is not to move what it weighs; there the thing itself is moved. check: why the yardstick says no more than
    that the lever was moved, where it does: such a row is a manipulation check and no effect.
    """

    hope: str
    parameters: tuple[str, ...]
    yardstick: str
    hoped: int
    crisis: int = -1  # the sign that is hoped for in months of crisis
    surgery: tuple[str, ...] = ()
    start: tuple[str, float, float] | None = None
    check: str = ""

    @property
    def switched(self) -> str:
        """What is moved, in words."""
        names = [f"`{name}`" for name in self.parameters] + [f"`{name}` (by surgery)" for name in self.surgery]
        if self.start:
            names.append(f"first `{self.start[0]}` of all states, {self.start[1]:g} to {self.start[2]:g}")
        return ", ".join(names)

    def off(self, scenario: Scenario) -> Scenario:
        """The scenario without what carries the hope."""
        return self._moved(scenario, dict.fromkeys(self.parameters, 0.0), 0)

    def full(self, scenario: Scenario) -> Scenario:
        """The scenario with all of it."""
        return self._moved(scenario, {name: upper_end(name) for name in self.parameters}, 1)

    def _moved(self, scenario: Scenario, parameters: Mapping[str, float], on: int) -> Scenario:
        if self.surgery:
            cut = Surgery(month=month_text(scenario.start + 1), quantities=self.surgery, value=float(on))
            scenario = replace(scenario, events=(*scenario.events, cut))
        if self.start:
            name, low, high = self.start
            value = high if on else low
            told = [Given(name, state, value, value, value, "J", "sign audit") for state in scenario.region.states]
            scenario = replace(scenario, assumptions=(*scenario.assumptions, *told))
        return scenario.with_parameters(parameters)


READINESS = "Will is the readiness to talk, and the yardstick is talks."
LEVERS = (
    Lever("forums lower misperception", ("forums.clarity",), "misperception", -1),
    Lever("forums bring rivals together", ("forums.rivals_pull", "forums.meeting_opens"), "talks", 1),
    Lever(
        "institutions grow when they are supported",
        ("institutions.to_document", "forums.capital_pull"),
        "forum_level",
        1,
        check="The lever is the chance to rise, the yardstick the level reached.",
    ),
    Lever("agreements raise credibility", ("agreements.offer",), "credibility", 1),
    Lever("institutions raise credibility", (), "credibility", 1, surgery=("forum_active",)),
    Lever("shared danger creates will", ("will.crisis_learning",), "will", 1),
    Lever("progress feeds will", ("will.progress_weight",), "will", 1),
    Lever("will opens talks", (), "talks", 1, start=("will", 0.2, 0.8), check=READINESS),
    Lever(
        "will and norms restrain",
        ("choice.will_weight", "choice.norm_weight", "provocation.norm_calms"),
        "no_threat",
        1,
    ),
    Lever("norms spread", ("norms.peers", "norms.defiance", "norms.advocate", "norms.document"), "adopted", 1),
    Lever("alliances reassure", (), "threat", -1, surgery=("alliance",)),
    Lever("exclusive alliances feed the conflict", (), "threat", 1, crisis=1, surgery=("exclusivity",)),
    Lever("threat that is answered with arms deters", ("choice.deterrence", "arming.response"), "no_force", 1),
    Lever(
        "verification keeps agreements honest",
        ("agreements.checks_deter", "forums.verification_clarity"),
        "pretended",
        -1,
    ),
    Lever("more parties make agreements last", ("agreements.review_parties",), "larger_agreements", 1),
    Lever("forums settle disputes", ("disputes.hearings",), "peaceful_settlement", 1),
    Lever("a good name travels", ("trust.third_party", "trust.extra_dyadic"), "reciprocity", 1),
    Lever("talks settle disputes", ("disputes.talks_settle", "disputes.breakdown_hardens"), "peaceful_settlement", 1),
)


def upper_end(name: str) -> float:
    """The upper end of a parameter's prior; of one without ends, what 19 of 20 draws stay below."""
    item = parameters_of(SCHEDULE)[name]
    share = 1.0 if isinstance(item.prior, Uniform) else 0.95
    return float(item.prior.quantile(np.array([share]), item.low, item.high)[0])


@dataclass(frozen=True)
class Row:
    """One line of the page: what was compared in what, the difference, the hoped sign, and what the effect hangs on."""

    what: str
    difference: Difference
    hoped: int
    hangs_on: Sequence[tuple[str, float]]

    @property
    def signs(self) -> str:
        """Which signs occur beyond what chance gives: "both", "hoped only", "opposite only"; or "not testable"."""
        hoped, opposite = (self.difference.occurs(sign) for sign in (self.hoped, -self.hoped))
        if hoped and opposite:
            return "both"
        if not self.difference.testable:
            return "not testable"
        return "hoped only" if hoped else "opposite only"

    def cells(self) -> list[str]:
        """The line's cells."""
        found = self.difference
        item = YARDSTICKS[found.key]
        mean, low, high = found.interval
        hoped, opposite = ((found.sign == sign).sum() for sign in (self.hoped, -self.hoped))
        shares = [
            f"{100 * count / found.signed:.0f} %" if found.testable else f"({count})" for count in (hoped, opposite)
        ]
        hangs_on = ", ".join(f"`{name}` {value:+.2f}" for name, value in self.hangs_on)
        numbers = [f"{mean:+.3g} ({low:+.2g} to {high:+.2g})", *shares, f"{100 * found.ties:.0f} %"]
        hope = f"{item.title} {'up' if self.hoped > 0 else 'down'}"
        return [self.what, hope, *numbers, self.signs, hangs_on or "nothing stands out"]


Options = Mapping[str, Any]  # draws, replicates, months, seed, workers
USED = tuple(dict.fromkeys([*(lever.yardstick for lever in LEVERS), CONDUCT, CRISIS]))


def as_drawn(scenario: Scenario, options: Options) -> Paired:
    """The arm in which every parameter is drawn; it is the same for all levers."""
    return paired({PRIOR: scenario}, USED, **options)


def audited(scenario: Scenario, lever: Lever, drawn: Paired, options: Options) -> dict[str, Row]:
    """The rows of one lever, table by table: fully on and as the prior has it, and what comes of it in the end."""
    arms = {OFF: lever.off(scenario), FULL: lever.full(scenario)}
    found = together(drawn, paired(arms, tuple(dict.fromkeys((lever.yardstick, CONDUCT, CRISIS))), **options))

    def row(arm: str, key: str, hoped: int) -> Row:
        return Row(lever.hope, found.difference(arm, OFF, key), hoped, found.drivers(arm, OFF, key))

    return {
        "full": row(FULL, lever.yardstick, lever.hoped),
        "prior": row(PRIOR, lever.yardstick, lever.hoped),
        "conduct": row(FULL, CONDUCT, -lever.crisis),
        "crisis": row(FULL, CRISIS, lever.crisis),
    }


def verdict(rows: Mapping[str, Row], check: str = "") -> str:
    """What the rows of one lever say together; where what the hope names is a manipulation check, those of its consequences."""
    if check:
        consequences = {name: row for name, row in rows.items() if name not in MANIPULATED}
        return f"{CHECK}; in what comes of it: {verdict(consequences)}"
    signs = {row.signs for row in rows.values()} - {"not testable"}
    if "both" in signs:
        return "both signs"
    if len(signs) == 2:
        return "helps one thing, harms another"
    if not signs:
        return "too small, draw by draw"
    return HARD_WIRED if "hoped only" in signs else "only against the hope"


def forum_layer(scenario: Scenario, options: Options, shuffles: int = SHUFFLES) -> list[Row]:
    """What all forums do together: against forums that are inert, and their memberships against shuffled ones.

    Every shuffle has draws of its own, so that no single shuffle decides.
    """
    inert = scenario.with_preset("structural_null")
    parts: list[Paired] = []
    shares = np.array_split(np.arange(options["draws"]), min(shuffles, options["draws"]))
    for number, draws in enumerate(map(len, shares)):
        region = scenario.region.shuffled(scenario.start, np.random.default_rng((options["seed"], number)))
        arms = {"as it is": scenario, "inert": inert, "shuffled": replace(scenario, region=region)}
        parts.append(paired(arms, FORUMS, **{**options, "draws": draws, "seed": options["seed"] + 1000 * (number + 1)}))
    drawn = {name: np.concatenate([part.drawn[name] for part in parts]) for name in parts[0].drawn}
    rows = []
    for control, what in (("inert", "forums against inert ones"), ("shuffled", "memberships against shuffled ones")):
        for key in FORUMS:
            found = Difference.joined([part.difference("as it is", control, key) for part in parts])
            rows.append(Row(what, found, YARDSTICKS[key].better or 1, drivers(found, drawn)))
    return rows


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def page(found: Mapping[str, Mapping[str, Row]], forums: Sequence[Row], options: Options, scenario: str) -> str:
    """The page; found: hope -> its rows."""
    draws, replicates, months = options["draws"], options["replicates"], options["months"]
    command = " ".join(f"--{name} {value}" for name, value in options.items() if name != "workers")
    summary = [
        [
            lever.hope,
            lever.switched,
            verdict(found[lever.hope], lever.check),
            " ".join(filter(None, (lever.check, REASONS.get(lever.hope, "")))),
        ]
        for lever in LEVERS
    ]
    parts = [
        NOTE,
        "# Sign audit",
        INTRODUCTION.format(scenario=scenario, draws=draws, replicates=replicates, months=months),
        f"Made by `python -m tools.sign_audit {command}`.",
        _table(("the essay's hope", "what is switched", "verdict", "reading"), summary),
    ]
    for name, title in TABLES.items():
        parts += [f"## {title}", _table(HEAD, [found[lever.hope][name].cells() for lever in LEVERS])]
    parts += ["## The forums as a whole", FORUM_TEXT, _table(HEAD, [row.cells() for row in forums])]
    return "\n\n".join(parts) + "\n"


NOTE = "<!-- Written by tools/sign_audit.py; changes made here are lost. -->"
HEAD = ("effect", "hoped for", "mean (95 % interval)", "as hoped", "opposite", "ties", "signs", "hangs on")
TABLES = {
    "full": "What the hope names, fully on against off",
    "prior": "What the hope names, as the prior has it against off",
    "conduct": "Legs of a regime that hold (without forum coverage), fully on against off",
    "crisis": "Months in crisis or war, fully on against off",
}
MANIPULATED = ("full", "prior")  # the tables of what the hope names
INTRODUCTION = """Is a sign built in? What carries each of the essay's hopes is switched off, and moved to the upper
end of its prior, while everything else is drawn from its prior: {draws} draws, {replicates} twins a draw with the
same luck on both sides, {months} months of `{scenario}`. A draw has a sign when its difference exceeds twice its
Monte Carlo error; shares are of those draws (in brackets their number, where fewer than 30 have one), ties are the
rest. A sign *occurs* when more draws show it than chance would give. *Hangs on*: the strongest rank correlations of
the effect with drawn parameters, if beyond chance. An effect with one sign only, wherever it can be seen, is called
*possibly hard-wired*: that is a question to the model, not a finding about the world. Where what is switched and what
measures it are the same thing by definition, the first two tables hold a *manipulation check*: they say that the switch works,
and only what comes of it in the last two is an effect."""
FORUM_TEXT = """All forums as they are, against the same forums with every channel shut (preset
`structural_null`), and against eight shuffles of who sits in which forum that keep how many members each forum has and how
many forums each state joins. Most forums hold nearly everybody, so a shuffle moves few seats."""
# What a reader should know of a lever: which channel opposes the hope, and what a single sign there means.
REASONS = {
    "forums lower misperception": (
        "Below 0 of `forums.clarity`, in a sixth of its prior, a meeting is a stage for bluff and misleads."
    ),
    "forums bring rivals together": (
        "Below 0 of `forums.meeting_opens`, in about a third of its prior, a clash at a common table closes doors; fully on it "
        "is at its upper end, so that the opposite shows where the prior is compared."
    ),
    "institutions grow when they are supported": (
        "In what comes of it, `norms.document` below 0 (paper taken for the deed) and `disputes.hardening` oppose."
    ),
    "institutions raise credibility": (
        "Below 0 of `credibility.institutions`, in about a quarter of its prior, members of a common body leave its promises "
        "to each other."
    ),
    "will opens talks": (
        "In what comes of it, `choice.will_exploited` (who is seen as eager is made to pay) and, below 0, "
        "`provocation.will_calms` and `provocation.talks_calm` (tests are chips at the table) oppose."
    ),
    "threat that is answered with arms deters": (
        "On force itself it shows nothing either way; on conduct 11 % of the draws with a sign speak for it, too few to be "
        "told from chance. Both ends of `choice.deterrence` and `choice.fear_of_exploitation` are open: with the latter at 0 "
        "it deters."
    ),
    "norms spread": (
        "`norms.peers` reaches none and `norms.defiance` opposes: what distrusted states stand by looks like theirs. The count "
        "cannot show it: switched off, next to nobody adopts, and fewer than nobody cannot."
    ),
    "talks settle disputes": (
        "Below 0 of `disputes.talks_settle` talks serve to gain time, and `disputes.breakdown_hardens` opposes: talks that "
        "break down leave a dispute harder than before."
    ),
}


def main(words: Sequence[str] | None = None) -> int:
    """Run the audit and write the page."""
    parser = argparse.ArgumentParser(prog="python -m tools.sign_audit", description=__doc__.split("\n")[0])
    for name, value in (("draws", 200), ("replicates", 20), ("months", 240), ("seed", 1), ("workers", 1)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--scenario", default="baseline_2018")
    given = vars(parser.parse_args(words))
    name = given.pop("scenario")
    scenario, found = load(name), dict[str, dict[str, Row]]()
    drawn = as_drawn(scenario, given)
    for lever in LEVERS:
        print(f"sign audit: {lever.hope}", file=sys.stderr, flush=True)
        found[lever.hope] = audited(scenario, lever, drawn, given)
    print("sign audit: the forums as a whole", file=sys.stderr, flush=True)
    PAGE.write_text(page(found, forum_layer(scenario, given), given, name), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
