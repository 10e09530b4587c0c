"""An assurance is believed as far as the present leader will stay and can be trusted, and successors will find it hard to drop.

Theory: leaders are punished and forgiven one by one [mcgillivray2005]; commitments outlast governments by what they bind and
    by who watches, how much is disputed [leeds2007; leeds2009]; multilateral pacts can mark that rivalry has ended [lupu2016];
    institutions make promises easier to keep and to check [keohane1984].
Equation: credibility_ij = logistic(level_ij + log-odds(survival_j * logistic(leader reputation_ij) + (1 - survival_j) *
    logistic(state reputation_ij + binding * bound_ij + guarantees * log(1 + guarantors_ij) + institutions * capital_ij * information
    - hawks * (expected hawkishness_j - .5) - reneging * broken promises_j))).
    level_ij reproduces the first credibility of the region's files and is computed once, from the baseline.
Leaves out: that binding and guarantors may differ for each promise, domestic audiences, the cost of keeping the promise.
Channels of harm: guarantors may shift the burden on each other (`guarantees` below 0), and so may members of a common body,
    in which what all owe nobody owes [olson1965] (`institutions` below 0); a leader who is trusted and leaves takes
    his word along; a record of broken promises weighs on successors who broke none.
Rival accounts: paper, guarantors and bodies add nothing (`binding`, `guarantees`, `institutions` 0); the past says nothing
    about the next promise [press2005; mercer1996] (`reneging` 0).
"""

from __future__ import annotations

import numpy as np

from regime_abm.core.derived import derived
from regime_abm.core.maths import log_odds, logistic, total, within
from regime_abm.core.names import PUSHED
from regime_abm.core.parameter import Parameter, Uniform

READS = (
    "credibility_push",
    "survival",
    "trust_leader",
    "trust_government",
    "bound",
    "guaranteed",
    "forum_active",
    "forum_vitality",
    "forum_capital",
    "forum_information",
    "forum_idle",
    "attendance",
    "attend_chance",
    "member",
    "hawkish_low",
    "hawkish_high",
    "hawkish_share",
    "reneging",
    "credibility_level",
)
WRITES = ("credibility",)
STARTS = ("credibility_level", "credibility")
CALIBRATED = {"credibility_level": "credibility"}  # intercept -> the quantity it reproduces; kept from the baseline

PARAMETERS = (
    Parameter("binding", 0.75, -1.0, 4.0, Uniform(0.0, 1.5), "log-odds", "How much a fully binding agreement in force makes successors keep an assurance.", "leeds2009 (institutions matter where governments change sides); range from none, size open", "expert"),
    Parameter("guarantees", 0.45, -2.0, 4.0, Uniform(-0.3, 1.2), "log-odds per log(1 + guarantors)", "How much guarantors make successors keep an assurance; negative: each leaves it to the others.", "lupu2016 (for); the Budapest memorandum of 1994 (against); range through zero", "expert"),
    Parameter("institutions", 0.7, -2.0, 4.0, Uniform(-0.6, 2.0), "log-odds", "How much a live forum with full institutional capital that tells all, to which both came lately, makes successors keep an assurance; below 0 each member leaves it to the others.", "keohane1984 (for); olson1965 (collective duties diffuse, against); range through zero, size open", "expert"),
    Parameter("hawks", 1.0, -1.0, 5.0, Uniform(0.0, 2.0), "log-odds per hawkishness", "How much the expected hawkishness of successors makes them drop an assurance."),
    Parameter("reneging", 0.5, 0.0, 4.0, Uniform(0.0, 1.0), "log-odds", "How much a full public memory of broken promises, toward anybody, weighs on the next one.", "press2005; mercer1996 (0); range open", "expert"),
)

_ALIVE = 0.3  # vitality from which a forum is more than a zombie
_LATELY = 12.0  # months for which a meeting counts
_MIDDLING = 0.5  # hawkishness that moves nothing
_SURE = 1e-4  # nobody is surer than this of an assurance, before the starting level


