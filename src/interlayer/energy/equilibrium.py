"""What a cell delivers infinitely slowly: its open-circuit curves between the protocol's cut-offs."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from interlayer.cell import Cell
from interlayer.cell.description import CompositeElectrode, MetalElectrode, ThinFilmElectrode
from interlayer.errors import InputError
from interlayer.materials.open_circuit import OpenCircuit
from interlayer.protocol import ConstantCurrent, Hold, Limit, read_protocol

Array = NDArray[np.float64]

_POINTS: Final = 4001


def cut_offs(cell: Cell) -> tuple[Limit, Limit]:
    """Return the lowest discharge and the highest charge limit of the cell's protocol.

    A limit is a voltage of the cell, or of the cathode against Li/Li+ where the protocol says "vs Li"; a hold counts
    with the charge or discharge before it. Raises InputError when the protocol lacks one of the two.
    """
    found: dict[str, list[Limit]] = {"charge": [], "discharge": []}
    given = cell.description.protocol
    direction = "charge"
    for step in read_protocol(given, origin=cell.origin).sequence() if given is not None else ():
        if isinstance(step, ConstantCurrent):
            direction = step.kind
            found[direction].extend([step.until] if step.until is not None else [])
        elif isinstance(step, Hold):
            found[direction].append(step.voltage)
    for what, values in found.items():
        if not values:
            raise InputError(
                f"{cell.origin}: the capacity is not rated and the protocol has no {what} step with a voltage; give "
                f'[rating] specific_capacity and average_voltage, or a step such as "{what.capitalize()} at 0.1C until '
                f'{"2.5" if what == "discharge" else "4.2"} V"'
            )
    return min(found["discharge"], key=lambda limit: limit.volts), max(found["charge"], key=lambda limit: limit.volts)


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
            f"{cell.origin}: nothing is stored between {low.volts:g} and {high.volts:g} V; "
            f"the open-circuit voltage runs from {at_cathode[0] - at_anode[0]:.3g} V "
            f"to {at_cathode[-1] - at_anode[-1]:.3g} V"
        )
    inside = np.linspace(start, end, _POINTS)
    voltage = np.interp(inside, charge, at_cathode - at_anode)
    mean = float(np.sum((voltage[1:] + voltage[:-1]) / 2.0) / (_POINTS - 1))
    return EquilibriumDelivery(areal_capacity=end - start, average_voltage=mean)


def _crossing(charge: Array, at_cathode: Array, at_anode: Array, limit: Limit) -> float:
    """Return the charge at which the limited potential reaches a cut-off; it rises with the charge taken out."""
    limited = np.maximum.accumulate(at_cathode if limit.against_lithium else at_cathode - at_anode)
    return float(np.interp(limit.volts, limited, charge))


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
