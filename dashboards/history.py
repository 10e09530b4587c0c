"""Undo and redo of anything that is never changed in place."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")
LONGEST = 200  # steps that are kept


class History(Generic[T]):
    """What stands, what stood before and what was taken back.

    >>> history = History("a")
    >>> history.put("b"); history.put("c")
    >>> history.undo(), history.undo(), history.undo()
    ('b', 'a', None)
    >>> history.redo()
    'b'
    >>> history.put("d"); history.can_redo
    False
    """

    def __init__(self, present: T) -> None:
        self.present = present
        self._past: list[T] = []
        self._future: list[T] = []
        self._mark = ""

    def put(self, value: T, mark: str = "") -> None:
        """Take a new state. States of one mark in a row, like the places of a slider in one drag, are one step."""
        if value == self.present:
            return
        if not mark or mark != self._mark:
            self._past = [*self._past[-LONGEST:], self.present]
        self.present, self._mark, self._future = value, mark, []

    def undo(self) -> T | None:
        """Go one step back and return what stands then; None at the beginning."""
        return self._move(self._past, self._future)

    def redo(self) -> T | None:
        """Take a step that was taken back once more; None when there is none."""
        return self._move(self._future, self._past)

    def _move(self, source: list[T], target: list[T]) -> T | None:
        if not source:
            return None
        target.append(self.present)
        self.present, self._mark = source.pop(), ""
        return self.present

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether a step was taken back that could be taken again."""
        return bool(self._future)
