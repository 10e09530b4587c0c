"""Charts of rows: each row has its words over its bar, so that they are whole on a phone and on a projector alike."""

from __future__ import annotations

from regime_abm.charts.drawing import Axis, Text

ROW = 50  # pixels
BAR = (0.10, 0.42)  # lower and upper end of a bar, as parts of its row
_LEFT, _OVER = 0.0, 0.68


def upright(count: int) -> Axis:
    """The hidden axis of rows; row 0 is the uppermost."""
    return Axis("", 0.0, float(max(count, 1)), shown=False)


def base(number: int, count: int) -> float:
    """The lower end of a row."""
    return float(count - 1 - number)


def bar(number: int, count: int) -> tuple[float, float]:
    """Lower and upper end of a row's bar."""
    low = base(number, count)
    return low + BAR[0], low + BAR[1]


def words(number: int, count: int, name: str, value: str, x: Axis) -> list[Text]:
    """A row's name at the left and its value at the right, over the bar."""
    y = base(number, count) + _OVER
    return [Text(x.low, y, name, bold=True), Text(x.high, y, value, align="right", colour="ink")]
