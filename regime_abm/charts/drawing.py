"""What a figure consists of, said once: marks on two axes with title, caption and words for who cannot see it.

`interactive` turns it into a page with Plotly, `static` into SVG, PNG and PDF with Matplotlib; no chart is written twice.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from regime_abm.charts.look import THEMES
from regime_abm.errors import InputError
from regime_abm.files import month_text
from regime_abm.tables import free, whole_file, write_table

if TYPE_CHECKING:
    import pandas as pd

WIDTH, NARROWEST, WIDEST = 960, 320, 4000  # pixels of a static picture
_ALONE = 0.3  # half the width of a band at a single place, on the scale of x
PICTURES = (".svg", ".png", ".pdf")
FORMATS = (".html", *PICTURES, ".csv")


@dataclass(frozen=True)
class Axis:
    """One axis: its title, which ends with the unit, its ends, and its ticks as (place, text).

    A hidden axis has no unit: its places are rows, which are labelled where they are.
    """

    title: str
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...] = ()
    shown: bool = True


@dataclass(frozen=True)
class Band:
    """The area between two lines over x; NaN interrupts it. thin: share of the colour that is left on the paper."""

    x: np.ndarray
    low: np.ndarray
    high: np.ndarray
    colour: str
    pattern: str = ""
    label: str = ""
    hover: str = ""
    thin: float = 1.0

    def outlines(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """(x, y) around each stretch without a gap; a point that stands alone is made wide enough to be seen."""
        x, low, high = (np.asarray(item, float) for item in (self.x, self.low, self.high))
        for places in stretches(np.isfinite(low) & np.isfinite(high)):
            there = x[places] if len(places) > 1 else x[places[0]] + np.array([-_ALONE, _ALONE])
            places = places if len(places) > 1 else np.repeat(places, 2)
            yield np.concatenate([there, there[::-1]]), np.concatenate([low[places], high[places][::-1]])


@dataclass(frozen=True)
class Line:
    """A line; NaN interrupts it, and a point that stands alone is marked. hover: words for each point."""

    x: np.ndarray
    y: np.ndarray
    colour: str = "ink"
    dash: str = "solid"
    width: float = 2.0
    label: str = ""
    hover: tuple[str, ...] = ()

    def alone(self) -> np.ndarray:
        """Places of points without a neighbour, which no line would show; none where the line is only to be pointed at."""
        if not self.width:
            return np.array([], int)
        single = [places[0] for places in stretches(np.isfinite(np.asarray(self.y, float))) if len(places) == 1]
        return np.array(single, int)


@dataclass(frozen=True)
class Box:
    """A rectangle on the axes' scales."""

    left: float
    right: float
    bottom: float
    top: float
    colour: str
    pattern: str = ""
    label: str = ""
    hover: str = ""

    def outlines(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """(x, y) of its corners."""
        yield (
            np.array([self.left, self.right, self.right, self.left]),
            np.array([self.bottom, self.bottom, self.top, self.top]),
        )


@dataclass(frozen=True)
class Whisker:
    """An interval along x at a height y, with a cap at each end."""

    low: float
    high: float
    y: float
    colour: str = "ink"


@dataclass(frozen=True)
class Text:
    """Words at a place. align: left, middle or right of the words lies there; shift: pixels to the right and up.

    plate: words over an area stand on a patch of paper, so that they can be read.
    """

    x: float
    y: float
    text: str
    align: str = "left"
    bold: bool = False
    colour: str = "ink"
    shift: tuple[float, float] = (0.0, 0.0)
    plate: bool = False


Mark = Band | Line | Box | Whisker | Text


@dataclass(frozen=True)
class Figure:
    """A finished chart, the same on paper, on a page and in a notebook.

    chart: its kind. alt: what it shows, in words. height: pixels of the plotting area. table: the numbers that are drawn.
    across: what is under the pointer is told for all lines at that x together.
    """

    chart: str
    title: str
    caption: str
    alt: str
    x: Axis
    y: Axis
    marks: tuple[Mark, ...]
    table: pd.DataFrame
    height: int = 380
    across: bool = False

    def save(self, path: str | Path, *, width: int = WIDTH, theme: str = "light", overwrite: bool = False) -> Path:
        """Write the figure: .html (interactive, needs no network), .svg, .png or .pdf (extra `paper`), .csv (its numbers).

        width: 320 to 4000 pixels of a picture; 390 suits a phone. theme: light or dark; a page follows its reader's choice.
        The file appears whole or not at all. Raises InputError for another ending, a width or theme that is none, a file
        that is there already (unless overwrite), and when the extra is not installed.
        """
        path = ready(path, width=width, theme=theme, overwrite=overwrite)
        if path.suffix == ".csv":
            return write_table(self.table, path, overwrite=overwrite)
        content = (
            self.page().encode() if path.suffix == ".html" else self.picture(path.suffix[1:], width=width, theme=theme)
        )
        return whole_file(path, content, overwrite=overwrite)

    def page(self) -> str:
        """A whole web page that draws the figure without any network, in the light or dark that its reader has chosen."""
        from regime_abm.charts.interactive import page

        return page(self)

    def picture(self, kind: str = "svg", *, width: int = WIDTH, theme: str = "light") -> bytes:
        """The figure as svg, png or pdf. Raises ModuleNotFoundError when Matplotlib (extra `paper`) is not there."""
        from regime_abm.charts.static import picture

        return picture(self, kind, width=width, theme=theme)

    def plotly(self, theme: str = "light") -> Any:
        """The figure as a plotly.graph_objects.Figure, without title and caption, to be shown beside other things."""
        from regime_abm.charts.interactive import plotly_figure

        return plotly_figure(self, theme)

    def _repr_html_(self) -> str:
        from regime_abm.charts.notebook import cell

        return cell(self)


def ready(path: str | Path, *, width: int = WIDTH, theme: str = "light", overwrite: bool = False) -> Path:
    """The path, when a figure can be written there; raises InputError as :meth:`Figure.save` does, before anything is run."""
    path = Path(path)
    if path.suffix not in FORMATS:
        raise InputError(f"{path}: a figure ends in {', '.join(FORMATS[:-1])} or {FORMATS[-1]}")
    if not NARROWEST <= width <= WIDEST:
        raise InputError(f"width: {width} is outside {NARROWEST} to {WIDEST} pixels")
    if theme not in THEMES:
        raise InputError(f"theme: {theme!r} is not {' or '.join(THEMES)}")
    if path.suffix in PICTURES and not find_spec("matplotlib"):
        raise InputError(
            f"{path}: a picture needs Matplotlib: pip install 'regime-abm[paper]', or name a file in .html"
        )
    free(path, overwrite)
    return path


def edges(figure: Figure, wide: Callable[[str], float]) -> tuple[float, float]:
    """Pixels that the words of the first and the last tick need beyond the ends of the axis across.

    wide: width of some words in pixels.
    """
    if not (figure.x.shown and figure.x.ticks):
        return 0.0, 0.0
    span = figure.x.high - figure.x.low
    (first, left), (last, right) = figure.x.ticks[0], figure.x.ticks[-1]
    near = 0.02 * span
    return (
        wide(left) / 2.0 if first - figure.x.low < near else 0.0,
        wide(right) / 2.0 if figure.x.high - last < near else 0.0,
    )


def stretches(known: np.ndarray) -> Iterator[np.ndarray]:
    """The places of each unbroken stretch of True.

    >>> [places.tolist() for places in stretches(np.array([True, True, False, True]))]
    [[0, 1], [3]]
    """
    places = np.flatnonzero(known)
    if len(places):
        yield from np.split(places, np.flatnonzero(np.diff(places) > 1) + 1)


def ticks(
    low: float, high: float, most: int = 5, text: str = "{:g}", factor: float = 1.0
) -> tuple[tuple[float, str], ...]:
    """At most about `most` round places between two ends; `factor` is what the written number is multiplied by.

    >>> ticks(0.0, 1.0, text="{:.0f} %", factor=100.0)[:2]
    ((0.0, '0 %'), (0.2, '20 %'))
    """
    step = nice((high - low) / most)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    places = [round(number * step, 12) for number in range(first, last + 1)]
    return tuple((place, text.format(place * factor).replace("-", "\u2212")) for place in places)


def nice(value: float) -> float:
    """The least of 1, 2, 2.5, 5 times a power of ten that is no less than a positive value.

    >>> nice(0.13), nice(7.0)
    (0.2, 10.0)
    """
    power = 10.0 ** math.floor(math.log10(value))
    return next(round(step * power, 12) for step in (1.0, 2.0, 2.5, 5.0, 10.0) if step * power >= value * (1 - 1e-9))


def time_axis(start: int | None, first: int, last: int) -> Axis:
    """Months since the start as an axis with calendar ticks. start: the calendar month of month 0, see files.month_index."""

    span = max(last - first, 1)
    low, high = (first, last) if last > first else (first - 1, first + 1)
    if start is None:
        return Axis("Months since the start", low, high, ticks(low, high))
    if span >= 36:
        step = next(years for years in (1, 2, 5, 10, 20, 50) if span / 12 / years <= 5)
        years = range(-(-(start + first) // 12), (start + last) // 12 + 1)
        places = [(year * 12 - start, str(year)) for year in years if year % step == 0]
        return Axis("Calendar year (January)", low, high, tuple((float(place), text) for place, text in places))
    step = max(1, round(nice(span / 4)))
    marks = tuple((float(month), month_text(start + month)) for month in range(first, last + 1, step))
    return Axis("Calendar month", low, high, marks)


def empty(words: str, x: Axis, y: Axis) -> Text:
    """What a figure says where there is nothing to draw."""
    return Text((x.low + x.high) / 2.0, (y.low + y.high) / 2.0, words, align="middle", colour="soft", plate=True)


def per_cent(share: float) -> str:
    """A share in whole per cent, because more digits would be a pretence.

    >>> per_cent(0.004), per_cent(0.0), per_cent(0.996), per_cent(0.344)
    ('< 1 %', '0 %', '> 99 %', '34 %')
    """
    if 0.0 < share < 0.01:
        return "< 1 %"
    return "> 99 %" if 0.99 < share < 1.0 else f"{100.0 * share:.0f} %"


def between(low: float, high: float) -> str:
    """An interval of shares in whole per cent, rounded outward.

    >>> between(0.021, 0.042)
    '2 to 5 %'
    """
    return f"{math.floor(100.0 * low + 1e-9)} to {math.ceil(100.0 * high - 1e-9)} %"


def signed(value: float, digits: int = 2) -> str:
    """A number with its sign.

    >>> signed(-0.126)
    '\u22120.13'
    """
    return f"{value:+.{digits}f}".replace("-", "\u2212")


def listed(words: Sequence[str]) -> str:
    """Words as a sentence has them.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
