"""Results as tidy tables, with what is needed to run them again."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from regime_abm.enough import Standstill, Until, standstill
from regime_abm.ensemble import Chunk
from regime_abm.files import month_text
from regime_abm.fingerprint import platform_bits
from regime_abm.intervals import share_interval
from regime_abm.measures import MEASURES
from regime_abm.measures.outcome import CLASSES, KEYS, first_reached
from regime_abm.measures.regime import LEGS, RELAPSES, Spells, hazard_by_age, spells, time_to_emergence
from regime_abm.robust import NEEDED, Resilience
from regime_abm.version import VERSION

if TYPE_CHECKING:
    import pandas as pd

QUANTILES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)


def platform_of() -> dict[str, str]:
    """What the bits of a result depend on beside scenario and seed."""
    return {"python": platform.python_version(), "numpy": np.__version__, **platform_bits()}


@dataclass(frozen=True)
class Result:
    """The futures of one scenario.

    series: measure -> (replicates, months + 1); outcome: places in the outcome classes, same shape, -1 at the start.
    regime, relapse, legs, quiet: as in :class:`regime_abm.ensemble.Chunk`. robust_tested: whether regimes were put to the
    test by twin branches; resilience: what it found, one entry for each future that ends in a regime.
    seconds: of the futures; robust_seconds: of the branches. until: what was asked of the intervals, where futures were added
    until they were narrow enough.
    """

    scenario: str
    title: str
    start: int
    seed: int
    replicates: int
    months: int
    draw_parameters: bool
    parameters: Mapping[str, float]
    series: Mapping[str, np.ndarray]
    outcome: np.ndarray
    regime: np.ndarray
    relapse: np.ndarray
    legs: np.ndarray
    quiet: np.ndarray
    seconds: float
    robust_tested: bool = False
    resilience: tuple[Resilience, ...] = ()
    robust_seconds: float = 0.0
    until: Until | None = None
    preset: str = ""

    def __repr__(self) -> str:
        return f"<Result: {self.replicates:,} futures of {self.scenario}, {self.months} months, seed {self.seed}>"

    @cached_property
    def outcome_counts(self) -> dict[str, int]:
        """Outcome class -> number of futures that end in it."""
        counts = np.bincount(self.outcome[:, -1], minlength=len(KEYS))
        return {key: int(count) for key, count in zip(KEYS, counts, strict=True)}

    @cached_property
    def outcome_shares(self) -> dict[str, float]:
        """Outcome class -> share of the futures."""
        return {key: count / self.replicates for key, count in self.outcome_counts.items()}

    @cached_property
    def outcome_intervals(self) -> dict[str, tuple[float, float]]:
        """Outcome class -> 95 % interval of its share: sampling error alone, not doubt about the model."""
        return {key: share_interval(count, self.replicates) for key, count in self.outcome_counts.items()}

    @cached_property
    def standstill(self) -> Standstill:
        """Whether the outcome shares still move at the end: are the months enough?"""
        return standstill(self.outcome)

    @cached_property
    def sha256(self) -> str:
        """Digest of all series and outcomes: equal bits, equal digest."""
        digest = hashlib.sha256()
        for name in sorted(self.series):
            digest.update(name.encode())
            digest.update(np.ascontiguousarray(self.series[name], "<f8").tobytes())
        digest.update(np.ascontiguousarray(self.outcome, "<i1").tobytes())
        return digest.hexdigest()

    def quantiles(self, measure: str, month: int = -1) -> dict[str, float | None]:
        """Quantiles of a measure over the futures at a month (the last by default)."""
        values = self.series[measure][:, month]
        values = values[~np.isnan(values)]
        if not len(values):
            return {f"q{int(q * 100):02d}": None for q in QUANTILES}
        found = np.quantile(values, QUANTILES)
        return {f"q{int(q * 100):02d}": float(value) for q, value in zip(QUANTILES, found, strict=True)}

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """One row a future: replicate, outcome, title."""
        import pandas as pd

        last = self.outcome[:, -1]
        return pd.DataFrame(
            {
                "replicate": np.arange(self.replicates),
                "outcome": np.array(KEYS)[last],
                "title": np.array([item.title for item in CLASSES])[last],
            }
        )

    @cached_property
    def shares(self) -> pd.DataFrame:
        """One row an outcome class: outcome, title, count, share, low, high."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "outcome": item.key,
                    "title": item.title,
                    "count": self.outcome_counts[item.key],
                    "share": self.outcome_shares[item.key],
                    "low": self.outcome_intervals[item.key][0],
                    "high": self.outcome_intervals[item.key][1],
                    "rule": item.rule,
                }
                for item in CLASSES
            ]
        )

    @cached_property
    def shares_by_month(self) -> pd.DataFrame:
        """One row a month and outcome class, from month 1 on: month, date, outcome, count, share."""
        import pandas as pd

        months = np.arange(1, self.months + 1)
        counts = np.stack([(self.outcome[:, 1:] == place).sum(axis=0) for place in range(len(KEYS))], axis=1)
        return pd.DataFrame(
            {
                "month": np.repeat(months, len(KEYS)),
                "date": np.repeat([month_text(self.start + month) for month in months.tolist()], len(KEYS)),
                "outcome": np.tile(KEYS, self.months),
                "count": counts.ravel(),
                "share": counts.ravel() / self.replicates,
            }
        )

    @cached_property
    def passages(self) -> pd.DataFrame:
        """Futures that first reach a class in a month: outcome, title, month, count; month -1 counts those that never do.

        outcome is a class, or ``regime`` for a security regime of whatever kind.
        """
        import pandas as pd

        titles = {item.key: item.title for item in CLASSES} | {"regime": "Any security regime"}
        reached = dict(zip(KEYS, first_reached(self.outcome), strict=True)) | {"regime": self.emergence}
        rows = []
        for key, first in reached.items():
            months, counts = np.unique(first, return_counts=True)
            rows += [(key, titles[key], int(m), int(n)) for m, n in zip(months, counts, strict=True)]
        return pd.DataFrame(rows, columns=["outcome", "title", "month", "count"])

    @cached_property
    def measures(self) -> pd.DataFrame:
        """One row a measure and month: measure, month, date, and the quantiles over the futures."""
        import pandas as pd

        rows = []
        for name in self.series:
            for month in range(self.months + 1):
                row = {"measure": name, "month": month, "date": month_text(self.start + month)}
                rows.append(row | self.quantiles(name, month))
        return pd.DataFrame(rows)

    @cached_property
    def futures(self) -> pd.DataFrame:
        """One row a future and month: replicate, month, date, each measure, outcome."""
        import pandas as pd

        months = self.months + 1
        table = {
            "replicate": np.repeat(np.arange(self.replicates), months),
            "month": np.tile(np.arange(months), self.replicates),
            "date": np.tile([month_text(self.start + month) for month in range(months)], self.replicates),
        }
        table |= {name: values.reshape(-1) for name, values in self.series.items()}
        table["outcome"] = np.array([*KEYS, ""])[self.outcome.reshape(-1)]
        return pd.DataFrame(table)

    def leg(self, key: str) -> np.ndarray:
        """(replicates, months + 1) whether a leg of the regime held in each month."""
        return (self.legs >> [leg.key for leg in LEGS].index(key)) & 1 > 0

    @cached_property
    def leg_shares(self) -> dict[str, float]:
        """Leg of the regime -> share of the futures in which it holds in the last month."""
        return {leg.key: float(self.leg(leg.key)[:, -1].mean()) for leg in LEGS}

    @cached_property
    def regime_spells(self) -> Spells:
        """Every security regime of every future: when it began and ended, and of what."""
        return spells(self)

    @cached_property
    def spells(self) -> pd.DataFrame:
        """One row a security regime: replicate, began, ended, months, cause (empty for those that last)."""
        import pandas as pd

        found = self.regime_spells
        return pd.DataFrame(
            {
                "replicate": found.future,
                "began": found.began,
                "ended": found.ended,
                "months": found.months,
                "cause": np.array(RELAPSES)[found.cause],
            }
        )

    @cached_property
    def emergence(self) -> np.ndarray:
        """(replicates,) month in which a regime first stood; -1 where none ever did."""
        return time_to_emergence(self)

    @cached_property
    def hazard(self) -> pd.DataFrame:
        """One row a span of ages: from, to, lived, ended, hazard per month."""
        import pandas as pd

        return pd.DataFrame(hazard_by_age(self), columns=["from", "to", "lived", "ended", "hazard"])

    @cached_property
    def resilience_table(self) -> pd.DataFrame:
        """One row a tested regime, arm and month: replicate, month, arm, after, share, low, high."""
        import pandas as pd

        rows = []
        for item in self.resilience:
            for states, curve in zip(item.arms, item.curve, strict=True):
                for after, share in enumerate(curve):
                    low, high = share_interval(round(share * item.branches), item.branches)
                    row = {"replicate": item.replicate, "month": item.month, "arm": "+".join(states) or "none"}
                    rows.append(row | {"after": after, "share": float(share), "low": low, "high": high})
        return pd.DataFrame(rows, columns=["replicate", "month", "arm", "after", "share", "low", "high"])

    def about(self) -> dict[str, Any]:
        """What was run, ready for JSON."""
        return {
            "scenario": self.scenario,
            "title": self.title,
            "preset": self.preset,
            "start": month_text(self.start),
            "seed": self.seed,
            "replicates": self.replicates,
            "months": self.months,
            "parameters_drawn": self.draw_parameters,
            "parameters_set": dict(self.parameters),
            "version": VERSION,
        }

    def summary(self) -> dict[str, Any]:
        """The result in a few numbers, ready for JSON."""
        return {
            "schema": 1,
            **self.about(),
            "regimes_ever": int((self.emergence >= 0).sum()),
            "leg_shares": self.leg_shares,
            "quiet_is_not_a_regime": float(self.quiet[:, -1].mean()),
            "robust_tested": self.robust_tested,
            "robust_needed": NEEDED,
            "resilience": {str(item.replicate): item.share for item in self.resilience},
            "outcome_shares": self.outcome_shares,
            "outcome_intervals": {key: list(value) for key, value in self.outcome_intervals.items()},
            "until": None if self.until is None else asdict(self.until),
            "standstill": self.standstill.summary(),
            "measures": {name: self.quantiles(name) for name in self.series},
            "seconds": self.seconds,
            "robust_seconds": self.robust_seconds,
            "platform": platform_of(),
            "sha256": self.sha256,
        }


