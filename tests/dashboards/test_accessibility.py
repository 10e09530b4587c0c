"""What a reader without eyes or hands for a mouse meets: axe-core on the page in its main states."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser


def faults(page) -> list[str]:
    """Serious and critical findings of axe-core."""
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed"
    )
    found = axe.Axe().run(page).response["violations"]
    return [
        f"{item['id']}: {node['html'][:150]}"
        for item in found
        if item["impact"] in ("serious", "critical")
        for node in item["nodes"]
    ]


@pytest.mark.parametrize(
    ("width", "scheme"), [(1366, "light"), (1366, "dark"), (390, "light"), (390, "dark")]
)
def test_no_serious_fault(server, open_page, width, scheme):
    page = open_page(server, "month=30", width=width, height=844, color_scheme=scheme, bypass_csp=True)
    assert faults(page) == []
    page.locator(".node").nth(0).click(force=True)
    page.wait_for_selector(".why-part")
    assert faults(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.wait_for_selector("dialog[open]")
    assert faults(page) == []


def test_the_page_has_a_language_a_heading_and_may_be_zoomed(server, open_page):
    page = open_page(server)
    assert page.get_attribute("html", "lang") == "en"
    assert page.locator("h1").count() == 1
    assert page.get_attribute("meta[name=viewport]", "content") == "width=device-width, initial-scale=1"
    assert page.title().startswith(page.text_content("h1"))


def test_still_pictures_have_words(server, open_page):
    page = open_page(server, "month=12")
    for label in page.eval_on_selector_all(
        ".chart canvas", "all => all.map(c => c.getAttribute('aria-label'))"
    ):
        assert "May 2019" in label
    for label in page.eval_on_selector_all(
        ".tie:not(.off)", "all => all.map(t => t.getAttribute('aria-label'))"
    ):
        assert label
