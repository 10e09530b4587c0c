"""The scenario library: every file is whole, runs, acts on what may be acted on, and has its line in docs/scenarios.md."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from regime_abm import api
from regime_abm.core.world import FLEETING, faults
from regime_abm.errors import InputError
from regime_abm.files import month_index
from regime_abm.forms import parsed
from regime_abm.levers import KINDS
from regime_abm.scenario import ScenarioFile, find, load, shipped_names
from regime_abm.yardsticks import YARDSTICKS
from tests.helpers import after, differences, prepared
from tools import scenario_table

LIBRARY = [name for name in shipped_names() if name.startswith("sc")]
SPLIT = {14, 30, 33}  # sentences that make two claims
ESSAY = {f"S{n}{half}" for n in range(1, 39) for half in (("a", "b") if n in SPLIT else ("",))}
ROOT = Path(__file__).resolve().parents[2]
# Words for what states are rather than what they do; scenarios are read aloud to all of them.
LOADED = re.compile(
    r"rogue|regime change|provocat|aggress|tyrant|threaten|bully|appease|North Korea|Sea of Japan|East Sea", re.I
)


def file(name):
    return parsed(find(name), ScenarioFile)


def test_every_number_of_the_list_is_there():
    assert {int(name[2:4]) for name in LIBRARY} == set(range(1, 25))


def test_what_is_shipped_is_a_baseline_or_in_the_library():
    assert {name for name in shipped_names() if not name.startswith("baseline_")} == set(LIBRARY)
    assert scenario_table.library() == LIBRARY


@pytest.mark.parametrize("name", LIBRARY)
def test_a_scenario_says_all_that_it_has_to_say(name):
    text = file(name)
    assert text.title
    assert text.title.startswith(f"SC{name[2:4]} ")
    assert text.question
    assert text.question.endswith("?")
    assert text.essay
    assert set(text.essay) <= ESSAY
    assert text.primary_measure in YARDSTICKS
    assert text.extends in shipped_names()
    for event in text.events:
        assert len(event.why) > 8, event


@pytest.mark.parametrize(
    ("written", "said"), [("crisis_month", 'did you mean "crisis_months"?'), ("", "unknown yardstick ''")]
)
def test_an_unknown_primary_measure_is_refused_with_file_field_and_the_nearest_word(tmp_path, written, said):
    """Already when the file is loaded, and also where it stands in a file that another one extends."""
    beside = {"mine": "baseline_2018", "further": "mine"}
    for name, extends in beside.items():
        text = f'schema = 1\nextends = "{extends}"\ntitle = "{name}"\n'
        (tmp_path / f"{name}.toml").write_text(text + (f'primary_measure = "{written}"\n' if name == "mine" else ""))
    for name in beside:
        with pytest.raises(InputError) as refused:
            load(tmp_path / f"{name}.toml")
        assert f"{tmp_path / 'mine.toml'}: primary_measure: " in str(refused.value)
        assert said in str(refused.value)


@pytest.mark.parametrize("name", LIBRARY)
def test_a_scenario_rests_on_a_baseline_in_the_end(name):
    while load(name).extends:
        name = load(name).extends
    assert name.startswith("baseline_")


@pytest.mark.parametrize("name", LIBRARY)
def test_words_are_neutral(name):
    assert not LOADED.findall(find(name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", LIBRARY)
def test_a_year_of_it_stays_within_the_glossary(name):
    run, world = prepared(load(name), count=3)
    assert faults(world) == []
    assert faults(after(run, world, 12)) == []


@pytest.mark.parametrize("name", LIBRARY)
def test_no_starting_value_is_a_belief_or_an_outcome(name):
    """A baseline's dated values may be beliefs; what a scenario changes may not."""
    assert {key.split(" ")[0] for key in file(name).initial} <= {"sanctions", "sanctions_leakage"}


@pytest.mark.parametrize("name", LIBRARY)
def test_a_forum_of_its_own_is_dormant_until_it_is_founded(name):
    scenario, text = load(name), file(name)
    _, world = prepared(scenario, count=2)
    for code in text.forums:
        place = world.names.forums.index(code)
        assert not world.forum_active[:, place].any()
        founded = [item for item in scenario.events if item.kind == "forum founded" and item.forum == code]
        assert [month_index(item.month, "test") for item in founded] == [scenario.region.forums[code].start]
        assert world.member[:, place].any()


