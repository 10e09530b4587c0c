"""Every sentence of the essay is carried, and the carrying is looked up: a carrier that is taken away fails here."""

from __future__ import annotations

import pytest

from regime_abm.claims import claims
from regime_abm.files import read_toml
from regime_abm.forms import parsed
from regime_abm.scenario import ScenarioFile, find, folder, shipped_names
from regime_abm.yardsticks import YARDSTICKS
from tests.scenarios.test_library import ESSAY
from tools.essay import essay, silences

SENTENCES = essay().sentences
SWITCHES = essay().switches


def by(kind):
    """Carrier -> the sentences that name it, for one kind of carrier."""
    found = {}
    for number, sentence in SENTENCES.items():
        for name in getattr(sentence, kind):
            found.setdefault(name, set()).add(number)
    return found


def test_each_sentence_of_the_essay_has_an_entry_and_there_is_no_other():
    assert set(SENTENCES) == ESSAY


def test_each_sentence_is_carried():
    for number, sentence in SENTENCES.items():
        assert sentence.switches or sentence.scenarios or sentence.claims or sentence.facts or sentence.silences, number


def test_what_is_said_to_bring_something_about_can_fail():
    for number, sentence in SENTENCES.items():
        if sentence.kind == "cause":
            assert sentence.claims or sentence.switches, number


def test_each_scenario_names_the_sentences_that_name_it():
    library = [name for name in shipped_names() if name.startswith("sc")]
    assert set(by("scenarios")) <= set(library)
    for name in library:
        assert set(parsed(find(name), ScenarioFile).essay) >= by("scenarios").get(name, set()), name


def test_each_claim_names_the_sentences_that_name_it():
    for name, sentences in by("claims").items():
        assert sentences <= set(claims()[name].essay), name
    hypotheses = {name for name in claims() if name.startswith("H")}
    assert set(by("claims")) == hypotheses


def test_facts_are_dated_entries_of_the_region():
    dated = read_toml(folder() / "regions" / "northeast_asia" / "agreements.toml")
    assert set(by("facts")) <= set(dated)


def test_measures_are_yardsticks():
    assert set(by("measures")) <= set(YARDSTICKS)


def test_silences_are_chapters_and_each_chapter_is_named():
    assert set(by("silences")) == set(silences())


def test_switches_are_there_and_each_is_named():
    assert set(by("switches")) == set(SWITCHES)


@pytest.mark.long
@pytest.mark.parametrize("name", SWITCHES)
def test_a_switch_moves_its_measure(name):
    assert SWITCHES[name].moves()
