"""The benchmarks of sweeps work: short runs of each, no judgement of speed; the long ones do judge memory and growth."""

from __future__ import annotations

import pytest

from benchmarks import sweeps
from tests.helpers import made_up


def test_series_are_written_and_measured() -> None:
    seconds, size = sweeps.store(made_up("trio"), runs=300, repeats=1)
    assert seconds.name == "300 runs of 12 series written"
    assert 0 < float(size.measured.split()[0]) < 5


def test_growth_is_measured() -> None:
    (figure,) = sweeps.linear(made_up("trio"), sizes=(2, 8), months=2)
    assert "8: " in figure.note


@pytest.mark.long
def test_two_workers_are_measured_beside_one() -> None:
    (figure,) = sweeps.two_workers(made_up("trio"), runs=200, repeats=1)
    assert float(figure.measured.split()[0]) > 0.1


@pytest.mark.long
@pytest.mark.parametrize("workers", [1, 2])
def test_memory_stays_flat_from_ten_thousand_runs_to_two_hundred_thousand(workers) -> None:
    """Twenty times the runs. Wider than the goal, which the benchmark prints: a few megabytes of the allocator come and go."""
    (figure,) = sweeps.memory(workers=workers)
    assert 0.9 <= float(figure.measured.removesuffix(" x")) <= 1.2, figure


@pytest.mark.long
def test_cost_is_linear_in_the_number_of_replicates() -> None:
    """Beyond one chunk; a chunk has a price of its own that few replicates share. Wider than the goal: machines are busy."""
    (figure,) = sweeps.linear(made_up("trio"), sizes=(1000, 10_000, 100_000), months=6)
    assert 0.9 <= float(figure.measured.removeprefix("n^")) <= 1.1, figure
