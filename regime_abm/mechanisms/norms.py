"""States adopt a norm when enough speaks for it, and make it their own, over years, by holding back where they are tempted.

Theory: norms emerge through advocates, cascade past a threshold and are internalised [finnemore1998]; each adopter has a
    threshold of its own [granovetter1978; watts2002], small committed groups can tip many [centola2018]; a security regime
    needs great powers that want it [jervis1982]; states sign what they do not practise [krasner1999].
Equation: pull_i = peers * share of others who adopted, weighted by power and trust + advocate * will of the most willing adopter
    + document * share of core dyads in a security forum with principles on paper + will_weight * (own will - .5)
    - defiance * mean over the others of adopted * (1 - trust);
    chance to adopt = speed * logistic(steepness * (pull_i - threshold_i)) * (1 - great_power_condition * (1 - wish of the
    least wishing great power)); threshold_i ~ Beta(3, 3), once;
    restraint' = restraint + 2/25 * (share of the month's tempted decisions toward rivals in which the state held back -
    restraint), unchanged in a month without temptation;
    norm' = norm + pace * (practice - norm), pace * practice_alone without adoption; practice = own_practice * own restraint +
    (1 - own_practice) * the others' example, all times (1 - disdain * hawkishness); force against a rival wears the norm
    down and may cancel adoption.
Leaves out: what the norm's words say, publics and courts, who used force first, how strong a temptation was.
Channels of harm: practice persuades a hawkish leader less, so that a norm can be unlearned; an adopter that does not hold
    back sets a worse example than one who never adopted; others' pressure teaches too; an advocate may put off (`advocate`
    below 0), paper may be taken for the deed (`document` below 0), and a norm that distrusted states stand by looks like
    theirs (`defiance`): it is resisted as such [acharya2004]; a hawkish newcomer may denounce what was adopted.
Rival accounts: behaviour makes norms, not adoption (`practice_alone` 1, `hypocrisy` 0); paper is all that changes (`pace` 0);
    norms follow power (`power_weight` 1, `great_power_condition` 1).
"""

from __future__ import annotations

import numpy as np

from regime_abm.core.maths import anywhere, largest, logistic, total
from regime_abm.core.names import PUSHED, STATUS_QUO
from regime_abm.core.parameter import Parameter, Uniform

READS = (
    "norm_push",
    "core",
    "rival",
    "capability",
    "trust",
    "will",
    "hawkishness",
    "turnover",
    "tempted",
    "action",
    "severity",
    "member",
    "forum_active",
    "forum_hard",
    "forum_level",
    "norm",
    "norm_threshold",
    "norm_adopted",
    "restraint",
)
WRITES = ("norm", "norm_adopted", "adopt_chance", "restraint")
STARTS = ("norm_threshold", "norm_adopted", "restraint")
DECISION = "adopt"

