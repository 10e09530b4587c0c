"""Governments spend political capital on diplomacy after progress and perhaps after a scare, and tire when nothing moves.

Theory: dangers survived can teach both sides to manage their rivalry [nye1987], or rally each behind firmness [mueller1970]; a
    stalemate that hurts makes ripe [zartman1985], one that drags on wears out; whether hawks or doves can afford
    peace is disputed [schultz2005].
Equation: crisis' = kept * crisis + scare * min(1, lethal clashes + near_miss * near misses, both seen by both sides);
    progress' = .8 * progress + .5 when an own agreement was signed or a step of one taken last month;
    stalled' = months since the latest of these while steps are left in an own agreement in force, else fading to 0;
    will_i = logistic(level_i + crisis_learning * crisis + progress_weight * progress_i - fatigue * min(stalled_i, 24)
    - hawk_cost * (hawkishness_i - .5) - settlement_cost * disputes just settled by procedure).
    level_i reproduces the first will of the region's files and is computed once, from the baseline.
Leaves out: elections, parties and publics; who is blamed for a stall; an act of force that the other side does not answer
    scares nobody here (it raises threat instead).
Channels of harm: a scare may harden (`crisis_learning` below 0); an agreement that stalls costs its parties will that they
    would have without it; settling a dispute has a price at home.
Rival accounts: rally round the flag, `crisis_learning` below 0; complacency, `progress_weight` below 0; only hawks can
    afford peace, `hawk_cost` below 0.
"""

from __future__ import annotations

import numpy as np

from regime_abm.core.derived import derived
from regime_abm.core.maths import anywhere, extreme_of, log_odds, logistic, padded, total
from regime_abm.core.names import PUSHED
from regime_abm.core.parameter import LogNormal, Parameter, Uniform

READS = (
    "will_push",
    "core",
    "severity",
    "settled",
    "party",
    "signed",
    "in_force",
    "agreement_idle",
    "agreement_steps",
    "steps_done",
    "hawkishness",
    "crisis",
    "progress",
    "stalled",
    "will_level",
)
WRITES = ("crisis", "progress", "stalled", "will")
STARTS = ("stalled", "will_level", "will")
CALIBRATED = {"will_level": "will"}  # intercept -> the quantity it reproduces; kept from the baseline

PARAMETERS = (
    Parameter("crisis_learning", 0.5, -4.0, 4.0, Uniform(-1.0, 2.0), "log-odds", "How much a full sense of crisis adds to will; below 0 it rallies governments to firmness.", "nye1987 (for), mueller1970 (against): 1962 and 1973 led to talks, 2010 and 2017 to firmer alliances; range through zero", "expert"),
    Parameter("crisis_kept", 0.9, 0.0, 0.99, Uniform(0.85, 0.95), "per month", "How much of the sense of crisis lasts another month."),
    Parameter("scare", 0.5, 0.0, 1.0, Uniform(0.3, 0.7), "scale", "Sense of crisis that one month with a lethal clash leaves."),
    Parameter("near_miss", 0.25, 0.0, 1.0, Uniform(0.0, 0.5), "share", "What force without deaths, answered by at least a show of force, counts against a lethal clash."),
    Parameter("progress_weight", 0.5, -2.0, 4.0, Uniform(-0.3, 1.3), "log-odds", "How much a signature or step of an own agreement adds to will while it is fresh; below 0 it makes complacent."),
    Parameter("fatigue", 0.08, 0.0, 1.0, LogNormal(0.08, 0.5), "log-odds per month", "How much each month without a step in own agreements, up to 24, takes from will.", "about eight months from the Singapore summit to the failure at Hanoi (region's timeline); size a judgement", "expert"),
    Parameter("weariness_kept", 0.475, 0.0, 0.99, Uniform(0.0, 0.95), "per month", "How much of the weariness lasts another month once there is nothing left to stall; 0: it ends with the agreement."),
    Parameter("hawk_cost", 0.5, -3.0, 4.0, Uniform(-0.5, 1.5), "log-odds per hawkishness", "How much a hawkish leader takes from will; below 0 only hawks can afford peace.", "schultz2005 (both directions); range through zero", "expert"),
    Parameter("settlement_cost", 0.3, -1.0, 3.0, Uniform(0.0, 0.6), "log-odds", "What settling a dispute takes from the will of both sides in the month after."),
)

_SHOW, _FORCE, _LETHAL = 2, 3, 4  # severities
_MOST_STALLED = 24.0  # months after which weariness grows no more
_PROGRESS_KEPT, _PROGRESS = 0.8, 0.5
_MIDDLING = 0.5  # hawkishness that moves nothing
_FADED = 4  # a dispute that faded cost nobody anything
_NOTHING = 0.01  # what faded below this is gone
_NEVER = np.float32(1e9)  # months; more than any World holds


