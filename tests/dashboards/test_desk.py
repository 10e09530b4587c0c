"""The question that all pages share, without a browser: links, undo, the branch, comparisons, and what is refused."""

from __future__ import annotations

import re
import struct
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboards import trials
from dashboards.comparing import Comparisons
from dashboards.desk import Desk
from dashboards.ensembles import Ensembles
from dashboards.link import from_query, to_query
from dashboards.view import View, check_parameter, ordered, parameters
from regime_abm import api
from tests.dashboards.test_session import Browser

SCENARIO = api.scenarios()[0].name
SUMMIT = {"month": "2019-06", "kind": "summit", "state": "DPRK", "other": "USA"}
PARAMETER = "trust.asymmetry"


@pytest.fixture
def browse():
    opened = []

    def one(query: str = "", page: str = "") -> Browser:
        ensembles, comparisons = Ensembles(), Comparisons()
        browser = Browser(Desk(query, page, ensembles=ensembles, comparisons=comparisons))
        opened.append((browser, ensembles, comparisons))
        return browser

    yield one
    for browser, ensembles, comparisons in opened:
        browser.session.close()
        ensembles.stop()
        comparisons.stop()


def changed(**more) -> View:
    return View(SCENARIO, 7, 3, preset="sceptic", parameters=((PARAMETER, 3.25),), acts=(ordered(SUMMIT),), **more)


# -- links


@settings(max_examples=12, deadline=None)
@given(
    st.dictionaries(st.sampled_from(sorted(parameters())), st.floats(0, 1), max_size=6),
    st.sampled_from(["", "sceptic", "agnostic"]),
    st.integers(0, 2**53 - 1),
)
def test_a_link_tells_the_whole_question(places, preset, seed):
    rows = parameters()
    values = [
        check_parameter(name, rows[name]["low"] + place * (rows[name]["high"] - rows[name]["low"]))
        for name, place in sorted(places.items())
    ]
    view = View(SCENARIO, seed, preset=preset, parameters=tuple(values), acts=changed().acts)
    assert from_query(to_query(view)) == (view, [])


def test_a_link_is_short_enough_for_a_mail():
    values = tuple(check_parameter(name, parameters()[name]["default"]) for name in sorted(parameters())[:8])
    view = View(SCENARIO, 12345, 999, preset="sceptic", parameters=values, acts=changed().acts * 3)
    assert len(to_query(view)) < 900


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("3.25", "3.35"),
        ("3.25", "99"),
        ("sceptic", "agnostic"),
        ("seed=7", "seed=8"),
        ("replicate=3", "replicate=4"),
        ("2019-06", "2019-07"),
        ("state=DPRK", "state=ROK"),
        ("summit", "order"),
        (PARAMETER, "trust.assymmetry"),
        ("&check=", "&chec="),
        (SCENARIO, "baseline_2019"),
    ],
)
def test_a_link_that_was_changed_is_refused_as_a_whole(old, new):
    link = to_query(changed())
    assert old in link
    view, complaints = from_query(link.replace(old, new))
    assert view == View(SCENARIO)
    assert len(complaints) == 1
    assert "nothing of it was used" in complaints[0]
    assert "\n" not in complaints[0]


def test_a_link_that_was_cut_off_or_blown_up_is_refused():
    link = to_query(changed())
    for broken in (link[:-3], link + "&do=" + "x" * 9000, link + "&set=a:1"):
        view, complaints = from_query(broken)
        assert view == View(SCENARIO)
        assert complaints


def test_what_only_turns_the_view_needs_no_check():
    view, complaints = from_query(f"{to_query(changed())}&month=40&layer=threat")
    assert (view.month, view.layer) == (40, "threat")
    assert not complaints


# -- changes and the way back


