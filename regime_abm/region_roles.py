"""Roles: which states, pairs, forums or agreements an optional module is about. A file says so; no code names any.

roles.toml of a region folder holds one table a role, named as the flag of the World that it fills:

    [sanctioned]
    states = ["DPRK"]
    certainty = "V"
    source = "Security Council resolution 1718"

`pairs = ["AAA>BBB"]` reads "AAA about BBB"; "AAA-BBB" stands for both directions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from regime_abm.core.names import Names
from regime_abm.core.world import GLOSSARY, SHAPES, shape_of
from regime_abm.errors import InputError, nearest
from regime_abm.region_files import CERTAINTY

_FIELDS = {"fixed state": "states", "fixed dyad": "pairs", "fixed forum": "forums", "fixed agreement": "agreements"}
_ABOUT = ("certainty", "source")
KNOWN = {name: _FIELDS[entry.axes] for name, entry in GLOSSARY.items() if entry.role}


@dataclass(frozen=True)
class Role:
    """Who plays a part: codes, or pairs of codes, with where that is known from."""

    members: tuple[tuple[str, ...], ...]
    certainty: str
    source: str

    def renamed(self, new: Callable[[str], str]) -> Role:
        """The same role under other codes."""
        return replace(self, members=tuple(tuple(new(code) for code in member) for member in self.members))


def roles_of(tables: Mapping[str, Any], known: Mapping[str, Any], prefix: str) -> dict[str, Role]:
    """Role -> who plays it. known: "states", "forums", "agreements" -> codes.

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
    places = {"N": names.states, "F": names.forums, "G": names.agreements}
    arrays = {}
    for name, role in roles.items():
        flags = np.zeros(shape_of(name, 0, names), bool)
        codes = places[SHAPES[GLOSSARY[name].axes][0]]
        for member in role.members:
            if all(code in codes for code in member):
                flags[tuple(codes.index(code) for code in member)] = True
        arrays[name] = flags
    return arrays
