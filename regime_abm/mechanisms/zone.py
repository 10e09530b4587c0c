"""A zone free of nuclear weapons assures as far as its guarantors ratify, and takes from its members what shielded them.

Theory: such zones trade renunciation for assurances by nuclear states, in a treaty of three and three here [umebayashi2012;
    halperin2012]; pacts of many can carry a promise further, or leave each to the others [lupu2016]; norms agreed on the
    hardest issue may spread [finnemore1998], unless those who preach do not practise [krasner1999].
Equation: once the treaty is in force each guarantor comes to a decision with chance `decides` a month, and ratifies its protocol
    with chance logistic(log-odds(ratifies) + will_ratifies * (will - 1/2) - reluctance, if it is known to be slow); otherwise it is
    shelved. The owner's belief in a guarantor changes by good standing * ratified * (protocol * form of the treaty + frame *
    log(1 + others who ratified)) - letdown, if shelved - hypocrisy * how much worse than its own the worst guarantor's record
    of broken promises is; good standing = 1 - conditional * share of own steps not taken. The odds that a protector among the
    guarantors stands by a member fall by the share `umbrella_loss`. What speaks for the norm changes, for members and those who
    ratified, by spill_over * share of the steps taken - scorn * the worst record. `late` = share of the others' steps that come
    before the owner's first disarming one, less 1/2: its log-odds to sign rise by waiver * late, the others' fall by inequity * late.
Leaves out: transit and delivery, inspectors, withdrawal clauses, guarantors' veto over the treaty's text; opinion at home.
Channels of harm: the umbrella is lost at once, while ratification takes years and may fail; members who then feel bare fear
    more and may hedge; one guarantor's broken promise elsewhere costs all of them belief, and the norm its name.
Rival accounts: assurances are scraps of paper: `protocol` and `frame` 0; each leaves it to the others: `frame` below 0; the
    issue stays alone: `spill_over` 0; deterrence needs no basing: `umbrella_loss` 0.
"""

from __future__ import annotations

from functools import reduce
from operator import add
from types import SimpleNamespace

import numpy as np

from regime_abm.core.derived import derived
from regime_abm.core.maths import log_odds, logistic, signed_since_start
from regime_abm.core.parameter import At, Parameter, Uniform

READS = (
    "month",
    "zone_treaty",
    "slow_to_ratify",
    "disarming_step",
    "umbrella_from",
    "party",
    "guarantor",
    "agreement_turn",
    "agreement_steps",
    "agreement_binding",
    "in_force",
    "agreement_age",
    "steps_done",
    "ratification",
    "will",
    "reneging",
    "credibility_push",
    "norm_push",
    "sign_push",
)
WRITES = ("ratification", "credibility_push", "norm_push", "sign_push")

