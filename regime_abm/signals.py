"""SIGINT, SIGTERM and SIGHUP, noted and heeded where stopping does no harm."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any

from regime_abm.errors import Stopped


class Signals:
    """Notes signals while it is entered; the former handlers come back at the end.

    Python tells signals to the main thread alone; in another thread this does nothing.
    """

    def __init__(self) -> None:
        self._came = 0
        self._at_once = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Signals:
        if threading.current_thread() is threading.main_thread():
            for name in ("SIGINT", "SIGTERM", "SIGHUP"):
                number = getattr(signal, name, None)
                if number is not None and signal.getsignal(number) != signal.SIG_IGN:  # as nohup does
                    self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, number: int, frame: object) -> None:
        self._came = self._came or number
        if self._at_once:
            self._at_once = False
            raise Stopped(number)

    @contextlib.contextmanager
    def at_once(self) -> Iterator[None]:
        """Within this, a signal stops the work where it is."""
        self.heed()
        self._at_once = True
        try:
            yield
        finally:
            self._at_once = False

    def heed(self) -> None:
        """Stop here if a signal came."""
        if self._came:
            raise Stopped(self._came)
