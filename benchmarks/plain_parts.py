"""What the agents of plain_mesa.py hold: the setting of all runs, ties, talks and tables; the equations."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING

import networkx as nx

from benchmarks.submodel import SCHEDULE, fixed
from regime_abm.core.parameter import parameters_of
from regime_abm.region_files import Forum, Given
from regime_abm.scenario import Scenario

if TYPE_CHECKING:
    from benchmarks.plain_mesa import PlainRegime, State

STATUS_QUO = 2
LARGEST_RATIO = 2.0  # one act moves log-odds by at most this much before weights
LARGEST_BELIEF = 4.0  # reputations stay within these log-odds
MIDDLING_WILL = 0.5
USUAL_VOLATILITY = 1 / 3
MONTHS_AHEAD = 12


def logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def log_odds(p: float) -> float:
    return math.log(p / (1 - p))


def within(x: float, bound: float) -> float:
    return -bound if x < -bound else bound if x > bound else x


@dataclass(frozen=True)
class Setting:
    """What is the same in all runs: parameter values, starting ranges, the graphs in force at the start."""

    p: SimpleNamespace
    codes: tuple[str, ...]
    ages: dict[str, int]
    state_values: dict[str, list[tuple[str, Given]]]
    tie_values: dict[tuple[str, str], list[tuple[str, Given]]]
    flags: Mapping[tuple[str, str], Mapping[str, bool]]
    alliances: nx.MultiGraph
    forums: dict[str, Forum]
    membership: list[tuple[str, str]]
    date: int


def setting(scenario: Scenario) -> Setting:
    """Read a scenario once, for all runs."""
    region, date = scenario.region, scenario.start
    codes = tuple(region.states)
    values = fixed(scenario).values()
    wanted = parameters_of(SCHEDULE)
    p = SimpleNamespace(**{key.rpartition(".")[2]: values[key] for key in wanted})
    if len(vars(p)) < len(wanted):
        raise ValueError("two mechanisms have a parameter of the same name")
    state_values: dict[str, list[tuple[str, Given]]] = {code: [] for code in codes}
    tie_values: dict[tuple[str, str], list[tuple[str, Given]]] = {pair: [] for pair in region.dyads}
    for (quantity, state, other), item in region.given(date).items():
        (tie_values[state, other] if other else state_values[state]).append((quantity, item))
    leaders = {code: region.leader_at(code, date) for code in codes}
    return Setting(
        p=p,
        codes=codes,
        ages={code: date - leader["start"] if leader else 0 for code, leader in leaders.items()},
        state_values=state_values,
        tie_values=tie_values,
        flags=region.dyads,
        alliances=region.alliances_at(date),
        forums=dict(region.forums),
        membership=sorted(region.members_at(date)),
        date=date,
    )


def blurred(chances: tuple[float, ...], slip: float) -> tuple[float, ...]:
    """Chances of what is seen, when a share of acts is mistaken for a neighbour on the scale."""
    a, b, c, d, e = chances
    keep, half = 1 - slip, slip / 2
    return (
        keep * a + half * b,
        keep * b + slip * a + half * c,
        keep * c + half * (b + d),
        keep * d + half * c + slip * e,
        keep * e + half * d,
    )


def seen(act: int, slip: float, luck: float) -> int:
    """The act as it is seen."""
    if luck >= slip:
        return act
    if act == 0:
        return 1
    if act == 4:
        return 3
    return act - 1 if luck < slip / 2 else act + 1


def responder(p: SimpleNamespace) -> Callable[[float], tuple[float, ...]]:
    """Quantal response over the five acts, as a function of the gain from full cooperation over defection."""
    exp, precision = math.exp, p.precision
    reassure, restrain, pressure, provoke = (
        exp(-precision * cost) for cost in (p.cost_reassure, p.cost_restrain, p.cost_pressure, p.cost_provoke)
    )

    def respond(gain: float) -> tuple[float, ...]:
        x = precision * gain
        a, b, c, d = reassure * exp(x), restrain * exp(0.75 * x), exp(0.5 * x), pressure * exp(0.2 * x)
        total = a + b + c + d + provoke
        return a / total, b / total, c / total, d / total, provoke / total

    return respond


class Tie:
    """What one state thinks of another and does to it. `back` is the other's tie to this state."""

    __slots__ = (
        "act", "alarm", "allies", "back", "core", "distrust", "exclusivity", "government",
        "if_exploitative", "if_trustworthy", "invites", "leader", "learned", "level", "misperception", "other",
        "relations", "rival", "stake", "state", "talks_chance", "threat", "threat_start", "trust",
        "usual_misperception", "usual_name",
    )  # fmt: skip

    back: Tie
    if_trustworthy: tuple[float, ...]  # chances of the five acts toward the other, by the type of the leader
    if_exploitative: tuple[float, ...]
    usual_name: float  # log-odds that old news of the other's state fades to
    learned: float  # from the other's latest act, before the weight of learning

    def __init__(self, state: State, other: State, values: dict[str, float], flags: Mapping[str, bool]) -> None:
        self.state, self.other = state, other
        self.rival, self.core = flags["rival"], flags["core"]
        self.stake, self.exclusivity = values["stake"], values["exclusivity"]
        self.relations, self.talks_chance = values["relations"], values["talks_chance"]
        self.misperception = self.usual_misperception = values["misperception"]
        self.trust = min(max(values["trust"], 0.02), 0.98)
        self.distrust = 1 - self.trust
        self.government = self.leader = log_odds(self.trust)
        self.threat = self.threat_start = min(max(values["threat"], 0.02), 0.98)
        self.act = STATUS_QUO
        # what full distrust would add to the threat: forces within reach and the arsenal
        p, theirs = state.model.p, other.values
        forces = theirs["capability"] * theirs["posture"] * values["proximity"]
        self.alarm = p.reach * forces + p.arsenal * theirs["arsenal"]
        self.invites = p.will_exploited * theirs["will"]  # what the other's eagerness adds to defection
        self.allies: list[tuple[Tie, float]] = []  # own tie to each ally of the other, its weight in threat

    def settle_level(self) -> None:
        """The level that reproduces the first threat; own protectors and a legal peace stay in it."""
        self.level = log_odds(self.threat_start) - self.fear()

    def fear(self) -> float:
        """Log-odds that distrust adds to the threat."""
        fear = self.alarm * self.distrust
        for tie, weight in self.allies:
            fear += weight * tie.distrust
        return fear


