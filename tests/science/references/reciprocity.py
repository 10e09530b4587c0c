"""A repeated prisoner's dilemma of two memory-one players whose moves slip: the long run, exactly, in fractions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

STATES = ("CC", "CD", "DC", "DD")  # my last move and the other's
PAYOFF = {"CC": 3, "CD": 0, "DC": 5, "DD": 1}  # to me

# What a player means to do after each state: 1 to cooperate, or its chance.
TIT_FOR_TAT = {"CC": 1, "CD": 0, "DC": 1, "DD": 0}
WIN_STAY_LOSE_SHIFT = {"CC": 1, "CD": 0, "DC": 0, "DD": 1}
GENEROUS = {
    "CC": Fraction(1),
    "CD": Fraction(1, 3),
    "DC": Fraction(1),
    "DD": Fraction(1, 3),
}  # forgives every third time
ALWAYS_DEFECT = {"CC": 0, "CD": 0, "DC": 0, "DD": 0}


def chain(
    mine: Mapping[str, int | Fraction], other: Mapping[str, int | Fraction], slip: Fraction
) -> list[list[Fraction]]:
    """Chances to go from each state to each, when every move is the opposite of what was meant with chance `slip`."""
    rows = []
    for state in STATES:
        chances = []
        for plan, seen in ((mine, state), (other, state[::-1])):
            meant = Fraction(plan[seen])
            chances.append(meant * (1 - slip) + (1 - meant) * slip)
        (a, b) = chances
        rows.append([a * b, a * (1 - b), (1 - a) * b, (1 - a) * (1 - b)])
    return rows


def score(mine: Mapping[str, int], other: Mapping[str, int], moves: int) -> tuple[int, int]:
    """What both earn in so many moves without slips, both beginning with what they do after CC."""
    state, totals = "CC", [0, 0]
    for _ in range(moves):
        state = "".join("C" if plan[seen] else "D" for plan, seen in ((mine, state), (other, state[::-1])))
        totals[0] += PAYOFF[state]
        totals[1] += PAYOFF[state[::-1]]
    return totals[0], totals[1]


def discounted(moves: Sequence[str], weight: Fraction) -> Fraction:
    """My payoff in a row of states of which the last goes on for ever; each move counts `weight` of the one before."""
    *first, last = (PAYOFF[move] for move in moves)
    return sum((weight**k * gain for k, gain in enumerate(first)), Fraction(0)) + weight ** len(first) * last / (
        1 - weight
    )


def long_run(rows: Sequence[Sequence[Fraction]]) -> list[Fraction]:
    """The stationary distribution of an ergodic chain: x = x P, sum 1, by elimination."""
    n = len(rows)
    system = [[rows[j][i] - (i == j) for j in range(n)] + [Fraction(0)] for i in range(n - 1)]
    system.append([Fraction(1)] * (n + 1))
    for column in range(n):
        pivot = next(row for row in range(column, n) if system[row][column] != 0)
        system[column], system[pivot] = system[pivot], system[column]
        system[column] = [value / system[column][column] for value in system[column]]
        for row in range(n):
            if row != column and system[row][column] != 0:
                factor = system[row][column]
                system[row] = [x - factor * y for x, y in zip(system[row], system[column], strict=True)]
    return [system[row][n] for row in range(n)]


def cooperation_and_payoff(
    mine: Mapping[str, int | Fraction], other: Mapping[str, int | Fraction], slip: Fraction
) -> tuple[Fraction, Fraction]:
    """My share of cooperative moves and my mean payoff in the long run."""
    shares = dict(zip(STATES, long_run(chain(mine, other, slip)), strict=True))
    return shares["CC"] + shares["CD"], sum((shares[state] * PAYOFF[state] for state in STATES), Fraction(0))
