"""Life and death of forums, who decides in them, and alliances that answer what they fear."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from regime_abm.core.engine import Engine
from regime_abm.core.noise import Luck
from regime_abm.core.parameter import resolve
from regime_abm.core.world import faults
from regime_abm.mechanisms import institutions
from tests.helpers import SEED, made_up, prepared, same_bits, with_values

SHARE = st.floats(0, 1)
MET_BY_ALL = {"attendance CLUB:*": True, "met CLUB": True}


def alone(given=None, *, count=200, draw=True, world="trio", **parameters):
    """Institutions by themselves, and a first World in which some things are set."""
    scenario = made_up(world)
    luck = Luck(SEED, scenario.region.names, 0, count)
    chosen = {f"institutions.{name}": value for name, value in parameters.items()}
    uniforms = (lambda key: luck.single("parameters", "prior", key)) if draw else None
    engine = Engine((institutions,), resolve((institutions,), chosen, draw=uniforms), luck)
    first = prepared(scenario, count=count)[1]
    return engine, with_values(engine.start(first), given or {})


def months(engine, world, count):
    """The Worlds of the months that follow, each with luck of its own; the date, and so what is due, stays."""
    found = []
    for _ in range(count):
        world = engine.month(world).replace({"month": world.month + 1})
        found.append(world)
    return found


# Use and life


@given(turnout=SHARE, will=SHARE, support=SHARE, business=SHARE, paralysis=SHARE)
def test_a_forum_is_never_used_more_than_it_is_attended(turnout, will, support, business, paralysis):
    found = institutions.use_of(turnout, will, support, usual_business=business, paralysis=paralysis)
    assert 0 <= found <= turnout + 1e-12
    more = institutions.use_of(turnout, min(will + 0.1, 1), min(support + 0.1, 1), usual_business=business, paralysis=paralysis)
    assert more >= found - 1e-12


@given(vitality=SHARE, gap=st.floats(0.01, 0.5))
def test_life_goes_faster_than_it_comes(vitality, gap):
    up = institutions.followed(vitality, vitality + gap, rise=0.08, fall=0.15) - vitality
    down = vitality - institutions.followed(vitality, vitality - gap, rise=0.08, fall=0.15)
    assert down == pytest.approx(up * 0.15 / 0.08)


def test_a_forum_that_no_longer_meets_fades_by_the_same_share_every_month():
    """Limit case: with no meeting ever again vitality is the first one times (1 - fall) to the power of the months."""
    engine, world = alone({"forum_idle CLUB": 6, "attendance CLUB:*": True})
    fall = engine.part("institutions").p.fall
    end = months(engine, world, 10)[-1]
    assert np.allclose(end.forum_vitality[:, 0], world.forum_vitality[:, 0] * (1 - fall) ** 10, rtol=1e-5)


def test_with_the_same_attendance_every_month_vitality_settles_at_the_use():
    engine, world = alone({"will *": 0.6, "forum_support CLUB": 1.0, **MET_BY_ALL})
    business = engine.part("institutions").p.usual_business
    end = months(engine, world, 400)[-1]
    assert np.allclose(end.forum_vitality[:, 0], business + (1 - business) * 0.6, atol=1e-5)


def test_forums_without_will_are_inert_if_all_their_use_is_will():
    engine, world = alone({"will *": 0.0, **MET_BY_ALL}, usual_business=0.0)
    assert months(engine, world, 200)[-1].forum_vitality.max() < 1e-4


def test_whatever_happens_everything_stays_in_its_range():
    engine, world = alone(world="quartet", count=50)
    generator = np.random.default_rng(3)
    for _ in range(60):
        happened = {
            "met": generator.random(world.met.shape) < 0.3,
            "attendance": generator.random(world.attendance.shape) < 0.7,
            "will": generator.random(world.will.shape).astype(np.float32),
            "threat": generator.random(world.threat.shape).astype(np.float32),
            "date": world.date + 1,
        }
        world = engine.month(world.replace(happened))
        assert faults(world) == []
        assert {getattr(world, name).dtype for name in institutions.WRITES} == {np.dtype(np.float32), np.dtype(bool)}


# Who decides


@given(wills=st.lists(SHARE, min_size=1, max_size=12), rule=SHARE, enough=SHARE)
def test_counting_hands_is_the_same_as_asking_the_one_who_decides(wills, rule, enough):
    """The one at the rule's quantile from the least willing up: consensus asks the least willing, .5 the middle one."""
    decides = sorted(wills)[int(np.floor(rule * (len(wills) - 1) + 1e-5))]
    hands = sum(will > enough for will in wills)
    assert (hands >= institutions.needed(len(wills), rule)) == (decides > enough)