@derived
def _weight_of_guarantors(guaranteed):
    return np.log(1.0 + guaranteed)


def successor_terms(reputation, bound, guaranteed, institution, hawkishness, broken, *, p):
    """What the chance that successors keep an assurance is made of, in log-odds, by name; all broadcast to (R, N, N).

    reputation: the state's, in log-odds; bound, institution, hawkishness (expected), broken: 0..1; guaranteed: states.
    """
    return {
        "hawkishness of those who may follow": -p.hawks * (hawkishness - _MIDDLING),
        "promises broken lately": -p.reneging * broken,
        "reputation of the state": reputation,
        "binding agreement": p.binding * bound,
        "guarantors": p.guarantees * _weight_of_guarantors(guaranteed),
        "common institution": p.institutions * institution,
    }


def assurance(survival, leader, successor):
    """Chance that an assurance holds: by the leader's reputation while he stays, by `successor` afterwards (both log-odds).

    >>> round(float(assurance(0.25, 0.0, log_odds(0.9))), 6)    # .25 * .5 + .75 * .9
    0.8
    """
    later = logistic(successor)
    return within(later + survival * (logistic(leader) - later), _SURE, 1.0 - _SURE)


def shared_capital(value, came):
    """Most institutional capital of a forum to which both came, (R, N, N); value (R, F) is 0 where it does not count.

    >>> shared_capital(np.array([[0.6, 0.3]]), np.array([[[True, False, True], [True, True, True]]]))[0].tolist()
    [[0.6, 0.3, 0.6], [0.3, 0.3, 0.3], [0.6, 0.3, 0.6]]
    """
    # Futures come last here: NumPy is several times faster along a long last axis.
    seats = np.multiply(came.transpose(1, 2, 0), value.T[:, None, :], order="C")
    best = np.minimum(seats[:, :, None], seats[:, None, :]).max(axis=0, initial=0.0)
    return np.ascontiguousarray(best.transpose(2, 0, 1))


@derived
def _expected_hawkishness(low, high, share):
    return low + share * (high - low)


def _institution(world):
    """Best capital of live forums to which both came lately. Until a forum was first called, its members count as come:
    what they did there before the start is in the first credibility already."""
    live = world.forum_active & (world.forum_vitality >= _ALIVE) & (world.forum_idle <= _LATELY)
    value, came = world.forum_capital * world.forum_information * live, world.attendance
    uncalled = (value > 0.0) & (total(world.attend_chance) <= 0.0)
    if uncalled.any():
        came = came | (world.member & uncalled[..., None])
    return shared_capital(value, came)


def after_the_leader(world, p):
    """The terms of the chance that j's next governments keep what i was assured of, (R, N, N) by name, in log-odds."""
    hawkishness = _expected_hawkishness(world.hawkish_low, world.hawkish_high, world.hawkish_share)
    named = successor_terms(
        world.trust_government,
        world.bound,
        world.guaranteed,
        _institution(world),
        hawkishness[:, None, :],
        world.reneging[:, None, :],
        p=p.dyad,
    )
    return {**named, PUSHED: world.credibility_push}


def _kept(world, p):
    return assurance(world.survival[:, None, :], world.trust_leader, sum(after_the_leader(world, p).values()))


def terms(world, p):
    """What credibility is made of, in log-odds: the level, and the mix of present leader and successors (for whom see
    :func:`after_the_leader`). Their sum in this order is the log-odds of credibility."""
    return {"starting level": world.credibility_level, "present leader and those who follow": log_odds(_kept(world, p))}


def start(world, p, noise):
    """The level that makes the first credibility what the region's files say."""
    first = world.credibility.clip(0.01, 0.99)
    return {"credibility_level": log_odds(first) - log_odds(_kept(world, p)), "credibility": first}


def step(world, p, noise):
    return {"credibility": logistic(sum(terms(world, p).values()))}
