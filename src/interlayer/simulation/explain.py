"""Which term costs how much: millivolts over a whole step, and what the step would deliver without it."""

from typing import Any, Final

import numpy as np

from interlayer.simulation import layout
from interlayer.simulation.budget import electrode_terms
from interlayer.simulation.explanation import Explanation, SwitchedOff
from interlayer.simulation.model import CellParameters
from interlayer.simulation.overpotential import OverpotentialTerm
from interlayer.simulation.run import Array, RunStep, State, run_step
from interlayer.simulation.switches import SWITCHES, present, without

METHOD: Final = (
    "millivolts: the mean over the charge of the step, terms add up to the whole loss; without a term: the step "
    "again from the same state with this term switched off, so that these differences need not add up"
)


def explain_step(cell: CellParameters, done: RunStep, start: State, number: int) -> Explanation:
    """Return the budget of a step that passed charge; `start` is the state it began from, and is not moved.

    The mean overpotential of a term is the integral of it over the charge, divided by the charge.
    """
    rows = done.rows
    passed = np.abs(rows[:, layout.CHARGE_PASSED])
    charging = rows[-1, layout.CHARGE_PASSED] > 0.0
    sign = 1.0 if charging else -1.0

    def mean(values: Array) -> float:
        return float(np.trapezoid(values, passed) / passed[-1])

    current = np.abs(rows[:, layout.CURRENT])
    per_electrode = rows[:, layout.TERMS :].reshape(len(rows), 2, -1) * 1e3
    terms = [
        *electrode_terms(cell.positive, "cathode", np.array([mean(sign * one) for one in per_electrode[:, 0].T])),
        *(
            OverpotentialTerm(term=name, part="separator", overpotential_mV=mean(current) * value * 1e3)
            for name, value in cell.separator_resistances.items()
        ),
        *electrode_terms(cell.negative, "anode", np.array([mean(-sign * one) for one in per_electrode[:, 1].T])),
    ]
    voltage = mean(rows[:, layout.VOLTAGE])
    return Explanation(
        step=done.step.text,
        number=number,
        capacity_mAh_per_g=float(passed[-1]) / 3600.0 / cell.active_mass,
        mean_voltage_V=voltage,
        mean_equilibrium_voltage_V=voltage - sign * sum(term.overpotential_mV for term in terms) / 1e3,
        terms=terms,
        without=[_again(cell, done, start, switch, voltage) for switch in present(cell)],
        method=METHOD,
    )


def _again(cell: CellParameters, done: RunStep, start: State, switch: str, voltage: float) -> SwitchedOff:
    again = run_step(without(cell, switch), done.step, start.copy())
    rows = again.rows
    passed = np.abs(rows[:, layout.CHARGE_PASSED])
    capacity = float(passed[-1]) / 3600.0 / cell.active_mass
    before = float(abs(done.rows[-1, layout.CHARGE_PASSED])) / 3600.0 / cell.active_mass
    found: dict[str, Any] = {"mean_voltage_V": None, "mean_voltage_shift_mV": None}
    if passed[-1] > 0.0:
        mean = float(np.trapezoid(rows[:, layout.VOLTAGE], passed) / passed[-1])
        found = {"mean_voltage_V": mean, "mean_voltage_shift_mV": (mean - voltage) * 1e3}
    return SwitchedOff(
        switch=switch,
        meaning=SWITCHES[switch],
        capacity_mAh_per_g=capacity,
        capacity_gain_mAh_per_g=capacity - before,
        ended_by=again.ended_by,
        **found,
    )
