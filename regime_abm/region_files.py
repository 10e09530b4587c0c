"""Reads the files of a region folder and checks them; every complaint names file, line or table, field and range."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import networkx as nx

from regime_abm.core.world import GLOSSARY, MOST_STEPS, SHAPES
from regime_abm.errors import InputError, nearest
from regime_abm.files import month_index, number, read_rows

CERTAINTY = {
    "V": "verified",
    "M": "recalled",
    "m": "weakly recalled",
    "J": "judged range",
    "W": "not given: wide range",
}
FOREVER = 10_000 * 12

STATE_QUANTITIES = (
    "capability",
    "arsenal",
    "posture",
    "will",
    "norm",
    "sovereignty",
    "agenda_hard",
    "agenda_soft",
    "attention",
    "turnover_hazard",
    "term_months",
    "max_terms",
    "hawkish_low",
    "hawkish_high",
    "hawkish_share",
)
DYAD_QUANTITIES = (
    "trust",
    "threat",
    "proximity",
    "stake",
    "misperception",
    "credibility",
    "exclusivity",
    "relations",
    "peace",
    "talks_chance",
)
# Where no row gives them: drawn from the state's camps; none.
OPTIONAL = ("hawkishness", "reneging", "sanctions", "sanctions_leakage", "hedging")
# Whose support decides in a forum, as a quantile of its members from the least willing up: see institutions.
RULES = {
    "consensus": 0.0,
    "consensus minus one": 0.25,
    "majority": 0.5,
    "board": 0.5,
    "none": 0.5,
    "coalition": 0.75,
    "host": 1.0,
}
FORUM_RANGES = ("vitality", "capital", "information", "attention")
AGREEMENT_KINDS = ("declaration", "agreement", "treaty", "armistice")
_SPREAD = ("value", "low", "high")


@dataclass(frozen=True)
class Given:
    """One number as the files give it: a point (low = high) or a range from which each future draws."""

    quantity: str
    subject: str
    value: float
    low: float
    high: float
    certainty: str
    source: str
    date: str = ""

    @property
    def is_range(self) -> bool:
        """Whether each future draws its own value."""
        return self.high > self.low


@dataclass(frozen=True)
class Forum:
    """One forum as its table gives it; dates are months since January of year 0."""

    code: str
    name: str
    start: int
    end: int
    track: float
    rule: str  # a key of RULES
    agenda: tuple[str, ...]
    level: float
    meets_every: int
    meets_in: int
    ranges: Mapping[str, Given]
    certainty: str
    source: str
    host: str = ""


@dataclass(frozen=True)
class Agreement:
    """One agreement as its table gives it; dates are months since January of year 0.

    signed: None when it never was; open: it can be offered and signed (again); steps: (state that owes it, what) in order;
    done: (month, steps taken by then), growing; binding and verification: ranges.
    """

    code: str
    name: str
    parties: tuple[str, ...]
    guarantors: tuple[str, ...]
    kind: str
    signed: int | None
    ended: int
    open: bool
    steps: tuple[tuple[str, str], ...]
    done: tuple[tuple[int, int], ...]
    binding: Given
    verification: Given
    certainty: str
    source: str

    def in_force(self, date: int) -> bool:
        """Whether it had been signed and not yet ended at a date."""
        return self.signed is not None and self.signed <= date < self.ended

    def age(self, date: int) -> int:
        """Months since the signature; 0 when there is none."""
        return 0 if self.signed is None else date - self.signed

    def taken(self, date: int) -> tuple[int, int]:
        """Steps taken up to a date, and the month of the last event: that step, or the signature."""
        counts = [(steps, month) for month, steps in self.done if month <= date]
        return counts[-1] if counts else (0, date - self.age(date))

    def renamed(self, states: Mapping[str, str]) -> Agreement:
        """The same agreement under other state codes."""

        def new(codes: Iterable[str]) -> tuple[str, ...]:
            return tuple(states.get(code, code) for code in codes)

        owners = new(owner for owner, _ in self.steps)
        return dataclasses.replace(
            self,
            parties=new(self.parties),
            guarantors=new(self.guarantors),
            steps=tuple((owner, what) for owner, (_, what) in zip(owners, self.steps, strict=True)),
        )


def bounds(quantity: str) -> tuple[float, float]:
    """The range that the World's glossary allows for a quantity."""
    entry = GLOSSARY[quantity]
    return entry.low, entry.high


