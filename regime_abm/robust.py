"""Is a regime robust? Twin branches: the same month again and again, with adverse leaders where it hurts most.

A future that ends in a regime is cloned into branches with luck of their own. In the first month of some of them the leaders
of key parties leave, and newcomers follow who prefer exploiting others and are more hawkish than nine in ten of what the
state draws. The regime is robust when enough branches keep it, thresholds a little relaxed, for two years: whichever of the
key parties it hits, and when it hits the two most influential at once. A regime that rests on persons falls here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from regime_abm.actor import Actor, seat
from regime_abm.core.engine import Engine
from regime_abm.core.noise import Luck, SharedLuck, seed_of
from regime_abm.core.parameter import name_of
from regime_abm.core.world import GLOSSARY, SHAPES, World
from regime_abm.measures import to_carry
from regime_abm.measures.history import LONGEST_WINDOW, History, Recorder
from regime_abm.measures.regime import MONTHS, regime
from regime_abm.scenario import Run, Scenario, by_future

BRANCHES, HORIZON = 100, 24
NEEDED = 0.70  # share of the branches that must keep the regime, in every arm
RELAXED = 0.10  # how much lower its thresholds then are
HAWKISH = 0.90  # where in the state's own distribution the adverse newcomer stands
_HALVINGS = 40


@dataclass(frozen=True)
class Resilience:
    """What became of one regime in its branches.

    replicate: the future; month: when it was cloned. arms: the states whose leaders were replaced, () = nobody's, then the
    two most influential key parties together, then each key party alone. curve: (arms, months + 1) share of the branches
    in which the relaxed regime stands, from the month of cloning on. branches: number of branches in each arm. cell: place of
    the future's parameter values among those run side by side.
    """

    replicate: int
    month: int
    arms: tuple[tuple[str, ...], ...]
    curve: np.ndarray
    branches: int
    cell: int = 0

    @property
    def share(self) -> float:
        """Share of the branches that keep the regime to the end, in the arm that harms it most."""
        return float(self.curve[1:, -1].min())

    @property
    def robust(self) -> bool:
        """Whether enough branches keep it in every arm."""
        return self.share >= NEEDED


def hawkish_quantile(low, high, share, cohesion, quantile=HAWKISH):
    """The hawkishness below which a share of the state's leaders falls: of a mixture of two camps.

    low, high: most likely hawkishness in the softer and the harder camp; share: chance of the harder; cohesion: how closely
    leaders follow their camp.

    >>> round(float(hawkish_quantile(0.5, 0.5, 0.3, 0.0)), 3)   # without any cohesion all values are equally likely
    0.9
    """
    from scipy.special import betainc

    low, high, share, cohesion = np.broadcast_arrays(*(np.asarray(item, float) for item in (low, high, share, cohesion)))
    under, over = np.zeros(low.shape), np.ones(low.shape)
    for _ in range(_HALVINGS):
        middle = (under + over) / 2.0
        below = (1.0 - share) * betainc(1.0 + cohesion * low, 1.0 + cohesion * (1.0 - low), middle)
        below = below + share * betainc(1.0 + cohesion * high, 1.0 + cohesion * (1.0 - high), middle)
        under, over = np.where(below < quantile, middle, under), np.where(below < quantile, over, middle)
    return (under + over) / 2.0


def arms_of(world: World, replicate: int) -> tuple[tuple[int, ...], ...]:
    """Whose leaders each arm replaces, as indices: nobody's, the two most capable key parties', each key party's."""
    key = np.flatnonzero(world.key_party)
    ranked = key[np.argsort(-world.capability[replicate, key], kind="stable")]
    both = (tuple(sorted(int(place) for place in ranked[:2])),) if len(ranked) > 1 else ()
    return ((), *both, *((int(place),) for place in key))


def _adverse(month: int, forced: np.ndarray, hawkishness: np.ndarray) -> ModuleType:
    """A step right after `leaders` that makes the newcomers of one month as bad as the test wants them."""

    def step(world, p, noise):
        if noise.month != month:
            return {}
        return {
            "hawkishness": np.where(forced, hawkishness, world.hawkishness),
            "trustworthy": world.trustworthy & ~forced,
        }

    module = ModuleType("adverse")
    module.__dict__.update(
        READS=("hawkishness", "trustworthy"), WRITES=("hawkishness", "trustworthy"), PARAMETERS=(), step=step
    )
    return module


