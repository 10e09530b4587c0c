"""What every mechanism promises, whichever it is: its form, its reads and writes, its parameters, and values within range."""

from __future__ import annotations

import re
import tempfile
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regime_abm.core import engine as core_engine
from regime_abm.core.engine import Engine, UndeclaredRead, UndeclaredWrite, View
from regime_abm.core.noise import Luck
from regime_abm.core.parameter import Parameter, Uniform, name_of, parameters_of
from regime_abm.core.world import GLOSSARY, faults
from regime_abm.mechanisms import COMPLETE
from regime_abm.scenario import load
from tests.helpers import after, any_region, prepared, whole

MECHANISMS = {name_of(mechanism): mechanism for mechanism in COMPLETE}
PARAMETERS = parameters_of(COMPLETE)
each = pytest.mark.parametrize("name", MECHANISMS)
each_parameter = pytest.mark.parametrize("key", PARAMETERS)


@pytest.fixture(scope="session")
def quartet(quartet):
    """The made-up region with every optional module on: modules promise what the core's steps promise."""
    return whole(quartet)


# Form


@each
def test_the_docstring_states_the_claim_the_theory_the_equation_what_is_left_out_and_the_rivals(name):
    text = MECHANISMS[name].__doc__
    assert text.split("\n")[0].endswith((".", ";"))
    places = [text.find(f"\n{part}") for part in ("Theory:", "Equation:", "Leaves out:", "Rival accounts:")]
    assert -1 not in places
    assert places == sorted(places)


@each
def test_the_docstring_cites_literature_by_key(name):
    text = MECHANISMS[name].__doc__
    assert re.search(r"\[[a-z]+\d{4}[^\]]*\]", text), "no [author2000] in the docstring"


@each
def test_what_it_reads_and_writes_is_in_the_glossary_and_named_once(name):
    mechanism = MECHANISMS[name]
    for declared in (mechanism.READS, mechanism.WRITES, getattr(mechanism, "STARTS", ())):
        assert set(declared) <= set(GLOSSARY)
        assert len(set(declared)) == len(declared)


@each
def test_public_functions_say_what_they_do(name):
    mechanism = MECHANISMS[name]
    public = [
        item
        for word, item in vars(mechanism).items()
        if callable(item) and not word.startswith("_") and getattr(item, "__module__", "") == mechanism.__name__
    ]
    assert public
    undocumented = [item.__name__ for item in public if not item.__doc__ and item.__name__ != "step"]
    assert not undocumented


# Reads and writes


@pytest.fixture(scope="module")
def traffic(quartet):
    """Mechanism -> what it reads and what it writes in 24 months of 20 futures of a world with events on dates."""
    reads: dict[str, set[str]] = {name: set() for name in MECHANISMS}
    writes: dict[str, set[str]] = {name: set() for name in MECHANISMS}

    class Watched(View):
        def __getattribute__(self, name):
            if name in GLOSSARY:
                reads[self._who].add(name)
            return super().__getattribute__(name)

    def noting(part):
        step = part.step

        def noted(*arguments):
            changes = step(*arguments)
            writes[part.name].update(changes)
            return changes

        part.step = noted

    unwatched = core_engine.View
    core_engine.View = Watched
    try:
        run, world = prepared(quartet, count=20)
        for name in reads:  # the first World may rest on more
            reads[name].clear()
        for part in run.engine.parts:
            noting(part)
        after(run, world, 24)
    finally:
        core_engine.View = unwatched
    return reads, writes


@each
def test_everything_declared_as_read_is_read_and_nothing_else(name, traffic):
    read, mechanism = traffic[0][name], MECHANISMS[name]
    assert read == set(mechanism.READS)


@each
def test_everything_declared_as_written_is_written_and_nothing_else(name, traffic):
    assert traffic[1][name] == set(MECHANISMS[name].WRITES)


def a_mechanism(step, *, reads=("trust",), writes=("trust",)) -> ModuleType:
    """A mechanism of a test's own."""
    module = ModuleType("made_up")
    module.READS, module.WRITES, module.PARAMETERS, module.step = reads, writes, (), step
    return module


def month_with(scenario, mechanism):
    _, world = prepared(scenario, count=3)
    return Engine([mechanism], {}, Luck(1, world.names, 0, 3)).month(world)


def test_a_declared_read_and_write_is_allowed(trio):
    world = month_with(trio, a_mechanism(lambda world, p, noise: {"trust": world.trust * 0.5}))
    assert world.trust.max() <= 0.5