@pytest.mark.parametrize(("present", "hands"), [(1, 1), (2, 2), (3, 2), (4, 3), (6, 4), (7, 4)])
def test_the_middle_is_more_than_half(present, hands):
    assert institutions.needed(present, 0.5) == hands
    assert institutions.needed(present, 0.0) == present
    assert institutions.needed(present, 1.0) == 1


@pytest.mark.parametrize(("discount", "rises"), [(0.0, False), (0.2, True)])
def test_a_body_under_consensus_rises_only_if_consensus_asks_for_less(discount, rises):
    """The least willing member has .3, the middle one .6: under a rule of the middle the forum rises in either case."""
    wills = {"will *": 0.6, "will CCC": 0.3, "forum_level CLUB": 1, "forum_support CLUB": 0, "forum_vitality CLUB": 0.9}
    for rule, expected in ((0.0, rises), (0.5, True)):
        engine, world = alone(
            {**wills, **MET_BY_ALL, "forum_rule CLUB": rule},
            consensus_discount=discount, will_needed=0.45, usual_business=1.0, vitality_needed=0.5,
        )  # fmt: skip
        end = months(engine, world, 60)[-1]
        assert (end.forum_level[:, 0] > 1).all() == expected
        assert (end.forum_level[:, 0] > 1).any() == expected


def test_a_forum_in_which_nobody_wants_more_is_used_less_the_more_its_rule_paralyses():
    given = {"will *": 0.2, "forum_support CLUB": 0.0, **MET_BY_ALL}
    lives = []
    for paralysis in (0.0, 0.5, 1.0):
        engine, world = alone(given, paralysis=paralysis, will_needed=0.5, consensus_discount=0.0)
        lives.append(months(engine, world, 120)[-1].forum_vitality[:, 0])
    assert (lives[0] > lives[1]).all()
    assert (lives[1] > lives[2]).all()


# Levels


def test_from_first_contact_to_a_document_takes_about_thirty_months_under_full_support():
    """The CSCE took 32 months from its opening in November 1972 to the Final Act of August 1975."""
    engine, world = alone(
        {"will *": 1, "forum_level CLUB": 0, "forum_support CLUB": 0, "forum_vitality CLUB": 0.5, **MET_BY_ALL},
        count=4000, draw=False,
    )  # fmt: skip
    levels = np.array([month.forum_level[:, 0] for month in months(engine, world, 150)])
    assert (levels[-1] >= 3).all()
    wait = (levels < 3).sum(axis=0).mean() + 1
    # 1 - (17/18)^19 is the first support beyond .65; then 1/.5 + 1/.35 + 1/.12 months on average
    assert wait == pytest.approx(18 + 2 + 2.857 + 8.333, abs=0.6)
    assert 25 < wait < 35


def test_from_a_document_to_an_organisation_takes_about_fifteen_years_under_full_support():
    engine, world = alone(
        {"will *": 1, "forum_level CLUB": 3, "forum_support CLUB": 1, "forum_vitality CLUB": 1, **MET_BY_ALL},
        count=4000, draw=False,
    )  # fmt: skip
    end = months(engine, world, 180)[-1]
    risen = (end.forum_level[:, 0] == 4).mean()
    assert risen == pytest.approx(1 - (1 - 0.0056) ** 180, abs=0.03)
    assert 0.55 < risen < 0.72  # 1 - 1/e is what a mean of exactly 180 months would give


def test_levels_move_one_at_a_time_and_only_with_luck_of_their_own():
    engine, world = alone({"will *": 1, "forum_level CLUB": 0, "forum_support CLUB": 1, "forum_vitality CLUB": 1, **MET_BY_ALL})
    levels = np.array([world.forum_level, *(month.forum_level for month in months(engine, world, 60))])
    assert set(np.unique(np.diff(levels, axis=0))) <= {0.0, 1.0}
    given = {"will *": 0, "forum_level CLUB": 4, "forum_support CLUB": 0, "forum_capital CLUB": 0, "forum_idle CLUB": 9}
    engine, hostile = alone(given)
    levels = np.array([hostile.forum_level, *(month.forum_level for month in months(engine, hostile, 200))])
    assert set(np.unique(np.diff(levels, axis=0))) == {0.0, -1.0}


def test_an_organisation_with_capital_outlives_its_use_as_a_zombie_and_one_without_does_not():
    dead = {"will *": 0, "forum_level CLUB": 3, "forum_support CLUB": 0, "forum_vitality CLUB": 0.1, "forum_idle CLUB": 30}
    kept = []
    for capital in (0.9, 0.0):
        engine, world = alone({**dead, "forum_capital CLUB": capital}, decline=0.05, count=1000)
        end = months(engine, world, 48)[-1]
        kept.append(((end.forum_level[:, 0] >= 1) & (end.forum_vitality[:, 0] < 0.3)).mean())
        # three levels to lose, each month with chance decline * (1 - capital)
        assert kept[-1] == pytest.approx(binom.cdf(2, 48, 0.05 * (1 - capital)), abs=0.05)
    assert kept[0] > kept[1] + 0.3