PARAMETERS = (
    Parameter("peers", 0.7, 0.0, 2.0, Uniform(0.0, 1.4), "pull", "What adoption by all others speaks for the norm.", "finnemore1998; granovetter1978 (form); size open, range from none", "expert"),
    Parameter("advocate", 0.1, -1.0, 1.0, Uniform(-0.1, 0.3), "pull", "What one adopter with full will, who advocates the norm, speaks for it; below 0 it is shunned as that state's norm.", "finnemore1998 (norm entrepreneurs); range through zero", "expert"),
    Parameter("defiance", 0.3, -1.0, 2.0, Uniform(-0.3, 0.9), "pull", "What adoption by all others speaks against the norm where none of them is trusted: it is seen as theirs; below 0 one fears to stand alone against them.", "acharya2004 (norms from outside are resisted where they do not fit); range through zero, size open", "expert"),
    Parameter("document", 0.15, -1.0, 1.0, Uniform(-0.1, 0.4), "pull", "What principles on paper in a forum on hard security that holds all core dyads speak for the norm; below 0 paper is taken for the deed.", "CSCE Final Act of 1975 as a focal point (for); krasner1999 (against); range through zero", "expert"),
    Parameter("will_weight", 0.2, 0.0, 1.0, Uniform(0.0, 0.4), "pull", "How much own will above one half speaks for the norm."),
    Parameter("power_weight", 0.5, 0.0, 1.0, Uniform(0.0, 1.0), "share", "How much others count by their power; the rest by how much they are trusted."),
    Parameter("steepness", 20.0, 0.0, 1000.0, Uniform(10.0, 30.0), "per pull", "How sharply the chance to adopt turns at the threshold; a large value makes it a step."),
    Parameter("speed", 0.02, 0.0, 1.0, Uniform(0.005, 0.035), "per month", "Chance to adopt in a month when everything speaks for it.", "all seven joined ASEAN's treaty of amity between 2003 and 2009, 27 to 33 years after it was made (recalled)", "expert"),
    Parameter("great_power_condition", 0.5, 0.0, 1.0, Uniform(0.0, 1.0), "share", "How much adoption waits for the other great powers to want the norm.", "jervis1982 (great powers must want it); range from none", "expert"),
    Parameter("stood_for", 0.75, 0.0, 1.0, Uniform(0.6, 0.9), "norm", "Internalised norm from which a state formally stands by it at the start."),
    Parameter("pace", 0.0175, 0.0, 0.2, Uniform(0.005, 0.03), "per month", "How fast the norm of an adopter follows practice: years, not months."),
    Parameter("practice_alone", 0.5, 0.0, 1.0, Uniform(0.0, 1.0), "share", "How fast, against that, practice makes a norm without adoption."),
    Parameter("own_practice", 0.7, 0.0, 1.0, Uniform(0.5, 0.9), "share", "How much own practice counts for the norm; the rest is the others' example."),
    Parameter("disdain", 0.3, 0.0, 1.0, Uniform(0.0, 0.6), "share", "How much less practice persuades a government under a fully hawkish leader.", "horowitz2015 (leaders differ); size open", "expert"),
    Parameter("hypocrisy", 0.5, 0.0, 1.0, Uniform(0.0, 1.0), "share", "How much worse the example of an adopter is that does not hold back.", "krasner1999 (that it is common); size open", "expert"),
    Parameter("violation_erodes", 0.05, 0.0, 1.0, Uniform(0.0, 0.1), "share", "Part of the own norm that a month with own force against a rival takes away."),
    Parameter("violation_cancels", 0.2, 0.0, 1.0, Uniform(0.0, 0.4), "probability", "Chance that such a month ends the state's adoption."),
    Parameter("denounces", 0.5, 0.0, 1.0, Uniform(0.0, 1.0), "probability", "Chance that a fully hawkish new leader ends an adoption that nothing internalised backs."),
)

_SHAPE = 3.0  # of the Beta distribution of thresholds
_PRINCIPLES = 3  # institutional level from which a forum has principles on paper
_GREAT = 0.5  # capability, against the largest, from which a state is a great power
_MIDDLING = 0.5  # will that pulls nowhere
_SHOW, _FORCE = 2, 3  # severities
_FADING = 2.0 / 25.0  # a fading share with the weight of a plain one over 24 months
_STEEPEST = 80.0  # log-odds beyond which a chance is 0 or 1 in single precision


def listening(trust, capability, *, power_weight):
    """How much each state (row) heeds each other (column): by power and by trust, 0 for itself; rows sum to 1 (R, N, N).

    >>> listening(np.full((1, 3, 3), 0.4), np.ones((1, 3)), power_weight=0.5)[0, 0].round(3).tolist()
    [0.0, 0.5, 0.5]
    """
    others = ~np.eye(trust.shape[-1], dtype=bool)
    trusted, power = trust * others, capability[:, None, :] * others
    power_of_others = total(capability)[:, None] - capability
    by_trust = (1.0 - power_weight) / np.maximum(total(trusted), 1e-9)[..., None]
    by_power = power_weight / np.maximum(power_of_others, 1e-9)[..., None]
    return by_power * power + by_trust * trusted


