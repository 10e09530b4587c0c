"""Shocks come from outside or by chance: a pandemic, a slump, a crisis of the great powers, a war elsewhere, a sudden end, a clash.

Theory: what nobody planned can open what was closed, or close it, by how those concerned read it [kelman2012];
    accidents happen where forces meet [sagan1993]; a broken word is heard by all, or by those alone whom it was given to
    [press2005].
Equation: each month a shock that is not there begins with its hazard, and lasts for its months. While it lasts: a pandemic
    cancels each forum's meetings with chance 1 - video and pushes talks by -border, campaigns by `inward`, will by
    `common_danger`; a slump pushes will by -austerity, gain from cooperation by `thrift`; a crisis of the great rivals pushes
    their threat of each other by `alarm`, gain by -chill, talks by -silence, coming to forums that hold both by -avoidance;
    a war elsewhere pushes the credibility of whoever broke its word by -broken_word, everybody's by -doubt, campaigns by
    `lesson`, and loosens sanctions by `loosens`. Personal rule ends with a further hazard, `sudden_end`; in the first months of
    a newcomer there campaigns are pushed by `proving` and talks by -inward_look. Rivals' forces clash with chance `clash` a month,
    seen alike, or with chance `one_blamed` blamed on one of the two.
Leaves out: deaths, budgets and trade; what brings shocks about, which here is no act of anybody in the region.
Channels of harm: each of the weights has both signs within its prior, or a counterpart of the other sign in the same shock.
Rival accounts: disasters make peace: `common_danger`, `thrift` above 0 [kelman2012: seldom for long]; a word broken to others
    tells nothing: `broken_word` and `doubt` 0 [press2005]; crises teach the great powers: `silence`, `chill` below 0 [nye1987].
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from regime_abm.core.derived import derived
from regime_abm.core.parameter import At, Normal, Parameter, Uniform

_PUSHED = (
    "will_push",
    "threat_push",
    "credibility_push",
    "gain_push",
    "talks_push",
    "attend_push",
    "campaign_push",
    "sanctions_push",
    "meeting_order",
    "exit_due",
    "accident",
)
_LEFT = ("pandemic_months", "slump_months", "great_crisis_months", "far_war_months")
READS = (
    "great_rivals",
    "personal_rule",
    "word_breaking",
    "sanctioned",
    "programme",
    "rival",
    "member",
    "leader_age",
    *_LEFT,
    *_PUSHED,
)
WRITES = (*_LEFT, *_PUSHED)

PARAMETERS = (
    Parameter("pandemic", 0.0008, 0.0, 1.0, Uniform(0.0, 0.0016), "per month", "Hazard of a pandemic that closes borders.", "one in a century, 1918 and 2020 (recalled)", "expert"),
    Parameter("pandemic_lasts", 24.0, 1.0, 240.0, Uniform(12.0, 36.0), "months", "How long meetings and borders are closed.", "the region's forums did not meet for about two years from early 2020 (region's files)", "expert"),
    Parameter("video", 0.3, 0.0, 1.0, Uniform(0.0, 0.6), "probability", "Chance that a meeting takes place all the same, by video."),
    Parameter("border", 0.4, -2.0, 4.0, Uniform(-0.2, 1.0), "log-odds", "How much closed borders speak against talks; below 0 there is something to talk about."),
    Parameter("inward", 0.0, -2.0, 2.0, Normal(0.0, 0.3), "log-odds", "How much a pandemic adds to campaigns of tests; sign free."),
    Parameter("common_danger", 0.0, -2.0, 2.0, Normal(0.0, 0.2), "log-odds", "How much a pandemic adds to everybody's will; sign free.", "kelman2012 (seldom and not for long); the size is a judgement", "expert"),
    Parameter("slump", 0.007, 0.0, 1.0, Uniform(0.002, 0.012), "per month", "Hazard of an economic crisis of the region.", "1997, 2008 and 2020 in 34 years (recalled)", "expert"),
    Parameter("slump_lasts", 18.0, 1.0, 240.0, Uniform(6.0, 30.0), "months", "How long it lasts."),
    Parameter("austerity", 0.15, -2.0, 2.0, Uniform(-0.3, 0.6), "log-odds", "How much a slump takes from everybody's will; below 0 an empty purse wants calm."),
    Parameter("thrift", 0.05, -1.0, 1.0, Uniform(-0.1, 0.2), "payoff", "How much a slump adds to the gain from cooperation; below 0 a quarrel distracts those at home."),
    Parameter("great_crisis", 0.006, 0.0, 1.0, Uniform(0.0, 0.012), "per month", "Hazard of an acute crisis of the great rivals outside the region's own quarrels.", "1996, 2001 and 2022 in 34 years (recalled)", "expert"),
    Parameter("great_crisis_lasts", 5.0, 1.0, 240.0, Uniform(1.0, 9.0), "months", "How long it lasts."),
    Parameter("alarm", 0.5, -2.0, 4.0, Uniform(-0.1, 1.1), "log-odds", "How much it adds to their threat of each other."),
    Parameter("chill", 0.1, -2.0, 2.0, Uniform(-0.2, 0.4), "payoff", "How much it takes from their gain from cooperation; below 0 danger makes prudent.", "nye1987 (below 0)", "expert"),
    Parameter("silence", 0.4, -2.0, 4.0, Uniform(-0.4, 1.2), "log-odds", "How much it speaks against talks between them; below 0 it brings hotlines.", "nye1987 (below 0)", "expert"),
    Parameter("avoidance", 0.3, -2.0, 4.0, Uniform(-0.3, 0.9), "log-odds", "How much it keeps them from forums that hold both."),
    Parameter("far_war", 0.004, 0.0, 1.0, Uniform(0.0, 0.008), "per month", "Hazard of a war elsewhere in which a guarantor breaks an assurance.", "2014 and 2022 in 34 years (recalled), with wide margins", "expert"),
    Parameter("far_war_lasts", 36.0, 1.0, 240.0, Uniform(12.0, 60.0), "months", "How long it lasts."),
    Parameter("broken_word", 0.6, -2.0, 4.0, Uniform(0.0, 1.2), "log-odds", "How much it takes from the belief in the assurances of whoever broke its word.", "press2005 (0: each case by itself)", "expert"),
    Parameter("doubt", 0.0, -2.0, 2.0, Normal(0.0, 0.25), "log-odds", "How much it takes from the belief in everybody else's assurances; below 0 others' steadfastness shows.", "press2005 (0)", "expert"),
    Parameter("lesson", 0.1, -2.0, 2.0, Normal(0.1, 0.3), "log-odds", "How much it adds to campaigns of tests: an arsenal would have protected; below 0 it warns."),
    Parameter("loosens", 0.004, -0.1, 0.1, Uniform(-0.002, 0.01), "per month", "How much sanctions loosen each month, those who kept them being at odds; below 0 they close ranks.", "the panel of experts ended in 2024 by a veto (recalled); the size is a judgement", "expert"),
    Parameter("sudden_end", 0.001, 0.0, 1.0, Uniform(0.0, 0.002), "per month", "Hazard that personal rule ends, beside what holds for all leaders.", "1994 and 2011 in 34 years, both by death (recalled), are in the general hazard too", "expert"),
    Parameter("first_months", 18.0, 0.0, 120.0, Uniform(6.0, 30.0), "months", "How long a newcomer in personal rule is new."),
    Parameter("proving", 0.2, -2.0, 3.0, Uniform(-0.4, 0.8), "log-odds", "How much a newcomer there adds to campaigns of tests; below 0 the newcomer has other cares."),
    Parameter("inward_look", 0.3, -2.0, 3.0, Uniform(-0.4, 1.0), "log-odds", "How much a newcomer there speaks against talks; below 0 a new face opens doors."),
    Parameter("clash", 0.0005, 0.0, 1.0, Uniform(0.0, 0.001), "per month", "Chance that two rivals' forces clash by accident, with deaths, for each pair.", "a collision of planes in 2001 (recalled); sagan1993 (that it happens); the size is a judgement", "expert"),
    Parameter("one_blamed", 0.5, 0.0, 1.0, Uniform(0.1, 0.9), "probability", "Chance that such a clash is blamed on one side."),
)

_CLASH = 4  # a lethal clash on the ladder of severity
_WORLD = "the world"  # whose luck shocks are


def months_left(left, luck, *, hazard, lasts):
    """Months that a shock lasts from now on, this one included; 0 where there is none.

    >>> months_left(np.array([0, 0, 7]), np.array([0.5, 0.001, 0.001]), hazard=0.01, lasts=24.4).tolist()
    [0, 24, 7]
    """
    begins = (left == 0) & (luck < hazard)
    return np.where(begins, np.maximum(np.rint(lasts), 1), left).astype(np.int16)


@derived
def _about(great_rivals, personal_rule, word_breaking, sanctioned, programme, rival, names):
    """Whom shocks are about, as places; rivals' pairs with their names."""
    one, other = np.nonzero(np.triu(rival | rival.T, 1))
    n = len(names.states)
    return SimpleNamespace(
        rulers=np.flatnonzero(personal_rule),
        breakers=np.flatnonzero(word_breaking),
        targets=np.flatnonzero(sanctioned),
        programmes=np.flatnonzero(programme),
        great=great_rivals.astype(np.float32),
        others=(~word_breaking & ~np.eye(n, dtype=bool)).astype(np.float32),
        believers=(word_breaking & ~np.eye(n, dtype=bool)).astype(np.float32),
        one=one,
        other=other,
        labels=tuple(names.undirected[place] for place in (one * n + other).tolist()),
    )


