"""Plan files: what each design comes to, what is refused and in which words, and that writing and reading are inverse."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regime_abm.design import cells_of
from regime_abm.errors import InputError
from regime_abm.forms import fitted
from regime_abm.measures import MEASURES
from regime_abm.plan import PlanFile, all_parameters, checked_plan, dump_plan, find_plan, load_plan, plan_names
from tests.sweeps.plans import GRID, QUARTET, TRIO, head, plan


def test_the_shipped_plans_can_be_read():
    assert plan_names() == ["fear_and_shadow", "rival_readings"]
    assert [cells_of(load_plan(name)).count for name in plan_names()] == [12, 3000]


def test_a_plan_of_two_lines_is_enough(tmp_path):
    found = plan(tmp_path, f'schema = 1\nscenarios = ["{TRIO}"]\n')
    assert (found.file.replicates, found.file.seed, found.file.common_random_numbers) == (100, 1, True)
    assert cells_of(found).runs == 100


def test_a_scenario_or_preset_beside_the_plan_wins_over_a_shipped_one(tmp_path):
    (tmp_path / "baseline_2018.toml").write_text('schema = 1\nextends = "baseline_2019"\ntitle = "mine"\n')
    (tmp_path / "sceptic.toml").write_text('schema = 1\ntitle = "mine"\n[parameters]\n"trust.learning" = 0.123\n')
    found = plan(tmp_path, head(scenarios=("baseline_2018", "baseline_2017"), presets='["sceptic"]'))
    assert next(scenario.title for _, scenario in found.variants) == "mine"
    assert {scenario.parameters["trust.learning"] for _, scenario in found.variants} == {0.123}


FAULTS = {
    "no schema": ('scenarios = ["baseline_2018"]\n', ["schema is missing"]),
    "another schema": ('schema = 2\nscenarios = ["baseline_2018"]\n', ["schema"]),
    "no scenarios": ("schema = 1\n", ["scenarios"]),
    "an empty list of scenarios": ("schema = 1\nscenarios = []\n", ["scenarios"]),
    "an unknown field": (head(replicats=3), ["unknown field 'replicats'", 'did you mean "replicates"']),
    "an unknown scenario": (head(scenarios=("basline_2018",)), ['did you mean "baseline_2018"']),
    "a scenario twice": (head(scenarios=(TRIO, TRIO)), ["scenarios", "'trio' is there twice"]),
    "an unknown preset": (head(presets='["scepptic"]'), ['did you mean "sceptic"']),
    "no replicates": (head(replicates=0), ["replicates", "greater than or equal to 1"]),
    "replicates that are no number": (head().replace("replicates = 4", 'replicates = "4"'), ["replicates", "integer"]),
    "1e12 months": (head(months=10**12), ["months", "less than or equal to 1200"]),
    "a seed below zero": (head(seed=-1), ["seed"]),
    "two designs": (head() + GRID + "[design.prior]\nsamples = 3\n", ["design", "grid and prior", "not both"]),
    "an unknown design": (head() + "[design.gird]\n", ["design.gird", 'did you mean "grid"']),
    "an empty grid": (head() + "[design.grid]\n", ["design.grid", "empty"]),
    "a grid without values": (head() + '[design.grid]\n"trust.asymmetry" = []\n', ["design.grid.trust.asymmetry"]),
    "an unknown parameter": (head() + '[design.grid]\n"trust.asymetry" = [2.0]\n', ['did you mean "trust.asymmetry"']),
    "a value out of range": (
        head() + '[design.grid]\n"trust.asymmetry" = [2.0, 99.0]\n',
        ["trust.asymmetry", "1 to 5"],
    ),
    "NaN": (head() + '[design.grid]\n"trust.asymmetry" = [nan]\n', ["trust.asymmetry", "finite"]),
    "infinity": (head() + '[[design.list]]\n"trust.asymmetry" = inf\n', ["trust.asymmetry", "finite"]),
    "a value twice": (head() + '[design.grid]\n"trust.asymmetry" = [2.0, 2.0]\n', ["trust.asymmetry", "twice"]),
    "rows that differ": (
        head() + '[[design.list]]\n"trust.asymmetry" = 2.0\n[[design.list]]\n"trust.learning" = 0.5\n',
        ["design.list[2]", "same parameters"],
    ),
    "an empty row": (head() + "[[design.list]]\n", ["design.list[1]", "empty"]),
    "a sample of nothing": (head() + "[design.sobol]\nsamples = 4\n", ["design.sobol", "parameters", "ranges"]),
    "a sample of none": (head() + "[design.prior]\nsamples = 0\n", ["design.prior.samples"]),
    "a range upside down": (
        head() + '[design.sobol]\nsamples = 4\nranges = { "trust.asymmetry" = { low = 3.0, high = 2.0 } }\n',
        ["ranges.trust.asymmetry", "low < high"],
    ),
    "a range beyond the parameter's": (
        head() + '[design.sobol]\nsamples = 4\nranges = { "trust.asymmetry" = { low = 0.0, high = 2.0 } }\n',
        ["ranges.trust.asymmetry", "1 to 5"],
    ),
    "half a range": (
        head() + '[design.sobol]\nsamples = 4\nranges = { "trust.asymmetry" = { low = 2.0 } }\n',
        ["trust.asymmetry.high", "required"],
    ),
    "a parameter in both ways": (
        head()
        + '[design.sobol]\nsamples = 4\nparameters = ["trust.asymmetry"]\n'
        + 'ranges = { "trust.asymmetry" = { low = 2.0, high = 3.0 } }\n',
        ["trust.asymmetry", "twice"],
    ),
    "a sample that does not fit into memory": (
        head()
        + '[design.latin_hypercube]\nsamples = 10000000\nparameters = ["trust.asymmetry", "trust.learning", "trust.fading"]\n',
        ["samples", "at most 6,666,666"],
    ),
    "a table that is not there": (head() + '[design.posterior]\nfile = "none.csv"\n', ["none.csv", "no such file"]),
    "a measure that is none": (head() + '[record]\nseries_every = 3\nmeasures = ["reciprocty"]\n', ['"reciprocity"']),
    "measures of no month": (head() + '[record]\nmeasures = ["reciprocity"]\n', ["record.measures", "series_every"]),
    "months of nothing": (head() + "[record]\nseries_every = 0\n", ["record.series_every"]),
    "hours below zero": (head() + "[limits]\nhours = -1.0\n", ["limits.hours"]),
    "an unknown limit": (head() + "[limits]\nhour = 1.0\n", ["limits.hour", 'did you mean "hours"']),
    "broken TOML": (head() + "[design\n", ["TOML"]),
    "a duplicate key": (head() + "months = 3\n", ["TOML"]),
    "deep nesting": (head() + "x = " + "[" * 5000 + "]" * 5000 + "\n", ["TOML"]),
    "a key with many dots": (head() + ".".join("a" * 20_000) + " = 1\n", ["dots"]),
    "more than 64 KB": (head() + "#" * 70_000, ["at most 65536"]),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_plan_with(fault, tmp_path):
    text, words = FAULTS[fault]
    with pytest.raises(InputError) as told:
        plan(tmp_path, text)
    said = str(told.value)
    assert "\n" not in said
    for word in words:
        assert word in said


def test_an_unknown_plan_names_the_nearest():
    with pytest.raises(InputError, match='did you mean "rival_readings"'):
        find_plan("rival_reading")


TABLE_FAULTS = {
    "no row": ("trust.asymmetry\n", ["at least one row"]),
    "a column twice": ("trust.asymmetry,trust.asymmetry\n2,3\n", ["twice"]),
    "an unknown column": ("draw,trust.asymmetry\n1,2\n", ["draws.csv", "unknown parameter 'draw'"]),
    "a row too short": ("trust.asymmetry,trust.learning\n2.0\n", ["row 1", "2 fields"]),
    "a word": ("trust.asymmetry\ntwo\n3\n", ["row 1", "trust.asymmetry", "'two' is not a number"]),
    "a value out of range": ("trust.asymmetry\n2\n7\n", ["row 2", "outside 1 to 5"]),
    "too few rows": ("trust.asymmetry\n2\n", ["design.posterior.rows", "has 1"]),
}


@pytest.mark.parametrize("fault", TABLE_FAULTS)
def test_a_table_of_draws_with(fault, tmp_path):
    text, words = TABLE_FAULTS[fault]
    (tmp_path / "draws.csv").write_text(text)
    with pytest.raises(InputError) as told:
        plan(tmp_path, head() + '[design.posterior]\nfile = "draws.csv"\nrows = 2\n')
    for word in words:
        assert word in str(told.value)


# Any plan

PARAMETERS = sorted(all_parameters())
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def in_range(name: str) -> st.SearchStrategy[float]:
    parameter = all_parameters()[name]
    return st.floats(parameter.low, parameter.high, allow_subnormal=False)


def settings_of(names: list[str]) -> st.SearchStrategy[dict[str, float]]:
    return st.fixed_dictionaries({name: in_range(name) for name in names})


names = st.lists(st.sampled_from(PARAMETERS), min_size=1, max_size=4, unique=True)
few = st.integers(1, 9)


@st.composite
def spreads(draw) -> dict:
    chosen = draw(names)
    cut = draw(st.integers(0, len(chosen)))
    found: dict = {"samples": draw(few)}
    if chosen[:cut]:
        found["parameters"] = chosen[:cut]
    spans = {name: sorted(draw(st.tuples(in_range(name), in_range(name)))) for name in chosen[cut:]}
    found["ranges"] = {name: {"low": low, "high": high} for name, (low, high) in spans.items()}
    return found


designs = st.one_of(
    st.just({}),
    st.fixed_dictionaries(
        {
            "grid": names.flatmap(
                lambda n: st.fixed_dictionaries({k: st.lists(in_range(k), min_size=1, max_size=3) for k in n})
            )
        }
    ),
    st.fixed_dictionaries({"list": names.flatmap(lambda n: st.lists(settings_of(n), min_size=1, max_size=4))}),
    st.fixed_dictionaries({"latin_hypercube": spreads()}),
    st.fixed_dictionaries({"sobol": spreads()}),
    st.fixed_dictionaries({"prior": st.fixed_dictionaries({"samples": few}, optional={"parameters": names})}),
)
records = st.fixed_dictionaries(
    {},
    optional={
        "series_every": st.integers(1, 5),
        "measures": st.lists(st.sampled_from(sorted(MEASURES)), min_size=1, max_size=3, unique=True),
        "dyads_every": st.integers(1, 5),
    },
)
plans = st.fixed_dictionaries(
    {
        "schema": st.just(1),
        "scenarios": st.sampled_from([[TRIO], [QUARTET, TRIO]]),
        "months": st.integers(1, 3),
        "replicates": st.integers(1, 5),
    },
    optional={
        "title": words,
        "question": words,
        "presets": st.sampled_from([["sceptic"], ["agnostic", "sceptic"]]),
        "design": designs,
        "seed": st.integers(0, 2**63 - 1),
        "common_random_numbers": st.booleans(),
        "record": records,
        "limits": st.fixed_dictionaries(
            {}, optional={"hours": st.floats(0.5, 100.0), "runs": st.integers(1000, 10**6)}
        ),
    },
)


@given(fields=plans)
def test_a_plan_that_is_written_and_read_is_the_same(fields, tmp_path_factory):
    plan_file = fitted(fields, PlanFile, "plan")
    path = tmp_path_factory.mktemp("plans") / "plan.toml"
    path.write_text(dump_plan(plan_file), "utf-8")
    try:
        found = load_plan(path).file
    except InputError:  # it cannot be used, but not for what dump_plan made of it
        with pytest.raises(InputError):
            checked_plan(plan_file, path)
        return
    assert found == plan_file


def test_a_written_plan_keeps_every_bit_of_a_number(tmp_path):
    value = math.nextafter(2.0, 3.0)
    one = plan(tmp_path, head() + f'[design.grid]\n"trust.asymmetry" = [{value!r}]\n').file
    assert plan(tmp_path, dump_plan(one), "again.toml").file.design.grid == {"trust.asymmetry": [value]}
