"""Figures as files: whole or not at all, nothing lost, hostile words harmless, and a machine without Matplotlib."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys

import pytest

from regime_abm import charts
from regime_abm.errors import DiskFull, InputError
from tests.charts.tables import source
from tests.helpers import TESTS


@pytest.fixture(scope="module")
def figure():
    return charts.drawn("shares", source("full"))


@pytest.mark.parametrize("ending", charts.FORMATS)
def test_a_figure_is_saved_by_its_ending(figure, ending, tmp_path):
    path = figure.save(tmp_path / f"figure{ending}")
    assert path.stat().st_size > 500
    assert [item.name for item in tmp_path.iterdir()] == [path.name]  # nothing unfinished is left


def test_a_file_that_is_there_is_kept_unless_it_may_go(figure, tmp_path):
    path = tmp_path / "figure.csv"
    path.write_text("precious")
    with pytest.raises(InputError, match="is there already; nothing was written"):
        figure.save(path)
    assert path.read_text() == "precious"
    figure.save(path, overwrite=True)
    assert "outcome" in path.read_text()


@pytest.mark.parametrize(
    ("path", "options", "said"),
    [
        ("figure.jpg", {}, r"a figure ends in \.html, \.svg, \.png, \.pdf or \.csv"),
        ("figure", {}, "a figure ends in"),
        ("no/figure.svg", {}, "there is no folder"),
        ("figure.svg", {"width": 10}, "width: 10 is outside 320 to 4000 pixels"),
        ("figure.svg", {"theme": "drak"}, "theme: 'drak' is not light or dark"),
    ],
)
def test_what_cannot_be_saved_is_said_in_one_line(figure, tmp_path, path, options, said):
    with pytest.raises(InputError, match=said):
        figure.save(tmp_path / path, **options)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_nothing_behind(figure, tmp_path, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(DiskFull, match=r"figure\.svg: not written, [\d,]+ bytes are needed \(the disk is full\)"):
        figure.save(tmp_path / "figure.svg")
    assert list(tmp_path.iterdir()) == []


HOSTILE = "</script><script>alert(1)</script> & <b>$x^{$ =cmd|'/c calc'!A1"


def test_hostile_words_are_words(figure):
    words = {name: f"{getattr(figure, name)} {HOSTILE}" for name in ("title", "caption", "alt")}
    axis = dataclasses.replace(figure.x, title=HOSTILE, ticks=((0.0, HOSTILE),))
    table = figure.table.assign(rule=HOSTILE)
    found = dataclasses.replace(figure, **words, x=axis, table=table)
    page = found.page()
    without_plotly = page.partition("<script>")[0] + page.rpartition("<script>")[2]
    assert "<script>alert" not in without_plotly
    assert "<b>$x" not in without_plotly
    assert found.picture("svg")  # a dollar begins no formula
    assert "&lt;/script&gt;" in page


def test_a_csv_of_a_figure_runs_nothing(figure, tmp_path):
    table = figure.table.assign(title="=1+1")
    text = dataclasses.replace(figure, table=table).save(tmp_path / "a.csv").read_text()
    assert '"\'=1+1"' in text
    assert ',"=1' not in text


def test_a_notebook_shows_a_small_picture_with_its_words(figure):
    cell = figure._repr_html_()
    assert cell.startswith("<img")
    assert 'alt="Bar chart' in cell
    assert len(cell) < 300_000


_WITHOUT = """
import sys
sys.modules["matplotlib"] = None
from regime_abm import charts
from regime_abm.errors import DiskFull, InputError
from tests.charts.tables import source
figure = charts.drawn("shares", source("full"))
print(figure.save(sys.argv[1] + "/a.html").stat().st_size)
print(figure._repr_html_()[:16])
try:
    figure.save(sys.argv[1] + "/a.svg")
except InputError as error:
    print(error)
"""


def test_without_matplotlib_pages_are_drawn_and_a_picture_names_what_is_missing(tmp_path):
    words = [sys.executable, "-c", _WITHOUT, str(tmp_path)]
    done = subprocess.run(words, cwd=TESTS.parent, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    size, cell, said = done.stdout.splitlines()
    assert int(size) > 4_000_000
    assert cell.startswith("<iframe srcdoc=")
    assert re.search(
        r"a\.svg: a picture needs Matplotlib: pip install 'regime-abm\[paper\]', or name a file in \.html", said
    )


def test_help_does_not_wait_for_plotly_or_matplotlib():
    code = "import sys; import regime_abm.cli; print(sorted({'plotly', 'matplotlib', 'pandas'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=TESTS.parent, capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == "[]", done.stderr
