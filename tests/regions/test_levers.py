"""Levers and lasting events: what each sets in motion, that it ends, and that it never touches a belief or an outcome."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import TypeAdapter

from regime_abm.core.world import FLEETING
from regime_abm.errors import InputError
from regime_abm.levers import KINDS, LEVERS, Entry
from regime_abm.scenario import load
from tests.helpers import WORLDS, differences, prepared

READER = TypeAdapter(Entry)
CODES = {"state": "ASH", "other": "BAY"}
MORE = {"forum reformed": {"track": 2.0}, "alliance signed": {"strength": 0.7, "exclusivity": 0.6}}
MORE |= {"shock": {"shock": "pandemic"}}
MORE |= {"mediation offered": {"mediator": "COL"}}
# Beliefs, wills, norms and everything that is found rather than done.
NEVER_SET = "trust trust_leader trust_government threat credibility will norm norm_adopted hostility severity".split()


def entry(kind, **fields):
    return READER.validate_python({"kind": kind, "month": "2001-07", **fields})


def example(kind, world):
    """An entry of that kind about the first states, forum and agreement of a world."""
    names = {**CODES, "forum": world.names.forums[0], "agreement": world.names.agreements[0], "action": "reassure"}
    fields = {word: names[word] for word in KINDS[kind].model_fields if word in names}
    return entry(kind, **fields, **MORE.get(kind, {}))


@pytest.fixture(scope="module")
def world(quartet):
    return prepared(quartet, count=4)[1]


@pytest.mark.parametrize("kind", KINDS)
def test_none_sets_a_belief_or_an_outcome(kind, world):
    if kind in ("forum founded", "joins forum"):
        world = world.replace({"forum_active": ~world.forum_active, "member": ~world.member})
    if kind == "relations opened":
        world = world.replace({"relations": ~world.relations})
    applied = example(kind, world).apply(world)
    moved = {line.split(":")[0].split(" ")[0] for line in differences(world, applied)}
    assert moved, f"{kind} does nothing"
    assert not moved & set(NEVER_SET)


@pytest.mark.parametrize("kind", LEVERS)
def test_a_lever_says_what_it_costs_and_whom_it_can_harm(kind):
    assert KINDS[kind].COST.endswith(".")
    assert KINDS[kind].HARM.endswith(".")


@pytest.mark.parametrize("kind", KINDS)
def test_every_entry_tells_in_words_what_it_does_and_names_its_states(kind, world):
    one = example(kind, world)
    assert one.text()
    assert all(code in one.text() for code in one.states())


def scenario(tmp_path, lines):
    path = tmp_path / "one.toml"
    region = WORLDS / "quartet"
    path.write_text(f'schema = 1\nregion = "{region}"\nstart = "2001-05"\nmonths = 40\n{lines}')
    return load(path)


def run_of(tmp_path, lines, months, count=40):
    run, world = prepared(scenario(tmp_path, lines), count=count)
    worlds = [world]
    for _ in range(months):
        worlds.append(run.month(worlds[-1]))
    return worlds


EVENT = "[[events]]\nmonth = '2001-07'\n"


def test_an_order_of_three_months_is_followed_for_three(tmp_path):
    lines = f"{EVENT}kind = 'order'\nstate = 'ASH'\nother = 'BAY'\naction = 'reassure'\nmonths = 3\n"
    worlds = run_of(tmp_path, lines, 6)
    told = [(world.action[:, 0, 1] == 0).all() for world in worlds]
    assert told == [False, False, True, True, True, False, False]


def test_political_capital_is_paid_back(tmp_path):
    lines = f"{EVENT}kind = 'political capital'\nstate = 'ASH'\namount = 1.0\nmonths = 2\npayback = 0.5\n"
    pushes = [float(world.will_push[0, 0]) for world in run_of(tmp_path, lines, 7)]
    assert pushes == [0, 0, 1, 1, -0.5, -0.5, 0, 0]


def test_what_is_fleeting_is_gone_a_month_later(tmp_path):
    lines = f"{EVENT}kind = 'missile test'\nstate = 'ASH'\nother = 'BAY'\n"
    worlds = run_of(tmp_path, lines, 4)
    assert worlds[2].test_order.any()
    assert (worlds[2].severity[:, 0, 1] >= 3).all()
    assert (worlds[2].tests[:, 0] >= 1).all()
    assert not any(getattr(worlds[3], name).any() for name in FLEETING)


def test_an_incident_blamed_on_one_side_is_an_act_of_that_side_alone(tmp_path):
    both, one = (
        run_of(tmp_path, f"{EVENT}kind = 'incident'\nstate = 'ASH'\nother = 'BAY'\nblamed = '{who}'\n", 2)[2]
        for who in ("both", "the first")
    )
    assert (both.severity[:, 0, 1] >= 4).all()
    assert (both.severity[:, 1, 0] >= 4).all()
    assert (one.severity[:, 0, 1] >= 4).all()
    assert not (one.severity[:, 1, 0] >= 4).all()
    assert (one.hostility[:, 1, 0] >= 4).all()  # the ladder of the two is one


@pytest.mark.parametrize(("camp", "harder"), [("softer camp", False), ("harder camp", True)])
def test_a_newcomer_of_a_camp_is_as_hawkish_as_that_camp(tmp_path, camp, harder):
    lines = f"{EVENT}kind = 'leader leaves'\nstate = 'ASH'\nnewcomer = '{camp}'\n"
    world = run_of(tmp_path, lines, 2, count=400)[2]
    low, high = world.hawkish_low[:, 0], world.hawkish_high[:, 0]
    near = np.abs(world.hawkishness[:, 0] - (high if harder else low)).mean()
    far = np.abs(world.hawkishness[:, 0] - (low if harder else high)).mean()
    assert near < far
    assert world.turnover[:, 0].all()


def test_a_state_that_walks_out_of_a_forum_is_no_longer_counted_there(tmp_path):
    forum = load(WORLDS / "quartet.toml").region.names.forums[0]
    world = run_of(tmp_path, f"{EVENT}kind = 'leaves forum'\nstate = 'ASH'\nforum = '{forum}'\n", 2)[2]
    assert not world.member[:, 0, 0].any()


TABLE = """
[forums.NEW]
name = "A new forum"
start = 2030-01-01
agenda = ["hard"]
level = 1
meets_every = 3
meets_in = 1
vitality = { value = 0.6 }
capital = { value = 0.2 }
information = { value = 0.5 }
attention = { value = 0.3 }
members = [{ state = "ASH" }, { state = "BAY" }]
source = "made up"
"""


def test_a_forum_of_the_scenarios_own_sleeps_until_it_is_founded(tmp_path):
    worlds = run_of(tmp_path, f"{TABLE}{EVENT}kind = 'forum founded'\nforum = 'NEW'\n", 8)
    place = worlds[0].names.forums.index("NEW")
    assert not worlds[1].forum_active[:, place].any()
    assert worlds[2].forum_active[:, place].all()
    assert worlds[0].member[0, place].tolist() == [True, True, False, False]
    assert any(world.met[:, place].any() for world in worlds[2:])


def test_a_forum_that_sleeps_for_ever_changes_nobodys_acts(tmp_path):
    plain, more = (run_of(tmp_path, lines, 24)[-1] for lines in ("", TABLE))
    for name in ("action", "severity", "trust", "in_force", "norm"):
        assert np.array_equal(getattr(plain, name), getattr(more, name)), name


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (f"{EVENT}kind = 'summit'\nstate = 'ASH'\nother = 'ASH'\n", "two different states"),
        (f"{EVENT}kind = 'leaves forum'\nstate = 'ASH'\nforum = 'NOWHERE'\n", "unknown forum 'NOWHERE'"),
        (f"{EVENT}kind = 'agreement offered'\nagreement = 'NOTHING'\n", "unknown agreement 'NOTHING'"),
        (f"{EVENT}kind = 'incident'\nstate = 'ASH'\nother = 'BAY'\nseverity = 5\n", "severity"),
        ("[forums.NEW]\nmembers = []\n", "forums.NEW.members"),
        (f"{EVENT}kind = 'dismantles'\nstate = 'ASH'\n", "kind: 'dismantles' needs the optional module 'bargain'"),
        ("[roles.great_rivals]\npairs = ['ASH-ASX']\ncertainty = 'J'\nsource = 'x'\n", "roles.great_rivals.pairs.*ASX"),
    ],
)
def test_a_mistake_names_the_place(tmp_path, lines, told):
    with pytest.raises(InputError, match=told) as caught:
        scenario(tmp_path, lines)
    assert "\n" not in str(caught.value)
