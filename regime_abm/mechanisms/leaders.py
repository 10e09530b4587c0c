"""Leaders come and go on clocks and by chance; a new one starts with only a part of the state's reputation.

Theory: leader-specific reputation and turnover [mcgillivray2005]; leaders' tastes differ within a state [horowitz2015].
Equation: survival = chance to be in office `horizon` months on: no exit off the calendar, every term that ends till then renewed;
    exit when an event says so, when u < hazard, or when a term ends and the leader is not kept;
    belief about a new leader = inherited * belief about the state + (1 - inherited) * 1/2.
Leaves out: elections that answer to foreign policy, coalitions, the vice-president's calendar (a term starts with its leader).
Rival accounts: reputation sticks to states, not leaders (inherited = 1), or wholly to leaders (inherited = 0).
"""

from __future__ import annotations

import numpy as np

from regime_abm.core.maths import log_odds, logistic
from regime_abm.core.parameter import Parameter, Uniform

READS = (
    "leader_age",
    "term_months",
    "max_terms",
    "turnover_hazard",
    "exit_due",
    "hawkish_low",
    "hawkish_high",
    "hawkish_share",
    "hawkishness",
    "trustworthy",
    "volatility",
    "trust_government",
    "trust_leader",
)
WRITES = ("leader_age", "turnover", "survival", "exit_due", "hawkishness", "trustworthy", "volatility", "trust_leader")
STARTS = ("hawkishness", "trustworthy", "volatility", "survival")

PARAMETERS = (
    Parameter(
        "reelection",
        0.5,
        0.0,
        1.0,
        Uniform(0.3, 0.8),
        "probability",
        "Chance that a leader who may stand again is kept when a term ends.",
        "leader spells 1989-2008 of the region's leaders file",
        "expert",
    ),
    Parameter(
        "share_trustworthy",
        0.6,
        0.0,
        1.0,
        Uniform(0.3, 0.9),
        "probability",
        "Chance that a new leader prefers mutual cooperation to exploiting it.",
    ),
    Parameter(
        "inherited_reputation",
        0.5,
        0.0,
        1.0,
        Uniform(0.0, 1.0),
        "share",
        "How much of the state's reputation a new leader starts with; the rest is an even chance.",
        "mcgillivray2005: punishment can be aimed at leaders; the size is not known",
        "expert",
    ),
    Parameter(
        "horizon",
        60.0,
        0.0,
        240.0,
        Uniform(24.0, 120.0),
        "months",
        "How far ahead states ask whether a leader, and so his assurances, will still be there.",
    ),
    Parameter(
        "camp_cohesion",
        10.0,
        1.0,
        50.0,
        Uniform(5.0, 20.0),
        "concentration",
        "How closely a leader's hawkishness follows the camp's mode.",
    ),
    Parameter(
        "volatility_calm",
        4.0,
        1.0,
        20.0,
        Uniform(3.0, 6.0),
        "shape",
        "Second shape of the Beta(2, .) from which a leader's volatility is drawn; larger is calmer.",
    ),
)


def leaves(on_clock, may_stay, u_term, u_exit, due, *, reelection, hazard):
    """Whether a leader goes this month: an event, an exit off the calendar, or a term that is not renewed.

    >>> bool(leaves(True, False, 0.1, 0.9, False, reelection=0.5, hazard=0.01))   # last term over
    True
    >>> bool(leaves(True, True, 0.1, 0.9, False, reelection=0.5, hazard=0.01))    # re-elected
    False
    """
    return due | (u_exit < hazard) | (on_clock & ~(may_stay & (u_term < reelection)))


