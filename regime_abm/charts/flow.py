"""Flow: futures that share all luck, from the class in which they end in A to the class in which they end in B."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np

from regime_abm.charts.about import About, seeds_text
from regime_abm.charts.drawing import Axis, Band, Box, Figure, Mark, Text, empty, listed, per_cent
from regime_abm.charts.look import OUTCOMES
from regime_abm.errors import InputError
from regime_abm.measures.outcome import CLASSES

if TYPE_CHECKING:
    import pandas as pd

WHAT = "from which outcome class in A to which in B the same futures move"
TABLES = ("flows",)
_TITLES = {item.key: item.title for item in CLASSES}
_HEIGHT, _LEAST, _BLOCK = 540, 42.0, 0.035  # pixels, pixels between two names, width of a block
_LINE = 17  # characters: two names have room beside each other on a phone
_HEAD, _TOP, _BOTTOM = 0.965, 0.925, 0.035  # of the height: names of A and B, upper and lower end of the columns
_INTERVAL = (
    "Width: share of the futures. Future k of A and of B share all luck; they differ by what is set, and by nothing else. "
    "With this n the 95 % interval of a share is at most {points} points to either side: sampling error alone."
)


def flows(a: pd.DataFrame, b: pd.DataFrame) -> pd.DataFrame:
    """From the outcomes of two runs (replicate, outcome), twin by twin: one row a pair of classes (from, to, count).

    Raises InputError when the two do not hold the same futures.
    """
    both = a[["replicate", "outcome"]].merge(b[["replicate", "outcome"]], on="replicate", suffixes=("_a", "_b"))
    if not len(both) == len(a) == len(b):
        raise InputError(
            f"flow: A has {len(a):,} futures and B {len(b):,}, of which {len(both):,} are twins; all must be"
        )
    counted = both.groupby(["outcome_a", "outcome_b"], as_index=False).size()
    return counted.set_axis(["from", "to", "count"], axis=1)


def long(square: pd.DataFrame) -> pd.DataFrame:
    """A square table of futures, classes in A as rows and in B as columns, as one row a pair (from, to, count)."""
    import pandas as pd

    rows = [(start, end, int(square.loc[start, end])) for start in square.index for end in square.columns]
    return pd.DataFrame(rows, columns=["from", "to", "count"])


def draw(
    flows: pd.DataFrame, about: About, *, other: About | None = None, names: tuple[str, str] | None = None
) -> Figure:
    """flows: one row a pair of classes (from, to, count). about: of A; other: of B, A again by default.

    names: what A and B are called; by default what tells them apart.
    """
    other = other or about
    table = flows[flows["count"] > 0]
    total = int(table["count"].sum())
    across, upright = Axis("", 0.0, 1.0, shown=False), Axis("", 0.0, 1.0, shown=False)
    heads = _heads(about, other) if names is None else (f"A: {names[0]}", f"B: {names[1]}")
    title = f"Where the same {total:,} futures end in A and in B"
    points = 98.0 / max(total, 4) ** 0.5  # 1.96 standard errors where the share is one half
    caption = _caption(
        about, other, total, _INTERVAL.format(points=f"{points:.0f}" if points >= 1 else f"{points:.1f}")
    )
    if not total:
        words = empty("There is no future to follow.", across, upright)
        alt = "Flow between outcome classes without any future."
        return Figure("flow", title, caption, alt, across, upright, (words,), table, _HEIGHT)
    shares = {side: _column(table, side, total) for side in ("from", "to")}
    scale = min(_scale(list(column.values())) for column in shares.values())
    blocks = {side: _blocks(column, scale) for side, column in shares.items()}
    marks = [*_ribbons(table, blocks, total, scale), *_columns(blocks, shares)]
    marks.append(Text(0.0, _HEAD, heads[0], bold=True))
    marks.append(Text(1.0, _HEAD, heads[1], align="right", bold=True))
    moved = table[table["from"] != table["to"]].sort_values("count", ascending=False)
    parts = [
        f"{per_cent(row.count / total)} from {_title(row.start)} to {_title(row.to)}"
        for row in moved.rename(columns={"from": "start"}).head(6).itertuples()
    ]
    stay = 1.0 - moved["count"].sum() / total
    alt = (
        f"Flow of {total:,} futures from their outcome class in {heads[0]} to that in {heads[1]}. "
        f"{per_cent(stay)} keep their class"
    ).replace("\n", ", ")
    alt += f"; the largest moves are {listed(parts)}." if parts else "."
    return Figure("flow", title, caption, alt, across, upright, tuple(marks), table, _HEIGHT)


def _heads(a: About, b: About) -> tuple[str, str]:
    """What tells A and B apart, as short as can be."""
    words = []
    for one in (a, b):
        preset = f"preset {one.preset}" if one.preset else "no preset"
        different = ([one.scenario] if a.scenario != b.scenario else []) + ([preset] if a.preset != b.preset else [])
        words.append("\n".join(different))
    return tuple(": ".join(filter(None, pair)) for pair in zip("AB", words, strict=True))  # type: ignore[return-value]


def _caption(a: About, b: About, total: int, interval: str) -> str:
    sides = [f"{letter}: {one.reading}{_set(one)}" for letter, one in (("A", a), ("B", b))]
    drawn = "drawn from their priors" if a.drawn else "at their stated values"
    return (
        f"{interval} n = {total:,} twin futures, {seeds_text(a.seeds)}, {a.span}, parameters {drawn}. {sides[0]}; "
        f"{sides[1]}. regime_abm {a.version}. A map from assumptions to outcomes, not a forecast."
    )


def _set(about: About) -> str:
    given = [f"{name} = {value:g}" for name, value in about.parameters.items()]
    return f", {', '.join(given)}" if given and not about.preset and len(given) <= 4 else ""


def _title(key: str) -> str:
    return _TITLES.get(key, key)


def _column(table: pd.DataFrame, side: str, total: int) -> dict[str, float]:
    sums = table.groupby(side)["count"].sum() / total
    order = [key for key in OUTCOMES if key in sums] + [key for key in sums.index if key not in OUTCOMES]
    return {key: float(sums[key]) for key in reversed(order)}  # from the top down: the peace scale from its upper end


def _gaps(sizes: np.ndarray) -> np.ndarray:
    """Between blocks of these heights, so that their names do not touch."""
    return np.maximum(0.012, _LEAST / _HEIGHT - (sizes[:-1] + sizes[1:]) / 2.0)


def _scale(shares: list[float]) -> float:
    """How high a share of 1 may be so that the column fits."""
    sizes, low, high = np.array(shares), 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2.0
        fits = middle * sizes.sum() + _gaps(middle * sizes).sum() <= _TOP - _BOTTOM
        low, high = (middle, high) if fits else (low, middle)
    return low


def _blocks(shares: Mapping[str, float], scale: float) -> dict[str, tuple[float, float]]:
    """Class -> (lower, upper end) of its block, the first at the top, the column in the middle."""
    sizes = scale * np.array(list(shares.values()))
    gaps = np.append(_gaps(sizes), 0.0)
    top = _TOP - (_TOP - _BOTTOM - sizes.sum() - gaps.sum()) / 2.0
    found = {}
    for key, size, gap in zip(shares, sizes, gaps, strict=True):
        found[key] = (float(top - size), float(top))
        top -= size + gap
    return found


def _ribbons(
    table: pd.DataFrame, blocks: Mapping[str, Mapping[str, tuple[float, float]]], total: int, scale: float
) -> list[Mark]:
    left = {key: top for key, (_, top) in blocks["from"].items()}
    right = {key: top for key, (_, top) in blocks["to"].items()}
    way = np.linspace(0.0, 1.0, 33)
    bend = way * way * (3.0 - 2.0 * way)
    x = _BLOCK + (1.0 - 2.0 * _BLOCK) * way
    counts = {(row[0], row[1]): row[2] for row in table[["from", "to", "count"]].itertuples(index=False)}
    marks: list[Mark] = []
    for start in blocks["from"]:
        for end in blocks["to"]:
            count = counts.get((start, end), 0)
            if not count:
                continue
            size = scale * count / total
            top = left[start] + (right[end] - left[start]) * bend
            left[start] -= size
            right[end] -= size
            told = f"{_title(start)} to {_title(end)}: {count:,} futures, {per_cent(count / total)}"
            marks.append(Band(x, top - size, top, OUTCOMES[start].colour, hover=told, thin=0.4))
    return marks


def _columns(
    blocks: Mapping[str, Mapping[str, tuple[float, float]]], shares: Mapping[str, Mapping[str, float]]
) -> list[Mark]:
    marks: list[Mark] = []
    for side, (left, right) in (("from", (0.0, _BLOCK)), ("to", (1.0 - _BLOCK, 1.0))):
        for key, (low, high) in blocks[side].items():
            fill, share = OUTCOMES[key], shares[side][key]
            words = f"{_title(key)}, {per_cent(share)}"
            marks.append(Box(left, right, low, high, fill.colour, fill.pattern, hover=words))
            words = "\n".join(wrap(words.replace(" %", "\u00a0%"), _LINE)).replace("\u00a0", " ")
            at, align = (right + 0.012, "left") if side == "from" else (left - 0.012, "right")
            marks.append(Text(at, (low + high) / 2.0, words, align=align, plate=True))
    return marks
