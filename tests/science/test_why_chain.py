"""Why an agreement failed is told by what is on record, and each link by the very terms that the step summed."""

from __future__ import annotations

import numpy as np
import pytest

from regime_abm import api
from regime_abm.core.maths import logistic
from regime_abm.why_parts import in_order


@pytest.fixture(scope="module")
def watch() -> api.Watch:
    watch = api.watch("baseline_2018", seed=3)
    watch.advance(240)
    return watch


def agreements(watch):
    return enumerate(watch.worlds[0].names.agreements)


def test_the_links_are_what_is_on_record(watch):
    signed = ended = 0
    for g, code in agreements(watch):
        chain = watch.why_agreement(code)
        for link in chain.links:
            world = watch.worlds[link.month]
            if link.kind == "signed" and link.month:
                signed += 1
                assert world.signed[0, g]
            if link.kind == "end":
                ended += 1
                assert world.ended[0, g]
                assert any(link.text in event.text for event in watch.events() if event.month == link.month)
        assert [link.month for link in chain.links] == sorted(link.month for link in chain.links)
        standing = bool(watch.worlds[-1].in_force[0, g])
        assert standing == ("in force" in chain.standing)
    assert signed > 3
    assert ended > 3


def test_each_link_is_decided_by_the_chance_that_the_step_used(watch):
    told = 0
    for g, code in agreements(watch):
        for link in watch.why_agreement(code).links:
            for piece in link.parts:
                assert piece.total == in_order(piece.terms)
            if link.kind in ("signed", "offer") and link.parts:
                parties = np.flatnonzero(watch.worlds[0].party[g])
                chances = [float(logistic(np.float32(piece.total))) for piece in link.parts]
                np.testing.assert_allclose(chances, watch.worlds[link.month].sign_chance[0, g, parties], rtol=1e-6)
                told += len(chances)
    assert told > 20


def test_a_chain_ends_at_the_month_that_is_asked_about(watch):
    for _, code in agreements(watch):
        assert all(link.month <= 30 for link in watch.why_agreement(code, 30).links)


def test_who_came_to_a_forum_is_told_for_its_members_at_its_latest_meeting(watch):
    for f, code in enumerate(watch.forums):
        why = watch.why_forum(code, 100)
        met = [month for month in range(1, 101) if watch.worlds[month].met[0, f]]
        if not met:
            assert not why.parts
            continue
        world = watch.worlds[met[-1]]
        assert watch.date(met[-1]) in why.question
        came = [piece.note.endswith("came.") for piece in why.parts]
        assert came == [bool(world.attendance[0, f, i]) for i in np.flatnonzero(world.member[0, f])]


def test_unknown_names_are_refused_with_the_nearest(watch):
    with pytest.raises(api.InputError, match="ARF"):
        watch.why_forum("ARFF")
    with pytest.raises(api.InputError, match="PANMUNJOM_2018"):
        watch.why_agreement("PANMUNJOM_2081")
