"""Agreements: what the month finds, and what the chances of each turn are made of."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from regime_abm.core.derived import derived
from regime_abm.core.maths import extreme_of, log_odds, logistic, padded, within
from regime_abm.core.names import PUSHED
from regime_abm.core.parameter import At

FORCE = 3  # severity from which an act counts as force
SURE = 0.001  # no doctrine is taken to be surer than this
_BINDING, _CREDIBILITY, _HALF, _EXPOSURE = 0.15, 0.3, 0.5, 0.35  # references of the logistics; .15: a declaration
_MOST_OVERDUE = 24.0
_COOPERATIVE = (0, 1)  # acts: reassure, restrain


class Month:
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


def month_of(world):
    return world if isinstance(world, Month) else Month(world, world.agreement_age)


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
        talks_needed=np.where(size == 2, 1.0, _HALF).astype(kind) - kind(SURE),
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


def months_overdue(age, done, steps, *, every):
    """Months since the next step fell due; 0 when none is due. The first falls due `every` months after the signature.

    >>> months_overdue(np.array([21.0]), np.array([1]), np.array([4]), every=6.0).tolist()
    [9.0]
    """
    return np.maximum(age - (done + 1.0) * every, 0.0) * (done < steps)


def custom(age, done, steps):
    """How far an agreement has become custom: share of its steps taken, times log(1 + years); 0 for one without steps.

    >>> round(float(custom(np.array(12.0), np.array(2), np.array(4))), 4)
    0.3466
    """
    return done / np.maximum(steps, 1.0) * np.log(1.0 + age / 12.0)


def _others(value, weights):
    """Mean of value (K, N, N) over the other parties, (K, N); 0 for those who are no party."""
    return np.einsum("kij,kij->ki", value, weights)


def mean_of_others(world, values, rows, cols, who):
    """Means of values (R, N, N) over the other parties, seen from `who`, (number of values, K)."""
    n = world.will.shape[1]
    views, weights = rows * n + who, world.layout.weights.reshape(-1, n).take(cols * n + who, axis=0)
    return np.einsum("vkj,kj->vk", np.array([value.reshape(-1, n).take(views, axis=0) for value in values]), weights)


def leaning_of(world, doctrines, rows, cols, who):
    """Mean chances of reassurance or restraint by `who` toward the other parties, (number of doctrines, K).

    doctrines: chances (R, 5, N, N) each.
    """
    acts = [chances[:, act] for act in _COOPERATIVE for chances in doctrines]
    means = mean_of_others(world, acts, rows, cols, who)
    return within(means[: len(doctrines)] + means[len(doctrines) :], SURE, 1.0 - SURE)


def owner_of(world, rows, cols):
    """Who owes the next step, (K,); -1 when all are taken."""
    return world.layout.owner[cols, world.steps_done[rows, cols]]


def sign_terms(world, p, rows, cols):
    """What each state's wish is made of to sign the agreements `cols` in the futures `rows`, in log-odds, (K, N) each."""
    at, layout = At(p, rows[:, None]), month_of(world).layout
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


def step_terms(world, p, rows, cols, doctrines=None):
    """What the chance is made of that a due step is taken this month, in log-odds, (K,) each.

    doctrines: whose chances (R, 5, N, N) of acts to go by, several at once; those of the acting leader when not given.
    """
    at, world = At(p, rows), month_of(world)
    owner = owner_of(world, rows, cols)
    leaning = leaning_of(world, doctrines or (world.decision,), rows, cols, owner)
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
    at = At(p, rows)
    return {
        "usual chance to pretend": log_odds(at.pretend),
        "exploitative leader": at.exploiters_pretend * exploitative,
        "checks": -at.checks_deter * (world.agreement_verification[rows, cols] - _HALF),
    }


def lapse_terms(world, p):
    """What the chance is made of that an agreement in force lapses this month, in log-odds, (R, G) each. The ages are those
    of this month, as the World holds them of an agreement that ended in it."""
    at, world = p.state, month_of(world)
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
    at = At(p, rows)
    return {
        "usual chance that force ends it": log_odds(at.force_breaks),
        "form of the agreement": -at.force_binding * (world.agreement_binding[rows, cols] - _BINDING),
        "clash or war": at.force_rung * (rung - FORCE),
    }


def review_terms(world, p, rows, cols, who, credibility=None):
    """What the chance is made of that the new leader of `who` keeps the agreement, in log-odds, (K,) each. credibility: mean
    of the other parties' in the eyes of `who`, where it is known."""
    at, world = At(p, rows), month_of(world)
    if credibility is None:
        credibility = mean_of_others(world, (world.credibility,), rows, cols, who)[0]
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
