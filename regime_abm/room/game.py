"""Rounds of a game, and what follows from them. Scenario, seed and moves are the game: the same ones give the same bits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from regime_abm.core.names import ACTIONS, SEVERITY, nothing
from regime_abm.core.world import World
from regime_abm.errors import InputError, nearest
from regime_abm.events import Happening
from regime_abm.files import month_text
from regime_abm.future import Watch
from regime_abm.measures.event_log import Event
from regime_abm.room.moves import Held, Move
from regime_abm.scenario import Scenario, check_event

MOST_ROUNDS = 80
LONGEST_ROUND = 24  # months


@dataclass(frozen=True)
class Round:
    """What was revealed together: state -> its move, for held seats alone, and what the facilitator let happen."""

    moves: Mapping[str, Move]
    injects: tuple[Happening, ...] = ()


@dataclass(frozen=True)
class Advice:
    """What a state's own agent would do in the next month, as chances: other state -> act -> chance, forum -> chance to come
    if it meets, agreement -> chance to sign if it is on the table, and to take up the norm."""

    stance: Mapping[str, Mapping[str, float]]
    attend: Mapping[str, float]
    sign: Mapping[str, float]
    adopt: float


@dataclass(frozen=True)
class Change:
    """One interest of a state before and after a round. better: whether more of it is (1) or is not (-1) what a state wants."""

    name: str
    unit: str
    before: float
    after: float
    better: int


@dataclass(frozen=True)
class Game:
    """A table after some rounds. Nothing changes a game: each call that changes something gives another one.

    months: of a round. Raises InputError for numbers out of range, and where the scenario is too short for the rounds.
    """

    scenario: Scenario
    seed: int = 1
    rounds: int = 8
    months: int = 3
    played: tuple[Round, ...] = ()

    def __post_init__(self) -> None:
        for name, value, most in (("rounds", self.rounds, MOST_ROUNDS), ("months", self.months, LONGEST_ROUND)):
            if not 1 <= value <= most:
                raise InputError(f"{name}: {value} is outside 1 to {most}")
        if self.rounds * self.months > self.scenario.months:
            raise InputError(
                f"rounds: {self.rounds} rounds of {self.months} months are more than the {self.scenario.months} of the scenario"
            )

    @property
    def states(self) -> tuple[str, ...]:
        """Codes of the states, each a seat."""
        return self.scenario.region.names.states

    @property
    def over(self) -> bool:
        """Whether all rounds are played."""
        return len(self.played) == self.rounds

    @property
    def month(self) -> int:
        """Months since the start that the table has played."""
        return len(self.played) * self.months

    def date(self, round_: int) -> str:
        """The first calendar month of a round, from 0."""
        return month_text(self.scenario.start + round_ * self.months + 1)

    def reveal(self, moves: Mapping[str, Move], injects: Sequence[Happening] = ()) -> Game:
        """The table after a further round. moves: of held seats; the others are played by the agents.

        Raises InputError after the last round, and for a state, a move or an inject that cannot be.
        """
        if self.over:
            raise InputError(f"round: all {self.rounds} are played")
        return replace(self, played=(*self.played, self._round(len(self.played), moves, injects)))

    def undone(self) -> Game:
        """The table as it was before the last round; InputError when there is none."""
        if not self.played:
            raise InputError("round: none is played yet")
        return replace(self, played=self.played[:-1])

    def otherwise(self, round_: int, moves: Mapping[str, Move]) -> Game:
        """The same game, with the same luck, had one round (from 0) been played otherwise."""
        if not 0 <= round_ < len(self.played):
            raise InputError(f"round: {round_} is outside 0 to {len(self.played) - 1} (those that are played)")
        other = self._round(round_, moves, self.played[round_].injects)
        return replace(self, played=(*self.played[:round_], other, *self.played[round_ + 1 :]))

    @cached_property
    def by_agents(self) -> Game:
        """The same game, with the same luck and injects, had agents sat in all seats."""
        return replace(self, played=tuple(Round(nothing(), item.injects) for item in self.played))

    def _round(self, round_: int, moves: Mapping[str, Move], injects: Sequence[Happening]) -> Round:
        scenario, first = self.scenario, self.date(round_)
        for state, move in moves.items():
            move.checked(state, scenario.region)
            seat = self._seat(state)
            for field in ("convene", "leave_forums"):
                for code in getattr(move, field):  # only here the months played so far have to be worked out
                    forum = scenario.region.names.forums.index(code)
                    if not self.watch.worlds[round_ * self.months].member[0, forum, seat]:
                        raise InputError(f"{state}: {field}: {state} is no member of {code}")
        dated = tuple(item.model_copy(update={"month": first}) for item in injects)
        for place, item in enumerate(dated, 1):
            check_event(item, scenario.region, scenario.start, scenario.months, scenario.modules, f"injects[{place}]")
        return Round(dict(moves), dated)

    @cached_property
    def watch(self) -> Watch:
        """The table's future up to now, to be looked at and asked why; not to be stepped further."""
        happenings: list[Happening] = []
        held: dict[str, dict[int, Move]] = {}
        for number, item in enumerate(self.played):
            first = number * self.months + 1
            happenings += item.injects
            for state, move in sorted(item.moves.items()):
                happenings += move.happenings(state, self.date(number))
                held.setdefault(state, {}).update(dict.fromkeys(range(first, first + self.months), move))
        scenario = replace(self.scenario, events=(*self.scenario.events, *happenings))
        watch = Watch(scenario, self.seed, actors={state: Held(state, moves) for state, moves in held.items()})
        watch.advance(self.month)
        return watch

    @property
    def world(self) -> World:
        """The World as the table stands."""
        return self.watch.worlds[-1]

    def told(self) -> list[Event]:
        """What happened in the last round."""
        since = self.month - self.months
        return [event for event in self.watch.events() if event.month > since]

    def statements(self) -> dict[str, str]:
        """What was said in the last round, by state."""
        last = self.played[-1].moves if self.played else {}
        return {state: move.statement for state, move in last.items() if move.statement}

    @cached_property
    def _advised(self) -> tuple[World, World]:
        """The next month with agents in all seats: as it would be, and with all forums called and all agreements offered, since
        nobody says what it would answer to what it is not asked."""
        run, _ = self.scenario.prepare(self.seed)
        asked = run.engine.spent(self.world)
        asked = asked.replace(
            {
                "meeting_order": asked.forum_active.astype(asked.meeting_order.dtype),
                "offer_order": np.broadcast_to(asked.agreement_open, asked.offer_order.shape).copy(),
            }
        )
        return run.month(self.world), run.engine.month(asked)

    def advice(self, state: str) -> Advice:
        """What the state's own agent would do next; InputError for an unknown state."""
        i, names = self._seat(state), self.scenario.region.names
        world, asked = self._advised
        parties = self.scenario.region.agreements
        seats = np.flatnonzero(world.member[0, :, i] & world.forum_active[0])
        offers = np.flatnonzero(asked.offered[0])
        return Advice(
            {
                other: {act: float(world.decision[0, a, i, j]) for a, act in enumerate(ACTIONS)}
                for j, other in enumerate(self.states)
                if j != i
            },
            {names.forums[f]: float(asked.attend_chance[0, f, i]) for f in seats},
            {
                names.agreements[g]: float(asked.sign_chance[0, g, i])
                for g in offers
                if state in parties[names.agreements[g]].parties
            },
            float(world.adopt_chance[0, i]),
        )

    def interests(self, state: str) -> list[Change]:
        """What the last round did to what a state cares about: against its beginning; the start before any round is played."""
        i = self._seat(state)
        worlds = self.watch.worlds
        before, after = worlds[max(0, self.month - self.months)], worlds[-1]
        found = zip(_INTERESTS.items(), _felt(before, i), _felt(after, i), strict=True)
        return [Change(name, unit, was, now, better) for (name, (unit, better)), was, now in found]

    def _seat(self, state: str) -> int:
        if state not in self.states:
            raise InputError(f"seat: unknown state {state!r}{nearest(state, self.states)}")
        return self.states.index(state)


_INTERESTS = {
    "The worst threat that it feels": ("probability", -1),
    "The worst hostility with a rival": (f"ladder, 0 {SEVERITY[0]} to 5 {SEVERITY[5]}", -1),
    "How far others trust it": ("probability", 1),
    "How far rivals believe its assurances": ("probability", 1),
    "Its rivals that it talks with": ("states", 1),
    "Agreements in force that it is a party of": ("agreements", 0),
    "Its political will for diplomacy": ("scale 0 to 1", 0),
}


def _felt(world: World, i: int) -> list[float]:
    others = np.arange(len(world.names.states)) != i
    rivals = world.rival[i]
    theirs = rivals if rivals.any() else others  # a state without rivals is judged by all
    return [
        float(world.threat[0, i, others].max()),
        float(world.hostility[0, i, theirs].max()),
        float(world.trust[0, others, i].mean()),
        float(world.credibility[0, theirs, i].mean()),
        float(world.talks[0, i, rivals].sum()),
        float((world.in_force[0] & world.party[:, i]).sum()),
        float(world.will[0, i]),
    ]
