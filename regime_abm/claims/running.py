"""From claims to verdicts: every arm once, however many claims share it, and kept on the disk where a folder is given.

An arm is known by all that its futures depend on. An arm that is done is one parquet file, whole or not there at all, so that
an interrupted run goes on where it was, and loses at most the arms in work.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from regime_abm.claims.claim import Claim
from regime_abm.claims.files import Test
from regime_abm.claims.verdict import Found, Judged, judge, together
from regime_abm.core.parameter import parameters_of
from regime_abm.effective import effective
from regime_abm.errors import InputError
from regime_abm.fingerprint import fingerprint
from regime_abm.paired import Difference, paired, prior_draws
from regime_abm.scenario import Scenario
from regime_abm.store import durable, lock
from regime_abm.workers import in_order

ARMS = "arms"  # folder of the arms that are done, within the folder that is given
Values = Mapping[str, np.ndarray]  # yardstick -> (draws, replicates)


@dataclass(frozen=True)
class Size:
    """How much is run: draws of all that is not known, twins in each, and the seed. months: None for each claim's own."""

    draws: int
    replicates: int
    seed: int = 1
    months: int | None = None

    def __post_init__(self) -> None:
        for name, least in (("draws", 2), ("replicates", 2), ("seed", 0)):
            if getattr(self, name) < least:
                raise InputError(f"{name}: {getattr(self, name)} is below {least}")
        if self.months is not None and self.months < 1:
            raise InputError(f"months: {self.months} is below 1")


QUICK = Size(100, 10)  # all claims in a few minutes on two cores
FULL = Size(200, 50)  # what verdicts are quoted from


@dataclass(frozen=True)
class ArmRun:
    """One arm to run, for all claims that share it. key: what its futures depend on, in one word."""

    key: str
    scenario: Scenario
    yardsticks: tuple[str, ...]
    users: tuple[str, ...]


def plan_of(claims: Sequence[Claim], size: Size) -> list[ArmRun]:
    """The arms of some claims, each once, the most shared first."""
    known: dict[str, tuple[Scenario, dict[str, None], dict[str, None]]] = {}
    for claim in claims:
        for arm, yardstick in claim.needed():
            scenario = claim.arms[arm]
            key = key_of(scenario, size)
            _, yardsticks, users = known.setdefault(key, (scenario, {}, {}))
            yardsticks[yardstick] = None
            users[f"{claim.id} {arm}"] = None
    runs = [ArmRun(key, scenario, tuple(keys), tuple(users)) for key, (scenario, keys, users) in known.items()]
    return sorted(runs, key=lambda run: -len(run.users))


def key_of(scenario: Scenario, size: Size) -> str:
    """Digest of all that an arm's values depend on: scenario, size, code, versions and machine."""
    told = [effective(scenario, draw_parameters=True).digest, asdict(size), _made_of()]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:20]


@functools.cache
def _made_of() -> dict[str, Any]:
    return fingerprint()


def run_arms(
    runs: Sequence[ArmRun],
    size: Size,
    *,
    workers: int = 1,
    folder: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Values]:
    """Arm's key -> its values; those that the folder holds are not run again. progress(done, wanted) counts arms."""
    found: dict[str, Values] = {}
    with contextlib.ExitStack() as stack:
        if folder is not None:
            (folder / ARMS).mkdir(parents=True, exist_ok=True)
            stack.enter_context(lock.held(folder))
        missing = []
        for run in runs:
            kept = _kept(run, size, folder)
            if kept is not None and set(run.yardsticks) <= kept.keys():
                found[run.key] = kept
            else:
                more = tuple(dict.fromkeys([*run.yardsticks, *(kept or ())]))
                missing.append(ArmRun(run.key, run.scenario, more, run.users))
        if progress is not None:
            progress(len(found), len(runs))
        work = functools.partial(_run_arm, size, folder)
        each = in_order(work, missing, workers) if workers > 1 and len(missing) > 1 else map(work, missing)
        for run, values in zip(missing, each, strict=True):
            found[run.key] = values
            if progress is not None:
                progress(len(found), len(runs))
    return found


def _run_arm(size: Size, folder: Path | None, run: ArmRun) -> Values:
    """May run in a process of its own, which also puts the file in place: what is done is safe at once."""
    months = size.months or run.scenario.months
    options: dict[str, Any] = {"draws": size.draws, "replicates": size.replicates, "seed": size.seed, "months": months}
    values = paired({"arm": run.scenario}, run.yardsticks, **options).values["arm"]
    if folder is not None:
        durable.write(_file(run, folder), _as_parquet(values))
    return values


def _file(run: ArmRun, folder: Path) -> Path:
    return folder / ARMS / f"{run.key}.parquet"


def _as_parquet(values: Values) -> bytes:
    import pandas as pd

    buffer = io.BytesIO()
    table = pd.DataFrame({name: array.ravel() for name, array in values.items()})
    table.to_parquet(buffer, index=False, write_page_checksum=True)
    return buffer.getvalue()


