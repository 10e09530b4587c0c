"""Acts become events: words and shows of force, campaigns of weapons tests, clashes that escalate, and a ladder that cools.

Theory: provocation comes in spells of restraint and campaign that a programme's rulers switch between, moved by talks, will,
    threat and breakdown (a two-state switch fits the record 1991-2024 better than self-excitation alone, not so 1990-2008);
    escalation by mutual provocation [jervis1978]; exercises have a disputed sign [dorazio2012; bernhardt2021].
Equation: campaign ends with P(end; + talks, will, credibility), begins with P(begin; + threat, breakdown, rhetoric, own pressure,
    - norm); tests ~ Poisson(rate of the spell * exp(threat and exercise terms)), each aimed at one rival;
    hostility' = max(severity of this month, hostility - 1).
    A provocation is a show of force between rivals and a row in words between others; a programme shows force by tests
    alone, so incidents between two shows of force are for dyads without one.
Channels of harm: talks and will may prolong a campaign (`talks_calm`, `will_calms` below 0): tests are chips at the table
    [schelling1966], and that quiet months have talks need not be the talks' doing; talks that break down stir; so does fear.
Leaves out: deaths, duration of wars, mediation, sanctions as an answer. A state without a programme has none of the switch.
Rival accounts: constant rates (both rates equal) beat the switch on the record 1990-2008 (BIC 183 against 170, missile and nuclear).
"""

from __future__ import annotations

from functools import reduce
from operator import add

import numpy as np

from regime_abm.core.derived import derived
from regime_abm.core.maths import anywhere, log_odds, logistic, total
from regime_abm.core.names import PUSHED
from regime_abm.core.parameter import LogNormal, Normal, Parameter, Uniform

READS = (
    "campaign_push",
    "test_order",
    "accident",
    "programme",
    "rival",
    "stake",
    "campaign",
    "action",
    "talks",
    "breakdown",
    "will",
    "norm",
    "credibility",
    "threat",
    "threat_start",
    "exercise",
    "exercise_season",
    "hostility",
    "dispute",
)
WRITES = ("campaign", "tests", "severity", "hostility")

