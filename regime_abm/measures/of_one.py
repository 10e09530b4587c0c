"""Gauges of one thing: a quantity of the World for one state, pair, forum or agreement: ``trust JPN>CHN``, ``ends DEAL``.

Beside the World's own quantities there are some that count what becomes of an agreement: in how many months it stood at
risk and in how many it ended, under new and old leaders, and early, midway or late among its steps.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from regime_abm.core.subjects import at_places, place_of, places_of
from regime_abm.core.world import GLOSSARY, World
from regime_abm.errors import InputError, nearest
from regime_abm.measures.gauges import GAUGES, Gauge

NEW = 12  # months for which a leader is new
_HOSTILE = 3  # rung of the ladder: force without deaths
_PHASES = ("early", "midway", "late")


def _ends(world: World, g: int) -> np.ndarray:
    return world.ended[:, g] > 0


def _at_risk(world: World, g: int) -> np.ndarray:
    return world.in_force[:, g] | _ends(world, g)


def _new_leader(world: World, g: int) -> np.ndarray:
    found: np.ndarray = np.asarray((world.leader_age[:, world.party[g]] <= NEW).any(axis=1))
    return found


def _phase(world: World, g: int) -> np.ndarray:
    """Third of the way that the steps taken make, 0 to 2; 3 once all are taken."""
    steps = max(int(world.agreement_steps[g]), 1)
    return np.minimum(world.steps_done[:, g].astype(int) * 3 // steps, 3)


def _carried_out(world: World, g: int) -> np.ndarray:
    return world.in_force[:, g] * world.steps_done[:, g] / max(int(world.agreement_steps[g]), 1)


_OfAgreement = Callable[[World, int], np.ndarray]
OF_AGREEMENTS: dict[str, tuple[str, str, _OfAgreement]] = {
    "ends": ("Ends of the agreement", "a month", _ends),
    "at_risk": ("Months in which the agreement can end", "share of months", _at_risk),
    "ends_under_new": (
        "Ends within a year of a party's new leader",
        "a month",
        lambda world, g: _ends(world, g) & _new_leader(world, g),
    ),
    "at_risk_under_new": (
        "Months with a party's new leader in which the agreement can end",
        "share of months",
        lambda world, g: _at_risk(world, g) & _new_leader(world, g),
    ),
    "ends_under_old": (
        "Ends under leaders of more than a year",
        "a month",
        lambda world, g: _ends(world, g) & ~_new_leader(world, g),
    ),
    "at_risk_under_old": (
        "Months with older leaders alone in which the agreement can end",
        "share of months",
        lambda world, g: _at_risk(world, g) & ~_new_leader(world, g),
    ),
    "carried_out": (
        "Share of the agreement's steps taken, none when it is not in force",
        "share of steps",
        _carried_out,
    ),
    "finished": (
        "The agreement is in force with all its steps taken",
        "share of months",
        lambda world, g: _carried_out(world, g) >= 1.0,
    ),
}
for _place, _name in enumerate(_PHASES):
    OF_AGREEMENTS |= {
        f"ends_{_name}": (
            f"Ends of the agreement {_name} among its steps",
            "a month",
            lambda world, g, place=_place: _ends(world, g) & (_phase(world, g) == place),  # type: ignore[misc]
        ),
        f"at_risk_{_name}": (
            f"Months {_name} among the agreement's steps in which it can end",
            "share of months",
            lambda world, g, place=_place: _at_risk(world, g) & (_phase(world, g) == place),  # type: ignore[misc]
        ),
    }


def gauge_of(name: str) -> Gauge:
    """A gauge by name: one of :data:`GAUGES`, or a quantity and its subject with a blank between.

    Raises InputError with the nearest right word; codes are looked up when a World is there to read.
    """
    return GAUGES[name] if name in GAUGES else _of_one(name)


@cache
def _of_one(name: str) -> Gauge:
    quantity, _, subject = name.partition(" ")
    if not subject:
        raise InputError(f"unknown gauge {name!r}{nearest(name, GAUGES)}")
    where = f"yardstick {name!r}"
    if quantity in OF_AGREEMENTS:
        title, unit, read = OF_AGREEMENTS[quantity]

        def of_agreement(world: World) -> np.ndarray:
            return read(world, place_of("agreement", subject, world.names, where)).astype(float)

        return Gauge(name, f"{title} ({subject})", unit, of_agreement)
    if quantity == "hostile":

        def hostile(world: World) -> np.ndarray:
            rungs = [at_places(world.hostility, at) for at in places_of("hostility", subject, world.names, where)]
            return (np.max(rungs, axis=0) >= _HOSTILE).astype(float)

        return Gauge(name, f"Months at force or worse on the ladder ({subject})", "share of months", hostile)
    if quantity not in GLOSSARY:
        raise InputError(
            f"{where}: unknown quantity {quantity!r}{nearest(quantity, [*OF_AGREEMENTS, 'hostile', *GLOSSARY])}"
        )

    def of_places(world: World) -> np.ndarray:
        places = places_of(quantity, subject, world.names, where)
        return np.mean([at_places(getattr(world, quantity), place) for place in places], axis=0, dtype=float)

    entry = GLOSSARY[quantity]
    return Gauge(name, f"{entry.meaning.rstrip('.')} ({subject})", entry.unit, of_places)
