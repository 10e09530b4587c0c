"""Does the model behave as the record and the literature say it must? Gates with a goal, measured on futures, met or missed.

Under three presets, parameters are drawn from their priors and the outcome classes of the futures are read; a smaller record
of the agnostic futures shows how trust, provocation and agreements move. Nothing here looks inside a mechanism.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from regime_abm.core.parameter import Uniform, parameters_of
from regime_abm.core.world import World
from regime_abm.ensemble import Progress, chunk_size, chunks, ensemble
from regime_abm.measures.gauges import GAUGES
from regime_abm.measures.outcome import CLASSES, KEYS, REGIMES, first_reached
from regime_abm.mechanisms import COMPLETE
from regime_abm.scenario import Preset, Scenario, load_preset

EARLY = 120  # months: the brief's gates on outcomes are asked after ten years
RECORDED_FUTURES = 200  # of which the movements are recorded month by month
CARRIED_OUT = 60  # months after a signature in which all its steps should be taken, were it more than a word
NONE_LEFT = 0.05  # an arsenal below this is gone
_EDGE = 0.02  # trust below this or above 1 - this has stuck


@dataclass(frozen=True)
class Gate:
    """One promise: what was measured, what it should be, and whether it is. value is None where nothing could be measured."""

    key: str
    title: str
    value: float | None
    goal: str
    met: bool | None
    unit: str = ""


@dataclass(frozen=True)
class Validation:
    """All gates, and when futures first reach each outcome class: (preset, class title, share that ever do, quartiles)."""

    scenario: str
    replicates: int
    months: int
    seed: int
    gates: list[Gate]
    first_passage: list[dict[str, Any]]
    seconds: float
    modules: tuple[str, ...] = ()

    @property
    def missed(self) -> list[Gate]:
        """The gates that are not met."""
        return [gate for gate in self.gates if gate.met is False]

    def table(self) -> dict[str, Any]:
        """Everything as plain numbers, ready for JSON."""
        return {**asdict(self), "schema": 1, "missed": [gate.key for gate in self.missed]}


@dataclass(frozen=True)
class Diary:
    """What is recorded of some futures beside their outcome; months first, then futures.

    trust is of pairs of different states only; campaign and tests of states with a weapons programme; done counts the steps of
    an agreement in force, 0 where one of them is pretended; arsenal is what can be bargained over, None where nothing in the
    month could move it; steps and parties are those of each agreement.
    """

    trust: np.ndarray
    campaign: np.ndarray
    tests: np.ndarray
    signed: np.ndarray
    ended: np.ndarray
    done: np.ndarray
    parties: np.ndarray
    steps: np.ndarray
    arsenal: np.ndarray | None = None

    @property
    def futures(self) -> int:
        """How many futures."""
        return self.trust.shape[1]


def keep_diary(scenario: Scenario, seed: int, count: int, months: int, heard: Callable[[int], None]) -> Diary:
    """Run futures with drawn parameters and record how they move; `heard` hears of futures' months done."""
    parts: list[dict[str, np.ndarray]] = []
    world: World | None = None
    for first, size in chunks(count, min(chunk_size(scenario), RECORDED_FUTURES)):
        run, world = scenario.prepare(seed, first, size, draw_parameters=True)
        seen = [_entry(world)]
        for _ in range(months):
            world = run.month(world)
            seen.append(_entry(world))
            heard(size)
        parts.append({name: np.stack([entry[name] for entry in seen]) for name in seen[0]})
    assert world is not None
    together: dict[str, Any] = {name: np.concatenate([part[name] for part in parts], axis=1) for name in parts[0]}
    if not any("arsenal" in step.WRITES for step in scenario.schedule) or np.isnan(together["arsenal"]).any():
        together["arsenal"] = None
    return Diary(**together, parties=world.party.sum(axis=1), steps=np.asarray(world.agreement_steps))


def _entry(world: World) -> dict[str, np.ndarray]:
    pairs = ~np.eye(len(world.names.states), dtype=bool)
    return {
        "trust": world.trust[:, pairs],
        "campaign": world.campaign[:, world.programme],
        "tests": world.tests[:, world.programme],
        "signed": world.signed,
        "ended": world.ended,
        "done": world.steps_done * (world.in_force & (world.cheat < 0)),
        "arsenal": GAUGES["arsenal"].read(world),
    }


