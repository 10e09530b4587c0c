"""No sign is built in: for each effect that the essay hopes for, the model holds a channel that can undo or reverse it.

Three checks for each effect, one row a test: the opposing parameter exists; its prior reaches to where the effect is
gone or reversed; and where one mechanism alone can show it, the effect has both signs (or is gone) over prior draws.
What only a whole run can show is left to the ensembles of the claims.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from regime_abm import mechanisms
from regime_abm.core.parameter import Parameter

DRAWS = 2000
_MODULES = (f"regime_abm.mechanisms.{item.name}" for item in pkgutil.iter_modules(mechanisms.__path__))
KNOWN: dict[str, Parameter] = {
    f"{name.rsplit('.', 1)[-1]}.{item.name}": item
    for name in _MODULES
    for item in importlib.import_module(name).PARAMETERS
}


def drawn(mechanism: str, count: int = DRAWS) -> SimpleNamespace:
    """Prior draws of all parameters of one mechanism, each with luck of its own."""
    generator = np.random.default_rng(20180427)
    return SimpleNamespace(
        **{
            key.split(".")[1]: item.prior.quantile(generator.random(count), item.low, item.high)
            for key, item in KNOWN.items()
            if key.startswith(f"{mechanism}.")
        }
    )


def ends(key: str) -> tuple[float, float]:
    """The smallest and the largest value that the prior holds (the outermost thousandth left out)."""
    item = KNOWN[key]
    low, high = item.prior.quantile(np.array([0.001, 0.999]), item.low, item.high)
    return float(low), float(high)


# How far the prior of a channel must reach.

CROSSES = "the prior of the effect itself crosses zero"
VANISHES = "the prior of the effect itself reaches down to nothing"
OPPOSES = "a channel against the effect exists and can be as strong as its prior allows"
REVERSES = "the prior of the opposing channel crosses zero, so that it can oppose or help"


def vanishing(key: str) -> bool:
    """Whether the prior comes within a hundredth of its width of zero."""
    low, high = ends(key)
    return low <= 0.01 * (high - low) and high > 0


REACH: Mapping[str, Callable[[str], bool]] = {
    CROSSES: lambda key: ends(key)[0] < 0 < ends(key)[1],
    REVERSES: lambda key: ends(key)[0] < 0 < ends(key)[1],
    VANISHES: vanishing,
    OPPOSES: lambda key: ends(key)[1] > 0,
}


@dataclass(frozen=True)
class Effect:
    """One hope of the essay, what carries it, and what can undo it."""

    hope: str
    carried_by: tuple[str, ...]
    undone_by: tuple[tuple[str, str], ...]  # parameter, how


EFFECTS = (
    Effect(
        "forums lower misperception",
        ("forums.clarity",),
        (("forums.clarity", CROSSES), ("forums.forgetting", OPPOSES), ("institutions.paralysis", OPPOSES)),
    ),
    Effect(
        "forums bring rivals together",
        ("forums.rivals_pull", "forums.meeting_opens"),
        (
            ("forums.rivals_pull", CROSSES),
            ("forums.meeting_opens", CROSSES),
            ("forums.volatility_ends", OPPOSES),
            ("provocation.breakdown_stirs", OPPOSES),
        ),
    ),
    Effect(
        "institutions grow when they are supported",
        ("institutions.to_document", "forums.capital_pull"),
        (("forums.sovereignty_push", OPPOSES), ("institutions.paralysis", OPPOSES), ("institutions.fall", OPPOSES)),
    ),
    Effect(
        "agreements raise credibility",
        ("credibility.binding", "credibility.guarantees"),
        (
            ("credibility.binding", VANISHES),
            ("credibility.guarantees", CROSSES),
            ("credibility.hawks", OPPOSES),
            ("credibility.reneging", OPPOSES),
        ),
    ),
    Effect(
        "institutions raise credibility",
        ("credibility.institutions",),
        (("credibility.institutions", CROSSES), ("credibility.hawks", OPPOSES)),
    ),
    Effect(
        "shared danger creates will",
        ("will.crisis_learning",),
        (("will.crisis_learning", CROSSES),),
    ),
    Effect(
        "progress feeds will",
        ("will.progress_weight",),
        (("will.progress_weight", CROSSES), ("will.fatigue", OPPOSES), ("will.settlement_cost", VANISHES)),
    ),
    Effect(
        "will opens talks",
        ("forums.will_opens",),
        (
            ("choice.will_exploited", REVERSES),
            ("provocation.will_calms", CROSSES),
            ("provocation.talks_calm", CROSSES),
            ("forums.volatility_ends", OPPOSES),
            ("forums.force_ends", OPPOSES),
            ("will.hawk_cost", REVERSES),
        ),
    ),
    Effect(
        "will and norms restrain",
        ("choice.will_weight", "choice.norm_weight", "provocation.norm_calms"),
        (
            ("choice.will_weight", VANISHES),
            ("choice.norm_weight", VANISHES),
            ("provocation.norm_calms", VANISHES),
            ("choice.domestic_reward", OPPOSES),
            ("choice.hawk_weight", OPPOSES),
        ),
    ),
    Effect(
        "norms spread",
        ("norms.peers", "norms.advocate", "norms.document"),
        (
            ("norms.advocate", CROSSES),
            ("norms.document", CROSSES),
            ("norms.defiance", REVERSES),
            ("norms.great_power_condition", OPPOSES),
            ("norms.hypocrisy", OPPOSES),
            ("norms.violation_cancels", OPPOSES),
        ),
    ),
    Effect(
        "alliances reassure",
        ("threat.protection",),
        (("threat.others_allies", OPPOSES), ("threat.protection", VANISHES)),
    ),
    Effect(
        "exclusive alliances feed the conflict",
        ("threat.others_allies", "institutions.hardening"),
        (("threat.exclusive_share", OPPOSES), ("institutions.hardening", CROSSES), ("institutions.tightening", CROSSES)),
    ),
    Effect(
        "threat that is answered with arms deters",
        ("choice.deterrence", "arming.response"),
        (("choice.fear_of_exploitation", OPPOSES), ("arming.mutual", OPPOSES), ("threat.reach", OPPOSES)),
    ),
    Effect(
        "verification keeps agreements honest",
        ("agreements.checks_deter", "forums.verification_clarity"),
        (
            ("agreements.checks_deter", CROSSES),
            ("forums.verification_clarity", VANISHES),
            ("agreements.exploiters_pretend", OPPOSES),
            ("trust.asymmetry", OPPOSES),
        ),
    ),
    Effect(
        "more parties make agreements last",
        ("agreements.review_parties",),
        (("agreements.review_parties", CROSSES), ("agreements.parties_sign", CROSSES)),
    ),
    Effect(
        "forums settle disputes",
        ("disputes.hearings", "disputes.forum_settles"),
        (("disputes.forum_settles", CROSSES), ("disputes.hardening", OPPOSES), ("disputes.hawks_hinder", REVERSES)),
    ),
    Effect(
        "a good name travels",
        ("trust.third_party", "trust.extra_dyadic"),
        (("trust.third_party", VANISHES), ("trust.extra_dyadic", VANISHES), ("trust.asymmetry", OPPOSES)),
    ),
    Effect(
        "talks settle disputes",
        ("disputes.talks_settle",),
        (
            ("disputes.talks_settle", CROSSES),
            ("disputes.breakdown_hardens", REVERSES),
            ("disputes.force_hinders", OPPOSES),
            ("disputes.hawks_hinder", REVERSES),
            ("will.settlement_cost", OPPOSES),
        ),
    ),
)
ROWS = [(effect.hope, key, how) for effect in EFFECTS for key, how in effect.undone_by]


@pytest.mark.parametrize("effect", EFFECTS, ids=lambda effect: effect.hope)
def test_what_carries_a_hope_and_what_undoes_it_is_in_the_model(effect):
    named = {*effect.carried_by, *(key for key, _ in effect.undone_by)}
    assert named <= set(KNOWN), named - set(KNOWN)
    assert effect.undone_by


@pytest.mark.parametrize(("hope", "key", "how"), ROWS, ids=[f"{hope}: {key}" for hope, key, _ in ROWS])
def test_the_prior_lets_the_hope_be_undone(hope, key, how):
    assert REACH[how](key), f"{hope}: {key} spans {ends(key)}, but {how}"


def test_the_reach_of_a_prior_is_judged_by_its_ends():
    """The check itself can fail: a prior that is strictly positive neither crosses zero nor vanishes."""
    assert not REACH[CROSSES]("choice.precision")
    assert not REACH[VANISHES]("trust.learning")
    assert REACH[CROSSES]("forums.rivals_pull")


# What single mechanisms can show now: a measured effect for each prior draw, from the mechanism's own equation.


def clarity_of_a_year_with_a_meeting() -> np.ndarray:
    """Misperception taken away, a year after a full and middling meeting, against no meeting at all."""
    from regime_abm.mechanisms import forums

    p = drawn("forums")
    with_meeting = without = np.full(DRAWS, 0.1)
    for month in range(12):
        seen = 1.0 - p.clarity * 0.5 * 0.5 if month == 0 else 1.0
        with_meeting = forums.clearer(with_meeting, 0.1, seen, forgetting=p.forgetting)
        without = forums.clearer(without, 0.1, 1.0, forgetting=p.forgetting)
    return without - with_meeting


def cooperation_where_all_are_willing() -> np.ndarray:
    """Gain from cooperation where both sides have full will, less that where neither has any; the stake of core rivals."""
    p = drawn("choice")
    return gain(p, will=1.0, eager=1.0) - gain(p)


def adoption_by_states_that_are_little_trusted() -> np.ndarray:
    """What adoption by three of six others, trusted by .2, adds to the pull of the norm."""
    from regime_abm.mechanisms import norms

    p = drawn("norms")
    none, three = (sum(norms.pull_terms(*at, 0.0, 0.0, 0.5, 0.5, p=p).values()) for at in ((0.0, 0.0), (0.5, 0.5 * 0.8)))
    return three - none


def settlement_after_talks_that_broke_down() -> np.ndarray:
    """Log-odds to settle in talks after an earlier round broke down, less those under another procedure alone."""
    from regime_abm.mechanisms import disputes

    p = drawn("disputes")
    hardened = np.array([disputes.next_hardened(np.array(0.0), True, hardening=each) for each in p.breakdown_hardens])
    return p.talks_settle - p.hardening_hinders * hardened


def credibility_of_a_word_given_in_a_common_body() -> np.ndarray:
    """Log-odds that successors keep an assurance given in a common body, less those without."""
    from regime_abm.mechanisms import credibility

    p = drawn("credibility")
    plain, common = (sum(credibility.successor_terms(0.0, 0.3, 0.0, each, 0.5, 0.1, p=p).values()) for each in (0.0, 0.5))
    return common - plain


def attendance_of_a_grown_forum() -> np.ndarray:
    """Log-odds to come, where capital and level are high, less where both are low; a sovereignty-minded state."""
    from regime_abm.mechanisms import forums

    p = drawn("forums")
    weak, strong = (
        sum(forums.attend_terms(0.5, 0.25, capital, level, 0.8, 0.0, 0.0, p=p).values())
        for capital, level in ((0.3, 1.0), (0.7, 4.0))
    )
    return strong - weak


def credibility_of_a_guaranteed_promise() -> np.ndarray:
    """Log-odds that successors keep an assurance with guarantors, less those without."""
    from regime_abm.mechanisms import credibility

    p = drawn("credibility")
    plain, guaranteed = (
        sum(credibility.successor_terms(0.0, 0.3, count, 0.3, 0.5, 0.1, p=p).values()) for count in (0.0, 2.0)
    )
    return guaranteed - plain


def will_after_a_crisis() -> np.ndarray:
    """What a full sense of crisis does to the log-odds of will."""
    from regime_abm.mechanisms import will

    p = drawn("will")
    calm, shaken = (sum(will.influences(crisis, 0.0, 0.0, 0.5, 0.0, p=p).values()) for crisis in (0.0, 1.0))
    return shaken - calm


def will_of_a_stalled_agreement() -> np.ndarray:
    """Will a few months after a signature that nothing followed, against none signed: fresh progress, then weariness."""
    from regime_abm.mechanisms import will

    p = drawn("will")
    none, stuck = (
        sum(will.influences(0.0, progress, stalled, 0.5, 0.0, p=p).values())
        for progress, stalled in ((0.0, 0.0), (0.5 * 0.8**3, 3.0))
    )
    return stuck - none


def talks_of_willing_but_volatile_leaders() -> np.ndarray:
    """Share of time in talks with more will and volatile leaders, less that of middling will and calm ones."""
    from regime_abm.core.maths import logistic
    from regime_abm.mechanisms import forums

    p = SimpleNamespace(dyad=SimpleNamespace(**{key: value[:, None, None] for key, value in vars(drawn("forums")).items()}))

    def chance(talking: bool, will: float, volatility: float) -> np.ndarray:
        world = SimpleNamespace(
            talks=np.full((1, 2, 2), talking),
            hostility=np.zeros((1, 2, 2)),
            bound=np.zeros((1, 2, 2)),
            talks_push=np.zeros((1, 2, 2)),
            will=np.full((1, 2), will),
            volatility=np.full((1, 2), volatility),
        )
        return logistic(sum(forums.talks_terms(world, p, 0.0).values()))[:, 0, 1]

    def share(*leaders: float) -> np.ndarray:
        opens, breaks = chance(False, *leaders), chance(True, *leaders)
        return opens / (opens + breaks)

    return share(0.6, 0.8) - share(0.5, 0.33)


def gain(p: SimpleNamespace, **given: float) -> np.ndarray:
    """The model's own gain from cooperation, everything not given being nothing, with a leader who could be tempted."""
    from regime_abm.mechanisms import choice

    names = "will eager norm hawkishness mood fear delay misperception dispute bound".split()
    at = {**dict.fromkeys(names, 0.0), "stake": 0.7, "trust": 0.4, "temptation": 0.5, **given}
    return sum(choice.influences(**at, p=p).values())


