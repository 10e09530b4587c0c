"""The engine: runs the schedule, holds each mechanism to the reads and writes that it declares.

A mechanism is a module with READS, WRITES, PARAMETERS and ``step(world, p, noise)`` -> {quantity: value}. It may also have
``start(world, p, noise)``, which fills the quantities in STARTS once, before the first month, and ``DECISION``, the name
of the decision that actors may take over; then its step gets a fourth argument, `actors`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any, Protocol

import numpy as np

from regime_abm.core.names import nothing
from regime_abm.core.noise import Luck
from regime_abm.core.parameter import Values, name_of, values_for
from regime_abm.core.world import FLEETING, GLOSSARY, World, shape_of


class UndeclaredRead(AttributeError):
    """A mechanism read a quantity that its READS does not name."""


class UndeclaredWrite(ValueError):
    """A mechanism wrote a quantity that its WRITES does not name."""


class Decider(Protocol):
    """Whoever may overrule a default decision: the actors of a run."""

    remembers: Mapping[str, np.ndarray]

    def decide(
        self,
        decision: str,
        world: World,
        default: np.ndarray,
        month: int,
        terms: Mapping[str, np.ndarray] | None = None,
    ) -> np.ndarray:
        """The probabilities that hold: the default, or what actors put in its place."""
        ...


class Doctrine:
    """The public default doctrine: nobody overrules anything."""

    remembers: Mapping[str, np.ndarray] = nothing()

    def decide(
        self,
        decision: str,
        world: World,
        default: np.ndarray,
        month: int,
        terms: Mapping[str, np.ndarray] | None = None,
    ) -> np.ndarray:
        """The default."""
        return default


class View:
    """What one mechanism sees of the World: the quantities it declares, the names and the number of replicates."""

    def __init__(self, world: World, allowed: frozenset[str], who: str) -> None:
        quantities = world.__dict__
        seen = {name: quantities[name] for name in allowed}
        seen["_who"], seen["names"], seen["replicates"] = who, world.names, world.replicates
        object.__setattr__(self, "__dict__", seen)

    def __getattr__(self, name: str) -> Any:  # only asked for what is not there
        raise UndeclaredRead(f"{self._who} reads {name!r} without declaring it in READS")

    def __setattr__(self, name: str, value: Any) -> None:
        raise UndeclaredWrite(f"{self._who} sets {name!r}; a step returns what it changes")


class _Part:
    """One mechanism with its parameter values, ready to run."""

    __slots__ = (
        "decision",
        "mechanism",
        "name",
        "p",
        "reads",
        "start",
        "start_reads",
        "starts",
        "step",
        "writes",
    )

    def __init__(self, mechanism: ModuleType, p: Values) -> None:
        self.mechanism, self.name, self.p = mechanism, name_of(mechanism), p
        self.reads, self.writes = frozenset(mechanism.READS), frozenset(mechanism.WRITES)
        self.starts = frozenset(getattr(mechanism, "STARTS", ()))
        self.start_reads = self.reads | self.starts | self.writes
        for unknown in (self.reads | self.writes | self.starts) - set(GLOSSARY):
            raise ValueError(f"{self.name} declares {unknown!r}, which is not in the World's glossary")
        self.step, self.start = mechanism.step, getattr(mechanism, "start", None)
        self.decision = getattr(mechanism, "DECISION", None)

    def checked(self, changes: Mapping[str, Any], allowed: frozenset[str]) -> Mapping[str, Any]:
        if not allowed.issuperset(changes):
            extra = ", ".join(sorted(set(changes) - allowed))
            raise UndeclaredWrite(f"{self.name} writes {extra} without declaring it")
        return changes


class Engine:
    """One run's machinery: schedule, parameter values, luck and actors.

    month(world) gives the World one month later; start(world) prepares the first World. Neither changes its argument.
    """

    def __init__(
        self,
        schedule: Sequence[ModuleType],
        values: Mapping[str, float | np.ndarray],
        luck: Luck,
        actors: Decider | None = None,
    ) -> None:
        parts = {mechanism: _Part(mechanism, values_for(mechanism, values)) for mechanism in dict.fromkeys(schedule)}
        self.parts = [parts[mechanism] for mechanism in schedule]
        self.luck, self.actors = luck, actors or Doctrine()
        self._nothing: dict[str, np.ndarray] = {}

    def part(self, name: str) -> _Part:
        """The mechanism of that short name with its parameter values."""
        return next(part for part in self.parts if part.name == name)

    def start(self, world: World) -> World:
        """The first World, with what the mechanisms derive from it (intercepts, the present leaders)."""
        parts = list(dict.fromkeys(self.parts))
        # Intercepts are solved once more at the end: what they rest on (agreements' ties) may be started after them.
        for part in [*parts, *(part for part in parts if hasattr(part.mechanism, "CALIBRATED"))]:
            if part.start is not None:
                view = View(world, part.start_reads, part.name)
                changes = part.start(view, part.p, self.luck.at(part.name, 0))
                world = world.replace(part.checked(changes, part.starts | part.writes))
        return world

    def month(self, world: World) -> World:
        """One month later."""
        month, world = world.month + 1, world.replace({})  # nobody else holds this one until the month is over
        for part in self.parts:
            self._run(part, world, month)
        if self.actors.remembers:
            world.take_up({"memory": {**world.memory, **self.actors.remembers}})
        return world

    def spent(self, world: World) -> World:
        """The World with nothing in what is fleeting: it has had its month."""
        if not self._nothing:
            shapes = {name: shape_of(name, world.replicates, world.names) for name in FLEETING}
            self._nothing = {name: np.zeros(shape, GLOSSARY[name].kind) for name, shape in shapes.items()}
        spent = {name: none for name, none in self._nothing.items() if getattr(world, name) is not none}
        return world.replace(spent) if spent else world

    def _run(self, part: _Part, world: World, month: int) -> World:
        """Let one mechanism change a World of the engine's own."""
        view = View(world, part.reads, part.name)
        noise = self.luck.at(part.name, month)
        if part.decision is None:
            changes = part.step(view, part.p, noise)
        else:
            # Actors may keep what they see: theirs is a World that stays as it is.
            seen = world if isinstance(self.actors, Doctrine) else world.replace({})
            changes = part.step(
                view,
                part.p,
                noise,
                lambda default, terms=None: self.actors.decide(part.decision, seen, default, month, terms),
            )
        world.take_up(part.checked(changes, part.writes))
        return world