def test_a_drag_is_one_step_of_undo(browse):
    browser = browse(page="futures")
    say = browser.session.handle
    for value in (2.5, 3.0, 3.5):
        say({"do": "set", "name": PARAMETER, "value": value, "drag": "d1"})
    say({"do": "set", "name": PARAMETER, "value": 4.0, "drag": "d2"})
    say({"do": "undo"})
    assert browser.last("desk")["parameters"] == {PARAMETER: 3.5}
    say({"do": "undo"})
    assert browser.last("desk")["parameters"] == {}
    assert not browser.last("desk")["undo"]
    say({"do": "redo"})
    say({"do": "redo"})
    assert browser.last("desk")["parameters"] == {PARAMETER: 4.0}


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ({"do": "set", "name": PARAMETER, "value": 99}, "outside 1 to 5"),
        ({"do": "set", "name": PARAMETER, "value": "3"}, "outside 1 to 5"),
        ({"do": "set", "name": PARAMETER, "value": float("nan")}, "outside 1 to 5"),
        ({"do": "set", "name": "trust.asymetry", "value": 2}, f'did you mean "{PARAMETER}"'),
        ({"do": "preset", "name": "scepticc"}, 'did you mean "sceptic"'),
        ({"do": "preset", "name": "../../x.toml"}, "preset: '../../x.toml' is not known"),
        ({"do": "page", "page": "futurs"}, 'did you mean "futures"'),
        ({"do": "act", "entry": SUMMIT | {"other": "DPRK"}}, "two different states"),
        ({"do": "act", "entry": SUMMIT | {"month": "1999-01"}}, "outside"),
        ({"do": "act", "entry": {"kind": "summit"}}, "month"),
        ({"do": "act", "entry": SUMMIT | {"state": {"a": 1}}}, "cannot be used"),
        ({"do": "act", "entry": ["summit"]}, "month"),
        ({"do": "arms", "arms": [SCENARIO]}, "Two to 3"),
        ({"do": "arms", "arms": [SCENARIO, "/etc/passwd"]}, "not known"),
        ({"do": "explain", "about": "tie:DPRK>XXX"}, "XXX"),
        ({"do": "explain", "about": "file:/etc/passwd"}, "about"),
    ],
)
def test_what_cannot_be_done_is_told_and_changes_nothing(browse, message, said):
    browser = browse()
    before = browser.last("desk")["link"]
    browser.session.handle(message)
    notice = browser.last("notice")["text"]
    assert said in notice
    assert "\n" not in notice
    browser.session.handle({"do": "page", "page": "model"})
    assert browser.last("desk")["link"] == before


def test_a_moved_slider_lets_go_of_what_was_being_worked_out(browse):
    browser = browse(page="futures")
    ensembles = browser.session._ensembles
    for value in (2.5, 3.0, 3.5):
        browser.session.handle({"do": "set", "name": PARAMETER, "value": value, "drag": "d"})
    browser.wait(
        lambda: any(name == "band" and value["of"] == browser.last("desk")["of"] for name, value in browser.got)
    )
    wanted = [key for key, known in ensembles._known.items() if known.watchers]
    assert [dict(asked.parameters) for asked, _ in wanted] == [{PARAMETER: 3.5}]
    told = [value for name, value in browser.got if name == "band" and value["of"] == browser.last("desk")["of"]]
    futures = next(iter(api.futures(SCENARIO, parameters={PARAMETER: 3.5})))
    assert told[0]["done"] == futures.done
    assert {key: share for key, share, _, _ in told[0]["outcomes"]} == futures.outcome_shares()


def test_the_watched_run_follows_when_it_is_seen(browse):
    browser = browse("month=20", page="futures")
    browser.session.handle({"do": "set", "name": PARAMETER, "value": 4.0})
    browser.session.handle({"do": "page", "page": "watch"})
    watch = api.watch(SCENARIO, parameters={PARAMETER: 4.0})
    watch.advance(20)
    frame = browser.last("frame")
    assert frame["month"] == 20
    np.testing.assert_array_equal(
        struct.unpack(f"<{len(frame['tie']) // 8}d", frame["tie"]), np.ravel(watch.frame()["trust"])
    )


# -- the branch


def test_an_act_is_done_in_a_twin_with_the_same_luck(browse):
    browser = browse("month=30&seed=5")
    browser.session.handle({"do": "act", "entry": SUMMIT})
    frame = browser.last("frame")
    twin = api.watch(api.load(SCENARIO).with_events([SUMMIT]), seed=5)
    first = api.watch(SCENARIO, seed=5)
    for watch in (twin, first):
        watch.advance(30)
    size = len(first.states) ** 2
    np.testing.assert_array_equal(struct.unpack(f"<{size}d", frame["tie"]), np.ravel(first.frame()["trust"]))
    np.testing.assert_array_equal(struct.unpack(f"<{size}d", frame["twin"]["tie"]), np.ravel(twin.frame()["trust"]))
    lines = np.array([[np.nan if v is None else v for v in line] for line in twin.series().values()]).T
    told = np.frombuffer(frame["twin"]["series"]).reshape(-1, lines.shape[1])
    np.testing.assert_array_equal(told, lines[frame["since"] :])
    assert all(month >= 13 for month, *_ in frame["twin"]["apart"])
    assert any("summit" in text and side == "twin" for _, _, _, text, _, side in frame["twin"]["apart"])
    assert browser.last("desk")["acts"][0]["harm"]
    browser.session.handle({"do": "undo"})
    assert browser.last("frame")["twin"] == {}


