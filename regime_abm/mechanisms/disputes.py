"""Rivals fall out over threats and frictions; a dispute closes only by a procedure that is open to both, or fades.

Theory: states return to disputes that force left open, and settle them by negotiation or through bodies [hensel2001]; bodies
    matter where they hold a security mandate and are institutionalised [boehmer2004]; information and repeated contact help
    [keohane1984], but a public stage also binds leaders to their claims [fearon1994].
Equation: opens when the worst act of the month is a threat or more, or with chance `friction`; while there are talks, a
    hearing or an agreement in force it is settled with chance logistic(usual + procedures + will - hawkishness - force lately
    - hardening); hearing = vitality * information * level / 4 of the best hard-security forum that both attended this month;
    each hearing that settles nothing adds to the hardening, and so do talks that break down; calm and old disputes fade.
Leaves out: what a dispute is about, arbitration and courts, concessions and who wins.
Channels of harm: a hearing that settles nothing hardens the dispute (`hardening`), talks that break down may
    (`breakdown_hardens`), a meeting takes attention that other
    forums lack, and forums and talks may hinder outright (`forum_settles`, `talks_settle` below 0). Open disputes feed grievance and incidents.
Rival accounts: procedures are idle, only will and power count: `talks_settle`, `forum_settles`, `agreement_settles` 0
    [mearsheimer1994].
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from regime_abm.core.derived import derived
from regime_abm.core.maths import log_odds, logistic
from regime_abm.core.parameter import Parameter, Uniform

READS = (
    "rival",
    "dispute",
    "hardened",
    "severity",
    "hostility",
    "talks",
    "breakdown",
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
    Parameter("friction", 0.011, 0.0, 0.5, Uniform(0.002, 0.02), "per month", "Chance that two rivals fall out without any threat."),
    Parameter("settle", 0.035, 0.0001, 0.99, Uniform(0.01, 0.06), "per month", "Chance that a procedure without strength of its own settles a dispute between sides of middling will and taste."),
    Parameter("talks_settle", 1.0, -2.0, 6.0, Uniform(-0.4, 2.4), "log-odds", "How much open talks settle; below 0 they serve to gain time.", "hensel2001 (sign); range through zero, as talks are held for other ends too", "expert"),
    Parameter("forum_settles", 3.0, -4.0, 20.0, Uniform(-1.0, 7.0), "log-odds", "How much a hearing in a lively forum settles that is an organisation and tells all.", "boehmer2004 (only mandated, institutionalised bodies)", "expert"),
    Parameter("hearings", 1.0, 0.0, 1.0, Uniform(1.0, 1.0), "share", "How much of a hearing a meeting on hard security gives; 0: forums hear no disputes."),
    Parameter("agreement_settles", 2.0, -2.0, 10.0, Uniform(0.0, 4.0), "log-odds", "How much a fully binding agreement in force settles."),
    Parameter("will_settles", 2.0, -4.0, 8.0, Uniform(0.0, 4.0), "log-odds", "How much the will of the less willing side settles."),
    Parameter("hawks_hinder", 1.0, -4.0, 6.0, Uniform(-0.5, 2.5), "log-odds", "How much the more hawkish leader hinders a settlement; below 0 hawks are the ones who can afford it."),
    Parameter("force_hinders", 1.0, -4.0, 6.0, Uniform(0.0, 2.0), "log-odds", "How much force not long ago hinders a settlement.", "hensel2001 (sign)", "expert"),
    Parameter("hardening", 0.1, 0.0, 1.0, Uniform(0.0, 0.2), "share", "How much a hearing that settles nothing hardens the dispute, as a share of what is left to 1."),
    Parameter("breakdown_hardens", 0.2, -1.0, 1.0, Uniform(-0.1, 0.5), "share", "How much talks that break down harden an open dispute, as a share of what is left to 1; below 0 they soften it by that share: what was said lasts.", "fearon1994 (who backed down pays, against); hensel2001 (attempts lead to attempts, for); range through zero", "expert"),
    Parameter("hardening_hinders", 2.0, 0.0, 8.0, Uniform(0.0, 4.0), "log-odds", "How much a wholly hardened dispute resists settlement.", "fearon1994 (public stages bind leaders)", "expert"),
    Parameter("fades_after", 12.0, 0.0, 120.0, Uniform(6.0, 18.0), "months", "Months before a dispute can fade."),
    Parameter("fade", 0.04, 0.0, 1.0, Uniform(0.01, 0.07), "per month", "Chance that an old and calm dispute fades, settled by nobody."),
)

TALKS, FORUM, AGREEMENT, FADED = 1, 2, 3, 4  # how a dispute closes
_PROCEDURES = ("open talks", "hearing in a forum", "agreement in force")  # in this order
_SHOW, _FORCE, _CALM = 2, 3, 1  # severity that opens, ladder that hinders, ladder at which one fades
_HALF = 0.5  # reference of will and hawkishness
_TOP_LEVEL = 4.0


def next_hardened(hardened, in_vain, *, hardening):
    """How hardened a dispute is after a month with or without an attempt that settled nothing: a share of the way to 1, or to
    0 where `hardening` is below 0.

    >>> [float(next_hardened(np.array(0.5), True, hardening=share)) for share in (0.5, -0.5)]
    [0.75, 0.25]
    """
    end = np.asarray(hardening > 0.0, hardened.dtype)
    return hardened + abs(hardening) * (end - hardened) * in_vain


def hearing(vitality, information, level):
    """How much of a hearing a meeting gives, 0..1: none where it tells nothing, or is mere contact (level 0).

    >>> hearing(0.5, 1.0, 2.0)
    0.25
    """
    return vitality * information * level / _TOP_LEVEL


@derived
def _rivals(rival, names):
    """Each pair of rivals once: two index arrays, their places among all dyads from either side, and their names."""
    i, j = np.nonzero(np.triu(rival, 1))
    there, back = i * len(rival) + j, j * len(rival) + i
    return i, j, there, back, tuple(names.undirected[dyad] for dyad in there)


def _between(value, dyads):
    """(R, P) what a quantity (R, N, N) is at some dyads, numbered row by row."""
    return value.reshape(len(value), -1).take(dyads, axis=1)


def hearings(world, i, j):
    """(R, P) the best hearing that both i and j had this month in a forum on hard security."""
    found, held = np.zeros((world.replicates, len(i)), world.will.dtype), world.met & world.forum_hard
    if not held.any():
        return found
    for forum in np.flatnonzero(held.any(axis=0)):
        strength = hearing(
            world.forum_vitality[:, forum], world.forum_information[:, forum], world.forum_level[:, forum]
        )
        came = world.attendance[:, forum]
        np.maximum(found, (strength * held[:, forum])[:, None] * (came[:, i] & came[:, j]), out=found)
    return found


def _situation(world, p, i, j):
    """What the disputes between i and j are settled under, (R, P) each, by name."""
    dyads = i * len(world.rival) + j
    return SimpleNamespace(
        talks=_between(world.talks, dyads),
        heard=p.state.hearings * hearings(world, i, j),
        bound=_between(world.bound, dyads),
        least_will=np.minimum(world.will.take(i, axis=1), world.will.take(j, axis=1)),
        hawk=np.maximum(world.hawkishness.take(i, axis=1), world.hawkishness.take(j, axis=1)),
        hostility=_between(world.hostility, dyads),
        hardened=_between(world.hardened, dyads),
    )


def _settle_terms(at, found):
    kind = found.heard.dtype
    return {
        "usual chance to settle": log_odds(at.settle),
        "open talks": at.talks_settle * found.talks.astype(kind),
        "hearing in a forum": at.forum_settles * found.heard,
        "agreement in force": at.agreement_settles * found.bound,
        "will of the less willing side": at.will_settles * (found.least_will - _HALF),
        "the more hawkish leader": -at.hawks_hinder * (found.hawk - _HALF),
        "force not long ago": -at.force_hinders * (found.hostility >= _FORCE).astype(kind),
        "hardened by attempts in vain": -at.hardening_hinders * found.hardened,
    }


def settle_terms(world, p, i, j):
    """What the chance is made of that the disputes between i and j are settled this month, in log-odds, (R, P) each.

    i, j: index arrays (P,). There is no settlement without a procedure.
    """
    return _settle_terms(p.state, _situation(world, p, i, j))


def procedure(terms, talks, heard, bound):
    """Which procedure settles, where one does: the one that speaks loudest of those open to both; 0 = none is open.

    >>> terms = {"open talks": np.array([0.5]), "hearing in a forum": np.array([0.9]), "agreement in force": np.array([0.0])}
    >>> int(procedure(terms, np.array([True]), np.array([0.3]), np.array([0.0]))[0])
    2
    """
    how, loudest = np.array(0, np.int8), np.array(-np.inf, np.float32)
    for number, (word, there) in enumerate(zip(_PROCEDURES, (talks, heard, bound), strict=True), start=1):
        louder = (there > 0.0) & (terms[word] > loudest)
        how, loudest = np.where(louder, number, how), np.where(louder, terms[word], loudest)
    return how


def _closed(at, found, age, luck):
    """How the disputes that are open for `age` months close this month, (R, P); 0 where they do not."""
    terms, known = _settle_terms(at, found), age > 0
    chance = logistic(sum(terms.values())) * (found.talks | (found.heard > 0.0) | (found.bound > 0.0))
    settles = known & (luck < chance)
    fades = known & (age >= at.fades_after) & (found.hostility <= _CALM) & (luck < chance + (1.0 - chance) * at.fade)
    how = fades * np.int8(FADED)
    if settles.any():
        here = np.flatnonzero(settles)
        spoken = {word: terms[word].take(here) for word in _PROCEDURES}
        how.put(here, procedure(spoken, found.talks.take(here), found.heard.take(here), found.bound.take(here)))
    return how


def step(world, p, noise):
    i, j, there, back, names = _rivals(world.rival, world.names)
    age, luck = _between(world.dispute, there), noise.pairs("course", names)
    worst, known = np.maximum(_between(world.severity, there), _between(world.severity, back)), age > 0
    # One luck: a dispute opens, or is settled, or else may fade.
    opens = ~known & ((worst >= _SHOW) | (luck < p.state.friction))
    found = _situation(world, p, i, j)
    how = _closed(p.state, found, age, luck)
    hardened = next_hardened(found.hardened, known & (found.heard > 0.0), hardening=p.state.hardening)
    broke = known & _between(world.breakdown, there)
    if broke.any():
        hardened = next_hardened(hardened, broke, hardening=p.state.breakdown_hardens)
    stays = how == 0
    told = {"dispute": (age + (known | opens)) * stays, "settled": how, "hardened": hardened * stays}
    changes = {name: np.zeros(world.dispute.shape, value.dtype) for name, value in told.items()}
    for name, value in told.items():
        changes[name][:, i, j] = changes[name][:, j, i] = value
    return changes
