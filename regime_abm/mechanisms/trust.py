"""What states see of each other moves their trust by as much as it tells the two types apart.

Theory: trust is a belief about the other's type and is learned from costly acts [kydd2005]; bad news weighs more than good
    [slovic1993; zhu2023]; third parties watch [mercer1996 doubts it].
Equation: log ratio = clip(log(P(seen | trustworthy) / P(seen | exploitative)), -2, 2) with misperception mixed in;
    change = learning * (log ratio, times asymmetry when bad, minus what asymmetry alone would do on average);
    leader reputation += change + what third parties report; state reputation += a part of it; both fade.
Leaves out: that watchers do not know the actor's will, norm, taste, mood and trust (likelihoods assume they do); motives read from context, learning about capabilities, propaganda. Where the two types act alike, as they do when trust in
    others is near 0, nothing can be learned: slow learning in cold relations is a result, not an error.
Rival accounts: situation-specific reputation [press2005; mercer1996] is `third_party` 0.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from regime_abm.core.maths import log_odds, within
from regime_abm.core.parameter import LogNormal, Parameter, Uniform

READS = (
    "action",
    "if_trustworthy",
    "if_exploitative",
    "misperception",
    "trust",
    "trust_government",
    "trust_leader",
    "alliance",
    "party",
    "in_force",
    "ended",
    "promise_evidence",
)
WRITES = ("trust_government", "trust_leader")

PARAMETERS = (
    Parameter("learning", 0.5, 0.0, 1.0, Uniform(0.1, 0.9), "share", "How much of the evidence's log ratio enters belief; 1 is Bayes' rule.", "own trial runs: at 1 trust collapses, below .1 nothing moves", "expert"),
    Parameter("asymmetry", 2.0, 1.0, 5.0, LogNormal(2.0, 0.4), "ratio", "How much more bad news weighs than good.", "slovic1993; zhu2023 (not about states: the direction is theirs, the size a judgement)", "expert"),
    Parameter("state_share", 0.4, 0.0, 1.0, Uniform(0.2, 0.6), "share", "How much of what is learned about a leader sticks to the state."),
    Parameter("third_party", 0.5, 0.0, 1.0, Uniform(0.0, 1.0), "share", "How much what others report counts against what was seen oneself; 0 = reputations do not travel.", "press2005; mercer1996 (0); range open", "expert"),
    Parameter("extra_dyadic", 0.3, 0.0, 1.0, Uniform(0.0, 0.6), "share", "How much a promise kept or broken toward one counts for those who are no party to it; 0 = reputation is situation-specific.", "press2005; mercer1996 (0); range open", "expert"),
    Parameter("fading", 0.011, 0.0, 0.2, Uniform(0.002, 0.02), "per month", "How fast old news fades."),
    Parameter("usual_trustworthy", 0.5, 0.05, 0.95, Uniform(0.3, 0.7), "probability", "What states believe of a government they know nothing of; old news fades to it."),
    Parameter("alliance_bond", 1.0, 0.0, 4.0, Uniform(0.0, 2.0), "log-odds", "How much a full alliance raises what old news fades to: allies' staffs and habits outlast the news."),
)

_CLIP = 2.0  # one act moves log-odds by at most this much before weights
_TINY = 1e-30  # keeps 0 / 0 out where both types never do a thing
_BOUND = 4.0  # beliefs are kept within these log-odds
_LAST = 4  # index of the last act


_EACH_WAY = np.array([1.0, 0.5, 0.5, 0.5, 1.0], np.float32).reshape(-1, 1, 1, 1)  # at the ends there is only one neighbour


def seen_chances(chances, misperception):
    """Chance to see each act when a share of acts is mistaken for a neighbour on the scale; acts lead: (5, R, N, N).

    At the ends of the scale there is only one neighbour.
    """
    return _mixed(chances, 1.0 - misperception, _EACH_WAY * misperception)


def _mixed(chances, stays, goes):
    moved = chances * goes
    seen = chances * stays
    seen[1:] += moved[:-1]
    seen[:-1] += moved[1:]
    seen += _TINY
    return seen


def seen_act(act, misperception, uniforms):
    """The act that is seen: the true one, or with chance `misperception` a neighbour on the scale.

    >>> seen_act(np.array([2, 2, 0]), np.array([0.2, 0.2, 0.2]), np.array([0.5, 0.85, 0.95])).tolist()
    [2, 1, 1]
    """
    slipped = (uniforms >= 1.0 - misperception).view(np.int8)
    up = (uniforms >= 1.0 - 0.5 * misperception).view(np.int8)
    beyond = abs(act - slipped + up + up)  # -1 becomes 1: the end of the scale has one neighbour
    return _LAST - abs(_LAST - beyond)  # and 5 becomes 3


def evidence(if_trustworthy, if_exploitative):
    """Clipped log ratio of each act: above 0 it speaks for a trustworthy type. Equal chances say nothing.

    >>> float(evidence(np.array(0.5), np.array(0.5)))
    0.0
    """
    return np.log(if_trustworthy / if_exploitative).clip(-_CLIP, _CLIP)


def next_reputation(leader, government, learned, *, state_share, fading, usual):
    """Leader's and state's reputation (log-odds) after learning and a month of fading, within +-4.

    >>> leader, government = next_reputation(1.0, 0.0, 0.0, state_share=0.4, fading=0.0, usual=0.0)
    >>> float(leader), float(government)
    (1.0, 0.0)
    """
    leader = leader + learned
    government = government + state_share * learned
    leader = leader + fading * (government - leader)
    government = government + fading * (usual - government)
    return within(leader, -_BOUND, _BOUND), within(government, -_BOUND, _BOUND)


def learned_from(act, if_trustworthy, if_exploitative, trust, misperception, uniforms, *, asymmetry):
    """What each watcher learns about each actor from its act, before the weight of learning (R, N, N).

    Everything is indexed (actor, watcher): act, trust in the actor, misperception of the watcher, luck; chances have the
    acts in front. Bad news counts `asymmetry` times; what that alone would do on average under the watcher's own belief
    is taken off, so that trust does not fall whatever is done.
    """
    stays, goes = 1.0 - misperception, _EACH_WAY * misperception
    trustworthy, exploitative = _mixed(if_trustworthy, stays, goes), _mixed(if_exploitative, stays, goes)
    ratio = evidence(trustworthy, exploitative)
    bad = ratio.clip(-_CLIP, 0.0)
    trustworthy -= exploitative
    trustworthy *= trust
    trustworthy += exploitative  # now the chance to see each act under the watcher's own belief
    bad *= trustworthy
    seen = seen_act(act, misperception, uniforms).astype(np.intp)
    seen *= act.size
    seen += _places(act.size).reshape(act.shape)
    told = ratio.reshape(-1).take(seen)  # of the acts' ratios the one that was seen
    more = told.clip(-_CLIP, 0.0)
    more -= np.add.reduce(bad, axis=0)
    more *= asymmetry - 1.0
    more += told
    return more


@lru_cache(8)
def _places(count):
    return np.arange(count)


def reports(learned):
    """Mean of what third parties learned about the actor: all watchers but oneself (and the actor, who has none)."""
    n = learned.shape[1]
    if n < 3:
        return np.zeros_like(learned)
    return np.matmul(learned, _third_parties(n).astype(learned.dtype))


@lru_cache(8)
def _third_parties(n):
    """Weight of what each watcher (row) learned for each other one (column)."""
    return (1.0 - np.eye(n)) / (n - 2)


def from_promises(evidence, mates, *, asymmetry, extra_dyadic):
    """What each watcher learns of each actor from what it did about a promise: (R, N, N), indexed (actor, watcher).

    evidence: (R, N) log ratios, 0 where nothing was due; bad news counts `asymmetry` times. mates: 1 for those who share
    an agreement with the actor, who learn it whole; others take the share `extra_dyadic`.

    >>> from_promises(np.array([[0.5, 0.0]]), np.ones((1, 2, 2)), asymmetry=2.0, extra_dyadic=0.0).tolist()
    [[[0.5, 0.5], [0.0, 0.0]]]
    """
    bad = (evidence < 0.0).astype(evidence.dtype)[:, :, None]
    told = evidence[:, :, None] * (1.0 + (asymmetry - 1.0) * bad)
    return told * (mates + extra_dyadic * (1.0 - mates))


def _promises(world, p):
    """What is learned from promises, one row for each that was due: future, actor, and a lesson for each watcher."""
    rows, actors = world.promise_evidence.nonzero()
    alive = (world.in_force[rows] | (world.ended[rows] > 0)) & world.party.T[actors]
    mates = (alive.astype(np.float32) @ world.party.astype(np.float32) > 0.0).astype(np.float32)
    asymmetry, extra_dyadic = (
        value[rows] if isinstance(value, np.ndarray) else value for value in (p.dyad.asymmetry, p.dyad.extra_dyadic)
    )
    evidence = world.promise_evidence[rows, actors, None]
    told = from_promises(evidence, mates[:, None], asymmetry=asymmetry, extra_dyadic=extra_dyadic)[:, 0]
    told[np.arange(len(actors)), actors] = 0.0  # of oneself
    return rows, actors, told


def _turned(value):
    """From (watcher, actor) to (actor, watcher), and back."""
    return np.ascontiguousarray(value.swapaxes(1, 2))


def step(world, p, noise):
    learned = learned_from(
        world.action,
        world.if_trustworthy.swapaxes(0, 1),
        world.if_exploitative.swapaxes(0, 1),
        _turned(world.trust),
        _turned(world.misperception),
        _turned(noise.dyad("sight")),
        asymmetry=p.dyad.asymmetry,
    )
    n = learned.shape[1]
    learned.reshape(-1, n * n)[:, :: n + 1] = 0.0  # of oneself
    learned += p.dyad.third_party * reports(learned)
    if np.count_nonzero(world.promise_evidence):
        rows, actors, told = _promises(world, p)
        learned[rows, actors] += told
    learned *= p.dyad.learning
    leader, government = next_reputation(
        world.trust_leader,
        world.trust_government,
        _turned(learned),
        state_share=p.dyad.state_share,
        fading=p.dyad.fading,
        usual=log_odds(p.dyad.usual_trustworthy) + p.dyad.alliance_bond * world.alliance,
    )
    return {"trust_government": government, "trust_leader": leader}
