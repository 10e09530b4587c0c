"""What the page "Model" tells: the month as a list, each step's theory as its file states it, and every number."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from dashboards.view import parameters
from regime_abm import api

_HEADING = re.compile(r"^(Theory|Equation|Leaves out|Channels of harm|Rival accounts): ?", re.MULTILINE)


def sections(text: str) -> list[tuple[str, str]]:
    """Return the headed parts of a mechanism's description, each as one paragraph.

    >>> sections("A claim.\\n\\nTheory: one\\n    two.\\nLeaves out: three.")
    [('Theory', 'one two.'), ('Leaves out', 'three.')]
    """
    parts = _HEADING.split(text)[1:]
    return [(head, " ".join(body.split())) for head, body in zip(parts[::2], parts[1::2], strict=True)]


@lru_cache(maxsize=1)
def model() -> dict[str, Any]:
    """Return the steps of the month in order, and all parameters by name."""
    steps = [
        {**row, "title": row["name"].replace("_", " "), "sections": sections(api.mechanism(row["name"]).__doc__ or "")}
        for row in api.schedule_table()
    ]
    return {"steps": steps, "parameters": list(parameters().values())}