def _of(world):
    return _about(
        world.great_rivals,
        world.personal_rule,
        world.word_breaking,
        world.sanctioned,
        world.programme,
        world.rival,
        world.names,
    )


class _Sums:
    """The fleeting quantities of a World, each copied when something is first added to it."""

    def __init__(self, world):
        self.sums = {name: getattr(world, name) for name in _PUSHED}
        self._own = set()

    def own(self, name):
        """The quantity, to be changed in place."""
        if name not in self._own:
            self._own.add(name)
            self.sums[name] = self.sums[name].copy()
        return self.sums[name]

    def add(self, name, rows, value):
        """Add to the futures `rows`."""
        if len(rows):
            self.own(name)[rows] += value


def _pandemic(p, about, rows, sums, video):
    state, wide = At(p, rows[:, None]), At(p, rows[:, None, None])
    cancelled = video[rows] >= state.video
    if len(rows):
        order = sums.own("meeting_order")
        order[rows] = np.where(cancelled, np.int8(-1), order[rows])
    sums.add("talks_push", rows, -wide.border)
    sums.add("will_push", rows, state.common_danger)
    _campaigns(sums, rows, about.programmes, state.inward)


def _campaigns(sums, rows, who, push):
    """Push the campaigns of the states `who`."""
    if len(rows) and len(who):
        sums.own("campaign_push")[rows[:, None], who] += push


