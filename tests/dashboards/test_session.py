"""The server side of one page, without a browser: what it checks, and that it shows what the model says."""

from __future__ import annotations

import struct
import threading
import time

import numpy as np
import pytest

from dashboards.ensembles import Ensembles
from dashboards.link import from_query
from dashboards.session import AHEAD, Session
from dashboards.view import FUTURE_LIMIT, SEED_LIMIT
from regime_abm import api
from tests.helpers import added_up

SCENARIO = api.scenarios()[0].name


class Browser:
    """What a browser would have received."""

    def __init__(self, session: Session, *, draws: bool = True) -> None:
        self.session, self.draws, self.got = session, draws, []
        self.news = threading.Condition()
        for name, value in session.first().items():
            self.got.append((name, value))
        session.attach(self.take)
        if draws:
            session.handle({"do": "drawn", "n": 1})

    def take(self, name, value) -> None:
        with self.news:
            self.got.append((name, value))
            self.news.notify_all()
        if self.draws and name == "frame":
            self.session.handle({"do": "drawn", "n": value["n"]})

    def last(self, name: str) -> dict:
        return [value for known, value in self.got if known == name][-1]

    def wait(self, condition, seconds: float = 60) -> None:
        with self.news:
            assert self.news.wait_for(condition, seconds)

    def series(self) -> np.ndarray:
        """Months x measures, put together from all frames of the last run as a page does."""
        run = self.last("frame")["run"]
        rows: dict[int, list[float]] = {}
        for frame in (value for name, value in self.got if name == "frame" and value["run"] == run):
            width = len(self.last("setup")["measures"])
            numbers = struct.unpack(f"<{len(frame['series']) // 8}d", frame["series"])
            for k in range(0, len(numbers), width):
                rows[frame["since"] + k // width] = list(numbers[k : k + width])
        return np.array([rows[month] for month in sorted(rows)])


@pytest.fixture
def browse():
    opened = []

    def one(query: str = "", **options) -> Browser:
        ensembles = Ensembles()
        browser = Browser(Session(query, ensembles=ensembles), **options)
        opened.append((browser, ensembles))
        return browser

    yield one
    for browser, ensembles in opened:
        browser.session.close()
        ensembles.stop()


def expected(month: int, seed: int = 1, replicate: int = 0) -> tuple[api.Watch, np.ndarray]:
    watch = api.watch(SCENARIO, seed=seed, replicate=replicate)
    watch.advance(month)
    lines = [[np.nan if v is None else v for v in line] for line in watch.series().values()]
    return watch, np.array(lines).T


# -- the address


def test_an_address_names_the_run():
    view, complaints = from_query(f"scenario={SCENARIO}&seed=7&replicate=12&month=30&layer=threat")
    assert (view.scenario, view.seed, view.replicate, view.month, view.layer) == (
        SCENARIO,
        7,
        12,
        30,
        "threat",
    )
    assert not complaints


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("seed=1e12", f"0 to {SEED_LIMIT}"),
        ("seed=99999999999999999999999", f"0 to {SEED_LIMIT}"),
        ("seed=-1", f"0 to {SEED_LIMIT}"),
        ("seed=1;ls", f"0 to {SEED_LIMIT}"),
        ("seed=NaN", "whole number"),
        ("seed=%D9%A3", "whole number"),
        ("replicate=1000000", f"0 to {FUTURE_LIMIT}"),
        ("month=1000000000000", "0 to 240"),
        ("month=-3", "0 to 240"),
        ("scenario=baselin_2018", 'did you mean "baseline_2018"'),
        ("scenario=../../etc/passwd", "not known"),
        ("scenario=/etc/passwd", "not known"),
    ],
)
def test_a_bad_part_of_an_address_is_named_with_its_limits(query, said):
    view, complaints = from_query(query)
    assert view == from_query("")[0]
    assert len(complaints) == 1
    assert said in complaints[0]
    assert "\n" not in complaints[0]


def test_a_bad_layer_is_named(browse):
    assert 'did you mean "trust"' in browse("layer=trsut").last("notice")["text"]


# -- what is shown


