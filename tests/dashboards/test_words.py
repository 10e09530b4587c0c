"""Every sentence that the scripts ask for is there, and every sentence that is there is asked for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from dashboards.words import words
from regime_abm import api

DASHBOARDS = Path(__file__).resolve().parents[2] / "dashboards"


def scripts() -> str:
    return "\n".join(
        p.read_text()
        for folder in ("widgets", "controls")
        for p in sorted((DASHBOARDS / folder).glob("*.js"))
    )


def test_every_sentence_asked_for_exists():
    said = words("watch")
    for table, key in re.findall(r"\bwords\.(\w+)\.(\w+)", scripts()):
        if table != "layer":
            assert key in said[table], f"words.{table}.{key}"
    for path in sorted((DASHBOARDS / "controls").glob("*.js")):
        text = path.read_text()
        table = re.search(r"const said = words\.(\w+);", text)
        if table:
            for key in re.findall(r"\bsaid\.(\w+)", text):
                assert key in said[table[1]], f"{path.name}: {table[1]}.{key}"


def test_every_sentence_is_asked_for():
    asked = scripts() + "".join((DASHBOARDS / name).read_text() for name in ("shell.py", "session.py"))
    for table, said in words("watch").items():
        if table == "layer":
            continue
        for key in said:
            assert re.search(rf'[."\']{key}\b|\b{key}[,:"]', asked), f"{table}.{key} is never said"


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
