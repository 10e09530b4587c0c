"""Where the plain-Mesa reference spends its time: shows that nothing plainly avoidable is left in it.

python benchmarks/profile_reference.py [SCENARIO]
"""

from __future__ import annotations

import cProfile
import pstats
import sys
from pathlib import Path

if __package__ in (None, ""):  # run as a file, its folder is on the path instead of the checkout
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from benchmarks.plain_mesa import batch
from benchmarks.plain_parts import setting
from regime_abm.scenario import load

RUNS, MONTHS, LEAST_SHARE = 10, 240, 0.01

# What each of the larger parts is, so that a reader can judge whether it could be left out.
WHY = {
    "be_judged": "likelihood ratios of five acts for every tie, reports, reputations",
    "act": "terms of the gain and the draw of an act for every tie",
    "respond": "four exponentials and five shares, twice a tie (one for each type)",
    "blurred": "chances of what is seen, twice a tie (one for each type)",
    "weigh_others": "two exponentials for trust and one for threat a tie",
    "meet_and_talk": "meetings, forgetting for every tie, talks for every pair",
    "fear": "sum over the other's allies",
    "go_on": "a chance and a draw for every pair",
    "within": "bounds of two reputations and one ratio a tie",
    "collect": "Mesa's DataCollector: eight reporters a month",
    "do": "Mesa's AgentSet.do: the activation of a stage",
    "<method 'random' of '_random.Random' objects>": "draws",
    "<built-in method math.exp>": "the exponentials themselves",
    "<built-in method math.log>": "the logarithms themselves",
}


def profiled(scenario: str, runs: int = RUNS, months: int = MONTHS) -> list[tuple[str, float, int]]:
    """(function, share of the time spent in it alone, calls a run-month), the largest first."""
    known = setting(load(scenario))
    batch(known, [0], 2)
    profile = cProfile.Profile()
    profile.enable()
    batch(known, range(runs), months)
    profile.disable()
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    total = sum(entry[2] for entry in stats.values())
    rows = [
        (name.strip("{}"), entry[2] / total, round(entry[1] / runs / months))
        for (_, _, name), entry in stats.items()
        if entry[2] / total >= LEAST_SHARE
    ]
    return sorted(rows, key=lambda row: -row[1])


def main() -> None:
    scenario = sys.argv[1] if len(sys.argv) > 1 else "baseline_2018"
    print(f"{scenario}: {RUNS} runs x {MONTHS} months; cProfile makes calls look dearer than they are")
    print(f"{'own time':>9}{'calls':>7}  function")
    for name, share, calls in profiled(scenario):
        print(f"{share:>9.1%}{calls:>7}  {name:<46} {WHY.get(name, '')}".rstrip())


if __name__ == "__main__":
    main()
