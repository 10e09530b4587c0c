"""Figures as web pages with Plotly: everything is inside the file, nothing is fetched, light and dark follow the reader."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from textwrap import wrap
from typing import Any

import numpy as np

from regime_abm.charts.drawing import Axis, Band, Box, Figure, Line, Mark, Text, Whisker, edges
from regime_abm.charts.look import THEMES, colour, mixed

_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
_BUTTONS = [["toImage", "zoom2d", "pan2d", "resetScale2d"]]
_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
_LINE = 38  # characters of an axis title that a phone has room for in one line
_MOST_ROWS = 600  # of the table under the figure


def plotly_figure(figure: Figure, theme: str = "light") -> Any:
    """The figure as a plotly.graph_objects.Figure; title and caption are left to what is around it."""
    import plotly.graph_objects as go

    traces: list[Any] = []
    words: list[dict[str, Any]] = []
    for mark in figure.marks:
        if isinstance(mark, Text):
            words.append(_annotation(mark, theme))
        else:
            traces.extend(go.Scatter(**trace) for trace in _traces(mark, theme))
            if isinstance(mark, Band | Box) and mark.label:
                traces.append(go.Bar(**_sample(mark, theme)))
    if figure.y.shown:
        words.append(_over(figure.y.title, theme))
    return go.Figure(traces, _layout(figure, theme, words))


def _layout(figure: Figure, theme: str, words: list[dict[str, Any]]) -> dict[str, Any]:
    labels = [label for label in (getattr(mark, "label", "") for mark in figure.marks) if label]
    before, after = edges(figure, lambda text: 8.0 * len(text) + 4.0)
    over = 12 + 20 * len(wrap(figure.y.title, _LINE)) if figure.y.shown else 8
    under = 38 + 20 * len(wrap(figure.x.title, _LINE)) if figure.x.shown else 12
    return {
        "template": None,
        "height": figure.height + over + under + (26 * -(-sum(len(label) + 8 for label in labels) // 90)),
        "margin": {"l": max(16.0, before), "r": max(22.0, after), "t": over, "b": under, "autoexpand": True},
        "paper_bgcolor": colour("paper", theme),
        "plot_bgcolor": colour("paper", theme),
        "font": {"family": _FONT, "size": 14, "color": colour("ink", theme)},
        "hoverlabel": {"font": {"size": 14}, "align": "left"},
        "hovermode": "x unified" if figure.across else "closest",
        "dragmode": False,  # or a finger could not scroll the page
        "annotations": words,
        "showlegend": bool(labels),
        "legend": {
            "orientation": "h",
            "yref": "container",
            "y": 0,
            "yanchor": "bottom",
            "x": 0,
            "traceorder": "normal",
            "itemwidth": 34,
        },
        "xaxis": _axis(figure.x, theme)
        | {"fixedrange": not figure.y.shown}
        | ({"title": {"text": _broken(figure.x.title), "standoff": 8, "font": {"size": 14}}} if figure.x.shown else {}),
        "yaxis": _axis(figure.y, theme) | {"automargin": True},
    }


def _axis(axis: Axis, theme: str) -> dict[str, Any]:
    return {
        "range": [axis.low, axis.high],
        "tickvals": [place for place, _ in axis.ticks],
        "ticktext": [_safe(text) for _, text in axis.ticks],
        "tickfont": {"size": 13, "color": colour("soft", theme)},
        "tickangle": 0,
        "ticklabeloverflow": "allow",
        "showticklabels": axis.shown,
        "showgrid": axis.shown,
        "gridcolor": colour("hair", theme),
        "zeroline": False,
        "showline": False,
        "fixedrange": not axis.shown,
        "color": colour("soft", theme),
    }


def _traces(mark: Mark, theme: str) -> list[dict[str, Any]]:
    about: dict[str, Any] = {"name": _safe(getattr(mark, "label", "")), "showlegend": bool(getattr(mark, "label", ""))}
    if isinstance(mark, Band | Box):
        return [about | _area(mark, theme) | {"showlegend": False, "legendgroup": about["name"]}]
    if isinstance(mark, Whisker):
        look = {"color": colour(mark.colour, theme), "width": 1.8}
        cap = {"symbol": "line-ns-open", "size": 9, "color": look["color"], "line": {"width": 1.8}}
        ends = {"x": [mark.low, mark.high], "y": [mark.y, mark.y], "mode": "lines+markers", "cliponaxis": False}
        return [about | ends | {"line": look, "marker": cap, "hoverinfo": "skip"}]
    assert isinstance(mark, Line)
    x, y = np.asarray(mark.x, float), np.asarray(mark.y, float)
    tone = colour(mark.colour, theme)
    told = {"text": [_told(item) for item in mark.hover], "hoverinfo": "text"} if mark.hover else {"hoverinfo": "skip"}
    line = about | {"x": _plain(x), "y": _plain(y), "mode": "lines", **told}
    line["line"] = {"color": tone, "width": mark.width, "dash": mark.dash}
    alone = mark.alone()
    dots = {"x": _plain(x[alone]), "y": _plain(y[alone]), "mode": "markers", "showlegend": False, "hoverinfo": "skip"}
    return [line, dots | {"marker": {"color": tone, "size": 7}}] if len(alone) else [line]


def _sample(mark: Band | Box, theme: str) -> dict[str, Any]:
    """A bar of no length whose sample in the legend is large enough to show a pattern; a click hides the area too."""
    fill = mixed(mark.colour, mark.thin if isinstance(mark, Band) else 1.0, theme)
    pattern = {"shape": mark.pattern, "fgcolor": colour("hatch", theme), "size": 5, "solidity": 0.2}
    look = {"color": fill, "pattern": pattern, "line": {"width": 0}}
    return {"x": [None], "y": [None], "name": _safe(mark.label), "marker": look, "legendgroup": _safe(mark.label)}


def _area(mark: Band | Box, theme: str) -> dict[str, Any]:
    x: list[float | None] = []
    y: list[float | None] = []
    for across, upward in mark.outlines():
        x += [*across.tolist(), across[0].item(), None]
        y += [*upward.tolist(), upward[0].item(), None]
    fill = mixed(mark.colour, mark.thin if isinstance(mark, Band) else 1.0, theme)
    area: dict[str, Any] = {"x": x, "y": y, "fill": "toself", "mode": "lines", "line": {"width": 0, "color": fill}}
    area |= {"fillcolor": fill, "hoveron": "fills"}
    if mark.pattern:
        lines = {"fgcolor": colour("hatch", theme), "bgcolor": fill, "fillmode": "replace", "size": 9, "solidity": 0.14}
        area["fillpattern"] = lines | {"shape": mark.pattern}
    return area | ({"text": _told(mark.hover), "hoverinfo": "text"} if mark.hover else {"hoverinfo": "skip"})


def _annotation(mark: Text, theme: str) -> dict[str, Any]:
    text = _told(mark.text)
    plate = {"bgcolor": _clear(colour("paper", theme), 0.82), "borderpad": 1} if mark.plate else {}
    return {
        "x": mark.x,
        "y": mark.y,
        "text": f"<b>{text}</b>" if mark.bold else text,
        "showarrow": False,
        "xanchor": {"left": "left", "middle": "center", "right": "right"}[mark.align],
        "yanchor": "middle",
        "align": {"left": "left", "middle": "center", "right": "right"}[mark.align],
        "xshift": mark.shift[0],
        "yshift": mark.shift[1],
        "font": {"color": colour(mark.colour, theme), "size": 14},
        **plate,
    }


def _over(title: str, theme: str) -> dict[str, Any]:
    """The title of the upright axis, over the axis, where it can be read without turning one's head."""
    place = {"xref": "paper", "yref": "paper", "x": 0, "y": 1, "xanchor": "left", "yanchor": "bottom", "yshift": 8}
    return {
        "text": _broken(title),
        "showarrow": False,
        "align": "left",
        "font": {"color": colour("soft", theme), "size": 14},
        **place,
    }