def test_an_undeclared_read_raises_and_names_mechanism_and_quantity(trio):
    with pytest.raises(UndeclaredRead, match="made_up reads 'will'"):
        month_with(trio, a_mechanism(lambda world, p, noise: {"trust": world.will}))


def test_an_undeclared_write_raises_and_names_mechanism_and_quantity(trio):
    with pytest.raises(UndeclaredWrite, match="made_up writes threat"):
        month_with(trio, a_mechanism(lambda world, p, noise: {"threat": world.trust}))


def test_declaring_what_is_not_in_the_glossary_raises(trio):
    with pytest.raises(ValueError, match="'happiness', which is not in the World's glossary"):
        month_with(trio, a_mechanism(lambda world, p, noise: {}, reads=("happiness",)))


def test_writing_in_place_raises(trio):
    def careless(world, p, noise):
        trust = world.trust
        trust += 0.1
        return {"trust": trust}

    with pytest.raises(ValueError, match="read-only"):
        month_with(trio, a_mechanism(careless))


def test_every_array_is_read_only_after_every_mechanism(quartet):
    run, world = prepared(quartet, count=2)
    run_one = core_engine.Engine._run
    seen = []

    def looked_at(self, part, world, month):
        following = run_one(self, part, world, month)
        for name in GLOSSARY:
            value = getattr(following, name)
            if isinstance(value, np.ndarray) and value.flags.writeable:
                seen.append(f"{part.name} leaves {name} open")
        return following

    core_engine.Engine._run = looked_at
    try:
        after(run, world, 8)
    finally:
        core_engine.Engine._run = run_one
    assert sorted(set(seen)) == []


def test_a_mechanism_cannot_set_anything_on_what_it_sees(trio):
    def careless(world, p, noise):
        world.trust = 1.0
        return {}

    with pytest.raises(UndeclaredWrite, match="made_up sets 'trust'"):
        month_with(trio, a_mechanism(careless))


# Parameters


@each_parameter
def test_anything_but_an_assumption_has_a_source(key):
    parameter = PARAMETERS[key]
    assert parameter.evidence == "assumed" or len(parameter.source) > 4


@each_parameter
def test_a_parameter_has_a_unit_and_says_what_it_means(key):
    parameter = PARAMETERS[key]
    assert parameter.unit
    assert len(parameter.meaning) > 15
    assert parameter.meaning.endswith(".")


@each_parameter
def test_the_default_lies_in_the_range_and_well_within_the_prior(key):
    parameter = PARAMETERS[key]
    assert parameter.low <= parameter.default <= parameter.high
    low, high = parameter.prior.quantile(np.array([0.1, 0.9]), parameter.low, parameter.high)
    assert low <= parameter.default <= high


@each_parameter
def test_the_prior_keeps_within_the_range(key):
    parameter = PARAMETERS[key]
    drawn = parameter.prior.quantile(np.linspace(0.0, 1.0 - 2.0**-53, 1001), parameter.low, parameter.high)
    assert np.isfinite(drawn).all()
    assert parameter.low <= drawn.min()
    assert drawn.max() <= parameter.high
    assert (np.diff(drawn) >= 0.0).all()
    if isinstance(parameter.prior, Uniform):
        assert parameter.low <= parameter.prior.low <= parameter.prior.high <= parameter.high


def test_a_parameter_without_its_source_or_outside_its_range_cannot_be_declared():
    with pytest.raises(ValueError, match="needs a source"):
        Parameter("x", 0.5, 0.0, 1.0, Uniform(0, 1), "share", "Made up.", "", "estimated")
    with pytest.raises(ValueError, match="outside"):
        Parameter("x", 1.5, 0.0, 1.0, Uniform(0, 1), "share", "Made up.")
    with pytest.raises(ValueError, match="none of"):
        Parameter("x", 0.5, 0.0, 1.0, Uniform(0, 1), "share", "Made up.", "somebody", "guessed")


@each
def test_every_parameter_is_used(name, quartet):
    """A parameter that nobody asks for is a slider that does nothing."""
    from regime_abm.core.parameter import Shaped

    asked: set[str] = set()
    run, world = prepared(quartet, count=10)
    part = run.engine.part(name)

    class Asked:
        def __init__(self, shaped: Shaped) -> None:
            self._shaped = shaped

        def __getattr__(self, word):
            value = getattr(self._shaped, word)
            if isinstance(value, Shaped):
                return Asked(value)
            asked.add(word)
            return value

    part.p = Asked(part.p)
    after(run, world, 24)
    run.engine.start(world)
    assert asked == {parameter.name for parameter in MECHANISMS[name].PARAMETERS}


