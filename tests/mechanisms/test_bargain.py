"""The bargain of an arsenal against assurances: what is worth giving up, what a fall sets off, and that off means off."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regime_abm.core.world import FLEETING
from regime_abm.mechanisms import bargain
from regime_abm.scenario import load
from tests.helpers import after, differences, prepared, with_values

UNIT = st.floats(0, 1)
WEIGHTS = ("deeds", "words", "tempts", "foresight", "insistence", "production", "testing", "step_size")
DEFAULTS = {item.name: item.default for item in bargain.PARAMETERS}


def values(**other):
    return SimpleNamespace(**{**DEFAULTS, **other})


def worth(p, threat=0.5, credibility=0.5, trust=0.5, bite=0.5, ahead=0.0):
    return sum(bargain.worth_terms(threat, credibility, trust, bite, ahead, p=p).values())


@given(arsenal=UNIT, growth=UNIT, cut=st.floats(0, 2))
def test_the_arsenal_stays_on_its_scale(arsenal, growth, cut):
    assert 0.0 <= bargain.next_arsenal(arsenal, growth, cut) <= 1.0


@given(threat=UNIT, credibility=UNIT, trust=UNIT, bite=UNIT)
def test_more_belief_makes_a_step_worth_more_and_more_doubt_in_the_neighbour_less(threat, credibility, trust, bite):
    p = values()
    assert worth(p, threat, min(credibility + 0.1, 1.0), trust, bite) >= worth(p, threat, credibility, trust, bite)
    assert worth(p, threat, credibility, trust, bite) >= worth(p, threat, credibility, trust - 0.1, bite)


def test_the_sceptics_parameters_can_beat_full_credibility_and_the_optimists_can_beat_the_sceptics():
    """Within the priors both signs are possible."""
    sceptic = values(assurance=0.2, domestic=0.8, coercive=0.6)
    optimist = values(assurance=1.9, domestic=0.1, coercive=0.05)
    assert worth(sceptic, credibility=1.0) < 0 < worth(optimist, credibility=0.6)


def test_a_relief_that_looks_like_a_bribe_makes_a_step_worth_less():
    assert worth(values(relief=-0.1), bite=1.0) < worth(values(relief=-0.1), bite=0.0)


@given(sequence=st.floats(0, 3.99), own=st.integers(0, 8), others=st.integers(0, 8), disarmed=st.integers(0, 8))
def test_never_do_both_sides_wait_and_in_parallel_nobody_does(sequence, own, others, disarmed):
    owner, assurers = bargain.waits(sequence, own, others, disarmed)
    assert not (owner and assurers)
    if sequence < 1:
        assert not owner
        assert not assurers


def test_left_alone_the_arsenal_closes_on_one_as_the_limit_case_says(trio):
    still = {"bargain.production": 0.01, "bargain.testing": 0.0, "agreements.offer": 0.0}
    run, world = prepared(trio.with_modules(["bargain"]).with_parameters(still), count=20, draw=False)
    end = after(run, world, 60)
    left = (1.0 - world.arsenal[:, 0]) * 0.99**60
    assert end.arsenal[:, 0] == pytest.approx(1.0 - left, rel=1e-4)
    assert np.array_equal(end.arsenal[:, 1:], world.arsenal[:, 1:])  # nobody else's is bargained over


def carried_out(trio, **parameters):
    """Sixty months of a deal in force whose steps are taken as soon as they are due, and which nothing ends."""
    sure = {
        "step": 0.999,
        "lapse": 0.001,
        "pretend": 0.0001,
        "force_breaks": 0.001,
        "review_keep": 0.999,
        "step_every": 1.0,
    }
    quiet = {
        **{f"agreements.{name}": value for name, value in sure.items()},
        "bargain.production": 0.0,
        "bargain.testing": 0.0,
    }
    chosen = {f"bargain.{name}": value for name, value in parameters.items()}
    run, world = prepared(trio.with_modules(["bargain"]).with_parameters({**quiet, **chosen}), count=200)
    there = {"in_force DEAL": True, "arsenal AAA": 0.6, "arsenal_start AAA": 0.6, "agreement_binding DEAL": 1.0}
    return world, after(run, with_values(world, there), 60)


def test_a_bargain_that_is_carried_out_cuts_the_arsenal_by_one_step(trio):
    """The chain as a whole: the core's own steps, seen a month later, once each."""
    _, end = carried_out(trio, step_size=0.25)
    through = (end.steps_done[:, 1] >= 3) & (end.cheat[:, 1] < 0) & end.in_force[:, 1] & (end.agreement_age[:, 1] == 60)
    assert through.sum() > 20
    assert end.arsenal[through, 0] == pytest.approx(0.35, abs=1e-6)
    assert (end.arsenal[:, 0] >= 0.6 - 0.25 * 8).all()