def norm_and_will_of_a_hawk_with_a_dispute() -> np.ndarray:
    """Gain from cooperation of a hawk with a norm, some will and an open dispute, less that of a dove with none of these."""
    p = drawn("choice")
    return gain(p, will=0.5, norm=0.4, hawkishness=0.9, dispute=1.0) - gain(p, will=0.4, norm=0.2, hawkishness=0.3)


def threat_in_a_world_of_alliances() -> np.ndarray:
    """Mean log-odds of threat in a triangle in which two of three are allied, less that without their alliance."""
    from regime_abm.mechanisms import threat

    p = SimpleNamespace(**{key: value[:, None, None] for key, value in vars(drawn("threat")).items()})

    def mean(strength: float) -> np.ndarray:
        tie = np.zeros((1, 3, 3))
        tie[0, 1, 2] = tie[0, 2, 1] = strength
        half = np.full((1, 3), 0.5)
        found = threat.influences(
            np.full((1, 3, 3), 0.4), half, np.ones((1, 3, 3)), half, 0 * half, tie, tie, np.full((1, 3, 3), 0.5),
            np.zeros((1, 3, 3)), p=p,
        )  # fmt: skip
        total = sum(np.broadcast_to(value, (DRAWS, 3, 3)) for value in found.values())
        return total[:, ~np.eye(3, dtype=bool)].mean(axis=1)

    return mean(0.8) - mean(0.0)


