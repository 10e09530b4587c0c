"""The date moves on; capabilities drift; joint exercises come round with the season.

Theory: none. Exogenous change that no state of the model decides. [singer1987]
Equation: capability' = min(1, capability * exp(drift * z)), z standard normal, own luck for each state.
Leaves out: growth that depends on war, sanctions or arming; trends. The scale ends at 1, so the largest state can only
    hold its place or fall.
Rival accounts: power transition theory gives capability a trend and makes parity itself dangerous. [organski1958]
"""

from __future__ import annotations

import numpy as np

from regime_abm.core.noise import normal
from regime_abm.core.parameter import Parameter, Uniform

READS = ("month", "date", "capability", "exercise_season")
WRITES = ("month", "date", "capability", "exercise")

PARAMETERS = (
    Parameter(
        "capability_drift",
        0.005,
        0.0,
        0.05,
        Uniform(0.0, 0.01),
        "sd of the log per month",
        "How much a state's capability wanders in a month; .005 is about 1.7 % in a year.",
        "order of magnitude of yearly changes in the composite index of [singer1987]",
        "expert",
    ),
)


def next_capability(capability, deviate, *, drift):
    """Capability after a month of drift, at most 1.

    >>> float(next_capability(0.5, 0.0, drift=0.01))
    0.5
    """
    return np.minimum(1.0, capability * np.exp(drift * deviate))


def step(world, p, noise):
    date = world.date + 1
    return {
        "month": world.month + 1,
        "date": date,
        "capability": next_capability(
            world.capability, normal(noise.state("drift")), drift=p.state.capability_drift
        ),
        "exercise": float(world.exercise_season[date % 12]),
    }
