"""When rivals' talks break down a third state may step in; whether that mends more than it spoils is open.

Theory: a mediator is believed if it would not lie for peace's sake, which a biased one may show [kydd2003], and a neutral one
    where trust is what is lacking [kydd2006]; mediators have interests of their own and pay for what they do [touval1985].
Equation: after a breakdown of talks between rivals, or a meeting on hard security of both that is called off, each state that
    may mediate steps in with logistic(log-odds of `steps_in` + trust_counts * (lesser trust of the two in it - .3) +
    stake_counts * (its mean stake in the two - .3) + access_counts * (access - .5) - hostility_counts * hostility / 5 +
    bias_counts * bias); of several ready the readiest is taken, with chance (1 - shopping) for each further one that is
    ready. It stays a month longer with chance `stays`. While the two do not talk it pushes talks by reopens +
    bias_believed * bias and takes `clarity` of misperception away; while they talk and it is at hand, -hazard.
    Access = the lesser of its two relations, 1 with diplomatic relations or open talks. Bias = how much firmer its commitment
    to one side is than to the other. It pays `will_cost` of will, and `attention_cost` of coming to forums.
Leaves out: what a mediator proposes, carrots and sticks of its own; that sides reckon with a mediator who never came yet.
Channels of harm: breaking off gets cheaper with somebody at hand to mend it (`hazard`); sides shop around (`shopping`); what
    is passed on may be coloured (`clarity` below 0); the mediator's own diplomacy suffers.
Rival accounts: bias helps: `bias_counts`, `bias_believed` above 0 [kydd2003]; it harms: below 0 [kydd2006]; mediators come to
    easy cases and change nothing: `reopens` 0, `hostility_counts` high.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from regime_abm.core.derived import derived
from regime_abm.core.maths import log_odds, logistic
from regime_abm.core.parameter import At, Normal, Parameter, Uniform

READS = (
    "mediating",
    "rival",
    "member",
    "forum_hard",
    "meeting_order",
    "mediator",
    "mediator_order",
    "talks",
    "breakdown",
    "trust",
    "stake",
    "relations",
    "alliance",
    "hostility",
    "talks_push",
    "sight_push",
    "will_push",
    "attend_push",
)
WRITES = ("mediator", "talks_push", "sight_push", "will_push", "attend_push")

PARAMETERS = (
    Parameter("steps_in", 0.25, 0.001, 0.999, Uniform(0.05, 0.45), "probability", "Chance that a state that may mediate steps in after a breakdown, all influences at their references, no hostility.", "one restored summit of 2018 and one visit of 1994 among the breakdowns of the region's timeline; the size is a judgement", "expert"),
    Parameter("trust_counts", 3.0, -2.0, 10.0, Uniform(0.0, 6.0), "log-odds", "How much the lesser trust of the two sides in the mediator speaks for its coming.", "kydd2006 (sign)", "expert"),
    Parameter("stake_counts", 1.5, -3.0, 6.0, Uniform(0.0, 3.0), "log-odds", "How much the mediator's own stake in the two speaks for its coming.", "touval1985 (sign)", "expert"),
    Parameter("access_counts", 1.5, -2.0, 6.0, Uniform(0.0, 3.0), "log-odds", "How much access to both sides speaks for its coming."),
    Parameter("hostility_counts", 1.0, -4.0, 8.0, Uniform(-1.0, 3.0), "log-odds", "How much a hostility at its worst keeps mediators away; below 0 danger calls them."),
    Parameter("bias_counts", 0.0, -5.0, 5.0, Normal(0.0, 1.0), "log-odds", "How much a mediator tied to one side alone is more likely to come; sign free.", "kydd2003 (above 0), kydd2006 (below 0)", "expert"),
    Parameter("stays", 0.7, 0.0, 0.99, Uniform(0.5, 0.9), "per month", "Chance that a mediator stays at hand for another month."),
    Parameter("reopens", 0.6, -3.0, 4.0, Uniform(-0.3, 1.5), "log-odds", "How much a mediator speaks for talks that broke down to open again; below 0 sides hide behind it."),
    Parameter("bias_believed", 0.0, -5.0, 5.0, Normal(0.0, 0.8), "log-odds", "How much more that is, of a mediator tied to one side alone; sign free.", "kydd2003 (above 0), kydd2006 (below 0)", "expert"),
    Parameter("clarity", 0.08, -0.3, 0.9, Uniform(-0.04, 0.2), "share per month", "How much of the misperception between the two a mediator takes away; below 0 it colours what it passes on."),
    Parameter("hazard", 0.3, -2.0, 3.0, Uniform(-0.2, 0.8), "log-odds", "How much a mediator at hand makes it cheaper to break off open talks; below 0 it keeps both at the table."),
    Parameter("shopping", 0.15, 0.0, 1.0, Uniform(0.0, 0.3), "share", "How much each further state that is ready to mediate keeps the two from settling on one."),
    Parameter("will_cost", 0.2, -1.0, 2.0, Uniform(-0.05, 0.45), "log-odds", "What a month of mediation takes from the mediator's will; below 0 the part flatters it."),
    Parameter("attention_cost", 0.2, -1.0, 2.0, Uniform(0.0, 0.4), "log-odds", "What it takes from the chance that the mediator comes to forums."),
)

_TRUST, _STAKE, _ACCESS, _RUNGS = 0.3, 0.3, 0.5, 5.0  # references of the logistic, and the ladder's length


def step_in_terms(trust, stake, access, hostility, bias, *, p):
    """What the chance that a state steps in is made of, in log-odds.

    trust: lesser trust of the two in it, 0..1; stake: its mean stake in the two, 0..1; access: 0 or 1; hostility of the two,
    0..5; bias: how much firmer its commitment to one side is, 0..1.
    """
    return {
        "usual chance to step in": log_odds(p.steps_in),
        "trusted by both": p.trust_counts * (trust - _TRUST),
        "own stake": p.stake_counts * (stake - _STAKE),
        "access to both": p.access_counts * (access - _ACCESS),
        "hostility of the two": -p.hostility_counts * hostility / _RUNGS,
        "tied to one side": p.bias_counts * bias,
    }


def settled_on(ready, luck, *, shopping):
    """Whether the two settle on a mediator when so many are ready; luck in 0..1.

    >>> settled_on(np.array([0, 1, 2, 2]), np.array([0.0, 0.99, 0.7, 0.8]), shopping=0.25).tolist()
    [False, True, True, False]
    """
    return (ready > 0) & (luck < (1.0 - shopping) ** np.maximum(ready - 1, 0))


@derived
def _cast(mediating, rival, names):
    """Who may mediate (K,), and the pairs of rivals: places of either side, in a row of all dyads too (P,), with names."""
    n = len(names.states)
    who = np.flatnonzero(mediating)
    one, other = np.nonzero(np.triu(rival | rival.T, 1))
    labels = tuple(names.undirected[place] for place in (one * n + other).tolist())
    roles = tuple(f"{label}:{names.drawn_states[k]}" for label in labels for k in who.tolist())
    places = np.concatenate([one * n + other, other * n + one])  # both directions
    return SimpleNamespace(who=who, one=one, other=other, places=places, labels=labels, roles=roles)


def _of_pairs(values, cast):
    """Of a dyad's quantity (R, N, N) the pairs of rivals (R, P)."""
    return values.reshape(len(values), -1).take(cast.places[: len(cast.one)], axis=1)


