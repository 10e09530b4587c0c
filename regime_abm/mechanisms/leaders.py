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

from regime_abm.core.derived import derived
from regime_abm.core.maths import log_odds, logistic
from regime_abm.core.parameter import Parameter, Uniform

READS = (
    "newcomer",
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
        0.55,
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
        72.0,
        0.0,
        240.0,
        Uniform(24.0, 120.0),
        "months",
        "How far ahead states ask whether a leader, and so his assurances, will still be there.",
    ),
    Parameter(
        "camp_cohesion",
        12.5,
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
        "not the middle of its prior: at 4 the mean is 1/3, the volatility that moves no talks",
        "expert",
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


@derived
def _term(months):
    """Whole months of a term, at least one; 0 where there is no fixed clock."""
    return np.maximum(np.rint(months), 1.0) * (months > 0)


@derived
def _clock(term, terms):
    """Months of a term, and after how many the last one ends; endless where there is no fixed clock."""
    return np.where(term > 0, term, np.inf), np.where(term > 0, term * terms, np.inf)


@derived
def _no_exit(hazard, horizon):
    return (1.0 - hazard) ** horizon


def still_there(age, term, terms, hazard, *, horizon, reelection):
    """Chance that a leader of `age` months is in office `horizon` months on; term 0 = no fixed clock.

    Exact for the rules of :func:`leaves`: each end of a term on the way must be won, and the last term ends it all.

    >>> float(still_there(16.0, 48.0, 2.0, 0.0, horizon=60.0, reelection=0.5))    # one election on the way
    0.5
    >>> float(still_there(50.0, 60.0, 1.0, 0.0, horizon=12.0, reelection=0.5))    # the only term ends on the way
    0.0
    """
    (clock, last), then = _clock(term, terms), age + horizon
    ends = np.floor(then / clock) - np.floor(age / clock)
    return _no_exit(hazard, horizon) * reelection**ends * (then < last)


def _survival(world, p, age, term):
    return still_there(
        age,
        term,
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


def _at(value, futures):
    """A parameter in some futures: a plain number stays so."""
    return value.take(futures) if isinstance(value, np.ndarray) else value


def _drawn(world, p, noise, places):
    """Hawkishness, type and volatility of new leaders, (K,) each; places: theirs in a row of all futures' states."""
    from scipy.special import betaincinv

    futures, told = places // world.hawkishness.shape[1], world.newcomer.take(places)
    harder = noise.state("camp").take(places) < world.hawkish_share.take(places) * (1 - np.abs(told)) + (told > 0)
    mode = np.where(harder, world.hawkish_high.take(places), world.hawkish_low.take(places))
    cohesion = _at(p.state.camp_cohesion, futures)
    taste, mood = noise.state("taste").take(places), noise.state("mood").take(places)
    hawkishness = betaincinv(1.0 + cohesion * mode, 1.0 + cohesion * (1.0 - mode), taste)
    trustworthy = noise.state("type").take(places) < _at(p.state.share_trustworthy, futures)
    return hawkishness, trustworthy, betaincinv(2.0, _at(p.state.volatility_calm, futures), mood)


def start(world, p, noise):
    """The present leaders: hawkishness as the region's files say (drawn where they say nothing), the rest drawn."""
    everyone = np.arange(world.hawkishness.size).reshape(world.hawkishness.shape)
    drawn, trustworthy, volatility = _drawn(world, p, noise, everyone)
    known = ~np.isnan(world.hawkishness)
    return {
        "hawkishness": np.where(known, world.hawkishness, drawn),
        "trustworthy": trustworthy,
        "volatility": volatility,
        "survival": _survival(world, p, world.leader_age, _term(world.term_months)),
    }


def _newcomers(world, p, noise, places):
    """What new leaders bring, and what is believed of them: quantities that change, by name."""
    changes = {}
    drawn = _drawn(world, p, noise, places)
    for name, value in zip(("hawkishness", "trustworthy", "volatility"), drawn, strict=True):
        changes[name] = getattr(world, name).copy()
        changes[name].put(places, value)
    future, state = np.divmod(places, world.hawkishness.shape[1])
    inherited = _at(p.dyad.inherited_reputation, future[:, None])
    believed = belief_about_newcomer(logistic(world.trust_government[future, :, state]), inherited=inherited)
    changes["trust_leader"] = world.trust_leader.copy()
    changes["trust_leader"][future, :, state] = log_odds(believed)
    return changes


def step(world, p, noise):
    age, term = world.leader_age + 1.0, _term(world.term_months)
    clock, last = _clock(term, world.max_terms)
    terms = age / clock
    gone = leaves(
        (term > 0) & (terms == np.floor(terms)),
        age < last,
        noise.state("term"),
        noise.state("exit"),
        world.exit_due,
        reelection=p.state.reelection,
        hazard=world.turnover_hazard,
    )
    age *= ~gone
    changes = {"leader_age": age, "turnover": gone, "exit_due": np.zeros(gone.shape, bool)}
    changes["survival"] = _survival(world, p, age, term)
    if gone.any():
        changes |= _newcomers(world, p, noise, np.flatnonzero(gone))
    return changes
