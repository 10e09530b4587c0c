"""The same part of the month as a good Mesa user would write it: agents, graphs, DataCollector, batch_run.

Written from the mechanisms' docstrings, on its own: none of their functions is used, only the parameters'
values and the region's starting ranges. Plain Python numbers, since arrays of seven states cost more than
they save; what stays the same during a run is computed once. Every stage reads only what earlier stages left,
so each is simultaneous.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any

import mesa
import networkx as nx

from benchmarks.plain_parts import (
    LARGEST_BELIEF,
    LARGEST_RATIO,
    MONTHS_AHEAD,
    Channel,
    Setting,
    Table,
    Tie,
    blurred,
    log_odds,
    logistic,
    responder,
    seen,
    within,
)
from benchmarks.submodel import MEASURES, PROVOKE, REASSURE
from regime_abm.region_files import Given


class State(mesa.Agent):
    """A state with its government, its ties to the others and its seats at tables."""

    def __init__(self, model: PlainRegime, code: str, values: dict[str, float], age: int) -> None:
        super().__init__(model)
        p, self.luck = model.p, model.luck
        self.code, self.values, self.age = code, values, age
        self.term, self.hazard = int(values["term_months"]), values["turnover_hazard"]
        self.longest = self.term * int(values["max_terms"])
        self.ties: list[Tie] = []
        self.seats: list[tuple[Table, float]] = []  # in order of urgency, with the chance to come
        ends = self.hazard + (1 / self.term if self.term else 0)
        later = math.exp(MONTHS_AHEAD * (math.log(p.patience) - ends))
        self.shadow = p.shadow_weight * (p.mutual_gain + p.deadlock_loss) * later
        self.inclination = p.will_weight * values["will"] + p.norm_weight * values["norm"]
        self.turnover = False
        self.inaugurate(values.get("hawkishness"))

    def inaugurate(self, hawkishness: float | None = None) -> None:
        """A leader comes to power, of a type that only later acts tell."""
        p, luck, values = self.model.p, self.luck, self.values
        if hawkishness is None:
            mode = values["hawkish_high" if luck.random() < values["hawkish_share"] else "hawkish_low"]
            hawkishness = luck.betavariate(1 + p.camp_cohesion * mode, 1 + p.camp_cohesion * (1 - mode))
        self.trustworthy = luck.random() < p.share_trustworthy
        self.volatility = luck.betavariate(2, p.volatility_calm)
        self.at_home = p.hawk_weight * hawkishness + p.domestic_reward

    def take_seats(self) -> None:
        """Find the tables in the membership graph; interest and chance to come are the same all along."""
        found = [(self.interest(table), table) for table in self.model.membership[self]]
        found.sort(key=lambda pair: (not self.hosts(pair[1]), -pair[0]))
        self.seats = [(table, self.chance_to_come(table, interest)) for interest, table in found]

    def hosts(self, table: Table) -> bool:
        return table.forum.host == self.code

    def interest(self, table: Table) -> float:
        agenda = [self.values[f"agenda_{part}"] for part in table.forum.agenda]
        return max(agenda, default=0.5)

    def chance_to_come(self, table: Table, interest: float) -> float:
        p, values = self.model.p, self.values
        others = [tie for tie in self.ties if tie.other in self.model.membership[table]]
        rivals = sum(tie.rival for tie in others)
        strangers = sum(1 - tie.relations for tie in others)
        count = max(len(others), 1)
        return logistic(
            log_odds(p.usual_attendance)
            + p.agenda_pull * (interest - 0.5)
            + p.rivals_pull * (rivals / count * values["will"] - 0.25)
            + p.capital_pull * (table.capital - 0.5)
            - p.sovereignty_push * (table.forum.level / 4 * values["sovereignty"] - 0.25)
            - p.relations_push * strangers / count
            + p.host_pull * self.hosts(table)
        )

    # The stages of a month

    def face_the_end(self) -> None:
        """Leaders fall by chance or when a term ends; all that is known of the next is the state's repute."""
        p, luck = self.model.p, self.luck
        self.age += 1
        term_over = self.term > 0 and self.age % self.term == 0
        kept = term_over and self.age < self.longest and luck.random() < p.reelection
        self.turnover = luck.random() < self.hazard or (term_over and not kept)
        if self.turnover:
            self.age = 0
            self.inaugurate()
            share = p.inherited_reputation
            for tie in self.ties:
                tie.back.leader = log_odds(share * logistic(tie.back.government) + (1 - share) * 0.5)

    def weigh_others(self) -> None:
        """Trust in the present governments, then the threat from each."""
        exp, weight = math.exp, self.model.p.government_weight
        for tie in self.ties:
            tie.trust = weight / (1 + exp(-tie.government)) + (1 - weight) / (1 + exp(-tie.leader))
            tie.distrust = 1 - tie.trust
        for tie in self.ties:
            tie.threat = 1 / (1 + exp(-tie.level - tie.fear()))

    def go_to_meetings(self, meeting: list[Table]) -> None:
        """Come to what is wanted, own meetings and the most interesting first, until attention runs out."""
        attention = self.values["attention"]
        for table, chance in self.seats:
            if table in meeting and self.luck.random() < chance:
                attention -= table.cost
                if attention >= 0 or table.cost == 0:  # what costs none always fits
                    table.present.append(self)

    def act(self) -> None:
        """Choose an act toward each other state: better-looking ones are likelier, none is certain."""
        p, luck, respond = self.model.p, self.luck.random, self.model.respond
        mood = self.inclination + self.volatility * (luck() - 0.5)
        exploited, deadlock = p.deadlock_loss + p.exploitation_loss, p.deadlock_loss
        for tie in self.ties:
            trust, distrust = tie.trust, tie.distrust
            fear = tie.threat - tie.threat_start
            worse = max(exploited * (1 + p.fear_of_exploitation * fear), deadlock)
            hope = p.mutual_gain + self.shadow * (1 - tie.misperception)
            stakes = trust * hope - distrust * (worse - deadlock) - self.at_home - tie.invites + p.deterrence * fear
            gain, tempting = mood + tie.stake * stakes, tie.stake * trust
            tie.if_trustworthy = respond(gain - tempting * p.temptation_trustworthy)
            tie.if_exploitative = respond(gain - tempting * p.temptation_exploitative)
            left, tie.act = luck(), 0
            for chance in tie.if_trustworthy if self.trustworthy else tie.if_exploitative:
                left -= chance
                if left < 0:
                    break
                tie.act += 1
            tie.act = min(tie.act, PROVOKE)  # rounding may leave a crumb

    def be_judged(self) -> None:
        """Each other state learns from this one's act toward it, and from what third parties tell."""
        p, luck, asymmetry, log = self.model.p, self.luck.random, self.model.p.asymmetry, math.log
        for tie in self.ties:
            watcher = tie.back
            trust, slip = watcher.trust, watcher.misperception
            kind, foul = blurred(tie.if_trustworthy, slip), blurred(tie.if_exploitative, slip)
            expected = 0.0  # of bad news, by the watcher's own belief
            for one, two in zip(kind, foul):  # noqa: B905 (strict costs a tenth of the stage)
                if one < two:
                    ratio = log(one / two)
                    if ratio < -LARGEST_RATIO:
                        ratio = -LARGEST_RATIO
                    expected += ratio * (two + (one - two) * trust)
            act = seen(tie.act, slip, luck())
            told = within(log(kind[act] / foul[act]), LARGEST_RATIO)
            watcher.learned = (asymmetry * told if told < 0 else told) - (asymmetry - 1) * expected
        reported = sum(tie.back.learned for tie in self.ties)
        witnesses = len(self.ties) - 1
        share = p.third_party / witnesses if witnesses else 0.0
        for tie in self.ties:
            watcher = tie.back
            change = p.learning * (watcher.learned + share * (reported - watcher.learned))
            government = watcher.government + p.state_share * change
            leader = watcher.leader + change
            watcher.leader = within(leader + p.fading * (government - leader), LARGEST_BELIEF)
            watcher.government = within(government + p.fading * (watcher.usual_name - government), LARGEST_BELIEF)


