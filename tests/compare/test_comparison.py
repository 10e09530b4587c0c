"""Comparisons: twins future by future, tables that agree with each other and with plain runs."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from regime_abm import api
from regime_abm.comparison import arm_of
from regime_abm.measures.outcome import KEYS, PEACE_SCALE
from tests.helpers import WORLDS, made_up

TRIO = str(WORLDS / "trio.toml")
ANGRY = f"{TRIO}+choice.domestic_reward=2+forums.talks_open=0.001"


@pytest.fixture(scope="module")
def found():
    return api.compare([TRIO, ANGRY, f"{TRIO}+sceptic"], replicates=60, months=48, seed=3)


def test_the_first_arm_is_what_the_others_are_compared_with(found):
    assert found.arms == (TRIO, ANGRY, f"{TRIO}+sceptic")
    assert found.control == TRIO
    assert set(found.changes["arm"]) == set(found.differences["arm"]) == {ANGRY, f"{TRIO}+sceptic"}


def test_futures_are_those_of_a_run_with_the_same_seed(found):
    for arm in found.arms:
        alone = api.run(arm_of(arm), replicates=60, months=48, seed=3)
        ends = [PEACE_SCALE.index(KEYS[place]) for place in alone.outcome[:, -1]]
        assert found.ends(arm).tolist() == ends
        shares = found.shares[found.shares.arm == arm].set_index("outcome")["share"]
        assert shares.to_dict() == pytest.approx(alone.outcome_shares)


def test_what_hurts_is_seen_to_hurt(found):
    row = found.differences.set_index(["arm", "key"]).loc[ANGRY, "no_threat"]
    assert row["high"] < 0.0
    assert row["worse"] > 0.9
    assert row["difference"] == pytest.approx(row["mean"] - row["before"])


def test_shares_of_twins_sum_to_one(found):
    graded = found.differences.dropna(subset=["better"])
    graded = graded[graded["pairs"] > 0]
    assert np.allclose(graded["better"] + graded["worse"] + graded["alike"], 1.0)
    assert (
        found.differences[found.differences.key == "agreements"]["better"].isna().all()
    )  # neither good nor bad in itself


def test_flows_hold_every_future_once_and_agree_with_the_shares(found):
    for arm in found.treatments:
        flows = found.flows(arm)
        assert flows.to_numpy().sum() == 60
        changes = found.changes[found.changes.arm == arm].set_index("outcome")
        for key in PEACE_SCALE:
            assert flows.loc[key].sum() == round(60 * changes.loc[key, "before"])
            assert flows[key].sum() == round(60 * changes.loc[key, "share"])
            assert changes.loc[key, "low"] <= changes.loc[key, "change"] <= changes.loc[key, "high"]
        kept = found.differences.set_index(["arm", "key"]).loc[(arm, "peace"), "alike"]
        assert np.trace(flows.to_numpy()) == round(60 * kept)


def test_a_comparison_turned_round_is_its_mirror(found):
    turned = api.compare([ANGRY, TRIO], replicates=60, months=48, seed=3)
    here = found.differences[found.differences.arm == ANGRY].set_index("key")
    there = turned.differences.set_index("key")
    assert np.allclose(here["difference"], -there["difference"], equal_nan=True)
    assert np.allclose(here["better"], there["worse"], equal_nan=True)
    assert np.array_equal(turned.flows(TRIO).to_numpy(), found.flows(ANGRY).to_numpy().T)


def test_the_same_twice_differs_in_nothing():
    trio = made_up("trio")
    same = api.compare({"one": trio, "other": trio}, replicates=20, months=24)
    assert set(same.differences["alike"].dropna()) == {1.0}
    assert (same.changes["change"] == 0.0).all()


def test_drawn_parameters_are_the_same_in_all_arms_but_for_what_one_sets():
    trio = made_up("trio")
    arms = {"one": trio, "set": trio.with_parameters({"norms.speed": 0.0}), "other": replace(trio, question="the same")}
    drawn = api.compare(arms, replicates=30, months=36, draw_parameters=True)
    table = drawn.differences.set_index(["arm", "key"])
    assert set(table.loc["other", "alike"].dropna()) == {1.0}
    assert table.loc[("set", "norm_stage"), "alike"] < 1.0


def test_parameters_for_all_arms_are_set_in_all():
    found = api.compare([TRIO, ANGRY], replicates=4, months=6, parameters={"choice.precision": 0.0})
    assert all(row["choice.precision"] == 0.0 for row in found.parameters.values())


def test_the_summary_is_json_without_gaps(found):
    text = json.dumps(found.summary(), allow_nan=False)
    told = json.loads(text)
    assert told["control"] == TRIO
    assert told["arms"][ANGRY]["parameters_set"]["choice.domestic_reward"] == 2.0
    assert sum(sum(row.values()) for row in told["flows"][ANGRY].values()) == 60


def test_twins_stand_side_by_side_in_one_table(found):
    twins = found.twins
    assert len(twins) == 3 * 60
    assert set(twins["outcome"]) <= set(KEYS)


# Arms by words


def test_presets_and_parameters_are_added_with_a_plus(tmp_path):
    arm = arm_of("baseline_2018+sceptic+trust.asymmetry=1e+0+norms.speed=.5e-1")
    assert arm.preset == "sceptic"
    assert (arm.parameters["trust.asymmetry"], arm.parameters["norms.speed"]) == (1.0, 0.05)
    assert arm.parameters["trust.learning"] == 0.36  # by the preset


def test_a_plus_in_the_name_of_a_file_is_a_plus(tmp_path):
    path = tmp_path / "one+more.toml"
    path.write_text('schema = 1\nextends = "baseline_2018"\n', encoding="utf-8")
    assert arm_of(path).name == "one+more"


@pytest.mark.parametrize(
    ("arms", "told"),
    [
        ([TRIO], "arms: 1 given; 2 to 20"),
        (TRIO, "name two or more scenarios, in a list"),
        ([TRIO, TRIO], "is there twice"),
        ([TRIO, f"{TRIO}+scepic"], "unknown preset 'scepic'; did you mean \"sceptic\""),
        ([TRIO, f"{TRIO}+sceptic+agnostic"], "has the preset 'sceptic' already"),
        ([TRIO, f"{TRIO}+trust.asymetry=2"], "unknown parameter 'trust.asymetry'"),
        ([TRIO, f"{TRIO}+trust.asymmetry=two"], "trust.asymmetry: 'two' is not a number"),
        ([TRIO, f"{TRIO}+trust.asymmetry=99"], "99 is outside"),
        ([TRIO, "baseline_2018"], "months: the scenarios differ"),
        ([TRIO, ""], "unknown scenario"),
    ],
)
def test_what_cannot_be_compared_is_refused(arms, told):
    with pytest.raises(api.InputError, match=told):
        api.compare(arms, replicates=4)
