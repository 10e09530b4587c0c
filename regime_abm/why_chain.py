"""Why a forum met as it did, and what became of an agreement: a short chain of events, each with the terms that decided it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from regime_abm.core.names import SEVERITY
from regime_abm.errors import InputError, nearest
from regime_abm.measures.agreement_log import agreements as told
from regime_abm.mechanisms import agreements, forums
from regime_abm.region_files import CERTAINTY
from regime_abm.why import Why
from regime_abm.why_parts import (
    ORDINALS,
    WhyPart,
    agreements_found,
    as_found,
    chance_of,
    lapsing,
    named,
    noted,
    part,
    reviewing,
    signing,
    stepping,
)

if TYPE_CHECKING:
    from regime_abm.future import Watch

_FORCE = 3  # the least severity that is force


@dataclass(frozen=True)
class Link:
    """One event in the life of an agreement, in words, with the sums that decided it."""

    month: int
    date: str
    kind: str
    text: str
    parts: tuple[WhyPart, ...] = ()


@dataclass(frozen=True)
class Chain:
    """What became of an agreement up to a month. standing: how it stands, in one sentence. links: oldest first."""

    title: str
    question: str
    standing: str
    links: tuple[Link, ...]


def why_agreement(watch: Watch, code: str, month: int) -> Chain:
    """The latest life of an agreement up to a month: offered, signed, its steps, what strained it, how it ended.

    Raises InputError for an unknown agreement.
    """
    codes = watch.worlds[0].names.agreements
    if code not in codes:
        raise InputError(f"unknown agreement {code!r}{nearest(code, codes)}")
    g = codes.index(code)
    name, date = named(watch, g), watch.date(month)
    begun = _begun(watch, g, month)
    links = tuple(_life(watch, g, begun, month) if begun is not None else _offers(watch, g, month))
    end = next((link for link in links if link.kind == "end"), None)
    if begun is None:
        standing = f"{name} was not signed by {date}."
        question = f"Why was {name} not signed?"
    elif end is None:
        standing = f"{name} is in force in {date}."
        question = f"How did {name} come into force, and what held it?"
    else:
        standing = f"{name} ended in {end.date}."
        question = f"Why did {name} fail?"
    return Chain(f"{name}, {date}", question, standing, links)


def _begun(watch: Watch, g: int, month: int) -> int | None:
    """The month in which the latest life of an agreement began; None when it was never in force."""
    for at in range(month, 0, -1):
        if watch.worlds[at].signed[0, g]:
            return at
    return 0 if watch.worlds[0].in_force[0, g] else None


def _sentence(watch: Watch, g: int, at: int, *kinds: str) -> str:
    """What the event log tells of one agreement in a month."""
    worlds = watch.worlds
    found = told(worlds[at - 1], worlds[at], worlds[:at], watch.agreement_words, g)
    return " ".join(text for kind, text, _ in found if kind in kinds)


def _link(watch: Watch, at: int, kind: str, text: str, parts: Iterator[WhyPart] | None = None) -> Link:
    return Link(at, watch.date(at), kind, text, tuple(parts or ()))


def _offers(watch: Watch, g: int, month: int) -> Iterator[Link]:
    """The latest offers that nobody took up, with why each party would have signed."""
    offers = [at for at in range(1, month + 1) if watch.worlds[at].offered[0, g]]
    for at in offers[-3:]:
        yield _link(watch, at, "offer", _sentence(watch, g, at, "offer"), _signing(watch, g, at))
    if not offers:
        yield _link(
            watch,
            month,
            "offer",
            "It was never on the table: its rival parties were not in talks while it could be offered.",
        )


def _life(watch: Watch, g: int, begun: int, month: int) -> Iterator[Link]:
    """From the signature to the end, or to the month that is asked about."""
    worlds = watch.worlds
    if begun == 0:
        yield _link(watch, 0, "signed", f"{named(watch, g)} was in force at the start.")
    else:
        offers = sum(bool(worlds[at].offered[0, g]) for at in range(1, begun))
        earlier = f" It had been on the table {offers} time{'s' if offers > 1 else ''} before." if offers else ""
        yield _link(
            watch, begun, "signed", _sentence(watch, g, begun, "agreement") + earlier, _signing(watch, g, begun)
        )
    parties = np.flatnonzero(worlds[0].party[g])
    overdue: set[int] = set()
    for at in range(begun + 1, month + 1):
        before, after = worlds[at - 1], worlds[at]
        if after.steps_done[0, g] > before.steps_done[0, g]:
            yield _link(watch, at, "step", _sentence(watch, g, at, "step"), _stepping(watch, g, at))
        owed = int(after.steps_done[0, g])
        if after.in_force[0, g] and after.steps_due[0, g] > owed and owed not in overdue:
            overdue.add(owed)
            owner = watch.states[int(after.agreement_turn[g, owed])]
            text = f"The {ORDINALS[owed]} step has fallen due; {owner} leaves it undone."
            yield _link(watch, at, "overdue", text, _stepping(watch, g, at))
        yield from _strain(watch, at, parties)
        if after.ended[0, g]:
            yield _link(watch, at, "end", _sentence(watch, g, at, "agreement"), _ending(watch, g, at))
            return


def _strain(watch: Watch, at: int, parties: np.ndarray) -> Iterator[Link]:
    """What happened between the parties that bears on what they have signed: a new leader, force."""
    after = watch.worlds[at]
    for i in parties:
        if after.turnover[0, i]:
            yield _link(watch, at, "leader", f"A new leader takes office in {watch.states[i]}, and reviews it.")
    acts = after.severity[0][np.ix_(parties, parties)]
    for a, b in zip(*np.nonzero(acts >= _FORCE), strict=True):
        text = (
            f"{SEVERITY[int(acts[a, b])].capitalize()}: {watch.states[parties[a]]} against {watch.states[parties[b]]}."
        )
        yield _link(watch, at, "force", text)


def _signing(watch: Watch, g: int, at: int) -> Iterator[WhyPart]:
    if known := agreements_found(watch, at):
        for i in np.flatnonzero(known[0].party[g]):
            sign = signing(watch, at, *known, g, int(i))
            yield noted(sign, f"The chance this makes: {chance_of(sign):.2f}.")


def _stepping(watch: Watch, g: int, at: int) -> Iterator[WhyPart]:
    if known := agreements_found(watch, at):
        step = stepping(watch, at, *known, g)
        yield noted(step, f"The chance this makes: {chance_of(step):.2f} in this month.")


def _ending(watch: Watch, g: int, at: int) -> Iterator[WhyPart]:
    """What decided the end where a sum did: a lapse, or the review of a new leader."""
    known = agreements_found(watch, at)
    if known is None:
        return
    cause, by = int(watch.worlds[at].ended[0, g]), int(watch.worlds[at].ended_by[0, g])
    if cause == agreements.LAPSED:
        lapse = lapsing(watch, *known, g)
        yield noted(lapse, f"The chance this makes: {chance_of(lapse):.3f} in this month.")
    if cause == agreements.REVIEWED and by >= 0:
        review = reviewing(watch, *known, g, by)
        yield noted(review, f"The chance this makes: {chance_of(review):.2f}.")


def why_forum(watch: Watch, code: str, month: int) -> Why:
    """The exact terms of who came to a forum's latest meeting up to a month. Raises InputError for an unknown forum."""
    if code not in watch.forums:
        raise InputError(f"unknown forum {code!r}{nearest(code, watch.forums)}")
    f = watch.forums.index(code)
    forum = watch.scenario.region.forums[code]
    met = next((at for at in range(month, 0, -1) if watch.worlds[at].met[0, f]), None)
    parts: list[WhyPart] = []
    if met is not None:
        world, found = watch.worlds[met], as_found(watch, "forums", met)
        terms = forums.terms(found, watch.run.engine.part("forums").p, np.arange(len(watch.forums)))
        for i in np.flatnonzero(world.member[0, f]):
            coming = part(f"Whether {watch.states[i]} comes", "log-odds", terms, f, int(i))
            came = "came" if world.attendance[0, f, i] else "stayed away"
            parts.append(noted(coming, f"The chance this makes: {chance_of(coming):.2f}; {watch.states[i]} {came}."))
    when = f"It last met in {watch.date(met)}." if met is not None else "It has not met so far."
    now = watch.worlds[month]
    inputs = [
        (
            "level it has reached, 0 to 4",
            float(now.forum_level[0, f]),
            forum.source,
            CERTAINTY.get(forum.certainty, ""),
        ),
        ("vitality, 0 to 1", float(now.forum_vitality[0, f]), "worked out by the model", ""),
    ]
    return Why(
        f"{forum.name}, {watch.date(month)}", f"Who came to {forum.name}, and why? {when}", parts, {}, "", inputs
    )
