"""Presets: rival readings of the theory, laid under any scenario; what anybody sets by name wins over them."""

from __future__ import annotations

import dataclasses
import json

import networkx as nx
import numpy as np
import pytest

from regime_abm import api
from regime_abm.core.parameter import Uniform, parameters_of
from regime_abm.mechanisms import COMPLETE
from regime_abm.scenario import folder, load, load_preset, preset_names
from tests.cli.test_commands import TRIO, good, regime
from tests.helpers import made_up, same_bits

SIDES = ("sceptic", "institutionalist")


def test_the_four_presets_are_shipped():
    assert preset_names() == ["agnostic", "institutionalist", "sceptic", "structural_null"]
    assert all(preset.title and preset.why for preset in api.presets())


def test_the_agnostic_preset_sets_nothing():
    assert load_preset("agnostic").parameters == {}


@pytest.mark.parametrize("name", SIDES)
def test_the_readings_stay_within_the_priors(name):
    """A reading outside the prior would be one that the model itself calls implausible."""
    known = parameters_of(COMPLETE)
    for key, value in load_preset(name).parameters.items():
        item = known[key]
        ends = (0.0, 1.0) if isinstance(item.prior, Uniform) else (0.02, 0.98)
        low, high = item.prior.quantile(np.array(ends), item.low, item.high)
        assert low <= value <= high, f"{key} = {value} is outside {low:g} to {high:g}"


def test_sceptic_and_institutionalist_disagree_wherever_both_speak():
    known, (one, other) = parameters_of(COMPLETE), (load_preset(name).parameters for name in SIDES)
    both = set(one) & set(other)
    assert len(both) > 15
    for key in both:
        assert (one[key] - known[key].default) * (other[key] - known[key].default) <= 0, key
        assert one[key] != other[key], key


@pytest.mark.parametrize("name", ["sceptic", "institutionalist", "structural_null"])
def test_every_value_of_a_preset_says_why(name):
    text = (folder() / "presets" / f"{name}.toml").read_text("utf-8").split("[parameters]")[1]
    for line in text.splitlines():
        assert not line.startswith('"') or "#" in line or _said_above(text, line), line


def _said_above(text: str, line: str) -> bool:
    """Values in one run of lines share the comment of the first of them."""
    lines = text.splitlines()
    for before in reversed(lines[: lines.index(line)]):
        if not before.startswith('"'):
            return False
        if "#" in before:
            return True
    return False


def test_a_preset_sets_what_the_scenario_leaves_open():
    plain = made_up("trio")
    preset = load_preset("sceptic")
    key = next(iter(preset.parameters))
    assert plain.with_preset("sceptic").values()[key] == preset.parameters[key]
    assert plain.with_preset("sceptic").preset == "sceptic"


def test_what_is_said_by_name_wins_over_the_preset_in_either_order():
    said = {"trust.learning": 0.77}
    assert load_preset("sceptic").parameters["trust.learning"] != 0.77
    first = made_up("trio").with_parameters(said).with_preset("sceptic")
    last = made_up("trio").with_preset("sceptic").with_parameters(said)
    assert first.values() == last.values()
    assert first.values()["trust.learning"] == 0.77


