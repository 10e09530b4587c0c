"""The part of the month that is also written in plain Mesa, run on the engine; and the measures of both.

Threat, trust with belief, choice, forums and leaders; capabilities stay put and nobody provokes an incident,
so hostility stays 0. Everything else is the engine and the mechanisms as they are.
"""

from __future__ import annotations

import numpy as np

from regime_abm.core.engine import Engine
from regime_abm.core.noise import Luck
from regime_abm.core.world import World
from regime_abm.mechanisms import belief, calendar, choice, forums, leaders, threat, trust
from regime_abm.scenario import Scenario

SCHEDULE = (calendar, leaders, belief, threat, forums, choice, trust)
MEASURES = (
    "trust in core dyads",
    "threat, distance from its start",
    "share reassuring",
    "share provoking, core dyads",
    "rivals in talks",
    "misperception",
    "attendance at meetings",
    "turnovers a state and year",
)
REASSURE, PROVOKE = 0, 4


def fixed(scenario: Scenario) -> Scenario:
    """The scenario without capability drift."""
    if scenario.assumptions or scenario.events:
        raise ValueError(f"{scenario.name}: the sub-model knows no assumptions and no events")
    return scenario.with_parameters({"calendar.capability_drift": 0.0})


def start(scenario: Scenario, seed: int, first: int, count: int) -> tuple[Engine, World]:
    """The engine with the sub-model's month, and the first World of replicates first .. first + count - 1."""
    luck = Luck(seed, scenario.region.names, first, count)
    engine = Engine(SCHEDULE, fixed(scenario).values(), luck)
    return engine, engine.start(scenario.region.first_world(scenario.start, luck))


def measures(world: World) -> np.ndarray:
    """(8, R) values of one month, in the order of MEASURES; attendance is NaN in a month without meetings."""
    runs = world.replicates
    off_diagonal = ~np.eye(len(world.names.states), dtype=bool)
    others, core, rival = (flags.ravel() / flags.sum() for flags in (off_diagonal, world.core, world.rival))

    def mean(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
        return values.reshape(runs, -1) @ weights

    seats = np.count_nonzero(world.member & world.met[:, :, None], axis=(1, 2))
    came = np.count_nonzero(world.attendance & world.met[:, :, None], axis=(1, 2))
    return np.array(
        [
            mean(world.trust, core),
            mean(np.abs(world.threat - world.threat_start), others),
            mean(world.action == REASSURE, others),
            mean(world.action == PROVOKE, core),
            mean(world.talks, rival),
            mean(world.misperception, others),
            np.divide(came, seats, out=np.full(runs, np.nan), where=seats > 0),
            12.0 * world.turnover.mean(axis=1),
        ]
    )


def simulate(scenario: Scenario, seed: int, first: int, count: int, months: int) -> np.ndarray:
    """(8, months, count): the measures of every month of `count` runs side by side."""
    engine, world = start(scenario, seed, first, count)
    kept = np.empty((len(MEASURES), months, count))
    for month in range(months):
        world = engine.month(world)
        kept[:, month] = measures(world)
    return kept
