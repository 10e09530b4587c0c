"""Threat from reach, arms, allies, protection and peace."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regime_abm.mechanisms import threat
from tests.helpers import made_up, prepared

OFF = ~np.eye(4, dtype=bool)
LARGE = SimpleNamespace(reach=4.0, arsenal=1.25, others_allies=0.75, protection=0.75, exclusive_share=0.5, legal_peace=0.3)


def random_world(seed):
    generator = np.random.default_rng(seed)
    dyads = {
        name: generator.random((1, 4, 4)) for name in ("trust", "proximity", "exclusivity", "credibility", "peace")
    }
    alliance = generator.random((1, 4, 4)) * OFF
    return {**dyads, "alliance": np.maximum(alliance, np.swapaxes(alliance, 1, 2)),
            **{name: generator.random((1, 4)) for name in ("capability", "posture", "arsenal")}}  # fmt: skip


def by_hand(w, p, i, j):
    """The published sum, written with loops."""
    trust, kappa, others = w["trust"][0], w["capability"][0], [k for k in range(4) if k not in (i, j)]
    share = p.exclusive_share
    return (
        p.reach * kappa[j] * w["proximity"][0, i, j] * w["posture"][0, j] * (1 - trust[i, j])
        + p.arsenal * w["arsenal"][0, j] * (1 - trust[i, j])
        + p.others_allies
        * sum(w["alliance"][0, j, k] * w["exclusivity"][0, j, k] * kappa[k] * (1 - trust[i, k]) for k in others)
        - p.protection
        * sum(
            w["alliance"][0, i, k] * (1 - share + share * w["exclusivity"][0, i, k]) * kappa[k] * w["credibility"][0, i, k]
            for k in others
        )
        - p.legal_peace * w["peace"][0, i, j]
    )


@given(seed=st.integers(0, 10_000))
def test_the_influences_are_the_stated_sum(seed):
    world = random_world(seed)
    found = sum(threat.influences(**world, p=LARGE).values())[0]
    for i in range(4):
        for j in range(4):
            if i != j:
                assert found[i, j] == pytest.approx(by_hand(world, LARGE, i, j), abs=1e-12)


def test_with_all_weights_zero_nothing_influences():
    nothing = SimpleNamespace(**dict.fromkeys(vars(LARGE), 0.0))
    assert not sum(threat.influences(**random_world(1), p=nothing).values()).any()


def test_without_alliances_there_is_neither_pull_nor_guard():
    world = {**random_world(1), "alliance": np.zeros((1, 4, 4))}
    found = threat.influences(**world, p=LARGE)
    assert not found["the other's allies"][0][OFF].any()
    assert not found["own protectors"][0][OFF].any()


def test_the_ally_is_not_counted_as_protector_against_itself():
    """In a world of two allies nobody is protected against the other."""
    alliance = np.zeros((1, 4, 4))
    alliance[0, 0, 1] = alliance[0, 1, 0] = 1.0
    found = threat.influences(**{**random_world(2), "alliance": alliance}, p=LARGE)
    assert found["own protectors"][0, 0, 1] == pytest.approx(0.0, abs=1e-15)
    assert found["own protectors"][0, 0, 2] < 0
    assert found["the other's allies"][0, 0, 1] == pytest.approx(0.0, abs=1e-15)
    assert found["the other's allies"][0, 2, 1] > 0


def test_full_trust_leaves_no_alarm():
    world = {**random_world(3), "trust": np.ones((1, 4, 4))}
    found = threat.influences(**world, p=LARGE)
    for term in ("forces within reach", "nuclear arsenal", "the other's allies"):
        assert not found[term].any()


def test_the_first_threat_is_that_of_the_files_and_stays_while_nothing_changes():
    run, world = prepared(made_up("trio"), count=200)
    pairs = ~np.eye(3, dtype=bool)
    assert world.threat[:, pairs].min() >= 0.2
    assert world.threat[:, pairs].max() <= 0.4
    assert np.array_equal(world.threat, world.threat_start)
    again = threat.threat_from(threat.terms(world, run.engine.part("threat").p))
    assert np.allclose(again, world.threat, atol=1e-12)


def test_the_level_is_that_of_the_baseline_and_does_not_absorb_an_assumption(tmp_path):
    """An assumed stronger pact changes threat from the start; computed anew, the level would hide it."""
    from regime_abm.scenario import load
    from tests.helpers import WORLDS

    for exclusivity in (0.0, 1.0):
        (tmp_path / f"arm{exclusivity:.0f}.toml").write_text(
            f'schema = 1\nextends = "{WORLDS / "trio.toml"}"\n[initial]\n'
            f'"exclusivity BBB>CCC" = {{ value = {exclusivity} }}\n"exclusivity CCC>BBB" = {{ value = {exclusivity} }}\n',
            "utf-8",
        )
    chosen = {"threat.others_allies": 1.5, "threat.protection": 0.0}
    arms = [load(tmp_path / f"arm{k}.toml").with_parameters(chosen) for k in (0, 1)]
    worlds = [run.month(world) for run, world in (prepared(arm, count=20, draw=False) for arm in arms)]
    assert np.array_equal(worlds[0].threat_level, worlds[1].threat_level)
    assert (worlds[1].threat[:, 0, 1:] > worlds[0].threat[:, 0, 1:]).all()
