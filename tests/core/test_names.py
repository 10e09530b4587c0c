"""The words of the model."""

from __future__ import annotations

import pytest

from regime_abm.core.names import ACTIONS, SEVERITY, STATUS_QUO, Names, nothing


def test_five_acts_from_kind_to_hostile_and_six_rungs_from_quiet_to_war():
    assert ACTIONS == ("reassure", "restrain", "status quo", "pressure", "provoke")
    assert ACTIONS[STATUS_QUO] == "status quo"
    assert (SEVERITY[0], SEVERITY[-1], len(SEVERITY)) == ("quiet", "war", 6)


def test_labels_follow_the_order_of_the_arrays():
    names = Names(("B", "A"), ("F",))
    assert names.directed == ("", "B>A", "A>B", "")
    assert names.undirected == ("", "A|B", "A|B", "")
    assert names.seats == ("F:B", "F:A")
    assert names.state("A") == 1


def test_an_unknown_state_is_an_error():
    with pytest.raises(ValueError, match="not in tuple"):
        Names(("A", "B")).state("X")


def test_nobody_can_write_to_the_empty_mapping():
    with pytest.raises(TypeError):
        nothing()["A"] = 1
