"""Forums meet on their own calendars; who comes sees better and may start to talk, and open talks can break down.

Theory: institutions work through information and repeated contact, not by themselves [keohane1984]; bodies without a
    security mandate are expected to matter little [boehmer2004], so only a hard agenda opens talks; many bodies live on without
    life [gray2018], so vitality scales what a meeting tells.
Equation: attend = P(usual; + agenda match, rivals met with will, capital, host, - level * sovereignty, - missing relations);
    misperception' = misperception * product of (1 - clarity * vitality * turnout * bandwidth * information) over shared meetings
    * (1 - verification_clarity * verified), at most .5, then back toward its usual value by `forgetting`; talks open and end with
    chances centred on their usual values.
Leaves out: what is decided at a meeting; how meetings change the forum itself (institutions).
Channels of harm: a meeting is a stage too: it may mislead (`clarity` below 0), since states gain by feigned strength
    and resolve [fearon1995] and project images to deceive [jervis1970], and rivals who confront each other before an audience
    find it harder to give way [fearon1994] (`meeting_opens` below 0); it costs attention that other forums then lack; talks
    that it opened can break down, and a breakdown feeds campaigns of tests. A meeting never adds trust by itself.
Rival accounts: forums are inert talk shops (`clarity` 0 and `meeting_opens` 0) [mearsheimer1994].
"""

from __future__ import annotations

from functools import reduce
from operator import add

import numpy as np

from regime_abm.core.derived import derived
from regime_abm.core.maths import log_odds, logistic, total
from regime_abm.core.names import PUSHED
from regime_abm.core.parameter import Normal, Parameter, Uniform

READS = (
    "attend_push",
    "talks_push",
    "sight_push",
    "date",
    "rival",
    "forum_track",
    "forum_hard",
    "forum_soft",
    "forum_every",
    "forum_first",
    "forum_host",
    "forum_active",
    "forum_level",
    "forum_vitality",
    "forum_capital",
    "forum_information",
    "forum_attention",
    "meeting_order",
    "member",
    "attendance",
    "attend_chance",
    "will",
    "sovereignty",
    "agenda_hard",
    "agenda_soft",
    "attention",
    "relations",
    "volatility",
    "hostility",
    "talks",
    "talks_order",
    "misperception",
    "misperception_usual",
    "bound",
    "verified",
)
WRITES = (
    "met",
    "meeting_order",
    "attendance",
    "attend_chance",
    "misperception",
    "talks",
    "talks_order",
    "breakdown",
)
STARTS = ("talks", "talks_chance", "misperception", "misperception_usual")
DECISION = "attend"

