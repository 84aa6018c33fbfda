"""How much charge at which voltage the stack model takes as delivered, and where the two numbers come from."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from interlayer.cell import Cell
from interlayer.errors import InputError
from interlayer.units import UNITS

CapacitySource: TypeAlias = Literal["stated rating", "equilibrium curves between the cut-offs", "simulated"]


@dataclass(frozen=True)
class Delivery:
    """Capacity per mass of cathode active material (A s/kg) and per area (A s/m2), and the mean voltage (V)."""

    specific_capacity: float
    areal_capacity: float
    voltage: float
    capacity_source: CapacitySource
    voltage_source: CapacitySource

    @property
    def areal_energy(self) -> float:
        """Energy per electrode area, J/m2."""
        return self.areal_capacity * self.voltage


def delivery(cell: Cell, *, capacity: float | None = None, voltage: float | None = None) -> Delivery:
    """Return what a cell delivers: simulated numbers first, then its rating, then its open-circuit curves.

    `capacity` in mAh per g of cathode active material and `voltage` in V are a simulation's results. Raises
    InputError where neither of the three is there, or where the cell would deliver nothing.
    """
    mass = cell.cathode.active_areal_mass
    rating = cell.description.rating
    stated_capacity = rating.specific_capacity or cell.description.cathode.specific_capacity
    for name, value in (("capacity", capacity), ("voltage", voltage)):
        if value is not None and not 0.0 < value < 1e5:
            raise InputError(f"{name} = {value} is not a positive number; the cell delivers no energy")
    specific: float | None = None
    capacity_source: CapacitySource = "simulated"
    voltage_source: CapacitySource = "simulated"
    if capacity is not None:
        specific = capacity * UNITS["specific_capacity"]["mAh/g"]
    elif stated_capacity is not None:
        specific, capacity_source = stated_capacity.si, "stated rating"
    if voltage is None and rating.average_voltage is not None:
        voltage, voltage_source = rating.average_voltage.si, "stated rating"
    if specific is None or voltage is None:
        # numpy and the curves are loaded only where a rating is missing
        from interlayer.energy.equilibrium import equilibrium_delivery

        at_rest = equilibrium_delivery(cell)
        if specific is None:
            specific, capacity_source = at_rest.areal_capacity / mass, "equilibrium curves between the cut-offs"
        if voltage is None:
            voltage, voltage_source = at_rest.average_voltage, "equilibrium curves between the cut-offs"
    if voltage <= 0.0:
        raise InputError(f"{cell.origin}: the average voltage is {voltage:.3g} V; the cell delivers no energy")
    return Delivery(specific, specific * mass, voltage, capacity_source, voltage_source)
