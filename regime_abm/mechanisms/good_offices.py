"""Services from outside the region: a venue and good offices where talks broke down, inspectors where an agreement is in force.

Theory: third parties without power of their own offer a place, a channel and discretion [wallensteen2014]; monitors by a neutral
    body help agreements last [fortna2003]. Who serves is nobody of the region and decides nothing: no actor, only a service.
Equation: after a breakdown of talks between two who are served, good offices are there with chance `offered`, for `lasts`
    months. While the two do not talk they push talks by `venue`, take `notes` of misperception away and take `face` of both
    sides' will; while they talk, -hazard. An agreement in force that may be inspected invites inspectors with chance `invited`
    a month; from then to its end its checks find verification + adds * (1 - verification), the parties' misperception of
    each other loses `inspectors_see` a month, and their steps are pushed by -intrusion * sovereignty.
Leaves out: which body serves and what it wants; services refused, expelled or spied upon; what they cost those who pay.
Channels of harm: a venue to be seen at replaces talks (`venue` below 0); breaking off gets cheaper (`hazard`); inspectors find more
    breaches, which end agreements, and states guard their sovereignty against them (`intrusion`).
Rival accounts: talk for talk's sake: `venue` 0 or below; checks and not trust carry agreements: `adds` high, `intrusion` 0
    [fortna2003].
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from regime_abm.core.derived import derived
from regime_abm.core.parameter import Parameter, Uniform

_PUSHED = ("talks_push", "sight_push", "will_push", "step_push")
READS = (
    "served",
    "inspectable",
    "party",
    "sovereignty",
    "talks",
    "breakdown",
    "in_force",
    "agreement_verification",
    "verification_start",
    "offices_months",
    "offices_order",
    "inspected",
    "inspection_order",
    *_PUSHED,
)
WRITES = ("offices_months", "inspected", "agreement_verification", *_PUSHED)
STARTS = ("verification_start",)

PARAMETERS = (
    Parameter("offered", 0.3, 0.0, 1.0, Uniform(0.0, 0.6), "probability", "Chance that good offices are there after a breakdown between two who are served.", "working talks were hosted in Europe in 2019 after the summit without a deal (recalled); the size is a judgement", "expert"),
    Parameter("lasts", 9.0, 1.0, 120.0, Uniform(3.0, 15.0), "months", "How long they are there."),
    Parameter("venue", 0.3, -3.0, 4.0, Uniform(-0.3, 0.9), "log-odds", "How much they speak for talks to open again; below 0 being seen there is enough.", "wallensteen2014 (sign)", "expert"),
    Parameter("notes", 0.04, -0.3, 0.9, Uniform(-0.02, 0.1), "share per month", "How much of the misperception between the two they take away; below 0 notes get lost."),
    Parameter("face", 0.05, -1.0, 2.0, Uniform(-0.1, 0.2), "log-odds", "What it takes from both sides' will to be seen there; below 0 it gives cover."),
    Parameter("hazard", 0.15, -2.0, 3.0, Uniform(-0.2, 0.5), "log-odds", "How much a place to come back to makes it cheaper to break off; below 0 it obliges."),
    Parameter("invited", 0.05, 0.0, 1.0, Uniform(0.0, 0.1), "per month", "Chance that an agreement in force that may be inspected invites inspectors.", "inspectors came in 1994 and 2007 and had to go in 2002 and 2009 (recalled); the size is a judgement", "expert"),
    Parameter("adds", 0.3, -1.0, 1.0, Uniform(0.0, 0.6), "share", "How much of what checks overlook inspectors find.", "fortna2003 (sign)", "expert"),
    Parameter("inspectors_see", 0.03, -0.3, 0.9, Uniform(-0.02, 0.08), "share per month", "How much of the parties' misperception of each other inspectors take away; below 0 findings are disputed."),
    Parameter("intrusion", 0.4, -2.0, 4.0, Uniform(-0.2, 1.0), "log-odds", "How much inspectors keep a fully sovereignty-minded party from its steps; below 0 they reassure it.", "the plans of 2007 broke at verification (region's record)", "expert"),
)


def checked(verification, adds):
    """The chance that cheating is found out within a year, with inspectors, 0..1.

    >>> round(float(checked(0.6, 0.5)), 3), float(checked(0.6, 0.0))
    (0.8, 0.6)
    """
    return np.clip(verification + adds * (1.0 - verification), 0.0, 1.0)


@derived
def _customers(served, inspectable, party, names):
    """The pairs that are served: either side, and their names; and the agreements that may be inspected, with whose they are."""
    one, other = np.nonzero(np.triu(served | served.T, 1))
    codes = np.flatnonzero(inspectable)
    apart = ~np.eye(party.shape[1], dtype=bool)
    both = (party[codes][:, :, None] & party[codes][:, None, :] & apart).astype(np.float32)
    labels = tuple(names.undirected[place] for place in (one * party.shape[1] + other).tolist())
    return SimpleNamespace(one=one, other=other, labels=labels, codes=codes, both=both)


def _offices(world, p, noise, customers):
    """Months for which good offices are there for each pair (R, P), this one included."""
    one, other = customers.one, customers.other
    left, broken = world.offices_months[:, one, other], world.breakdown[:, one, other]
    offered = broken & (noise.pairs("offered", customers.labels) < p.state.offered)
    left = np.where(offered, np.rint(p.state.lasts), left)
    return np.where(world.offices_order[:, one, other], np.maximum(left, 1), left).astype(np.int16)


def _serve(world, p, customers, left, sums):
    """Add what good offices do to the arrays of `sums`, in place. left: (R, P)."""
    i, j, wide = customers.one, customers.other, p.state
    there = left > 0
    silent, talking = there & ~world.talks[:, i, j], there & world.talks[:, i, j]
    push = wide.venue * silent - wide.hazard * talking
    sight, cost = wide.notes * silent, wide.face * silent
    for a, b in ((i, j), (j, i)):
        sums["talks_push"][:, a, b] += push
        sums["sight_push"][:, a, b] += sight
    for place in range(len(i)):  # a state may be served in several pairs
        sums["will_push"][:, i[place]] -= cost[:, place]
        sums["will_push"][:, j[place]] -= cost[:, place]


def _inspect(world, p, customers, inspected, sums):
    """Add what inspectors do to the arrays of `sums`, in place. inspected: (R, C)."""
    see, held = p.dyad.inspectors_see, p.state.intrusion * world.sovereignty
    for place, code in enumerate(customers.codes.tolist()):
        rows = np.flatnonzero(inspected[:, place])
        if not len(rows):
            continue
        both, party = customers.both[place], world.party[code]
        sums["sight_push"][rows] += (see[rows] if np.ndim(see) else see) * both
        sums["step_push"][rows, code] -= held[rows] * party


def start(world, p, noise):
    """How good the checks of the agreements' own are."""
    return {"verification_start": world.agreement_verification.copy()}


def step(world, p, noise):
    customers = _customers(world.served, world.inspectable, world.party, world.names)
    sums = {name: getattr(world, name).copy() for name in _PUSHED}
    months, inspected, verification = (getattr(world, name).copy() for name in WRITES[:3])
    left = _offices(world, p, noise, customers)
    if len(customers.one):
        _serve(world, p, customers, left, sums)
        for a, b in ((customers.one, customers.other), (customers.other, customers.one)):
            months[:, a, b] = np.maximum(left - 1, 0)
    codes = customers.codes
    if len(codes):
        invited = noise.agreement("invited")[:, codes] < p.state.invited
        now = (inspected[:, codes] | invited | world.inspection_order[:, codes]) & world.in_force[:, codes]
        own = world.verification_start[:, codes]
        inspected[:, codes], verification[:, codes] = now, np.where(now, checked(own, p.state.adds), own)
        _inspect(world, p, customers, now, sums)
    return {"offices_months": months, "inspected": inspected, "agreement_verification": verification, **sums}
