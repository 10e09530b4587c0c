"""Agreements are signed cheaply and carried out dearly: they lapse when steps stay undone, and each change of leader reviews them.

Theory: a bargain that nobody enforces holds as long as keeping it pays [fearon1998]; costly steps tell types apart, cheap
    words do not [kydd2005]; leaders, not only states, stand by a word [mcgillivray2005; leeds2009]; form, checks and
    fulfilment make agreements last [fortna2003]; non-aggression pacts of many end rivalries or tell that they ended [lupu2016].
Equation: an open agreement whose rivals are in talks is offered with chance `offer`, and signed with the product of the
    parties' chances, each logistic(sum of its terms); a step falls due every `step_every` months and is taken, pretended or
    left undone, with chances that follow the doctrine of the acts; it ends by lapse, review, cheating found out or force,
    each with a chance of terms; evidence of a step = log(chance of a report from a trustworthy / an exploitative leader).
Leaves out: bargaining over terms, amendments, parties that leave while the others stay, ratification, what steps are worth.
Channels of harm: a signature raises what can be broken: cheating, force and failed reviews cost trust and reputation that no
    agreement would have cost; more parties mean more reviews (`review_parties` may be negative); good checks find more
    breaches. Fear raises the wish for relief and the fear of being exploited alike.
Rival accounts: scraps of paper: the weights of binding, talks and custom 0 [fortna2003 argues against it]; turnover is
    irrelevant where institutions carry commitments (`review_keep` near 1) [leeds2009].
"""

from __future__ import annotations

import numpy as np

from regime_abm.core.maths import anywhere, within
from regime_abm.core.parameter import Parameter, Uniform
from regime_abm.mechanisms.agreements.course import (
    BY_FORCE,
    CHEATED,
    CLIP,
    LAPSED,
    LEFT,
    REVIEWED,
    credibility_needed,
    ends,
    found_out,
    signatures,
    step_evidence,
    steps,
    ties,
)
from regime_abm.mechanisms.agreements.terms import (
    Month,
    chance,
    custom,
    force_terms,
    lapse_terms,
    months_overdue,
    pretend_terms,
    review_terms,
    sign_terms,
    step_terms,
)

__all__ = (  # of what stands in the files beside this one
    "BY_FORCE",
    "CHEATED",
    "LAPSED",
    "LEFT",
    "REVIEWED",
    "chance",
    "credibility_needed",
    "custom",
    "force_terms",
    "found_out",
    "lapse_terms",
    "months_overdue",
    "pretend_terms",
    "review_terms",
    "sign_terms",
    "step_evidence",
    "step_terms",
    "ties",
)

READS = (
    "sign_push",
    "step_push",
    "offer_order",
    "exit_order",
    "party",
    "guarantor",
    "rival",
    "agreement_open",
    "agreement_kind",
    "agreement_steps",
    "agreement_turn",
    "agreement_binding",
    "agreement_verification",
    "in_force",
    "agreement_age",
    "agreement_idle",
    "steps_due",
    "steps_done",
    "cheat",
    "talks",
    "will",
    "credibility",
    "threat",
    "trust",
    "sovereignty",
    "hawkishness",
    "trustworthy",
    "turnover",
    "decision",
    "if_trustworthy",
    "if_exploitative",
    "severity",
    "reneging",
    "bound",
    "guaranteed",
    "verified",
)
WRITES = (
    "in_force",
    "agreement_age",
    "agreement_idle",
    "steps_due",
    "steps_done",
    "cheat",
    "offered",
    "signed",
    "sign_chance",
    "ended",
    "ended_by",
    "review_credibility",
    "review_needed",
    "promise",
    "promise_evidence",
    "reneging",
    "bound",
    "guaranteed",
    "verified",
)
STARTS = ("steps_due", "bound", "guaranteed", "verified")
DECISION = "sign"

