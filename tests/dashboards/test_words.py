"""Every sentence that the scripts ask for is there, and every sentence that is there is asked for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from dashboards.desk import PAGES as PAGE_NAMES
from dashboards.words import words
from regime_abm import api

DASHBOARDS = Path(__file__).resolve().parents[2] / "dashboards"


def scripts() -> str:
    return "\n".join(
        p.read_text() for folder in ("widgets", "controls") for p in sorted((DASHBOARDS / folder).glob("*.js"))
    )


WATCH = ("watch", "map", "marks", "layers", "series", "outcomes", "terms")
CONTROLS = ("choose", "help", "log", "transport", "why")
PAGES = {  # words/<name>.toml -> the scripts and modules that say them
    "watch": (
        *(f"widgets/{name}.js" for name in WATCH),
        *(f"controls/{name}.js" for name in CONTROLS),
        "shell.py",
        "session.py",
    ),
    "desk": ("widgets/desk.js", "desk.py", "link.py"),
    "intervene": ("controls/intervene.js",),
    "compare": ("widgets/compare.js", "widgets/flows.js", "widgets/dots.js", "widgets/effects.js"),
    "claims": ("widgets/claims.js",),
    "why": ("widgets/whypage.js",),
    "model": ("widgets/modelpage.js",),
    "futures": (
        *(f"widgets/{name}.js" for name in ("futures", "shares", "fan", "passage")),
        "controls/sliders.js",
    ),
}
KEYED = ("layer", "nav", "label", "kinds", "standing", "verdict")  # tables whose entries are asked for by a key of the model


def spoken_by(name: str) -> dict[str, str]:
    return {path: (DASHBOARDS / path).read_text() for path in PAGES[name]}


def test_every_script_belongs_to_a_page():
    silent = {"widgets/dom.js", "widgets/plot.js", "widgets/watchdog.js"}
    known = {path for paths in PAGES.values() for path in paths if path.endswith(".js")} | silent
    assert known == {p.relative_to(DASHBOARDS).as_posix() for p in DASHBOARDS.rglob("*.js")}


@pytest.mark.parametrize("name", PAGES)
def test_every_sentence_asked_for_exists(name):
    said = words(name)
    for path, text in spoken_by(name).items():
        for table, key in re.findall(r"\bwords\.(\w+)\.(\w+)", text):
            if table != "layer":
                assert key in said[table], f"{path}: words.{table}.{key}"
        table = re.search(r"const said = words\.(\w+);", text)
        if table:
            for key in re.findall(r"\bsaid\.(\w+)", text):
                assert key in said[table[1]], f"{path}: {table[1]}.{key}"


@pytest.mark.parametrize("name", PAGES)
def test_every_sentence_is_asked_for(name):
    asked = "\n".join(spoken_by(name).values())
    for table, said in words(name).items():
        if table in KEYED:
            continue
        for key in said:
            assert re.search(rf'[."\']{key}\b|\b{key}[,:"]', asked), f"{table}.{key} is never said"


def test_every_page_has_its_name():
    assert set(PAGE_NAMES) <= set(words("desk")["nav"])


def test_every_layer_has_its_words():
    from dashboards.view import LAYERS

    for layer in (*LAYERS, "forum"):
        said = words("watch")["layer"][layer]
        assert set(said) == {"name", "question", "tie", "unit", "words", "low", "middle", "high", "width"}


def test_every_kind_of_event_has_a_word():
    assert set(words("watch")["log"]["kinds"]) == set(api.KINDS)


def test_no_script_fetches_from_elsewhere():
    for path in sorted(DASHBOARDS.rglob("*")):
        if path.suffix in (".js", ".css", ".html"):
            addresses = set(re.findall(r"https?://[^\s\"'`)]+", path.read_text()))
            assert addresses <= {"http://www.w3.org/2000/svg"}, f"{path.name}: {addresses}"


def test_no_script_makes_markup_of_data():
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", scripts())


def test_word_files_are_plain_toml():
    for path in (DASHBOARDS / "words").glob("*.toml"):
        assert tomllib.loads(path.read_text(encoding="utf-8"))
