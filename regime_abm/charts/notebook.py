"""A figure in a notebook: a picture where Matplotlib is there, so that the notebook stays small; else the page in a frame."""

from __future__ import annotations

import base64
from html import escape

from regime_abm.charts.drawing import Figure


def cell(figure: Figure) -> str:
    """HTML for the output of a cell."""
    try:
        picture = base64.b64encode(figure.picture("svg")).decode()
    except ModuleNotFoundError:
        frame = f'srcdoc="{escape(figure.page())}" title="{escape(figure.title)}"'
        return f'<iframe {frame} style="width:100%;height:{figure.height + 320}px;border:0"></iframe>'
    return f'<img alt="{escape(figure.alt)}" src="data:image/svg+xml;base64,{picture}" style="max-width:100%">'
