"""What a machine can judge of the code's style, and the cost of an import."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_ruff_finds_nothing() -> None:
    words = [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format", "concise", "."]
    verdict = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


@pytest.mark.compat
@pytest.mark.parametrize("module", ["regime_abm", "regime_abm.api", "regime_abm.cli"])
def test_importing_the_program_stays_light(module: str) -> None:
    """Mesa, Solara and SciPy take a second each, which --help and show must not pay."""
    script = f"import sys, {module}; print(*sorted({{'mesa', 'solara', 'scipy'}} & set(sys.modules)))"
    loaded = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert loaded.stdout.strip() == ""


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["run", "--help"], ["show", "--help"]])
def test_help_waits_for_nothing_but_the_command_line(words: list[str]) -> None:
    """A command file that imports the model as a module, and not `api` from cli.common, is found here."""
    script = (
        "import sys; from regime_abm.cli import app; app(sys.argv[1:], standalone_mode=False);"
        "heavy = {'numpy', 'networkx', 'rich', 'pandas', 'regime_abm.api'};"
        "print(*sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script, *words], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout
    assert done.stderr.strip() == ""
