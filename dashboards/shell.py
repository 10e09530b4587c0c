"""The ASGI app inside the guard: the few routes of Solara that a page needs, and the page's HTML.

Routes are listed, not filtered, so what Solara has beside them stays shut: /resourcez, kernel eviction, the
proxy that fetches (and, asked for a folder, deletes) files of the asset cache, the `public` folder beside the
package.
"""

from __future__ import annotations

import hashlib
import html
import re
import secrets
from functools import cache
from pathlib import Path
from typing import Any

import solara.server.app as solara_app
import solara.server.jupytertools as solara_jupyter
import solara.server.server as solara_pages
import solara.server.settings as solara_settings
import solara.server.starlette as solara_starlette
from jupyter_core.paths import jupyter_config_path
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from dashboards.guard import SESSION_COOKIE, new_nonce, notice, page_policy
from dashboards.words import words

HERE = Path(__file__).parent
WIDGET_PACKAGES = {"jupyter-vue", "jupyter-vuetify", "anywidget"}
FRONT_ENDS = (
    "jupyter-vue/nodeps",
    "jupyter-vuetify/nodeps",
    "anywidget/index",
)  # what every page asks for, late
UI_FOLDERS = ("widgets", "controls")
INSTANCE = secrets.token_hex(
    8
)  # tells a page that has lost its socket whether this is still the server it knew


def configure(*, max_kernels: int, cull: str) -> None:
    """Set Solara up for a closed, offline room: no telemetry, kernels of absent clients culled in minutes."""
    solara_settings.telemetry.mixpanel_enable = False
    solara_settings.kernel.cull_timeout = cull
    solara_settings.kernel.max_count = None  # the guard counts, and answers with a page instead of a wait
    solara_settings.kernel.max_per_session = max_kernels
    solara_settings.session.http_only = True
    solara_settings.main.mode = "production"
    solara_settings.main.root_path = ""
    solara_settings.theme.loader = "plain"
    solara_settings.theme.show_banner = False
    solara_settings.theme.title = "regime_abm"
    solara_settings.assets.fontawesome_enabled = False
    # extensions that this user has switched on for his own notebooks have no business in the page
    folders = [Path(folder) / "nbconfig" for folder in jupyter_config_path()]
    known = solara_jupyter.get_config(folders, "notebook").get("load_extensions", {})
    ignored = solara_pages.nbextensions_ignorelist
    ignored.extend(
        name for name in known if name.split("/")[0] not in WIDGET_PACKAGES and name not in ignored
    )


class CodeFiles(StaticFiles):
    """Scripts and styles of the page, and nothing else that lies in the same folders."""

    def lookup_path(self, path: str) -> tuple[str, Any]:
        """Find a file, if it is one that browsers are meant to see."""
        return super().lookup_path(path) if path.endswith((".js", ".css")) else ("", None)

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """Answer with a file that may be kept for good: its address changes with its content."""
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = solara_starlette.immutable_cache_control()
        return response


class PinnedFiles(solara_starlette.StaticFilesOptionalAuth):
    """Packages whose folders carry their exact version: a phone on bad Wi-Fi fetches them once."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """Answer with a file that may be kept for good."""
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = solara_starlette.immutable_cache_control()
        return response


class WidgetFiles(solara_starlette.StaticNbFiles):
    """The front ends of the widget packages that the pages use, out of all that this machine has."""

    def lookup_path(self, path: str) -> tuple[str, Any]:
        """Find a file of one of those packages."""
        return super().lookup_path(path) if path.split("/")[0] in WIDGET_PACKAGES else ("", None)


@cache
def ui_root() -> str:
    """Address of the page's own scripts; it holds a hash of them all, so browsers may keep them for good."""
    digest = hashlib.sha256()
    for path in ui_files():
        digest.update(path.relative_to(HERE).as_posix().encode() + path.read_bytes())
    return f"/ui/{digest.hexdigest()[:12]}"


def ui_files() -> list[Path]:
    """Every script and style sheet of the pages, sorted."""
    return sorted(
        p for folder in UI_FOLDERS for p in (HERE / folder).iterdir() if p.suffix in (".js", ".css")
    )


