"""Cells: several settings of the parameters run side by side with one luck, and none of them notices the others."""

from __future__ import annotations

import numpy as np
import pytest

from regime_abm.ensemble import Chunk, simulate
from regime_abm.errors import InputError
from regime_abm.scenario import load

VALUES = {"trust.asymmetry": np.array([1.5, 2.0, 4.0]), "choice.precision": np.array([3.0, 4.0, 6.0])}


def same(one: Chunk, other: Chunk) -> bool:
    return np.array_equal(one.outcome, other.outcome) and all(
        np.array_equal(one.series[name], other.series[name], equal_nan=True) for name in one.series
    )


def part(chunk: Chunk, rows: slice) -> Chunk:
    series = {name: values[rows] for name, values in chunk.series.items()}
    return Chunk(0, series, *(getattr(chunk, name)[rows] for name in ("outcome", "regime", "relapse", "legs", "quiet")))


@pytest.fixture(scope="module")
def three():
    return simulate(load("baseline_2018"), 3, 5, 4, months=40, cells=3, values=VALUES)


def test_a_cell_alone_equals_its_rows_among_others(three):
    for cell in range(3):
        own = {name: values[cell : cell + 1] for name, values in VALUES.items()}
        alone = simulate(load("baseline_2018"), 3, 5, 4, months=40, values=own)
        assert same(alone, part(three, slice(4 * cell, 4 * cell + 4)))


def test_a_future_alone_equals_its_row_of_a_cell(three):
    own = {name: values[1:2] for name, values in VALUES.items()}
    assert same(simulate(load("baseline_2018"), 3, 7, 1, months=40, values=own), part(three, slice(6, 7)))


def test_cells_with_equal_values_are_equal_futures():
    chunk = simulate(load("baseline_2018"), 1, 0, 3, months=24, cells=2, values={"trust.asymmetry": np.array([2.0, 2.0])})
    assert same(part(chunk, slice(0, 3)), part(chunk, slice(3, 6)))


def test_a_future_may_have_values_of_its_own():
    own = {name: values[[0, 2, 1, 1]] for name, values in VALUES.items()}
    together = simulate(load("baseline_2018"), 3, 5, 4, months=40, values=own, robust=True)
    for row in range(4):
        alone = {name: values[row : row + 1] for name, values in own.items()}
        chunk = simulate(load("baseline_2018"), 3, 5 + row, 1, months=40, values=alone)
        assert same(chunk, part(together, slice(row, row + 1)))


def test_what_a_cell_does_not_set_is_drawn_by_the_luck_of_the_replicate():
    one = simulate(load("baseline_2018"), 1, 0, 3, months=12, draw_parameters=True, cells=2, values={})
    assert same(part(one, slice(0, 3)), part(one, slice(3, 6)))
    assert same(part(one, slice(0, 3)), simulate(load("baseline_2018"), 1, 0, 3, months=12, draw_parameters=True))


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"trust.asymetry": np.array([2.0])}, "unknown parameter 'trust.asymetry'.*trust.asymmetry"),
        ({"trust.asymmetry": np.array([2.0, 900.0])}, "parameters.trust.asymmetry: 900 is outside"),
        ({"trust.asymmetry": np.array([2.0, np.nan])}, "not a finite number"),
    ],
)
def test_values_out_of_range_are_refused(values, told):
    with pytest.raises(InputError, match=told):
        simulate(load("baseline_2018"), 1, 0, 2, months=1, cells=len(next(iter(values.values()))), values=values)
