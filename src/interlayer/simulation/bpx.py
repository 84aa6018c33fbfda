"""A cell as a Battery Parameter eXchange file (BPX 1.0), and the list of what that format cannot hold.

BPX describes porous electrodes of bare particles in one electrolyte. Coatings, interphases, buffer layers, contact
and ageing have no field there: they are named in `dropped`, and those that are numbers are kept as user-defined ones.
A cell whose electrodes are not both porous is written as a ``Partial`` parameterisation.

Format: Faraday Institution, BPX standard (https://github.com/FaradayInstitution/BPX).
"""

import ast
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from interlayer._version import __version__
from interlayer.cell import Cell, as_cell
from interlayer.cell.geometry import Layer
from interlayer.constants import FARADAY
from interlayer.errors import InputError
from interlayer.materials.open_circuit import OpenCircuit
from interlayer.protocol import ConstantCurrent, Hold, read_protocol
from interlayer.simulation.ageing_terms import ageing_terms
from interlayer.simulation.initial_state import reference_potential
from interlayer.simulation.model import AnyElectrode, CellParameters, ConstantElectrode, HostElectrode
from interlayer.simulation.parameters import cell_parameters
from interlayer.transport.conduction import ionic_conductor, layer_conductivity
from interlayer.writing import write_whole

_FUNCTIONS: Final = {"exp", "tanh", "cosh"}
_POINTS: Final = 401
_UNUSED_DIFFUSIVITY: Final = 1e-10
_CONCENTRATION: Final = 1000.0
"""mol/m3; with a transference number of one it stays everywhere and has no effect."""
_DENSE: Final = 0.999
"""Porosity of a layer that is all electrolyte: readers divide by its logarithm."""
_FAST: Final = 1e-2
"""mol/(m2 s); a rate constant so large that charge transfer costs nothing."""


