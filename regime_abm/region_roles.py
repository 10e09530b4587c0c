"""Roles: which states, pairs, forums, agreements or steps an optional module is about. A file says so; no code names any.

roles.toml of a region folder holds one table a role, named as the flag of the World that it fills:

    [sanctioned]
    states = ["DPRK"]
    certainty = "V"
    source = "Security Council resolution 1718"

`pairs = ["AAA>BBB"]` reads "AAA about BBB"; "AAA-BBB" stands for both directions. `steps = ["DEAL:3"]` is the third step
of DEAL.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from regime_abm.core.names import Names
from regime_abm.core.world import GLOSSARY, MOST_STEPS, SHAPES, shape_of
from regime_abm.errors import InputError, nearest
from regime_abm.region_files import CERTAINTY

_FIELDS = {
    "fixed state": "states",
    "fixed dyad": "pairs",
    "fixed forum": "forums",
    "fixed agreement": "agreements",
    "fixed step": "steps",
}
_ABOUT = ("certainty", "source")
KNOWN = {name: _FIELDS[entry.axes] for name, entry in GLOSSARY.items() if entry.role}


@dataclass(frozen=True)
class Role:
    """Who plays a part: codes, pairs of codes, or steps like "DEAL:3", with where that is known from."""

    members: tuple[tuple[str, ...], ...]
    certainty: str
    source: str

    def renamed(self, new: Callable[[str], str]) -> Role:
        """The same role under other codes."""
        return replace(self, members=tuple(tuple(new(code) for code in member) for member in self.members))


def steps_of(agreements: Mapping[str, Any]) -> list[str]:
    """The steps of agreements, as roles name them."""
    return [f"{code}:{place}" for code, item in agreements.items() for place in range(1, len(item.steps) + 1)]


def roles_of(tables: Mapping[str, Any], known: Mapping[str, Any], prefix: str) -> dict[str, Role]:
    """Role -> who plays it. known: "states", "forums", "agreements", "steps" -> codes.

    Raises InputError, which begins with `prefix` and names table, field and the nearest right word.
    """
    found = {}
    for name, table in tables.items():
        where = f"{prefix}{name}"
        if name not in KNOWN:
            raise InputError(f"{prefix}unknown role {name!r}{nearest(name, KNOWN)}")
        field = KNOWN[name]
        for word in table if isinstance(table, dict) else ():
            if word not in (field, *_ABOUT):
                raise InputError(f"{where}: unknown field {word!r}{nearest(word, (field, *_ABOUT))}")
        if not isinstance(table, dict) or not isinstance(table.get(field), list):
            raise InputError(f"{where}: needs a list {field}")
        if table.get("certainty") not in CERTAINTY or not table.get("source"):
            raise InputError(f"{where}: needs a source, and a certainty that is one of {', '.join(CERTAINTY)}")
        codes = known["states" if field == "pairs" else field]
        members = [one for text in table[field] for one in _members(str(text), field == "pairs", where)]
        for code in (code for member in members for code in member):
            if code not in codes:
                raise InputError(f"{where}.{field}: unknown code {code!r}{nearest(code, codes)}")
        found[name] = Role(tuple(members), table["certainty"], str(table["source"]))
    return found


def _members(text: str, pair: bool, where: str) -> list[tuple[str, ...]]:
    if not pair:
        return [(text,)]
    one, both, other = text.partition("-")
    if not both:
        one, _, other = text.partition(">")
    if not other or one == other:
        raise InputError(f'{where}: {text!r} is not like "AAA>BBB" or "AAA-BBB" with two different states')
    return [(one, other), (other, one)] if both else [(one, other)]


def role_arrays(roles: Mapping[str, Role], names: Names) -> dict[str, np.ndarray]:
    """The flags of the World that roles fill. An agreement that no longer can be signed plays no part."""
    codes = {
        "N": names.states,
        "F": names.forums,
        "G": names.agreements,
        "S": tuple(map(str, range(1, MOST_STEPS + 1))),
    }
    arrays = {}
    for name, role in roles.items():
        flags, axes = np.zeros(shape_of(name, 0, names), bool), SHAPES[GLOSSARY[name].axes]
        for member in role.members:
            words = member[0].split(":") if axes == "GS" else member
            if all(word in codes[axis] for axis, word in zip(axes, words, strict=True)):
                flags[tuple(codes[axis].index(word) for axis, word in zip(axes, words, strict=True))] = True
        arrays[name] = flags
    return arrays
