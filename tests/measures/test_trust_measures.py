"""Expected reciprocity and the bloc divide."""

from __future__ import annotations

import pytest

from regime_abm.measures import bloc_divide, reciprocity
from tests.measures.records import Months, values


def test_reciprocity_is_the_trust_of_the_less_trusting_side():
    months = Months(1, core=("AB",)).trust("AB", 0.9).trust("BA", 0.2)
    assert values(reciprocity.measure(months.history())) == pytest.approx([0.2, 0.2])


def test_reciprocity_is_a_mean_over_core_dyads_alone():
    months = Months(1, core=("AB", "AC")).trust("AB", 0.9).trust("BA", 0.2).trust("AC", 0.4).trust("CA", 0.6)
    months.trust("BC", 0.0)
    assert values(reciprocity.measure(months.history()))[1] == pytest.approx(0.3)


def test_without_alliances_there_is_no_bloc_divide():
    assert values(bloc_divide.measure(Months(1).trust("AB", 0.9).history()))[1] == 0.0


def test_where_all_are_allied_there_is_no_bloc_divide():
    months = Months(1).ally("AB").ally("AC").ally("BC").trust("AB", 0.9)
    assert values(bloc_divide.measure(months.history()))[1] == 0.0


def test_the_divide_is_the_difference_between_allies_and_the_rest():
    """A and B are allied and trust each other at .9 and .7; the four other directed pairs trust at .1, .2, .3 and .4."""
    months = Months(1).ally("AB").trust("AB", 0.9).trust("BA", 0.7)
    months.trust("AC", 0.1).trust("CA", 0.2).trust("BC", 0.3).trust("CB", 0.4)
    assert values(bloc_divide.measure(months.history()))[1] == pytest.approx(0.8 - 0.25)


def test_allies_who_distrust_each_other_make_it_negative():
    months = Months(1).ally("AB").trust("AB", 0.1).trust("BA", 0.1)
    assert values(bloc_divide.measure(months.history()))[1] == pytest.approx(-0.4)


def test_what_a_state_thinks_of_itself_does_not_count():
    months = Months(1).ally("AB")
    for place in range(3):
        months.record["trust"][:, :, place, place] = 1.0
    assert values(bloc_divide.measure(months.history()))[1] == pytest.approx(0.0)