def page_html(path: str, nonce: str) -> str | None:
    """Return Solara's page for `path`, mended where its shell falls short, or None when no route matches.

    Mended: the language, a viewport that may be zoomed, no icon fonts that nothing uses, where the widget's
    module lies, a nonce on every script. Our own style sheet, scripts and watchdog are named early, so that
    they load while the kernel starts.
    """
    page = solara_pages.read_root(path)
    if page is None:
        return None
    root, said = ui_root(), words("watch")["page"]
    hashes = solara_pages.get_nbextensions()[1]
    early = [
        f"/jupyter/nbextensions/{name}.js?{hashes[Path(name).parent.name + '/extension']}"
        for name in FRONT_ENDS
    ]
    scripts = [f"{root}/{file.relative_to(HERE).as_posix()}" for file in ui_files()]
    head = [
        f'<meta name="regime-abm" content="{INSTANCE}" data-ui="{root}" data-away="{html.escape(said["away"])}">',
        '<meta name="color-scheme" content="light dark">',
        *(f'<link rel="stylesheet" href="{href}">' for href in scripts if href.endswith(".css")),
        *(f'<link rel="modulepreload" href="{href}">' for href in scripts if href.endswith(".js")),
        *(f'<link rel="preload" as="script" href="{href}">' for href in early),
        f'<script type="module" src="{root}/widgets/watchdog.js"></script>',
        "<noscript><p>This page draws with JavaScript, which this browser has switched off.</p></noscript>",
    ]
    for old, new in (
        (r"<html>", '<html lang="en">'),
        (
            r'<meta name="viewport"[^>]*>',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
        ),
        (r'<link[^>]*/fonts\.css"[^>]*></link>', ""),
        (r"</head>", "\n".join(head) + "\n</head>"),
        # Else the widget's own extension may tell only after the widget was asked for.
        (r"'\*': \{", r"\g<0>'anywidget': 'nbextensions/anywidget/index',"),
        (
            r"<body[^>]*>",
            rf'\g<0><p id="starting" role="status">{html.escape(said["busy"])}</p>',
        ),
        (r"<script", f'<script nonce="{nonce}"'),
    ):
        page, found = re.subn(old, new, page)
        if not found:
            raise RuntimeError(f"Solara's page has changed: no {old} in it")
    return page


async def page(request: Request) -> Response:
    """Answer with a page of `dashboards.app.routes`."""
    nonce = new_nonce()
    content = page_html(request.url.path, nonce)
    if content is None:
        return notice("missing", 404, "/")
    response = HTMLResponse(content, headers={"content-security-policy": page_policy(nonce)})
    if SESSION_COOKIE not in request.cookies:
        response.set_cookie(
            SESSION_COOKIE, secrets.token_urlsafe(24), httponly=True, samesite="strict", path="/"
        )
    return response


async def alive(request: Request) -> Response:
    """Answer with the name of this run of the server, which changes when it is started again."""
    return Response(INSTANCE, media_type="text/plain")


async def missing(request: Request, error: Exception) -> Response:
    """Answer to an address that is nowhere."""
    return notice("missing", 404, "/")


def build() -> Starlette:
    """Return the app: pages, their files, the kernel socket and the beacon a closing page sends."""
    solara_app.apps["__default__"] = solara_app.AppScript("dashboards.app")
    assets = solara_pages.solara_static.parent / "assets"
    plain_files = solara_starlette.StaticFilesOptionalAuth
    routes = [
        WebSocketRoute(
            "/jupyter/api/kernels/{kernel_id}/{name}", endpoint=solara_starlette.kernel_connection
        ),
        Route("/_solara/api/close/{kernel_id}", endpoint=solara_starlette.close, methods=["POST"]),
        Route("/alive", endpoint=alive),
        Mount("/_solara/cdn", app=PinnedFiles(directory=solara_settings.assets.proxy_cache_dir)),
        Mount("/static/assets", app=plain_files(directory=assets)),
        Mount("/static", app=plain_files(directory=solara_pages.solara_static)),
        Mount("/jupyter/nbextensions", app=WidgetFiles()),
        *(Mount(f"{ui_root()}/{folder}", app=CodeFiles(directory=HERE / folder)) for folder in UI_FOLDERS),
        Route("/{path:path}", endpoint=page),
    ]
    return Starlette(
        routes=routes,
        lifespan=solara_starlette.lifespan,
        middleware=solara_starlette.middleware,
        exception_handlers={404: missing},
    )
