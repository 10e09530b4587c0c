"""The same futures under two or more scenarios: what changes, for how many, and from which end to which.

The first arm is what the others are compared with. Future k is the same in all arms but for what the scenario changes, so
differences are taken future by future, and their intervals are much narrower than those of the arms' own shares.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from regime_abm.ensemble import Progress
from regime_abm.errors import InputError
from regime_abm.intervals import mean_interval, share_change, share_interval
from regime_abm.measures import MEASURES
from regime_abm.measures.outcome import CLASSES, PEACE_SCALE
from regime_abm.paired import measured, months_of
from regime_abm.results import platform_of
from regime_abm.scenario import Scenario, load
from regime_abm.yardsticks import YARDSTICKS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Comparison", "arm_of", "compare", "months_of", "named_arms"]

MOST_ARMS = 20
_GRADED = ("peace", "crisis_months", "legs", "nearly_a_regime", "regime_months")
SHOWN = (*_GRADED, "talks", "agreements", *MEASURES)
_TITLES = {item.key: item.title for item in CLASSES}


def setting_of(text: str, where: str) -> tuple[str, float]:
    """A parameter given as ``name=value``; InputError naming `where` for what is not like that."""
    name, sign, value = text.partition("=")
    if not sign:
        raise InputError(f"{where}: {text!r} is not like name=value")
    try:
        return name.strip(), float(value)
    except ValueError:
        raise InputError(f"{where} {name.strip()}: {value!r} is not a number") from None


def arm_of(text: str | Path) -> Scenario:
    """A scenario by words: its name or path, then ``+preset`` and ``+mechanism.parameter=value`` as often as needed.

    >>> arm = arm_of("baseline_2018+sceptic+trust.asymmetry=3")
    >>> arm.preset, arm.parameters["trust.asymmetry"]
    ('sceptic', 3.0)
    """
    whole = str(text)
    if Path(whole).is_file():  # a plus in a path is a plus
        return load(whole)
    name, *more = re.split(r"\+(?!\d)", whole)  # nor is one in 1e+3 a seam
    scenario = load(name)
    settings = dict(setting_of(item, whole) for item in more if "=" in item)
    for preset in (item for item in more if "=" not in item):
        scenario = scenario.with_preset(preset)
    return scenario.with_parameters(settings) if settings else scenario


def named_arms(
    arms: Sequence[str | Path | Scenario] | Mapping[str, str | Path | Scenario],
) -> dict[str, Scenario]:
    """Name -> scenario of each arm; InputError for fewer than two, too many, or two of one name."""
    if isinstance(arms, (str, Path, Scenario)):
        raise InputError("arms: name two or more scenarios, in a list")
    given = list(arms.items()) if isinstance(arms, Mapping) else [(_name(arm), arm) for arm in arms]
    if not 2 <= len(given) <= MOST_ARMS:
        raise InputError(f"arms: {len(given)} given; 2 to {MOST_ARMS} can be compared")
    found: dict[str, Scenario] = {}
    for name, arm in given:
        if name in found:
            raise InputError(f"arms: {name!r} is there twice")
        found[name] = arm if isinstance(arm, Scenario) else arm_of(arm)
    return found


def _name(arm: str | Path | Scenario) -> str:
    if not isinstance(arm, Scenario):
        return str(arm)
    return "+".join(filter(None, (arm.name, arm.preset)))


@dataclass(frozen=True)
class Comparison:
    """Twin futures under several scenarios. values: arm -> yardstick -> (replicates,); the first arm is the control."""

    titles: Mapping[str, str]
    parameters: Mapping[str, Mapping[str, float]]
    seed: int
    replicates: int
    months: int
    draw_parameters: bool
    values: Mapping[str, Mapping[str, np.ndarray]]
    seconds: float

    @property
    def arms(self) -> tuple[str, ...]:
        """Names of the arms, the control first."""
        return tuple(self.values)

    @property
    def control(self) -> str:
        """The arm that the others are compared with."""
        return self.arms[0]

    @property
    def treatments(self) -> tuple[str, ...]:
        """The other arms."""
        return self.arms[1:]

    def ends(self, arm: str) -> np.ndarray:
        """(replicates,) place on the peace scale where each future ends, 0 = war."""
        return self.values[arm]["peace"].astype(int)

    @cached_property
    def shares(self) -> pd.DataFrame:
        """One row an arm and outcome class, from best to worst: arm, outcome, title, count, share, low, high."""
        import pandas as pd

        rows = []
        for arm in self.arms:
            counts = np.bincount(self.ends(arm), minlength=len(PEACE_SCALE))
            for key, count in reversed(list(zip(PEACE_SCALE, counts.tolist(), strict=True))):
                low, high = share_interval(count, self.replicates)
                row = {"arm": arm, "outcome": key, "title": _TITLES[key], "count": count}
                rows.append(row | {"share": count / self.replicates, "low": low, "high": high})
        return pd.DataFrame(rows)

    @cached_property
    def changes(self) -> pd.DataFrame:
        """One row an arm (but the control) and outcome class, from best to worst: arm, outcome, title, before (the control's
        share), share, change, low, high."""
        import pandas as pd

        rows = []
        for arm in self.treatments:
            for place in reversed(range(len(PEACE_SCALE))):
                before, after = (self.ends(name) == place for name in (self.control, arm))
                change, low, high = share_change(before, after)
                row: dict[str, Any] = {"arm": arm, "outcome": PEACE_SCALE[place], "title": _TITLES[PEACE_SCALE[place]]}
                row |= {"before": float(before.mean()), "share": float(after.mean())}
                rows.append(row | {"change": change, "low": low, "high": high})
        return pd.DataFrame(rows)

    @cached_property
    def differences(self) -> pd.DataFrame:
        """One row an arm (but the control) and yardstick: arm, key, title, unit, pairs, before (the control's mean), mean,
        difference, low, high, better, worse, alike.

        pairs: twins in which both are defined; better, worse, alike: shares of them, the first two missing where more is
        neither. Twins that never parted are alike to the last bit; all others count as better or worse, however little.
        """
        import pandas as pd

        rows = []
        for arm in self.treatments:
            for key, after in self.values[arm].items():
                item, before = YARDSTICKS[key], self.values[self.control][key]
                apart = after - before
                known = ~np.isnan(apart)
                mean, low, high = mean_interval(apart)
                row = {"arm": arm, "key": key, "title": item.title, "unit": item.unit, "pairs": int(known.sum())}
                row |= {"before": _mean(before[known]), "mean": _mean(after[known])}
                row |= {"difference": mean, "low": low, "high": high}
                for word, sign in (("better", item.better), ("worse", -item.better)):
                    row[word] = _mean(apart[known] * sign > 0) if sign else np.nan
                rows.append(row | {"alike": _mean(apart[known] == 0)})
        return pd.DataFrame(rows)

    def flows(self, arm: str) -> pd.DataFrame:
        """How many futures of each end under the control (rows) come to each end under the arm (columns), best to worst."""
        import pandas as pd

        count = np.zeros((len(PEACE_SCALE),) * 2, int)
        np.add.at(count, (self.ends(self.control), self.ends(arm)), 1)
        keys = list(PEACE_SCALE)
        table = pd.DataFrame(count, index=pd.Index(keys, name=self.control), columns=pd.Index(keys, name=arm))
        return table.loc[keys[::-1], keys[::-1]]

    @cached_property
    def twins(self) -> pd.DataFrame:
        """One row a future and arm: replicate, arm, outcome, and each yardstick."""
        import pandas as pd

        parts = []
        for arm in self.arms:
            columns = {
                "replicate": np.arange(self.replicates),
                "arm": arm,
                "outcome": np.array(PEACE_SCALE)[self.ends(arm)],
            }
            parts.append(pd.DataFrame({**columns, **self.values[arm]}))
        return pd.concat(parts, ignore_index=True)

    def summary(self) -> dict[str, Any]:
        """The comparison in a few numbers, ready for JSON."""

        def records(table: pd.DataFrame) -> list[dict[str, Any]]:
            return table.astype(object).where(table.notna(), None).to_dict("records")

        return {
            "schema": 1,
            "arms": {
                name: {"title": self.titles[name], "parameters_set": dict(self.parameters[name])} for name in self.arms
            },
            "control": self.control,
            "seed": self.seed,
            "replicates": self.replicates,
            "months": self.months,
            "parameters_drawn": self.draw_parameters,
            "shares": records(self.shares),
            "changes": records(self.changes),
            "differences": records(self.differences),
            "flows": {arm: self.flows(arm).to_dict("index") for arm in self.treatments},
            "seconds": self.seconds,
            "platform": platform_of(),
        }


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else np.nan


def compare(
    arms: Mapping[str, Scenario],
    replicates: int,
    seed: int,
    months: int,
    *,
    workers: int = 1,
    draw_parameters: bool = False,
    progress: Progress | None = None,
) -> Comparison:
    """Run every arm on the same futures; see :func:`regime_abm.api.compare`."""
    options: dict[str, Any] = {"seed": seed, "months": months, "workers": workers, "draw_parameters": draw_parameters}
    values, seconds = measured(arms, SHOWN, replicates, progress=progress, **options)
    titles = {name: scenario.title for name, scenario in arms.items()}
    parameters = {name: scenario.parameters for name, scenario in arms.items()}
    return Comparison(titles, parameters, seed, replicates, months, draw_parameters, values, seconds)
