"""The gates measure what they say: hand-made records whose answers are known, and a short real run."""

from __future__ import annotations

import json

import numpy as np
import pytest

from regime_abm import api
from regime_abm.core.parameter import name_of, parameters_of
from regime_abm.measures.outcome import KEYS
from regime_abm.mechanisms import COMPLETE, MODULES
from regime_abm.scenario import load, load_preset
from regime_abm.validate import (
    Diary,
    carried_out,
    ever,
    favourable,
    first_passages,
    half_life,
    keep_diary,
    lives,
    mean_life,
    mean_spell,
    movement_gates,
    outcome_gates,
    willing,
)
from tests.cli.test_commands import TRIO, good, regime


def diary(months=48, **given):
    """Two futures, three dyads, one programme, two agreements: a bilateral declaration and a four-party plan of steps."""
    shapes = {"trust": (months + 1, 2, 3), "campaign": (months + 1, 2, 1), "tests": (months + 1, 2, 1)}
    arrays = {name: np.zeros(shape) for name, shape in shapes.items()}
    arrays["trust"][:] = 0.5
    arrays["campaign"] = arrays["campaign"].astype(bool)
    for name in ("signed", "ended", "done"):
        arrays[name] = np.zeros((months + 1, 2, 2), np.int8)
    return Diary(**(arrays | given), parties=np.array([2, 4]), steps=np.array([0, 3]))


def gate(gates, key):
    (found,) = [item for item in gates if item.key == key]
    return found


# Lives of agreements


def test_a_life_goes_from_signature_to_end_and_each_signature_has_its_own():
    told = diary()
    for month in (3, 20):
        told.signed[month, 0, 0] = True
    for month in (11, 26):
        told.ended[month, 0, 0] = 1
    months, seen = lives(told, np.array([True, True]))
    assert sorted(months) == [6, 8]
    assert seen.all()


def test_an_end_of_what_was_in_force_at_the_start_belongs_to_no_signature():
    told = diary()
    told.ended[2, 0, 1] = 2
    told.signed[10, 0, 1] = True
    months, seen = lives(told, np.array([True, True]))
    assert months.tolist() == [38]
    assert not seen.any()


def test_lives_look_at_the_agreements_asked_for():
    told = diary()
    told.signed[1] = True
    told.ended[5, :, 0] = 1
    months, _ = lives(told, np.array([True, False]))
    assert months.tolist() == [4, 4]


def test_the_half_life_of_a_steady_hazard_is_found_although_most_ends_are_not_seen():
    """Lives drawn with 8 months' half-life and watched for 10 months only."""
    drawn = np.random.default_rng(1).geometric(1 - 0.5 ** (1 / 8), 20_000)
    seen = drawn <= 10
    assert half_life(np.minimum(drawn, 10), seen) == pytest.approx(8, abs=1)
    assert mean_life(np.minimum(drawn, 10), seen) == pytest.approx(1 / (1 - 0.5 ** (1 / 8)), rel=0.03)


def test_nothing_signed_has_no_half_life():
    months, seen = lives(diary(), np.array([True, True]))
    assert half_life(months, seen) is None
    assert mean_life(months, seen) is None


# Words and deeds


def test_carried_out_is_what_stands_with_all_its_steps_in_time():
    """Three steps signed five times: done in time, done too late, pretended, ended half-way, too late to be judged."""
    told = Diary(
        np.full((100, 5, 1), 0.5),
        np.zeros((100, 5, 1), bool),
        np.zeros((100, 5, 1)),
        signed=np.zeros((100, 5, 1), bool),
        ended=np.zeros((100, 5, 1), np.int8),
        done=np.zeros((100, 5, 1), np.int8),
        parties=np.array([4]),
        steps=np.array([3]),
    )
    told.signed[[10, 10, 10, 10, 70], range(5)] = True
    told.done[40:, [0, 4]] = 3
    told.done[75:, 1] = 3
    told.done[30:, 2] = 0  # three reported, one of them pretended
    told.ended[35, 3] = 1
    told.done[50:, 3] = 3  # of a later signature
    assert carried_out(told, 60) == 0.25
    assert gate(movement_gates(told), "signature_is_not_implementation").met is True
    told.done[20:] = 3
    assert carried_out(told, 60) == 1.0
    assert gate(movement_gates(told), "signature_is_not_implementation").met is False