PARAMETERS = (
    Parameter("decides", 0.025, 0.0, 1.0, Uniform(0.005, 0.045), "per month", "Chance that a guarantor comes to decide about its protocol; the mean wait is one over it.", "protocols to other zones took from one to some fifteen years, where they were ratified at all (recalled)", "expert"),
    Parameter("ratifies", 0.55, 0.001, 0.999, Uniform(0.2, 0.9), "probability", "Chance that a guarantor of middling will, not known to be slow, ratifies when it decides.", "own_judgement; range wide as no such treaty exists here", "expert"),
    Parameter("reluctance", 0.9, -2.0, 5.0, Uniform(-0.2, 2.0), "log-odds", "How much it speaks against ratifying that the state left other such protocols unratified.", "two protocols signed and not ratified (recalled, see the region's roles)", "expert"),
    Parameter("will_ratifies", 2.0, -4.0, 8.0, Uniform(0.0, 4.0), "log-odds", "How much the guarantor's political will speaks for ratifying."),
    Parameter("protocol", 0.75, -1.0, 4.0, Uniform(0.0, 1.5), "log-odds", "How much a ratified protocol to a fully binding treaty adds to the owner's belief in that guarantor's successors.", "leeds2009 (sign); range as of binding in credibility", "expert"),
    Parameter("frame", 0.45, -2.0, 4.0, Uniform(-0.3, 1.2), "log-odds per log(1 + others)", "How much further guarantors who ratified add to that; below 0 each leaves it to the others.", "lupu2016 (for); the Budapest memorandum of 1994 (against); range through zero", "expert"),
    Parameter("letdown", 0.3, -2.0, 3.0, Uniform(-0.2, 0.8), "log-odds", "How much a shelved protocol takes from the owner's belief; below 0 it is thought to be home politics."),
    Parameter("conditional", 0.5, 0.0, 1.0, Uniform(0.0, 1.0), "share", "How much of the assurances the owner has only as far as it has taken its own steps."),
    Parameter("hypocrisy", 0.8, 0.0, 5.0, Uniform(0.0, 1.6), "log-odds", "How much one guarantor's full record of broken promises, toward anybody, takes from the belief in the others.", "the Budapest memorandum of 1994 and what came of it; press2005 (0)", "expert"),
    Parameter("umbrella_loss", 0.3, 0.0, 0.99, Uniform(0.0, 0.6), "share of the odds", "How much the treaty takes from the odds that a protector's next governments stand by a member of the zone.", "umebayashi2012 and halperin2012 discuss it; no size known", "expert"),
    Parameter("spill_over", 0.25, -1.0, 3.0, Uniform(0.0, 0.5), "pull", "How much the treaty, carried out, speaks for the norm of peaceful settlement in general; 0 keeps the issue to itself.", "finnemore1998 (sign)", "expert"),
    Parameter("scorn", 0.3, -1.0, 3.0, Uniform(0.0, 0.6), "pull", "How much the worst guarantor's full record of broken promises speaks against it.", "krasner1999 (sign)", "expert"),
    Parameter("waiver", 0.8, -2.0, 5.0, Uniform(0.0, 1.6), "log-odds", "How much easier the owner signs when all others' steps come before its disarmament, against all after it."),
    Parameter("inequity", 0.6, -2.0, 5.0, Uniform(0.0, 1.2), "log-odds", "How much harder the others then sign."),
)

_MIDDLING = 0.5  # will that moves nothing


def belief_terms(ratified, shelved, others, standing, form, worse, *, p):
    """What the zone adds to the owner's belief in a guarantor's successors, in log-odds by name.

    ratified, shelved: by this guarantor, 1 or 0; others: how many other guarantors ratified; standing, form: 0..1; worse: by how
    much the worst guarantor's record of broken promises exceeds its own, 0..1.
    """
    return {
        "protocol ratified": standing * ratified * p.protocol * form,
        "frame of several": standing * ratified * p.frame * np.log1p(others),
        "protocol shelved": -p.letdown * shelved,
        "others' broken promises": -p.hypocrisy * worse,
    }


def chance_to_ratify(will, slow, *, ratifies, weight, reluctance):
    """Chance that a guarantor of that will ratifies, once it decides; slow: 1 or 0.

    >>> round(float(chance_to_ratify(0.5, 0.0, ratifies=0.55, weight=2.0, reluctance=1.0)), 4)
    0.55
    """
    return logistic(log_odds(ratifies) + weight * (will - _MIDDLING) - reluctance * slow)


@derived
def _zones(zone_treaty, slow_to_ratify, disarming_step, umbrella_from, party, guarantor, turn, steps):
    """One entry for each zone: its code, steps, members, guarantors (K,) with those known to be slow, owners of arsenals with
    the share of their own steps among the first so many (S + 1,) and how late they disarm, and pairs of who relies on whom."""
    found = []
    for code in np.flatnonzero(zone_treaty).tolist():
        members, guarantors = party[code], np.flatnonzero(guarantor[code])
        foreseen, owners = turn[code, : steps[code]], []
        for who in np.unique(foreseen[disarming_step[code, : steps[code]]]).tolist():
            mine, first = foreseen == who, np.argmax((foreseen == who) & disarming_step[code, : steps[code]])
            before = (~mine[:first]).sum() / max((~mine).sum(), 1)
            taken = np.append(0.0, np.cumsum(mine) / mine.sum()).astype(np.float32)
            others = np.flatnonzero(members & (np.arange(len(members)) != who))
            owners.append(SimpleNamespace(who=who, taken=taken, late=float(before) - 0.5, others=others))
        found.append(
            SimpleNamespace(
                code=code,
                steps=int(steps[code]),
                members=members,
                guarantors=guarantors,
                slow=slow_to_ratify[guarantors].astype(np.float32),
                owners=owners,
                shields=np.argwhere(np.outer(members, guarantor[code]) & umbrella_from).tolist(),
            )
        )
    return tuple(found)