def alliances_under_pressure() -> np.ndarray:
    """What an alliance's strength drifts to under threat from outside, less its start."""
    from regime_abm.mechanisms import institutions

    return sum(institutions.alliance_terms(0.5, 0.2, answer=drawn("institutions").tightening).values()) - 0.5


def life_of_an_inclusive_forum() -> np.ndarray:
    """Use of a consensus forum of seven, one of them reluctant, less that of the six alone in a forum meant for seven.

    If the reluctant one blocks, support is gone; if it only does not object, more of what is at stake is in the room.
    """
    from regime_abm.mechanisms import institutions

    p = drawn("institutions")
    used = {"usual_business": p.usual_business, "paralysis": p.paralysis}
    wills = np.array([0.6] * 6 + [0.3])
    blocks = wills.min() <= p.will_needed - p.consensus_discount
    seven = institutions.use_of(1.0, wills.mean(), 1.0 - blocks, **used)
    six = institutions.use_of(6.0 / 7.0, wills[:6].mean(), 1.0, **used)
    return seven - six


def deterrence_of_a_growing_threat() -> np.ndarray:
    """What a growing threat adds to the gain from cooperation toward a state that is little trusted."""
    p = drawn("choice")
    return gain(p, trust=0.3, fear=0.3) - gain(p, trust=0.3)


