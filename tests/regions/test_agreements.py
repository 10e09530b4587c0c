"""From agreements.toml to the first World: dates, steps taken, what is kept at a start, and one clear line for each mistake."""

from __future__ import annotations

import dataclasses
import shutil

import numpy as np
import pytest

from regime_abm.core.noise import Luck
from regime_abm.errors import InputError
from regime_abm.files import month_index
from regime_abm.region import NEVER, Region
from regime_abm.region_files import FOREVER
from regime_abm.scenario import load
from tests.helpers import WORLDS, after, differences, made_up, prepared


def month(text: str) -> int:
    return month_index(text, "test")


@pytest.fixture(scope="module")
def whole():
    """The quartet with its whole record of agreements."""
    return Region.from_folder(WORLDS / "quartet")


def first(region, date, count=1, seed=3):
    region = region.at(month(date))
    return region.first_world(month(date), Luck(seed, region.names, 0, count))


# Dates


def test_at_a_start_only_what_is_open_or_in_force_is_known(whole):
    assert whole.names.agreements == ("OLD_PEACE", "LAKE", "PLEDGE", "LAKE_AGAIN", "COAST", "ROUND")
    always = {"PLEDGE", "LAKE_AGAIN", "COAST", "ROUND"}
    for date, known in (("1992-02", set()), ("1992-03", {"OLD_PEACE"}), ("1995-01", {"OLD_PEACE"}), ("1995-02", set()),
                        ("1999-05", {"LAKE"}), ("2002-12", {"LAKE"}), ("2003-01", set())):  # fmt: skip
        assert set(whole.at(month(date)).names.agreements) == always | known, date


def test_a_scenario_knows_the_agreements_of_its_start():
    scenario = made_up("quartet")
    assert scenario.region.names.agreements == ("LAKE", "PLEDGE", "LAKE_AGAIN", "COAST", "ROUND")
    assert prepared(scenario)[1].names.agreements == scenario.region.names.agreements


def test_what_is_in_force_has_its_age_and_the_steps_taken_by_then(whole):
    world = first(whole, "2001-05")
    lake, pledge, again = (world.names.agreements.index(code) for code in ("LAKE", "PLEDGE", "LAKE_AGAIN"))
    assert world.in_force[0].tolist() == [True, True, False, False, False]
    assert (world.agreement_age[0, lake], world.steps_done[0, lake], world.agreement_idle[0, lake]) == (24, 2, 3)
    assert (world.agreement_age[0, pledge], world.steps_done[0, pledge], world.agreement_idle[0, pledge]) == (4, 0, 4)
    assert (world.agreement_age[0, again], world.steps_done[0, again], world.agreement_idle[0, again]) == (0, 0, NEVER)
    assert first(whole, "1999-11").steps_done[0, 0] == 0
    assert first(whole, "1999-12").steps_done[0, 0] == 1
    assert first(whole, "2002-02").steps_done[0, 0] == 3


def test_an_end_in_the_record_after_the_start_is_not_used():
    """The Lake Accord ended in January 2003 in the record; here it ends by itself, later or earlier, or not at all."""
    run, world = prepared(made_up("quartet"), count=200)
    lake, ends = world.names.agreements.index("LAKE"), set()
    for _ in range(60):
        world = run.month(world)
        ends |= {world.month} if world.ended[:, lake].any() else set()
    assert len(ends) > 5
    assert world.in_force[:, lake].mean() < 1


# Arrays


def test_parties_guarantors_and_turns_are_those_of_the_tables(whole):
    world = first(whole, "2001-05")
    states, codes = world.names.states, world.names.agreements
    for place, code in enumerate(codes):
        table = whole.agreements[code]
        assert {states[i] for i in np.flatnonzero(world.party[place])} == set(table.parties)
        assert {states[i] for i in np.flatnonzero(world.guarantor[place])} == set(table.guarantors)
        owed = [states[i] for i in world.agreement_turn[place] if i >= 0]
        assert owed == [owner for owner, _ in table.steps]
        assert world.agreement_steps[place] == len(table.steps)
    assert world.agreement_kind.tolist() == [1, 1, 1, 0, 2]
    assert world.agreement_open.tolist() == [False, True, True, True, True]
    assert (world.cheat == -1).all()
    assert (world.ended_by == -1).all()