@pytest.mark.parametrize("word", ["trust", "belief", "set trust", "surgery", "regime", "war", "norm adopted"])
def test_no_event_sets_a_belief_or_an_outcome(word, tmp_path):
    assert word not in KINDS
    path = tmp_path / "forced.toml"
    lines = ["schema = 1", 'extends = "baseline_2018"', "[[events]]", 'month = "2018-06"', f'kind = "{word}"']
    path.write_text("\n".join([*lines, 'state = "DPRK"', 'other = "USA"', "value = 1.0"]), encoding="utf-8")
    with pytest.raises(InputError, match=r"forced\.toml: events"):
        load(path)


def test_facts_that_are_often_got_wrong():
    start = load("baseline_2018")
    members = {
        code: {state for forum, state in start.region.members_at(start.start) if forum == code}
        for code in ("SCO", "NAPCI", "ARF")
    }
    assert not members["SCO"] & {"DPRK", "ROK", "JPN", "USA"}
    assert "DPRK" not in members["NAPCI"]
    assert "DPRK" in members["ARF"]
    assert set(start.region.agreements["ARMISTICE_1953"].parties) == {"DPRK", "CHN", "USA"}
    assert "MNG" not in start.region.agreements["DENUCLEARISED_ZONE"].parties
    joins = {item.state for item in load("sc16_sco_enlarged").events if item.kind == "joins forum"}
    assert joins == {"DPRK", "ROK", "JPN", "USA"}
    signed = [item for item in load("sc20_exclusive_blocs").events if {item.state, item.other} == {"RUS", "DPRK"}]
    assert [item.month for item in signed] == ["2024-12"]


def test_the_two_clashes_differ_in_the_blame_alone():
    alike, blamed = (load(f"sc21_clash_{name}").events for name in ("seen_alike", "blamed_on_one"))
    assert [item.model_copy(update={"blamed": "both"}) for item in blamed] == list(alike)


def test_the_placebo_mediator_holds_the_same_meetings_and_moves_nothing():
    nobody, placebo, mongolia = (load(f"sc15_{name}") for name in ("nobody_mediates", "placebo_mediator", "mongolia_mediates"))
    assert [item for item in mongolia.events if item.kind == "mediation offered"] == list(placebo.events)
    one, other = (after(*prepared(scenario, count=10), 36) for scenario in (nobody, placebo))
    assert other.mediator.any()
    assert not one.mediator.any()
    assert differences(one, other, skip=("mediator", *FLEETING)) == []


def test_the_conference_of_six_is_that_of_seven_without_one():
    seven, six = load("sc11_region_wide_conference"), load("sc18_dprk_left_out")
    assert seven.events == six.events

    def seats(item):
        return {
            state for forum, state in item.region.members_at(month_index("2019-05", "test")) if forum == "CONFERENCE"
        }

    assert seats(seven) - seats(six) == {"DPRK"}
    assert len(seats(six)) == 6


@pytest.mark.parametrize(("name", "parties"), [("of_three", {"DPRK", "ROK", "USA"}), ("of_two", {"DPRK", "USA"})])
def test_the_smaller_peaces_differ_from_that_of_four_in_who_is_inside_and_what_they_owe(name, parties):
    four, fewer = load("sc09_peace_first"), load(f"sc09_peace_{name}")
    assert (four.events, four.parameters, four.modules) == (fewer.events, fewer.parameters, fewer.modules)
    whole, part = (item.region.agreements["FOUR_PARTY_PEACE"] for item in (four, fewer))
    assert set(part.parties) == parties
    assert part.steps == tuple(step for step in whole.steps if step[0] in parties)
    assert whole.kind == part.kind
    assert (whole.binding.value, whole.verification.value) == (part.binding.value, part.verification.value)


