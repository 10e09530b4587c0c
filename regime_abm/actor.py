"""What a state decides, and what it can see when it decides. Knows nothing of Mesa.

A doctrine of one's own is a subclass of Actor that overrides one or more of its decisions. It returns probabilities; the
draw uses the month's usual luck, so twin runs stay twins. See docs/how-to/add-a-doctrine.md.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType, ModuleType
from typing import Any, ClassVar

import numpy as np

from regime_abm.core.engine import Doctrine
from regime_abm.core.noise import Luck
from regime_abm.core.world import GLOSSARY, SHAPES, World
from regime_abm.errors import HiddenFromSight, InputError, nearest

DECISIONS = ("decide", "attend", "sign", "adopt")

# What everybody can observe of everybody; a state sees everything about itself. Who pretends to have taken a step (`cheat`)
# and what a review rested on stay hidden.
PUBLIC = frozenset(
    "action severity hostility tests talks breakdown alliance relations peace capability arsenal leader_age turnover "
    "member met attendance forum_active forum_level exercise month date rival core key_party programme "
    "dispute settled norm_adopted restraint reneging promise crisis "
    "party guarantor agreement_open agreement_kind agreement_steps agreement_turn agreement_binding agreement_verification "
    "in_force agreement_age agreement_idle steps_due steps_done offered signed ended ended_by "
    "bound guaranteed verified".split()
)

# On which axis of what it decides the actor stands: decide (R, 5, N, N), attend (R, F, N), sign (R, G, N), adopt (R, N).
_AXIS = {"decide": 2, "attend": 2, "sign": 2, "adopt": 1}


class FrozenActor(AttributeError):
    """A doctrine set an attribute during a step; what it remembers belongs in `memory`."""


class Actor:
    """What one state decides. Every default is the equation of the mechanism that asks.

    state: the code of the state. memory: what the doctrine remembers, name -> first value; kept in the World, one
    number for each replicate, read with ``sees.memory["name"]`` and written with ``sees.remember(name=...)``.
    """

    memory: ClassVar[Mapping[str, float]] = MappingProxyType({})

    def __init__(self, state: str) -> None:
        self.state = state

    def decide(self, sees: Sight) -> np.ndarray:
        """(R, N, 5) probabilities of the five acts toward each other state."""
        return sees.default

    def attend(self, sees: Sight) -> np.ndarray:
        """(R, F) probabilities of coming to each forum that meets."""
        return sees.default

    def sign(self, sees: Sight) -> np.ndarray:
        """(R, G) probabilities of signing each agreement on offer."""
        return sees.default

    def adopt(self, sees: Sight) -> np.ndarray:
        """(R,) probability of adopting the norm."""
        return sees.default

    @classmethod
    def seated(cls, state: str, states: Iterable[str], hosts: dict[str, Any]) -> Actor:
        """The actor of a state, made for one chunk of replicates. `hosts` is shared by the actors of the chunk."""
        return cls(state)

    def shown(self, world: World) -> None:
        """Told which World is current, before a decision. Decisions should rest on their Sight."""

    def __setattr__(self, name: str, value: Any) -> None:
        if self.__dict__.get("_deciding"):
            raise FrozenActor(
                f"{type(self).__name__} sets self.{name} during a step; declare it in `memory` and use sees.remember()"
            )
        super().__setattr__(name, value)


class Sight:
    """What one state can observe when it decides; arrays lead with the replicate axis R.

    Own: ``trust``, ``threat``, ``misperception``, ``credibility``, ``stake`` ... toward each state (R, N); ``will``,
    ``norm``, ``norm_threshold``, ``adopt_chance``, ``hawkishness`` ... (R,); ``sign_chance`` (R, G). Public:
    ``last_action``, ``severity``, ``hostility``, ``talks``, ``alliance``, ``dispute`` (R, N, N), ``tests``,
    ``norm_adopted`` (R, N), ``in_force``, ``offered``, ``signed``, ``ended``, ``steps_due``, ``steps_done`` (R, G),
    ``party`` (G, N) ... ``states``, ``forums`` and ``agreements`` are the codes in the arrays' order.
    ``default`` is what the mechanism's equation says; ``terms`` what it sums, name -> (R, N) when it decides, (R,) when it
    adopts. ``of(code)`` gives what can be seen of another state; asking for more raises HiddenFromSight.
    """

    def __init__(
        self,
        world: World,
        state: str,
        default: np.ndarray,
        terms: Callable[[], dict[str, np.ndarray]],
        luck: Luck,
        who: Actor,
        month: int,
    ) -> None:
        self._world, self._luck, self._who = world, luck, who
        self.state, self.states, self.forums = state, world.names.states, world.names.forums
        self.agreements = world.names.agreements
        self.index, self.month, self.replicates = world.names.state(state), month, world.replicates
        self.default = default
        self._terms = terms
        self.remembered: dict[str, np.ndarray] = {}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name == "last_action":
            return self._world.action
        return self._own(name)

    def _own(self, name: str) -> Any:
        entry = GLOSSARY.get(name)
        if entry is None:
            raise AttributeError(f"nothing called {name!r} can be seen{nearest(name, GLOSSARY)}")
        value = getattr(self._world, name)
        shape = SHAPES[entry.axes]
        if name in PUBLIC:
            return value
        if shape in ("RFN", "RGN"):
            return value[:, :, self.index]
        if shape in ("RN", "RNN"):
            return value[:, self.index]
        if shape == "RF":
            return value
        raise HiddenFromSight(f"{self.state} cannot observe {name!r}")

    @property
    def terms(self) -> dict[str, np.ndarray]:
        """What the equation sums for this state, by name: its cooperation gain toward each other state (R, N), or the
        log-odds of adopting the norm (R,); empty where the mechanism names none."""
        return self._terms()

    def of(self, code: str) -> Seen:
        """What can be observed of another state."""
        return Seen(self._world, code, self.state)

    def toward(self, code: str) -> int:
        """Index of a state in the arrays."""
        return self._world.names.state(code)

    def luck(self, name: str = "") -> np.ndarray:
        """(R,) uniforms of this doctrine's own, keyed by seed, replicate, doctrine, state and month."""
        entity = f"{type(self._who).__name__}:{self._world.names.lucky(self.state)}"
        return self._luck.at("actor", self.month).named(f"own {name}", entity)

    @property
    def memory(self) -> dict[str, np.ndarray]:
        """What the doctrine remembers, name -> (R,)."""
        kept = self._world.memory
        return {
            name: kept.get(f"{self.state}.{name}", np.full(self.replicates, float(first)))
            for name, first in self._who.memory.items()
        }

    def remember(self, **values: np.ndarray) -> None:
        """Keep values, each (R,) or one number, for the months to come. Only names declared in `memory`."""
        for name, value in values.items():
            if name not in self._who.memory:
                raise FrozenActor(f"{type(self._who).__name__}.memory does not declare {name!r}")
            kept = np.array(np.broadcast_to(np.asarray(value, float), (self.replicates,)))
            kept.flags.writeable = False
            self.remembered[f"{self.state}.{name}"] = kept


