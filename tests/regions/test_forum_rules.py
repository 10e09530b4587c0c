"""The rule of a forum, as its table gives it, becomes whose support decides."""

from __future__ import annotations

import shutil

import pytest

from regime_abm.errors import InputError
from regime_abm.mechanisms.institutions import needed
from regime_abm.region_files import RULES
from regime_abm.scenario import load
from tests.helpers import WORLDS, prepared


@pytest.fixture
def ruled(tmp_path):
    """The trio with another rule in its CLUB."""
    shutil.copytree(WORLDS / "trio", tmp_path / "trio")
    shutil.copy(WORLDS / "trio.toml", tmp_path / "trio.toml")

    def under(rule):
        table = tmp_path / "trio" / "forums.toml"
        text = (WORLDS / "trio" / "forums.toml").read_text("utf-8")
        assert 'rule = "consensus"' in text
        table.write_text(text.replace('rule = "consensus"', f"rule = {rule}"), "utf-8")
        return load(tmp_path / "trio.toml")

    return under


@pytest.mark.parametrize(("rule", "quantile"), RULES.items())
def test_each_word_is_a_quantile_in_the_world(ruled, rule, quantile):
    _, world = prepared(ruled(f'"{rule}"'))
    assert world.forum_rule.tolist() == [quantile]


@pytest.mark.parametrize(
    ("rule", "hands"),
    [("consensus", 7), ("consensus minus one", 6), ("majority", 4), ("none", 4), ("coalition", 3), ("host", 1)],
)
def test_of_seven_who_came_so_many_must_want_it(rule, hands):
    assert needed(7, RULES[rule]) == hands


@pytest.mark.parametrize(("rule", "said"), [('"consenus"', 'did you mean "consensus"'), ("3", "unknown rule 3")])
def test_an_unknown_rule_is_refused_with_the_nearest_word(ruled, rule, said):
    with pytest.raises(InputError, match=said) as refused:
        ruled(rule)
    assert "forums.toml: CLUB.rule" in str(refused.value)
