"""The pages and their addresses. All are one desk: the browser turns its pages without loading it again."""

from __future__ import annotations

import solara

from dashboards.desk import PAGES
from dashboards.pages import desk

routes = [
    solara.Route(path="/" if name == PAGES[0] else name, component=desk.Page, layout=desk.Bare, label="regime_abm")
    for name in PAGES
]
