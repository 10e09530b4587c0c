"""The address of a page: short enough for a mail, and refused as a whole when it was changed on its way.

``scenario=..&preset=..&set=name:value,..&do=month~kind~field=value&seed=..&replicate=..&month=..&layer=..&check=..``
The check covers all that the futures depend on. What can only turn the view (month, layer) needs none, nor does a
link that sets nothing; a part of those that cannot be used is left out and told.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlencode

from dashboards.view import (
    FUTURE_LIMIT,
    LAYERS,
    MOST_ARMS,
    SEED_LIMIT,
    Act,
    View,
    check_parameter,
    check_scenario,
    ordered,
    scenarios,
    whole,
)
from dashboards.words import words
from regime_abm.api import InputError

LONGEST = 4000  # characters; browsers and mail programs carry at least this
MOST_ACTS = 20


def to_query(view: View) -> str:
    """Return the part of an address that says what is asked; month and layer are added by whoever shows them."""
    said: list[tuple[str, str]] = [
        ("scenario", view.scenario),
        ("seed", str(view.seed)),
        ("replicate", str(view.replicate)),
    ]
    if view.preset:
        said.append(("preset", view.preset))
    if view.parameters:
        said.append(("set", ",".join(f"{name}:{value:.6g}" for name, value in view.parameters)))
    said += [("do", "~".join([str(dict(act)["month"]), str(dict(act)["kind"]), *_fields(act)])) for act in view.acts]
    if view.arms:
        said.append(("arms", ",".join(view.arms)))
    if view.about:
        said.append(("about", view.about))
    if not view.second.plain:
        said.append(("check", _check(view)))
    return urlencode(said, safe=":,~=>")


def _fields(act: Act) -> list[str]:
    return [f"{name}={value}" for name, value in act if name not in ("month", "kind")]


def _check(view: View) -> str:
    return view.second.digest(view.seed, view.replicate)


def from_query(query: str) -> tuple[View, list[str]]:
    """Read an address: the view, and one line for each part of it that cannot be used and is left out.

    An address that sets parameters, a preset or acts is taken whole or not at all.
    """
    if len(query) > LONGEST:
        return View(scenarios()[0].name), [words("desk")["link"]["long"]]
    asked = parse_qs(query, max_num_fields=60)
    last = {key: values[-1] for key, values in asked.items()}
    view, complaints = _plain(last)
    if not {"preset", "set", "do", "check"} & set(asked):
        return view, complaints
    refused = words("desk")["link"]["refused"]
    try:
        if complaints:
            raise InputError(complaints[0])
        whole_view = replace(
            view,
            preset=last.get("preset", "")[:60],
            parameters=_settings(last.get("set", "")),
            acts=tuple(_act(text) for text in asked.get("do", [])[: MOST_ACTS + 1]),
        )
        if len(whole_view.acts) > MOST_ACTS or last.get("check") != _check(whole_view):
            raise InputError(words("desk")["link"]["check"])
        whole_view.second.loaded()
    except InputError as error:
        return View(scenarios()[0].name), [refused.format(reason=str(error))]
    return whole_view, []


def _plain(asked: dict[str, str]) -> tuple[View, list[str]]:
    complaints: list[str] = []
    info = scenarios()[0]
    if "scenario" in asked:
        try:
            info = check_scenario(asked["scenario"])
        except InputError as error:
            complaints.append(str(error))
    numbers: dict[str, int] = {}
    limits = {"seed": (0, SEED_LIMIT), "replicate": (0, FUTURE_LIMIT), "month": (0, info.months)}
    for name, (low, high) in limits.items():
        if name in asked:
            try:
                numbers[name] = whole(name, asked[name], low, high)
            except InputError as error:
                complaints.append(str(error))
    view = View(info.name, numbers.get("seed", 1), numbers.get("replicate", 0), numbers.get("month", 0))
    arms: tuple[str, ...] = tuple(filter(None, asked.get("arms", "").split(",")))
    try:
        if arms and not 2 <= len(arms) <= MOST_ARMS:
            raise InputError(f"arms: {len(arms)} given; 2 to {MOST_ARMS} can be compared")
        for arm in arms:
            view.arm(arm)
    except InputError as error:
        complaints.append(str(error))
        arms = ()
    return replace(
        view, arms=arms, about=asked.get("about", "")[:80], layer=asked.get("layer", LAYERS[0])[:40]
    ), complaints


def _settings(text: str) -> tuple[tuple[str, float], ...]:
    found: dict[str, float] = {}
    for item in filter(None, text.split(",")):
        name, _, value = item.partition(":")
        try:
            number = float(value)
        except ValueError:
            raise InputError(f"{name[:80]}: {value[:20]!r} is not a number") from None
        found |= dict([check_parameter(name, number)])
    return tuple(sorted(found.items()))


def _act(text: str) -> Act:
    month, kind, *rest = [*text[:400].split("~"), ""][:20]
    fields: dict[str, Any] = {"month": month, "kind": kind}
    for item in filter(None, rest):
        name, _, value = item.partition("=")
        fields[name] = _value(value)
    return ordered(fields)


def _value(text: str) -> str | int | float | bool:
    if text in ("True", "False"):
        return text == "True"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
