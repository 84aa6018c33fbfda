"""Where the voltage goes: the overpotentials of one instant, term by term."""

from typing import Literal

import numpy as np

from interlayer.simulation import layout
from interlayer.simulation.initial_state import rest_voltage
from interlayer.simulation.model import AnyElectrode, CellParameters, HostElectrode
from interlayer.simulation.overpotential import OverpotentialTerm
from interlayer.simulation.result import OverpotentialBudget
from interlayer.simulation.run import Array, RunStep


def overpotential_budget(cell: CellParameters, steps: list[RunStep]) -> OverpotentialBudget | None:
    """Return the losses halfway through the first discharge, or the first charge where there is none.

    The terms add up to |V - (U_pos(x) - U_neg(y))| at the mean stoichiometries x, y of that instant: charge transfer,
    each layer, diffusion in the particles (U at the surface less U at the mean), ions and electrons across the
    electrode (their heat over the current), and the separator. None where no step passes charge.
    """
    for kind in ("discharge", "charge"):
        for done in steps:
            if done.step.kind == kind and len(done.rows) > 2:
                return _halfway(cell, done)
    return None


def _halfway(cell: CellParameters, done: RunStep) -> OverpotentialBudget:
    rows = done.rows
    passed = np.abs(rows[:, layout.CHARGE_PASSED])
    row = rows[int(np.argmin(np.abs(passed - 0.5 * passed[-1])))]
    current = float(row[layout.CURRENT])
    sign = 1.0 if current > 0 else -1.0
    per_electrode = row[layout.TERMS :].reshape(2, -1) * 1e3
    terms = [
        *electrode_terms(cell.positive, "cathode", sign * per_electrode[0]),
        *(
            OverpotentialTerm(term=name, part="separator", overpotential_mV=abs(current) * value * 1e3)
            for name, value in cell.separator_resistances.items()
        ),
        *electrode_terms(cell.negative, "anode", -sign * per_electrode[1]),
    ]
    voltage = float(row[layout.VOLTAGE])
    return OverpotentialBudget(
        step=done.step.text,
        capacity_mAh_per_g=float(abs(row[layout.CHARGE_PASSED])) / 3600.0 / cell.active_mass,
        voltage_V=voltage,
        equilibrium_voltage_V=rest_voltage(cell, *row[layout.STOICHIOMETRY : layout.TERMS]),
        terms=tuple(terms),
    )


def electrode_terms(
    electrode: AnyElectrode, part: Literal["cathode", "anode"], values: Array
) -> list[OverpotentialTerm]:
    """Name an electrode's losses in mV; `values` (4,): charge transfer, all layers, diffusion and transport."""
    transfer, layer, diffusion, transport = (float(value) for value in values)
    found = {f"{electrode.name} charge transfer": transfer} if electrode.exchange_current_density > 0 else {}
    total = sum(electrode.layer_resistances.values())
    found |= {name: layer * value / total if total else 0.0 for name, value in electrode.layer_resistances.items()}
    if isinstance(electrode, HostElectrode):
        found[f"diffusion in {electrode.name}"] = diffusion
        if electrode.ionic_resistance + electrode.electronic_resistance > 0:
            found[f"ions and electrons across the {part}"] = transport
    return [OverpotentialTerm(term=name, part=part, overpotential_mV=value) for name, value in found.items()]
