"""Sanctions follow tests, leak as the great powers quarrel, and move their target's will and arsenal, nobody knows which way.

Theory: whether sanctions bring concessions is disputed [drezner1999; pape1997]; third parties break them [early2015]; they and
    inducements work, if at all, with a target that wants to trade [haggard2017].
Equation: sanctions' = sanctions + tighten * tests last month * (1 - sanctions) * 2 * logistic(-veto * rivalry) + easing *
    (1/2 - senders' mean will) * (what is left to 1, or to 0) - relief_size for each relieving step truly taken, within 0..1.
    Leakage = logistic(log-odds of the first + leaks * rivalry - closes, in a campaign). Bite = sanctions * (1 - leakage).
    The change of the bite since the start moves, for the target, will by `will_effect`, signatures and steps toward senders by
    `concessions`, campaigns by `defiance`, growth of the arsenal by -`starves`, capability by -`wears`; the will of senders and
    their allies by -`trade_cost`. `fungible` of what is eased goes into the arsenal.
Leaves out: which goods and accounts are hit, humanitarian harm, each sender's own sanctions, secondary ones, smuggling as an
    industry that lasts.
Channels of harm: sanctions may harden (`will_effect`, `concessions` below 0, `defiance` above 0) and weary those who keep
    them; relief feeds the arsenal (`fungible`) and takes off what starved it.
Rival accounts: sanctions work: `concessions` and `will_effect` above 0 [drezner1999]; they do not: both 0 or below [pape1997];
    the leak decides: `leaks` high [early2015].
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from regime_abm.core.derived import derived
from regime_abm.core.maths import log_odds, logistic
from regime_abm.core.parameter import Normal, Parameter, Uniform

READS = (
    "month",
    "sanctioned",
    "sanctioning",
    "leaking",
    "relieving_step",
    "party",
    "agreement_turn",
    "alliance",
    "sanctions",
    "sanctions_leakage",
    "sanctions_push",
    "bite_start",
    "rivalry",
    "tests",
    "campaign",
    "will",
    "capability",
    "in_force",
    "agreement_idle",
    "steps_done",
    "cheat",
    "will_push",
    "campaign_push",
    "sign_push",
    "step_push",
)
WRITES = (
    "sanctions",
    "sanctions_bite",
    "arsenal_means",
    "arsenal_inflow",
    "capability",
    "will_push",
    "campaign_push",
    "sign_push",
    "step_push",
)
STARTS = ("bite_start", "sanctions_bite")
CALIBRATED = {"bite_start": "sanctions_bite"}  # the baseline's: sanctions that a scenario assumes count as a change

PARAMETERS = (
    Parameter("tighten", 0.03, 0.0, 0.5, Uniform(0.0, 0.06), "share per month", "How much of what is left to full sanctions follows a month with tests.", "ten resolutions, 2006 to 2017, while the judged level rose from .35 to .85 over some fifty months with tests (region's facts)", "estimated"),
    Parameter("veto", 0.75, -3.0, 5.0, Uniform(0.0, 1.5), "log-odds", "How much a unit of rivalry keeps further sanctions from following, where somebody leaks.", "no resolution with new measures followed the tests since 2018 (list of the committee)", "expert"),
    Parameter("easing", 0.0075, -0.1, 0.1, Uniform(-0.005, 0.02), "per month", "How much senders bent on diplomacy ease sanctions, and others tighten them; below 0 will is spent on pressure."),
    Parameter("relief_size", 0.11, 0.0, 1.0, Uniform(0.02, 0.2), "scale", "How much of the scale one relieving step eases."),
    Parameter("leaks", 0.4, -2.0, 3.0, Uniform(-0.2, 1.0), "log-odds", "How much a unit of rivalry adds to the leakage; below 0 great powers compete in compliance.", "early2015 (third parties break sanctions); the size is a judgement", "expert"),
    Parameter("closes", 0.4, -2.0, 3.0, Uniform(-0.2, 1.0), "log-odds", "How much a campaign of tests closes the leaks.", "leakage is judged .25 in 2017 and .35 to .45 in the quiet after it (region's files)", "expert"),
    Parameter("will_effect", 0.0, -3.0, 3.0, Normal(0.0, 0.4), "log-odds", "How much full sanctions, new, would add to the target's will.", "drezner1999 (above 0), pape1997 (0); sign free", "expert"),
    Parameter("concessions", 0.0, -5.0, 5.0, Normal(0.0, 0.8), "log-odds", "How much full sanctions, new, would add to the target's chance to sign and carry out agreements with senders.", "drezner1999 (above 0), pape1997 (0 or below); sign free", "expert"),
    Parameter("defiance", 0.0, -3.0, 3.0, Normal(0.0, 0.4), "log-odds", "How much full sanctions, new, would add to campaigns of tests.", "haggard2017 (target's kind decides); sign free", "expert"),
    Parameter("trade_cost", 0.15, -1.0, 2.0, Uniform(0.0, 0.3), "log-odds", "How much full sanctions, new, would take from the will of senders and their allies, whose trade they cost."),
    Parameter("starves", 0.4, -2.0, 4.0, Uniform(-0.2, 1.0), "log rate", "How much full sanctions, new, would slow the growth of the arsenal; below 0 they make it the first of priorities."),
    Parameter("fungible", 0.3, 0.0, 1.0, Uniform(0.0, 0.6), "share", "How much of what is eased goes into the arsenal.", "haggard2017 (inducements went where the state wanted them)", "expert"),
    Parameter("wears", 0.001, -0.01, 0.02, Uniform(0.0, 0.002), "log per month", "How much full sanctions, new, would wear the target's capability."),
)

_MIDDLING = 0.5  # will of senders that moves nothing
_SURE = 0.001  # no leakage is taken to be surer than this


def leakage(first, rivalry, campaign, *, leaks, closes):
    """The share of sanctions that leaks; first: at the start, in 0..1; campaign: 1 in a campaign of tests.

    >>> round(float(leakage(0.35, 0.0, 0.0, leaks=0.4, closes=0.4)), 4)
    0.35
    >>> round(float(leakage(0.5, 1.0, 0.0, leaks=1.0986, closes=0.4)), 3)
    0.75
    """
    return logistic(log_odds(np.clip(first, _SURE, 1.0 - _SURE)) + leaks * rivalry - closes * campaign)


def next_sanctions(sanctions, followed, bent, eased):
    """The level of sanctions a month on, 0..1. followed: share of what is left to 1 that follows tests; bent: what senders
    ease (above 0, of what there is) or tighten (below 0, of what is left); eased: what comes off by relief.

    >>> round(float(next_sanctions(0.8, 0.1, 0.05, 0.1)), 4)
    0.68
    """
    room = 1.0 - sanctions
    drift = -np.maximum(bent, 0.0) * sanctions - np.minimum(bent, 0.0) * room
    return np.clip(sanctions + followed * room + drift - eased, 0.0, 1.0)


@derived
def _targets(sanctioned, sanctioning, leaking, relieving_step, party, turn):
    """One entry for each target: who it is, its senders, whether anybody leaks, the agreements in which it faces a sender,
    and those that foresee relief for it, with whose step it is (C, S + 1), one place after it; -1 for others."""
    found = []
    for who in np.flatnonzero(sanctioned).tolist():
        senders = np.flatnonzero(sanctioning)
        senders = senders[senders != who]
        relief = relieving_step & (turn != who) & (turn >= 0) & party[:, [who]]
        codes = np.flatnonzero(relief.any(axis=1))
        owners = np.full((len(codes), turn.shape[1] + 1), -1)
        owners[:, 1:] = np.where(relief, turn, -1)[codes]
        found.append(
            SimpleNamespace(
                who=who,
                senders=senders,
                leaks=bool(leaking.sum() > leaking[who]),
                facing=np.flatnonzero(party[:, who] & party[:, senders].any(axis=1)),
                codes=codes,
                owners=owners.ravel(),
                places=np.arange(len(codes)) * owners.shape[1],
            )
        )
    return tuple(found)


def _all_targets(world):
    return _targets(
        world.sanctioned,
        world.sanctioning,
        world.leaking,
        world.relieving_step,
        world.party,
        world.agreement_turn,
    )


def _relieved(world, target):
    """Relieving steps for the target that were truly taken last month, (R,). Of a pretender none counts."""
    codes = target.codes
    owner = target.owners.take(world.steps_done[:, codes] + target.places)
    taken = (owner >= 0) & (owner != world.cheat[:, codes])
    # A step was taken last month where nothing has been idle since; what the files hold of the start is in the sanctions.
    fresh = world.in_force[:, codes] & (world.agreement_idle[:, codes] == 0.0) & (world.month > 1)
    return (taken & fresh).sum(axis=1, dtype=np.float32)


def _bite(world, p, target, sanctions):
    """How much sanctions of that level (R,) bite."""
    if not target.leaks:
        return sanctions
    campaign = world.campaign[:, target.who].astype(np.float32)
    first = world.sanctions_leakage[:, target.who]
    return sanctions * (1.0 - leakage(first, world.rivalry, campaign, leaks=p.leaks, closes=p.closes))


def _moved(world, p):
    """What sanctions come to this month: levels, bites, and what both mean for arsenals and capability, (R, N) each."""
    names = ("sanctions", "sanctions_bite", "arsenal_means", "arsenal_inflow", "capability")
    now = {name: np.zeros_like(world.will) for name in names}
    now["sanctions"], now["capability"] = world.sanctions.copy(), world.capability.copy()
    for target in _all_targets(world):
        who = target.who
        followed = p.tighten * (world.tests[:, who] > 0).astype(np.float32)
        if target.leaks:
            followed = followed * 2.0 * logistic(-p.veto * world.rivalry)
        wish = world.will[:, target.senders].mean(axis=1) - _MIDDLING if len(target.senders) else np.float32(0.0)
        push = world.sanctions_push[:, who]
        eased = p.relief_size * _relieved(world, target)
        before = world.sanctions[:, who]
        level = next_sanctions(before, np.minimum(followed, 1.0), p.easing * wish, eased - push)
        bite = _bite(world, p, target, level)
        change = bite - world.bite_start[:, who]
        now["sanctions"][:, who], now["sanctions_bite"][:, who] = level, bite
        now["arsenal_means"][:, who] = -p.starves * change
        now["arsenal_inflow"][:, who] = p.fungible * np.minimum(eased + np.maximum(-push, 0.0), before)
        now["capability"][:, who] = np.minimum(now["capability"][:, who] * np.exp(-p.wears * change), 1.0)
    return now


_PUSHED = ("will_push", "campaign_push", "sign_push", "step_push")


def _add(world, p, bites, sums):
    """Add this month's pushes to the arrays of `sums`, in place. bites: (R, N)."""
    for target in _all_targets(world):
        who = target.who
        change = bites[:, who] - world.bite_start[:, who]
        sums["will_push"][:, who] += p.will_effect * change
        sums["campaign_push"][:, who] += p.defiance * change
        for name in ("sign_push", "step_push"):
            sums[name][:, target.facing, who] += (p.concessions * change)[:, None]
        pays = (world.alliance[:, target.senders] > 0.0).any(axis=1)
        pays[:, target.senders] = True
        pays[:, who] = False
        sums["will_push"] -= (p.trade_cost * change)[:, None] * pays


def pushes(world, p):
    """What sanctions add to the sums of others this month, by the fleeting quantity that it joins."""
    sums = {name: np.zeros_like(getattr(world, name)) for name in _PUSHED}
    _add(world, p, _moved(world, p)["sanctions_bite"], sums)
    return sums


def start(world, p, noise):
    """How much the sanctions of the start bite, from which a change is counted."""
    bites = np.zeros_like(world.will)
    for target in _all_targets(world):
        bites[:, target.who] = _bite(world, p, target, world.sanctions[:, target.who])
    return {"bite_start": bites, "sanctions_bite": bites.copy()}


def step(world, p, noise):
    now = _moved(world, p)
    sums = {name: getattr(world, name).copy() for name in _PUSHED}
    _add(world, p, now["sanctions_bite"], sums)
    return {**now, **sums}
