"""The audit of signs on whole futures: its levers, its verdicts, and what the committed page says."""

from __future__ import annotations

import re

import numpy as np
import pytest

from regime_abm.core.world import GLOSSARY
from regime_abm.paired import Difference
from regime_abm.scenario import ScenarioFile, load
from regime_abm.surgery import Surgery
from tests.helpers import WORLDS, differences, made_up, prepared
from tests.science.test_sign_audit import EFFECTS
from tools import sign_audit
from tools.sign_audit import LEVERS, Row, as_drawn, audited, forum_layer, verdict


def lever(hope: str):
    return next(item for item in LEVERS if item.hope == hope)


# Levers


def test_every_hope_of_the_essay_has_a_lever():
    assert [item.hope for item in LEVERS] == [effect.hope for effect in EFFECTS]


@pytest.mark.parametrize("item", LEVERS, ids=lambda item: item.hope)
def test_a_lever_moves_something_from_nothing_to_the_end_of_its_prior(item):
    scenario = load("baseline_2018")
    off, full = item.off(scenario), item.full(scenario)
    assert item.parameters or item.surgery or item.start
    for name in item.parameters:
        assert off.parameters[name] == 0.0 < full.parameters[name]
    assert len(off.events) == len(scenario.events) + bool(item.surgery)


def test_surgery_sets_what_there_is_and_nothing_else():
    _, world = prepared(made_up("quartet"), count=3)
    there = world.alliance > 0
    assert there.any()
    assert not there.all()
    cut = Surgery(month="2000-02", quantities=("alliance", "forum_active"), value=1.0).apply(world)
    assert set(differences(world, cut)) == {"alliance", "alliance_start"}  # all forums were active already
    assert np.array_equal(cut.alliance, there.astype(np.float32))
    assert cut.alliance.dtype == GLOSSARY["alliance"].kind
    gone = Surgery(month="2000-02", quantities=("alliance", "forum_active"), value=0.0).apply(world)
    assert not gone.alliance.any()
    assert not gone.forum_active.any()


def test_no_scenario_file_can_hold_surgery():
    event = {"month": "2018-06", "kind": "surgery", "quantities": ["trust"], "value": 1.0}
    with pytest.raises(ValueError, match="surgery"):
        ScenarioFile.model_validate({"schema": 1, "events": [event]})


# Verdicts


def row(effects, hoped=1):
    twins = np.asarray(effects, float)[:, None] + 0.1 * np.random.default_rng(1).normal(size=(len(effects), 20))
    return Row("planted", Difference.of("talks", twins, np.zeros_like(twins)), hoped, ())


NOTHING, UP, DOWN = np.zeros(100), np.ones(100), -np.ones(100)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ((UP, NOTHING), sign_audit.HARD_WIRED),
        ((DOWN, NOTHING), "only against the hope"),
        ((NOTHING, NOTHING), "too small, draw by draw"),
        ((UP, DOWN), "helps one thing, harms another"),
        ((np.where(np.arange(100) < 30, -1.0, 1.0), UP), "both signs"),
    ],
)
def test_verdicts_follow_from_the_signs(rows, expected):
    assert verdict({str(place): row(effects) for place, effects in enumerate(rows)}) == expected


def test_where_the_yardstick_is_the_lever_only_what_comes_of_it_is_judged():
    mixed = row(np.where(np.arange(100) < 30, -1.0, 1.0))
    same = {"full": row(UP), "prior": row(UP), "conduct": row(UP), "crisis": row(NOTHING)}
    assert verdict(same, "one thing") == f"{sign_audit.CHECK}; in what comes of it: {sign_audit.HARD_WIRED}"
    assert verdict({**same, "full": row(DOWN)}, "one thing") == verdict(same, "one thing")
    assert verdict({**same, "crisis": mixed}, "one thing").endswith("both signs")


def test_every_manipulation_check_says_why():
    checks = [item for item in LEVERS if item.check]
    assert [item.hope for item in checks] == ["institutions grow when they are supported", "will opens talks"]
    assert all("yardstick" in item.check for item in checks)


def test_a_row_tells_shares_where_enough_draws_have_a_sign_and_numbers_where_not():
    told = row(UP, hoped=-1).cells()
    assert told[3:7] == ["0 %", "100 %", "0 %", "opposite only"]
    few = row(np.where(np.arange(100) < 10, 1.0, 0.0))
    assert few.cells()[3].startswith("(1")
    assert few.signs == "not testable"
    assert told[-1] == "nothing stands out"


