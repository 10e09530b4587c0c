"""What a scenario says will happen, happens on its date, for one month, and the rest follows from the model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from regime_abm.core.names import ACTIONS
from regime_abm.scenario import load
from tests.helpers import WORLDS, differences, made_up, prepared

COUNT = 60


@pytest.fixture(scope="module")
def twins():
    """Months -> (the quartet with its events, the same without), from July 2001 to March 2002."""
    scenario = made_up("quartet")
    run, world = prepared(scenario, count=COUNT)
    bare, twin = prepared(replace(scenario, events=()), count=COUNT)
    months = {}
    for number in range(1, 11):
        world, twin = run.month(world), bare.month(twin)
        months[f"{(4 + number) // 12 + 2001}-{(4 + number) % 12 + 1:02d}"] = (world, twin)
    return months


def pair(world, a, b):
    return world.names.state(a), world.names.state(b)


def test_before_the_first_event_nothing_differs(twins):
    assert differences(*twins["2001-06"]) == []


def test_a_summit_opens_talks_in_every_future(twins):
    world, twin = twins["2001-07"]
    i, j = pair(world, "ASH", "BAY")
    assert world.talks[:, i, j].all()
    assert world.talks[:, j, i].all()
    assert not twin.talks[:, i, j].all()
    assert not world.talks_order.any()


def test_talks_that_a_summit_opened_can_break_down_again(twins):
    i, j = pair(twins["2001-07"][0], "ASH", "BAY")
    assert not twins["2001-08"][0].talks[:, i, j].all()


def test_an_ordered_act_is_done_for_one_month(twins):
    i, j = pair(twins["2001-08"][0], "COL", "DEW")
    assert (twins["2001-08"][0].action[:, i, j] == ACTIONS.index("provoke")).all()
    assert not (twins["2001-09"][0].action[:, i, j] == ACTIONS.index("provoke")).all()


def test_what_others_learn_from_an_ordered_act_rests_on_the_public_doctrine(twins):
    """Nobody sees that it was an order: the chances by which it is read are those of the two types."""
    world, twin = twins["2001-08"]
    i, j = pair(world, "COL", "DEW")
    assert (world.trust_leader[:, j, i] < twin.trust_leader[:, j, i] + 1e-9).mean() > 0.9
    assert np.allclose(world.if_trustworthy[:, :, i, j].sum(axis=1), 1.0)


def test_a_leader_who_is_made_to_leave_is_gone_in_every_future(twins):
    world, twin = twins["2001-10"]
    place = world.names.state("COL")
    assert world.turnover[:, place].all()
    assert not twin.turnover[:, place].all()
    assert not world.exit_due.any()


def test_a_called_meeting_is_held_off_the_calendar(twins):
    world, twin = twins["2001-11"]
    place = world.names.forums.index("HILL")
    assert world.met[:, place].mean() > 0.5
    assert not twin.met[:, place].any()


def test_talks_broken_off_are_over_in_every_future(twins):
    world, _ = twins["2001-12"]
    i, j = pair(world, "ASH", "BAY")
    assert not world.talks[:, i, j].any()


def test_a_cancelled_meeting_is_not_held(twins):
    world, twin = twins["2002-03"]
    place = world.names.forums.index("OPEN")
    assert not world.met[:, place].any()
    assert twin.met[:, place].any()


def test_events_leave_the_luck_of_everything_else_alone(twins):
    """Twin runs share all luck: in the month of the first event only what it touched differs."""
    found = set(differences(*twins["2001-07"]))
    assert "talks" in found
    untouched = {"capability", "turnover", "hawkishness", "threat", "trust", "met", "attendance", "misperception", "action"}
    assert not found & untouched


def test_an_event_outside_the_run_is_refused(tmp_path):
    text = (WORLDS / "quartet.toml").read_text("utf-8").replace('region = "quartet"', f'region = "{WORLDS / "quartet"}"')
    path = tmp_path / "late.toml"
    path.write_text(text.replace('month = "2001-07"', 'month = "2031-07"'), "utf-8")
    with pytest.raises(ValueError, match=r"events\[1\].month: 2031-07 is outside 2001-06 to 2011-05"):
        load(path)
