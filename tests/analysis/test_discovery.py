"""Discovery on tables: planted boxes come out in words, EMA workbench agrees, chance finds nothing, bad tables are refused."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from ema_workbench.analysis.prim import Prim

from regime_abm import api
from regime_abm.analysis import prim
from regime_abm.errors import InputError

NAMES = ["trust.asymmetry", "trust.learning", "forums.talks_end", "will.scare"]


def drawn(rows: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    low, high = np.array([1.0, 0.1, 0.04, 0.3]), np.array([5.0, 0.9, 0.15, 0.7])
    return pd.DataFrame(low + (high - low) * rng.random((rows, 4)), columns=NAMES)


def planted(rows: int = 3000, seed: int = 0) -> pd.DataFrame:
    """A regime is common where news is taken evenly and talks hold, and rare elsewhere."""
    table, rng = drawn(rows, seed), np.random.default_rng([seed, 1])
    good = (table["trust.asymmetry"] < 2.2) & (table["forums.talks_end"] < 0.08)
    table["outcome"] = np.where(rng.random(rows) < np.where(good, 0.7, 0.1), "fragile_regime", "cold_peace")
    return table


def test_a_planted_box_is_told_in_words_with_its_share_and_that_of_elsewhere():
    found = api.discover(planted(), "regime")
    assert len(found.found) == 1
    beliefs = found.beliefs.set_index("parameter")
    assert set(beliefs.index) == {"trust.asymmetry", "forums.talks_end"}
    assert beliefs.loc["trust.asymmetry", "high"] == pytest.approx(2.2, abs=0.1)
    assert beliefs.loc["forums.talks_end", "high"] == pytest.approx(0.08, abs=0.004)
    assert beliefs["low"].isna().all()
    assert beliefs.loc["trust.asymmetry", "believed"] == pytest.approx(0.3, abs=0.03)
    assert beliefs.loc["trust.asymmetry", "unit"] == "ratio"
    assert "bad news" in beliefs.loc["trust.asymmetry", "meaning"]
    (words,) = found.words()
    assert words == (
        "A security regime stands: 74 % where forums.talks_end < 0.0802 and trust.asymmetry < 2.21; 11 % elsewhere. These are "
        "11 % of the rows and hold 46 % of the cases. In rows held out: 73 %, and 10 % elsewhere."
    )


def test_the_rows_held_out_tell_what_the_box_is_worth():
    found = api.discover(planted(), "regime").boxes.iloc[0]
    assert found.held_density == pytest.approx(0.7, abs=0.06)
    assert found.held_elsewhere == pytest.approx(0.1, abs=0.03)
    none = api.discover(planted(), "regime", held_out=0.0).boxes.iloc[0]
    assert np.isnan(none.held_density)
    assert none.rows > found.rows


def test_the_way_to_the_box_is_ema_workbench_s():
    table = planted(900)
    outcome = (table["outcome"] == "fragile_regime").to_numpy()
    theirs = Prim(table[NAMES], outcome.astype(int), threshold=0.1).find_box().peeling_trajectory
    path = api.discover(table, "regime", held_out=0.0, parameters=NAMES).trajectories
    path = path[path.box == 1]
    for name in ("coverage", "density", "mass"):
        assert path[name].tolist() == pytest.approx(theirs[name].tolist(), abs=1e-12)
    assert path["restricted"].tolist() == theirs["res_dim"].tolist()
    assert path["chosen"].sum() == 1


def test_the_tree_tells_the_same():
    found = api.discover(planted(), "regime")
    best = found.tree.iloc[0]
    assert best.density > 0.6
    assert "trust.asymmetry <" in best["where"]
    assert "forums.talks_end <" in best["where"]
    assert found.tree["rows"].sum() == 3000
    assert found.tree["coverage"].sum() == pytest.approx(1.0)


@pytest.mark.parametrize("seed", range(8))
def test_where_there_is_nothing_no_box_is_found(seed):
    table, rng = drawn(500, seed), np.random.default_rng(seed)
    table["war"] = rng.random(500) < 0.3
    found = api.discover(table, "war")
    assert found.found == ()
    assert found.words() == [f"War: {100 * found.share:.0f} % of all; no box holds more of it than chance gives."]
    assert len(found.boxes) == len(found.beliefs) == 0


def test_a_second_box_is_sought_in_what_the_first_one_left():
    table = drawn(4000, 3)
    table["war"] = np.where((table["trust.asymmetry"] < 1.8) | (table["forums.talks_end"] < 0.05), 0.95, 0.02)
    found = api.discover(table, "war")
    assert found.beliefs["parameter"].tolist() == ["trust.asymmetry", "forums.talks_end"]
    assert found.beliefs["box"].tolist() == [1, 2]
    assert found.beliefs["high"].tolist() == pytest.approx([1.8, 0.05], rel=0.03)
    assert found.boxes["elsewhere"].iloc[1] == pytest.approx(0.02)
    assert "of the cases left" in found.words()[1]


def test_runs_of_one_setting_are_held_out_together():
    """Otherwise a setting seen while seeking would be counted as a test."""
    from regime_abm.discovery import _held

    points = np.repeat(np.random.default_rng(1).random((60, 2)), 5, axis=0)
    held = _held(points, 1 / 3, 0).reshape(60, 5)
    assert (held.all(axis=1) | ~held.any(axis=1)).all()
    assert 0.15 < held.mean() < 0.55


def test_a_measure_needs_a_threshold_and_either_side_works():
    table = drawn(800, 4)
    table["reciprocity"] = 1.0 - table["trust.learning"]
    above = api.discover(table, "reciprocity", above=0.6)
    below = api.discover(table, "reciprocity", below=0.3)
    assert above.beliefs.iloc[0]["high"] == pytest.approx(0.4, abs=0.03)
    assert below.beliefs.iloc[0]["low"] == pytest.approx(0.7, abs=0.03)
    assert above.outcome.endswith("above 0.6")
    with pytest.raises(InputError, match="say above or below"):
        api.discover(table, "reciprocity")
    with pytest.raises(InputError, match="not both"):
        api.discover(table, "reciprocity", above=0.1, below=0.9)


def test_the_cells_of_sobol_are_looked_at_where_they_were_drawn_and_those_of_morris_refused():
    words = {"parameters": ["norms.stood_for", "disputes.settle"], "months": 24, "replicates": 2}
    cells = api.sensitivity("baseline_2018", "sobol", samples=32, **words).cells
    found = api.discover(cells, "regime_strength", above=float(cells["regime_strength"].median()))
    assert found.rows == 64
    cells = api.sensitivity("baseline_2018", "morris", samples=8, **words).cells
    with pytest.raises(InputError, match="were not drawn from the priors"):
        api.discover(cells, "regime_strength", above=0.3)


def test_the_summary_is_json():
    found = json.loads(json.dumps(api.discover(planted(), "regime").summary(), allow_nan=False))
    assert found["rows"] == 3000
    assert found["beliefs"][0]["low"] is None


def test_equal_seeds_hold_out_the_same_rows():
    one, other = (api.discover(planted(), "regime", seed=5).boxes for _ in range(2))
    assert one.equals(other)
    assert not one.equals(api.discover(planted(), "regime", seed=6).boxes)


def _without(table, name):
    return table.drop(columns=name)


@pytest.mark.parametrize(
    ("change", "words", "told"),
    [
        (lambda t: t, {"outcome": "regimes"}, "unknown outcome class 'regimes'"),
        (lambda t: _without(t, "outcome"), {}, "the table has no column 'regime'"),
        (lambda t: t[["outcome"]], {}, "no column of a parameter that varies"),
        (lambda t: t.assign(**{"trust.asymmetry": 2.0})[["trust.asymmetry", "outcome"]], {}, "that varies"),
        (lambda t: t, {"parameters": ["trust.asymetry"]}, 'did you mean "trust.asymmetry"'),
        (lambda t: t.head(10), {}, "has 10 rows; at least 20"),
        (lambda t: t, {"outcome": "war"}, "it is so in none of the 3000 rows"),
        (lambda t: t.assign(war=1.0), {"outcome": "war"}, "it is so in all of the 3000 rows"),
        (
            lambda t: t.assign(war=np.where(np.arange(len(t)) == 7, np.nan, 0.5)),
            {"outcome": "war"},
            "column war: 1 of 3000 rows have no value, the first is row 7",
        ),
        (lambda t: t.assign(war="yes"), {"outcome": "war"}, "column war: holds words"),
        (lambda t: t, {"held_out": 0.9}, "held_out: 0.9 is outside 0 to 0.5"),
        (lambda t: t, {"boxes": 0}, "boxes: 0 is outside 1"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_in_one_line(change, words, told):
    with pytest.raises(InputError, match=told) as caught:
        api.discover(change(planted()), **{"outcome": "regime", **words})
    assert "\n" not in str(caught.value)


def test_the_smallest_box_is_asked_for_by_what_it_holds():
    found = api.discover(planted(), "regime")
    assert found.found[0].box.mass >= prim.SMALLEST
