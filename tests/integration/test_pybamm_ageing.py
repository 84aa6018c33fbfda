"""Ageing at the end of each step here, and all the time in PyBaMM: the same capacities after some cycles."""

from importlib.util import find_spec

import numpy as np
import pytest

from interlayer.errors import InputError
from interlayer.materials.open_circuit import OpenCircuit
from interlayer.protocol import read_protocol
from interlayer.simulation import layout
from interlayer.simulation.ageing import AgeingHistory, AgeingTerms, GrowthTerm
from interlayer.simulation.model import CellParameters, ConstantElectrode, HostElectrode
from interlayer.simulation.run import run_protocol, uniform_state

pytestmark = pytest.mark.skipif(find_spec("pybamm") is None, reason="PyBaMM is in the extra 'peers'")

OXIDE = OpenCircuit(source="test", expression="4.32 - 1.2*x + 0.25*exp(-6*x) - 0.0001*exp(60*(x - 0.87))")
CELL = CellParameters(
    "ageing",
    HostElectrode(
        name="oxide",
        open_circuit=OXIDE,
        charge=72_000.0,
        true_area=36.0,
        length=1.5e-6,
        diffusivity=3e-15,
        exchange_current_density=0.08,
        ionic_resistance=1.5e-3,
        electronic_resistance=4e-4,
        initial_stoichiometry=0.9,
        cells=8,
        shells=8,
    ),
    ConstantElectrode("In-Li", 0.62),
    {"LGPS": 1.8e-3},
    7.85e-5,
    13.0,
    0.084,
)
LOWER, UPPER, CYCLES = 2.2, 3.6, 12


def capacities_in_pybamm(terms):
    """Discharge capacities in A s/m2; each half cycle starts from the state the one before it left."""
    from interlayer.simulation.pybamm_model import pybamm_simulation

    simulation = pybamm_simulation(CELL, relative=1e-7, absolute=1e-9, ageing=terms)
    simulation.build()
    current = CELL.one_c * CELL.area
    solution, found = None, []
    for half in range(2 * CYCLES):
        charging = half % 2 == 0
        inputs = {
            "Current [A]": current if charging else -current,
            "Lower voltage [V]": 0.0 if charging else LOWER,
            "Upper voltage [V]": UPPER if charging else 9.0,
        }
        if solution is not None:
            solution.termination = "final time"  # so that it goes on from where the event stopped it
        solution = simulation.solver.step(
            solution, simulation.built_model, 14_400.0, t_eval=np.array([0.0, 14_400.0]), inputs=inputs, save=False
        )
        found.append((solution.t[-1] - solution.t[0]) * CELL.one_c)
    return np.array(found[1::2])


@pytest.mark.parametrize(
    "terms",
    [
        AgeingTerms(growths=(GrowthTerm("layer", 3.6e5, 0.05),)),
        AgeingTerms(growths=(GrowthTerm("layer", 3.6e5, 0.05, law="linear"),), contact_rate=0.01),
        AgeingTerms(isolation_rate=2e-3),
    ],
    ids=["parabolic layer", "linear layer and contact", "isolation"],
)
def test_the_capacity_after_twelve_cycles_agrees_within_a_thousandth(terms):
    protocol = read_protocol(
        {"repeat": CYCLES, "steps": [f"Charge at 1C until {UPPER} V", f"Discharge at 1C until {LOWER} V"]}
    )
    steps = run_protocol(CELL, protocol, uniform_state(CELL, 0.9, 0.0), after=AgeingHistory(CELL, terms).after_step)
    ours = np.array([-step.rows[-1, layout.CHARGE_PASSED] for step in steps[1::2]])
    assert ours[-1] < 0.999 * ours[0]
    theirs = capacities_in_pybamm(terms)
    assert theirs[1:] == pytest.approx(ours[1:], rel=1e-3)
    assert theirs[0] == pytest.approx(ours[0], rel=3e-3)  # a parabolic layer is quickest in the very first step


def test_what_the_export_does_not_carry_is_refused():
    from interlayer.simulation.pybamm_model import pybamm_model

    with pytest.raises(InputError, match="not exported"):
        pybamm_model(CELL, ageing=AgeingTerms(lithium_rate=0.01))