PARAMETERS = (
    Parameter("offer", 0.08, 0.0, 1.0, Uniform(0.03, 0.13), "per month", "Chance that an agreement is put on the table in a month when its rivals are in talks."),
    Parameter("cool_off", 7.5, 0.0, 60.0, Uniform(3.0, 12.0), "months", "Months after an agreement's end before it is offered again."),
    Parameter("signing", 0.35, 0.001, 0.999, Uniform(0.1, 0.6), "probability", "Chance that a state signs an offered declaration of two parties, all influences at their references.", "set so that about 15 agreements are signed in 20 years, as in an earlier trial model", "expert"),
    Parameter("credibility_signs", 3.0, -4.0, 10.0, Uniform(1.0, 5.0), "log-odds", "How much the credibility of the other parties speaks for signing.", "fearon1998 (sign)", "expert"),
    Parameter("will_signs", 2.0, -4.0, 10.0, Uniform(0.0, 4.0), "log-odds", "How much own political will speaks for signing."),
    Parameter("parties_sign", 0.3, -0.5, 2.0, Uniform(-0.2, 0.8), "log-odds per party", "What each party beyond two adds to a state's wish to sign, as few like to stand aside alone; as all have to sign, more parties are a hurdle anyway."),
    Parameter("steps_cost", 0.4, -1.0, 2.0, Uniform(0.0, 0.8), "log-odds per step", "How much each step that the state would owe speaks against signing."),
    Parameter("threat_relief", 1.0, -2.0, 6.0, Uniform(0.0, 2.0), "log-odds", "How much fear of the others speaks for signing: there is more to be relieved of."),
    Parameter("exploitation_fear", 1.0, -2.0, 3.0, Uniform(0.0, 2.0), "log-odds per step", "How much fear of untrusted others speaks against each step owed: they may not return it.", "kydd2005", "expert"),
    Parameter("hawks_sign", -1.0, -6.0, 4.0, Uniform(-2.5, 0.5), "log-odds", "What a fully hawkish leader adds to the wish to sign; hawks can also afford what doves cannot."),
    Parameter("sovereignty_cost", 3.0, -2.0, 10.0, Uniform(0.0, 6.0), "log-odds", "How much a firm form keeps sovereignty-minded states from signing."),
    Parameter("step_every", 6.0, 1.0, 36.0, Uniform(3.0, 9.0), "months", "Months from signature to the first step due, and from one due date to the next."),
    Parameter("step", 0.175, 0.001, 0.999, Uniform(0.05, 0.3), "per month", "Chance that a due step is taken, by a state as likely as not to cooperate, under a typical declaration, half of its partners in talks."),
    Parameter("step_doctrine", 0.8, 0.0, 4.0, Uniform(0.4, 1.2), "log-odds per log-odds", "How much the same leanings that choose the acts also take or leave steps; 1 is one for one."),
    Parameter("step_binding", 1.0, -2.0, 6.0, Uniform(0.0, 2.0), "log-odds", "How much a firm form gets steps taken."),
    Parameter("step_talks", 0.8, -2.0, 6.0, Uniform(0.0, 1.6), "log-odds", "How much open talks with the partners get steps taken."),
    Parameter("pretend", 0.011, 0.0001, 0.9, Uniform(0.002, 0.02), "per month", "Chance that a trustworthy leader who does not take a due step pretends to, at checks of one half."),
    Parameter("exploiters_pretend", 1.5, -2.0, 6.0, Uniform(0.0, 3.0), "log-odds", "How much likelier an exploitative leader pretends.", "kydd2005 (type)", "expert"),
    Parameter("checks_deter", 1.0, -2.0, 6.0, Uniform(-0.5, 2.5), "log-odds", "How much good checks keep states from pretending; below 0 they tempt to outwit them."),
    Parameter("lapse", 0.083, 0.001, 0.9, Uniform(0.05, 0.12), "per month", "Chance that a typical declaration of middling will lapses, half of its partners in talks, no steps: half are gone after eight months.", "eight months from the Singapore summit to the one in Hanoi; hence not the middle of the prior", "estimated"),
    Parameter("lapse_binding", 3.0, -4.0, 12.0, Uniform(0.0, 6.0), "log-odds", "How much a firm form keeps an agreement from lapsing.", "fortna2003 (sign)", "expert"),
    Parameter("lapse_talks", 1.0, -2.0, 6.0, Uniform(0.0, 2.0), "log-odds", "How much open talks keep an agreement from lapsing."),
    Parameter("lapse_will", 1.0, -4.0, 8.0, Uniform(0.0, 2.0), "log-odds", "How much the will of the least willing party keeps an agreement from lapsing."),
    Parameter("lapse_schedule", 2.5, -2.0, 6.0, Uniform(0.0, 5.0), "log-odds", "How much steps ahead, none overdue, keep an agreement from lapsing.", "the region's sixteen agreements with steps signed 1991-2018 stood 40 months on average, half of them 21 (own count of its file); range from none", "expert"),
    Parameter("lapse_custom", 2.0, -2.0, 6.0, Uniform(0.0, 4.0), "log-odds per log year", "How much an agreement is kept from lapsing by custom: the share of its steps that were taken, times the log of one plus its years.", "fortna2003 (sign); size as lapse_schedule; range from none", "expert"),
    Parameter("lapse_overdue", 0.2, -0.2, 2.0, Uniform(0.0, 0.4), "log-odds per month", "How much each month that a step is overdue brings the lapse nearer, up to two years; after a year of it one month in two brings the lapse.", "stalled for over a year and not over: declaration of 1992, statement of 2005 (region's file); Singapore 2018 did not last one", "expert"),
    Parameter("force_breaks", 0.225, 0.001, 0.99, Uniform(0.05, 0.4), "per month", "Chance that force without deaths by one party against another ends a typical declaration.", "the understanding of February 2012 ended with a launch; the freeze of 1994 outlived one in 1998", "expert"),
    Parameter("force_binding", 10.0, -4.0, 30.0, Uniform(4.0, 16.0), "log-odds", "How much a firm form survives force.", "the Korean armistice outlived decades of incidents", "expert"),
    Parameter("force_rung", 1.5, -2.0, 6.0, Uniform(0.0, 3.0), "log-odds per rung", "How much a clash, and again war, makes that likelier."),
    Parameter("review_keep", 0.6, 0.001, 0.999, Uniform(0.3, 0.9), "probability", "Chance that a new leader keeps a typical declaration of two parties, no step taken, all at references.", "leeds2009 (turnover matters where institutions do not carry commitments); the size is a judgement", "expert"),
    Parameter("review_binding", 3.0, -4.0, 12.0, Uniform(0.0, 6.0), "log-odds", "How much a firm form speaks for keeping an agreement."),
    Parameter("review_parties", 0.3, -2.0, 3.0, Uniform(-0.6, 1.2), "log-odds per log party", "What further parties add to the chance that a review keeps it; below 0 they take from it.", "lupu2016 (positive); more parties are also more doubts", "expert"),
    Parameter("review_custom", 1.0, -2.0, 6.0, Uniform(0.0, 2.0), "log-odds per log year", "How much custom, as above, speaks for keeping an agreement."),
    Parameter("review_credibility", 2.5, -4.0, 10.0, Uniform(0.0, 5.0), "log-odds", "How much the credibility of the other parties speaks for keeping an agreement."),
    Parameter("review_hawk", 1.0, -4.0, 6.0, Uniform(-0.5, 2.5), "log-odds", "How much a hawkish newcomer is against keeping it.", "horowitz2015; mcgillivray2005 (newcomers differ)", "expert"),
    Parameter("review_breach", 0.3, 0.0, 1.0, Uniform(0.0, 0.6), "probability", "Chance that others take a failed review for a broken promise of the state, not for the new leader's clean slate.", "mcgillivray2005 (leader-specific: 0)", "expert"),
    Parameter("reneging_step", 0.5, 0.0, 1.0, Uniform(0.2, 0.8), "share", "How much a broken promise adds to the public memory of broken promises, as a share of what is left to 1."),
    Parameter("reneging_fades", 0.03, 0.0, 1.0, Uniform(0.01, 0.05), "per month", "How fast that memory fades."),
)


