"""What the event log tells of agreements, disputes, the norm, forums and alliances: recorded numbers, in words."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from regime_abm.core.world import GLOSSARY, SHAPES, empty_world
from regime_abm.measures.event_log import KINDS, events_of_month
from tests.helpers import prepared

CALLED = {"PACT": ("the Pact", ["a freeze", "fuel", ""]), "PLEDGE": ("the Pledge", [])}
PACT, PLEDGE = 0, 1


@pytest.fixture(scope="module")
def quiet(quartet):
    """A quiet month of the quartet. ASH, BAY and COL may sign a pact of three steps, ASH and DEW a pledge of none."""
    _, world = prepared(quartet, draw=False)
    names = dataclasses.replace(world.names, agreements=("PACT", "PLEDGE"))
    given = {name: getattr(world, name) for name, entry in GLOSSARY.items() if not set("G") & set(SHAPES[entry.axes])}
    given |= {
        "party": [[1, 1, 1, 0], [1, 0, 0, 1]],
        "agreement_steps": [3, 0],
        "agreement_turn": [[0, 1, 2, -1, -1, -1, -1, -1], [-1] * 8],
        "cheat": -1,
        "ended_by": -1,
        "month": 24,
    }
    for name in ("turnover", "campaign", "tests", "severity", "talks", "met", "attendance", "dispute", "settled"):
        given[name] = 0
    return empty_world(names, 1, given)


def with_(world, /, **numbers):
    """The World with numbers set: name -> {place: value} or the whole array's value. A pair is set both ways."""
    changes = {}
    for name, value in numbers.items():
        if SHAPES[GLOSSARY[name].axes] == "":
            changes[name] = value
            continue
        array = getattr(world, name).copy()
        for place, number in value.items() if isinstance(value, dict) else [(..., value)]:
            array[(0, *place) if isinstance(place, tuple) else (0, place)] = number
        changes[name] = array
    return world.replace(changes)


def told(before, after, earlier=()):
    events = events_of_month(before, after, earlier=earlier, called=CALLED)
    assert {event.kind for event in events} <= set(KINDS)
    return [event.text for event in events]


def pair(i, j, number):
    return {(i, j): number, (j, i): number}


@pytest.fixture(scope="module")
def bound(quiet):
    """The pact is in force for ten months; its first step is taken."""
    numbers = {"agreement_age": 9, "agreement_idle": 4, "steps_due": 1, "steps_done": 1}
    return with_(quiet, in_force={PACT: True}, **{name: {PACT: value} for name, value in numbers.items()})


def test_a_quiet_month_tells_nothing(quiet, bound):
    assert told(quiet, quiet) == []
    assert told(bound, bound) == []


def test_an_offer_that_is_not_signed_tells_the_chances(quiet):
    after = with_(
        quiet, offered={PACT: True}, sign_chance={(PACT, 0): 0.62, (PACT, 1): 0.31, (PACT, 2): 1.0, (PACT, 3): 0.9}
    )
    assert told(quiet, after) == [
        "the Pact is on the table and not signed; chances of signing: ASH .62, BAY .31, COL 1.00."
    ]


def test_a_signature_is_told_once_with_its_parties(quiet):
    after = with_(
        quiet, offered={PLEDGE: True}, signed={PLEDGE: True}, in_force={PLEDGE: True}, sign_chance={(PLEDGE, 0): 0.5}
    )
    assert told(quiet, after) == ["ASH and DEW sign the Pledge; chances of signing: ASH .50, DEW .000."]


def test_a_code_stands_in_for_a_missing_name(quiet):
    after = with_(quiet, offered={PLEDGE: True})
    assert "PLEDGE is on the table" in events_of_month(quiet, after)[0].text


def test_a_step_is_told_with_its_owner(bound):
    after = with_(bound, steps_done={PACT: 2})
    assert told(bound, after) == ["BAY reports its step as taken, the second of 3 in the Pact: fuel."]


def test_a_step_that_is_only_pretended_reads_like_any_other(bound):
    honest = with_(bound, steps_done={PACT: 2})
    cheating = with_(bound, steps_done={PACT: 2}, cheat={PACT: 1})
    assert told(bound, honest) == told(bound, cheating)


def test_what_a_former_life_of_the_agreement_left_behind_is_no_step(quiet):
    after = with_(quiet, signed={PACT: True}, offered={PACT: True}, in_force={PACT: True}, steps_done={PACT: 1})
    assert len(told(quiet, after)) == 1


def ended(world, cause, **more):
    return with_(world, in_force={PACT: False}, ended={PACT: cause}, month=world.month + 1, **more)


