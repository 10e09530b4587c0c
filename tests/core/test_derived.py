"""What is worked out once is worked out anew as soon as anything that it follows from is another."""

from __future__ import annotations

import gc

import numpy as np

from regime_abm.core.derived import derived


def fixed(*values):
    array = np.array(values)
    array.setflags(write=False)
    return array


def counting():
    """A derived function, and the arguments of each time that it was really worked out."""
    calls = []

    @derived
    def scaled(values, factor=1.0):
        calls.append((values.copy(), factor))
        return values * factor, factor

    return scaled, calls


def test_the_same_arguments_are_worked_out_once_and_the_result_is_read_only():
    scaled, calls = counting()
    values = fixed(1.0, 2.0)
    first, again = scaled(values, 3.0), scaled(values, 3.0)
    assert first is again
    assert len(calls) == 1
    assert not first[0].flags.writeable


def test_equal_arguments_are_not_the_same_arguments():
    scaled, calls = counting()
    one, other = fixed(1.0), fixed(1.0)
    assert scaled(one)[0] == scaled(other)[0]
    assert len(calls) == 2


def test_another_number_beside_the_same_array_gives_another_result():
    scaled, _ = counting()
    values, factors = fixed(1.0), [float(text) for text in ("2.5", "3.5")]
    assert [scaled(values, factor)[0][0] for factor in factors] == [2.5, 3.5]


def test_what_may_be_written_to_is_worked_out_every_time():
    scaled, _ = counting()
    values = np.array([1.0])
    assert scaled(values)[0][0] == 1.0
    values[0] = 5.0
    assert scaled(values)[0][0] == 5.0


def test_what_takes_the_place_of_something_gone_is_not_mistaken_for_it():
    """New arrays and numbers are often given the identity of those that are gone."""
    scaled, _ = counting()
    for value in range(2000):
        array = fixed(float(value))
        assert scaled(array, float(value) / 7.0)[0][0] == value * (value / 7.0)
        del array
        if value % 500 == 0:
            gc.collect()


def test_numbers_alone_are_not_kept():
    calls = []
    doubled = derived(lambda number: calls.append(number) or 2 * number)
    number = 1.5
    assert [doubled(number), doubled(number)] == [3.0, 3.0]
    assert len(calls) == 2
