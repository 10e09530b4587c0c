"""The benchmarks work: short runs of each, no judgement of speed (the machine of a test is a busy one)."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import made_up, speed
from benchmarks.profile_reference import profiled
from regime_abm.scenario import load

ROOT = Path(__file__).parents[2]
TRIO = ROOT / "tests" / "worlds" / "trio.toml"


def test_futures_do_not_import_mesa_and_tell_their_cost() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.child", str(TRIO), "20"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    assert told["mesa"] is False
    assert told["months"] == 60
    assert 20 < told["megabytes"] < 500
    assert 0 < told["seconds"] < 60


def test_what_somebody_waits_for_is_measured() -> None:
    help_, future = speed.waiting(str(TRIO), repeats=1)
    assert 0 < float(help_.measured.split()[0]) < float(future.measured.split()[0]) < 60
    assert "elapsed" in help_.note


def test_engine_is_measured_beside_mesa() -> None:
    (figure,) = speed.against_mesa(load(TRIO), repeats=1, months=6, runs=1)
    assert float(figure.measured.split()[0]) > 1
    assert "n=1" in figure.note


def test_watched_month_is_measured() -> None:
    (figure,) = speed.interactive_month(load(TRIO), repeats=1)
    assert f"n={load(TRIO).months}" in figure.note


@pytest.mark.parametrize("states", [2, 7, 30])
def test_made_up_region_is_a_valid_one(tmp_path: Path, states: int) -> None:
    scenario = load(made_up.write(tmp_path, states, months=3))
    assert len(scenario.region.states) == states
    assert len(scenario.region.forums) == made_up.FORUMS


def test_sizes_are_compared() -> None:
    (figure,) = speed.scaling(repeats=1, months=2, sizes=(3, 6))
    assert "3: " in figure.note
    assert "6: " in figure.note


def test_reference_profile_holds_its_largest_parts() -> None:
    rows = profiled(str(TRIO), runs=2, months=12)
    assert {"be_judged", "act"} <= {name for name, _, _ in rows}
    assert sum(share for _, share, _ in rows) <= 1
