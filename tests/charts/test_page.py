"""The page of a figure in a real browser: it draws without any network, on a desk and on a phone, in light and dark."""

from __future__ import annotations

import pytest

from regime_abm import charts
from regime_abm.charts.look import COLOURS
from tests.charts.tables import NAMES, source
from tests.dashboards.test_accessibility import faults

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Every chart as a page in one folder."""
    folder = tmp_path_factory.mktemp("pages")
    for name in NAMES:
        charts.drawn(name, source("full")).save(folder / f"{name}.html")
    charts.drawn("fan", source("empty")).save(folder / "empty.html")
    return folder


@pytest.fixture
def look_at(chromium, pages):
    """Open a page of the folder with no network; `page.said` is what the browser complained of, `page.asked` what it wanted."""
    contexts = []

    def one(name: str, width: int = 1366, scheme: str = "light", **options):
        context = chromium.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, offline=True, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.said, page.asked = [], []
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("console", lambda said: page.said.append(said.text) if said.type in ("error", "warning") else None)
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto((pages / f"{name}.html").as_uri())
        page.wait_for_selector("#plot0 .main-svg")
        return page

    yield one
    for context in contexts:
        context.close()


def until(page, expression: str) -> None:
    """Wait until something is true; the page's policy forbids the browser's own way of waiting for it."""
    for _ in range(200):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(expression)


WORDS = """[...document.querySelectorAll("#plot0 text")].filter(e => e.textContent && e.getClientRects().length)
    .map(e => [e.textContent, e.getBoundingClientRect().left, e.getBoundingClientRect().right])"""


FIRST = ("fan", "shares", "empty")  # the others take a browser long on a busy machine


@pytest.mark.parametrize(
    "name", [name if name in FIRST else pytest.param(name, marks=pytest.mark.long) for name in (*NAMES, "empty")]
)
def test_it_draws_without_network_or_complaint_and_all_words_stay_in_sight(look_at, name):
    """On a phone first, then the same page on a desk."""
    page = look_at(name, 390)
    for width in (390, 1366):
        page.set_viewport_size({"width": width, "height": 800})
        until(page, f"document.querySelector('#plot0 .main-svg').clientWidth > {min(width, 1100) - 60}")
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.locator("#plot0").bounding_box()["height"] > 200
        spots = page.evaluate(WORDS)
        assert spots
        assert [text for text, left, right in spots if left < 0 or right > width] == []
    assert page.locator("figcaption").inner_text().count("n = ") == 1
    assert page.said == []
    assert [url for url in page.asked if not url.startswith(("file:", "data:", "blob:"))] == []


def test_light_and_dark_follow_the_reader_even_while_the_page_is_open(look_at):
    page = look_at("fan")

    def paper():
        return page.evaluate("getComputedStyle(document.querySelector('#plot0 .main-svg')).background")

    light, dark = (f"rgb({', '.join(str(int(tone[k : k + 2], 16)) for k in (1, 3, 5))})" for tone in COLOURS["paper"])
    assert light in paper()
    page.emulate_media(color_scheme="dark")
    until(page, f"getComputedStyle(document.querySelector('#plot0 .main-svg')).background.includes('{dark}')")
    assert page.said == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_serious_fault_for_who_cannot_see_it(look_at, scheme):
    page = look_at("shares", scheme=scheme, bypass_csp=True)
    page.locator("summary").click()
    assert page.locator("table").inner_text().count("Cold peace") == 1
    assert faults(page) == []
    assert page.locator("#plot0[role=img]").get_attribute("aria-label").startswith("Bar chart")
