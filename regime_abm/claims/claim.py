"""A claim: read from its file, checked with all that it names, its arms made scenarios."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from regime_abm.claims.files import ClaimFile, OwnWords, Test
from regime_abm.core.parameter import parameters_of
from regime_abm.errors import InputError, nearest
from regime_abm.forms import fitted, parsed
from regime_abm.paths import named_file, shipped
from regime_abm.plan import known_parameter
from regime_abm.scenario import Scenario, ScenarioFile, check_event, known_modules, overlaid
from regime_abm.surgery import cut_by_force
from regime_abm.yardsticks import chosen

BASELINE = "baseline_2018"
_NOT_OF_ARMS = ("schema", "extends", "title", "question", "essay", "primary_measure", "region", "start", "months")


@dataclass(frozen=True)
class Claim:
    """A claim that was read and checked. does: arm -> what is done in it, in words."""

    where: Path
    file: ClaimFile
    arms: Mapping[str, Scenario]
    does: Mapping[str, str]

    @property
    def id(self) -> str:
        """Its name: H2, X5."""
        return self.file.id

    @property
    def surgery(self) -> Mapping[str, tuple[str, ...]]:
        """Arm -> what is forced there, in words; only arms in which something is."""
        found = {arm: tuple(cut.text() for cut in cut_by_force(scenario.events)) for arm, scenario in self.arms.items()}
        return {arm: cuts for arm, cuts in found.items() if cuts}

    def needed(self) -> Iterator[tuple[str, str]]:
        """(arm, yardstick) of all that its tests need."""
        for test in self.file.tests:
            for arm in (test.treatment, *test.control, *test.less.values()):
                for key in (test.outcome, test.per, *test.versus, *test.versus_per):
                    if key is not None:
                        yield arm, key


def claims_folder() -> Path:
    """Where the shipped claims are."""
    return shipped("claims")


def claim_names() -> list[str]:
    """Names of the shipped claims, H before X before N, by number."""
    return sorted((path.stem.upper() for path in claims_folder().glob("*.toml")), key=_order)


def claims() -> dict[str, ClaimFile]:
    """What the files of all shipped claims say, by name, whether or not this version has all that they need."""
    return {name: parsed(find_claim(name), ClaimFile) for name in claim_names()}


def _order(name: str) -> tuple[int, int, str]:
    number = re.search(r"\d+", name)
    return "HXN".find(name[0]), int(number[0]) if number else 0, name


def find_claim(name: str | Path) -> Path:
    """The file of a claim given by name (H2) or path; InputError with the nearest right name otherwise."""
    return named_file(name, claims_folder(), "claim")


def load_claim(name: str | Path) -> Claim:
    """Load and check a claim by name or path, with all that it names.

    Raises InputError (one line: file, field, allowed range, nearest right word).
    """
    path = find_claim(name)
    file = parsed(path, ClaimFile)
    if path.stem.upper() != file.id:
        raise InputError(f"{path}: id: {file.id!r} is not the file's name")
    common = dict(file.common)
    known_modules(
        common.get("modules", ()), f"{path}: common.modules"
    )  # first: what comes with a module is unknown without it
    base, shared = str(common.pop("scenario", BASELINE)), _overlay(common, path, "common")
    arms, does = {}, {}
    for arm, table in file.arms.items():
        words, overlay = _arm(table, path, arm)
        arms[arm] = _scenario(words, base, (shared, overlay), file, path, arm)
        does[arm] = words.does
    _check_alike(arms, path)
    for place, test in enumerate(file.tests, 1):
        _check_test(test, arms, f"{path}: tests[{place}]")
    _check_counter_force(file.counter_force, arms, path)
    return Claim(path, file, arms, does)


def load_claims(names: Sequence[str | Path] = ()) -> tuple[list[Claim], dict[str, str]]:
    """The claims of these names, and none left out; without names all that are shipped, and name -> why it is left out.

    Left out is only what needs an optional module, a scenario or a yardstick that this version does not have.
    """
    if names:
        return [load_claim(name) for name in dict.fromkeys(names)], {}
    found, left = [], {}
    for name in claim_names():
        try:
            found.append(load_claim(name))
        except InputError as error:
            if "unknown module" not in str(error):
                raise
            left[name] = str(error)
    return found, left


def _arm(table: Mapping[str, Any], path: Path, arm: str) -> tuple[OwnWords, ScenarioFile]:
    own = {name: table[name] for name in OwnWords.model_fields if name in table}
    if "modules" in table:
        raise InputError(f"{path}: arms.{arm}.modules: all arms have the same modules; say it under [common]")
    words = fitted(own, OwnWords, f"{path}: arms.{arm}")
    return words, _overlay({k: v for k, v in table.items() if k not in own}, path, f"arms.{arm}")


def _overlay(table: Mapping[str, Any], path: Path, field: str) -> ScenarioFile:
    for name in table:
        if name in _NOT_OF_ARMS:
            raise InputError(f"{path}: {field}.{name}: is not for an arm")
    return fitted({"schema": 1, **table}, ScenarioFile, f"{path}: {field}")


def _scenario(
    words: OwnWords, base: str, layers: Sequence[ScenarioFile], file: ClaimFile, path: Path, arm: str
) -> Scenario:
    where = f"{path}: arms.{arm}"
    span = ScenarioFile.model_validate({"schema": 1, "months": file.months})
    fields = [(Path(f"{path}: common"), span), (Path(f"{path}: common"), layers[0]), (Path(where), layers[1])]
    scenario = overlaid(words.scenario or base, fields, f"{file.id}_{arm}")
    if words.preset:
        scenario = scenario.with_preset(words.preset)
    if words.shuffled:
        shuffled = scenario.region.shuffled(scenario.start, np.random.default_rng(words.shuffled))
        scenario = replace(scenario, region=shuffled)
    for place, cut in enumerate(words.surgery, 1):
        check_event(
            cut, scenario.region, scenario.start, scenario.months, scenario.modules, f"{where}.surgery[{place}]"
        )
    return replace(scenario, events=(*scenario.events, *words.surgery))


def _check_alike(arms: Mapping[str, Scenario], path: Path) -> None:
    first = next(iter(arms.values()))
    for arm, scenario in arms.items():
        for what in ("modules", "start"):
            if getattr(scenario, what) != getattr(first, what):
                raise InputError(f"{path}: arms.{arm}: has other {what} than the first arm; all arms have the same")


def _check_test(test: Test, arms: Mapping[str, Scenario], where: str) -> None:
    for field, names in (
        ("treatment", [test.treatment]),
        ("control", test.control),
        ("less", [*test.less, *test.less.values()]),
    ):
        for name in names:
            if name not in arms:
                raise InputError(f"{where}.{field}: unknown arm {name!r}{nearest(name, arms)}")
    keys = [test.outcome, *test.versus, *([test.per] if test.per else []), *test.versus_per]
    try:
        chosen(keys)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
    if (test.against is not None) != (test.kind == "shape"):
        raise InputError(f"{where}.against: is for tests of kind 'shape', and they need it")
    if test.kind != "shape" and not (test.control or test.versus):
        raise InputError(f"{where}.control: needs an arm, or `versus` another outcome, to compare with")
    if test.versus and (test.control or test.less):
        raise InputError(f"{where}.versus: compares within one arm; leave out control and less")
    if bool(test.per) != bool(test.versus_per) and test.versus:
        raise InputError(f"{where}.versus_per: give the exposure of every outcome, or of none")
    if test.versus_per and len(test.versus_per) != len(test.versus):
        raise InputError(f"{where}.versus_per: needs as many as versus ({len(test.versus)})")
    if (test.expected is None) != (test.kind in ("equivalence", "free")):
        raise InputError(
            f"{where}.expected: is up or down for tests of kind 'sign', 'no worse' and 'shape', and for no other"
        )


def _check_counter_force(names: Sequence[str], arms: Mapping[str, Scenario], path: Path) -> None:
    """They exist, and are on: a counter-force in a module that is off would be none."""
    used = parameters_of(next(iter(arms.values())).schedule)
    for name in names:
        known_parameter(name, f"{path}: counter_force")
        if name not in used:
            module = name.partition(".")[0]
            raise InputError(f"{path}: counter_force: {name}: the module {module} is off in this claim")
