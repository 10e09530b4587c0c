"""Acts become events: words and shows of force, campaigns of weapons tests, clashes that escalate, and a ladder that cools.

Theory: provocation comes in spells of restraint and campaign that a programme's rulers switch between, moved by talks, will,
    threat and breakdown (a two-state switch fits the record 1991-2024 better than self-excitation alone, not so 1990-2008);
    escalation by mutual provocation [jervis1978]; exercises have a disputed sign [dorazio2012; bernhardt2021].
Equation: campaign ends with P(end; + talks, will, credibility), begins with P(begin; + threat, breakdown, rhetoric, own pressure,
    - norm); tests ~ Poisson(rate of the spell * exp(threat and exercise terms)), each aimed at one rival;
    hostility' = max(severity of this month, hostility - 1).
    A provocation is a show of force between rivals and a row in words between others; a programme shows force by tests
    alone, so incidents between two shows of force are for dyads without one.
Leaves out: deaths, duration of wars, mediation, sanctions as an answer. A state without a programme has none of the switch.
Rival accounts: constant rates (both rates equal) beat the switch on the record 1990-2008 (BIC 183 against 170, missile and nuclear).
"""

from __future__ import annotations

import numpy as np

from regime_abm.core.maths import log_odds, logistic, total
from regime_abm.core.parameter import Normal, Parameter, Uniform

