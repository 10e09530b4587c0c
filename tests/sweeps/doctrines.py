"""Doctrines with faults: they decide as everybody does, but in some futures, by their own luck, something goes wrong."""

from __future__ import annotations

import os
import signal

from regime_abm.actor import Actor

MONTH = 3


class Plain(Actor):
    def decide(self, sees):
        return sees.default


class Fails(Actor):
    """Raises in about one future of ten."""

    def decide(self, sees):
        if sees.month == MONTH and (sees.luck() < 0.1).any():
            raise ZeroDivisionError("a doctrine that cannot\ncope")
        return sees.default


class Kills(Actor):
    """Kills its process in about one future of thirty."""

    def decide(self, sees):
        if sees.month == MONTH and (sees.luck() < 0.03).any():
            os.kill(os.getpid(), signal.SIGKILL)
        return sees.default
