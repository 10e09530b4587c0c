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

from functools import lru_cache
from types import SimpleNamespace

import numpy as np

from regime_abm.core.maths import log_odds, logistic
from regime_abm.core.parameter import Parameter, Uniform

READS = (
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
    Parameter("cool_off", 6.0, 0.0, 60.0, Uniform(3.0, 12.0), "months", "Months after an agreement's end before it is offered again."),
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
    Parameter("step", 0.15, 0.001, 0.999, Uniform(0.05, 0.3), "per month", "Chance that a due step is taken, by a state as likely as not to cooperate, under a typical declaration, half of its partners in talks."),
    Parameter("step_doctrine", 0.8, 0.0, 4.0, Uniform(0.4, 1.2), "log-odds per log-odds", "How much the same leanings that choose the acts also take or leave steps; 1 is one for one."),
    Parameter("step_binding", 1.0, -2.0, 6.0, Uniform(0.0, 2.0), "log-odds", "How much a firm form gets steps taken."),
    Parameter("step_talks", 0.8, -2.0, 6.0, Uniform(0.0, 1.6), "log-odds", "How much open talks with the partners get steps taken."),
    Parameter("pretend", 0.01, 0.0001, 0.9, Uniform(0.002, 0.02), "per month", "Chance that a trustworthy leader who does not take a due step pretends to, at checks of one half."),
    Parameter("exploiters_pretend", 1.5, -2.0, 6.0, Uniform(0.0, 3.0), "log-odds", "How much likelier an exploitative leader pretends.", "kydd2005 (type)", "expert"),
    Parameter("checks_deter", 1.0, -2.0, 6.0, Uniform(-0.5, 2.5), "log-odds", "How much good checks keep states from pretending; below 0 they tempt to outwit them."),
    Parameter("lapse", 0.083, 0.001, 0.9, Uniform(0.05, 0.12), "per month", "Chance that a typical declaration of middling will lapses, no talks and no steps: half are gone after eight months.", "eight months from the Singapore summit to the one in Hanoi", "estimated"),
    Parameter("lapse_binding", 3.0, -4.0, 12.0, Uniform(0.0, 6.0), "log-odds", "How much a firm form keeps an agreement from lapsing.", "fortna2003 (sign)", "expert"),
    Parameter("lapse_talks", 1.0, -2.0, 6.0, Uniform(0.0, 2.0), "log-odds", "How much open talks keep an agreement from lapsing."),
    Parameter("lapse_will", 1.0, -4.0, 8.0, Uniform(0.0, 2.0), "log-odds", "How much the will of the least willing party keeps an agreement from lapsing."),
    Parameter("lapse_schedule", 1.5, -2.0, 6.0, Uniform(0.0, 3.0), "log-odds", "How much steps ahead, none overdue, keep an agreement from lapsing."),
    Parameter("lapse_custom", 1.0, -2.0, 6.0, Uniform(0.0, 2.0), "log-odds per log year", "How much an agreement is kept from lapsing by custom: the share of its steps that were taken, times the log of one plus its years.", "fortna2003 (sign)", "expert"),
    Parameter("lapse_overdue", 0.4, -0.2, 2.0, Uniform(0.2, 0.6), "log-odds per month", "How much each month that a step is overdue brings the lapse nearer, up to two years; a year makes it nearly sure."),
    Parameter("force_breaks", 0.2, 0.001, 0.99, Uniform(0.05, 0.4), "per month", "Chance that force without deaths by one party against another ends a typical declaration.", "the understanding of February 2012 ended with a launch; the freeze of 1994 outlived one in 1998", "expert"),
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

LAPSED, BY_FORCE, CHEATED, REVIEWED = 1, 2, 3, 4  # causes of an end
_FORCE = 3  # severity from which an act counts as force
_BINDING, _CREDIBILITY, _HALF, _EXPOSURE = 0.15, 0.3, 0.5, 0.35  # references of the logistics; .15: a declaration
_MOST_OVERDUE = 24.0
_SURE = 0.001  # no doctrine is taken to be surer than this
_CLIP = 2.0  # the most that one promise tells, in log-odds


class _Now:
    """The World as the step finds it, the ages being those of this month."""

    def __init__(self, world):
        self._world, self.layout = world, _layout(world)
        self.agreement_age = world.agreement_age + world.in_force

    def __getattr__(self, name):
        return getattr(self._world, name)


class _At:
    """Parameter values at some futures: plain numbers stay so, drawn ones become (K,), or (K, 1) with `wide`."""

    def __init__(self, p, rows, wide=False):
        self._p, self._place = p, (rows, None) if wide else (rows,)

    def __getattr__(self, name):
        value = getattr(self._p, name)
        return value[self._place] if isinstance(value, np.ndarray) else value


def months_overdue(age, done, steps, *, every):
    """Months since the next step fell due; 0 when none is due. The first falls due `every` months after the signature.

    >>> months_overdue(np.array([21.0]), np.array([1]), np.array([4]), every=6.0).tolist()
    [9.0]
    """
    return np.maximum(age - (done + 1.0) * every, 0.0) * (done < steps)


def found_out(verification):
    """Chance in a month that cheating is found, from the chance in a year.

    >>> round(float(1.0 - (1.0 - found_out(np.array(0.6))) ** 12), 6)
    0.6
    """
    return 1.0 - (1.0 - verification) ** (1.0 / 12.0)


def next_reneging(reneging, broke, *, added, fades):
    """Public memory of broken promises after a month.

    >>> next_reneging(0.5, 1.0, added=0.5, fades=0.0)
    0.75
    """
    return (1.0 - fades) * reneging + (1.0 - reneging) * added * broke


def step_evidence(taken, pretended):
    """What a reported step tells: log ratio of the chances to report one, by a trustworthy and an exploitative leader.

    taken, pretended: pairs of chances (trustworthy, exploitative); one who does not take the step may pretend.

    >>> round(float(step_evidence((np.array(0.4), np.array(0.2)), (0.0, 0.0))), 3)
    0.693
    >>> round(float(step_evidence((np.array(0.4), np.array(0.2)), (0.0, 0.25))), 3)
    0.0
    """
    good, bad = (take + (1.0 - take) * pretend for take, pretend in zip(taken, pretended, strict=True))
    return np.clip(np.log(good / bad), -_CLIP, _CLIP)


def credibility_needed(credibility, chance, luck, *, weight):
    """Credibility at which a review with the same luck would just have kept the agreement, in 0..1; 1 also where none would.

    >>> chance = logistic(2.0 * (0.31 - 0.3))
    >>> luck = logistic(2.0 * (0.45 - 0.3))
    >>> round(float(credibility_needed(np.array(0.31), np.array(chance), np.array(luck), weight=2.0)), 4)
    0.45
    """
    lacking = log_odds(np.clip(luck, 1e-6, 1.0 - 1e-6)) - log_odds(np.clip(chance, 1e-6, 1.0 - 1e-6))
    strong = np.abs(weight) > 1e-6
    return np.where(strong, np.clip(credibility + lacking / np.where(strong, weight, 1.0), 0.0, 1.0), 1.0)


def _layout(world):
    """Who is a party with whom: `pairs` (G, N, N) flags, `weights` for means over the other parties, `counted` (G, N * N)
    for talks, `alike` pairs of agreements of one kind between the same parties, `owed` (G, N) steps of each party."""
    if isinstance(world, _Now):
        return world.layout
    given = (world.party, world.rival, world.agreement_kind, world.agreement_turn)
    return _laid_out(*(item.shape for item in given[::3]), *(item.tobytes() for item in given), world.will.dtype)


@lru_cache(maxsize=16)
def _laid_out(seats, turns, party, rival, kinds, turn, kind):
    """The layout, made once for each set of agreements: the arrays come as bytes, which can be looked up."""
    party = np.frombuffer(party, bool).reshape(seats)
    rival = np.frombuffer(rival, bool).reshape(seats[1], seats[1])
    kinds, turn = np.frombuffer(kinds, int), np.frombuffer(turn, int).reshape(turns)
    pairs = party[:, :, None] & party[:, None, :] & ~np.eye(seats[1], dtype=bool)
    counted = np.where((pairs & rival).any(axis=(1, 2), keepdims=True), pairs & rival, pairs)
    same = (party[:, None] == party[None]).all(axis=2) & (kinds[:, None] == kinds)
    i, j = np.triu_indices(seats[1], 1)
    return SimpleNamespace(
        pairs=pairs,
        weights=(pairs / np.maximum(pairs.sum(axis=2, keepdims=True), 1)).astype(kind),
        counted=counted.reshape(len(pairs), seats[1] ** 2).astype(kind),
        alike=np.argwhere(np.triu(same, 1)).tolist(),
        owed=(turn[:, :, None] == np.arange(seats[1])).sum(axis=1).astype(kind),
        size=party.sum(axis=1).astype(kind),
        upper=(i, j),
        together=pairs[:, i, j].astype(kind),
    )


def _others(value, weights):
    """Mean of value (K, N, N) over the other parties, (K, N); 0 for those who are no party."""
    return np.einsum("kij,kij->ki", value, weights)


def talking(world):
    """(R, G) share of the rival pairs among the parties (of all pairs, where no two are rivals) who are in talks."""
    counted, kind = _layout(world).counted, world.will.dtype
    # Counts are whole numbers: sums in any order give the same bits.
    return world.talks.reshape(world.replicates, -1).astype(kind) @ counted.T / np.maximum(counted.sum(axis=1), 1.0)


def _on_offer(world, p, talks, luck):
    """(R, G) which agreements are on the table: open, not in force, after the cool-off, enough rivals in talks, and luck.
    Of two of one kind between the same parties only one is in force, or offered."""
    layout = _layout(world)
    offered = world.agreement_open & ~world.in_force & (luck < p.state.offer)
    offered &= (talks >= np.where(layout.size == 2, 1.0, _HALF) - _SURE) & (world.agreement_idle >= p.state.cool_off)
    for g, h in layout.alike:
        offered[:, g] &= ~world.in_force[:, h]
        offered[:, h] &= ~world.in_force[:, g] & ~offered[:, g]
    return offered


def sign_terms(world, p, rows, cols):
    """What each state's wish is made of to sign the agreements `cols` in the futures `rows`, in log-odds, (K, N) each."""
    at, layout = _At(p, rows, wide=True), _layout(world)
    weights, owed, threat = layout.weights[cols], layout.owed[cols], world.threat[rows]
    exposure = _others(threat * (1.0 - world.trust[rows]), weights)
    firm = (world.agreement_binding[rows, cols] - _BINDING)[:, None]
    further = layout.size[cols, None] - 2.0
    return {
        "usual chance to sign": log_odds(at.signing),
        "credibility of the others": at.credibility_signs * (_others(world.credibility[rows], weights) - _CREDIBILITY),
        "own political will": at.will_signs * (world.will[rows] - _HALF),
        "parties beyond two": at.parties_sign * further,
        "steps it would owe": -at.steps_cost * owed,
        "relief from threat": at.threat_relief * (_others(threat, weights) - _HALF),
        "fear of being exploited": -at.exploitation_fear * owed * (exposure - _EXPOSURE),
        "leader's hawkishness": at.hawks_sign * (world.hawkishness[rows] - _HALF),
        "sovereignty under a firm form": -at.sovereignty_cost * firm * world.sovereignty[rows],
    }


def _leaning(world, chances, rows, cols, who):
    """Mean chance of reassurance or restraint by `who` toward the other parties, (K,); chances: (R, 5, N, N)."""
    kind = chances[rows, 0, who] + chances[rows, 1, who]
    return np.clip(np.einsum("kj,kj->k", kind, _layout(world).weights[cols, who]), _SURE, 1.0 - _SURE)


def _owner(world, rows, cols, done=None):
    """Who owes the next step, (K,); -1 when all are taken."""
    done = world.steps_done[rows, cols] if done is None else done
    last = world.agreement_turn.shape[1] - 1
    return np.where(done < world.agreement_steps[cols], world.agreement_turn[cols, np.minimum(done, last)], -1)


def step_terms(world, p, rows, cols, chances=None, done=None, talks=None):
    """What the chance is made of that a due step is taken this month, in log-odds, (K,) each.

    chances: whose doctrine, (R, 5, N, N); that of the acting leader when not given. done: steps taken before this one.
    """
    at, chances = _At(p, rows), world.decision if chances is None else chances
    talks = talking(world) if talks is None else talks
    leaning = _leaning(world, chances, rows, cols, _owner(world, rows, cols, done))
    return {
        "usual chance to take a due step": log_odds(at.step),
        "how cooperative it is toward the parties": at.step_doctrine * log_odds(leaning),
        "form of the agreement": at.step_binding * (world.agreement_binding[rows, cols] - _BINDING),
        "open talks": at.step_talks * (talks[rows, cols] - _HALF),
    }


def pretend_terms(world, p, rows, cols, exploitative):
    """What the chance is made of that one who does not take a due step pretends to, in log-odds. exploitative: 0 or 1."""
    at = _At(p, rows)
    return {
        "usual chance to pretend": log_odds(at.pretend),
        "exploitative leader": at.exploiters_pretend * exploitative,
        "checks": -at.checks_deter * (world.agreement_verification[rows, cols] - _HALF),
    }


def custom(age, done, steps):
    """How far an agreement has become custom: share of its steps taken, times log(1 + years); 0 for one without steps.

    >>> round(float(custom(np.array(12.0), np.array(2), np.array(4))), 4)
    0.3466
    """
    return done / np.maximum(steps, 1) * np.log1p(age / 12.0)


def _course(world, rows, cols):
    """Age, steps taken and steps foreseen of agreements, (K,) each."""
    done, steps = world.steps_done[rows, cols], world.agreement_steps[cols]
    return world.agreement_age[rows, cols], done.astype(world.will.dtype), steps.astype(world.will.dtype)


def lapse_terms(world, p, rows, cols, talks=None):
    """What the chance is made of that agreements in force lapse this month, in log-odds, (K,) each. The ages are those of
    this month, as the World holds them of an agreement that ended in it."""
    at, kind = _At(p, rows), world.will.dtype
    talks = talking(world) if talks is None else talks
    age, done, steps = _course(world, rows, cols)
    overdue = months_overdue(age, done, steps, every=at.step_every)
    ahead = ((done < steps) & (overdue == 0.0)).astype(kind)
    least = np.where(world.party[cols], world.will[rows], kind.type(1.0)).min(axis=1)
    return {
        "usual chance to lapse": log_odds(at.lapse),
        "form of the agreement": -at.lapse_binding * (world.agreement_binding[rows, cols] - _BINDING),
        "open talks": -at.lapse_talks * talks[rows, cols],
        "will of the least willing": -at.lapse_will * (least - _HALF),
        "steps ahead, none overdue": -at.lapse_schedule * ahead,
        "custom": -at.lapse_custom * custom(age, done, steps),
        "months that a step is overdue": at.lapse_overdue * np.minimum(overdue, _MOST_OVERDUE),
    }


def force_terms(world, p, rows, cols, rung):
    """What the chance is made of that force between parties ends their agreement, in log-odds. rung: the worst, 3..5."""
    at = _At(p, rows)
    return {
        "usual chance that force ends it": log_odds(at.force_breaks),
        "form of the agreement": -at.force_binding * (world.agreement_binding[rows, cols] - _BINDING),
        "clash or war": at.force_rung * (rung - _FORCE),
    }


def review_terms(world, p, rows, cols, who):
    """What the chance is made of that the new leader of `who` keeps the agreement, in log-odds, (K,) each."""
    at, credibility = _At(p, rows), credibility_of_others(world, rows, cols, who)
    return {
        "usual chance to keep it": log_odds(at.review_keep),
        "form of the agreement": at.review_binding * (world.agreement_binding[rows, cols] - _BINDING),
        "number of parties": at.review_parties * np.log(_layout(world).size[cols] - 1.0),
        "custom": at.review_custom * custom(*_course(world, rows, cols)),
        "credibility of the others": at.review_credibility * (credibility - _CREDIBILITY),
        "newcomer's hawkishness": -at.review_hawk * (world.hawkishness[rows, who] - _HALF),
    }


def credibility_of_others(world, rows, cols, who):
    """Mean credibility of the other parties in the eyes of `who`, (K,)."""
    return np.einsum("kj,kj->k", world.credibility[rows, who], _layout(world).weights[cols, who])


def chance(terms):
    """A probability from its terms.

    >>> float(chance({"usual": np.array(-1.0), "talks": np.array(1.0)}))
    0.5
    """
    return logistic(sum(terms.values()))


def _forced(world, p, rows, cols):
    """Where parties used force against each other: place among the agreements in force, chance that it ends them (L,),
    and which parties did (L, N)."""
    worst = world.severity.reshape(world.replicates, -1).max(axis=1)
    place = np.flatnonzero(worst[rows] >= _FORCE)
    acts = world.severity[rows[place]] * _layout(world).pairs[cols[place]]
    rung = acts.max(axis=(1, 2), initial=0)
    place, acts, rung = (value[rung >= _FORCE] for value in (place, acts, rung))
    terms = force_terms(world, p, rows[place], cols[place], rung.astype(world.will.dtype))
    return place, chance(terms), acts.max(axis=2) >= _FORCE


def _reviewed(world, p, rows, cols):
    """Reviews by newcomers: place among the agreements in force, who, chance to keep it, credibility found; (L,) each,
    the most willing first."""
    place = np.flatnonzero(world.turnover.any(axis=1)[rows])
    new, who = np.nonzero(world.party[cols[place]] & world.turnover[rows[place]])
    place = place[new]
    keep = chance(review_terms(world, p, rows[place], cols[place], who))
    order = np.argsort(-keep, kind="stable")
    place, who, keep = place[order], who[order], np.maximum(keep[order], _SURE**2)
    return place, who, keep, credibility_of_others(world, rows[place], cols[place], who)


def _ends(world, p, noise, talks, changes):
    """What ends this month, why and over whom; where causes meet, force, cheating, review, lapse come in this order."""
    rows, cols = np.nonzero(world.in_force)
    if not len(rows):
        return
    force, keep = np.zeros(len(rows), world.will.dtype), np.ones(len(rows), world.will.dtype)
    fought, chances, users = _forced(world, p, rows, cols)
    force[fought] = chances
    seen, newcomer, keeps, credibility = _reviewed(world, p, rows, cols)
    np.multiply.at(keep, seen, keeps)
    cheat = world.cheat[rows, cols]
    caught = found_out(world.agreement_verification[rows, cols]) * (cheat >= 0)
    lapse = chance(lapse_terms(world, p, rows, cols, talks))
    # One luck for force, checks and lapse: each takes its chance of what the graver ones left.
    luck, review = noise.agreement("end")[rows, cols], noise.agreement("review")[rows, cols]
    unbroken = (1.0 - force) * (1.0 - caught)
    cause = np.where(luck < 1.0 - unbroken * (1.0 - lapse), LAPSED, 0)
    cause[review >= keep] = REVIEWED
    cause[luck < 1.0 - unbroken] = CHEATED
    cause[luck < force] = BY_FORCE
    changes["ended"][rows, cols], by = cause, np.full(len(rows), -1)

    lapsed = np.flatnonzero(cause == LAPSED)
    late = months_overdue(*_course(world, rows[lapsed], cols[lapsed]), every=_At(p, rows[lapsed]).step_every) > 0.0
    by[lapsed] = np.where(late, _owner(world, rows[lapsed], cols[lapsed]), -1)

    failed = cause[seen] == REVIEWED
    by[seen[failed]] = newcomer[failed]  # of several the least willing, who comes last
    failed &= by[seen] == newcomer
    place, newcomer, credibility, keeps = (value[failed] for value in (seen, newcomer, credibility, keeps))
    at, here = _At(p, rows[place]), (rows[place], cols[place])
    needed = credibility_needed(credibility, keeps, review[place] * keeps / keep[place], weight=at.review_credibility)
    changes["review_credibility"][here], changes["review_needed"][here] = credibility, needed
    plain = review[place] >= 1.0 - at.review_breach * (1.0 - keep[place])  # the plainest failures look like breaches
    broke_off, breaker = place[plain], newcomer[plain]

    place = np.flatnonzero(cause == CHEATED)
    if len(place):
        by[place] = cheat[place]
        good, bad = (chance(pretend_terms(world, p, rows[place], cols[place], kind)) for kind in (0.0, 1.0))
        _promised(changes, rows[place], cheat[place], -1, np.clip(np.log(good / bad), -_CLIP, _CLIP))

    ended = cause[fought] == BY_FORCE
    fought, users = fought[ended], users[ended]
    by[fought] = users.argmax(axis=1)
    place, who = np.nonzero(users)
    place, who = np.concatenate([fought[place], broke_off]), np.concatenate([who, breaker])
    _broken(changes, world, rows[place], cols[place], who)
    changes["ended_by"][rows, cols] = by


def _broken(changes, world, rows, cols, who):
    """Note promises that `who` broke, and what a breach tells: log ratio of the two types' chances not to act cooperatively
    toward the parties."""
    if not len(rows):
        return
    both = world.if_trustworthy, world.if_exploitative
    good, bad = (1.0 - _leaning(world, chances, rows, cols, who) for chances in both)
    _promised(changes, rows, who, -1, np.clip(np.log(good / bad), -_CLIP, _CLIP))


def _promised(changes, rows, states, kept, evidence):
    """Note promises kept (1) or broken (-1); the evidence adds up."""
    changes["promise"][rows, states] = kept
    np.add.at(changes["promise_evidence"], (rows, states), evidence)


def _steps(world, p, noise, talks, changes):
    """Due steps of agreements that go on: taken, pretended, or left undone. One luck: who does not take it may pretend."""
    due = np.minimum(np.floor(world.agreement_age / p.state.step_every), world.agreement_steps).astype(np.int8)
    changes["steps_due"] = np.where(world.in_force, np.maximum(due, world.steps_due), world.steps_due)
    rows, cols = np.nonzero(world.in_force & (changes["ended"] == 0) & (changes["steps_due"] > world.steps_done))
    if not len(rows):
        return
    who, luck = _owner(world, rows, cols), noise.agreement("step")[rows, cols]
    takes = chance(step_terms(world, p, rows, cols, talks=talks))
    exploits = (~world.trustworthy[rows, who]).astype(takes.dtype)
    pretends = chance(pretend_terms(world, p, rows, cols, exploits)) * (world.cheat[rows, cols] < 0)
    cheats = (luck >= takes) & (luck < takes + (1.0 - takes) * pretends)
    changes["cheat"][rows[cheats], cols[cheats]] = who[cheats]
    seen = cheats | (luck < takes)  # nobody sees the difference
    rows, cols, who = rows[seen], cols[seen], who[seen]
    changes["steps_done"][rows, cols] += 1
    changes["agreement_idle"][rows, cols] = 0.0
    both = world.if_trustworthy, world.if_exploitative
    taken = [chance(step_terms(world, p, rows, cols, doctrine, talks=talks)) for doctrine in both]
    pretended = [chance(pretend_terms(world, p, rows, cols, kind)) for kind in (0.0, 1.0)]
    _promised(changes, rows, who, 1, step_evidence(taken, pretended))


def _signatures(world, p, noise, talks, actors, changes):
    changes["offered"] = _on_offer(world, p, talks, noise.agreement("offer"))
    rows, cols = np.nonzero(changes["offered"])
    default = changes["sign_chance"]
    default[rows, cols] = chance(sign_terms(world, p, rows, cols)) * world.party[cols]
    decided = actors(default)  # asked every month: what a doctrine remembers must not hang on other futures' offers
    if decided is not default:
        changes["sign_chance"] = decided * (changes["offered"][:, :, None] & world.party)
    if not len(rows):
        return
    all_sign = np.where(world.party[cols], decided[rows, cols], 1.0).prod(axis=1)
    signed = noise.agreement("sign")[rows, cols] < all_sign  # one luck: each decides for itself, and all have to
    rows, cols = rows[signed], cols[signed]
    for name, value in (("signed", True), ("in_force", True), ("cheat", -1)):
        changes[name][rows, cols] = value
    for name in ("agreement_age", "agreement_idle", "steps_due", "steps_done"):
        changes[name][rows, cols] = 0


def ties(world, in_force, rows):
    """What agreements in force tie two states with in the futures `rows`: binding, guarantors, verification, (K, N, N) each.

    in_force: (K, G) in those futures.
    """
    layout, kind = _layout(world), world.will.dtype
    guarantors = np.broadcast_to(world.guarantor.sum(axis=1).astype(kind), in_force.shape)
    of_each = np.stack([world.agreement_binding[rows], guarantors, world.agreement_verification[rows]]) * in_force
    most = (of_each[:, :, :, None] * layout.together).max(axis=2, initial=0.0)
    tied = np.zeros((*most.shape[:2], *layout.pairs.shape[1:]), kind)
    i, j = layout.upper
    tied[:, :, i, j] = tied[:, :, j, i] = most
    return dict(zip(("bound", "guaranteed", "verified"), tied, strict=True))


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
        **{name: getattr(world, name).copy() for name in ("in_force", "steps_done", "cheat", "agreement_age")},
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
    now = _Now(world)
    changes, talks = _quiet_month(now), talking(now)
    _ends(now, p, noise, talks, changes)
    broke = changes["promise"] < 0
    _steps(now, p, noise, talks, changes)
    _signatures(now, p, noise, talks, actors, changes)
    changes["promise"][broke] = -1  # whatever else it kept
    np.clip(changes["promise_evidence"], -_CLIP, _CLIP, out=changes["promise_evidence"])
    changes["reneging"] = next_reneging(
        world.reneging, broke.astype(world.reneging.dtype), added=p.state.reneging_step, fades=p.state.reneging_fades
    )
    gone = changes["ended"] > 0
    changes["in_force"] &= ~gone
    changes["agreement_idle"][gone] = 0.0
    changes["cheat"][gone] = -1
    tied = {name: getattr(world, name) for name in ("bound", "guaranteed", "verified")}
    moved = np.flatnonzero((gone | changes["signed"]).any(axis=1))
    if len(moved):
        for name, value in ties(now, changes["in_force"][moved], moved).items():
            tied[name] = tied[name].copy()
            tied[name][moved] = value
    return {**changes, **tied}
