"""The Cell noun: a validated description together with the library its names refer to."""

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from interlayer.cell import geometry
from interlayer.cell.description import CellDescription, Coating, MetalElectrode
from interlayer.errors import InputError
from interlayer.materials import Library, Material
from interlayer.quantity import Quantity


@dataclass(frozen=True)
class Cell:
    """A cell that can be asked: its description, its materials and the geometry that follows.

    `origin` says where the description came from (a file name or ``"python"``).
    """

    description: CellDescription
    library: Library
    origin: str = "python"

    @property
    def name(self) -> str:
        """The cell's short name, as used in file names."""
        return self.description.name

    def material(self, name: str) -> Material:
        """Return a material of this cell's library."""
        return self.library[name]

    @cached_property
    def layers(self) -> tuple[geometry.Layer, ...]:
        """The layers from the cathode's collector to the anode's, with masses and thicknesses."""
        return geometry.layers(self.description, self.library)

    @property
    def cathode(self) -> geometry.Layer:
        """The cathode's layer."""
        return next(layer for layer in self.layers if layer.role == "cathode")

    @property
    def anode(self) -> geometry.Layer:
        """The anode's layer."""
        return next(layer for layer in self.layers if layer.role == "anode")

    @property
    def separators(self) -> tuple[geometry.Layer, ...]:
        """The layers between the electrodes, from the cathode's side."""
        return tuple(layer for layer in self.layers if layer.role == "separator")

    @property
    def nominal_areal_capacity(self) -> float:
        """The capacity that 1C refers to, A s per m2 of electrode."""
        nominal = self.description.nominal_capacity
        match nominal.kind:
            case "specific_capacity":
                return nominal.si * self.cathode.active_areal_mass
            case "charge":
                return nominal.si / self.description.area.si
            case _:
                return nominal.si

    @property
    def one_c(self) -> float:
        """The current density of 1C, A/m2: the nominal capacity in one hour."""
        return self.nominal_areal_capacity / 3600.0

    def resistance_per_area(self, resistance: Quantity) -> float:
        """Return a resistance of this cell in ohm m2 of electrode, whether stated in ohm or in ohm cm2."""
        return resistance.si * self.description.area.si if resistance.kind == "resistance" else resistance.si

    @property
    def anode_material(self) -> str:
        """Name of the anode's active material."""
        anode = self.description.anode
        return anode.material if isinstance(anode, MetalElectrode) else anode.active_material

    def coating_conductivity(self, coating: Coating) -> Quantity:
        """Return a coating's conductivity at the cell's temperature: the file's own value, else the library's."""
        if coating.conductivity is not None:
            return coating.conductivity
        return self.library[coating.material].conductivity_at(self.description.temperature.si, coating.form)

    def check(self) -> "Cell":
        """Return the cell itself once every name is known and the geometry closes; InputError otherwise."""
        for path, name in material_names(self.description):
            if name not in self.library:
                try:
                    self.library[name]
                except InputError as error:
                    raise InputError(f"{self.origin}: {path}: {error}") from None
        try:
            _ = self.layers
        except InputError as error:
            raise InputError(f"{self.origin}: {error}") from None
        return self


Names: TypeAlias = list[tuple[str, str]]


def material_names(description: CellDescription) -> Names:
    """Return (key path, material name) of every material a description refers to."""
    names: Names = []
    for role in ("cathode", "anode"):
        electrode = getattr(description, role)
        if isinstance(electrode, MetalElectrode):
            names.append((f"{role}.material", electrode.material))
            continue
        names.append((f"{role}.active_material", electrode.active_material))
        names.extend((f"{role}.composition", name) for name in getattr(electrode, "composition", ()))
        names.extend((f"{role}.coating[{i}].material", c.material) for i, c in enumerate(electrode.coating))
        if getattr(electrode, "pore_filling", None) is not None:
            names.append((f"{role}.pore_filling", electrode.pore_filling))
        foil = getattr(description.collectors, role)
        if foil is not None:
            names.append((f"collectors.{role}.material", foil.material))
    for number, layer in enumerate(description.separator):
        names.append((f"separator[{number}].material", layer.material))
        if layer.pore_filling is not None:
            names.append((f"separator[{number}].pore_filling", layer.pore_filling))
    names.extend(("densities", name) for name in description.densities)
    names.extend(("prices", name) for name in description.prices)
    return names
