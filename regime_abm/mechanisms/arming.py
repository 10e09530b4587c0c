"""States arm when they are alarmed or when their rivals arm, and tire of it: a race has a ceiling only if weariness wins.

Theory: what one side does for its defence frightens the other [jervis1978]; a race of mutual stimulation and weariness
    [richardson1960]; alarm, not power alone, is what states balance against [walt1987].
Equation: posture' = posture + pace * (response * (alarm - its start) + mutual * sum over rivals of (their posture - its start)
    + grievance - weariness * (posture - its start)), within 0..1; alarm = the worst threat, times how well it can reach.
    With response 0 it is the linear race: N states that are all rivals settle if and only if (N - 1) * mutual < weariness.
Leaves out: budgets and growth, procurement that takes years, quality of arms, arms control other than through alarm, arsenals.
Channels of harm: the same arms that calm their owner alarm others (threat), who arm in turn; with `mutual` above
    weariness / (N - 1) a race runs to the end of the scale without any new reason.
Rival accounts: a race without beliefs [richardson1960] (`response` 0); arms that answer threat alone (`mutual` 0); arms that
    follow reasons at home and answer nobody (both 0, `grievance` above or below 0).
"""

from __future__ import annotations

from functools import reduce
from operator import add

import numpy as np

from regime_abm.core.derived import derived
from regime_abm.core.maths import largest, within
from regime_abm.core.parameter import Parameter, Uniform

READS = ("posture", "posture_start", "alarm_start", "threat", "proximity", "rival")
WRITES = ("posture",)
STARTS = ("posture_start", "alarm_start")

PARAMETERS = (
    Parameter("pace", 0.06, 0.0, 1.0, Uniform(0.02, 0.10), "per month", "How fast posture moves to where fear, rivals and weariness push it."),
    Parameter("response", 1.0, 0.0, 5.0, Uniform(0.5, 1.5), "posture per threat", "How much posture answers alarm above its first level; 0 = a race that asks for no reasons."),
    Parameter("mutual", 0.05, 0.0, 2.0, Uniform(0.0, 0.1), "posture per posture", "How much each rival's posture above its first level is answered, beside what it adds to alarm.", "richardson1960 (the form); size open", "expert"),
    Parameter("grievance", 0.0, -1.0, 2.0, Uniform(-0.1, 0.1), "posture", "A push to arm, or to disarm, that answers nobody."),
    Parameter("weariness", 1.0, 0.0, 5.0, Uniform(0.7, 1.3), "posture per posture", "How much armaments above the first level weigh on the state itself.", "richardson1960 (the form); size open", "expert"),
)


def influences(above, rivals, alarm, *, response, mutual, grievance, weariness):
    """What pushes posture, by name. above: own posture less its start; rivals: the same, summed over rivals; alarm: less its
    start."""
    return {
        "alarm since the start": response * alarm,
        "rivals' arms since the start": mutual * rivals,
        "grievance": grievance,
        "weariness of own arms": -weariness * above,
    }


def next_above(above, rivals, alarm=0.0, *, pace, **weights):
    """Posture above its start a month on, before the ends of the scale.

    >>> round(next_above(0.1, 0.3, 0.2, pace=0.05, response=1.0, mutual=0.1, grievance=0.0, weariness=1.0), 4)
    0.1065
    >>> next_above(2.0, 2.0, pace=0.05, response=0.0, mutual=0.5, grievance=1.0, weariness=1.0)    # the race is at rest
    2.0
    """
    return above + pace * reduce(add, influences(above, rivals, alarm, **weights).values())


def alarm_of(threat, proximity):
    """The worst threat within reach of each state (R, N): the largest threat times how well it can reach the state."""
    return largest(threat * _reach(proximity))


@derived
def _reach(proximity):
    """How well others' forces reach a state; its own do not."""
    return proximity * ~np.eye(proximity.shape[-1], dtype=bool)


@derived
def _as_numbers(rival):
    return rival.astype(np.float32)


def _situation(world):
    above = world.posture - world.posture_start
    # One small product a future: a single large one would add up in an order that depends on how many there are.
    rivals = np.matmul(_as_numbers(world.rival), above[:, :, None])[:, :, 0]
    return above, rivals, alarm_of(world.threat, world.proximity) - world.alarm_start


def _weights(p):
    return {"response": p.response, "mutual": p.mutual, "grievance": p.grievance, "weariness": p.weariness}


def terms(world, p):
    """What pushes each state's posture (R, N), by name; posture moves by pace times their sum."""
    return influences(*_situation(world), **_weights(p.state))


def start(world, p, noise):
    """The first posture and alarm are what later ones are measured against."""
    return {"posture_start": world.posture.copy(), "alarm_start": alarm_of(world.threat, world.proximity)}


def step(world, p, noise):
    above = next_above(*_situation(world), pace=p.state.pace, **_weights(p.state))
    return {"posture": within(world.posture_start + above, 0.0, 1.0)}
