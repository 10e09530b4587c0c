"""The page "Watch" in the hands of a reader: asking why, using keys, reloading, following a link."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from regime_abm import api
from tests.dashboards.reading import month, table, values, wait_futures, wait_month
from tests.helpers import added_up

pytestmark = pytest.mark.browser

SCENARIO = api.scenarios()[0].name


# -- why


def sums(page) -> list[tuple[list[float], float]]:
    return page.eval_on_selector_all(
        ".why-part:has(tfoot)",
        "parts => parts.map(p => [[...p.querySelectorAll('.term .number')].map(c => +c.dataset.value),"
        " +p.querySelector('tfoot .number').dataset.value])",
    )


def test_a_click_on_a_tie_shows_terms_that_sum(server, open_page):
    page = open_page(server, "month=20")
    page.locator("[data-tie='DPRK>USA'] .hit").dispatch_event("click")
    page.wait_for_selector(".why-part")
    why = api.watch(SCENARIO)
    why.advance(20)
    wanted = why.why_tie("DPRK", "USA")
    assert page.text_content("#why-title") == wanted.title
    assert sums(page) == [[[value for _, value, _ in part.terms], part.total] for part in wanted.parts]
    for terms, total in sums(page):
        assert added_up([("", term, "") for term in terms]) == total
    chances = page.eval_on_selector_all(".chances .number", "all => all.map(c => +c.dataset.value)")
    assert chances == list(wanted.action_probabilities.values())
    assert f'--seed 1 --replicate 0 --month {why.date()} "DPRK>USA"' in page.text_content(".command")
    page.click(".inputs >> xpath=.. >> summary")
    assert page.locator(".inputs tbody tr").count() == len(wanted.inputs)
    page.keyboard.press("Escape")
    assert page.locator(".why").is_hidden()


def test_a_click_on_a_state_shows_its_terms_and_its_ties(server, open_page):
    page = open_page(server, "month=20")
    page.locator(".node").nth(0).click()
    page.wait_for_selector(".tie-list")
    assert page.locator(".tie-list li").count() == 6
    page.click(".tie-list li:first-child button")
    page.wait_for_function("document.querySelector('#why-title').textContent.includes('>')")


def test_the_explanation_says_when_the_picture_has_moved_on(server, open_page):
    page = open_page(server, "month=20")
    page.locator(".node").nth(0).click()
    page.wait_for_selector(".why-part")
    assert page.locator(".stale").is_hidden()
    page.click("[data-do=step]")
    page.wait_for_selector(".stale:visible")
    page.click(".stale button")
    page.wait_for_selector(".stale", state="hidden")


# -- keys


def test_the_keyboard_does_all_of_it(server, open_page):
    page = open_page(server)
    page.keyboard.press("ArrowRight")
    wait_month(page, 1)
    page.keyboard.press("ArrowRight")
    wait_month(page, 2)
    page.keyboard.press("ArrowLeft")
    wait_month(page, 1)
    page.keyboard.press("Space")
    page.wait_for_selector(".watch.playing")
    page.keyboard.press("Space")
    page.wait_for_selector(".watch:not(.playing)")
    page.keyboard.press("Home")
    wait_month(page, 0)
    page.keyboard.press("?")
    page.wait_for_selector("dialog[open]")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog[open]", state="detached")


def test_the_keyboard_goes_through_states_and_ties(server, open_page):
    page = open_page(server)
    page.focus("#layer")
    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.dataset.state")
    assert first
    page.keyboard.press("ArrowRight")
    second = page.evaluate("document.activeElement.dataset.state")
    assert second
    assert second != first
    assert month(page) == 0
    for _ in range(6):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.dataset.tie").startswith(second + ">")
        assert re.search(r"\d", page.evaluate("document.activeElement.getAttribute('aria-label')"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.tie ?? ''") == ""
    page.keyboard.press("Shift+Tab")
    tie = page.evaluate("document.activeElement.dataset.tie")
    page.keyboard.press("Enter")
    page.wait_for_selector(".why-part")
    assert page.text_content("#why-title").startswith(tie)
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.tie") == tie


# -- the address


def test_a_reload_restores_the_view_and_every_number(server, open_page):
    page = open_page(server, "seed=11&replicate=5")
    page.select_option("#layer", "threat")
    page.fill("#month", "33")
    wait_month(page, 33)
    before = (table(page), values(page), page.text_content(".log-list"))
    asked = parse_qs(urlsplit(page.url).query)
    assert asked == {
        "scenario": [SCENARIO], "seed": ["11"], "replicate": ["5"], "month": ["33"], "layer": ["threat"],
    }  # fmt: skip
    page.reload()
    page.wait_for_selector(".watch[data-drawn]")
    assert month(page) == 33
    np.testing.assert_array_equal(table(page), before[0])
    assert (values(page), page.text_content(".log-list")) == before[1:]
    assert page.input_value("#layer") == "threat"


def test_choosing_another_run_changes_every_number_and_the_address(server, open_page):
    page = open_page(server, "month=12")
    before = values(page)
    page.fill("#seed", "77")
    page.fill("#replicate", "9")
    page.click(".choose-form button >> nth=0")
    wait_month(page, 0)
    page.wait_for_function("location.search.includes('seed=77')")
    page.fill("#month", "12")
    wait_month(page, 12)
    watch = api.watch(SCENARIO, seed=77, replicate=9)
    watch.advance(12)
    assert values(page) != before
    assert float(values(page)["reciprocity"]) == pytest.approx(
        watch.series()["reciprocity"][12], abs=0.005001
    )
    wait_futures(page, 50)


def test_a_link_that_asks_for_too_much_is_answered_in_words(server, open_page):
    page = open_page(server, "seed=1e12&month=1000000000000")
    said = page.text_content(".notice")
    assert "seed" in said
    assert "0 to 240" in said
    assert month(page) == 0


def test_words_from_a_link_never_become_markup(server, open_page):
    page = open_page(
        server, "layer=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&scenario=%3Cscript%3Ealert(1)%3C/script%3E"
    )
    assert page.locator(".notice img, .notice script").count() == 0
    assert "<script>" in page.text_content(".notice")
    assert page.errors == []
