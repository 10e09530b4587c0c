"""PRIM: the boxes of EMA workbench, step by step, on planted boxes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from ema_workbench.analysis.prim import Prim
from hypothesis import given, settings
from hypothesis import strategies as st

from regime_abm.analysis import prim
from regime_abm.analysis.box import everything, inside, measured

NAMES = list("abcde")


def planted(seed: int, rows: int = 700) -> tuple[np.ndarray, np.ndarray]:
    """Five inputs; the outcome is common where the first is below .45 and the third above .55, and rare elsewhere."""
    rng = np.random.default_rng(seed)
    points = rng.random((rows, 5))
    box = (points[:, 0] < 0.45) & (points[:, 2] > 0.55)
    return points, (rng.random(rows) < np.where(box, 0.9, 0.08)).astype(int)


def in_steps(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The same with inputs of a few levels, as a grid has them: many ties."""
    points, outcome = planted(seed)
    points[:, 0], points[:, 1] = np.round(points[:, 0] * 9) / 9, np.round(points[:, 1] * 4) / 4
    return points, outcome


@pytest.mark.parametrize("example", [planted(1), planted(2), in_steps(3), in_steps(4)])
def test_every_box_on_the_way_is_ema_workbench_s(example):
    points, outcome = example
    theirs = Prim(pd.DataFrame(points, columns=NAMES), outcome, threshold=0.1).find_box()
    mine = prim.trajectory(points, outcome)
    path = theirs.peeling_trajectory
    assert len(mine) == len(path) > 20
    for name in ("coverage", "density", "mass"):
        assert [getattr(box, name) for box in mine] == pytest.approx(path[name].tolist(), abs=1e-12)
    assert [len(box.restricted) for box in mine] == path["res_dim"].tolist()
    for box, limits in zip(mine, theirs.box_lims, strict=True):
        assert np.where(np.isfinite(box.low), box.low, points.min(axis=0)).tolist() == limits.to_numpy()[0].tolist()
        assert np.where(np.isfinite(box.high), box.high, points.max(axis=0)).tolist() == limits.to_numpy()[1].tolist()


@pytest.mark.parametrize("example", [planted(1), in_steps(3)])
def test_the_tests_of_the_restrictions_are_ema_workbench_s(example):
    points, outcome = example
    theirs = Prim(pd.DataFrame(points, columns=NAMES), outcome, threshold=0.1).find_box()
    for place, box in list(enumerate(prim.trajectory(points, outcome)))[1::5]:
        mine = np.nan_to_num(prim.quasi_p(points, outcome, box), nan=-1.0)  # which is how EMA says: no limit
        for name, values in theirs.qp[place].items():
            assert mine[NAMES.index(name)] == pytest.approx(values, abs=1e-12)


def test_the_planted_box_is_found():
    points, outcome = planted(7, rows=4000)
    path = prim.trajectory(points, outcome)
    best = max(path, key=lambda box: prim.gain(box, path[0]))
    assert set(best.restricted) >= {0, 2}
    assert best.high[0] == pytest.approx(0.45, abs=0.03)
    assert best.low[2] == pytest.approx(0.55, abs=0.03)
    assert best.density == pytest.approx(0.9, abs=0.05)


def test_an_idle_limit_is_told_by_its_quasi_p():
    points, outcome = planted(8)
    low, high = np.full(5, -np.inf), np.full(5, np.inf)
    high[0], low[2], high[4] = 0.45, 0.55, 0.5
    found = prim.quasi_p(points, outcome, measured(points, outcome, low, high))
    assert found[0, 1] < 1e-6
    assert found[2, 0] < 1e-6
    assert found[4, 1] > 0.05
    assert np.isnan(found[[0, 1, 2, 3, 4], [0, 0, 1, 0, 0]]).all()


def test_shares_count_like_as_many_flags():
    """A row that is a share of one half does to a box what half of two equal rows does."""
    points, outcome = planted(9)
    doubled = np.concatenate([outcome, 1 - outcome])
    shares = np.full(len(points), 0.5)
    twice = np.concatenate([points, points])
    one = prim.trajectory(points, shares)
    other = prim.trajectory(twice, doubled)
    assert one[0].density == other[0].density == 0.5
    assert one[0].coverage == other[0].coverage == 1.0
    assert len(one) == 1  # nothing to gain anywhere


def test_weighted_shares_lead_to_the_same_place():
    points, outcome = planted(7, rows=4000)
    path = prim.trajectory(points, outcome * 0.5)
    best = max(path, key=lambda box: prim.gain(box, path[0]))
    assert best.high[0] == pytest.approx(0.45, abs=0.03)
    assert best.density == pytest.approx(0.45, abs=0.03)


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 2**32), rows=st.integers(1, 120), levels=st.sampled_from([1, 2, 5, 10**6]))
def test_each_box_holds_what_it_says_and_is_no_smaller_than_allowed(seed, rows, levels):
    rng = np.random.default_rng(seed)
    points, outcome = np.round(rng.random((rows, 3)) * levels) / levels, rng.random(rows) < 0.4
    path = prim.trajectory(points, outcome, smallest=0.2)
    densities = [box.density for box in path]
    assert densities == sorted(densities)
    for box in path:
        within = inside(points, box.low, box.high)
        assert box.rows == within.sum()
        assert box.cases == outcome[within].sum()
        assert box.mass >= 0.2 or box is path[0]


def test_the_gain_is_nothing_for_all_and_one_for_all_cases_and_nothing_else():
    points, outcome = np.array([[0.1], [0.2], [0.3], [0.4]]), np.array([1, 1, 0, 0])
    whole = everything(points, outcome)
    exact = measured(points, outcome, np.array([-np.inf]), np.array([0.25]))
    assert prim.gain(whole, whole) == 0.0
    assert prim.gain(exact, whole) == 1.0


def test_limits_that_exclude_nothing_are_no_limits():
    points, outcome = planted(1)
    for box in prim.trajectory(points, outcome):
        for place in box.restricted:
            for side in (0, 1):
                limit = (box.low, box.high)[side][place]
                beyond = points[:, place] < limit if side == 0 else points[:, place] > limit
                assert not np.isfinite(limit) or beyond.any()
