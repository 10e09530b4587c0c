"""A state gives up its arsenal, step by step, for assurances that it believes: what it gives up keeps the assurer honest.

Theory: an arsenal serves against threats from outside, at home, and as leverage [sagan1996; sechser2013]; who gives up power
    for a promise makes it easier to break, and both sides know [fearon1995; powell2006]; costly first moves expose whoever
    makes them [kydd2005].
Equation: arsenal' = arsenal + ((production + testing, in a campaign) * exp(means) + inflow) * what a freeze leaves *
    (1 - arsenal) - step_size for each disarming step truly taken, within 0..1. The worth of a step = what it would cut * (assurance *
    credibility + relief * sanctions' bite - threat * (1 - credibility) - domestic - coercive * (1 - trust) - exposure *
    (1 - credibility) * (1 + steps ahead)). It moves the steps by `deeds`, the signature by `words`. As the arsenal falls
    below its start the assurer's gain from cooperation falls by tempts * fall, its signatures and steps with it, and its
    credibility by foresight * fall.
Leaves out: what an arsenal is made of, sites and delivery apart; bargaining over the size of steps; a pretender who turns
    honest in the same agreement, whose steps there count for nothing; allies' reliance on the assurer.
Channels of harm: each cut makes reneging more tempting (`tempts`), and both sides see it coming (`foresight`); relief frees
    means for the arsenal (see sanctions); a stalled bargain wearies; whoever moves first is exposed.
Rival accounts: the sceptics': `domestic` and `coercive` high, no assurance suffices [sagan1996]; leverage is a myth:
    `coercive` 0 [sechser2013]; an arsenal that shrinks disarms fear on both sides: `tempts` and `foresight` below 0.
"""

from __future__ import annotations

from functools import reduce
from operator import add
from types import SimpleNamespace

import numpy as np

from regime_abm.core.derived import derived
from regime_abm.core.parameter import Parameter, Uniform

READS = (
    "month",
    "assurance_from",
    "leverage_over",
    "disarming_step",
    "freezing_step",
    "relieving_step",
    "party",
    "agreement_turn",
    "arsenal",
    "arsenal_start",
    "arsenal_means",
    "arsenal_inflow",
    "arsenal_push",
    "sanctions_bite",
    "campaign",
    "dismantling",
    "in_force",
    "agreement_idle",
    "steps_done",
    "cheat",
    "threat",
    "credibility",
    "trust",
    "gain_push",
    "credibility_push",
    "sign_push",
    "step_push",
)
WRITES = ("arsenal", "gain_push", "credibility_push", "sign_push", "step_push")
STARTS = ("arsenal_start",)
CALIBRATED = {"arsenal_start": "arsenal_start"}  # the baseline's, whatever a scenario assumes: a smaller arsenal tempts

