"""Write the two hashed locks (`make lock`): the dev set first, the base set held to the same versions.

Versions that still fit stay as they are; `python tools/lock.py --upgrade` takes the newest of everything.

One universal lock serves Python 3.11 with Mesa 3.3.1 and newer Pythons with Mesa 3.5.1, through markers.
It holds no address, so that it installs from whatever index or mirror a machine is set up for.
"""

import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OPTIONS = (
    "--universal --python-version 3.11 --generate-hashes "
    "--no-emit-index-url --no-emit-find-links --no-header --quiet"
).split()


def find_uv() -> str:
    """The uv on PATH, else one in a throw-away environment of its own."""
    here = shutil.which("uv")
    if here:
        return here
    folder = ROOT / "build" / "uv"
    venv.create(folder, with_pip=True, clear=True)
    subprocess.run([folder / "bin" / "python", "-m", "pip", "install", "-q", "uv"], check=True)
    return str(folder / "bin" / "uv")


def main() -> int:
    """Compile both locks."""
    compile_ = [find_uv(), "pip", "compile", *OPTIONS, *sys.argv[1:], "pyproject.toml", "--extra", "build"]
    for more in (
        ["--extra", "dev", "-o", "requirements-dev.lock"],
        ["-c", "requirements-dev.lock", "-o", "requirements.lock"],
    ):
        subprocess.run(compile_ + more, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return 0


if __name__ == "__main__":
    sys.exit(main())
