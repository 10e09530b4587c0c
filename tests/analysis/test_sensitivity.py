"""Sensitivity of the model itself: SALib says the same of the same outputs, and no worker or neighbour changes a bit."""

from __future__ import annotations

import json

import numpy as np
import pytest
from SALib.analyze import morris as salib_morris
from SALib.analyze import sobol as salib_sobol

import regime_abm
from regime_abm import api, influence
from regime_abm.core.parameter import parameters_of
from regime_abm.ensemble import simulate
from regime_abm.errors import InputError
from regime_abm.mechanisms import COMPLETE, SCHEDULE
from regime_abm.scenario import load
from tests.analysis.known import problem
from tests.helpers import made_up

NAMES = ("choice.precision", "provocation.campaign_ends", "trust.asymmetry")
SHORT = {"months": 12, "replicates": 3, "parameters": NAMES, "seed": 4}
OUTCOMES = ("regime_strength", "reciprocity")
WORLD = "baseline_2018"


@pytest.fixture(scope="module")
def shares():
    return api.sensitivity(WORLD, "sobol", samples=32, outcomes=OUTCOMES, **SHORT)


@pytest.fixture(scope="module")
def screened():
    return api.sensitivity(WORLD, "morris", samples=6, outcomes=OUTCOMES, **SHORT)


def by_name(found, key, column):
    rows = found.table[found.table.outcome == key].set_index("parameter")
    return rows.loc[list(NAMES), column].to_numpy()


@pytest.mark.parametrize("key", OUTCOMES)
def test_sobol_on_this_model_is_what_salib_says_of_the_same_outputs(shares, key):
    theirs = salib_sobol.analyze(problem(3), shares.outputs[key].mean(axis=1), calc_second_order=False, seed=1)
    assert shares.outputs[key].std() > 0
    assert by_name(shares, key, "first") == pytest.approx(theirs["S1"], abs=1e-10)
    assert by_name(shares, key, "total") == pytest.approx(theirs["ST"], abs=1e-10)


@pytest.mark.parametrize("key", OUTCOMES)
def test_morris_on_this_model_is_what_salib_says_of_the_same_outputs(screened, key):
    """SALib takes each step for 2/3 of the range, these go half of it."""
    theirs = salib_morris.analyze(problem(3), screened.sample.points, screened.outputs[key].mean(axis=1), seed=1)
    for name in ("mu", "mu_star", "sigma"):
        expected = np.asarray(theirs[name], float) * (2 / 3) / 0.5
        assert by_name(screened, key, name) == pytest.approx(expected, abs=1e-10)


def test_a_cell_is_what_its_values_give_when_run_alone(shares):
    place = 17
    own = {name: shares.cells[name].to_numpy()[place : place + 1] for name in NAMES}
    alone = simulate(load(WORLD), 4, 0, 3, months=12, values=own)
    assert alone.series["reciprocity"][:, -1].tolist() == shares.outputs["reciprocity"][place].tolist()


@pytest.mark.parametrize("size", [2, 7])  # less than the replicates of a cell; a few cells
def test_how_cells_are_put_side_by_side_changes_no_bit(monkeypatch, size):
    whole = api.sensitivity(WORLD, "morris", samples=2, outcomes=OUTCOMES, **SHORT)
    monkeypatch.setattr(influence, "chunk_size", lambda scenario: size)
    again = api.sensitivity(WORLD, "morris", samples=2, outcomes=OUTCOMES, **SHORT)
    for key in OUTCOMES:
        assert (again.outputs[key] == whole.outputs[key]).all()


def test_workers_change_no_bit(screened):
    again = api.sensitivity(WORLD, "morris", samples=6, outcomes=OUTCOMES, workers=2, **SHORT)
    assert again.table.equals(screened.table)


def test_values_are_the_priors_quantiles_of_the_points(shares):
    known = parameters_of(SCHEDULE)
    for place, name in enumerate(NAMES):
        item, points = known[name], shares.sample.points[:, place]
        assert shares.cells[name].to_numpy() == pytest.approx(
            item.prior.quantile(points, item.low, item.high), rel=1e-6
        )


def test_the_parameters_are_ranked_by_what_is_not_luck(shares, screened):
    for found in (shares, screened):
        for _, rows in found.table.groupby("outcome"):
            assert rows["rank"].tolist() == [1, 2, 3]
            assert rows["net"].is_monotonic_decreasing
            assert (rows["net_low"] <= rows["net"]).all()
            assert (rows["net"] <= rows["net_high"]).all()


def test_with_one_replicate_luck_is_not_known_and_the_total_ranks():
    found = api.sensitivity(WORLD, "sobol", samples=8, outcomes="reciprocity", **{**SHORT, "replicates": 1})
    assert found.table["net"].isna().all()
    assert found.table["total"].is_monotonic_decreasing
    assert found.outcomes["luck_share"].isna().all()


