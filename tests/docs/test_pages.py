"""Links lead somewhere, generated pages are fresh, the file guide is complete, the site builds strictly."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import jsonschema
import pytest

from regime_abm import api, levers, plan, region_files, scenario
from regime_abm.core.names import ACTIONS
from regime_abm.files import read_toml
from tests.docs.pages import DOCS, ROOT, anchors, links, name_of, pages
from tools import generate

GUIDE = ROOT / "scenarios" / "README.md"
KINDS = list(levers.KINDS)
COLUMNS = (
    "state name x y key_party weapons_programme other rival core quantity date value low high certainty "
    "source alliance start end kind strength leader"
)


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_links_lead_somewhere(page):
    for link in links(page):
        if "://" in link:
            continue
        target, _, anchor = link.partition("#")
        file = (page.parent / target).resolve() if target else page
        assert file.exists(), link
        if anchor:
            assert anchor in anchors(file), link


def test_generated_files_are_fresh():
    assert [path.name for path in generate.stale()] == [], "run python tools/generate.py"


def test_a_stale_file_is_noticed(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "references.bib").write_text((DOCS / "references.bib").read_text("utf-8"), "utf-8")
    assert generate.main(["--check"]) == 1
    assert "parameters.md: is stale" in capsys.readouterr().out
    assert not (tmp_path / "docs" / "parameters.md").exists()
    assert generate.main([]) == 0
    assert generate.main(["--check"]) == 0


def test_the_schema_accepts_the_shipped_scenarios_and_refuses_nonsense():
    schema = json.loads((ROOT / "scenarios" / "schema.json").read_text(encoding="utf-8"))
    checker = jsonschema.Draft202012Validator(schema)
    checker.check_schema(schema)
    for info in api.scenarios():
        checker.validate(read_toml(scenario.find(info.name)))
    for wrong in (
        {},
        {"schema": 2},
        {"schema": 1, "colour": "red"},
        {"schema": 1, "parameters": {"trust.asymmetry": 99}},
        {"schema": 1, "parameters": {"trust.asymetry": 2}},
        {"schema": 1, "initial": {"will DPRK>USA": {"value": 0.5}}},
        {"schema": 1, "initial": {"trust DPRK": {"value": 0.5}}},
        {"schema": 1, "events": [{"month": "2018-06", "kind": "miracle"}]},
    ):
        assert list(checker.iter_errors(wrong)), wrong


def test_the_schema_of_plans_accepts_the_shipped_ones_and_refuses_nonsense():
    schema = json.loads((ROOT / "scenarios" / "plans" / "schema.json").read_text(encoding="utf-8"))
    checker = jsonschema.Draft202012Validator(schema)
    checker.check_schema(schema)
    for name in plan.plan_names():
        checker.validate(read_toml(plan.find_plan(name)))
    good = {"schema": 1, "scenarios": ["baseline_2018"]}
    checker.validate(good)
    for wrong in (
        {},
        {"schema": 1},
        good | {"colour": "red"},
        good | {"months": 10**12},
        good | {"design": {"grid": {"trust.asymetry": [2.0]}}},
        good | {"design": {"list": [{"trust.asymetry": 2.0}]}},
        good | {"design": {"prior": {"samples": 3}, "sobol": {"samples": 3}}},
        good | {"design": {"prior": {"samples": 3, "parameters": ["trust.asymetry"]}}},
        good | {"record": {"series_every": 3, "measures": ["reciprocty"]}},
    ):
        assert list(checker.iter_errors(wrong)), wrong


@pytest.mark.parametrize(
    "word",
    [
        *COLUMNS.split(),
        *region_files.STATE_QUANTITIES,
        *region_files.DYAD_QUANTITIES,
        *region_files.OPTIONAL,
        *sorted(region_files._FORUM_FIELDS),
        *sorted(region_files._MEMBER_FIELDS),
        *(
            item.alias or name
            for form in (
                scenario.ScenarioFile,
                plan.PlanFile,
                plan.Design,
                plan.Spread,
                plan.Posterior,
                plan.Record,
                plan.Limits,
            )
            for name, item in form.model_fields.items()
        ),
        *KINDS,
        *ACTIONS,
        *region_files.CERTAINTY,
        "exercise_months",
    ],
)
def test_the_file_guide_names_every_field(word):
    assert re.search(rf"`[^`\n]*\b{re.escape(word)}\b[^`\n]*`", GUIDE.read_text(encoding="utf-8")), word


def test_the_file_guide_gives_the_ranges_of_the_code():
    text = GUIDE.read_text(encoding="utf-8")
    for name in (*region_files.STATE_QUANTITIES, *region_files.OPTIONAL, *region_files.DYAD_QUANTITIES):
        low, high = region_files.bounds(name)
        assert f"| `{name}` | {low:g} to {high:g} |" in text, name


def test_the_model_page_lists_the_month_of_the_code():
    text = (DOCS / "model.md").read_text(encoding="utf-8")
    order = re.findall(r"^\d+\. \[(\w+)\]\(theory/\w+\.md\)", text, re.MULTILINE)
    assert order == [row["name"] for row in api.schedule_table()]


def test_the_site_builds_without_a_warning(tmp_path):
    words = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--strict",
        "--quiet",
        "--site-dir",
        str(tmp_path / "site"),
    ]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    home = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    # nothing is fetched from elsewhere
    assert not re.search(r'<(?:link|script|img)[^>]+(?:href|src)="(?:https?:)?//', home)
