"""A sweep is read as tidy tables, lazily, and only what can be trusted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from regime_abm.errors import InputError
from regime_abm.store import Store, Stored
from regime_abm.supervisor import Task, tasks_of
from tests.store.toy import FIXED, MONTHS, sweep, values, work


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stored") / "sweep"
    sweep(folder, runs=100, chunk=15)
    return folder


@pytest.fixture
def stored(folder):
    return Stored.open(folder)


def test_runs_and_series_are_tidy_and_exact(stored):
    runs, series = stored.runs(), stored.series()
    assert list(runs.columns) == ["run", "outcome", "last"]
    assert runs["run"].tolist() == list(range(100))
    assert runs["last"].tolist() == [values(run)[-1] for run in range(100)]
    assert len(series) == 100 * MONTHS
    expected = np.array([values(run) for run in range(100)], np.float32)
    assert (series["value"].to_numpy().reshape(100, MONTHS) == expected).all()
    assert stored.kinds == ["runs", "series"]


def test_the_order_is_that_of_the_runs_not_of_the_writing(tmp_path):
    with Store.begin(tmp_path / "sweep", FIXED, runs=60, tasks=6) as store:
        for task in sorted(tasks_of(60, 10), key=lambda task: (task.number % 3, -task.number)):
            store.add(task, work(task))
    assert Stored.open(tmp_path / "sweep").runs()["run"].tolist() == list(range(60))


@pytest.mark.parametrize(
    "where", [[("run", ">=", 95), ("outcome", "==", "low")], (ds.field("run") >= 95) & (ds.field("outcome") == "low")]
)
def test_columns_and_rows_are_chosen(stored, where):
    found = stored.runs(columns=["run"], where=where)
    assert found["run"].tolist() == [run for run in range(95, 100) if values(run)[-1] <= 0]
    assert list(found.columns) == ["run"]


def test_part_by_part_is_the_same_as_at_once(stored):
    batches = list(stored.batches("series", columns=["run", "value"], where=[("month", "==", 3)]))
    assert [len(batch) for batch in batches] == [15] * 6 + [10]
    at_once = stored.series(columns=["run", "value"], where=[("month", "==", 3)])
    pd.testing.assert_frame_equal(pd.concat(batches, ignore_index=True), at_once)
    assert list(stored.batches("runs", where=[("run", "<", 0)])) == []


def test_a_sweep_without_failures_has_an_empty_table_of_them(stored):
    assert list(stored.failures.columns) == ["run", "reason", "message", "traceback", "replay"]
    assert len(stored.failures) == 0
    assert len(stored.table("histories")) == 0


def test_a_wrong_word_is_one_line(stored):
    with pytest.raises(InputError, match="columns: there is no 'outcom'; did you mean \"outcome\""):
        stored.runs(columns=["outcom"])
    with pytest.raises(InputError, match="holds no table 'run'; did you mean \"runs\""):
        stored.dataset("run")


def test_the_parts_can_be_read_without_us(folder):
    """By pandas here, or by anything else that reads a folder of parquet."""
    assert len(pd.read_parquet(folder / "parts" / "series")) == 100 * MONTHS


def test_what_is_not_complete_is_refused_or_told(tmp_path, capsys):
    with Store.begin(tmp_path / "sweep", FIXED, runs=60, tasks=6) as store:
        for task in list(tasks_of(60, 10))[1:4]:
            store.add(task, work(task))
    with pytest.raises(InputError, match=r"only 30 of 60 runs .*--resume.*allow_partial"):
        Stored.open(tmp_path / "sweep")
    partial = Stored.open(tmp_path / "sweep", allow_partial=True)
    assert partial.coverage == 0.5
    assert partial.runs()["run"].tolist() == list(range(10, 40))
    (tmp_path / "sweep/parts/series/part-000002.parquet").unlink()
    assert len(partial.series()) == 20 * MONTHS
    assert partial.coverage == pytest.approx(1 / 3)
    assert [line.split(": ")[1] for line in capsys.readouterr().err.splitlines()] == [
        "30 of 60 runs are there and valid",
        "30 of 60 runs are there and valid",
        "20 of 60 runs are there and valid",
    ]


def test_a_byte_that_flips_after_the_look_is_noticed_all_the_same(tmp_path):
    """Pages carry a checksum of their own."""
    with Store.begin(tmp_path / "sweep", FIXED, runs=2000, tasks=1) as store:
        store.add(Task(0, 0, 2000), work(Task(0, 0, 2000)))
    stored = Stored.open(tmp_path / "sweep")
    table = stored.dataset("runs")
    path = tmp_path / "sweep/parts/runs/part-000000.parquet"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(OSError, match="checksum"):
        table.to_table()


def test_columns_may_not_change_between_parts(tmp_path):
    with Store.begin(tmp_path / "sweep", FIXED, runs=2, tasks=2) as store:
        store.add(Task(0, 0, 1), {"runs": pa.table({"run": [0]})})
        with pytest.raises(ValueError, match="columns of 'runs' changed from run: int64 to run: double"):
            store.add(Task(1, 1, 1), {"runs": pa.table({"run": [1.0]})})
    with Store.begin(tmp_path / "sweep", FIXED, runs=2, tasks=2, resume=True) as store:
        assert store.runs_done == 1
        with pytest.raises(ValueError, match="changed from run: int64 to x: int64"):
            store.add(Task(1, 1, 1), {"runs": pa.table({"x": [1]})})
