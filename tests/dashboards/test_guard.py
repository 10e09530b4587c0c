"""Who may speak to the server. Every case talks to the real one, byte by byte: a library would tidy up."""

from __future__ import annotations

import base64
import html
import http.client
import os
import re
import socket
import uuid
from contextlib import ExitStack

import pytest
from websockets.sync import client as websockets


def raw(server, request: str) -> tuple[int, dict[str, str], str]:
    """Send a request as it stands; return status, headers and body."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as line:
        line.sendall(request.encode("latin-1"))
        answer = http.client.HTTPResponse(line)
        answer.begin()
        return (
            answer.status,
            {k.lower(): v for k, v in answer.getheaders()},
            answer.read().decode("utf-8", "replace"),
        )


def get(
    server, path: str = "/", method: str = "GET", **headers: str | None
) -> tuple[int, dict[str, str], str]:
    sent = {"Host": f"127.0.0.1:{server.port}", "Cookie": server.cookie, "Connection": "close"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}" for name, value in sent.items() if value is not None]
    return raw(server, "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]))


def shake(server, path: str | None = None, **headers: str | None) -> int:
    """Ask for a socket; return the status, 101 when it is opened."""
    path = path or f"/jupyter/api/kernels/{uuid.uuid4()}/channels?session_id={uuid.uuid4()}"
    return get(
        server,
        path,
        **{
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
            "Origin": server.origin,
            "Cookie": f"{server.cookie}; solara-session-id=a-session",
        }
        | headers,
    )[0]


# -- access


def test_the_printed_address_gives_a_cookie_and_a_clean_address(server):
    status, headers, _ = get(server, f"/?token={server.token}&seed=7&layer=threat", Cookie=None)
    assert status == 303
    assert headers["location"] == "/?seed=7&layer=threat"
    cookie = headers["set-cookie"]
    assert server.token in cookie
    assert "httponly" in cookie.lower()
    assert "samesite=strict" in cookie.lower()


def test_with_the_cookie_the_page_is_served(server):
    status, _, body = get(server)
    assert status == 200
    assert '<html lang="en">' in body
    assert "user-scalable=no" not in body


def test_the_page_tells_where_the_widget_lies_before_anything_asks_for_it(server):
    """Else it hangs on which of two scripts is faster, and a slow machine looks for the widget where it is not."""
    content = get(server)[2]
    assert "'anywidget': 'nbextensions/anywidget/index'" in content
    assert get(server, "/jupyter/nbextensions/anywidget/index.js")[0] == 200


@pytest.mark.parametrize(
    ("path", "cookie"),
    [
        ("/", None),
        ("/", "regime_abm_{port}=" + "x" * 43),
        ("/", "regime_abm_1={token}"),
        ("/?token=", None),
        ("/?token=" + "x" * 43, None),
        ("/?token=%C3%A9", None),
        ("/alive", None),
        ("/static/assets/style.css", None),
        ("/no-such-page", None),
    ],
)
def test_without_the_token_nothing_is_served(server, path, cookie):
    cookie = cookie and cookie.format(port=server.port, token=server.token)
    status, headers, body = get(server, path, Cookie=cookie)
    assert status == 403
    assert "access link" in body
    assert server.token not in body + str(headers)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "", "127.0.0.1:{port}.evil.example"],
)
def test_a_foreign_host_is_refused(server, host):
    assert get(server, Host=host.format(port=server.port))[0] in (400, 403)


def test_two_hosts_are_refused(server):
    hosts = f"Host: 127.0.0.1:{server.port}\r\nHost: evil.example\r\n"
    assert raw(server, f"GET / HTTP/1.1\r\n{hosts}Cookie: {server.cookie}\r\n\r\n")[0] in (400, 403)


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "https://127.0.0.1:{port}",
        "http://127.0.0.1:1",
        "http://localhost:{port}",
    ],
)
def test_a_foreign_origin_is_refused(server, origin):
    assert get(server, Origin=origin.format(port=server.port))[0] == 403


def test_localhost_is_ours_too(server):
    host = f"localhost:{server.port}"
    assert get(server, Host=host, Origin=f"http://{host}")[0] == 200


# -- sockets: refused before a kernel exists


def test_a_socket_of_our_own_page_is_opened(server):
    assert shake(server) == 101


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": None},
        {"Origin": "null"},
        {"Origin": "http://localhost:1"},
        {"Host": "evil.example"},
        {"Host": "evil.example", "Origin": "http://evil.example"},
        {"Cookie": None},
        {"Cookie": "solara-session-id=a-session"},
        {"Cookie": "solara-session-id=a-session; regime_abm_1={token}"},
        {"Cookie": "solara-session-id=a-session; regime_abm_{port}=" + "x" * 43},
        {"Cookie": "regime_abm_{port}={token}"},
    ],
    ids=str,
)
def test_a_socket_is_refused(server, headers):
    filled = {k: v and v.format(port=server.port, token=server.token) for k, v in headers.items()}
    assert shake(server, **filled) == 403


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/ws",
        "/jupyter/api/kernels/x/channels?session_id=1",
        "/jupyter/api/kernels/../../x/channels",
        "/jupyter/api/kernels/a%2fb/channels",
    ],
)
def test_a_socket_elsewhere_is_refused(server, path):
    assert shake(server, path) == 403


def test_another_sessions_kernel_is_refused(server):
    kernel = f"/jupyter/api/kernels/{uuid.uuid4()}/channels?session_id={uuid.uuid4()}"
    mine = {"Cookie": f"{server.cookie}; solara-session-id=mine"}
    with websockets.connect(
        f"ws://127.0.0.1:{server.port}{kernel}", origin=server.origin, additional_headers=mine
    ) as held:
        held.ping().wait(5)
        assert shake(server, kernel, Cookie=f"{server.cookie}; solara-session-id=theirs") == 403
        assert shake(server, kernel, **mine) == 101


# -- files


@pytest.mark.parametrize(
    "path",
    [
        "/../../../etc/passwd",
        "/static/../../../../etc/passwd",
        "/static/assets/..%2f..%2f..%2f..%2fetc/passwd",
        "/static/%2e%2e/%2e%2e/settings.py",
        "/static/..%252f..%252fsettings.py",
        "/static/..\\..\\settings.py",
        "/static/..%5c..%5csettings.py",
        "/static-evil/main-vuetify.js",
        "/static/assets/#/../../settings.py",
        "/static/%23/../settings.py",
        "/static//etc/passwd",
        "//etc/passwd",
        "/static/./main-vuetify.js",
        "/static/assets/%00",
        "/ui/../server.py",
        "/ui/widgets/__init__.py",
        "/jupyter/nbextensions/../../../etc/passwd",
        "/jupyter/nbextensions/jupyter-js-widgets/extension.js",
        "/_solara/cdn/../../../../etc/passwd",
        "/_solara/cdn/@widgetti",
        "/_solara/cdn/left-pad@1.3.0/index.js",
        "/_solara/api/evict/12345678",
        "/jupyter/api/kernels/12345678",
        "/static/public/pyproject.toml",
        "/resourcez",
        "/resourcez?verbose",
        "/readyz",
        "/no-such-page",
    ],
)
def test_what_is_not_offered_is_not_found(server, path):
    assert get(server, path)[0] == 404


def test_python_files_beside_the_scripts_are_not_served(server):
    root = get(server)[2].split('data-ui="')[1].split('"')[0]
    assert get(server, f"{root}/widgets/watch.js")[0] == 200
    for path in (
        "widgets/__init__.py",
        "controls/__init__.py",
        "widgets/",
        "widgets",
        "server.py",
        "words/watch.toml",
    ):
        assert get(server, f"{root}/{path}")[0] == 404, path


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_only_reading_is_allowed(server, method):
    assert get(server, "/", method)[0] == 405


def test_the_closing_beacon_needs_our_origin(server):
    path = "/_solara/api/close/12345678?session_id=1"
    assert get(server, path, "POST")[0] == 405
    assert get(server, path, "POST", Origin="http://evil.example")[0] == 403
    assert get(server, path, "POST", Origin=server.origin)[0] == 200


# -- headers


@pytest.mark.parametrize("path", ["/", "/static/assets/style.css", "/alive", "/no-such-page"])
def test_every_answer_carries_the_headers(server, path):
    headers = get(server, path)[1]
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "server" not in headers


def test_a_page_runs_only_scripts_with_its_own_nonce(server):
    policies = [get(server)[1]["content-security-policy"] for _ in range(2)]
    assert policies[0] != policies[1]
    scripts = next(part for part in policies[0].split(";") if "script-src" in part)
    assert "'nonce-" in scripts
    assert "'unsafe-inline'" not in scripts
    assert "http" not in policies[0]


def test_the_session_cookie_is_out_of_reach_of_scripts(server):
    cookie = get(server)[1]["set-cookie"].lower()
    assert cookie.startswith("solara-session-id=")
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_what_never_changes_is_fetched_once(server):
    page = get(server)[2]
    kept = re.findall(r'(?:src|href)="(/(?:_solara/cdn|ui|jupyter)/[^"]+)"', page)
    assert len(kept) > 10
    for path in kept:
        status, headers, _ = get(server, html.unescape(path))
        assert status == 200, path
        assert "immutable" in headers["cache-control"], path
    assert get(server)[1]["cache-control"] == "no-store"


# -- a full room


def test_a_full_room_says_so(launch):
    small = launch("--port", "0", "--max-sockets", "2", "--max-kernels", "2")
    with ExitStack() as held:
        for _ in range(2):
            kernel = f"/jupyter/api/kernels/{uuid.uuid4()}/channels?session_id={uuid.uuid4()}"
            cookie = {"Cookie": f"{small.cookie}; solara-session-id={uuid.uuid4()}"}
            address = f"ws://127.0.0.1:{small.port}{kernel}"
            held.enter_context(websockets.connect(address, origin=small.origin, additional_headers=cookie))
        assert shake(small) == 403
        status, headers, body = get(small, "/?seed=3")
        assert status == 503
        assert headers["retry-after"] == "10"
        assert "The room is full" in body
        assert "/?seed=3" in body
        assert get(small, "/alive")[0] == 200
