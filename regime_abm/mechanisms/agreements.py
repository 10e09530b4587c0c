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

from types import SimpleNamespace

import numpy as np

from regime_abm.core.derived import derived
from regime_abm.core.maths import anywhere, extreme_of, log_odds, logistic, padded, within
from regime_abm.core.names import PUSHED
from regime_abm.core.parameter import Parameter, Uniform

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
    Parameter("lapse", 0.083, 0.001, 0.9, Uniform(0.05, 0.12), "per month", "Chance that a typical declaration of middling will lapses, half of its partners in talks, no steps: half are gone after eight months.", "eight months from the Singapore summit to the one in Hanoi", "estimated"),
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

LAPSED, BY_FORCE, CHEATED, REVIEWED, LEFT = 1, 2, 3, 4, 5  # causes of an end
_FORCE = 3  # severity from which an act counts as force
_BINDING, _CREDIBILITY, _HALF, _EXPOSURE = 0.15, 0.3, 0.5, 0.35  # references of the logistics; .15: a declaration
_MOST_OVERDUE = 24.0
_TYPES = np.array([[0.0], [1.0]], np.float32)  # trustworthy, exploitative
_SURE = 0.001  # no doctrine is taken to be surer than this
_COOPERATIVE = (0, 1)  # acts: reassure, restrain
_CLIP = 2.0  # the most that one promise tells, in log-odds


class _Month:
    """The World in which a month's step finds itself, with what several equations use. age: (R, G) months of agreements."""

    def __init__(self, world, age):
        self._world, self._overdue, self.agreement_age = world, None, age
        self.layout = layout = _laid_out(
            world.party, world.guarantor, world.rival, world.agreement_kind, world.agreement_steps, world.agreement_turn
        )
        self.done = world.steps_done.astype(age.dtype)
        self.custom = custom(age, self.done, layout.steps)
        # Share of the rival pairs among the parties (of all pairs, where no two are rivals) who are in talks, (R, G).
        # Counts are whole numbers: sums in any order give the same bits.
        self.talking = world.talks.reshape(len(age), -1).astype(age.dtype) @ layout.counted / layout.pairs_counted

    def __getattr__(self, name):  # only asked for what was not asked for before
        value = self.__dict__[name] = getattr(self._world, name)
        return value

    def overdue(self, p):
        """Months (R, G) since the next step of each agreement fell due."""
        if self._overdue is None:
            self._overdue = months_overdue(self.agreement_age, self.done, self.layout.steps, every=p.state.step_every)
        return self._overdue


def _month(world):
    return world if isinstance(world, _Month) else _Month(world, world.agreement_age)


class _At:
    """Parameter values at some futures, in the shape of `rows`; plain numbers stay so."""

    def __init__(self, p, rows):
        self._p, self._rows = p, rows

    def __getattr__(self, name):
        value = getattr(self._p, name)
        return value.take(self._rows) if isinstance(value, np.ndarray) else value


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
    return _told(*(take + (1.0 - take) * pretend for take, pretend in zip(taken, pretended, strict=True)))


def _told(good, bad):
    """What is told by something of which the two types have these chances: their log ratio, within limits."""
    return within(np.log(good / bad), -_CLIP, _CLIP)


def credibility_needed(credibility, chance, luck, *, weight):
    """Credibility at which a review with the same luck would just have kept the agreement, in 0..1; 1 also where none would.

    >>> chance = logistic(2.0 * (0.31 - 0.3))
    >>> luck = logistic(2.0 * (0.45 - 0.3))
    >>> round(float(credibility_needed(np.array(0.31), np.array(chance), np.array(luck), weight=2.0)), 4)
    0.45
    """
    lacking = log_odds(within(luck, 1e-6, 1.0 - 1e-6)) - log_odds(within(chance, 1e-6, 1.0 - 1e-6))
    strong = np.abs(weight) > 1e-6
    return np.where(strong, within(credibility + lacking / np.where(strong, weight, 1.0), 0.0, 1.0), 1.0)


