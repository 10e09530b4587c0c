"""The published results that hang on luck: what is known, what is found here, and the band within which it counts as the same.

``python -m tests.science.references`` prints them all; a test holds each to its band, the long ones with the mark `long`.
Where a share was counted with its number of runs, the band is three standard errors of the difference, both samples taken into
account. Where only words, a law or an infinite size are known it is written out below, after a first look at what is found:
such a band says what the words are taken to mean, and guards against change.
No rule or number of a reference was adjusted to fall within its band.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

import numpy as np

from tests.science.references import committed, opinions, triads_large
from tests.science.references.norms_game import Rules, collapsed, established, play

SEED = 1
COUNTED, LAW, OURS = "an independent re-implementation", "a reading of the published law", "a question of ours"
NORMS, META = Rules(), Rules(meta=True)
COSTLY = Rules(meta=True, meta_punishing=-9.0)
TEMPTING = Rules(meta=True, temptation=10.0)


@dataclass(frozen=True)
class Known:
    """One number of a source: its title, size, key of the source, what is known in words, the band and how it is found here.

    basis: who counted it; seven: the same question asked of seven, where no source has a number and the band is a statement.
    """

    key: str
    title: str
    n: int
    source: str
    known: str
    low: float
    high: float
    find: Callable[[], float]
    basis: str = "published"
    long: bool = False

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise ValueError(f"{self.key}: no band")


@cache
def _end(runs: int, n: int, generations: int, rules: Rules) -> tuple[np.ndarray, np.ndarray]:
    return play(runs, n, generations, rules, SEED)


@cache
def _time(runs: int, n: int, generations: int, rules: Rules) -> tuple[np.ndarray, np.ndarray]:
    """Every tenth generation of the second half."""
    told = play(runs, n, generations, rules, SEED, every=10)
    return tuple(found[len(found) // 2 :] for found in told)  # type: ignore[return-value]


def _band(share: float, theirs: int, ours: int) -> tuple[float, float]:
    """A share counted in so many runs, three standard errors to either side; never narrower than one run of theirs."""
    spread = max(share * (1.0 - share), 1.0 / theirs)
    error = 3.0 * np.sqrt(spread * (1.0 / theirs + 1.0 / ours))
    return max(0.0, share - error), min(1.0, share + error)


def _share(
    key: str,
    what: str,
    n: int,
    generations: int,
    rules: Rules,
    share: float,
    theirs: int,
    ours: int,
    long: bool = False,
) -> Known:
    """A share of runs of the norms or metanorms game that an independent re-implementation counted."""
    game = "metanorms" if rules.meta else "norms"
    judge = collapsed if what == "collapsed" else established
    return Known(
        key, f"{game} game, {generations:,} generations: {what}", n, "axelrod1986; galan2005",
        f"{100 * share:g} % of {theirs} runs", *_band(share, theirs, ours),
        lambda: judge(*_end(ours, n, generations, rules)), COUNTED, long,
    )  # fmt: skip


def _norms() -> list[Known]:
    lasting = "axelrod1986; galan2005"
    return [
        _share("norms_100", "collapsed", 20, 100, NORMS, 0.150, 1000, 1000),
        _share("norms_100_up", "established", 20, 100, NORMS, 0.017, 1000, 1000),
        _share("norms_1000", "collapsed", 20, 1000, NORMS, 0.947, 300, 300, long=True),
        _share("norms_10000", "collapsed", 20, 10_000, NORMS, 1.0, 60, 60, long=True),
        _share("meta_100", "established", 20, 100, META, 0.946, 400, 1000),
        _share("meta_1000", "established", 20, 1000, META, 0.957, 100, 300),
        _share("meta_10000", "established", 20, 10_000, META, 0.933, 60, 60, long=True),
        Known("meta_costly", "metanorms game, meta-punishing costs 9 instead of 2: collapsed", 20, lasting,
              "the opposite result: nearly all of the time", 0.9, 1.0,
              lambda: collapsed(*_time(10, 20, 3000, COSTLY)), COUNTED, True),
        Known("meta_tempting", "metanorms game, temptation 10 instead of 3: established", 20, lasting,
              "nearly all of the time", 0.95, 1.0, lambda: established(*_time(30, 20, 3000, TEMPTING)), COUNTED, True),
        _share("norms_100_at_7", "collapsed", 7, 100, NORMS, 0.098, 400, 1000),
        _share("norms_100_up_at_7", "established", 7, 100, NORMS, 0.182, 400, 1000),
        _share("norms_1000_at_7", "collapsed", 7, 1000, NORMS, 0.13, 100, 300),
        Known("meta_costly_at_7", "metanorms game, meta-punishing costs 9 instead of 2: collapsed", 7, lasting,
              "no count known; as with twenty", 0.9, 1.0,
              lambda: collapsed(*_time(30, 7, 3000, COSTLY)), OURS),
        Known("norms_10000_at_7", "norms game, 10,000 generations: collapsed", 7, lasting,
              "no count known; all but sure with twenty, not with seven", 0.0, 0.5,
              lambda: collapsed(*_end(60, 7, 10_000, NORMS)), OURS, True),
        _share("meta_100_at_7", "established", 7, 100, META, 0.58, 400, 1000),
        _share("meta_1000_at_7", "established", 7, 1000, META, 0.60, 100, 300),
        Known("meta_10000_at_7", "metanorms game, 10,000 generations: established", 7, lasting,
              "no count known; as after 1,000", *_band(0.60, 100, 60),
              lambda: established(*_end(60, 7, 10_000, META)), OURS, True),
    ]  # fmt: skip


def _won(share: float) -> float:
    return float((committed.simulated(30, 1000, round(1000 * share), 100, SEED) == 0).mean())


def _slower(one: tuple[int, int], other: tuple[int, int]) -> float:
    """How many times as long the second of two groups takes, (N, committed) each."""
    return committed.time_to_agree(*other) / committed.time_to_agree(*one)


def _steps(*groups: tuple[int, int]) -> float:
    """The last step of the logarithm of the time from group to group, against the first: 1 if time grows exponentially in N."""
    steps = np.diff([np.log(committed.time_to_agree(*group)) for group in groups])
    return float(steps[-1] / steps[0])


def _committed() -> list[Known]:
    source = "xie2011"
    return [
        Known("critical", "committed minority: share from which it wins, infinite population", 0, source,
              "about 10 % (by its rate equations .0979)", 0.0974, 0.0984, committed.critical),
        Known("below", "committed minority of 6 %: has won by time 100", 1000, source, "never", 0.0, 0.0,
              lambda: _won(0.06), LAW, True),
        Known("above", "committed minority of 12 %: has won by time 100", 1000, source, "always", 1.0, 1.0,
              lambda: _won(0.12), LAW, True),
        Known("exponential", "5 % committed: log time from 40 to 60, against that from 20 to 40", 60, source,
              "exponential in N below the critical share: 1 (a power of N: .58)", 0.75, 1.25,
              lambda: _steps((20, 1), (40, 2), (60, 3)), LAW),
        Known("logarithmic", "15 % of 80 instead of 40: times as long", 80, source,
              "grows with ln N above it", 1.0, np.log(80) / np.log(40) + 0.1, lambda: _slower((40, 6), (80, 12)), LAW),
        Known("one_of_7", "one of seven committed: mean time until all agree", 7, source,
              "14 % is above the critical share: wins", 0.0, 100.0, lambda: committed.time_to_agree(7, 1), LAW),
        Known("two_of_7", "two of seven instead of one: times as long", 7, source,
              "no threshold between them: same order", 0.1, 1.0, lambda: _slower((7, 1), (7, 2)), LAW),
    ]  # fmt: skip


def _friends(kindness: float, ends: bool = False) -> float:
    """Mean share of friendly links, or share of the runs in which all are."""
    found = triads_large.friendly(20, 64, kindness, 60, SEED)
    return float((found == 1 if ends else found).mean())


def _triads() -> list[Known]:
    known = "an infinite network settles at {:.3f} (formula recalled)"
    found = []
    for kindness in (0.0, 0.25, 0.4):
        at = triads_large.steady(kindness)
        find = partial(_friends, kindness)
        key, title = f"triads_{kindness:g}", f"triads, kindness {kindness:g}: friendly links"
        found.append(Known(key, title, 64, "antal2005", known.format(at), at - 0.02, at + 0.02, find, long=True))
    for kindness in (0.6, 0.75):
        find = partial(_friends, kindness, ends=True)
        key, title = f"triads_{kindness:g}", f"triads, kindness {kindness:g}: ends as friends"
        found.append(Known(key, title, 64, "antal2005", "always", 1.0, 1.0, find, long=True))
    return found


def _groups(n: int, bound: float, runs: int) -> float:
    return opinions.major(opinions.pairwise(runs, n, bound, 60 if n > 100 else 200, SEED))


def _one_opinion(n: int, bound: float, runs: int) -> float:
    return opinions.consensus(opinions.all_at_once(runs, n, bound, SEED))


def _opinions() -> list[Known]:
    found = []
    for bound, low, high in ((0.1, 4, 5), (0.15, 2.5, 3.5), (0.2, 2, 2.5), (0.25, 1.5, 2), (0.5, 1, 1)):
        find = partial(_groups, 1000, bound, 20)
        known, title = f"about 1 / (2 bound) = {0.5 / bound:.1f}", f"pairwise bounded confidence {bound:g}: groups"
        found.append(Known(f"pairs_{bound:g}", title, 1000, "deffuant2000", known, low, high, find))
    for bound, low, high in ((0.25, 2.0, 3.0), (0.5, 1.1, 1.5)):
        find = partial(_groups, 7, bound, 2000)
        title = f"pairwise bounded confidence {bound:g}: groups"
        found.append(
            Known(
                f"pairs_{bound:g}_at_7",
                title,
                7,
                "deffuant2000",
                "no count known; not sharp",
                low,
                high,
                find,
                OURS,
            )
        )
    title = "bounded confidence {:g}, all at once: one opinion"
    counts = {
        625: ((0.2, 0.25), (0.22, 0.42), (0.25, 1.0)),
        50: ((0.25, 0.45), (0.3, 0.87)),
        7: ((0.25, 0.27), (0.3, 0.30), (0.4, 0.82), (0.5, 0.93)),
    }
    for n, counted in counts.items():
        ours = 5000 if n == 7 else 400
        for bound, share in counted:
            find = partial(_one_opinion, n, bound, ours)
            key, told = f"all_{bound:g}_of_{n}", f"{100 * share:g} %; of how many runs is not told, 60 assumed"
            found.append(
                Known(key, title.format(bound), n, "hegselmann2002", told, *_band(share, 60, ours), find, COUNTED)
            )
    return found


RESULTS = (*_norms(), *_committed(), *_triads(), *_opinions())
