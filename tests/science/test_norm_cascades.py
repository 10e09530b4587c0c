"""Cascades of the literature in the model's own norm mechanism, its settings made a plain threshold rule.

Watts 2002 and Granovetter 1978: with a uniform threshold on a complete graph of n one adopter converts all if and only if the
threshold is at most 1 / (n - 1); on a graph of degree k, if and only if it is at most 1 / k. Centola et al. 2018: a committed
group tips the rest beyond a quarter; of seven, one fails and two succeed. Xie et al. 2011: a tenth is enough.
"""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from regime_abm.core.engine import Engine
from regime_abm.core.names import Names
from regime_abm.core.noise import Luck
from regime_abm.core.parameter import resolve
from regime_abm.core.world import empty_world
from regime_abm.mechanisms import norms

SWITCH = {  # adopt exactly when the share of heeded others reaches the threshold
    "peers": 1.0,
    "defiance": 0.0,
    "advocate": 0.0,
    "document": 0.0,
    "will_weight": 0.0,
    "power_weight": 0.0,
    "great_power_condition": 0.0,
    "steepness": 1000.0,
    "speed": 1.0,
}
FUTURES = 20
MONTHS = 60


def adopters(graph, first, threshold, world=None, **settings):
    """Who stands by the norm in the end (futures, n), where all trust along the graph's edges alone; `world` overrides."""
    n = len(graph)
    names = Names(states=tuple(f"S{k}" for k in range(n)))
    adopted = np.isin(np.arange(n), first)
    trust = np.broadcast_to(nx.to_numpy_array(graph, nodelist=range(n)), (FUTURES, n, n))
    given = {"trust": 0.5 * trust, "norm_threshold": threshold, "norm_adopted": adopted, "capability": 0.4, "will": 0.5}
    first_world = empty_world(names, FUTURES, {**given, **(world or {})})
    luck = Luck(11, names, 0, FUTURES)
    chosen = {f"norms.{name}": value for name, value in {**SWITCH, **settings}.items()}
    return at_the_end(Engine((norms,), resolve((norms,), chosen), luck), first_world)


def at_the_end(engine, world):
    """Who stands by the norm after sixty months of norms alone (the date, on which luck depends, moves on)."""
    for _ in range(MONTHS):
        world = engine.month(world).replace({"month": world.month + 1})
    return world.norm_adopted


SEVEN = nx.complete_graph(7)


@pytest.mark.parametrize("threshold", [0.0, 0.05, 0.10, 0.15, 0.1599, 1 / 6])
def test_of_seven_who_heed_each_other_alike_one_adopter_converts_all_up_to_a_threshold_of_one_sixth(threshold):
    for first in range(7):
        assert adopters(SEVEN, [first], threshold).all()


@pytest.mark.parametrize("threshold", [0.19, 0.25, 1 / 3, 0.5, 1.0])
def test_beyond_one_sixth_the_one_adopter_stays_alone(threshold):
    found = adopters(SEVEN, [3], threshold)
    assert found[:, 3].all()
    assert found.sum() == FUTURES


def test_the_turn_is_at_one_sixth_and_nowhere_else():
    assert adopters(SEVEN, [0], 1 / 6 - 0.02).all()
    assert adopters(SEVEN, [0], 1 / 6 + 0.02).sum() == FUTURES


@pytest.mark.parametrize("n", [3, 4, 5, 6, 7, 10])
def test_the_critical_threshold_of_a_complete_graph_is_one_over_the_others(n):
    graph = nx.complete_graph(n)
    assert adopters(graph, [0], 1 / (n - 1) - 0.02).all()
    assert adopters(graph, [0], 1 / (n - 1) + 0.02).sum() == FUTURES


@pytest.mark.parametrize(("graph", "degree"), [(nx.cycle_graph(7), 2), (nx.circulant_graph(7, [1, 2]), 4)])
def test_on_a_regular_graph_it_is_one_over_the_degree(graph, degree):
    """Sparse networks tip more easily from one adopter: a ring of seven at thresholds that stop the complete graph."""
    assert adopters(graph, [0], 1 / degree - 0.02).all()
    assert adopters(graph, [0], 1 / degree + 0.02).sum() == FUTURES


def test_without_an_adopter_nothing_ever_starts():
    assert not adopters(SEVEN, [], 0.05).any()


# Committed minorities


@pytest.mark.parametrize(("committed", "tips"), [(1, False), (2, True), (3, True)])
def test_where_a_quarter_tips_one_committed_state_of_seven_fails_and_two_succeed(committed, tips):
    found = adopters(SEVEN, list(range(committed)), 0.25)
    assert found.all() if tips else found.sum() == committed * FUTURES


@pytest.mark.parametrize("n", [20, 24, 28])
def test_in_groups_as_large_as_those_of_the_experiment_the_turn_is_at_a_quarter_too(n):
    """Twenty to thirty each (recalled): the fewest that are a quarter of those whom everybody else heeds."""
    enough = int(np.ceil((n - 1) / 4))
    for committed, tips in ((enough - 1, False), (enough, True)):
        found = adopters(nx.complete_graph(n), list(range(committed)), 0.25)
        assert found.all() if tips else found.sum() == committed * FUTURES


@pytest.mark.parametrize("committed", [1, 2])
def test_where_a_tenth_tips_one_committed_state_is_enough(committed):
    assert adopters(SEVEN, list(range(committed)), 0.0979).all()


def test_a_spread_of_thresholds_lets_a_cascade_stop_half_way():
    """Granovetter: one gap in the thresholds stops what differs in nothing else."""
    steps = np.array([0, 1, 2, 3, 4, 5, 6]) / 6.0
    assert adopters(SEVEN, [0], steps).all()
    gap = steps.copy()
    gap[3] = 3.5 / 6.0
    gap[4:] = np.maximum(gap[4:], 4 / 6.0)
    assert adopters(SEVEN, [0], gap).sum() == 3 * FUTURES


# What the model adds to the plain rule


def test_with_softer_thresholds_and_lower_speed_the_same_cascade_takes_years_and_is_not_sure():
    """At the stated steepness and speed and a threshold of one sixth, one adopter converts some in five years, not all."""
    stated = {item.name: item.default for item in norms.PARAMETERS}
    found = adopters(SEVEN, [0], 1 / 6, steepness=stated["steepness"], speed=stated["speed"]).mean()
    assert 1 / 7 < found < 1.0


@pytest.mark.parametrize(("condition", "converted"), [(0.0, 6), (1.0, 1)])
def test_where_great_powers_must_want_it_the_cascade_stops_at_the_unwilling(condition, converted):
    """Six would follow the one adopter; the great power wants nothing of it and would not even follow all the others."""
    threshold, capability, will = np.full(7, 0.1), np.full(7, 0.2), np.full(7, 0.5)
    threshold[6], capability[6], will[6] = 1.0, 1.0, 0.0
    found = adopters(
        SEVEN,
        [0],
        threshold,
        peers=0.9,
        great_power_condition=condition,
        world={"capability": capability, "will": will},
    )
    assert (found.sum(axis=1) == converted).all()
