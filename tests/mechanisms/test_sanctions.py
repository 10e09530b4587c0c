"""Sanctions: their level and leaks, that no sign of their effect is built in, and that off means off."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regime_abm.core.world import FLEETING
from regime_abm.mechanisms import bargain, sanctions
from regime_abm.scenario import load
from tests.helpers import WORLDS, after, differences, prepared, with_values

UNIT = st.floats(0, 1)
WEIGHTS = ("will_effect", "concessions", "defiance", "trade_cost", "wears")
OWN = ("sanctions", "sanctions_bite", "bite_start", "arsenal_means", "arsenal_inflow")
EVENT = "[[events]]\nmonth = '2000-03'\nstate = 'AAA'\n"


@given(level=UNIT, followed=UNIT, bent=st.floats(-1, 1), eased=st.floats(-1, 2))
def test_the_level_stays_on_its_scale(level, followed, bent, eased):
    assert 0.0 <= sanctions.next_sanctions(level, followed, bent, eased) <= 1.0


@given(first=UNIT, rivalry=st.floats(-5, 5), campaign=st.booleans(), leaks=st.floats(-2, 3), closes=st.floats(-2, 3))
def test_the_leakage_is_a_share_that_grows_with_rivalry_where_leaks_is_above_nothing(first, rivalry, campaign, **p):
    one, more = (float(sanctions.leakage(first, rivalry + step, campaign, **p)) for step in (0.0, 0.5))
    assert 0.0 <= one <= 1.0
    assert (more - one) * p["leaks"] >= -1e-12


def test_tests_every_month_close_the_gap_as_the_limit_case_says(trio):
    level = np.float32(0.4)
    for _ in range(36):
        level = sanctions.next_sanctions(level, 0.03, 0.0, 0.0)
    assert float(level) == pytest.approx(1 - 0.6 * 0.97**36, rel=1e-5)


def test_the_effects_on_the_target_have_no_sign_of_their_own(trio):
    """Within the priors each of the three is below nothing in half of the futures."""
    scenario = trio.with_modules(["sanctions"])
    run, world = prepared(scenario, count=400)
    p = run.engine.part("sanctions").p
    for name in ("will_effect", "concessions", "defiance"):
        assert (getattr(p, name) < 0).mean() == pytest.approx(0.5, abs=0.09), name
    tightened = with_values(world, {"sanctions_push AAA": 0.3, "will *": 0.5})
    pushed = run.engine.month(tightened)
    assert (pushed.will_push[:, 0] < 0).mean() == pytest.approx(0.5, abs=0.09)
    assert (pushed.will_push[:, 1] <= 0).all()  # senders pay


def on(trio, tmp_path, lines, modules=("bargain", "sanctions")):
    path = tmp_path / f"case{abs(hash(lines))}.toml"
    listed = ", ".join(f'"{name}"' for name in modules)
    path.write_text(f'schema = 1\nextends = "{WORLDS / "trio.toml"}"\nmodules = [{listed}]\n{lines}')
    return load(path)


def test_relief_raises_the_arsenal_and_its_growth_against_the_same_luck_without(trio, tmp_path):
    """The channel of harm through both modules: ease by .5 in one month, and look a month later and two years later."""
    relief = f"{EVENT}kind = 'sanctions eased'\namount = 0.5\n"
    kept = {"sanctions.starves": 0.5, "sanctions.fungible": 0.4}
    plain, eased = (
        prepared(on(trio, tmp_path, lines).with_parameters(kept), count=50, draw=False) for lines in ("", relief)
    )
    months = 24
    with_relief, without = after(*eased, months), after(*plain, months)
    assert (with_relief.sanctions[:, 0] < without.sanctions[:, 0]).mean() > 0.9
    assert (with_relief.arsenal[:, 0] > without.arsenal[:, 0]).mean() > 0.9


def test_sanctions_that_a_scenario_assumes_count_as_a_change_from_the_baselines(trio, tmp_path):
    assumed = on(
        trio, tmp_path, '[initial]\n"sanctions AAA" = { value = 1.0 }\n"sanctions_leakage AAA" = { value = 0.0 }\n'
    )
    run, world = prepared(assumed, count=20)
    assert (world.sanctions[:, 0] == 1.0).all()
    assert (world.bite_start[:, 0] < 0.6).all()
    p = run.engine.part("sanctions").p
    pushed = sanctions.pushes(world, p)["will_push"][:, 0]
    assert np.sign(pushed) == pytest.approx(np.sign(p.will_effect))


def test_the_levers_move_the_level_in_their_month_and_need_the_module(trio, tmp_path):
    from regime_abm.errors import InputError

    still = {"sanctions.easing": 0.0, "sanctions.tighten": 0.0, "sanctions.relief_size": 0.0}
    levels = {}
    for kind in ("eased", "tightened"):
        scenario = on(trio, tmp_path, f"{EVENT}kind = 'sanctions {kind}'\namount = 0.2\n").with_parameters(still)
        run, world = prepared(scenario, count=5)
        worlds = [world] + [world := run.month(world) for _ in range(4)]
        levels[kind] = np.array([each.sanctions[:, 0] for each in worlds])
    moves = {kind: np.diff(level, axis=0).round(5) for kind, level in levels.items()}
    assert (moves["eased"][1] == np.float32(-0.2)).all()
    assert (moves["tightened"][1] == np.float32(0.2)).all()
    for move in moves.values():
        assert not move[[0, 2, 3]].any()
    with pytest.raises(InputError, match="needs the optional module 'sanctions'"):
        on(trio, tmp_path, f"{EVENT}kind = 'sanctions eased'\n", modules=("bargain",))


def test_a_target_without_leaks_feels_all_of_it(quartet, trio):
    world = prepared(trio.with_modules(["sanctions"]), count=10)[1]
    assert (world.sanctions_bite[:, 0] < world.sanctions[:, 0]).all()
    nobody = world.replace({"leaking": np.zeros_like(world.leaking)})
    target = sanctions._all_targets(nobody)[0]
    assert np.array_equal(sanctions._bite(nobody, None, target, world.sanctions[:, 0]), world.sanctions[:, 0])


def test_the_bargain_reads_what_sanctions_leave_and_is_the_same_without_them_where_these_weigh_nothing():
    plain = load("baseline_2018").with_modules(["bargain"])
    weights = {f"sanctions.{name}": 0.0 for name in (*WEIGHTS, "starves", "fungible")}
    both = plain.with_modules(["bargain", "sanctions"]).with_parameters(weights | {"bargain.relief": 0.0})
    one, other = (
        after(*prepared(each, count=5), 36) for each in (plain.with_parameters({"bargain.relief": 0.0}), both)
    )
    assert differences(one, other, skip=(*OWN, *FLEETING)) == []
    assert bargain.READS.count("sanctions_bite") == 1


def test_with_all_weights_at_nothing_the_module_changes_no_bit_of_the_core():
    plain = load("baseline_2018")
    with_it = plain.with_modules(["sanctions"]).with_parameters({f"sanctions.{name}": 0.0 for name in WEIGHTS})
    one, other = (after(*prepared(scenario, count=5), 40) for scenario in (plain, with_it))
    assert differences(one, other, skip=(*OWN, *FLEETING)) == []
    assert (other.sanctions != one.sanctions)[:, 0].all()
