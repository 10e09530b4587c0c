"""All pages in a real browser: drawn, fitting, without faults, reached by keys, and rebuilt from a link."""

from __future__ import annotations

import pytest

from dashboards.desk import PAGES
from dashboards.view import parameters
from regime_abm import api
from tests.dashboards.reading import ink, wait_month
from tests.dashboards.test_accessibility import faults

pytestmark = pytest.mark.browser

SCENARIO = api.scenarios()[0].name
PARAMETER = "trust.asymmetry"
PATHS = {name: "/" if name == "watch" else f"/{name}" for name in PAGES}
SHORT = "scenario=sc02_singapore_momentum&arms=sc02_singapore_momentum,sc03_no_deal_at_hanoi"  # five years
SPILLED = """[...document.querySelectorAll('.desk *')].filter(e => {
  const b = e.getBoundingClientRect();
  return b.width && b.height && !e.closest('.scroll-x') && !e.matches('.skip, .unseen, .unseen *, option')
    && (b.left < -1 || b.right > innerWidth + 1); }).map(e => e.outerHTML.slice(0, 120))"""


def drawn(page, seconds: float = 60) -> None:
    page.wait_for_selector(".watch[data-drawn]", timeout=1000 * seconds)


def query(page) -> str:
    return page.evaluate("location.search.slice(1)")


# -- every page


