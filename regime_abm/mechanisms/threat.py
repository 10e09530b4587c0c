"""States fear what others can do and seem to want: reach, arms, arsenals and allies, less protection and peace.

Theory: balance of threat [walt1987]; security dilemma [jervis1978]; alliances threaten outsiders and reassure or restrain
    insiders [snyder1984; christensen1999].
Equation: threat_ij = logistic(level_ij + reach*capability_j*proximity_ij*posture_j*(1 - trust_ij) + arsenal*arsenal_j*(1 - trust_ij)
    + others_allies*sum_k alliance_jk*exclusivity_jk*capability_k*(1 - trust_ik)
    - protection*sum_k alliance_ik*(1 - share + share*exclusivity_ik)*capability_k*credibility_ik - legal_peace*peace_ij), k neither i nor j.
    level_ij reproduces the first threat of the region's files and is computed once, from the baseline.
Leaves out: offence-defence balance, geography that changes, domestic uses of threat. How posture and alliances answer threat is for arming and institutions.
Rival accounts: exclusivity enters both the threat to outsiders and the protection of insiders, so neither dominates by
    construction; with `others_allies` 0 alliances only reassure, with `protection` 0 they only alarm.
"""

from __future__ import annotations

from functools import lru_cache, reduce
from operator import add

import numpy as np

from regime_abm.core.derived import derived
from regime_abm.core.maths import log_odds, logistic
from regime_abm.core.names import PUSHED
from regime_abm.core.parameter import Parameter, Uniform

READS = (
    "threat_push",
    "trust",
    "capability",
    "proximity",
    "posture",
    "arsenal",
    "alliance",
    "exclusivity",
    "credibility",
    "peace",
    "threat_level",
)
WRITES = ("threat",)
STARTS = ("threat_level", "threat_start", "threat")
CALIBRATED = {"threat_level": "threat"}  # intercept -> the quantity it reproduces; kept from the baseline

PARAMETERS = (
    Parameter("reach", 4.0, 0.0, 10.0, Uniform(2.0, 6.0), "log-odds", "Weight of forces within reach.", "walt1987", "expert"),
    Parameter("arsenal", 1.25, 0.0, 5.0, Uniform(0.5, 2.0), "log-odds", "Weight of the other's nuclear arsenal.", "walt1987", "expert"),
    Parameter(
        "others_allies",
        0.75,
        0.0,
        3.0,
        Uniform(0.0, 1.5),
        "log-odds",
        "How much the other's exclusive alliances add to the threat.",
        "snyder1984; christensen1999",
        "expert",
    ),
    Parameter(
        "protection",
        0.75,
        0.0,
        3.0,
        Uniform(0.0, 1.5),
        "log-odds",
        "How much one's own allies take from the threat.",
        "snyder1984; leeds2003",
        "expert",
    ),
    Parameter(
        "exclusive_share",
        0.5,
        0.0,
        1.0,
        Uniform(0.0, 1.0),
        "share",
        "Part of an alliance's protection that only exclusivity gives.",
    ),
    Parameter("legal_peace", 0.3, 0.0, 2.0, Uniform(0.0, 0.6), "log-odds", "How much a legal state of peace takes from the threat."),
)


@lru_cache(8)
def _others(n):
    """1 for everybody but oneself (N, N)."""
    return 1.0 - np.eye(n, dtype=np.float32)


def _of_other(value):
    """A state's value (R, N) for all who face it (R, N, N): products of arrays of one shape are several times faster."""
    r, n = value.shape
    return value.repeat(n, axis=0).reshape(r, n, n)


_arsenals = derived(_of_other)  # for those which do not change


@derived
def _peaceful(peace):
    return peace.astype(np.float32)


def influences(trust, capability, proximity, posture, arsenal, alliance, exclusivity, credibility, peace, *, p):
    """The influences on threat in log-odds, by name, each broadcastable to (R, N, N). `p` holds values for (R, N, N).

    Rows fear columns. capability, posture, arsenal: (R, N); the rest (R, N, N). alliance has a zero diagonal; peace is 1 or 0.
    """
    others = _others(trust.shape[-1])
    distrust = (1.0 - trust) * others  # nobody distrusts itself: drops k = i from the sums
    power, exclusive = _of_other(capability), alliance * exclusivity
    feared = distrust * power  # as (i, k)
    pull = np.ascontiguousarray(np.swapaxes(exclusive, 1, 2))  # of j's ally k, as (k, j)
    guard = (1.0 - p.exclusive_share) * alliance + p.exclusive_share * exclusive
    guard = guard * power * credibility  # of i's ally k, as (i, k)
    return {
        "forces within reach": p.reach * proximity * _of_other(posture) * feared,
        "nuclear arsenal": p.arsenal * _arsenals(arsenal) * distrust,
        "the other's allies": p.others_allies * np.matmul(feared, pull),
        "own protectors": -p.protection * np.matmul(guard, others),  # k = j drops out
        "legal peace": -p.legal_peace * peace,
    }


def _influences(world, p):
    return influences(
        world.trust,
        world.capability,
        world.proximity,
        world.posture,
        world.arsenal,
        world.alliance,
        world.exclusivity,
        world.credibility,
        _peaceful(world.peace),
        p=p.dyad,
    )


def terms(world, p):
    """What the threat is made of, by name, in log-odds; their sum in this order is the log-odds of the threat."""
    return {"starting level": world.threat_level, **_influences(world, p), PUSHED: world.threat_push}


def threat_from(terms):
    """Threat (a probability) from its terms.

    >>> round(float(threat_from({"starting level": np.array(-1.0), "forces within reach": np.array(1.0)})), 2)
    0.5
    """
    return logistic(reduce(add, terms.values()))


def start(world, p, noise):
    """The level that makes the first threat what the region's files say."""
    first = world.threat.clip(0.02, 0.98)
    return {
        "threat_level": log_odds(first) - sum(_influences(world, p).values()),
        "threat_start": first,
        "threat": first.copy(),
    }


def step(world, p, noise):
    return {"threat": threat_from(terms(world, p))}