@derived
def _laid_out(party, guarantor, rival, kinds, steps, turn):
    """Who is a party with whom: `pairs` (G, N, N) flags, `weights` for means over the other parties, `counted` (N * N, G)
    for talks, `alike` pairs of agreements of one kind between the same parties, `owed` (G, N) steps of each party, `owner`
    (G, S + 1) of each step, -1 where there is none, `tied` (N * N, G) whom it ties; lists padded to one length: `members`
    (., G) of each, `tying` (., P) agreements of each pair (the one after the last is none) and the `pair` (N, N) of a dyad."""
    (count, n), kind = party.shape, np.float32
    pairs = party[:, :, None] & party[:, None, :] & ~np.eye(n, dtype=bool)
    counted = np.where((pairs & rival).any(axis=(1, 2), keepdims=True), pairs & rival, pairs)
    same = (party[:, None] == party[None]).all(axis=2) & (kinds[:, None] == kinds)
    size, places = party.sum(axis=1).astype(kind), np.arange(turn.shape[1] + 1)
    i, j = np.nonzero(np.triu(pairs.any(axis=0)))
    pair = np.full((n, n), len(i))
    pair[i, j] = pair[j, i] = np.arange(len(i))
    return SimpleNamespace(
        weights=(pairs / np.maximum(pairs.sum(axis=2, keepdims=True), 1)).astype(kind),
        counted=np.ascontiguousarray(counted.reshape(count, n * n).T, kind),
        pairs_counted=np.maximum(counted.sum(axis=(1, 2)), 1).astype(kind),
        talks_needed=np.where(size == 2, 1.0, _HALF).astype(kind) - kind(_SURE),
        alike=np.argwhere(np.triu(same, 1)).tolist(),
        owed=(turn[:, :, None] == np.arange(n)).sum(axis=1).astype(kind),
        owner=np.where(places < steps[:, None], np.append(turn, np.full((count, 1), -1), axis=1), -1),
        steps=steps.astype(kind),
        size=size,
        guarantors=guarantor.sum(axis=1).astype(kind),
        tied=np.ascontiguousarray(pairs.reshape(count, n * n).T),
        members=padded([np.flatnonzero(row) for row in party]),
        tying=padded([*(np.flatnonzero(column) for column in pairs[:, i, j].T), [count]]),
        pair=pair,
    )


def _others(value, weights):
    """Mean of value (K, N, N) over the other parties, (K, N); 0 for those who are no party."""
    return np.einsum("kij,kij->ki", value, weights)


def _on_offer(world, p, luck):
    """(R, G) which agreements are on the table: open, not in force, after the cool-off, enough rivals in talks, and luck.
    Of two of one kind between the same parties only one is in force, or offered."""
    offered = world.agreement_open & ~world.in_force & (luck < p.state.offer)
    offered &= (world.talking >= world.layout.talks_needed) & (world.agreement_idle >= p.state.cool_off)
    told = _ordered(world.offer_order)
    if told is not None:  # talks or not
        offered |= told & world.agreement_open & ~world.in_force
    if offered.any():
        for g, h in world.layout.alike:
            offered[:, g] &= ~world.in_force[:, h]
            offered[:, h] &= ~world.in_force[:, g] & ~offered[:, g]
    return offered


@derived
def _ordered(orders):
    """What is set from outside this month; None when nothing is."""
    return orders if orders.any() else None