def next_reneging(reneging, broke, *, added, fades):
    """Public memory of broken promises after a month.

    >>> next_reneging(0.5, 1.0, added=0.5, fades=0.0)
    0.75
    """
    return (1.0 - fades) * reneging + (1.0 - reneging) * added * broke


def start(world, p, noise):
    """Steps that had fallen due, and what the agreements in force at the start tie."""
    if not world.in_force.shape[1]:
        return {}
    due = np.minimum(np.floor(world.agreement_age / p.state.step_every), world.agreement_steps)
    due = np.maximum(due, world.steps_done) * world.in_force
    return {"steps_due": due.astype(np.int8), **ties(world, world.in_force, slice(None))}


def _quiet_month(world):
    """Nothing offered, signed, ended, kept or broken: what the step writes, before anything happens."""
    count, kind = world.in_force.shape, world.will.dtype
    return {
        "in_force": world.in_force.copy(),
        "steps_done": world.steps_done.copy(),
        "cheat": world.cheat.copy(),
        "agreement_age": world.agreement_age,
        "agreement_idle": world.agreement_idle + 1.0,
        "offered": np.zeros(count, bool),
        "signed": np.zeros(count, bool),
        "sign_chance": np.zeros((*count, world.party.shape[1]), kind),
        "ended": np.zeros(count, np.int8),
        "ended_by": np.full(count, -1, np.int16),
        "review_credibility": np.zeros(count, kind),
        "review_needed": np.zeros(count, kind),
        "promise": np.zeros(world.will.shape, np.int8),
        "promise_evidence": np.zeros(world.will.shape, kind),
    }


def step(world, p, noise, actors):
    if not world.in_force.shape[1]:
        return {}
    month = Month(world, world.agreement_age + world.in_force)
    changes = _quiet_month(month)
    ends(month, p, noise, changes)
    broke = changes["promise"] < 0
    steps(month, p, noise, changes)
    signatures(month, p, noise, actors, changes)
    if changes["promise"].any():
        changes["promise"][broke] = -1  # whatever else it kept
        changes["promise_evidence"] = within(changes["promise_evidence"], -CLIP, CLIP)
    changes["reneging"] = next_reneging(
        world.reneging, broke.astype(world.reneging.dtype), added=p.state.reneging_step, fades=p.state.reneging_fades
    )
    gone = changes["ended"] > 0
    if gone.any():
        changes["in_force"] &= ~gone
        changes["agreement_idle"][gone] = 0.0
        changes["cheat"][gone] = -1
    tied = {name: getattr(world, name) for name in ("bound", "guaranteed", "verified")}
    moved = np.flatnonzero(anywhere(gone | changes["signed"]))
    if len(moved):
        for name, value in ties(month, changes["in_force"].take(moved, axis=0), moved).items():
            if (value != tied[name].take(moved, axis=0)).any():
                tied[name] = tied[name].copy()
                tied[name][moved] = value
    return {**changes, **tied}
