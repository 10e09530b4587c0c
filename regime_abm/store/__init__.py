"""A sweep on the disk: parquet parts, a journal of what is done, and a manifest of what it is made of.

Nothing here knows the model: a store keeps the tables of numbered tasks. :class:`Store` writes, :func:`fill` computes what
is missing, :func:`verify` tells what can be trusted, :class:`Stored` reads.
"""

from regime_abm.fingerprint import differences, fingerprint, source_hash
from regime_abm.store.fill import Filled, failures_schema, failures_table, fill
from regime_abm.store.store import Store
from regime_abm.store.stored import Stored
from regime_abm.store.verify import Problem, Report, verify

__all__ = [
    "Filled",
    "Problem",
    "Report",
    "Store",
    "Stored",
    "differences",
    "failures_schema",
    "failures_table",
    "fill",
    "fingerprint",
    "source_hash",
    "verify",
]