def sign_terms(world, p, rows, cols):
    """What each state's wish is made of to sign the agreements `cols` in the futures `rows`, in log-odds, (K, N) each."""
    at, layout = _At(p, rows[:, None]), _month(world).layout
    weights, owed = layout.weights.take(cols, axis=0), layout.owed.take(cols, axis=0)
    threat, trust, credibility = (value.take(rows, axis=0) for value in (world.threat, world.trust, world.credibility))
    exposure = _others(threat * (1.0 - trust), weights)
    firm = (world.agreement_binding[rows, cols] - _BINDING)[:, None]
    return {
        "usual chance to sign": log_odds(at.signing),
        "credibility of the others": at.credibility_signs * (_others(credibility, weights) - _CREDIBILITY),
        "own political will": at.will_signs * (world.will.take(rows, axis=0) - _HALF),
        "parties beyond two": at.parties_sign * (layout.size.take(cols)[:, None] - 2.0),
        "steps it would owe": -at.steps_cost * owed,
        "relief from threat": at.threat_relief * (_others(threat, weights) - _HALF),
        "fear of being exploited": -at.exploitation_fear * owed * (exposure - _EXPOSURE),
        "leader's hawkishness": at.hawks_sign * (world.hawkishness.take(rows, axis=0) - _HALF),
        "sovereignty under a firm form": -at.sovereignty_cost * firm * world.sovereignty.take(rows, axis=0),
        PUSHED: world.sign_push[rows, cols],
    }


def _mean_of_others(world, values, rows, cols, who):
    """Means of values (R, N, N) over the other parties, seen from `who`, (number of values, K)."""
    n = world.will.shape[1]
    seen = np.array([value.reshape(-1, n).take(rows * n + who, axis=0) for value in values])
    return np.einsum("vkj,kj->vk", seen, world.layout.weights.reshape(-1, n).take(cols * n + who, axis=0))


def _leaning(world, doctrines, rows, cols, who):
    """Mean chances of reassurance or restraint by `who` toward the other parties, (number of doctrines, K).

    doctrines: chances (R, 5, N, N) each.
    """
    acts = [chances[:, act] for act in _COOPERATIVE for chances in doctrines]
    means = _mean_of_others(world, acts, rows, cols, who)
    return within(means[: len(doctrines)] + means[len(doctrines) :], _SURE, 1.0 - _SURE)


def _owner(world, rows, cols):
    """Who owes the next step, (K,); -1 when all are taken."""
    return world.layout.owner[cols, world.steps_done[rows, cols]]


def step_terms(world, p, rows, cols, doctrines=None):
    """What the chance is made of that a due step is taken this month, in log-odds, (K,) each.

    doctrines: whose chances (R, 5, N, N) of acts to go by, several at once; those of the acting leader when not given.
    """
    at, world = _At(p, rows), _month(world)
    owner = _owner(world, rows, cols)
    leaning = _leaning(world, doctrines or (world.decision,), rows, cols, owner)
    return {
        "usual chance to take a due step": log_odds(at.step),
        "how cooperative it is toward the parties": at.step_doctrine * log_odds(leaning if doctrines else leaning[0]),
        "form of the agreement": at.step_binding * (world.agreement_binding[rows, cols] - _BINDING),
        "open talks": at.step_talks * (world.talking[rows, cols] - _HALF),
        PUSHED: world.step_push[rows, cols, owner],
    }


def pretend_terms(world, p, rows, cols, exploitative):
    """What the chance is made of that one who does not take a due step pretends to, in log-odds. exploitative: 0 or 1, or
    both."""
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
    return done / np.maximum(steps, 1.0) * np.log(1.0 + age / 12.0)


