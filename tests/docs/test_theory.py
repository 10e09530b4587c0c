"""One theory page a mechanism, in one form, naming every parameter and citing what the mechanism cites."""

from __future__ import annotations

import re

import pytest

from regime_abm.core.parameter import name_of
from regime_abm.mechanisms import COMPLETE
from tests.docs.pages import DOCS, blocks, prose
from tools.generate import cited

PARTS = (
    "Claim",
    "Theory",
    "Equation in words",
    "What it leaves out",
    "Channels of harm",
    "Rival accounts",
    "Worked case",
    "Limit case",
)
GREEK = re.compile("[\u0370-\u03ff]")
MECHANISMS = {name_of(module): module for module in COMPLETE}


def test_there_is_a_page_for_each_mechanism_and_none_besides():
    assert {page.stem for page in (DOCS / "theory").glob("*.md")} == set(MECHANISMS)


@pytest.mark.parametrize("name", MECHANISMS)
def test_the_page_has_all_parts_in_order(name):
    text = prose(DOCS / "theory" / f"{name}.md")
    places = [text.find(f"**{part}.**") for part in PARTS]
    assert -1 not in places, [part for part, place in zip(PARTS, places, strict=True) if place < 0]
    assert places == sorted(places)
    assert not GREEK.search(text)


@pytest.mark.parametrize("name", MECHANISMS)
def test_the_page_names_the_parameters_and_no_other(name):
    text = prose(DOCS / "theory" / f"{name}.md")
    known = {item.name for item in MECHANISMS[name].PARAMETERS}
    table = re.findall(r"^\| (`.+?`) \|", text, re.MULTILINE)
    named = set(re.findall(r"`(\w+)`", " ".join(table)))
    assert named == known


@pytest.mark.parametrize("name", MECHANISMS)
def test_the_page_cites_what_the_mechanism_cites(name):
    module = MECHANISMS[name]
    sources = " ".join([module.__doc__ or "", *(item.source for item in module.PARAMETERS)])
    assert cited(sources) - cited(prose(DOCS / "theory" / f"{name}.md")) == set()


@pytest.mark.parametrize("name", MECHANISMS)
def test_the_worked_numbers_are_asserted(name):
    code = "".join(
        block.text for block in blocks(DOCS / "theory" / f"{name}.md") if block.language == "python"
    )
    assert code.count("assert ") >= 3
    assert f"regime_abm.mechanisms.{name}" in code