def honesty_under_good_checks() -> np.ndarray:
    """Log-odds to pretend a step under poor checks, less those under good ones."""
    from regime_abm.mechanisms import agreements

    rows, p = np.arange(DRAWS), drawn("agreements")
    poor, good = (
        sum(
            agreements.pretend_terms(
                SimpleNamespace(agreement_verification=np.full((DRAWS, 1), checks)), p, rows, np.zeros(DRAWS, int), 1.0
            ).values()
        )
        for checks in (0.2, 0.8)
    )
    return poor - good


def advocacy() -> np.ndarray:
    """What a willing advocate adds to the pull of the norm."""
    from regime_abm.mechanisms import norms

    p = drawn("norms")
    without, with_one = (sum(norms.pull_terms(0.0, 0.0, each, 0.0, 0.5, 0.5, p=p).values()) for each in (0.0, 0.8))
    return with_one - without


# The effect itself, everything else being equal.
EFFECTS_ALONE: tuple[Callable[[], np.ndarray], ...] = (
    clarity_of_a_year_with_a_meeting,
    credibility_of_a_guaranteed_promise,
    credibility_of_a_word_given_in_a_common_body,
    will_after_a_crisis,
    threat_in_a_world_of_alliances,
    alliances_under_pressure,
    deterrence_of_a_growing_threat,
    honesty_under_good_checks,
    advocacy,
)
# The effect together with what it brings along: a cost or a companion that the model ties to it, or that may come with it.
TRADE_OFFS: tuple[Callable[[], np.ndarray], ...] = (
    cooperation_where_all_are_willing,
    adoption_by_states_that_are_little_trusted,
    settlement_after_talks_that_broke_down,
    attendance_of_a_grown_forum,
    will_of_a_stalled_agreement,
    talks_of_willing_but_volatile_leaders,
    norm_and_will_of_a_hawk_with_a_dispute,
    life_of_an_inclusive_forum,
)


