"""Every chart, with many futures, one month and nothing: what a figure owes its reader, and that it is drawn at all."""

from __future__ import annotations

import io
import itertools
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from regime_abm import charts
from regime_abm.charts.drawing import Band, Box, Line, Text
from regime_abm.charts.look import COLOURS, DASHES, PATTERNS
from regime_abm.version import VERSION
from tests.charts.tables import NAMES, SIZES, source

EVERY = pytest.mark.parametrize(("name", "size"), [(name, size) for name in NAMES for size in SIZES])


def figure(name: str, size: str) -> charts.Figure:
    return charts.drawn(name, source(size))


@EVERY
def test_it_has_a_title_and_words_for_who_cannot_see_it(name, size):
    found = figure(name, size)
    assert found.title
    assert len(found.alt) > 30
    assert found.alt.endswith(".")
    assert found.chart == name


@EVERY
def test_the_caption_says_n_seed_what_the_interval_means_and_the_version(name, size):
    caption = figure(name, size).caption
    assert re.search(r"n = [\d,]+ ", caption)
    assert "seed 3" in caption
    assert "95 %" in caption or "of 100" in caption
    assert f"regime_abm {VERSION}" in caption
    assert "trio" in caption
    assert "stated values" in caption
    assert "not a forecast" in caption


@EVERY
def test_every_scale_names_its_unit(name, size):
    found = figure(name, size)
    shown = [axis for axis in (found.x, found.y) if axis.shown]
    assert shown or name == "flow"  # whose blocks carry their share in per cent
    for axis in shown:
        assert re.search(r"\(.+\)$|^Months|^Calendar month$", axis.title), axis.title
        assert all(axis.low <= place <= axis.high for place, _ in axis.ticks)
        assert axis.low < axis.high


@EVERY
def test_colour_is_never_the_only_sign(name, size):
    """What a key explains by a colour, it also explains by a pattern, a dash, or a lightness that is nested."""
    marks = figure(name, size).marks
    areas = [mark for mark in marks if isinstance(mark, Band | Box) and mark.label]
    lines = [mark for mark in marks if isinstance(mark, Line) and mark.label]
    nested = name in ("fan", "resilience")
    assert nested or len({(mark.pattern, mark.colour) for mark in areas}) == len(areas)
    assert len({(mark.dash, mark.colour) for mark in lines}) == len(lines)
    for one, other in itertools.pairwise(lines):
        assert one.dash != other.dash
    for one, other in itertools.pairwise(areas):
        assert nested or one.pattern != other.pattern


@EVERY
def test_marks_keep_to_the_scales_and_to_known_looks(name, size):
    found = figure(name, size)
    for mark in found.marks:
        assert mark.colour in COLOURS
        assert getattr(mark, "pattern", "") in PATTERNS
        assert getattr(mark, "dash", "solid") in DASHES
        if isinstance(mark, Band | Box):
            for x, y in mark.outlines():
                assert np.isfinite(x).all()
                assert found.x.low - 0.5 <= x.min() <= x.max() <= found.x.high + 0.5
                assert found.y.low - 1e-9 <= y.min() <= y.max() <= found.y.high + 1e-9
        elif isinstance(mark, Text):
            assert mark.text


@pytest.mark.parametrize("name", NAMES)
def test_nothing_to_draw_is_said_in_words(name):
    found = figure(name, "empty")
    words = [mark.text for mark in found.marks if isinstance(mark, Text)]
    assert len(words) == 1
    assert re.search(r"\bno\b", words[0], re.IGNORECASE)
    assert not [mark for mark in found.marks if isinstance(mark, Band | Box)]


@EVERY
def test_it_becomes_a_picture_that_carries_its_words(name, size):
    found = figure(name, size)
    root = ElementTree.fromstring(found.picture("svg"))
    space = "{http://www.w3.org/2000/svg}"
    assert root.find(f"{space}title").text == found.title
    assert root.find(f"{space}desc").text == found.alt
    assert root.get("role") == "img"


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_as_wide_as_asked_for_and_breaks_its_words_anew(name):
    found = figure(name, "full")
    phone = Image.open(io.BytesIO(found.picture("png", width=390)))
    assert phone.width == 2 * 390  # for screens with fine pixels
    assert phone.height > 2 * (found.height + 100)


@pytest.mark.parametrize("name", ["fan", "flow"])
def test_the_same_figure_gives_the_same_bytes(name):
    found = figure(name, "full")
    for kind in ("svg", "pdf"):
        assert found.picture(kind) == found.picture(kind)
    assert found.page() == found.page()
    assert found.picture("svg", theme="dark") != found.picture("svg")


@EVERY
def test_it_becomes_a_page_that_asks_for_nothing(name, size):
    page = figure(name, size).page()
    head, _, rest = page.partition("<script>")  # Plotly itself
    tail = rest.rpartition("<script>")[2]
    assert not re.search(r"""(?:src|href)\s*=|https?://""", head + tail)
    assert "default-src 'none'" in head
    assert figure(name, size).title in head


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_page_shows_every_mark_in_both_themes(name, theme):
    found = figure(name, "full")
    drawn = found.plotly(theme)
    words = sum(isinstance(mark, Text) for mark in found.marks)
    assert len(drawn.data) >= len(found.marks) - words
    assert len(drawn.layout.annotations) == words + found.y.shown
    assert drawn.layout.paper_bgcolor == COLOURS["paper"][theme == "dark"]


@pytest.mark.parametrize("name", NAMES)
def test_the_numbers_behind_it_come_along(name, tmp_path):
    found = figure(name, "full")
    path = found.save(tmp_path / "numbers.csv")
    assert len(path.read_text("utf-8").splitlines()) == len(found.table) + 1
    assert len(found.table) > 0
