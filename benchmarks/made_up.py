"""Writes a made-up region of any number of states, in the format of scenarios/README.md: only for scaling.

Forums keep the number and size of a real region; alliances grow with the number of states, so that the
cost of a dyad, not a denser network, is what changes.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from pathlib import Path

FORUMS = 7
_STATE_RANGES = {
    "capability": (0.1, 0.9),
    "arsenal": (0.0, 0.8),
    "posture": (0.2, 0.8),
    "will": (0.2, 0.8),
    "norm": (0.2, 0.7),
    "sovereignty": (0.2, 0.9),
    "agenda_hard": (0.2, 0.9),
    "agenda_soft": (0.2, 0.9),
    "attention": (0.5, 2.0),
    "turnover_hazard": (0.004, 0.02),
    "hawkish_low": (0.2, 0.4),
    "hawkish_high": (0.6, 0.8),
    "hawkish_share": (0.3, 0.7),
}
_DYAD_RANGES = {
    "trust": (0.2, 0.7),
    "threat": (0.2, 0.7),
    "proximity": (0.2, 0.9),
    "stake": (0.2, 1.0),
    "misperception": (0.05, 0.2),
    "credibility": (0.3, 0.8),
    "exclusivity": (0.2, 0.8),
    "relations": (1, 1),
    "peace": (1, 1),
    "talks_chance": (0.1, 0.5),
}
_SPREAD = ("vitality", "capital", "information", "attention")


def codes(states: int) -> list[str]:
    """S00, S01, ..."""
    return [f"S{number:02d}" for number in range(states)]


def write(folder: Path, states: int, months: int = 240) -> Path:
    """Write a region of that many states (2 or more) and its scenario; returns the scenario's file."""
    luck = random.Random(f"made up {states}")
    region = folder / f"made_up_{states}"
    region.mkdir(parents=True)
    names = codes(states)
    (region / "region.toml").write_text(f'title = "{states} made-up states"\nexercise_months = [3, 8]\n')
    _table(
        region / "states.csv",
        "state,name,x,y,key_party,weapons_programme,source",
        (
            f"{code},{code},{luck.randint(0, 100)},{luck.randint(0, 100)},{int(place < 2)},{int(place == 0)},"
            for place, code in enumerate(names)
        ),
    )
    rivals = {frozenset(pair) for pair in _pairs(names) if luck.random() < 0.3} | {frozenset(names[:2])}
    core = {pair for pair in sorted(rivals, key=sorted) if luck.random() < 0.7} | {frozenset(names[:2])}
    _table(
        region / "dyads.csv",
        "state,other,rival,core,source",
        (f"{a},{b},{int({a, b} in rivals)},{int({a, b} in core)}," for a in names for b in names if a != b),
    )
    _table(
        region / "initial.csv",
        "quantity,state,other,date,value,low,high,certainty,source",
        _initial(names, luck),
    )
    _table(
        region / "alliances.csv",
        "alliance,state,other,start,end,kind,strength,low,high,certainty,source",
        (
            f"Pact_{a}_{b},{a},{b},1990-01-01,,defence,0.8,0.6,1,J,"
            for a, b in (luck.sample(names, 2) for _ in range(max(1, states // 2)))
        ),
    )
    _table(
        region / "leaders.csv",
        "state,leader,start,end,certainty,source",
        (f"{code},Leader,{luck.randint(2010, 2018)}-{luck.randint(1, 4):02d}-01,,V," for code in names),
    )
    (region / "forums.toml").write_text("\n".join(_forum(number, names, luck) for number in range(FORUMS)))
    scenario = folder / f"made_up_{states}.toml"
    scenario.write_text(f'schema = 1\nregion = "{region.name}"\nstart = "2018-05"\nmonths = {months}\n')
    return scenario


def _pairs(names: list[str]) -> list[tuple[str, str]]:
    return [(a, b) for place, a in enumerate(names) for b in names[place + 1 :]]


def _table(path: Path, header: str, rows: Iterable[str]) -> None:
    path.write_text("\n".join([header, *rows]) + "\n")


def _initial(names: list[str], luck: random.Random) -> Iterator[str]:
    def row(quantity: str, subject: str, low: float, high: float, width: float) -> str:
        middle = luck.uniform(low, high)
        least, most = max(low, middle - width), min(high, middle + width)
        return f"{quantity},{subject},2000-01,{middle:.4f},{least:.4f},{most:.4f},J,"

    for quantity, (low, high) in _STATE_RANGES.items():
        for code in names:
            yield row(quantity, f"{code},", low, high, (high - low) / 8)
    for place, code in enumerate(names):
        term = (0, 48, 60)[place % 3]
        yield f"term_months,{code},,2000-01,{term},{term},{term},V,"
        yield f"max_terms,{code},,2000-01,2,2,2,V,"
    for quantity, (low, high) in _DYAD_RANGES.items():
        # one range for all, then exact rows for some pairs: a full list of 9,900 dyads would say nothing more
        yield f"{quantity},*,*,2000-01,{(low + high) / 2},{low},{high},W,"
        for a, b in _pairs(names)[:20]:
            yield row(quantity, f"{a},{b}", low, high, (high - low) / 8)
            yield row(quantity, f"{b},{a}", low, high, (high - low) / 8)


def _forum(number: int, names: list[str], luck: random.Random) -> str:
    size = min(len(names), luck.randint(4, 7))
    spread = "\n".join(
        f"{quantity} = {{ value = {value:.3f}, low = {value - 0.1:.3f}, high = {value + 0.1:.3f} }}"
        for quantity, value in ((quantity, luck.uniform(0.2, 0.8)) for quantity in _SPREAD)
    )
    agenda = luck.choice(('["hard"]', '["soft"]', '["hard", "soft"]'))
    seats = ", ".join(f'{{ state = "{code}" }}' for code in sorted(luck.sample(names, size)))
    return (
        f'[F{number}]\nname = "Forum {number}"\nstart = 1995-01-01\nrule = "consensus"\n'
        f"track = {luck.choice((1, 1, 1.5, 2))}\n"
        f"agenda = {agenda}\nlevel = {luck.randint(0, 3)}\nmeets_every = {luck.choice((3, 6, 12, 12))}\n"
        f'meets_in = {luck.randint(1, 12)}\n{spread}\ncertainty = "J"\nmembers = [{seats}]\n'
    )