def lapse_terms(world, p):
    """What the chance is made of that an agreement in force lapses this month, in log-odds, (R, G) each. The ages are those
    of this month, as the World holds them of an agreement that ended in it."""
    at, world = p.state, _month(world)
    layout, overdue = world.layout, world.overdue(p)
    ahead = ((world.done < layout.steps) & (overdue == 0.0)).astype(overdue.dtype)
    least = extreme_of(np.minimum, world.will, layout.members)
    return {
        "usual chance to lapse": log_odds(at.lapse),
        "form of the agreement": -at.lapse_binding * (world.agreement_binding - _BINDING),
        "open talks": -at.lapse_talks * (world.talking - _HALF),
        "will of the least willing": -at.lapse_will * (least - _HALF),
        "steps ahead, none overdue": -at.lapse_schedule * ahead,
        "custom": -at.lapse_custom * world.custom,
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


def review_terms(world, p, rows, cols, who, credibility=None):
    """What the chance is made of that the new leader of `who` keeps the agreement, in log-odds, (K,) each. credibility: mean
    of the other parties' in the eyes of `who`, where it is known."""
    at, world = _At(p, rows), _month(world)
    if credibility is None:
        credibility = _mean_of_others(world, (world.credibility,), rows, cols, who)[0]
    return {
        "usual chance to keep it": log_odds(at.review_keep),
        "form of the agreement": at.review_binding * (world.agreement_binding[rows, cols] - _BINDING),
        "number of parties": at.review_parties * np.log(world.layout.size.take(cols) - 1.0),
        "custom": at.review_custom * world.custom[rows, cols],
        "credibility of the others": at.review_credibility * (credibility - _CREDIBILITY),
        "newcomer's hawkishness": -at.review_hawk * (world.hawkishness[rows, who] - _HALF),
    }


def chance(terms):
    """A probability from its terms.

    >>> float(chance({"usual": np.array(-1.0), "talks": np.array(1.0)}))
    0.5
    """
    return logistic(sum(terms.values()))


_caught = derived(found_out)


def _forced(world):
    """Force between parties of agreements in force: place of the agreement in a row of all, who used it, and the rung; (L,)
    each."""
    count, n = world.in_force.shape[1], world.will.shape[1]
    acts = np.flatnonzero(world.severity >= _FORCE)
    futures, dyads = np.divmod(acts, n * n)
    broken = np.flatnonzero(world.in_force.take(futures, axis=0) & world.layout.tied.take(dyads, axis=0))
    act, col = np.divmod(broken, count)
    return futures.take(act) * count + col, dyads.take(act) // n, world.severity.take(acts.take(act))


def _reviewed(world, p):
    """Reviews by newcomers: place of the agreement in a row of all, who, chance to keep it, credibility found; (L,) each,
    the most willing first."""
    count, n = world.in_force.shape[1], world.will.shape[1]
    futures, states = np.divmod(np.flatnonzero(world.turnover), n)
    mine = np.flatnonzero(world.in_force.take(futures, axis=0) & world.party.T.take(states, axis=0))
    newcomer, cols = np.divmod(mine, count)
    rows, who = futures.take(newcomer), states.take(newcomer)
    credibility = _mean_of_others(world, (world.credibility,), rows, cols, who)[0]
    keep = chance(review_terms(world, p, rows, cols, who, credibility))
    order = np.argsort(-keep, kind="stable")
    return tuple(value.take(order) for value in (rows * count + cols, who, np.maximum(keep, _SURE**2), credibility))


def _ends(world, p, noise, changes):
    """What ends this month, why and over whom; where causes meet, an exit set from outside, force,
    cheating, review, lapse come in this order."""
    lapse, cheating, luck = chance(lapse_terms(world, p)), world.cheat >= 0, noise.agreement("end")
    fights = _forced(world) if (world.severity >= _FORCE).any() else None
    reviews = _reviewed(world, p) if world.turnover.any() else None
    force = 0.0 if fights is None else _force_chances(world, p, *fights)
    caught = _caught(world.agreement_verification) * cheating if cheating.any() else 0.0
    # One luck for force, checks and lapse: each takes its chance of what the graver ones left.
    unbroken = (1.0 - force) * (1.0 - caught)
    cause = (luck < 1.0 - unbroken * (1.0 - lapse)) * np.int8(LAPSED)
    if reviews is not None:
        keep, review = np.ones(lapse.shape, lapse.dtype), noise.agreement("review")
        np.multiply.at(keep.reshape(-1), reviews[0], reviews[2])
        cause[review >= keep] = REVIEWED
    cause[luck < 1.0 - unbroken] = CHEATED
    cause[luck < force] = BY_FORCE
    exits = _ordered(world.exit_order)
    if exits is not None:
        cause[anywhere(exits)] = LEFT
    cause *= world.in_force
    ended = np.flatnonzero(cause)
    if not len(ended):
        return
    changes["ended"], why = cause, cause.take(ended)
    _over_lapse(world, p, changes, ended[why == LAPSED])
    _over_cheating(world, p, changes, ended[why == CHEATED])
    breaches = [] if fights is None else [_over_force(world, changes, *fights)]
    if exits is not None:
        breaches.append(_over_exit(changes, exits))
    if reviews is not None:
        breaches.append(_over_review(p, changes, keep, review, *reviews))
    if breaches:
        place, who = (np.concatenate(values) for values in zip(*breaches, strict=True))
        _broken(changes, world, *np.divmod(place, cause.shape[1]), who)


def _force_chances(world, p, place, user, rung):
    """(R, G) chances that force ends agreements: of several acts the worst counts."""
    worst, force = np.zeros((2, *world.in_force.shape), world.will.dtype)
    order = np.argsort(rung)
    worst.put(place.take(order), rung.take(order))  # the worst comes last
    rows, cols = np.divmod(place, worst.shape[1])
    force.put(place, chance(force_terms(world, p, rows, cols, worst.take(place))))
    return force


def _over_lapse(world, p, changes, lapsed):
    """Note over whom agreements lapsed: who owes a step that is overdue."""
    late = lapsed[world.overdue(p).take(lapsed) > 0.0] if len(lapsed) else lapsed
    if len(late):
        changes["ended_by"].put(late, _owner(world, *np.divmod(late, world.in_force.shape[1])))


def _over_cheating(world, p, changes, found):
    """Note who was found to have pretended, and what that tells."""
    if not len(found):
        return
    (rows, cols), who = np.divmod(found, world.in_force.shape[1]), world.cheat.take(found)
    changes["ended_by"].put(found, who)
    _promised(changes, rows, who, -1, _told(*chance(pretend_terms(world, p, rows, cols, _TYPES))))


def _over_force(world, changes, place, user, rung):
    """Note over whose force agreements ended; gives the breaches: place and who."""
    fatal = changes["ended"].take(place) == BY_FORCE
    n = world.will.shape[1]
    once_each = sorted(set((place[fatal] * n + user[fatal]).tolist()))  # whoever used force against two parties broke one word
    place, who = np.divmod(np.array(once_each, np.intp), n)
    changes["ended_by"].put(place[::-1], who[::-1])  # of several the first
    return place, who


def _over_exit(changes, exits):
    """Note who left; gives the breaches: place and who."""
    place, who = np.nonzero((exits & (changes["ended"] == LEFT)[..., None]).reshape(-1, exits.shape[2]))
    changes["ended_by"].put(place[::-1], who[::-1])  # of several the first
    return place, who


def _over_review(p, changes, keep, luck, place, newcomer, keeps, credibility):
    """Note over whose reviews agreements ended, and what credibility would have kept them; gives those who look like
    breaches: place and who."""
    failed = changes["ended"].take(place) == REVIEWED
    changes["ended_by"].put(place[failed], newcomer[failed])  # of several the least willing, who comes last
    failed &= changes["ended_by"].take(place) == newcomer
    place, newcomer, keeps, credibility = (value[failed] for value in (place, newcomer, keeps, credibility))
    at, luck, keep = _At(p, place // keep.shape[1]), luck.take(place), keep.take(place)
    needed = credibility_needed(credibility, keeps, luck * keeps / keep, weight=at.review_credibility)
    changes["review_credibility"].put(place, credibility)
    changes["review_needed"].put(place, needed)
    plain = luck >= 1.0 - at.review_breach * (1.0 - keep)  # the plainest failures look like breaches
    return place[plain], newcomer[plain]


def _broken(changes, world, rows, cols, who):
    """Note promises that `who` broke, and what a breach tells: log ratio of the two types' chances not to act cooperatively
    toward the parties."""
    if not len(rows):
        return
    both = world.if_trustworthy, world.if_exploitative
    _promised(changes, rows, who, -1, _told(*(1.0 - _leaning(world, both, rows, cols, who))))


def _promised(changes, rows, states, kept, evidence):
    """Note promises kept (1) or broken (-1); the evidence adds up."""
    changes["promise"][rows, states] = kept
    np.add.at(changes["promise_evidence"], (rows, states), evidence)


def _steps(world, p, noise, changes):
    """Due steps of agreements that go on: taken, pretended, or left undone. One luck: who does not take it may pretend."""
    due = np.minimum(np.floor(world.agreement_age / p.state.step_every), world.layout.steps).astype(np.int8)
    changes["steps_due"] = np.maximum(due * world.in_force, world.steps_due)
    places = np.flatnonzero(world.in_force & (changes["ended"] == 0) & (changes["steps_due"] > world.steps_done))
    if not len(places):
        return
    rows, cols = np.divmod(places, due.shape[1])
    who, luck = _owner(world, rows, cols), noise.agreement("step").take(places)
    doctrines = world.decision, world.if_trustworthy, world.if_exploitative
    takes, *taken = chance(step_terms(world, p, rows, cols, doctrines))
    pretended = chance(pretend_terms(world, p, rows, cols, _TYPES))
    pretends = np.where(world.trustworthy[rows, who], *pretended) * (world.cheat.take(places) < 0)
    cheats = (luck >= takes) & (luck < takes + (1.0 - takes) * pretends)
    changes["cheat"].put(places[cheats], who[cheats])
    seen = np.flatnonzero(cheats | (luck < takes))  # nobody sees the difference
    if not len(seen):
        return
    changes["steps_done"].reshape(-1)[places[seen]] += 1
    changes["agreement_idle"].put(places[seen], 0.0)
    _promised(changes, rows[seen], who[seen], 1, step_evidence(taken, pretended)[seen])


def _signatures(world, p, noise, actors, changes):
    offered = changes["offered"] = _on_offer(world, p, noise.agreement("offer"))
    places, default = np.flatnonzero(offered), changes["sign_chance"]
    rows, cols = np.divmod(places, offered.shape[1])
    if len(places):
        default[rows, cols] = chance(sign_terms(world, p, rows, cols)) * world.party.take(cols, axis=0)
    decided = actors(default)  # asked every month: what a doctrine remembers must not hang on other futures' offers
    if decided is not default:
        changes["sign_chance"] = decided * (offered[:, :, None] & world.party)
    if not len(places):
        return
    all_sign = np.where(world.party.take(cols, axis=0), decided[rows, cols], 1.0).prod(axis=1)
    signed = places[noise.agreement("sign").take(places) < all_sign]  # one luck: each decides for itself, and all have to
    if not len(signed):
        return
    for name, value in (("signed", True), ("in_force", True), ("cheat", -1)):
        changes[name].put(signed, value)
    for name in ("agreement_age", "agreement_idle", "steps_due", "steps_done"):
        changes[name].put(signed, 0)


def ties(world, in_force, rows):
    """What agreements in force tie two states with in the futures `rows`: binding, guarantors, verification, (K, N, N) each.

    in_force: (K, G) in those futures.
    """
    layout = _month(world).layout
    of_each = np.zeros((3, len(in_force), in_force.shape[1] + 1), world.will.dtype)  # the last agreement is none
    for value, product in zip((world.agreement_binding[rows], layout.guarantors, world.agreement_verification[rows]), of_each, strict=True):
        np.multiply(value, in_force, out=product[:, :-1])
    tied = extreme_of(np.maximum, of_each, layout.tying).take(layout.pair, axis=2)
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
    month = _Month(world, world.agreement_age + world.in_force)
    changes = _quiet_month(month)
    _ends(month, p, noise, changes)
    broke = changes["promise"] < 0
    _steps(month, p, noise, changes)
    _signatures(month, p, noise, actors, changes)
    if changes["promise"].any():
        changes["promise"][broke] = -1  # whatever else it kept
        changes["promise_evidence"] = within(changes["promise_evidence"], -_CLIP, _CLIP)
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
