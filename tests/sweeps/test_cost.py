"""What a sweep will cost is told before it starts, and too much is refused at once with the figure."""

from __future__ import annotations

import time

import pytest

from regime_abm import api
from regime_abm.errors import InputError
from regime_abm.sweeps import running
from tests.sweeps.doctrines import Fails, Kills
from tests.sweeps.plans import GRID, TRIO, head, plan, swept

HUGE = (
    head(1000, 240)
    + "[design.grid]\n"
    + "".join(
        f'"trust.{name}" = {[round(low + k * step, 6) for k in range(1000)]}\n'
        for name, low, step in (("asymmetry", 1.0, 0.004), ("learning", 0.0, 0.001), ("fading", 0.0, 0.00005))
    )
)


def test_a_billion_cells_are_refused_at_once_with_limit_and_time(tmp_path):
    began = time.perf_counter()
    with pytest.raises(InputError) as told:
        running.prepared(plan(tmp_path, HUGE))
    assert time.perf_counter() - began < 2
    for word in ("limits.runs", "1,000,000,000,000 runs", "years", "at most 1,000,000"):
        assert word in str(told.value)


LIMITS = {
    "runs": ("[limits]\nruns = 20\n", ["limits.runs", "24 runs", "at most 20"]),
    "hours": ("[limits]\nhours = 0.000001\n", ["limits.hours", "24 runs", "at most 1e-06 hours"]),
    "gigabytes": ("[limits]\ngigabytes = 0.000001\n", ["limits.gigabytes", "24 runs", "at most 1e-06 GB"]),
}


@pytest.mark.parametrize("limit", LIMITS)
def test_the_plans_own_limit_of(limit, tmp_path):
    text, words = LIMITS[limit]
    with pytest.raises(InputError) as told:
        swept(tmp_path, head() + GRID + text)
    for word in words:
        assert word in str(told.value)
    assert not (tmp_path / "out").exists()


def test_a_limit_that_is_said_wins_over_the_plans(tmp_path):
    chosen = plan(tmp_path, head() + GRID + "[limits]\nruns = 20\n")
    assert running.prepared(chosen, limits={"runs": 24, "hours": None}).cells.runs == 24
    with pytest.raises(InputError, match=r"limits: gigabytes.*greater than 0"):
        running.prepared(chosen, limits={"runs": 24, "gigabytes": -1.0})


def test_a_probe_measures_time_and_disk_of_what_is_kept(tmp_path):
    """The probe of a sweep that is worth one, against what the sweep then takes."""
    text = head(80, 240) + GRID + "[record]\nseries_every = 2\n"
    heard: list[api.Estimate] = []
    ready = running.prepared(plan(tmp_path, text))
    began = time.perf_counter()
    out, _ = running.run(ready, tmp_path / "out", announce=heard.append)
    took = time.perf_counter() - began
    (estimate,) = heard
    assert estimate.measured
    assert (estimate.runs, estimate.cells, estimate.workers) == (480, 6, 1)
    size = sum(path.stat().st_size for path in (out / "parts").rglob("*.parquet"))
    assert size / 2 < estimate.bytes < size * 2
    assert took / 4 < estimate.seconds < took * 4  # a busy machine may slow down one of the two


@pytest.mark.parametrize("doctrine", [Fails, Kills])
def test_a_doctrine_that_fails_in_the_probe_does_no_harm(doctrine, tmp_path):
    ready = running.prepared(plan(tmp_path, head(80, 240) + GRID), actors={"AAA": doctrine})
    assert not ready.estimate(1).measured


def test_a_resume_is_estimated_by_what_is_left(tmp_path):
    ready = running.prepared(plan(tmp_path, head(20, 24) + GRID))
    whole, half = ready.estimate(1), ready.estimate(1, done=60)
    assert (half.seconds, half.bytes) == (whole.seconds / 2, whole.bytes // 2)


def test_the_line_says_where_it_comes_from():
    line = api.Estimate(2400, 12, 90.0, 5_000_000, 2, measured=True, free=10**6).line()
    assert line == (
        "2,400 runs of 12 cells: about 90 s on 2 workers and 5.0 MB of disk, "
        "of which only 1.0 MB are free (measured on a few runs)"
    )


def test_a_small_sweep_is_not_worth_other_processes(tmp_path):
    assert running.prepared(plan(tmp_path, head())).worth_workers == 1
    long = running.prepared(
        plan(tmp_path, head(200, 240, scenarios=(TRIO,)) + GRID.replace("3.0, 6.0", "3.0, 4.0, 5.0, 6.0"))
    )
    assert 1 <= long.worth_workers <= running.usable_cores()
