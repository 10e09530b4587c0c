"""Each state chooses an act toward each other: better-looking acts are likelier, none is certain.

Theory: quantal response [mckelvey1995] in an assurance game with two types, who differ in whether exploiting pays more than
    mutual cooperation [kydd2005]; the security dilemma makes exploitation costlier to the fearful [jervis1978];
    the shadow of the future [axelrod1985]; leaders' tastes [horowitz2015]; a side seen as eager invites exploitation
    [fearon1994; jervis1976].
Equation: gain_ij = sum of the terms below (full cooperation minus full defection);
    U(act) = cooperation(act) * gain - cost(act);  P(act) proportional to exp(precision * U(act)).
    With only hope, fear, temptation and deadlock the gain is 0 at trust = (P - S) / ((R - T) + (P - S)), Kydd's threshold.
Leaves out: learning to play, issue linkage, bargaining over stakes; trust in the type stands for the chance of cooperation.
Rival accounts: deterrence theory holds that fear restrains (`deterrence`), the spiral model that it provokes (`fear_of_exploitation`):
    both are terms, both may be 0.
"""

from __future__ import annotations

from functools import reduce
from operator import add

import numpy as np

from regime_abm.core.derived import derived
from regime_abm.core.names import PUSHED, STATUS_QUO
from regime_abm.core.parameter import LogNormal, Parameter, Uniform

READS = (
    "gain_push",
    "stake",
    "trust",
    "will",
    "norm",
    "hawkishness",
    "volatility",
    "trustworthy",
    "threat",
    "threat_start",
    "misperception",
    "turnover_hazard",
    "term_months",
    "dispute",
    "bound",
    "orders",
)
WRITES = ("cooperation_gain", "tempted", "if_trustworthy", "if_exploitative", "decision", "action", "orders")
DECISION = "decide"

# How far each act cooperates: 1 reassure (a costly step), .75 restrain, .5 status quo, .2 pressure, 0 provoke.
COOPERATION = (1.0, 0.75, 0.5, 0.2, 0.0)
TEMPTATION = "temptation to exploit"
EXPLOITED = "the other's will, to be exploited"
_MONTHS_AHEAD = 12.0  # losses are weighed one year ahead

PARAMETERS = (
    Parameter("precision", 4.0, 0.0, 40.0, LogNormal(4.0, 0.5), "per payoff", "Quantal-response precision: how surely the better-looking act is chosen; 0 is chance.", "mckelvey1995; size not known for states", "expert"),
    Parameter("mutual_gain", 1.0, 0.1, 10.0, Uniform(1.0, 1.0), "payoff", "Mutual cooperation: sets the unit of payoffs."),
    Parameter("temptation_trustworthy", 0.5, 0.0, 1.0, Uniform(0.2, 0.8), "payoff", "What exploiting brings a trustworthy type; less than mutual cooperation.", "kydd2005 (ordering)", "expert"),
    Parameter("temptation_exploitative", 1.45, 1.0, 3.0, Uniform(1.1, 1.8), "payoff", "What exploiting brings an exploitative type; more than mutual cooperation.", "kydd2005 (ordering)", "expert"),
    Parameter("deadlock_loss", 0.25, 0.0, 2.0, Uniform(0.0, 0.5), "payoff", "What mutual non-cooperation costs."),
    Parameter("exploitation_loss", 0.5, 0.1, 3.0, Uniform(0.1, 0.9), "payoff", "How much worse being exploited is than mutual non-cooperation.", "kydd2005 (ordering)", "expert"),
    Parameter("fear_of_exploitation", 0.5, 0.0, 3.0, Uniform(0.0, 1.0), "per threat", "How much threat above its first level makes being exploited worse.", "jervis1978", "expert"),
    Parameter("deterrence", 0.25, 0.0, 3.0, Uniform(0.0, 0.5), "payoff per threat", "How much threat above its first level makes defection look dangerous.", "snyder1984", "expert"),
    Parameter("will_weight", 0.4, 0.0, 2.0, Uniform(0.0, 0.8), "payoff", "What full political will adds to cooperation."),
    Parameter("will_exploited", 0.15, -1.0, 2.0, Uniform(-0.1, 0.4), "payoff", "What full will of the other adds to the gain from defection: who is seen as eager can be made to pay; below 0 will is answered in kind.", "jervis1976 (concessions invite demands, against; spirals unwind, for); range through zero", "expert"),
    Parameter("norm_weight", 0.5, 0.0, 2.0, Uniform(0.0, 1.0), "payoff", "What a fully internalised norm adds to cooperation.", "finnemore1998", "expert"),
    Parameter("hawk_weight", 0.3, 0.0, 2.0, Uniform(0.0, 0.6), "payoff", "What a fully hawkish leader adds to defection."),
    Parameter("domestic_reward", 0.2, 0.0, 2.0, Uniform(0.0, 0.4), "payoff", "What confrontation brings at home."),
    Parameter("shadow_weight", 0.25, 0.0, 2.0, Uniform(0.0, 0.5), "share", "How much of the cooperation lost later is felt now.", "axelrod1985", "expert"),
    Parameter("grievance", 0.2, -0.5, 2.0, Uniform(0.0, 0.4), "payoff", "What an open dispute takes from cooperation."),
    Parameter("price_of_breach", 0.2, -0.5, 2.0, Uniform(0.0, 0.4), "payoff", "What a fully binding agreement in force adds to cooperation: the price of breaking it.", "leeds2003: allies keep about three promises of four; the size is a judgement", "expert"),
    Parameter("patience", 0.9725, 0.5, 0.999, Uniform(0.95, 0.995), "per month", "How much a month later is worth against now.", "axelrod1985", "expert"),
    Parameter("cost_reassure", 0.25, 0.0, 3.0, Uniform(0.1, 0.4), "payoff", "Cost of a reassuring step: what makes it a costly signal.", "kydd2000", "expert"),
    Parameter("cost_restrain", 0.05, 0.0, 1.0, Uniform(0.0, 0.1), "payoff", "Cost of restraint."),
    Parameter("cost_pressure", 0.15, 0.0, 1.0, Uniform(0.05, 0.25), "payoff", "Cost of pressure."),
    Parameter("cost_provoke", 0.85, 0.0, 3.0, Uniform(0.5, 1.2), "payoff", "Cost of a provocation."),
)


