"""Forums live by use: they rise slowly, fade faster and may outlive their purpose; alliances slowly answer what they fear.

Theory: many organisations are neither dead nor alive but zombies [gray2018]; a body whose reluctant members can block it is
    used less, larger and looser groups find less to agree on [olson1965]; formal bodies outlast the will that made them
    [keohane1984]; allies draw together against a threat, or fear to be dragged into a quarrel and draw apart [snyder1984].
Equation: use = turnout * (floor + (1 - floor) * mean will of those who came) * (1 - paralysis * (1 - support)), 0 after a missed
    meeting; vitality' = vitality + (rise if use > vitality, else fall) * (use - vitality); support' = the same with whether those
    who decide by the forum's rule want more; level up with a chance by level while support and vitality are high, down while
    vitality is nearly gone; an alliance's strength and exclusivity' = itself + pace * (start + answer * (outside threat - its
    start) - itself), only where there is an alliance.
Leaves out: what a forum decides, new forums and members, budgets and staff, alliances that are made or formally ended.
Channels of harm: support takes will that a month of failed talks takes away; a higher level keeps sovereignty-minded states
    away (forums); a rule that lets the least willing decide paralyses; threat that tightens alliances alarms outsiders (threat).
Rival accounts: forums are epiphenomena of will [mearsheimer1994] (`usual_business` 0, `capital_gain` 0); alliances do not
    answer threat, or loosen under it (`tightening` and `hardening` 0 or negative).
"""

from __future__ import annotations

import numpy as np

from regime_abm.core.derived import derived
from regime_abm.core.maths import total, within
from regime_abm.core.parameter import Parameter, Uniform

READS = (
    "date",
    "forum_first",
    "forum_every",
    "forum_track",
    "forum_rule",
    "forum_host",
    "forum_active",
    "forum_level",
    "forum_vitality",
    "forum_capital",
    "forum_support",
    "forum_idle",
    "met",
    "member",
    "attendance",
    "will",
    "turnover",
    "threat",
    "alliance",
    "exclusivity",
    "alliance_start",
    "exclusivity_start",
    "outside_threat_start",
)
WRITES = (
    "forum_active",
    "forum_level",
    "forum_vitality",
    "forum_capital",
    "forum_support",
    "forum_idle",
    "alliance",
    "exclusivity",
)
STARTS = ("forum_support", "alliance_start", "exclusivity_start", "outside_threat_start")

