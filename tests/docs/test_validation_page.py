"""The pages on validation hold every gate and every result of today, and the tool writes nothing else."""

from __future__ import annotations

import re
from types import SimpleNamespace

import numpy as np
import pytest

from regime_abm.validate import Gate, movement_gates, outcome_gates
from tests.science.references.results import RESULTS
from tests.science.test_validate import classes, diary
from tools import validation_page as page


def block(path, name):
    return next(found[0] for found in page.MARKS.finditer(path.read_text("utf-8")) if found[2] == name)


def test_every_gate_has_its_row_for_the_core_and_for_all_modules():
    calm = classes(*[["cold_peace"] * 120] * 3)
    arms = dict.fromkeys(("agnostic", "agnostic, tested", "institutionalist", "sceptic", "every lever"), calm)
    wanted = [*outcome_gates(arms), *movement_gates(diary(240, arsenal=np.ones((241, 2))))]
    text = block(page.GATES, "gates")
    rows = re.findall(r"^\| (.+?) \| (.+?) \| (.*?) \| (.*?) \| (.*?) \| (.*?) \|$", text, re.MULTILINE)[2:]
    assert [row[0] for row in rows] == [gate.title for gate in wanted]
    for gate, row in zip(wanted, rows, strict=True):
        assert row[1].startswith(gate.goal)
        assert row[4]
        assert (row[2] == "") == (gate.key in ("arsenal_kept", "disarmed", "arsenal"))
        assert (row[5] == "") == (gate.met is None)


def test_what_the_page_calls_missed_is_told_in_words():
    text = page.GATES.read_text("utf-8")
    missed = set(re.findall(r"^\| (.+?) \|.*\*\*missed\*\*", text, re.MULTILINE))
    for title in missed:
        assert f"**Missed: the {' '.join(title.split()[:4])}" in text, title


def test_every_result_that_hangs_on_luck_has_its_row():
    text = block(page.PUBLISHED, "published")
    for item in RESULTS:
        size = f"{item.n:,}" if item.n else "infinite"
        (row,) = [line for line in text.splitlines() if line.startswith(f"| {item.title} | {size} |")]
        band, found, verdict = (cell.strip() for cell in row.split("|")[-4:-1])
        assert band == f"{item.low:.3g} to {item.high:.3g}"
        assert verdict == page.VERDICTS[item.low <= float(found) <= item.high]
    assert text.count("\n| ") == len(RESULTS) + 2


def test_only_what_stands_between_the_marks_is_changed():
    text = "before\n<!-- gates: begin, x -->\nold\n<!-- gates: end -->\nafter\n"
    assert page.between(text, "gates", "new") == text.replace("old", "new")
    with pytest.raises(ValueError, match="no marks of 'other'"):
        page.between(text, "other", "new")


def test_a_gate_that_is_missed_or_was_not_seen_says_so():
    met, missed = Gate("a", "A", 0.123, "below 50 %", True, "share"), Gate("b", "B", None, "1 to 3", False, "months")
    about = {"scenario": "x", "replicates": 5, "months": 7, "seed": 1}
    found = [
        SimpleNamespace(gates=[met], modules=(), **about),
        SimpleNamespace(gates=[met, missed], modules=("m",), **about),
    ]
    text = page.gates(found)
    assert "| A | below 50 % | 12.3 % | met | 12.3 % | met |" in text
    assert "| B | 1 to 3 months |  |  | not seen | **missed** |" in text
    assert "All modules: m." in text


def test_the_tool_writes_the_page_that_it_was_asked_for(tmp_path, monkeypatch):
    for name, text in (("GATES", "gates"), ("PUBLISHED", "published")):
        file = tmp_path / f"{text}.md"
        file.write_text(f"<!-- {text}: begin -->\n<!-- {text}: end -->\n", "utf-8")
        monkeypatch.setattr(page, name, file)
    monkeypatch.setattr(page, "RESULTS", [item for item in RESULTS if item.key == "one_of_7"])
    assert page.main(["--only", "published"]) == 0
    assert "| one of seven committed: mean time until all agree | 7 |" in page.PUBLISHED.read_text("utf-8")
    assert page.GATES.read_text("utf-8").count("\n") == 2
