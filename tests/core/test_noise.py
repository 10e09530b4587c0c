"""Luck is keyed by name: equal keys give equal uniforms, and nothing that is added moves the luck of what was there."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from regime_abm.core.names import Names
from regime_abm.core.noise import BLOCK, Luck, normal

pytestmark = pytest.mark.compat

ABC = Names(("A", "B", "C"), ("F", "G"))
KINDS = ("state", "dyad", "pair", "forum", "seat")


def draws(luck: Luck, month: int = 1, mechanism: str = "m", draw: str = "d") -> dict[str, np.ndarray]:
    noise = luck.at(mechanism, month)
    return {kind: getattr(noise, kind)(draw) for kind in KINDS}


def test_equal_keys_give_equal_uniforms():
    first, second = draws(Luck(7, ABC, 0, 5)), draws(Luck(7, ABC, 0, 5))
    assert all(np.array_equal(first[kind], second[kind]) for kind in KINDS)


@pytest.mark.parametrize(
    ("luck", "month", "mechanism", "draw"),
    [
        (Luck(8, ABC, 0, 5), 1, "m", "d"),
        (Luck(7, ABC, 5, 5), 1, "m", "d"),
        (Luck(7, ABC, 0, 5), 2, "m", "d"),
        (Luck(7, ABC, 0, 5), 1 + BLOCK, "m", "d"),
        (Luck(7, ABC, 0, 5), 1, "n", "d"),
        (Luck(7, ABC, 0, 5), 1, "m", "e"),
    ],
    ids=["seed", "replicates", "month", "block of months", "mechanism", "draw"],
)
def test_every_part_of_the_key_matters(luck, month, mechanism, draw):
    first, second = draws(Luck(7, ABC, 0, 5)), draws(luck, month, mechanism, draw)
    for kind in ("state", "forum", "seat"):
        assert not (first[kind] == second[kind]).any(), kind


def test_shapes_and_what_is_no_entity():
    found = draws(Luck(1, ABC, 0, 4))
    assert {kind: value.shape for kind, value in found.items()} == {
        "state": (4, 3),
        "dyad": (4, 3, 3),
        "pair": (4, 3, 3),
        "forum": (4, 2),
        "seat": (4, 2, 3),
    }
    for kind in ("dyad", "pair"):
        assert (found[kind][:, range(3), range(3)] == 0.5).all()
    assert Luck(1, ABC, 0, 4).at("m", 1).named("d", "anything").shape == (4,)


def test_a_pair_has_one_luck_and_a_dyad_two():
    found = draws(Luck(1, ABC, 0, 4))
    assert np.array_equal(found["pair"], np.swapaxes(found["pair"], 1, 2))
    assert (found["dyad"][:, 0, 1] != found["dyad"][:, 1, 0]).all()


def test_some_pairs_have_the_luck_that_they_have_among_all():
    for month in (1, BLOCK + 2):
        noise = Luck(1, ABC, 2, 4).at("m", month)
        assert np.array_equal(noise.pairs("d", ("B|C", "A|B")), noise.pair("d")[:, [1, 0], [2, 1]])


def test_the_luck_of_a_pair_does_not_depend_on_the_order_of_its_states():
    turned = Luck(1, Names(("C", "B", "A")), 0, 4).at("m", 1).pair("d")
    assert np.array_equal(Luck(1, ABC, 0, 4).at("m", 1).pair("d"), turned[:, ::-1, ::-1])


def test_a_further_state_leaves_the_luck_of_the_others_alone():
    fewer, more = draws(Luck(1, ABC, 0, 4)), draws(Luck(1, Names(("X", "A", "B", "C"), ("F", "G")), 0, 4))
    assert np.array_equal(fewer["state"], more["state"][:, 1:])
    assert np.array_equal(fewer["dyad"], more["dyad"][:, 1:, 1:])
    assert np.array_equal(fewer["pair"], more["pair"][:, 1:, 1:])
    assert np.array_equal(fewer["seat"], more["seat"][:, :, 1:])
    assert np.array_equal(fewer["forum"], more["forum"])


def test_a_further_forum_leaves_the_luck_of_the_others_alone():
    fewer, more = draws(Luck(1, ABC, 0, 4)), draws(Luck(1, Names(("A", "B", "C"), ("F", "E", "G")), 0, 4))
    assert np.array_equal(fewer["forum"], more["forum"][:, [0, 2]])
    assert np.array_equal(fewer["seat"], more["seat"][:, [0, 2]])
    for kind in ("state", "dyad", "pair"):
        assert np.array_equal(fewer[kind], more[kind]), kind


def test_what_other_mechanisms_draw_in_between_changes_nothing():
    alone, crowded = Luck(1, ABC, 0, 4), Luck(1, ABC, 0, 4)
    expected = [draws(alone, month)["dyad"] for month in (1, 2)]
    found = []
    for month in (1, 2):
        crowded.at("another", month).dyad("d")
        crowded.single("initial", "trust", "A>B")
        found.append(draws(crowded, month)["dyad"])
    assert np.array_equal(expected, found)


@pytest.mark.parametrize("month", [1, BLOCK - 1, BLOCK, 3 * BLOCK + 5])
def test_a_chunk_equals_its_part_of_the_whole(month):
    whole = draws(Luck(3, ABC, 0, 20), month)
    for first, count in ((0, 1), (0, 7), (7, 6), (13, 7), (19, 1)):
        part = draws(Luck(3, ABC, first, count), month)
        for kind in KINDS:
            assert np.array_equal(part[kind], whole[kind][first : first + count]), (kind, first, count)
    single = Luck(3, ABC, 0, 20).single("initial", "trust", "A>B", month)
    assert np.array_equal(Luck(3, ABC, 11, 3).single("initial", "trust", "A>B", month), single[11:14])


def test_a_late_chunk_of_a_huge_ensemble_has_luck_of_its_own():
    far = draws(Luck(3, ABC, 999_990, 10))
    assert not np.isin(far["state"], draws(Luck(3, ABC, 0, 1000))["state"]).any()


def test_going_back_over_the_edge_of_a_block_gives_the_same_luck_again():
    luck = Luck(5, ABC, 0, 3)
    forward = [draws(luck, month)["dyad"].copy() for month in range(BLOCK - 2, BLOCK + 3)]
    backward = [draws(luck, month)["dyad"] for month in reversed(range(BLOCK - 2, BLOCK + 3))]
    assert np.array_equal(forward, backward[::-1])
    assert np.array_equal(forward[0], draws(Luck(5, ABC, 0, 3), BLOCK - 2)["dyad"])


def test_what_is_drawn_by_the_month_cannot_be_written():
    with pytest.raises(ValueError, match="read-only"):
        Luck(5, ABC).at("m", 1).state("d")[:] = 0.0


def test_a_renamed_state_keeps_its_luck():
    renamed = Names(("A", "Z", "C"), ("F", "G"), luck=(("Z", "B"),))
    before, now = draws(Luck(1, ABC, 0, 4)), draws(Luck(1, renamed, 0, 4))
    assert all(np.array_equal(before[kind], now[kind]) for kind in KINDS)
    assert renamed.lucky("Z>C") == "B>C"


def test_two_states_that_exchange_names_keep_their_luck():
    exchanged = Names(("B", "A", "C"), luck=(("A", "B"), ("B", "A")))
    before, now = Luck(1, ABC, 0, 4).at("m", 1), Luck(1, exchanged, 0, 4).at("m", 1)
    assert np.array_equal(before.state("d"), now.state("d"))
    assert np.array_equal(before.dyad("d"), now.dyad("d"))
    assert np.array_equal(before.pair("d"), now.pair("d"))


# Distribution


@pytest.fixture(scope="module")
def many():
    """(months, replicates, states): a large table of uniforms."""
    luck = Luck(2018, ABC, 0, 2000)
    return np.stack([luck.at("choice", month).state("action") for month in range(1, 2 * BLOCK + 1)])


def test_uniforms_are_uniform(many):
    assert many.min() >= 0.0
    assert many.max() < 1.0
    assert stats.kstest(many.ravel(), "uniform").pvalue > 1e-3
    counts = np.histogram(many, bins=100, range=(0, 1))[0]
    assert stats.chisquare(counts).pvalue > 1e-3


def test_every_replicate_state_and_month_has_the_right_mean(many):
    for axis in range(3):
        others = tuple(other for other in range(3) if other != axis)
        size = many.size / many.shape[axis]
        z = (many.mean(axis=others) - 0.5) * np.sqrt(12 * size)
        assert np.abs(z).max() < 4.5, axis
        assert z.std() < 1.6 if len(z) > 10 else True


def test_neighbours_in_any_direction_are_uncorrelated(many):
    centred = many - 0.5
    for axis in range(3):
        ahead = np.take(centred, range(1, many.shape[axis]), axis=axis)
        behind = np.take(centred, range(many.shape[axis] - 1), axis=axis)
        assert abs((ahead * behind).mean() * 12) < 4.5 / np.sqrt(ahead.size), axis


def test_names_that_run_together_are_not_confused():
    """"ab" + "c" and "a" + "bc" are different keys."""
    luck = Luck(1, ABC, 0, 3)
    keys = [luck.key("ab", "c", "d"), luck.key("a", "bc", "d"), luck.key("a", "b", "cd")]
    keys += [Luck(11, ABC).key("m", "d", "e"), Luck(1, ABC).key("1m", "d", "e")]
    assert len({key.tobytes() for key in keys}) == len(keys)


def test_normal_deviates_come_from_the_inverse_distribution():
    assert normal(np.array([0.5]))[0] == 0.0
    assert normal(np.array([0.8413447460685429]))[0] == pytest.approx(1.0)
    assert np.isfinite(normal(np.array([0.0, 1.0 - 2.0**-53]))).all()
