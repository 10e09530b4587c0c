"""One future, month by month: what a person watches. The R = 1 case of the ensemble, equal to its row bit for bit."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np

from regime_abm.core.world import World
from regime_abm.errors import InputError
from regime_abm.files import month_text
from regime_abm.measures import CARRIED, MEASURES, Measure, all_measures, to_carry
from regime_abm.measures.event_log import Event, events_of_month
from regime_abm.measures.history import LONGEST_WINDOW, History, Recorder
from regime_abm.measures.network import structure
from regime_abm.measures.outcome import CLASSES, outcome
from regime_abm.measures.regime import LEGS, NO_CLASH, Regime, quiet_is_not_a_regime, regime
from regime_abm.scenario import Scenario
from regime_abm.why import Why, why_state, why_tie
from regime_abm.why_chain import Chain, why_agreement, why_forum

_MATRICES = ("trust", "threat", "alliance", "exclusivity", "stake")
_COUNTS = ("hostility", "talks", "action", "severity")
_VECTORS = ("will", "norm", "posture", "hawkishness", "leader_age")


class Watch:
    """A single future that can be stepped, rewound and asked why.

    Every month's World is kept, so any month can be shown again at once. Months are measured when somebody asks, all that
    wait at once. Not to be shared between threads.
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int = 1,
        replicate: int = 0,
        actors: Mapping[str, Any] | None = None,
        values: Mapping[str, np.ndarray] | None = None,
    ):
        """values: ``mechanism.name`` -> (1,) parameter values that a sweep set."""
        self.scenario, self.seed, self.replicate = scenario, seed, replicate
        self.run, first = scenario.prepare(seed, replicate, 1, actors=actors, values=values)
        self.worlds: list[World] = [first]
        self._recorder = Recorder(first, scenario.months)
        self._events: list[list[Event]] = [[]]
        self._series: dict[str, list[float | None]] = {name: [] for name in MEASURES}
        self._outcomes: list[int] = []
        self._carried = {name: np.full((scenario.months + 1, 1), np.nan) for name in CARRIED}
        self._regimes: list[dict[str, Any]] = []

    @property
    def states(self) -> tuple[str, ...]:
        """Codes of the states, in the order of the arrays."""
        return self.worlds[0].names.states

    @property
    def state_names(self) -> tuple[str, ...]:
        """Names of the states."""
        return tuple(self.scenario.region.states[code]["name"] for code in self.states)

    @cached_property
    def positions(self) -> list[tuple[float, float]]:
        """Places for a drawing of nodes and links, 0..100, (0, 0) at the top left. Not a map."""
        rows = self.scenario.region.states
        return [(rows[code]["x"], rows[code]["y"]) for code in self.states]

    @property
    def forums(self) -> tuple[str, ...]:
        """Codes of the forums."""
        return self.worlds[0].names.forums

    @property
    def forum_names(self) -> tuple[str, ...]:
        """Names of the forums."""
        return tuple(self.scenario.region.forums[code].name for code in self.forums)

    @cached_property
    def agreement_words(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        """Code of an agreement -> its name, and what each of its steps is, in words."""
        tables = self.scenario.region.agreements
        return {code: (item.name, tuple(what for _, what in item.steps)) for code, item in tables.items()}

    @property
    def horizon(self) -> int:
        """The last month of the scenario."""
        return self.scenario.months

    @property
    def month(self) -> int:
        """Months that have passed."""
        return len(self.worlds) - 1

    @property
    def measures(self) -> Mapping[str, Measure]:
        """What is measured, by name."""
        return MEASURES

    def date(self, month: int | None = None) -> str:
        """The calendar month, like 2018-05."""
        return month_text(self._world(month).date)

    def step(self) -> int:
        """One month on, unless the horizon is reached. Returns the month."""
        if self.month < self.horizon:
            before = self.worlds[-1]
            after = self.run.month(before)
            scripted = self.run.script.get(after.month, ())
            self._events.append(
                events_of_month(before, after, scripted, earlier=self.worlds, called=self.agreement_words)
            )
            self.worlds.append(after)
            self._recorder.add(after)
        return self.month

    def advance(self, month: int) -> int:
        """Step until a month (or the horizon) is reached."""
        while self.month < min(month, self.horizon):
            self.step()
        return self.month

    def _world(self, month: int | None) -> World:
        place = self.month if month is None else month
        if not 0 <= place <= self.month:
            raise InputError(f"month: {place} is outside 0 to {self.month} (the months that have passed)")
        return self.worlds[place]

    def history(self) -> History:
        """The record from the start to now."""
        return self._recorder.history(last=self.month)

    def events(self) -> list[Event]:
        """Everything that happened so far, oldest first."""
        return [event for month in self._events for event in month]

    def series(self) -> dict[str, list[float | None]]:
        """Measure -> its values from the start to now; None where it is not defined."""
        self._measure()
        return {name: list(values) for name, values in self._series.items()}

    def latest(self, measure: str) -> float | None:
        """A measure's value now; None where it is not defined."""
        self._measure()
        return self._series[measure][-1]

    def outcome(self, month: int | None = None) -> str | None:
        """Key of the outcome class as things stood after a month; None at the start. A regime is called fragile here:
        the test by twin branches belongs to the end of an ensemble."""
        self._measure()
        place = self._outcomes[-1] if month is None else self._outcomes[self._world(month).month]
        return CLASSES[place].key if place >= 0 else None

    def regime(self, month: int | None = None) -> dict[str, Any]:
        """How far a security regime stood after a month.

        holds: it stands. legs: leg -> whether it held in this month, in how many of the last 36 it did, and whether its
        value rests on too few cases. together: months of the last 36 in which all legs held. failing: the legs that keep
        it from standing. quiet_is_not_a_regime: the last year was quiet, but norm, expectation or autonomy is missing.
        """
        self._measure()
        return self._regimes[self._world(month).month]

    def _measure(self) -> None:
        """Measure the months that were not yet: a window's worth of record before them is enough, with what holds on for
        longer."""
        known, month = len(self._outcomes), self.month
        if known > month:
            return
        first = max(0, known - LONGEST_WINDOW)
        past = {name: values[first:known] for name, values in self._carried.items()} if known > first else None
        recent = self._recorder.history(first, month, past)
        fresh = slice(known - first, None)
        for name, found in all_measures(recent).items():
            self._series[name] += [None if value != value else value for value in found[fresh, 0].tolist()]
        for name, found in to_carry(recent).items():
            self._carried[name][known : month + 1] = found[fresh]
        war = bool(self._outcomes) and CLASSES[self._outcomes[-1]].key == "war"
        self._outcomes += outcome(recent, war_before=war)[fresh, 0].tolist()
        tested, quiet = recent.once(regime), quiet_is_not_a_regime(recent)
        self._regimes += [
            self._standing(tested, quiet, row, first + row) for row in range(known - first, month + 1 - first)
        ]

    def _standing(self, tested: Regime, quiet: np.ndarray, row: int, month: int) -> dict[str, Any]:
        """How far a regime stood in one row of what the test found."""
        legs = {
            leg.key: {
                "held": bool(tested.held[leg.key][row, 0]),
                "months": tested.months_held(leg.key, row),
                "assumed": bool(leg.key in tested.assumed and tested.assumed[leg.key][row, 0]),
            }
            for leg in LEGS
        }
        legs[NO_CLASH.key] = {"held": bool(tested.unclashed[row, 0]), "months": min(month, 36), "assumed": False}
        return {
            "holds": bool(tested.holds[row, 0]),
            "legs": legs,
            "together": int(tested.together[row, 0]),
            "failing": tested.failing(row),
            "quiet_is_not_a_regime": bool(quiet[row, 0]),
        }

    def frame(self, month: int | None = None) -> dict[str, Any]:
        """One month as plain numbers; matrices have the feeling side as row, the other as column."""
        world = self._world(month)
        found: dict[str, Any] = {"month": world.month, "date": month_text(world.date)}
        for name in _MATRICES:
            found[name] = np.round(getattr(world, name)[0], 4).tolist()
        for name in _COUNTS:
            found[name] = getattr(world, name)[0].astype(int).tolist()
        for name in _VECTORS:
            found[name] = np.round(getattr(world, name)[0], 4).tolist()
        found["campaign"] = world.campaign[0].astype(int).tolist()
        found["forums"] = {
            code: {
                "members": world.member[0, f].astype(int).tolist(),
                "attended": world.attendance[0, f].astype(int).tolist(),
                "met": int(world.met[0, f]),
                "active": int(world.forum_active[0, f]),
                "level": float(world.forum_level[0, f]),
                "vitality": round(float(world.forum_vitality[0, f]), 4),
            }
            for f, code in enumerate(self.forums)
        }
        return found

    def network(self, month: int | None = None) -> dict[str, Any]:
        """Blocs, brokers and balance in a month; see :func:`regime_abm.measures.network.structure`."""
        return structure(self._world(month))

    def why_tie(self, state: str, other: str, month: int | None = None) -> Why:
        """The exact terms of what one state did, feared and believed about another in a month."""
        return why_tie(self, state, other, self._world(month).month)

    def why_state(self, state: str, month: int | None = None) -> Why:
        """The exact terms of what moved one state in a month."""
        return why_state(self, state, self._world(month).month)

    def why_forum(self, forum: str, month: int | None = None) -> Why:
        """The exact terms of who came to a forum's latest meeting up to a month."""
        return why_forum(self, forum, self._world(month).month)

    def why_agreement(self, agreement: str, month: int | None = None) -> Chain:
        """What became of an agreement up to a month, link by link, each with the terms that decided it."""
        return why_agreement(self, agreement, self._world(month).month)
