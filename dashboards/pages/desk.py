"""The one component behind every page: a desk for each browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reacton.core
import solara
from reacton import ipyvuetify as v
from solara.server import kernel_context

from dashboards.desk import Desk
from dashboards.widgets import DeskView
from regime_abm.api import InputError


@solara.component
def Bare(children: list | None = None) -> reacton.core.Element:
    """A layout without Solara's app bar and side bar, whose markup fails the accessibility checks."""
    return v.Html(tag="div", children=children or [])


@solara.component
def Page() -> reacton.core.Element:
    """Open a session for this browser; it ends when the browser has left."""
    router = solara.use_router()
    opened = solara.use_memo(lambda: _open(router.search or "", router.path or ""), [])
    if isinstance(opened, str):
        return v.Html(tag="p", class_="watch notice", children=[opened])
    return Watched(opened)


def _open(query: str, path: str) -> Desk | str:
    """Open a desk, or say in one line why there is none: a scenario file may have been spoilt meanwhile."""
    try:
        return Desk(query, path.strip("/"))
    except InputError as error:
        return str(error)


@solara.component
def Watched(session: Desk) -> reacton.core.Element:
    """Show a session to its browser."""
    first = solara.use_memo(session.first, [])
    view = DeskView.element(**first)

    def attach() -> Callable[[], None]:
        widget = solara.get_widget(view)
        kernel = kernel_context.get_current_context()

        def publish(name: str, value: Any) -> None:
            if not kernel.closed_event.is_set():
                setattr(widget, name, value)

        widget.on_msg(lambda _widget, content, _buffers: session.handle(content))
        session.attach(publish)
        return session.close

    solara.use_effect(attach, [])
    return view