def test_a_signature_alone_disarms_nobody(trio):
    scenario = trio.with_modules(["bargain"]).with_parameters(
        {"bargain.production": 0.0, "bargain.testing": 0.0, "agreements.step": 0.001, "agreements.signing": 0.999}
    )
    run, world = prepared(scenario, count=100)
    signed, dismantled, start = np.zeros(100, bool), np.zeros(100, bool), world.arsenal
    for _ in range(36):
        world = run.month(world)
        signed |= world.signed[:, 1]
        dismantled |= world.steps_done[:, 1] >= 3
    assert (signed & ~dismantled).sum() > 30
    assert np.array_equal(world.arsenal[~dismantled, 0], start[~dismantled, 0])


def test_a_fall_lowers_the_assurers_cooperation_and_the_owners_belief_within_the_core(trio):
    """The commitment problem reaches the core's own sums: same luck, one arsenal fallen."""
    scenario = trio.with_modules(["bargain"]).with_parameters({"bargain.tempts": 0.8, "bargain.foresight": 2.0})
    run, world = prepared(scenario, count=50)
    fallen = run.month(with_values(world, {"arsenal AAA": 0.05, "arsenal_start AAA": 0.6}))
    kept = run.month(with_values(world, {"arsenal AAA": 0.6, "arsenal_start AAA": 0.6}))
    assert (fallen.credibility[:, 0, 1] < kept.credibility[:, 0, 1]).all()
    assert (fallen.gain_push[:, 1, 0] < kept.gain_push[:, 1, 0]).all()


def test_the_terms_of_a_states_worth_are_told_and_there_are_none_for_a_state_without_a_bargain(trio):
    run, world = prepared(trio.with_modules(["bargain"]), count=3)
    p = run.engine.part("bargain").p
    assert list(bargain.terms(world, p, 0)) == [
        "assurances believed",
        "relief from sanctions",
        "shield against threats",
        "standing at home",
        "leverage",
        "exposure",
    ]
    assert bargain.terms(world, p, 1) == {}


def test_a_smaller_arsenal_that_a_scenario_assumes_counts_as_a_fall(tmp_path, trio):
    from tests.helpers import WORLDS

    path = tmp_path / "less.toml"
    path.write_text(
        f'schema = 1\nextends = "{WORLDS / "trio.toml"}"\nmodules = ["bargain"]\n[initial]\n"arsenal AAA" = {{ value = 0.0 }}\n'
    )
    _, world = prepared(load(path), count=5)
    assert not world.arsenal[:, 0].any()
    assert (world.arsenal_start[:, 0] > 0.1).all()


def test_with_all_weights_at_nothing_the_module_changes_no_bit_of_the_core():
    plain = load("baseline_2018")
    with_it = plain.with_modules(["bargain"]).with_parameters({f"bargain.{name}": 0.0 for name in WEIGHTS})
    one, other = (after(*prepared(scenario, count=5), 40) for scenario in (plain, with_it))
    assert differences(one, other, skip=("arsenal_start", *FLEETING)) == []
    assert other.arsenal_start.any()


def test_the_arsenal_moves_when_it_is_on_and_stays_when_it_is_off():
    plain = load("baseline_2018")
    off, on = (prepared(scenario, count=5) for scenario in (plain, plain.with_modules(["bargain"])))
    assert np.array_equal(after(*off, 24).arsenal, off[1].arsenal)
    moved = after(*on, 24).arsenal != on[1].arsenal
    assert moved[:, 0].all()
    assert not moved[:, 1:].any()