PARAMETERS = (
    Parameter("campaign_ends", 0.125, 0.001, 0.99, LogNormal(0.125, 0.35), "per month", "Chance that a campaign ends when half the rivals (by stake) are in talks, will is .5 and credibility .3.", "mean spell 8 months, two-state fit on 1991-2024 (region's facts); widened", "estimated"),
    Parameter("campaign_begins", 0.037, 0.001, 0.99, LogNormal(0.037, 0.4), "per month", "Chance that a campaign begins when half the rivals press, half the own acts press, a tenth of the talks just broke down and the norm is .5; in a wholly quiet month it is lower.", "mean spell 27 months, two-state fit on 1991-2024 (region's facts); widened", "estimated"),
    Parameter("talks_calm", 0.5, -2.0, 4.0, Uniform(-1.0, 2.0), "log-odds", "How much open talks end a campaign; below 0 tests are the chips at the table.", "months with talks had fewer tests (recalled), which need not be their doing; range through zero", "expert"),
    Parameter("will_calms", 0.5, -2.0, 4.0, Uniform(-1.0, 2.0), "log-odds", "How much own political will ends a campaign; below 0 who wants a deal raises its price first.", "schelling1966 (bargaining by risk, against); size open, range through zero", "expert"),
    Parameter("credibility_calms", 1.0, -2.0, 4.0, Uniform(0.0, 2.0), "log-odds", "How much credible assurances end a campaign."),
    Parameter("threat_stirs", 2.0, -4.0, 8.0, Uniform(0.0, 4.0), "log-odds per threat", "How much threat above its first level begins a campaign."),
    Parameter("breakdown_stirs", 1.0, -2.0, 4.0, Uniform(0.0, 2.0), "log-odds", "How much talks that just broke down begin a campaign."),
    Parameter("rhetoric_stirs", 0.8, -2.0, 4.0, Uniform(0.0, 1.6), "log-odds", "How much pressure from others begins a campaign."),
    Parameter("resolve_stirs", 0.8, -2.0, 4.0, Uniform(0.0, 1.6), "log-odds", "How much the state's own choice of pressure begins a campaign."),
    Parameter("norm_calms", 1.0, -2.0, 6.0, Uniform(0.0, 2.0), "log-odds", "How much an internalised norm keeps a campaign from beginning."),
    Parameter("rate_restraint", 0.10, 0.0, 2.0, LogNormal(0.10, 0.35), "tests per month", "Tests while restrained.", "two-state fit on 1991-2024 (region's facts)", "estimated"),
    Parameter("rate_campaign", 1.65, 0.0, 6.0, Uniform(0.3, 3.0), "tests per month", "Tests in a campaign; the fit on 1991-2024 gives 1.99, which holds later years, so the prior is wide.", "two-state fit on 1991-2024 (region's facts); widened", "estimated"),
    Parameter("threat_rate", 0.5, -2.0, 4.0, Uniform(0.0, 1.0), "log rate per threat", "How much threat above its first level raises the rate."),
    Parameter("exercise_rate", 0.0, -1.0, 1.0, Normal(0.0, 0.25), "log rate", "How much joint exercises raise the rate; the sign is disputed.", "dorazio2012 (no effect); bernhardt2021 (positive); the spread is a judgement", "expert"),
    Parameter("norm_rate", 2.5, 0.0, 5.0, Uniform(0.0, 5.0), "log rate per norm", "How much a norm above one half lowers the restrained rate."),
    Parameter("incident", 0.035, 0.0, 0.5, Uniform(0.01, 0.06), "per month", "Chance that mutual shows of force turn into force without deaths, no dispute being open."),
    Parameter("dispute_stirs", 0.5, -2.0, 3.0, Uniform(0.0, 1.0), "log rate", "How much an open dispute turns shows of force into force."),
    Parameter("clash", 0.012, 0.0, 0.5, Uniform(0.003, 0.03), "per month", "Chance that force without deaths turns into a lethal clash in a month.", "two lethal clashes 1999 and 2002 in the months with force 1990-2008, own reading; hence not the middle of the prior", "expert"),
    Parameter("war", 0.0055, 0.0, 0.2, Uniform(0.001, 0.01), "per month", "Chance that a lethal clash turns into war in a month."),
)

RHETORIC, THREAT, FORCE, CLASH, WAR = 1, 2, 3, 4, 5  # the rungs of the ladder, see core/names.py
_PRESSURE, _PROVOKE = 3, 4  # places of the two hostile acts
_TALKS, _WILL, _CREDIBILITY, _BREAKDOWN, _RHETORIC, _NORM = 0.5, 0.5, 0.3, 0.1, 0.5, 0.5  # references of the logistics
_MOST_TESTS = 30  # a larger Poisson count is cut: its chance is below 1e-20 at the stated values, 1e-5 within the priors


def end_terms(talks, will, credibility, *, p):
    """What the chance that a campaign ends is made of, in log-odds; talks, will, credibility in 0..1."""
    return {
        "usual chance that a campaign ends": log_odds(p.campaign_ends),
        "open talks": p.talks_calm * (talks - _TALKS),
        "own political will": p.will_calms * (will - _WILL),
        "credible assurances": p.credibility_calms * (credibility - _CREDIBILITY),
    }


def begin_terms(fear, breakdown, rhetoric, resolve, norm, *, p):
    """What the chance that a campaign begins is made of, in log-odds; fear is threat above its start, the rest in 0..1."""
    return {
        "usual chance that a campaign begins": log_odds(p.campaign_begins),
        "threat above its first level": p.threat_stirs * fear,
        "talks that broke down": p.breakdown_stirs * (breakdown - _BREAKDOWN),
        "pressure from others": p.rhetoric_stirs * (rhetoric - _RHETORIC),
        "own choice of pressure": p.resolve_stirs * (resolve - _RHETORIC),
        "internalised norm": -p.norm_calms * (norm - _NORM),
    }


def test_rate(campaign, fear, exercise, norm, *, p):
    """Tests a month: the spell's rate, moved by threat and season; a norm lowers the restrained rate."""
    restrained = p.rate_restraint * np.exp(-p.norm_rate * np.maximum(norm - 0.5, 0.0))
    spell = np.where(campaign, p.rate_campaign, restrained)
    return spell * np.exp(p.threat_rate * fear + p.exercise_rate * exercise)


