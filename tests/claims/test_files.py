"""Claim files: what is refused and how it is told, what arms come to, and that every shipped claim is whole."""

from __future__ import annotations

import re

import pytest

from regime_abm.claims import claim_names, claims, load_claim, load_claims
from regime_abm.claims.claim import claims_folder
from regime_abm.errors import InputError
from regime_abm.files import read_toml
from regime_abm.scenario import ScenarioFile, module_names
from tests.claims.tiny import ARMS, HEAD, TEST, claim_file

CUT = '[[arms.keen.surgery]]\nmonth = "2001-06"\nquantities = ["trust"]\nof = ["ASH>BAY"]\nvalue = 0.9\n'


def test_a_claim_becomes_scenarios(tmp_path):
    claim = load_claim(claim_file(tmp_path))
    assert list(claim.arms) == ["keen", "shy", "as_it_is"]
    assert claim.arms["keen"].parameters["forums.talks_open"] == 0.4
    assert claim.arms["as_it_is"].parameters.keys() == claim.arms["keen"].parameters.keys() - {"forums.talks_open"}
    assert {scenario.months for scenario in claim.arms.values()} == {18}
    assert claim.surgery == {}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('ties = "told', 'tyes = "x"\nties = "told', r"unknown field 'tyes'; did you mean \"ties\""),
        ('id = "H1"', 'id = "H2"', r"h1\.toml: id: 'H2' is not the file's name"),
        (
            '"trust.learning"]',
            '"trust.lerning"]',
            r"counter_force: unknown parameter 'trust.lerning'; did you mean \"trust.learning\"",
        ),
        ('"trust.learning"]', '"bargain.domestic"]', r"bargain.domestic: the module bargain is off"),
        ("0.4", "40.0", r"arms\.keen.*forums\.talks_open.*0\.001 to 0\.5"),
        (
            "[arms.keen.parameters]",
            "[arms.keen.paramters]",
            r"arms\.keen: unknown field 'paramters'; did you mean \"parameters\"",
        ),
        ('does = "talks open easily"', 'months = 3\ndoes = "x"', r"arms\.keen\.months: is not for an arm"),
        (
            'does = "talks open easily"',
            'modules = []\ndoes = "x"',
            r"arms\.keen\.modules: all arms have the same modules",
        ),
        ('"talks in 1-18"', '"talk in 1-18"', r"tests\[1\]: unknown yardstick 'talk in 1-18'; did you mean \"talks\""),
        ('"talks in 1-18"', '"trusts ASH>BAY"', r"tests\[1\]: .*unknown quantity 'trusts'"),
        ('control = ["shy"]', 'control = ["shi"]', r"tests\[1\]\.control: unknown arm 'shi'; did you mean \"shy\""),
        ('control = ["shy"]', "", r"tests\[1\]\.control: needs an arm"),
        ('expected = "up"', "", r"tests\[1\]\.expected: is up or down"),
        ('expected = "up"', 'expected = "higher"', r"tests\.0\.expected: .*'up' or 'down'"),
        ('kind = "sign"', 'kind = "shape"', r"tests\[1\]\.against: is for tests of kind 'shape'"),
        ("[common]", '[common]\nmodules = ["mediatoin"]', r"common\.modules: unknown module 'mediatoin'"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(tmp_path, old, new, told):
    text = HEAD + ARMS + TEST
    assert old in text
    with pytest.raises(InputError, match=told) as caught:
        load_claim(claim_file(tmp_path, text.replace(old, new, 1)))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            '"trust"]',
            '"turst"]',
            r"arms\.keen\.surgery\[1\]\.quantities: unknown quantity 'turst'; did you mean \"trust\"",
        ),
        ('"trust"]', '"rival"]', r"surgery\[1\]\.quantities: rival is fixed"),
        ("ASH>BAY", "ASH>BAX", r"surgery\[1\]\.of: unknown state 'BAX'"),
        ("ASH>BAY", "ASH", r"surgery\[1\]\.of: 'ASH' is not like"),
        ("value = 0.9", "value = 1.9", r"surgery\[1\]\.value: 1\.9 is outside 0 to 1"),
        ("value = 0.9", "value = 0.9\nadd = 0.1", r"surgery\[1\]: give value or add"),
        ("2001-06", "2009-02", r"surgery\[1\]\.month: 2009-02 is outside 2001-06 to 2002-11"),
    ],
)
def test_surgery_is_checked(tmp_path, old, new, told):
    with pytest.raises(InputError, match=told):
        load_claim(claim_file(tmp_path, HEAD + ARMS + CUT.replace(old, new, 1) + TEST))


def test_surgery_is_labelled(tmp_path):
    claim = load_claim(claim_file(tmp_path, HEAD + ARMS + CUT + TEST))
    assert claim.surgery == {"keen": ("trust of ASH>BAY set to 0.9 by surgery",)}


def test_an_unknown_claim_is_told_with_the_nearest():
    with pytest.raises(InputError, match="unknown claim 'h61'"):
        load_claim("h61")


# The shipped claims


WAITING = {"mediation", "good_offices", "normalisation", "shocks"} - set(module_names())  # modules still to come


def test_all_claims_of_the_essay_are_there():
    wanted = [f"H{number}" for number in range(1, 25)] + [f"X{number}" for number in range(1, 6)]
    assert [name for name in claim_names() if name[0] in "HX"] == wanted


def test_every_shipped_claim_can_be_read_but_for_modules_still_to_come():
    claims, left = load_claims()
    assert len(claims) + len(left) == len(claim_names())
    for name, why in left.items():
        modules = set(read_toml(claims_folder() / f"{name.lower()}.toml")["common"]["modules"])
        assert modules & WAITING, why


def test_what_all_claims_say_is_known_whatever_this_version_lacks():
    said = claims()
    assert list(said) == claim_names()
    assert said["H9"].essay == ("S19",)
    assert all(item.id == name for name, item in said.items())


def test_every_claim_can_fail():
    """An arm that is treated and one that is not, a counter-force, and words for what would refute it."""
    for claim in load_claims()[0]:
        assert claim.file.counter_force, claim.id
        assert claim.file.refuted_if, claim.id
        assert not claim.file.tests[0].beside, claim.id
        if claim.id[0] == "H":
            assert claim.file.sentence, claim.id
        for test in claim.file.tests:
            arms = [test.treatment, *test.control]
            digests = {
                (claim.arms[arm].events, tuple(claim.arms[arm].parameters.items()), claim.arms[arm].assumptions)
                for arm in arms
            }
            regions = {id(claim.arms[arm].region) for arm in arms}
            assert len(digests) > 1 or len(regions) > 1 or len(arms) == 1, (claim.id, test.what)


def test_every_arm_is_used():
    for claim in load_claims()[0]:
        assert set(claim.arms) == {arm for arm, _ in claim.needed()}, claim.id


def test_a_claim_that_is_named_and_needs_what_is_not_there_is_refused(tmp_path):
    path = claim_file(tmp_path, (HEAD + ARMS + TEST).replace("[common]", '[common]\nmodules = ["telepathy"]'))
    with pytest.raises(InputError, match="unknown module 'telepathy'"):
        load_claims([path])


def test_no_scenario_file_can_hold_surgery():
    event = {"month": "2018-06", "kind": "surgery", "quantities": ["trust"], "value": 1.0}
    with pytest.raises(ValueError, match=re.compile("surgery")):
        ScenarioFile.model_validate({"schema": 1, "events": [event]})
    with pytest.raises(ValueError, match="surgery"):
        ScenarioFile.model_validate({"schema": 1, "surgery": [event]})
