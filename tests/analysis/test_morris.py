"""Morris's screening: the same effects as SALib from the same trajectories, and honest about luck."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from SALib.analyze import morris as salib
from SALib.sample import morris as salib_sample

from regime_abm.analysis import morris
from regime_abm.errors import InputError
from tests.analysis.known import g_function, ishigami, problem


@pytest.mark.parametrize(("function", "inputs"), [(ishigami, 3), (g_function, 8)])
def test_salib_s_trajectories_give_salib_s_effects(function, inputs):
    points = salib_sample.sample(problem(inputs), 60, num_levels=4, seed=3)
    outputs = function(points)
    theirs = salib.analyze(problem(inputs), points, outputs, num_resamples=400, seed=4)
    mine = morris.effects(points, outputs)
    for name in ("mu", "mu_star", "sigma"):
        assert getattr(mine, name) == pytest.approx(np.asarray(theirs[name], float), abs=1e-10), name
    assert mine.mu_star_half == pytest.approx(np.asarray(theirs["mu_star_conf"], float), rel=0.25, abs=1e-9)


def test_own_trajectories_give_salib_s_effects_too():
    """SALib takes every step for 2/3 of the range; these go half of it."""
    points = morris.points(8, 40, seed=2)
    outputs = g_function(points)
    theirs = salib.analyze(problem(8), points, outputs, seed=1)
    mine = morris.effects(points, outputs)
    assert mine.mu_star == pytest.approx(np.asarray(theirs["mu_star"], float) * (2 / 3) / 0.5, abs=1e-10)


@settings(deadline=None, max_examples=25)
@given(inputs=st.integers(1, 12), trajectories=st.integers(2, 9), seed=st.integers(0, 2**32))
def test_a_trajectory_moves_each_input_once_by_half_of_the_grid(inputs, trajectories, seed):
    points = morris.points(inputs, trajectories, seed)
    assert set(np.unique(points)) <= {0.125, 0.375, 0.625, 0.875}
    steps = np.diff(points.reshape(trajectories, inputs + 1, inputs), axis=1)
    assert ((steps != 0).sum(axis=1) == 1).all()
    assert ((steps != 0).sum(axis=2) == 1).all()
    assert (np.abs(steps[steps != 0]) == 0.5).all()


def test_every_level_is_as_likely():
    points = morris.points(50, 400, seed=1)
    shares = [(points == level).mean() for level in (0.125, 0.375, 0.625, 0.875)]
    assert shares == pytest.approx([0.25] * 4, abs=0.01)


def test_a_straight_line_has_its_slopes_for_effects_and_no_spread():
    points = morris.points(3, 10, seed=1)
    found = morris.effects(points, points @ np.array([3.0, -2.0, 0.0]))
    assert found.mu == pytest.approx([3.0, -2.0, 0.0])
    assert found.mu_star == pytest.approx([3.0, 2.0, 0.0])
    assert found.sigma == pytest.approx([0.0] * 3, abs=1e-12)
    assert found.mu_star_half == pytest.approx([0.0] * 3, abs=1e-12)


def test_an_interaction_shows_in_sigma():
    points = morris.points(2, 200, seed=1)
    found = morris.effects(points, (points[:, 0] - 0.5) * (points[:, 1] - 0.5))
    assert (np.abs(found.mu) < 0.05).all()
    assert (found.sigma > 0.2).all()
    assert (found.mu_star > 0.2).all()


def test_luck_is_taken_out_of_the_net_effect():
    rng, points = np.random.default_rng(1), morris.points(2, 400, seed=1)
    found = morris.effects(points, 4.0 * points[:, :1] + rng.normal(scale=0.5, size=(len(points), 5)))
    assert found.mu_star[1] > 0.4  # an idle input looks as if it did something
    assert found.net == pytest.approx([16.0, 0.0], rel=0.02, abs=0.1)
    assert abs(found.net[1]) < found.net_half[1]


def test_without_luck_the_net_effect_is_the_mean_square():
    points = morris.points(3, 50, seed=1)
    outputs = np.tile(ishigami(points)[:, None], (1, 3))
    effects = morris.elementary_effects(points, outputs[:, :1])[..., 0]
    assert morris.effects(points, outputs).net == pytest.approx((effects**2).mean(axis=0))


def test_equal_seeds_equal_bits():
    points = morris.points(4, 8, seed=5)
    one, other = (morris.effects(points, ishigami(points[:, :3]), seed=2) for _ in range(2))
    assert (one.mu_star_half == other.mu_star_half).all()


def test_a_step_that_moves_two_inputs_is_refused():
    with pytest.raises(ValueError, match="each step of a trajectory moves one input"):
        morris.elementary_effects(np.array([[0.0, 0.0], [0.5, 0.5], [0.5, 0.0]]), np.zeros((3, 1)))


def test_one_trajectory_is_too_few():
    with pytest.raises(InputError, match="samples: 1 is too few"):
        morris.points(3, 1, seed=1)


def test_missing_rows_are_refused():
    points = morris.points(3, 4, seed=1)
    with pytest.raises(InputError, match="war: 3 of 16 rows are missing, the first is row 13"):
        morris.effects(points, np.zeros(13), what="war")
