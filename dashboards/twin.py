"""What a page is told of a month, and of the twin: the same future with the same luck, but for what somebody did."""

from __future__ import annotations

import re
import struct
from typing import Any

from regime_abm import api

_DECIMALS = re.compile(r"\d*\.\d+")


def layer_of(frame: dict[str, Any], layer: str) -> tuple[list[float], dict[str, Any]]:
    """Return the matrix of a layer, row by row, and what else its drawing needs."""
    if layer.startswith("forum:"):
        return [], {"forum": frame["forums"][layer.removeprefix("forum:")]}
    extra = {}
    if layer == "alliance":
        extra["exclusivity"] = [[float(v) for v in row] for row in frame["exclusivity"]]
    return [float(v) for row in frame[layer] for v in row], extra


def packed(watch: api.Watch, since: int) -> bytes:
    """Return a float64 array (months, measures) of the months from `since` on, NaN where undefined."""
    lines = list(watch.series().values())
    rows = [line[month] for month in range(since, watch.month + 1) for line in lines]
    return struct.pack(f"<{len(rows)}d", *(float("nan") if v is None else v for v in rows))


def beside(watch: api.Watch, twin: api.Watch, month: int, since: int, layer: str) -> dict[str, Any]:
    """Return the twin's month as a frame tells the first one's, and the events that only one of the two knows."""
    frame = twin.frame(month)
    tie, extra = layer_of(frame, layer)
    return {
        "tie": struct.pack(f"<{len(tie)}d", *tie),
        "severity": bytes(int(v) for row in frame["severity"] for v in row),
        "outcome": twin.outcome(month),
        "campaign": [int(v) for v in frame["campaign"]],
        "series": packed(twin, since),
        "apart": apart(watch, twin, since),
        **extra,
    }


def apart(watch: api.Watch, twin: api.Watch, since: int) -> list[list[Any]]:
    """Return the events since a month that one of the two knows and the other does not, "first" or "twin" after each."""
    # the chances that a sentence tells differ in nearly every month; what happened is what counts
    one, two = (
        {(e.month, e.kind, _DECIMALS.sub("", e.text)): e for e in run.events() if e.month >= since}
        for run in (watch, twin)
    )
    found = [(e, "first") for key, e in one.items() if key not in two]
    found += [(e, "twin") for key, e in two.items() if key not in one]
    return [
        [e.month, e.date, e.kind, e.text, list(e.states), side]
        for e, side in sorted(found, key=lambda item: item[0].month)
    ]
