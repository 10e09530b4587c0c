"""What stored sweeps say at a glance, read one part after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regime_abm.measures.outcome import KEYS
from regime_abm.store import Stored

if TYPE_CHECKING:
    import pandas as pd


def outcome_counts(stored: Stored, by: tuple[str, ...] = ("scenario", "preset")) -> pd.DataFrame:
    """One row a group of runs (by scenario and preset, or other columns of `runs`): how many ended in each outcome class."""
    import pandas as pd

    parts = [
        rows.groupby([*by, "outcome"], sort=False).size() for rows in stored.batches("runs", columns=[*by, "outcome"])
    ]
    if not parts:
        return pd.DataFrame(columns=[*by, *KEYS])
    total = pd.concat(parts).groupby(level=[*by, "outcome"], sort=False).sum().unstack("outcome", fill_value=0)
    return total.reindex(columns=list(KEYS), fill_value=0).astype(int).reset_index().rename_axis(columns=None)