class Seen:
    """What one state can observe of another."""

    def __init__(self, world: World, code: str, by: str) -> None:
        self._world, self._code, self._by = world, code, by

    def __getattr__(self, name: str) -> np.ndarray:
        if name == "last_action":
            name = "action"
        if name not in PUBLIC:
            raise HiddenFromSight(f"{self._by} cannot observe {name!r} of {self._code}")
        value, place = getattr(self._world, name), self._world.names.state(self._code)
        shape = SHAPES[GLOSSARY[name].axes]
        if shape in ("RFN", "RGN"):
            return value[:, :, place]
        return value[:, place] if shape in ("RN", "RNN", "FN", "GN") else value


class OneFuture:
    """One replicate of a Sight, for doctrines written with plain numbers (see :func:`per_replicate`)."""

    def __init__(self, sees: Sight, replicate: int) -> None:
        self._sees, self._replicate = sees, replicate

    def __getattr__(self, name: str) -> Any:
        return self._picked(getattr(self._sees, name))

    def luck(self, name: str = "") -> float:
        """This future's own uniform."""
        return float(self._sees.luck(name)[self._replicate])

    def _picked(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._picked(item) for key, item in value.items()}
        if isinstance(value, np.ndarray) and value.ndim and value.shape[0] == self._sees.replicates:
            return value[self._replicate]
        return value


def per_replicate(method: Callable[[Any, OneFuture], Any]) -> Callable[[Any, Sight], np.ndarray]:
    """Let a decision be written for one future with plain numbers; it is then asked once for each replicate.

    Slow (one Python call for each replicate and month) and meant for trying ideas. `sees.remember` is not available:
    write the doctrine with arrays when it needs a memory.
    """

    @functools.wraps(method)
    def asked(self: Any, sees: Sight) -> np.ndarray:
        return np.stack([np.asarray(method(self, OneFuture(sees, r)), float) for r in range(sees.replicates)])

    return asked


