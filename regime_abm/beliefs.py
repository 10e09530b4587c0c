"""What would you have to believe for a scenario to end well? The region of the priors in which an outcome comes about.

Every parameter that the scenario does not set is drawn from its prior; each draw is run several times, with luck of its own.
In how many of its futures the outcome comes about, or by which draws it comes about more often than under a baseline with
the same luck, is what discovery then seeks a region for. Nothing is found where nothing occurs: then it says so, and seeks
the region of the graded yardstick that lies nearest.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from regime_abm.core.parameter import parameters_of
from regime_abm.discovery import Discovery, discover, percent
from regime_abm.endings import ENDINGS, needs_robust_test
from regime_abm.ensemble import Chunk, Progress, ensemble
from regime_abm.errors import InputError, nearest
from regime_abm.influence import Told, seconds_needed
from regime_abm.intervals import share_interval
from regime_abm.measures.outcome import KEYS, REGIMES
from regime_abm.mechanisms import COMPLETE
from regime_abm.paired import Difference, months_of, prior_draws
from regime_abm.scenario import Scenario
from regime_abm.tables import without_nan
from regime_abm.yardsticks import YARDSTICKS, gauges_of

if TYPE_CHECKING:
    import pandas as pd

DRAWS, REPLICATES = 400, 10
FEWEST_CASES = 10  # draws in which the outcome comes about, and in which it does not, below which no region is sought
TOP = 0.9  # of the nearest graded outcome the region of its best tenth is sought
OCCURRING = (*KEYS, "regime", "regime_ever")
# The yardstick, more of which is nearer to an outcome that may be rare; a yardstick with a limit is its own.
_NEAREST = dict.fromkeys(("war", "crisis", "chronic_hostility"), "crisis_months") | {"issue_regime": "agreements"}
_NEAREST |= dict.fromkeys((*REGIMES, "regime", "regime_ever"), "legs")
LOOKED_AT = 8  # parameters among which a region is sought
_CASE = "case"  # the column that discovery looks at


@dataclass(frozen=True)
class Asked:
    """The outcome that was asked for. key: an outcome class, or a yardstick, then with a limit unless two arms are compared."""

    key: str
    above: float | None = None
    below: float | None = None

    @classmethod
    def of(cls, key: str, above: float | None, below: float | None, *, compared: bool) -> Asked:
        """Checked; InputError for an unknown key, for a class with a limit, and for a yardstick without one."""
        limits = (above is not None) + (below is not None)
        if key not in OCCURRING and key not in YARDSTICKS:
            raise InputError(f"outcome: unknown outcome {key!r}{nearest(key, (*OCCURRING, *YARDSTICKS))}")
        if limits == 2:
            raise InputError(f"outcome {key}: give above or below, not both")
        if key in OCCURRING and limits:
            raise InputError(f"outcome {key}: comes about or not; above and below are for yardsticks")
        if key in YARDSTICKS and not (limits or compared):
            raise InputError(f"outcome {key}: is a number ({YARDSTICKS[key].unit}); say above or below what it is of interest")
        return cls(key, above, below)

    @property
    def title(self) -> str:
        """In words."""
        name = ENDINGS[self.key].title if self.key in OCCURRING else YARDSTICKS[self.key].title
        if self.above is not None:
            return f"{name} above {self.above:g}"
        return name if self.below is None else f"{name} below {self.below:g}"

    @property
    def occurs(self) -> bool:
        """Whether it is something that a future has or has not."""
        return self.key in OCCURRING or self.above is not None or self.below is not None

    @property
    def better(self) -> int:
        """1 where more of it works better, -1 where less does. What is neither is asked for, so more of it is."""
        return 1 if self.occurs else YARDSTICKS[self.key].better or 1

    @property
    def near(self) -> str:
        """Key of the nearest graded yardstick."""
        return _NEAREST.get(self.key, "peace") if self.key in OCCURRING else self.key

    @property
    def downward(self) -> bool:
        """Whether less of the nearest graded yardstick is nearer to what was asked for."""
        return self.below is not None or (self.above is None and self.better < 0)

    def taken(self, chunk: Chunk) -> np.ndarray:
        """(futures,) 1 or 0 where it comes about or not (also where it is not defined), else the number."""
        if self.key in OCCURRING:
            return ENDINGS[self.key].take(chunk)
        values = YARDSTICKS[self.key].compute(chunk)
        if self.above is not None:
            return (values > self.above).astype(float)
        return values if self.below is None else (values < self.below).astype(float)


def _kept(chunk: Chunk, *, asked: Asked) -> dict[str, Any]:
    """What is kept of a chunk: the outcome, the nearest graded one, regimes put to the test and the seconds that took."""
    graded = YARDSTICKS[asked.near].compute(chunk)
    return {"outcome": asked.taken(chunk), "near": graded, "tested": len(chunk.resilience), "seconds": chunk.robust_seconds}


@dataclass(frozen=True)
class Belief:
    """What you would have to believe.

    scenario, against: names, the second None when nothing is compared. outcome: key; title: in words. values: (draws,
    replicates) of the outcome; baseline: the same under the baseline. cases: (draws,) what a region was sought for: the share
    of the futures in which it comes about, or 1 where the draw tells the scenario from the baseline for the better (twice the
    Monte Carlo error). drawn: parameter -> (draws,). discovery: what was found; None where cases are too few. graded: (draws,)
    means of the nearest graded outcome, or of its difference to the baseline; near_discovery: the region of its best tenth,
    sought only where that of the outcome could not be. tested: regimes put to the test by twin branches, in robust_seconds.
    """

    scenario: str
    against: str | None
    asked: Asked
    values: np.ndarray
    baseline: np.ndarray | None
    cases: np.ndarray
    drawn: Mapping[str, np.ndarray]
    discovery: Discovery | None
    graded: np.ndarray
    near_discovery: Discovery | None
    seed: int
    months: int
    seconds: float
    tested: int
    robust_seconds: float

    @property
    def draws(self) -> int:
        """Draws of the parameters."""
        return self.values.shape[0]

    @property
    def replicates(self) -> int:
        """Futures of each draw."""
        return self.values.shape[1]

    @property
    def occurred(self) -> int:
        """Draws in which there is any case."""
        return int((self.cases > 0.0).sum())

    @property
    def title(self) -> str:
        """The outcome in words, and what it is compared with."""
        better = "" if self.against is None else f": {self.scenario} works better than {self.against}"
        return f"{self.asked.title}{better}"

    @cached_property
    def beliefs(self) -> pd.DataFrame:
        """One row a box and parameter, as :attr:`Discovery.beliefs`, with the prior, and the middle nine tenths of it."""
        found = self.discovery or self.near_discovery
        if found is None:
            import pandas as pd

            return pd.DataFrame()
        table, known = found.beliefs.copy(), parameters_of(COMPLETE)
        items = [known[name] for name in table["parameter"]]
        ends = [item.prior.quantile(np.array([0.05, 0.95]), item.low, item.high) for item in items]
        table["prior"] = [str(item.prior) for item in items]
        table["prior_low"], table["prior_high"] = [float(low) for low, _ in ends], [float(high) for _, high in ends]
        return table

    def words(self) -> list[str]:
        """What was found, in sentences."""
        said = [self._share()]
        if self.discovery is not None:
            return [*said, *self._region(self.discovery, self.title)]
        if np.isnan(self.graded).any():
            return [*said, f"Nearest graded outcome: {self.near_title}; it is not defined in every draw."]
        best = f"on average {self.graded.mean():.3g}, in the draw that comes nearest {self._best():.3g}"
        said.append(f"Nearest graded outcome: {self.near_title} ({YARDSTICKS[self.asked.near].unit}), {best}.")
        if self.near_discovery is not None:
            said += self._region(self.near_discovery, self.near_discovery.outcome)
        return said

    def _best(self) -> float:
        return float(self.graded.min() if self.asked.downward else self.graded.max())

    @property
    def near_title(self) -> str:
        """The nearest graded outcome in words."""
        title = YARDSTICKS[self.asked.near].title
        return title if self.against is None else f"{title}, difference to {self.against}"

    def _share(self) -> str:
        """How often it came about."""
        draws, futures = f"{self.occurred:,} of {self.draws:,} draws", f"{self.values.size:,} futures"
        if self.against is not None:
            worse = "" if self.baseline is None else f", works worse in {self.worse:,}"
            text = f"{self.title}: in {draws}{worse}, and cannot be told apart in the rest ({futures} and their twins)."
        elif self.occurred:
            low, high = share_interval(self.occurred, self.draws)
            text = (
                f"{self.title}: in {percent(self.values.mean())} of {futures}, at least once in {draws} "
                f"({percent(self.occurred / self.draws)}; 95 % interval {percent(low)} to {percent(high)})."
            )
        else:
            text = f"{self.title}: {draws}, nothing in these priors makes it ({futures})."
        if self.discovery is None and self.occurred:
            few = "too few" if self.occurred < FEWEST_CASES else "too many"
            text += f" These are {few} to tell what they have in common."
        return text

    @cached_property
    def worse(self) -> int:
        """Draws in which the scenario works worse than the baseline; 0 when nothing is compared."""
        if self.baseline is None:
            return 0
        return int((Difference.of(self.asked.key, self.values, self.baseline).sign == -self.asked.better).sum())

    def _region(self, found: Discovery, title: str) -> list[str]:
        """The boxes, a sentence a belief."""
        if not found.found:
            return [f"{title}: no region of these priors holds more of it than chance gives."]
        said = []
        for number, row in enumerate(found.boxes.itertuples(), 1):
            said.append(f"{'To make it likely' if number == 1 else 'Or else'} you would have to believe, all at once, that")
            for limit in self.beliefs[self.beliefs["box"] == number].itertuples():
                prior = f"{limit.prior}, nine tenths of it in {limit.prior_low:.3g} to {limit.prior_high:.3g}"
                said.append(
                    f"  {limit.parameter} is {_range(limit.low, limit.high)} {limit.unit}. {limit.meaning} "
                    f"(Prior: {prior}; {percent(limit.believed)} of the draws agree.)"
                )
            left = "" if number == 1 else " left"
            text = (
                f"  There it is {percent(row.density)} (density), elsewhere {percent(row.elsewhere)}; the region holds "
                f"{percent(row.coverage)} of it (coverage) in {percent(row.mass)} of the draws{left}."
            )
            if np.isfinite(row.held_density):
                text += f" In draws held out: {percent(row.held_density)}, elsewhere {percent(row.held_elsewhere)}."
                if row.held_density <= row.held_elsewhere:
                    text += " So it is not to be believed."
            said.append(text)
        return said

    def summary(self) -> dict[str, Any]:
        """All of it, ready for JSON; what is not known is null."""
        found = self.discovery or self.near_discovery
        about: dict[str, Any] = {"schema": 1, "scenario": self.scenario, "against": self.against, "outcome": self.asked.key}
        about |= {"above": self.asked.above, "below": self.asked.below, "title": self.title, "draws": self.draws}
        about |= {"replicates": self.replicates, "seed": self.seed, "months": self.months, "draws_with_cases": self.occurred}
        about |= {"share_of_draws": self.occurred / self.draws, "draws_worse": None if self.baseline is None else self.worse}
        defined = self.values[np.isfinite(self.values)]
        about |= {"mean": float(defined.mean()) if len(defined) else None, "rare": self.discovery is None}
        known = not np.isnan(self.graded).any()
        nearest_found = {"mean": float(self.graded.mean()), "best": self._best()} if known else {"mean": None, "best": None}
        about |= {"nearest": {"key": self.asked.near, "title": self.near_title, **nearest_found}}
        about |= {"region_of": found.outcome if found else None, "words": self.words(), "beliefs": without_nan(self.beliefs)}
        about |= {"boxes": without_nan(found.boxes) if found else [], "tree": without_nan(found.tree) if found else []}
        return about | {"regimes_tested": self.tested, "seconds": self.seconds, "robust_seconds": self.robust_seconds}


def _range(low: float, high: float) -> str:
    if np.isfinite(low) and np.isfinite(high):
        return f"between {low:.3g} and {high:.3g}"
    return f"above {low:.3g}" if np.isfinite(low) else f"below {high:.3g}"


def believe(
    scenario: Scenario,
    outcome: str,
    *,
    above: float | None = None,
    below: float | None = None,
    against: Scenario | None = None,
    draws: int = DRAWS,
    replicates: int = REPLICATES,
    seed: int = 1,
    months: int | None = None,
    workers: int = 1,
    boxes: int = 2,
    estimate: Told | None = None,
    progress: Progress | None = None,
    robust_progress: Progress | None = None,
) -> Belief:
    """The region of the priors in which an outcome comes about, or in which a scenario works better than another.

    outcome: an outcome class, "regime", "regime_ever", or a yardstick with above or below. Twin branches are run for those
    that need them (:func:`regime_abm.endings.needs_robust_test`). against: a scenario with the same draws and luck; a draw
    then counts where the mean difference of its twins is for the better by more than twice its Monte Carlo error.
    estimate(futures, seconds) is told before the work begins, twin branches not counted. progress(done, wanted) counts
    futures' months of all arms; robust_progress the regimes of the present chunk. Raises
    InputError for an outcome that is none, and for arms that differ in length when no months are given.
    """
    asked = Asked.of(outcome, above, below, compared=against is not None)
    arms = {"": scenario} | ({} if against is None else {"against": against})
    span = months or months_of(arms)
    names = dict.fromkeys(name for arm in arms.values() for name in parameters_of(arm.schedule))
    free = [name for name in names if not all(name in arm.parameters for arm in arms.values())]
    drawn = prior_draws(draws, seed, free)
    if estimate is not None:
        needed = sum(seconds_needed(arm, seed, drawn, replicates, span) for arm in arms.values())
        estimate(draws * replicates * len(arms), needed / workers)
    options: dict[str, Any] = {"months": span, "workers": workers, "gauges": gauges_of([asked.near])}
    options |= {"robust": needs_robust_test([outcome]), "robust_progress": robust_progress}
    found, seconds = [], 0.0
    for place, arm in enumerate(arms.values()):
        heard = partial(_heard, progress, place, len(arms))
        each = _of_arm(arm, drawn, replicates)
        keep = partial(_kept, asked=asked)
        parts, spent = ensemble(arm, seed, draws * replicates, each=each, keep=keep, progress=heard, **options)
        seconds += spent
        found.append(parts)
    values, *others = (_joined(parts, "outcome").reshape(draws, replicates) for parts in found)
    baseline = others[0] if others else None
    cases = values.mean(axis=1) if baseline is None else _better(asked, values, baseline)
    graded, *graded_others = (_joined(parts, "near").reshape(draws, replicates) for parts in found)
    nearness = Difference.of(asked.near, graded, graded_others[0] if others else np.zeros_like(graded)).mean
    several: list[dict[str, Any]] = [part for parts in found for part in parts]
    belief = Belief(
        scenario.name, against.name if against else None, asked, values, baseline, cases, drawn, None, nearness, None, seed,
        span, seconds, sum(part["tested"] for part in several), sum(part["seconds"] for part in several),
    )  # fmt: skip
    return _with_region(belief, boxes)


def _with_region(belief: Belief, boxes: int) -> Belief:
    """With the region of the outcome where there are cases enough, else with that of the nearest graded one."""

    def sought(cases: np.ndarray, title: str) -> Discovery | None:
        if min((cases > 0.0).sum(), (cases < 1.0).sum()) < FEWEST_CASES or np.ptp(cases) == 0.0:
            return None
        table = _table(belief.drawn, cases)
        found = discover(table, _CASE, parameters=likeliest(belief.drawn, cases), most=boxes, seed=belief.seed)
        return dataclasses.replace(found, outcome=title)

    discovery = sought(belief.cases, belief.title)
    if discovery is not None or np.isnan(belief.graded).any():
        return dataclasses.replace(belief, discovery=discovery)
    down = belief.asked.downward
    limit = float(np.quantile(belief.graded, 1.0 - TOP if down else TOP))
    top = belief.graded < limit if down else belief.graded > limit
    unit = YARDSTICKS[belief.asked.near].unit
    title = f"{belief.near_title} {'below' if down else 'above'} {limit:.3g} ({unit}) in the mean of a draw"
    return dataclasses.replace(belief, near_discovery=sought(top.astype(float), title))


def likeliest(drawn: Mapping[str, np.ndarray], cases: np.ndarray) -> list[str]:
    """The parameters that go most closely with the cases, by rank correlation, strongest first.

    Among two hundred PRIM finds some limit of an idle one that looks good at every step, and the region drowns in them.
    All draws are looked at, so draws held out judge the limits, not which parameters were looked at.
    """
    from scipy.stats import rankdata

    ranks = rankdata(cases)
    moving = {name: rankdata(values) for name, values in drawn.items() if np.ptp(values) > 0.0}
    strength = {name: abs(float(np.corrcoef(ranks, values)[0, 1])) for name, values in moving.items()}
    return sorted(strength, key=lambda name: -strength[name])[:LOOKED_AT]


def _table(drawn: Mapping[str, np.ndarray], cases: np.ndarray) -> pd.DataFrame:
    """A row a draw; several where its share of cases is surer than one future's yes or no, see :func:`weight`."""
    import pandas as pd

    return pd.DataFrame({name: np.repeat(values, weight(cases)) for name, values in {**drawn, _CASE: cases}.items()})


