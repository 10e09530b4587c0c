"""The guard around the server: who may speak to it, and how much of it there is.

Solara accepts a socket from a foreign page, a foreign Host header and a visitor without a cookie, and makes
kernels without limit. Every request therefore passes here first, and nothing behind it runs for a caller that
fails.
"""

from __future__ import annotations

import hmac
import html
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from string import Template
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboards.words import words

SESSION_COOKIE = "solara-session-id"
PLAIN_PATH = re.compile(r"/[A-Za-z0-9_.@~+/-]*")
KERNEL_SOCKET = re.compile(r"/jupyter/api/kernels/([A-Za-z0-9-]{8,64})/channels")
CLOSE_BEACON = re.compile(r"/_solara/api/close/[A-Za-z0-9-]{8,64}")
POLICY_VIOLATION, TRY_AGAIN_LATER = 1008, 1013  # close codes of WebSockets, RFC 6455 and its registry

HEADERS = {
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# for whatever is not a page: nothing may run, load or be framed
CLOSED_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"


def page_policy(nonce: str) -> str:
    """Content security policy of a page: everything from here, inline scripts only with this answer's nonce.

    `unsafe-eval` is what Vue needs to compile its templates, `blob:` what anywidget needs to load a module.
    """
    return (
        "default-src 'none'; "
        f"script-src 'self' 'nonce-{nonce}' 'unsafe-eval' blob:; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    )


@dataclass(frozen=True)
class Limits:
    """How many people one computer serves; `cull` is how long the kernel of an absent one is kept for him.

    A phone that reloads holds two sockets for a moment, and its old kernel until it is culled.
    """

    sockets: int = 64
    kernels: int = 64
    cull: str = "2m"


@dataclass
class _Claim:
    """A kernel id that a session has taken, and its open sockets; older than its kernel, made in a thread."""

    session_id: str
    sockets: int = 0


def notice(name: str, status: int, href: str = "", *, refresh: float | None = None) -> HTMLResponse:
    """Return one of the plain pages of words/server.toml; it needs no script and no other file."""
    said = words("server")["notice"][name]
    link = f'<p><a href="{html.escape(href)}">{html.escape(said["action"])}</a></p>' if href else ""
    again = f'<meta http-equiv="refresh" content="{refresh:g}">' if refresh is not None else ""
    page = Template(files("dashboards.words").joinpath("notice.html").read_text(encoding="utf-8"))
    body = page.substitute(
        title=html.escape(said["title"]), text=html.escape(said["text"]), link=link, refresh=again
    )
    headers = {"retry-after": "10"} if status == 503 else {}
    return HTMLResponse(body, status_code=status, headers=headers)


class Guard:
    """ASGI middleware; `kernels` is Solara's live table of kernel id -> context, read here and never written.

    A caller is served when its Host is ours, its Origin (where a browser must send one) is the same site, and
    it carries the access token: once in the address, from then on in an HttpOnly, SameSite=Strict cookie.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        token: str,
        hosts: Callable[[Scope], set[str]],
        port: int,
        kernels: Mapping[str, Any],
        limits: Limits | None = None,
    ) -> None:
        self.app, self.token, self.hosts, self.kernels = app, token, hosts, kernels
        self.limits = limits or Limits()
        # cookies ignore the port, so it is in the name: two servers here must not log each other out
        self.cookie = f"regime_abm_{port}"
        self.sockets = 0
        self._claims: dict[str, _Claim] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or socket, or refuse it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self._http(scope, receive, send)

    # -- pages and files

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("content-security-policy", CLOSED_POLICY)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        answer = self._refusal(scope) or self.app
        await answer(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> Response | None:
        """Return the answer to a request that goes no further, or None when it may pass."""
        headers = Headers(scope=scope)
        if not self._our_host(scope, headers):
            return notice("foreign", 403)
        if "origin" in headers and not self._same_origin(scope, headers):
            return notice("foreign", 403)
        path, query = (
            scope["path"],
            parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True),
        )
        offered = [value for key, value in query if key == "token"]
        if offered:
            if not self._is_token(offered[-1]):
                return notice("no_access", 403)
            rest = urlencode([(key, value) for key, value in query if key != "token"])
            clean = RedirectResponse(
                (path if _is_plain(scope) else "/") + ("?" + rest if rest else ""), status_code=303
            )
            clean.set_cookie(
                self.cookie, self.token, httponly=True, samesite="strict", path="/", max_age=30 * 86400
            )
            return clean
        if not self._is_token(self._cookies(headers).get(self.cookie, "")):
            # A Strict cookie is not sent when the page was reached by a link on another site, so such a
            # visitor is sent round once more from here: the second request is our own and carries it.
            from_elsewhere = headers.get("sec-fetch-site") == "cross-site"
            again = path + ("?" + urlencode(query) if query else "") if _is_plain(scope) else "/"
            return notice("no_access", 403, again, refresh=0 if from_elsewhere else None)
        if not _is_plain(scope):
            return notice("missing", 404, "/")
        if scope["method"] == "POST":
            if not (CLOSE_BEACON.fullmatch(path) and "origin" in headers):
                return Response(status_code=405)
        elif scope["method"] not in ("GET", "HEAD"):
            return Response(status_code=405)
        if headers.get("sec-fetch-dest", "document") == "document" and path == "/" and self._is_full():
            return notice("full", 503, "/" + ("?" + urlencode(query) if query else ""), refresh=10)
        return None

    # -- sockets

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        code = self._socket_refusal(scope)
        if code is not None:
            await receive()
            await send(
                {"type": "websocket.close", "code": code}
            )  # before it is accepted: the caller sees a 403
            return
        kernel, gone = _kernel_of(scope), False

        async def receive_until_gone() -> Message:
            nonlocal gone
            message = await receive()
            gone |= message["type"] == "websocket.disconnect"
            return message

        async def send_until_gone(message: Message) -> None:
            nonlocal gone
            try:
                await send(message)
            except Exception:
                gone = True
                raise

        self.sockets += 1
        self._claims[kernel].sockets += 1
        try:
            await self.app(scope, receive_until_gone, send_until_gone)
        except Exception:
            if not gone:  # a browser that leaves while its kernel starts is no error of ours
                raise
        finally:
            self.sockets -= 1
            self._claims[kernel].sockets -= 1
            if not self._claims[kernel].sockets:
                del self._claims[kernel]

    def _socket_refusal(self, scope: Scope) -> int | None:
        """Return why a socket is not opened; one that may be opened has claimed its kernel."""
        headers = Headers(scope=scope)
        cookies = self._cookies(headers)
        kernel, session = _kernel_of(scope), cookies.get(SESSION_COOKIE, "")
        if not (self._our_host(scope, headers) and self._same_origin(scope, headers)):
            return POLICY_VIOLATION
        if not (self._is_token(cookies.get(self.cookie, "")) and session and kernel and _is_plain(scope)):
            return POLICY_VIOLATION
        owners = [known.session_id for known in (self._claims.get(kernel), self.kernels.get(kernel)) if known]
        if any(not hmac.compare_digest(owner.encode(), session.encode()) for owner in owners):
            return POLICY_VIOLATION
        if self.sockets >= self.limits.sockets:
            return TRY_AGAIN_LATER
        if not owners and self._live_kernels() >= self.limits.kernels:
            return TRY_AGAIN_LATER
        self._claims.setdefault(kernel, _Claim(session))
        return None

    def _live_kernels(self) -> int:
        return len(self._claims.keys() | self.kernels.keys())

    # -- questions both ask

    def _our_host(self, scope: Scope, headers: Headers) -> bool:
        return len(headers.getlist("host")) == 1 and headers["host"].lower() in self.hosts(scope)

    def _same_origin(self, scope: Scope, headers: Headers) -> bool:
        scheme = {"ws": "http", "wss": "https"}.get(scope["scheme"], scope["scheme"])
        return headers.getlist("origin") == [f"{scheme}://{headers['host']}"]

    def _is_token(self, offered: str) -> bool:
        return hmac.compare_digest(offered.encode("utf-8", "replace"), self.token.encode())

    def _is_full(self) -> bool:
        return self.sockets >= self.limits.sockets or self._live_kernels() >= self.limits.kernels

    @staticmethod
    def _cookies(headers: Headers) -> dict[str, str]:
        return cookie_parser(headers.get("cookie", ""))


def _kernel_of(scope: Scope) -> str:
    found = KERNEL_SOCKET.fullmatch(scope["path"])
    return found[1] if found else ""


def _is_plain(scope: Scope) -> bool:
    """Whether the path as it was sent, before any decoding, can name nothing but what it says.

    Escapes, backslashes, empty and dot segments have no use on this server: they are refused, never read.
    """
    sent = scope.get("raw_path", scope["path"].encode()).split(b"?")[0].decode("latin-1")
    return (
        PLAIN_PATH.fullmatch(sent) is not None and "//" not in sent and not {".", ".."} & set(sent.split("/"))
    )


def new_nonce() -> str:
    """Return a fresh nonce for one answer's inline scripts."""
    return secrets.token_urlsafe(16)
