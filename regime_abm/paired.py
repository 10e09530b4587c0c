"""Twin experiments: the same futures under two scenarios, over many draws of everything that is not known.

An arm is a scenario: what it sets (parameters, a preset, events, starting values) is the treatment. Every parameter that it
does not set is drawn from its prior, the same draw in all arms, and every draw is run several times, each time with the
same luck in all arms. What differs between twins was done by the treatment.

Luck is not shared between draws: draw d owns the replicates d * replicates to (d + 1) * replicates - 1. With one set of luck
for all draws the peculiarities of that set would enter every draw alike; the spread over draws would not show them, and
the interval of the mean would be too narrow however many draws there were. With luck of its own every draw is an
independent case, and the mean's error is what the spread over draws says it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from regime_abm.core.noise import seed_of
from regime_abm.core.parameter import parameters_of
from regime_abm.ensemble import Progress, ensemble
from regime_abm.errors import InputError
from regime_abm.intervals import CONFIDENCE, mean_interval
from regime_abm.mechanisms import COMPLETE
from regime_abm.scenario import Scenario
from regime_abm.yardsticks import gauges_of, of_record, records_of, taken, yardstick

if TYPE_CHECKING:
    import pandas as pd

BEYOND = 2.0  # Monte Carlo errors from which a draw's difference has a sign
FEWEST = 30  # draws with a sign below which signs are not judged


def prior_draws(count: int, seed: int, names: Sequence[str] | None = None) -> dict[str, np.ndarray]:
    """``mechanism.name`` -> (count,) values drawn from the prior by a latin hypercube, of every parameter or of those named.

    Each parameter has a stream of its own, so that a further one leaves the draws of the others alone. Every one of `count`
    equal slices of a prior holds one draw, which makes means over draws a little surer than their intervals tell.
    """
    from scipy.stats import qmc

    known, found = parameters_of(COMPLETE), {}
    for name in known if names is None else names:
        generator = np.random.default_rng(seed_of(seed, "prior draws", name, size=16))
        uniforms = qmc.LatinHypercube(1, seed=generator).random(count)[:, 0]
        item = known[name]
        found[name] = np.asarray(item.prior.quantile(uniforms, item.low, item.high), np.float32)
    return found


def months_of(arms: Mapping[str, Scenario]) -> int:
    """The months that all arms run by themselves; InputError when they differ."""
    spans = {name: scenario.months for name, scenario in arms.items()}
    if len(set(spans.values())) > 1:
        told = ", ".join(f"{name} {span}" for name, span in spans.items())
        raise InputError(f"months: the scenarios differ ({told}); say how many to run")
    return next(iter(spans.values()))


def measured(
    arms: Mapping[str, Scenario],
    yardsticks: Sequence[str],
    futures: int,
    *,
    seed: int,
    months: int,
    own: Callable[[Scenario], Mapping[str, np.ndarray]] | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> tuple[dict[str, dict[str, np.ndarray]], float]:
    """Arm -> yardstick -> (futures,) values, with the same luck in all arms, and the seconds that it took.

    own: scenario -> ``mechanism.name`` -> (futures,) parameter values of that arm. progress(done, wanted) counts futures'
    months of all arms. Other options as of :func:`regime_abm.ensemble.stream`.
    """
    keys = tuple(yardsticks)
    options |= {"months": months, "gauges": gauges_of(keys), "keep": partial(taken, keys=keys)}
    if records := records_of(keys):
        options["also"] = partial(of_record, names=records)
    found, spent = {}, 0.0
    for place, (name, scenario) in enumerate(arms.items()):

        def heard(done: int, wanted: int, place: int = place) -> None:
            if progress is not None:
                progress(place * wanted + done, len(arms) * wanted)

        each = own(scenario) if own else None
        parts, seconds = ensemble(scenario, seed, futures, each=each, progress=heard, **options)
        found[name] = {key: np.concatenate([part[key] for part in parts]) for key in keys}
        spent += seconds
    return found, spent


@dataclass(frozen=True)
class Difference:
    """Paired difference of one yardstick, treatment less control, one entry a draw.

    mean: (draws,) mean over the twins; error: its Monte Carlo error; pairs: twins in which both sides are defined. Draws with
    fewer than two such twins are NaN and count nowhere.
    """

    key: str
    mean: np.ndarray
    error: np.ndarray
    pairs: np.ndarray

    @classmethod
    def of(cls, key: str, treatment: np.ndarray, control: np.ndarray) -> Difference:
        """From the values (draws, replicates) of both arms."""
        apart = np.asarray(treatment, float) - control
        known = ~np.isnan(apart)
        pairs = known.sum(axis=1)
        enough = pairs >= 2
        total = np.where(known, apart, 0.0).sum(axis=1)
        mean = np.divide(total, pairs, out=np.full(len(apart), np.nan), where=enough)
        square = np.where(known, (apart - mean[:, None]) ** 2, 0.0).sum(axis=1)
        error = np.sqrt(np.divide(square, pairs * (pairs - 1.0), out=np.full(len(apart), np.nan), where=enough))
        return cls(key, mean, error, pairs)

    @classmethod
    def joined(cls, parts: Sequence[Difference]) -> Difference:
        """The draws of several experiments on the same yardstick as one."""
        return cls(parts[0].key, *(np.concatenate([getattr(part, name) for part in parts]) for name in _ARRAYS))

    @property
    def draws(self) -> int:
        """Draws that could be compared."""
        return int((~np.isnan(self.mean)).sum())

    @cached_property
    def interval(self) -> tuple[float, float, float]:
        """Mean over draws, and its 95 % interval; draws are the unit."""
        return mean_interval(self.mean)

    @cached_property
    def sign(self) -> np.ndarray:
        """(draws,) 1 or -1 where the difference exceeds twice its Monte Carlo error, else 0: a tie."""
        found = ~np.isnan(self.mean) & (np.abs(self.mean) > BEYOND * self.error)
        return np.where(found, np.sign(self.mean), 0.0).astype(np.int8)

    @property
    def signed(self) -> int:
        """Draws with a sign."""
        return int((self.sign != 0).sum())

    @property
    def testable(self) -> bool:
        """Whether enough draws have a sign to judge by it."""
        return self.signed >= FEWEST

    def share(self, sign: int) -> float | None:
        """Share of the draws of that sign among those that have one; None when it is not testable."""
        return float((self.sign == sign).sum() / self.signed) if self.testable else None

    @property
    def ties(self) -> float:
        """Share of the draws that could be compared and have no sign."""
        return 1.0 - self.signed / self.draws if self.draws else np.nan

    def occurs(self, sign: int) -> bool:
        """Whether more draws have that sign than chance would give if no draw truly had it.

        A draw without any effect exceeds twice its error on one side by chance, by Student's t; binomial test at 5 %. On the
        safe side where few twins part at all; where twins' differences are very skewed chance may give two or three times
        as many on the side of the short tail, so a small share just beyond chance is weak evidence.
        """
        from scipy.stats import binom, t

        if not self.draws:
            return False
        known = ~np.isnan(self.mean)
        by_chance = float(t.sf(BEYOND, self.pairs[known] - 1).mean())
        return float(binom.sf((self.sign == sign).sum() - 1, self.draws, by_chance)) < 1.0 - CONFIDENCE

    @cached_property
    def spread(self) -> tuple[float, float]:
        """Standard deviations of the effect between draws, and of one twin's difference within a draw: with the cost of a
        draw they say how many twins each is worth."""
        known = ~np.isnan(self.mean)
        if known.sum() < 2:
            return np.nan, np.nan
        between = self.mean[known].var(ddof=1) - (self.error[known] ** 2).mean()
        within = (self.error[known] ** 2 * self.pairs[known]).mean()
        return float(np.sqrt(max(between, 0.0))), float(np.sqrt(within))


_ARRAYS = ("mean", "error", "pairs")


def drivers(difference: Difference, drawn: Mapping[str, np.ndarray], most: int = 3) -> list[tuple[str, float]]:
    """The parameters that go most closely with the size of the effect: (name, rank correlation), strongest first.

    Only those beyond what the strongest of as many idle parameters would show by chance (Bonferroni at 5 %).
    """
    from scipy.stats import norm, rankdata

    known = ~np.isnan(difference.mean)
    if known.sum() < 4 or np.ptp(difference.mean[known]) == 0.0:
        return []
    moving = {name: values[known] for name, values in drawn.items() if np.ptp(values[known]) > 0.0}
    if not moving:
        return []
    effect = rankdata(difference.mean[known])
    found = {name: float(np.corrcoef(effect, rankdata(values))[0, 1]) for name, values in moving.items()}
    least = norm.isf((1.0 - CONFIDENCE) / 2.0 / len(found)) / np.sqrt(known.sum() - 1.0)
    strongest = sorted(found.items(), key=lambda item: -abs(item[1]))[:most]
    return [(name, value) for name, value in strongest if abs(value) > least]


@dataclass(frozen=True)
class Paired:
    """What twin experiments found. values: arm -> yardstick -> (draws, replicates); drawn: parameter -> (draws,) values;
    set_by: arm -> parameters that it sets itself, which are not drawn there."""

    values: Mapping[str, Mapping[str, np.ndarray]]
    drawn: Mapping[str, np.ndarray]
    set_by: Mapping[str, frozenset[str]]
    seed: int
    months: int
    seconds: float

    def difference(self, treatment: str, control: str, key: str) -> Difference:
        """The paired difference between two arms in one yardstick."""
        return Difference.of(key, self.values[treatment][key], self.values[control][key])

    def drivers(self, treatment: str, control: str, key: str, most: int = 3) -> list[tuple[str, float]]:
        """What the effect hangs on, among the parameters that at least one of the arms drew: see :func:`drivers`."""
        ours = self.set_by[treatment] & self.set_by[control]
        drawn = {name: values for name, values in self.drawn.items() if name not in ours}
        return drivers(self.difference(treatment, control, key), drawn, most)

    def table(self, treatment: str, control: str) -> pd.DataFrame:
        """One row a yardstick: key, title, unit, draws, mean, low, high, positive, negative (shares of the draws with a sign,
        missing where it is not testable), ties, between, within."""
        import pandas as pd

        rows = []
        for key in self.values[treatment]:
            found = self.difference(treatment, control, key)
            mean, low, high = found.interval
            row: dict[str, Any] = {"key": key, "title": yardstick(key).title, "unit": yardstick(key).unit}
            row |= {"draws": found.draws, "mean": mean, "low": low, "high": high}
            row |= {"positive": found.share(1), "negative": found.share(-1), "ties": found.ties}
            rows.append(row | dict(zip(("between", "within"), found.spread, strict=True)))
        return pd.DataFrame(rows)


def together(*experiments: Paired) -> Paired:
    """Experiments with the same draws and luck as one: their arms side by side. ValueError when they differ in either."""
    first = experiments[0]
    for other in experiments[1:]:
        both = first.drawn.keys() & other.drawn.keys()  # an optional module brings parameters of its own
        same = all(np.array_equal(first.drawn[name], other.drawn[name]) for name in both)
        if not (both and same) or (first.seed, first.months) != (other.seed, other.months):
            raise ValueError("these experiments had other draws, another seed or other months")
    values = {arm: found for item in experiments for arm, found in item.values.items()}
    set_by = {arm: found for item in experiments for arm, found in item.set_by.items()}
    drawn = {name: found for item in experiments for name, found in item.drawn.items()}
    return Paired(values, drawn, set_by, first.seed, first.months, sum(item.seconds for item in experiments))


def paired(
    arms: Mapping[str, Scenario],
    yardsticks: Sequence[str],
    *,
    draws: int = 200,
    replicates: int = 20,
    seed: int = 1,
    months: int | None = None,
    drawn: Mapping[str, np.ndarray] | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> Paired:
    """Run every arm on the same draws and luck, and keep the yardsticks of each future.

    arms: name -> Scenario, two or more for differences (one alone to be put together with others later). draws: how often
    the parameters are drawn; replicates: twins a draw, 2 or more. drawn: ``mechanism.name`` -> (draws,) values to use in
    place of prior draws, a calibrated posterior for instance; then parameters that are not in it stay at their stated values.
    progress(done, wanted) counts futures' months of all arms. Raises InputError for arms that differ in length when no months
    are given, for an unknown yardstick, and for numbers that are too small.
    """
    for name, value, least in (("draws", draws, 1), ("replicates", replicates, 2)):
        if value < least:
            raise InputError(f"{name}: {value} is below {least}")
    if drawn is None:
        known = (name for scenario in arms.values() for name in parameters_of(scenario.schedule))
        drawn = prior_draws(draws, seed, tuple(dict.fromkeys(known)))
    for name, values in drawn.items():
        if len(values) != draws:
            raise InputError(f"drawn.{name}: {len(values)} values for {draws} draws")

    def own(scenario: Scenario) -> dict[str, np.ndarray]:
        return {key: np.repeat(values, replicates) for key, values in drawn.items() if key not in scenario.parameters}

    span = months or months_of(arms)
    options: dict[str, Any] = {"seed": seed, "months": span, "workers": workers, "progress": progress}
    flat, seconds = measured(arms, yardsticks, draws * replicates, own=own, **options)
    shape = (draws, replicates)
    found = {arm: {key: row.reshape(shape) for key, row in rows.items()} for arm, rows in flat.items()}
    set_by = {name: frozenset(scenario.parameters) for name, scenario in arms.items()}
    return Paired(found, drawn, set_by, seed, span, seconds)
