"""What the tests share: made-up worlds, luck that a test chooses, and a way to name one number of a World in words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from regime_abm.core.engine import Engine
from regime_abm.core.names import ACTIONS
from regime_abm.core.noise import Luck
from regime_abm.core.world import GLOSSARY, SHAPES, World
from regime_abm.mechanisms import SCHEDULE
from regime_abm.region_files import DYAD_QUANTITIES, FORUM_RANGES, STATE_QUANTITIES
from regime_abm.region_roles import KNOWN
from regime_abm.scenario import Run, Scenario, load, module_names

TESTS = Path(__file__).resolve().parent
WORLDS = TESTS / "worlds"
SEED = 20180427
MADE_UP = 'certainty = "J"\nsource = "made up"\n'


def made_up(name: str) -> Scenario:
    """The scenario of a made-up region in tests/worlds."""
    return load(WORLDS / f"{name}.toml")


def prepared(scenario: Scenario, *, count: int = 1, seed: int = SEED, first: int = 0, draw: bool = True) -> tuple[Run, World]:
    """Machinery and first World; parameters are drawn from their priors unless told otherwise."""
    return scenario.prepare(seed, first, count, draw_parameters=draw)


def whole(scenario: Scenario) -> Scenario:
    """The scenario with every optional module on."""
    return scenario.with_modules(module_names())


def after(run: Run, world: World, months: int) -> World:
    """The World some months later."""
    for _ in range(months):
        world = run.month(world)
    return world


def differences(a: World, b: World, skip: Sequence[str] = ()) -> list[str]:
    """Names of the quantities that are not the same bit for bit."""
    return [name for name in GLOSSARY if name not in skip and not same_bits(getattr(a, name), getattr(b, name))]


def same_bits(a: Any, b: Any) -> bool:
    """Whether two values are equal bit for bit: shape, type, and NaN and the sign of zero included."""
    a, b = np.ascontiguousarray(a), np.ascontiguousarray(b)
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


class ChosenLuck(Luck):
    """Luck that a test chooses: every uniform is one half, but for the draws that are named.

    chosen: ``"draw"`` or ``"draw ENTITY"`` -> uniform, the entity as luck names it: AAA, AAA>BBB, AAA|BBB, CLUB, CLUB:AAA.
    """

    def __init__(self, names, count: int, chosen: Mapping[str, float]) -> None:
        super().__init__(0, names, 0, count)
        self._chosen, self._used = dict(chosen), set()

    def draws(self, mechanism, draw, kind, entities, month):
        values = np.full((self.count, len(entities)), 0.5, np.float32)  # as all luck
        draw = draw.split("\x1f")[0]  # a named draw holds its entity's name too
        for column, entity in enumerate(entities):
            for key in (f"{draw} {entity}", draw):
                if entity and key in self._chosen:
                    values[:, column] = min(self._chosen[key], np.nextafter(np.float32(1.0), np.float32(0.0)))
                    self._used.add(key)
                    break
        values.flags.writeable = False
        return values

    def idle(self) -> set[str]:
        """Chosen draws that nobody asked for: most likely a spelling mistake in the test."""
        return set(self._chosen) - self._used


def one_month(
    world: World, values: Mapping[str, Any], luck: Luck, mechanisms: Sequence[Any] = SCHEDULE, actors: Any = None
) -> World:
    """The World after the given mechanisms have run once."""
    return Engine(mechanisms, values, luck, actors).month(world)


# One number of a World in words: "trust AAA>BBB", "will AAA", "met CLUB", "attendance CLUB:AAA", "decision AAA>BBB provoke",
# "date". A star stands for everybody: "trust *>AAA".


def _indices(text: str, codes: Sequence[str]) -> list[int]:
    if text == "*":
        return list(range(len(codes)))
    if text not in codes:
        raise KeyError(f"{text!r} is none of {codes}")
    return [codes.index(text)]


def quantity_of(words: str) -> str:
    """The quantity that some words name; KeyError when the glossary has none of that name."""
    name = words.split(" ")[0]
    if name not in GLOSSARY:
        raise KeyError(f"{name!r} is not in the glossary")
    return name


def places(world: World, words: str) -> tuple[str, list[tuple[int, ...]]]:
    """The quantity and the places (without the replicate axis) that some words name."""
    name, _, subject = words.partition(" ")
    shape = SHAPES[GLOSSARY[quantity_of(words)].axes].removeprefix("R")
    states, forums = world.names.states, world.names.forums
    if not shape:
        return name, [()]
    if shape == "F":
        return name, [(f,) for f in _indices(subject or "*", forums)]
    if shape == "N":
        return name, [(i,) for i in _indices(subject or "*", states)]
    if shape == "G":
        return name, [(g,) for g in _indices(subject or "*", world.names.agreements)]
    if shape in ("FN", "GN"):
        table, _, state = (subject or "*").partition(":")
        tables = forums if shape == "FN" else world.names.agreements
        return name, [(t, s) for t in _indices(table, tables) for s in _indices(state or "*", states)]
    match = re.fullmatch(r"(\*|\w+)>(\*|\w+)(?: (.+))?", subject or "*>*")
    if not match:
        raise KeyError(f"{words!r} does not name a dyad")
    pairs = [(i, j) for i in _indices(match[1], states) for j in _indices(match[2], states) if i != j]
    if shape == "ANN":
        acts = _indices(match[3] or "*", ACTIONS)
        return name, [(a, i, j) for a in acts for i, j in pairs]
    return name, pairs


def value_in_words(name: str, value: Any) -> Any:
    """A value as the World holds it: acts may be given by name, dates as 2001-05."""
    if isinstance(value, str):
        if name == "date":
            year, month = value.split("-")
            return int(year) * 12 + int(month) - 1
        return ACTIONS.index(value)
    return value


def with_values(world: World, given: Mapping[str, Any]) -> World:
    """The World with some numbers set; later words override earlier ones, so write the general before the special."""
    changes: dict[str, Any] = {}
    for words, value in given.items():
        name, spots = places(world, words)
        value = value_in_words(name, value)
        if SHAPES[GLOSSARY[name].axes] == "":
            changes[name] = GLOSSARY[name].kind(value)
            continue
        array = changes.setdefault(name, getattr(world, name).copy())
        leading = (slice(None),) if SHAPES[GLOSSARY[name].axes].startswith("R") else ()
        for spot in spots:
            array[(*leading, *spot)] = value
    return world.replace(changes)


def values_at(world: World, words: str) -> np.ndarray:
    """The named numbers as (R, places)."""
    name, spots = places(world, words)
    value = np.asarray(getattr(world, name))
    shape = SHAPES[GLOSSARY[name].axes]
    if not shape.startswith("R"):
        value = np.broadcast_to(value, (world.replicates, *value.shape))
    return np.stack([value[(slice(None), *spot)] for spot in spots], axis=1).astype(float)


# Made-up regions of any size, written as files and read like any other.


def write_region(
    folder: Path,
    *,
    states: Sequence[Mapping[str, Any]],
    dyads: Mapping[tuple[str, str], Mapping[str, Any]],
    forums: Mapping[str, Mapping[str, Any]],
    alliances: Sequence[tuple[str, str, float]] = (),
    exercise_months: Sequence[int] = (),
) -> Path:
    """Write a region folder and a scenario beside it; returns the scenario's path.

    states: code, programme and the state quantities; dyads: (i, j) with i before j -> rival, core, and the dyad quantities as
    (i about j, j about i); forums: code -> the fields of its table, members as codes. All values are points.
    """
    folder.mkdir(parents=True)
    codes = [row["code"] for row in states]
    about = ["state,name,x,y,key_party,weapons_programme,source"]
    initial = ["quantity,state,other,date,value,low,high,certainty,source"]

    def line(quantity: str, i: str, j: str, value: float) -> str:
        return f"{quantity},{i},{j},1990-01,{value!r},{value!r},{value!r},J,made up"

    for row in states:
        about.append(f"{row['code']},,50,50,1,{int(row['programme'])},made up")
        initial += [line(q, row["code"], "", row[q]) for q in STATE_QUANTITIES]
    flags = ["state,other,rival,core,source"]
    for (i, j), row in dyads.items():
        for a, b, side in ((i, j, 0), (j, i, 1)):
            flags.append(f"{a},{b},{int(row['rival'])},{int(row['core'])},made up")
            initial += [line(q, a, b, row[q][side]) for q in DYAD_QUANTITIES]
    ties = ["alliance,state,other,start,end,kind,strength,low,high,certainty,source"]
    ties += [f"T{k},{a},{b},1980-01-01,,defence,{s!r},{s!r},{s!r},J,made up" for k, (a, b, s) in enumerate(alliances)]
    leaders = ["state,leader,start,end,certainty,source"]
    leaders += [f"{row['code']},L,{row.get('since', '1995-01')}-01,,V,made up" for row in states]
    tables = []
    for code, forum in forums.items():
        tables.append(f"[{code}]")
        for field, value in forum.items():
            if field == "members":
                value = [{"state": member} for member in value]
            elif field in FORUM_RANGES:
                value = {"value": value, "low": value, "high": value}
            tables.append(f"{field} = {_toml(value)}")
    for name, lines in {
        "states.csv": about,
        "initial.csv": initial,
        "dyads.csv": flags,
        "alliances.csv": ties,
        "leaders.csv": leaders,
        "forums.toml": tables,
        "region.toml": [f"exercise_months = {list(exercise_months)}"],
    }.items():
        (folder / name).write_text("\n".join(lines) + "\n", "utf-8")
    scenario = folder.parent / f"{folder.name}.toml"
    assert len(set(codes)) == len(codes)
    scenario.write_text(f'schema = 1\nregion = "{folder.name}"\nstart = "2000-01"\nmonths = 24\n', "utf-8")
    return scenario


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return f'"{value}"' if isinstance(value, str) else repr(value)


def any_region(draw: Callable[..., float], folder: Path, size: int, forums: int) -> Path:
    """A region whose every value comes from ``draw(low, high)`` (whole numbers for ``draw(low, high, whole=True)``)."""
    codes = [f"S{k:02d}" for k in range(size)]

    def flag() -> bool:
        return bool(draw(0, 1, whole=True))

    def between(quantity: str) -> float:
        entry = GLOSSARY[quantity]
        whole = entry.kind is bool or quantity in ("term_months", "max_terms")
        return draw(entry.low, entry.high, whole=whole)

    states = [{"code": code, "programme": flag(), **{q: between(q) for q in STATE_QUANTITIES}} for code in codes]
    dyads = {
        (i, j): {
            "rival": flag(),
            "core": flag() or (place, j) == (0, codes[1]),  # no region can do without a core dyad
            **{q: (between(q), between(q)) for q in DYAD_QUANTITIES},
        }
        for place, i in enumerate(codes)
        for j in codes[place + 1 :]
    }
    tables = {
        f"F{k}": {
            "track": (1, 1.5, 2)[draw(0, 2, whole=True)],
            "agenda": [item for item in ("hard", "soft") if flag()],
            "level": draw(0, 4, whole=True),
            "meets_every": draw(1, 12, whole=True),
            "meets_in": draw(1, 12, whole=True),
            **{q: between(f"forum_{q}") for q in FORUM_RANGES},
            "members": [codes[0], *[code for code in codes[1:] if flag()]],
        }
        for k in range(forums)
    }
    alliances = [(i, j, draw(0, 1)) for i, j in dyads if flag()]
    seasons = [month for month in range(1, 13) if flag()]
    path = write_region(
        folder, states=states, dyads=dyads, forums=tables, alliances=alliances, exercise_months=seasons
    )
    players = {
        "states": [code for code in codes if flag()],
        "pairs": [f"{i}>{j}" for i, j in dyads if flag()],
        "forums": [code for code in tables if flag()],
        "agreements": [],
        "steps": [],
    }
    lines = [f'[{role}]\n{field} = {json.dumps(players[field])}\n{MADE_UP}' for role, field in KNOWN.items()]
    (folder / "roles.toml").write_text("\n".join(lines), encoding="utf-8")
    return path


def added_up(terms: Sequence[Sequence[Any]]) -> float:
    """The values of (label, value, note) terms added one after the other in single precision, as the equations do."""
    total = np.float32(0.0)
    for _, value, _ in terms:
        total = total + np.float32(value)
    return float(total)