def lives(diary: Diary, which: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Months that agreements signed in the record lived, and whether their end was seen; `which` flags the agreements.

    >>> signed, ended = np.zeros((9, 1, 1), bool), np.zeros((9, 1, 1), np.int8)
    >>> signed[2] = signed[7] = True; ended[5] = 1
    >>> empty = np.zeros((9, 1, 0))
    >>> told = Diary(empty, empty, empty, signed, ended, ended, np.array([2]), np.array([0]))
    >>> months, seen = lives(told, np.array([True]))
    >>> months.tolist(), seen.tolist()
    ([3, 1], [True, False])
    """
    found: list[tuple[int, bool]] = []
    last = len(diary.signed) - 1
    for future, agreement in zip(*np.nonzero(diary.signed[:, :, which].any(axis=0)), strict=True):
        begun = np.flatnonzero(diary.signed[:, future, which][:, agreement])
        over = np.flatnonzero(diary.ended[:, future, which][:, agreement])
        for month in begun:
            later = over[over > month]
            found.append((int(later[0] - month), True) if len(later) else (int(last - month), False))
    months = np.array([month for month, _ in found], int)
    return months, np.array([seen for _, seen in found], bool)


def carried_out(diary: Diary, within: int) -> float | None:
    """Share of the signatures of agreements with steps under which all steps were truly taken within so many months.

    Signatures too late for that are not looked at; what ended, or was signed anew, before it was done is not carried out.

    >>> signed, done = np.zeros((9, 1, 2), bool), np.zeros((9, 1, 2), np.int8)
    >>> signed[1], done[3:, 0, 0], done[4:, 0, 1] = True, 2, 1
    >>> empty = np.zeros((9, 1, 0))
    >>> told = Diary(empty, empty, empty, signed, 0 * done, done, np.array([2, 2]), np.array([2, 2]))
    >>> carried_out(told, 5)
    0.5
    """
    results = []
    for month, future, agreement in zip(*np.nonzero(diary.signed), strict=True):
        last = month + within
        if not diary.steps[agreement] or last >= len(diary.signed):
            continue
        span = slice(month + 1, last + 1)
        over = (diary.ended[span, future, agreement] > 0) | (diary.signed[span, future, agreement] > 0)
        stood = ~np.logical_or.accumulate(over)
        results.append((stood & (diary.done[span, future, agreement] >= diary.steps[agreement])).any())
    return float(np.mean(results)) if results else None


def half_life(months: np.ndarray, seen: np.ndarray) -> float | None:
    """The month by which half are over, those still alive at the end of the record taken into account (Kaplan and Meier).

    >>> half_life(np.array([2, 4, 6, 8]), np.array([True, True, True, True]))
    4.0
    >>> half_life(np.array([5, 5]), np.array([False, False])) is None
    True
    """
    alive = 1.0
    for month in np.unique(months[seen]) if len(months) else ():
        alive *= 1.0 - (seen & (months == month)).sum() / (months >= month).sum()
        if alive <= 0.5:
            return float(month)
    return None


def mean_life(months: np.ndarray, seen: np.ndarray) -> float | None:
    """Months lived for every end seen: the mean life when ends come at a steady rate."""
    return float(months.sum() / seen.sum()) if seen.any() else None


def mean_spell(flag: np.ndarray) -> float | None:
    """Mean length of the spells in which a flag is up: months in it for every time it was left.

    >>> mean_spell(np.array([[1], [1], [1], [0], [0], [1], [0], [0]], bool))
    2.0
    """
    left = (flag[:-1] & ~flag[1:]).sum()
    return float(flag[:-1].sum() / left) if left else None


def ever(outcome: np.ndarray, keys: Iterable[str], month: int) -> float:
    """Share of the futures that stood in one of the classes at some time up to a month."""
    places = [KEYS.index(key) for key in keys]
    return float(np.isin(outcome[:, 1 : month + 1], places).any(axis=1).mean())


def first_passages(preset: str, outcome: np.ndarray) -> list[dict[str, Any]]:
    """For each outcome class: the share of futures that ever stand in it, and quartiles of the month they first do."""
    rows = []
    for item, months in zip(CLASSES, first_reached(outcome), strict=True):
        reached = months >= 0
        first = months[reached]
        quartiles = np.quantile(first, (0.25, 0.5, 0.75)).tolist() if reached.any() else [None] * 3
        row = {"preset": preset, "outcome": item.key, "title": item.title, "ever": float(reached.mean())}
        rows.append(row | dict(zip(("first_quarter", "median", "third_quarter"), quartiles, strict=True)))
    return rows


def favourable(preset: Preset) -> Preset:
    """A preset pushed to the end of every prior on its own side of the middle: every lever that it knows of, fully moved."""
    known, pushed = parameters_of(COMPLETE), {}
    for key, value in preset.parameters.items():
        item = known[key]
        ends = (0.0, 1.0) if isinstance(item.prior, Uniform) else (0.05, 0.95)
        low, middle, high = item.prior.quantile(np.array([ends[0], 0.5, ends[1]]), item.low, item.high)
        pushed[key] = float(np.clip(high if value > middle else low, item.low, item.high))
    return replace(preset, name=f"{preset.name}, every lever", parameters=pushed)


def willing(scenario: Scenario) -> Scenario:
    """The scenario with every state's will and norm at the top of what its files allow for."""
    given = scenario.region.given(scenario.start, scenario.assumptions)
    top = [
        replace(item, value=item.high, low=item.high)
        for (quantity, _, _), item in given.items()
        if quantity in ("will", "norm")
    ]
    return replace(scenario, assumptions=(*scenario.assumptions, *top))


def validate(
    scenario: Scenario,
    *,
    replicates: int = 1000,
    seed: int = 1,
    months: int | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> Validation:
    """Measure every gate on `replicates` futures under each preset, parameters drawn from their priors."""
    began, months = time.perf_counter(), months or scenario.months
    early, recorded = min(EARLY, months), min(replicates, RECORDED_FUTURES)
    wanted, done = replicates * (3 * months + early) + 2 * recorded * months, 0

    def heard(more: int) -> None:
        nonlocal done
        done += more
        if progress is not None:
            progress(done, wanted)

    def outcomes_of(arm: Scenario, span: int, count: int = replicates, *, robust: bool = False) -> np.ndarray:
        """(count, span + 1) places in the outcome classes; with `robust`, regimes of the last month are put to the test."""
        before = 0

        def told(so_far: int, _: int) -> None:
            nonlocal before
            heard(so_far - before)
            before = so_far

        options: dict[str, Any] = {"months": span, "draw_parameters": True, "robust": robust}
        parts, _ = ensemble(arm, seed, count, workers=workers, progress=told, **options)
        return np.concatenate([part.outcome for part in parts])

    agnostic, institutionalist = scenario.with_preset("agnostic"), load_preset("institutionalist")
    eager = willing(scenario).with_preset(favourable(institutionalist))
    outcomes = {
        "agnostic": outcomes_of(agnostic, months),
        "agnostic, tested": outcomes_of(agnostic, early, robust=True),
        "institutionalist": outcomes_of(scenario.with_preset(institutionalist), months),
        "sceptic": outcomes_of(scenario.with_preset("sceptic"), months),
        "every lever": outcomes_of(eager, months, recorded, robust=True),  # many regimes, and each is tested
    }
    diary = keep_diary(agnostic, seed, recorded, months, heard)
    gates = [*outcome_gates(outcomes), *movement_gates(diary)]
    passages = [row for name, found in outcomes.items() if "tested" not in name for row in first_passages(name, found)]
    took = time.perf_counter() - began
    return Validation(scenario.name, replicates, months, seed, gates, passages, took, scenario.modules)


def _share(key: str, title: str, value: float, *, below: float | None = None, above: float | None = None) -> Gate:
    met = (below is None or value < below) and (above is None or value > above)
    goal = f"below {100 * below:g} %" if below is not None else f"above {100 * (above or 0):g} %"
    return Gate(key, title, value, goal, met, "share")


def _within(key: str, title: str, value: float | None, low: float, high: float, unit: str) -> Gate:
    met = value is not None and low <= value <= high  # what cannot be seen is not kept
    return Gate(key, title, value, f"{low:g} to {high:g}", met, unit)


def outcome_gates(outcomes: dict[str, np.ndarray]) -> list[Gate]:
    """The gates on outcome classes; outcomes: name of the arm -> (futures, months + 1) places in the classes.

    Only the last month of "agnostic, tested" and "every lever" knows which regimes are robust.
    """
    agnostic, tested = outcomes["agnostic"], outcomes["agnostic, tested"]
    month = tested.shape[1] - 1
    largest = float(np.bincount(agnostic[:, month], minlength=len(KEYS)).max() / len(agnostic))
    fragile = ever(agnostic, REGIMES, month)
    robust, community = _last(tested, REGIMES[1:]), _last(tested, REGIMES[2:])
    levers, sceptic = _last(outcomes["every lever"], REGIMES[1:]), _ever(outcomes["sceptic"], REGIMES)
    gates = [
        _share("fragile_or_better", f"ever a regime, fragile or better, by month {month}", fragile, below=0.10),
        _share("robust", f"a robust regime or better in month {month}", robust, below=0.05),
        _share("community", f"a security community in month {month}", community, below=0.01),
        _share("war", f"war by month {month}", ever(agnostic, ("war",), month), below=0.05),
        _share("no_monopoly", f"the most common class in month {month}", largest, below=0.90),
        _share("levers_work", "institutionalist, every lever: ends in a robust regime", levers, above=0.0),
        _share("sceptic_is_consistent", "sceptic: ever a regime", sceptic, below=0.01),
    ]  # fmt: skip
    for name in ("agnostic", "institutionalist", "every lever"):
        share = _ever(outcomes[name], REGIMES)
        gates.append(Gate(f"ever_a_regime_{name}", f"{name}: ever a regime", share, "for the record", None, "share"))
    return gates


def _last(outcome: np.ndarray, keys: Sequence[str]) -> float:
    """Share of the futures that stand in one of the classes in the last month."""
    return float(np.isin(outcome[:, -1], [KEYS.index(key) for key in keys]).mean())


def _ever(outcome: np.ndarray, keys: Sequence[str]) -> float:
    return ever(outcome, keys, outcome.shape[1] - 1)


def movement_gates(diary: Diary) -> list[Gate]:
    """The gates on how trust, provocation and agreements move."""
    trust, campaign, tests = diary.trust, diary.campaign, diary.tests
    stuck = float(((trust[-1] < _EDGE) | (trust[-1] > 1 - _EDGE)).mean())
    years = trust[::12]
    falls = float((np.diff(years, axis=0) < 0).mean()) if len(years) > 1 else None
    declarations = half_life(*lives(diary, (diary.parties == 2) & (diary.steps == 0)))
    signatures, ends = (float((happened > 0).sum() / diary.futures) for happened in (diary.signed, diary.ended))
    months, seen = lives(diary, np.ones(len(diary.parties), bool))
    span, each = (len(trust) - 1) / 240, "in a future"
    return [
        _share("trust_sticks", "dyads whose trust ends beyond .02 or .98", stuck, below=0.10),
        _within("trust_falls", "dyad-years in which trust falls", falls, 0.2, 0.8, "share"),
        _within("rate_restraint", "tests a month in restraint", _rate(tests, ~campaign), 0.05, 0.2, "a month"),
        _within("rate_campaign", "tests a month in a campaign", _rate(tests, campaign), 1.0, 3.0, "a month"),
        _within("spell_restraint", "mean spell of restraint", mean_spell(~campaign), 18, 40, "months"),
        _within("spell_campaign", "mean spell of campaigns", mean_spell(campaign), 5, 12, "months"),
        _within("declarations", "half-life of bilateral declarations without steps", declarations, 5, 12, "months"),
        _within("signatures", "signatures", signatures, 10 * span, 20 * span, each),
        _within("ends", "ends of agreements", ends, 8 * span, 17 * span, each),
        _within("mean_life", "mean life of agreements signed", mean_life(months, seen), 25, 45, "months"),
        Gate(
            "half_life", "half-life of all agreements signed", half_life(months, seen), "for the record", None, "months"
        ),
        *_deed_gates(diary),
    ]


def _deed_gates(diary: Diary) -> list[Gate]:
    """The gates on words and deeds: a signature is not its implementation, and nobody disarms as a matter of course."""
    signature = f"signatures with all steps truly taken within {CARRIED_OUT} months"
    gates = []
    if len(diary.signed) > CARRIED_OUT:
        gates.append(
            _within("signature_is_not_implementation", signature, carried_out(diary, CARRIED_OUT), 0.0, 0.5, "share")
        )
    if diary.arsenal is not None:
        first, last = diary.arsenal[0], diary.arsenal[-1]
        kept = float(np.median(last / np.maximum(first, 1e-9)))
        gates += [
            _share("arsenal_kept", "median arsenal at the end, against the first", kept, above=0.5),
            _share(
                "disarmed",
                f"arsenal gone (below {NONE_LEFT:g}) at the end",
                float((last < NONE_LEFT).mean()),
                below=0.05,
            ),
            Gate("arsenal", "median arsenal at the end", float(np.median(last)), "for the record", None, "of 1"),
        ]
    return gates


def _rate(tests: np.ndarray, when: np.ndarray) -> float | None:
    """Tests in the months in which a flag is up."""
    return float(tests[1:][when[1:]].mean()) if when[1:].any() else None