def read_states(path: Path) -> dict[str, dict[str, Any]]:
    """states.csv: code -> name, place in the drawing, flags, source. Raises InputError."""
    states: dict[str, dict[str, Any]] = {}
    for row in read_rows(path, ("state", "name", "x", "y", "key_party", "weapons_programme", "source")):
        where = f"{path}, line {row['line']}"
        code = row["state"]
        if not code.isidentifier():
            raise InputError(f"{where}: state code {code!r} must be letters, digits and _")
        if code in states:
            raise InputError(f"{where}: state {code!r} is there twice")
        states[code] = {
            "name": row["name"] or code,
            "x": number(row["x"], f"{where}: x", 0, 100),
            "y": number(row["y"], f"{where}: y", 0, 100),
            "key_party": bool(number(row["key_party"], f"{where}: key_party", 0, 1)),
            "weapons_programme": bool(number(row["weapons_programme"], f"{where}: weapons_programme", 0, 1)),
            "source": row["source"],
        }
    if len(states) < 2:
        raise InputError(f"{path}: a region needs at least 2 states")
    return states


def _known(code: str, states: Iterable[str], where: str) -> str:
    if code not in states:
        raise InputError(f"{where}: unknown state {code!r}{nearest(code, states)}")
    return code


def read_dyads(path: Path, states: Mapping[str, Any]) -> dict[tuple[str, str], dict[str, bool]]:
    """dyads.csv: (state, other) -> rival and core flags; every directed pair, symmetric. Raises InputError."""
    dyads: dict[tuple[str, str], dict[str, bool]] = {}
    for row in read_rows(path, ("state", "other", "rival", "core", "source")):
        where = f"{path}, line {row['line']}"
        pair = (_known(row["state"], states, where), _known(row["other"], states, where))
        if pair[0] == pair[1]:
            raise InputError(f"{where}: a dyad needs two different states, not {pair[0]} twice")
        if pair in dyads:
            raise InputError(f"{where}: dyad {pair[0]}>{pair[1]} is there twice")
        dyads[pair] = {flag: bool(number(row[flag], f"{where}: {flag}", 0, 1)) for flag in ("rival", "core")}
    for i in states:
        for j in states:
            if i != j and (i, j) not in dyads:
                beside = f"; {j}>{i} is there: a dyad needs both directions" if (j, i) in dyads else ""
                raise InputError(f"{path}: dyad {i}>{j} is missing{beside}")
            if i != j and dyads[i, j] != dyads.get((j, i), dyads[i, j]):
                raise InputError(f"{path}: rival and core of {i}>{j} and {j}>{i} differ; they belong to the pair")
    if not any(flags["core"] for flags in dyads.values()):
        raise InputError(f"{path}: core: at least one dyad must be core (1); the measures of force look at those")
    return dyads


def refuse_half_flags(quantity: str, low: float, high: float, where: str) -> None:
    """Raise InputError for a flag that is a range or a fraction: it is 0 or 1."""
    if quantity in GLOSSARY and GLOSSARY[quantity].kind is bool and not (low == high and low in (0.0, 1.0)):
        raise InputError(f"{where}: is a flag, 0 or 1, not {low:g} to {high:g}")


def _given(row: Mapping[str, Any], quantity: str, where: str, limits: tuple[float, float]) -> Given:
    value, low, high = (number(row.get(part, row.get("value")), f"{where}: {part}", *limits) for part in _SPREAD)
    if not low <= value <= high:
        raise InputError(f"{where}: value {value:g} is not within low {low:g} to high {high:g}")
    refuse_half_flags(quantity, low, high, where)
    certainty, source = str(row.get("certainty", "W")), str(row.get("source", ""))
    if certainty not in CERTAINTY:
        raise InputError(f"{where}: unknown certainty {certainty!r}; known: {', '.join(CERTAINTY)}")
    return Given(quantity, "", value, low, high, certainty, source, str(row.get("date", "")))


