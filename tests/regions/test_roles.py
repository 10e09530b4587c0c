"""Roles: a file says whom an optional module is about; nobody plays a part that no file gives."""

from __future__ import annotations

import numpy as np
import pytest

from regime_abm.core.world import GLOSSARY
from regime_abm.errors import InputError
from regime_abm.files import read_toml
from regime_abm.region_roles import KNOWN, roles_of

CODES = {"states": ("AAA", "BBB", "CCC"), "forums": ("CLUB",), "agreements": ("PACT",), "steps": ("PACT:1", "PACT:2")}
ABOUT = 'certainty = "J"\nsource = "made up"\n'


def read(tmp_path, text):
    path = tmp_path / "roles.toml"
    path.write_text(text)
    return roles_of(read_toml(path), CODES, f"{path}: ")


def test_a_pair_with_a_dash_reads_in_both_directions_and_one_with_an_arrow_in_one(tmp_path):
    found = read(tmp_path, f'[great_rivals]\npairs = ["AAA-BBB", "CCC>AAA"]\n{ABOUT}')
    assert found["great_rivals"].members == (("AAA", "BBB"), ("BBB", "AAA"), ("CCC", "AAA"))


def test_roles_fill_the_flags_of_the_world(trio):
    _, world = trio.prepare(1)
    assert np.array_equal(world.great_rivals, [[False, True, False], [True, False, False], [False, False, False]])


def test_a_step_is_named_by_its_agreement_and_its_place(trio):
    _, world = trio.prepare(1)
    deal = world.names.agreements.index("DEAL")
    assert np.argwhere(world.disarming_step).tolist() == [[deal, 2]]
    assert world.agreement_turn[deal, 2] == world.names.state("AAA")


def test_under_other_codes_the_same_states_play_the_same_roles(trio):
    from dataclasses import replace

    renamed = replace(trio, region=trio.region.renamed({"AAA": "ZZZ"}))
    assert np.array_equal(renamed.prepare(1)[1].great_rivals, trio.prepare(1)[1].great_rivals)


def test_every_role_is_a_fixed_flag():
    assert KNOWN
    assert all(GLOSSARY[name].kind is bool and GLOSSARY[name].axes.startswith("fixed") for name in KNOWN)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[great_rival]\npairs = []\n", "unknown role 'great_rival'.*great_rivals"),
        ("[great_rivals]\nstates = []\n", "unknown field 'states'"),
        (f'[great_rivals]\npairs = ["AAA-BBC"]\n{ABOUT}', "unknown code 'BBC'.*BBB"),
        (f'[great_rivals]\npairs = ["AAA-AAA"]\n{ABOUT}', "two different states"),
        (f'[great_rivals]\npairs = ["AAA"]\n{ABOUT}', "is not like"),
        (f'[disarming_step]\nsteps = ["PACT:3"]\n{ABOUT}', "disarming_step.steps: unknown code 'PACT:3'.*PACT:"),
        ('[great_rivals]\npairs = ["AAA-BBB"]\n', "needs a source"),
        (f"[great_rivals]\n{ABOUT}", "needs a list pairs"),
    ],
)
def test_a_mistake_is_told_in_one_line(tmp_path, text, told):
    with pytest.raises(InputError, match=told) as caught:
        read(tmp_path, text)
    assert "roles.toml" in str(caught.value)
    assert "\n" not in str(caught.value)
