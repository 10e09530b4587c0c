"""What claims came to, as rows, as JSON, and as a page in words: what is said, what was found, what to believe."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from regime_abm.claims.claim import Claim
from regime_abm.claims.running import Size, twins_worth
from regime_abm.claims.verdict import CONDITIONAL, NOT_TESTABLE, REFUTED, SUPPORTED, Found, Judged
from regime_abm.core.parameter import Parameter
from regime_abm.paired import FEWEST
from regime_abm.plan import all_parameters
from regime_abm.version import VERSION
from regime_abm.yardsticks import yardstick

SURGERY = "surgery"
NOTE = "<!-- Written by `regime-abm claims`; changes made here are lost. -->"
SAID = {
    SUPPORTED: "the model bears it out over most of what one may believe",
    CONDITIONAL: "it depends on what one believes",
    REFUTED: "the model does not bear it out",
    NOT_TESTABLE: "too few draws show any difference to judge",
}
_ABOUT = """Each claim is an experiment that can fail. The same futures run under two or more *arms*; every parameter
that no arm sets is drawn from its prior, {draws} times, and each draw is run {replicates} times with the same luck in
all arms. A draw *has a sign* when its difference exceeds twice its Monte Carlo error; the others are ties and are
told apart. The rule was fixed before anything was run: **supported** when the mean has the expected sign, its 95 %
interval leaves out nothing and 80 % or more of the draws with a sign have it; **refuted** when 20 % or fewer have it,
or the mean is opposite and its interval leaves out nothing; **conditional** otherwise; **not testable** with fewer
than {fewest} draws that have a sign. A share of 100 % over 200 draws or more is flagged *possibly hard-wired*: a
question to the model. *Surgery* marks arms in which a belief or a state is forced: they tell what would follow, not
how to get there. Refuted claims stay here. All of it is about this model: a map from assumptions to outcomes, not a
forecast."""


def number(value: float | None) -> float | None:
    """A number for JSON, which has no word for NaN but null."""
    return None if value is None or math.isnan(value) else float(value)


def rows(claims: Sequence[Claim], judged: Mapping[str, Judged]) -> list[dict[str, Any]]:
    """One row a test: claim, verdict of the claim, what was compared, and the numbers; a flat table."""
    found = []
    for claim in claims:
        for place, item in enumerate(judged[claim.id].found, 1):
            test = item.test
            found.append(
                {
                    "id": claim.id,
                    "sentence": " ".join(claim.file.sentence),
                    "verdict": judged[claim.id].verdict,
                    "test": place,
                    "test_verdict": item.verdict,
                    "what": test.what,
                    "outcome": test.outcome if test.per is None else f"{test.outcome} per {test.per}",
                    "kind": test.kind,
                    "expected": test.expected or "",
                    "treatment": _arm(test.treatment, test.less),
                    "against": f"{test.against:g}" if test.against is not None else _arm(item.rival, test.less),
                    "effect": item.effect,
                    "low": item.low,
                    "high": item.high,
                    "smallest": test.smallest,
                    "size": item.size,
                    "ssp": math.nan if item.ssp is None else item.ssp,
                    "draws": item.draws,
                    "signed": item.signed,
                    "ties": item.ties,
                    "beside": test.beside,
                    "hard_wired": item.hard_wired,
                    SURGERY: bool(claim.surgery),
                }
            )
    return found


def _arm(arm: str, less: Mapping[str, str]) -> str:
    return f"{arm} less {less[arm]}" if arm in less else arm


def summary(
    claims: Sequence[Claim], judged: Mapping[str, Judged], size: Size, left: Mapping[str, str]
) -> dict[str, Any]:
    """All of it, ready for JSON; the numbers of a claim are those of its headline test, all tests stand below it."""
    return {
        "schema": 1,
        "version": VERSION,
        "draws": size.draws,
        "replicates": size.replicates,
        "seed": size.seed,
        "claims": [_claim(claim, judged[claim.id], size) for claim in claims],
        "left_out": dict(left),
        "twins_worth": number(twins_worth(item for one in judged.values() for item in one.found)),
    }


def _claim(claim: Claim, found: Judged, size: Size) -> dict[str, Any]:
    head, file = found.found[0], claim.file
    return {
        "id": claim.id,
        "sentence": list(file.sentence),
        "claim": file.claim,
        "effect": number(head.effect),
        "interval": [number(head.low), number(head.high)],
        "ssp": number(head.ssp),
        "verdict": found.verdict,
        "hard_wired": found.hard_wired,
        "separators": [dict(leaf) for leaf in head.separators],
        "draws": size.draws,
        "replicates": size.replicates,
        "seed": size.seed,
        "months": size.months or file.months,
        SURGERY: {arm: list(cuts) for arm, cuts in claim.surgery.items()},
        "modules": list(next(iter(claim.arms.values())).modules),
        "arms": dict(claim.does),
        "says": file.says,
        "stands_for": file.stands_for,
        "estimand": file.estimand,
        "ties": file.ties,
        "counter_force": list(file.counter_force),
        "refuted_if": file.refuted_if,
        "re_examined": file.re_examined,
        "tests": [_test(item) for item in found.found],
    }


def _test(item: Found) -> dict[str, Any]:
    test = item.test
    return {
        "what": test.what,
        "outcome": test.outcome,
        "per": test.per,
        "title": yardstick(test.outcome).title,
        "unit": yardstick(test.outcome).unit,
        "kind": test.kind,
        "expected": test.expected,
        "smallest": test.smallest,
        "treatment": _arm(test.treatment, test.less),
        "rival": _arm(item.rival, test.less),
        "against": test.against,
        "beside": test.beside,
        "verdict": item.verdict,
        "effect": number(item.effect),
        "interval": [number(item.low), number(item.high)],
        "ssp": number(item.ssp),
        "size": item.size,
        "draws": item.draws,
        "signed": item.signed,
        "ties": number(item.ties),
        "between": number(item.between),
        "within": number(item.within),
        "hard_wired": item.hard_wired,
        "hangs_on": [{"parameter": name, "rank_correlation": value} for name, value in item.hangs_on],
        "separators": [dict(leaf) for leaf in item.separators],
    }


def percent(share: float | None) -> str:
    """A share as whole per cent; "" where there is none."""
    return "" if share is None or math.isnan(share) else f"{100 * share:.0f} %"


def effect(item: Found) -> str:
    """``+0.031 (+0.012 to +0.05)``."""
    return "" if math.isnan(item.effect) else f"{item.effect:+.3g} ({item.low:+.2g} to {item.high:+.2g})"


def believed(item: Found) -> list[str]:
    """What one would have to believe for the expected sign, a sentence a leaf; else what the effect hangs on."""
    if item.separators:
        sure = [leaf for leaf in item.separators if leaf["share"] >= 0.5] or item.separators[:1]
        told = [f"{percent(leaf['share'])} of the draws with a sign have it where {leaf['where']}" for leaf in sure]
        worst = item.separators[-1]
        return [*told, f"{percent(worst['share'])} where {worst['where']}"]
    if item.hangs_on:
        ways = {name: "more" if value > 0 else "less" for name, value in item.hangs_on}
        named = ", ".join(f"`{name}` ({way} of it raises the effect)" for name, way in ways.items())
        return [f"the size of the effect hangs on {named}"]
    return ["no single parameter stands out"]


def page(
    claims: Sequence[Claim], judged: Mapping[str, Judged], size: Size, left: Mapping[str, str], command: str
) -> str:
    """The page in Markdown, one chapter a claim; refuted ones stay."""
    about = _ABOUT.format(draws=size.draws, replicates=size.replicates, fewest=FEWEST)
    lines = [NOTE, "", "# The essay's claims", "", about, "", f"Made by `{command}`, version {VERSION}.", ""]
    lines += [
        "| | claim | verdict | effect (95 % interval) | draws as expected | |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for claim in claims:
        one = judged[claim.id]
        head = one.found[0]
        flags = "; ".join(_flags(claim, one))
        cells = [
            f"[{claim.id}](#{claim.id.lower()})",
            claim.file.claim,
            one.verdict,
            effect(head),
            percent(head.ssp),
            flags,
        ]
        lines.append(f"| {' | '.join(cells)} |")
    known = all_parameters()
    for claim in claims:
        lines += ["", *_chapter(claim, judged[claim.id], known)]
    if left:
        lines += ["", "## Left out", ""]
        lines += [f"- {name}: needs what this version does not have" for name in left]
    return "\n".join(lines) + "\n"


def _flags(claim: Claim, found: Judged) -> list[str]:
    flags = [SURGERY] if claim.surgery else []
    if found.hard_wired:
        flags.append("possibly hard-wired")
    if found.found[0].size.startswith("too small"):
        flags.append("too small to be of interest")
    return flags


def _chapter(claim: Claim, found: Judged, known: Mapping[str, Parameter]) -> list[str]:
    file = claim.file
    source = f"The essay ({', '.join(file.sentence)})" if file.sentence else "Not in the essay"
    lines = [f"## {claim.id}", "", f"**{file.claim}** {source}: {file.says}", ""]
    if file.stands_for:
        lines += [f"*In the model*: {file.stands_for}", ""]
    lines += [f"- *{arm}*: {does}{_forced(claim, arm)}" for arm, does in claim.does.items()]
    lines += ["", f"*What the model says*: **{found.verdict}**: {SAID[found.verdict]}.", ""]
    lines += [
        "| compared | expected | effect (95 % interval) | draws as expected | ties | |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for item in found.found:
        test = item.test
        against = f"{test.against:g}" if test.against is not None else _arm(item.rival, test.less)
        compared = f"{test.what}: *{_arm(test.treatment, test.less)}* against *{against}*"
        verdict = f"{item.verdict}{' (told beside)' if test.beside else ''}{'; ' + item.size if item.size else ''}"
        expected = test.expected or test.kind
        cells = [compared, expected, effect(item), percent(item.ssp), percent(item.ties), verdict]
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", "*What you would have to believe*:", ""]
    lines += [f"- {item.test.what}: {'; '.join(believed(item))}." for item in found.found if not item.test.beside]
    used = dict.fromkeys(name for item in found.found if not item.test.beside for name in _named(item))
    if used:
        lines += ["", "; ".join(f"`{name}`: {known[name].meaning.rstrip('.')}" for name in used) + "."]
    forces = ", ".join(f"`{name}`" for name in file.counter_force)
    lines += ["", f"*What could turn it*: {forces}. *It would be refuted if* {file.refuted_if}"]
    if file.re_examined:
        lines += ["", f"*Looked at again*: {file.re_examined}"]
    return lines


def _named(item: Found) -> list[str]:
    return [name for name, _ in item.hangs_on] + [name for leaf in item.separators for name in leaf["parameters"]]


def _forced(claim: Claim, arm: str) -> str:
    cuts = claim.surgery.get(arm)
    return f" (**{SURGERY}**: {'; '.join(cuts)})" if cuts else ""
