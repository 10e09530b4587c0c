"""Spells of restraint and campaign have the lengths that they are said to have; tests are Poisson counts."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from regime_abm.core.engine import Engine
from regime_abm.core.maths import log_odds
from regime_abm.core.noise import Luck
from regime_abm.mechanisms import provocation
from tests.helpers import SEED, made_up, prepared, with_values

REFERENCES = {"talks": 0.5, "will": 0.5, "credibility": 0.3, "breakdown": 0.1, "pressure": 0.5, "norm": 0.5}


def defaults(**changes):
    values = {parameter.name: parameter.default for parameter in provocation.PARAMETERS}
    return SimpleNamespace(**{**values, **changes})


def test_at_the_references_the_switch_has_its_usual_chances():
    """No slope moves the level: whatever the slopes, the sum of the terms is the usual chance's log-odds."""
    for slope in (-2.0, 0.0, 1.0, 4.0):
        p = defaults(
            **dict.fromkeys(("talks_calm", "will_calms", "credibility_calms", "threat_stirs"), slope),
            **dict.fromkeys(("breakdown_stirs", "rhetoric_stirs", "resolve_stirs", "norm_calms"), slope),
        )
        ends = provocation.end_terms(REFERENCES["talks"], REFERENCES["will"], REFERENCES["credibility"], p=p)
        begins = provocation.begin_terms(
            0.0, REFERENCES["breakdown"], REFERENCES["pressure"], REFERENCES["pressure"], REFERENCES["norm"], p=p
        )
        assert sum(ends.values()) == pytest.approx(log_odds(0.125))
        assert sum(begins.values()) == pytest.approx(log_odds(0.037))


def history_of_campaigns(scenario, futures, months):
    """(months, futures) campaign flags of ASH, with every influence held at its reference month after month."""
    _, world = prepared(scenario, count=futures, draw=False)
    held = with_values(
        world,
        {
            "will *": 0.5, "norm *": 0.5, "credibility *>*": 0.3, "stake *>*": 1, "talks *>*": False, "breakdown *>*": False,
            "talks ASH>BAY": True, "talks BAY>ASH": True, "action *>*": "status quo",
            "action ASH>BAY": "pressure", "action BAY>ASH": "pressure", "hostility *>*": 0,
        },
    )  # fmt: skip
    engine = Engine((provocation,), scenario.values(), Luck(SEED, world.names, 0, futures))
    campaigns, tests = [], []
    for month in range(1, months + 1):
        held = engine.month(held).replace({"month": month})
        campaigns.append(held.campaign[:, 0].copy())
        tests.append(held.tests[:, 0].copy())
    return np.array(campaigns), np.array(tests)


def spells(flags):
    """Lengths of the finished spells of True and of False in each column."""
    lengths = {True: [], False: []}
    for column in flags.T:
        edges = np.flatnonzero(np.diff(column.astype(int))) + 1
        for start, end in itertools.pairwise(edges):
            lengths[bool(column[start])].append(end - start)
    return lengths


@pytest.fixture(scope="module")
def spell_world():
    # ASH has two rivals of equal stake, so talks with one and pressure from and on one are exactly at the references;
    # no share of talks that broke down can be .1, so that slope is 0
    scenario = made_up("quartet").with_parameters({"provocation.breakdown_stirs": 0.0, "provocation.threat_rate": 0.0,
                                                   "provocation.exercise_rate": 0.0})  # fmt: skip
    return history_of_campaigns(scenario, 60, 3000)


@pytest.mark.parametrize(("campaign", "mean"), [(True, 1 / 0.125), (False, 1 / 0.037)])
def test_mean_spells_are_those_that_the_parameters_state(spell_world, campaign, mean):
    found = np.array(spells(spell_world[0])[campaign])
    assert len(found) > 1000
    assert abs(found.mean() - mean) < 4 * found.std() / np.sqrt(len(found))


def test_spells_have_no_memory(spell_world):
    """A spell ends with the same chance however long it has lasted: lengths are geometric."""
    found = np.array(spells(spell_world[0])[True])
    counts = np.bincount(np.minimum(found, 16), minlength=17)[1:]
    expected = stats.geom(0.125).pmf(np.arange(1, 17))
    expected[-1] = stats.geom(0.125).sf(15)
    assert stats.chisquare(counts, expected * len(found)).pvalue > 1e-3


