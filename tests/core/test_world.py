"""The World is the glossary: shapes, ranges, and a record that nobody writes in."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from regime_abm.core.names import Names
from regime_abm.core.world import GLOSSARY, SHAPES, World, empty_world, faults, shape_of
from tests.helpers import after, differences, prepared

NAMES = Names(("A", "B", "C"), ("F",))


@pytest.mark.parametrize("name", GLOSSARY)
def test_every_quantity_has_axes_a_unit_a_range_and_one_sentence(name):
    entry = GLOSSARY[name]
    assert entry.axes in SHAPES
    assert entry.unit
    assert entry.low < entry.high
    assert entry.meaning[0].isupper() or entry.meaning[0].isdigit()
    assert entry.meaning.endswith(".")


def test_the_glossary_holds_every_array_of_the_world(trio):
    _, world = prepared(trio)
    arrays = {item.name for item in dataclasses.fields(World) if isinstance(getattr(world, item.name), np.ndarray)}
    assert arrays <= set(GLOSSARY)


def test_an_empty_world_has_the_shapes_of_its_glossary():
    world = empty_world(NAMES, 4, {"trust": 0.5, "will": [0.1, 0.2, 0.3]})
    assert world.trust.shape == (4, 3, 3)
    assert world.will[3] == pytest.approx([0.1, 0.2, 0.3])
    assert world.forum_level.shape == (4, 1)
    assert world.attendance.shape == (4, 1, 3)
    assert world.decision.shape == (4, 5, 3, 3)
    assert world.replicates == 4
    assert shape_of("exercise_season", 4, NAMES) == (12,)


def test_a_given_array_of_the_wrong_shape_is_refused():
    with pytest.raises(ValueError, match="broadcast"):
        empty_world(NAMES, 4, {"will": [0.1, 0.2]})


def test_replace_gives_the_next_world_and_leaves_this_one(trio):
    _, world = prepared(trio, count=2)
    trust = world.trust.copy()
    following = world.replace({"trust": np.full_like(trust, 0.9)})
    assert (following.trust == 0.9).all()
    assert np.array_equal(world.trust, trust)
    assert differences(world, following) == ["trust"]
    assert following.will is world.will


def test_no_array_of_a_world_can_be_written(trio):
    run, world = prepared(trio, count=2)
    for each in (world, after(run, world, 1), world.replace({"trust": world.trust.copy()}), world.row(1)):
        for name in GLOSSARY:
            value = getattr(each, name)
            if isinstance(value, np.ndarray):
                with pytest.raises(ValueError, match="read-only"):
                    value[...] = value


def test_no_field_of_a_world_can_be_set(trio):
    _, world = prepared(trio)
    with pytest.raises(dataclasses.FrozenInstanceError):
        world.trust = None


def test_a_row_holds_one_future(trio):
    run, world = prepared(trio, count=4)
    world = after(run, world, 3)
    row = world.row(2)
    assert row.replicates == 1
    assert np.array_equal(row.trust[0], world.trust[2])
    assert np.array_equal(row.rival, world.rival)
    assert row.month == 3
    assert faults(row) == []


def test_faults_names_what_is_wrong():
    world = empty_world(NAMES, 2, {"trust": 0.5, "forum_track": 1, "forum_every": 1, "forum_first": 1, "max_terms": 1})
    assert faults(world) == []
    assert faults(world.replace({"trust": np.full((2, 3, 3), 1.5, np.float32)})) == ["trust: 1.5..1.5 outside 0..1"]
    assert faults(world.replace({"trust": np.full((2, 3, 3), 0.5)})) == ["trust: float64, not float32"]
    assert faults(world.replace({"will": np.array([[0.1, np.nan, 0.2]] * 2, np.float32)})) == ["will: not finite"]
    assert faults(world.replace({"will": np.zeros((2, 4))})) == ["will: shape (2, 4)"]


def test_branching_costs_nothing_and_changes_nothing(trio):
    """What if from here: two futures from one World do not touch each other."""
    run, world = prepared(trio, count=3)
    world = after(run, world, 5)
    expected = after(run, world, 6)
    branch = world.replace({"trust_leader": np.ones_like(world.trust_leader)})
    assert differences(after(run, branch, 6), expected)
    assert differences(after(run, world, 6), expected) == []