READS = (
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
    Parameter("campaign_ends", 0.125, 0.001, 0.99, Uniform(0.06, 0.25), "per month", "Chance that a campaign ends when half the rivals (by stake) are in talks, will is .5 and credibility .3.", "mean spell 8 months, two-state fit on 1991-2024 (region's facts); widened", "estimated"),
    Parameter("campaign_begins", 0.037, 0.001, 0.99, Uniform(0.015, 0.08), "per month", "Chance that a campaign begins when half the rivals press, half the own acts press, a tenth of the talks just broke down and the norm is .5; in a wholly quiet month it is lower.", "mean spell 27 months, two-state fit on 1991-2024 (region's facts); widened", "estimated"),
    Parameter("talks_calm", 1.0, -2.0, 4.0, Uniform(0.0, 2.0), "log-odds", "How much open talks end a campaign."),
    Parameter("will_calms", 1.0, -2.0, 4.0, Uniform(0.0, 2.0), "log-odds", "How much own political will ends a campaign."),
    Parameter("credibility_calms", 1.0, -2.0, 4.0, Uniform(0.0, 2.0), "log-odds", "How much credible assurances end a campaign."),
    Parameter("threat_stirs", 2.0, -4.0, 8.0, Uniform(0.0, 4.0), "log-odds per threat", "How much threat above its first level begins a campaign."),
    Parameter("breakdown_stirs", 1.0, -2.0, 4.0, Uniform(0.0, 2.0), "log-odds", "How much talks that just broke down begin a campaign."),
    Parameter("rhetoric_stirs", 0.8, -2.0, 4.0, Uniform(0.0, 1.6), "log-odds", "How much pressure from others begins a campaign."),
    Parameter("resolve_stirs", 0.8, -2.0, 4.0, Uniform(0.0, 1.6), "log-odds", "How much the state's own choice of pressure begins a campaign."),
    Parameter("norm_calms", 1.0, -2.0, 6.0, Uniform(0.0, 2.0), "log-odds", "How much an internalised norm keeps a campaign from beginning."),
    Parameter("rate_restraint", 0.10, 0.0, 2.0, Uniform(0.05, 0.20), "tests per month", "Tests while restrained.", "two-state fit on 1991-2024 (region's facts)", "estimated"),
    Parameter("rate_campaign", 1.65, 0.0, 6.0, Uniform(0.3, 3.0), "tests per month", "Tests in a campaign; the fit on 1991-2024 gives 1.99, which holds later years, so the prior is wide.", "two-state fit on 1991-2024 (region's facts); widened", "estimated"),
    Parameter("threat_rate", 0.5, -2.0, 4.0, Uniform(0.0, 1.0), "log rate per threat", "How much threat above its first level raises the rate."),
    Parameter("exercise_rate", 0.0, -1.0, 1.0, Normal(0.0, 0.25), "log rate", "How much joint exercises raise the rate; the sign is disputed.", "dorazio2012 (no effect); bernhardt2021 (positive); the spread is a judgement", "expert"),
    Parameter("norm_rate", 2.5, 0.0, 5.0, Uniform(0.0, 5.0), "log rate per norm", "How much a norm above one half lowers the restrained rate."),
    Parameter("incident", 0.03, 0.0, 0.5, Uniform(0.01, 0.06), "per month", "Chance that mutual shows of force turn into force without deaths, no dispute being open."),
    Parameter("dispute_stirs", 0.5, -2.0, 3.0, Uniform(0.0, 1.0), "log rate", "How much an open dispute turns shows of force into force."),
    Parameter("clash", 0.012, 0.0, 0.5, Uniform(0.003, 0.03), "per month", "Chance that force without deaths turns into a lethal clash in a month.", "two lethal clashes 1999 and 2002 in the months with force 1990-2008, own reading", "expert"),
    Parameter("war", 0.005, 0.0, 0.2, Uniform(0.001, 0.01), "per month", "Chance that a lethal clash turns into war in a month."),
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
    chance = np.exp(-rate)
    reached = chance.copy()
    for k in range(1, _MOST_TESTS + 1):
        above = uniforms >= reached
        if not above.any():
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
    return np.maximum(severity, np.maximum(hostility - 1, 0)).astype(np.int8)


def _mean(weights, value):
    """Mean over others by what is at stake (R, len(who)); weights sum to 1."""
    return np.einsum("rij,rij->ri", weights, value.astype(weights.dtype))


def _weights(world, who):
    """Weight of each other state for the programmes of the states `who` (R, len(who), N): stakes with rivals, or with
    anybody where there is none. They sum to 1."""
    stake = world.stake[:, who]
    weights = stake * world.rival[who]
    nobody = total(weights)[..., None] == 0.0
    weights = np.where(nobody, (stake + 1e-9) * (np.arange(stake.shape[2]) != who[:, None]), weights)
    return weights / total(weights)[..., None]


def _fear(world, weights, who):
    return _mean(weights, world.threat[:, who] - world.threat_start[:, who])


def switch_terms(world, p, who, weights=None):
    """The terms of the two chances that move the programmes of the states `who` between restraint and campaign:
    (ends, begins), each (R, len(who)) by name."""
    weights = _weights(world, who) if weights is None else weights
    own, others = world.action[:, who] >= _PRESSURE, np.swapaxes(world.action[:, :, who], 1, 2) >= _PRESSURE
    ends = end_terms(
        _mean(weights, world.talks[:, who]), world.will[:, who], _mean(weights, world.credibility[:, who]), p=p.state
    )
    begins = begin_terms(
        _fear(world, weights, who),
        _mean(weights, world.breakdown[:, who]),
        _mean(weights, others),
        _mean(weights, own),
        world.norm[:, who],
        p=p.state,
    )
    return ends, begins


def _aim(weights, uniforms):
    """One target a state, drawn by weight: (R, N, N) flags with at most one per row."""
    reached = weights.cumsum(axis=2)
    reached = reached / reached[:, :, -1:]  # the last one that can be hit ends at exactly 1
    hit = uniforms[:, :, None] < reached
    return hit & ~np.concatenate([np.zeros_like(hit[:, :, :1]), hit[:, :, :-1]], axis=2)


def _escalated(severity, hostility, dispute, p, noise):
    """The worst act in each dyad after incidents, clashes and war, each with luck of its own (R, N, N), symmetric."""
    other = np.swapaxes(severity, 1, 2)
    worst = np.maximum(severity, other)
    shows = np.minimum(severity, other) >= THREAT
    if shows.any():
        disputed = (dispute > 0).astype(np.float32)
        chance = p.dyad.incident * np.exp(p.dyad.dispute_stirs * disputed)
        shows &= noise.pair("incident") < chance
    worst = np.where(shows, np.maximum(worst, np.int8(FORCE)), worst)
    heated = np.maximum(worst, hostility - np.int8(1)) == FORCE
    worst = np.where(heated & (noise.pair("clash") < p.dyad.clash), np.int8(CLASH), worst)
    return np.where((hostility >= CLASH) & (noise.pair("war") < p.dyad.war), np.int8(WAR), worst)


def _programmes(world, p, noise, severity):
    """Switch, tests and their targets, for the states with a programme only; changes `severity` (R, N, N) in place."""
    who = np.flatnonzero(world.programme)
    campaign, tests = world.campaign.copy(), np.zeros(world.campaign.shape, np.int8)
    if not len(who):
        return campaign, tests
    weights = _weights(world, who)
    ends, begins = (logistic(sum(terms.values())) for terms in switch_terms(world, p, who, weights))
    u = noise.state("switch")[:, who]
    testing = np.where(campaign[:, who], u >= ends, u < begins)
    season = world.exercise - world.exercise_season.mean()
    rate = test_rate(testing, _fear(world, weights, who), season, world.norm[:, who], p=p.state)
    count = poisson_count(rate, noise.state("tests")[:, who])
    aimed = _aim(weights, noise.state("target")[:, who]) & (count > 0)[:, :, None]
    severity[:, who] = np.where(aimed, np.int8(FORCE), severity[:, who])
    campaign[:, who], tests[:, who] = testing, count
    return campaign, tests


_WORDS = np.array([0, 0, 0, RHETORIC, THREAT], np.int8)  # severity of each act


def step(world, p, noise):
    armed = world.rival & ~world.programme[:, None]  # who shows force against whom; the rest have words only
    severity = np.minimum(_WORDS.take(world.action), np.where(armed, np.int8(THREAT), np.int8(RHETORIC)))
    campaign, tests = _programmes(world, p, noise, severity)
    worst = _escalated(severity, world.hostility, world.dispute, p, noise)
    severity = np.where(worst > np.maximum(severity, np.swapaxes(severity, 1, 2)), worst, severity)
    return {
        "campaign": campaign,
        "tests": tests,
        "severity": severity,
        "hostility": cooled(world.hostility, worst),
    }