# Futures


def test_the_audit_writes_its_page(tmp_path, monkeypatch):
    monkeypatch.setattr(sign_audit, "PAGE", tmp_path / "page.md")
    words = "--draws 4 --replicates 2 --months 14 --seed 3".split()
    assert sign_audit.main([*words, "--scenario", str(WORLDS / "quartet.toml")]) == 0
    text = (tmp_path / "page.md").read_text(encoding="utf-8")
    for item in LEVERS:
        assert text.count(f"| {item.hope} |") == 1 + len(sign_audit.TABLES)
    assert text.count("memberships against shuffled ones") == len(sign_audit.FORUMS)


def test_the_committed_page_is_of_full_size_and_explains_what_looks_hard_wired():
    text = sign_audit.PAGE.read_text(encoding="utf-8")
    draws, replicates = (int(re.search(rf"--{name} (\d+)", text)[1]) for name in ("draws", "replicates"))
    assert draws >= 200
    assert replicates >= 20
    for item in LEVERS:
        told = re.search(rf"^\| {re.escape(item.hope)} \| [^|]+ \| ([^|]+) \| ([^|]*) \|$", text, re.MULTILINE)
        assert told, item.hope
        if told[1].endswith((sign_audit.HARD_WIRED, "only against the hope")):
            assert told[2].strip(), f"{item.hope}: no reading"


SMALL = {"draws": 60, "replicates": 5, "months": 48, "seed": 2}


def test_exclusive_alliances_may_feed_a_conflict_or_calm_it():
    """Small, and yet both signs: what alarms outsiders protects insiders."""
    scenario = load("baseline_2018")
    found = audited(scenario, lever("exclusive alliances feed the conflict"), as_drawn(scenario, SMALL), SMALL)
    assert found["full"].signs == "both"
    assert dict(found["full"].hangs_on)["threat.others_allies"] > 0.4


def test_a_channel_that_is_taken_away_leaves_one_sign_only():
    """The audit can fail: without what alliances do to outsiders they only reassure."""
    scenario = load("baseline_2018").with_parameters({"threat.others_allies": 0.0})
    found = audited(scenario, lever("alliances reassure"), as_drawn(scenario, SMALL), SMALL)
    assert found["full"].signs == "hoped only"


def by_what(rows):
    return {(row.what, row.difference.key): row for row in rows}


def test_forums_are_real_channels_and_the_structural_null_shuts_them():
    """Small: forums open talks on the whole (that agreements follow takes more draws); a shuffle of who sits where leaves
    twins of its own."""
    rows = by_what(forum_layer(load("baseline_2018"), {**SMALL, "draws": 48}, shuffles=4))
    assert rows["forums against inert ones", "talks"].difference.interval[1] > 0.0
    shuffled = rows["memberships against shuffled ones", "talks"].difference
    assert (shuffled.mean != 0.0).sum() > 24
    assert abs(shuffled.interval[0]) < abs(rows["forums against inert ones", "talks"].difference.interval[0])


# The same, with fewer draws than the page has

# The whole page takes a quarter of an hour; these two stand for it, each with both signs there.
LONG = {"draws": 120, "replicates": 6, "months": 120, "seed": 3}
STANDING = ("alliances reassure", "exclusive alliances feed the conflict")


@pytest.fixture(scope="module")
def drawn():
    return as_drawn(load("baseline_2018"), LONG)


@pytest.mark.long
@pytest.mark.parametrize("hope", STANDING)
def test_what_the_page_calls_free_in_sign_still_is(hope, drawn):
    text = sign_audit.PAGE.read_text(encoding="utf-8")
    said = re.search(rf"^\| {re.escape(hope)} \| [^|]+ \| ([^|]+) \|", text, re.MULTILINE)[1]
    assert said == "both signs"
    assert audited(load("baseline_2018"), lever(hope), drawn, LONG)["full"].signs == "both"


@pytest.mark.long
def test_the_forum_layer_moves_talks_agreements_and_conduct_and_settles_both_ways():
    """Months in crisis move too little to be seen with so few draws; the page has them with more."""
    rows = by_what(forum_layer(load("baseline_2018"), {"draws": 120, "replicates": 10, "months": 240, "seed": 3}))
    for key in ("talks", "agreements", "conduct"):
        assert rows["forums against inert ones", key].difference.interval[1] > 0.0, key
    assert rows["forums against inert ones", "settled"].signs == "both"
