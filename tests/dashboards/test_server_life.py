"""How the server begins, ends, and comes back."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from regime_abm import api
from tests.dashboards.running import ROOT


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(launch, number):
    running = launch()
    begun = time.monotonic()
    assert running.stop(number) == 0
    assert time.monotonic() - begun < 5
    assert running.said[-1] == "Dashboard stopped."
    assert "Traceback" not in "\n".join(running.said)


def test_the_address_is_printed_when_it_answers(launch):
    running = launch()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with opener.open(running.url, timeout=5) as answer:
        assert answer.status == 200
        assert "token" not in answer.url


def test_a_taken_port_gives_the_next_free_one(launch):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        running = launch("--port", str(taken))
        assert taken < running.port <= taken + 20


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--scenario", "baselin_2018"], "baseline_2018"),
        (["--host", "203.0.113.7"], "host"),
        (["--port", "99999"], "port"),
    ],
)
def test_what_cannot_be_served_is_one_line(tmp_path, arguments, said):
    done = subprocess.run(
        [sys.executable, "-m", "dashboards.server", *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=60, env={"PATH": "", "XDG_STATE_HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_telemetry_is_off_whatever_the_environment_says(monkeypatch):
    environment = {"SOLARA_TELEMETRY_MIXPANEL_ENABLE": "True", "PATH": ""}
    code = (
        "import dashboards.shell as s; s.configure(max_kernels=1, cull='2m'); "
        "import solara.server.settings as t; print(t.telemetry.mixpanel_enable, t.kernel.cull_timeout)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, env=environment
    )
    assert done.stdout.split() == ["False", "2m"]


@pytest.mark.browser
def test_a_killed_server_that_comes_back_shows_the_same_run(launch, open_page):
    first = launch()
    page = open_page(first, "seed=21&replicate=8&layer=threat")
    page.select_option("#speed", "20")
    page.click("[data-do=play]")
    page.wait_for_function("+document.querySelector('.watch').dataset.month >= 40", timeout=30_000)
    first.process.kill()
    first.process.wait()
    page.wait_for_selector("html.server-away", timeout=15_000)
    page.evaluate("window.before = true")
    second = launch("--port", str(first.port))
    assert second.port == first.port
    back = "window.before === undefined && document.querySelector('.watch')?.dataset.drawn"
    page.wait_for_function(back, timeout=60_000)
    shown = int(page.get_attribute(".watch", "data-month"))
    assert shown >= 10
    asked = page.url
    for part in ("seed=21", "replicate=8", "layer=threat", f"month={shown}"):
        assert part in asked
    watch = api.watch(api.scenarios()[0].name, seed=21, replicate=8)
    watch.advance(shown)
    wanted = watch.series()["reciprocity"][shown]
    assert float(page.text_content("[data-measure=reciprocity] .now")) == pytest.approx(wanted, abs=0.005001)


@pytest.mark.browser
def test_a_scenario_of_ones_own_and_a_region_of_three_states_can_be_watched(launch, open_page):
    running = launch("--port", "0", "--scenario", "tests/worlds/trio.toml")
    assert "scenario=trio" in running.url
    page = open_page(running, "scenario=trio&month=12")
    watch = api.watch("tests/worlds/trio.toml")
    watch.advance(12)
    assert page.text_content("h1") == watch.scenario.title
    assert page.locator(".node").count() == 3
    assert page.locator(".tie:not(.off)").count() == 6
    wanted = watch.series()["reciprocity"][12]
    shown = page.text_content("[data-measure=reciprocity] .now")
    assert shown == "not yet" if wanted is None else float(shown) == pytest.approx(wanted, abs=0.005001)
    page.wait_for_function(
        "document.querySelector('.count').textContent.startsWith('1,000 of')", timeout=60_000
    )
    assert page.errors == []


def test_a_server_open_to_the_network_names_the_address_for_it(launch):
    running = launch("--host", "0.0.0.0", "--port", "0")
    deadline = time.monotonic() + 10
    while "Ctrl-C stops it." not in running.said and time.monotonic() < deadline:
        time.sleep(0.05)
    line = next((said for said in running.said if said.startswith("On this network")), "")
    if not line:
        pytest.skip("this machine has no network")
    host = line.split("//")[1].split(":")[0]
    for shown, wanted in ((host, 200), ("127.0.0.1", 403), ("evil.example", 403)):
        asked = urllib.request.Request(
            f"http://{host}:{running.port}/alive", headers={"Cookie": running.cookie}
        )
        asked.add_unredirected_header("Host", f"{shown}:{running.port}")
        try:
            status = urllib.request.urlopen(asked, timeout=5).status
        except urllib.error.HTTPError as error:
            status = error.code
        assert status == wanted, shown