def _slump(p, rows, sums):
    state, wide = At(p, rows[:, None]), At(p, rows[:, None, None])
    sums.add("will_push", rows, -state.austerity)
    sums.add("gain_push", rows, wide.thrift)


def _great_crisis(p, about, rows, sums, member):
    wide = At(p, rows[:, None, None])
    sums.add("threat_push", rows, wide.alarm * about.great)
    sums.add("gain_push", rows, -wide.chill * about.great)
    sums.add("talks_push", rows, -wide.silence * about.great)
    seats = member[rows]
    both = seats & (np.matmul(seats.astype(np.float32), about.great) > 0.0)
    sums.add("attend_push", rows, -wide.avoidance * both)


def _far_war(p, about, rows, sums):
    state, wide = At(p, rows[:, None]), At(p, rows[:, None, None])
    broken, doubt = wide.broken_word, wide.doubt
    sums.add("credibility_push", rows, -broken * about.believers - doubt * about.others)
    _campaigns(sums, rows, about.programmes, state.lesson)
    loosens = state.loosens
    if len(rows) and len(about.targets):
        push, at = sums.own("sanctions_push"), (rows[:, None], about.targets)
        push[at] = np.clip(push[at] - loosens, -1.0, 1.0)


def _personal_rule(p, about, luck, age, sums):
    """Sudden ends, and newcomers in their first months."""
    for who in about.rulers.tolist():
        over = luck[:, who] < p.sudden_end
        if np.count_nonzero(over):
            sums.own("exit_due")[:, who] |= over
        new = np.flatnonzero(age[:, who] < p.first_months)
        _campaigns(sums, new, np.array([who]), At(p, new[:, None]).proving)
        if len(new):
            talks, push = sums.own("talks_push"), At(p, new[:, None]).inward_look
            talks[new, who, :] -= push
            talks[new, :, who] -= push


def _clashes(p, about, noise, sums):
    """Accidents between rivals' forces; whom they are blamed on follows from the rest of the same luck."""
    if not about.labels:
        return
    happen = noise.pairs("clash", about.labels) < p.state.clash
    one_blamed = p.state.one_blamed
    if not happen.any():
        return
    blamed, whose = noise.pairs("blame", about.labels) < one_blamed, noise.pairs("whose", about.labels) < 0.5
    accident = sums.own("accident")
    for i, j, guilty in ((about.one, about.other, whose), (about.other, about.one, ~whose)):
        rows, pairs = np.nonzero(happen & (~blamed | guilty))
        accident[rows, i[pairs], j[pairs]] = np.maximum(accident[rows, i[pairs], j[pairs]], _CLASH)


def step(world, p, noise):
    about, sums, left, rows = _of(world), _Sums(world), {}, {}
    for name in _LEFT:
        shock = name.removesuffix("_months")
        luck = noise.named(shock, _WORLD)
        now = months_left(getattr(world, name), luck, hazard=getattr(p, shock), lasts=getattr(p, f"{shock}_lasts"))
        rows[shock], left[name] = np.flatnonzero(now), np.maximum(now - 1, 0).astype(np.int16)
    _pandemic(p, about, rows["pandemic"], sums, noise.forum("video"))
    _slump(p, rows["slump"], sums)
    _great_crisis(p, about, rows["great_crisis"], sums, world.member)
    _far_war(p, about, rows["far_war"], sums)
    _personal_rule(p, about, noise.state("sudden end"), world.leader_age, sums)
    _clashes(p, about, noise, sums)
    return {**left, **sums.sums}
