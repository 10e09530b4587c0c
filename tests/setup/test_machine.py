"""Set-up on other machines than this one: too old a Python, none, no network, an install that was killed."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAKE = shutil.which("make") or "make"


def checkout(folder: Path) -> Path:
    """What a fresh clone of this checkout would hold, uncommitted work included."""
    words = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def machine(folder: Path, **pythons: str) -> dict[str, str]:
    """The environment of a machine whose PATH holds these programs alone, with an empty home and no pyenv."""
    programs = folder / "bin"
    programs.mkdir(parents=True)
    for name, target in pythons.items():
        # not a link: a Python looks for its library beside the file that it is started by
        (programs / name).write_text(f'#!/bin/sh\nexec "{target}" "$@"\n')
        (programs / name).chmod(0o755)
    return {"PATH": str(programs), "HOME": str(folder)}


def make(target: str, folder: Path, environment: dict[str, str]) -> tuple[int, list[str]]:
    """(exit code, lines printed but for make's own closing line)."""
    words = [MAKE, "--no-print-directory", target]
    done = subprocess.run(
        words, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    return done.returncode, [line for line in done.stdout.splitlines() if not line.startswith("make: ")]


def old_python() -> str:
    """A real Python before 3.11 that still reads tools/setup.py, if this machine has one."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for minor in (10, 9, 8, 7, 6):
        for path in [shutil.which(f"python3.{minor}"), *pyenv.glob(f"3.{minor}.*/bin/python3")]:
            words = [str(path), "-c", f"import sys; sys.exit(sys.version_info[1] != {minor})"]
            if path and subprocess.run(words, capture_output=True).returncode == 0:
                return str(path)
    pytest.skip("no Python before 3.11 on this machine")


@pytest.mark.parametrize("target", ["setup", "run", "test"])
def test_only_an_old_python_ends_in_one_line(tmp_path: Path, target: str) -> None:
    folder = checkout(tmp_path / "clone")
    code, lines = make(target, folder, machine(tmp_path / "machine", python3=old_python()))
    assert code == 2
    assert len(lines) == 1
    assert lines[0].startswith("set-up: Python 3.11 or newer is needed; found 3.")
    assert not (folder / ".venv").exists()


@pytest.mark.parametrize("target", ["setup", "run", "test"])
def test_no_python_at_all_ends_in_one_line(tmp_path: Path, target: str) -> None:
    code, lines = make(target, checkout(tmp_path / "clone"), machine(tmp_path / "machine"))
    assert code == 2
    assert lines == ["set-up: Python 3.11 or newer is needed; found none on PATH and under pyenv"]


def test_no_network_ends_in_one_line_and_leaves_no_stamp(tmp_path: Path) -> None:
    folder = checkout(tmp_path / "clone")
    nowhere = {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",  # the discard port: nobody listens
        "PIP_RETRIES": "0",
    }
    environment = machine(tmp_path / "machine", python3=sys._base_executable) | nowhere
    code, lines = make("setup", folder, environment)
    assert code == 2
    assert lines[-1].startswith("set-up: the package index cannot be reached")
    assert all(line.startswith("set-up: ") for line in lines)
    assert not (folder / ".venv" / ".complete").exists()


def test_a_complete_environment_is_left_alone(tmp_path: Path) -> None:
    """What `make test` ran in a moment ago needs no second set-up."""
    stamp = ROOT / ".venv" / ".complete"
    if not stamp.exists():
        pytest.skip("not run from the .venv of make setup")
    before = stamp.stat().st_mtime_ns
    assert make("setup", ROOT, dict(os.environ)) == (0, [])
    assert stamp.stat().st_mtime_ns == before


@pytest.mark.long
@pytest.mark.timeout(1500)
def test_a_killed_install_is_completed_by_the_next_call(tmp_path: Path) -> None:
    """SIGKILL while pip copies packages into a fresh clone's .venv: the next make ends well."""
    folder = checkout(tmp_path / "clone")
    site = folder / ".venv" / "lib"
    words = [MAKE, "setup"]
    # no uv here: pip is the slower and the more fragile of the two
    with_pip = os.pathsep.join(
        part for part in os.environ["PATH"].split(os.pathsep) if not (Path(part) / "uv").exists()
    )
    environment = {**os.environ, "PATH": with_pip}
    first = subprocess.Popen(
        words, cwd=folder, env=environment, start_new_session=True, stdout=subprocess.DEVNULL
    )
    until = time.monotonic() + 600
    while len(list(site.glob("python*/site-packages/*.dist-info"))) < 15:
        assert first.poll() is None, "the install ended before it could be killed"
        assert time.monotonic() < until
        time.sleep(0.05)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    assert not (folder / ".venv" / ".complete").exists()
    assert subprocess.run(
        [folder / ".venv/bin/python", "-c", "import solara"], capture_output=True
    ).returncode

    code, lines = make("setup", folder, environment)
    assert code == 0, lines
    python = str(folder / ".venv" / "bin" / "python")
    for check in (
        ["-m", "pip", "check"],
        ["-c", "import mesa, solara, pytest, mkdocs"],
        ["-m", "regime_abm", "--help"],
    ):
        subprocess.run([python, *check], cwd=folder, check=True, capture_output=True)
    subprocess.run([folder / ".venv/bin/regime-abm", "--help"], cwd=tmp_path, check=True, capture_output=True)
    assert make("setup", folder, environment) == (0, [])
