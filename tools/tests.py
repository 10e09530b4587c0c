"""Run the tests as `make test` (short) and `make test-long` (long) do.

short: all tests but the long ones in .venv, the browser's only where a Chromium is or can be installed;
then the tests marked `compat` in .venv-newer. The last lines say what was tested and what was left out.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NO_TESTS = 5  # pytest's exit code when nothing was selected
CHROMIUM = "REGIME_ABM_CHROMIUM"
INSTALL_SECONDS = 600
VERSIONS = "import platform, mesa; print(f'Python {platform.python_version()} + mesa {mesa.__version__}')"


def chromium() -> tuple[str, str]:
    """(path of a Chromium, why there is none), one of the two empty; as root, apt-get installs it."""
    if os.environ.get(CHROMIUM):
        return os.environ[CHROMIUM], ""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    here = next(filter(None, map(shutil.which, names)), "")
    if here:
        return here, ""
    if not shutil.which("apt-get"):
        return "", "no Chromium, and no apt-get to install it"
    if os.geteuid() != 0:
        return "", "no Chromium; as root: apt-get install chromium"
    print("tests: installing Debian's Chromium for the browser tests", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        for words in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
            subprocess.run(
                ["apt-get", "-qq", *words],
                env=quiet, stdin=subprocess.DEVNULL, capture_output=True, timeout=INSTALL_SECONDS, check=True,
            )  # fmt: skip
    except subprocess.SubprocessError:
        return "", "no Chromium, and apt-get could not install it"
    here = shutil.which("chromium") or ""
    return here, "" if here else "no Chromium, even after apt-get"


def pytest(python: str, selection: str, *more: str, environment: dict[str, str]) -> int:
    """pytest's exit code for one marker expression; its output goes straight to the screen."""
    words = [python, "-m", "pytest", "-m", selection, *more]
    return subprocess.run(words, cwd=ROOT, stdin=subprocess.DEVNULL, env=environment).returncode


def tell_left_out(selection: str, why: str) -> None:
    """One line on how many tests of a marker expression were left out, if any were and there is a reason."""
    if not why:
        return
    words = [sys.executable, "-m", "pytest", "-q", "--collect-only", "-m", selection]
    listed = subprocess.run(words, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True).stdout
    found = re.search(r"^(\d+)(?:/\d+)? tests? collected", listed, re.MULTILINE)
    if found:
        print(f"left out: {found[1]} browser tests ({why})")


def versions(python: str) -> str:
    """What an environment holds, in words."""
    return subprocess.run([python, "-c", VERSIONS], capture_output=True, text=True, check=True).stdout.strip()


def newer() -> tuple[str, str]:
    """(interpreter of .venv-newer, why there is none); made first when need be."""
    if sys.version_info >= (3, 12):
        return "", "left out: .venv is already on a newer Python, and no 3.11 was found for the older half"
    words = [sys.executable, "tools/setup.py", "newer"]
    made = subprocess.run(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    sys.stdout.write(made.stdout)
    if made.returncode:
        said = [line for line in made.stdout.splitlines() if line.startswith("set-up: ")]
        return "", f"left out: {said[-1].removeprefix('set-up: ') if said else 'set-up failed'}"
    return str(ROOT / ".venv-newer" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")), ""


def short() -> int:
    """All but the long tests, then the compatibility tests on the newer Python."""
    browser, no_browser = chromium()
    environment = {**os.environ, CHROMIUM: browser}
    selection = "not long" if browser else "not long and not browser"
    parallel = ("-n", "2", "--dist", "loadfile")
    codes = [pytest(sys.executable, selection, *parallel, environment=environment)]
    python, no_newer = newer()
    if python:
        print(f"tests: the compatibility tests once more on {versions(python)}", flush=True)
        codes.append(pytest(python, "compat and not long", *parallel, environment=environment))
    print(f"tested: {versions(sys.executable)}, all tests but the long ones")
    tell_left_out("browser and not long", no_browser)
    print(f"tested: {versions(python)}, the compatibility tests" if python else f"newer Python: {no_newer}")
    return max(codes)


def long() -> int:
    """The tests marked long, one at a time, since they measure time and memory; having none is no failure."""
    browser, no_browser = chromium()
    environment = {**os.environ, CHROMIUM: browser}
    selection = "long" if browser else "long and not browser"
    code = pytest(sys.executable, selection, "--durations=10", environment=environment)
    tell_left_out("browser and long", no_browser)
    if code == NO_TESTS:
        print("there is no long test yet")
        return 0
    return code


if __name__ == "__main__":
    sys.exit({"short": short, "long": long}[sys.argv[1]]())