def test_a_lapse_tells_which_step_was_overdue_and_for_how_long(bound):
    """The second step fell due in month 18 and the pact lapses in month 27."""
    record = [with_(bound, month=m, steps_due={PACT: 2 if m >= 18 else 1}) for m in range(12, 27)]
    after = ended(record[-1], 1)
    (text,) = told(record[-1], after, record)
    assert text == "the Pact lapses after 10 months: the second step, owed by BAY, was 9 months overdue."


def test_an_overdue_step_is_counted_for_this_signature_alone(bound):
    """The pact was in force before, also with the second step due; it was signed anew in month 24."""
    record = [with_(bound, month=m, steps_due={PACT: 2}, agreement_age={PACT: max(0, m - 24)}) for m in range(20, 27)]
    (text,) = told(record[-1], ended(record[-1], 1), record)
    assert "was 3 months overdue" in text


def test_a_record_that_begins_too_late_says_at_least(bound):
    record = [with_(bound, month=m, steps_due={PACT: 2}) for m in range(20, 27)]
    (text,) = told(record[-1], ended(record[-1], 1), record)
    assert "was at least 7 months overdue" in text


def test_a_declaration_lapses_for_want_of_steps(quiet):
    before = with_(quiet, in_force={PLEDGE: True}, agreement_age={PLEDGE: 7})
    after = with_(before, in_force={PLEDGE: False}, ended={PLEDGE: 1})
    assert told(before, after) == ["the Pledge lapses after 8 months: it foresees no steps."]


def test_a_lapse_without_an_overdue_step_says_so(bound):
    assert told(bound, ended(bound, 1)) == [
        "the Pact lapses after 10 months: no step was overdue, and the last event was 5 months ago."
    ]
    done = with_(bound, steps_done={PACT: 3}, steps_due={PACT: 3})
    assert told(done, ended(done, 1)) == [
        "the Pact lapses after 10 months: all its steps were taken, the last 5 months ago."
    ]


def test_force_ends_an_agreement_and_is_named(bound):
    after = ended(bound, 2, ended_by={PACT: 1}, severity={(1, 0): 4, (0, 1): 4, (0, 2): 5, (2, 0): 5})
    assert "the Pact ends by force after 10 months: lethal clash, BAY against ASH." in told(bound, after)


def test_cheating_found_out_tells_who_and_for_how_long(bound):
    record = [with_(bound, month=m, cheat={PACT: 2 if m >= 22 else -1}) for m in range(15, 25)]
    after = ended(record[-1], 3, ended_by={PACT: 2})
    assert told(record[-1], after, record) == [
        "the Pact ends after 10 months: it is found out that COL had only pretended its step for 3 months."
    ]


@pytest.mark.parametrize(
    ("found", "needed", "words"),
    [
        (0.31, 0.45, "credibility .31 of the .45 needed"),
        (0.4412, 0.4438, "credibility .4412 of the .4438 needed"),
        (0.9, 1.0, "credibility .90, and none would have been enough"),
    ],
)
def test_a_failed_review_tells_the_credibility_found_and_needed(bound, found, needed, words):
    after = ended(bound, 4, ended_by={PACT: 0}, review_credibility={PACT: found}, review_needed={PACT: needed})
    assert told(bound, after) == [
        f"the Pact ends after 10 months: the review after the change of leader in ASH finds {words}."
    ]


# Disputes


def test_a_dispute_opens_after_what_the_month_saw(quiet):
    after = with_(quiet, dispute=pair(0, 1, 1), severity=pair(0, 1, 4))
    assert "A dispute opens between ASH and BAY (lethal clash)." in told(quiet, after)
    assert told(quiet, with_(quiet, dispute=pair(0, 1, 1))) == [
        "A dispute opens between ASH and BAY (no threat or force this month)."
    ]


def test_an_open_dispute_is_told_once(quiet):
    before = with_(quiet, dispute=pair(0, 1, 3))
    assert told(before, with_(before, dispute=pair(0, 1, 4))) == []


@pytest.mark.parametrize(
    ("how", "words"),
    [(1, "is settled by talks"), (2, "is settled in a forum"), (3, "is settled under the Pact"), (4, "fades")],
)
def test_a_dispute_that_closes_says_how(quiet, bound, how, words):
    before = with_(bound, dispute=pair(0, 1, 7))
    (text,) = told(before, with_(before, dispute=pair(0, 1, 0), settled=pair(0, 1, how)))
    assert text == f"The dispute between ASH and BAY {words} after 7 months{', unsettled' if how == 4 else ''}."


