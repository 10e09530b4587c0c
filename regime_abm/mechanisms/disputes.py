"""Rivals fall out over threats and frictions; a dispute closes only by a procedure that is open to both, or fades.

Theory: states return to disputes that force left open, and settle them by negotiation or through bodies [hensel2001]; bodies
    matter where they hold a security mandate and are institutionalised [boehmer2004]; information and repeated contact help
    [keohane1984], but a public stage also binds leaders to their claims [fearon1994].
Equation: opens when the worst act of the month is a threat or more, or with chance `friction`; while there are talks, a
    hearing or an agreement in force it is settled with chance logistic(usual + procedures + will - hawkishness - force lately
    - hardening); hearing = vitality * information * level / 4 of the best hard-security forum that both attended this month;
    each hearing that settles nothing adds to the hardening; calm and old disputes fade.
Leaves out: what a dispute is about, arbitration and courts, concessions and who wins.
Channels of harm: a hearing that settles nothing hardens the dispute (`hardening`), a meeting takes attention that other
    forums lack, and a forum may hinder outright (`forum_settles` may be negative). Open disputes feed grievance and incidents.
Rival accounts: procedures are idle, only will and power count: `talks_settle`, `forum_settles`, `agreement_settles` 0
    [mearsheimer1994].
"""

from __future__ import annotations

import numpy as np

from regime_abm.core.maths import log_odds, logistic
from regime_abm.core.parameter import Parameter, Uniform

READS = (
    "rival",
    "dispute",
    "hardened",
    "severity",
    "hostility",
    "talks",
    "met",
    "attendance",
    "forum_hard",
    "forum_vitality",
    "forum_information",
    "forum_level",
    "bound",
    "will",
    "hawkishness",
)
WRITES = ("dispute", "settled", "hardened")

PARAMETERS = (
    Parameter("friction", 0.01, 0.0, 0.5, Uniform(0.002, 0.02), "per month", "Chance that two rivals fall out without any threat."),
    Parameter("settle", 0.03, 0.0001, 0.99, Uniform(0.01, 0.06), "per month", "Chance that a procedure without strength of its own settles a dispute between sides of middling will and taste."),
    Parameter("talks_settle", 1.2, -2.0, 6.0, Uniform(0.2, 2.2), "log-odds", "How much open talks settle.", "hensel2001 (sign)", "expert"),
    Parameter("forum_settles", 3.0, -4.0, 20.0, Uniform(-1.0, 7.0), "log-odds", "How much a hearing in a lively forum settles that is an organisation and tells all.", "boehmer2004 (only mandated, institutionalised bodies)", "expert"),
    Parameter("hearings", 1.0, 0.0, 1.0, Uniform(1.0, 1.0), "share", "How much of a hearing a meeting on hard security gives; 0: forums hear no disputes."),
    Parameter("agreement_settles", 2.0, -2.0, 10.0, Uniform(0.0, 4.0), "log-odds", "How much a fully binding agreement in force settles."),
    Parameter("will_settles", 2.0, -4.0, 8.0, Uniform(0.0, 4.0), "log-odds", "How much the will of the less willing side settles."),
    Parameter("hawks_hinder", 1.0, -4.0, 6.0, Uniform(-0.5, 2.5), "log-odds", "How much the more hawkish leader hinders a settlement; below 0 hawks are the ones who can afford it."),
    Parameter("force_hinders", 1.0, -4.0, 6.0, Uniform(0.0, 2.0), "log-odds", "How much force not long ago hinders a settlement.", "hensel2001 (sign)", "expert"),
    Parameter("hardening", 0.1, 0.0, 1.0, Uniform(0.0, 0.2), "share", "How much a hearing that settles nothing hardens the dispute, as a share of what is left to 1."),
    Parameter("hardening_hinders", 2.0, 0.0, 8.0, Uniform(0.0, 4.0), "log-odds", "How much a wholly hardened dispute resists settlement.", "fearon1994 (public stages bind leaders)", "expert"),
    Parameter("fades_after", 12.0, 0.0, 120.0, Uniform(6.0, 18.0), "months", "Months before a dispute can fade."),
    Parameter("fade", 0.04, 0.0, 1.0, Uniform(0.01, 0.07), "per month", "Chance that an old and calm dispute fades, settled by nobody."),
)

TALKS, FORUM, AGREEMENT, FADED = 1, 2, 3, 4  # how a dispute closes
_SHOW, _FORCE, _CALM = 2, 3, 1  # severity that opens, ladder that hinders, ladder at which one fades
_HALF = 0.5  # reference of will and hawkishness
_TOP_LEVEL = 4.0


