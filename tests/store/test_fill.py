"""Runs into a store: the same bytes however they were computed, failures as rows, resumed wherever it stopped."""

from __future__ import annotations

import functools
import itertools

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regime_abm.errors import InputError
from regime_abm.store import Filled, Store, Stored, failures_table, fill, verify
from regime_abm.store.parquet import encode, join
from regime_abm.supervisor import Lost, Task, tasks_of
from tests.store.toy import FIXED, MONTHS, SIGKILL, parts, sweep, work


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reference") / "sweep"
    assert sweep(folder) == Filled(100, 0)
    return folder


@pytest.mark.parametrize(
    ("workers", "start"), [(1, "spawn"), (2, "spawn"), (2, "fork"), (2, "forkserver"), (7, "fork")]
)
def test_workers_and_ways_to_start_change_no_byte(reference, tmp_path, workers, start):
    sweep(tmp_path / "sweep", workers=workers, start=start)
    assert parts(tmp_path / "sweep") == parts(reference)


@pytest.mark.parametrize("chunk", [1, 20, 1000])
def test_chunks_change_no_bit_of_a_table(reference, tmp_path, chunk):
    sweep(tmp_path / "sweep", chunk=chunk, runs=60, workers=2, start="fork")
    found, expected = Stored.open(tmp_path / "sweep"), Stored.open(reference)
    for kind in ("runs", "series"):
        first = expected.table(kind, where=[("run", "<", 60)])
        assert found.table(kind).to_csv(float_format="%r") == first.to_csv(float_format="%r")


def test_the_order_of_the_tasks_changes_no_byte(reference, tmp_path):
    wanted = list(tasks_of(100, 20))
    with Store.begin(tmp_path / "sweep", FIXED, runs=100, tasks=5) as store:
        fill(store, work, [wanted[k] for k in (3, 0, 4, 2, 1)])
    assert parts(tmp_path / "sweep") == parts(reference)


def test_a_run_that_kills_three_workers_is_a_row_and_no_other_is_lost(tmp_path):
    """F2: 199 of 200 runs, whatever run 37 does."""
    task = functools.partial(work, killers={37: SIGKILL})
    assert sweep(tmp_path / "sweep", task, runs=200, workers=2, start="fork") == Filled(199, 1)
    stored = Stored.open(tmp_path / "sweep")
    assert stored.runs()["run"].tolist() == [run for run in range(200) if run != 37]
    assert len(stored.series()) == 199 * MONTHS
    assert stored.failures.to_dict("records") == [
        {
            "run": 37,
            "reason": "killed",
            "message": "killed by SIGKILL (signal 9)",
            "traceback": "",
            "replay": "replay 37",
        }
    ]
    assert verify(tmp_path / "sweep").ok


def test_a_worker_killed_by_chance_changes_no_byte(reference, tmp_path):
    """Nothing is wrong with the run: its chunk is done again and that is all."""
    killers = dict.fromkeys((5, 25, 26, 99), SIGKILL)
    sweep(tmp_path / "sweep", functools.partial(work, killers=killers, once=str(tmp_path)), workers=2, start="fork")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["25", "26", "5", "99", "sweep"]
    assert parts(tmp_path / "sweep") == parts(reference)


def test_a_chunk_that_had_to_be_halved_gives_the_same_bytes(reference, tmp_path):
    """Three deaths in one chunk: its pieces are put together as if it had been computed in one go."""
    killers = dict.fromkeys((40, 41, 45, 59), SIGKILL)
    sweep(tmp_path / "sweep", functools.partial(work, killers=killers, once=str(tmp_path)), workers=2, start="fork")
    assert parts(tmp_path / "sweep") == parts(reference)


