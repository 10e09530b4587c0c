"""The model as Mesa sees it: states are agents, a month is a step.

Works unchanged in mesa.batch_run, DataCollector and SolaraViz. Luck comes from the model's own keyed noise, never from
Mesa's streams, which change between Mesa versions; one RegimeModel equals one row of an ensemble bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import mesa
import numpy as np

from regime_abm.actor import Actor
from regime_abm.core.names import ACTIONS
from regime_abm.core.world import World
from regime_abm.errors import InputError, nearest
from regime_abm.future import Watch
from regime_abm.measures import MEASURES
from regime_abm.scenario import Scenario, load

_LARGEST_SEED = 2**63 - 1


class StateAgent(Actor, mesa.Agent):
    """A state as a Mesa agent. Subclass it, override decisions of Actor, and pass the class as ``actors={"CODE": Mine}``.

    In a RegimeModel the values are plain numbers; in an ensemble chunk, where one agent stands for a state in many
    futures at once, they are arrays with one value for each replicate.
    """

    def __init__(self, model: mesa.Model, state: str) -> None:
        mesa.Agent.__init__(self, model)
        Actor.__init__(self, state)

    @classmethod
    def seated(cls, state: str, states: Iterable[str], hosts: dict[str, Any]) -> StateAgent:
        """A real agent on a bare Mesa model that all StateAgents of a chunk share."""
        host = hosts.setdefault("mesa", _Host())
        return cls(host, state)

    def shown(self, world: World) -> None:
        """The World that this agent's properties speak of."""
        self.model.world = world

    def _value(self, quantity: str, other: str | None = None) -> Any:
        world: World = self.model.world
        values = getattr(world, quantity)[:, world.names.state(self.state)]
        if other is not None:
            if other not in world.names.states:
                raise InputError(f"unknown state {other!r}{nearest(other, world.names.states)}")
            values = values[:, world.names.state(other)]
        return values if world.replicates > 1 else values[0].item()

    def trust_in(self, other: str) -> Any:
        """Belief that the other's government is of the trustworthy type, 0..1."""
        return self._value("trust", other)

    def threat_from(self, other: str) -> Any:
        """What this state fears the other can and would do, 0..1."""
        return self._value("threat", other)

    def last_action(self, other: str) -> Any:
        """The last act toward another state, in words (in an ensemble chunk: its place among the five)."""
        act = self._value("action", other)
        return ACTIONS[act] if isinstance(act, int) else act

    @property
    def norm(self) -> Any:
        """Internalised non-use of force and peaceful settlement, 0..1."""
        return self._value("norm")

    @property
    def will(self) -> Any:
        """Readiness to spend political capital on diplomacy, 0..1."""
        return self._value("will")

    @property
    def allies(self) -> tuple[str, ...]:
        """Codes of the states with which there is an alliance."""
        world: World = self.model.world
        ties = world.alliance[0, world.names.state(self.state)]
        return tuple(code for code, tie in zip(world.names.states, ties, strict=True) if tie > 0.0)

    @property
    def forums(self) -> tuple[str, ...]:
        """Codes of the forums that this state belongs to."""
        world: World = self.model.world
        seats = world.member[0, :, world.names.state(self.state)]
        return tuple(code for code, seat in zip(world.names.forums, seats, strict=True) if seat)


class _Host(mesa.Model):
    """A bare Mesa model that holds the agents of one chunk of an ensemble and shows them the chunk's World."""

    world: World

    def __init__(self) -> None:
        super().__init__(rng=0)


class RegimeModel(mesa.Model):
    """One future of a scenario, a month a step.

    scenario: name, path or loaded Scenario. rng: the seed, a whole number (`seed` is taken too, for older Mesa); equal
    seeds give equal bits; None draws one from the system and keeps it in ``seed_used``. replicate: which of its futures.
    actors: state code -> subclass of StateAgent or Actor. Further keywords are parameters: ``**{"trust.asymmetry": 3.0}``.
    Raises InputError for anything that cannot be used.
    """

    def __init__(
        self,
        scenario: str | Path | Scenario = "baseline_2018",
        *,
        rng: Any = None,
        seed: Any = None,
        replicate: int = 0,
        actors: Mapping[str, type[Actor]] | None = None,
        **kwargs: float,  # parameters; SolaraViz looks for this very name
    ) -> None:
        self.seed_used = _seed(rng if rng is not None else seed)
        super().__init__(rng=self.seed_used)
        loaded = scenario if isinstance(scenario, Scenario) else load(scenario)
        if kwargs:
            loaded = loaded.with_parameters(kwargs)
        self.states: dict[str, StateAgent] = {}
        deciding: dict[str, Actor | type[Actor]] = {}
        for code in actors or ():
            if code not in loaded.region.states:
                raise InputError(f"actors: unknown state {code!r}{nearest(code, loaded.region.states)}")
        for code in loaded.region.states:
            kind = (actors or {}).get(code, StateAgent)
            if isinstance(kind, type) and issubclass(kind, StateAgent):
                self.states[code] = kind(self, code)
            else:  # a plain Actor decides, and an agent of ours speaks for the state
                self.states[code] = StateAgent(self, code)
            if code in (actors or {}):
                deciding[code] = self.states[code] if isinstance(self.states[code], kind) else kind
        self.watch = Watch(loaded, self.seed_used, replicate, deciding)
        self.world = self.watch.worlds[-1]
        self.datacollector = mesa.DataCollector(
            model_reporters={
                "date": lambda model: model.watch.date(),
                "outcome": lambda model: model.watch.outcome(),
                **{name: _reporter(name) for name in MEASURES},
            },
            agent_reporters={"state": "state", "will": "will", "norm": "norm"},
        )
        self.datacollector.collect(self)

    @property
    def scenario(self) -> None:
        """None: Mesa's own scenario objects (from 3.5 on) are not used, and SolaraViz would put one in place of ours.

        The scenario of this model is ``watch.scenario``.
        """

    @scenario.setter
    def scenario(self, ignored: Any) -> None:
        """Mesa's constructor sets one; there is nothing to keep."""

    def step(self) -> None:
        """One month. At the scenario's horizon the model stops running."""
        if self.watch.month >= self.watch.horizon:
            self.running = False
            return
        self.watch.step()
        self.world = self.watch.worlds[-1]
        self.running = self.watch.month < self.watch.horizon
        self.datacollector.collect(self)


def _reporter(name: str) -> Callable[[RegimeModel], float | None]:
    return lambda model: model.watch.latest(name)


def _seed(rng: Any) -> int:
    if rng is None:
        return int(np.random.SeedSequence().generate_state(1, np.uint64)[0] >> 1)
    if isinstance(rng, np.random.Generator):
        return int(rng.integers(_LARGEST_SEED))
    if isinstance(rng, bool) or not isinstance(rng, (int, np.integer)) or not 0 <= rng <= _LARGEST_SEED:
        raise InputError(f"rng: {rng!r} is not a whole number from 0 to {_LARGEST_SEED}")
    return int(rng)
