"""The stack model: specific energy and energy density of a cell from what its layers weigh and measure.

After Wu et al., J. Mater. Chem. A 4 (2016) 15266, section 3 (doi 10.1039/C6TA05439K); their printed E_V leaves out
the pores, their numbers include them, and so does this.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from interlayer.cell import Cell, as_cell
from interlayer.cell.assumptions import assumptions, stated_quantities
from interlayer.cell.description import MetalElectrode
from interlayer.energy.break_even import OpenLayer, open_layer
from interlayer.energy.cost import cost_of
from interlayer.energy.delivery import Delivery, delivery
from interlayer.energy.lithium import anode_capacity, lithium_of_anode, plated_thickness
from interlayer.energy.repeat_unit import UnitLayer, repeat_unit
from interlayer.energy.results import (
    Arrangement,
    Comparison,
    LithiumInventory,
    StackLayer,
    StackResult,
    ThicknessPair,
)
from interlayer.quantity import Quantity

_MAH_PER_CM2 = 3.6e4  # A s/m2
_MWH_PER_CM2 = 3.6e4  # J/m2
_MG_PER_CM2 = 1e-2  # kg/m2
_UM = 1e-6
_KINETIC = frozenset(
    {"temperature", "nominal_capacity", "diffusivity", "conductivity", "ionic_conductivity", "electronic_conductivity"}
)
_WH = 3.6e3  # J
_LITRE = 1e-3  # m3


def stack(
    cell: Cell | str | Path,
    *,
    reference: Cell | str | Path | None = None,
    capacity: float | None = None,
    voltage: float | None = None,
) -> StackResult:
    """Return what a cell (a Cell, a path or the name of an example) weighs, measures and delivers.

    E_S = C m V / sum w_i, E_V = C m V / t. `capacity` (mAh per g of cathode active material) and `voltage` (V) are a
    simulation's results and replace the cell file's rating; without both, the open-circuit curves between the
    protocol's cut-offs decide. With a `reference` cell, `break_even_thickness_um` is the thickness of the thickest
    separator layer at which the two are equal; the reference keeps its own rating.

    Raises InputError where a capacity, voltage or density cannot be found.
    """
    cell = as_cell(cell)
    delivered = delivery(cell, capacity=capacity, voltage=voltage)
    unit = repeat_unit(cell)
    mass = sum(layer.areal_mass for layer in unit)
    thickness = sum(layer.thickness for layer in unit)
    result = StackResult(
        cell=cell.name,
        title=cell.description.title,
        specific_energy_Wh_per_kg=delivered.areal_energy / mass / _WH,
        energy_density_Wh_per_L=delivered.areal_energy / thickness / _WH * _LITRE,
        areal_capacity_mAh_per_cm2=delivered.areal_capacity / _MAH_PER_CM2,
        areal_energy_mWh_per_cm2=delivered.areal_energy / _MWH_PER_CM2,
        areal_mass_mg_per_cm2=mass / _MG_PER_CM2,
        thickness_um=thickness / _UM,
        average_voltage_V=delivered.voltage,
        specific_capacity_mAh_per_g=delivered.specific_capacity / _WH,
        capacity_source=delivered.capacity_source,
        voltage_source=delivered.voltage_source,
        lithium_inventory_mAh_per_cm2=_inventory(cell, delivered),
        plated_lithium_um=_plated(cell, delivered),
        layers=tuple(_layer(layer, mass, thickness) for layer in unit),
        stack=_arrangement(cell, delivered, mass, thickness),
        cost=cost_of(cell, unit, delivered.areal_energy),
        assumptions=(*_assumptions(cell), *_assumed_densities(cell)),
        references=_references(cell),
    )
    if reference is None:
        return result
    return _compared(result, stack(reference), open_layer(cell, mass, thickness), delivered.areal_energy)


def _layer(layer: UnitLayer, mass: float, thickness: float) -> StackLayer:
    return StackLayer(
        name=layer.name,
        role=layer.role,
        thickness_um=layer.thickness / _UM,
        areal_mass_mg_per_cm2=layer.areal_mass / _MG_PER_CM2,
        thickness_share=layer.thickness / thickness,
        mass_share=layer.areal_mass / mass,
        share=layer.share,
        materials_mg_per_cm2={name: value / _MG_PER_CM2 for name, value in layer.masses.items()},
    )


def _inventory(cell: Cell, delivered: Delivery) -> LithiumInventory:
    given = delivered.areal_capacity / _MAH_PER_CM2
    held = anode_capacity(cell)
    return LithiumInventory(
        cathode=given,
        anode=None if held is None else held / _MAH_PER_CM2,
        excess=None if held is None else held / _MAH_PER_CM2 - given,
        anode_is=_kind_of_anode(cell),
    )


def _kind_of_anode(cell: Cell) -> Literal["lithium metal", "alloy", "host"]:
    if lithium_of_anode(cell) is not None:
        return "lithium metal"
    return "alloy" if isinstance(cell.description.anode, MetalElectrode) else "host"


def _plated(cell: Cell, delivered: Delivery) -> float | None:
    lithium = lithium_of_anode(cell)
    if lithium is None:
        return None
    specific, density = lithium
    return plated_thickness(delivered.areal_capacity, specific_capacity=specific, density=density) / _UM


def _arrangement(cell: Cell, delivered: Delivery, mass: float, thickness: float) -> Arrangement:
    stacked = cell.description.stack
    in_series = stacked.cells if stacked.arrangement == "bipolar" else 1
    return Arrangement(
        arrangement=stacked.arrangement,
        cells=stacked.cells,
        voltage_V=delivered.voltage * in_series,
        areal_capacity_mAh_per_cm2=delivered.areal_capacity / _MAH_PER_CM2 * stacked.cells / in_series,
        areal_mass_mg_per_cm2=mass / _MG_PER_CM2 * stacked.cells,
        thickness_um=thickness / _UM * stacked.cells,
    )


def _compared(result: StackResult, reference: StackResult, rest: OpenLayer, areal_energy: float) -> StackResult:
    by_mass = reference.specific_energy_Wh_per_kg * _WH
    by_volume = reference.energy_density_Wh_per_L * _WH / _LITRE
    notes: list[str] = []

    def thicknesses(factor: float, what: str) -> ThicknessPair:
        pair = {
            "specific_energy": rest.thickness_for_specific_energy(areal_energy, by_mass * factor) / _UM,
            "energy_density": rest.thickness_for_energy_density(areal_energy, by_volume * factor) / _UM,
        }
        for name, value in pair.items():
            if value < 0.0:
                notes.append(
                    f"{what}, {name.replace('_', ' ')}: no thickness of {rest.name} reaches it; "
                    "the other layers alone are too much"
                )
        return ThicknessPair(**{name: value if value >= 0.0 else None for name, value in pair.items()})

    break_even, half_more = thicknesses(1.0, "break-even"), thicknesses(1.5, "50 % more")
    comparison = Comparison(
        reference=reference.cell,
        reference_specific_energy_Wh_per_kg=reference.specific_energy_Wh_per_kg,
        reference_energy_density_Wh_per_L=reference.energy_density_Wh_per_L,
        specific_energy_gain_percent=_gain(result.specific_energy_Wh_per_kg, reference.specific_energy_Wh_per_kg),
        energy_density_gain_percent=_gain(result.energy_density_Wh_per_L, reference.energy_density_Wh_per_L),
        separator=rest.name,
        thickness_for_50_percent_more_um=half_more,
        notes=tuple(notes),
    )
    assumed = (*result.assumptions, *(f"{reference.cell}: {line}" for line in reference.assumptions))
    return result.model_copy(
        update={
            "break_even_thickness_um": break_even,
            "comparison": comparison,
            "assumptions": assumed,
            "references": tuple(sorted({*result.references, *reference.references})),
        }
    )


def _gain(value: float, reference: float) -> float:
    return 100.0 * (value / reference - 1.0)


def _assumptions(cell: Cell) -> Iterator[str]:
    """Yield what of the cell file was assumed and bears on mass, thickness, charge or cost; kinetics do not."""
    sized_by_mass = any(
        getattr(part, "mass", None) is not None for part in (*cell.description.separator, cell.description.anode)
    )
    coated = any(getattr(getattr(cell.description, role), "coating", ()) for role in ("cathode", "anode"))
    for line in assumptions(cell.description):
        path = line.partition(" = ")[0]
        field = path.rpartition(".")[2]
        if path == "area" and not sized_by_mass:
            continue
        if (
            path.startswith("reported")
            or ".interface." in path
            or (field == "particle_diameter" and not coated)
            or field in _KINETIC
        ):
            continue
        yield line


def _library_densities(cell: Cell) -> Iterator[tuple[str, Quantity]]:
    """Yield (material, density) of what the stack is made of and the cell file leaves to the library."""
    own = {cell.material(name).name for name in cell.description.densities}
    used = dict.fromkeys(cell.material(name).name for layer in cell.layers for name in layer.masses)
    for name in used:
        if name not in own:
            yield name, cell.material(name).value("density")


def _assumed_densities(cell: Cell) -> Iterator[str]:
    for name, value in _library_densities(cell):
        if value.status in ("assumed", "inferred", "fitted"):
            yield f"density of {name} = {value.text} ({value.status}): {value.note or value.source}"


def _references(cell: Cell) -> tuple[str, ...]:
    sources = {q.source for _, q in stated_quantities(cell.description)}
    sources |= {q.source for _, q in _library_densities(cell)}
    return tuple(sorted({*cell.description.references, *(source for source in sources if source)}))
