"""Parameters: named numbers with a range, a prior, a meaning and a source."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Protocol

import numpy as np

from regime_abm.errors import InputError, nearest

EVIDENCE = ("measured", "estimated", "expert", "assumed")


class Prior(Protocol):
    """How plausible the values of a parameter are before any record is looked at."""

    def quantile(self, u: np.ndarray, low: float, high: float) -> np.ndarray:
        """The values below which a share u of the prior lies, the prior cut off at low and high."""
        ...


@dataclass(frozen=True)
class Uniform:
    """Every value between low and high is equally plausible."""

    low: float
    high: float

    def quantile(self, u: np.ndarray, low: float, high: float) -> np.ndarray:
        """See :class:`Prior`."""
        a, b = max(self.low, low), min(self.high, high)
        return a + (b - a) * u

    def __str__(self) -> str:
        return f"uniform {self.low:g} to {self.high:g}"


@dataclass(frozen=True)
class Normal:
    """A normal prior, cut off at the parameter's range."""

    mean: float
    sd: float

    def quantile(self, u: np.ndarray, low: float, high: float) -> np.ndarray:
        """See :class:`Prior`."""
        from scipy.special import ndtr, ndtri

        a, b = ndtr((low - self.mean) / self.sd), ndtr((high - self.mean) / self.sd)
        return np.clip(self.mean + self.sd * ndtri(a + (b - a) * u), low, high)

    def __str__(self) -> str:
        return f"normal, mean {self.mean:g}, sd {self.sd:g}"


@dataclass(frozen=True)
class LogNormal:
    """A log-normal prior given by its median and the standard deviation of the logarithm."""

    median: float
    sd: float

    def quantile(self, u: np.ndarray, low: float, high: float) -> np.ndarray:
        """See :class:`Prior`."""
        smallest = math.log(max(low, 1e-12))
        logs = Normal(math.log(self.median), self.sd).quantile(u, smallest, math.log(high))
        return np.clip(np.exp(logs), low, high)

    def __str__(self) -> str:
        return f"log-normal, median {self.median:g}, sd of log {self.sd:g}"


@dataclass(frozen=True)
class Parameter:
    """One number of one mechanism.

    default: the value used when nobody says otherwise (the middle of the prior unless the meaning says why not).
    low, high: the range that is accepted. prior: how plausible the values in it are.
    evidence: measured, estimated, expert or assumed; anything but assumed names its source.
    """

    name: str
    default: float
    low: float
    high: float
    prior: Prior
    unit: str
    meaning: str
    source: str = ""
    evidence: str = "assumed"

    def __post_init__(self) -> None:
        if not self.low <= self.default <= self.high:
            raise ValueError(f"{self.name}: default {self.default} outside {self.low} to {self.high}")
        if self.evidence not in EVIDENCE:
            raise ValueError(f"{self.name}: evidence {self.evidence!r} is none of {EVIDENCE}")
        if self.evidence != "assumed" and not self.source:
            raise ValueError(f"{self.name}: evidence {self.evidence} needs a source")

    def checked(self, value: float, where: str) -> float:
        """Return the value as a float; raise InputError naming `where` when it is out of range."""
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            raise InputError(f"{where}: {value!r} is not a finite number ({self.low:g} to {self.high:g})")
        if not self.low <= value <= self.high:
            raise InputError(f"{where}: {value:g} is outside {self.low:g} to {self.high:g} ({self.unit})")
        return float(value)


class Shaped:
    """A mechanism's parameter values, shaped to broadcast against arrays with a given number of axes."""

    def __init__(self, values: Mapping[str, float | np.ndarray], extra_axes: int) -> None:
        for name, value in values.items():
            if isinstance(value, np.ndarray):
                value = value.reshape(value.shape + (1,) * extra_axes)
                value.flags.writeable = False
            setattr(self, name, value)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"the mechanism declares no parameter {name!r}{nearest(name, vars(self))}")


class Values(Shaped):
    """The parameter values of one mechanism: `p.state.x` fits (R, N), `p.dyad.x` (R, N, N), `p.action.x` (R, 5, N, N).

    A value that is the same in every replicate stays a plain number; one drawn per replicate has shape (R,).
    """

    def __init__(self, values: Mapping[str, float | np.ndarray]) -> None:
        super().__init__(values, 0)
        self.state, self.dyad, self.action = (Shaped(values, axes) for axes in (1, 2, 3))


class At:
    """Parameter values at some futures, in the shape of `rows`; plain numbers stay so."""

    def __init__(self, p: Any, rows: np.ndarray) -> None:
        self._p, self._rows = p, rows

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._p, name)
        return value.take(self._rows) if isinstance(value, np.ndarray) else value


def name_of(mechanism: ModuleType) -> str:
    """The short name of a mechanism's module, which is also its theory page's and its test's."""
    return mechanism.__name__.rsplit(".", 1)[-1]


def parameters_of(schedule: Sequence[ModuleType]) -> dict[str, Parameter]:
    """``mechanism.name`` -> Parameter, for every mechanism of the schedule, in its order."""
    found: dict[str, Parameter] = {}
    for mechanism in schedule:
        for parameter in mechanism.PARAMETERS:
            found[f"{name_of(mechanism)}.{parameter.name}"] = parameter
    return found


def resolve(
    schedule: Sequence[ModuleType],
    chosen: Mapping[str, float] | None = None,
    *,
    where: str = "parameters",
    draw: Callable[[str], np.ndarray] | None = None,
) -> dict[str, float | np.ndarray]:
    """Every parameter's value: the chosen one, else a draw from its prior, else its default.

    chosen: ``mechanism.name`` -> value, checked against the parameter's range (InputError names the field).
    draw: None, or a function (name) -> uniforms of shape (R,) that says where in the prior each replicate lies.
    """
    known = parameters_of(schedule)
    chosen = chosen or {}
    for key in chosen:
        if key not in known:
            raise InputError(f"{where}: unknown parameter {key!r}{nearest(key, known)}")
    values: dict[str, float | np.ndarray] = {}
    for key, parameter in known.items():
        if key in chosen:
            values[key] = parameter.checked(chosen[key], f"{where}.{key}")
        elif draw is not None:
            drawn = parameter.prior.quantile(draw(key).astype(float), parameter.low, parameter.high)
            values[key] = drawn.astype(np.float32)  # as the World, whose precision they would raise
        else:
            values[key] = parameter.default
    return values


def checked_values(schedule: Sequence[ModuleType], given: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Values of parameters, one a replicate, in the World's precision.

    given: ``mechanism.name`` -> (R,). Raises InputError for an unknown parameter or a value outside its range.
    """
    known = parameters_of(schedule)
    found = {}
    for key, values in given.items():
        if key not in known:
            raise InputError(f"parameters: unknown parameter {key!r}{nearest(key, known)}")
        for value in (np.min(values), np.max(values)):
            known[key].checked(float(value), f"parameters.{key}")
        found[key] = np.asarray(values, np.float32)
    return found


def values_for(mechanism: ModuleType, values: Mapping[str, float | np.ndarray]) -> Values:
    """The part of all values that belongs to one mechanism."""
    short = name_of(mechanism)
    return Values({parameter.name: values[f"{short}.{parameter.name}"] for parameter in mechanism.PARAMETERS})
