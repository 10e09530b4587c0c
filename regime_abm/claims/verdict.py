"""The rule of verdict, fixed before anything was run, and what separates the draws where it depends.

A draw has a sign where its paired difference exceeds twice its Monte Carlo error; the others are ties, told apart and never
counted as refutation. With fewer than 30 draws that have a sign nothing is judged. Else, of the sign that the claim expects:
supported when the mean over draws has it, the 95 % interval leaves out nothing, and .80 or more of the draws with a sign have
it; refuted when .20 or fewer have it, or the mean is opposite and the interval leaves out nothing; conditional otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from regime_abm.analysis import tree
from regime_abm.claims.files import Test
from regime_abm.paired import BEYOND, Difference, drivers

SUPPORTED, REFUTED, CONDITIONAL, NOT_TESTABLE = "supported", "refuted", "conditional", "not testable"
VERDICTS = (SUPPORTED, CONDITIONAL, REFUTED, NOT_TESTABLE)
MOST, FEW = 0.80, 0.20  # shares of draws from which a claim is supported, and up to which it is refuted
HARD_WIRED_FROM = (
    200  # draws below which a share of 1.00 says little: a true .95 shows 1.00 in a third of 20-draw tests
)
_SMALLEST_LEAF = 0.1


@dataclass(frozen=True)
class Found:
    """What one test found. effect, low, high: mean over draws and its interval; ssp: share of the draws with a sign that have
    the expected one (for an equivalence: of all draws, those not beyond the smallest effect of interest), None where it is not
    testable. rival: the arm or outcome that was compared with. size: how the effect stands to the smallest of interest.
    separators: leaves of a small tree over what the effect hangs on, where the verdict is conditional."""

    test: Test
    verdict: str
    effect: float
    low: float
    high: float
    ssp: float | None
    draws: int
    signed: int
    ties: float
    between: float
    within: float
    rival: str = ""
    size: str = ""
    hard_wired: bool = False
    hangs_on: tuple[tuple[str, float], ...] = ()
    separators: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Judged:
    """A claim's verdict, from all its tests that are not told beside; found: one entry a test, the headline first."""

    verdict: str
    hard_wired: bool
    found: tuple[Found, ...]


def by_rule(difference: Difference, sign: int) -> tuple[str, float | None]:
    """Verdict on an expected sign, 1 or -1, and the share of the draws with a sign that have it."""
    share = difference.share(sign)
    if share is None:
        return NOT_TESTABLE, None
    mean, low, high = difference.interval
    towards, nearest, farthest = sign * mean, min(sign * low, sign * high), max(sign * low, sign * high)
    if share <= FEW or (towards < 0 and farthest < 0):
        return REFUTED, share
    if towards > 0 and nearest > 0 and share >= MOST:
        return SUPPORTED, share
    return CONDITIONAL, share


def equivalent(difference: Difference, smallest: float) -> tuple[str, float | None]:
    """Verdict on no effect of interest, and the share of draws that are not beyond it, by more than twice their error.

    Supported when the whole interval of the mean is within and .80 or more of the draws are; refuted when the whole interval
    is beyond or .20 or fewer are.
    """
    known = ~np.isnan(difference.mean)
    if known.sum() < 2:
        return NOT_TESTABLE, None
    beyond = np.abs(difference.mean[known]) - BEYOND * difference.error[known] > smallest
    share = float(1.0 - beyond.mean())
    _, low, high = difference.interval
    if share <= FEW or low > smallest or high < -smallest:
        return REFUTED, share
    if -smallest <= low and high <= smallest and share >= MOST:
        return SUPPORTED, share
    return CONDITIONAL, share


def free(difference: Difference) -> tuple[str, float | None]:
    """Verdict on "neither sign prevails", and the share of the draws with a sign that have the more frequent one."""
    shares = [share for share in (difference.share(1), difference.share(-1)) if share is not None]
    if not shares:
        return NOT_TESTABLE, None
    return (SUPPORTED if max(shares) < MOST else REFUTED), max(shares)


