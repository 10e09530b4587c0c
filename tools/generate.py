"""Write what the documentation takes from the code: parameters, glossary, measures, interface, schema.

`python tools/generate.py` writes the files; `--check` only names the stale ones and ends with 1 if any.
"""

import inspect
import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from regime_abm import api  # noqa: E402
from regime_abm.claims.files import ClaimFile  # noqa: E402
from regime_abm.core.parameter import name_of  # noqa: E402
from regime_abm.core.world import GLOSSARY, SHAPES  # noqa: E402
from regime_abm.mechanisms import COMPLETE  # noqa: E402
from regime_abm.plan import PlanFile  # noqa: E402
from regime_abm.region_files import DYAD_QUANTITIES, OPTIONAL, STATE_QUANTITIES, bounds  # noqa: E402
from regime_abm.scenario import ScenarioFile  # noqa: E402
from tools import essay  # noqa: E402

NOTE = "<!-- Written by tools/generate.py from the code; changes made here are lost. -->"
KEY = re.compile(r"\b[a-z]{3,}(?:18|19|20)\d{2}[a-z]?\b")  # a bibkey: first author and year
_PARAMETERS = """Every number that can be set, one table a mechanism, in the order of the month. *Value* is
used when nobody says otherwise; *range* is what is accepted; *prior* says how plausible the values are and
is what `draw_parameters` draws from. Evidence: *measured*, *estimated*, *expert* (a judgement that leans on
the source) or *assumed* (no source: treat it as a question). Set one with `--set mechanism.name=value`, or
under `[parameters]` in a scenario."""
_GLOSSARY = """Every quantity of the World, with unit, range and one sentence. Arrays lead with the axis of
futures; in a dyad quantity row and column read *row about column*: `trust[future, i, j]` is how much *i*
trusts *j*, written `JPN>CHN` in texts. Five of them are easily mixed up and are kept apart on purpose:
**trust** is a belief about what kind of government the other has; **threat** is what the other is feared to
be able and willing to do; **credibility** is the belief that its assurance or protection will hold;
**will** is the readiness to spend political capital on diplomacy; **norm** is the adherence to non-use of
force that has become one's own."""
_REFERENCES = """The key is what docstrings, parameter tables and theory pages cite. *Recalled* means
written from memory; an entry without a remark was compared with a publisher's, library's or index page. A
citation says where a claim comes from, not that the cited author would agree with this model."""
_INTERFACE = """`regime_abm.api` is the only module that the command line and the dashboards import. Its
functions and classes, in alphabetical order:"""
_MEASURES = """What is counted, from the record of a run and from nothing else; nothing in the model reads a
measure."""
_CLASSES = """The first rule that fits gives a future its class. Months before the start count as quiet."""
_REGIME = """A security regime stands when all legs hold in 32 of the last 36 months, with no lethal clash between core dyads in
any of them. A relapse throws it out at once, and the 36 months begin anew: a lethal clash, no force below .85 over twelve
months, a key party that renounces the norm, or expected reciprocity below .35. Where there are too few disputes or
temptations for a share, the last share holds on; where there never was one, the leg is passed and flagged. Quiet is not a
regime: a quiet year without norm, expectation or autonomy is marked as such. A regime is robust when at least 70 of 100 twin
branches keep it for two years, thresholds lowered by .10, after adverse leaders in the two most capable key parties together
and in each key party alone; `--robust` runs that test, and without it every regime counts as fragile."""
_LETTERS = {
    "R": "future",
    "N": "state",
    "F": "forum",
    "G": "agreement",
    "S": "step",
    "A": "act",
    "M": "month of the year",
}


def bibliography() -> dict[str, dict[str, str]]:
    """The entries of docs/references.bib: key -> field -> text, with the entry's kind under "kind"."""
    text = (ROOT / "docs" / "references.bib").read_text(encoding="utf-8")
    entries = {}
    for kind, key, body in re.findall(r"^@(\w+)\{([^,\s]+),\n(.*?)^\}", text, re.MULTILINE | re.DOTALL):
        if key in entries:
            raise ValueError(f"references.bib: {key} is there twice")
        fields = re.findall(r"^\s*(\w+)\s*=\s*\{(.*?)\},?\s*$", body, re.MULTILINE)
        entries[key] = {"kind": kind.lower(), **dict(fields)}
    return entries


def cited(text: str) -> set[str]:
    """The bibkeys in a text."""
    return set(KEY.findall(text))