def scares(severity, pairs, *, near_miss):
    """How much last month scared the region, 0..1 (R, 1): severity (R, N, N) of row against column, pairs of indices.

    >>> answered = np.zeros((1, 2, 2), int); answered[0, 0, 1] = 3; answered[0, 1, 0] = 2
    >>> scares(answered, ([0], [1]), near_miss=0.25).tolist()
    [[0.25]]
    """
    one, other = severity[:, pairs[0], pairs[1]], severity[:, pairs[1], pairs[0]]
    worst = np.maximum(one, other)
    lethal = total(np.minimum(one, other) >= _LETHAL)[:, None]  # seen by both: who is blamed alone scares nobody
    missed = (worst == _FORCE) & (np.minimum(one, other) >= _SHOW)
    return np.minimum(lethal + near_miss * total(missed)[:, None], 1.0)


@derived
def _pairs(core):
    """Each pair that counts in the measures of force once: two index arrays."""
    return np.nonzero(np.triu(core | core.T, 1))


@derived
def _own(party, steps):
    """The agreements of each state that foresee steps, side by side; the one after the last is none."""
    return padded([[*np.flatnonzero(column & (steps > 0)), len(party)] for column in party.T])


def faded(value, kept):
    """What is left of a memory a month on; what is nearly gone is gone.

    >>> faded(np.array([0.5, 0.01]), 0.8).tolist()
    [0.4, 0.0]
    """
    left = kept * value
    return left * (left > _NOTHING)


def influences(crisis, progress, stalled, hawkishness, settled, *, p):
    """What moves will off its level, in log-odds, by name. settled: 1 where an own dispute was just settled by procedure."""
    return {
        "crises survived": p.crisis_learning * crisis,
        "progress of own agreements": p.progress_weight * progress,
        "weariness of stalled agreements": -p.fatigue * np.minimum(stalled, _MOST_STALLED),
        "leader's hawkishness": -p.hawk_cost * (hawkishness - _MIDDLING),
        "price of a settlement at home": -p.settlement_cost * settled,
    }


def _crisis(world, p):
    """The sense of crisis (R, 1) after last month."""
    crisis = faded(world.crisis[:, None], p.state.crisis_kept)
    severity, pairs = world.severity, _pairs(world.core)
    if (severity >= _FORCE).any():
        crisis = np.minimum(crisis + p.state.scare * scares(severity, pairs, near_miss=p.state.near_miss), 1.0)
    return crisis


def _stalled(world, left):
    """Months (R, N) since the latest step or signature of own agreements with steps left; `left` where there is none."""
    unfinished, idle = world.in_force & (world.steps_done < world.agreement_steps), world.agreement_idle
    own = _own(world.party, world.agreement_steps)
    if not unfinished.any():
        return left
    since = np.full((len(idle), idle.shape[1] + 1), _NEVER, left.dtype)
    np.add(idle, ~unfinished * _NEVER, out=since[:, :-1])
    months = extreme_of(np.minimum, since, own)
    return np.where(months < _NEVER, months, left)


def remembered(world, p):
    """Crisis (R, 1), progress and stall (R, N) as they stand after last month."""
    progress = faded(world.progress, _PROGRESS_KEPT)
    moved = world.signed | (world.in_force & (world.agreement_idle == 0.0))
    if moved.any():
        fresh = moved.astype(np.float32) @ world.party.astype(np.float32) > 0.0  # several in a month count once
        progress = progress + fresh * np.float32(_PROGRESS)
    weary = faded(np.minimum(world.stalled, _MOST_STALLED), p.state.weariness_kept)
    return {"crisis": _crisis(world, p), "progress": progress, "stalled": _stalled(world, weary)}


def _terms(world, p, crisis, progress, stalled):
    settled = np.zeros(progress.shape, progress.dtype)
    if world.settled.any():
        settled += anywhere((world.settled > 0) & (world.settled < _FADED))
    moved = influences(crisis, progress, stalled, world.hawkishness, settled, p=p.state)
    return {"starting level": world.will_level, **moved, PUSHED: world.will_push}


def terms(world, p):
    """What will is made of this month, in log-odds, by name; their sum in this order is the log-odds of will."""
    return _terms(world, p, **remembered(world, p))


def start(world, p, noise):
    """The level that makes the first will what the region's files say, with what is stalled at the start."""
    first, stalled = world.will.clip(0.01, 0.99), _stalled(world, np.zeros_like(world.will))
    settled = np.zeros_like(first)
    moved = influences(world.crisis[:, None], world.progress, stalled, world.hawkishness, settled, p=p.state)
    return {"stalled": stalled, "will_level": log_odds(first) - sum(moved.values()), "will": first}


def step(world, p, noise):
    kept = remembered(world, p)
    will = logistic(sum(_terms(world, p, **kept).values()))
    return {**kept, "crisis": kept["crisis"][:, 0], "will": will}