def _kept(run: ArmRun, size: Size, folder: Path | None) -> Values | None:
    """What the folder holds of an arm; a broken file counts as none and is made anew."""
    if folder is None or not (path := _file(run, folder)).is_file():
        return None
    import pandas as pd

    try:
        table = pd.read_parquet(path, page_checksum_verification=True)
    except (OSError, ValueError):
        return None
    if len(table) != size.draws * size.replicates:
        return None
    return {str(name): table[name].to_numpy().reshape(size.draws, size.replicates) for name in table}


def judged(
    claims: Sequence[Claim],
    size: Size = QUICK,
    *,
    workers: int = 1,
    folder: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Judged]:
    """Claim's name -> verdict, from the arms that the claims need; the same for any number of workers.

    folder: where arms that are done are kept and found again. Raises InputError for a folder that cannot be used.
    """
    if workers < 1:
        raise InputError(f"workers: {workers} is below 1")
    runs = plan_of(claims, size)
    values = run_arms(runs, size, workers=workers, folder=folder, progress=progress)
    names = {name for run in runs for name in parameters_of(run.scenario.schedule)}
    drawn = prior_draws(size.draws, size.seed, sorted(names))
    return {claim.id: _judged(claim, size, values, drawn) for claim in claims}


def _judged(claim: Claim, size: Size, values: Mapping[str, Values], drawn: Mapping[str, np.ndarray]) -> Judged:
    arms = {arm: values[key_of(claim.arms[arm], size)] for arm in {arm for arm, _ in claim.needed()}}
    return together([_found(claim, test, arms, drawn) for test in claim.file.tests])


def _found(claim: Claim, test: Test, arms: Mapping[str, Values], drawn: Mapping[str, np.ndarray]) -> Found:
    used = {test.treatment, *test.control, *test.less, *(test.less[arm] for arm in test.less)}
    everywhere = frozenset.intersection(*(frozenset(claim.arms[arm].parameters) for arm in used))
    schedule = parameters_of(claim.arms[test.treatment].schedule)
    free = {name: found for name, found in drawn.items() if name in schedule and name not in everywhere}
    treatment = _side(test, test.treatment, test.outcome, test.per, arms)
    if test.kind == "shape":
        return judge(test, Difference.of(test.outcome, treatment, np.full_like(treatment, test.against)), free)
    if test.versus:
        exposures: Sequence[str | None] = test.versus_per or [None] * len(test.versus)
        sides = {
            outcome: _side(test, test.treatment, outcome, per, arms)
            for outcome, per in zip(test.versus, exposures, strict=True)
        }
    else:
        sides = {arm: _side(test, arm, test.outcome, test.per, arms) for arm in test.control}
    rival, control = _rival(test, sides)
    return judge(test, Difference.of(test.outcome, treatment, control), free, rival)


def _side(test: Test, arm: str, outcome: str, per: str | None, arms: Mapping[str, Values]) -> np.ndarray:
    """(draws, replicates) values of one side, less the arm that is taken off it."""
    found = rated(arms[arm][outcome], arms[arm][per]) if per else np.asarray(arms[arm][outcome], float)
    taken_off = test.less.get(arm)
    if taken_off is None:
        return found
    off = arms[taken_off]
    return found - (rated(off[outcome], off[per]) if per else off[outcome])


def _rival(test: Test, sides: Mapping[str, np.ndarray]) -> tuple[str, np.ndarray]:
    """The one that stands best by what the claim expects, on average over all draws; or, pooled, their mean."""
    if test.pooled:
        return f"mean of {', '.join(sides)}", np.mean(list(sides.values()), axis=0)
    sign = -1 if test.expected == "down" else 1
    best = max(sides, key=lambda name: sign * _mean(sides[name]))
    return best, sides[best]


def _mean(values: np.ndarray) -> float:
    known = ~np.isnan(values)
    return float(values[known].mean()) if known.any() else -np.inf


def rated(count: np.ndarray, exposure: np.ndarray) -> np.ndarray:
    """Rates pooled within each draw, as values one a twin whose mean is the pooled rate and whose spread gives its error.

    count, exposure: (draws, replicates) events and time at risk. A mean of single futures' rates would let one short spell
    weigh as much as a long one. Linearised, as is usual for a ratio of means; NaN for a draw without any exposure.

    >>> rated(np.array([[1.0, 0.0]]), np.array([[10.0, 30.0]])).mean().round(6).tolist()
    0.025
    """
    count, exposure = np.nan_to_num(count), np.nan_to_num(exposure)
    at_risk = exposure.mean(axis=1, keepdims=True)
    known = at_risk > 0.0
    rate = np.divide(count.mean(axis=1, keepdims=True), at_risk, out=np.full(at_risk.shape, np.nan), where=known)
    return rate + np.divide(count - rate * exposure, at_risk, out=np.full(count.shape, np.nan), where=known)


def twins_worth(found: Iterable[Found]) -> float | None:
    """Twins a draw from which an effect as large as the spread between draws exceeds twice its Monte Carlo error, by the median
    over tests; None where nothing varies between draws. Beyond it, more draws tell more than more twins."""
    needed = [
        (2.0 * item.within / item.between) ** 2 for item in found if item.between > 0.0 and np.isfinite(item.within)
    ]
    return float(np.median(needed)) if needed else None