def test_sentences_that_differ_in_their_decimals_alone_are_no_difference(browse):
    browser = browse("month=120")
    browser.session.handle({"do": "act", "entry": SUMMIT})
    told = browser.last("frame")["twin"]["apart"]
    bare = [(month, kind, re.sub(r"\d*\.\d+", "", text), side) for month, _, kind, text, _, side in told]
    for month, kind, text, side in bare:
        assert (month, kind, text, "twin" if side == "first" else "first") not in bare


# -- two or three questions


def test_a_comparison_is_the_models_own(browse):
    arms = ["sc02_singapore_momentum", "sc02_singapore_momentum+sceptic"]
    browser = browse(f"arms={','.join(arms).replace('+', '%2B')}", page="compare")
    browser.wait(lambda: any(name == "comparison" for name, _ in browser.got))
    told = next(value for name, value in browser.got if name == "comparison")
    browser.session.handle({"do": "page", "page": "model"})
    assert told["of"] == browser.last("desk")["compared"]
    assert told["replicates"] == 100
    found = api.compare(arms, replicates=100).summary()
    for table in ("shares", "changes", "differences"):
        bare = [{key: value for key, value in row.items() if key != "arm"} for row in found[table]]
        assert [{key: value for key, value in row.items() if key != "arm"} for row in told[table]] == bare


def test_a_comparison_that_nobody_waits_for_stops(browse):
    browser = browse(page="compare")
    comparisons = browser.session._comparisons
    begun = time.monotonic()
    browser.session.handle({"do": "arms", "arms": ["sc02_singapore_momentum", "sc03_no_deal_at_hanoi"]})
    browser.wait(lambda: any(name == "comparison" for name, _ in browser.got))
    assert {scenario["title"] for scenario in browser.last("comparison")["arms"].values()} == {
        api.load(name).title for name in ("sc02_singapore_momentum", "sc03_no_deal_at_hanoi")
    }
    assert sum(bool(job.watchers) for job in comparisons._known.values()) == 1
    browser.session.handle({"do": "page", "page": "model"})
    assert not any(job.watchers for job in comparisons._known.values())
    assert time.monotonic() - begun < 30


# -- claims


def test_a_claim_is_tried_live_and_its_verdict_is_the_models_own(browse, monkeypatch):
    real = api.claims
    small = {"draws": 3, "replicates": 2, "months": 60}
    monkeypatch.setattr(trials.api, "claims", lambda names, **options: real(names, **small, **options))
    browser = browse(page="claims")
    monkeypatch.setattr("dashboards.desk.TRIALS", trials.Trials())
    browser.session.handle({"do": "try", "claim": "N2"})
    browser.wait(lambda: any(name == "trial" and value.get("verdict") for name, value in browser.got))
    told = browser.last("trial")["verdict"]
    assert told == real(["N2"], **small).summary["claims"][0]
    counts = [value["done"] for name, value in browser.got if name == "trial"]
    assert counts == sorted(counts)


def test_a_claim_that_nobody_waits_for_stops(browse, monkeypatch):
    own = trials.Trials()
    monkeypatch.setattr("dashboards.desk.TRIALS", own)
    browser = browse(page="claims")
    browser.session.handle({"do": "try", "claim": "H2"})
    browser.wait(lambda: any(name == "trial" for name, _ in browser.got))
    browser.session.handle({"do": "try", "claim": None})
    assert not any(job.watchers for job in own._known.values())
    own.stop()
    own._thread.join(60)
    assert not own._thread.is_alive()


@pytest.mark.parametrize("claim", ["H99", "../../x.toml", "h2.toml"])
def test_a_claim_is_named_never_a_path(browse, claim):
    browser = browse(page="claims")
    browser.session.handle({"do": "try", "claim": claim})
    assert "claim" in browser.last("notice")["text"]


# -- why


def test_an_answer_is_the_models_own_and_part_of_the_link(browse):
    browser = browse("month=60", page="why")
    browser.session.handle({"do": "explain", "about": "agreement:PANMUNJOM_2018", "month": 60})
    watch = api.watch(SCENARIO)
    watch.advance(60)
    told = browser.last("explained")
    assert [link["text"] for link in told["chain"]["links"]] == [
        link.text for link in watch.why_agreement("PANMUNJOM_2018").links
    ]
    view, complaints = from_query(browser.last("desk")["link"])
    assert view.about == "agreement:PANMUNJOM_2018"
    assert not complaints


def test_an_address_that_asks_about_nothing_known_is_told(browse):
    browser = browse("about=agreement:NOWHERE", page="why")
    assert "NOWHERE" in browser.last("notice")["text"]
    assert "about=" not in browser.last("desk")["link"]
    browser.session.handle({"do": "explain"})
    assert browser.last("explained")["about"]
