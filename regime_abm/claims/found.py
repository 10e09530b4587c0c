"""All claims that were asked for, run and judged, with what is told of them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from regime_abm.claims.claim import Claim, load_claims
from regime_abm.claims.running import Size, judged, plan_of
from regime_abm.claims.telling import page, rows, summary
from regime_abm.claims.verdict import Judged
from regime_abm.errors import InputError
from regime_abm.store import durable
from regime_abm.tables import as_csv


@dataclass(frozen=True)
class ClaimsFound:
    """Verdicts on some claims.

    left: claim -> why it was left out; arms: how many were needed; command: how to make it again.
    """

    claims: Sequence[Claim]
    judged: Mapping[str, Judged]
    size: Size
    left: Mapping[str, str]
    arms: int
    seconds: float
    command: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """One row a test, see :func:`regime_abm.claims.telling.rows`."""
        return rows(self.claims, self.judged)

    @cached_property
    def summary(self) -> dict[str, Any]:
        """All of it, ready for JSON."""
        return {**summary(self.claims, self.judged, self.size, self.left), "command": self.command}

    @cached_property
    def page(self) -> str:
        """The page in Markdown."""
        return page(self.claims, self.judged, self.size, self.left, self.command)

    def write(self, folder: Path) -> None:
        """claims.csv, claims.json and claims.md in a folder, each whole or not there; those of an earlier run are replaced."""
        import pandas as pd

        durable.write(folder / "claims.csv", as_csv(pd.DataFrame(self.rows)).encode())
        durable.write(folder / "claims.json", (json.dumps(self.summary, indent=2) + "\n").encode())
        durable.write(folder / "claims.md", self.page.encode())


def run(
    names: Sequence[str | Path],
    size: Size,
    *,
    workers: int = 1,
    folder: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
    command: str = "",
) -> ClaimsFound:
    """Run and judge the claims of these names, all by default; see :func:`regime_abm.claims.running.judged`."""
    began = time.perf_counter()
    claims, left = load_claims(names)
    if folder is not None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{folder}: cannot be written ({error.strerror})") from None
    verdicts = judged(claims, size, workers=workers, folder=folder, progress=progress)
    arms = len(plan_of(claims, size))
    found = ClaimsFound(claims, verdicts, size, left, arms, time.perf_counter() - began, command)
    if folder is not None:
        found.write(folder)
    return found