@pytest.mark.parametrize("measured", EFFECTS_ALONE + TRADE_OFFS, ids=lambda function: function.__name__)
def test_both_signs_occur_over_prior_draws(measured):
    found = measured()
    assert found.shape == (DRAWS,)
    assert 0.02 < (found > 0).mean() < 0.98
    assert 0.02 < (found < 0).mean() < 0.98


def test_what_a_meeting_makes_clear_or_blurs_wears_off_in_a_year():
    """Its size is bounded: a year later little is left of either."""
    found = clarity_of_a_year_with_a_meeting()
    assert (np.abs(found) < 0.02).all()
    assert (np.abs(found) < 1e-3).mean() > 0.05


def test_a_fixed_sign_would_be_noticed():
    """The check is one that fails: with protection alone, alliances reassure in every draw."""
    known = KNOWN["threat.others_allies"]
    KNOWN["threat.others_allies"] = Parameter("others_allies", 0.0, 0.0, 3.0, _Nothing(), "log-odds", "Switched off here.")
    try:
        assert (threat_in_a_world_of_alliances() <= 0).all()
    finally:
        KNOWN["threat.others_allies"] = known


class _Nothing:
    """A prior that holds only zero."""

    def quantile(self, u: Any, low: float, high: float) -> Any:
        return 0.0 * u
