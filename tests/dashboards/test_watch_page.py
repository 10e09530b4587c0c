"""The page "Watch" in a real browser, against a real server and the real model: what it draws and plays."""

from __future__ import annotations

import re
import time

import numpy as np
import pytest

from regime_abm import api
from tests.dashboards.reading import MINUS, ink, month, table, values, wait_futures, wait_month

pytestmark = pytest.mark.browser

SCENARIO = api.scenarios()[0].name


# -- drawing


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_picture_is_drawn_and_fits(server, open_page, width, height, scheme):
    page = open_page(server, "month=30", width=width, height=height, color_scheme=scheme)
    watch = api.watch(SCENARIO)
    assert page.locator(".node").count() == len(watch.states)
    assert page.locator(".tie:not(.off)").count() == len(watch.states) * (len(watch.states) - 1)
    assert page.locator(".chart").count() == len(watch.measures)
    wait_futures(page, 200)
    for name in watch.measures:
        assert ink(page, f"[data-measure={name}] canvas") > 500
    assert page.locator(".outcomes-list li").count() == len(api.CLASSES)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    outside = page.evaluate(
        "[...document.querySelectorAll('.watch *')].filter(e => { const b = e.getBoundingClientRect();"
        " return b.width && b.height && !e.closest('.scroll-x') && !e.matches('.skip, .unseen, .unseen *')"
        " && (b.left < -1 || b.right > innerWidth + 1); }).map(e => e.className.baseVal ?? e.className)"
    )
    assert outside == []
    assert page.errors == []


def test_labels_can_be_read_on_a_phone(server, open_page):
    page = open_page(server, width=390, height=844)
    sizes = page.eval_on_selector_all(".node .code", "all => all.map(t => t.getBoundingClientRect().height)")
    assert min(sizes) >= 14
    small = page.evaluate(
        "[...document.querySelectorAll('.watch button, .watch select, .watch input')].filter(e => {"
        " const b = e.getBoundingClientRect(); return b.height && b.height < 24; }).map(e => e.outerHTML)"
    )
    assert small == []


def test_states_do_not_cover_each_other(server, open_page):
    for width in (390, 1366):
        page = open_page(server, width=width, height=800)
        places = page.eval_on_selector_all(
            ".node .disc",
            "all => all.map(d => d.getBoundingClientRect())"
            ".map(b => [b.x + b.width / 2, b.y + b.height / 2, b.width])",
        )
        for k, (x, y, size) in enumerate(places):
            for other_x, other_y, _ in places[:k]:
                assert np.hypot(x - other_x, y - other_y) > size + 4


def test_every_layer_is_drawn_with_its_key(server, open_page):
    page = open_page(server, "month=40")
    watch = api.watch(SCENARIO)
    watch.advance(40)
    frame = watch.frame()
    size = len(watch.states)
    for layer in ("trust", "threat", "hostility", "alliance", "talks"):
        page.select_option("#layer", layer)
        page.wait_for_function(f"document.querySelector('.map-svg').dataset.layer == '{layer}'")
        np.testing.assert_allclose(table(page), np.array(frame[layer]) * (1 - np.eye(size)), atol=0.005001)
        assert page.locator(".legend .sample").count() >= 3
    for code in watch.forums:
        page.select_option("#layer", f"forum:{code}")
        page.wait_for_function(f"document.querySelector('.hub-code')?.textContent == '{code}'")
        assert page.locator(".spoke").count() == sum(frame["forums"][code]["members"])
        assert page.locator(".spoke.came").count() == sum(
            m and a
            for m, a in zip(frame["forums"][code]["members"], frame["forums"][code]["attended"], strict=True)
        )


def test_colour_is_never_the_only_sign(server, open_page):
    page = open_page(server, "month=30")
    looks = page.eval_on_selector_all(
        ".tie:not(.off) .line",
        "all => all.map(l => [l.getAttribute('stroke-dasharray'), +l.getAttribute('stroke-width')])",
    )
    trust = api.watch(SCENARIO)
    trust.advance(30)
    values = [v for i, row in enumerate(trust.frame()["trust"]) for j, v in enumerate(row) if i != j]
    for value, look in zip(values, looks, strict=True):
        dash, width = look
        assert (dash != "none") == (value < 0.4)
        assert width == pytest.approx(0.9 + 4.2 * abs(value - 0.5) * 2, abs=0.13)


# -- the network


def test_the_page_comes_alive_without_any_other_host(server, open_page):
    begun = time.monotonic()
    page = open_page(server)
    page.click("[data-do=step]")
    wait_month(page, 1)
    took = time.monotonic() - begun
    assert page.strayed == []
    assert page.errors == []
    assert (
        took < 20
    )  # other tests share the machine; the goal of 3 s is held by the long test and the benchmark


# -- playing


