"""Impedance and titration on the same equations in PyBaMM: spectra to 1e-7, voltages within 0.1 mV."""

from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest

from interlayer.materials.open_circuit import OpenCircuit
from interlayer.protocol import read_protocol
from interlayer.simulation import layout
from interlayer.simulation.impedance import Capacitances, impedance
from interlayer.simulation.model import CellParameters, ConstantElectrode, HostElectrode
from interlayer.simulation.run import run_protocol, uniform_state

pytestmark = pytest.mark.skipif(find_spec("pybamm") is None, reason="PyBaMM is in the extra 'peers'")

OXIDE = OpenCircuit(source="test", expression="4.32 - 1.2*x + 0.25*exp(-6*x) - 0.06*tanh(14*(x - 0.45))")
GRAPHITE = OpenCircuit(source="test", expression="0.09 + 0.7*exp(-40*x) - 0.035*tanh(25*(x - 0.52))")
HOST = HostElectrode(
    name="oxide",
    open_circuit=OXIDE,
    charge=72_000.0,
    true_area=36.0,
    length=1.5e-6,
    diffusivity=3e-15,
    exchange_current_density=0.08,
    contact=0.6,
    layer_resistances={"coating": 1e-3},
    ionic_resistance=1.5e-3,
    electronic_resistance=4e-4,
    initial_stoichiometry=0.55,
    cells=12,
    shells=12,
)
ANODE = replace(HOST, name="graphite", open_circuit=GRAPHITE, charge=86_000.0, initial_stoichiometry=0.4)
FILM = replace(HOST, shape="slab", cells=1, true_area=1.0, contact=1.0, charge=1_000.0, length=4e-7, diffusivity=2e-16)
INDIUM = ConstantElectrode("In-Li", 0.62, exchange_current_density=20.0, layer_resistances={"skin": 1e-4})
CELLS = {
    "composite | In-Li": CellParameters("a", HOST, INDIUM, {"s": 1.8e-3}, 7.85e-5, 13.0, 0.084),
    "composite | graphite": CellParameters("b", HOST, ANODE, {"s": 1e-4}, 1e-4, 13.0, 0.084),
    "film | In-Li": CellParameters("c", FILM, INDIUM, {"s": 1e-4}, 1e-4, 0.2, 0.0019),
}


@pytest.mark.parametrize("name", CELLS)
def test_spectra_agree_on_the_same_grid_and_come_near_the_exact_ones(name):
    from interlayer.simulation.pybamm_model import pybamm_impedance

    cell = CELLS[name]
    frequency = np.geomspace(1e4, 1e-4, 25)
    theirs = pybamm_impedance(cell).solve(frequency).impedance
    negative = cell.negative.initial_stoichiometry if isinstance(cell.negative, HostElectrode) else 0.0
    state = uniform_state(cell, cell.positive.initial_stoichiometry, negative)
    options = {"capacitances": Capacitances(0.0, 0.0)}
    ours = impedance(cell, state, frequency, closure="grid", **options) / cell.area
    assert np.max(np.abs(theirs / ours - 1.0)) < 1e-7
    # a finer grid comes to the closed form
    fine = replace(cell, positive=replace(cell.positive, shells=160, cells=1 if name.startswith("film") else 160))
    if isinstance(fine.negative, HostElectrode):
        fine = replace(fine, negative=replace(fine.negative, shells=160, cells=160))
    state = uniform_state(fine, cell.positive.initial_stoichiometry, negative)
    slow = frequency[frequency < 10.0]
    grid, exact = (impedance(fine, state, slow, closure=closure, **options) for closure in ("grid", "exact"))
    assert np.max(np.abs(grid / exact - 1.0)) < 1e-3


