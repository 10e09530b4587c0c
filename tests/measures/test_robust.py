"""The test by twin branches: adverse leaders, the same luck in every arm, and what counts as robust."""

from __future__ import annotations

import numpy as np
import pytest

from regime_abm import api
from regime_abm.core.engine import Engine
from regime_abm.core.noise import Luck
from regime_abm.ensemble import simulate
from regime_abm.measures.history import Recorder
from regime_abm.mechanisms import leaders
from regime_abm.robust import NEEDED, Resilience, arms_of, branch, hawkish_quantile, repeated, robust
from tests.helpers import differences, made_up

MONTHS, FUTURE = 40, 3
COOPERATIVE = {
    "trust": 0.9, "norm_adopted": True, "severity": 0, "hostility": 0, "tempted": True, "action": 1, "dispute": 0, "settled": 0,
}  # fmt: skip


@pytest.fixture(scope="module")
def run():
    """The quartet after 40 months, 5 futures, with their record."""
    machine, world = made_up("quartet").prepare(7, 0, 5)
    recorder = Recorder(world, MONTHS)
    for _ in range(MONTHS):
        world = machine.month(world)
        recorder.add(world)
    return world, recorder.history()


def cooperative(run):
    """The same, rewritten as full cooperation up to now: a regime stands in every future, and trust has roots."""
    world, history = run
    for name, value in COOPERATIVE.items():
        history.record[name][:] = value
    hard = np.flatnonzero(history.forum_hard)[:1]
    history.record["met"][:, :, hard] = history.record["attendance"][:, :, hard] = True
    history.record["forum_vitality"][:, :, hard], history.record["forum_level"][:, :, hard] = 1.0, 3.0
    hopeful = {"trust": 0.9, "trust_government": 2.2, "trust_leader": 2.2, "norm_adopted": True, "norm": 0.9, "campaign": False}
    kinds = {name: getattr(world, name) for name in hopeful}
    return world.replace({name: np.full_like(kinds[name], value) for name, value in hopeful.items()}), history


@pytest.mark.parametrize(("low", "high", "share"), [(0.3, 0.8, 0.5), (0.2, 0.9, 0.1), (0.5, 0.5, 0.7)])
def test_the_adverse_leader_stands_above_nine_in_ten_that_the_state_really_draws(run, low, high, share):
    """Compared with what the mechanism of leaders draws, so that the two cannot drift apart."""
    world, _ = run
    many = repeated(world, 0, 20_000)
    n = len(world.names.states)
    camps = {"hawkish_low": low, "hawkish_high": high, "hawkish_share": share, "exit_due": True}
    many = many.replace({name: np.full((20_000, n), value, getattr(many, name).dtype) for name, value in camps.items()})
    values = made_up("quartet").values()
    drawn = Engine((leaders,), values, Luck(5, world.names, 0, 20_000)).month(many).hawkishness
    expected = hawkish_quantile(low, high, share, values["leaders.camp_cohesion"])
    assert (drawn < expected).mean() == pytest.approx(0.9, abs=0.005)


def test_the_arms_are_nobody_the_two_most_capable_key_parties_and_each_alone(run):
    world, _ = run
    key = np.flatnonzero(world.key_party)
    capability = world.capability.copy()
    capability[FUTURE, key] = np.linspace(0.1, 0.9, len(key))
    found = arms_of(world.replace({"capability": capability}), FUTURE)
    assert found[0] == ()
    assert found[1] == tuple(key[-2:])
    assert found[2:] == tuple((place,) for place in key)


def test_branches_repeat_one_future_bit_for_bit(run):
    world, _ = run
    many = repeated(world, FUTURE, 3)
    assert many.replicates == 3
    for row in range(3):
        assert differences(many.row(row), world.row(FUTURE)) == []


def test_the_curve_begins_with_the_regime_and_can_only_tell_shares(run):
    world, history = cooperative(run)
    found = branch(made_up("quartet"), 7, FUTURE, world, history, FUTURE, branches=8)
    assert found.curve.shape == (len(found.arms), 25)
    assert (found.curve[:, 0] == 1.0).all()
    assert ((found.curve >= 0.0) & (found.curve <= 1.0)).all()
    assert found.replicate == FUTURE
    assert found.month == MONTHS


def test_the_same_key_gives_the_same_branches_and_another_seed_others(run):
    world, history = cooperative(run)
    curves = [branch(made_up("quartet"), seed, FUTURE, world, history, FUTURE, branches=20).curve for seed in (7, 7, 8)]
    assert np.array_equal(curves[0], curves[1])
    assert not np.array_equal(curves[0], curves[2])