@pytest.mark.parametrize(("campaign", "rate"), [(True, 1.65), (False, 0.10)])
def test_tests_a_month_are_poisson_in_each_kind_of_spell(spell_world, campaign, rate):
    flags, tests = spell_world
    counts = tests[flags == campaign]
    assert abs(counts.mean() - rate) < 4 * np.sqrt(rate / len(counts))
    assert counts.var() == pytest.approx(rate, rel=0.05)


@pytest.mark.parametrize("rate", [0.0, 0.1, 0.5, 1.65, 3.0, 8.0])
def test_the_count_is_the_inverse_of_the_poisson_distribution(rate):
    uniforms = (np.arange(20_000) + 0.5) / 20_000
    found = provocation.poisson_count(np.full(uniforms.shape, rate), uniforms)
    assert np.array_equal(found, stats.poisson(rate).ppf(uniforms).clip(0).astype(int))
    assert found.mean() == pytest.approx(rate, abs=2e-3)
    assert found.var() == pytest.approx(rate, abs=2e-2)


def test_counts_never_exceed_thirty():
    assert provocation.poisson_count(np.array([2000.0]), np.array([0.5])).tolist() == [30]


def test_a_constant_rate_is_the_rival_account():
    """With both rates equal the switch leaves no trace in the number of tests."""
    scenario = made_up("quartet").with_parameters(
        {"provocation.rate_restraint": 0.5, "provocation.rate_campaign": 0.5, "provocation.threat_rate": 0.0,
         "provocation.exercise_rate": 0.0, "provocation.norm_rate": 0.0}
    )  # fmt: skip
    flags, tests = history_of_campaigns(scenario, 50, 400)
    assert abs(tests[flags].mean() - tests[~flags].mean()) < 4 * np.sqrt(0.5 / flags.sum() + 0.5 / (~flags).sum())


def test_targets_follow_what_is_at_stake():
    """A programme's tests are aimed at its rivals, in proportion to the stakes."""
    scenario = made_up("quartet").with_parameters({"provocation.rate_campaign": 6.0})
    _, world = prepared(scenario, count=2000, draw=False)
    stakes = {"stake ASH>BAY": 0.75, "stake ASH>COL": 0.25, "stake ASH>DEW": 1}
    at = with_values(world, {"campaign *": True, "hostility *>*": 0, **stakes})
    result = Engine((provocation,), scenario.values(), Luck(SEED, world.names, 0, 2000)).month(at)
    aimed = (result.severity[:, 0] == 3) & (result.tests[:, 0] > 0)[:, None]
    shares = aimed.mean(axis=0) / (result.tests[:, 0] > 0).mean()
    assert shares[3] == 0  # DEW is no rival of ASH
    assert shares[1] == pytest.approx(0.75, abs=4 * np.sqrt(0.75 * 0.25 / 2000))
    assert aimed.sum(axis=1).max() == 1


def test_a_programme_without_rivals_and_stakes_does_not_aim_at_itself():
    scenario = made_up("trio").with_parameters({"provocation.rate_campaign": 6.0})
    _, world = prepared(scenario, count=500, draw=False)
    at = with_values(world, {"campaign AAA": True, "stake *>*": 0, "rival *>*": False, "hostility *>*": 0})
    result = Engine((provocation,), scenario.values(), Luck(SEED, world.names, 0, 500)).month(at)
    assert not result.severity[:, 0, 0].any()
    assert (result.severity[:, 0, 1:] == 3).any()


def test_escalation_uses_luck_of_its_own_at_each_step():
    """Chances multiply: force to clash to war takes two draws, so war in the month after a clash has its own chance."""
    scenario = made_up("trio").with_parameters({"provocation.war": 0.1, "provocation.clash": 0.0})
    _, world = prepared(scenario, count=4000, draw=False)
    at = with_values(world, {"hostility *>*": 0, "hostility BBB>CCC": 4, "hostility CCC>BBB": 4})
    result = Engine((provocation,), scenario.values(), Luck(SEED, world.names, 0, 4000)).month(at)
    wars = (result.hostility[:, 1, 2] == 5).mean()
    assert abs(wars - 0.1) < 4 * np.sqrt(0.1 * 0.9 / 4000)
    assert np.array_equal(result.hostility[:, 1, 2], result.hostility[:, 2, 1])