@pytest.mark.parametrize(("workers", "chunk"), [(1, 20), (2, 20), (2, 1), (2, 1000)])
def test_an_exception_is_a_row_with_traceback_and_replay(tmp_path, workers, chunk):
    task = functools.partial(work, raisers=(0, 41, 99))
    assert sweep(tmp_path / "sweep", task, chunk=chunk, workers=workers, start="fork") == Filled(97, 3)
    failures = Stored.open(tmp_path / "sweep").failures
    assert failures["run"].tolist() == [0, 41, 99]
    assert set(failures["reason"]) == {"exception"}
    assert failures["message"][1] == "ValueError: run 41 cannot be had"
    assert failures["traceback"][1].endswith("ValueError: run 41 cannot be had\nfor a reason\n")
    assert failures["replay"][1] == "replay 41"


def test_all_runs_may_fail(tmp_path):
    assert sweep(tmp_path / "sweep", functools.partial(work, raisers=range(20)), runs=20) == Filled(0, 20)
    stored = Stored.open(tmp_path / "sweep")
    assert len(stored.runs()) == 0
    assert len(stored.failures) == 20


def isolating(task: Task) -> dict[str, pa.Table]:
    """A task that tells failures itself."""
    try:
        raise ArithmeticError("no square")
    except ArithmeticError as error:
        lost = [Lost.of(task.first, error)]
    return work(Task(task.number, task.first + 1, task.count - 1)) | {"failures": failures_table(lost)}


def test_a_task_may_tell_failures_itself(tmp_path):
    assert sweep(tmp_path / "sweep", isolating, runs=40) == Filled(38, 2)
    assert Stored.open(tmp_path / "sweep").failures["message"].tolist() == ["ArithmeticError: no square"] * 2


def test_what_is_there_is_not_computed_again(reference, tmp_path):
    log = tmp_path / "log"
    task = functools.partial(work, log=str(log))
    with Store.begin(tmp_path / "sweep", FIXED, runs=100, tasks=5) as store:
        fill(store, task, list(tasks_of(100, 20))[1:3])
    heard = []
    sweep(tmp_path / "sweep", task, resume=True, progress=lambda *counts: heard.append(counts))
    assert [line.split()[0] for line in log.read_text().splitlines()] == ["1", "2", "0", "3", "4"]
    assert heard == [(60, 100), (80, 100), (100, 100)]
    assert sweep(tmp_path / "sweep", task, resume=True) == Filled(100, 0)
    assert len(log.read_text().splitlines()) == 5
    assert parts(tmp_path / "sweep") == parts(reference)


def test_a_sweep_is_never_written_over(reference, tmp_path):
    with pytest.raises(InputError, match="holds a sweep already; add --resume"):
        sweep(reference)
    (tmp_path / "mine.txt").write_text("mine")
    for resume in (False, True):
        with pytest.raises(InputError, match=r"is not empty \(it holds 'mine\.txt'\)"):
            sweep(tmp_path, resume=resume)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    with pytest.raises(InputError, match="nothing to resume"):
        sweep(tmp_path / "new", resume=True)


def test_an_unknown_executor_is_one_line(tmp_path):
    with pytest.raises(InputError, match="executor: 'dsak' is unknown; did you mean \"dask\""):
        sweep(tmp_path / "sweep", executor="dsak")


COLUMNS = st.fixed_dictionaries(
    {
        "run": st.integers(-(2**63), 2**63 - 1),
        "x": st.floats(),
        "word": st.none() | st.text(max_size=4),
        "flag": st.booleans(),
    }
)
SCHEMA = pa.schema([("run", pa.int64()), ("x", pa.float64()), ("word", pa.string()), ("flag", pa.bool_())])


@settings(max_examples=60)
@given(st.lists(COLUMNS, max_size=30), st.sets(st.integers(0, 30)))
def test_tables_in_pieces_give_the_bytes_of_the_whole(rows, cuts):
    whole = pa.Table.from_pylist(rows, schema=SCHEMA)
    places = [0, *sorted(cut for cut in cuts if cut < len(rows)), len(rows)]
    pieces = [whole.slice(a, b - a) for a, b in itertools.pairwise(places)]
    told = whole.replace_schema_metadata({"made": "by somebody"})
    assert join([encode(piece) for piece in pieces]).data == encode(whole).data == encode(told).data
