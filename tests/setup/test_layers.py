"""The contracts of pyproject.toml are kept, and each of them can be broken."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def lint(folder: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    """import-linter's verdict on the packages in a folder."""
    chosen = [word for name in contracts for word in ("--contract", name)]
    words = [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo", *chosen]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, env={"PYTHONPATH": str(folder)})


def test_the_checkout_keeps_every_contract() -> None:
    verdict = lint(ROOT)
    assert verdict.returncode == 0, verdict.stdout


@pytest.mark.parametrize(
    ("contract", "file", "line"),
    [
        ("layers", "regime_abm/core/names.py", "from regime_abm import api"),
        ("layers", "regime_abm/mechanisms/trust.py", "from regime_abm import measures"),
        ("layers", "regime_abm/stray.py", ""),
        ("mechanisms", "regime_abm/mechanisms/trust.py", "from regime_abm.mechanisms import threat"),
        ("front", "regime_abm/cli/run.py", "from regime_abm import region"),
        ("front", "dashboards/app.py", "from regime_abm.core import world"),
        ("dashboards", "regime_abm/api.py", "import dashboards"),
        ("mesa", "regime_abm/ensemble.py", "import mesa"),
        ("mesa", "regime_abm/api.py", "import solara"),
    ],
)
def test_a_breach_is_found(tmp_path: Path, contract: str, file: str, line: str) -> None:
    for name in ("regime_abm", "dashboards"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    assert lint(tmp_path, contract).returncode == 0
    with (tmp_path / file).open("a") as text:
        text.write(f"\n{line}\n")
    verdict = lint(tmp_path, contract)
    assert verdict.returncode == 1, verdict.stdout
    assert "BROKEN" in verdict.stdout