PARAMETERS = (
    Parameter("assurance", 1.0, -1.0, 4.0, Uniform(0.0, 2.0), "payoff", "What a fully credible assurance is worth to the owner, against a unit of threat from outside."),
    Parameter("relief", 0.2, -2.0, 3.0, Uniform(-0.1, 0.5), "payoff", "What relief from full sanctions is worth, where the bargain foresees it; below 0 relief looks like a bribe."),
    Parameter("domestic", 0.4, -1.0, 3.0, Uniform(0.0, 0.8), "payoff", "What a full arsenal is worth at home; the sceptics' parameter.", "sagan1996", "expert"),
    Parameter("coercive", 0.3, -1.0, 3.0, Uniform(0.0, 0.6), "payoff", "What a full arsenal is worth as leverage over a neighbour that is not trusted at all.", "sechser2013 (0: it gives none)", "expert"),
    Parameter("exposure", 0.5, -1.0, 3.0, Uniform(0.0, 1.0), "payoff", "What it costs to take a step under assurances not believed at all; again for each step by which the owner is ahead.", "kydd2005 (sign)", "expert"),
    Parameter("deeds", 4.0, 0.0, 20.0, Uniform(0.0, 8.0), "log-odds per payoff", "How much the worth of a step moves the chance that it is taken."),
    Parameter("words", 1.5, 0.0, 20.0, Uniform(0.0, 3.0), "log-odds per payoff", "How much the worth of the steps foreseen moves the chance to sign; words are cheaper than deeds."),
    Parameter("step_size", 0.275, 0.0, 1.0, Uniform(0.05, 0.5), "scale", "How much of the scale one disarming step cuts."),
    Parameter("freeze_price", 0.3, 0.0, 1.0, Uniform(0.0, 0.6), "share", "What a freezing step costs its owner, as a share of a disarming one."),
    Parameter("freeze_leaks", 0.25, 0.0, 1.0, Uniform(0.0, 0.5), "share", "How much of the growth goes on under a freeze, at sites that nobody declared."),
    Parameter("production", 0.003, 0.0, 0.1, Uniform(0.0, 0.006), "per month", "Growth of the arsenal without tests, as a share of what is left to 1.", "expert judgement by date (region's files): .12 in 2002, .55 in 2017, .8 in 2024; the split from testing is a judgement", "estimated"),
    Parameter("testing", 0.008, 0.0, 0.1, Uniform(0.0, 0.016), "per month", "What a campaign of tests adds to that.", "as production", "estimated"),
    Parameter("tempts", 0.4, -2.0, 3.0, Uniform(0.0, 0.8), "payoff", "How much a full arsenal, given up, would take from the assurer's gain from cooperation.", "fearon1995; powell2006", "expert"),
    Parameter("foresight", 0.8, -4.0, 8.0, Uniform(-0.4, 2.0), "log-odds", "How much a full arsenal, given up, would take from the belief in the assurer's successors; below 0 giving up invites good faith.", "powell2006 (sign)", "expert"),
    Parameter("sequence", 3.0, 0.0, 3.99, Uniform(0.0, 3.99), "choice", "Who is to move first; the whole part counts: 0 in parallel, nobody waits; 1 disarmament first; 2 peace first; 3 action for action.", "action for action was agreed in the statement of 2005 (region's record, recalled); a choice has no middle", "expert"),
    Parameter("insistence", 2.0, 0.0, 20.0, Uniform(0.0, 4.0), "log-odds", "How much whoever waits for the other's move holds its own steps back."),
)

DISARM_FIRST, PEACE_FIRST, ACTION_FOR_ACTION = 1, 2, 3


def next_arsenal(arsenal, growth, cut):
    """The arsenal a month on, 0..1: growth takes a share of what is left to 1, cuts come off.

    >>> round(float(next_arsenal(0.6, 0.01, 0.0)), 4), round(float(next_arsenal(0.1, 0.0, 0.25)), 4)
    (0.604, 0.0)
    """
    return np.clip(arsenal + growth * (1.0 - arsenal) - cut, 0.0, 1.0)


def worth_terms(threat, credibility, trust, bite, ahead, *, p):
    """What a unit of the arsenal, given up, gains and loses its owner, as payoff by name; all arguments in 0..1, but ahead.

    threat, credibility: means over the assurers; trust: in whom the arsenal gives leverage over; bite: of sanctions that the
    bargain would ease; ahead: steps by which the owner is ahead of the assurers.
    """
    doubt = 1.0 - credibility
    return {
        "assurances believed": p.assurance * credibility,
        "relief from sanctions": p.relief * bite,
        "shield against threats": -threat * doubt,
        "standing at home": -p.domestic,
        "leverage": -p.coercive * (1.0 - trust),
        "exposure": -p.exposure * doubt * (1.0 + ahead),
    }


def waits(sequence, own, others, disarmed):
    """Who holds its steps back, the owner of the arsenal and its assurers, as flags.

    own, others: steps taken by either in agreements in force between them; disarmed: freezing and disarming ones of the owner.

    >>> sequence, own, others = np.array([2.0, 2.0, 1.0, 3.9, 0.0]), np.array([0, 0, 1, 2, 0]), np.array([0, 1, 0, 1, 0])
    >>> owner, assurers = waits(sequence, own, others, np.array([0, 0, 0, 1, 0]))
    >>> owner.tolist(), assurers.tolist()
    ([True, False, False, True, False], [False, False, True, False, False])
    """
    order = np.floor(sequence)
    in_turn = order == ACTION_FOR_ACTION
    owner = ((order == PEACE_FIRST) & (others == 0)) | (in_turn & (own > others))
    assurers = ((order == DISARM_FIRST) & (disarmed == 0)) | (in_turn & (others > own))
    return owner, assurers