PARAMETERS = (
    Parameter("usual_business", 0.4, 0.0, 1.0, Uniform(0.2, 0.6), "share", "How much those who come use a forum without any will."),
    Parameter("paralysis", 0.7, 0.0, 1.0, Uniform(0.4, 1.0), "share", "How much less a forum is used in which those who decide want no more of it."),
    Parameter("rise", 0.08, 0.0, 1.0, Uniform(0.04, 0.12), "per month", "How fast vitality follows use upward."),
    Parameter("fall", 0.15, 0.0, 1.0, Uniform(0.08, 0.22), "per month", "How fast vitality follows use downward."),
    Parameter("capital_gain", 0.05, 0.0, 0.5, Uniform(0.02, 0.08), "per full meeting", "What a meeting that all attend adds to institutional capital."),
    Parameter("capital_loss", 0.03, 0.0, 0.5, Uniform(0.01, 0.05), "per meeting", "What a thinly attended or missed meeting takes from institutional capital."),
    Parameter("will_needed", 0.45, 0.0, 1.0, Uniform(0.35, 0.55), "will", "Will of those who decide from which they want more of the forum, where the middle decides."),
    Parameter("consensus_discount", 0.2, 0.0, 0.5, Uniform(0.0, 0.4), "will", "How much less will is enough where the least willing decides: it need only not object."),
    Parameter("support_memory", 18.0, 1.0, 120.0, Uniform(12.0, 24.0), "months", "Over how many months support is counted."),
    Parameter("support_needed", 0.65, 0.0, 1.0, Uniform(0.55, 0.75), "share", "How often they must have wanted more before the level may rise."),
    Parameter("vitality_needed", 0.6, 0.0, 1.0, Uniform(0.5, 0.7), "vitality", "Vitality without which no level rises."),
    Parameter("to_ad_hoc", 0.5, 0.0, 1.0, Uniform(0.3, 0.7), "per month", "Chance to go from contact to ad hoc meetings, with support and vitality."),
    Parameter("to_regular", 0.35, 0.0, 1.0, Uniform(0.2, 0.5), "per month", "Chance to go from ad hoc to regular meetings, with support and vitality."),
    Parameter("to_document", 0.12, 0.0, 1.0, Uniform(0.06, 0.18), "per month", "Chance to go on to a document of principles, with support and vitality.", "32 months from the CSCE's opening in November 1972 to its Final Act, less the time for support to form", "expert"),
    Parameter("to_organisation", 0.0056, 0.0, 1.0, Uniform(0.003, 0.0082), "per month", "Chance to go from a document to an organisation, with support and vitality.", "about 15 years from the CSCE's Final Act to a secretariat", "expert"),
    Parameter("unofficial_rise", 0.3, 0.0, 1.0, Uniform(0.0, 0.6), "share", "How much of the chances to a document and to an organisation a forum keeps in which not governments alone sit."),
    Parameter("dying", 0.2, 0.0, 1.0, Uniform(0.15, 0.25), "vitality", "Vitality below which a forum loses its level and, at the last, its existence."),
    Parameter("decline", 0.03, 0.0, 1.0, Uniform(0.0, 0.06), "per month", "Chance that a dying forum without institutional capital loses a level; capital protects it.", "gray2018: many organisations stay on paper for long; size open", "expert"),
    Parameter("dissolution", 0.02, 0.0, 1.0, Uniform(0.0, 0.04), "per month", "Chance that a dying forum at the lowest level calls no more meetings."),
    Parameter("host_drops", 0.4, 0.0, 1.0, Uniform(0.0, 0.8), "probability", "Chance that a new leader of its host drops a forum below regular meetings and without capital; capital protects it.", "two of the three hosted forums of the region's file ended with the government that had made them", "expert"),
    Parameter("alliance_pace", 0.03, 0.0, 1.0, Uniform(0.01, 0.05), "per month", "How fast strength and exclusivity of an alliance move."),
    Parameter("tightening", 0.4, -1.0, 2.0, Uniform(-0.2, 1.0), "strength per threat", "How much a threat from outside strengthens an alliance; negative: allies fear to be dragged in.", "snyder1984 (both directions); range open", "expert"),
    Parameter("hardening", 0.4, -1.0, 2.0, Uniform(-0.2, 1.0), "exclusivity per threat", "How much a threat from outside aims an alliance at outsiders; negative: it opens.", "snyder1984 (both directions); range open", "expert"),
)

_THIN = 0.4  # turnout below which a meeting costs capital
_LAST = 4.0  # the highest level
_REGULAR = 2  # level of regular meetings; from here on a rise binds governments
_ON_PAPER = np.array([[[0.05]], [[0.0]]], np.float32)  # strength and exclusivity of an alliance that nobody ended


def use_of(turnout, will, support, *, usual_business, paralysis):
    """How much a forum is used: turnout, mean will of those who came and support, each 0..1.

    >>> round(use_of(0.5, 0.5, 1.0, usual_business=0.4, paralysis=0.4), 3)    # all who decide want more
    0.35
    >>> round(use_of(0.5, 0.5, 0.0, usual_business=0.4, paralysis=0.4), 3)    # none does
    0.21
    """
    return turnout * (usual_business + (1.0 - usual_business) * will) * (1.0 - paralysis * (1.0 - support))


def followed(vitality, use, *, rise, fall):
    """Vitality a month on: up slowly, down faster.

    >>> round(float(followed(0.5, 1.0, rise=0.08, fall=0.15)), 3), round(float(followed(0.5, 0.0, rise=0.08, fall=0.15)), 3)
    (0.54, 0.425)
    """
    gap = use - vitality
    return vitality + rise * np.maximum(gap, 0.0) + fall * np.minimum(gap, 0.0)


def needed(present, rule):
    """How many of those present must want a thing: all under consensus (rule 0), most where the middle decides (.5).

    >>> [int(needed(7, rule)) for rule in (0.0, 0.25, 0.5, 1.0)]
    [7, 6, 4, 1]
    """
    return present - np.floor(rule * (present - 1) + 1e-5)


