"""The words of the model: states, forums, agreements, the five actions and the five steps of severity."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

ACTIONS = ("reassure", "restrain", "status quo", "pressure", "provoke")
STATUS_QUO = ACTIONS.index("status quo")

PUSHED = "optional modules and levers"  # the term by which a sum of the core takes up what these add

SEVERITY = (
    "quiet",
    "hostile rhetoric",
    "threat or show of force",
    "weapons test or force without deaths",
    "lethal clash",
    "war",
)


def nothing() -> MappingProxyType:
    """An empty mapping that nobody can write to."""
    return MappingProxyType({})


@dataclass(frozen=True)
class Names:
    """Codes of the states, forums and agreements of a region, in the order of the arrays' axes.

    Luck is keyed by these names, so a further state, forum or agreement leaves the draws of the others alone.
    """

    states: tuple[str, ...]
    forums: tuple[str, ...] = ()
    agreements: tuple[str, ...] = ()
    luck: tuple[tuple[str, str], ...] = ()  # (state, name its luck is keyed by) where the two differ

    def lucky(self, subject: str) -> str:
        """The name under which a state or dyad draws its luck: its own, unless the region was renamed."""
        renamed = dict(self.luck)
        return ">".join(renamed.get(code, code) for code in subject.split(">"))

    @cached_property
    def drawn_states(self) -> tuple[str, ...]:
        """The names by which the states draw their luck."""
        return tuple(self.lucky(code) for code in self.states)

    @cached_property
    def directed(self) -> tuple[str, ...]:
        """``A>B`` for every ordered pair, row by row; "" on the diagonal, where there is no dyad."""
        return tuple("" if a == b else f"{a}>{b}" for a in self.drawn_states for b in self.drawn_states)

    @cached_property
    def undirected(self) -> tuple[str, ...]:
        """``A|B`` for both orders of a pair, the codes in alphabetical order; "" on the diagonal."""
        drawn = self.drawn_states
        return tuple("" if a == b else "|".join(sorted((a, b))) for a in drawn for b in drawn)

    @cached_property
    def seats(self) -> tuple[str, ...]:
        """``FORUM:STATE`` for every forum and state, row by row."""
        return tuple(f"{f}:{s}" for f in self.forums for s in self.drawn_states)

    def state(self, code: str) -> int:
        """Index of a state's code; raises ValueError for an unknown one."""
        return self.states.index(code)