@derived
def _owners(assurance_from, leverage_over, disarming_step, freezing_step, relieving_step, party, turn):
    """One entry for each state that may disarm: who it is, its assurers, over whom it has leverage, and its agreements.

    tracks (T,): agreements with marked steps of its own, or with an assurer, those with marked steps first; codes (B,): those
    with marked steps; counted (T * (S + 1), 3): steps of its own, of the assurers, and its marked ones, among the first so
    many; next (2, B * (S + 1)): whether the step after so many is a disarming, a freezing one of its own; places (T,): where
    an agreement's rows begin in both; eased (B,): whether the agreement foresees relief for it; seats: each assurer, with the
    codes and the tracks to which it is a party.
    """
    found = []
    for who in np.flatnonzero(assurance_from.any(axis=1)).tolist():
        assurers = np.flatnonzero(assurance_from[who])
        mine = turn == who
        marked = (disarming_step | freezing_step) & mine
        theirs = np.isin(turn, assurers)
        bargains = marked.any(axis=1)
        besides = party[:, who] & party[:, assurers].any(axis=1) & (turn >= 0).any(axis=1) & ~bargains
        codes = np.flatnonzero(bargains)
        tracks = np.concatenate([codes, np.flatnonzero(besides)])
        counted = np.zeros((len(tracks), turn.shape[1] + 1, 3), np.float32)
        counted[:, 1:] = np.cumsum(np.stack([mine, theirs, marked], axis=2)[tracks], axis=1)
        kinds = np.zeros((len(codes), turn.shape[1] + 1, 2), np.float32)
        kinds[:, :-1] = np.stack([disarming_step & mine, freezing_step & mine], axis=2)[codes]
        seats = [(a, codes[party[codes, a]], tracks[party[tracks, a]]) for a in assurers.tolist()]
        freezes = kinds[:, :, 1]
        found.append(
            SimpleNamespace(
                who=who,
                assurers=assurers,
                neighbours=np.flatnonzero(leverage_over[who]),
                tracks=tracks,
                codes=codes,
                counted=counted.reshape(-1, 3),
                next=np.ascontiguousarray(kinds.reshape(-1, 2).T),
                places=np.arange(len(tracks)) * (turn.shape[1] + 1),
                frozen_from=np.where(freezes.any(axis=1), freezes.argmax(axis=1) + 1, turn.shape[1] + 2),
                eased=(relieving_step & ~mine & (turn >= 0)).any(axis=1)[codes].astype(np.float32),
                foreseen=kinds.sum(axis=1).T,
                seats=seats,
            )
        )
    return tuple(found)


def _all_owners(world):
    return _owners(
        world.assurance_from,
        world.leverage_over,
        world.disarming_step,
        world.freezing_step,
        world.relieving_step,
        world.party,
        world.agreement_turn,
    )


def _steps(world, owner):
    """Rows of the owner's tables at which its agreements in force stand (R, T), and the steps taken in them together: own,
    the assurers', marked ones, (R,) each."""
    rows = world.steps_done[:, owner.tracks] * world.in_force[:, owner.tracks] + owner.places
    return rows, np.einsum("rtk->kr", owner.counted.take(rows, axis=0))


def _mean(values, who, others):
    """Mean of what a state thinks of some others, (R,); 0 where there are none."""
    if len(others) == 1:
        return values[:, who, others[0]]
    return values[:, who, others].mean(axis=1) if len(others) else values[:, who, who] * 0.0


def _worth(world, p, owner, ahead):
    """The terms of a unit's worth in each bargain, (R, B) each or (R, 1)."""
    who, wide = owner.who, p.state
    trust = _mean(world.trust, who, owner.neighbours) if len(owner.neighbours) else np.ones(world.replicates, np.float32)
    return worth_terms(
        _mean(world.threat, who, owner.assurers)[:, None],
        _mean(world.credibility, who, owner.assurers)[:, None],
        trust[:, None],
        world.sanctions_bite[:, who, None] * owner.eased,
        ahead[:, None],
        p=wide,
    )


