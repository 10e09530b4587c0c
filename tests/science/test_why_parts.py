"""Explanations of what moves slowly: credibility, will, norm, agreements, disputes, alliances and arms add up to the record."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from regime_abm import api
from regime_abm.core.maths import logistic
from regime_abm.core.names import PUSHED
from regime_abm.levers import PoliticalCapital
from regime_abm.scenario import load
from tests.helpers import added_up

MONTHS = 60
CLOSE = {"rel": 2e-5, "abs": 2e-6}  # single precision


@pytest.fixture(scope="module", params=[3, 8])
def watched(request):
    watch = api.watch(load("baseline_2018"), seed=request.param)
    watch.advance(MONTHS)
    return watch


def chance(part):
    return float(logistic(np.float32(part.total)))


def of_tie(watch, i, j, month):
    return {part.title: part for part in watch.why_tie(watch.states[i], watch.states[j], month).parts}


def of_state(watch, i, month):
    return {part.title: part for part in watch.why_state(watch.states[i], month).parts}


def dyads(watch):
    n = len(watch.states)
    return [(i, j) for i in range(n) for j in range(n) if i != j]


def test_every_part_adds_up(watched):
    for month in (1, 25, MONTHS):
        for i, j in dyads(watched):
            for part in watched.why_tie(watched.states[i], watched.states[j], month).parts:
                assert added_up(part.terms) == part.total, part.title
        for state in watched.states:
            for part in watched.why_state(state, month).parts:
                assert added_up(part.terms) == part.total, part.title


def test_threat_choice_and_attendance_are_told_as_the_steps_found_the_world(watched):
    """Later steps of the same month move alliances, arms, disputes and capital; the terms must not know it yet."""
    for month in (2, 30, MONTHS):
        world = watched.worlds[month]
        for i, j in dyads(watched):
            acts, fears, *_ = watched.why_tie(watched.states[i], watched.states[j], month).parts
            assert acts.total == pytest.approx(world.cooperation_gain[0, i, j], **CLOSE)
            assert chance(fears) == pytest.approx(world.threat[0, i, j], **CLOSE)
        for i, state in enumerate(watched.states):
            for f, forum in enumerate(watched.forums):
                coming = of_state(watched, i, month).get(f"Whether {state} comes to {forum}")
                if coming is not None:
                    assert chance(coming) == pytest.approx(world.attend_chance[0, f, i], **CLOSE)


def test_credibility_is_the_mix_of_the_leader_and_those_who_follow(watched):
    for month in (1, 17, MONTHS):
        world = watched.worlds[month]
        for i, j in dyads(watched):
            parts, (state, other) = of_tie(watched, i, j, month), (watched.states[i], watched.states[j])
            assert chance(parts[f"How far {state} believes {other}'s assurances"]) == pytest.approx(
                world.credibility[0, i, j], **CLOSE
            )
            later = parts[f"Whether those who follow in {other} would keep its word to {state}"]
            assert {"binding agreement", "guarantors", "common institution", "promises broken lately"} <= {
                label for label, _, _ in later.terms
            }


def test_will_is_told(watched):
    for month in range(1, MONTHS + 1, 7):
        for i, state in enumerate(watched.states):
            part = of_state(watched, i, month)[f"How willing {state} is to spend capital on diplomacy"]
            assert chance(part) == pytest.approx(watched.worlds[month].will[0, i], **CLOSE)


def test_what_was_on_the_table_is_told_to_each_party_with_its_chance(watched):
    told = 0
    names = watched.worlds[0].names
    for month in range(1, MONTHS + 1):
        world = watched.worlds[month]
        for g in np.flatnonzero(world.offered[0]):
            name = watched.scenario.region.agreements[names.agreements[g]].name
            for i in np.flatnonzero(world.party[g]):
                part = of_state(watched, i, month)[f"Whether {watched.states[i]} signs {name}"]
                assert chance(part) == pytest.approx(world.sign_chance[0, g, i], **CLOSE)
                assert ("it was signed" in part.note) == bool(world.signed[0, g])
                told += 1
    assert told > 3


def test_agreements_in_force_are_told_to_their_parties_and_to_nobody_else(watched):
    month = 12
    before, names = watched.worlds[month - 1], watched.worlds[0].names
    found = before.in_force[0]
    assert found.any()
    for i, j in dyads(watched):
        lapses = {title for title in of_tie(watched, i, j, month) if title.endswith(" lapses")}
        held = np.flatnonzero(found & before.party[:, i] & before.party[:, j])
        assert lapses == {
            f"Whether {watched.scenario.region.agreements[names.agreements[g]].name} lapses" for g in held
        }


def test_a_step_that_is_owed_is_told_to_the_one_who_owes_it(watched):
    told = 0
    for month in range(2, MONTHS + 1):
        before, after = watched.worlds[month - 1], watched.worlds[month]
        for g in np.flatnonzero(before.in_force[0] & after.in_force[0] & (after.steps_due[0] > before.steps_done[0])):
            owner = int(before.agreement_turn[g, before.steps_done[0, g]])
            (part,) = [part for title, part in of_state(watched, owner, month).items() if " step in " in title][:1]
            assert 0 < chance(part) < 1
            told += 1
    assert told


def test_open_disputes_are_told_to_both_sides(watched):
    told = 0
    for month in range(2, MONTHS + 1, 5):
        before, after = watched.worlds[month - 1], watched.worlds[month]
        for i, j in dyads(watched):
            title = f"Whether the dispute between {watched.states[i]} and {watched.states[j]} is settled"
            part = of_tie(watched, i, j, month).get(title)
            assert (part is not None) == bool(before.dispute[0, i, j])
            if part is not None:
                assert ("settled by talks." in part.note) == (after.settled[0, i, j] == 1)
                told += 1
    assert told


def test_the_norm_is_told_to_those_who_have_not_taken_it_up(watched):
    month = 20
    for i, state in enumerate(watched.states):
        title = f"What speaks for {state} taking up the norm"
        assert (title in of_state(watched, i, month)) == (not watched.worlds[month - 1].norm_adopted[0, i])


def test_arms_move_by_the_pace_of_the_sum(watched):
    pace = watched.run.engine.part("arming").p.pace
    for month in (1, 33):
        before, after = watched.worlds[month - 1].posture[0], watched.worlds[month].posture[0]
        for i, state in enumerate(watched.states):
            push = of_state(watched, i, month)[f"What pushes {state} to arm"].total
            moved = np.clip(before[i] + pace * push, 0.0, 1.0)
            assert after[i] == pytest.approx(moved, abs=2e-6)


def test_an_alliance_drifts_to_its_sum_and_pairs_without_one_have_no_such_part(watched):
    pace = watched.run.engine.part("institutions").p.alliance_pace
    month, first = 9, watched.worlds[0]
    for i, j in dyads(watched):
        drifts = [part for title, part in of_tie(watched, i, j, month).items() if "drifts: strength" in title]
        assert bool(drifts) == bool(first.alliance[0, i, j] > 0)
        for part in drifts:
            before, after = (watched.worlds[m].alliance[0, i, j] for m in (month - 1, month))
            assert after == pytest.approx(np.clip(before + pace * (part.total - before), 0.05, 1.0), abs=2e-6)


def test_asking_about_a_past_month_changes_nothing_to_come(watched):
    asked, silent = (api.watch(load("baseline_2018"), seed=5) for _ in range(2))
    for watch in (asked, silent):
        watch.advance(20)
    asked.why_tie("DPRK", "USA", 7)
    asked.why_state("ROK", 3)
    for watch in (asked, silent):
        watch.advance(30)
    assert asked.frame() == silent.frame()
    assert [event.text for event in asked.events()] == [event.text for event in silent.events()]


def test_a_push_from_outside_is_told_by_who_pushed():
    """Two great powers under a rivalry, and a government that spends capital: each source stands beside what it added."""
    capital = PoliticalCapital(kind="political capital", month="2018-07", state="USA")
    scenario = load("baseline_2018").with_modules(("rivalry", "sanctions"))
    watch = api.watch(replace(scenario, events=(capital,)), seed=3)
    watch.advance(30)
    fears = watch.why_tie("CHN", "USA", 30).parts[1]
    [told] = [note for label, _, note in fears.terms if label == PUSHED]
    [value] = [value for label, value, _ in fears.terms if label == PUSHED]
    assert told == f"rivalry {value:+.2f}"
    will = of_state(watch, watch.states.index("USA"), 2)["How willing USA is to spend capital on diplomacy"]
    [told] = [note for label, _, note in will.terms if label == PUSHED]
    assert "levers and events +1.00" in told


def test_where_nobody_pushes_nobody_is_named(watched):
    for part in watched.why_tie("CHN", "USA", 12).parts:
        assert not [note for label, _, note in part.terms if label == PUSHED and note]
