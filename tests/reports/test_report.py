"""A report is one file that asks for nothing, tells what a run or a comparison found, and how to make it again."""

from __future__ import annotations

import json
import math
import re
import shlex
from html import unescape

import pytest

from regime_abm import api
from regime_abm.cli import app
from regime_abm.errors import InputError

SMALL = {"replicates": 20, "months": 48}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A finished run under a preset, and the report of it."""
    place = tmp_path_factory.mktemp("report")
    words = "run baseline_2018 -n 20 --months 48 --preset sceptic --set trust.asymmetry=3"
    app([*words.split(), "--out", str(place / "run")], standalone_mode=False)
    app(["report", str(place / "run"), "-o", str(place / "run.html")], standalone_mode=False)
    return place


@pytest.fixture(scope="module")
def text(folder):
    return (folder / "run.html").read_text("utf-8")


def body(text):
    return unescape(text[text.index("<main>") : text.index("</main>")])


def test_nothing_is_fetched_from_anywhere(text):
    head = text[: text.index("<script>")]
    assert "default-src 'none'" in head
    assert not re.search(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=", text)


def test_it_says_what_it_is_not(text):
    assert "not a forecast" in body(text)


def test_it_tells_how_the_futures_end_with_n_and_interval(folder, text):
    summary = json.loads((folder / "run" / "summary.json").read_text("utf-8"))
    shares = summary["outcome_shares"]
    top = max(shares, key=shares.get)
    title = next(item.title for item in api.CLASSES if item.key == top).lower()
    low, high = summary["outcome_intervals"][top]
    assert f"More futures end in {title} than in anything else: {100 * shares[top]:.0f} %" in body(text)
    assert f"({math.floor(100 * low)} to {math.ceil(100 * high)} %)" in body(text)
    assert f"{summary['regimes_ever']} of 20 ever see a security regime" in body(text)


def test_its_command_makes_the_same_numbers_again(folder, text):
    command = shlex.split(re.search(r"<code>(regime-abm .+?)</code>", body(text))[1])
    assert command[1:] == shlex.split(
        "run baseline_2018 -n 20 --months 48 --seed 1 --preset sceptic --set trust.asymmetry=3.0"
    )
    digest = re.search(r"<code>(\w{64})</code>", body(text))[1]
    again = api.run("baseline_2018", preset="sceptic", parameters={"trust.asymmetry": 3.0}, **SMALL)
    assert again.sha256 == digest


def test_the_report_of_a_folder_is_that_of_the_run(folder, text, tmp_path):
    result = api.run("baseline_2018", preset="sceptic", parameters={"trust.asymmetry": 3.0}, **SMALL)
    told = body(api.report(result, tmp_path / "memory.html").read_text("utf-8"))
    plain = re.compile(r"\d+\.\d+|\s+")  # tables read back from a file may differ in how a number is written
    assert plain.sub(" ", told) == plain.sub(" ", body(text))


def test_chosen_measures_have_their_fan(tmp_path):
    page = api.report("baseline_2018", tmp_path / "a.html", measures=["coverage"], **SMALL).read_text("utf-8")
    assert "Forum coverage: how 20 futures spread" in body(page)
    assert "Expected reciprocity: how" not in body(page)


def test_a_comparison_shows_flows_and_differences_of_twins(tmp_path):
    words = ["report", "baseline_2018", "--against", "baseline_2018+sceptic", "-n", "20", "--months", "48"]
    app([*words, "-o", str(tmp_path / "b.html")], standalone_mode=False)
    told = body((tmp_path / "b.html").read_text("utf-8"))
    assert "Where the same 20 futures end" in told
    assert "baseline_2018+sceptic: differences of twins" in told
    assert "regime-abm compare baseline_2018 baseline_2018+sceptic -n 20 --months 48 --seed 1" in told


def test_words_of_a_scenario_are_words(tmp_path):
    file = tmp_path / "hostile.toml"
    file.write_text('schema = 1\nextends = "baseline_2018"\ntitle = "<script>alert(1)</script>"\n', "utf-8")
    page = api.report(file, tmp_path / "c.html", **SMALL).read_text("utf-8")
    assert "<script>alert" not in page
    assert "regime-abm run hostile.toml -n 20" in body(page)  # a file of one's own is named as one


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"output": "a.pdf"}, "ends in .html"),
        ({"measures": ["coverag"]}, "unknown measure 'coverag'; did you mean"),
        ({"source": "baseline_2081"}, "unknown scenario"),
    ],
)
def test_what_cannot_be_reported_is_said_in_one_line_and_leaves_nothing(options, said, tmp_path):
    given = {"source": "baseline_2018", "output": "a.html", **SMALL, **options}
    path = tmp_path / given.pop("output")
    with pytest.raises(InputError, match=said):
        api.report(given.pop("source"), path, **given)
    assert not list(tmp_path.iterdir())


def test_a_finished_run_is_not_run_anew(folder, tmp_path):
    with pytest.raises(InputError, match="seed: a finished run has its own"):
        api.report(folder / "run", tmp_path / "a.html", seed=2)


def test_a_report_that_is_there_is_kept(folder):
    with pytest.raises(InputError, match=r"run\.html"):
        api.report(folder / "run", folder / "run.html")