def read_values(path: Path, states: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    """initial.csv: the dated starting values, row by row. Raises InputError."""
    columns = ("quantity", "state", "other", "date", "value", "low", "high", "certainty", "source")
    seen: dict[tuple[str, ...], str] = {}
    exact: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for row in read_rows(path, columns):
        where = f"{path}, line {row['line']}"
        quantity, i, j = row["quantity"], row["state"], row["other"]
        known = (*STATE_QUANTITIES, *DYAD_QUANTITIES, *OPTIONAL)
        if quantity not in known:
            raise InputError(f"{where}: unknown quantity {quantity!r}{nearest(quantity, known)}")
        if SHAPES[GLOSSARY[quantity].axes] == "RN" and j:
            raise InputError(f"{where}: {quantity} belongs to a state; leave `other` empty")
        if SHAPES[GLOSSARY[quantity].axes] == "RNN" and not j:
            raise InputError(f"{where}: {quantity} belongs to a dyad; `other` is missing")
        for code in (i, j):
            if code not in ("", "*"):
                _known(code, states, where)
        if i == j and i != "*":
            raise InputError(f"{where}: {quantity} of {i} about itself means nothing")
        month = month_index(row["date"], f"{where}: date")
        key = (quantity, i, j, str(month))
        if key in seen:
            raise InputError(
                f"{where}: {quantity} of {i}{'>' + j if j else ''} at {row['date']} is also in line {seen[key]}"
            )
        seen[key] = row["line"]
        if j and "*" not in (i, j):
            exact.setdefault((quantity, str(month)), set()).add((i, j))
        yield {
            "quantity": quantity,
            "state": i,
            "other": j,
            "month": month,
            "given": _given(row, quantity, f"{where}: {quantity}", bounds(quantity)),
        }
    for (quantity, _), pairs in exact.items():
        for i, j in pairs:
            if (j, i) not in pairs:
                raise InputError(f"{path}: {quantity} is given for {i}>{j} but not for {j}>{i}")


def read_alliances(path: Path, states: Mapping[str, Any]) -> nx.MultiGraph:
    """alliances.csv as a multigraph of states; edges carry name, kind, start, end and strength. Raises InputError."""
    graph = nx.MultiGraph()
    graph.add_nodes_from(states)
    columns = (
        "alliance",
        "state",
        "other",
        "start",
        "end",
        "kind",
        "strength",
        "low",
        "high",
        "certainty",
        "source",
    )
    for row in read_rows(path, columns):
        where = f"{path}, line {row['line']}"
        a, b = _known(row["state"], states, where), _known(row["other"], states, where)
        given = _given(row | {"value": row["strength"]}, "alliance", f"{where}: strength", (0.0, 1.0))
        graph.add_edge(
            a,
            b,
            name=row["alliance"],
            kind=row["kind"],
            start=month_index(row["start"], f"{where}: start"),
            end=month_index(row["end"], f"{where}: end") if row["end"] else FOREVER,
            strength=dataclasses.replace(given, subject=f"{row['alliance']}:{a}|{b}"),
        )
    return graph


def read_leaders(path: Path, states: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    """leaders.csv: who led which state when. Raises InputError."""
    for row in read_rows(path, ("state", "leader", "start", "end", "certainty", "source")):
        where = f"{path}, line {row['line']}"
        yield {
            **row,
            "state": _known(row["state"], states, where),
            "start": month_index(row["start"], f"{where}: start"),
            "end": month_index(row["end"], f"{where}: end") if row["end"] else FOREVER,
        }


_AGREEMENT_FIELDS = {
    "name",
    "parties",
    "guarantors",
    "kind",
    "open",
    "signed",
    "ended",
    "end_cause",
    "binding",
    "verification",
    "steps",
    "done",
    "certainty",
    "source",
}
_STEP_FIELDS = {"by", "what"}
_DONE_FIELDS = {"date", "steps"}
_UNKNOWN_CHECKS = {"value": 0.5, "low": 0.2, "high": 0.9, "certainty": "W", "source": "not given: wide range"}


def agreements_of(tables: Mapping[str, Any], states: Mapping[str, Any], where: str) -> dict[str, Agreement]:
    """Code -> Agreement, historical ones and such as may be offered. Raises InputError, which begins with `where`."""
    return {code: _agreement(code, table, states, f"{where}{code}") for code, table in tables.items()}


def _agreement(code: str, table: Any, states: Mapping[str, Any], where: str) -> Agreement:
    if not isinstance(table, dict):
        raise InputError(f"{where}: an agreement is a table, like [{code}]")
    if not code.isidentifier():
        raise InputError(f"{where}: agreement code {code!r} must be letters, digits and _")
    _known_fields(table, _AGREEMENT_FIELDS, where)
    parties = tuple(_known(str(item), states, f"{where}.parties") for item in _list(table, "parties", where))
    if len(parties) < 2:
        raise InputError(f"{where}.parties: an agreement needs at least 2 parties")
    guarantors = tuple(_known(str(item), states, f"{where}.guarantors") for item in _list(table, "guarantors", where))
    for field, members in (("parties", parties), ("guarantors", parties + guarantors)):
        for item in members:
            if members.count(item) > 1:
                if field == "guarantors" and item in parties:
                    raise InputError(f"{where}.{field}: {item} is a party too; a guarantor stands outside")
                raise InputError(f"{where}.{field}: {item} is there twice")
    kind = str(table.get("kind", "agreement"))
    if kind not in AGREEMENT_KINDS:
        raise InputError(f"{where}.kind: unknown kind {kind!r}{nearest(kind, AGREEMENT_KINDS)}")
    may_be_signed = table.get("open", False)
    if not isinstance(may_be_signed, bool):
        raise InputError(f"{where}.open: {may_be_signed!r} is neither true nor false")
    signed = month_index(str(table["signed"]), f"{where}.signed") if "signed" in table else None
    ended = month_index(str(table["ended"]), f"{where}.ended") if "ended" in table else FOREVER
    if signed is None and not may_be_signed:
        raise InputError(f"{where}: give signed = DATE, or open = true for one that may be offered")
    if signed is None and "ended" in table:
        raise InputError(f"{where}.ended: what was never signed cannot have ended; give signed")
    if signed is not None and ended < signed:
        raise InputError(f"{where}.ended: {table['ended']} is before signed, {table['signed']}")
    listed = enumerate(_list(table, "steps", where), 1)
    steps = tuple(_step(item, parties, f"{where}.steps[{place}]") for place, item in listed)
    if len(steps) > MOST_STEPS:
        raise InputError(f"{where}.steps: has {len(steps)} steps; at most {MOST_STEPS} are allowed")
    certainty = str(table.get("certainty", "W"))
    if certainty not in CERTAINTY:
        raise InputError(f"{where}.certainty: unknown certainty {certainty!r}; known: {', '.join(CERTAINTY)}")
    binding, verification = (
        dataclasses.replace(
            _given(
                {"certainty": "J", "source": table.get("source", ""), **given},
                f"agreement_{quantity}",
                f"{where}.{quantity}",
                bounds(f"agreement_{quantity}"),
            ),
            subject=code,
        )
        for quantity, given in (
            ("binding", _table(table, "binding", where)),
            ("verification", _table({"verification": _UNKNOWN_CHECKS, **table}, "verification", where)),
        )
    )
    return Agreement(
        code=code,
        name=str(table.get("name", code)),
        parties=parties,
        guarantors=guarantors,
        kind=kind,
        signed=signed,
        ended=ended,
        open=may_be_signed,
        steps=steps,
        done=_done(table, signed, len(steps), where),
        binding=binding,
        verification=verification,
        certainty=certainty,
        source=str(table.get("source", "")),
    )


def _known_fields(table: Any, fields: set[str], where: str) -> None:
    if not isinstance(table, dict):
        raise InputError(f"{where}: {table!r} is not a table like {{ {' = , '.join(sorted(fields))} = }}")
    for word in table:
        if word not in fields:
            raise InputError(f"{where}: unknown field {word!r}{nearest(word, fields)}")


def _list(table: Mapping[str, Any], field: str, where: str) -> list[Any]:
    found = table.get(field, [])
    if not isinstance(found, list):
        raise InputError(f"{where}.{field}: {found!r} is not a list, like [ ... ]")
    return found


def _step(item: Any, parties: tuple[str, ...], where: str) -> tuple[str, str]:
    _known_fields(item, _STEP_FIELDS, where)
    owner = str(item.get("by", ""))
    if owner not in parties:
        raise InputError(f"{where}.by: {owner!r} is no party{nearest(owner, parties)}")
    return owner, str(item.get("what", ""))


def _done(table: Mapping[str, Any], signed: int | None, most: int, where: str) -> tuple[tuple[int, int], ...]:
    """The dated counts of steps taken, checked to grow."""
    counts: list[tuple[int, int]] = []
    for place, item in enumerate(_list(table, "done", where), 1):
        here = f"{where}.done[{place}]"
        _known_fields(item, _DONE_FIELDS, here)
        month = month_index(str(item.get("date", "")), f"{here}.date")
        steps = number(item.get("steps", ""), f"{here}.steps", 1, most)
        if signed is None or month < signed:
            raise InputError(f"{here}.date: {item['date']} is before the signature")
        if steps != int(steps) or (counts and (month < counts[-1][0] or steps <= counts[-1][1])):
            raise InputError(f"{here}: dates and whole numbers of steps must grow from one to the next")
        counts.append((month, int(steps)))
    return tuple(counts)


_FORUM_FIELDS = {
    "name",
    "start",
    "end",
    "track",
    "rule",
    "agenda",
    "level",
    "meets_every",
    "meets_in",
    "certainty",
    "source",
    "members",
    "host",
    *FORUM_RANGES,
}
_MEMBER_FIELDS = {"state", "from", "until", "status", "certainty", "source"}


def forums_of(
    tables: Mapping[str, Any], states: Mapping[str, Any], where: str
) -> tuple[dict[str, Forum], nx.MultiGraph]:
    """Code -> Forum, and the bipartite graph of dated memberships. Raises InputError, which begins with `where`."""
    prefix = where
    forums: dict[str, Forum] = {}
    membership = nx.MultiGraph()
    membership.add_nodes_from(states, bipartite="state")
    for code, table in tables.items():
        where = f"{prefix}{code}"
        if not isinstance(table, dict):
            raise InputError(f"{where}: a forum is a table, like [{code}]")
        for word in table:
            if word not in _FORUM_FIELDS:
                raise InputError(f"{where}: unknown field {word!r}{nearest(word, _FORUM_FIELDS)}")
        if not table.get("members"):
            raise InputError(f"{where}.members: a forum needs at least one member")
        agenda = tuple(table.get("agenda", ()))
        for item in agenda:
            if item not in ("hard", "soft"):
                raise InputError(f"{where}.agenda: {item!r} is neither hard nor soft")
        start = month_index(str(table.get("start", "0001-01")), f"{where}.start")
        ranges = {
            quantity: dataclasses.replace(
                _given(
                    {"certainty": "J", "source": table.get("source", ""), **_table(table, quantity, where)},
                    f"forum_{quantity}",
                    f"{where}.{quantity}",
                    bounds(f"forum_{quantity}"),
                ),
                subject=code,
            )
            for quantity in FORUM_RANGES
        }
        forums[code] = Forum(
            code=code,
            name=str(table.get("name", code)),
            start=start,
            end=month_index(str(table["end"]), f"{where}.end") if "end" in table else FOREVER,
            track=number(table.get("track", 1), f"{where}.track", 1, 2),
            rule=_rule(table.get("rule", "consensus"), f"{where}.rule"),
            agenda=agenda,
            level=number(table.get("level", 0), f"{where}.level", 0, 4),
            meets_every=int(number(table.get("meets_every", 12), f"{where}.meets_every", 1, 120)),
            meets_in=int(number(table.get("meets_in", 1), f"{where}.meets_in", 1, 12)),
            ranges=ranges,
            certainty=str(table.get("certainty", "W")),
            source=str(table.get("source", "")),
            host=_known(str(table["host"]), states, f"{where}.host") if "host" in table else "",
        )
        membership.add_node(code, bipartite="forum")
        for member in table["members"]:
            for word in member:
                if word not in _MEMBER_FIELDS:
                    raise InputError(f"{where}.members: unknown field {word!r}{nearest(word, _MEMBER_FIELDS)}")
            state = _known(str(member.get("state")), states, f"{where}.members")
            membership.add_edge(
                code,
                state,
                start=month_index(str(member["from"]), f"{where}.members.{state}.from") if "from" in member else start,
                end=month_index(str(member["until"]), f"{where}.members.{state}.until")
                if "until" in member
                else FOREVER,
                status=str(member.get("status", "member")),
            )
    return forums, membership


def _rule(word: Any, where: str) -> str:
    if not isinstance(word, str) or word not in RULES:
        raise InputError(f"{where}: unknown rule {word!r}{nearest(str(word), RULES)}")
    return word


def _table(table: Mapping[str, Any], quantity: str, where: str) -> Mapping[str, Any]:
    found = table.get(quantity)
    if not isinstance(found, dict) or "value" not in found:
        raise InputError(f"{where}.{quantity}: give {{ value = , low = , high = }}")
    return found