def test_a_forum_that_alone_can_have_settled_a_dispute_is_named(quiet):
    before = with_(quiet, dispute=pair(0, 1, 7))
    after = with_(
        before, dispute=pair(0, 1, 0), settled=pair(0, 1, 2), met={0: True}, attendance={(0, 0): True, (0, 1): True}
    )
    assert any("is settled in OPEN after 7 months" in text for text in told(before, after))


# The norm


def test_taking_up_the_norm_is_told_with_its_chance_and_how_many_do(quiet):
    before = with_(quiet, norm_adopted={3: True})
    after = with_(before, norm_adopted={1: True}, adopt_chance={1: 0.08})
    assert told(before, after) == [
        "BAY formally takes up the norm of non-use of force (chance .080); 2 of 4 states now do."
    ]


def test_giving_the_norm_up_tells_what_the_month_saw_and_nothing_more(quiet):
    before = with_(quiet, norm_adopted=True)
    gone = with_(before, norm_adopted={2: False})
    end = "; 3 of 4 states now do."
    start = "COL no longer stands by the norm of non-use of force"
    assert told(before, gone) == [start + end]
    after = with_(gone, severity={(2, 0): 3})
    assert f"{start}, in a month with force or tests against ASH{end}" in told(before, after)
    after = with_(gone, turnover={2: True})
    assert f"{start}, in a month with a new leader{end}" in told(before, after)


# Forums


@pytest.fixture(scope="module")
def lively(quiet):
    return with_(quiet, forum_active=True, forum_level=2, forum_vitality=0.6, forum_support=0.5)


def test_a_forum_that_rises_or_falls_is_told_with_what_it_rests_on(lively):
    after = with_(lively, forum_level={0: 3})
    assert told(lively, after) == ["OPEN rises to level 3, a principles document; support .50, vitality .600."]
    assert told(after, lively) == ["OPEN falls to level 2, regular meetings; support .50, vitality .600."]


def test_a_zombie_is_told_once_and_comes_back_to_life_once(lively):
    """Vitality falls below .3, flickers around it, and recovers."""
    record, texts = [lively], []
    for vitality in (0.45, 0.32, 0.29, 0.31, 0.28, 0.35, 0.38, 0.41, 0.39, 0.31):
        after = with_(record[-1], forum_vitality={0: vitality}, month=record[-1].month + 1)
        texts += told(record[-1], after, record)
        record.append(after)
    assert texts == [
        "OPEN is a zombie now: level 2 on paper, support .50, vitality .290.",
        "OPEN is alive again: level 2, support .50, vitality .410.",
    ]


def test_a_forum_that_was_a_zombie_at_the_start_is_no_news(lively):
    before = with_(lively, forum_vitality={0: 0.2})
    assert told(before, with_(before, forum_vitality={0: 0.19})) == []


def test_a_forum_without_any_level_is_no_zombie(lively):
    before = with_(lively, forum_level={0: 0})
    assert told(before, with_(before, forum_vitality={0: 0.1})) == []


# Alliances


def test_alliances_are_looked_at_once_a_year(quiet):
    tied = with_(quiet, alliance=pair(0, 1, 0.75), exclusivity=pair(0, 1, 0.4))
    record = [with_(tied, month=m, date=24000 + m) for m in range(24, 36)]
    weaker = with_(tied, alliance=pair(0, 1, 0.62), exclusivity={(0, 1): 0.55, (1, 0): 0.45})
    assert told(record[-1], with_(weaker, month=36), record) == [
        "The alliance between ASH and BAY is weaker than in 2002-01: .62 after .75.",
        "The alliance between ASH and BAY is more aimed at outsiders than in 2002-01: .55 after .40.",
    ]
    assert told(record[-1], with_(weaker, month=37), record) == []
    slight = with_(tied, alliance=pair(0, 1, 0.70), month=36)
    assert told(record[-1], slight, record) == []


def test_slow_drift_is_told_once_it_adds_up_and_then_from_there(quiet):
    """An alliance loses .04 a year: after three years it is news, after three more again."""
    record, texts = [], []
    for year in range(8):
        after = with_(quiet, alliance=pair(0, 1, 0.75 - 0.04 * year), month=12 * year, date=24000 + 12 * year)
        if record:
            texts += [(year, text) for text in told(record[-1], after, record)]
        record.append(after)
    assert texts == [
        (3, "The alliance between ASH and BAY is weaker than in 2000-01: .63 after .75."),
        (6, "The alliance between ASH and BAY is weaker than in 2003-01: .51 after .63."),
    ]


def test_every_kind_of_event_is_listed_once():
    assert len(set(KINDS)) == len(KINDS)
    assert np.all([kind.isidentifier() for kind in KINDS])
