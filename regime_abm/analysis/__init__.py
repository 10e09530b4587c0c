"""What matters, and for what: methods that look at tables of inputs and outputs and know nothing of the model.

Which inputs move an output: :mod:`regime_abm.analysis.morris` (a screening) and :mod:`regime_abm.analysis.sobol` (shares of
variance). Where in the space of inputs an output lies: :mod:`regime_abm.analysis.prim` (boxes) and
:mod:`regime_abm.analysis.tree`. Inputs are points of the unit cube or plain values, rows by columns; outputs are
(rows, replicates), so that luck is told from influence (:mod:`regime_abm.analysis.resample`).
"""
