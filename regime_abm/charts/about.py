"""What every figure says about where its numbers come from: futures, seed, reading, interval, version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from regime_abm.errors import InputError
from regime_abm.files import month_index, month_text


@dataclass(frozen=True)
class About:
    """Where the numbers of a figure come from.

    start: calendar month of month 0, see :func:`regime_abm.files.month_index`, None where it is not known. replicates: futures
    of all seeds together. drawn: parameters were drawn from their priors. parameters: those that were set.
    """

    scenario: str
    title: str
    start: int | None
    months: int
    replicates: int
    seeds: tuple[int, ...]
    version: str
    preset: str = ""
    drawn: bool = False
    parameters: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, summary: Mapping[str, Any]) -> About:
        """From the summary of a result. Raises InputError that names a field that is missing."""
        try:
            return cls(
                scenario=str(summary["scenario"]),
                title=str(summary["title"]),
                start=month_index(str(summary["start"]), "summary.start"),
                months=int(summary["months"]),
                replicates=int(summary["replicates"]),
                seeds=(int(summary["seed"]),),
                version=str(summary["version"]),
                preset=str(summary["preset"]),
                drawn=bool(summary["parameters_drawn"]),
                parameters=dict(summary["parameters_set"]),
            )
        except KeyError as error:
            raise InputError(f"summary: field {error} is missing; write the folder anew with this version") from None
        except (AttributeError, TypeError, ValueError) as error:
            raise error if isinstance(error, InputError) else InputError(f"summary: cannot be used ({error})") from None

    @property
    def last(self) -> str:
        """The last calendar month."""
        return self.date(self.months)

    def date(self, month: int) -> str:
        """The calendar month of a month since the start, or its number where the start is not known."""
        return f"month {int(month)}" if self.start is None else month_text(self.start + int(month))

    @property
    def span(self) -> str:
        """From when to when."""
        return f"{self.months} months" if self.start is None else f"{self.date(0)} to {self.last}"

    @property
    def reading(self) -> str:
        """Scenario and preset, in one word or two."""
        return f"{self.scenario}, preset {self.preset}" if self.preset else self.scenario

    def caption(self, interval: str, *, n: str = "") -> str:
        """The caption: what the interval means, then what must be known to run it again. n: how many of what, where that is
        something else than the futures."""
        drawn = "drawn from their priors" if self.drawn else "at their stated values"
        return (
            f"{interval} n = {n or f'{self.replicates:,} futures'} of {self.reading}, {seeds_text(self.seeds)}, "
            f"{self.span}, parameters {drawn}. regime_abm {self.version}. "
            "A map from assumptions to outcomes, not a forecast."
        )


def seeds_text(seeds: tuple[int, ...]) -> str:
    """Seeds in words.

    >>> seeds_text((1,)), seeds_text((1, 2, 3)), seeds_text((1, 7))
    ('seed 1', 'seeds 1 to 3', 'seeds 1, 7')
    """
    if len(seeds) == 1:
        return f"seed {seeds[0]}"
    if list(seeds) == list(range(seeds[0], seeds[0] + len(seeds))):
        return f"seeds {seeds[0]} to {seeds[-1]}"
    return f"seeds {', '.join(map(str, seeds))}"
