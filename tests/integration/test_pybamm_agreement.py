"""The engine and PyBaMM on the same equations and grids: voltages within 0.1 mV, where 2 mV would be asked."""

from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest

from interlayer.materials.open_circuit import OpenCircuit
from interlayer.protocol import read_protocol
from interlayer.simulation import layout
from interlayer.simulation.model import CellParameters, ConstantElectrode, HostElectrode
from interlayer.simulation.pybamm_model import pybamm_simulation
from interlayer.simulation.run import run_protocol, uniform_state

pytestmark = pytest.mark.skipif(find_spec("pybamm") is None, reason="PyBaMM is in the extra 'peers'")

OXIDE = OpenCircuit(
    source="test",
    expression="4.32 - 1.2*x + 0.25*exp(-6*x) - 0.06*tanh(14*(x - 0.45)) - 0.0001*exp(60*(x - 0.87))",
)
GRAPHITE = OpenCircuit(
    source="test",
    expression="0.09 + 0.7*exp(-40*x) - 0.02*tanh(25*(x - 0.2)) - 0.035*tanh(25*(x - 0.52)) - 0.06*tanh(20*(x - 1))",
)
COATED = HostElectrode(
    name="coated oxide",
    open_circuit=OXIDE,
    charge=72_000.0,
    true_area=36.0,
    length=1.5e-6,
    diffusivity=3e-15,
    exchange_current_density=0.08,
    contact=0.6,
    layer_resistances={"coating": 2.6e-6, "interphase": 1e-3},
    ionic_resistance=1.5e-3,
    electronic_resistance=4e-4,
)
ANODE = HostElectrode(
    name="graphite",
    open_circuit=GRAPHITE,
    charge=86_000.0,
    true_area=60.0,
    length=5e-6,
    diffusivity=3e-14,
    exchange_current_density=0.5,
    ionic_resistance=2e-3,
    electronic_resistance=5e-5,
)
FILM = HostElectrode(
    name="film",
    open_circuit=OXIDE,
    charge=1_000.0,
    true_area=1.0,
    length=0.4e-6,
    diffusivity=2e-16,
    exchange_current_density=0.1,
    shape="slab",
    layer_resistances={"buffer": 1e-3},
    cells=1,
)
INDIUM = ConstantElectrode("In-Li", 0.62, exchange_current_density=20.0, layer_resistances={"skin": 1e-4})
LITHIUM = ConstantElectrode("Li", 0.0, exchange_current_density=10.0)
CELLS = {
    "coated composite | In-Li": CellParameters("a", COATED, INDIUM, {"LGPS": 1.8e-3}, 7.85e-5, 13.0, 0.084),
    "coated composite | graphite": CellParameters("b", COATED, ANODE, {"LGPS": 1e-4}, 1e-4, 13.0, 0.084),
    "film | Li": CellParameters("c", FILM, LITHIUM, {"LLTO": 1e-4, "buffer": 5e-4}, 1e-4, 0.2, 0.0019),
}
LIMITS = {"coated composite | In-Li": (2.2, 3.6), "coated composite | graphite": (2.9, 4.15), "film | Li": (3.0, 4.2)}


def starting_at(cell, x, y):
    """The cell with these stoichiometries as PyBaMM's initial conditions."""
    positive = replace(cell.positive, initial_stoichiometry=x)
    negative = cell.negative
    if isinstance(negative, HostElectrode):
        negative = replace(negative, initial_stoichiometry=y)
    return replace(cell, positive=positive, negative=negative)


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("kind", ["charge", "discharge"])
@pytest.mark.parametrize("rate", [0.1, 1.0, 3.0])
def test_voltages_agree_within_a_tenth_of_a_millivolt(name, kind, rate):
    lower, upper = LIMITS[name]
    x, y, limit = (0.9, 0.05, upper) if kind == "charge" else (0.3, 0.6, lower)
    cell = starting_at(CELLS[name], x, y)
    (step,) = run_protocol(cell, read_protocol(f"{kind} at {rate}C until {limit} V"), uniform_state(cell, x, y))
    assert step.ended_by == "voltage"
    rows = step.rows[step.rows[:, layout.TIME] <= 0.999 * step.rows[-1, layout.TIME]]
    assert len(rows) > 50
    time = rows[:, layout.TIME]
    solution = pybamm_simulation(cell).solve(
        np.array([0.0, time[-1]]),
        t_interp=time,
        inputs={
            "Current [A]": rows[0, layout.CURRENT] * cell.area,
            "Lower voltage [V]": lower - 0.5,
            "Upper voltage [V]": upper + 0.5,
        },
    )
    difference = solution["Voltage [V]"](time) - rows[:, layout.VOLTAGE]
    assert np.max(np.abs(difference)) < 1e-4


@pytest.mark.parametrize("name", CELLS)
def test_a_cut_off_is_met_at_the_same_time(name):
    lower, upper = LIMITS[name]
    cell = starting_at(CELLS[name], 0.3, 0.6)
    (step,) = run_protocol(cell, read_protocol(f"Discharge at 1C until {lower} V"), uniform_state(cell, 0.3, 0.6))
    end = step.rows[-1, layout.TIME]
    solution = pybamm_simulation(cell).solve(
        np.array([0.0, 1.01 * end]),
        inputs={"Current [A]": -cell.one_c * cell.area, "Lower voltage [V]": lower, "Upper voltage [V]": upper + 1.0},
    )
    assert solution.termination == "event: Minimum voltage [V]"
    assert solution.t[-1] == pytest.approx(end, rel=2e-6)


def test_a_cell_of_the_library_agrees_too():
    """The shipped example, with its own grid, curve and parameters, through the same export a user would call."""
    from interlayer.cell import load_cell
    from interlayer.simulation import cell_parameters

    cell = starting_at(cell_parameters(load_cell("wang2020_lnto450")), 0.2, 0.0)
    (step,) = run_protocol(cell, read_protocol("Discharge at 1C until 2.6 V"), uniform_state(cell, 0.2, 0.0))
    rows = step.rows[:-1]
    solution = pybamm_simulation(cell).solve(
        np.array([0.0, rows[-1, layout.TIME]]),
        t_interp=rows[:, layout.TIME],
        inputs={"Current [A]": -cell.one_c * cell.area, "Lower voltage [V]": 0.0, "Upper voltage [V]": 5.0},
    )
    difference = solution["Voltage [V]"](rows[:, layout.TIME]) - rows[:, layout.VOLTAGE]
    assert np.max(np.abs(difference)) < 1e-4