def repeated(world: World, replicate: int, times: int) -> World:
    """One future many times over."""
    changes = {
        name: np.repeat(getattr(world, name)[replicate : replicate + 1], times, axis=0)
        for name, entry in GLOSSARY.items()
        if SHAPES[entry.axes].startswith("R")
    }
    memory = {name: np.repeat(value[replicate : replicate + 1], times, axis=0) for name, value in world.memory.items()}
    return world.replace({**changes, "memory": memory})


def _with_adverse(schedule: Sequence[ModuleType], step: ModuleType) -> tuple[ModuleType, ...]:
    names = [name_of(module) for module in schedule]
    place = names.index("leaders") + 1
    return (*schedule[:place], step, *schedule[place:])


def branch(
    scenario: Scenario,
    seed: int,
    replicate: int,
    world: World,
    history: History,
    row: int,
    *,
    branches: int = BRANCHES,
    horizon: int = HORIZON,
    draw_parameters: bool = False,
    actors: Mapping[str, type[Actor]] | None = None,
    given: Mapping[str, np.ndarray] | None = None,
    cell: int = 0,
) -> Resilience:
    """Put the future in row `row` of `world` and `history` to the test; `replicate` is the number of that future.

    given: parameter values of this future alone, (1,) each; cell: the cell that they belong to.
    """
    arms = arms_of(world, row)
    total, month = branches * len(arms), world.month
    own_seed = seed_of(seed, "robust", replicate, month)
    luck = SharedLuck(own_seed, world.names, 0, branches, len(arms))  # arms differ by their leaders alone
    forced = np.zeros((total, len(world.names.states)), bool)
    for number, states in enumerate(arms):
        forced[number * branches : (number + 1) * branches, list(states)] = True
    # The future's own parameters, by its own luck.
    drawn = scenario.values(Luck(seed, world.names, replicate, 1) if draw_parameters else None, given)
    values = {
        name: np.repeat(value, total) if isinstance(value, np.ndarray) else value for name, value in drawn.items()
    }
    start = repeated(world, row, total)
    cohesion = np.ravel(values["leaders.camp_cohesion"])[0]
    hawkishness = hawkish_quantile(start.hawkish_low[0], start.hawkish_high[0], start.hawkish_share[0], cohesion)
    schedule = _with_adverse(scenario.schedule, _adverse(month + 1, forced, hawkishness.astype(start.hawkishness.dtype)))
    run = Run(Engine(schedule, values, luck, seat(actors, luck, schedule)), scenario.script)
    now = start.replace({"exit_due": start.exit_due | forced})
    first = max(history.first, month - LONGEST_WINDOW)
    known = to_carry(history)
    recorder = Recorder(start, horizon, history.part(np.full(total, row), first, known))
    for _ in range(horizon):
        now = run.month(now)
        recorder.add(now)
    past = {name: np.repeat(found[first - history.first :, row : row + 1], total, axis=1) for name, found in known.items()}
    stands = regime(recorder.history(past=past), RELAXED).holds[-horizon - 1 :]
    curve = stands.reshape(horizon + 1, len(arms), branches).mean(axis=2).T
    codes = tuple(tuple(world.names.states[place] for place in states) for states in arms)
    return Resilience(replicate, month, codes, np.ascontiguousarray(curve), branches, cell)


def robust(
    scenario: Scenario,
    seed: int,
    first: int,
    world: World,
    history: History,
    *,
    rows: Sequence[int] | None = None,
    cells: int = 1,
    values: Mapping[str, np.ndarray] | None = None,
    progress: Callable[[int, int], None] | None = None,
    **options: Any,
) -> tuple[Resilience, ...]:
    """Put every future of a chunk that ends in a regime to the test (or those in `rows`); `first` numbers the chunk's first.

    cells, values: as of the chunk, see :func:`regime_abm.ensemble.simulate`. progress(done, wanted) counts futures tested.
    Options as for :func:`branch`.
    """
    if rows is None:
        rows = np.flatnonzero(history.once(regime).holds[-1]).tolist() if history.months >= MONTHS else []
    found = []
    for done, row in enumerate(rows, 1):
        count = world.replicates // cells
        cell, place = divmod(row, count)
        given = {name: by_future(value, cells, count)[cell, place : place + 1] for name, value in (values or {}).items()}
        found.append(branch(scenario, seed, first + place, world, history, row, given=given, cell=cell, **options))
        if progress is not None:
            progress(done, len(rows))
    return tuple(found)
