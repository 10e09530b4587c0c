"""The examples in the docstrings are true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import regime_abm

MODULES = sorted(
    info.name for info in pkgutil.walk_packages(regime_abm.__path__, "regime_abm.") if not info.name.endswith("__main__")
)


@pytest.mark.parametrize("name", ["regime_abm", *MODULES])
def test_the_examples_of_a_module_hold(name):
    module = importlib.import_module(name)
    # a mechanism's examples use np, as its code does; where numpy is not imported, no example needs it
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith("regime_abm.mechanisms.")])
def test_every_mechanism_has_an_example_that_can_be_checked_by_hand(name):
    finder = doctest.DocTestFinder(exclude_empty=True)
    assert any(test.examples for test in finder.find(importlib.import_module(name)))
