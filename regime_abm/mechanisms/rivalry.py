"""The rivalry of two great powers rises and falls on its own course, and reaches everybody who has to do with both.

Theory: a rising and a ruling power strain each other [organski1958]; a regime needs great powers that want it [jervis1982];
    dangers survived can teach rivals to manage their rivalry [nye1987].
Equation: rivalry' = kept * rivalry + drift + swing * a standard normal deviate, within -5..5; 0 is the rivalry of the start.
    Toward each other the great rivals' threat changes by alarm * rivalry, their gain from cooperation by -chill * rivalry,
    their talks by -silence * rivalry; they come to a forum that holds both with avoidance * rivalry less.
Leaves out: what drives the rivalry (growth, technology, home politics): it answers nobody here, and no forum calms it.
Channels of harm: a rivalry that cools is not all gain: great powers at ease with each other may do without common forums
    (`avoidance` below 0, they come to watch each other) and care less for their channels (`silence` below 0).
Rival accounts: danger makes prudent: with `chill` and `silence` below 0 a hotter rivalry brings restraint and hotlines
    [nye1987]; rivalry decides everything: all weights at the upper end of their priors.
"""

from __future__ import annotations

import numpy as np

from regime_abm.core.noise import normal
from regime_abm.core.parameter import Parameter, Uniform

READS = ("great_rivals", "rivalry", "member", "threat_push", "gain_push", "talks_push", "attend_push")
WRITES = ("rivalry", "threat_push", "gain_push", "talks_push", "attend_push")

PARAMETERS = (
    Parameter("kept", 0.97, 0.0, 1.0, Uniform(0.95, 0.99), "per month", "How much of the rivalry's distance from its start lasts another month."),
    Parameter("drift", 0.01, -0.1, 0.1, Uniform(-0.01, 0.03), "scale per month", "Trend: what each month adds to the rivalry.", "own_judgement: rivalry grew from 2018 on (region's timeline); range through zero", "expert"),
    Parameter("swing", 0.15, 0.0, 1.0, Uniform(0.05, 0.25), "scale per month", "Size of the months' surprises."),
    Parameter("alarm", 0.3, -1.0, 2.0, Uniform(0.0, 0.6), "log-odds", "How much a unit of rivalry adds to the great rivals' threat of each other.", "organski1958 (sign)", "expert"),
    Parameter("chill", 0.1, -1.0, 1.0, Uniform(-0.1, 0.3), "payoff", "How much a unit of rivalry takes from their gain from cooperation; below 0 danger makes prudent.", "nye1987 (below 0); organski1958 (above)", "expert"),
    Parameter("silence", 0.2, -2.0, 2.0, Uniform(-0.2, 0.6), "log-odds", "How much a unit of rivalry speaks against talks between them; below 0 it brings hotlines.", "nye1987 (below 0)", "expert"),
    Parameter("avoidance", 0.2, -2.0, 2.0, Uniform(-0.3, 0.7), "log-odds", "How much a unit of rivalry keeps them from forums that hold both; below 0 they come to watch each other."),
)

_MOST = 5.0  # the scale's end


def next_rivalry(rivalry, surprise, *, kept, drift, swing):
    """The rivalry a month on; surprise is a standard normal deviate.

    >>> round(float(next_rivalry(1.0, 0.5, kept=0.97, drift=0.01, swing=0.1)), 4)
    1.03
    >>> float(next_rivalry(5.0, 9.0, kept=1.0, drift=0.0, swing=1.0))
    5.0
    """
    return np.clip(kept * rivalry + drift + swing * surprise, -_MOST, _MOST)


def pushes(world, p):
    """What the rivalry adds to the sums of others this month, by the fleeting quantity that it joins."""
    rivals = world.great_rivals
    both = np.matmul(world.member.astype(np.float32), rivals.astype(np.float32)) > 0.0  # the other one sits there too
    of_dyads = world.rivalry[:, None, None] * rivals
    return {
        "threat_push": p.dyad.alarm * of_dyads,
        "gain_push": -p.dyad.chill * of_dyads,
        "talks_push": -p.dyad.silence * of_dyads,
        "attend_push": -p.dyad.avoidance * world.rivalry[:, None, None] * (world.member & both),
    }


def step(world, p, noise):
    surprise = normal(noise.named("surprise", "great powers"))
    rivalry = next_rivalry(world.rivalry, surprise.astype(np.float32), kept=p.kept, drift=p.drift, swing=p.swing)
    added = {name: getattr(world, name) + push for name, push in pushes(world, p).items()}
    return {"rivalry": rivalry, **added}
