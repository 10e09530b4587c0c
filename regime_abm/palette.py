"""What may happen, or be done, in a scenario: every event and lever with its fields and what they may hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

from annotated_types import Ge, Le
from pydantic.fields import FieldInfo

from regime_abm.levers import KINDS, LEVERS
from regime_abm.region_files import RULES
from regime_abm.scenario import Scenario

_BASE = ("month", "why", "kind")


@dataclass(frozen=True)
class Field:
    """One field of an event or lever. choices: what it may hold, () for a number; None as default: it must be given."""

    name: str
    unit: str
    choices: tuple[str, ...]
    low: float | None
    high: float | None
    whole: bool
    default: str | float | bool | None
    optional: bool


@dataclass(frozen=True)
class Choice:
    """One event or lever. cost: what it costs whoever pulls it; harm: whom it can harm; both empty for an event."""

    kind: str
    lever: bool
    meaning: str
    cost: str
    harm: str
    fields: tuple[Field, ...]


def palette(scenario: Scenario) -> tuple[Choice, ...]:
    """Every event and lever that does something in a scenario, levers first. A module that is off hides what needs it."""
    found = []
    for kind, form in KINDS.items():
        if form.MODULE and form.MODULE not in scenario.modules:
            continue
        fields = tuple(_field(name, item, scenario) for name, item in form.model_fields.items() if name not in _BASE)
        meaning = " ".join((form.__doc__ or "").split())
        found.append(Choice(kind, kind in LEVERS, meaning, form.COST, form.HARM, fields))
    return tuple(sorted(found, key=lambda item: not item.lever))


def _field(name: str, item: FieldInfo, scenario: Scenario) -> Field:
    names = scenario.region.names
    codes = {
        "state": names.states,
        "other": names.states,
        "forum": names.forums,
        "agreement": names.agreements,
        "rule": tuple(RULES),
    }
    inner = [kind for kind in (item.annotation, *get_args(item.annotation)) if kind is not type(None)]
    words = tuple(word for kind in inner for word in get_args(kind) if isinstance(word, str))
    words += tuple(word for word in inner if isinstance(word, str) and word not in words)
    # what is optional carries its limits one level down
    within = [part for kind in inner for part in get_args(kind)]
    limits = [*item.metadata, *(limit for part in within for limit in getattr(part, "metadata", ()))]
    limits += [limit for kind in inner for limit in getattr(kind, "__metadata__", ())]
    limits += [limit for extra in limits for limit in getattr(extra, "metadata", ())]
    kinds = {kind for kind in (*inner, *within) if isinstance(kind, type)}
    return Field(
        name=name,
        unit=item.description or "",
        choices=codes.get(name) or words or (("yes", "no") if bool in kinds else ()),
        low=_limit(limits, Ge, "ge"),
        high=_limit(limits, Le, "le"),
        whole=int in kinds and float not in kinds,
        default=None if item.is_required() else item.default,
        optional=not item.is_required() and item.default is None,
    )


def _limit(limits: list[Any], kind: type, name: str) -> float | None:
    return next((float(getattr(part, name)) for part in limits if isinstance(part, kind)), None)
