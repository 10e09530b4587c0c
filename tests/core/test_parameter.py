"""Parameters: values chosen, drawn or default, and how they meet arrays."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from regime_abm.core.names import Names
from regime_abm.core.noise import Luck
from regime_abm.core.parameter import LogNormal, Normal, Parameter, Uniform, Values, parameters_of, resolve, values_for
from regime_abm.errors import InputError
from regime_abm.mechanisms import COMPLETE

SLOPE = Parameter("slope", 1.0, 0.0, 4.0, Uniform(0.5, 1.5), "log-odds", "How much of it there is.")
NOISE = Parameter("noise", 0.0, -1.0, 1.0, Normal(0.0, 0.5), "log-odds", "How much of that there is.")
MECHANISM = SimpleNamespace(__name__="regime_abm.mechanisms.sample", PARAMETERS=(SLOPE, NOISE))
GRID = np.linspace(0.0005, 0.9995, 1000)


def test_a_uniform_prior_is_uniform_between_its_ends():
    assert Uniform(2.0, 4.0).quantile(np.array([0.0, 0.25, 1.0]), 0.0, 10.0).tolist() == [2.0, 2.5, 4.0]


def test_a_uniform_prior_is_cut_to_the_range():
    assert Uniform(2.0, 4.0).quantile(np.array([0.0, 1.0]), 3.0, 10.0).tolist() == [3.0, 4.0]


def test_a_normal_prior_is_a_truncated_normal():
    found = Normal(1.0, 2.0).quantile(GRID, 0.0, 3.0)
    assert found == pytest.approx(stats.truncnorm(-0.5, 1.0, loc=1.0, scale=2.0).ppf(GRID))


def test_a_lognormal_prior_has_its_median_and_spread():
    found = LogNormal(4.0, 0.5).quantile(GRID, 0.0, 1e6)
    assert found == pytest.approx(stats.lognorm(0.5, scale=4.0).ppf(GRID))
    assert LogNormal(4.0, 0.5).quantile(np.array([0.5]), 0.0, 1e6)[0] == pytest.approx(4.0)


@pytest.mark.parametrize("prior", [Uniform(-5, 5), Normal(0.3, 9.0), LogNormal(2.0, 3.0)], ids=str)
def test_no_prior_leaves_the_range_even_at_the_ends(prior):
    found = prior.quantile(np.array([0.0, 1.0 - 2.0**-53, 1.0]), 1.0, 2.0)
    assert found.min() >= 1.0
    assert found.max() <= 2.0


def test_a_value_is_chosen_or_drawn_or_the_default_in_that_order():
    draw = {"sample.slope": np.array([0.0, 1.0]), "sample.noise": np.array([0.5, 0.5])}.__getitem__
    assert resolve([MECHANISM]) == {"sample.slope": 1.0, "sample.noise": 0.0}
    assert resolve([MECHANISM], {"sample.slope": 3})["sample.slope"] == 3.0
    drawn = resolve([MECHANISM], {"sample.noise": 0.25}, draw=draw)
    assert drawn["sample.slope"].tolist() == [0.5, 1.5]
    assert drawn["sample.noise"] == 0.25


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"sample.slop": 1.0}, r'file: unknown parameter \'sample.slop\'; did you mean "sample.slope"\?'),
        ({"sample.slope": 4.5}, r"file.sample.slope: 4.5 is outside 0 to 4 \(log-odds\)"),
        ({"sample.slope": float("nan")}, r"file.sample.slope: nan is not a finite number \(0 to 4\)"),
        ({"sample.slope": float("inf")}, "not a finite number"),
        ({"sample.slope": True}, "not a finite number"),
        ({"sample.slope": "1"}, "not a finite number"),
    ],
)
def test_a_value_that_cannot_be_is_refused_in_one_line(chosen, message):
    with pytest.raises(InputError, match=message) as caught:
        resolve([MECHANISM], chosen, where="file")
    assert "\n" not in str(caught.value)


def test_values_fit_the_arrays_they_meet():
    p = Values({"same": 0.5, "drawn": np.array([1.0, 2.0])})
    assert (p.same, p.dyad.same) == (0.5, 0.5)
    assert [p.drawn.shape, p.state.drawn.shape, p.dyad.drawn.shape, p.action.drawn.shape] == [
        (2,),
        (2, 1),
        (2, 1, 1),
        (2, 1, 1, 1),
    ]
    assert (p.dyad.drawn * np.ones((2, 3, 3)))[1, 2, 0] == 2.0


def test_drawn_values_cannot_be_written():
    with pytest.raises(ValueError, match="read-only"):
        Values({"drawn": np.array([1.0, 2.0])}).dyad.drawn[:] = 0.0


def test_asking_for_a_parameter_that_is_not_declared_names_the_nearest():
    p = values_for(MECHANISM, resolve([MECHANISM]))
    with pytest.raises(AttributeError, match='no parameter \'slpe\'; did you mean "slope"'):
        _ = p.slpe
    with pytest.raises(AttributeError, match="no parameter 'unheard'"):
        _ = p.dyad.unheard


def test_the_models_parameters_are_named_by_mechanism():
    known = parameters_of(COMPLETE)
    assert known["trust.asymmetry"].default == 2.0
    assert len(known) == sum(len(mechanism.PARAMETERS) for mechanism in COMPLETE)


def test_the_draw_of_one_parameter_does_not_depend_on_the_others(trio):
    """Each parameter has luck of its own, so setting one leaves the draws of the rest alone."""
    luck = Luck(3, Names(("A", "B")), 0, 50)
    free, one_set = trio.values(luck), trio.with_parameters({"choice.precision": 9.0}).values(luck)
    assert one_set["choice.precision"] == 9.0
    assert all(np.array_equal(free[key], one_set[key]) for key in free if key != "choice.precision")
    assert stats.kstest(stats.rankdata(free["trust.learning"]) / 51, "uniform").pvalue > 0.01
    assert abs(np.corrcoef(free["trust.learning"], free["trust.fading"])[0, 1]) < 0.5


def test_parameters_drawn_over_replicates_follow_their_priors(trio):
    luck = Luck(3, Names(("A", "B")), 0, 2000)
    values, known = trio.values(luck), parameters_of(COMPLETE)
    for key, parameter in known.items():
        median = parameter.prior.quantile(np.array([0.5]), parameter.low, parameter.high)[0]
        below = float(np.mean(np.asarray(values[key]) <= median))
        if parameter.prior != Uniform(1.0, 1.0):
            assert abs(below - 0.5) < 4.0 / (2.0 * np.sqrt(2000)), key
