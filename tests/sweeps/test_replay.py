"""A stored run again: its rows bit for bit, its future step by step, and runs that failed."""

from __future__ import annotations

import shlex

import numpy as np
import pytest

from regime_abm import api
from regime_abm.errors import InputError
from regime_abm.measures import MEASURES
from tests.sweeps.doctrines import Fails, Kills, Plain
from tests.sweeps.plans import GRID, QUARTET, TRIO, head, swept, tables

EVERYTHING = "[record]\nseries_every = 5\ndyads_every = 12\n"
BOTH = 'presets = ["agnostic", "sceptic"]\n'


@pytest.fixture(scope="module", params=["true", "false"], ids=["common", "own luck"])
def drawn(request, tmp_path_factory):
    """Prior draws under two presets: every parameter has a value of its own."""
    text = (
        head(2, 24, (QUARTET,), common_random_numbers=request.param)
        + BOTH
        + "[design.prior]\nsamples = 3\n"
        + EVERYTHING
    )
    return swept(tmp_path_factory.mktemp("drawn"), text)


@pytest.mark.parametrize("run", [0, 7, 11])
def test_every_row_of_a_replayed_run_is_the_same(run, drawn):
    found = api.replay(drawn.folder, run)
    assert (found.equal, found.differing, found.changed) == (True, [], [])
    assert found.stored["run"] == found.now["run"] == run


@pytest.mark.parametrize("run", [0, 7, 11])
def test_a_watched_run_ends_as_its_row_says(run, drawn):
    row = drawn.runs(where=[("run", "==", run)]).iloc[0]
    watch = api.watch_run(drawn.folder, run)
    watch.advance(24)
    assert watch.outcome() == row["outcome"]
    for name in MEASURES:
        value = watch.latest(name)
        assert np.isnan(row[name]) if value is None else value == row[name], name
    assert watch.why_tie(*watch.states[:2]).parts


def test_a_run_that_is_not_in_the_sweep(drawn):
    with pytest.raises(InputError, match="run: 12 is outside 0 to 11"):
        api.replay(drawn.folder, 12)


def test_a_folder_that_is_no_sweep(tmp_path):
    with pytest.raises(InputError, match="holds no sweep"):
        api.replay(tmp_path, 0)


def test_a_replay_after_the_scenario_has_changed_says_what_changed(tmp_path):
    scenario = tmp_path / "mine.toml"
    scenario.write_text('schema = 1\nextends = "baseline_2018"\n')
    stored = swept(tmp_path, head(3, 12, ("mine",)))
    scenario.write_text('schema = 1\nextends = "baseline_2018"\n[parameters]\n"trust.learning" = 0.9\n')
    found = api.replay(stored.folder, 1)
    assert not found.equal
    assert found.stored["reciprocity"] != found.now["reciprocity"]
    assert any("texts" in change for change in found.changed)
    scenario.unlink()
    with pytest.raises(InputError, match="unknown scenario 'mine'"):
        api.replay(stored.folder, 1)


# Runs that fail


def test_a_failing_run_is_a_row_with_its_traceback_and_the_others_are_there(tmp_path):
    stored = swept(tmp_path, head(40, 6), actors={"AAA": Fails}, start="fork", chunk=15)
    failed = stored.failures
    assert 1 <= len(failed) <= 12
    assert set(failed["reason"]) == {"exception"}
    assert set(failed["message"]) == {"ZeroDivisionError: a doctrine that cannot"}
    assert all("doctrines.py" in text for text in failed["traceback"])
    rest = stored.runs()
    assert sorted([*rest["run"], *failed["run"]]) == list(range(40))
    # what is there is what it would be without the fault
    whole = swept(tmp_path, head(40, 6), "plain", actors={"AAA": Plain}, start="fork").runs()
    assert rest.reset_index(drop=True).equals(whole[whole["run"].isin(rest["run"])].reset_index(drop=True))


def test_the_replay_of_a_failed_run_fails_in_the_same_way(tmp_path):
    stored = swept(tmp_path, head(40, 6), actors={"AAA": Fails}, start="fork")
    row = stored.failures.iloc[0]
    words = shlex.split(row["replay"])
    assert words == ["regime-abm", "replay", str(stored.folder), "--run", str(row["run"])]
    found = api.replay(stored.folder, int(row["run"]))
    assert found.equal
    assert found.now["message"] == row["message"]
    assert "ZeroDivisionError" in found.now["traceback"]


def test_runs_that_kill_their_worker_are_told_and_the_others_are_there(tmp_path):
    stored = swept(tmp_path, head(30, 6), actors={"AAA": Kills}, workers=2, start="fork", chunk=10)
    failed = stored.failures
    assert 1 <= len(failed) <= 6
    assert set(failed["reason"]) == {"killed"}
    assert all("SIGKILL" in message for message in failed["message"])
    assert sorted([*stored.runs()["run"], *failed["run"]]) == list(range(30))


def test_a_doctrine_for_nobody_is_refused_before_anything_is_written(tmp_path):
    stored = swept(tmp_path, head(4, 6, (TRIO,)) + GRID, actors={"AAA": Plain}, start="fork")
    assert set(tables(stored)) == {"runs"}
    with pytest.raises(InputError, match="unknown state 'XXX'"):
        swept(tmp_path, head(), "wrong", actors={"XXX": Plain})
    assert not (tmp_path / "wrong").exists()
