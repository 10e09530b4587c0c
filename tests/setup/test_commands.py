"""The README, the Makefile, the command line and .ci/run speak of the same commands."""

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
PROSE = [
    path
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    if path.exists()
]


def test_every_target_is_there() -> None:
    assert {"setup", "run", "test", "test-long", "bench", "lint", "docs", "lock", "clean"} <= TARGETS


def test_the_readme_gives_the_two_commands() -> None:
    text = (ROOT / "README.md").read_text()
    assert "make run" in text
    assert "make test" in text


@pytest.mark.parametrize("path", PROSE, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_make_command_in_the_prose_exists(path: Path) -> None:
    named = re.findall(r"(?:^|`)make ([a-z-]+)", path.read_text(), re.MULTILINE)
    assert set(named) <= TARGETS


def test_every_program_command_in_the_prose_exists() -> None:
    pattern = r"(?:^|`)(?:\S*python\S* -m regime_abm|regime-abm) ([a-z][a-z-]*)"
    named = {name for path in PROSE for name in re.findall(pattern, path.read_text(), re.MULTILINE)}
    assert {"run", "dashboard"} <= named | set(
        re.findall(r"-m regime_abm ([a-z]+)", (ROOT / "Makefile").read_text())
    )
    for name in sorted(named):
        words = [sys.executable, "-m", "regime_abm", name, "--help"]
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, f"{name}: {done.stderr}"


def test_ci_runs_the_tests_and_then_the_long_ones() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert re.findall(r"^make ([a-z-]+)", script.read_text(), re.MULTILINE) == ["test", "test-long"]
    subprocess.run(["bash", "-n", script], check=True)


def read_until(terminal: int, words: str, seconds: float, got: str = "") -> str:
    """What a terminal shows until the words are seen or it is closed."""
    until = time.monotonic() + seconds
    while words not in got and time.monotonic() < until:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                got += os.read(terminal, 65536).decode(errors="replace")
            except OSError:  # Linux says so when the last program on the terminal has ended
                break
    return got


@pytest.mark.timeout(180)
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # exec follows at once
def test_ctrl_c_ends_make_run_cleanly() -> None:
    """On a real terminal: table, address, Ctrl-C, then exit code 0 and no complaint of make's."""
    if not (ROOT / ".venv" / ".complete").exists():
        pytest.skip("not run from the .venv of make setup")
    make = shutil.which("make") or "make"
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(ROOT)
        os.execv(make, [make, "run"])
    shown = read_until(terminal, "Ctrl-C", 150)
    assert "http://127.0.0.1:" in shown, shown
    os.write(terminal, b"\x03")
    shown = read_until(terminal, "\0", 20, shown)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, shown
    assert "***" not in shown
    assert "Traceback" not in shown
