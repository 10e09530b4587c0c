"""What is kept of a run is what the ensemble finds: rows, series and pairs against the futures themselves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from regime_abm import api
from regime_abm.ensemble import simulate
from regime_abm.measures import MEASURES
from regime_abm.measures.outcome import KEYS
from tests.helpers import made_up
from tests.sweeps.plans import GRID, QUARTET, TRIO, head, swept

EVERYTHING = "[record]\nseries_every = 5\ndyads_every = 12\n"


@pytest.fixture(scope="module")
def gridded(tmp_path_factory):
    """Six cells of three runs under two presets, with all that can be kept."""
    text = head(3, 24, (QUARTET,), presets='["sceptic", "institutionalist"]') + GRID + EVERYTHING
    return swept(tmp_path_factory.mktemp("rows"), text)


def test_a_cell_is_the_ensemble_with_its_values(gridded):
    runs = gridded.runs(where=[("cell", "==", 9)])  # the second preset's fourth setting
    assert runs["preset"].unique().tolist() == ["institutionalist"]
    values = {"trust.asymmetry": np.array([2.0]), "choice.precision": np.array([6.0])}
    assert all(runs[name].eq(value[0]).all() for name, value in values.items())
    chunk = simulate(made_up("quartet").with_preset("institutionalist"), 1, 0, 3, months=24, values=values)
    assert runs["outcome"].tolist() == [KEYS[place] for place in chunk.outcome[:, -1]]
    for name in MEASURES:
        assert np.array_equal(runs[name], chunk.series[name][:, -1], equal_nan=True), name


def test_a_sweep_without_a_design_is_the_run_of_its_scenario(tmp_path):
    runs = swept(tmp_path, head(20, 24, seed=5)).runs()
    result = api.run(TRIO, replicates=20, months=24, seed=5)
    assert runs["outcome"].tolist() == result.outcomes["outcome"].tolist()
    for name in MEASURES:
        assert np.array_equal(runs[name], result.series[name][:, -1], equal_nan=True), name
    assert runs["first_regime"].fillna(-1).tolist() == result.emergence.tolist()
    legs = runs[[f"leg_{key}" for key in result.leg_shares]].mean()
    assert legs.tolist() == list(result.leg_shares.values())


def test_prior_draws_with_luck_of_their_own_are_the_run_with_drawn_parameters(tmp_path):
    text = head(1, 24, seed=5, presets='["sceptic"]', common_random_numbers="false") + "[design.prior]\nsamples = 20\n"
    runs = swept(tmp_path, text).runs()
    result = api.run(TRIO, replicates=20, months=24, seed=5, preset="sceptic", draw_parameters=True)
    assert runs["outcome"].tolist() == result.outcomes["outcome"].tolist()
    for name in MEASURES:
        assert np.array_equal(runs[name], result.series[name][:, -1], equal_nan=True), name


def test_common_random_numbers_make_twins_and_without_them_there_are_none(tmp_path):
    rows = '[[design.list]]\n"trust.asymmetry" = 2.0\n' * 2  # the same setting twice
    twins = swept(tmp_path, head(10, 24) + rows, "twins").runs()
    others = swept(tmp_path, head(10, 24, common_random_numbers="false") + rows, "others").runs()
    measures = list(MEASURES)
    for runs, are_twins in ((twins, True), (others, False)):
        one, other = (runs[runs["cell"] == cell][measures].reset_index(drop=True) for cell in (0, 1))
        assert one.equals(other) == are_twins
    # future k of the first cell is the same in both
    assert twins[:10][measures].equals(others[:10][measures])


def test_when_a_class_was_first_reached(gridded):
    runs, series = gridded.runs(), gridded.series(columns=["run", "month", "outcome"])
    for key in KEYS:
        ever = runs[f"first_{key}"].notna()
        seen = series[series["outcome"] == key].groupby("run")["month"].min()
        assert ever[seen.index].all()
        assert (runs.loc[seen.index, f"first_{key}"] <= seen).all()
        assert ever[runs["outcome"] == key].all()
    assert (runs["ever_war"] == runs["first_war"].notna()).all()
    assert (runs["ever_regime"] == runs["first_regime"].notna()).all()


def test_series_are_every_fifth_month_and_the_last_in_single_precision(gridded):
    series = gridded.series()
    assert series["month"].tolist() == [0, 5, 10, 15, 20, 24] * 36
    assert series["run"].tolist() == np.repeat(np.arange(36), 6).tolist()
    assert {series[name].dtype for name in MEASURES} == {np.dtype(np.float32)}
    values = {"trust.asymmetry": np.array([2.0]), "choice.precision": np.array([6.0])}
    chunk = simulate(made_up("quartet").with_preset("sceptic"), 1, 0, 3, months=24, values=values)
    own = series[series["run"].between(9, 11)]  # the fourth cell
    for name in MEASURES:
        wanted = chunk.series[name][:, [0, 5, 10, 15, 20, 24]].ravel()
        assert np.allclose(own[name], wanted, atol=0.5e-4 + 1e-7, equal_nan=True), name
    assert own[own["month"] == 0]["outcome"].isna().all()


def test_only_the_measures_that_were_asked_for_are_kept(tmp_path):
    text = head() + '[record]\nseries_every = 6\nmeasures = ["coverage", "reciprocity"]\n'
    series = swept(tmp_path, text).series()
    assert series.columns.tolist() == ["run", "month", "outcome", "coverage", "reciprocity"]


def test_pairs_are_those_of_the_watched_future(gridded):
    pairs = gridded.table("dyads", where=[("run", "==", 34)])
    assert len(pairs) == 3 * 12  # months 0, 12, 24; four states
    watch = api.watch_run(gridded.folder, 34)
    watch.advance(24)
    for month in (0, 12, 24):
        frame, rows = watch.frame(month), pairs[pairs["month"] == month]
        for row in rows.itertuples():
            i, j = watch.states.index(row.state), watch.states.index(row.other)
            assert row.trust == pytest.approx(frame["trust"][i][j], abs=2e-4)
            assert row.severity == frame["severity"][i][j]
            assert row.hostility == frame["hostility"][i][j]
            assert int(row.talks) == frame["talks"][i][j]


def test_a_parameter_that_only_one_variant_sweeps_has_its_value_in_the_others(tmp_path):
    text = head(1, 6, presets='["agnostic", "structural_null"]', common_random_numbers="false")
    runs = swept(tmp_path, text + "[design.prior]\nsamples = 3\n").runs()
    preset = api.load_preset("structural_null").parameters
    null = runs[runs["preset"] == "structural_null"]
    assert all(null[name].eq(value).all() for name, value in preset.items())


def test_tables_of_parts_are_plain_parquet(gridded):
    runs = pd.read_parquet(gridded.folder / "parts" / "runs")
    assert sorted(runs["run"]) == list(range(36))


def test_outcome_counts_are_those_of_the_rows(gridded):
    counts = api.outcome_counts(gridded)
    assert counts[list(KEYS)].to_numpy().sum() == 36
    runs = gridded.runs()
    for row in counts.to_dict("records"):
        own = runs[runs["preset"] == row["preset"]]["outcome"]
        assert {key: row[key] for key in KEYS} == {key: int((own == key).sum()) for key in KEYS}
