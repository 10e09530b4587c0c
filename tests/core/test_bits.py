"""Equal bits: a watched run is a row of the ensemble, and neither chunks nor workers nor names change anything."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace

import numpy as np
import pytest

from regime_abm import api
from regime_abm.core.world import GLOSSARY, SHAPES
from regime_abm.ensemble import ensemble
from regime_abm.results import joined
from regime_abm.scenario import load
from tests.helpers import WORLDS, after, any_region, differences, prepared, same_bits

pytestmark = pytest.mark.compat


@pytest.fixture(scope="module")
def thirty(tmp_path_factory):
    """Thirty states: long enough rows that sums could be taken in another order."""
    generator = np.random.default_rng(30)

    def draw(low, high, whole=False):
        return int(generator.integers(int(low), int(high) + 1)) if whole else float(generator.uniform(low, high))

    return load(any_region(draw, tmp_path_factory.mktemp("thirty") / "any", 30, 3))


@pytest.fixture(params=["baseline_2018", "quartet", "trio", "thirty"])
def scenario(request, thirty):
    name = request.param
    return thirty if name == "thirty" else load(name if name == "baseline_2018" else WORLDS / f"{name}.toml")



# One future is a row of many


@pytest.mark.parametrize("draw", [False, True], ids=["stated parameters", "drawn parameters"])
def test_a_single_run_equals_its_row_of_a_batch(scenario, draw):
    count, rows = 13, (0, 6, 12)
    run, world = prepared(scenario, count=count, draw=draw)
    singles = [prepared(scenario, count=1, first=row, draw=draw) for row in rows]
    for month in range(26):
        if month in (0, 1, 5, 25):
            for row, (_, single) in zip(rows, singles, strict=True):
                assert differences(world.row(row), single) == [], f"month {month}, row {row}"
        world = run.month(world)
        singles = [(alone, alone.month(single)) for alone, single in singles]


def test_a_chunk_equals_its_part_of_the_whole(quartet):
    run, world = prepared(quartet, count=40)
    late_run, late = prepared(quartet, count=9, first=17)
    world, late = after(run, world, 70), after(late_run, late, 70)  # across a block of luck
    for row in range(9):
        assert differences(world.row(17 + row), late.row(row)) == []


def test_different_rows_are_different_futures(quartet):
    run, world = prepared(quartet, count=40)
    world = after(run, world, 12)
    assert len({world.row(k).trust.tobytes() for k in range(40)}) == 40


def test_the_watched_series_are_those_of_the_ensemble(scenario):
    result = api.run(scenario, replicates=9, months=40, seed=4)
    watch = api.watch(scenario, seed=4, replicate=7)
    watch.advance(40)
    for name, values in watch.series().items():
        expected = [None if np.isnan(value) else value for value in result.series[name][7][: watch.month + 1].tolist()]
        assert values == expected, name
    outcomes = [watch.outcome(month) for month in range(watch.month + 1)]
    assert outcomes == [api.KEYS[place] if place >= 0 else None for place in result.outcome[7][: watch.month + 1]]


def test_watching_past_the_windows_gives_the_ensembles_numbers(quartet):
    """A watched run measures from a window's worth of record, the ensemble from all of it."""
    result = api.run(quartet, replicates=3, seed=4)
    watch = api.watch(quartet, seed=4, replicate=2)
    watch.advance(120)
    for name, values in watch.series().items():
        expected = [None if np.isnan(value) else value for value in result.series[name][2][1:].tolist()]
        assert values[1:] == expected, name
    assert [watch.outcome(m) for m in range(1, 121)] == [api.KEYS[k] for k in result.outcome[2][1:]]


@pytest.mark.parametrize("asked", [(), (1, 2, 70, 71)], ids=["never before", "now and then"])
def test_months_measured_together_are_those_measured_one_by_one(quartet, asked):
    """A watched run measures what nobody has asked about yet when somebody asks."""
    each, late = (api.watch(quartet, seed=4, replicate=2) for _ in range(2))
    while each.month < each.horizon:
        each.step()
        late.step()
        each.latest("no_force")
        if late.month in asked:
            late.outcome()
    assert late.series() == each.series()
    for month in range(each.horizon + 1):
        assert late.outcome(month) == each.outcome(month)
        assert late.regime(month) == each.regime(month)


# Chunks and workers


def test_chunks_change_no_bit(scenario):
    months, replicates = 12, 15
    whole = joined(ensemble(scenario, 5, replicates, months=months, chunk=250)[0])
    for chunk in (1, 7):
        parts = joined(ensemble(scenario, 5, replicates, months=months, chunk=chunk)[0])
        assert same_bits(parts[1], whole[1])
        for name in whole[0]:
            assert same_bits(parts[0][name], whole[0][name]), f"{name}, chunks of {chunk}"


def test_chunks_as_large_as_the_usual_ones_change_no_bit(quartet):
    whole = joined(ensemble(quartet, 5, 260, months=6)[0])
    for chunk in (7, 250):
        parts = joined(ensemble(quartet, 5, 260, months=6, chunk=chunk)[0])
        assert same_bits(parts[1], whole[1])
        assert all(same_bits(parts[0][name], whole[0][name]) for name in whole[0])


def test_workers_change_no_bit(quartet):
    one = api.run(quartet, replicates=60, months=24, seed=6, workers=1, draw_parameters=True)
    two = api.run(quartet, replicates=60, months=24, seed=6, workers=2, draw_parameters=True)
    assert one.sha256 == two.sha256


