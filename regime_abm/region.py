"""A region folder becomes the first World, through graphs: alliances (a dated multigraph) and forum membership (bipartite).

No code names a state, a forum or a treaty: they are rows of files. See scenarios/README.md for the columns.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np

from regime_abm.core.names import Names
from regime_abm.core.noise import Luck
from regime_abm.core.world import MOST_STEPS, World, empty_world
from regime_abm.errors import InputError, nearest
from regime_abm.files import number, read_toml
from regime_abm.region_files import (
    AGREEMENT_KINDS,
    DYAD_QUANTITIES,
    FORUM_RANGES,
    RULES,
    STATE_QUANTITIES,
    Agreement,
    Forum,
    Given,
    agreements_of,
    forums_of,
    read_alliances,
    read_dyads,
    read_leaders,
    read_states,
    read_values,
)
from regime_abm.region_roles import Role, role_arrays, roles_of, steps_of

NEVER = 1200  # months without an event, of an agreement that was never signed


@dataclass(frozen=True)
class Region:
    """A region as its files describe it. The arrays of the first World derive from the two graphs and the given values.

    states: code -> {name, x, y, key_party, weapons_programme, source}; alliances: MultiGraph of states, edges with
    start, end (months), strength as Given; membership: bipartite graph of states and forums, edges keyed by spells.
    """

    name: str
    title: str
    states: Mapping[str, Mapping[str, Any]]
    dyads: Mapping[tuple[str, str], Mapping[str, bool]]
    values: tuple[Mapping[str, Any], ...]
    forums: Mapping[str, Forum]
    alliances: nx.MultiGraph
    membership: nx.MultiGraph
    leaders: tuple[Mapping[str, Any], ...] = ()
    agreements: Mapping[str, Agreement] = field(default_factory=dict)
    exercise_months: tuple[int, ...] = ()
    luck_names: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    _known: dict[int, dict[tuple[str, str, str], Given]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @classmethod
    def from_folder(cls, folder: Path) -> Region:
        """Read a region folder. Raises InputError naming file, line, field and allowed range."""
        marks = _marks(folder)
        read = _read if marks else _read.__wrapped__
        return dataclasses.replace(read(folder, marks))

    def with_tables(self, where: str, **tables: Mapping[str, Any]) -> Region:
        """The same region with more forums, agreements and roles, or others in their place.

        tables: "forums", "agreements", "roles" -> tables as in the files of these names. Raises InputError, which begins
        with `where`.
        """
        forums, seats = forums_of(tables.get("forums", {}), self.states, f"{where}forums.")
        agreements = agreements_of(tables.get("agreements", {}), self.states, f"{where}agreements.")
        kept = self.membership.subgraph(node for node in self.membership if node not in forums)
        merged = dataclasses.replace(
            self,
            forums={**self.forums, **forums},
            membership=nx.compose(kept, seats),
            agreements={**self.agreements, **agreements},
        )
        known = {
            "states": merged.states,
            "forums": merged.forums,
            "agreements": merged.agreements,
            "steps": steps_of(merged.agreements),
        }
        roles = roles_of(tables.get("roles", {}), known, f"{where}roles.")
        return dataclasses.replace(merged, roles={**self.roles, **roles})

    def from_graphs(self, alliances: nx.MultiGraph | None = None, membership: nx.MultiGraph | None = None) -> Region:
        """The same region with other graphs, for counterfactual networks (edges carry the same attributes)."""
        for graph in (alliances, membership):
            for node in graph.nodes if graph is not None else ():
                if node not in self.states and node not in self.forums:
                    raise InputError(f"graph: unknown node {node!r}{nearest(node, [*self.states, *self.forums])}")
        return dataclasses.replace(
            self,
            alliances=self.alliances if alliances is None else alliances,
            membership=self.membership if membership is None else membership,
        )

    def shuffled(self, date: int, generator: np.random.Generator, rounds: int = 10) -> Region:
        """The same region with the forum memberships of a date shuffled: who sits with whom is chance, all else is kept.

        Pairs of memberships swap their states, `rounds` times as often as there are memberships; how many members a forum
        has and how many forums a state belongs to at that date stays. Where no swap is possible, nothing changes.
        """
        graph = nx.MultiGraph(self.membership)
        seats = []
        for a, b, key, spell in graph.edges(keys=True, data=True):
            forum, state = (a, b) if a in self.forums else (b, a)
            if spell["start"] <= date < spell["end"]:
                seats.append((forum, state, key))
        for one, two in generator.integers(len(seats), size=(rounds * len(seats), 2)) if seats else ():
            (f, s, k), (g, t, m) = seats[one], seats[two]
            if f == g or s == t or graph.has_edge(f, t) or graph.has_edge(g, s):
                continue
            for place, (forum, left, key, joined) in ((one, (f, s, k, t)), (two, (g, t, m, s))):
                spell = graph.edges[forum, left, key]
                graph.remove_edge(forum, left, key)
                seats[place] = (forum, joined, graph.add_edge(forum, joined, **spell))
        return self.from_graphs(membership=graph)

    def at(self, start: int) -> Region:
        """The same region with those agreements only that may be signed, or are in force, at the start."""
        kept = {code: item for code, item in self.agreements.items() if item.open or item.in_force(start)}
        return dataclasses.replace(self, agreements=kept)

    @property
    def names(self) -> Names:
        """Codes of states, forums and agreements, and the names by which states draw luck."""
        return Names(
            tuple(self.states),
            tuple(self.forums),
            tuple(self.agreements),
            luck=tuple(sorted(self.luck_names.items())),
        )

    def given(self, start: int, overrides: Iterable[Given] = ()) -> dict[tuple[str, str, str], Given]:
        """(quantity, state, other) -> the value in force at a date: the most specific, then latest row; overrides win.

        Raises InputError naming the first quantity that no row gives.
        """
        found = dict(self._given_at(start))
        for item in overrides:
            state, _, other = item.subject.partition(">")
            found[(item.quantity, state, other)] = item
        return found

    def _given_at(self, start: int) -> dict[tuple[str, str, str], Given]:
        if start in self._known:  # every chunk of an ensemble asks again
            return self._known[start]
        codes = tuple(self.states)
        ranked: dict[tuple[str, str, str], tuple[tuple[int, int], Given]] = {}
        for row in self.values:
            if row["month"] > start:
                continue
            stars = (row["state"] == "*") + (row["other"] == "*")
            for i in codes if row["state"] == "*" else (row["state"],):
                for j in codes if row["other"] == "*" else (row["other"],):
                    if i == j:
                        continue
                    key, rank = (row["quantity"], i, j), (-stars, row["month"])
                    if key not in ranked or rank > ranked[key][0]:
                        ranked[key] = (rank, row["given"])
        found = {
            (quantity, i, j): dataclasses.replace(item, subject=f"{i}>{j}" if j else i)
            for (quantity, i, j), (_, item) in ranked.items()
        }
        for i in codes:
            for quantity in STATE_QUANTITIES:
                if (quantity, i, "") not in found:
                    raise InputError(f"{self.name}/initial.csv: no row gives {quantity} of {i}")
            for quantity in DYAD_QUANTITIES:
                for j in codes:
                    if i != j and (quantity, i, j) not in found:
                        raise InputError(f"{self.name}/initial.csv: no row gives {quantity} of {i}>{j}")
        self._known[start] = found
        return found

    def alliances_at(self, date: int) -> nx.MultiGraph:
        """The alliances in force at a date."""
        edges = [
            (a, b, key)
            for a, b, key, tie in self.alliances.edges(keys=True, data=True)
            if tie["start"] <= date < tie["end"]
        ]
        return self.alliances.edge_subgraph(edges).copy()

    def members_at(self, date: int) -> set[tuple[str, str]]:
        """(forum, state) for every membership in force at a date; observers and intermittent guests included."""
        seats = set()
        for a, b, spell in self.membership.edges(data=True):
            if spell["start"] <= date < spell["end"]:
                seats.add((a, b) if a in self.forums else (b, a))
        return seats

    def leader_at(self, state: str, date: int) -> Mapping[str, Any] | None:
        """The row of whoever led the state at the end of the month."""
        spells = [row for row in self.leaders if row["state"] == state and row["start"] <= date < row["end"]]
        return max(spells, key=lambda row: row["start"]) if spells else None

    def first_world(self, start: int, luck: Luck, overrides: Iterable[Given] = ()) -> World:
        """The World of all replicates at the start, before the mechanisms' own `start`; ranges are drawn."""
        names, count = luck.names, luck.count
        index = {code: place for place, code in enumerate(names.states)}
        n = len(index)
        arrays: dict[str, Any] = {"date": start}
        arrays["hawkishness"] = np.full((count, n), np.nan)
        for (quantity, i, j), item in self.given(start, overrides).items():
            target = arrays.setdefault(quantity, np.zeros((count, n, n) if j else (count, n)))
            place = (slice(None), index[i], index[j]) if j else (slice(None), index[i])
            target[place] = drawn_value(item, luck)
        for flag in ("rival", "core"):
            arrays[flag] = np.zeros((n, n), bool)
            for (i, j), flags in self.dyads.items():
                arrays[flag][index[i], index[j]] = flags[flag]
        arrays["key_party"] = [self.states[code]["key_party"] for code in names.states]
        arrays["programme"] = [self.states[code]["weapons_programme"] for code in names.states]
        arrays["exercise_season"] = [float(month in self.exercise_months) for month in range(1, 13)]
        arrays["leader_age"] = [self._age(code, start) for code in names.states]
        arrays["alliance"] = self._alliance_array(start, index, luck)
        arrays.update(self._forum_arrays(start, luck))
        arrays.update(self._agreement_arrays(start, luck))
        arrays.update(role_arrays(self.roles, names))
        arrays["orders"] = np.full((count, n, n), -1)
        arrays["action"] = np.full((count, n, n), 2)
        arrays["trust"][:, range(n), range(n)] = 0.5
        arrays["threat"][:, range(n), range(n)] = 0.5
        return empty_world(names, count, arrays)

    def _age(self, code: str, start: int) -> float:
        leader = self.leader_at(code, start)
        return float(start - leader["start"]) if leader else 0.0

    def _alliance_array(self, date: int, index: Mapping[str, int], luck: Luck) -> np.ndarray:
        strength = np.zeros((luck.count, len(index), len(index)))
        for a, b, tie in self.alliances_at(date).edges(data=True):
            drawn = drawn_value(tie["strength"], luck)
            i, j = index[a], index[b]
            strength[:, i, j] = strength[:, j, i] = np.maximum(strength[:, i, j], drawn)
        return strength

    def _forum_arrays(self, date: int, luck: Luck) -> dict[str, Any]:
        codes, states = luck.names.forums, luck.names.states
        forums = [self.forums[code] for code in codes]
        # A forum that is yet to begin has the members with which it will.
        seats = {code: self.members_at(max(date, forum.start)) for code, forum in zip(codes, forums, strict=True)}
        member = np.array([[(f, s) in seats[f] for s in states] for f in codes], bool).reshape(len(codes), len(states))
        arrays: dict[str, Any] = {
            "member": np.broadcast_to(member, (luck.count, *member.shape)),
            "forum_track": [forum.track for forum in forums],
            "forum_rule": [RULES[forum.rule] for forum in forums],
            "forum_host": np.array([[forum.host == s for s in states] for forum in forums], bool).reshape(member.shape),
            "forum_hard": ["hard" in forum.agenda for forum in forums],
            "forum_soft": ["soft" in forum.agenda for forum in forums],
            "forum_every": [forum.meets_every for forum in forums],
            "forum_first": [forum.meets_in for forum in forums],
            "forum_active": [forum.start <= date < forum.end for forum in forums],
            "forum_level": [forum.level for forum in forums],
        }
        for quantity in FORUM_RANGES:
            columns = [drawn_value(forum.ranges[quantity], luck) for forum in forums]
            arrays[f"forum_{quantity}"] = np.stack(columns, axis=1) if columns else np.zeros((luck.count, 0))
        return arrays

    def _agreement_arrays(self, date: int, luck: Luck) -> dict[str, Any]:
        """What the files fix of each agreement, and how far those in force have come; ended_by and cheat: nobody."""
        items = [self.agreements[code] for code in luck.names.agreements]
        states, count = luck.names.states, (luck.count, len(items))
        owners = np.full((len(items), MOST_STEPS), -1)
        arrays: dict[str, Any] = {
            "cheat": np.full(count, -1),
            "ended_by": np.full(count, -1),
            "agreement_turn": owners,
            "agreement_open": [item.open for item in items],
            "agreement_kind": [AGREEMENT_KINDS.index(item.kind) for item in items],
            "agreement_steps": [len(item.steps) for item in items],
            "agreement_idle": np.full(count, NEVER),
        }
        for field_ in ("agreement_age", "agreement_binding", "agreement_verification", "in_force", "steps_done"):
            arrays[field_] = np.zeros(count)
        for role, members in (("party", "parties"), ("guarantor", "guarantors")):
            flags = [[state in getattr(item, members) for state in states] for item in items]
            arrays[role] = np.array(flags, bool).reshape(len(items), len(states))
        for place, item in enumerate(items):
            owners[place, : len(item.steps)] = [states.index(owner) for owner, _ in item.steps]
            arrays["agreement_binding"][:, place] = drawn_value(item.binding, luck)
            arrays["agreement_verification"][:, place] = drawn_value(item.verification, luck)
            if item.in_force(date):
                taken, latest = item.taken(date)
                arrays["in_force"][:, place] = True
                arrays["steps_done"][:, place] = taken
                arrays["agreement_age"][:, place] = item.age(date)
                arrays["agreement_idle"][:, place] = date - latest
        return arrays

    def renamed(self, states: Mapping[str, str]) -> Region:
        """The same region under other state codes, with the same luck: outcomes are renamed and nothing else changes."""

        def new(code: str) -> str:
            return states.get(code, code)

        return dataclasses.replace(
            self,
            states={new(code): row for code, row in self.states.items()},
            dyads={(new(i), new(j)): flags for (i, j), flags in self.dyads.items()},
            values=tuple({**row, "state": new(row["state"]), "other": new(row["other"])} for row in self.values),
            alliances=nx.relabel_nodes(self.alliances, dict(states)),
            membership=nx.relabel_nodes(self.membership, dict(states)),
            forums={code: dataclasses.replace(forum, host=new(forum.host)) for code, forum in self.forums.items()},
            leaders=tuple({**row, "state": new(row["state"])} for row in self.leaders),
            agreements={code: item.renamed(states) for code, item in self.agreements.items()},
            roles={name: role.renamed(new) for name, role in self.roles.items()},
            luck_names={new(code): self.luck_names.get(code, code) for code in self.states},
        )


