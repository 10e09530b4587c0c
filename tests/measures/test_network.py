"""The structure of a month: blocs, brokers, balance, by worked cases."""

from __future__ import annotations

import numpy as np
import pytest

from regime_abm import api
from regime_abm.measures.network import alliance_graph, forum_graph, structure
from tests.helpers import WORLDS


@pytest.fixture
def world():
    return api.watch(WORLDS / "trio.toml", seed=1).worlds[0]


def with_trust(world, **ties):
    trust = np.full((1, 3, 3), 0.1)
    for pair, value in ties.items():
        i, j = (world.names.state(code) for code in pair.split("_"))
        trust[0, i, j] = trust[0, j, i] = value
    return world.replace({"trust": trust})


def test_allies_form_a_bloc_and_a_state_without_an_ally_is_in_none(world):
    assert structure(world)["blocs"] == [["BBB", "CCC"]]
    assert set(alliance_graph(world).edges) == {("BBB", "CCC")}


def test_three_friends_are_balanced_and_so_are_two_friends_against_one(world):
    assert structure(with_trust(world, AAA_BBB=0.9, AAA_CCC=0.9, BBB_CCC=0.9))["balance"] == 1.0
    assert structure(with_trust(world, BBB_CCC=0.9))["balance"] == 1.0


def test_a_friend_of_two_enemies_is_unbalanced_and_a_broker(world):
    found = structure(with_trust(world, AAA_BBB=0.9, BBB_CCC=0.9))
    assert found["balance"] == 0.0
    assert found["betweenness"] == {"AAA": 0.0, "BBB": 1.0, "CCC": 0.0}
    assert found["constraint"]["BBB"] < found["constraint"]["AAA"]


def test_trust_of_one_side_alone_is_no_friendly_tie(world):
    trust = np.full((1, 3, 3), 0.1)
    trust[0, 0, 1] = 0.9
    found = structure(world.replace({"trust": trust}))
    assert set(found["betweenness"].values()) == {0.0}
    assert found["constraint"]["AAA"] is None


def test_the_forum_graph_has_an_edge_for_every_membership(world):
    assert {tuple(sorted(edge)) for edge in forum_graph(world).edges} == {
        ("AAA", "CLUB"),
        ("BBB", "CLUB"),
        ("CCC", "CLUB"),
    }
