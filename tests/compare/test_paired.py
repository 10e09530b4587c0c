"""Twin experiments: twins differ by the treatment alone, draws are independent cases, and signs are judged with care."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from regime_abm.core.parameter import parameters_of
from regime_abm.ensemble import ensemble, simulate, stream
from regime_abm.errors import InputError
from regime_abm.mechanisms import COMPLETE
from regime_abm.paired import FEWEST, Difference, drivers, measured, paired, prior_draws, together
from regime_abm.yardsticks import late_mean
from tests.helpers import made_up

KEYS = ("reciprocity", "crisis_months", "talks", "peaceful_settlement")


@pytest.fixture(scope="module")
def trio():
    return made_up("trio")


@pytest.fixture(scope="module")
def experiment(trio):
    arms = {
        "shy": trio.with_parameters({"forums.talks_open": 0.01}),
        "keen": trio.with_parameters({"forums.talks_open": 0.4}),
    }
    return paired(arms, KEYS, draws=40, replicates=4, seed=3, months=36)


# Draws


def test_each_slice_of_a_prior_holds_one_draw():
    drawn, known = prior_draws(50, 1), parameters_of(COMPLETE)
    assert set(drawn) == set(known)
    for name in ("trust.asymmetry", "forums.rivals_pull", "choice.precision"):
        edges = known[name].prior.quantile(np.linspace(0.0, 1.0, 51), known[name].low, known[name].high)
        assert np.histogram(drawn[name], edges)[0].tolist() == [1] * 50, name


def test_a_parameter_draws_the_same_whoever_else_draws():
    alone, among = prior_draws(20, 1, ["trust.learning"]), prior_draws(20, 1)
    assert np.array_equal(alone["trust.learning"], among["trust.learning"])
    assert not np.array_equal(alone["trust.learning"], prior_draws(20, 2)["trust.learning"])


def test_parameters_are_drawn_apart_from_each_other():
    drawn = prior_draws(400, 1, ["trust.learning", "trust.state_share", "choice.precision"])
    assert np.abs(np.corrcoef(np.array(list(drawn.values()))) - np.eye(3)).max() < 0.15


# Twins


def test_arms_that_are_the_same_differ_in_nothing(trio):
    found = paired({"one": trio, "other": trio}, KEYS, draws=3, replicates=3, months=24)
    for key in KEYS:
        difference = found.difference("one", "other", key)
        assert set(difference.mean[~np.isnan(difference.mean)]) <= {0.0}
        assert difference.signed == 0
        assert not difference.occurs(1)
        assert not difference.occurs(-1)


def test_the_treatment_is_seen(experiment):
    talks = experiment.difference("keen", "shy", "talks")
    mean, low, high = talks.interval
    assert 0.1 < low < mean < high
    assert talks.testable
    assert talks.share(1) == 1.0
    assert talks.occurs(1)
    assert not talks.occurs(-1)


def test_what_an_arm_sets_is_not_drawn_there_and_all_else_is(experiment):
    assert experiment.set_by == {"shy": frozenset({"forums.talks_open"}), "keen": frozenset({"forums.talks_open"})}
    named = {name for name, _ in experiment.drivers("keen", "shy", "talks", most=200)}
    assert "forums.talks_open" not in named


def test_every_draw_has_luck_of_its_own(trio):
    """The same parameter values in all draws, and yet other futures: draws are independent cases."""
    same = {"trust.asymmetry": np.full(4, 2.0, np.float32)}
    found = paired({"one": trio}, KEYS, draws=4, replicates=3, seed=9, months=24, drawn=same)
    assert len(np.unique(found.values["one"]["reciprocity"])) == 12


def test_draw_d_runs_its_own_replicates_with_its_own_values(trio):
    found = paired({"one": trio}, KEYS, draws=4, replicates=3, seed=9, months=24)
    own = {name: values[2:3] for name, values in found.drawn.items()}
    chunk = simulate(trio, 9, 6, 3, months=24, values=own)
    assert np.array_equal(late_mean(chunk.series["reciprocity"]), found.values["one"]["reciprocity"][2])


def test_chunks_and_workers_change_nothing(trio):
    each = {"choice.precision": np.linspace(2.0, 6.0, 11, dtype=np.float32)}
    options = {"seed": 4, "months": 12, "own": lambda scenario: each}
    whole, _ = measured({"one": trio}, KEYS, 11, **options)
    for more in ({"chunk": 3}, {"workers": 2}):
        part, _ = measured({"one": trio}, KEYS, 11, **options, **more)
        for key in KEYS:
            assert np.array_equal(whole["one"][key], part["one"][key], equal_nan=True)


def test_rows_of_a_posterior_can_take_the_place_of_prior_draws(trio):
    rows = {"choice.precision": np.array([2.0, 8.0], np.float32)}
    found = paired({"one": trio}, ("reciprocity",), draws=2, replicates=2, seed=1, months=12, drawn=rows)
    by_hand = simulate(trio, 1, 2, 2, months=12, values={"choice.precision": np.array([8.0])})
    assert np.array_equal(found.values["one"]["reciprocity"][1], late_mean(by_hand.series["reciprocity"]))


def test_arms_run_at_different_times_can_be_put_together(trio, experiment):
    later = paired({"as it is": trio}, KEYS, draws=40, replicates=4, seed=3, months=36)
    both = together(experiment, later)
    assert set(both.values) == {"shy", "keen", "as it is"}
    assert both.difference("as it is", "shy", "talks").interval[0] > 0.0
    with pytest.raises(ValueError, match="other draws"):
        together(experiment, paired({"as it is": trio}, KEYS, draws=40, replicates=4, seed=4, months=36))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"draws": 0}, "draws: 0 is below 1"),
        ({"replicates": 1}, "replicates: 1 is below 2"),
        ({"draws": 3, "drawn": {"trust.asymmetry": np.ones(2)}}, "drawn.trust.asymmetry: 2 values for 3 draws"),
        ({"drawn": {"trust.asymetry": np.ones(2)}, "draws": 2}, "unknown parameter 'trust.asymetry'"),
    ],
)
def test_what_cannot_be_run_is_refused(trio, words, told):
    with pytest.raises(InputError, match=told):
        paired({"one": trio}, KEYS, months=6, **words)


def test_arms_of_different_length_have_to_be_told_how_long(trio):
    with pytest.raises(InputError, match="months: the scenarios differ"):
        paired({"one": trio, "other": replace(trio, months=12)}, KEYS, draws=2)


def test_progress_counts_all_arms(trio):
    heard = []
    paired(
        {"one": trio, "other": trio}, KEYS, draws=2, replicates=2, months=6, progress=lambda *told: heard.append(told)
    )
    assert heard[-1] == (2 * 4 * 6, 2 * 4 * 6)
    assert [done for done, _ in heard] == sorted(done for done, _ in heard)


def test_the_table_has_a_row_for_each_yardstick(experiment):
    table = experiment.table("keen", "shy")
    assert table["key"].tolist() == list(KEYS)
    several = table[table["draws"] > 1]  # one draw alone has no interval
    assert (several["low"] <= several["mean"]).all()
    assert (table["draws"] == 40).sum() >= 3


def test_who_stops_asking_saves_the_rest_of_the_work(trio):
    heard = []
    futures = stream(trio, 1, 30, chunk=10, months=6, progress=heard.append)
    assert next(futures).count == 10
    futures.close()
    assert sum(heard) == 60


def test_what_is_kept_of_a_chunk_is_what_comes_back(trio):
    parts, _ = ensemble(trio, 1, 25, chunk=10, months=6, keep=lambda chunk: (chunk.first, chunk.count))
    assert parts == [(0, 10), (10, 10), (20, 5)]


# Differences by hand


def test_a_difference_and_its_error_by_hand():
    found = Difference.of("x", np.array([[3.0, 5.0], [1.0, 1.0]]), np.array([[1.0, 1.0], [1.0, 1.0]]))
    assert found.mean.tolist() == [3.0, 0.0]
    assert found.error.tolist() == [1.0, 0.0]  # sd of 2 and 4 is sqrt 2, over sqrt 2
    assert found.sign.tolist() == [1, 0]
    assert found.ties == 0.5


def test_twins_in_which_one_side_is_undefined_do_not_count():
    nan = np.nan
    found = Difference.of("x", np.array([[3.0, 5.0, nan], [nan, nan, 1.0]]), np.ones((2, 3)))
    assert found.pairs.tolist() == [2, 1]
    assert found.draws == 1
    assert found.interval[0] == 3.0


def test_a_sign_needs_more_than_twice_its_error():
    apart = np.array([[1.0, 3.0], [1.0, 2.0], [1.0, 4.0]])  # mean over error: 2, 3, 1.67
    assert Difference.of("x", apart, np.zeros_like(apart)).sign.tolist() == [0, 1, 0]


def planted(effects: np.ndarray, twins: int = 20, noise: float = 1.0) -> Difference:
    apart = effects[:, None] + noise * np.random.default_rng(1).normal(size=(len(effects), twins))
    return Difference.of("x", apart, np.zeros_like(apart))


def test_no_effect_has_no_sign_beyond_chance():
    found = planted(np.zeros(200))
    assert 0 < found.signed < FEWEST  # some draws exceed twice their error by chance,
    assert not found.testable
    assert found.share(1) is None
    assert not found.occurs(1)  # and that is seen through
    assert not found.occurs(-1)


def test_one_sign_and_both_signs_are_told_apart():
    one = planted(np.full(200, 0.8))
    assert one.share(1) == 1.0
    assert (one.occurs(1), one.occurs(-1)) == (True, False)
    both = planted(np.where(np.arange(200) < 30, -2.0, 2.0))
    assert both.share(1) == pytest.approx(0.85)
    assert (both.occurs(1), both.occurs(-1)) == (True, True)


def test_the_interval_of_the_mean_holds_as_often_as_it_says():
    generator, within = np.random.default_rng(2), []
    for _ in range(400):
        effects = generator.normal(0.3, 1.0, 30)
        apart = effects[:, None] + generator.normal(size=(30, 4))
        _, low, high = Difference.of("x", apart, np.zeros_like(apart)).interval
        within.append(low <= 0.3 <= high)
    assert 0.92 < np.mean(within) < 0.98


def test_the_spread_between_draws_is_told_from_the_noise_within():
    effects = np.random.default_rng(3).normal(0.0, 0.5, 2000)
    between, within = planted(effects, twins=10, noise=2.0).spread
    assert between == pytest.approx(0.5, rel=0.1)
    assert within == pytest.approx(2.0, rel=0.05)


def test_parts_of_an_experiment_join():
    whole = planted(np.linspace(-1.0, 1.0, 40))
    parts = [
        Difference("x", *(getattr(whole, name)[rows] for name in ("mean", "error", "pairs")))
        for rows in (slice(25), slice(25, 40))
    ]
    assert Difference.joined(parts).interval == whole.interval


def test_what_an_effect_hangs_on_is_named_and_idle_parameters_are_not():
    drawn = prior_draws(200, 1)
    effects = stats.zscore(drawn["trust.asymmetry"]) - 0.5 * stats.zscore(drawn["choice.precision"])
    found = drivers(planted(effects), drawn)
    assert [name for name, _ in found] == ["trust.asymmetry", "choice.precision"]
    assert found[0][1] > 0.7
    assert found[1][1] < -0.3
    assert drivers(planted(np.zeros(200)), drawn) == []
    assert drivers(planted(np.full(200, np.nan)), drawn) == []  # nothing to go by