def trust_threshold(*, mutual, tempted, deadlock, exploited):
    """Trust from which cooperation pays in a 2x2 assurance game with payoffs R > T > P > S. Source: kydd2000, own derivation.

    >>> trust_threshold(mutual=4, tempted=3, deadlock=2, exploited=1)
    0.5
    >>> trust_threshold(mutual=10, tempted=8, deadlock=3, exploited=0)
    0.6
    """
    return (deadlock - exploited) / ((mutual - tempted) + (deadlock - exploited))


def influences(stake, trust, will, eager, norm, hawkishness, mood, fear, delay, misperception, dispute, bound, temptation, *, p):
    """What speaks for cooperation (positive) and against it, by name, in payoffs; each broadcasts to (R, N, N).

    Rows act, columns are acted upon. will, norm, hawkishness, mood, delay: (R, N, 1); eager: the other's will (R, 1, N);
    fear is threat above its start;
    dispute: 1 where one is open; bound: how firmly an agreement in force binds the two.
    """
    distrust = 1.0 - trust
    hopeful, doubtful, against = stake * trust, stake * distrust, -stake
    exploited = (p.deadlock_loss + p.exploitation_loss) * (1.0 + p.fear_of_exploitation * fear)
    deadlock = doubtful * p.deadlock_loss
    return {
        "political will": p.will_weight * will,  # what a state feels toward everybody comes first: these arrays are short
        "internalised norm": p.norm_weight * norm,
        "mood of the month": mood,
        "hope of mutual cooperation": hopeful * p.mutual_gain,
        "fear of being exploited": -np.maximum(doubtful * exploited, deadlock),  # no less than mutual non-cooperation
        "cost of deadlock": deadlock,
        "leader's hawkishness": against * (p.hawk_weight * hawkishness),
        "reward at home": against * p.domestic_reward,
        EXPLOITED: against * (p.will_exploited * eager),
        "shadow of the future": hopeful
        * ((1.0 - misperception) * (p.shadow_weight * (p.mutual_gain + p.deadlock_loss) * delay)),
        "deterrence": stake * (p.deterrence * fear),
        "open dispute": against * (p.grievance * dispute),
        "price of breaking an agreement": stake * (p.price_of_breach * bound),
        TEMPTATION: -hopeful * temptation,  # last: the two types share the sum of the others
    }


def probabilities(gain, *, costs, precision):
    """Quantal response: (R, 5, N, N) chances of the five acts for gains (R, N, N).

    U(act) = COOPERATION(act) * gain - cost(act), up to a constant that changes nothing; chances are proportional to
    exp(precision * U). costs: five numbers (or arrays that broadcast to (R, N, N)).

    >>> probabilities(np.zeros((1, 1, 1)), costs=[0, 0, 0, 0, 0], precision=4.0)[0, :, 0, 0].tolist()
    [0.2, 0.2, 0.2, 0.2, 0.2]
    """
    return _responses(gain[None], _dear(costs, precision), precision)[:, 0].swapaxes(0, 1)


_DEGREES = np.array(COOPERATION).reshape(-1, 1, 1, 1, 1)


def _dear(costs, precision):
    """Precision times the cost of each act: (5, 1, 1, 1, 1), or (5, 1, R, 1, 1) where it differs from future to future."""
    dear = np.stack(np.broadcast_arrays(*(precision * cost for cost in costs)))
    return dear.reshape(len(dear), 1, -1, 1, 1)


@derived
def _usual_dear(p):
    return _dear(costs_of(p), p.precision).astype(np.float32)