def test_play_pause_step_back_and_reset(server, open_page):
    page = open_page(server, "seed=3&replicate=4")
    page.click("[data-do=step]")
    wait_month(page, 1)
    page.click("[data-do=step]")
    wait_month(page, 2)
    page.click("[data-do=back]")
    wait_month(page, 1)
    page.select_option("#speed", "20")
    page.click("[data-do=play]")
    page.wait_for_function("+document.querySelector('.watch').dataset.month >= 12", timeout=20_000)
    page.click("[data-do=play]")
    page.wait_for_function("!document.querySelector('.watch').classList.contains('playing')")
    now = month(page)
    time.sleep(0.5)
    assert month(page) == now
    watch = api.watch(SCENARIO, seed=3, replicate=4)
    watch.advance(now)
    wanted = np.array(watch.frame()["trust"]) * (1 - np.eye(len(watch.states)))
    np.testing.assert_allclose(table(page), wanted, atol=0.005001)
    for name, line in watch.series().items():
        shown = values(page)[name]
        assert (
            shown == "not yet"
            if line[now] is None
            else float(shown.replace(MINUS, "-")) == pytest.approx(line[now], abs=0.005001)
        )
    page.click("[data-do=reset]")
    wait_month(page, 0)


def test_the_slider_goes_to_any_month(server, open_page):
    page = open_page(server)
    page.fill("#month", "100")
    wait_month(page, 100)
    page.fill("#month", "50")
    wait_month(page, 50)
    assert "July 2022" in page.text_content(".date")
    assert page.get_attribute("#month", "aria-valuetext").startswith("July 2022")


def test_the_end_is_the_end(server, open_page):
    page = open_page(server, "month=239")
    page.click("[data-do=play]")
    wait_month(page, 240)
    page.wait_for_function("document.querySelector('[data-do=play] span').textContent == 'Play again'")
    page.click("[data-do=step]")
    time.sleep(0.3)
    assert month(page) == 240


def test_the_future_stands_in_its_outcome_class(server, open_page):
    page = open_page(server, "month=60&replicate=2")
    watch = api.watch(SCENARIO, replicate=2)
    watch.advance(60)
    titles = {item.key: item.title for item in api.CLASSES}
    assert page.text_content(".mine-now") == titles[watch.outcome()]
    wait_futures(page, 50)
    assert page.get_attribute(".outcomes-list .mine", "data-outcome") == watch.outcome()


def test_the_futures_are_counted_and_shown_with_intervals(server, open_page):
    page = open_page(server)
    wait_futures(page)
    assert page.text_content(".count") == "1,000 of 1,000 futures"
    futures = list(api.futures(SCENARIO, seed=1, replicates=1000))[-1]
    for key, share in futures.outcome_shares().items():
        shown = page.text_content(f"[data-outcome={key}] .outcome-share")
        assert shown.startswith("< 1 %" if 0 < share < 0.01 else f"{round(100 * share)} %")
        assert re.search("\\d+\N{EN DASH}\\d+$", shown)


# -- a bad line


def test_a_broken_line_is_mended_and_no_month_is_missing(server, open_page):
    page = open_page(server, "seed=6")
    page.select_option("#speed", "10")
    page.click("[data-do=play]")
    page.wait_for_function("+document.querySelector('.watch').dataset.month >= 5", timeout=20_000)
    assert page.evaluate("solara.debug.dropConnection()")
    page.wait_for_function("solara.debug.reconnectCount > 0", timeout=20_000)
    page.wait_for_function("+document.querySelector('.watch').dataset.month >= 40", timeout=40_000)
    page.click("[data-do=play]")
    page.wait_for_selector(".watch:not(.playing)")
    now = month(page)
    watch = api.watch(SCENARIO, seed=6)
    watch.advance(now)
    assert float(values(page)["reciprocity"]) == pytest.approx(
        watch.series()["reciprocity"][now], abs=0.005001
    )
    page.select_option("#log-kind", "talks")
    wanted = [e.text for e in reversed(watch.events()) if e.kind == "talks"][:60]
    assert page.eval_on_selector_all(".log-list .what", "all => all.map(e => e.textContent)") == wanted


# -- what happened


def test_the_log_tells_the_newest_first_and_filters(server, open_page):
    page = open_page(server, "month=48")
    watch = api.watch(SCENARIO)
    watch.advance(48)
    events = watch.events()
    assert page.text_content(".log-list li:first-child .what") == events[-1].text
    kind = events[0].kind
    page.select_option("#log-kind", kind)
    assert page.locator(".log-list li").count() == min(60, sum(e.kind == kind for e in events))
    state = watch.states[0]
    page.select_option("#log-state", state)
    assert page.locator(".log-list li").count() == min(
        60, sum(e.kind == kind and state in e.states for e in events)
    )
    page.select_option("#log-kind", "")
    page.click(".log-list li:last-child .when")
    page.wait_for_function("+document.querySelector('.watch').dataset.month < 48")
