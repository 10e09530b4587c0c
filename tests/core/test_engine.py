"""The engine runs the month in its order and changes nothing else."""

from __future__ import annotations

from types import ModuleType
from typing import ClassVar

import numpy as np
import pytest

from regime_abm import api
from regime_abm.core.engine import Engine
from regime_abm.core.names import Names
from regime_abm.core.noise import Luck
from regime_abm.core.world import empty_world
from regime_abm.mechanisms import SCHEDULE
from tests.helpers import SEED, after, differences, prepared

pytestmark = pytest.mark.compat
NAMES = Names(("A", "B"), ())


def part(name: str, step, *, reads=("will",), writes=("will",), **more) -> ModuleType:
    module = ModuleType(name)
    module.READS, module.WRITES, module.PARAMETERS, module.step = reads, writes, (), step
    vars(module).update(more)
    return module


def world_of(**given):
    return empty_world(NAMES, 2, given)


def test_mechanisms_run_in_the_order_of_the_schedule():
    half = part("half", lambda world, p, noise: {"will": world.will * 0.5})
    rise = part("rise", lambda world, p, noise: {"will": world.will + 0.1})
    luck = Luck(1, NAMES, 0, 2)
    assert Engine([half, rise], {}, luck).month(world_of(will=0.4)).will[0, 0] == pytest.approx(0.3)
    assert Engine([rise, half], {}, luck).month(world_of(will=0.4)).will[0, 0] == pytest.approx(0.25)


def test_a_mechanism_may_stand_twice_in_a_month():
    half = part("half", lambda world, p, noise: {"will": world.will * 0.5})
    assert Engine([half, half], {}, Luck(1, NAMES, 0, 2)).month(world_of(will=0.4)).will[0, 0] == pytest.approx(0.1)


def test_the_noise_that_a_step_gets_is_that_of_the_month_to_come():
    months = []
    spy = part("spy", lambda world, p, noise: months.append(noise.month) or {})
    Engine([spy], {}, Luck(1, NAMES, 0, 2)).month(world_of(month=41))
    assert months == [42]


def test_start_fills_what_it_declares_and_is_held_to_it():
    def start(world, p, noise):
        return {"will": world.will + 0.25}

    def step(world, p, noise):
        return {}

    engine = Engine([part("starts", step, start=start, STARTS=("will",))], {}, Luck(1, NAMES, 0, 2))
    assert engine.start(world_of(will=0.5)).will[0, 0] == 0.75
    undeclared = Engine([part("strays", step, writes=(), start=start)], {}, Luck(1, NAMES, 0, 2))
    with pytest.raises(ValueError, match="strays writes will without declaring it"):
        undeclared.start(world_of(will=0.5))


def test_starting_and_running_leave_their_argument_alone(quartet):
    run, world = prepared(quartet, count=3)
    copies = {name: np.copy(value) for name, value in vars(world).items() if isinstance(value, np.ndarray)}
    after(run, world, 3)
    run.engine.start(world)
    assert all(np.array_equal(getattr(world, name), value) for name, value in copies.items())


def test_what_an_actor_was_shown_stays_as_it_was_when_the_month_goes_on():
    shown = []

    class Keeper:
        remembers: ClassVar[dict] = {}

        def decide(self, decision, world, default, month, terms=None):
            shown.append(world)
            return default

    def chosen(world, p, noise, actors):
        return {"will": actors(world.will * 0.5)}

    half = part("half", chosen, DECISION="half")
    rise = part("rise", lambda world, p, noise: {"will": world.will + 0.1})
    first = world_of(will=0.4)
    last = Engine([half, rise], {}, Luck(1, NAMES, 0, 2), Keeper()).month(first)
    assert shown[0].will[0, 0] == first.will[0, 0]
    assert last.will[0, 0] == pytest.approx(0.3)


def test_a_mechanism_can_be_asked_for_by_name(trio):
    run, _ = prepared(trio)
    assert run.engine.part("threat").name == "threat"
    with pytest.raises(StopIteration):
        run.engine.part("unheard")


def test_a_further_mechanism_that_draws_luck_leaves_all_else_alone(quartet):
    """Adding a mechanism leaves the others' draws alone, wherever in the month it stands."""

    def idle(world, p, noise):
        assert noise.dyad("action").shape == world.trust.shape
        noise.state("switch")
        return {}

    run, world = prepared(quartet, count=10)
    values = quartet.values(Luck(SEED, world.names, 0, 10))
    for place in range(len(SCHEDULE) + 1):
        more = [*SCHEDULE[:place], part("further", idle, reads=("trust",), writes=()), *SCHEDULE[place:]]
        engine = Engine(more, values, Luck(SEED, world.names, 0, 10))
        same = run.__class__(engine, run.script)
        assert differences(after(same, world, 12), after(run, world, 12)) == []


def test_a_scripted_event_comes_before_the_months_decisions(quartet):
    """The quartet's scenario orders COL to provoke DEW in August 2001, three months after its start."""
    run, world = prepared(quartet, count=20)
    names = world.names
    world = after(run, world, 3)
    assert (world.action[:, names.state("COL"), names.state("DEW")] == 4).all()
    assert (world.orders == -1).all()
    later = run.month(world)
    assert not (later.action[:, names.state("COL"), names.state("DEW")] == 4).all()


def test_what_a_doctrine_remembers_cannot_be_written_in_place(trio):
    """Earlier months hold the same arrays: writing in them would rewrite the past."""

    class Careless(api.Actor):
        memory: ClassVar = {"grudge": 0.0}

        def decide(self, sees):
            grudge = sees.memory["grudge"]
            if sees.month == 1:
                sees.remember(grudge=1.0)
            else:
                grudge += 1.0
            return sees.default

    run, world = trio.prepare(1, 0, 3, actors={"AAA": Careless})
    with pytest.raises(ValueError, match="read-only"):
        after(run, world, 3)
