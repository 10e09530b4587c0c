"""The shared futures: computed once however many watch, stopped when nobody does."""

from __future__ import annotations

import threading
import time

import pytest

from dashboards import ensembles as module
from dashboards.ensembles import Ensembles
from regime_abm import api

SCENARIO = api.scenarios()[0].name
MEASURES = tuple(api.MEASURES)


@pytest.fixture
def shared():
    known = Ensembles()
    yield known
    known.stop()


@pytest.fixture
def asked(monkeypatch) -> list[tuple[str, int]]:
    """The ensembles that the model was really asked for."""
    calls = []
    real = api.futures

    def counting(scenario, **options):
        calls.append((scenario, options["seed"]))
        return real(scenario, **options)

    monkeypatch.setattr(module.api, "futures", counting)
    return calls


def wait(condition, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def test_thirty_watchers_cost_one_ensemble(shared, asked):
    watchers = [shared.watch(SCENARIO, 3, MEASURES, lambda: None) for _ in range(30)]
    wait(lambda: all(w.latest and w.latest.done == 1000 for w in watchers))
    assert asked == [(SCENARIO, 3)]


def test_the_first_futures_come_soon_and_the_rest_grows(shared):
    seen = []
    first = threading.Event()
    watcher = None

    def news() -> None:
        if watcher is not None and watcher.latest:
            seen.append(watcher.latest.done)
            first.set()

    watcher = shared.watch(SCENARIO, 4, MEASURES, news)
    assert first.wait(10)
    assert 0 < seen[0] < 200
    wait(lambda: seen[-1] == 1000)
    assert seen == sorted(seen)


def test_nobody_left_means_no_more_work_and_coming_back_finishes_it(shared, asked):
    watcher = shared.watch(SCENARIO, 5, MEASURES, lambda: None)
    wait(lambda: watcher.latest)
    watcher.cancel()
    wait(lambda: not shared._known)
    again = shared.watch(SCENARIO, 5, MEASURES, lambda: None)
    wait(lambda: again.latest and again.latest.done == 1000)
    assert asked == [(SCENARIO, 5)] * 2


def test_two_ensembles_grow_side_by_side(shared):
    one = shared.watch(SCENARIO, 6, MEASURES, lambda: None)
    two = shared.watch(SCENARIO, 7, MEASURES, lambda: None)
    wait(lambda: two.latest)
    assert one.latest is None or one.latest.done < 1000


def test_a_finished_ensemble_is_kept_for_who_comes_back(shared, asked):
    watcher = shared.watch(SCENARIO, 8, MEASURES, lambda: None)
    wait(lambda: watcher.latest and watcher.latest.done == 1000)
    watcher.cancel()
    again = shared.watch(SCENARIO, 8, MEASURES, lambda: None)
    assert again.latest.done == 1000
    assert asked == [(SCENARIO, 8)]


def test_a_failure_is_told_not_swallowed(shared, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("no room for a thousand futures")

    monkeypatch.setattr(module.api, "futures", broken)
    watcher = shared.watch(SCENARIO, 9, MEASURES, lambda: None)
    wait(lambda: watcher.failure)
    assert "no room" in watcher.failure