PARAMETERS = (
    Parameter("usual_attendance", 0.95, 0.01, 0.99, Uniform(0.85, 0.99), "probability", "Attendance when nothing speaks for or against.", "region's facts: no absence of a member is known from ARF and the Six-Party Talks 1994-2008; an absence may go unrecorded; hence not the middle of the prior", "expert"),
    Parameter("host_pull", 4.0, 0.0, 8.0, Uniform(2.0, 6.0), "log-odds", "How much hosting a meeting draws the host in."),
    Parameter("agenda_pull", 1.5, 0.0, 5.0, Uniform(0.5, 2.5), "log-odds", "How much a fitting agenda draws a state in."),
    Parameter("rivals_pull", 0.5, -3.0, 3.0, Normal(0.5, 0.8), "log-odds", "How much meeting rivals draws a willing state in; negative keeps it away."),
    Parameter("capital_pull", 0.8, 0.0, 3.0, Uniform(0.0, 1.6), "log-odds", "How much institutional capital draws states in."),
    Parameter("sovereignty_push", 0.8, 0.0, 3.0, Uniform(0.0, 1.6), "log-odds", "How much a high institutional level keeps sovereignty-minded states away."),
    Parameter("relations_push", 2.25, 0.0, 6.0, Uniform(0.5, 4.0), "log-odds", "How much members without diplomatic relations keep a state away."),
    Parameter("clarity", 0.2, -0.5, 0.9, Uniform(-0.1, 0.5), "share", "How much misperception one full and lively meeting takes away; below 0 it misleads: a stage for bluff.", "keohane1984 (for); boehmer2004 (none); fearon1995; jervis1970 (against); range through zero", "expert"),
    Parameter("forgetting", 0.06, 0.0, 1.0, Uniform(0.02, 0.10), "per month", "How fast misperception returns to its usual value."),
    Parameter("track_15_bandwidth", 0.6, 0.0, 1.0, Uniform(0.4, 0.8), "share", "What a mixed (track 1.5) meeting carries, against governments meeting."),
    Parameter("track_2_bandwidth", 0.3, 0.0, 1.0, Uniform(0.1, 0.5), "share", "What an unofficial (track 2) meeting carries, against governments meeting."),
    Parameter("talks_open", 0.06, 0.001, 0.5, Uniform(0.02, 0.12), "per month", "Chance that two states begin to talk, both of middling will, no meeting.", "about one opening in 16 months between rivals, own reading of the dated events 1990-2008; hence not the middle of the prior", "expert"),
    Parameter("will_opens", 4.0, 0.0, 10.0, Uniform(2.0, 6.0), "log-odds", "How much the will of the less willing side opens talks."),
    Parameter("meeting_opens", 0.5, -2.0, 4.0, Uniform(-0.8, 1.8), "log-odds", "How much a meeting on hard security with both present opens talks; below 0 a clash in public closes doors.", "boehmer2004 (hard agenda, for); fearon1994 (audiences, against); range through zero", "expert"),
    Parameter("verification_clarity", 0.1, 0.0, 0.9, Uniform(0.0, 0.2), "share per month", "How much misperception the checks of fully verified agreements take away in a month.", "range includes no effect", "expert"),
    Parameter("agreement_talks", 1.0, -2.0, 6.0, Uniform(0.0, 2.0), "log-odds", "How much a fully binding agreement in force opens talks and holds them open."),
    Parameter("talks_end", 0.085, 0.001, 0.5, Uniform(0.04, 0.15), "per month", "Chance that open talks break down, both of middling will.", "eight months from the Singapore summit to the one in Hanoi; hence not the middle of the prior", "estimated"),
    Parameter("will_holds", 2.0, 0.0, 10.0, Uniform(0.0, 4.0), "log-odds", "How much the will of the less willing side keeps talks open."),
    Parameter("force_ends", 2.0, 0.0, 6.0, Uniform(0.5, 3.5), "log-odds", "How much a test, a clash or war in the dyad last month ends talks."),
    Parameter("volatility_ends", 1.5, 0.0, 6.0, Uniform(0.0, 3.0), "log-odds", "How much the more volatile leader ends talks."),
)

_MIDDLING_WILL = 0.5  # references of the centred logistics; a slope moves nothing there
_USUAL_VOLATILITY = 1.0 / 3.0  # the mean of Beta(2, 4)
_FORCE = 3  # severity from which an act counts as force
_BLIND = 0.5  # misperception at which what is seen tells no more than luck


def attend_terms(match, rivals, capital, level, sovereignty, missing, host, *, p):
    """What the chance to come to a meeting is made of, in log-odds.

    match: interest in the agenda, 0..1; rivals: share of rivals among the others times own will; capital 0..1;
    level 0..4; sovereignty 0..1; missing: share of the other members without diplomatic relations with the state;
    host: 1 for the state that hosts the forum.
    """
    return {
        "usual attendance": log_odds(p.usual_attendance),
        "interest in the agenda": p.agenda_pull * (match - 0.5),
        "rivals to be met, with will": p.rivals_pull * (rivals - 0.25),
        "institutional capital": p.capital_pull * (capital - 0.5),
        "sovereignty at a high level": -p.sovereignty_push * (level / 4.0 * sovereignty - 0.25),
        "members without relations": -p.relations_push * missing,
        "host of the meeting": p.host_pull * host,
    }


def clearer(misperception, usual, seen, *, forgetting):
    """Misperception after meetings that let `seen` of it stand (a factor; 1 = nothing seen, above 1 = misled), and a month of
    forgetting. Nobody misreads more than half the acts: beyond that the opposite would be known.

    >>> round(float(clearer(0.10, 0.10, 1.0, forgetting=0.05)), 4)
    0.1
    >>> round(float(clearer(0.10, 0.10, 0.5, forgetting=0.0)), 4)
    0.05
    >>> round(float(clearer(0.48, 0.10, 1.2, forgetting=0.0)), 4)
    0.5
    """
    left = np.minimum(misperception * seen, _BLIND)
    return left + forgetting * (usual - left)