def test_ranges_are_drawn_and_unknown_checks_are_wide(whole):
    world = first(whole, "2001-05", count=4000)
    lake, pledge = (world.names.agreements.index(code) for code in ("LAKE", "PLEDGE"))
    for drawn, low, high in (
        (world.agreement_binding[:, lake], 0.3, 0.5),
        (world.agreement_verification[:, lake], 0.3, 0.7),
        (world.agreement_verification[:, pledge], 0.2, 0.9),
    ):
        assert low <= drawn.min() < low + 0.01
        assert high - 0.01 < drawn.max() <= high
    assert whole.agreements["PLEDGE"].verification.certainty == "W"
    assert abs(np.corrcoef(world.agreement_binding[:, lake], world.agreement_binding[:, pledge])[0, 1]) < 0.08


def test_a_further_agreement_leaves_all_other_luck_alone(whole):
    """With an agreement more that nobody can sign, every quantity of the others is the same bit for bit."""
    start = month("2001-05")
    scenario = made_up("quartet")
    item = scenario.region.agreements["COAST"]
    unsigned = dataclasses.replace(item, code="NEW", parties=("COL", "DEW", "ASH", "BAY"), kind="treaty", open=False,
                                   signed=start - 12, ended=FOREVER)  # fmt: skip
    ended = dataclasses.replace(unsigned, ended=start - 1)
    more = dataclasses.replace(scenario.region, agreements={**scenario.region.agreements, "NEW": ended})
    (run, world), (other, twin) = prepared(scenario, count=30), prepared(dataclasses.replace(scenario, region=more), count=30)
    world, twin = after(run, world, 18), after(other, twin, 18)
    per_agreement = {name for name in differences(world, twin) if getattr(world, name).shape != getattr(twin, name).shape}
    assert set(differences(world, twin)) == per_agreement
    for name in per_agreement:
        ours, theirs = getattr(world, name), getattr(twin, name)
        axis = 0 if ours.shape[0] == len(world.names.agreements) else 1
        assert np.array_equal(ours, np.take(theirs, range(ours.shape[axis]), axis=axis)), name


def test_renamed_states_keep_their_agreements_and_their_luck():
    scenario = made_up("quartet")
    codes = {"ASH": "XXX", "BAY": "YYY", "DEW": "ASH"}
    region = scenario.region.renamed(codes)
    assert region.agreements["ROUND"].parties == ("XXX", "YYY", "COL")
    assert region.agreements["ROUND"].guarantors == ("ASH",)
    assert [owner for owner, _ in region.agreements["LAKE"].steps] == ["XXX", "YYY", "XXX", "YYY"]
    renamed = dataclasses.replace(scenario, region=region, events=())
    (run, world), (other, twin) = prepared(dataclasses.replace(scenario, events=()), count=20), prepared(renamed, count=20)
    assert differences(after(run, world, 12), after(other, twin, 12)) == []


def test_other_graphs_keep_the_agreements(whole):
    region = whole.at(month("2001-05"))
    assert region.from_graphs(alliances=region.alliances).names.agreements == region.names.agreements


def test_a_region_without_the_file_has_no_agreements_and_runs(tmp_path):
    shutil.copytree(WORLDS / "trio", tmp_path / "trio")
    shutil.copy(WORLDS / "trio.toml", tmp_path)
    (tmp_path / "trio" / "agreements.toml").unlink()
    (tmp_path / "trio" / "roles.toml").unlink()  # which names steps of theirs
    scenario = load(tmp_path / "trio.toml")
    assert scenario.region.names.agreements == ()
    run, world = prepared(scenario, count=3)
    world = after(run, world, 12)
    assert world.in_force.shape == (3, 0)
    assert not world.bound.any()


# The region that ships


def test_the_record_of_northeast_asia_is_in_order():
    region = load("baseline_2018").region
    assert {"ARMISTICE_1953", "PANMUNJOM_2018"} <= set(region.agreements)
    assert "SINGAPORE_2018" not in region.agreements  # signed a month later
    for item in region.agreements.values():
        assert item.source, item.code
        assert item.binding.is_range, f"{item.code}: a judgement is a range"
        assert item.verification.is_range, item.code
    opens = [item for item in region.agreements.values() if item.open]
    assert len(opens) >= 12
    assert {len(item.parties) for item in opens} >= {2, 3, 4, 6}
    assert any(item.guarantors for item in opens)
    assert sum(not item.steps for item in opens) >= 4
    assert {item.kind for item in opens} == {"declaration", "agreement", "treaty"}


# Mistakes


