"""regime_abm: can summit momentum become a regional security regime? A map from assumptions to outcomes, never a forecast.

>>> import regime_abm
>>> result = regime_abm.run("baseline_2018", replicates=20, months=24)
>>> result.replicates
20
"""

from __future__ import annotations

from typing import Any

from regime_abm.version import VERSION

__version__ = VERSION
_PUBLIC = (
    "Actor",
    "Belief",
    "Discovery",
    "InputError",
    "Region",
    "Result",
    "Scenario",
    "Sensitivity",
    "Sight",
    "Watch",
    "believe",
    "check",
    "compare",
    "diff",
    "discover",
    "effective",
    "futures",
    "load",
    "open_results",
    "per_replicate",
    "run",
    "scenarios",
    "sensitivity",
    "sweep",
    "watch",
)
_MESA = ("RegimeModel", "StateAgent")
__all__ = [*_PUBLIC, *_MESA, "__version__"]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        from regime_abm import api

        return getattr(api, name)
    if name in _MESA:  # Mesa takes a second to import; only who asks for it waits
        from regime_abm import mesa_model

        return getattr(mesa_model, name)
    raise AttributeError(f"module 'regime_abm' has no attribute {name!r}")
