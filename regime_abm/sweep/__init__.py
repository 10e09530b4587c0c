"""Sweeps: many runs of a plan's cells, kept in a store that survives whatever ends the program.

:mod:`~regime_abm.sweep.running` begins and resumes one, :mod:`~regime_abm.sweep.work` is what a worker does,
:mod:`~regime_abm.sweep.rows` what is kept, :mod:`~regime_abm.sweep.cost` what it will cost, and
:mod:`~regime_abm.sweep.replay` runs a stored run again.
"""

from regime_abm.sweep.cost import Estimate, told_time
from regime_abm.sweep.replay import Replay, StoredRun, replay, stored_run
from regime_abm.sweep.running import Sweep, prepared, run, usable_cores

__all__ = [
    "Estimate",
    "Replay",
    "StoredRun",
    "Sweep",
    "prepared",
    "replay",
    "run",
    "stored_run",
    "told_time",
    "usable_cores",
]
