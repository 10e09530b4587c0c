"""A real server in a process of its own, for the tests of the pages."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.dashboards.running import Server, block_other_hosts, start


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start servers that are stopped when the test ends."""
    started: list[Server] = []

    def one(*arguments: str, **options) -> Server:
        server = start(*(arguments or ("--port", "0")), **({"state": tmp_path / "state"} | options))
        started.append(server)
        return server

    yield one
    for server in started:
        if server.process.poll() is None:
            server.process.kill()
            server.process.wait()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that only look: started as a user starts it, ended as a user ends it."""
    running = start(
        "dashboard", "--port", "0", state=tmp_path_factory.mktemp("state"), module=("regime_abm",)
    )
    yield running
    code = running.stop(signal.SIGINT)
    assert code == 0, "\n".join(running.said)
    assert "Traceback" not in "\n".join(running.said), "\n".join(running.said)


@pytest.fixture
def open_page(chromium) -> Iterator[Callable]:
    """Open a page with every other host blocked; `page.strayed` lists the requests that tried to leave."""
    contexts = []

    def one(
        server: Server,
        query: str = "",
        *,
        path: str = "/",
        width: int = 1366,
        height: int = 768,
        wait: bool = True,
        **options,
    ):
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.strayed, page.errors = block_other_hosts(context, server), []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.on(
            "console",
            lambda said: page.errors.append(f"{said.text} {said.location['url']}") if said.type == "error" else None,
        )
        page.goto(f"{server.origin}{path}?token={server.token}{'&' + query if query else ''}")
        if wait:
            page.wait_for_selector(".watch[data-drawn]", timeout=30_000)
        return page

    yield one
    for context in contexts:
        context.close()
