"""What Mesa users are promised: batch_run, DataCollector and SolaraViz work unchanged, with the real ones."""

from __future__ import annotations

import warnings

import mesa
import numpy as np
import pytest

import regime_abm
from regime_abm import RegimeModel, StateAgent
from regime_abm.errors import InputError
from tests.helpers import WORLDS

TRIO = str(WORLDS / "trio.toml")
pytestmark = pytest.mark.compat


def test_a_model_is_a_mesa_model_and_its_states_are_mesa_agents():
    model = RegimeModel(TRIO, rng=3)
    assert isinstance(model, mesa.Model)
    assert [agent.state for agent in model.agents] == ["AAA", "BBB", "CCC"]
    assert all(isinstance(agent, StateAgent) and isinstance(agent, mesa.Agent) for agent in model.agents)


def test_an_agent_tells_what_its_state_feels_and_belongs_to():
    model = RegimeModel(TRIO, rng=3)
    for _ in range(4):
        model.step()
    agent = model.states["BBB"]
    world = model.world
    assert agent.trust_in("AAA") == world.trust[0, 1, 0]
    assert agent.threat_from("AAA") == world.threat[0, 1, 0]
    assert agent.last_action("AAA") in ("reassure", "restrain", "status quo", "pressure", "provoke")
    assert agent.allies == ("CCC",)
    assert agent.forums == ("CLUB",)
    assert agent.norm == world.norm[0, 1]
    with pytest.raises(InputError, match="unknown state"):
        agent.trust_in("ZZZ")


def test_a_model_equals_its_row_of_the_ensemble_bit_for_bit():
    result = regime_abm.run(TRIO, seed=9, replicates=4)
    model = RegimeModel(TRIO, rng=9, replicate=2)
    while model.running:
        model.step()
    assert model.watch.month == 60
    for name, values in result.series.items():
        np.testing.assert_array_equal(
            values[2], [np.nan if value is None else value for value in model.watch.series()[name]]
        )


def test_the_data_collector_has_a_row_a_month_and_a_row_a_state():
    model = RegimeModel(TRIO, rng=9)
    for _ in range(10):
        model.step()
    months = model.datacollector.get_model_vars_dataframe()
    assert len(months) == 11
    assert list(months["date"])[:2] == ["2000-01", "2000-02"]
    assert months["reciprocity"].between(0, 1).all()
    agents = model.datacollector.get_agent_vars_dataframe()
    assert set(agents["state"]) == {"AAA", "BBB", "CCC"}


def test_batch_run_sweeps_seeds_and_parameters():
    rows = mesa.batch_run(
        RegimeModel,
        {"scenario": TRIO, "rng": [1, 2], "trust.asymmetry": [1.0, 4.0]},
        max_steps=12,
        display_progress=False,
    )
    assert {(row["rng"], row["trust.asymmetry"]) for row in rows} == {(1, 1.0), (1, 4.0), (2, 1.0), (2, 4.0)}
    ends = {(row["rng"], row["trust.asymmetry"]): row["reciprocity"] for row in rows}
    assert len(set(ends.values())) == 4


def test_without_a_seed_each_model_draws_its_own_and_tells_it():
    first, second = RegimeModel(TRIO), RegimeModel(TRIO)
    assert first.seed_used != second.seed_used
    again = RegimeModel(TRIO, rng=first.seed_used)
    for model in (first, again):
        for _ in range(6):
            model.step()
    assert np.array_equal(first.world.trust, again.world.trust)


@pytest.mark.parametrize("rng", [-1, 2.5, "seven", True])
def test_a_seed_that_is_no_seed_is_refused(rng):
    with pytest.raises(InputError, match="rng"):
        RegimeModel(TRIO, rng=rng)


def test_the_model_works_inside_solaraviz():
    """The real SolaraViz draws the model; its buttons step it, reset it and change a parameter's value."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SolaraViz's own
        import ipyvuetify
        import solara
        from mesa.visualization import SolaraViz, make_plot_component

        model = solara.Reactive(RegimeModel(TRIO, rng=3))

        @solara.component
        def App():  # noqa: N802 - Solara components are written like classes
            with solara.AppLayout():
                SolaraViz(
                    model,
                    components=[make_plot_component("reciprocity")],
                    model_params={"scenario": TRIO, "rng": 3, "trust.asymmetry": 3.0},
                )

        _, rendered = solara.render(App(), handle_error=False)

        def press(label: str) -> None:
            buttons = rendered.find(ipyvuetify.Btn).widgets
            next(button for button in buttons if label in button.children).click()

        try:
            press("Step")
            press("Step")
            assert model.value.watch.month == 2
            press("Reset")
            assert model.value.watch.month == 0
            assert model.value.watch.scenario.parameters == {"trust.asymmetry": 3.0}
        finally:
            rendered.close()
