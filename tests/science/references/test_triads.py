"""Balance of friends and enemies, exactly: seven states always get there, and where they end depends on their kindness."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from tests.science.references.triads import Links, constrained, fingerprint, graphs, local


@pytest.mark.parametrize("states", range(3, 8))
def test_constrained_dynamics_of_three_to_seven_states_always_ends_balanced(states):
    """All switching classes, so all 2^21 graphs of seven states: none is jammed, and from each balance is reached."""
    found = constrained(states)
    assert found["classes"] == 2 ** ((states - 1) * (states - 2) // 2)
    assert found["balanced"] == 1
    assert found["jammed"] == 0
    assert found["reach balance"] == found["classes"]


def test_only_with_an_even_number_of_states_are_there_moves_that_neither_help_nor_harm():
    assert {states: constrained(states)["plateau"] for states in (3, 5, 6, 7)} == {3: 0, 5: 0, 6: 27, 7: 0}


def test_nine_states_can_be_jammed_so_the_published_claim_is_not_true_for_all_sizes():
    """Three groups of three, friends inside and enemies between: each flip makes more triads imbalanced than it mends."""
    links = Links(9)
    enemy = np.array([a // 3 != b // 3 for a, b in links.pairs])
    imbalanced = enemy[links.triads].sum(axis=1) % 2 == 1
    assert imbalanced.sum() == 27
    for k in range(len(links.pairs)):
        flipped = enemy.copy()
        flipped[k] ^= True
        assert (flipped[links.triads].sum(axis=1) % 2 == 1).sum() > 27


@pytest.fixture(scope="module")
def seven():
    return graphs(7)


def test_there_are_1044_graphs_of_seven_and_their_sizes_add_up(seven):
    friends, leads_to, sizes = seven
    assert len(friends) == 1044
    assert sizes.sum() == 2.0**21
    assert leads_to.shape == (1044, 21)


def test_the_fingerprint_does_not_depend_on_names():
    generator = np.random.default_rng(1)
    graph = generator.random((7, 7)) < 0.5
    graph = np.triu(graph, 1) | np.triu(graph, 1).T
    order = generator.permutation(7)
    assert fingerprint(graph[None])[0] == fingerprint(graph[order][:, order][None])[0]


@pytest.mark.parametrize(
    ("kindness", "share", "flips"), [(0.25, 0.0, 101), (0.5, 0.527, 66), (0.75, 0.927, 19), (1.0, 0.973, 10)]
)
def test_seven_states_reach_paradise_as_often_as_in_150_simulated_runs(seven, kindness, share, flips):
    """The exact chances against those of 150 runs, within what such runs can tell."""
    paradise, mean_flips = local(7, kindness, seven)
    error = np.sqrt(max(paradise * (1 - paradise), 1e-4) / 150)
    assert paradise == pytest.approx(share, abs=3 * error)
    assert mean_flips == pytest.approx(flips, rel=0.25)


def test_kindness_makes_paradise_likelier_and_the_way_shorter_and_seven_states_smear_the_transition(seven):
    """In an infinite network the chance jumps from 0 to 1 at one half."""
    found = [local(7, kindness, seven) for kindness in (0.3, 0.4, 0.5, 0.6, 0.7)]
    shares, flips = zip(*found, strict=True)
    assert list(shares) == sorted(shares)
    assert list(flips) == sorted(flips, reverse=True)
    assert 0.1 < shares[1] < shares[3] < 0.9


def test_local_dynamics_agrees_with_a_direct_simulation_of_four_states():
    """Against a plain simulation, link by link, that shares no code with the exact chain."""
    kindness, runs = 0.6, 4000
    generator = np.random.default_rng(7)
    ends = []
    for _ in range(runs):
        sign = {pair: generator.random() < 0.5 for pair in combinations(range(4), 2)}
        while True:
            triads = [t for t in combinations(range(4), 3) if sum(not sign[p] for p in combinations(t, 2)) % 2 == 1]
            if not triads:
                break
            edges = list(combinations(triads[generator.integers(len(triads))], 2))
            enemies = [pair for pair in edges if not sign[pair]]
            friends = [pair for pair in edges if sign[pair]]
            choices = edges if len(enemies) == 3 else enemies if generator.random() < kindness else friends
            pair = choices[generator.integers(len(choices))]
            sign[pair] = not sign[pair]
        ends.append(all(sign.values()))
    exact, _ = local(4, kindness, graphs(4))
    assert np.mean(ends) == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / runs))