def _table(columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    def line(cells: Iterable[Any]) -> str:
        return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"

    columns = list(columns)
    return "\n".join([line(columns), line("---" for _ in columns), *(line(row) for row in rows)])


def _linked(text: str, up: str = "") -> str:
    return KEY.sub(lambda match: f"[{match[0]}]({up}references.md#{match[0]})", text)


def parameters_page() -> str:
    """docs/parameters.md."""
    parts = [
        NOTE,
        "# Parameters",
        _PARAMETERS,
    ]
    for module in COMPLETE:
        name = name_of(module)
        rows = [
            (
                f"`{row['name'].split('.')[1]}`",
                f"{row['default']:g}",
                f"{row['low']:g} to {row['high']:g}",
                row["prior"],
                row["unit"],
                row["meaning"],
                row["evidence"],
                _linked(row["source"]),
            )
            for row in api.parameter_table(name)
        ]
        columns = ("name", "value", "range", "prior", "unit", "meaning", "evidence", "source")
        parts += [f"## {name}", f"Theory: [{name}](theory/{name}.md).", _table(columns, rows)]
    return "\n\n".join(parts) + "\n"


def glossary_page() -> str:
    """docs/glossary.md."""
    parts = [
        NOTE,
        "# Glossary",
        _GLOSSARY,
    ]
    for axes in dict.fromkeys(entry.axes for entry in GLOSSARY.values()):
        rows = [
            (f"`{entry.name}`", entry.unit, f"{entry.low:g} to {entry.high:g}", entry.meaning)
            for entry in GLOSSARY.values()
            if entry.axes == axes
        ]
        title = f"## {axes[0].upper()}{axes[1:]}"
        letters = [_LETTERS[letter] for letter in SHAPES[axes]]
        about = f"Axes: {', '.join(letters)}." if letters else "One number for the whole run."
        parts += [title, about, _table(("name", "unit", "range", "meaning"), rows)]
    return "\n\n".join(parts) + "\n"


def measures_page() -> str:
    """docs/measures.md."""
    rows = [
        (f"`{name}`", item.title, item.unit, f"{item.low:g} to {item.high:g}", item.meaning)
        for name, item in api.MEASURES.items()
    ]
    classes = [(f"`{item.key}`", item.title, item.rule) for item in api.CLASSES]
    parts = [
        NOTE,
        "# Measures and outcome classes",
        _MEASURES,
        _table(("name", "title", "unit", "range", "meaning"), rows),
        "## The security regime, leg by leg",
        _REGIME,
        _table(("leg", "asks for"), [(item.title, item.rule) for item in (*api.LEGS, api.NO_CLASH)]),
        "## Outcome classes",
        _CLASSES,
        _table(("key", "class", "rule"), classes),
    ]
    return "\n\n".join(parts) + "\n"


def references_page() -> str:
    """docs/references.md, from docs/references.bib."""
    parts = [
        NOTE,
        "# References",
        _REFERENCES,
    ]
    for key, entry in sorted(bibliography().items()):
        place = entry.get("journal") or entry.get("publisher") or entry.get("institution") or ""
        volume = entry.get("volume", "") + (f"({entry['number']})" if "number" in entry else "")
        pages = entry.get("pages", "").replace("--", "-")
        where = ", ".join(filter(None, (f"*{place}*" if "journal" in entry else place, volume, pages)))
        doi = f" doi:{entry['doi']}." if "doi" in entry else ""
        note = f" *{entry['note'][0].upper()}{entry['note'][1:]}.*" if "note" in entry else ""
        authors = entry["author"].replace(" and ", "; ")
        title = entry["title"].replace("{", "").replace("}", "")
        stop = "" if title.endswith("?") else "."
        parts += [f"### {key}", f"{authors} ({entry['year']}). {title}{stop} {where}.{doi}{note}"]
    return "\n\n".join(parts) + "\n"


def interface_page() -> str:
    """docs/api/reference.md, from the docstrings of regime_abm.api."""
    parts = [
        NOTE,
        "# The Python interface, name by name",
        _INTERFACE,
    ]
    for name in sorted(api.__all__, key=str.lower):
        item = getattr(api, name)
        if not (inspect.isclass(item) or inspect.isfunction(item)):
            continue
        parts += [f"## {name}", f"```text\n{_signature(name, item)}\n```", _words(item)]
        if inspect.isclass(item):
            rows = [(f"`{member}`", words) for member, words in _members(item)]
            parts += [_table(("member", "what it is"), rows)] if rows else []
    return "\n\n".join(parts) + "\n"


def _signature(name: str, item: Any) -> str:
    found = str(inspect.signature(item)) if inspect.isfunction(item) else ""
    if len(found) > 90:
        found = re.sub(r"(?<=[(,]) ?(?=[\w*]+[:=,])", "\n    ", found, flags=re.MULTILINE)
        found = found.replace(") ->", "\n) ->")
    return name + re.sub(r"<function <lambda> at \w+>", "...", found.replace("'", ""))


def _words(item: Any) -> str:
    text = inspect.getdoc(item) or ""
    return re.sub(r"``([^`]+)``", r"`\1`", re.sub(r":\w+:`~?\.?([^`]+)`", r"`\1`", text))


def _members(item: type) -> list[tuple[str, str]]:
    """(name, first paragraph of its docstring) for every documented public method and property."""
    found = []
    for name, member in vars(item).items():
        wrapped = [getattr(member, part) for part in ("fget", "func", "__func__") if hasattr(member, part)]
        inner = wrapped[0] if wrapped else member
        if not name.startswith("_") and inspect.isfunction(inner) and inner.__doc__:
            found.append((name, " ".join(_words(inner).split("\n\n")[0].split())))
    return found


def schema() -> str:
    """scenarios/schema.json: the JSON schema of a scenario file, with every parameter's range."""
    found = ScenarioFile.model_json_schema(by_alias=True)
    found = {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}
    rows = api.parameter_table()
    found["properties"]["parameters"] = {
        "type": "object",
        "description": "mechanism.name = value; the rest keep their stated values",
        "additionalProperties": False,
        "properties": {
            row["name"]: {
                "type": "number",
                "minimum": row["low"],
                "maximum": row["high"],
                "default": row["default"],
                "description": f"{row['meaning']} ({row['unit']}; {row['evidence']})",
            }
            for row in rows
        },
    }
    of_states = (*STATE_QUANTITIES, *OPTIONAL)
    states, dyads = "|".join(of_states), "|".join(DYAD_QUANTITIES)
    found["properties"]["initial"]["propertyNames"] = {
        "pattern": rf"^(?:(?:{states}) +\w+|(?:{dyads}) +\w+>\w+)$",
    }
    found["properties"]["initial"]["description"] = "; ".join(
        "{} {:g} to {:g}".format(name, *bounds(name)) for name in (*of_states, *DYAD_QUANTITIES)
    )
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def plan_schema() -> str:
    """scenarios/plans/schema.json: the JSON schema of a plan file."""
    found = PlanFile.model_json_schema(by_alias=True)
    forms = found["$defs"]
    forms["Parameter"] = {"enum": [row["name"] for row in api.parameter_table()]}
    known = {"$ref": "#/$defs/Parameter"}
    for form, field in (("Spread", "parameters"), ("Prior", "parameters")):
        forms[form]["properties"][field]["anyOf"][0]["items"] = known
    forms["Record"]["properties"]["measures"]["anyOf"][0]["items"] = {"enum": list(api.MEASURES)}
    design = forms["Design"]["properties"]
    for table in (design["grid"]["anyOf"][0], design["list"]["anyOf"][0]["items"], forms["Spread"]["properties"]["ranges"]):
        table["propertyNames"] = known
    forms["Design"]["maxProperties"] = 1
    found = {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def files() -> dict[Path, str]:
    """Every generated file and what it should hold."""
    return {
        ROOT / "docs" / "parameters.md": parameters_page(),
        ROOT / "docs" / "glossary.md": glossary_page(),
        ROOT / "docs" / "measures.md": measures_page(),
        ROOT / "docs" / "references.md": references_page(),
        ROOT / "docs" / "essay.md": essay.page(),
        ROOT / "docs" / "api" / "reference.md": interface_page(),
        ROOT / "scenarios" / "schema.json": schema(),
        ROOT / "scenarios" / "plans" / "schema.json": plan_schema(),
        ROOT / "claims" / "schema.json": claim_schema(),
    }


def claim_schema() -> str:
    """claims/schema.json: the JSON schema of a claim file; what arms share with scenarios is in scenarios/schema.json."""
    found = ClaimFile.model_json_schema(by_alias=True)
    found["properties"]["counter_force"]["items"] = {"enum": [row["name"] for row in api.parameter_table()]}
    found = {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def stale() -> list[Path]:
    """The generated files that are missing or differ from what the code says."""
    return [path for path, text in files().items() if not path.is_file() or path.read_text("utf-8") != text]


def main(words: list[str]) -> int:
    """Write the files, or with --check only say which are stale."""
    if words not in ([], ["--check"]):
        print("usage: python tools/generate.py [--check]")
        return 2
    found = stale()
    for path in found:
        if not words:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(files()[path], encoding="utf-8", newline="\n")
        print(f"{path.relative_to(ROOT)}: {'is stale; run python tools/generate.py' if words else 'written'}")
    return 1 if words and found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