def next_hardened(hardened, heard_in_vain, *, hardening):
    """How hardened a dispute is after a month with or without a hearing that settled nothing.

    >>> float(next_hardened(np.array(0.5), True, hardening=0.5))
    0.75
    """
    return hardened + hardening * (1.0 - hardened) * heard_in_vain


def hearing(vitality, information, level):
    """How much of a hearing a meeting gives, 0..1: none where it tells nothing, or is mere contact (level 0).

    >>> hearing(0.5, 1.0, 2.0)
    0.25
    """
    return vitality * information * level / _TOP_LEVEL


def _rivals(world):
    """Each pair of rivals once: two index arrays."""
    return np.nonzero(np.triu(world.rival, 1))


def hearings(world, i, j):
    """(R, P) the best hearing that both i and j had this month in a forum on hard security."""
    found = np.zeros((world.replicates, len(i)), world.will.dtype)
    for forum in np.flatnonzero(world.met.any(axis=0) & world.forum_hard):
        strength = hearing(
            world.forum_vitality[:, forum], world.forum_information[:, forum], world.forum_level[:, forum]
        )
        both = world.attendance[:, forum, i] & world.attendance[:, forum, j] & world.met[:, forum, None]
        found = np.maximum(found, strength[:, None] * both)
    return found


def settle_terms(world, p, i, j, heard=None):
    """What the chance is made of that the disputes between i and j are settled this month, in log-odds, (R, P) each.

    i, j: index arrays (P,); heard: their hearings, when known. There is no settlement without a procedure.
    """
    kind, at = world.will.dtype, p.state
    heard = at.hearings * hearings(world, i, j) if heard is None else heard
    least = np.minimum(world.will[:, i], world.will[:, j])
    hawk = np.maximum(world.hawkishness[:, i], world.hawkishness[:, j])
    return {
        "usual chance to settle": log_odds(at.settle),
        "open talks": at.talks_settle * world.talks[:, i, j].astype(kind),
        "hearing in a forum": at.forum_settles * heard,
        "agreement in force": at.agreement_settles * world.bound[:, i, j],
        "will of the less willing side": at.will_settles * (least - _HALF),
        "the more hawkish leader": -at.hawks_hinder * (hawk - _HALF),
        "force not long ago": -at.force_hinders * (world.hostility[:, i, j] >= _FORCE).astype(kind),
        "hardened by hearings in vain": -at.hardening_hinders * world.hardened[:, i, j],
    }


def procedure(terms, talks, heard, bound):
    """Which procedure settles, where one does: the one that speaks loudest of those open to both; 0 = none is open.

    >>> terms = {"open talks": np.array([0.5]), "hearing in a forum": np.array([0.9]), "agreement in force": np.array([0.0])}
    >>> int(procedure(terms, np.array([True]), np.array([0.3]), np.array([0.0]))[0])
    2
    """
    open_to_both = {"open talks": talks, "hearing in a forum": heard, "agreement in force": bound}
    strength = np.stack([np.where(there > 0.0, terms[word], -np.inf) for word, there in open_to_both.items()])
    return np.where(np.isfinite(strength).any(axis=0), 1 + strength.argmax(axis=0), 0)


def step(world, p, noise):
    i, j = _rivals(world)
    age, worst = world.dispute[:, i, j], np.maximum(world.severity[:, i, j], world.severity[:, j, i])
    luck = noise.pair("course")[:, i, j]  # one luck: a dispute opens, or is settled, or else may fade
    opens = (age == 0) & ((worst >= _SHOW) | (luck < p.state.friction))
    heard = p.state.hearings * hearings(world, i, j)
    terms = settle_terms(world, p, i, j, heard)
    how = procedure(terms, world.talks[:, i, j], heard, world.bound[:, i, j])
    chance = logistic(sum(terms.values())) * (how > 0)
    settles = (age > 0) & (luck < chance)
    fades = (age > 0) & ~settles & (age >= p.state.fades_after) & (world.hostility[:, i, j] <= _CALM)
    fades &= luck < chance + (1.0 - chance) * p.state.fade
    closes = settles | fades
    in_vain = (age > 0) & (heard > 0.0)
    hardened = next_hardened(world.hardened[:, i, j], in_vain, hardening=p.state.hardening)
    told = {
        "dispute": np.where(closes, 0, np.where(age > 0, age + 1, opens)).astype(age.dtype),
        "settled": np.where(settles, how, FADED * fades).astype(np.int8),
        "hardened": hardened * ~closes,
    }
    changes = {name: np.zeros(world.dispute.shape, value.dtype) for name, value in told.items()}
    for name, value in told.items():
        changes[name][:, i, j] = changes[name][:, j, i] = value
    return changes