class Actors(Doctrine):
    """The actors of one chunk of replicates; those that override a decision fill their own row of the default."""

    def __init__(self, luck: Luck, seats: Mapping[str, Actor], schedule: Iterable[ModuleType]) -> None:
        asked = {getattr(mechanism, "DECISION", None) for mechanism in schedule}
        self._luck, self.remembers = luck, {}
        self._deciders: dict[str, list[Actor]] = {decision: [] for decision in DECISIONS}
        for actor in seats.values():
            for decision in DECISIONS:
                if getattr(type(actor), decision) is getattr(Actor, decision):
                    continue
                if decision not in asked:
                    raise InputError(f"{type(actor).__name__}.{decision}: no step of this month asks for it")
                self._deciders[decision].append(actor)
        self._order = {code: place for place, code in enumerate(luck.names.states)}

    def decide(self, decision, world, default, month, terms=None):
        """The default with the rows of the overriding actors filled in; InputError for an answer that is no probability."""
        deciders = self._deciders[decision]
        if not deciders:
            return default
        filled = default.copy()
        for actor in deciders:
            place = self._order[actor.state]
            own: Any = (*(slice(None),) * _AXIS[decision], place)
            row = _actor_order(decision, default[own])
            named = functools.partial(_own_terms, decision, terms or {}, default.shape, place)
            sees = Sight(world, actor.state, row, named, self._luck, actor, month)
            answer = _checked(self._ask(actor, decision, sees, world), sees.default.shape, actor, decision)
            filled[own] = _actor_order(decision, answer)
            self.remembers = {**self.remembers, **sees.remembered}
        return filled

    @staticmethod
    def _ask(actor: Actor, decision: str, sees: Sight, world: World) -> Any:
        actor.shown(world)
        actor.__dict__["_deciding"] = True
        try:
            return getattr(actor, decision)(sees)
        finally:
            actor.__dict__["_deciding"] = False


def _actor_order(decision: str, row: np.ndarray) -> np.ndarray:
    """decide: between (R, 5, N) of the arrays and (R, N, 5) of the doctrine; the others have one order in both."""
    return np.swapaxes(row, 1, 2) if decision == "decide" else row


def _own_terms(
    decision: str, terms: Mapping[str, np.ndarray], shape: tuple[int, ...], place: int
) -> dict[str, np.ndarray]:
    """One state's part of what a decision's equation sums. The sums of `decide` come before the acts: (R, N, N)."""
    before_acts = decision == "decide"
    shape = (shape[0], *shape[2:]) if before_acts else shape
    own: Any = (*(slice(None),) * (_AXIS[decision] - before_acts), place)
    return {name: np.broadcast_to(value, shape)[own] for name, value in terms.items()}


def _checked(answer: Any, shape: tuple[int, ...], actor: Actor, decision: str) -> np.ndarray:
    who = f"{type(actor).__name__}.{decision} of {actor.state}"
    values = np.asarray(answer, float)
    if values.shape != shape:
        raise InputError(f"{who}: gives shape {values.shape}, not {shape}")
    if not np.isfinite(values).all() or values.min(initial=0.0) < 0.0 or values.max(initial=0.0) > 1.0 + 1e-9:
        raise InputError(f"{who}: gives values that are not probabilities (0 to 1)")
    if decision == "decide" and np.abs(values.sum(axis=-1) - 1.0).max() > 1e-6:
        raise InputError(f"{who}: the five probabilities do not sum to 1")
    return values


def seat(actors: Mapping[str, type[Actor] | Actor] | None, luck: Luck, schedule: Iterable[ModuleType]) -> Actors | None:
    """Make the actors of one chunk: state code -> Actor subclass (or an actor that sits in one run only).

    None when nobody overrides anything. Raises InputError for an unknown state or something that is no Actor.
    """
    if not actors:
        return None
    seats: dict[str, Actor] = {}
    hosts: dict[str, Any] = {}
    for state, kind in actors.items():
        if state not in luck.names.states:
            raise InputError(f"actors: unknown state {state!r}{nearest(state, luck.names.states)}")
        if isinstance(kind, Actor):
            seats[state] = kind
        elif isinstance(kind, type) and issubclass(kind, Actor):
            seats[state] = kind.seated(state, luck.names.states, hosts)
        else:
            raise InputError(f"actors.{state}: {kind!r} is not a subclass of Actor")
    return Actors(luck, seats, schedule)
