"""Doctrines of one's own: what they see, what they may do, and that they change nothing but their own state's draw."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pytest

import regime_abm
from regime_abm import Actor, StateAgent, api, per_replicate
from regime_abm.actor import FrozenActor, seat
from regime_abm.core.names import ACTIONS, STATUS_QUO
from regime_abm.core.noise import Luck
from regime_abm.errors import HiddenFromSight, InputError
from regime_abm.mechanisms import SCHEDULE, agreements
from tests.helpers import WORLDS, differences, same_bits, with_values

TRIO = WORLDS / "trio.toml"
pytestmark = pytest.mark.compat


class Same(Actor):
    def decide(self, sees):
        return sees.default

    def attend(self, sees):
        return sees.default

    def sign(self, sees):
        return sees.default

    def adopt(self, sees):
        return sees.default


class SameAgent(StateAgent):
    def decide(self, sees):
        return sees.default


class TitForTat(Actor):
    """Does to each state what it did last month."""

    def decide(self, sees):
        theirs = sees.last_action[:, :, sees.index].astype(int)
        return np.eye(len(ACTIONS))[theirs]


class Grudge(Actor):
    """Pressures everybody for ever once it has been provoked or pressured."""

    memory: ClassVar = {"wronged": 0.0}

    def decide(self, sees):
        wronged = np.maximum(sees.memory["wronged"], (sees.last_action[:, :, sees.index] >= 3).any(axis=1))
        sees.remember(wronged=wronged)
        return np.where(wronged[:, None, None] > 0, np.eye(5)[3], sees.default)


class Hermit(Actor):
    def attend(self, sees):
        return np.zeros_like(sees.default)


class Refuser(Actor):
    """Signs nothing and adopts nothing."""

    def sign(self, sees):
        return np.zeros_like(sees.default)

    def adopt(self, sees):
        return np.zeros_like(sees.default)


class Convert(Actor):
    """Adopts the norm at once."""

    def adopt(self, sees):
        return np.ones_like(sees.default)


class Follower(Actor):
    """Adopts in the month after somebody else did, and remembers how often it was asked."""

    memory: ClassVar = {"asked": 0.0}

    def adopt(self, sees):
        sees.remember(asked=sees.memory["asked"] + 1.0)
        others = np.delete(sees.norm_adopted, sees.index, axis=1)
        return others.any(axis=1).astype(float)


class Signer(Actor):
    """Signs whatever is offered."""

    def sign(self, sees):
        return np.ones_like(sees.default)


class Clerk(Actor):
    """Counts how often it is asked to attend and to sign, and how often something was on the table."""

    memory: ClassVar = {"asked": 0.0, "offers": 0.0}

    def attend(self, sees):
        sees.remember(asked=sees.memory["asked"] + 1.0)
        return sees.default

    def sign(self, sees):
        sees.remember(offers=sees.memory["offers"] + (sees.default > 0.0).any(axis=1))
        return sees.default


def run(**options):
    return regime_abm.run(TRIO, months=30, seed=5, **{"replicates": 12, **options})


def test_an_actor_that_keeps_the_default_changes_no_bit():
    plain = run()
    assert run(actors={"AAA": Same}).sha256 == plain.sha256
    assert run(actors={"AAA": SameAgent, "BBB": Same}).sha256 == plain.sha256


@pytest.mark.parametrize("doctrine", [TitForTat, Grudge, Hermit, Refuser, Follower, Signer, Clerk])
def test_a_doctrine_is_the_same_in_a_batch_in_chunks_and_alone(doctrine):
    scenario = api.load(TRIO)
    whole, first = scenario.prepare(5, 0, 12, actors={"AAA": doctrine})
    alone, only = scenario.prepare(5, 7, 1, actors={"AAA": doctrine})
    for _ in range(30):
        first, only = whole.month(first), alone.month(only)
    assert differences(first.row(7), only) == []
    assert {name: value[7] for name, value in first.memory.items()} == {n: v[0] for n, v in only.memory.items()}


def test_a_doctrine_is_the_same_with_two_workers():
    assert run(actors={"AAA": Grudge}, workers=2).sha256 == run(actors={"AAA": Grudge}).sha256


def test_a_doctrine_in_mesa_equals_its_row_of_the_ensemble():
    batch = run(actors={"AAA": SameAgent, "BBB": TitForTat})
    model = regime_abm.RegimeModel(TRIO, rng=5, replicate=3, actors={"AAA": SameAgent, "BBB": TitForTat})
    for _ in range(30):
        model.step()
    for name, values in batch.series.items():
        watched = [np.nan if value is None else value for value in model.watch.series()[name]]
        np.testing.assert_array_equal(values[3], watched)


def test_tit_for_tat_answers_each_state_with_its_last_act():
    watched = regime_abm.watch(TRIO, seed=2, actors={"BBB": TitForTat})
    watched.advance(20)
    b = watched.states.index("BBB")
    for before, after in zip(watched.worlds[1:], watched.worlds[2:], strict=False):
        others = [i for i in range(3) if i != b]
        assert (after.action[0, b, others] == before.action[0, others, b]).all()
        assert after.action[0, b, b] == STATUS_QUO


def test_a_grudge_is_remembered_in_the_world_and_survives_a_rewind():
    watched = regime_abm.watch(TRIO, seed=2, actors={"BBB": Grudge})
    watched.advance(20)
    values = [world.memory.get("BBB.wronged", np.zeros(1))[0] for world in watched.worlds]
    assert values[0] == 0.0
    assert values[-1] == 1.0
    month = values.index(1.0)
    again = watched.run.month(watched.worlds[month - 1])
    assert differences(again, watched.worlds[month]) == []


def test_a_hermit_never_comes_and_nobody_else_is_kept_away():
    watched = regime_abm.watch(TRIO, seed=2, actors={"AAA": Hermit})
    plain = regime_abm.watch(TRIO, seed=2)
    for each in (watched, plain):
        each.advance(9)
    a = watched.states.index("AAA")
    came = np.stack([world.attendance[0, 0] & world.met[0, 0] for world in watched.worlds])
    usual = np.stack([world.attendance[0, 0] & world.met[0, 0] for world in plain.worlds])
    assert not came[:, a].any()
    assert usual[:, a].any()
    assert came[:4, 1:].tolist() == usual[:4, 1:].tolist()  # until behaviour differs, the others come as before


def test_observers_judge_by_the_public_doctrine_whatever_the_actor_does():
    watched = regime_abm.watch(TRIO, seed=2, actors={"BBB": TitForTat})
    plain = regime_abm.watch(TRIO, seed=2)
    watched.step(), plain.step()
    assert np.array_equal(watched.worlds[1].if_trustworthy, plain.worlds[1].if_trustworthy)
    assert not np.array_equal(watched.worlds[1].decision, plain.worlds[1].decision)


def seen_by(state, look):
    """What `look(sees)` finds when the state decides for the first time."""
    found = []

    class Curious(Actor):
        def decide(self, sees):
            found.append(look(sees))
            return sees.default

    regime_abm.watch(TRIO, seed=2, actors={state: Curious}).step()
    return found[0]


def test_a_state_sees_its_own_will_and_not_another_s():
    assert seen_by("AAA", lambda sees: sees.will.shape) == (1,)
    assert seen_by("AAA", lambda sees: sees.trust.shape) == (1, 3)
    with pytest.raises(HiddenFromSight, match="AAA cannot observe 'will' of BBB"):
        seen_by("AAA", lambda sees: sees.of("BBB").will)
    with pytest.raises(HiddenFromSight, match="trustworthy"):
        seen_by("AAA", lambda sees: sees.of("BBB").trustworthy)


def test_public_acts_of_others_are_seen():
    assert seen_by("AAA", lambda sees: sees.of("BBB").last_action.shape) == (1, 3)
    assert seen_by("AAA", lambda sees: sees.of("BBB").attendance.shape) == (1, 1)


def test_the_terms_that_an_actor_sees_sum_to_its_gain():
    watched = regime_abm.watch(TRIO, seed=2)
    watched.step()
    total = seen_by("AAA", lambda sees: sum(sees.terms.values()))
    assert np.array_equal(total, watched.worlds[1].cooperation_gain[:, 0])


def test_a_doctrine_s_luck_is_its_own_and_the_same_in_any_chunk():
    def lucks(first, count):
        found = []

        class Lucky(Actor):
            def decide(self, sees):
                found.append(sees.luck("coin"))
                return sees.default

        run_, world = api.load(TRIO).prepare(5, first, count, actors={"AAA": Lucky})
        run_.month(world)
        return found[0]

    assert lucks(0, 6)[4] == lucks(4, 1)[0]
    assert len(set(lucks(0, 6))) == 6


def test_setting_an_attribute_during_a_step_is_refused_and_names_memory():
    class Forgetful(Actor):
        def decide(self, sees):
            self.count = 1
            return sees.default

    with pytest.raises(FrozenActor, match="memory"):
        run(actors={"AAA": Forgetful})


def test_remembering_what_was_not_declared_is_refused():
    class Undeclared(Actor):
        def decide(self, sees):
            sees.remember(anger=1.0)
            return sees.default

    with pytest.raises(FrozenActor, match="anger"):
        run(actors={"AAA": Undeclared})


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (lambda sees: sees.default * 2, "probabilities|sum to 1"),
        (lambda sees: sees.default[:, :1], "shape"),
        (lambda sees: sees.default * np.nan, "probabilities"),
        (lambda sees: sees.default * 0.5, "sum to 1"),
    ],
)
def test_an_answer_that_is_no_probability_is_refused(answer, complaint):
    class Wrong(Actor):
        def decide(self, sees):
            return answer(sees)

    with pytest.raises(InputError, match=complaint):
        run(actors={"AAA": Wrong})


def test_per_replicate_lets_a_doctrine_be_written_for_one_future():
    class Plain(Actor):
        @per_replicate
        def decide(self, sees):
            return [[0, 1, 0, 0, 0] if sees.last_action[j, sees.index] < 3 else [0, 0, 0, 1, 0] for j in range(3)]

    class Arrays(Actor):
        def decide(self, sees):
            hostile = sees.last_action[:, :, sees.index] >= 3
            return np.where(hostile[:, :, None], np.eye(5)[3], np.eye(5)[1])

    assert run(actors={"AAA": Plain}).sha256 == run(actors={"AAA": Arrays}).sha256


def test_an_unknown_state_or_a_thing_that_is_no_actor_is_refused():
    with pytest.raises(InputError, match='did you mean "AAA"'):
        run(actors={"AAX": Same})
    with pytest.raises(InputError, match="not a subclass of Actor"):
        run(actors={"AAA": dict})


def test_a_decision_that_no_step_asks_for_is_refused_rather_than_ignored():
    luck = Luck(1, api.load(TRIO).region.names)
    assert seat({"AAA": Signer}, luck, SCHEDULE) is not None
    with pytest.raises(InputError, match="sign: no step of this month asks"):
        seat({"AAA": Signer}, luck, [step for step in SCHEDULE if step is not agreements])


# Signing and adopting


def watched_for(months, actors=None, given=None, scenario=None):
    """The Worlds of some months of 40 futures, the first with some numbers set."""
    run_, world = (scenario or api.load(TRIO)).prepare(3, 0, 40, actors=actors)
    worlds = [with_values(world, given or {})]
    for _ in range(months):
        worlds.append(run_.month(worlds[-1]))
    return worlds


NOBODY = {"norm_adopted *": False, "norm *": 0.3}


def test_a_convert_adopts_in_the_first_month_and_the_others_as_they_would_anyway():
    plain, other = watched_for(1, given=NOBODY), watched_for(1, {"BBB": Convert}, given=NOBODY)
    assert other[1].norm_adopted[:, 1].all()
    assert not plain[1].norm_adopted[:, 1].all()
    assert (other[1].adopt_chance[:, 1] == 1.0).all()
    rest = [0, 2]
    assert same_bits(other[1].adopt_chance[:, rest], plain[1].adopt_chance[:, rest])
    assert same_bits(other[1].norm_adopted[:, rest], plain[1].norm_adopted[:, rest])


def test_a_refuser_never_adopts_whatever_speaks_for_it():
    given = {**NOBODY, "norm_threshold *": 0.0, "norm_adopted BBB": True, "norm_adopted CCC": True}
    plain, other = watched_for(120, given=given), watched_for(120, {"AAA": Refuser}, given=given)
    assert any(world.norm_adopted[:, 0].any() for world in plain)
    assert not any(world.norm_adopted[:, 0].any() for world in other)
    assert not other[-1].adopt_chance[:, 0].any()


def test_a_follower_sees_who_adopted_and_adopts_the_month_after():
    alone = watched_for(2, {"AAA": Follower, "CCC": Refuser, "BBB": Refuser}, given=NOBODY)
    assert not alone[2].norm_adopted.any()
    led = watched_for(2, {"AAA": Follower, "BBB": Convert}, given={**NOBODY, "norm_threshold CCC": 1.0})
    assert not led[1].norm_adopted[:, 0].any()
    assert led[2].norm_adopted[:, 0].all()
    assert (led[2].memory["AAA.asked"] == 2.0).all()


def on_offer(worlds):
    """Months and futures in which an agreement was on the table, over agreements."""
    return np.stack([world.offered for world in worlds])


def test_a_signer_signs_more_than_the_default_and_a_refuser_nothing():
    readily = api.load(TRIO).with_parameters({"agreements.offer": 0.5, "forums.talks_open": 0.3})
    counts = {}
    for name, actors in (("plain", None), ("signers", {"AAA": Signer, "BBB": Signer}), ("refuser", {"BBB": Refuser})):
        worlds = watched_for(24, actors, scenario=readily)
        assert on_offer(worlds).any()
        counts[name] = sum(world.signed.sum() for world in worlds)
        if name == "signers":
            offered, signed = on_offer(worlds), np.stack([world.signed for world in worlds])
            assert np.array_equal(offered, signed)  # both parties sign whatever is on the table
    assert counts["refuser"] == 0 < counts["plain"] < counts["signers"]


def test_one_side_s_readiness_alone_makes_no_agreement():
    readily = api.load(TRIO).with_parameters({"agreements.offer": 0.5, "forums.talks_open": 0.3})
    worlds = watched_for(24, {"AAA": Signer, "BBB": Refuser}, scenario=readily)
    assert on_offer(worlds).any()
    assert not any(world.signed.any() for world in worlds)


def noted(look, *, decision="adopt", months=3, scenario=None):
    """What `look(sees)` finds whenever AAA is asked for a decision."""
    found = []

    def asked(self, sees):
        found.append(look(sees))
        return sees.default

    watched_for(months, {"AAA": type("Curious", (Actor,), {decision: asked})}, scenario=scenario)
    return found


def test_shapes_of_what_is_asked_and_seen():
    assert noted(lambda sees: sees.default.shape) == [(40,)] * 3
    readily = api.load(TRIO).with_parameters({"agreements.offer": 1.0, "forums.talks_open": 0.5})
    shapes = noted(lambda sees: (sees.default.shape, sees.agreements), decision="sign", months=12, scenario=readily)
    assert shapes
    assert set(shapes) == {((40, 2), ("PACT", "DEAL"))}
    seen = noted(
        lambda sees: (
            sees.norm_threshold.shape,
            sees.adopt_chance.shape,
            sees.credibility.shape,
            sees.sign_chance.shape,
            sees.norm_adopted.shape,
            sees.in_force.shape,
            sees.party.shape,
            sees.dispute.shape,
            sees.of("BBB").norm_adopted.shape,
            sees.of("BBB").party.shape,
            sees.of("BBB").dispute.shape,
        )
    )
    assert seen[0] == ((40,), (40,), (40, 3), (40, 2), (40, 3), (40, 2), (2, 3), (40, 3, 3), (40,), (2,), (40, 3))


@pytest.mark.parametrize(
    "name", "signed ended steps_done steps_due agreement_age offered reneging restraint promise".split()
)
def test_what_becomes_of_agreements_and_norms_is_public(name):
    assert noted(lambda sees: getattr(sees, name).shape[0]) == [40] * 3


def test_the_terms_that_an_actor_sees_when_it_adopts_are_its_own_and_make_its_chance():
    def chance(sees):
        terms = sees.terms
        assert {"own threshold", "others who stand by it"} <= set(terms)
        return sum(terms.values()), sees.default

    scenario = api.load(TRIO).with_parameters({"norms.great_power_condition": 0.0, "norms.speed": 0.5})
    for speaks, default in noted(chance, scenario=scenario):
        assert default == pytest.approx(0.5 / (1.0 + np.exp(-speaks)), rel=1e-5)


@pytest.mark.parametrize("name", ["norm_threshold", "adopt_chance", "credibility", "sign_chance", "will", "norm"])
def test_another_state_s_thresholds_beliefs_and_intentions_stay_hidden(name):
    with pytest.raises(HiddenFromSight, match=name):
        noted(lambda sees: getattr(sees.of("BBB"), name))


@pytest.mark.parametrize("name", ["cheat", "review_credibility", "review_needed"])
def test_who_pretends_and_what_reviews_rest_on_stay_hidden(name):
    with pytest.raises(HiddenFromSight, match=name):
        noted(lambda sees: getattr(sees, name))


@pytest.mark.parametrize("answer", [2.0, -0.1, np.nan])
def test_an_adoption_that_is_no_probability_is_refused(answer):
    class Wrong(Actor):
        def adopt(self, sees):
            return np.full_like(sees.default, answer)

    with pytest.raises(InputError, match=r"Wrong\.adopt of AAA"):
        watched_for(1, {"AAA": Wrong})


def test_adopting_can_be_written_for_one_future():
    class Plain(Actor):
        @per_replicate
        def adopt(self, sees):
            return 1.0 if sees.threat[1] > 0.3 else 0.0

    class Arrays(Actor):
        def adopt(self, sees):
            return (sees.threat[:, 1] > 0.3).astype(float)

    one, two = (watched_for(6, {"AAA": doctrine}) for doctrine in (Plain, Arrays))
    assert differences(one[-1], two[-1]) == []


def test_agents_of_a_chunk_are_real_and_shared_by_all_replicates():
    seen = []

    class Counting(StateAgent):
        def decide(self, sees):
            seen.append((id(self), self.unique_id, self.trust_in("BBB").shape))
            return sees.default

    run(actors={"AAA": Counting})
    assert len({agent for agent, _, _ in seen}) == 1
    assert seen[0][2] == (12,)
