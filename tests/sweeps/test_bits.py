"""The same bits however the work is cut and wherever it is done, and whatever the seed: any plan that can be read runs."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from regime_abm.errors import InputError
from regime_abm.plan import load_plan
from regime_abm.store import Stored
from regime_abm.sweeps import running
from tests.sweeps.plans import GRID, QUARTET, TRIO, head, part_bytes, same, swept
from tests.sweeps.test_plan import plans

BOTH = ('presets = ["agnostic", "sceptic"]\n', "[record]\nseries_every = 6\n")
TEXT = head(7, 12, (TRIO, QUARTET)) + BOTH[0] + GRID + BOTH[1]
OWN_LUCK = head(7, 12, (TRIO, QUARTET), common_random_numbers="false") + BOTH[0] + GRID + BOTH[1]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """168 runs on one worker."""
    return swept(tmp_path_factory.mktemp("whole"), TEXT, chunk=25)


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize(
    ("workers", "start"),
    [
        (2, "spawn"),
        (7, "fork"),
        pytest.param(7, "spawn", marks=pytest.mark.long),
        pytest.param(2, "forkserver", marks=pytest.mark.long),
    ],
)
def test_workers_and_how_they_begin_change_no_byte(workers, start, whole, tmp_path):
    found = swept(tmp_path, TEXT, workers=workers, start=start, chunk=25)
    assert part_bytes(found.folder) == part_bytes(whole.folder)


@pytest.mark.long
def test_a_dask_cluster_changes_no_byte(whole, tmp_path):
    pytest.importorskip("distributed")
    found = swept(tmp_path, TEXT, executor="dask", workers=2, chunk=25)
    assert part_bytes(found.folder) == part_bytes(whole.folder)


@pytest.mark.parametrize("chunk", [20, 1000])
def test_chunks_change_no_bit(chunk, whole, tmp_path):
    assert same(swept(tmp_path, TEXT, chunk=chunk), whole)


def test_runs_one_by_one_are_the_same(tmp_path):
    text = head(3, 6) + GRID
    assert same(swept(tmp_path, text, "one", chunk=1), swept(tmp_path, text, "all"))


@pytest.mark.parametrize("chunk", [1, 5, 1000])
def test_chunks_change_no_bit_where_every_run_has_its_own_luck(chunk, tmp_path):
    text = head(3, 6, common_random_numbers="false") + GRID
    assert same(swept(tmp_path, text, "cut", chunk=chunk), swept(tmp_path, text, "all"))


@settings(max_examples=25)
@given(fields=plans)
def test_a_plan_that_can_be_read_never_fails(fields, tmp_path_factory):
    import tomlkit

    folder = tmp_path_factory.mktemp("any")
    (folder / "plan.toml").write_text(tomlkit.dumps(fields), "utf-8")
    try:
        ready = running.prepared(load_plan(folder / "plan.toml"))
    except InputError:
        return
    assert ready.lines()
    out, filled = running.run(ready, folder / "out")
    assert (filled.runs, filled.failed) == (ready.cells.runs, 0)
    assert len(Stored.open(out).runs(columns=["run"])) == ready.cells.runs
