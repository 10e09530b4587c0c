"""What may be done in a scenario, as a list that a screen can offer; and doing it."""

from __future__ import annotations

import numpy as np
import pytest

from regime_abm import api


def filled(choice: api.Choice, month: str) -> dict:
    """An entry that takes each field's default, or the first or middle of what it may hold."""
    entry = {"month": month, "kind": choice.kind}
    for field in choice.fields:
        if field.optional:
            continue
        if field.choices:
            entry[field.name] = field.choices[1] if field.name == "other" else field.choices[0]
        else:
            value = field.default if field.default is not None else (field.low + field.high) / 2
            entry[field.name] = int(value) if field.whole else float(value)
    return entry


@pytest.mark.parametrize("name", ["baseline_2018", "sc10_parallel_track"])
def test_every_choice_can_be_made_as_it_is_offered(name):
    scenario = api.load(name)
    for choice in api.palette(scenario):
        changed = scenario.with_events([filled(choice, "2027-03" if name != "baseline_2018" else "2019-03")])
        assert len(changed.events) == len(scenario.events) + 1
        assert changed.events[-1].text()


def test_every_lever_says_what_it_costs_and_whom_it_can_harm():
    for choice in api.palette(api.load("sc10_parallel_track")):
        assert choice.meaning
        assert bool(choice.cost and choice.harm) == choice.lever


def test_what_needs_a_module_is_offered_only_with_it():
    plain, both = ({c.kind for c in api.palette(api.load(name))} for name in ("baseline_2018", "sc10_parallel_track"))
    assert both - plain == {"dismantles", "sanctions eased", "sanctions tightened"}


def test_an_act_leaves_the_months_before_it_as_they_are():
    scenario = api.load("baseline_2018")
    first, twin = (
        api.watch(scenario),
        api.watch(
            scenario.with_events([{"month": "2019-06", "kind": "missile test", "state": "DPRK", "other": "USA"}])
        ),
    )
    for watch in (first, twin):
        watch.advance(30)
    for month in range(13):
        np.testing.assert_array_equal(first.worlds[month].trust, twin.worlds[month].trust)
    assert not np.array_equal(first.worlds[30].trust, twin.worlds[30].trust)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"month": "2019-06", "kind": "summitt"}, 'did you mean "summit"'),
        ({"month": "2019-06", "kind": "summit", "state": "DPRK", "other": "DPRK"}, "two different states"),
        ({"month": "2019-06", "kind": "summit", "state": "DPRK", "other": "XXX"}, "events\\[1\\].other"),
        ({"month": "2000-06", "kind": "summit", "state": "DPRK", "other": "USA"}, "2018-06 to 2038-05"),
        ({"month": "2019-06", "kind": "sanctions eased", "state": "DPRK"}, "sanctions"),
        ({"month": "2019-06", "kind": "summit", "state": "DPRK", "other": "USA", "to": 1}, "unknown field"),
    ],
)
def test_a_bad_entry_is_told_in_one_line(entry, said):
    with pytest.raises(api.InputError, match=said) as told:
        api.load("baseline_2018").with_events([entry])
    assert "\n" not in str(told.value)


def test_a_prior_is_drawn_as_it_is():
    row = {row["name"]: row for row in api.parameter_table()}["calendar.capability_drift"]
    assert row["prior"] == "uniform 0 to 0.01"
    curve = np.array(api.prior_curve("calendar.capability_drift", 50))  # 0 to .05: a fifth of the range
    assert curve.max() == 1.0
    np.testing.assert_allclose(curve[:10], 1.0, atol=0.02)
    assert not curve[11:].any()


def test_first_passage_counts_whoever_has_been_there():
    futures = next(iter(api.futures("baseline_2018", replicates=20)))
    ends = np.concatenate([chunk.outcome for chunk in futures.chunks])
    for place, line in enumerate(futures.first_passage().values()):
        assert (np.diff(line) >= 0).all()
        assert line[-1] == pytest.approx((ends == place).any(axis=1).mean())
