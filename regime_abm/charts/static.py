"""Figures as SVG, PNG and PDF with Matplotlib (extra `paper`): no network, no browser, the same bytes each time.

Everything is laid out in pixels, so that words keep their size and lines break anew on a narrow picture.
"""

from __future__ import annotations

import io
from html import escape
from typing import Any

import numpy as np

from regime_abm.charts.drawing import Axis, Band, Box, Figure, Line, Mark, Text, Whisker, edges
from regime_abm.charts.look import colour, mixed

_DPI, _PNG_DPI = 96, 192
_PAD, _SWATCH = 18, 28
_TITLE, _NORMAL, _SMALL = 19, 14, 12  # pixels
_DASHES: dict[str, Any] = {
    "solid": "solid",
    "dash": (0, (4, 2.2)),
    "dot": (0, (1, 1.6)),
    "dashdot": (0, (5, 2, 1, 2)),
    "longdash": (0, (8, 3)),
}
_SETTINGS: Any = {
    "text.parse_math": False,  # a dollar in a title is a dollar
    "svg.fonttype": "path",  # looks the same where the font is not installed
    "svg.hashsalt": "regime_abm",
    "hatch.linewidth": 0.7,
    "font.family": "DejaVu Sans",  # comes with Matplotlib
    "path.simplify": False,
}


def picture(figure: Figure, kind: str, *, width: int, theme: str = "light") -> bytes:
    """The figure as svg, png or pdf, `width` pixels wide. Raises ModuleNotFoundError when Matplotlib is not installed."""
    import matplotlib

    with matplotlib.rc_context(_SETTINGS):
        sheet = _Sheet(figure, width, theme)
        return sheet.written(kind)


