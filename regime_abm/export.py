"""The relations of a month as a graph for other programs: GraphML."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from regime_abm.ensemble import chunk_size, chunks
from regime_abm.errors import InputError
from regime_abm.files import month_text
from regime_abm.tables import whole_file
from regime_abm.version import VERSION

if TYPE_CHECKING:
    import networkx as nx

    from regime_abm.core.world import World
    from regime_abm.scenario import Scenario

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_NODE = ("capability", "will", "norm", "norm_adopted", "posture", "hawkishness")
_TIE = ("trust", "threat", "credibility", "stake", "alliance", "exclusivity", "bound", "hostility", "talks")
_FORUM = ("forum_active", "forum_level", "forum_vitality")
_SEAT = ("member", "attendance")


def network(scenario: Scenario, month: int, *, seed: int = 1, first: int = 0, replicates: int = 1) -> nx.DiGraph:
    """The states and forums of a month as a graph: of one future, or the mean over several.

    month: months since the start. first, replicates: which of the seed's futures. Nodes have `kind` (state or forum), `name`
    and their quantities; an edge of kind ``relation`` leads from a state to the one that it is about (trust, threat ...), one
    of kind ``membership`` from a state to a forum. Scales are as in the glossary; flags are 0 or 1, or the share of the
    futures.
    """
    sums: dict[str, np.ndarray] = {}
    world: World | None = None
    for start, count in chunks(first + replicates, chunk_size(scenario), first):
        run, world = scenario.prepare(seed, start, count)
        for _ in range(month):
            world = run.month(world)
        for name in (*_NODE, *_TIE, *_FORUM, *_SEAT):
            sums[name] = sums.get(name, 0.0) + getattr(world, name).sum(axis=0, dtype=float)
    assert world is not None
    graph = _graph(scenario, world, {name: value / replicates for name, value in sums.items()})
    graph.graph.update(
        {
            "scenario": scenario.name,
            "preset": scenario.preset,
            "seed": seed,
            "first_future": first,
            "futures": replicates,
            "month": month,
            "date": month_text(scenario.start + month),
            "version": VERSION,
        }
    )
    return graph


def _graph(scenario: Scenario, world: World, mean: Mapping[str, np.ndarray]) -> nx.DiGraph:
    import networkx as nx

    graph = nx.DiGraph()
    states, forums = world.names.states, world.names.forums
    for i, code in enumerate(states):
        about = {"kind": "state", "name": scenario.region.states[code]["name"], "key_party": float(world.key_party[i])}
        graph.add_node(code, **about, **{name: float(mean[name][i]) for name in _NODE})
    for f, code in enumerate(forums):
        about = {"kind": "forum", "name": scenario.region.forums[code].name, "track": float(world.forum_track[f])}
        graph.add_node(code, **about, **{name.removeprefix("forum_"): float(mean[name][f]) for name in _FORUM})
    for i, one in enumerate(states):
        for j, other in enumerate(states):
            if i != j:
                flags = {"rival": float(world.rival[i, j]), "core": float(world.core[i, j])}
                graph.add_edge(one, other, kind="relation", **flags, **{name: float(mean[name][i, j]) for name in _TIE})
    for f, forum in enumerate(forums):
        for i, state in enumerate(states):
            if mean["member"][f, i] > 0.0:
                graph.add_edge(state, forum, kind="membership", **{name: float(mean[name][f, i]) for name in _SEAT})
    return graph


def write_graphml(graph: nx.DiGraph, path: str | Path, *, overwrite: bool = False) -> Path:
    """Write a graph as GraphML, which Gephi, yEd, igraph and NetworkX read. Characters that XML cannot hold become U+FFFD.

    Raises InputError for another ending than .graphml, a file that is there already (unless overwrite), or one that cannot be
    written.
    """
    import networkx as nx

    clean = nx.DiGraph(**{name: _clean(value) for name, value in graph.graph.items()})
    clean.add_nodes_from(
        (code, {key: _clean(value) for key, value in data.items()}) for code, data in graph.nodes(data=True)
    )
    clean.add_edges_from(graph.edges(data=True))
    out = io.BytesIO()
    nx.write_graphml_xml(clean, out)
    return whole_file(graphml(Path(path)), out.getvalue(), overwrite=overwrite)


def graphml(path: Path) -> Path:
    """The path itself; InputError when it does not end in .graphml."""
    if path.suffix != ".graphml":
        raise InputError(f"{path}: a network ends in .graphml")
    return path


def _clean(value: Any) -> Any:
    return _NO_XML.sub("\ufffd", value) if isinstance(value, str) else value