def terms(world, p, state):
    """What the worth of a unit is made of for the state of that index, by name, (R, B) or (R, 1) each; {} for one that owns
    nothing to bargain over."""
    for owner in _all_owners(world):
        if owner.who == state:
            _, (own, others, _) = _steps(world, owner)
            return _worth(world, p, owner, np.maximum(own - others, 0.0))
    return {}


_PUSHED = ("gain_push", "credibility_push", "sign_push", "step_push")


def _add(world, p, sums):
    """Add this month's pushes to the arrays of `sums`, in place."""
    for owner in _all_owners(world):
        who, wide = owner.who, p.state
        rows, (own, others, disarmed) = _steps(world, owner)
        worth = reduce(add, _worth(world, p, owner, np.maximum(own - others, 0.0)).values())
        worth = worth * np.minimum(p.step_size, world.arsenal[:, who])[:, None]  # of what one step would cut
        fall = p.tempts * (world.arsenal_start[:, who] - world.arsenal[:, who])
        owner_waits, assurers_wait = waits(p.sequence, own, others, disarmed)
        rows = rows[:, : len(owner.codes)]
        disarms, freezes = owner.next[0].take(rows), owner.next[1].take(rows)
        held = p.insistence * owner_waits.astype(np.float32)
        steps = wide.deeds * worth * (disarms + wide.freeze_price * freezes) - held[:, None] * (disarms + freezes)
        sums["step_push"][:, owner.codes, who] += steps
        foreseen = owner.foreseen[0] + wide.freeze_price * owner.foreseen[1]
        sums["sign_push"][:, owner.codes, who] += wide.words * worth * foreseen
        signs, steps = p.words * fall, p.deeds * fall + p.insistence * assurers_wait.astype(np.float32)
        doubt = p.foresight * (world.arsenal_start[:, who] - world.arsenal[:, who])
        for assurer, bargains, tracks in owner.seats:
            sums["gain_push"][:, assurer, who] -= fall
            sums["credibility_push"][:, who, assurer] -= doubt
            sums["sign_push"][:, bargains, assurer] -= signs[:, None]
            sums["step_push"][:, tracks, assurer] -= steps[:, None]


def pushes(world, p):
    """What the bargains add to the sums of others this month, by the fleeting quantity that it joins."""
    sums = {name: np.zeros_like(getattr(world, name)) for name in _PUSHED}
    _add(world, p, sums)
    return sums


def _changed(world, p):
    """The arsenals after last month's growth and steps."""
    arsenal = world.arsenal.copy()
    for owner in _all_owners(world):
        who, codes = owner.who, owner.codes
        honest = world.in_force[:, codes] & (world.cheat[:, codes] != who)
        done = world.steps_done[:, codes]
        # A step was taken last month where nothing has been idle since; what the files hold of the start is in its arsenal.
        fresh = honest & (world.agreement_idle[:, codes] == 0.0) & (done > 0) & (world.month > 1)
        disarmed = owner.next[0].take(np.maximum(done - 1, 0) + owner.places[: len(codes)]) * fresh
        frozen = (honest & (done >= owner.frozen_from)).any(axis=1)
        growth = (p.production + p.testing * world.campaign[:, who].astype(np.float32)) * np.exp(world.arsenal_means[:, who])
        growth = growth + world.arsenal_inflow[:, who] + world.arsenal_push[:, who]
        growth = np.minimum(growth * np.where(frozen, p.freeze_leaks, 1.0), 1.0)
        cut = p.step_size * disarmed.sum(axis=1) + world.dismantling[:, who]
        arsenal[:, who] = next_arsenal(arsenal[:, who], growth, cut)
    return arsenal


def start(world, p, noise):
    """The arsenals from which a fall is counted."""
    return {"arsenal_start": world.arsenal.copy()}


def step(world, p, noise):
    sums = {name: getattr(world, name).copy() for name in _PUSHED}
    _add(world, p, sums)
    return {"arsenal": _changed(world, p), **sums}
