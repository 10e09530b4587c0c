"""The page "Watch" in a browser with the network blocked: how soon, how fast, at what price.

``python -m benchmarks.bench_page`` prints each figure beside its goal. The server is a process of its own; what it costs
is read from the operating system, what is seen is counted in the browser.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks.speed import Figure
from tests.dashboards.running import CHROMIUM_ARGS, Server, block_other_hosts, chromium_path, start

INTERACTIVE_SECONDS = 3.0
VISIBLE_MONTHS = 10.0
SHARE_OF_A_CORE = 0.15
GROWTH_MB = 10.0
MB = 2**20


@dataclass(frozen=True)
class Pace:
    """What playing looked like: months a second that were drawn, and the server's share of a core meanwhile."""

    asked: int
    drawn: float
    core: float


@contextmanager
def browser() -> Iterator[Any]:
    """A Chromium; RuntimeError when there is none."""
    path = chromium_path()
    if path is None:
        raise RuntimeError("no Chromium on PATH")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
        yield running
        running.close()


def open_page(chromium: Any, server: Server, query: str = "") -> tuple[Any, list[str]]:
    """A fresh page with nothing cached and every other host blocked, and the list of what tried to leave."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768})
    strayed = block_other_hosts(context, server)
    page = context.new_page()
    page.goto(f"{server.origin}/?token={server.token}{'&' + query if query else ''}")
    page.wait_for_selector(".watch[data-drawn]", timeout=60_000)
    return page, strayed


def interactive_seconds(chromium: Any, server: Server, times: int = 5) -> tuple[list[float], list[str]]:
    """Seconds from asking for the page until a pressed button has had its effect on the picture, once per visit."""
    took, strayed = [], []
    for _ in range(times):
        begun = time.perf_counter()
        page, left = open_page(chromium, server)
        page.click("[data-do=step]")
        page.wait_for_function("document.querySelector('.watch').dataset.month === '1'")
        took.append(time.perf_counter() - begun)
        strayed += left
        page.context.close()
    return took, strayed


def wait_for_futures(page: Any) -> None:
    """Wait until the other futures are all there, so that what is measured next is the playing alone."""
    page.wait_for_function(
        "document.querySelector('.count').textContent.startsWith('1,000 of')", timeout=180_000, polling=250
    )


def pace(page: Any, server: Server, asked: int, seconds: float = 10) -> Pace:
    """Play for a while; count the months that were drawn and the processor time that the server took."""
    page.select_option("#speed", str(asked))
    page.click("[data-do=reset]")
    page.wait_for_function("document.querySelector('.watch').dataset.month === '0'")
    page.evaluate(
        "() => { window.seen = new Set(); const w = document.querySelector('.watch');"
        " new MutationObserver(() => window.seen.add(w.dataset.month)).observe(w, {attributeFilter: ['data-month']}); }"
    )
    process = psutil.Process(server.process.pid)
    page.click("[data-do=play]")
    time.sleep(1)
    before, seen, begun = process.cpu_times(), page.evaluate("window.seen.size"), time.perf_counter()
    time.sleep(seconds)
    after, last, ended = process.cpu_times(), page.evaluate("window.seen.size"), time.perf_counter()
    page.click("[data-do=play]")
    page.wait_for_selector(".watch:not(.playing)")
    spent = after.user + after.system - before.user - before.system
    return Pace(asked, (last - seen) / (ended - begun), spent / (ended - begun))


def play_months(page: Any, months: int) -> None:
    """Play so many months as fast as the page goes, beginning again at the end of each run."""
    page.select_option("#speed", "20")
    left = months
    while left > 0:
        stretch = min(left, 240)
        page.click("[data-do=reset]")
        page.wait_for_function("document.querySelector('.watch').dataset.month === '0'")
        page.click("[data-do=play]")
        page.wait_for_function(
            f"+document.querySelector('.watch').dataset.month >= {stretch}", timeout=120_000
        )
        if stretch < 240:
            page.click("[data-do=play]")
        page.wait_for_selector(".watch:not(.playing)")
        left -= stretch


def growth(page: Any, server: Server, months: int = 1000, warm: int = 480) -> tuple[float, float]:
    """MB by which the server and the page's own heap grow over so many played months, after `warm` months."""
    process, devtools = psutil.Process(server.process.pid), page.context.new_cdp_session(page)
    devtools.send("Performance.enable")

    def now() -> tuple[float, float]:
        devtools.send("HeapProfiler.collectGarbage")
        found = {item["name"]: item["value"] for item in devtools.send("Performance.getMetrics")["metrics"]}
        return process.memory_info().rss / MB, found["JSHeapUsedSize"] / MB

    play_months(page, warm)
    before = now()
    play_months(page, months)
    after = now()
    return after[0] - before[0], after[1] - before[1]


def figures(chromium: Any, server: Server) -> Iterator[Figure]:
    """Measure everything on one server, in the order in which a visitor meets it."""
    first, strayed_first = interactive_seconds(chromium, server, 1)
    took, strayed = interactive_seconds(chromium, server)
    middle = statistics.median(took)
    spread = f"median of {len(took)}, {min(took):.2f} to {max(took):.2f}; first visit {first[0]:.2f}"
    yield Figure(
        "page interactive",
        f"{middle:.2f} s",
        f"< {INTERACTIVE_SECONDS:g} s",
        middle < INTERACTIVE_SECONDS,
        spread,
    )
    left = len(strayed_first + strayed)
    yield Figure("requests that leave", str(left), "0", left == 0, "every other host blocked")
    page, _ = open_page(chromium, server)
    wait_for_futures(page)
    for asked in (20,):  # the fastest the page offers
        seen = pace(page, server, asked)
        enough = seen.drawn >= VISIBLE_MONTHS
        yield Figure(
            f"visible months a second, {asked} asked", f"{seen.drawn:.1f}", f">= {VISIBLE_MONTHS:g}", enough
        )
        yield Figure(
            f"server's share of a core, {asked} asked",
            f"{seen.core:.3f}",
            f"< {SHARE_OF_A_CORE:g}",
            seen.core < SHARE_OF_A_CORE,
        )
    server_mb, page_mb = growth(page, server)
    yield Figure(
        "server grows over 1,000 months", f"{server_mb:+.1f} MB", f"< {GROWTH_MB:g} MB", server_mb < GROWTH_MB
    )
    yield Figure(
        "page's heap grows over 1,000 months",
        f"{page_mb:+.1f} MB",
        f"< {GROWTH_MB:g} MB",
        page_mb < GROWTH_MB,
    )


def main() -> int:
    """Print the figures; 1 when one misses its goal, 0 otherwise or when there is no browser to measure with."""
    try:
        with browser() as chromium, tempfile.TemporaryDirectory() as state:
            server = start("--port", "0", state=Path(state))
            try:
                print(f"{'page':<38}{'measured':>12}{'goal':>12}")
                met = True
                for item in figures(chromium, server):
                    verdict = "met" if item.met else "MISSED"
                    print(
                        f"{item.name:<38}{item.measured:>12}{item.goal:>12}  {verdict:<7} {item.note}",
                        flush=True,
                    )
                    met &= bool(item.met)
            finally:
                server.stop()
    except (ImportError, RuntimeError) as error:
        print(f"page: not measured ({error})")
        return 0
    return int(not met)


if __name__ == "__main__":
    sys.exit(main())
