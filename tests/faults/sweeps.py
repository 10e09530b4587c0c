"""The toy sweep as a program of its own, started in a folder and an environment that a test chooses."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def _call(folder: Path, words: tuple[Any, ...], environment: dict[str, str]) -> dict[str, Any]:
    return {
        "args": [sys.executable, "-m", "tests.store.program", str(folder), *map(str, words)],
        "env": {**os.environ, "PYTHONPATH": str(ROOT), **environment},
        "text": True,
    }


def run(folder: Path, *words: Any, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
    return subprocess.run(**_call(folder, words, environment), cwd=cwd, capture_output=True, timeout=120)


def begin(folder: Path, *words: Any, **environment: str) -> subprocess.Popen[str]:
    """Begin it, in a process group of its own, as a shell does."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(**_call(folder, words, environment), cwd=ROOT, process_group=0, **pipes)
