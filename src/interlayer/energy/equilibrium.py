"""What a cell delivers infinitely slowly: its open-circuit curves between the protocol's cut-offs."""

import re
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from interlayer.cell import Cell
from interlayer.cell.description import CompositeElectrode, MetalElectrode, ThinFilmElectrode
from interlayer.errors import InputError
from interlayer.materials.open_circuit import OpenCircuit

Array = NDArray[np.float64]

_CUT_OFF: Final = re.compile(
    r"^\s*(?P<what>charge|discharge)\b.*\buntil\s+(?P<number>[+-]?\d*\.?\d+)\s*(?P<unit>m?V)\b"
    r"(?P<against>\s*(?:vs\.?|against)\s*Li\b)?",
    re.IGNORECASE | re.DOTALL,
)
_POINTS: Final = 4001


@dataclass(frozen=True)
class CutOff:
    """A voltage limit in V: of the cell, or of the cathode against Li/Li+ where the protocol says "vs Li"."""

    voltage: float
    against_lithium: bool = False


def cut_offs(cell: Cell) -> tuple[CutOff, CutOff]:
    """Return the lowest discharge and the highest charge cut-off of the cell's protocol.

    Raises InputError when the protocol lacks one of them.
    """
    found: dict[str, list[CutOff]] = {"charge": [], "discharge": []}
    for step in _steps(cell.description.protocol):
        match = _CUT_OFF.match(step)
        if match is not None:
            volts = float(match["number"]) * (1e-3 if match["unit"].lower() == "mv" else 1.0)
            found[match["what"].lower()].append(CutOff(volts, match["against"] is not None))
    for what, values in found.items():
        if not values:
            raise InputError(
                f"{cell.origin}: the capacity is not rated and the protocol has no {what} step with a voltage; give "
                f'[rating] specific_capacity and average_voltage, or a step such as "Discharge at 0.1C until 2.5 V"'
            )
    return min(found["discharge"], key=lambda c: c.voltage), max(found["charge"], key=lambda c: c.voltage)


def _steps(protocol: Any) -> list[str]:
    steps = protocol.get("steps", ()) if isinstance(protocol, dict) else getattr(protocol, "steps", ())
    return [step for step in steps if isinstance(step, str)]


@dataclass(frozen=True)
class EquilibriumDelivery:
    """Areal capacity in A s/m2 and charge-averaged voltage in V between two cut-offs."""

    areal_capacity: float
    average_voltage: float


def equilibrium_delivery(cell: Cell) -> EquilibriumDelivery:
    """Return the capacity and mean voltage of the cell's open-circuit curves between its cut-offs.

    V(q) = U_cathode(x0 - q/Q_cathode) - U_anode(y0 + q/Q_anode), with q the charge per area that was taken out of the
    cathode and Q the charge that a full change of stoichiometry takes. A cut-off that lies beyond the measured range
    of a curve ends at the end of that range. Raises InputError where a curve is missing or nothing is left between
    the cut-offs.
    """
    low, high = cut_offs(cell)
    cathode, anode = _cathode(cell), _anode(cell)
    charge = np.linspace(0.0, min(cathode.available_to_give, anode.available_to_take), _POINTS)
    at_cathode = cathode.curve.potential(cathode.start - charge / cathode.capacity)
    at_anode = np.broadcast_to(anode.potential(charge), charge.shape)
    start = _crossing(charge, at_cathode, at_anode, low)
    end = _crossing(charge, at_cathode, at_anode, high)
    if end <= start:
        raise InputError(
            f"{cell.origin}: nothing is stored between {low.voltage:g} and {high.voltage:g} V; "
            f"the open-circuit voltage runs from {at_cathode[0] - at_anode[0]:.3g} V "
            f"to {at_cathode[-1] - at_anode[-1]:.3g} V"
        )
    inside = np.linspace(start, end, _POINTS)
    voltage = np.interp(inside, charge, at_cathode - at_anode)
    mean = float(np.sum((voltage[1:] + voltage[:-1]) / 2.0) / (_POINTS - 1))
    return EquilibriumDelivery(areal_capacity=end - start, average_voltage=mean)


def _crossing(charge: Array, at_cathode: Array, at_anode: Array, limit: CutOff) -> float:
    """Return the charge at which the limited potential reaches a cut-off; it rises with the charge taken out."""
    limited = np.maximum.accumulate(at_cathode if limit.against_lithium else at_cathode - at_anode)
    return float(np.interp(limit.voltage, limited, charge))


@dataclass(frozen=True)
class _Host:
    """A curve, where on it the discharged cell starts, and the charge per area of one unit of stoichiometry."""

    curve: OpenCircuit
    start: float
    capacity: float

    @property
    def available_to_give(self) -> float:
        return (self.start - self.curve.lowest) * self.capacity

    @property
    def available_to_take(self) -> float:
        return (self.curve.highest - self.start) * self.capacity

    def potential(self, charge: Array) -> Array:
        return self.curve.potential(self.start + charge / self.capacity)


@dataclass(frozen=True)
class _FlatAnode:
    value: float
    available_to_take: float = float("inf")

    def potential(self, charge: Array) -> Array:
        return np.full_like(charge, self.value)


def _cathode(cell: Cell) -> _Host:
    electrode = cell.description.cathode
    curve = _curve(cell, electrode, electrode.active_material)
    own = electrode.initial_stoichiometry
    material = cell.material(electrode.active_material)
    capacity = cell.cathode.active_areal_mass * material.capacity_per_stoichiometry
    return _Host(curve, own.si if own is not None else curve.highest, capacity)


def _anode(cell: Cell) -> _Host | _FlatAnode:
    electrode = cell.description.anode
    own = electrode.initial_stoichiometry
    curve = _curve(cell, electrode, cell.anode_material)
    if isinstance(electrode, MetalElectrode):
        middle = own.si if own is not None else (curve.lowest + curve.highest) / 2.0
        return _FlatAnode(float(curve.potential(np.array([middle]))[0]))
    capacity = cell.anode.active_areal_mass * cell.material(cell.anode_material).capacity_per_stoichiometry
    return _Host(curve, own.si if own is not None else curve.lowest, capacity)


def _curve(cell: Cell, electrode: CompositeElectrode | ThinFilmElectrode | MetalElectrode, name: str) -> OpenCircuit:
    if electrode.open_circuit is not None:
        return electrode.open_circuit
    known = cell.material(name).open_circuit
    if not known:
        raise InputError(
            f"{cell.origin}: {name} has no open-circuit curve, so capacity and voltage do not follow from equilibrium; "
            "give [rating] specific_capacity and average_voltage, or open_circuit with a csv or an expression"
        )
    return known[0]