def _responses(gains, dear, precision):
    """The chances of the five acts, (5, K, R, N, N), for K gains of each dyad, (K, R, N, N)."""
    steep = precision * gains
    weights = np.multiply(_DEGREES.astype(steep.dtype), steep)  # each act's array is contiguous
    weights -= dear.astype(steep.dtype, copy=False)
    weights -= np.maximum.reduce(weights, axis=0)  # so that nothing overflows
    np.exp(weights, out=weights)
    weights /= np.add.reduce(weights, axis=0)
    return weights


def costs_of(p):
    """The costs of the five acts; the status quo and nothing else is free."""
    return (p.cost_reassure, p.cost_restrain, 0.0, p.cost_pressure, p.cost_provoke)


@derived
def _delay(hazard, term_months, p):
    """What a loss a year ahead weighs now, by patience and by how long the leader will be there: (R, N, N)."""
    clock = np.where(term_months > 0, 1.0 / np.maximum(term_months, 1.0), 0.0)
    return _toward_all(p.patience**_MONTHS_AHEAD * np.exp(-_MONTHS_AHEAD * (hazard + clock)))


def _toward_all(value):
    """A state's value (R, N) toward every other (R, N, N): products of arrays of one shape are several times faster."""
    return value[:, :, None].repeat(value.shape[1], axis=2)


def terms(world, p, noise, temptation):
    """The terms of the cooperation gain for a given temptation; their sum in this order is the gain."""
    named = influences(
        world.stake,
        world.trust,
        world.will[:, :, None],
        world.will[:, None, :],
        world.norm[:, :, None],
        _toward_all(world.hawkishness),
        (world.volatility * (noise.state("mood") - 0.5))[:, :, None],
        world.threat - world.threat_start,
        _delay(world.turnover_hazard, world.term_months, p.state),
        world.misperception,
        (world.dispute > 0).astype(world.trust.dtype),
        world.bound,
        temptation,
        p=p.dyad,
    )
    tempting = named.pop(TEMPTATION)
    return {**named, PUSHED: world.gain_push, TEMPTATION: tempting}


@derived
def _types(trustworthy):
    """Whether each actor is of either type, toward everybody, as factors 1 and 0: (R, N, N) each."""
    first = _toward_all(trustworthy.astype(np.float32))
    return first, 1.0 - first


def own_terms(world, p, noise):
    """The terms with each actor's own type: what the recorded `cooperation_gain` sums."""
    trustworthy, exploitative = _types(world.trustworthy)
    own = trustworthy * p.dyad.temptation_trustworthy + exploitative * p.dyad.temptation_exploitative
    return terms(world, p, noise, own)


BARE_GAME = (
    "hope of mutual cooperation",
    "fear of being exploited",
    "cost of deadlock",
    "leader's hawkishness",
    "reward at home",
    EXPLOITED,
    TEMPTATION,
)


def drawn(chances, uniforms):
    """The act that a uniform picks: the number of acts whose cumulative chance lies at or below it."""
    first, *others = chances.swapaxes(0, 1)[:-1]
    action = (uniforms >= first).astype(np.int8)
    reached = first
    for chance in others:
        reached = reached + chance
        action += (uniforms >= reached).view(np.int8)
    return action


@derived
def _ordered(orders):
    """Where an act is set from outside; None when nowhere."""
    given = orders >= 0
    return given if given.any() else None


def step(world, p, noise, actors):
    influence = own_terms(world, p, noise)
    bare = reduce(add, [influence[name] for name in BARE_GAME])
    own_temptation = influence.pop(TEMPTATION)
    shared, tempted = reduce(add, influence.values()), -world.stake * world.trust
    gains = np.empty((2, *shared.shape), shared.dtype)
    np.multiply(tempted, p.dyad.temptation_trustworthy, out=gains[0])
    np.multiply(tempted, p.dyad.temptation_exploitative, out=gains[1])
    gains += shared
    by_type = _responses(gains, _usual_dear(p.dyad), p.dyad.precision)
    if_trustworthy, if_exploitative = by_type[:, 0], by_type[:, 1]
    trustworthy, exploitative = _types(world.trustworthy)
    default = if_trustworthy * trustworthy
    default += if_exploitative * exploitative
    decision = actors(default.swapaxes(0, 1), {**influence, TEMPTATION: own_temptation})
    action = drawn(decision, noise.dyad("action"))
    n = action.shape[1]
    action.reshape(-1, n * n)[:, :: n + 1] = STATUS_QUO  # toward oneself
    changes = {
        "cooperation_gain": shared + own_temptation,
        "tempted": bare < 0.0,
        "if_trustworthy": if_trustworthy.swapaxes(0, 1),
        "if_exploitative": if_exploitative.swapaxes(0, 1),
        "decision": decision,
        "action": action,
    }
    ordered = _ordered(world.orders)
    if ordered is not None:
        changes["action"] = np.where(ordered, world.orders, action)
        changes["orders"] = np.full_like(world.orders, -1)  # an order holds for one month
    return changes