def test_a_parameter_that_nothing_reads_in_this_world_has_no_effect_at_all():
    """Trio has no nuclear programme, so how fast campaigns test moves nothing, bit for bit."""
    found = api.sensitivity(
        made_up("trio"), "morris", samples=4, outcomes="reciprocity", months=12, replicates=2,
        parameters=["provocation.rate_campaign", "choice.precision"],
    )  # fmt: skip
    effects = found.table.set_index("parameter")["mu_star"]
    assert effects["choice.precision"] > 0
    assert effects["provocation.rate_campaign"] == 0


def test_by_default_all_that_the_scenario_leaves_open_and_that_has_a_width_is_varied():
    known = parameters_of(SCHEDULE)
    plain = made_up("trio")
    names = influence.varied(plain)
    assert set(known) - set(names) == {"choice.mutual_gain", "disputes.hearings"}  # their priors are one point
    assert "trust.learning" not in influence.varied(plain.with_parameters({"trust.learning": 0.4}))
    assert influence.varied(plain.with_parameters({"trust.learning": 0.4}), ["trust.learning"]) == ("trust.learning",)


def test_parameters_of_an_optional_module_are_varied_where_it_is_on_and_refused_where_it_is_off():
    plain = made_up("trio")
    (name, *_) = [key for key in parameters_of(COMPLETE) if key not in parameters_of(SCHEDULE)]
    on = plain.with_modules([name.split(".")[0]])
    assert name not in influence.varied(plain)
    assert name in influence.varied(on)
    with pytest.raises(InputError, match=f"{name} belongs to an optional module that is off in trio"):
        influence.varied(plain, [name])


def test_the_size_and_time_are_told_before_the_work_begins():
    heard, order = [], []
    api.sensitivity(
        made_up("trio"),
        "morris",
        samples=2,
        estimate=lambda futures, seconds: (heard.append((futures, seconds)), order.append("estimate")),
        progress=lambda done, wanted: (heard.append((done, wanted)), order.append("progress")),
        **SHORT,
    )
    assert order[0] == "estimate"
    assert heard[0][0] == 2 * 4 * 3
    assert 0 < heard[0][1] < 60
    assert heard[-1] == (2 * 4 * 3 * 12, 2 * 4 * 3 * 12)


def test_an_outcome_that_some_futures_do_not_have_is_refused_at_once_with_the_first_of_them():
    """A few months hold no three disputes, and below three there is no share of those settled."""
    few = {**SHORT, "months": 3}
    with pytest.raises(InputError, match=r"outcome peaceful_settlement: has no value in \d+ of \d+ futures, the first is"):
        api.sensitivity(WORLD, "morris", samples=2, outcomes="peaceful_settlement", **few)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"method": "moris"}, "unknown method 'moris'; did you mean \"morris\""),
        ({"parameters": ["trust.asymetry"]}, "unknown parameter 'trust.asymetry'; did you mean \"trust.asymmetry\""),
        ({"parameters": ["choice.mutual_gain"]}, "has a prior of one point"),
        ({"parameters": ["trust.learning", "trust.learning"]}, "name each once"),
        ({"parameters": []}, "at least one"),
        ({"outcomes": "peace"}, "unknown outcome 'peace'"),
        ({"method": "sobol", "samples": 100}, "not a power of two; take 64 or 128"),
        ({"samples": 1}, "Morris needs 2 trajectories"),
        ({"samples": 0}, "samples: 0 is outside 1"),
        ({"replicates": 0}, "replicates: 0 is outside 1"),
        ({"samples": 10_000, "replicates": 100}, "at most 1,000,000"),
        ({"months": 0}, "months: 0 is outside 1"),
        ({"workers": 0}, "workers: 0 is outside 1"),
        ({"preset": "sceptik"}, "unknown preset"),
    ],
)
def test_what_cannot_be_run_is_refused_in_one_line(words, told):
    with pytest.raises(InputError, match=told) as caught:
        api.sensitivity(made_up("trio"), **words)
    assert "\n" not in str(caught.value)


def test_the_summary_is_json_and_holds_what_is_needed_to_run_it_again(shares):
    found = json.loads(json.dumps(shares.summary(), allow_nan=False))
    assert (found["method"], found["samples"], found["replicates"], found["seed"]) == ("sobol", 32, 3, 4)
    assert found["futures"] == 32 * 5 * 3
    assert len(found["table"]) == 6


def test_it_is_part_of_the_package_after_it_was_used(shares):
    """A module of that name would stand in the function's way once it is imported."""
    assert callable(regime_abm.sensitivity)
    assert callable(regime_abm.discover)