# Ranges hold for any world and any allowed parameters


def runs_without_faults(scenario, months: int, count: int = 2, seed: int = 1) -> None:
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        run, world = prepared(scenario, count=count, seed=seed, draw=False)
        assert faults(world) == []
        for _ in range(months):
            world = run.month(world)
            assert faults(world) == [], f"month {world.month}"
    diagonal = np.arange(len(world.names.states))
    assert not world.severity[:, diagonal, diagonal].any(), "a state acts against itself"
    for name in ("if_trustworthy", "if_exploitative", "decision"):
        assert np.abs(getattr(world, name).sum(axis=1) - 1.0).max() < 1e-6, name


def parameter_values(data) -> dict[str, float]:
    """Any allowed values, the ends of the ranges as likely as what lies between."""
    chosen = {}
    for key, parameter in PARAMETERS.items():
        ends = st.sampled_from([parameter.low, parameter.default, parameter.high])
        chosen[key] = data.draw(ends | st.floats(parameter.low, parameter.high), label=key)
    return chosen


@given(data=st.data())
def test_any_allowed_parameters_keep_the_world_within_its_ranges(data, quartet):
    runs_without_faults(quartet.with_parameters(parameter_values(data)), 12)


@pytest.mark.parametrize("end", ["low", "high"])
@each_parameter
def test_each_end_of_each_range_can_be_run(key, end, quartet):
    runs_without_faults(quartet.with_parameters({key: getattr(PARAMETERS[key], end)}), 3)


@given(data=st.data(), size=st.integers(2, 6), forums=st.integers(0, 3))
def test_any_region_and_any_allowed_parameters_keep_the_world_within_its_ranges(data, size, forums):
    def draw(low, high, whole=False):
        if whole:
            return data.draw(st.integers(int(low), int(high)))
        return data.draw(st.sampled_from([float(low), float(high)]) | st.floats(low, high))

    with tempfile.TemporaryDirectory() as folder:
        scenario = load(any_region(draw, Path(folder) / "any", size, forums))
    runs_without_faults(scenario.with_parameters(parameter_values(data)), 12)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(150))
def test_random_regions_over_five_years(seed, tmp_path):
    """As above with plain random numbers, more regions and a longer time."""
    generator = np.random.default_rng(seed)

    def draw(low, high, whole=False):
        if whole:
            return int(generator.integers(int(low), int(high) + 1))
        return float(generator.choice([low, high, generator.uniform(low, high)]))

    folder = any_region(draw, tmp_path / "any", int(generator.integers(2, 7)), int(generator.integers(0, 4)))
    scenario = whole(load(folder))
    chosen = {key: draw(item.low, item.high) for key, item in PARAMETERS.items()}
    runs_without_faults(scenario.with_parameters(chosen), 60, count=4, seed=seed)


@pytest.mark.parametrize("size", [2, 30])
def test_two_and_thirty_states_run_from_files_alone(size, tmp_path):
    generator = np.random.default_rng(size)

    def draw(low, high, whole=False):
        return int(generator.integers(int(low), int(high) + 1)) if whole else float(generator.uniform(low, high))

    scenario = whole(load(any_region(draw, tmp_path / "any", size, 2)))
    assert len(scenario.region.states) == size
    runs_without_faults(scenario, 12)


def test_thirty_allies_under_the_strongest_feelings_stay_within_the_ranges(tmp_path):
    """Everybody allied with everybody, everything at its largest: the intercept of threat has to reach far."""

    def most(low, high, whole=False):
        return int(high) if whole else float(high)

    scenario = whole(load(any_region(most, tmp_path / "any", 30, 1)))
    strongest = {f"threat.{name}": PARAMETERS[f"threat.{name}"].high for name in ("reach", "arsenal", "others_allies")}
    nobody_is_trusted = tuple(
        {**row, "given": replace(row["given"], value=0.0, low=0.0, high=0.0)}
        if row["quantity"] in ("trust", "credibility")
        else row
        for row in scenario.region.values
    )
    scenario = replace(scenario, region=replace(scenario.region, values=nobody_is_trusted))
    runs_without_faults(scenario.with_parameters(strongest), 2)