def _places(rows, i, j, n):
    """Where the dyads i>j of the futures `rows` stand in a row of all futures' dyads."""
    return (rows * n + i) * n + j


def _bias(alliance, one, other):
    """How much firmer the commitment to one side is than to the other; one, other: places of the two dyads."""
    return np.abs(alliance.take(one) - alliance.take(other))


def _called_off(world):
    """Whether a meeting on hard security that both belong to is called off this month (R, N, N); None when none is."""
    member, off = world.member, (world.meeting_order < 0) & world.forum_hard
    if not off.any():
        return None
    seats = (member & off[:, :, None]).astype(np.float32)
    return np.matmul(seats.swapaxes(1, 2), seats) > 0.0


def _stepping_in(world, p, noise, cast, free):
    """Who steps in where talks just broke down: futures, pairs and states, (E,) each. free: pairs without mediator (R, P)."""
    broken, off = _of_pairs(world.breakdown, cast), _called_off(world)
    if off is not None:
        broken = broken | (_of_pairs(off, cast) & ~_of_pairs(world.talks, cast))
    rows, pairs = np.divmod(np.flatnonzero(broken & free), max(free.shape[1], 1))
    i, j, n = cast.one[pairs][:, None], cast.other[pairs][:, None], world.trust.shape[1]
    at, k = rows[:, None], cast.who[None, :]
    to_i, to_j = _places(at, k, i, n), _places(at, k, j, n)
    terms = step_in_terms(
        np.minimum(world.trust.take(_places(at, i, k, n)), world.trust.take(_places(at, j, k, n))),
        (world.stake.take(to_i) + world.stake.take(to_j)) / 2.0,
        (world.relations.take(to_i) | world.talks.take(to_i)) & (world.relations.take(to_j) | world.talks.take(to_j)),
        world.hostility.take(_places(at, i, j, n)),
        _bias(world.alliance, to_i, to_j),
        p=At(p, rows[:, None]),
    )
    chance = logistic(sum(terms.values())) * ((k != i) & (k != j))
    luck = noise.pairs("steps in", cast.roles).reshape(-1, len(cast.one), len(cast.who))[rows, pairs]
    margin = chance - luck
    settle = noise.pairs("settle on one", cast.labels)[rows, pairs]
    came = settled_on((margin > 0.0).sum(axis=1), settle, shopping=At(p, rows).shopping)
    return rows[came], pairs[came], cast.who[margin.argmax(axis=1)][came]


