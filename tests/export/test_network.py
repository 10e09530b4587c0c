"""The relations of a month as GraphML: the World's own numbers, of one future or the mean over several."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from regime_abm import api
from regime_abm.errors import InputError
from tests.helpers import WORLDS, made_up

TRIO = WORLDS / "trio.toml"
MONTHS = 9


@pytest.fixture(scope="module")
def graph():
    return api.network(TRIO, MONTHS, seed=5, replicate=3)


def test_a_future_is_the_watched_one(graph):
    watched = api.watch(TRIO, seed=5, replicate=3)
    watched.advance(MONTHS)
    frame, world = watched.frame(), watched.worlds[-1]
    for i, one in enumerate(watched.states):
        assert graph.nodes[one]["will"] == float(world.will[0, i])
        assert graph.nodes[one]["name"] == watched.state_names[i]
        for j, other in enumerate(watched.states):
            if i != j:
                tie = graph.edges[one, other]
                assert tie["kind"] == "relation"
                for name in ("trust", "threat", "alliance", "exclusivity"):
                    assert tie[name] == pytest.approx(frame[name][i][j], abs=5e-5)
                assert tie["hostility"] == frame["hostility"][i][j]
                assert tie["talks"] == frame["talks"][i][j]
    for code, forum in frame["forums"].items():
        assert graph.nodes[code]["kind"] == "forum"
        assert graph.nodes[code]["vitality"] == pytest.approx(forum["vitality"], abs=5e-5)
        for i, state in enumerate(watched.states):
            assert graph.has_edge(state, code) == bool(forum["members"][i])
            if forum["members"][i]:
                assert graph.edges[state, code]["attendance"] == forum["attended"][i]


def test_the_mean_is_that_of_its_futures():
    one_by_one = [api.network(TRIO, MONTHS, seed=5, replicate=k) for k in range(2, 6)]
    mean = api.network(TRIO, MONTHS, seed=5, replicate=2, replicates=4)
    for start, end, tie in mean.edges(data=True):
        for name, value in tie.items():
            if name != "kind":
                assert value == pytest.approx(
                    np.mean([graph.edges[start, end][name] for graph in one_by_one]), abs=1e-12
                )
    assert mean.graph["futures"] == 4


def test_graphml_is_read_back_equal(graph, tmp_path):
    path = api.write_graphml(graph, tmp_path / "network.graphml")
    found = nx.read_graphml(path)
    assert dict(found.nodes(data=True)) == dict(graph.nodes(data=True))
    assert {edge[:2]: edge[2] for edge in found.edges(data=True)} == {
        edge[:2]: edge[2] for edge in graph.edges(data=True)
    }
    assert found.graph["date"] == "2000-10"
    assert found.graph["seed"] == 5
    assert set(found.graph) >= {"scenario", "preset", "version", "month", "futures", "first_future"}


def test_names_that_xml_cannot_hold_do_no_harm(graph, tmp_path):
    odd = graph.copy()
    odd.nodes["AAA"]["name"] = "A\x00\x0b<&>\ud800 \"'"
    found = nx.read_graphml(api.write_graphml(odd, tmp_path / "network.graphml"))
    assert found.nodes["AAA"]["name"] == "A\ufffd\ufffd<&>\ufffd \"'"


def test_calendar_months_and_counted_months_are_the_same():
    scenario = made_up("trio")
    assert nx.utils.graphs_equal(api.network(scenario, "2000-10"), api.network(scenario, 9))


@pytest.mark.parametrize(
    ("month", "options", "said"),
    [
        ("1999-12", {}, "month: 1999-12 is outside 2000-01"),
        (10_000, {}, "month: .*10000"),
        ("soon", {}, "'soon' is not a date like"),
        (3, {"replicate": -1}, "replicate: -1 is outside"),
        (3, {"replicates": 0}, "replicates: 0 is outside"),
    ],
)
def test_what_is_out_of_range_is_named(month, options, said):
    with pytest.raises(InputError, match=said):
        api.network(TRIO, month, **options)


def test_another_ending_or_a_file_in_the_way_is_refused(graph, tmp_path):
    with pytest.raises(InputError, match=r"a network ends in \.graphml"):
        api.write_graphml(graph, tmp_path / "network.gml")
    path = api.write_graphml(graph, tmp_path / "network.graphml")
    before = path.read_bytes()
    with pytest.raises(InputError, match="is there already"):
        api.write_graphml(graph, path)
    assert path.read_bytes() == before
    api.write_graphml(graph, path, overwrite=True)