def within_budget(wanted, urgency, cost, budget):
    """Which wanted meetings (R, F, N) fit the attention budget (R, N), taken in order of urgency (R, F, N).

    cost: (R, F). A meeting without cost is always within it and moves no other.
    """
    if wanted.shape[1] == 1:  # the usual month: one meeting, nothing to put in order
        return wanted & ((cost[:, :, None] <= budget[:, None, :]) | (cost == 0.0)[:, :, None])
    order = np.argsort(-urgency, axis=1, kind="stable")
    spent = np.take_along_axis(np.where(wanted, cost[:, :, None], 0.0), order, axis=1)
    fits = np.empty_like(wanted)
    np.put_along_axis(fits, order, spent.cumsum(axis=1) <= budget[:, None, :], axis=1)
    return wanted & (fits | (cost == 0.0)[:, :, None])


@derived
def _bandwidth(track, p):
    """What a meeting of each forum carries: (1, F), or (R, F) where it differs from future to future."""
    bandwidth = np.where(track == 1.0, 1.0, np.where(track == 2.0, p.track_2_bandwidth, p.track_15_bandwidth))
    return np.atleast_2d(bandwidth.astype(track.dtype))


@derived
def _match(hard, soft, agenda_hard, agenda_soft):
    """Interest of each state in the agenda of each forum (R, F, N): the best of the parts that are on it, else one half."""
    hard, soft = hard[:, None], soft[:, None]
    interest = np.maximum(hard * agenda_hard[:, None, :], soft * agenda_soft[:, None, :])
    return np.where(hard | soft, interest, interest.dtype.type(0.5))


def _interest(world):
    return _match(world.forum_hard, world.forum_soft, world.agenda_hard, world.agenda_soft)


@derived
def _size(member):
    """Members of each forum, at least 1: (R, F)."""
    return np.maximum(total(member), 1.0)


@derived
def _rivals(member, rival):
    """Share of rivals among the other members, for each state and forum (R, F, N)."""
    others = np.maximum(_size(member) - 1.0, 1.0)[..., None]
    return np.einsum("rfk,ki->rfi", member.astype(others.dtype), rival.astype(others.dtype)) / others


@derived
def _strangers(member, relations):
    """Share of the other members without diplomatic relations with each state (R, F, N)."""
    others = np.maximum(_size(member) - 1.0, 1.0)[..., None]
    missing = ~relations & ~np.eye(member.shape[2], dtype=bool)
    return np.einsum("rfk,rik->rfi", member.astype(others.dtype), missing.astype(others.dtype)) / others


def start(world, p, noise):
    """Talks that are open at the start are drawn; the first misperception is also the usual one."""
    return {
        "talks": noise.pair("open at the start") < np.maximum(world.talks_chance, np.swapaxes(world.talks_chance, 1, 2)),
        "misperception_usual": world.misperception.copy(),
    }


def terms(world, p, which):
    """The terms of every state's chance to come to the forums `which`, (R, len(which), N) each."""
    named = attend_terms(
        _interest(world).take(which, axis=1),
        _rivals(world.member, world.rival).take(which, axis=1) * world.will[:, None, :],
        world.forum_capital.take(which, axis=1)[:, :, None],
        world.forum_level.take(which, axis=1)[:, :, None],
        world.sovereignty[:, None, :],
        _strangers(world.member, world.relations).take(which, axis=1),
        world.forum_host[None, which].astype(world.will.dtype),
        p=p.dyad,
    )
    return {**named, PUSHED: world.attend_push.take(which, axis=1)}


@derived
def _any(orders):
    """Whether anything is set from outside."""
    return bool(orders.any())


def _meetings(world, p, noise, actors):
    """Who comes to the meetings of this month: chances and attendance (R, F, N), and which forums met (R, F)."""
    due = (world.date + 1 - world.forum_first) % world.forum_every == 0
    called = world.forum_active & due
    if _any(world.meeting_order):
        called = (called & (world.meeting_order >= 0)) | (world.meeting_order > 0)
    which = called.any(axis=0).nonzero()[0]
    default = world.attend_chance
    if len(which):
        asked = called.take(which, axis=1)[:, :, None]
        fresh = logistic(reduce(add, terms(world, p, which).values()))
        default = default.copy()
        default[:, which] = np.where(asked & world.member.take(which, axis=1), fresh, default.take(which, axis=1))
    chance = actors(default)  # asked every month: what a doctrine remembers must not hang on other futures' meetings
    if chance is not default:  # only the chances of forums that are called count
        chance = np.where(called[:, :, None] & world.member, chance, default)
    if not len(which):
        return chance, world.attendance, called
    wanted = asked & (noise.seat("attend").take(which, axis=1) < chance.take(which, axis=1))
    # A host goes to its own meeting first.
    urgency = _interest(world).take(which, axis=1) + world.forum_host[which]
    came = within_budget(wanted, urgency, world.forum_attention.take(which, axis=1), world.attention)
    attendance, met = world.attendance.copy(), called.copy()
    attendance[:, which] = np.where(asked, came, attendance.take(which, axis=1))
    met[:, which] &= total(came) >= 2.0
    return chance, attendance, met


