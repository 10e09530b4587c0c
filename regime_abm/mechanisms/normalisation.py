"""A state opens normal relations with a rival in whose hands an issue of its own lies; what that brings and costs is open.

Theory: concessions need the consent of those at home who can refuse it [putnam1988]; what a rival is paid goes where it wants
    [haggard2017]; an ally that goes its own way makes others doubt it [snyder1984].
Equation: settled' = settled + (quiet_work, in talks + issue_step for each step of that kind truly taken) * (1 - settled) - sours *
    settled in a month of force by the other, within 0..1. The odds that the state signs an agreement that foresees normal
    relations, and that it takes that step, are multiplied by 1 - veto * (1 - settled). Relations are there once the step is
    truly taken, or by a decision of the government. From then on, with fresh = half each `settles_in` months: talks of the
    two are pushed by `channel`, the other's threat by -recognition; for `aid_months` aid gives the other `inducement` of
    gain from cooperation, and aid * fungible goes into its arsenal; the state's will falls by
    backlash * (1 - settled) * fresh, its allies' belief in it by decoupling * alliance * fresh where the other is their rival too.
Leaves out: relations that are broken off again; what the issue is, who at home refuses, and a settlement that turns out false.
Channels of harm: `fungible` aid feeds the arsenal; `backlash`; `decoupling`; an issue that is tied to relations keeps agreements
    from being signed (`veto`).
Rival accounts: recognition rewards and emboldens: `recognition` and `channel` below 0; a hostage to one issue: `veto` and
    `backlash` at their upper ends [putnam1988]; an example that others follow: `decoupling` below 0.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from regime_abm.core.derived import derived
from regime_abm.core.parameter import Parameter, Uniform

READS = (
    "month",
    "normalising",
    "normalising_step",
    "issue_step",
    "party",
    "agreement_turn",
    "rival",
    "alliance",
    "relations",
    "talks",
    "severity",
    "in_force",
    "agreement_idle",
    "steps_done",
    "cheat",
    "issue_settled",
    "normal_months",
    "will_push",
    "threat_push",
    "credibility_push",
    "gain_push",
    "talks_push",
    "sign_push",
    "step_push",
    "arsenal_push",
)
_PUSHED = ("will_push", "threat_push", "credibility_push", "gain_push", "talks_push", "sign_push", "step_push", "arsenal_push")
WRITES = ("relations", "issue_settled", "normal_months", *_PUSHED)
STARTS = ("issue_settled", "normal_months")

PARAMETERS = (
    Parameter("first_settled", 0.15, 0.0, 1.0, Uniform(0.0, 0.3), "scale", "How far the issue is settled at the start.", "a summit of 2002 and an inquiry of 2014 that was stopped (region's timeline); the size is a judgement", "expert"),
    Parameter("quiet_work", 0.004, 0.0, 0.1, Uniform(0.0, 0.008), "per month", "How much of what is left of the issue a month of open talks settles."),
    Parameter("issue_step", 0.3, 0.0, 1.0, Uniform(0.1, 0.5), "share", "How much of what is left of the issue a step made for it settles."),
    Parameter("sours", 0.02, 0.0, 0.5, Uniform(0.0, 0.04), "per month", "How much of the settlement a month in which the other uses force takes back.", "the inquiry of 2014 ended over tests (region's timeline)", "expert"),
    Parameter("veto", 0.6, 0.0, 0.999, Uniform(0.3, 0.9), "share", "How much an issue not settled at all takes from the odds to sign and to open relations.", "range as given for the model; putnam1988 (sign)", "expert"),
    Parameter("channel", 0.35, -2.0, 3.0, Uniform(-0.1, 0.8), "log-odds", "How much relations add to the chance of talks between the two; below 0 the prize is taken and nothing left to talk about."),
    Parameter("recognition", 0.2, -2.0, 3.0, Uniform(-0.2, 0.6), "log-odds", "How much relations take from what the other fears of the state; below 0 it holds the concession for a ruse."),
    Parameter("inducement", 0.15, -1.0, 2.0, Uniform(-0.1, 0.4), "payoff", "How much aid adds to the other's gain from cooperation, while it flows; below 0 it makes bold."),
    Parameter("aid", 0.004, 0.0, 0.1, Uniform(0.0, 0.008), "per month", "Aid that flows each month, as the growth of an arsenal that it could pay for."),
    Parameter("aid_months", 60.0, 0.0, 240.0, Uniform(12.0, 108.0), "months", "How long aid flows after normal relations."),
    Parameter("fungible", 0.3, 0.0, 1.0, Uniform(0.0, 0.6), "share", "How much of the aid goes into the arsenal.", "haggard2017 (inducements went where the state wanted them)", "expert"),
    Parameter("backlash", 0.6, -1.0, 4.0, Uniform(-0.1, 1.3), "log-odds", "How much relations opened with the issue not settled at all take from the government's will; below 0 they bring relief."),
    Parameter("decoupling", 0.3, -2.0, 3.0, Uniform(-0.2, 0.8), "log-odds", "How much a firm ally whose rival the other is comes to doubt the state; below 0 the example reassures.", "snyder1984 (sign)", "expert"),
    Parameter("settles_in", 24.0, 1.0, 240.0, Uniform(6.0, 42.0), "months", "Months in which backlash and allies' doubts halve."),
)

_FORCE = 3  # severity from which an act counts as force
_LONG_AGO = 10_000  # months since relations that were there at the start


def next_settled(settled, talks, steps, force, *, p):
    """How far the issue is settled a month on, 0..1. talks: 1 while open; steps: made for it last month; force: 1 if the other
    used any.

    >>> p = SimpleNamespace(quiet_work=0.01, issue_step=0.5, sours=0.1)
    >>> [round(float(next_settled(0.2, *case, p=p)), 3) for case in ((1, 0, 0), (0, 1, 0), (0, 0, 1))]
    [0.208, 0.6, 0.18]
    """
    return np.clip(settled + (p.quiet_work * talks + p.issue_step * steps) * (1.0 - settled) - p.sours * settled * force, 0.0, 1.0)


def veto_push(settled, *, veto):
    """What the open issue adds to the log-odds to sign, and to open relations.

    >>> round(float(np.exp(veto_push(0.5, veto=0.6))), 3), float(veto_push(1.0, veto=0.6))
    (0.7, 0.0)
    """
    return np.log(1.0 - veto * (1.0 - settled))


@derived
def _cases(normalising, normalising_step, issue_step, party, turn, rival):
    """One entry for each pair in question: the state i, the other j, the agreements of both with a marked step (B,), with
    the kind of each of their steps (B, S + 1, 2): normal relations, owed by i; progress on the issue, owed by j."""
    found = []
    for i, j in np.argwhere(normalising).tolist():
        if i == j:
            continue
        marked = np.stack([normalising_step & (turn == i), issue_step & (turn == j)], axis=2)
        marked &= (party[:, i] & party[:, j])[:, None, None]
        codes = np.flatnonzero(marked.any(axis=(1, 2)))
        kinds = np.zeros((len(codes), turn.shape[1] + 2, 2), bool)
        kinds[:, 1:-1] = marked[codes]
        opens = kinds[:, :, 0].any(axis=1)
        worried = rival[:, j].astype(np.float32)
        worried[[i, j]] = 0.0
        found.append(SimpleNamespace(i=i, j=j, codes=codes, kinds=kinds, opens=opens.astype(np.float32), worried=worried))
    return tuple(found)


def _all_cases(world):
    return _cases(
        world.normalising, world.normalising_step, world.issue_step, world.party, world.agreement_turn, world.rival
    )


def _taken(world, case):
    """Whether relations were opened by a step last month, and how many steps were made for the issue, (R,) each."""
    codes, done = case.codes, world.steps_done[:, case.codes]
    fresh = world.in_force[:, codes] & (world.agreement_idle[:, codes] == 0.0) & (world.month > 1)
    kind = case.kinds[np.arange(len(codes)), done] & fresh[:, :, None]
    cheat = world.cheat[:, codes]
    return (kind[:, :, 0] & (cheat != case.i)).any(axis=1), (kind[:, :, 1] & (cheat != case.j)).sum(axis=1)


def _moved(world, p):
    """Relations, the months since they are there, and how far the issue is settled, after last month."""
    settled, relations = world.issue_settled, world.relations
    months, talks, severity = world.normal_months, world.talks, world.severity
    for case in _all_cases(world):
        i, j = case.i, case.j
        opened, steps = _taken(world, case)
        now = next_settled(settled[:, i, j], talks[:, i, j], steps, severity[:, j, i] >= _FORCE, p=p)
        settled = settled.copy() if settled is world.issue_settled else settled
        settled[:, i, j] = now
        if (opened & ~relations[:, i, j]).any():
            relations = relations.copy()
            relations[:, i, j] |= opened
            relations[:, j, i] |= opened
        lasting = np.where(months[:, i, j] == _LONG_AGO, _LONG_AGO, months[:, i, j] + 1)
        months = months.copy() if months is world.normal_months else months
        months[:, i, j] = np.where(relations[:, i, j], lasting, 0)
    return {"relations": relations, "issue_settled": settled, "normal_months": months}


def _add(world, p, now, sums):
    """Add this month's pushes to the arrays of `sums`, in place. now: relations, months and issue as moved."""
    for case in _all_cases(world):
        i, j, codes = case.i, case.j, case.codes
        settled, months = now["issue_settled"][:, i, j], now["normal_months"][:, i, j]
        refusal = veto_push(settled, veto=p.veto)
        sums["sign_push"][:, codes, i] += refusal[:, None] * case.opens
        following = case.kinds[np.arange(len(codes)), world.steps_done[:, codes] + 1, 0]
        sums["step_push"][:, codes, i] += refusal[:, None] * following
        alliance, normal = world.alliance, (months > 0) & (months < _LONG_AGO)
        lasting = normal.astype(np.float32)
        fresh = lasting * np.exp2(-(months - 1) / p.settles_in)
        aided = (normal & (months <= p.aid_months)).astype(np.float32)
        sums["talks_push"][:, i, j] += p.channel * lasting
        sums["talks_push"][:, j, i] += p.channel * lasting
        sums["threat_push"][:, j, i] -= p.recognition * lasting
        sums["gain_push"][:, j, i] += p.inducement * aided
        sums["arsenal_push"][:, j] += p.aid * p.fungible * aided
        sums["will_push"][:, i] -= p.backlash * (1.0 - settled) * fresh
        sums["credibility_push"][:, :, i] -= (p.decoupling * fresh)[:, None] * alliance[:, :, i] * case.worried


def pushes(world, p):
    """What relations and the issue add to the sums of others, by the fleeting quantity that it joins."""
    sums = {name: np.zeros_like(getattr(world, name)) for name in _PUSHED}
    _add(world, p, {name: getattr(world, name) for name in ("issue_settled", "normal_months")}, sums)
    return sums


def start(world, p, noise):
    """How far the issue is settled, and relations that were there before."""
    settled = np.zeros_like(world.issue_settled)
    settled[:, world.normalising] = np.reshape(p.first_settled, (-1, 1))
    months = np.where(world.relations & world.normalising, _LONG_AGO, 0).astype(world.normal_months.dtype)
    return {"issue_settled": settled, "normal_months": months}


def step(world, p, noise):
    now = _moved(world, p)
    sums = {name: getattr(world, name).copy() for name in _PUSHED}
    _add(world, p, now, sums)
    return {**now, **sums}