MISTAKES = {
    "an unknown field": ("parties = ", "partys = ", ["'partys'", 'did you mean "parties"']),
    "an unknown party": ('parties = ["AAA", "BBB"]', 'parties = ["AAA", "BBX"]', ["parties", "'BBX'", '"BBB"']),
    "one party": ('parties = ["AAA", "BBB"]', 'parties = ["AAA"]', ["parties", "at least 2"]),
    "a party twice": ('parties = ["AAA", "BBB"]', 'parties = ["AAA", "AAA"]', ["parties", "AAA", "twice"]),
    "a word for a list": ('parties = ["AAA", "BBB"]', 'parties = "AAA"', ["parties", "list"]),
    "a party that guarantees": ('guarantors = ["CCC"]', 'guarantors = ["BBB"]', ["guarantors", "BBB", "party too"]),
    "an unknown guarantor": ('guarantors = ["CCC"]', 'guarantors = ["CCD"]', ["guarantors", 'did you mean "CCC"']),
    "an unknown kind": ('kind = "agreement"', 'kind = "agrement"', ["kind", 'did you mean "agreement"']),
    "neither signed nor open": ("open = true\nkind = \"agreement\"", 'kind = "agreement"', ["DEAL", "signed", "open = true"]),
    "a word for a flag": ("open = true\nkind = \"agreement\"", 'open = "yes"\nkind = "agreement"', ["open", "true nor false"]),
    "an end without a signature": ('kind = "agreement"', 'ended = 1999-01-01\nkind = "agreement"', ["ended", "never signed"]),
    "an end before the signature": (
        'kind = "agreement"',
        'signed = 1999-01-01\nended = 1998-01-01\nkind = "agreement"',
        ["ended", "1998-01-01", "before signed"],
    ),
    "a date that is none": ('kind = "agreement"', 'signed = "last May"\nkind = "agreement"', ["signed", "2018-05"]),
    "binding out of range": ("low = 0.2, high = 0.5", "low = 0.2, high = 1.5", ["DEAL.binding", "0 to 1"]),
    "binding outside itself": ("value = 0.35, low = 0.2", "value = 0.1, low = 0.2", ["DEAL.binding", "not within"]),
    "no binding": ("binding = { value = 0.35, low = 0.2, high = 0.5 }\n", "", ["DEAL.binding", "value"]),
    "checks that are no range": (
        "verification = { value = 0.6, low = 0.4, high = 0.8 }",
        "verification = 0.6",
        ["verification", "low"],
    ),
    "a step of an outsider": ('by = "BBB", what = "aid"', 'by = "CCC", what = "aid"', ["steps[2].by", "'CCC'", "no party"]),
    "a step of nobody": ('{ by = "BBB", what = "aid" }', '{ what = "aid" }', ["steps[2].by"]),
    "an unknown field of a step": ('by = "BBB", what = "aid"', 'by = "BBB", waht = "aid"', ["steps[2]", 'did you mean "what"']),
    "a step that is no table": ('{ by = "BBB", what = "aid" }', '"aid"', ["steps[2]", "table"]),
    "nine steps": ("steps = [\n", "steps = [\n" + '  { by = "AAA", what = "x" },\n' * 5, ["steps", "9", "at most 8"]),
    "steps taken before the signature": (
        'kind = "agreement"',
        'kind = "agreement"\nsigned = 1999-01-01\ndone = [{ date = 1998-01-01, steps = 1 }]',
        ["done[1].date", "before the signature"],
    ),
    "more steps taken than there are": (
        'kind = "agreement"',
        'kind = "agreement"\nsigned = 1999-01-01\ndone = [{ date = 1999-02-01, steps = 5 }]',
        ["done[1].steps", "1 to 4"],
    ),
    "steps that go back": (
        'kind = "agreement"',
        'kind = "agreement"\nsigned = 1999-01-01\ndone = [{ date = 1999-02-01, steps = 2 }, { date = 1999-03-01, steps = 1 }]',
        ["done[2]", "grow"],
    ),
    "an unknown certainty": ('certainty = "J"', 'certainty = "Q"', ["certainty", "'Q'"]),
    "a code with a dash": ("[DEAL]", "[BIG-DEAL]", ["BIG-DEAL", "letters"]),
    "a value outside any table": ("[PACT]", "x = 3\n[PACT]", ["x", "table"]),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_file_of_agreements_with(mistake, tmp_path):
    shutil.copytree(WORLDS / "trio", tmp_path / "trio")
    shutil.copy(WORLDS / "trio.toml", tmp_path)
    file = tmp_path / "trio" / "agreements.toml"
    old, new, words = MISTAKES[mistake]
    text = file.read_text("utf-8")
    head, deal, tail = text.partition("[DEAL]") if old != "[PACT]" else ("", text, "")
    spoilt = head + (deal + tail).replace(old, new, 1)
    assert spoilt != text
    file.write_text(spoilt, "utf-8")
    with pytest.raises(InputError) as said:
        load(tmp_path / "trio.toml")
    message = str(said.value)
    assert len(message.splitlines()) == 1
    assert "agreements.toml" in message
    for word in words:
        assert word in message