def still_there(age, term, terms, hazard, *, horizon, reelection):
    """Chance that a leader of `age` months is in office `horizon` months on; term 0 = no fixed clock.

    Exact for the rules of :func:`leaves`: each end of a term on the way must be won, and the last term ends it all.

    >>> still_there(16.0, 48.0, 2.0, 0.0, horizon=60.0, reelection=0.5)    # one election on the way
    0.5
    >>> still_there(50.0, 60.0, 1.0, 0.0, horizon=12.0, reelection=0.5)    # the only term ends on the way
    0.0
    """
    clock = np.maximum(term, 1.0)
    ends = np.where(term > 0, (age + horizon) // clock - age // clock, 0.0)
    over = (term > 0) & (age + horizon >= term * terms)
    chance = np.where(over, 0.0, (1.0 - hazard) ** horizon * reelection**ends)
    return chance.astype(np.float32) if chance.ndim else float(chance)


def _survival(world, p, age):
    return still_there(
        age,
        np.rint(world.term_months),
        world.max_terms,
        world.turnover_hazard,
        horizon=p.state.horizon,
        reelection=p.state.reelection,
    )


def belief_about_newcomer(reputation, *, inherited):
    """Chance that a new leader is trustworthy, given the state's reputation (a probability).

    >>> belief_about_newcomer(0.2, inherited=0.5)
    0.35
    """
    return inherited * reputation + (1.0 - inherited) * 0.5


def _drawn(world, p, noise, who):
    """Hawkishness, type and volatility of new leaders at the places `who` (R, N); only those are computed."""
    from scipy.special import betaincinv

    def spread(value):
        return np.broadcast_to(np.asarray(value, np.float32), who.shape)[who]

    harder = noise.state("camp")[who] < world.hawkish_share[who]
    mode = np.where(harder, world.hawkish_high[who], world.hawkish_low[who])
    cohesion = spread(p.state.camp_cohesion)
    hawkishness = betaincinv(1.0 + cohesion * mode, 1.0 + cohesion * (1.0 - mode), noise.state("taste")[who])
    trustworthy = noise.state("type")[who] < spread(p.state.share_trustworthy)
    volatility = betaincinv(2.0, spread(p.state.volatility_calm), noise.state("mood")[who])
    return hawkishness, trustworthy, volatility


def start(world, p, noise):
    """The present leaders: hawkishness as the region's files say (drawn where they say nothing), the rest drawn."""
    everyone = np.ones(world.hawkishness.shape, bool)
    drawn, trustworthy, volatility = (value.reshape(everyone.shape) for value in _drawn(world, p, noise, everyone))
    known = ~np.isnan(world.hawkishness)
    return {
        "hawkishness": np.where(known, world.hawkishness, drawn),
        "trustworthy": trustworthy,
        "volatility": volatility,
        "survival": _survival(world, p, world.leader_age),
    }


def step(world, p, noise):
    age = world.leader_age + 1.0
    has_clock = world.term_months > 0
    term = np.where(has_clock, np.maximum(np.rint(world.term_months), 1.0), 1.0)
    gone = leaves(
        has_clock & (age % term == 0),
        age < term * world.max_terms,
        noise.state("term"),
        noise.state("exit"),
        world.exit_due,
        reelection=p.state.reelection,
        hazard=world.turnover_hazard,
    )
    changes = {"leader_age": np.where(gone, 0.0, age), "turnover": gone, "exit_due": np.zeros_like(gone)}
    changes["survival"] = _survival(world, p, changes["leader_age"])
    if gone.any():
        hawkishness, trustworthy, volatility = _drawn(world, p, noise, gone)
        for name, value in (("hawkishness", hawkishness), ("trustworthy", trustworthy), ("volatility", volatility)):
            changes[name] = getattr(world, name).copy()
            changes[name][gone] = value
        future, state = np.nonzero(gone)
        inherited = np.broadcast_to(np.asarray(p.dyad.inherited_reputation, np.float32), (len(gone), 1, 1))[future, 0]
        reputation = logistic(world.trust_government[future, :, state])
        changes["trust_leader"] = world.trust_leader.copy()
        changes["trust_leader"][future, :, state] = log_odds(belief_about_newcomer(reputation, inherited=inherited))
    return changes