def test_the_first_month_replaces_the_leaders_of_the_arm_by_adverse_ones_and_nobody_elses(run, monkeypatch):
    """Seen from inside: the Worlds that the branches pass through."""
    world, history = cooperative(run)
    seen = []
    monkeypatch.setattr(Recorder, "add", lambda self, now, add=Recorder.add: (seen.append(now), add(self, now))[1])
    found = branch(made_up("quartet"), 7, FUTURE, world, history, FUTURE, branches=10, horizon=2)
    first, place = seen[0], {code: k for k, code in enumerate(world.names.states)}
    for number, states in enumerate(found.arms):
        rows = slice(10 * number, 10 * number + 10)
        for code, k in place.items():
            if code in states:
                assert first.turnover[rows, k].all()
                assert not first.trustworthy[rows, k].any()
                assert (first.leader_age[rows, k] == 0).all()
                assert np.ptp(first.hawkishness[rows, k]) == 0.0
            else:  # its leader has the fate of the arm in which nobody is replaced
                assert np.array_equal(first.turnover[rows, k], first.turnover[:10, k])
                assert np.array_equal(first.hawkishness[rows, k], first.hawkishness[:10, k])


def test_with_drawn_parameters_the_branches_keep_those_of_their_future(run, monkeypatch):
    world, history = cooperative(run)
    scenario, found = made_up("quartet"), {}
    original = Engine.__init__

    def spied(self, schedule, values, luck, actors=None):
        found.update(values)
        original(self, schedule, values, luck, actors)

    monkeypatch.setattr(Engine, "__init__", spied)
    branch(scenario, 7, FUTURE, world, history, FUTURE, branches=2, horizon=1, draw_parameters=True)
    theirs = scenario.values(Luck(7, world.names, 0, 5))
    for name, value in theirs.items():
        if isinstance(value, np.ndarray):
            assert (found[name] == value[FUTURE]).all(), name


def resilience(*ends: float) -> Resilience:
    arms = ((), ("A", "B"), ("A",), ("B",))
    return Resilience(0, 40, arms, np.array([[1.0, end] for end in ends]), 100)


def test_robust_is_what_survives_in_every_arm():
    assert resilience(0.9, 0.7, 0.8, 0.9).robust
    assert not resilience(0.9, 0.69, 0.8, 0.9).robust
    assert not resilience(0.9, 0.8, 0.69, 0.9).robust
    assert resilience(0.5, 0.8, 0.75, 0.9).share == 0.75  # the arm in which nobody is replaced is for comparison
    assert NEEDED == 0.7


def test_only_futures_that_end_in_a_regime_are_tested(run):
    world, history = cooperative(run)
    history.record["trust"][:, [0, 4]] = 0.1
    heard = []
    found = robust(made_up("quartet"), 7, 100, world, history, progress=lambda *told: heard.append(told), branches=2, horizon=1)
    assert [item.replicate for item in found] == [101, 102, 103]
    assert heard == [(1, 3), (2, 3), (3, 3)]


def test_an_ensemble_without_the_test_calls_no_regime_robust_and_says_that_it_was_not_run():
    result = api.run(made_up("quartet"), replicates=20, months=40, seed=2)
    assert not result.robust_tested
    assert result.resilience == ()
    assert result.outcome_counts["robust_regime"] == 0


def test_the_test_changes_no_future():
    one, other = (simulate(made_up("quartet"), 2, 0, 20, months=40, robust=which) for which in (False, True))
    for name in one.series:
        assert np.array_equal(one.series[name], other.series[name], equal_nan=True)
    assert np.array_equal(one.outcome[:, :-1], other.outcome[:, :-1])


def test_a_robust_regime_is_told_as_one_and_its_curve_is_in_the_tables(monkeypatch):
    """With a test that is easily passed: no regime comes by itself within 40 months of the made-up world."""
    import regime_abm.measures.regime as definition

    monkeypatch.setattr(definition, "ENOUGH", 0)
    monkeypatch.setattr(definition, "_FORCE_FLOOR", -1.0)
    monkeypatch.setattr(definition, "_TRUST_FLOOR", -1.0)
    monkeypatch.setattr(definition, "CLASH", 6)
    monkeypatch.setattr(definition, "_denounced", lambda history: np.zeros(history.shape, bool))
    result = api.run(made_up("quartet"), replicates=4, months=40, seed=2, robust=True)
    assert result.robust_tested
    assert [item.share for item in result.resilience] == [1.0] * 4
    counts = result.outcome_counts
    assert counts["robust_regime"] + counts["war"] + counts["crisis"] == 4
    table = result.resilience_table
    assert set(table.columns) == {"replicate", "month", "arm", "after", "share", "low", "high"}
    assert len(table) == 4 * len(result.resilience[0].arms) * 25
    assert len(result.spells) == 4
    assert (result.emergence == 36).all()
    assert result.summary()["resilience"] == {str(k): 1.0 for k in range(4)}
