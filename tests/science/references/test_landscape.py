"""Two camps, all ways counted out; and those on which the region's first beliefs rest."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regime_abm.core.maths import log_odds
from regime_abm.scenario import load
from tests.science.references.landscape import camps, energies, resting_places


@pytest.mark.parametrize(("states", "ways"), [(2, 2), (7, 64), (17, 65_536)])
def test_seventeen_states_can_be_divided_in_as_many_ways_as_published_and_seven_in_sixty_four(states, ways):
    sides = camps(states)
    assert len(sides) == len(np.unique(sides, axis=0)) == ways


def test_three_mutual_enemies_frustrate_each_other_in_three_ways_and_three_friends_in_none():
    hostile = -np.ones((3, 3))
    assert len(resting_places(np.ones(3), hostile)[0]) == 3
    (together,), (energy,) = resting_places(np.ones(3), -hostile)
    assert together.tolist() == [1, 1, 1]
    assert energy == 0.0


def test_two_blocs_without_frustration_are_the_one_resting_place():
    bloc = np.array([1, 1, 1, -1, -1, 1, 1])
    found, energy = resting_places(np.arange(1.0, 8.0), np.outer(bloc, bloc).astype(float))
    assert found.tolist() == [bloc.tolist()]
    assert energy[0] < 0


@given(seed=st.integers(0, 10_000))
def test_sides_that_change_one_at_a_time_for_the_better_come_to_a_resting_place(seed):
    """By brute force from every division: energy falls at each change, and the ends are just the local minima."""
    generator = np.random.default_rng(seed)
    sizes, pull = generator.random(5) + 0.1, generator.normal(size=(5, 5))
    pull = pull + pull.T
    ends = set()
    for start in camps(5).astype(float):
        side, moved = start, True
        while moved:
            moved = False
            for k in range(5):
                other = side.copy()
                other[k] *= -1
                better = energies(np.stack([other, side]), sizes, pull)
                if better[0] < better[1] - 1e-12:
                    side, moved = other, True
        ends.add(tuple((side * side[-1]).astype(int).tolist()))
    assert ends == set(map(tuple, resting_places(sizes, pull)[0].tolist()))


WEST, EAST = {"ROK", "JPN", "USA"}, {"DPRK", "CHN", "RUS", "MNG"}


def divisions(baseline):
    """The resting places of a baseline's first beliefs: pull is mean log-odds of trust, size is capability."""
    _, world = load(baseline).prepare(1, 0, 1)
    trust = log_odds(world.trust[0].astype(float))
    sides, _ = resting_places(world.capability[0].astype(float), (trust + trust.T) / 2)
    states = np.array(world.names.states)
    return [{frozenset(states[row == camp].tolist()) for camp in (-1, 1)} for row in sides]


@pytest.mark.parametrize("baseline", ["baseline_2017", "baseline_2018", "baseline_2024"])
def test_of_sixty_four_divisions_the_first_beliefs_rest_on_the_two_blocs_alone(baseline):
    assert divisions(baseline) == [{frozenset(WEST), frozenset(EAST)}]


def test_at_the_end_of_the_cold_war_russia_stands_with_the_other_side():
    assert divisions("baseline_1991") == [{frozenset(WEST | {"RUS"}), frozenset(EAST - {"RUS"})}]


def test_in_2002_two_divisions_rest_all_against_one_and_the_two_blocs():
    everybody = WEST | EAST
    assert divisions("baseline_2002") == [
        {frozenset({"DPRK"}), frozenset(everybody - {"DPRK"})},
        {frozenset(WEST), frozenset(EAST)},
    ]
