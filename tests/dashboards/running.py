"""A dashboard in a process of its own, and a Chromium to look at it: for the tests and for the benchmark of the page."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ARGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_path() -> str | None:
    """Where a Chromium is: $REGIME_ABM_CHROMIUM, or the first on PATH."""
    return os.environ.get("REGIME_ABM_CHROMIUM") or next(
        filter(None, map(shutil.which, CHROMIUM_NAMES)), None
    )


@dataclass
class Server:
    """A running dashboard: where it answers, its process, everything it has printed."""

    process: subprocess.Popen
    url: str = ""
    said: list[str] = field(default_factory=list)

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 80

    @property
    def token(self) -> str:
        return parse_qs(urlsplit(self.url).query)["token"][0]

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def cookie(self) -> str:
        return f"regime_abm_{self.port}={self.token}"

    def stop(self, number: int = signal.SIGTERM, wait: float = 15) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(wait)


def start(
    *arguments: str,
    state: Path,
    module: tuple[str, ...] = ("dashboards.server",),
    wait: float = 90,
    program: str = sys.executable,
    folder: Path = ROOT,
) -> Server:
    """Start a server with a Python in a folder and wait for the address it prints; RuntimeError when it prints none."""
    environment = os.environ | {"XDG_STATE_HOME": str(state), "PYTHONUNBUFFERED": "1", "COLUMNS": "200"}
    process = subprocess.Popen(
        [program, "-m", *module, *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    server = Server(process)

    def listen() -> None:
        for line in process.stdout:
            server.said.append(line.rstrip())
            found = re.search(r"http://\S+\?token=\S+", line)
            if found and not server.url:
                server.url = found.group()

    threading.Thread(target=listen, daemon=True).start()
    deadline = time.monotonic() + wait
    while not server.url and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    if not server.url:
        process.kill()
        raise RuntimeError("the server printed no address:\n" + "\n".join(server.said))
    return server


def block_other_hosts(context, server: Server) -> list[str]:
    """Let a browser context reach this server only; return the list that gathers what tried to leave."""
    strayed: list[str] = []

    def gate(route) -> None:
        if route.request.url.startswith((server.origin, "data:", "blob:")):
            route.continue_()
        else:
            strayed.append(route.request.url)
            route.abort()

    context.route("**/*", gate)
    return strayed
