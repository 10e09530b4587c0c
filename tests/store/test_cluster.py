"""A Dask cluster is another place to work: the same bytes, and a lost worker costs no run."""

from __future__ import annotations

import functools
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from regime_abm import cluster
from regime_abm.cluster import dask_executor
from regime_abm.errors import InputError, Stopped
from regime_abm.store import Filled, Stored
from regime_abm.supervisor import supervise, tasks_of
from tests.store.toy import SIGKILL, parts, sweep, work

distributed = pytest.importorskip("distributed")
ROOT = Path(__file__).resolve().parents[2]
RUNS = 120


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reference") / "sweep"
    sweep(folder, runs=RUNS)
    return parts(folder)


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory):
    """A scheduler and two worker processes, begun by Dask's own commands as on a cluster."""
    place = tmp_path_factory.mktemp("cluster")
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "DASK_TEMPORARY_DIRECTORY": str(place)}

    def begin(*words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "distributed.cli." + words[0], *words[1:]]
        with (place / "log").open("ab") as log:
            return subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=place)

    here = ("--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0")
    port = address.rpartition(":")[2]
    begun = [begin("dask_scheduler", "--port", port, *here)]
    for _ in range(2):
        begun.append(begin("dask_worker", address, "--nthreads", "1", *here))
    try:
        with distributed.Client(address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
        yield address
    finally:
        for process in reversed(begun):
            process.terminate()
        for process in begun:
            process.wait(20)


def test_the_same_bytes_as_without_it(reference, scheduler, tmp_path):
    assert sweep(tmp_path / "sweep", runs=RUNS, executor="dask", scheduler=scheduler) == Filled(RUNS, 0)
    assert parts(tmp_path / "sweep") == reference


def test_a_worker_killed_amid_the_sweep_changes_no_byte(reference, scheduler, tmp_path):
    """From outside, as when a node goes down."""
    killed = []

    def kill_one(done: int, wanted: int) -> None:
        if not killed:
            with distributed.Client(scheduler, set_as_default=False) as client:
                killed.append(next(iter(client.run(os.getpid).values())))
            os.kill(killed[0], signal.SIGKILL)

    task = functools.partial(work, seconds=0.01)
    found = sweep(tmp_path / "sweep", task, runs=RUNS, executor="dask", scheduler=scheduler, progress=kill_one)
    assert killed
    assert found == Filled(RUNS, 0)
    assert parts(tmp_path / "sweep") == reference


@pytest.mark.long
def test_a_local_cluster_is_begun_where_there_is_no_address_and_survives_a_run_that_kills(tmp_path):
    task = functools.partial(work, killers={37: SIGKILL}, raisers=(11,))
    assert sweep(tmp_path / "sweep", task, runs=40, chunk=1, workers=2, executor="dask") == Filled(38, 2)
    assert [process for process in multiprocessing.active_children() if "Dask" in process.name] == []
    stored = Stored.open(tmp_path / "sweep")
    assert stored.runs()["run"].tolist() == [run for run in range(40) if run not in (11, 37)]
    told = stored.failures[["run", "reason", "message"]].to_numpy().tolist()
    assert told == [
        [11, "exception", "ValueError: run 11 cannot be had"],
        [37, "killed", "its worker was lost"],
    ]


def _slow(task):
    time.sleep(60)


def test_a_signal_ends_a_local_cluster_within_seconds():
    sent = []

    def send() -> None:
        sent.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGTERM)

    def stopped() -> None:
        with dask_executor(None, 2) as executor:
            threading.Timer(1.0, send).start()
            supervise(_slow, tasks_of(10, 1), print, executor=executor)

    with pytest.raises(Stopped):
        stopped()
    assert time.monotonic() - sent[0] < 5.0
    assert [process for process in multiprocessing.active_children() if "Dask" in process.name] == []


def test_a_worker_with_other_code_is_refused(scheduler, monkeypatch, tmp_path):
    here = cluster._code()
    monkeypatch.setattr(cluster, "_code", lambda: here | {"code": "beef"})
    with pytest.raises(InputError, match='scheduler: a worker runs something else: code: "beef" -> '):
        sweep(tmp_path / "sweep", executor="dask", scheduler=scheduler)


@pytest.mark.long
def test_a_scheduler_that_is_lost_is_one_line_and_nothing_else_is(reference, tmp_path):
    """The scheduler and its worker are in a process of their own, which is killed."""
    script = (
        "import distributed, sys, time\n"
        "if __name__ == '__main__':\n"
        "    options = dict(n_workers=1, threads_per_worker=1, dashboard_address='127.0.0.1:0', processes=False)\n"
        "    with distributed.LocalCluster(protocol='tcp', host='127.0.0.1', **options) as cluster:\n"
        "        print(cluster.scheduler_address, flush=True)\n"
        "        time.sleep(100)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    place = subprocess.Popen(
        [sys.executable, "-c", script], env=environment, cwd=tmp_path, stdout=subprocess.PIPE, text=True
    )
    address = place.stdout.readline().strip()
    task = functools.partial(work, seconds=0.005)
    with pytest.raises(InputError, match="scheduler: the connection was lost"):
        sweep(
            tmp_path / "sweep",
            task,
            runs=RUNS,
            executor="dask",
            scheduler=address,
            progress=lambda done, wanted: place.kill() if done > 20 else None,
        )
    place.communicate()
    assert sweep(tmp_path / "sweep", runs=RUNS, resume=True) == Filled(RUNS, 0)
    assert parts(tmp_path / "sweep") == reference


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "somewhere", "tcp://127.0.0.1:port"])
def test_an_address_where_nobody_answers_is_one_line(address):
    expected = rf"scheduler: nobody answers at {address} \(.*\); expected tcp://HOST:PORT"
    with pytest.raises(InputError, match=f"^{expected}$"), dask_executor(address):
        pass


def test_without_the_extra_it_tells_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r'pip install "regime-abm\[dask\]"'), dask_executor():
        pass
