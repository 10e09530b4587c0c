"""Would a compiled month be quicker? The two heaviest equations in Numba beside the ones in use: time, and equal bits.

``python -m benchmarks.compiled`` in an environment that also has Numba, which the project does not need; docs/speed.md
tells what was found. Each equation twice: compiled whole, and with NumPy's own exp and log between two compiled halves.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

import numpy as np

from regime_abm.ensemble import _keep_freed_memory
from regime_abm.mechanisms import choice, trust

FUTURES, STATES, ACTS = 500, 7, 5
ASYMMETRY, PRECISION = 2.0, 4.0
_DEGREES = np.array(choice.COOPERATION, np.float32)
_EACH_WAY = np.array([1.0, 0.5, 0.5, 0.5, 1.0], np.float32)
_ONE, _HALF, _TINY, _CLIP = (np.float32(value) for value in (1.0, 0.5, 1e-30, 2.0))


def exponents(steep, dear, out):
    """Weights of the acts less the largest, before exp; acts lead."""
    for k in range(steep.size):
        best = np.float32(-1e30)
        for a in range(5):
            out[a, k] = _DEGREES[a] * steep[k] - dear[a]
            best = max(best, out[a, k])
        for a in range(5):
            out[a, k] -= best


def shared(out):
    """Each weight's share of their sum."""
    for k in range(out.shape[1]):
        total = out[0, k]
        for a in range(1, 5):
            total += out[a, k]
        for a in range(5):
            out[a, k] /= total


def ratios(good, bad, blur, seen_good, seen_bad, out):
    """Chances to see each act by either type when some are misread, and their ratio."""
    for k in range(blur.size):
        stays = _ONE - blur[k]
        for a in range(5):
            seen_good[a, k], seen_bad[a, k] = good[a, k] * stays, bad[a, k] * stays
        for step in (1, -1):
            for a in range(max(0, -step), min(5, 5 - step)):
                goes = _EACH_WAY[a] * blur[k]
                seen_good[a + step, k] += good[a, k] * goes
                seen_bad[a + step, k] += bad[a, k] * goes
        for a in range(5):
            seen_good[a, k] += _TINY
            seen_bad[a, k] += _TINY
            out[a, k] = seen_good[a, k] / seen_bad[a, k]


def lessons(act, belief, blur, luck, seen_good, seen_bad, told, weight, out):
    """What is learned from the act that was seen, less what is learned on average."""
    for k in range(act.size):
        usual = np.float32(0.0)
        for a in range(5):
            told[a, k] = min(max(told[a, k], -_CLIP), _CLIP)
            expected = (seen_good[a, k] - seen_bad[a, k]) * belief[k] + seen_bad[a, k]
            usual += min(told[a, k], np.float32(0.0)) * expected
        slipped, up = int(luck[k] >= _ONE - blur[k]), int(luck[k] >= _ONE - _HALF * blur[k])
        seen = 4 - abs(4 - abs(act[k] - slipped + up + up))
        out[k] = (min(told[seen, k], np.float32(0.0)) - usual) * weight + told[seen, k]


def _applied(function):
    def through(values):
        flat = values.reshape(-1)
        for place in range(flat.size):
            flat[place] = function(flat[place])

    return through


def trials(compiled: Callable[[Any], Any]) -> dict[str, tuple[Callable[[], np.ndarray], dict[str, Callable[[], np.ndarray]]]]:
    """Equation -> how it is worked out, and the compiled ways by name; `compiled` turns a function into machine code."""
    rng, size = np.random.default_rng(1), FUTURES * STATES**2
    shape = (FUTURES, STATES, STATES)
    halves = {part.__name__: compiled(part) for part in (exponents, shared, ratios, lessons)}
    ways = {
        "with NumPy's exp and log": (partial(_in_place, np.exp), partial(_in_place, np.log)),
        "whole": (compiled(_applied(compiled(_exp))), compiled(_applied(compiled(_log)))),
    }
    gains = rng.normal(0.0, 1.0, (2, *shape)).astype(np.float32)
    dear = rng.random((ACTS, 1, 1, 1, 1)).astype(np.float32)
    weights = np.empty((ACTS, 2 * size), np.float32)

    def chances(exp: Callable[[np.ndarray], None]) -> np.ndarray:
        halves["exponents"]((PRECISION * gains).reshape(-1), dear.reshape(-1), weights)
        exp(weights)
        halves["shared"](weights)
        return weights

    good, bad = (rng.dirichlet(np.ones(ACTS), size).T.astype(np.float32, order="C") for _ in range(2))
    act = rng.integers(0, ACTS, size).astype(np.int8)
    belief, blur, luck = (rng.random(size, np.float32) for _ in range(3))
    blur *= np.float32(0.3)
    told, learned = np.empty((3, ACTS, size), np.float32), np.empty(size, np.float32)

    def lesson(log: Callable[[np.ndarray], None]) -> np.ndarray:
        halves["ratios"](good, bad, blur, told[0], told[1], told[2])
        log(told[2])
        halves["lessons"](act, belief, blur, luck, told[0], told[1], told[2], np.float32(ASYMMETRY - 1.0), learned)
        return learned

    here = [value.reshape(ACTS, *shape) for value in (good, bad)]
    seen = [value.reshape(shape) for value in (belief, blur, luck)]
    return {
        "choice, chances of acts": (
            lambda: choice._responses(gains, dear, PRECISION),
            {name: partial(chances, exp) for name, (exp, _) in ways.items()},
        ),
        "trust, what is learned": (
            lambda: trust.learned_from(act.reshape(shape), *here, *seen, asymmetry=ASYMMETRY),
            {name: partial(lesson, log) for name, (_, log) in ways.items()},
        ),
    }


def _in_place(function: Callable[..., Any], values: np.ndarray) -> None:
    function(values, out=values)


def _exp(value):
    return np.exp(value)


def _log(value):
    return np.log(value)


def _took(work: Callable[[], Any], times: int = 20) -> float:
    before = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - before) / times


def main(repeats: int = 7) -> None:
    before = time.process_time()
    numba = importlib.import_module("numba")
    print(f"Numba {numba.__version__}, NumPy {np.__version__}; import {time.process_time() - before:.2f} s")
    _keep_freed_memory()  # as in an ensemble
    for equation, (plain, ways) in trials(numba.njit).items():
        for name, way in ways.items():
            before = time.process_time()
            found = way()
            compiling = time.process_time() - before
            equal = float((found.reshape(-1) == plain().reshape(-1)).mean())
            turns = [(_took(plain), _took(way)) for _ in range(repeats)]
            ratio = median(new / old for old, new in turns)
            old, new = (median(column) * 1e6 for column in zip(*turns, strict=True))
            print(
                f"{equation}, compiled {name}: {ratio:.2f} x the time ({old:.0f} to {new:.0f} µs for {FUTURES} futures), "
                f"{100 * equal:.1f} % of the bits equal, compiled in {compiling:.1f} s; n={repeats}"
            )


if __name__ == "__main__":
    main()
