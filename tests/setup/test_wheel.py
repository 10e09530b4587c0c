"""The wheel carries the scenarios and the dashboards, and runs from anywhere without the checkout."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from the checkout with the build tools of the lock."""
    folder = tmp_path_factory.mktemp("wheel")
    words = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(words, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the wheel is installed into, ahead of the checkout on the module path."""
    folder = tmp_path_factory.mktemp("installed")
    words = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--no-deps",
        "--no-index",
        "--target",
        str(folder),
        str(wheel),
    ]
    subprocess.run(words, check=True, capture_output=True)
    return folder


def run(installed: Path, folder: Path, *words: str) -> str:
    """What Python prints with the installed wheel, started outside the checkout."""
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    done = subprocess.run(
        [sys.executable, *words], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def shipped(folder: str) -> set[str]:
    """The files of a folder of the checkout that belong into the wheel."""
    files = (
        path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts
    )
    return {path.relative_to(ROOT).as_posix() for path in files}


def test_holds_every_scenario_and_dashboard_file_and_no_test(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    scenarios = shipped("scenarios")
    assert scenarios
    assert {f"regime_abm/_data/{name}" for name in scenarios} <= names
    assert shipped("dashboards") | shipped("regime_abm") <= names
    tops = {name.split("/")[0] for name in names if ".dist-info" not in name}
    assert tops == {"regime_abm", "dashboards"}


def test_resolves_its_own_files(installed: Path, tmp_path: Path) -> None:
    script = (
        "import json, regime_abm, dashboards; from regime_abm.paths import shipped;"
        "print(json.dumps([regime_abm.__file__, dashboards.__file__,"
        " str(shipped('scenarios')), str(shipped('dashboards'))]))"
    )
    places = [Path(place) for place in json.loads(run(installed, tmp_path, "-c", script))]
    assert all(place.is_relative_to(installed) and place.exists() for place in places), places


def test_gives_the_same_futures_as_the_checkout(installed: Path, tmp_path: Path) -> None:
    words = ["-m", "regime_abm", "run", "baseline_2018", "--replicates", "4", "--months", "6", "--json"]
    here, there = (
        json.loads(run(place, folder, *words)) for place, folder in ((ROOT, ROOT), (installed, tmp_path))
    )
    for result in (here, there):
        del result["seconds"], result["robust_seconds"]
    assert here == there
