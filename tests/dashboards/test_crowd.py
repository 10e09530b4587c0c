"""Many people at once, people who vanish, an evening of playing. Figures are printed: `pytest -m long -s`."""

from __future__ import annotations

import random
import statistics
import threading
import time
import urllib.request
from contextlib import ExitStack

import numpy as np
import psutil
import pytest

from benchmarks import bench_page
from regime_abm import api
from tests.dashboards.kernel_client import KernelClient, tie
from tests.dashboards.running import Server

SCENARIO = api.scenarios()[0].name
MB = 2**20


def process(server: Server) -> psutil.Process:
    return psutil.Process(server.process.pid)


def threads(server: Server) -> int:
    """Threads of the server. Its pool lets go of idle ones after 10 s, when it is next asked for something."""
    ask = urllib.request.Request(
        f"{server.origin}/static/assets/favicon.svg", headers={"Cookie": server.cookie}
    )
    urllib.request.urlopen(ask, timeout=10).read()
    return process(server).num_threads()


def wait_until(condition, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.2)


# -- short: a few people


def test_two_people_watch_two_runs_and_neither_sees_the_other(launch):
    server = launch()
    people = [KernelClient(server) for _ in range(2)]
    for number, person in enumerate(people):
        person.run(f"seed={number + 1}&replicate={number}&month=10")
    for number, person in enumerate(people):
        watch = api.watch(SCENARIO, seed=number + 1, replicate=number)
        watch.advance(10)
        assert person.state["frame"]["month"] == 10
        assert tie(person.state["frame"]) == tuple(v for row in watch.frame()["trust"] for v in row)
        person.ask(do="step", by=1)
        person.listen(lambda person=person: person.frames and person.frames[-1][1]["month"] == 11)
        watch.step()
        assert tie(person.frames[-1][1]) == tuple(v for row in watch.frame()["trust"] for v in row)
        person.close()


def test_people_who_vanish_are_forgotten(launch):
    server = launch("--port", "0", "--cull", "2s")
    before = threads(server)
    people = [KernelClient(server) for _ in range(5)]
    for person in people:
        person.run()
        person.ask(do="play")
        person.abort()
    assert threads(server) > before
    wait_until(lambda: threads(server) <= before + 2, 60)
    assert server.stop() == 0
    assert "Traceback" not in "\n".join(server.said), "\n".join(server.said)


# -- long


@pytest.mark.long
@pytest.mark.timeout(900)
def test_fifty_people_play_for_a_minute(launch):
    """Each sees its own run and nobody else's; how late the frames come and what a session costs is printed."""
    server = launch("--port", "0", "--max-sockets", "50", "--max-kernels", "50")
    base = process(server).memory_info().rss

    def late(people: list[KernelClient], seconds: float) -> list[float]:
        """Seconds from a wish for one month to its frame, of people who each ask twice a second."""
        found: list[float] = []

        def live(person: KernelClient) -> None:
            ends = time.perf_counter() + seconds
            luck = random.Random(person.session)
            time.sleep(luck.random() / 2)
            while time.perf_counter() < ends:
                count, begun = len(person.frames), time.perf_counter()
                person.ask(do="step", by=1)
                person.listen(lambda count=count: len(person.frames) > count, 30)
                took = person.frames[count][0] - begun
                found.append(took)
                time.sleep(max(0.0, 0.5 - took))

        threads = [threading.Thread(target=live, args=(person,)) for person in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return found

    with ExitStack() as leaving:
        people = []
        for number in range(50):
            person = KernelClient(server)
            leaving.callback(person.close)
            person.run(f"seed=1&replicate={number}")
            people.append(person)
            if number == 0:
                alone = late(people, 10)
        session_mb = (process(server).memory_info().rss - base) / MB / 50
        crowd = late(people, 60)
        for number, person in enumerate(people):
            last = person.frames[-1][1]
            watch = api.watch(SCENARIO, seed=1, replicate=number)
            watch.advance(last["month"])
            assert tie(last) == tuple(v for row in watch.frame()["trust"] for v in row)
        with pytest.raises(Exception, match="403"):
            KernelClient(server)

    def p95(times: list[float]) -> float:
        return float(np.quantile(times, 0.95))

    print(
        f"\n50 people at 2 months a second each, 60 s: step to frame p50 {1e3 * statistics.median(crowd):.0f} ms, "
        f"p95 {1e3 * p95(crowd):.0f} ms (alone: {1e3 * statistics.median(alone):.0f} and {1e3 * p95(alone):.0f} ms); "
        f"{session_mb:.1f} MB a session"
    )
    assert session_mb < 12
    assert p95(crowd) < 2.0  # on two cores that the fifty clients share with the server
    assert "Traceback" not in "\n".join(server.said)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_a_storm_of_people_who_vanish_leaves_nothing_behind(launch):
    """Fifty pages are opened and dropped, twenty times over."""
    server = launch("--port", "0", "--max-sockets", "200", "--max-kernels", "200", "--cull", "5s")
    quiet = threads(server)
    resident = []
    for _ in range(20):
        people = [KernelClient(server) for _ in range(50)]
        for person in people:
            person.run()
            person.ask(do="play")
        for person in people:
            person.abort()
        wait_until(lambda: threads(server) <= quiet + 2, 90)
        time.sleep(2)  # the collection that follows a closed kernel
        resident.append(process(server).memory_info().rss / MB)
    print("\nMB after each round of 50 vanished pages:", " ".join(f"{mb:.0f}" for mb in resident))
    assert resident[-1] <= resident[1] * 1.05
    assert threads(server) <= quiet + 2
    assert server.stop() == 0
    assert "Traceback" not in "\n".join(server.said), "\n".join(server.said)


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.timeout(900)
def test_an_evening_of_playing_costs_little(server, chromium):
    """A thousand months: what the server and the page grow by, and the server's share of a core meanwhile."""
    took, left = bench_page.interactive_seconds(chromium, server)
    page, strayed = bench_page.open_page(chromium, server)
    bench_page.wait_for_futures(page)
    seen = bench_page.pace(page, server, 20)
    server_mb, page_mb = bench_page.growth(page, server)
    print(f"\ninteractive after {statistics.median(took):.2f} s; {seen.drawn:.1f} visible months a second")
    print(f"at {seen.core:.3f} of a core; 1,000 months: server {server_mb:+.1f} MB, page {page_mb:+.1f} MB")
    page.context.close()
    assert left + strayed == []
    assert statistics.median(took) < 2 * bench_page.INTERACTIVE_SECONDS
    assert seen.drawn >= bench_page.VISIBLE_MONTHS
    assert server_mb < bench_page.GROWTH_MB
    assert page_mb < bench_page.GROWTH_MB
