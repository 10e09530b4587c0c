"""The structure of one month as graphs: blocs, brokers, balance. For single months of one future, never in the monthly loop.

Blocs are groups joined by alliances. A broker lies between others on ties of mutual trust: high betweenness, low constraint
[burt1992]. A triad is balanced when the product of its signs is positive [heider1946].
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import networkx as nx

from regime_abm.core.world import World

FRIENDLY = 0.5  # mutual trust from which a tie counts as friendly


def alliance_graph(world: World, replicate: int = 0) -> nx.Graph:
    """Alliances in force; edges carry strength and exclusivity."""
    graph = nx.Graph()
    graph.add_nodes_from(world.names.states)
    for (i, a), (j, b) in combinations(enumerate(world.names.states), 2):
        if world.alliance[replicate, i, j] > 0.0:
            graph.add_edge(
                a,
                b,
                strength=float(world.alliance[replicate, i, j]),
                exclusivity=float(world.exclusivity[replicate, i, j]),
            )
    return graph


def trust_graph(world: World, replicate: int = 0) -> nx.Graph:
    """Every pair with the trust of its less trusting side."""
    graph = nx.Graph()
    graph.add_nodes_from(world.names.states)
    trust = world.trust[replicate]
    for (i, a), (j, b) in combinations(enumerate(world.names.states), 2):
        graph.add_edge(a, b, trust=float(min(trust[i, j], trust[j, i])))
    return graph


def forum_graph(world: World, replicate: int = 0) -> nx.Graph:
    """States and forums; an edge is a membership, `came` whether the state came to the latest meeting."""
    graph = nx.Graph()
    graph.add_nodes_from(world.names.states, bipartite="state")
    graph.add_nodes_from(world.names.forums, bipartite="forum")
    for f, forum in enumerate(world.names.forums):
        for i, state in enumerate(world.names.states):
            if world.member[replicate, f, i]:
                graph.add_edge(forum, state, came=bool(world.attendance[replicate, f, i]))
    return graph


def structure(world: World, replicate: int = 0) -> dict[str, Any]:
    """Blocs, betweenness and constraint of each state, and the share of balanced triads.

    blocs: lists of codes, the largest first, states without an ally left out. betweenness 0..1 and constraint (0 = free,
    larger = more tied; None for a state without a friendly tie) on friendly ties. balance 0..1; None below three states.
    """
    trust = trust_graph(world, replicate)
    friendly = trust.edge_subgraph([(a, b) for a, b, tie in trust.edges(data="trust") if tie >= FRIENDLY]).copy()
    friendly.add_nodes_from(trust)
    constraint = nx.constraint(friendly)
    groups = nx.connected_components(alliance_graph(world, replicate))
    triads = list(combinations(trust, 3))
    even = sum(1 for triad in triads if sum(friendly.has_edge(a, b) for a, b in combinations(triad, 2)) % 2 == 1)
    return {
        "blocs": sorted((sorted(group) for group in groups if len(group) > 1), key=lambda group: (-len(group), group)),
        "betweenness": nx.betweenness_centrality(friendly),
        "constraint": {code: value if value == value else None for code, value in constraint.items()},
        "balance": even / len(triads) if triads else None,
    }
