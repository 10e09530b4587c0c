"""Agreements: what happens to them in a month, and what it tells: ends, steps, signatures."""

from __future__ import annotations

import numpy as np

from regime_abm.core.derived import derived
from regime_abm.core.maths import anywhere, extreme_of, log_odds, within
from regime_abm.core.parameter import At
from regime_abm.mechanisms.agreements.terms import (
    FORCE,
    SURE,
    chance,
    force_terms,
    lapse_terms,
    leaning_of,
    mean_of_others,
    month_of,
    owner_of,
    pretend_terms,
    review_terms,
    sign_terms,
    step_terms,
)

LAPSED, BY_FORCE, CHEATED, REVIEWED, LEFT = 1, 2, 3, 4, 5  # causes of an end
CLIP = 2.0  # the most that one promise tells, in log-odds
_TYPES = np.array([[0.0], [1.0]], np.float32)  # trustworthy, exploitative


def found_out(verification):
    """Chance in a month that cheating is found, from the chance in a year.

    >>> round(float(1.0 - (1.0 - found_out(np.array(0.6))) ** 12), 6)
    0.6
    """
    return 1.0 - (1.0 - verification) ** (1.0 / 12.0)


_caught = derived(found_out)


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
    return within(np.log(good / bad), -CLIP, CLIP)


def credibility_needed(credibility, chance, luck, *, weight):
    """Credibility at which a review with the same luck would just have kept the agreement, in 0..1; 1 also where none would.

    >>> chance, luck = (1.0 / (1.0 + np.exp(-2.0 * (value - 0.3))) for value in (0.31, 0.45))
    >>> round(float(credibility_needed(np.array(0.31), np.array(chance), np.array(luck), weight=2.0)), 4)
    0.45
    """
    lacking = log_odds(within(luck, 1e-6, 1.0 - 1e-6)) - log_odds(within(chance, 1e-6, 1.0 - 1e-6))
    strong = np.abs(weight) > 1e-6
    return np.where(strong, within(credibility + lacking / np.where(strong, weight, 1.0), 0.0, 1.0), 1.0)


@derived
def _ordered(orders):
    """What is set from outside this month; None when nothing is."""
    return orders if orders.any() else None


def ends(world, p, noise, changes):
    """What ends this month, why and over whom; where causes meet, an exit set from outside, force,
    cheating, review, lapse come in this order."""
    lapse, cheating, luck = chance(lapse_terms(world, p)), world.cheat >= 0, noise.agreement("end")
    fights = _forced(world) if (world.severity >= FORCE).any() else None
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


def _forced(world):
    """Force between parties of agreements in force: place of the agreement in a row of all, who used it, and the rung; (L,)
    each."""
    count, n = world.in_force.shape[1], world.will.shape[1]
    acts = np.flatnonzero(world.severity >= FORCE)
    futures, dyads = np.divmod(acts, n * n)
    broken = np.flatnonzero(world.in_force.take(futures, axis=0) & world.layout.tied.take(dyads, axis=0))
    act, col = np.divmod(broken, count)
    return futures.take(act) * count + col, dyads.take(act) // n, world.severity.take(acts.take(act))


def _force_chances(world, p, place, user, rung):
    """(R, G) chances that force ends agreements: of several acts the worst counts."""
    worst, force = np.zeros((2, *world.in_force.shape), world.will.dtype)
    order = np.argsort(rung)
    worst.put(place.take(order), rung.take(order))  # the worst comes last
    rows, cols = np.divmod(place, worst.shape[1])
    force.put(place, chance(force_terms(world, p, rows, cols, worst.take(place))))
    return force


def _reviewed(world, p):
    """Reviews by newcomers: place of the agreement in a row of all, who, chance to keep it, credibility found; (L,) each,
    the most willing first."""
    count, n = world.in_force.shape[1], world.will.shape[1]
    futures, states = np.divmod(np.flatnonzero(world.turnover), n)
    mine = np.flatnonzero(world.in_force.take(futures, axis=0) & world.party.T.take(states, axis=0))
    newcomer, cols = np.divmod(mine, count)
    rows, who = futures.take(newcomer), states.take(newcomer)
    credibility = mean_of_others(world, (world.credibility,), rows, cols, who)[0]
    keep = chance(review_terms(world, p, rows, cols, who, credibility))
    order = np.argsort(-keep, kind="stable")
    return tuple(value.take(order) for value in (rows * count + cols, who, np.maximum(keep, SURE**2), credibility))


def _over_lapse(world, p, changes, lapsed):
    """Note over whom agreements lapsed: who owes a step that is overdue."""
    late = lapsed[world.overdue(p).take(lapsed) > 0.0] if len(lapsed) else lapsed
    if len(late):
        changes["ended_by"].put(late, owner_of(world, *np.divmod(late, world.in_force.shape[1])))


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
    at, luck, keep = At(p, place // keep.shape[1]), luck.take(place), keep.take(place)
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
    _promised(changes, rows, who, -1, _told(*(1.0 - leaning_of(world, both, rows, cols, who))))


def _promised(changes, rows, states, kept, evidence):
    """Note promises kept (1) or broken (-1); the evidence adds up."""
    changes["promise"][rows, states] = kept
    np.add.at(changes["promise_evidence"], (rows, states), evidence)


def steps(world, p, noise, changes):
    """Due steps of agreements that go on: taken, pretended, or left undone. One luck: who does not take it may pretend."""
    due = np.minimum(np.floor(world.agreement_age / p.state.step_every), world.layout.steps).astype(np.int8)
    changes["steps_due"] = np.maximum(due * world.in_force, world.steps_due)
    places = np.flatnonzero(world.in_force & (changes["ended"] == 0) & (changes["steps_due"] > world.steps_done))
    if not len(places):
        return
    rows, cols = np.divmod(places, due.shape[1])
    who, luck = owner_of(world, rows, cols), noise.agreement("step").take(places)
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


def signatures(world, p, noise, actors, changes):
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
    layout = month_of(world).layout
    of_each = np.zeros((3, len(in_force), in_force.shape[1] + 1), world.will.dtype)  # the last agreement is none
    for value, product in zip((world.agreement_binding[rows], layout.guarantors, world.agreement_verification[rows]), of_each, strict=True):
        np.multiply(value, in_force, out=product[:, :-1])
    tied = extreme_of(np.maximum, of_each, layout.tying).take(layout.pair, axis=2)
    return dict(zip(("bound", "guaranteed", "verified"), tied, strict=True))