def test_a_forum_dissolves_at_the_lowest_level_only_and_never_comes_back():
    given = {"will *": 0, "forum_level CLUB": 1, "forum_vitality CLUB": 0.05, "forum_capital CLUB": 0, "forum_idle CLUB": 9}
    engine, world = alone(given, decline=0.06, dissolution=0.04, count=500)
    active = [world.forum_active[:, 0]]
    for month in months(engine, world, 200):
        assert not (active[-1] & ~month.forum_active[:, 0] & (month.forum_level[:, 0] >= 1)).any()
        active.append(month.forum_active[:, 0])
    assert (np.diff(np.array(active).astype(int), axis=0) <= 0).all()
    assert 0.8 < 1 - active[-1].mean() <= 1
    engine, world = alone({**given, "forum_level CLUB": 0}, dissolution=0.0)
    assert months(engine, world, 200)[-1].forum_active.all()


def test_the_first_support_is_what_those_who_decide_want_at_the_start():
    scenario = made_up("trio")
    luck = Luck(SEED, scenario.region.names, 0, 50)
    engine = Engine((institutions,), resolve((institutions,)), luck)
    first = scenario.region.first_world(scenario.start, luck)
    for wills, expected in (({"will *": 0.9}, 1.0), ({"will *": 0.9, "will BBB": 0.1}, 0.0)):
        assert (engine.start(with_values(first, wills)).forum_support == expected).all()


# Alliances


def test_while_threats_stay_alliances_stay_bit_for_bit():
    engine, world = alone(count=100)
    end = months(engine, world, 120)[-1]
    assert same_bits(end.alliance, world.alliance)
    assert same_bits(end.exclusivity, world.exclusivity)


def test_a_lasting_threat_moves_an_alliance_to_a_new_rest_in_either_direction():
    """Limit case: start + answer * (outside threat less its start), and back to the start when the threat is gone."""
    given = {"threat *>*": 0.3, "alliance BBB>CCC": 0.5, "alliance CCC>BBB": 0.5, "exclusivity BBB>CCC": 0.5}
    engine, world = alone(given, count=400)
    world = engine.start(world)
    frightened = with_values(world, {"threat BBB>AAA": 0.7, "threat CCC>AAA": 0.5})
    p = engine.part("institutions").p
    later = months(engine, frightened, 2000)[-1]
    assert np.allclose(later.alliance[:, 1, 2], 0.5 + p.tightening * 0.3, atol=1e-4)
    assert np.allclose(later.exclusivity[:, 1, 2], (0.5 + p.hardening * 0.3).clip(0, 1), atol=1e-4)
    assert 0.05 < (later.alliance[:, 1, 2] < 0.5).mean() < 0.5  # the prior holds both directions
    assert 0.05 < (later.exclusivity[:, 1, 2] < 0.5).mean() < 0.5
    calm = months(engine, later.replace({"threat": world.threat.copy()}), 2000)[-1]
    assert np.allclose(calm.alliance[:, 1, 2], 0.5, atol=1e-4)


def test_what_two_allies_fear_is_the_mean_of_both_and_leaves_their_allies_out():
    threat = np.array([[[0.5, 0.9, 0.2, 0.4], [0.8, 0.5, 0.6, 0.2], [0.1, 0.3, 0.5, 0.1], [0.1, 0.1, 0.1, 0.5]]])
    allied = np.zeros((1, 4, 4), bool)
    allied[0, 0, 1] = allied[0, 1, 0] = True
    found = institutions.outside_threat(threat, allied)
    assert found[0, 0, 1] == pytest.approx(((0.2 + 0.4) / 2 + (0.6 + 0.2) / 2) / 2)
    assert np.allclose(found, np.swapaxes(found, 1, 2))


def test_states_that_all_are_allies_fear_nothing_from_outside():
    everybody = ~np.eye(3, dtype=bool)[None]
    assert not institutions.outside_threat(np.full((1, 3, 3), 0.9), everybody).any()


def test_no_alliance_is_made_and_none_disappears():
    engine, world = alone(count=100, tightening=2.0, hardening=-1.0)
    for threat in (0.95, 0.05):
        world = months(engine, with_values(world, {"threat *>*": threat}), 120)[-1]
        assert np.array_equal(world.alliance > 0, world.alliance_start > 0)
        assert np.array_equal(world.alliance, np.swapaxes(world.alliance, 1, 2))


def test_the_terms_are_what_the_alliance_drifts_to():
    terms = institutions.alliance_terms(0.6, 0.2, answer=-0.5)
    assert institutions.answered(0.8, 0.6, 0.2, pace=1.0, answer=-0.5) == pytest.approx(sum(terms.values()))