def pull_terms(peers, distrusted, advocate, document, will, threshold, *, p):
    """What speaks for adopting the norm and against it, in log-odds, by name: steepness * (pull - threshold), all (R, N)."""
    return {
        "others who stand by it": p.steepness * (p.peers * peers),
        "distrusted states who stand by it": -p.steepness * (p.defiance * distrusted),
        "most willing advocate": p.steepness * (p.advocate * advocate),
        "principles on paper": p.steepness * (p.document * document),
        "own will": p.steepness * (p.will_weight * (will - _MIDDLING)),
        "own threshold": -p.steepness * threshold,
    }


def adoption_chance(speaks, wish, *, speed, great_power_condition):
    """Chance to adopt in a month: speaks in log-odds, wish of the least wishing other great power 0..1.

    >>> adoption_chance(np.array([0.0, 80.0]), np.array([1.0, 0.2]), speed=0.1, great_power_condition=0.5).round(3).tolist()
    [0.05, 0.06]
    """
    chance = speed * logistic(np.clip(speaks, -_STEEPEST, _STEEPEST))
    return chance * (1.0 - great_power_condition * (1.0 - wish))


def next_restraint(restraint, held_back, tempted):
    """How often a state lately held back where it was tempted, a month on; held_back of `tempted` decisions this month.

    A month without temptation teaches nothing: quiet is no practice [jervis1982].

    >>> next_restraint(np.array([0.5, 0.5, 0.5]), np.array([2.0, 0.0, 0.0]), np.array([2.0, 2.0, 0.0])).round(2).tolist()
    [0.54, 0.46, 0.5]
    """
    share = held_back / np.maximum(tempted, 1.0)
    return restraint + _FADING * ((tempted > 0.0) * (share - restraint))


def example(adopted, restraint, *, hypocrisy):
    """What others learn from a state's conduct, 0..1: its restraint, less where it breaks what it adopted.

    >>> example(np.array([0.0, 1.0, 1.0]), np.array([0.6, 0.6, 1.0]), hypocrisy=0.5).round(2).tolist()
    [0.6, 0.4, 1.0]
    """
    return np.maximum(restraint - hypocrisy * adopted * (1.0 - restraint), 0.0)


def next_norm(norm, adopted, practice, violated, *, pace, practice_alone, erodes):
    """The internalised norm a month on: toward practice, at full pace with adoption only, and worn by own force.

    >>> round(next_norm(0.4, 1.0, 0.9, 0.0, pace=0.02, practice_alone=0.5, erodes=0.05), 3)
    0.41
    >>> round(next_norm(0.4, 0.0, 0.9, 0.0, pace=0.02, practice_alone=0.5, erodes=0.05), 3)
    0.405
    >>> round(next_norm(0.4, 1.0, 0.4, 1.0, pace=0.02, practice_alone=0.5, erodes=0.05), 3)
    0.38
    """
    pace = pace * (adopted + (1.0 - adopted) * practice_alone)
    return (norm + pace * (practice - norm)) * (1.0 - erodes * violated)


def distrusted(adopted, trust):
    """How far a norm looks like that of distrusted states: mean over the others of adopted * (1 - trust), 0..1 (R, N).

    adopted: (R, N) 0 or 1; trust: (R, N, N).

    >>> distrusted(np.array([[1.0, 0.0, 0.0]]), np.full((1, 3, 3), 0.2))[0].round(2).tolist()
    [0.0, 0.4, 0.4]
    """
    trusted = _summed(trust, adopted) - np.einsum("rii->ri", trust) * adopted
    return (total(adopted)[:, None] - adopted - trusted) / max(trust.shape[-1] - 1, 1)


def _summed(weights, value):
    """Weighted sums (R, N) of value (R, N) with weights (R, N, N): one small product a future, far faster than einsum."""
    return np.matmul(weights, value[..., None])[..., 0]


def _best_of_others(value):
    """The largest value (R, N), at least 0, among the others of each state."""
    others = ~np.eye(value.shape[1], dtype=bool)
    return largest(value[:, None, :] * others)  # the own value counts as 0