def answered(now, start, fear, *, pace, answer):
    """Strength (or exclusivity) of an alliance a month on; fear is the outside threat above its start.

    >>> round(float(answered(0.8, 0.8, 0.25, pace=0.04, answer=0.4)), 3)
    0.804
    """
    return now + pace * (sum(alliance_terms(start, fear, answer=answer).values()) - now)


def alliance_terms(start, fear, *, answer):
    """What an alliance's strength (or exclusivity) drifts to is made of."""
    return {"as at the start": start, "outside threat since the start": answer * fear}


@derived
def _outsiders(allied):
    """Those who are not allies, and their number; for one future where they are the same in all."""
    allied = allied[:1] if (allied == allied[:1]).all() else allied
    outside = (~allied & ~np.eye(allied.shape[-1], dtype=bool)).astype(np.float32)
    return outside, np.maximum(total(outside), 1.0)


def _fear(threat, allied):
    """What each state fears from those who are not its allies, (R, N)."""
    outside, number = _outsiders(allied)
    return total(threat * outside) / number


def outside_threat(threat, allied):
    """What two states together fear from those who are not their allies: the mean over both (R, N, N), symmetric."""
    fear = _fear(threat, allied)
    return 0.5 * (fear[:, :, None] + fear[:, None, :])


@derived
def _enough(p, rule, member):
    """Will (., F, N) above which a state wants more of a forum, for each of the states."""
    enough = p.will_needed - p.consensus_discount * np.maximum(1.0 - 2.0 * rule, 0.0)
    return np.repeat(np.asarray(enough, np.float32)[..., None], member.shape[-1], axis=-1)


def _wanted(world, p, who, seated):
    """Whether those who decide want more of each forum (R, F), of those who count (R, F, N), `seated` of them."""
    enough = _enough(p, world.forum_rule, world.member)
    wills = np.repeat(world.will[:, None], who.shape[1], axis=1)  # in full: NumPy is slow to stretch a short last axis
    willing = total(who & (wills > enough))
    return (seated > 0.0) & (willing >= needed(seated, world.forum_rule))


def start(world, p, noise):
    """Support is what those who decide want now; alliances and what they fear are kept as the measure of change."""
    allied = world.alliance > 0.0
    wanted = _wanted(world, p.state, world.member, total(world.member))
    return {
        "forum_support": (wanted & world.forum_active).astype(np.float32),
        "alliance_start": world.alliance.copy(),
        "exclusivity_start": world.exclusivity.copy(),
        "outside_threat_start": outside_threat(world.threat, allied) * allied,
    }


@derived
def _seats(member):
    """Number of members of each forum (R, F), at least 1."""
    return np.maximum(total(member), 1.0)


@derived
def _hosts(host):
    return host.T.astype(np.float32)


def _dropped(world, p, noise, capital):
    """Forums (R, F) that the new leader of their host lets go."""
    if not world.turnover.any():
        return np.zeros(capital.shape, bool)
    newcomer = world.turnover.astype(np.float32) @ _hosts(world.forum_host) > 0.0
    return newcomer & (world.forum_level < _REGULAR) & (noise.forum("dropped") < p.host_drops * (1.0 - capital))


@derived
def _rises(p, track):
    """Chances to rise, one level after the other (from the highest there is none), and the forums' places in each."""
    governments = (track == 1.0).astype(np.float32)
    standing = governments + p.unofficial_rise * (1.0 - governments)
    rates = p.to_ad_hoc, p.to_regular, p.to_document, p.to_organisation
    rises = [rate * (standing if low >= _REGULAR else np.ones_like(standing)) for low, rate in enumerate(rates)]
    table = np.array(np.broadcast_arrays(*rises, np.zeros_like(standing)), np.float32)
    return table.reshape(-1), np.arange(table[0].size).reshape(table.shape[1:])