def test_the_scenario_file_wins_over_the_preset(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text('schema = 1\nextends = "baseline_2018"\n[parameters]\n"trust.learning" = 0.6\n')
    assert load(path).with_preset("sceptic").values()["trust.learning"] == 0.6


def test_two_presets_at_once_are_refused():
    with pytest.raises(api.InputError, match="has the preset 'sceptic' already"):
        made_up("trio").with_preset("sceptic").with_preset("institutionalist")


def test_drawn_parameters_are_drawn_around_the_points_of_the_preset():
    scenario = made_up("trio").with_preset("sceptic")
    run, _ = scenario.prepare(1, 0, 20, draw_parameters=True)
    trust = run.engine.part("trust").p
    assert trust.learning == load_preset("sceptic").parameters["trust.learning"]
    assert len(np.unique(trust.fading)) == 20


def test_the_agnostic_preset_changes_no_bit():
    plain = api.run(TRIO, replicates=10, months=12)
    assert api.run(TRIO, replicates=10, months=12, preset="agnostic").sha256 == plain.sha256
    assert api.run(TRIO, replicates=10, months=12, preset="sceptic").sha256 != plain.sha256


def test_a_watched_future_is_the_row_of_the_run_under_the_same_preset():
    result = api.run(TRIO, replicates=3, months=12, seed=4, preset="institutionalist")
    watch = api.watch(TRIO, seed=4, replicate=2, preset="institutionalist")
    watch.advance(12)
    assert watch.latest("reciprocity") == result.series["reciprocity"][2, 12]


# Structural null: forums reach nobody


def forumless(scenario):
    region = scenario.region
    empty = nx.MultiGraph()
    empty.add_nodes_from(region.states, bipartite="state")
    return dataclasses.replace(scenario, region=dataclasses.replace(region, forums={}, membership=empty))


@pytest.mark.parametrize("name", ["baseline_2018", "quartet"])
def test_under_the_structural_null_taking_all_forums_away_changes_nothing(name):
    """Not one act, belief, event or agreement, in not one future; without the preset it does."""
    scenario = load(name) if name.startswith("baseline") else made_up(name)
    scenario = dataclasses.replace(scenario, events=())
    seen = (
        "action",
        "severity",
        "trust",
        "threat",
        "talks",
        "campaign",
        "will",
        "norm",
        "credibility",
        "in_force",
        "settled",
    )

    def futures(chosen):
        run, world = chosen.prepare(9, 0, 8, draw_parameters=True)
        for _ in range(60):
            world = run.month(world)
        return world

    null = scenario.with_preset("structural_null")
    with_forums, without = futures(null), futures(forumless(null))
    assert [key for key in seen if not same_bits(getattr(with_forums, key), getattr(without, key))] == []
    with_forums, without = futures(scenario), futures(forumless(scenario))
    assert not same_bits(with_forums.trust, without.trust)


# On the command line


def test_run_takes_a_preset_and_says_so():
    text = good("run", TRIO, "-n", "10", "--months", "6", "--preset", "sceptic")
    assert "under the preset sceptic" in text
    found = json.loads(good("run", TRIO, "-n", "10", "--months", "6", "--preset", "sceptic", "--json"))
    assert found["parameters_set"] == load_preset("sceptic").parameters


def test_set_wins_over_the_preset_on_the_command_line():
    words = ("run", TRIO, "-n", "5", "--months", "2", "--preset", "sceptic", "--set", "trust.learning=0.5", "--json")
    assert json.loads(good(*words))["parameters_set"]["trust.learning"] == 0.5


def test_why_takes_a_preset():
    words = ("why", TRIO, "AAA>BBB", "--month", "2", "--json")
    plain, sceptic = (json.loads(good(*words, *more)) for more in ((), ("--preset", "sceptic")))
    assert plain["parts"] != sceptic["parts"]


def test_show_lists_presets_and_the_values_they_give():
    assert all(name in good("show", "presets") for name in preset_names())
    rows = json.loads(good("show", "parameters", "--preset", "sceptic", "--json"))
    values = {row["name"]: row["value"] for row in rows}
    preset = load_preset("sceptic").parameters
    assert {key: values[key] for key in preset} == preset
    assert values["provocation.war"] == parameters_of(COMPLETE)["provocation.war"].default


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            'schema = 1\ntitle = "x"\n[parameters]\n"trust.lerning" = 0.5\n',
            ["mine.toml", 'did you mean "trust.learning"'],
        ),
        (
            'schema = 1\ntitle = "x"\n[parameters]\n"trust.learning" = 7.0\n',
            ["mine.toml", "trust.learning", "outside 0 to 1"],
        ),
        ('schema = 1\ntitle = "x"\nstart = "2018-05"\n', ["mine.toml", "unknown field 'start'"]),
        ('title = "x"\n', ["mine.toml", "schema is missing"]),
    ],
)
def test_a_faulty_preset_is_one_clear_line(tmp_path, text, words):
    (tmp_path / "mine.toml").write_text(text)
    done = regime("run", TRIO, "-n", "2", "--preset", str(tmp_path / "mine.toml"))
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    for word in words:
        assert word in done.stderr


def test_an_unknown_preset_names_the_nearest():
    done = regime("run", TRIO, "-n", "2", "--preset", "scepptic")
    assert done.returncode == 2
    assert 'did you mean "sceptic"' in done.stderr


def test_a_preset_of_ones_own_is_a_file(tmp_path):
    (tmp_path / "mine.toml").write_text('schema = 1\ntitle = "Mine"\n[parameters]\n"trust.learning" = 0.3\n')
    found = json.loads(good("run", TRIO, "-n", "2", "--months", "2", "--preset", "mine.toml", "--json", cwd=tmp_path))
    assert found["parameters_set"] == {"trust.learning": 0.3}