def test_a_declaration_without_steps_has_nothing_to_carry_out():
    told = diary(100)
    told.signed[5, :, 0] = True
    assert carried_out(told, 60) is None


def test_who_disarms_in_the_median_run_misses_the_gate():
    falls = np.concatenate([np.full((1, 4), 0.6), np.array([[0.7, 0.2, 0.01, 0.2]])])
    gates = movement_gates(diary(1, arsenal=falls))
    assert gate(gates, "arsenal_kept").value == pytest.approx(1 / 3)
    assert gate(gates, "arsenal_kept").met is False
    assert gate(gates, "disarmed").value == 0.25
    assert gate(gates, "disarmed").met is False
    gates = movement_gates(diary(1, arsenal=np.full((2, 4), 0.6)))
    assert gate(gates, "arsenal_kept").met is True
    assert gate(gates, "disarmed").met is True


@pytest.mark.parametrize(("modules", "told"), [((), False), (("rivalry",), False), (("bargain",), True)])
def test_an_arsenal_that_nothing_moves_is_no_promise_kept(modules, told):
    record = keep_diary(load("baseline_2018").with_modules(modules), 1, 3, 2, lambda _: None)
    assert (record.arsenal is not None) == told
    assert any(item.key == "arsenal_kept" for item in movement_gates(record)) == told


# Provocation


def test_a_spell_that_never_ends_has_no_mean():
    assert mean_spell(np.ones((10, 2), bool)) is None


def test_spells_are_counted_over_all_futures():
    flag = np.zeros((21, 2, 1), bool)
    flag[1:9, 0], flag[4:8, 1] = True, True
    assert mean_spell(flag) == 6.0


def test_rates_are_those_of_the_months_in_which_the_programme_tests():
    told = diary()
    told.campaign[1:11, 0] = True
    told.tests[1:11, 0] = 2
    told.tests[20, 1] = 1
    gates = movement_gates(told)
    assert gate(gates, "rate_campaign").value == 2.0
    assert gate(gates, "rate_campaign").met is True
    assert gate(gates, "rate_restraint").value == pytest.approx(1 / 86)
    assert gate(gates, "rate_restraint").met is False


# Trust


def test_trust_that_only_rises_or_is_stuck_misses_its_gate():
    rising = diary()
    rising.trust[:] = np.linspace(0.3, 0.99, 49)[:, None, None]
    gates = movement_gates(rising)
    assert gate(gates, "trust_falls").value == 0.0
    assert gate(gates, "trust_falls").met is False
    assert gate(gates, "trust_sticks").value == 1.0
    assert gate(gates, "trust_sticks").met is False


def test_trust_that_goes_up_and_down_meets_it():
    moving = diary()
    moving.trust[:] = 0.5 + 0.2 * np.sin(np.arange(49) * 2 * np.pi / 24 + 1)[:, None, None]
    gates = movement_gates(moving)
    assert gate(gates, "trust_falls").value == 0.5
    assert gate(gates, "trust_falls").met is True
    assert gate(gates, "trust_sticks").value == 0.0


# Outcomes


def classes(*rows):
    """One future a row: classes month by month, by key."""
    return np.array([[-1, *map(KEYS.index, row)] for row in rows])


def test_a_class_passed_through_counts_as_ever_reached():
    calm, bad = "cold_peace", "crisis"
    found = classes([calm, bad, calm], [calm, calm, calm], [calm, calm, bad], [calm, calm, calm])
    assert ever(found, ("crisis",), 3) == 0.5
    assert ever(found, ("crisis",), 2) == 0.25
    (row,) = [item for item in first_passages("x", found) if item["outcome"] == "crisis"]
    assert (row["ever"], row["median"]) == (0.5, 2.5)
    (row,) = [item for item in first_passages("x", found) if item["outcome"] == "war"]
    assert (row["ever"], row["median"]) == (0.0, None)