def judge(test: Test, difference: Difference, drawn: Mapping[str, np.ndarray], rival: str = "") -> Found:
    """One test by the rule. difference: treatment less rival (for a shape: less what it is compared with); drawn: parameter ->
    (draws,) values, of those that at least one side drew."""
    sign = {"up": 1, "down": -1, None: 0}[test.expected]
    if test.kind == "equivalence":
        verdict, ssp = equivalent(difference, test.smallest)
    elif test.kind == "free":
        verdict, ssp = free(difference)
    else:
        verdict, ssp = by_rule(_shifted(difference, sign * _MARGIN.get(test.kind, 0) * test.smallest), sign)
    mean, low, high = difference.interval
    hangs_on = tuple(drivers(difference, drawn))
    between, within = difference.spread
    hard_wired = test.kind in ("sign", "shape") and ssp == 1.0 and difference.draws >= HARD_WIRED_FROM
    split = separators(difference, sign or 1, drawn, hangs_on) if verdict == CONDITIONAL or test.kind == "free" else ()
    return Found(
        test=test,
        verdict=verdict,
        effect=mean,
        low=low,
        high=high,
        ssp=ssp,
        draws=difference.draws,
        signed=difference.signed,
        ties=difference.ties,
        between=between,
        within=within,
        rival=rival,
        size=size_of(low, high, test.smallest),
        hard_wired=hard_wired,
        hangs_on=hangs_on,
        separators=split,
    )


_MARGIN = {"no worse": 1, "at least": -1}  # smallest effects of interest that are given, or asked for


def _shifted(difference: Difference, by: float) -> Difference:
    if not by:
        return difference
    return Difference(difference.key, difference.mean + by, difference.error, difference.pairs)


def size_of(low: float, high: float, smallest: float) -> str:
    """How an effect's interval stands to the smallest effect of interest, in words; "" where that is nothing."""
    if not smallest or np.isnan(low):
        return ""
    if low >= smallest or high <= -smallest:
        return "of interest"
    return (
        "too small to be of interest" if -smallest < low and high < smallest else "of interest or not, this cannot tell"
    )


def separators(
    difference: Difference, sign: int, drawn: Mapping[str, np.ndarray], hangs_on: Sequence[tuple[str, float]]
) -> tuple[Mapping[str, Any], ...]:
    """Where the draws with a sign have this one: leaves of a small tree [breiman1984] over what the effect hangs on.

    Each leaf: where (in words), parameters, share, draws. Empty where nothing stands out: a tree over all parameters would
    always find something.
    """
    names = [name for name, _ in hangs_on]
    rows = difference.sign != 0
    flags = (difference.sign[rows] == sign).astype(float)
    if not names or not 0.0 < flags.mean() < 1.0:
        return ()
    points = np.stack([drawn[name][rows].astype(float) for name in names], axis=1)
    found = []
    for leaf in tree.leaves(points, flags, depth=2, smallest=_SMALLEST_LEAF):
        used = [names[place] for place in leaf.restricted]
        told = " and ".join(_bounds(names[place], leaf.low[place], leaf.high[place]) for place in leaf.restricted)
        found.append({"where": told or "anywhere", "parameters": used, "share": leaf.density, "draws": int(leaf.rows)})
    return tuple(sorted(found, key=lambda leaf: -leaf["share"])) if len(found) > 1 else ()


def _bounds(name: str, low: float, high: float) -> str:
    if np.isfinite(low) and np.isfinite(high):
        return f"{name} between {low:.3g} and {high:.3g}"
    return f"{name} above {low:.3g}" if np.isfinite(low) else f"{name} up to {high:.3g}"


def together(found: Sequence[Found]) -> Judged:
    """A claim's verdict: every test counts that is not told beside. One that is refuted refutes it; one that cannot be tested
    leaves it so; else it is conditional unless all are supported."""
    counted = [item.verdict for item in found if not item.test.beside]
    verdict = next((word for word in (REFUTED, NOT_TESTABLE, CONDITIONAL) if word in counted), SUPPORTED)
    return Judged(verdict, any(item.hard_wired for item in found if not item.test.beside), tuple(found))
