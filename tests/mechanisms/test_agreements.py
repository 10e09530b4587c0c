"""Agreements: what the terms say, what a promise tells, how agreements end, and the exact limit cases."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regime_abm.core.engine import Engine
from regime_abm.core.maths import log_odds, logistic
from regime_abm.core.noise import Luck
from regime_abm.core.parameter import resolve
from regime_abm.core.world import faults
from regime_abm.mechanisms import agreements
from tests.helpers import SEED, made_up, prepared, with_values

CHANCE = st.floats(0.01, 0.99)
TALKING = {"talks AAA>BBB": True, "talks BBB>AAA": True}
STILL = {"severity *>*": 0, "turnover *": False, "talks *>*": False, "will *": 0.5, "reneging *": 0}
PACT, DEAL = 0, 1


def alone(given=None, *, count=4000, world="trio", draw=False, **parameters):
    """Agreements by themselves, at their defaults or drawn, and a first World in which some things are set."""
    scenario = made_up(world)
    luck = Luck(SEED, scenario.region.names, 0, count)
    chosen = {f"agreements.{name}": value for name, value in parameters.items()}
    uniforms = (lambda key: luck.single("parameters", "prior", key)) if draw else None
    first = with_values(prepared(scenario, count=count)[1], given or {})
    engine = Engine((agreements,), resolve((agreements,), chosen, draw=uniforms), luck)
    return engine, first


def months(engine, world, count):
    """The Worlds of the months that follow, with nothing else going on."""
    for _ in range(count):
        world = engine.month(world).replace({"month": world.month + 1})
        yield world


def in_force(code, **more):
    return {f"in_force {code}": True, f"agreement_age {code}": 0, f"agreement_idle {code}": 0, **more}


# Lapse


def test_a_declaration_without_steps_is_half_gone_after_eight_months_where_talks_do_not_count():
    """Limit case, exact: with everything else at its reference the survivors are (1 - lapse) ^ months."""
    engine, world = alone({**STILL, **in_force("PACT"), "agreement_binding PACT": 0.15}, count=20_000, lapse_talks=0.0)
    lapse = engine.part("agreements").p.lapse
    half_life = np.log(0.5) / np.log(1 - lapse)
    assert half_life == pytest.approx(8.0, abs=0.01)
    terms = agreements.lapse_terms(world, engine.part("agreements").p)
    assert sum(terms.values())[:, PACT] == pytest.approx(log_odds(lapse), rel=1e-5)
    for month, after in enumerate(months(engine, world, 24), 1):
        alive = (1 - lapse) ** month
        assert after.in_force[:, PACT].mean() == pytest.approx(alive, abs=4.5 * np.sqrt(alive * (1 - alive) / 20_000))


@pytest.mark.parametrize(("talks", "half_life"), [(False, 5.0), (True, 13.0)])
def test_a_declaration_alone_goes_sooner_and_one_among_talks_later(talks, half_life):
    """Summit diplomacy is neither: from Singapore to Hanoi eight months passed, with talks now open, now not."""
    given = {**STILL, **in_force("PACT"), "agreement_binding PACT": 0.15, "talks *>*": talks}
    engine, world = alone(given, count=1)
    chance = agreements.chance(agreements.lapse_terms(world, engine.part("agreements").p))[0, PACT]
    assert np.log(0.5) / np.log(1 - chance) == pytest.approx(half_life, abs=0.1)


def lapse_chance(given, **parameters):
    engine, world = alone({**STILL, "agreement_binding *": 0.15, **given}, count=1, **parameters)
    aged = world.replace({"agreement_age": world.agreement_age + 1})
    terms = agreements.lapse_terms(aged, engine.part("agreements").p)
    return float(agreements.chance(terms)[0, DEAL])


def test_a_year_overdue_makes_a_lapse_likelier_than_not_and_a_running_schedule_makes_it_unlikely():
    done = in_force("DEAL", **{"agreement_age DEAL": 40, "steps_done DEAL": 4})
    usual = lapse_chance(done, lapse_custom=0.0, lapse_talks=0.0)
    assert usual == pytest.approx(0.083, abs=1e-3)
    overdue = [lapse_chance(in_force("DEAL", **{"agreement_age DEAL": 5 + late})) for late in (0, 6, 12)]
    assert overdue == sorted(overdue)
    assert overdue[0] < 0.15 < overdue[1] < 0.5 < overdue[2]
    assert lapse_chance(in_force("DEAL", **{"agreement_age DEAL": 2}), lapse_talks=0.0) < 0.03


def test_what_was_carried_out_long_ago_has_become_custom():
    done = in_force("DEAL", **{"steps_done DEAL": 4, "agreement_binding DEAL": 0.6})
    young, old = (lapse_chance({**done, "agreement_age DEAL": age}) for age in (24, 780))
    assert old < 1e-3 < young


def test_talks_will_and_a_firm_form_hold_at_the_defaults_and_may_do_the_opposite():
    usual = lapse_chance(in_force("DEAL"))
    for better in (TALKING, {"will *": 0.9}, {"agreement_binding *": 0.5}):
        assert lapse_chance({**in_force("DEAL"), **better}) < usual, better
    ranges = {item.name: item for item in agreements.PARAMETERS}
    assert max(ranges[name].low for name in ("lapse_talks", "lapse_will", "lapse_binding", "review_parties")) < 0
    assert ranges["review_parties"].prior.low < 0 < ranges["review_parties"].prior.high
    assert ranges["hawks_sign"].prior.low < 0 < ranges["hawks_sign"].prior.high


@given(age=st.floats(0, 500), done=st.integers(0, 8), steps=st.integers(0, 8), every=st.floats(1, 36))
def test_a_step_is_overdue_since_its_date_and_nothing_is_when_all_are_taken(age, done, steps, every):
    found = agreements.months_overdue(np.array(age), np.array(done), np.array(steps), every=every)
    assert found == pytest.approx(max(age - (done + 1) * every, 0.0) if done < steps else 0.0)


# Signing


def sign_chances(given, code=PACT, **parameters):
    middling = {"credibility *>*": 0.3, "threat *>*": 0.5, "trust *>*": 0.3}
    engine, world = alone({**STILL, **middling, **given}, count=1, **parameters)
    terms = agreements.sign_terms(world, engine.part("agreements").p, np.array([0]), np.array([code]))
    return agreements.chance(terms)[0, :2]


def test_credibility_and_will_are_of_the_signer():
    usual = sign_chances({})
    for signer, other in (("AAA", "BBB"), ("BBB", "AAA")):
        place = int(signer == "BBB")
        for better in ({f"credibility {signer}>{other}": 0.8}, {f"will {signer}": 0.9}):
            found = sign_chances(better)
            assert found[place] > usual[place], better
            assert found[1 - place] == usual[1 - place], better


def test_words_are_cheaper_than_steps_and_fear_cuts_both_ways():
    assert (sign_chances({}, DEAL) < sign_chances({}, PACT)).all()
    feared = {"threat *>*": 0.95, "trust *>*": 0.02}
    assert (sign_chances(feared) > sign_chances({})).all()  # a declaration costs nothing: only the relief counts
    relief_aside = {"threat_relief": 0.0}
    assert (sign_chances(feared, DEAL, **relief_aside) < sign_chances({}, DEAL, **relief_aside)).all()


def test_a_quarter_of_signatures_where_both_sign_with_one_half():
    """Each decides for itself: the chance that all sign is the product of theirs."""

    class Even:
        remembers = {}  # noqa: RUF012

        def decide(self, decision, world, default, month, terms=None):
            assert decision == "sign"
            assert default.shape == (4000, 2, 3)
            return np.full_like(default, 0.5)

    engine, world = alone({**STILL, **TALKING}, offer=1.0)
    engine.actors = Even()
    after = engine.month(world)
    assert after.offered.all()
    share = after.signed.mean()
    assert share == pytest.approx(0.25, abs=4 * np.sqrt(0.25 * 0.75 / 8000))
    assert (after.sign_chance[:, world.party] == 0.5).all()


def test_a_refusal_of_one_is_enough():
    class Refuses:
        remembers = {}  # noqa: RUF012

        def decide(self, decision, world, default, month, terms=None):
            filled = np.ones_like(default)
            filled[:, :, 1] = 0.0
            return filled

    engine, world = alone({**STILL, **TALKING}, count=50, offer=1.0)
    engine.actors = Refuses()
    assert not engine.month(world).signed.any()


def test_more_parties_are_a_hurdle_even_where_company_helps():
    """The treaty of three in the quartet is signed less often than one of two of them would be."""
    engine, world = alone({"talks *>*": True, "severity *>*": 0}, world="quartet", count=2000)
    three = world.names.agreements.index("ROUND")
    chances = agreements.chance(
        agreements.sign_terms(world, engine.part("agreements").p, np.arange(2000), np.full(2000, three))
    )
    assert (chances[:, :3].prod(axis=1) < chances[:, :2].prod(axis=1)).all()


def test_of_two_accords_of_one_kind_never_both_are_in_force():
    talking = {"talks *>*": True, "severity *>*": 0, "turnover *": False}
    engine, world = alone(talking, world="quartet", count=300, offer=1.0, cool_off=0.0)
    lake, again = (world.names.agreements.index(code) for code in ("LAKE", "LAKE_AGAIN"))
    signed = 0
    for after in months(engine, world, 60):
        assert not (after.in_force[:, lake] & after.in_force[:, again]).any()
        signed += after.signed[:, again].sum()
    assert signed > 20


# Steps, pretence and what they tell


@given(good=CHANCE, bad=CHANCE, pretend=CHANCE)
def test_a_report_tells_less_the_likelier_it_is_pretended(good, bad, pretend):
    plain = float(agreements.step_evidence((good, bad), (0.0, 0.0)))
    assert plain == pytest.approx(np.clip(np.log(good / bad), -2, 2))
    blurred = float(agreements.step_evidence((good, bad), (pretend, pretend)))
    assert abs(blurred) <= abs(np.log(good / bad)) + 1e-9
    cheated = float(agreements.step_evidence((good, bad), (0.0, pretend)))
    assert cheated <= plain + 1e-9


def test_the_evidence_of_a_step_is_the_ratio_of_what_the_two_types_would_report():
    """By hand: leanings of .8 and .4 make step chances L(-1.735 + L^-1(.8)) = .4138 and .1052 at one for one; no pretence."""
    doctrine = {"if_trustworthy *>* reassure": 0.8, "if_trustworthy *>* pressure": 0.2,
                "if_exploitative *>* restrain": 0.4, "if_exploitative *>* pressure": 0.6,
                "decision *>* reassure": 0.5}  # fmt: skip
    given = {**STILL, **TALKING, **in_force("DEAL", **{"agreement_age DEAL": 5}), "agreement_binding DEAL": 0.15, **doctrine}
    chosen = {"step": 0.15, "step_doctrine": 1.0, "step_talks": 0.0, "step_every": 6.0, "lapse": 0.001}
    engine, world = alone(given, pretend=0.0001, exploiters_pretend=0.0, **chosen)
    after = engine.month(world)
    told = after.promise[:, 0] == 1
    assert told.any()
    expected = np.log(logistic(log_odds(0.15) + log_odds(0.8)) / logistic(log_odds(0.15) + log_odds(0.4)))
    assert np.abs(after.promise_evidence[told, 0] - expected).max() < 2e-3
    assert not after.promise[:, 1:].any()
    assert not after.promise_evidence[~told].any()


def step_shares(**parameters):
    """Shares of futures in which AAA takes, and pretends, its due step; it is trustworthy in half of them."""
    given = {**STILL, **in_force("DEAL", **{"agreement_age DEAL": 5}), "agreement_binding DEAL": 0.15,
             "agreement_verification DEAL": 0.5, "decision *>* *": 0.0, "decision *>* reassure": 0.5}  # fmt: skip
    engine, world = alone(given, step_every=6.0, step_talks=0.0, lapse=0.001, **parameters)
    types = np.arange(4000) % 2 == 0
    after = engine.month(world.replace({"trustworthy": np.repeat(types[:, None], 3, axis=1)}))
    pretended = after.cheat[:, DEAL] == 0
    taken = (after.steps_done[:, DEAL] == 1) & ~pretended
    return taken, pretended, types


def test_a_step_is_taken_and_pretended_as_often_as_the_terms_say():
    given = {"step": 0.2, "step_doctrine": 1.0, "pretend": 0.1, "exploiters_pretend": 1.0, "checks_deter": 0.0}
    taken, pretended, types = step_shares(**given)
    assert taken.mean() == pytest.approx(0.2, abs=0.03)
    for kind, chance in ((types, 0.1), (~types, float(logistic(log_odds(0.1) + 1.0)))):
        assert pretended[kind].mean() == pytest.approx(0.8 * chance, abs=0.03)


def test_a_state_that_leans_to_pressure_leaves_its_steps_undone():
    """The actor's own doctrine decides, be it the default one or one of somebody's own."""
    leaning = {"decision *>* *": 0.0, "decision *>* pressure": 1.0}
    given = {**STILL, **in_force("DEAL", **{"agreement_age DEAL": 5}), **leaning}
    engine, world = alone(given, step=0.3, step_doctrine=1.0, step_every=6.0, pretend=0.0001)
    assert engine.month(world).steps_done[:, DEAL].mean() < 0.01


def test_steps_are_owed_in_turn():
    given = {**STILL, **TALKING, **in_force("DEAL"), "agreement_binding DEAL": 0.5}
    engine, world = alone(given, count=500, step=0.9, pretend=0.0001, lapse=0.001)
    order = []
    for after in months(engine, world, 40):
        kept = after.promise == 1
        for step in range(1, 5):
            now = (after.steps_done[:, DEAL] == step) & (after.agreement_idle[:, DEAL] == 0) & after.in_force[:, DEAL]
            if now.any():
                owner = (step - 1) % 2
                assert kept[now, owner].all()
                assert not kept[now, 1 - owner].any()
                order.append(step)
    assert set(order) == {1, 2, 3, 4}


# How agreements end


def test_checks_find_a_pretence_within_a_year_as_often_as_they_say():
    cheating = in_force("DEAL", **{"cheat DEAL": 0, "steps_done DEAL": 1})
    cheating |= {"agreement_verification DEAL": 0.6, "agreement_binding DEAL": 0.15}
    engine, world = alone({**STILL, **cheating}, lapse=0.001, lapse_schedule=6.0, step=0.001, pretend=0.0001, step_every=36.0)
    for after in months(engine, world, 12):
        world = after
    found = 1.0 - world.in_force[:, DEAL].mean()
    assert found == pytest.approx(0.6, abs=0.03)


@given(credibility=st.floats(0.05, 0.95), rest=st.floats(-1.5, 1.5), weight=st.floats(0.5, 5), luck=CHANCE)
def test_the_credibility_needed_is_exactly_where_the_review_would_have_turned(credibility, rest, weight, luck):
    chance = logistic(rest + weight * (credibility - 0.3))
    needed = float(agreements.credibility_needed(credibility, chance, luck, weight=weight))
    if 0.0 < needed < 1.0:
        assert logistic(rest + weight * (needed - 0.3)) == pytest.approx(luck, rel=1e-6)
    elif needed == 1.0:
        assert logistic(rest + weight * (1.0 - 0.3)) <= luck + 1e-9
    assert (needed > credibility) == (luck > chance) or needed == pytest.approx(credibility)


def test_where_credibility_does_not_count_none_would_have_been_enough():
    assert float(agreements.credibility_needed(0.4, 0.5, 0.9, weight=0.0)) == 1.0


def test_two_newcomers_keep_an_agreement_with_the_product_of_their_chances():
    given = {**STILL, **in_force("DEAL"), "agreement_binding DEAL": 0.15, "credibility *>*": 0.3, "hawkishness *": 0.5,
             "turnover AAA": True, "turnover BBB": True}  # fmt: skip
    engine, world = alone(given, review_keep=0.7, lapse=0.001, lapse_schedule=6.0)
    after = engine.month(world)
    assert (after.ended[:, DEAL] == agreements.REVIEWED).mean() == pytest.approx(1 - 0.49, abs=0.03)


def test_a_review_shows_the_credibility_that_the_newcomer_found_and_more_that_it_would_have_needed():
    given = {**STILL, **in_force("DEAL"), "turnover AAA": True}
    engine, world = alone(given, draw=True, count=1000)
    after = engine.month(world)
    failed = after.ended[:, DEAL] == agreements.REVIEWED
    assert 50 < failed.sum() < 950
    assert after.review_credibility[failed, DEAL] == pytest.approx(world.credibility[failed, 0, 1], rel=1e-5)
    assert (after.review_needed[failed, DEAL] >= after.review_credibility[failed, DEAL] - 1e-5).all()
    assert not after.review_needed[~failed, DEAL].any()


def test_a_failed_review_is_a_clean_slate_or_a_breach_as_the_parameter_says():
    given = {**STILL, **in_force("DEAL"), "turnover AAA": True}
    for breach in (0.0, 0.4, 1.0):
        engine, world = alone(given, review_breach=breach)
        after = engine.month(world)
        failed = after.ended[:, DEAL] == agreements.REVIEWED
        blamed = after.promise[failed, 0] == -1
        assert blamed.mean() == pytest.approx(breach, abs=0.06)
        assert np.array_equal(after.reneging[failed, 0] > 0, blamed)


def test_of_two_causes_force_is_told_and_only_its_promise_is_broken():
    given = {**STILL, **in_force("DEAL"), "agreement_binding *": 0.15, "turnover BBB": True, "severity AAA>BBB": 5}
    engine, world = alone(given, force_breaks=0.99, review_keep=0.001, review_breach=1.0)
    after = engine.month(world)
    forced = after.ended[:, DEAL] == agreements.BY_FORCE
    assert forced.mean() > 0.95
    assert (after.ended_by[forced, DEAL] == 0).all()
    assert not (after.promise[forced, 1] < 0).any()


def test_a_firm_form_outlives_force_that_a_declaration_does_not():
    shares = []
    for binding in (0.15, 0.6):
        given = {**STILL, **in_force("DEAL"), "agreement_binding *": binding, "severity AAA>BBB": 3}
        engine, world = alone(given)
        shares.append((engine.month(world).ended[:, DEAL] == agreements.BY_FORCE).mean())
    assert shares[0] == pytest.approx(0.2, abs=0.03)
    assert shares[1] < 0.01


# Ties and the whole course


def test_the_firmest_of_several_agreements_binds_and_what_ended_binds_no_longer():
    both = {**in_force("PACT"), **in_force("DEAL"), "agreement_binding PACT": 0.1, "agreement_binding DEAL": 0.4}
    engine, world = alone({**STILL, **both}, count=3)
    world = engine.start(world)
    assert np.allclose(world.bound[:, 0, 1], 0.4)
    ended = with_values(world, {"in_force DEAL": False})
    tied = agreements.ties(ended, ended.in_force, slice(None))
    assert np.allclose(tied["bound"][:, 1, 0], 0.1)
    assert not tied["guaranteed"].any()
    assert not tied["bound"][:, 2].any()


def test_steps_due_at_the_start_follow_from_the_age_and_what_was_taken():
    engine, world = alone(world="quartet", count=1, step_every=8.0)
    world = engine.start(world)
    lake, pledge = (world.names.agreements.index(code) for code in ("LAKE", "PLEDGE"))
    assert (world.steps_due[0, lake], world.steps_done[0, lake]) == (3, 2)  # 24 months
    assert (world.steps_due[0, pledge], world.steps_done[0, pledge]) == (0, 0)  # 4 months


def test_books_are_in_order_in_every_month_of_whatever_happens():
    engine, world = alone({"talks *>*": True, "cheat *": -1}, world="quartet", count=200, draw=True)
    world = engine.start(world)
    generator = np.random.default_rng(1)
    ends = np.zeros(5, int)
    for _ in range(120):
        severity = generator.choice(np.array([0, 0, 0, 0, 0, 0, 0, 0, 0, 3], np.int8), world.severity.shape)
        turnover = generator.random(world.turnover.shape) < 0.03
        before = world.replace({"severity": severity, "turnover": turnover})
        world = next(months(engine, before, 1))
        assert faults(world) == []
        ended = world.ended > 0
        assert np.array_equal(world.in_force, (before.in_force & ~ended) | world.signed)
        assert not (world.signed & before.in_force).any()
        assert (before.in_force[ended]).all()
        assert (world.steps_done <= world.agreement_steps).all()
        assert (world.cheat[~world.in_force] == -1).all()
        assert np.array_equal(world.bound, np.swapaxes(world.bound, 1, 2))
        tied = agreements.ties(world, world.in_force, slice(None))
        assert all(np.array_equal(tied[name], getattr(world, name)) for name in tied)
        ends += np.bincount(world.ended.ravel(), minlength=5)
    assert (ends[1:] > 0).all(), ends


def test_without_agreements_nothing_happens():
    engine, world = alone(count=2)
    empty = world.replace({name: getattr(world, name)[:, :0] for name in ("in_force",)})
    assert agreements.step(empty, engine.part("agreements").p, None, None) == {}


def test_the_month_keeps_single_precision():
    engine, world = alone({"talks *>*": True}, count=20, world="quartet", draw=True)
    after = engine.month(engine.start(world))
    wide = [name for name in agreements.WRITES if getattr(after, name).dtype == np.float64]
    assert not wide