def poisson_count(rate, uniforms):
    """Poisson counts by inverse CDF, at most 30.

    >>> poisson_count(np.array([1.0, 1.0]), np.array([0.3, 0.9])).tolist()
    [0, 2]
    """
    count = np.zeros(np.shape(uniforms), np.int8)
    chance = reached = np.exp(-rate)
    for k in range(1, _MOST_TESTS + 1):
        above = uniforms >= reached
        if not np.count_nonzero(above):
            break
        count += above
        chance = chance * rate / k
        reached = reached + chance
    return count


def cooled(hostility, severity):
    """The ladder after a month: up to the worst act at once, down one rung at a time.

    >>> cooled(np.array([4, 0]), np.array([0, 3])).tolist()
    [3, 3]
    """
    return np.maximum(severity, hostility - 1)  # severity is never below 0


@derived
def _programmes(programme):
    """The states with a programme."""
    return np.flatnonzero(programme)


@derived
def _weights(stake, rival, who):
    """Weight of each other state for the programmes of the states `who` (R, len(who), N): stakes with rivals, or with
    anybody where there is none. They sum to 1."""
    stake = stake[:, who]
    weights = stake * rival[who]
    nobody = total(weights)[..., None] == 0.0
    weights = np.where(nobody, (stake + 1e-9) * (np.arange(stake.shape[2]) != who[:, None]), weights)
    return weights / total(weights)[..., None]


@derived
def _aims(weights):
    """Where on the scale of luck each target ends (R, len(who), N)."""
    reached = weights.cumsum(axis=2)
    return reached / reached[:, :, -1:]  # the last one that can be hit ends at exactly 1


def _means(world, who):
    """What the states `who` face, as means over others by what is at stake, (R, len(who)) each: open talks, credibility,
    threat above its start, talks that broke down, pressure from others, own pressure."""
    weights = _weights(world.stake, world.rival, who)
    values = np.empty((6, *weights.shape), weights.dtype)
    values[0] = world.talks.take(who, axis=1)
    values[1] = world.credibility.take(who, axis=1)
    np.subtract(world.threat.take(who, axis=1), world.threat_start.take(who, axis=1), out=values[2])
    values[3] = world.breakdown.take(who, axis=1)
    values[4] = world.action.take(who, axis=2).swapaxes(1, 2) >= _PRESSURE
    values[5] = world.action.take(who, axis=1) >= _PRESSURE
    return np.einsum("krij,rij->kri", values, weights)


def _end_terms(world, p, who, means):
    talks, credibility, *_ = means
    named = end_terms(talks, world.will.take(who, axis=1), credibility, p=p.state)
    return {**named, PUSHED: -world.campaign_push.take(who, axis=1)}


def _begin_terms(world, p, who, means):
    _, _, fear, breakdown, others, own = means
    named = begin_terms(fear, breakdown, others, own, world.norm.take(who, axis=1), p=p.state)
    return {**named, PUSHED: world.campaign_push.take(who, axis=1)}


def switch_terms(world, p, who):
    """The terms of the two chances that move the programmes of the states `who` between restraint and campaign:
    (ends, begins), each (R, len(who)) by name."""
    means = _means(world, who)
    return _end_terms(world, p, who, means), _begin_terms(world, p, who, means)


def _chance(terms):
    return logistic(reduce(add, terms.values()))


@derived
def _usual_season(exercise_season):
    return exercise_season.mean()