@pytest.mark.parametrize(("seed", "replicate", "month"), [(1, 0, 0), (1, 3, 5), (42, 999, 60)])
def test_a_page_shows_the_models_own_numbers(browse, seed, replicate, month):
    browser = browse(f"seed={seed}&replicate={replicate}&month={month}")
    watch, series = expected(month, seed, replicate)
    np.testing.assert_array_equal(browser.series(), series)
    for layer in ("trust", "threat", "hostility", "alliance", "talks"):
        browser.session.handle({"do": "layer", "value": layer})
        frame = browser.last("frame")
        size = len(watch.states)
        tie = np.array(struct.unpack(f"<{size * size}d", frame["tie"])).reshape(size, size)
        np.testing.assert_array_equal(tie, np.array(watch.frame()[layer], float))
        assert frame["month"] == month
    np.testing.assert_array_equal(
        np.frombuffer(frame["severity"], np.uint8), np.ravel(watch.frame()["severity"])
    )
    code = watch.forums[0]
    browser.session.handle({"do": "layer", "value": f"forum:{code}"})
    assert browser.last("frame")["forum"] == watch.frame()["forums"][code]


def test_stepping_back_and_forth_shows_the_same_months(browse):
    browser = browse()
    for by in (1, 1, 1, -1, -1, 1, 1, 1):
        browser.session.handle({"do": "step", "by": by})
    assert browser.last("frame")["month"] == 4
    np.testing.assert_array_equal(browser.series(), expected(4)[1])
    browser.session.handle({"do": "go", "month": 0})
    browser.session.handle({"do": "step", "by": -1})
    assert browser.last("frame")["month"] == 0


def test_reset_begins_the_same_run_again(browse):
    browser = browse("seed=5&month=20")
    before = browser.series()
    browser.session.handle({"do": "reset"})
    assert browser.last("frame")["month"] == 0
    assert len(browser.series()) == 1
    browser.session.handle({"do": "go", "month": 20})
    np.testing.assert_array_equal(browser.series(), before)


def test_playing_shows_every_month_in_order_to_the_end(browse):
    browser = browse("month=210")
    browser.session.handle({"do": "speed", "value": 20})
    browser.session.handle({"do": "play"})
    browser.wait(lambda: not browser.last("frame")["playing"] and browser.last("frame")["month"] == 240)
    months = [value["month"] for name, value in browser.got if name == "frame"]
    assert sorted(set(months)) == list(range(210, 241))
    np.testing.assert_array_equal(browser.series(), expected(240)[1])


def test_pause_stops_at_once(browse):
    browser = browse()
    browser.session.handle({"do": "speed", "value": 20})
    browser.session.handle({"do": "play"})
    browser.wait(lambda: browser.last("frame")["month"] >= 3)
    browser.session.handle({"do": "pause"})
    month = browser.last("frame")["month"]
    time.sleep(0.4)
    assert browser.last("frame")["month"] == month
    assert not browser.last("frame")["playing"]


def test_nothing_queues_for_a_browser_that_draws_nothing(browse):
    browser = browse(draws=False)
    browser.session.handle({"do": "speed", "value": 20})
    browser.session.handle({"do": "play"})
    time.sleep(AHEAD + 1.5)
    assert browser.last("frame")["month"] <= 20 * AHEAD + 2


def test_events_are_told_once_each(browse):
    browser = browse()
    for _ in range(24):
        browser.session.handle({"do": "step", "by": 1})
    told = [tuple(event[:4]) for name, value in browser.got if name == "frame" for event in value["events"]]
    wanted = [(e.month, e.date, e.kind, e.text) for e in expected(24)[0].events()]
    assert told == wanted


def test_why_gives_terms_that_sum(browse):
    browser = browse("month=30")
    states = browser.last("setup")["states"]
    browser.session.handle({"do": "why", "state": states[0], "other": states[1]})
    why = browser.last("why")
    assert why["month"] == 30
    assert why["parts"]
    for part in why["parts"]:
        assert added_up(part["terms"]) == part["total"]
    assert sum(why["action_probabilities"].values()) == pytest.approx(1)
    browser.session.handle({"do": "why", "state": states[0]})
    assert browser.last("why")["of"] == [states[0]]


# -- what a browser may send