def test_a_titration_agrees_within_a_tenth_of_a_millivolt():
    from interlayer.simulation.pybamm_model import pybamm_simulation

    cell = CELLS["composite | In-Li"]
    protocol = read_protocol(
        {
            "steps": [
                {
                    "kind": "gitt",
                    "direction": "charge",
                    "rate": "0.5C",
                    "pulse": "5 min",
                    "rest": "20 min",
                    "pulses": 5,
                    "until": "5 V",
                }
            ]
        }
    )
    ours = run_protocol(cell, protocol, uniform_state(cell, 0.55, 0.0))
    simulation = pybamm_simulation(cell, relative=1e-8, absolute=1e-10)
    simulation.build()
    solution, worst = None, 0.0
    for step in ours:
        duration = step.rows[-1, layout.TIME]
        inputs = {
            "Current [A]": step.rows[-1, layout.CURRENT] * cell.area,
            "Lower voltage [V]": 0.0,
            "Upper voltage [V]": 9.0,
        }
        times = np.linspace(0.0, duration, 60)
        solution = simulation.solver.step(
            solution,
            simulation.built_model,
            duration,
            t_eval=np.array([0.0, duration]),
            t_interp=times,
            inputs=inputs,
            save=False,
        )
        inside = slice(1, -1)
        theirs = np.interp(times[inside], solution.t - solution.t[0], solution["Voltage [V]"].entries)
        rows = step.rows
        worst = max(
            worst,
            float(np.max(np.abs(np.interp(times[inside], rows[:, layout.TIME], rows[:, layout.VOLTAGE]) - theirs))),
        )
    assert worst < 1e-4


def test_a_sweep_follows_its_voltage_and_conserves_charge():
    cell = CELLS["composite | In-Li"]
    protocol = read_protocol(
        {
            "steps": [
                {"kind": "cv", "scan_rate": "0.2 mV/s", "upper": "4.1 V vs Li", "lower": "3.7 V vs Li", "cycles": 2}
            ]
        }
    )
    steps = run_protocol(cell, protocol, uniform_state(cell, 0.55, 0.0))
    for step in steps:
        rows = step.rows
        swept = (
            rows[0, layout.VOLTAGE]
            + np.sign(rows[-1, layout.VOLTAGE] - rows[0, layout.VOLTAGE]) * 2e-4 * rows[:, layout.TIME]
        )
        assert rows[:, layout.VOLTAGE] == pytest.approx(swept, abs=1e-7)
        moved = (rows[0, layout.STOICHIOMETRY] - rows[-1, layout.STOICHIOMETRY]) * cell.positive.charge
        assert moved == pytest.approx(rows[-1, layout.CHARGE_PASSED], abs=1e-10 * cell.positive.charge)
    # the second cycle repeats the first once the start is forgotten
    first, second = (np.ptp(steps[k].rows[:, layout.CURRENT]) for k in (1, 3))
    assert second == pytest.approx(first, rel=0.02)


def test_the_current_of_a_swept_voltage_is_that_of_pybamm():
    """Cyclic voltammetry: with the ramp as an equation of PyBaMM's model its current is ours, to less than 0.1 mV."""
    import pybamm

    from interlayer.simulation.pybamm_model import _discretisation, pybamm_model

    cell = CELLS["composite | In-Li"]
    (step,) = run_protocol(
        cell, read_protocol("Sweep at 0.2 mV/s to 4.1 V vs Li"), uniform_state(cell, 0.55, 0.0), tolerance=1e-8
    )
    time, voltage, current = (step.rows[:, column] for column in (layout.TIME, layout.VOLTAGE, layout.CURRENT))
    control = pybamm.step.CustomStepImplicit(lambda v: v["Voltage [V]"] - (voltage[0] + 2e-4 * pybamm.t))
    values = pybamm.ParameterValues({"Current function [A]": 0.0})
    model, values = control.set_up(pybamm_model(cell, current_function=True), values)
    model.initial_conditions[model.variables["Current [A]"]] = pybamm.Scalar(0.0)
    simulation = pybamm.Simulation(
        model,
        **_discretisation(pybamm, cell),
        parameter_values=values,
        solver=pybamm.IDAKLUSolver(rtol=1e-5, atol=1e-7),  # tighter ones fail at the corner where the ramp begins
    )
    solution = simulation.solve([0.0, 0.98 * time[-1]])
    at = np.linspace(0.02, 0.97, 60) * time[-1]
    missed = -solution["Current [A]"](at) / cell.area - np.interp(at, time, current)
    assert np.max(np.abs(missed)) < 3e-4 * np.max(np.abs(current))
    slow = uniform_state(cell, 0.4, 0.0)
    resistance = impedance(cell, slow, np.array([1e-4]), capacitances=Capacitances(0.0, 0.0), closure="grid")[0]
    assert np.max(np.abs(missed)) * abs(resistance) < 1e-4
