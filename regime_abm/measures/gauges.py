"""What can be read off the World itself, month by month, where the record holds too little: one number a future.

Measures are what a scholar could count in the world; gauges also look at beliefs and at will. They serve comparisons of
scenarios and the audit of signs. Nothing in the model reads a gauge.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from regime_abm.core.world import World

_ALIVE, _DOCUMENT = 0.3, 3  # vitality from which a forum lives; level of principles on paper
_FORCE, _AGREED = 3, 3  # severity that counts as force; the last procedure by which a dispute can be settled


@dataclass(frozen=True)
class Gauge:
    """One number of the World: its name, title, unit, and how it is read, World -> (R,)."""

    name: str
    title: str
    unit: str
    read: Callable[[World], np.ndarray]


def _among(world: World, quantity: np.ndarray, flags: np.ndarray) -> np.ndarray:
    """Mean of a dyad quantity over the flagged dyads, in both directions."""
    return quantity[:, flags].mean(axis=1, dtype=float)


def _others(world: World) -> np.ndarray:
    return ~np.eye(len(world.names.states), dtype=bool)


def _once(flags: np.ndarray) -> np.ndarray:
    """Each flagged pair once."""
    return np.triu(flags, 1)


def _disarming(world: World) -> np.ndarray:
    """Who may give up an arsenal: states under sanctions, and those that bargain over assurances, (N,)."""
    return world.sanctioned | world.assurance_from.any(axis=1)


def _of_states(quantity: np.ndarray, flags: np.ndarray) -> np.ndarray:
    """Mean of a state quantity over the flagged states; NaN where none is."""
    return quantity[:, flags].mean(axis=1, dtype=float) if flags.any() else np.full(len(quantity), np.nan)


def _arsenal(world: World) -> np.ndarray:
    return _of_states(world.arsenal, _disarming(world))


def _assurance(world: World) -> np.ndarray:
    return _of_states(world.credibility.reshape(world.replicates, -1), world.assurance_from.ravel())


def _umbrella(world: World) -> np.ndarray:
    return _of_states(world.credibility.reshape(world.replicates, -1), world.umbrella_from.ravel())


def _hedging(world: World) -> np.ndarray:
    return _of_states(world.hedging, world.umbrella_from.sum(axis=1) > 0)


def _misperception(world: World) -> np.ndarray:
    return _among(world, world.misperception, _others(world))


def _talks(world: World) -> np.ndarray:
    return _among(world, world.talks, world.rival)


def _credibility(world: World) -> np.ndarray:
    return _among(world, world.credibility, world.rival)


def _threat(world: World) -> np.ndarray:
    return _among(world, world.threat, world.rival)


def _force(world: World) -> np.ndarray:
    worst = np.maximum(world.severity, np.swapaxes(world.severity, 1, 2))
    return (worst[:, _once(world.rival)] >= _FORCE).sum(axis=1).astype(float)


def _hostile(world: World) -> np.ndarray:
    worst = np.maximum(world.hostility, np.swapaxes(world.hostility, 1, 2))
    return (worst[:, _once(world.core)] >= _FORCE).mean(axis=1, dtype=float)


def _common_body(world: World) -> np.ndarray:
    """Is there a living forum on hard security, with principles on paper or more, to which all key parties belong?"""
    holds = (world.member | ~world.key_party).all(axis=2) & world.forum_hard
    lives = world.forum_active & (world.forum_vitality >= _ALIVE) & (world.forum_level >= _DOCUMENT)
    return (holds & lives).any(axis=1).astype(float)


def _settled(world: World) -> np.ndarray:
    how = world.settled[:, _once(world.rival)]
    return ((how > 0) & (how <= _AGREED)).sum(axis=1).astype(float)


def _disputes(world: World) -> np.ndarray:
    return (world.dispute[:, _once(world.rival)] > 0).sum(axis=1).astype(float)


def _will(world: World) -> np.ndarray:
    return world.will.mean(axis=1, dtype=float)


def _posture(world: World) -> np.ndarray:
    return world.posture.mean(axis=1, dtype=float)


def _adopted(world: World) -> np.ndarray:
    return world.norm_adopted.mean(axis=1, dtype=float)


def _norm(world: World) -> np.ndarray:
    return world.norm.mean(axis=1, dtype=float)


def _agreements(world: World) -> np.ndarray:
    return world.in_force.sum(axis=1).astype(float)


def _larger_agreements(world: World) -> np.ndarray:
    return world.in_force[:, world.party.sum(axis=1) > 2].sum(axis=1).astype(float)


def _signed(world: World) -> np.ndarray:
    return world.signed.sum(axis=1).astype(float)


def _pretended(world: World) -> np.ndarray:
    return ((world.cheat >= 0) & world.in_force).sum(axis=1).astype(float)


def _forum_level(world: World) -> np.ndarray:
    return (world.forum_level * world.forum_active).sum(axis=1, dtype=float)


def _forum_life(world: World) -> np.ndarray:
    return (world.forum_vitality * world.forum_active).sum(axis=1, dtype=float)


GAUGES = {
    item.name: item
    for item in (
        Gauge("misperception", "Misperception", "probability", _misperception),
        Gauge("talks", "Rivals in talks", "share of rival pairs", _talks),
        Gauge("credibility", "Credibility between rivals", "probability", _credibility),
        Gauge("assurance", "Credibility of assurances to the arsenal's owner", "probability", _assurance),
        Gauge("arsenal", "Arsenal that is bargained over", "scale 0 to 1", _arsenal),
        Gauge("umbrella", "Credibility of protectors to their allies", "probability", _umbrella),
        Gauge("hedging", "Hedging of protected allies", "scale 0 to 1", _hedging),
        Gauge("threat", "Threat between rivals", "probability", _threat),
        Gauge("will", "Political will", "scale 0 to 1", _will),
        Gauge("posture", "Offensive posture", "scale 0 to 1", _posture),
        Gauge("norm", "Internalised norm", "scale 0 to 1", _norm),
        Gauge("adopted", "States that stand by the norm", "share of states", _adopted),
        Gauge("forum_level", "Institutional level, all forums", "levels", _forum_level),
        Gauge("forum_life", "Vitality, all forums", "lively forums", _forum_life),
        Gauge("agreements", "Agreements in force", "agreements", _agreements),
        Gauge("larger_agreements", "Agreements of three or more in force", "agreements", _larger_agreements),
        Gauge("signed", "Agreements signed", "a month", _signed),
        Gauge("pretended", "Agreements in which a step is only pretended", "agreements", _pretended),
        Gauge("disputes", "Open disputes between rivals", "disputes", _disputes),
        Gauge("settled", "Disputes settled by procedure", "a month", _settled),
        Gauge("hostile", "Core pairs at force or worse on the ladder", "share of core pairs", _hostile),
        Gauge("common_body", "A living common body with principles on paper", "share of months", _common_body),
        Gauge("force", "Rival pairs with force", "pairs a month", _force),
    )
}