class _Sheet:
    """One picture in the making; all places in pixels from the top left."""

    def __init__(self, figure: Figure, width: int, theme: str) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure as Canvas

        self.figure, self.theme, self.width = figure, theme, width
        self.canvas = Canvas(figsize=(width / _DPI, 1), dpi=_DPI, facecolor=colour("paper", theme))
        self.measure = FigureCanvasAgg(self.canvas).get_renderer()
        inner = width - 2 * _PAD
        title, caption = (
            self._broken(figure.title, inner, _TITLE, bold=True),
            self._broken(figure.caption, inner, _SMALL),
        )
        over = self._broken(figure.y.title, inner, _NORMAL) if figure.y.shown else []
        labels = [self._wide(text, _SMALL) for _, text in figure.y.ticks] if figure.y.shown else []
        before, after = edges(figure, lambda text: self._wide(text, _SMALL))
        self.left = max(_PAD + (max(labels, default=0) + 8 if labels else 0), before + 4)
        self.right = width - max(_PAD + 6, after + 4)
        legend = self._legend_rows(inner)
        top = _PAD + 25 * len(title) + 6
        self.top = top + (21 * len(over) + 6 if over else 6)
        self.bottom = self.top + figure.height
        self.x_title = self._broken(figure.x.title, self.right - self.left, _NORMAL) if figure.x.shown else []
        below = self.bottom + (32 + 20 * len(self.x_title) if figure.x.shown else 8)
        under = below + 22 * len(legend) + (10 if legend else 0)
        self.height = under + 17 * len(caption) + _PAD - 4
        self.canvas.set_size_inches(width / _DPI, self.height / _DPI)
        self._lines(title, _PAD, 25, _TITLE, bold=True)
        self._lines(over, top, 21, _NORMAL, tone="soft")
        self._lines(caption, under, 17, _SMALL, tone="soft")
        self.axes = self._axes()
        for order, mark in enumerate(figure.marks):
            self._draw(mark, 3 + order)
        self._legend(legend, below)

    def written(self, kind: str) -> bytes:
        out = io.BytesIO()
        about: dict[str, Any] = {"Title": self.figure.title}
        if kind == "svg":
            about |= {"Description": self.figure.alt, "Date": None, "Creator": None}
        elif kind == "pdf":
            about |= {"Subject": self.figure.alt, "CreationDate": None}
        else:
            about |= {"Description": f"{self.figure.alt} {self.figure.caption}"}
        self.canvas.savefig(out, format=kind, dpi=_PNG_DPI if kind == "png" else 72, metadata=about)
        if kind != "svg":
            return out.getvalue()
        text = out.getvalue().decode()
        told = f"</title>\n <desc>{escape(self.figure.alt)}</desc>"
        return text.replace("</title>", told, 1).replace("<svg ", '<svg role="img" ', 1).encode()

    # Words

    def _font(self, size: int, bold: bool = False) -> Any:
        from matplotlib.font_manager import FontProperties

        return FontProperties(family="DejaVu Sans", size=size * 72 / _DPI, weight="bold" if bold else "normal")

    def _wide(self, text: str, size: int, bold: bool = False) -> float:
        return self.measure.get_text_width_height_descent(text, self._font(size, bold), False)[0]

    def _broken(self, text: str, width: float, size: int, bold: bool = False) -> list[str]:
        lines: list[str] = []
        for word in text.split():
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and self._wide(longer, size, bold) <= width:
                lines[-1] = longer
            else:
                lines.append(word)
        return lines

    def _lines(
        self, lines: list[str], top: float, step: int, size: int, *, bold: bool = False, tone: str = "ink"
    ) -> None:
        for number, line in enumerate(lines):
            self._words(line, _PAD, top + step * (number + 0.5), size, bold=bold, tone=tone)

    def _words(self, text: str, x: float, y: float, size: int, *, bold: bool = False, tone: str = "ink") -> None:
        self.canvas.text(
            x / self.width,
            1 - y / self.height,
            text,
            fontproperties=self._font(size, bold),
            color=colour(tone, self.theme),
            va="center",
        )

    # Axes and legend

    def _axes(self) -> Any:
        figure, theme = self.figure, self.theme
        across, up = (self.right - self.left) / self.width, (self.bottom - self.top) / self.height
        axes = self.canvas.add_axes((self.left / self.width, 1.0 - self.bottom / self.height, across, up))
        axes.set(xlim=(figure.x.low, figure.x.high), ylim=(figure.y.low, figure.y.high), facecolor="none")
        for side in ("left", "right", "top", "bottom"):
            axes.spines[side].set_visible(False)
        for which, axis in ((axes.xaxis, figure.x), (axes.yaxis, figure.y)):
            shown = self._thinned(axis) if which is axes.xaxis else axis.ticks
            which.set_ticks([place for place, _ in shown] if axis.shown else [])
            if axis.shown:
                which.set_ticklabels([text for _, text in shown], fontproperties=self._font(_SMALL))
        axes.tick_params(length=0, pad=6, colors=colour("soft", theme))
        axes.grid(color=colour("hair", theme), linewidth=0.8)
        axes.set_axisbelow(True)
        for number, line in enumerate(self.x_title):
            self._words(line, self.left, self.bottom + 37 + 20 * number, _NORMAL, tone="soft")
        return axes

    def _thinned(self, axis: Axis) -> tuple[tuple[float, str], ...]:
        """As many ticks as find room beside each other."""
        shown = axis.ticks
        while len(shown) > 2 and sum(self._wide(text, _SMALL) + 14 for _, text in shown) > self.right - self.left:
            shown = shown[::2]
        return shown

    def _legend_rows(self, width: float) -> list[list[Mark]]:
        rows: list[list[Mark]] = []
        room = 0.0
        for mark in self.figure.marks:
            label = getattr(mark, "label", "")
            if not label:
                continue
            need = _SWATCH + 26 + self._wide(label, _NORMAL)
            if not rows or need > room:
                rows.append([])
                room = width
            rows[-1].append(mark)
            room -= need
        return rows

    def _legend(self, rows: list[list[Mark]], top: float) -> None:
        from matplotlib.lines import Line2D
        from matplotlib.patches import Rectangle

        for number, row in enumerate(rows):
            x, y = float(_PAD), top + 22 * number + 11
            for mark in row:
                if isinstance(mark, Line):
                    ends = ([x / self.width, (x + _SWATCH) / self.width], [1 - y / self.height] * 2)
                    style = {"color": colour(mark.colour, self.theme), "lw": mark.width, "ls": _DASHES[mark.dash]}
                    self.canvas.add_artist(Line2D(*ends, transform=self.canvas.transFigure, **style))
                elif isinstance(mark, Band | Box):
                    corner = (x / self.width, 1 - (y + 7) / self.height)
                    size = (_SWATCH / self.width, 14 / self.height)
                    self.canvas.add_artist(
                        Rectangle(corner, *size, transform=self.canvas.transFigure, **self._fill(mark))
                    )
                label = getattr(mark, "label", "")
                self._words(label, x + _SWATCH + 7, y, _NORMAL)
                x += _SWATCH + 26 + self._wide(label, _NORMAL)

    # Marks

    def _fill(self, mark: Band | Box) -> dict[str, Any]:
        thin = mark.thin if isinstance(mark, Band) else 1.0
        return {
            "facecolor": mixed(mark.colour, thin, self.theme),
            "edgecolor": colour("hatch", self.theme),
            "hatch": 2 * mark.pattern or None,
            "linewidth": 0,
        }

    def _draw(self, mark: Mark, order: int) -> None:
        axes, theme = self.axes, self.theme
        if isinstance(mark, Band | Box):
            for x, y in mark.outlines():
                axes.fill(x, y, zorder=order, **self._fill(mark))
        elif isinstance(mark, Line):
            look = {"color": colour(mark.colour, theme), "zorder": order}
            x, y = np.asarray(mark.x, float), np.asarray(mark.y, float)
            axes.plot(x, y, lw=mark.width, ls=_DASHES[mark.dash], dash_capstyle="butt", **look)
            axes.plot(x[mark.alone()], y[mark.alone()], "o", ms=5, **look)
        elif isinstance(mark, Whisker):
            look = {"color": colour(mark.colour, theme), "zorder": order, "clip_on": False}
            axes.plot([mark.low, mark.high], [mark.y, mark.y], marker="|", ms=9, mew=1.6, lw=1.6, **look)
        else:
            self._text(mark, order)

    def _text(self, mark: Text, order: int) -> None:
        plate = {
            "facecolor": colour("paper", self.theme),
            "edgecolor": "none",
            "alpha": 0.82,
            "boxstyle": "square,pad=0.15",
        }
        points = tuple(72 / _DPI * pixels for pixels in mark.shift)
        lines = mark.text.split("\n")
        for number, line in enumerate(lines):
            self.axes.annotate(
                line,
                (mark.x, mark.y),
                xytext=(points[0], points[1] + 13.5 * ((len(lines) - 1) / 2 - number)),
                textcoords="offset points",
                fontproperties=self._font(_NORMAL, mark.bold),
                color=colour(mark.colour, self.theme),
                ha={"left": "left", "middle": "center", "right": "right"}[mark.align],
                va="center",
                bbox=plate if mark.plate else None,
                zorder=order,
                annotation_clip=False,
            )