@pytest.mark.parametrize(
    "message",
    [
        {"do": "go", "month": 10**12},
        {"do": "go", "month": "12; rm"},
        {"do": "go", "month": None},
        {"do": "go", "month": True},
        {"do": "go", "month": 1.5},
        {"do": "go", "month": "9" * 5000},
        {"do": "step", "by": 10**9},
        {"do": "speed", "value": 10**9},
        {"do": "layer", "value": "__class__"},
        {"do": "layer", "value": ["trust"] * 1000},
        {"do": "why", "state": "NOBODY"},
        {"do": "why", "state": "DPRK", "other": "<script>"},
        {"do": "why", "state": "DPRK", "other": "DPRK"},
        {"do": "choose", "scenario": "../../x", "seed": 1, "replicate": 0},
        {"do": "choose", "scenario": SCENARIO, "seed": -1, "replicate": 0},
        {"do": "choose", "scenario": SCENARIO, "seed": 1, "replicate": 10**9},
        {"do": "choose", "scenario": SCENARIO, "seed": 10**30, "replicate": 0},
        {"do": "drawn", "n": 10**9},
    ],
    ids=lambda m: str(m)[:60],
)
def test_a_bad_wish_is_answered_with_one_line_and_changes_nothing(browse, message):
    browser = browse("month=2")
    before = {k: v for k, v in browser.last("frame").items() if k != "n"}
    browser.session.handle(message)
    text = browser.last("notice")["text"]
    assert text
    assert "\n" not in text
    assert len(text) < 400
    browser.session.handle({"do": "resend"})
    after = {k: v for k, v in browser.last("frame").items() if k != "n"}
    assert after == before


@pytest.mark.parametrize(
    "message", [None, 3, [], "play", {}, {"do": None}, {"do": "close"}, {"do": {"x": 1}}]
)
def test_rubbish_is_ignored(browse, message):
    browser = browse()
    count = len(browser.got)
    browser.session.handle(message)
    assert [name for name, _ in browser.got[count:] if name != "band"] == []


# -- the thousand futures


def test_the_band_is_the_models_own_ensemble(browse):
    browser = browse()
    browser.wait(lambda: any(n == "band" and v["done"] == v["wanted"] for n, v in browser.got), 120)
    band = browser.last("band")
    futures = list(api.futures(SCENARIO, seed=1, replicates=1000))[-1]
    for name, packed in band["bands"].items():
        wanted = futures.band(name)
        np.testing.assert_array_equal(
            np.frombuffer(packed, "<f4").reshape(wanted.shape), wanted.astype(np.float32)
        )
    assert sum(share for _, share, _, _ in band["outcomes"]) == pytest.approx(1)
    assert all(low <= share <= high for _, share, low, high in band["outcomes"])


def test_the_page_answers_while_the_futures_are_computed(browse):
    browser = browse()
    browser.wait(lambda: any(name == "band" for name, _ in browser.got))
    slowest = 0.0
    for _ in range(20):
        begun = time.perf_counter()
        browser.session.handle({"do": "step", "by": 1})
        slowest = max(slowest, time.perf_counter() - begun)
    assert browser.last("frame")["month"] == 20
    assert slowest < 1.0


def test_another_seed_gets_another_band_and_the_old_one_is_let_go(browse):
    browser = browse()
    ensembles = browser.session._ensembles
    browser.session.handle({"do": "choose", "scenario": SCENARIO, "seed": 2, "replicate": 0})
    browser.wait(lambda: any(name == "band" and value["of"] == browser.last("setup")["of"] for name, value in browser.got))
    assert {key for key, known in ensembles._known.items() if known.watchers} == {(SCENARIO, 2)}


def test_a_closed_session_stops_its_thread_and_its_ensemble(browse):
    browser = browse()
    browser.session.handle({"do": "play"})
    browser.wait(lambda: any(name == "band" for name, _ in browser.got))
    browser.session.close()
    browser.session._thread.join(10)
    assert not browser.session._thread.is_alive()
    assert not browser.session._ensembles.busy()


# -- mistakes of the program itself


def test_a_fault_of_the_model_is_told_and_playing_stops(browse, monkeypatch, caplog):
    browser = browse()

    def broken(self, month):
        raise ArithmeticError("a fault put here by a test")

    monkeypatch.setattr(api.Watch, "advance", broken)
    browser.session.handle({"do": "play"})
    browser.wait(lambda: "ArithmeticError" in browser.last("notice")["text"])
    assert not browser.session._playing
    browser.session.handle({"do": "step", "by": 1})
    assert "ArithmeticError" in browser.last("notice")["text"]
    monkeypatch.undo()
    browser.session.handle({"do": "step", "by": 1})
    assert browser.last("notice")["text"] == ""
    assert browser.last("frame")["month"] == 1


def test_a_complaint_goes_away_with_the_next_thing_done(browse):
    browser = browse("seed=x")
    assert browser.last("notice")["text"]
    browser.session.handle({"do": "step", "by": 1})
    assert browser.last("notice")["text"] == ""