def test_outcome_gates_read_the_arm_they_name():
    calm, regime = ["cold_peace"] * 3, ["cold_peace", "fragile_regime", "robust_regime"]
    quiet = classes(*[calm] * 99, ["crisis"] * 3)
    names = ("agnostic", "agnostic, tested", "institutionalist", "sceptic")
    arms = {**dict.fromkeys(names, quiet), "every lever": classes(calm, regime)}
    gates = outcome_gates(arms)
    assert gate(gates, "levers_work").value == 0.5
    assert gate(gates, "levers_work").met is True
    assert gate(gates, "sceptic_is_consistent").met is True
    assert gate(gates, "no_monopoly").value == 0.99
    assert gate(gates, "no_monopoly").met is False
    fragile = [*regime[:2], "fragile_regime"]
    arms |= {"agnostic": classes(*[calm] * 4, fragile), "agnostic, tested": classes(*[calm] * 9, regime)}
    gates = outcome_gates(arms)
    assert gate(gates, "fragile_or_better").value == 0.2
    assert gate(gates, "fragile_or_better").met is False
    assert gate(gates, "robust").value == 0.1
    assert gate(gates, "robust").met is False
    assert gate(gates, "community").met is True


def test_a_regime_that_did_not_last_is_no_robust_end():
    gone = classes(["robust_regime", "robust_regime", "crisis"])
    calm = classes(["cold_peace"] * 3)
    arms = dict.fromkeys(("agnostic", "agnostic, tested", "institutionalist", "sceptic"), calm) | {"every lever": gone}
    gates = outcome_gates(arms)
    assert gate(gates, "levers_work").met is False
    assert gate(gates, "ever_a_regime_every lever").value == 1.0


# Levers


def test_every_lever_is_pushed_to_the_end_on_its_own_side():
    known, preset = parameters_of(COMPLETE), load_preset("institutionalist")
    pushed = favourable(preset).parameters
    assert set(pushed) == set(preset.parameters)
    for key, value in preset.parameters.items():
        side = np.sign(value - known[key].prior.quantile(np.array([0.5]), known[key].low, known[key].high)[0])
        assert (pushed[key] - value) * side >= 0, key
        assert known[key].low <= pushed[key] <= known[key].high


def test_the_willing_start_at_the_top_of_their_ranges_and_nothing_else_moves():
    plain = load("baseline_2018")
    _, usual = plain.prepare(1, 0, 3)
    _, eager = willing(plain).prepare(1, 0, 3)
    assert (eager.will >= usual.will).all()
    assert (eager.norm >= usual.norm).all()
    assert np.ptp(eager.will, axis=0).max() == 0
    assert np.array_equal(eager.hawkishness, usual.hawkishness)


# As a user meets it


def test_validate_prints_every_gate_with_its_goal():
    text = good("validate", TRIO, "-n", "12", "--months", "24")
    for word in (
        "What the model promises",
        "below 5 %",
        "mean spell of campaigns",
        "first reached",
        "sceptic: ever a regime",
    ):
        assert word in text


def test_validate_json_is_complete_and_repeatable():
    words = ("validate", TRIO, "-n", "12", "--months", "24", "--json")
    one, other = (json.loads(good(*words)) for _ in range(2))
    assert one["gates"] == other["gates"]
    assert {item["key"] for item in one["gates"]} >= {"war", "robust", "signatures", "trust_falls", "levers_work"}
    assert one["missed"] == [item["key"] for item in one["gates"] if item["met"] is False]


def test_the_modules_that_are_on_are_those_asked_for():
    words = ("validate", "-n", "4", "--months", "3", "--json")
    everything = json.loads(good(*words, "--modules", "all"))
    assert everything["modules"] == [name_of(module) for module in MODULES]
    assert json.loads(good(*words, "--modules", "bargain, sanctions"))["modules"] == ["bargain", "sanctions"]
    plain = json.loads(good(*words, "--modules", "none"))
    assert plain["modules"] == []
    assert plain["gates"] != everything["gates"]
    refused = regime(*words, "--modules", "bargian")
    assert refused.returncode != 0
    assert "modules: unknown module 'bargian'; did you mean \"bargain\"?" in refused.stderr


def test_a_missed_gate_is_an_error_only_when_asked():
    words = ("validate", TRIO, "-n", "12", "--months", "12")
    assert regime(*words).returncode == 0
    assert regime(*words, "--strict").returncode == 1  # no future of a year holds ten signatures


def test_progress_reaches_the_end_and_never_falls():
    heard = []
    api.validate(TRIO, replicates=6, months=6, progress=lambda done, wanted: heard.append((done, wanted)))
    done, wanted = zip(*heard, strict=True)
    assert list(done) == sorted(done)
    assert done[-1] == wanted[-1]


def test_out_of_range_is_refused():
    with pytest.raises(api.InputError, match="replicates: 0 is outside"):
        api.validate(TRIO, replicates=0)
