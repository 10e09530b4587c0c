"""From a plan to cells: each design by worked cases, and the numbering of cells and runs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regime_abm.core.parameter import parameters_of
from regime_abm.design import Cells, Listed, Variant, blocks, cells_of
from regime_abm.mechanisms import SCHEDULE
from regime_abm.plan import Record
from regime_abm.sweeps.work import Job, count_tasks, tasks
from tests.helpers import made_up
from tests.sweeps.plans import GRID, QUARTET, TRIO, head, plan

KNOWN = parameters_of(SCHEDULE)
TWO = '["trust.asymmetry", "trust.learning"]'


def test_a_grid_is_every_combination_and_the_last_parameter_turns_fastest(tmp_path):
    cells = cells_of(plan(tmp_path, head() + GRID))
    table = cells.table()
    assert table["trust.asymmetry"].tolist() == [1.5, 1.5, 2.0, 2.0, 4.0, 4.0]
    assert table["choice.precision"].tolist() == [3.0, 6.0] * 3
    assert table["scenario"].unique().tolist() == ["trio"]


def test_a_setting_has_the_same_number_under_every_scenario_and_preset(tmp_path):
    text = (
        head(scenarios=(TRIO, QUARTET), presets='["agnostic", "sceptic"]')
        + f"[design.sobol]\nsamples = 5\nparameters = {TWO}\n"
    )
    table = cells_of(plan(tmp_path, text)).table()
    assert table["cell"].tolist() == list(range(20))
    assert table["scenario"].tolist() == ["trio"] * 10 + ["quartet"] * 10
    assert table["preset"].tolist() == (["agnostic"] * 5 + ["sceptic"] * 5) * 2
    values = table[["trust.asymmetry", "trust.learning"]].to_numpy().reshape(4, 5, 2)
    assert (values == values[0]).all()


def test_a_list_is_its_rows(tmp_path):
    rows = '[[design.list]]\n"trust.asymmetry" = 2.0\n"trust.learning" = 0.3\n'
    rows += '[[design.list]]\n"trust.learning" = 0.9\n"trust.asymmetry" = 1.0\n'
    table = cells_of(plan(tmp_path, head() + rows)).table()
    assert table[["trust.asymmetry", "trust.learning"]].to_numpy().tolist() == [[2.0, 0.3], [1.0, 0.9]]


def test_without_a_design_the_scenarios_are_run_as_they_are(tmp_path):
    cells = cells_of(plan(tmp_path, head(scenarios=(TRIO, QUARTET))))
    assert (cells.count, cells.columns, cells.swept(1, 1)) == (2, (), {})


def test_a_latin_hypercube_has_one_sample_in_each_slice_of_every_parameter(tmp_path):
    spread = 'ranges = { "trust.asymmetry" = { low = 2.0, high = 3.0 } }\nparameters = ["trust.learning"]\n'
    text = head() + f"[design.latin_hypercube]\nsamples = 20\n{spread}"
    table = cells_of(plan(tmp_path, text)).table()
    slices = np.floor((table["trust.asymmetry"] - 2.0) * 20)
    assert sorted(slices) == list(range(20))
    # a named parameter by its prior: a twentieth of the prior's weight in each slice
    prior = KNOWN["trust.learning"].prior  # uniform, .1 to .9
    assert sorted(np.floor((table["trust.learning"] - prior.low) / (prior.high - prior.low) * 20)) == list(range(20))


def test_a_sobol_sequence_is_balanced_in_every_half(tmp_path):
    text = head() + f"[design.sobol]\nsamples = 64\nparameters = {TWO}\n"
    table = cells_of(plan(tmp_path, text)).table()
    for name in ("trust.asymmetry", "trust.learning"):
        middle = KNOWN[name].prior.quantile(np.array(0.5), KNOWN[name].low, KNOWN[name].high)
        assert (table[name] < middle).sum() == 32
    shorter = cells_of(plan(tmp_path, text.replace("64", "50"))).table()
    assert shorter.equals(table.iloc[:50])


@pytest.mark.parametrize("kind", ["latin_hypercube", "sobol", "prior"])
def test_a_sample_depends_on_the_seed_alone(kind, tmp_path):
    def sample(seed: int):
        text = head(seed=seed) + f"[design.{kind}]\nsamples = 8\nparameters = {TWO}\n"
        return cells_of(plan(tmp_path, text)).table()

    assert sample(3).equals(sample(3))
    assert not sample(3).equals(sample(4))


@pytest.mark.parametrize("kind", ["latin_hypercube", "sobol", "prior"])
def test_a_sample_stays_within_the_range_of_every_parameter(kind, tmp_path):
    text = head() + f"[design.{kind}]\nsamples = 300\nparameters = {sorted(KNOWN)!r}\n"
    table = cells_of(plan(tmp_path, text)).table()
    for name, item in KNOWN.items():
        assert table[name].between(item.low, item.high).all(), name
        ends = item.prior.quantile(np.array([0.1, 0.9]), item.low, item.high)
        assert table[name].nunique() > 250 or ends[0] == ends[1], name


def test_prior_draws_leave_what_scenario_and_preset_set(tmp_path):
    text = head(presets='["agnostic", "sceptic"]') + "[design.prior]\nsamples = 6\n"
    cells = cells_of(plan(tmp_path, text))
    table, preset = cells.table(), cells.variants[1].scenario.parameters
    assert list(cells.columns) == list(KNOWN)
    agnostic, sceptic = (table[table["preset"] == name].reset_index(drop=True) for name in ("agnostic", "sceptic"))
    for name in KNOWN:
        if name in preset:
            assert sceptic[name].unique().tolist() == [preset[name]]
            assert agnostic[name].nunique() == 6
        else:
            assert sceptic[name].equals(agnostic[name])  # the same draw under every preset


def test_named_prior_draws_win_over_the_preset(tmp_path):
    text = head(presets='["sceptic"]') + '[design.prior]\nsamples = 6\nparameters = ["trust.learning"]\n'
    table = cells_of(plan(tmp_path, text)).table()
    assert table["trust.learning"].nunique() == 6


def test_a_posterior_is_the_top_rows_of_its_file(tmp_path):
    (tmp_path / "draws.csv").write_text("trust.asymmetry,trust.learning\n2.0,0.5\n3.5,0.25\n4.0,0.1\n")
    table = cells_of(plan(tmp_path, head() + '[design.posterior]\nfile = "draws.csv"\nrows = 2\n')).table()
    assert table[["trust.asymmetry", "trust.learning"]].to_numpy().tolist() == [[2.0, 0.5], [3.5, 0.25]]


def test_a_trillion_cells_are_numbered_without_building_them(tmp_path):
    values = [round(1.0 + 0.01 * k, 2) for k in range(400)]
    grid = f'"trust.asymmetry" = {values}\n'
    many = [name for name in KNOWN if KNOWN[name].low <= 0.1 and KNOWN[name].high >= 0.9][:20]
    grid += "".join(f'"{name}" = [0.1, 0.5, 0.9]\n' for name in many)
    cells = cells_of(plan(tmp_path, head() + "[design.grid]\n" + grid))
    assert cells.count == 400 * 3**20 > 1e12
    assert cells.swept(cells.count - 1, 1)["trust.asymmetry"].tolist() == [values[-1]]


# Which runs belong to what

numbers = st.integers(1, 40)


def made(variants: int, cells_each: int, replicates: int, crn: bool) -> Cells:
    settings = Listed(("trust.asymmetry",), np.linspace(1, 5, cells_each)[:, None])
    return Cells((Variant(made_up("trio"), "", settings),) * variants, cells_each, replicates, 1, crn)


@given(numbers, numbers, st.booleans(), st.data(), numbers)
def test_blocks_cover_the_runs_of_a_task_once_and_in_order(cells_each, replicates, crn, data, most):
    cells = made(2, cells_each, replicates, crn)
    first = data.draw(st.integers(0, cells.runs_of_variant - 1))
    count = data.draw(st.integers(1, cells.runs_of_variant - first))
    reached = first
    for block in blocks(cells, first, count, most):
        assert block.first == reached
        assert 1 <= block.runs <= most
        assert block.cells == 1 or (block.first % replicates == 0 and block.count == replicates)
        if crn and block.cells == 1:
            assert block.first % replicates + block.count <= replicates  # within one cell
        reached += block.runs
    assert reached == first + count


@given(st.integers(1, 3), numbers, numbers, st.one_of(st.none(), st.integers(1, 2000)))
def test_tasks_cover_all_runs_once_and_never_cross_a_variant(variants, cells_each, replicates, chunk):
    cells = made(variants, cells_each, replicates, True)
    job = Job(cells, Record(), {})
    found = list(tasks(job, chunk))
    assert len(found) == count_tasks(job, chunk)
    reached = 0
    for number, task in enumerate(found):
        assert (task.number, task.first) == (number, reached)
        assert task.first // cells.runs_of_variant == (task.first + task.count - 1) // cells.runs_of_variant
        assert chunk is None or task.count <= chunk
        whole = task.first % replicates == 0 and task.count % replicates == 0
        assert whole or (chunk is not None and chunk < replicates)
        reached += task.count
    assert reached == cells.runs


def test_the_numbers_of_a_run(tmp_path):
    cells = made(2, 3, 4, True)
    assert cells.place(0) == (0, 0, 0)
    assert cells.place(13) == (1, 3, 1)
    assert [cells.luck(run) for run in (0, 5, 13)] == [0, 1, 1]
    assert [made(2, 3, 4, False).luck(run) for run in (0, 5, 13)] == [0, 5, 13]