def _at_hand(world, p, noise, cast):
    """Who mediates between the rivals this month (R, P), counted from 1, 0 for nobody."""
    staying = noise.pairs("stays", cast.labels) < p.state.stays
    now = _of_pairs(world.mediator, cast) * staying
    rows, pairs, who = _stepping_in(world, p, noise, cast, now == 0)
    now[rows, pairs] = who + 1
    order = _of_pairs(world.mediator_order, cast)
    return np.where(order > 0, order, now)


_PUSHED = ("talks_push", "sight_push", "will_push", "attend_push")


def _add(world, p, cast, mediator, sums):
    """Add this month's pushes to the arrays of `sums`, in place. mediator: (R, P)."""
    rows, pairs = np.divmod(np.flatnonzero(mediator), max(mediator.shape[1], 1))
    i, j, k, n = cast.one[pairs], cast.other[pairs], mediator[rows, pairs] - 1, world.talks.shape[1]
    there, back = _places(rows, i, j, n), _places(rows, j, i, n)
    silent = ~world.talks.take(there)
    bias = _bias(world.alliance, _places(rows, k, i, n), _places(rows, k, j, n))
    pair = At(p, rows)
    mends = pair.reopens + pair.bias_believed * bias
    for name, push in (("talks_push", np.where(silent, mends, -pair.hazard)), ("sight_push", pair.clarity * silent)):
        flat = sums[name].reshape(-1)
        flat[there] += push
        flat[back] += push
    rows, k = rows[silent], k[silent]
    cost = At(p, rows)
    np.subtract.at(sums["will_push"], (rows, k), cost.will_cost)
    busy = sums["attend_push"].swapaxes(1, 2)
    np.subtract.at(busy, (rows, k), np.reshape(cost.attention_cost, (-1, 1)))


def pushes(world, p):
    """What mediators at hand add to the sums of others, by the fleeting quantity that it joins."""
    cast = _cast(world.mediating, world.rival, world.names)
    sums = {name: np.zeros_like(getattr(world, name)) for name in _PUSHED}
    _add(world, p, cast, _of_pairs(world.mediator, cast), sums)
    return sums


def step(world, p, noise):
    cast = _cast(world.mediating, world.rival, world.names)
    sums = {name: getattr(world, name).copy() for name in _PUSHED}
    mediator = world.mediator.copy()
    if len(cast.one):
        now = _at_hand(world, p, noise, cast) if len(cast.who) else _of_pairs(world.mediator_order, cast)
        flat = mediator.reshape(len(mediator), -1)
        flat[:, cast.places[: len(cast.one)]] = now
        flat[:, cast.places[len(cast.one) :]] = now
        _add(world, p, cast, now, sums)
    return {"mediator": mediator, **sums}
