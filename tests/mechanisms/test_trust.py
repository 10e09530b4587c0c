"""Sight, evidence and reputation; the theory of learning is in tests/science/test_trust_game.py."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regime_abm.mechanisms import trust

CHANCES = st.lists(st.floats(0.0, 1.0), min_size=5, max_size=5).filter(sum).map(lambda w: np.array(w) / sum(w))


def seen(chances, misperception):
    chances = np.reshape(np.asarray(chances, float), (5, 1, 1, 1))
    return trust.seen_chances(chances, np.full((1, 1, 1), misperception))[:, 0, 0, 0]


@given(chances=CHANCES, misperception=st.floats(0, 0.5))
def test_what_is_seen_is_still_a_distribution(chances, misperception):
    found = seen(chances, misperception)
    assert found.sum() == pytest.approx(1.0)
    assert (found > 0).all()


def test_a_slip_of_sight_is_to_a_neighbour_and_at_the_ends_there_is_only_one():
    assert seen([0, 0, 1, 0, 0], 0.2) == pytest.approx([0, 0.1, 0.8, 0.1, 0])
    assert seen([1, 0, 0, 0, 0], 0.2) == pytest.approx([0.8, 0.2, 0, 0, 0])
    assert seen([0, 0, 0, 0, 1], 0.2) == pytest.approx([0, 0, 0, 0.2, 0.8])
    assert seen([0, 1, 0, 0, 0], 0.2) == pytest.approx([0.1, 0.8, 0.1, 0, 0])
    assert seen([0.1, 0.2, 0.3, 0.3, 0.1], 0.0) == pytest.approx([0.1, 0.2, 0.3, 0.3, 0.1])


@pytest.mark.parametrize("act", range(5))
@pytest.mark.parametrize("misperception", [0.0, 0.2, 0.5])
def test_the_act_seen_follows_the_chances_to_see_it(act, misperception):
    """The draw and the likelihood use one misperception: over all uniforms the shares are the seen chances."""
    uniforms = (np.arange(1000) + 0.5) / 1000
    acts = trust.seen_act(np.full(1000, act, np.int8), np.full(1000, misperception), uniforms)
    shares = np.bincount(acts, minlength=5) / 1000
    assert shares == pytest.approx(seen(np.eye(5)[act], misperception), abs=1e-9)


@given(one=st.floats(1e-6, 1), other=st.floats(1e-6, 1))
def test_evidence_is_the_log_ratio_within_two_and_turns_with_the_types(one, other):
    found = float(trust.evidence(np.array(one), np.array(other)))
    assert found == pytest.approx(np.clip(np.log(one / other), -2, 2))
    assert found == pytest.approx(-float(trust.evidence(np.array(other), np.array(one))))


BELIEF, SHARE = st.floats(-4, 4), st.floats(0, 1)


@given(leader=BELIEF, state=BELIEF, learned=st.floats(-20, 20), share=SHARE, fading=st.floats(0, 0.2))
def test_reputations_keep_within_their_bounds(leader, state, learned, share, fading):
    found = trust.next_reputation(leader, state, learned, state_share=share, fading=fading, usual=0.0)
    assert max(map(abs, found)) <= 4


def test_the_state_keeps_its_share_of_a_leaders_lesson():
    leader, state = trust.next_reputation(0.0, 0.0, 1.0, state_share=0.4, fading=0.0, usual=0.0)
    assert (leader, state) == (1.0, 0.4)


def test_fading_takes_years_and_ends_at_what_is_usual():
    leader = state = 3.0
    for month in range(1, 2001):
        leader, state = trust.next_reputation(leader, state, 0.0, state_share=0.4, fading=0.01, usual=-1.0)
        if month == 70:
            assert state == pytest.approx(-1 + 4 * 0.99**70)  # about half of the way
    assert leader == pytest.approx(-1.0, abs=1e-3)
    assert state == pytest.approx(-1.0, abs=1e-3)


def test_a_report_is_what_the_others_saw():
    """Rows are actors, columns watchers. Of actor 0: watcher 1 learned -1, watcher 2 learned +3; 0 has no say."""
    learned = np.zeros((1, 4, 4))
    learned[0, 0, 1:] = [-1.0, 3.0, 1.0]
    assert trust.reports(learned)[0, 0, 1] == pytest.approx(2.0)  # of 3 and 1
    assert trust.reports(learned)[0, 0, 2] == pytest.approx(0.0)  # of -1 and 1
    assert not trust.reports(learned)[0, 1].any()
