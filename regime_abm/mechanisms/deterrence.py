"""Allies who feel bare keep themselves nearer to weapons of their own, which alarms others, comforts them, and stirs their protector.

Theory: states under threat want weapons [sagan1996], and a protector's promise keeps allies from them [bleek2014], or its
    pressure does [gerzhoy2015]; in between lies hedging, to be near without being there [levite2002]; allies fear to be
    abandoned, and protectors to be drawn in [snyder1984].
Equation: uncovered = worst threat from rivals - mean belief in own protectors; hedging' = hedging + pace * (hedging at the start +
    pull * (uncovered - uncovered at the start) - hedging), within 0..1. With `more` = hedging - hedging at the start, rivals'
    threat of the ally rises by alarm * more, the ally's of them falls by comfort * more, its gain from cooperating with them
    rises by caution * more, and its belief in its protectors by rallies * more.
Leaves out: weapons themselves, exports, safeguards, what sort of protection is believed in; that protectors differ.
Channels of harm: rivals who are alarmed arm and act, which makes the ally feel barer still; a protector may be driven off
    (`rallies` below 0); what comforts an ally may also make it bolder (`caution` below 0).
Rival accounts: an umbrella in doubt makes allies cling to it: `pull` below 0; weapons make cautious: `caution` above 0 and
    `alarm` near 0; hedging is noise at home: all weights 0.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from regime_abm.core.derived import derived
from regime_abm.core.maths import within
from regime_abm.core.parameter import Parameter, Uniform

READS = (
    "umbrella_from",
    "rival",
    "threat",
    "credibility",
    "hedging",
    "hedging_start",
    "uncovered_start",
    "threat_push",
    "gain_push",
    "credibility_push",
)
WRITES = ("hedging", "threat_push", "gain_push", "credibility_push")
STARTS = ("hedging_start", "uncovered_start")
CALIBRATED = {name: name for name in STARTS}  # the baseline's, whatever a scenario assumes: that counts as a change

PARAMETERS = (
    Parameter("pace", 0.02, 0.0, 1.0, Uniform(0.005, 0.035), "per month", "How fast hedging follows what the ally feels."),
    Parameter("pull", 0.6, -2.0, 4.0, Uniform(-0.2, 1.4), "scale", "How much hedging comes with threat that no protector covers; below 0 allies cling to the protector they doubt.", "bleek2014 (sign); gerzhoy2015 (pressure can turn it)", "expert"),
    Parameter("alarm", 0.8, -3.0, 5.0, Uniform(-0.2, 1.8), "log-odds", "How much an ally's full hedging, new, adds to rivals' threat of it.", "sagan1996 (one programme answers another)", "expert"),
    Parameter("comfort", 0.5, -3.0, 5.0, Uniform(-0.4, 1.4), "log-odds", "How much it takes from the ally's threat of them; below 0 preparing for the worst breeds fear."),
    Parameter("caution", 0.1, -2.0, 2.0, Uniform(-0.3, 0.5), "payoff", "How much it adds to the ally's gain from cooperating with rivals; below 0 it makes bolder."),
    Parameter("rallies", 0.3, -3.0, 5.0, Uniform(-1.0, 1.6), "log-odds", "How much it adds to the ally's belief in its protectors, who answer by promising more; below 0 they turn away.", "snyder1984 (both are open)", "expert"),
)


def next_hedging(hedging, first, change, *, pace, pull):
    """Hedging a month on, 0..1; first: at the start, change: of the threat that no protector covers, since then.

    >>> round(float(next_hedging(0.3, 0.3, 0.2, pace=0.1, pull=0.5)), 4)
    0.31
    >>> float(next_hedging(0.9, 0.9, 1.0, pace=1.0, pull=4.0))
    1.0
    """
    return within(hedging + pace * (first + pull * change - hedging), 0.0, 1.0)


@derived
def _allies(umbrella_from, rival):
    """One entry for each state that relies on others' arsenals: who, its protectors, its rivals."""
    return tuple(
        SimpleNamespace(who=who, protectors=np.flatnonzero(umbrella_from[who]), rivals=np.flatnonzero(rival[who]))
        for who in np.flatnonzero(umbrella_from.any(axis=1)).tolist()
    )


def _uncovered(world, ally):
    """Worst threat from rivals less mean belief in protectors, (R,)."""
    worst = np.zeros(world.replicates, world.threat.dtype)
    for other in ally.rivals:
        np.maximum(worst, world.threat[:, ally.who, other], out=worst)
    believed = sum(world.credibility[:, ally.who, other] for other in ally.protectors) / len(ally.protectors)
    return worst - believed


def start(world, p, noise):
    """What a change is counted from."""
    first = np.zeros_like(world.hedging)
    for ally in _allies(world.umbrella_from, world.rival):
        first[:, ally.who] = _uncovered(world, ally)
    return {"hedging_start": world.hedging.copy(), "uncovered_start": first}


def step(world, p, noise):
    changed = {name: getattr(world, name).copy() for name in WRITES}
    for ally in _allies(world.umbrella_from, world.rival):
        who, first = ally.who, world.hedging_start[:, ally.who]
        change = _uncovered(world, ally) - world.uncovered_start[:, who]
        hedging = next_hedging(world.hedging[:, who], first, change, pace=p.pace, pull=p.pull)
        changed["hedging"][:, who] = hedging
        more = hedging - first
        alarm, comfort, caution = p.alarm * more, p.comfort * more, p.caution * more
        for other in ally.rivals:
            changed["threat_push"][:, other, who] += alarm
            changed["threat_push"][:, who, other] -= comfort
            changed["gain_push"][:, who, other] += caution
        for other in ally.protectors:
            changed["credibility_push"][:, who, other] += p.rallies * more
    return changed
