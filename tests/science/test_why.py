"""An explanation is exact: the terms shown are those that were summed, and their response is the chance that luck met."""

from __future__ import annotations

import numpy as np
import pytest

from regime_abm import api
from regime_abm.core.maths import logistic
from regime_abm.core.names import ACTIONS
from regime_abm.mechanisms import choice, threat
from regime_abm.scenario import load
from regime_abm.why_parts import found_by
from tests.helpers import added_up, after, made_up, prepared, same_bits

pytestmark = pytest.mark.compat


@pytest.fixture(params=["baseline_2018", "quartet"])
def scenario(request):
    return load("baseline_2018") if request.param == "baseline_2018" else made_up(request.param)


@pytest.mark.parametrize("count", [1, 50])
@pytest.mark.parametrize("draw", [False, True], ids=["stated parameters", "drawn parameters"])
def test_the_terms_sum_to_the_recorded_gain_and_respond_as_the_recorded_decision(scenario, count, draw):
    run, world = prepared(scenario, count=count, draw=draw)
    p = run.engine.part("choice").p
    for month in (1, 2, 13, 30):
        before = after(run, world, month - 1 - world.month)
        found, world = found_by(run, before, "choice"), run.month(before)
        terms = choice.own_terms(found, p, run.engine.luck.at("choice", month))
        gain = sum(terms.values())
        assert same_bits(gain, world.cooperation_gain), month
        chances = choice.probabilities(gain, costs=choice.costs_of(p.dyad), precision=p.dyad.precision)
        assert same_bits(chances, world.decision), month


@pytest.mark.parametrize("count", [1, 50])
def test_the_terms_of_threat_are_those_of_the_recorded_threat(scenario, count):
    run, world = prepared(scenario, count=count)
    before = after(run, world, 8)
    found = found_by(run, before, "threat")
    assert same_bits(threat.threat_from(threat.terms(found, run.engine.part("threat").p)), run.month(before).threat)


def test_why_a_tie_adds_up_to_the_bit(scenario):
    watch = api.watch(scenario, seed=11)
    watch.advance(14)
    run, world = scenario.prepare(11, 0, 1)
    for month in range(1, 15):
        world = run.month(world)
        for i, state in enumerate(watch.states):
            for j, other in enumerate(watch.states):
                if i == j or month not in (1, 6, 14):
                    continue
                why = watch.why_tie(state, other, month)
                for part in why.parts:
                    assert added_up(part.terms) == part.total, part.title
                acts, fears, *_ = why.parts
                assert acts.total == world.cooperation_gain[0, i, j]
                assert logistic(np.array(fears.total, np.float32)) == world.threat[0, i, j]
                assert list(why.action_probabilities) == list(ACTIONS)
                assert list(why.action_probabilities.values()) == world.decision[0, :, i, j].tolist()
                assert why.action == ACTIONS[world.action[0, i, j]]


def test_what_a_tie_tells_of_trust_is_next_months_trust(scenario):
    """Without a change of leaders in between: beliefs as they stand after this month's acts enter next month's choices."""
    watch = api.watch(scenario, seed=11)
    watch.advance(3)
    before, later = watch.frame(2), watch.frame(3)
    stayed = [i for i, age in enumerate(later["leader_age"]) if age == before["leader_age"][i] + 1]
    checked = 0
    for i, state in enumerate(watch.states):
        for j in stayed:
            if i != j:
                told = watch.why_tie(state, watch.states[j], 2).parts[2].total
                assert later["trust"][i][j] == pytest.approx(told, abs=6e-5)  # frames are rounded
                checked += 1
    assert checked > 4


def test_why_a_state_adds_up(scenario):
    often = dict.fromkeys(("provocation.campaign_begins", "provocation.campaign_ends"), 0.4)  # so that both are asked about
    scenario = scenario.with_parameters(often)
    watch = api.watch(scenario, seed=12)
    watch.advance(26)
    run, world = scenario.prepare(12, 0, 1)
    titles = set()
    for month in range(1, 27):
        world = run.month(world)
        for i, state in enumerate(watch.states):
            for part in watch.why_state(state, month).parts:
                assert added_up(part.terms) == part.total
                titles.add(part.title.replace(state, "STATE"))
                for f, forum in enumerate(watch.forums):
                    if part.title == f"Whether {state} comes to {forum}":
                        assert logistic(np.array(part.total, np.float32)) == world.attend_chance[0, f, i]
    assert "How much better cooperation looked to STATE" in titles
    assert "Chance that STATE's campaign of tests begins" in titles
    assert "Chance that STATE's campaign of tests ends" in titles
    assert any(title.startswith("Whether STATE comes to") for title in titles)


def test_asking_why_changes_nothing(scenario):
    asked, silent = (api.watch(scenario, seed=13) for _ in range(2))
    for _ in range(6):
        asked.step()
        asked.why_tie(*asked.states[:2])
        asked.why_state(asked.states[0], 1)
        silent.step()
    assert asked.frame() == silent.frame()
    assert asked.series() == silent.series()


def test_the_inputs_shown_are_those_of_the_files(scenario):
    watch = api.watch(scenario, seed=14)
    why = watch.why_tie(watch.states[0], watch.states[1], 0)
    assert why.action_probabilities == {}
    meanings = {meaning: value for meaning, value, _, _ in why.inputs}
    assert meanings["What the state fears the other can and would do."] == pytest.approx(
        watch.frame(0)["threat"][0][1], abs=6e-5
    )
    assert all(source for _, _, source, _ in why.inputs)


def test_asking_about_an_unknown_state_names_the_nearest(scenario):
    watch = api.watch(scenario, seed=14)
    first = watch.states[0]
    with pytest.raises(api.InputError, match=f'did you mean "{first}"'):
        watch.why_tie(first[:-1] + "q", watch.states[1])
    with pytest.raises(api.InputError, match="needs two different states"):
        watch.why_tie(first, first)
    with pytest.raises(api.InputError, match="month: 3 is outside 0 to 0"):
        watch.why_state(first, 3)
