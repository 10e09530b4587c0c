"""The pages and their addresses."""

from __future__ import annotations

import solara

from dashboards.pages import watch

routes = [solara.Route(path="/", component=watch.Page, layout=watch.Bare, label="Watch")]
