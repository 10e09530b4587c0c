"""Processes behind the standard protocol: answers, errors and deaths reach the call they belong to."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from concurrent.futures import CancelledError, wait
from pathlib import Path

import pytest

from regime_abm.errors import InputError
from regime_abm.workers import WorkerDied, Workers

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def two():
    with Workers(2, "fork") as workers:
        yield workers


class Proud(Exception):
    """Cannot be sent to another process: its pickle calls it with one argument."""

    def __init__(self, first, second):
        super().__init__(first)


def proud():
    raise Proud(1, 2)


def end(how):
    if how > 0:
        os._exit(how)
    os.kill(os.getpid(), -how)


def test_answers_come_back(two):
    assert list(two.map(pow, [2, 3], [5, 2])) == [32, 9]
    assert two.submit(dict, a=1).result() == {"a": 1}


def test_an_exception_comes_back_and_one_that_cannot_travel_is_told(two):
    with pytest.raises(ZeroDivisionError):
        two.submit(divmod, 1, 0).result()
    with pytest.raises(RuntimeError, match="Proud: 1"):
        two.submit(proud).result()
    with pytest.raises(AttributeError, match=r"local object|pickle"):
        two.submit(lambda: 1)
    with pytest.raises(pickle.PicklingError):
        two.submit(eval, "lambda: 1").result()


@pytest.mark.parametrize(
    ("how", "told"),
    [
        (7, "ended with exit code 7"),
        (-signal.SIGKILL, "killed by SIGKILL (signal 9)"),
        (-signal.SIGTERM, "killed by SIGTERM (signal 15)"),
    ],
)
def test_only_the_call_whose_process_died_fails(two, how, told):
    good = [two.submit(abs, -k) for k in range(5)]
    bad = two.submit(end, how)
    more = [two.submit(abs, -k) for k in range(5)]
    with pytest.raises(WorkerDied) as died:
        bad.result()
    assert str(died.value) == told
    assert [call.result() for call in good + more] == [*range(5), *range(5)]


def test_a_process_that_was_killed_while_idle_costs_nothing(two):
    victims = {two.submit(os.getpid).result() for _ in range(4)}
    for victim in victims:
        os.kill(victim, signal.SIGKILL)
    time.sleep(0.1)
    assert two.submit(abs, -3).result() == 3
    assert two.submit(os.getpid).result() not in victims


def test_kill_does_not_wait_and_drops_what_has_not_begun():
    workers = Workers(1, "fork")
    under_way = workers.submit(time.sleep, 60)
    waiting = [workers.submit(abs, -1) for _ in range(3)]
    while not under_way.running():
        time.sleep(0.01)
    time.sleep(0.2)
    began = time.monotonic()
    workers.kill()
    assert time.monotonic() - began < 2.0
    with pytest.raises(WorkerDied):
        under_way.result()
    wait(waiting)
    for call in waiting:
        with pytest.raises(CancelledError):
            call.result()
    with pytest.raises(RuntimeError, match="shut down"):
        workers.submit(abs, -1)


def test_a_script_without_a_guard_is_told_what_it_needs(tmp_path):
    """Under spawn such a script would start itself again and again."""
    script = tmp_path / "careless.py"
    script.write_text(
        "from regime_abm.errors import InputError\n"
        "from regime_abm.workers import Workers\n"
        "with Workers(1, 'spawn') as workers:\n"
        "    try:\n"
        "        print(workers.submit(abs, -1).result())\n"
        "    except InputError as error:\n"
        "        print('told:', error)\n"
    )
    ran = subprocess.run(
        [sys.executable, script], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert "told: workers: no worker process could be started" in ran.stdout
    assert '`if __name__ == "__main__":`' in ran.stdout


@pytest.mark.parametrize("start", ["spawn", "fork", "forkserver"])
def test_no_worker_outlives_a_parent_that_was_killed(start, tmp_path):
    script = tmp_path / "parent.py"
    script.write_text(
        "import os, sys, time\n"
        "from regime_abm.workers import Workers\n"
        "if __name__ == '__main__':\n"
        "    workers = Workers(2, sys.argv[1])\n"
        "    for call in [workers.submit(os.getpid) for _ in range(8)]:\n"
        "        print(call.result(), flush=True)\n"
        "    for _ in range(2):\n"
        "        workers.submit(time.sleep, 60)\n"
        "    time.sleep(0.3)\n"
        "    print('busy', flush=True)\n"
        "    time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, script, start],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    lines = []
    while (line := parent.stdout.readline().strip()) != "busy":
        lines.append(int(line))
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 5
    while (left := [pid for pid in set(lines) if _lives(pid)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    parent.stdout.close()
    assert left == []


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_unknown_start():
    with pytest.raises(InputError, match="'spwan'"):
        Workers(1, "spwan")