def _broken(title: str) -> str:
    """A title in lines that a phone has room for."""
    return "<br>".join(_safe(line) for line in wrap(title, _LINE))


def _plain(values: np.ndarray) -> list[float | None]:
    return [value if np.isfinite(value) else None for value in values.tolist()]


def _clear(name: str, share: float) -> str:
    return f"rgba({','.join(str(int(name[k : k + 2], 16)) for k in (1, 3, 5))},{share})"


def _told(words: str) -> str:
    return _safe(words).replace("\n", "<br>")


def _safe(text: str) -> str:
    """Plotly reads a little HTML in words; what comes from files is none."""
    return escape(text, quote=False)


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<style>
:root {{
  color-scheme: light dark; --paper: {light[paper]}; --ink: {light[ink]}; --soft: {light[soft]}; --hair: {light[hair]};
}}
@media (prefers-color-scheme: dark) {{
  :root {{ --paper: {dark[paper]}; --ink: {dark[ink]}; --soft: {dark[soft]}; --hair: {dark[hair]}; }}
}}
body {{ margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.45 {font}; }}
main {{ margin: 0 auto; padding: 14px 16px 24px; max-width: 1100px; }}
figure {{ margin: 0; }}
* + figure, section {{ margin-top: 32px; }}
h1, h2 {{ font-size: 1.3rem; line-height: 1.25; margin: 0 0 8px; }}
header h1 {{ font-size: 1.8rem; }}
figcaption, summary, .soft {{ font-size: .9rem; color: var(--soft); }}
details {{ margin-top: 10px; }}
summary {{ cursor: pointer; min-height: 24px; }}
.scroll {{ overflow: auto; max-height: 70vh; }}
code {{ overflow-wrap: anywhere; }}
table {{ border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }}
th, td {{ padding: 3px 10px 3px 0; border-bottom: 1px solid var(--hair); text-align: left; white-space: nowrap; }}
@media print {{ figure, section {{ break-inside: avoid; }} details, .modebar {{ display: none; }} }}
</style>
</head>
<body>
<main>
{body}
</main>
<script>{plotly}</script>
<script>
const figures = {figures};
const dark = matchMedia("(prefers-color-scheme: dark)"), printed = matchMedia("print");
const draw = () => figures.forEach((drawn, place) => {{
  const {{ data, layout }} = structuredClone(dark.matches && !printed.matches ? drawn.dark : drawn.light);
  Plotly.react("plot" + place, data, layout, drawn.config);
}});
for (const query of [dark, printed]) query.addEventListener("change", draw);
draw();
</script>
</body>
</html>
"""


def page(figure: Figure) -> str:
    """A whole page with the figure, its numbers as a table, and Plotly itself."""
    return document(figure.title, [figure])


def document(title: str, parts: Sequence[Figure | str]) -> str:
    """A whole page of figures, each with its numbers as a table, and of pieces of HTML, which must be safe already."""
    from plotly.offline import get_plotlyjs

    heading = "h1" if len(parts) == 1 else "h2"
    figures: list[Figure] = []
    body: list[str] = []
    for part in parts:
        if isinstance(part, str):
            body.append(part)
        else:
            body.append(_placed(part, len(figures), heading))
            figures.append(part)
    tones = {theme: {name: colour(name, theme) for name in ("paper", "ink", "soft", "hair")} for theme in THEMES}
    return _PAGE.format(
        title=escape(title),
        font=_FONT,
        policy=_POLICY,
        body="\n".join(body),
        plotly=get_plotlyjs(),
        figures=_script([_drawn(figure) for figure in figures]),
        **tones,
    )


def _placed(figure: Figure, place: int, heading: str) -> str:
    shown = figure.table.head(_MOST_ROWS)
    table = shown.to_html(index=False, border=0, na_rep="", float_format="{:.4g}".format)
    if len(shown) < len(figure.table):
        table += f"<p>The first {_MOST_ROWS} of {len(figure.table):,} rows.</p>"
    return (
        f'<figure>\n<{heading}>{escape(figure.title)}</{heading}>\n'
        f'<div id="plot{place}" role="img" aria-label="{escape(figure.alt)}"></div>\n'
        f"<figcaption>{escape(figure.caption)}</figcaption>\n"
        f'<details><summary>The same in numbers</summary><div class="scroll" tabindex="0">{table}</div></details>\n</figure>'
    )


def _drawn(figure: Figure) -> dict[str, Any]:
    """What Plotly draws a figure from, in both themes."""
    config = {"responsive": True, "displaylogo": False, "displayModeBar": "hover" if figure.y.shown else False}
    themes = {theme: json.loads(plotly_figure(figure, theme).to_json()) for theme in THEMES}
    return themes | {"config": config | {"modeBarButtons": _BUTTONS}}


def _script(value: Any) -> str:
    """JSON that can stand inside a script of a page."""
    return json.dumps(value, ensure_ascii=True).replace("<", "\\u003c").replace(">", "\\u003e")
