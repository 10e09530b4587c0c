"""Alliances, fear and deterrence: no sign is built in where the literature disputes it."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from regime_abm.core.parameter import parameters_of
from regime_abm.mechanisms import COMPLETE, choice, threat
from tests.helpers import ChosenLuck, made_up, one_month, prepared, with_values

DRAWS = 400


def threats_when(scenario, change, count=DRAWS):
    """Change in the mean threat over all dyads, one number for each draw of the parameters, when something is different."""
    run, world = prepared(scenario, count=count)
    values = scenario.values(run.engine.luck)
    luck = ChosenLuck(world.names, count, {})
    before = one_month(world, values, luck, (threat,))
    after = one_month(with_values(world, change), values, luck, (threat,))
    pairs = ~np.eye(len(world.names.states), dtype=bool)
    return (after.threat - before.threat)[:, pairs].mean(axis=1)


def test_exclusive_alliances_can_raise_or_lower_mean_threat():
    """Exclusivity alarms outsiders and protects insiders; which prevails is a matter of the parameters."""
    scenario = made_up("trio")
    change = threats_when(scenario, {"exclusivity BBB>CCC": 1, "exclusivity CCC>BBB": 1})
    assert 0.05 < (change > 0).mean() < 0.95


@pytest.mark.parametrize(("others_allies", "protection", "sign"), [(1.5, 0.0, 1), (0.0, 1.5, -1)])
def test_each_side_of_the_dispute_has_its_sign(others_allies, protection, sign):
    scenario = made_up("trio").with_parameters(
        {"threat.others_allies": others_allies, "threat.protection": protection, "threat.exclusive_share": 0.5}
    )
    change = threats_when(scenario, {"exclusivity BBB>CCC": 1, "exclusivity CCC>BBB": 1})
    assert (np.sign(change) == sign).all()


def test_arming_is_never_reassuring_and_trust_never_alarming():
    scenario = made_up("quartet")
    assert (threats_when(scenario, {"posture ASH": 1.0}) >= 0).all()
    assert (threats_when(scenario, {"trust *>*": 0.98}) <= 0).all()


def test_deterrence_and_the_spiral_model_are_both_in_the_prior():
    """How the cooperation gain answers a threat that grows: both signs occur over prior draws."""
    scenario = made_up("trio")
    run, world = prepared(scenario, count=DRAWS)
    values = scenario.values(run.engine.luck)
    luck = ChosenLuck(world.names, DRAWS, {})
    calm = with_values(world, {"threat *>*": 0.4, "threat_start *>*": 0.4})
    tense = with_values(calm, {"threat AAA>BBB": 0.7})
    gains = [one_month(each, values, luck, (choice,)).cooperation_gain for each in (calm, tense)]
    change = gains[1] - gains[0]
    assert 0.05 < (change[:, 0, 1] > 0).mean() < 0.95
    off = np.ones((3, 3), bool)
    off[0, 1] = False
    assert not change[:, off].any()


def test_the_sign_is_the_difference_of_the_two_terms():
    """d gain / d threat = stake * (deterrence - (1 - trust) * exploited * fear): exactly, for any prior draw."""
    known = parameters_of(COMPLETE)
    generator = np.random.default_rng(3)
    for _ in range(50):
        p = SimpleNamespace(
            **{
                key.removeprefix("choice."): float(item.prior.quantile(generator.random(), item.low, item.high))
                for key, item in known.items()
                if key.startswith("choice.")
            }
        )
        stake, belief, step = generator.random(), generator.random(), 0.25
        gains = [
            sum(choice.influences(stake, belief, 0, 0, 0, 0, 0, fear, 0, 0, 0, 0, 0, p=p).values()) for fear in (0.0, step)
        ]
        exploited = p.deadlock_loss + p.exploitation_loss
        slope = stake * (p.deterrence - (1 - belief) * exploited * p.fear_of_exploitation)
        assert gains[1] - gains[0] == pytest.approx(step * slope)


def test_being_exploited_is_never_better_than_deadlock():
    """Payoffs keep their order P >= S even where threat has fallen far below its first level."""
    p = SimpleNamespace(
        mutual_gain=1, deadlock_loss=0.4, exploitation_loss=0.1, fear_of_exploitation=3.0, deterrence=0, will_weight=0,
        norm_weight=0, hawk_weight=0, domestic_reward=0, shadow_weight=0, grievance=0, price_of_breach=0, will_exploited=0,
    )  # fmt: skip
    found = choice.influences(1.0, 0.0, 0, 0, 0, 0, 0, -0.9, 0, 0, 0, 0, 0.5, p=p)
    assert found["fear of being exploited"] + found["cost of deadlock"] == pytest.approx(0.0)


def test_a_security_dilemma_between_states_that_want_peace():
    """Two trustworthy leaders who do not trust each other act worse toward each other than two who do."""
    scenario = made_up("trio")
    run, world = prepared(scenario, count=200)
    values = scenario.values(run.engine.luck)
    peaceful = with_values(world, {"trustworthy *": True})
    luck = ChosenLuck(world.names, 200, {})
    hostile = [
        one_month(with_values(peaceful, {"trust *>*": belief}), values, luck, (choice,)).decision[:, 3:, 0, 1].sum(axis=1)
        for belief in (0.1, 0.9)
    ]
    assert (hostile[0] > hostile[1]).all()
