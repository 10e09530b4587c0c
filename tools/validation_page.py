"""Put the figures of `regime-abm validate` and of the published results into the documentation.

``python -m tools.validation_page`` measures the gates of the baseline without and with all optional modules (about five minutes
each on one core) and every published result that hangs on luck (two minutes), and writes what was found between the marks
in docs/validation.md and docs/published-results.md. The words around the marks are written by hand.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from regime_abm import api  # noqa: E402
from regime_abm.store import durable  # noqa: E402
from regime_abm.version import VERSION  # noqa: E402
from tests.science.references.results import RESULTS, Known  # noqa: E402

GATES = ROOT / "docs" / "validation.md"
PUBLISHED = ROOT / "docs" / "published-results.md"
MARKS = re.compile(r"(<!-- (\w+): begin[^>]*-->\n).*?(<!-- \2: end -->)", re.DOTALL)
VERDICTS = {True: "met", False: "**missed**", None: ""}


def between(text: str, name: str, block: str) -> str:
    """The text with what stands between the marks of that name exchanged; ValueError where there are none."""
    if name not in [found[2] for found in MARKS.finditer(text)]:
        raise ValueError(f"no marks of {name!r}")
    return MARKS.sub(lambda found: f"{found[1]}{block}\n{found[3]}" if found[2] == name else found[0], text)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def value(gate: api.Gate) -> str:
    """What was measured, as a reader wants it."""
    if gate.value is None:
        return "not seen"
    return f"{100 * gate.value:.1f} %" if gate.unit == "share" else f"{gate.value:.2f}"


def _cells(gate: api.Gate | None) -> tuple[str, str]:
    return (value(gate), VERDICTS[gate.met]) if gate else ("", "")


def gates(found: Sequence[api.Validation]) -> str:
    """The gates of several measurements side by side, and how they were made."""
    named = [{gate.key: gate for gate in item.gates} for item in found]
    known = {
        key: gate for gates_of in named for key, gate in gates_of.items()
    }  # the order of the first, then what is new
    rows = []
    for key, gate in known.items():
        unit = "" if gate.unit == "share" or gate.goal == "for the record" else f" {gate.unit}"
        cells = [cell for each in named for cell in _cells(each.get(key))]
        rows.append([gate.title, gate.goal + unit, *cells])
    heads = [name for item in found for name in ("all modules on" if item.modules else "core alone", "")]
    one = found[0]
    made = (
        f"`{one.scenario}`, {one.replicates:,} futures a preset, {one.months} months, seed {one.seed}, parameters drawn; "
        f"version {VERSION}. All modules: {', '.join(found[-1].modules)}."
    )
    return f"\n{made}\n\n{table(['gate', 'goal', *heads], rows)}\n"


def published(known: Sequence[Known]) -> str:
    """What each published result that hangs on luck says, what is found, and its band."""
    rows = []
    for item in known:
        found = item.find()
        cited = "; ".join(f"[{key}](references.md#{key})" for key in item.source.split("; "))
        band = f"{item.low:.3g} to {item.high:.3g}"
        size = f"{item.n:,}" if item.n else "infinite"
        verdict = VERDICTS[item.low <= found <= item.high]
        rows.append([item.title, size, f"{item.known} ({item.basis}; [{cited}])", band, f"{found:.3f}", verdict])
    return f"\n{table(['result', 'N', 'known', 'band', 'found', ''], rows)}\n"


def main(words: Sequence[str] | None = None) -> int:
    """Measure, and write both pages; with --only, one of them."""
    parser = argparse.ArgumentParser(prog="python -m tools.validation_page", description=__doc__.split("\n")[0])
    for name, usual in (("replicates", 1000), ("seed", 1), ("workers", 1)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    parser.add_argument("--only", choices=("gates", "published"), help="which page; both without")
    given = vars(parser.parse_args(words))
    only = given.pop("only")
    if only != "published":
        found = [api.validate(modules=modules, **given) for modules in ([], api.module_names())]
        durable.write(GATES, between(GATES.read_text("utf-8"), "gates", gates(found)).encode())
    if only != "gates":
        durable.write(PUBLISHED, between(PUBLISHED.read_text("utf-8"), "published", published(RESULTS)).encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
