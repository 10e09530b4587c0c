"""Sweeps: many runs of a plan's cells, kept in a store that survives whatever ends the program.

:mod:`~regime_abm.sweeps.running` begins and resumes one, :mod:`~regime_abm.sweeps.work` is what a worker does,
:mod:`~regime_abm.sweeps.rows` what is kept, :mod:`~regime_abm.sweeps.cost` what it will cost, and
:mod:`~regime_abm.sweeps.replay` runs a stored run again.
"""