def test_the_zones_differ_in_when_dprk_disarms():
    late = {}
    for name in ("first", "dprk_leads", "waiver"):
        _, world = prepared(load(f"sc13_zone_{name}"))
        place, dprk = world.names.agreements.index("DENUCLEARISED_ZONE"), world.names.state("DPRK")
        (step,) = np.flatnonzero(world.disarming_step[place])
        (frozen,) = np.flatnonzero(world.freezing_step[place])
        assert world.agreement_turn[place, step] == world.agreement_turn[place, frozen] == dprk
        late[name] = int(step) + 1
    assert late == {"first": 4, "dprk_leads": 2, "waiver": 8}


def test_show_lists_baselines_first_and_then_the_library():
    found = api.scenarios()
    assert found[0].name == api.BASELINE
    kinds = [bool(item.extends) for item in found]
    assert kinds == sorted(kinds)
    assert [item.name for item in found if item.extends] == LIBRARY
    assert all(item.essay and item.primary_measure for item in found if item.extends)


def test_a_region_is_read_anew_when_a_file_of_it_changes(tmp_path):
    source = ROOT / "tests" / "worlds"
    shutil.copytree(source / "trio", tmp_path / "trio")
    shutil.copy(source / "trio.toml", tmp_path / "trio.toml")
    before = load(tmp_path / "trio.toml").region
    assert load(tmp_path / "trio.toml").region == before
    path = tmp_path / "trio" / "states.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("AAA,", "AAA,Another ", 1), encoding="utf-8")
    assert load(tmp_path / "trio.toml").region.states["AAA"] != before.states["AAA"]


def test_the_page_names_every_scenario_and_what_its_file_says_today():
    text = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
    lines = text.splitlines()
    for name in LIBRARY:
        asked, result = (line for line in lines if line.startswith(f"| `{name}` |"))
        item = file(name)
        assert f"| {item.title} | {item.question} | {', '.join(item.essay)} |" in asked
        assert all(change in asked for change in scenario_table.changes(name)), (
            f"{name}: python -m tools.scenario_table"
        )
        assert f"(`{item.primary_measure}`;" in result
        assert f"| {scenario_table.Compared.named(name).with_what} |" in result


def test_the_control_row_of_the_page_shows_nothing():
    text = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
    (row,) = re.findall(r"^\| `sc01_baseline` \| `baseline_2018` .*$", text, re.MULTILINE)
    assert "+0 (+0 to +0)" in row
    assert row.endswith("the same in every future |")


def test_the_tool_compares_with_the_same_modules_on_and_prints_what_it_is_asked_for(capsys):
    pair = scenario_table.Compared.named("sc04_first_step_bought")
    assert pair.control.name == "sc02_singapore_momentum"
    assert pair.control.modules == pair.scenario.modules == ("bargain", "sanctions")
    before = scenario_table.PAGE.read_text(encoding="utf-8")
    words = ["--draws", "3", "--replicates", "2", "--only", "sc01_baseline", "sc21_clash_seen_alike"]
    assert scenario_table.main(words) == 0
    text = capsys.readouterr().out
    assert text.count("| `sc01_baseline` |") == 2
    assert "the same in every future" in text
    assert scenario_table.PAGE.read_text(encoding="utf-8") == before


@pytest.mark.parametrize(
    ("mean", "said"),
    [
        (np.full(40, 1.0) + np.linspace(0, 0.1, 40), "differs: higher"),
        (np.full(40, -1.0) + np.linspace(0, 0.1, 40), "differs: lower"),
        (np.zeros(40), "the same in every future"),
        (np.tile([1.0, -1.0], 20), "no difference on average, yet of the draws some up and some down"),
        (np.array([1.5, *np.full(15, -0.1)] * 3), "no difference on average, yet of the draws some down"),
        (np.array([*np.full(30, 1.0), *np.full(10, -1.0)]), "differs: higher on average, yet some draws the other way"),
        (np.full(40, np.nan), "not to be compared: the measure is not defined often enough"),
    ],
)
def test_a_verdict_in_words(mean, said):
    error = np.where(mean == 0.0, 0.0, 0.04)
    assert scenario_table.verdict(scenario_table.Difference("talks", mean, error, np.full(mean.size, 10))) == said


def test_small_differences_among_large_errors_are_called_chance():
    mean = np.tile([0.1, -0.1], 20)
    found = scenario_table.Difference("talks", mean, np.full(40, 1.0), np.full(40, 10))
    assert scenario_table.verdict(found) == "does not differ beyond chance"