def _marks(folder: Path) -> tuple[tuple[str, int, int, int], ...]:
    """What tells whether a file of a folder has changed since it was read; nothing where that cannot be told."""
    try:
        found = ((entry.name, entry.stat()) for entry in os.scandir(folder))
        return tuple(sorted((name, about.st_mtime_ns, about.st_size, about.st_ino) for name, about in found))
    except OSError:
        return ()  # reading it will say what is wrong


@lru_cache(maxsize=8)  # many scenarios share a folder, which costs more to read than they do
def _read(folder: Path, marks: tuple[tuple[str, int, int, int], ...]) -> Region:
    """A region as its folder describes it. Nobody changes what is in it: every counterfactual is a copy."""
    about = read_toml(folder / "region.toml")
    states = read_states(folder / "states.csv")
    dyads = read_dyads(folder / "dyads.csv", states)
    forums, membership = forums_of(read_toml(folder / "forums.toml"), states, f"{folder / 'forums.toml'}: ")
    agreements = agreements_of(_optional(folder / "agreements.toml"), states, f"{folder / 'agreements.toml'}: ")
    known = {"states": states, "forums": forums, "agreements": agreements, "steps": steps_of(agreements)}
    return Region(
        name=folder.name,
        title=str(about.get("title", folder.name)),
        states=states,
        dyads=dyads,
        values=tuple(read_values(folder / "initial.csv", states)),
        forums=forums,
        alliances=read_alliances(folder / "alliances.csv", states),
        membership=membership,
        leaders=tuple(read_leaders(folder / "leaders.csv", states)),
        agreements=agreements,
        exercise_months=tuple(
            int(number(month, f"{folder / 'region.toml'}: exercise_months", 1, 12))
            for month in about.get("exercise_months", ())
        ),
        roles=roles_of(_optional(folder / "roles.toml"), known, f"{folder / 'roles.toml'}: "),
    )


def _optional(path: Path) -> dict[str, Any]:
    """The tables of a file that may be absent."""
    return read_toml(path) if path.exists() else {}


def drawn_value(item: Given, luck: Luck) -> np.ndarray:
    """One value for each replicate: the point, or a uniform draw from the range with luck of its own."""
    if not item.is_range:
        return np.full(luck.count, item.value)
    return item.low + (item.high - item.low) * luck.single("initial", item.quantity, luck.names.lucky(item.subject))
