"""Believe: the share is that of the futures, the region is found where it was put, what is rare is said to be rare."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from regime_abm import api, beliefs
from regime_abm.beliefs import Asked, believe
from regime_abm.errors import InputError
from regime_abm.paired import prior_draws
from tests.helpers import made_up

SMALL = {"draws": 40, "replicates": 3, "months": 12, "seed": 4}


def found(outcome: str = "legs", **options) -> beliefs.Belief:
    return believe(made_up("trio"), outcome, **{**SMALL, **options})


def planted(cases: np.ndarray, drawn: dict[str, np.ndarray], **changes) -> beliefs.Belief:
    """A belief about cases that a test makes up."""
    plain = found(above=4.0, draws=len(cases))
    values = np.repeat(cases[:, None], 3, axis=1)
    bare = replace(plain, values=values, cases=cases, drawn=drawn, discovery=None, near_discovery=None, **changes)
    return beliefs._with_region(bare, 2)


def drawn(draws: int = 600) -> dict[str, np.ndarray]:
    return prior_draws(draws, 1, ["trust.asymmetry", "trust.learning", "will.scare"])


def test_a_region_that_was_put_there_is_told_with_range_unit_prior_coverage_and_density():
    values = drawn()
    told = planted((values["trust.learning"] > 0.6).astype(float), values)
    assert told.discovery is not None
    (row,) = told.beliefs[told.beliefs["box"] == 1].to_dict(orient="records")
    assert row["parameter"] == "trust.learning"
    assert row["low"] == pytest.approx(0.6, abs=0.02)
    assert row["prior"] == "uniform 0.1 to 0.9"
    assert (row["prior_low"], row["prior_high"]) == pytest.approx((0.14, 0.86))
    text = " ".join(told.words())
    assert "at least once in 225 of 600 draws" in text
    assert f"trust.learning is above {row['low']:.3g} share. How much of the evidence's log ratio enters belief" in text
    assert "(density)" in text
    assert "(coverage)" in text
    assert "In draws held out: 96 %, elsewhere 0 %" in text


def test_a_region_that_does_not_hold_in_draws_held_out_is_not_to_be_believed():
    values = drawn()
    told = planted((values["trust.learning"] > 0.6).astype(float), values)
    assert told.discovery is not None
    assert not any("not to be believed" in line for line in told.words())
    (box,) = told.discovery.found
    idle = replace(told.discovery, found=(replace(box, held_density=0.3, held_elsewhere=0.4),))
    assert sum("So it is not to be believed." in line for line in replace(told, discovery=idle).words()) == 1


def test_what_never_occurs_is_said_and_the_nearest_graded_outcome_takes_its_place():
    values = drawn()
    told = planted(np.zeros(600), values, asked=Asked("robust_regime"), graded=values["will.scare"].astype(float))
    words = told.words()
    assert words[0].startswith("Robust security regime: 0 of 600 draws, nothing in these priors makes it")
    assert words[1].startswith("Nearest graded outcome: Legs of a regime that hold (legs), on average")
    assert told.discovery is None
    assert set(told.beliefs["parameter"]) == {"will.scare"}
    assert told.summary()["rare"] is True


def test_a_few_cases_are_too_few_for_a_region():
    cases = np.zeros(600)
    cases[:3] = 1.0
    told = planted(cases, drawn())
    assert told.discovery is None
    assert "at least once in 3 of 600 draws" in told.words()[0]
    assert "too few to tell what they have in common" in told.words()[0]


def test_the_share_is_that_of_the_futures_a_sweep_over_the_same_draws_would_count():
    told = found(above=4.0)
    graded = found(against=made_up("trio")).values
    assert told.values.shape == (40, 3)
    assert np.array_equal(told.values, (graded > 4.0).astype(float))
    assert np.array_equal(told.cases, told.values.mean(axis=1))


def test_workers_change_nothing():
    assert np.array_equal(found(above=4.0).values, found(above=4.0, workers=2).values)


def test_a_scenario_works_no_better_than_itself_and_one_with_calmer_states_does():
    same = found(against=made_up("trio"))
    assert same.occurred == same.worse == 0
    assert same.words()[0].startswith("Legs of a regime that hold: trio works better than trio: in 0 of 40 draws")
    calm = made_up("trio").with_parameters({"choice.cost_provoke": 3.0, "choice.cost_pressure": 1.0})
    better = believe(calm, "no_threat", against=made_up("trio"), draws=40, replicates=10, months=60, seed=4)
    assert better.occurred > 5
    assert better.worse == 0


def test_less_of_what_is_bad_works_better():
    assert Asked.of("crisis_months", None, None, compared=True).better == -1
    assert Asked.of("crisis_months", None, None, compared=True).downward
    assert not Asked.of("crisis", None, None, compared=True).downward
    assert Asked.of("legs", None, 3.0, compared=False).downward


def test_robust_regimes_are_put_to_the_test_and_others_are_not(monkeypatch):
    asked = []
    plain = beliefs.ensemble

    def heard(*words, **options):
        asked.append(options["robust"])
        return plain(*words, **options)

    monkeypatch.setattr(beliefs, "ensemble", heard)
    found("robust_regime")
    found("regime")
    assert asked == [True, False]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"outcome": "robust_regim"}, "unknown outcome 'robust_regim'"),
        ({"outcome": "legs"}, "outcome legs: is a number (legs); say above or below"),
        ({"outcome": "legs", "above": 1.0, "below": 2.0}, "give above or below, not both"),
        ({"outcome": "war", "above": 0.5}, "outcome war: comes about or not"),
        ({"outcome": "war", "draws": 5}, "draws: 5 is outside 20 to 1000000"),
        ({"outcome": "war", "replicates": 1}, "replicates: 1 is outside 2 to 1000000"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(options, words):
    with pytest.raises(InputError) as error:
        api.believe("baseline_2018", **options)
    assert words in str(error.value)


def test_the_summary_is_json():
    summary = json.loads(json.dumps(found(above=4.0).summary()))
    assert (summary["draws"], summary["replicates"], summary["seed"]) == (40, 3, 4)
    assert 0.0 <= summary["share_of_draws"] <= 1.0