def _both_sides(value):
    """A state's value (R, N) for either side of each dyad, (R, N, N) each."""
    r, n = value.shape
    return value[:, :, None].repeat(n, axis=2), value.repeat(n, axis=0).reshape(r, n, n)


def _seen(world, p, met, attendance):
    """Factor (R, N, N) by which shared meetings shrink misperception, and how fully both sat at a hard-security table."""
    seen, together, bandwidths, size = 1.0, 0.0, _bandwidth(world.forum_track, p.state), _size(world.member)
    for forum in met.any(axis=0).nonzero()[0]:
        present = attendance[:, forum] & met[:, forum, None]
        turnout, bandwidth = total(present) / size[:, forum], bandwidths[:, forum]
        effect = p.clarity * world.forum_vitality[:, forum] * turnout * bandwidth
        effect = effect * world.forum_information[:, forum]
        both = np.logical_and(*_both_sides(present)).astype(effect.dtype)
        seen = seen * (1.0 - effect[:, None, None] * both)
        if world.forum_hard[forum]:
            together = np.maximum(together, bandwidth[:, None, None] * both)
    return seen, together


@derived
def _volatile(volatility):
    """How volatile the more volatile of two leaders is, above what is usual (R, N, N)."""
    return np.maximum(*_both_sides(volatility)) - _USUAL_VOLATILITY


def talks_terms(world, p, together):
    """What the chance is made of that talks between two states open (where there are none) or break down (where there
    are), in log-odds, (R, N, N) each. together: how fully both sat at a table on hard security this month, 0..1."""
    talking, hot = world.talks.astype(world.will.dtype), world.talks & (world.hostility >= _FORCE)
    silent = 1.0 - talking
    will = np.minimum(*_both_sides(world.will)) - _MIDDLING_WILL
    return {
        "usual chance": talking * log_odds(p.dyad.talks_end) + silent * log_odds(p.dyad.talks_open),
        "will of the less willing side": (silent * p.dyad.will_opens - talking * p.dyad.will_holds) * will,
        "shared table on hard security": silent * (p.dyad.meeting_opens * together),
        "force last month": hot.astype(talking.dtype) * p.dyad.force_ends,
        "agreement in force": (silent - talking) * (p.dyad.agreement_talks * world.bound),
        "the more volatile leader": talking * (p.dyad.volatility_ends * _volatile(world.volatility)),
        PUSHED: (silent - talking) * world.talks_push,
    }


def step(world, p, noise, actors):
    chance, attendance, met = _meetings(world, p, noise, actors)
    seen, together = 1.0 - p.dyad.verification_clarity * world.verified, 0.0
    if np.count_nonzero(met):
        at_meetings, together = _seen(world, p, met, attendance)
        seen *= at_meetings
    if _any(world.sight_push):  # whoever is told wrong misreads, at the worst, every other act
        worst = 0.5 / np.maximum(world.misperception, 1e-6)
        seen = np.minimum(seen * np.maximum(1.0 - world.sight_push, 0.0), worst).astype(seen.dtype)
    changes = noise.pair("talks") < logistic(reduce(add, talks_terms(world, p, together).values()))
    talks = world.talks ^ changes
    told = {}
    if _any(world.talks_order):
        talks = (talks | (world.talks_order > 0)) & (world.talks_order >= 0)
        told["talks_order"] = np.zeros_like(world.talks_order)  # an order holds for one month
    if _any(world.meeting_order):
        told["meeting_order"] = np.zeros_like(world.meeting_order)
    n = talks.shape[1]
    talks.reshape(-1, n * n)[:, :: n + 1] = False  # with oneself
    return {
        **told,
        "met": met,
        "attend_chance": chance,
        "attendance": attendance,
        "misperception": clearer(
            world.misperception, world.misperception_usual, seen, forgetting=p.dyad.forgetting
        ),
        "talks": talks,
        "breakdown": world.talks & ~talks,
    }