def _tested(world, p, noise, severity):
    """Switch, tests and their targets, for the states with a programme only; changes `severity` (R, N, N) in place."""
    who = _programmes(world.programme)
    campaign, tests = world.campaign.copy(), np.zeros(world.campaign.shape, np.int8)
    if not len(who):
        return campaign, tests
    means, u, testing = _means(world, who), noise.state("switch").take(who, axis=1), campaign.take(who, axis=1)
    several = np.count_nonzero(testing)  # a chance that nobody meets is not reckoned
    goes_on = u >= _chance(_end_terms(world, p, who, means)) if several else False
    begins = u < _chance(_begin_terms(world, p, who, means)) if several < testing.size else False
    testing = np.where(testing, goes_on, begins)
    season, norm = world.exercise - _usual_season(world.exercise_season), world.norm.take(who, axis=1)
    rate = test_rate(testing, means[2], season, norm, p=p.state)
    count = poisson_count(rate, noise.state("tests").take(who, axis=1))
    campaign[:, who], tests[:, who] = testing, count
    rows, place = count.nonzero()
    if len(rows):
        aims = _aims(_weights(world.stake, world.rival, who))[rows, place]
        target = np.count_nonzero(noise.state("target")[rows, who[place], None] >= aims, axis=1)
        severity[rows, who[place], target] = FORCE
    return campaign, tests


def _struck(flags, chance, draw, noise, names):
    """The futures and pairs among those with a (symmetric) flag up whom luck strikes: rows, and the two sides.

    chance: of rows and sides. Each pair has its own luck; that of pairs without a flag is not even drawn.
    """
    if not np.count_nonzero(flags):
        return None
    n = flags.shape[1]
    rows, pairs = np.divmod(flags.reshape(-1).nonzero()[0], n * n)  # many times faster than to look along three axes
    i, j = np.divmod(pairs, n)
    once = i < j
    rows, pairs, i, j = rows[once], pairs[once], i[once], j[once]
    luck = np.empty(len(rows), np.float32)
    for pair in set(pairs.tolist()):
        here = pairs == pair
        luck[here] = noise.pairs(draw, (names.undirected[pair],))[rows[here], 0]
    hit = luck < chance(rows, i, j)
    return rows[hit], i[hit], j[hit]


def _raised(rung, struck, *ladders):
    """Both sides are put on a rung, in place."""
    if struck is not None:
        rows, i, j = struck
        for ladder in ladders:
            ladder[rows, i, j] = ladder[rows, j, i] = rung


def _escalated(world, p, noise, severity):
    """The ladder after incidents, clashes and war, each with luck of its own; changes `severity` (R, N, N) in place."""

    def of(value, rows):
        return value[rows] if isinstance(value, np.ndarray) else value

    def incident(rows, i, j):
        disputed = (world.dispute[rows, i, j] > 0) * of(p.dispute_stirs, rows)
        return of(p.incident, rows) * np.exp(disputed) * (worst[rows, i, j] < FORCE)

    other = np.ascontiguousarray(severity.swapaxes(1, 2))
    worst = np.maximum(severity, other)
    shows = np.minimum(severity, other) >= THREAT
    _raised(FORCE, _struck(shows, incident, "incident", noise, world.names), severity, worst)
    ladder = cooled(world.hostility, worst)
    clash = _struck(ladder == FORCE, lambda rows, i, j: of(p.clash, rows), "clash", noise, world.names)
    war = _struck(world.hostility >= CLASH, lambda rows, i, j: of(p.war, rows), "war", noise, world.names)
    _raised(CLASH, clash, severity, ladder)
    _raised(WAR, war, severity, ladder)
    return ladder


@derived
def _ordered(orders):
    """What was set from outside; None when nothing was."""
    return orders if orders.any() else None


def _from_outside(world, tests, severity):
    """Tests and incidents that an event sets for this month; changes both in place."""
    tested, accident = _ordered(world.test_order), _ordered(world.accident)
    if tested is not None:
        severity[tested] = FORCE
        tests += anywhere(tested)
    if accident is not None:
        np.maximum(severity, accident, out=severity)


@derived
def _armed(rival, programme):
    """Who shows force against whom; the rest have words only."""
    return rival & ~programme[:, None]


def step(world, p, noise):
    severity = (world.action >= _PRESSURE).view(np.int8)  # words,
    severity += ((world.action == _PROVOKE) & _armed(world.rival, world.programme)).view(np.int8)  # or a show of force
    campaign, tests = _tested(world, p, noise, severity)
    _from_outside(world, tests, severity)
    return {
        "hostility": _escalated(world, p, noise, severity),
        "campaign": campaign,
        "tests": tests,
        "severity": severity,
    }
