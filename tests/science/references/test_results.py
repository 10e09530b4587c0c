"""Each published result that hangs on luck falls into its band; and the references are what they say they are."""

from __future__ import annotations

import numpy as np
import pytest

from tests.science.references import committed, opinions, triads_large
from tests.science.references.norms_game import Rules, collapsed, established, parents, payoffs, play
from tests.science.references.results import RESULTS
from tests.science.references.triads import graphs, local


@pytest.mark.parametrize(
    "known", [pytest.param(item, id=item.key, marks=[pytest.mark.long] * item.long) for item in RESULTS]
)
def test_found_as_published(known):
    assert known.low <= known.find() <= known.high


def test_every_result_has_a_name_of_its_own_and_is_first_asked_at_the_papers_size():
    assert len({item.key for item in RESULTS}) == len(RESULTS)
    for source in {item.source for item in RESULTS}:
        assert next(item for item in RESULTS if item.source == source).n != 7


# The norms game


def luck():
    return np.random.default_rng(3)


def test_who_is_never_bold_breaks_nothing_and_nobody_pays():
    none = np.zeros((4, 20), int)
    assert not payoffs(none, none + 7, Rules(meta=True), luck()).any()


def test_where_all_are_bold_and_nobody_punishes_each_gains_three_and_loses_one_for_each_of_the_others():
    bold, meek = np.full((4, 20), 7), np.zeros((4, 20), int)
    assert (payoffs(bold, meek, Rules(), luck()) == 4 * (3 - 19)).all()


def test_a_lone_culprit_costs_what_the_rules_say():
    """One in twenty is bold and all others punish for certain: it is seen by each with chance one half on average."""
    bold, vengeful = np.zeros((4000, 20), int), np.full((4000, 20), 7)
    bold[:, 0] = 7
    earned = payoffs(bold, vengeful, Rules(), luck())
    assert earned[:, 0].mean() == pytest.approx(4 * (3 - 9 * 19 / 2), rel=0.01)
    assert earned[:, 1:].mean() == pytest.approx(4 * (-1 - 2 / 2), rel=0.01)


def test_metanorms_punish_who_does_not_punish_and_only_then():
    """One bold, one who never punishes, the others always do: the shirker is seen, as the culprit was, by 18."""
    bold, vengeful = np.zeros((20_000, 20), int), np.full((20_000, 20), 7)
    bold[:, 0], vengeful[:, 1] = 7, 0
    plain, meta = (payoffs(bold, vengeful, rules, luck()).mean(axis=0) for rules in (Rules(), Rules(meta=True)))
    both = 4 / 3  # chance to be seen, squared, four times a generation: the mean of a square of a uniform is a third
    assert meta[1] - plain[1] == pytest.approx(-9 * 18 * both, rel=0.03)
    assert (meta - plain)[2:].mean() == pytest.approx(-2 * both, rel=0.03)
    assert meta[0] == plain[0]  # the culprit has no say in who should have punished it


def test_who_earns_much_has_two_offspring_who_earns_little_none():
    earned = np.tile(np.array([9.0, 0.0, 0.0, 0.0, -9.0]), (500, 1))
    found = parents(earned, luck())
    assert ((found == 0).sum(axis=1) == 2).all()
    assert not (found == 4).any()


def test_a_generation_that_is_short_is_filled_and_one_too_many_is_cut_at_random():
    short = parents(np.tile([0.0, 0.0, 0.0, 0.0, -9.0], (4000, 1)), luck())
    assert not (short == 4).any()
    assert np.bincount(short.ravel(), minlength=5)[:4] / 4000 == pytest.approx(np.full(4, 1.25), rel=0.03)
    long = parents(np.tile([9.0, 0.0, 0.0, 0.0, 0.0], (4000, 1)), luck())
    assert np.bincount(long.ravel(), minlength=5) / 4000 == pytest.approx(np.array([10, 5, 5, 5, 5]) / 6, rel=0.04)


def test_equal_earnings_leave_everybody_one_child():
    found = parents(np.zeros((3, 6)), luck())
    assert (np.sort(found, axis=1) == np.arange(6)).all()


def test_the_same_seed_plays_the_same_game():
    one, other = (play(5, 20, 30, Rules(meta=True), 4) for _ in range(2))
    assert np.array_equal(one, other)
    assert collapsed(np.array([0.9, 0.9, 0.1]), np.array([0.1, 0.9, 0.9])) == pytest.approx(1 / 3)
    assert established(np.array([0.9, 0.9, 0.1]), np.array([0.1, 0.9, 0.9])) == pytest.approx(1 / 3)


# Committed minorities


def test_the_exact_times_are_those_of_talk_by_talk_simulation():
    """Seven with one committed: the share of simulated groups that agree by then, against the chain's."""
    states, chances = committed.talks(7, 1)
    assert chances.sum(axis=1) == pytest.approx(1.0)
    now = np.zeros(len(states))
    now[states.index((0, 6))] = 1.0
    for _ in range(7 * 15):
        now = now @ chances
    known = sum(share for share, (_, b) in zip(now, states, strict=True) if b == 0)
    found = (committed.simulated(8000, 7, 1, 15, 2) == 0).mean()
    assert found == pytest.approx(known, abs=4 * np.sqrt(known * (1 - known) / 8000))


def test_without_committed_ones_an_infinite_population_stays_where_it_is():
    assert committed.rates(0.0, 1.0, 0.0).tolist() == [0.0, 0.0]
    assert committed.rates(0.4, 0.4, 0.0) == pytest.approx(np.full(2, -0.16 + 0.04 + 0.08))


def test_the_rates_are_the_mean_steps_of_the_chain_of_many():
    n, one, other, few = 400, 100, 160, 40
    states, row = committed.talks(60, 6), None
    k = states[0].index((15, 24))
    row = states[1][k]
    mean = sum(chance * (np.array(state) - (15, 24)) for chance, state in zip(row, states[0], strict=True))
    assert mean == pytest.approx(committed.rates(one / n, other / n, few / n), abs=0.01)


# Bounded confidence


def test_all_at_once_is_the_mean_of_all_within_the_bound():
    """Against a plain loop that shares no code."""
    found = opinions.all_at_once(20, 7, 0.3, 5)
    for run, end in zip(np.sort(np.random.default_rng(5).random((20, 7)), axis=1), found, strict=True):
        opinion = list(run)
        for _ in range(200):
            near = [[y for y in opinion if abs(y - x) <= 0.3 + 1e-12] for x in opinion]
            opinion = [sum(some) / len(some) for some in near]
        assert end == pytest.approx(sorted(opinion), abs=1e-6)


def test_pairs_keep_the_mean_and_groups_are_counted():
    found = opinions.pairwise(10, 30, 0.4, 50, 6)
    assert found.mean(axis=1) == pytest.approx(np.random.default_rng(6).random((10, 30)).mean(axis=1))
    assert [sizes.tolist() for sizes in opinions.groups(np.array([[0.1, 0.1, 0.5, 0.9]]))] == [[2, 1, 1]]
    assert opinions.major(np.array([[0.1] * 50 + [0.9]])) == 1.0
    assert opinions.consensus(np.array([[0.1, 0.105], [0.1, 0.5]])) == 0.5


# Triads


def test_the_simulation_of_seven_ends_as_friends_as_often_as_the_exact_chain():
    exact, _ = local(7, 0.75, graphs(7))
    found = (triads_large.friendly(600, 7, 0.75, 60, 2) == 1).mean()
    assert found == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / 600))