def weight(cases: np.ndarray) -> int:
    """How many independent futures a draw is worth: the variance of single ones over that of the shares, rounded down.

    As many as it has futures where draws differ by luck alone, and one where a draw decides everything.

    >>> weight(np.array([0.0, 1.0, 1.0, 0.0])), weight(np.array([0.4, 0.6, 0.5, 0.5]))
    (1, 50)
    """
    share = cases.mean()
    return max(1, int(share * (1.0 - share) / cases.var() + 1e-9))


def _of_arm(arm: Scenario, drawn: Mapping[str, np.ndarray], replicates: int) -> dict[str, np.ndarray]:
    """One value a future of what the arm does not set itself."""
    return {name: np.repeat(values, replicates) for name, values in drawn.items() if name not in arm.parameters}


def _joined(parts: Sequence[Mapping[str, Any]], name: str) -> np.ndarray:
    return np.concatenate([part[name] for part in parts])


def _better(asked: Asked, values: np.ndarray, baseline: np.ndarray) -> np.ndarray:
    """(draws,) 1 where the difference is for the better beyond twice its Monte Carlo error."""
    return (Difference.of(asked.key, values, baseline).sign == asked.better).astype(float)


def _heard(progress: Progress | None, place: int, arms: int, done: int, wanted: int) -> None:
    if progress is not None:
        progress(place * wanted + done, arms * wanted)
