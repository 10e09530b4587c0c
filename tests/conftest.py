"""Set-up that all tests share: how hard hypothesis tries, the made-up worlds and a Chromium as fixtures."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.dashboards.running import CHROMIUM_ARGS, chromium_path
from tests.helpers import made_up

# Examples are the same in every run (derandomize), so a failure can be repeated; make test-long tries more of them.
settings.register_profile(
    "tests", max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None
)
settings.load_profile("tests")


@pytest.fixture(scope="session")
def trio():
    """Three states, one forum, one programme."""
    return made_up("trio")


@pytest.fixture(scope="session")
def quartet():
    """Four states, three forums, two programmes, and events on dates."""
    return made_up("quartet")


@pytest.fixture(scope="session")
def chromium() -> Iterator:
    """A Chromium, or a skip that says why there is none."""
    path = chromium_path()
    if path is None:
        pytest.skip("no chromium on PATH (apt-get install chromium)")
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
        yield browser
        browser.close()
@pytest.fixture
def command(tmp_path, monkeypatch, capsys):
    """Run the command line in this process and in an empty folder: exit code, what it printed, what it complained."""
    from regime_abm import cli

    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["regime-abm", *words])
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        said = capsys.readouterr()
        return int(stopped.value.code or 0), said.out, said.err

    return run