@dataclass(frozen=True)
class BpxExport:
    """A BPX document, and in plain words what of the cell it leaves out or bends."""

    document: dict[str, Any]
    dropped: tuple[str, ...]

    def text(self) -> str:
        """Return the document as JSON text."""
        return json.dumps(self.document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"

    def write(self, path: str | Path) -> Path:
        """Write the document whole, and return the path."""
        return write_whole(Path(path), self.text())


def to_bpx(cell: Cell | str | Path) -> BpxExport:
    """Return a cell as BPX; `cell` is a Cell, a path or the name of an example.

    Raises InputError for what cannot be simulated at all, such as a cell without an open-circuit curve.
    """
    cell = as_cell(cell)
    parameters = cell_parameters(cell)
    dropped: list[str] = []
    extra: dict[str, float] = {}
    electrolyte = _electrolyte(cell)
    sections: dict[str, Any] = {
        "Cell": _cell(cell, parameters),
        "Electrolyte": {
            "Cation transference number": 1.0,
            "Conductivity [S.m-1]": electrolyte,
            "Diffusivity [m2.s-1]": _UNUSED_DIFFUSIVITY,
        },
    }
    dropped.append(
        f"the electrolyte conducts by one ion: its diffusivity of {_UNUSED_DIFFUSIVITY:g} m2/s has no effect"
    )
    electrodes: tuple[tuple[str, str, AnyElectrode, Layer], ...] = (
        ("Negative electrode", "negative", parameters.negative, cell.anode),
        ("Positive electrode", "positive", parameters.positive, cell.cathode),
    )
    for title, side, electrode, layer in electrodes:
        if isinstance(electrode, ConstantElectrode) or electrode.cells == 1:
            _without_section(side, electrode, extra, dropped)
        else:
            sections[title] = _electrode(electrode, layer, electrolyte, side, extra, dropped)
    sections["Separator"] = _separator(cell, parameters, electrolyte, dropped)
    if ageing_terms(cell, parameters):
        dropped.append("degradation: BPX has the state of health of a cell, not the rates that change it")
    if extra:
        sections["User-defined"] = {"description": "parameters of Interlayer that BPX has no field for", **extra}
    partial = "Positive electrode" not in sections or "Negative electrode" not in sections
    header = {
        "BPX": "1.0.0",
        "Title": cell.description.title or cell.name,
        "Description": f"written by interlayer {__version__}; left out: {'; '.join(dropped)}",
        "References": "; ".join(parameters.references),
        "Model": "Partial" if partial else "DFN",
    }
    state = {
        "Initial conditions": {
            "Initial temperature [K]": parameters.temperature,
            "Initial electrolyte concentration [mol.m-3]": _CONCENTRATION,
        }
    }
    return BpxExport({"Header": header, "Parameterisation": sections, "State": state}, tuple(dropped))


def _cell(cell: Cell, parameters: CellParameters) -> dict[str, Any]:
    lower, upper = _cut_offs(cell, parameters)
    thickness = sum(layer.thickness for layer in cell.layers)
    return {
        "Electrode area [m2]": parameters.area,
        "External surface area [m2]": 2.0 * parameters.area,
        "Volume [m3]": parameters.area * thickness,
        "Number of electrode pairs connected in parallel to make a cell": 1,
        "Nominal cell capacity [A.h]": parameters.one_c * parameters.area,
        "Lower voltage cut-off [V]": lower,
        "Upper voltage cut-off [V]": upper,
        "Reference temperature [K]": parameters.temperature,
    }


def _cut_offs(cell: Cell, parameters: CellParameters) -> tuple[float, float]:
    """Return the lowest and the highest voltage of the cell's protocol, else of its curves."""
    limits = []
    if cell.description.protocol is not None:
        for step in read_protocol(cell.description.protocol).sequence():
            limit = (
                step.until if isinstance(step, ConstantCurrent) else step.voltage if isinstance(step, Hold) else None
            )
            if limit is not None:
                limits.append(limit.volts - reference_potential(parameters, limit))
    if len(limits) > 1 and min(limits) < max(limits):
        return min(limits), max(limits)
    low, high = (_ends(electrode) for electrode in (parameters.negative, parameters.positive))
    return high[0] - low[1], high[1] - low[0]


def _ends(electrode: AnyElectrode) -> tuple[float, float]:
    if isinstance(electrode, ConstantElectrode):
        return electrode.potential, electrode.potential
    curve = electrode.open_circuit
    ends = curve.potential(np.array([curve.lowest, curve.highest]))
    return float(ends.min()), float(ends.max())


def _electrolyte(cell: Cell) -> float:
    """Return the conductivity of the cathode's ion conductor, else of the first separator layer, S/m."""
    cathode = cell.description.cathode
    try:
        found = ionic_conductor(cell, cathode, cell.cathode) if cathode.kind == "composite" else None
        if found is not None:
            return cell.material(found[0]).conductivity_at(cell.description.temperature.si, None).si
    except InputError:
        pass  # its conductivity is unknown where the composite's was measured as a whole
    return layer_conductivity(cell, cell.description.separator[0]).si


def _separator(cell: Cell, parameters: CellParameters, electrolyte: float, dropped: list[str]) -> dict[str, float]:
    thickness = sum(layer.thickness for layer in cell.separators)
    if len(cell.separators) > 1:
        dropped.append(
            f"{len(cell.separators)} separator layers are one of {thickness * 1e6:g} um and their resistance"
        )
    resistance = parameters.separator_resistance
    return {
        "Thickness [m]": thickness,
        "Porosity": _DENSE,
        "Transport efficiency": thickness / (resistance * electrolyte) if resistance > 0.0 else 1.0,
    }


def _electrode(
    electrode: HostElectrode, layer: Layer, electrolyte: float, side: str, extra: dict[str, float], dropped: list[str]
) -> dict[str, Any]:
    low, high = electrode.stoichiometry_limits
    for name, value in electrode.layer_resistances.items():
        dropped.append(f"{side} electrode: {name} of {value * 1e4:.4g} ohm cm2 of surface")
        extra[f"{side.capitalize()} electrode {name} resistance [Ohm.m2]"] = value
    if electrode.contact < 1.0:
        dropped.append(f"{side} electrode: the contacted share {electrode.contact:g} is part of the surface area")
    i0 = electrode.exchange_current_density
    if i0 == 0.0:
        dropped.append(f"{side} electrode: no charge transfer; a rate constant of {_FAST:g} mol/(m2 s) stands for it")
    ionic = layer.thickness / electrode.ionic_resistance if electrode.ionic_resistance > 0.0 else electrolyte
    return {
        "Thickness [m]": layer.thickness,
        "Porosity": 1.0 - layer.active_fraction,
        "Transport efficiency": ionic / electrolyte,
        "Conductivity [S.m-1]": layer.thickness / electrode.electronic_resistance,
        "Particle radius [m]": electrode.length,
        "Surface area per unit volume [m-1]": electrode.contacted_area / layer.thickness,
        # readers take the active volume from area and radius, a R / 3, so that this keeps the capacity
        "Maximum concentration [mol.m-3]": 3.0
        * electrode.charge
        / (FARADAY * electrode.contacted_area * electrode.length),
        "Minimum stoichiometry": low,
        "Maximum stoichiometry": high,
        "Diffusivity [m2.s-1]": electrode.diffusivity,
        # i0 = F K sqrt(x (1 - x)) there, 2 i0_half sqrt(x (1 - x)) here
        "Reaction rate constant [mol.m-2.s-1]": 2.0 * i0 / FARADAY if i0 > 0.0 else _FAST,
        "OCP [V]": _open_circuit(electrode.open_circuit),
        "Entropic change coefficient [V.K-1]": 0.0,  # the model's curves do not move with temperature
    }


def _without_section(side: str, electrode: AnyElectrode, extra: dict[str, float], dropped: list[str]) -> None:
    """Name an electrode that BPX has no section for, and keep its numbers."""
    title = f"{side.capitalize()} electrode"
    if isinstance(electrode, ConstantElectrode):
        dropped.append(f"{side} electrode: {electrode.name}, a metal at {electrode.potential:g} V against lithium")
        extra[f"{title} potential [V]"] = electrode.potential
    else:
        dropped.append(f"{side} electrode: {electrode.name}, a dense film of {electrode.length * 1e6:.3g} um")
        extra[f"{title} film thickness [m]"] = electrode.length
        extra[f"{title} diffusivity [m2.s-1]"] = electrode.diffusivity
        extra[f"{title} charge from empty to full [C.m-2]"] = electrode.charge
    extra[f"{title} exchange current density [A.m-2]"] = electrode.exchange_current_density
    for name, value in electrode.layer_resistances.items():
        extra[f"{title} {name} resistance [Ohm.m2]"] = value


def _open_circuit(curve: OpenCircuit) -> Any:
    """Return the curve as a BPX function of x where it can be one, else as a table."""
    if curve.expression is not None:
        called = {
            node.func.id
            for node in ast.walk(ast.parse(curve.expression))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        if called <= _FUNCTIONS:
            return curve.expression
    nodes = np.linspace(curve.lowest, curve.highest, _POINTS)
    return {"x": nodes.tolist(), "y": curve.potential(nodes).tolist()}