def joined(chunks: Sequence[Chunk]) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """The series and outcomes of all chunks in order."""
    series = {name: np.concatenate([chunk.series[name] for chunk in chunks]) for name in MEASURES}
    return series, np.concatenate([chunk.outcome for chunk in chunks])


def seconds_of(chunks: Sequence[Chunk], elapsed: float) -> tuple[float, float]:
    """The seconds that passed, parted between the futures and the branches as the work was."""
    futures, branches = (sum(getattr(chunk, name) for chunk in chunks) for name in ("seconds", "robust_seconds"))
    part = branches / max(futures + branches, 1e-9)
    return elapsed * (1.0 - part), elapsed * part


def middle(values: np.ndarray, quantiles: Sequence[float]) -> np.ndarray:
    """Quantiles (len(quantiles), months) of values (futures, months) over the futures in which each month is defined.

    >>> middle(np.array([[1.0, np.nan], [3.0, 5.0]]), [0.5]).tolist()
    [[2.0, 5.0]]
    """
    if not np.isnan(values).any():
        return np.quantile(values, quantiles, axis=0)
    ordered = np.sort(values, axis=0)  # what is undefined comes last
    count = (~np.isnan(values)).sum(axis=0)
    places = np.asarray(quantiles, float)[:, None] * np.maximum(count - 1, 0)
    under = places.astype(np.intp)
    over = np.minimum(under + 1, np.maximum(count - 1, 0))
    low, high = (np.take_along_axis(ordered, place, axis=0) for place in (under, over))
    return low + (high - low) * (places - under)