def test_the_digest_tells_results_apart(quartet):
    same = [api.run(quartet, replicates=20, months=12, seed=6).sha256 for _ in range(2)]
    assert same[0] == same[1]
    others = {
        api.run(quartet, replicates=20, months=12, seed=7).sha256,
        api.run(quartet, replicates=21, months=12, seed=6).sha256,
        api.run(quartet, replicates=20, months=13, seed=6).sha256,
        api.run(quartet, replicates=20, months=12, seed=6, parameters={"trust.learning": 0.9}).sha256,
        api.run(quartet, replicates=20, months=12, seed=6, draw_parameters=True).sha256,
    }
    assert len(others | {same[0]}) == 6


def test_more_replicates_and_more_months_keep_what_was_there(quartet):
    small, large = (api.run(quartet, replicates=n, months=m, seed=6) for n, m in ((5, 12), (30, 20)))
    for name, values in small.series.items():
        assert same_bits(values, large.series[name][:5, :13]), name


def test_a_growing_ensemble_holds_the_same_futures(quartet):
    result = api.run(quartet, replicates=70, seed=6)
    last = list(api.futures(quartet, seed=6, replicates=70))[-1]
    assert last.done == 70
    assert last.outcome_shares() == result.outcome_shares
    for name, values in result.series.items():
        assert same_bits(np.concatenate([chunk.series[name] for chunk in last.chunks]), values), name


# Names


def test_a_run_under_other_names_is_the_same_run(trio):
    """No state is anything by its name: renaming them renames the outcome and changes nothing else."""
    renamed = replace(trio, region=trio.region.renamed({"AAA": "XXX", "BBB": "YYY", "CCC": "ZZZ"}))
    run, world = prepared(trio, count=10)
    other_run, other = prepared(renamed, count=10)
    assert other.names.states == ("XXX", "YYY", "ZZZ")
    world, other = after(run, world, 40), after(other_run, other, 40)
    assert differences(world, other) == []
    assert api.run(trio, replicates=50, seed=2).sha256 == api.run(renamed, replicates=50, seed=2).sha256


def test_renaming_all_of_a_real_region_changes_nothing():
    scenario = load("baseline_2018")
    names = {code: f"S{place}" for place, code in enumerate(scenario.region.states)}
    renamed = replace(scenario, region=scenario.region.renamed(names))
    one, two = (api.run(which, replicates=20, months=60, seed=2, draw_parameters=True) for which in (scenario, renamed))
    assert one.sha256 == two.sha256


def test_states_may_exchange_their_names(trio):
    exchanged = replace(trio, region=trio.region.renamed({"AAA": "BBB", "BBB": "AAA"}))
    run, world = prepared(trio, count=10)
    other_run, other = prepared(exchanged, count=10)
    assert other.names.states == ("BBB", "AAA", "CCC")
    assert differences(after(run, world, 40), after(other_run, other, 40)) == []


def test_renaming_twice_leads_back(trio):
    there = trio.region.renamed({"AAA": "XXX"})
    back = there.renamed({"XXX": "AAA"})
    run, world = prepared(trio, count=5)
    other_run, other = prepared(replace(trio, region=back), count=5)
    assert other.names.states == world.names.states
    assert differences(after(run, world, 24), after(other_run, other, 24)) == []


def test_the_words_of_a_renamed_run_are_renamed(trio):
    renamed = replace(trio, region=trio.region.renamed({"AAA": "XXX"}))
    watches = [api.watch(each, seed=3) for each in (trio, renamed)]
    texts = []
    for watch in watches:
        watch.advance(36)
        texts.append([event.text for event in watch.events()])
    assert texts[1] == [text.replace("AAA", "XXX") for text in texts[0]]
    assert any("AAA" in text for text in texts[0])


def permuted(world, order):
    """The World with its states in another order."""
    changes = {}
    for name, entry in GLOSSARY.items():
        value, shape = getattr(world, name), SHAPES[entry.axes]
        for axis, letter in enumerate(shape):
            if letter == "N":
                value = np.take(value, order, axis=axis)
        if name in ("agreement_turn", "cheat", "ended_by"):  # these hold places of states
            value = np.append(np.argsort(order), -1)[value]
        changes[name] = value
    return changes


def test_the_order_of_states_in_the_files_does_not_matter(tmp_path):
    """To rounding, not to the bit: sums over states are taken in the order of the files, and floating-point addition is
    not associative. (A draw that lies within rounding of a threshold could differ; none does here.)"""
    original = load(WORLDS / "quartet.toml")
    shutil.copytree(WORLDS / "quartet", tmp_path / "quartet")
    shutil.copy(WORLDS / "quartet.toml", tmp_path)
    generator = np.random.default_rng(4)
    for path in sorted((tmp_path / "quartet").glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            head, *rows = csv.reader(file)
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([head, *(rows[k] for k in generator.permutation(len(rows)))])
    shuffled = load(tmp_path / "quartet.toml")
    order = [original.region.names.state(code) for code in shuffled.region.names.states]
    assert order != sorted(order)
    run, world = prepared(original, count=20)
    other_run, other = prepared(shuffled, count=20)
    for month in range(61):
        if month in (0, 1, 12, 60):
            for name, value in permuted(world, order).items():
                found = getattr(other, name)
                assert np.allclose(found, value, rtol=0, atol=1e-4), f"{name} in month {month}"
        world, other = run.month(world), other_run.month(other)
