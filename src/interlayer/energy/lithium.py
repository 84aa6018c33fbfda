"""Lithium in the stack: what the cathode gives, what the anode holds or takes, and how thick it plates."""

from interlayer.cell import Cell
from interlayer.cell.geometry import density, specific_capacity
from interlayer.composition import parse_formula
from interlayer.errors import InputError


def plated_thickness(areal_capacity: float, *, specific_capacity: float, density: float) -> float:
    """Return the thickness in m of dense lithium that `areal_capacity` (A s/m2) deposits: Q/(C rho).

    `specific_capacity` in A s/kg, `density` in kg/m3. 1 mAh/cm2 is 4.85 um at 3860 mAh/g and 0.534 g/cm3.
    """
    return areal_capacity / (specific_capacity * density)


def lithium_of_anode(cell: Cell) -> tuple[float, float] | None:
    """Return (specific capacity in A s/kg, density in kg/m3) of a lithium metal anode; None for any other anode."""
    material = cell.material(cell.anode_material)
    if material.formula is None or set(parse_formula(material.formula)) != {"Li"}:
        return None
    return (
        specific_capacity(cell.description.anode, material),
        density(material.name, cell.description, cell.library),
    )


def anode_capacity(cell: Cell) -> float | None:
    """Return the charge per area the anode can hold, A s/m2; None where its capacity is not known."""
    try:
        capacity = specific_capacity(cell.description.anode, cell.material(cell.anode_material))
    except InputError:
        return None
    return cell.anode.active_areal_mass * capacity