def _document(world):
    """Share of core dyads (R, N) in the own forum on hard security with principles on paper that holds most of them."""
    member, core = world.member, world.core
    kind = world.will.dtype
    best = np.zeros(world.will.shape, kind)
    written = world.forum_active & world.forum_hard & (world.forum_level >= _PRINCIPLES)
    which = np.flatnonzero(written.any(axis=0))
    if not len(which) or not core.any():
        return best
    seats = (member[:, which] & written[:, which, None]).astype(kind)
    inside = total((seats @ core.astype(kind)) * seats) / float(core.sum())  # (R, which)
    return (seats * inside[:, :, None]).max(axis=1)


def _wish(world, adopted):
    """How much the least wishing other great power wants the norm: 1 where it adopted, else its will (R, N)."""
    unwilling = (world.capability >= _GREAT) * (1.0 - np.maximum(adopted, world.will))
    return 1.0 - _best_of_others(unwilling)


def _heeded(world, p):
    return listening(world.trust, world.capability, power_weight=p.dyad.power_weight)


def _terms(world, p, adopted, heeded):
    named = pull_terms(
        _summed(heeded, adopted),
        distrusted(adopted, world.trust),
        _best_of_others(adopted * world.will),
        _document(world),
        world.will,
        world.norm_threshold,
        p=p.state,
    )
    return {**named, PUSHED: p.state.steepness * world.norm_push}


def terms(world, p):
    """What speaks for adopting the norm, (R, N) by name, in log-odds; their sum in this order enters the chance."""
    return _terms(world, p, world.norm_adopted.astype(world.will.dtype), _heeded(world, p))


def start(world, p, noise):
    """Thresholds are drawn; who lives by the norm stands by it; conduct before the start is taken to match the norm."""
    from scipy.special import betaincinv

    drawn = betaincinv(_SHAPE, _SHAPE, noise.state("threshold")).astype(world.norm.dtype)
    return {
        "norm_threshold": drawn,
        "norm_adopted": world.norm_adopted | (world.norm >= p.state.stood_for),
        "restraint": world.norm.copy(),
    }


def _adoption(world, p, noise, violated, chance):
    """Who stands by the norm after this month."""
    adopted = world.norm_adopted
    following = adopted | (noise.state("adopt") < chance)
    cancels = violated & (noise.state("cancel") < p.state.violation_cancels)
    if world.turnover.any():
        denounces = p.state.denounces * world.hawkishness * (1.0 - world.norm)
        cancels |= world.turnover & (noise.state("denounce") < denounces)
    return following & ~(adopted & cancels)


def step(world, p, noise, actors):
    adopted = world.norm_adopted.astype(world.will.dtype)
    heeded = _heeded(world, p)
    named = _terms(world, p, adopted, heeded)
    condition = {"speed": p.state.speed, "great_power_condition": p.state.great_power_condition}
    chance = actors(adoption_chance(sum(named.values()), _wish(world, adopted), **condition), named)
    violated = anywhere((world.severity >= _FORCE) & world.rival)
    tempted = world.tempted & world.rival
    held_back = tempted & (world.action <= STATUS_QUO) & (world.severity < _SHOW)
    restraint = next_restraint(world.restraint, total(held_back), total(tempted))
    others = _summed(heeded, example(adopted, restraint, hypocrisy=p.state.hypocrisy))
    practice = p.state.own_practice * restraint + (1.0 - p.state.own_practice) * others
    practice = practice * (1.0 - p.state.disdain * world.hawkishness)
    norm = next_norm(
        world.norm,
        adopted,
        practice,
        violated.astype(world.norm.dtype),
        pace=p.state.pace,
        practice_alone=p.state.practice_alone,
        erodes=p.state.violation_erodes,
    )
    return {
        "norm": np.clip(norm, 0.0, 1.0),
        "norm_adopted": _adoption(world, p, noise, violated, chance),
        "adopt_chance": chance,
        "restraint": restraint,
    }
