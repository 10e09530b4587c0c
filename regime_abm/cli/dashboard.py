"""`dashboard`: the page in the browser."""

from __future__ import annotations

from typing import Annotated

import typer

from regime_abm.cli.common import api, app


@app.command()
def dashboard(
    host: Annotated[str, typer.Option(help="address to listen on; only this machine by default")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="port; the next free one is taken when it is in use")] = 8765,
    scenario: Annotated[str | None, typer.Option(help="scenario to open with")] = None,
    open_browser: Annotated[bool, typer.Option("--open", help="open a browser")] = False,
) -> None:
    """Serve the dashboard and print its address. Ctrl-C ends it."""
    if scenario is not None:
        api.load(scenario)
    from dashboards.server import serve

    serve(host=host, port=port, open_browser=open_browser, scenario=scenario)