class Channel:
    """Talks between two states, open or not."""

    __slots__ = ("a", "b", "chance_to_open", "hold", "open", "opening", "rival", "tie")

    def __init__(self, tie: Tie) -> None:
        a, b = tie.state, tie.other
        p = a.model.p
        will = min(a.values["will"], b.values["will"]) - MIDDLING_WILL
        self.a, self.b, self.tie, self.rival = a, b, tie, tie.rival
        self.open = a.luck.random() < max(tie.talks_chance, tie.back.talks_chance)
        self.opening = log_odds(p.talks_open) + p.will_opens * will
        self.chance_to_open = logistic(self.opening)
        self.hold = log_odds(p.talks_end) - p.will_holds * will

    def go_on(self, meeting: float) -> None:
        """A month later. meeting: bandwidth of the best hard-security meeting at which both were."""
        p, luck = self.a.model.p, self.a.luck.random()
        if self.open:
            volatility = max(self.a.volatility, self.b.volatility) - USUAL_VOLATILITY
            self.open = luck >= logistic(self.hold + p.volatility_ends * volatility)
        elif meeting:
            self.open = luck < logistic(self.opening + p.meeting_opens * meeting)
        else:
            self.open = luck < self.chance_to_open


class Table:
    """A forum's table: who sits there, when it meets, what it tells. A node of the membership graph."""

    def __init__(self, forum: Forum, model: PlainRegime) -> None:
        p = model.p
        value = {name: model.drawn(item) for name, item in forum.ranges.items()}
        self.forum, self.hard = forum, "hard" in forum.agenda
        self.active = forum.start <= model.date < forum.end
        self.capital, self.cost = value["capital"], value["attention"]
        bandwidths = {1.0: 1.0, 1.5: p.track_15_bandwidth, 2.0: p.track_2_bandwidth}
        self.bandwidth = bandwidths[forum.track]
        self.clarity = p.clarity * value["vitality"] * value["information"] * self.bandwidth
        self.present: list[State] = []

    def is_due(self, date: int) -> bool:
        forum = self.forum
        return self.active and (date + 1 - forum.meets_in) % forum.meets_every == 0
