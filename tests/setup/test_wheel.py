"""The wheel carries the scenarios and the dashboards, and runs from anywhere without the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

from tests.dashboards import running

ROOT = Path(__file__).resolve().parents[2]
PLACES = ("purelib", "platlib")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from the checkout with the build tools of the lock."""
    folder = tmp_path_factory.mktemp("wheel")
    words = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(words, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


class Installed:
    """An environment of its own that holds the wheel, and the words of the program run in it."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder, with_pip=False, symlinks=os.name != "nt")
        self.folder = folder
        self.scripts = folder / ("Scripts" if os.name == "nt" else "bin")
        self.python = str(self.scripts / "python")

    @property
    def site(self) -> Path:
        """Where its packages are."""
        words = [self.python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"]
        return Path(subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip())

    def install(self, *words: str) -> None:
        """pip install from outside, without an index unless the words say otherwise."""
        pip = [sys.executable, "-m", "pip", "--python", self.python, "install", "--disable-pip-version-check", "-q"]
        subprocess.run([*pip, *words], check=True, capture_output=True, text=True)

    def run(self, folder: Path, *words: str, code: int = 0) -> str:
        """What `regime-abm` prints, started in a folder outside the checkout."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        done = subprocess.run(
            [self.scripts / "regime-abm", *words],
            cwd=folder,
            env=environment | {"REGIME_ABM_RESULTS": str(folder / "results"), "COLUMNS": "200"},
            capture_output=True,
            text=True,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel alone in an empty environment, which borrows the packages that it needs from this one.

    They are borrowed as a folder on the module path, so that no .pth file of theirs (the checkout's own) is read; and what
    Jupyter's packages put beside the modules, as links.
    """
    environment = Installed(tmp_path_factory.mktemp("installed") / "venv")
    environment.install("--no-deps", "--no-index", str(wheel))
    lent = dict.fromkeys(sysconfig.get_paths()[place] for place in PLACES)
    (environment.site / "borrowed.pth").write_text("".join(f"{folder}\n" for folder in lent))
    for beside in ("etc/jupyter", "share/jupyter"):
        (environment.folder / beside).parent.mkdir(exist_ok=True)
        (environment.folder / beside).symlink_to(Path(sys.prefix) / beside)
    return environment


def shipped(folder: str) -> set[str]:
    """The files of a folder of the checkout that belong into the wheel."""
    files = (path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(ROOT).as_posix() for path in files}


def test_holds_every_scenario_and_dashboard_file_and_no_test(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    scenarios = shipped("scenarios")
    assert scenarios
    assert {f"regime_abm/_data/{name}" for name in scenarios} <= names
    assert shipped("dashboards") | shipped("regime_abm") <= names
    tops = {name.split("/")[0] for name in names if ".dist-info" not in name}
    assert tops == {"regime_abm", "dashboards"}


def test_resolves_its_own_files(installed: Installed, tmp_path: Path) -> None:
    script = (
        "import json, regime_abm, dashboards; from regime_abm.paths import shipped;"
        "print(json.dumps([regime_abm.__file__, dashboards.__file__,"
        " str(shipped('scenarios')), str(shipped('dashboards'))]))"
    )
    words = [installed.python, "-c", script]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=True)
    places = [Path(place) for place in json.loads(done.stdout)]
    assert all(place.is_relative_to(installed.folder) and place.exists() for place in places), places


def test_gives_the_same_futures_as_the_checkout(installed: Installed, tmp_path: Path) -> None:
    words = ["run", "baseline_2018", "--replicates", "4", "--months", "6", "--json"]
    there = json.loads(installed.run(tmp_path, *words))
    done = subprocess.run([sys.executable, "-m", "regime_abm", *words], cwd=ROOT, capture_output=True, check=True)
    here = json.loads(done.stdout)
    for result in (here, there):
        del result["seconds"], result["robust_seconds"]
    assert here == there


def test_a_scenario_of_ones_own_from_new_to_saved_tables(installed: Installed, tmp_path: Path) -> None:
    """The way of a newcomer: new, check, diff, show effective, run, each outside the checkout."""

    def run(*words: str, code: int = 0) -> str:
        return installed.run(tmp_path, *words, code=code)

    run("new", "mine.toml")
    assert run("check", "mine.toml").endswith("ok\n")
    assert run("diff", "baseline_2018", "mine.toml") == ""
    text = (tmp_path / "mine.toml").read_text().replace('# "trust.asymmetry"', '"trust.asymmetry"')
    (tmp_path / "mine.toml").write_text(text.replace("schema = 1\n", ""))
    assert "regime-abm migrate" in run("run", "mine.toml", code=2)
    run("migrate", "mine.toml")
    assert "trust.asymmetry" in run("diff", "baseline_2018", "mine.toml")
    assert "scenario mine" in run("show", "effective", "mine.toml", "--preset", "sceptic")
    told = run("run", "mine.toml", "-n", "4", "--months", "6", "--save", "--log-file", "mine.log").splitlines()[-1]
    (folder,) = (tmp_path / "results").iterdir()
    assert told == f"tables in {folder}"
    assert (folder / "futures.parquet").is_file()
    assert "digest" in (tmp_path / "mine.log").read_text()


@pytest.mark.parametrize("topic", ["scenarios", "presets"])
def test_shows_what_it_ships(installed: Installed, tmp_path: Path, topic: str) -> None:
    names = {path.stem for path in (ROOT / "scenarios" / ("" if topic == "scenarios" else topic)).glob("*.toml")}
    assert {row["name"] for row in json.loads(installed.run(tmp_path, "show", topic, "--json"))} == names


def test_the_page_answers(installed: Installed, tmp_path: Path) -> None:
    server = running.start(
        "dashboard",
        "--port",
        "0",
        state=tmp_path,
        module=("regime_abm",),
        program=installed.python,
        folder=tmp_path,
    )
    try:
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        with opener.open(server.url, timeout=30) as answer:
            assert answer.status == 200
            assert "solara" in answer.read().decode().lower()
    finally:
        assert server.stop() == 0


@pytest.mark.long
@pytest.mark.timeout(900)
def test_the_locked_packages_are_all_that_it_needs(wheel: Path, tmp_path: Path) -> None:
    """A really empty environment: the packages come from the index as the lock pins them, and nothing is borrowed."""
    environment = Installed(tmp_path / "venv")
    environment.install("--require-hashes", "-r", str(ROOT / "requirements.lock"))
    environment.install("--no-deps", "--no-index", str(wheel))
    subprocess.run([sys.executable, "-m", "pip", "--python", environment.python, "check"], check=True)
    test_gives_the_same_futures_as_the_checkout(environment, tmp_path)
    test_a_scenario_of_ones_own_from_new_to_saved_tables(environment, tmp_path)
    test_the_page_answers(environment, tmp_path)