@pytest.mark.parametrize("name", [name for name in PAGES if name != "watch"])
@pytest.mark.parametrize(("width", "height", "scheme"), [(1366, 768, "light"), (390, 844, "dark")])
def test_every_page_is_drawn_fits_and_has_no_serious_fault(server, open_page, name, width, height, scheme):
    page = open_page(
        server,
        f"{SHORT}&month=30",
        path=PATHS[name],
        width=width,
        height=height,
        color_scheme=scheme,
        bypass_csp=True,
        wait=False,
    )
    drawn(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(SPILLED) == []
    assert page.locator("h1").count() == 1
    assert page.title().startswith(page.text_content("h1"))
    assert page.get_attribute(f"[data-page={name}]", "aria-current") == "page"
    assert faults(page) == []
    assert page.errors == []
    assert page.strayed == []
    for label in page.eval_on_selector_all("svg[role=img]", "all => all.map(s => s.getAttribute('aria-label'))"):
        assert label
        assert "{" not in label


def test_pages_are_turned_by_keys_and_by_the_browsers_own_way_back(server, open_page):
    page = open_page(server, "month=12&seed=4")
    for name in ("futures", "model", "watch"):
        page.focus(f"[data-page={name}]")
        page.keyboard.press("Enter")
        drawn(page)
        assert page.evaluate("location.pathname") == PATHS[name]
        page.wait_for_function("document.activeElement.tagName == 'H1'")
        assert "seed=4" in query(page)
        assert "month=12" in query(page)
    page.go_back()
    page.wait_for_selector(".modelpage")
    page.go_back()
    page.wait_for_selector(".futures")
    assert page.errors == []


# -- futures


def test_every_number_has_a_slider_with_its_meaning_prior_and_source(server, open_page):
    page = open_page(server, path="/futures")
    shown = set(page.eval_on_selector_all(".group", "all => all.map(g => g.dataset.group)"))
    on = {row["name"] for row in api.schedule_table() if row["when"] == "always"}
    rows = {name: row for name, row in parameters().items() if name.split(".")[0] in on}
    assert shown == {name.split(".")[0] for name in rows}
    page.evaluate("document.querySelectorAll('.group').forEach(g => { g.open = true; })")
    page.wait_for_function(f"document.querySelectorAll('.param').length == {len(rows)}")
    told = page.eval_on_selector_all(
        ".param",
        "all => Object.fromEntries(all.map(p => [p.dataset.name, [p.textContent, p.querySelectorAll('rect').length,"
        " +p.querySelector('input').min, +p.querySelector('input').max]]))",
    )
    for name, row in rows.items():
        text, bars, low, high = told[name]
        assert row["meaning"] in text
        assert row["unit"] in text
        assert row["prior"] in text
        assert row["source"] in text
        assert bars == 24
        assert (low, high) == (row["low"], row["high"])


def test_a_slider_moves_the_futures_and_a_link_rebuilds_them(server, open_page):
    page = open_page(server, "scenario=sc02_singapore_momentum", path="/futures", wait=False)
    drawn(page)
    before = page.get_attribute(".futures", "data-of")
    page.fill("#find-number", "asymmetry")
    page.focus(f"[id='p-{PARAMETER}']")
    for key in ("End", "ArrowLeft", "End"):
        page.keyboard.press(key)
    page.wait_for_function(
        f"(d => d.of != '{before}' && +d.drawn >= 50)(document.querySelector('.futures').dataset)", timeout=60_000
    )
    page.wait_for_selector(".futures:not(.waiting)", timeout=60_000)
    assert f"set={PARAMETER}:5" in query(page)
    link, of = query(page), page.get_attribute(".futures", "data-of")
    shares = page.eval_on_selector_all(".shares-list .outcome-share", "all => all.map(s => s.textContent)")
    assert len(shares) == len(api.CLASSES)

    other = open_page(server, link, path="/futures", wait=False)
    drawn(other)
    assert other.get_attribute(".futures", "data-of") == of
    other.evaluate("document.querySelector('[data-group=trust]').open = true")
    other.wait_for_selector(f"[data-name='{PARAMETER}'].moved")
    assert other.text_content(f"[data-name='{PARAMETER}'] output") == "5 ratio"
    assert "1 number changed" in other.text_content(".changed")

    broken = open_page(server, link.replace(":5&", ":4&"), path="/futures", wait=False)
    drawn(broken)
    assert "nothing of it was used" in broken.text_content(".desk-notice")
    assert "set=" not in query(broken)

    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Control+z")
    page.wait_for_function("document.querySelector('.changed').classList.contains('plain-question')")
    page.click("[data-do=redo]")
    page.wait_for_function("document.querySelector('.changed').textContent.includes('1 number')")
    assert page.errors == []


def test_a_reading_is_one_click_away(server, open_page):
    page = open_page(server, "scenario=sc02_singapore_momentum", path="/futures", wait=False)
    drawn(page)
    page.click("[data-preset=sceptic]")
    page.wait_for_selector("[data-preset=sceptic][aria-pressed=true]")
    assert "preset=sceptic" in query(page)
    title = next(p.title for p in api.presets() if p.name == "sceptic")
    assert title in page.text_content(".changed")


# -- the branch


def test_an_act_draws_the_twin_beside_and_undo_takes_it_back(server, open_page):
    page = open_page(server, "month=24", bypass_csp=True)
    for choice in api.palette(api.load(SCENARIO)):
        page.select_option("#act-kind", choice.kind)
        assert page.text_content(".act-meaning") == choice.meaning
        for said in filter(None, (choice.cost, choice.harm)):
            assert said in page.text_content(".price")
    page.select_option("#act-kind", "summit")
    page.select_option("#act-state", "DPRK")
    page.select_option("#act-other", "USA")
    assert page.text_content("#act-do") == "Do it in June 2020"
    page.click("#act-do")
    page.wait_for_selector(".two-maps")
    page.fill("#month", "60")
    wait_month(page, 60)
    assert page.locator(".map-svg").count() == 2
    assert "do=2020-06~summit" in query(page)
    assert page.locator(".apart-list li.twin").count() > 0
    assert ink(page, "[data-measure=reciprocity] canvas") > 500
    assert faults(page) == []
    page.locator(".branch .node").nth(0).click(force=True)
    page.wait_for_selector(".why-part")
    page.keyboard.press("Escape")
    page.click("[data-do=undo]")
    page.wait_for_function("document.querySelectorAll('.map-svg').length == 1")
    page.click("[data-do=redo]")
    page.wait_for_selector(".two-maps")
    page.click("#act-compare")
    page.wait_for_selector(".compare[data-drawn]", timeout=60_000)
    assert [page.input_value(f"#arm-{k}") for k in (0, 1)] == ["without", "mine"]
    assert "alike in" in page.text_content(".effects")
    assert page.errors == []


# -- compare, why, model


def test_a_third_question_can_be_added_and_is_told_apart_by_shape(server, open_page):
    page = open_page(server, SHORT, path="/compare", wait=False)
    drawn(page)
    page.click(".add-arm")
    page.wait_for_function("document.querySelectorAll('.effects').length == 2", timeout=60_000)
    assert [page.locator(f".dots .arm-{k} {shape}").count() for k, shape in enumerate(("circle", "rect", "path"))] == [
        9,
        9,
        9,
    ]
    assert page.locator(".flow-plot .ribbon").count() > 2
    assert page.locator(".effects tr[data-key]").count() > 20


def test_the_chain_behind_an_agreement_is_the_models_own(server, open_page):
    page = open_page(server, "month=60&about=agreement:PANMUNJOM_2018", path="/why")
    watch = api.watch(SCENARIO)
    watch.advance(60)
    told = watch.why_agreement("PANMUNJOM_2018")
    assert page.text_content(".answer h2") == told.question
    assert page.eval_on_selector_all(".link-text", "all => all.map(e => e.textContent)") == [
        link.text for link in told.links
    ]
    values = page.eval_on_selector_all(".chain td[data-value]", "all => all.map(e => +e.dataset.value)")
    parts = [piece for link in told.links for piece in link.parts]
    assert values == pytest.approx(
        [number for piece in parts for number in (*(v for _, v, _ in piece.terms), piece.total)]
    )
    page.select_option("#about-kind", "tie")
    page.wait_for_function("document.querySelector('.whypage').dataset.about.startsWith('tie')")
    assert page.locator(".terms-grid .why-part").count() > 3


def test_the_month_and_every_number_are_listed(server, open_page):
    page = open_page(server, path="/model")
    names = page.eval_on_selector_all(".month-steps > li", "all => all.map(e => e.dataset.step)")
    assert names == [row["name"] for row in api.schedule_table()]
    assert page.locator(".number-table tbody tr").count() == len(parameters())
    page.fill("#find-parameter", "asymmetry")
    assert page.locator(".number-table tbody tr:visible").count() == 1
