"""Serve the pages: `serve()` for the command line, `python -m dashboards.server` without it."""

from __future__ import annotations

import argparse
import errno
import http.client
import ipaddress
import logging
import signal
import socket
import sys
import threading
import time
import webbrowser
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from dashboards.guard import Guard, Limits

if TYPE_CHECKING:
    import uvicorn
    from starlette.types import Scope

PORTS_TRIED = 20
WILDCARDS = {"0.0.0.0", "::"}
LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}


def serve(
    host: str = "127.0.0.1",
    port: int = 8765,
    open_browser: bool = False,
    scenario: str | None = None,
    *,
    limits: Limits | None = None,
) -> None:
    """Serve the dashboard until Ctrl-C or SIGTERM; print its address once it really answers.

    host: address to bind; anything but 127.0.0.1 lets other machines in, which still need the access token.
    port: 1..65535, or 0 for any free one. When it is taken, the next free one of the following 20 is used.
    open_browser: open the address in this machine's browser.
    scenario: name or file of the scenario that the address opens; None for the first.
    limits: how many sockets and kernels are allowed at once, and how long an absent client's kernel is kept.
    Raises InputError when no port is free or the scenario is unknown.
    """
    import uvicorn
    from solara.server import kernel_context

    from dashboards import access, shell
    from dashboards.ensembles import ENSEMBLES
    from dashboards.view import offer

    limits = limits or Limits()
    if scenario is not None:
        scenario = offer(scenario)
    listener = _listen(host, port)
    port = listener.getsockname()[1]
    shell.configure(max_kernels=limits.kernels, cull=limits.cull)
    token = access.access_token()
    app = Guard(
        shell.build(),
        token=token,
        hosts=lambda scope: _allowed_hosts(host, port, scope),
        port=port,
        kernels=kernel_context.contexts,
        limits=limits,
    )
    config = uvicorn.Config(
        app,
        access_log=False,
        log_level="warning",
        loop="asyncio",
        server_header=False,
        date_header=False,
        proxy_headers=False,
        ws_max_size=256 * 1024,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    _quiet_solara()
    # uvicorn hands a signal on to whoever had it before; having nobody there is what makes the end clean
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    shown = "127.0.0.1" if host in WILDCARDS else host
    query = {"token": token} | ({"scenario": scenario} if scenario else {})
    address = f"http://{shown}:{port}/?{urlencode(query)}"
    greeter = threading.Thread(
        target=_greet, args=(server, host, shown, port, address, open_browser), daemon=True
    )
    greeter.start()
    server.run(sockets=[listener])
    ENSEMBLES.stop()
    print("Dashboard stopped.", flush=True)


def _listen(host: str, port: int) -> socket.socket:
    """Return a listening socket on `port` or the next free one."""
    from regime_abm.api import InputError

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in [port] if port == 0 else range(port, min(port + PORTS_TRIED, 65535) + 1):
        # the protocol is named, or asyncio would not see that it is TCP and small frames would wait 40 ms each
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, candidate))
            listener.listen(128)
            listener.setblocking(False)
            return listener
        except OSError as error:
            listener.close()
            if error.errno != errno.EADDRINUSE:
                raise InputError(f"host: cannot listen on {host}:{candidate} ({error.strerror})") from error
    raise InputError(
        f"port: {port} to {min(port + PORTS_TRIED, 65535)} are all in use; give another with --port"
    )


def _allowed_hosts(host: str, port: int, scope: Scope) -> set[str]:
    """Host headers that are served: what was bound, this machine's names, the address connected to."""
    local = (scope.get("server") or ("",))[0] or ""
    names = {host, local} - WILDCARDS - {""}
    if host in WILDCARDS:
        names |= {socket.gethostname().lower(), f"{socket.gethostname().lower()}.local"}
    if any(_is_loopback(name) for name in names):
        names |= LOOPBACK
    bracketed = {f"[{name}]" if ":" in name and not name.startswith("[") else name for name in names}
    return {f"{name}:{port}" for name in bracketed} | (bracketed if port == 80 else set())


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return name == "localhost"


def _greet(
    server: uvicorn.Server, bound: str, host: str, port: int, address: str, open_browser: bool
) -> None:
    """Print the address as soon as a request to it is answered."""
    from dashboards import shell
    from dashboards.session import Session
    from regime_abm import api

    while not server.should_exit:
        if server.started:
            try:
                connection = http.client.HTTPConnection(host, port, timeout=5)
                connection.request("GET", "/alive")
                connection.getresponse().read()
                break
            except OSError:
                pass
        time.sleep(0.05)
    else:
        return
    # what is done once for all is done before anybody waits for it
    shell.page_html("/", shell.new_nonce())
    Session().first()
    api.share_interval(1, 2)
    print(f"Dashboard ready: {address}", flush=True)
    if bound in WILDCARDS and _own_address():
        print(f"On this network:  {address.replace(host, _own_address(), 1)}", flush=True)
    print("Ctrl-C stops it.", flush=True)
    if open_browser:
        webbrowser.open(address)


def _own_address() -> str:
    """This machine's address on its network, as other machines see it; empty when it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        try:
            line.connect(
                ("192.0.2.1", 9)
            )  # an address kept for examples; asking for the way there sends nothing
        except OSError:
            return ""
        return str(line.getsockname()[0])


def _quiet_solara() -> None:
    """Keep Solara's running commentary out of the terminal; errors still come through."""
    for name in ("solara", "solara.server", "Solara"):
        logging.getLogger(name).setLevel(logging.ERROR)


def main(arguments: list[str] | None = None) -> int:
    """Command line of `python -m dashboards.server`."""
    from regime_abm.api import InputError

    parser = argparse.ArgumentParser(prog="python -m dashboards.server", description="Serve the dashboard.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--open", action="store_true", help="open the page in a browser")
    parser.add_argument("--scenario", default=None)
    parser.add_argument("--max-sockets", type=int, default=Limits.sockets)
    parser.add_argument("--max-kernels", type=int, default=Limits.kernels)
    parser.add_argument(
        "--cull", default=Limits.cull, help="how long an absent client's kernel is kept, like 2m"
    )
    asked = parser.parse_args(arguments)
    limits = Limits(asked.max_sockets, asked.max_kernels, asked.cull)
    try:
        serve(asked.host, asked.port, asked.open, asked.scenario, limits=limits)
    except InputError as error:
        print(f"regime-abm: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