class PlainRegime(mesa.Model):
    """The region, month by month."""

    def __init__(self, setting: Setting, months: int, luck: int | None = None) -> None:
        super().__init__(rng=luck)
        self.luck = random.Random(int(self.rng.integers(2**63)))  # own: Mesa's changes between its versions
        self.p, self.months, self.date = setting.p, months, setting.date
        self.respond = responder(setting.p)
        states = {}
        for code in setting.codes:
            values = {quantity: self.drawn(item) for quantity, item in setting.state_values[code]}
            states[code] = State(self, code, values, setting.ages[code])
        ties = {}
        for (a, b), ranges in setting.tie_values.items():
            values = {quantity: self.drawn(item) for quantity, item in ranges}
            ties[a, b] = Tie(states[a], states[b], values, setting.flags[a, b])
            states[a].ties.append(ties[a, b])
        for (a, b), tie in ties.items():
            tie.back = ties[b, a]
        self.ties = list(ties.values())
        self.core_ties = [tie for tie in self.ties if tie.core]
        self.channels = [Channel(tie) for (a, b), tie in ties.items() if a < b]
        self.rival_channels = [channel for channel in self.channels if channel.rival]
        self._ally(states, ties, setting)
        self._convene(states, setting)
        self.attendance = math.nan
        self.datacollector = mesa.DataCollector(REPORTERS)

    def drawn(self, item: Given) -> float:
        """A starting value: the point, or a draw from the range."""
        return item.value if item.high == item.low else self.luck.uniform(item.low, item.high)

    def _ally(self, states: dict[str, State], ties: dict[tuple[str, str], Tie], setting: Setting) -> None:
        """The graph of alliances; of several between two states the strongest counts."""
        self.alliances = nx.Graph()
        self.alliances.add_nodes_from(states)
        for a, b, alliance in setting.alliances.edges(data=True):
            strength = self.drawn(alliance["strength"])
            known = self.alliances.get_edge_data(a, b, {"strength": 0.0})["strength"]
            self.alliances.add_edge(a, b, strength=max(strength, known))
        for (a, b), tie in ties.items():
            bond = self.alliances.get_edge_data(a, b, {"strength": 0.0})["strength"]
            tie.usual_name = log_odds(self.p.usual_trustworthy) + self.p.alliance_bond * bond
            for ally, alliance in self.alliances[b].items():
                if ally != a:
                    weight = alliance["strength"] * ties[b, ally].exclusivity
                    weight *= self.p.others_allies * states[ally].values["capability"]
                    tie.allies.append((ties[a, ally], weight))
            tie.settle_level()

    def _convene(self, states: dict[str, State], setting: Setting) -> None:
        """The graph of states and tables."""
        tables = {code: Table(forum, self) for code, forum in setting.forums.items()}
        self.tables = list(tables.values())
        self.membership = nx.Graph()
        self.membership.add_nodes_from(self.agents)
        self.membership.add_nodes_from(self.tables)
        self.membership.add_edges_from((tables[forum], states[code]) for forum, code in setting.membership)
        self.agents.do("take_seats")

    def step(self) -> None:
        """One month; each stage is for all states at once."""
        self.date += 1
        self.agents.do("face_the_end")
        self.agents.do("weigh_others")
        self.meet_and_talk()
        self.agents.do("act")
        self.agents.do("be_judged")
        self.datacollector.collect(self)
        self.running = self.steps < self.months

    def meet_and_talk(self) -> None:
        meeting = [table for table in self.tables if table.is_due(self.date)]
        together: dict[Tie, float] = {}
        self.attendance = math.nan
        if meeting:
            for table in meeting:
                table.present = []
            self.agents.do("go_to_meetings", meeting)
            held = [table for table in meeting if len(table.present) > 1]
            seats = sum(self.membership.degree(table) for table in held)
            self.attendance = sum(len(table.present) for table in held) / seats if seats else math.nan
            for table in held:
                cleared = 1 - table.clarity * len(table.present) / self.membership.degree(table)
                for tie in self.ties:
                    if tie.state in table.present and tie.other in table.present:
                        tie.misperception = min(tie.misperception * cleared, 0.5)
                        if table.hard:
                            together[tie] = max(table.bandwidth, together.get(tie, 0.0))
        forgetting = self.p.forgetting
        for tie in self.ties:
            tie.misperception += forgetting * (tie.usual_misperception - tie.misperception)
        for channel in self.channels:
            channel.go_on(together.get(channel.tie, 0.0))


def share(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else math.nan


REPORTERS = dict(
    zip(
        MEASURES,
        (
            lambda m: share([tie.trust for tie in m.core_ties]),
            lambda m: share([abs(tie.threat - tie.threat_start) for tie in m.ties]),
            lambda m: share([tie.act == REASSURE for tie in m.ties]),
            lambda m: share([tie.act == PROVOKE for tie in m.core_ties]),
            lambda m: share([channel.open for channel in m.rival_channels]),
            lambda m: share([tie.misperception for tie in m.ties]),
            lambda m: m.attendance,
            lambda m: 12 * share([state.turnover for state in m.agents]),
        ),
        strict=True,
    )
)


def batch(setting: Setting, luck: Sequence[int], months: int, processes: int = 1) -> list[dict[str, Any]]:
    """Runs with the given seeds through mesa.batch_run: one row for each run and month, in any order."""
    return mesa.batch_run(
        PlainRegime,
        {"setting": setting, "months": months, "luck": luck},
        number_processes=processes,
        data_collection_period=1,
        max_steps=months,
        display_progress=False,
    )