def _decided(world, p, noise, zone, rows):
    """What the zone's guarantors have decided after this month, (K, G), in the futures `rows` in which it is in force."""
    before = world.ratification[rows[:, None], zone.code, zone.guarantors]
    before = before * (world.agreement_age[rows, zone.code] > 0.0)[:, None]  # a new treaty begins anew
    names = [f"{world.names.agreements[zone.code]}:{world.names.drawn_states[k]}" for k in zone.guarantors]
    decides, luck = (
        np.array([noise.named(draw, name).take(rows) for name in names]).T for draw in ("decides", "ratifies")
    )
    at, will = At(p, rows[:, None]), world.will[rows[:, None], zone.guarantors]
    chance = chance_to_ratify(will, zone.slow, ratifies=at.ratifies, weight=at.will_ratifies, reluctance=at.reluctance)
    found = np.where(luck < chance, 1, -1) * (decides < at.decides)
    return np.where(before == 0, found, before).astype(np.int8)


def _assured(world, p, zone, rows, decided, sums):
    """Add what a zone in force in the futures `rows` does to the arrays of `sums`, in place."""
    code, at, wide = zone.code, At(p, rows), At(p, rows[:, None])
    done, ratified = world.steps_done[rows, code], (decided > 0).astype(np.float32)
    record = world.reneging[rows[:, None], zone.guarantors]
    worst = record.max(axis=1)
    for owner in zone.owners:
        standing = 1.0 - wide.conditional * (1.0 - owner.taken[done])[:, None]
        others = ratified.sum(axis=1, keepdims=True) - ratified
        form, worse = world.agreement_binding[rows, code, None], worst[:, None] - record
        terms = belief_terms(ratified, decided < 0, others, standing, form, worse, p=wide)
        sums["credibility_push"][rows[:, None], owner.who, zone.guarantors] += reduce(add, terms.values())
    for member, protector in zone.shields:
        sums["credibility_push"][rows, member, protector] += np.log1p(-at.umbrella_loss)
    share = done / np.float32(zone.steps) if zone.steps else np.float32(1.0)
    heeds = np.tile(zone.members, (len(rows), 1))
    heeds[:, zone.guarantors] |= decided > 0
    sums["norm_push"][rows] += (at.spill_over * share - at.scorn * worst)[:, None] * heeds


def step(world, p, noise):
    sums = {"sign_push": world.sign_push.copy()}
    new = signed_since_start(world.in_force, world.agreement_age, world.month)
    for zone in _zones(
        world.zone_treaty,
        world.slow_to_ratify,
        world.disarming_step,
        world.umbrella_from,
        world.party,
        world.guarantor,
        world.agreement_turn,
        world.agreement_steps,
    ):
        for owner in zone.owners:
            sums["sign_push"][:, zone.code, owner.who] += p.waiver * owner.late
            sums["sign_push"][:, zone.code, owner.others] -= p.state.inequity * owner.late
        rows = np.flatnonzero(new[:, zone.code])
        if not len(zone.guarantors) or not (len(rows) or world.ratification[:, zone.code].any()):
            continue
        for name in WRITES:
            sums.setdefault(name, getattr(world, name).copy())
        decided = _decided(world, p, noise, zone, rows)
        sums["ratification"][:, zone.code] = 0  # where it is not in force there is nothing to ratify
        sums["ratification"][rows[:, None], zone.code, zone.guarantors] = decided
        _assured(world, p, zone, rows, decided, sums)
    return sums
