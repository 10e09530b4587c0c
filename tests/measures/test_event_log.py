"""The event log: what happened, in plain words, and nothing that did not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from regime_abm import api
from regime_abm.core.names import SEVERITY
from regime_abm.measures.event_log import KINDS, events_of_month
from regime_abm.scenario import load
from tests.helpers import made_up, prepared, with_values

QUIET = {
    "turnover *": False, "campaign *": False, "tests *": 0, "severity *>*": 0, "talks *>*": False, "met *": False,
    "attendance *": False,
}  # fmt: skip


@pytest.fixture(scope="module")
def quiet(quartet):
    """A month of the quartet's world in which nothing happens."""
    _, world = prepared(quartet, draw=False)
    return with_values(world.replace({"month": 4}), QUIET)


def told(before, after):
    return [(event.kind, event.text) for event in events_of_month(before, after)]


def test_a_quiet_month_has_no_events(quiet):
    assert told(quiet, quiet) == []


def test_an_event_has_its_month_its_date_and_the_states_it_concerns(quiet):
    after = with_values(quiet, {"severity BAY>ASH": 2, "date": "2003-09"})
    (event,) = events_of_month(quiet, after)
    assert (event.month, event.date, event.kind, set(event.states)) == (4, "2003-09", "threat", {"ASH", "BAY"})


def test_a_threat_says_who_against_whom(quiet):
    assert told(quiet, with_values(quiet, {"severity BAY>ASH": 2})) == [("threat", "Threat or show of force: BAY against ASH.")]
    assert told(quiet, with_values(quiet, {"severity ASH>BAY": 2})) == [("threat", "Threat or show of force: ASH against BAY.")]
    both = with_values(quiet, {"severity ASH>BAY": 2, "severity BAY>ASH": 2})
    assert told(quiet, both) == [("threat", "Threat or show of force: ASH and BAY, each against the other.")]


def test_words_are_not_news(quiet):
    assert told(quiet, with_values(quiet, {"severity ASH>BAY": 1})) == []


def test_a_test_is_counted_and_aimed(quiet):
    once = with_values(quiet, {"tests ASH": 1, "severity ASH>COL": 3})
    assert told(quiet, once) == [("test", "ASH tests weapons once, aimed at COL.")]
    twice = with_values(quiet, {"tests ASH": 2, "severity ASH>BAY": 3})
    assert told(quiet, twice) == [("test", "ASH tests weapons twice, aimed at BAY.")]


def test_campaigns_begin_and_end(quiet):
    testing = with_values(quiet, {"campaign DEW": True})
    assert told(quiet, testing) == [("campaign", "DEW begins a campaign of weapons tests.")]
    assert told(testing, quiet) == [("campaign", "DEW ends its campaign of weapons tests.")]
    assert told(testing, testing) == []


@pytest.mark.parametrize(("rung", "words"), [(4, "lethal clash"), (5, "war")])
def test_a_clash_and_a_war_belong_to_both(quiet, rung, words):
    after = with_values(quiet, {"severity BAY>DEW": rung, "severity DEW>BAY": rung})
    assert told(quiet, after) == [("force", f"BAY and DEW: {words}.")]
    assert SEVERITY[rung] == words


def test_an_incident_is_told_as_one(quiet):
    after = with_values(quiet, {"severity BAY>COL": 3, "severity COL>BAY": 3})
    assert told(quiet, after) == [("force", "BAY and COL: an incident with force, no deaths.")]


def test_two_programmes_that_test_at_each_other_are_no_incident(quiet):
    after = with_values(quiet, {"tests ASH": 1, "tests DEW": 1, "severity ASH>DEW": 3, "severity DEW>ASH": 3})
    assert [kind for kind, _ in told(quiet, after)] == ["test", "test"]


def test_a_clash_elsewhere_is_not_taken_for_the_aim_of_a_test(quiet):
    """ASH tests at COL in the month in which it clashes with BAY."""
    after = with_values(quiet, {"tests ASH": 1, "severity ASH>COL": 3, "severity ASH>BAY": 4, "severity BAY>ASH": 4})
    assert ("test", "ASH tests weapons once, aimed at COL.") in told(quiet, after)


def test_a_new_leader_is_compared_with_the_last(quiet):
    before = with_values(quiet, {"leader_age COL": 47, "hawkishness COL": 0.5})
    for taste, words in ((0.9, "more hawkish than"), (0.1, "less hawkish than"), (0.52, "as hawkish as")):
        after = with_values(before, {"turnover COL": True, "leader_age COL": 0, "hawkishness COL": taste})
        expected = f"COL: a new leader takes office after 48 months of the last one, {words} before."
        assert told(before, after) == [("leader", expected)]


def test_talks_between_rivals_open_and_break_down_and_others_talk_unnoticed(quiet):
    talking = with_values(quiet, {"talks ASH>BAY": True, "talks BAY>ASH": True, "talks ASH>DEW": True, "talks DEW>ASH": True})
    assert told(quiet, talking) == [("talks", "Talks between ASH and BAY open.")]
    assert told(talking, quiet) == [("talks", "Talks between ASH and BAY break down.")]


def test_a_meeting_says_who_came_and_who_stayed_away(quiet):
    def meeting(*came):
        return told(quiet, with_values(quiet, {"met OPEN": True, **{f"attendance OPEN:{code}": True for code in came}}))

    assert meeting("ASH", "BAY", "COL", "DEW") == [("forum", "OPEN meets with ASH, BAY, COL, DEW; everybody comes.")]
    assert meeting("ASH", "BAY", "COL") == [("forum", "OPEN meets with ASH, BAY, COL; DEW stays away.")]
    assert meeting("ASH", "COL") == [("forum", "OPEN meets with ASH, COL; BAY and DEW stay away.")]


def test_a_scripted_event_is_told_with_its_reason(quartet):
    watch = api.watch(quartet, seed=1)
    watch.advance(8)
    texts = {event.text: event.date for event in watch.events() if event.kind == "scripted"}
    assert texts == {
        "As the scenario says, ASH and BAY hold a summit (made up).": "2001-07",
        "As the scenario says, COL is set to provoke toward DEW.": "2001-08",
        "As the scenario says, the leader of COL leaves office.": "2001-10",
        "As the scenario says, HILL is called to meet.": "2001-11",
        "As the scenario says, talks between ASH and BAY are broken off.": "2001-12",
    }


def test_all_kinds_of_events_occur_in_a_long_run():
    """In the made-up quartet or in the baseline. Alliances move too slowly to be sure of one; they have tests of their own."""
    found = set()
    for scenario in (made_up("quartet"), load("baseline_2018")):
        for seed in range(3):
            watch = api.watch(scenario, seed=seed)
            watch.advance(120)
            found |= {event.kind for event in watch.events()}
            assert [event.month for event in watch.events()] == sorted(event.month for event in watch.events())
    assert found | {"alliance"} == set(KINDS)


def test_the_log_agrees_with_the_record(quartet):
    """Every test, turnover and meeting of the Worlds is in the log, once."""
    watch = api.watch(replace(quartet, events=()), seed=5)
    watch.advance(60)
    worlds = watch.worlds
    counted = {
        "test": sum(int((world.tests[0] > 0).sum()) for world in worlds[1:]),
        "leader": sum(int(world.turnover[0].sum()) for world in worlds[1:]),
        "forum": sum(int(world.met[0].sum()) for world in worlds[1:]),
    }
    for kind, count in counted.items():
        assert count == sum(event.kind == kind for event in watch.events()), kind
        assert count > 3