def _level(world, p, noise, vitality, capital, support, active):
    """Level and existence of each forum a month on."""
    level = world.forum_level
    ripe = active & (support > p.support_needed) & (vitality > p.vitality_needed) & (level < _LAST)
    dying = active & (vitality < p.dying) & ~ripe
    if not (ripe.any() or dying.any()):
        return level, active
    rises, places = _rises(p, world.forum_track)
    luck, chance = noise.forum("level"), rises.take(level.astype(np.intp) * places.size + places)
    level = level + (ripe & (luck < chance))
    if dying.any():
        level -= dying & (luck < p.decline * (1.0 - capital))
        active = active & ~(dying & (world.forum_level < 1.0) & (noise.forum("dissolution") < p.dissolution))
    return within(level, 0.0, _LAST), active


def _forums(world, p, noise):
    active, present = world.forum_active, world.attendance & world.member
    due = (world.date + 1 - world.forum_first) % world.forum_every == 0
    idle = (world.forum_idle + 1.0) * ~world.met
    late = idle >= world.forum_every  # the last meeting that was due did not come about
    came = total(present)
    known = came > 0.0  # before the first meeting of the run nobody has come to any
    unknown = active & ~known
    if unknown.any():
        present = present | (world.member & unknown[..., None])
    counted = present.astype(np.float32)
    seated, turnout = total(counted), came / _seats(world.member)
    # One small product a future: a single large one would add up in an order that depends on how many there are.
    will = np.matmul(counted, world.will[:, :, None])[..., 0] / np.maximum(seated, 1.0)
    wanted = _wanted(world, p, present, seated) & ~late
    support = world.forum_support + (wanted - world.forum_support) / p.support_memory
    use = use_of(turnout, will, support, usual_business=p.usual_business, paralysis=p.paralysis)
    use = np.where(known | late, use * ~late, world.forum_vitality)
    vitality = followed(world.forum_vitality, use, rise=p.rise, fall=p.fall)
    costly = (world.met & (turnout < _THIN)) | (active & due & ~world.met)
    capital = world.forum_capital + p.capital_gain * (turnout * world.met) - p.capital_loss * costly.astype(np.float32)
    support, vitality, capital = (
        np.where(active, within(new, 0.0, 1.0), old)
        for new, old in (
            (support, world.forum_support),
            (vitality, world.forum_vitality),
            (capital, world.forum_capital),
        )
    )
    active = active & ~_dropped(world, p, noise, capital)
    level, active = _level(world, p, noise, vitality, capital, support, active)
    return {
        "forum_active": active,
        "forum_level": level,
        "forum_vitality": vitality,
        "forum_capital": capital,
        "forum_support": support,
        "forum_idle": idle,
    }


@derived
def _pacts(p, alliance, exclusivity, threat):
    """Alliances at the start: whether there is one (R, N, N); of the P dyads that have one anywhere, their places (i, j) and in
    a row, whether there is one (R, P), strength and exclusivity (2, R, P), the threat from outside (R, P), and how strength
    and exclusivity answer it (2, ., 1)."""
    allied = alliance > 0.0
    i, j = np.nonzero(allied.any(axis=0))
    first = np.array([alliance[:, i, j], exclusivity[:, i, j]])
    answers = np.array([np.float32(p.tightening), np.float32(p.hardening)]).reshape(2, -1, 1)
    return allied, i, j, i * allied.shape[-1] + j, allied[:, i, j], first, threat[:, i, j], answers


def _alliances(world, p):
    allied, i, j, dyads, there, first, threat, answers = _pacts(
        p, world.alliance_start, world.exclusivity_start, world.outside_threat_start
    )
    if not len(i):
        return {"alliance": world.alliance, "exclusivity": world.exclusivity}
    fear = _fear(world.threat, allied)
    fear = 0.5 * (fear.take(i, axis=1) + fear.take(j, axis=1)) - threat
    changes = {"alliance": world.alliance.copy(), "exclusivity": world.exclusivity.copy()}
    now = np.array([value.reshape(len(fear), -1).take(dyads, axis=1) for value in changes.values()])
    moved = answered(now, first, fear, pace=p.alliance_pace, answer=answers)
    moved = np.where(there, moved.clip(np.minimum(now, _ON_PAPER), 1.0), now)
    for value, new in zip(changes.values(), moved, strict=True):
        value[:, i, j] = new
    return changes


def step(world, p, noise):
    return {**_forums(world, p.state, noise), **_alliances(world, p.state)}
