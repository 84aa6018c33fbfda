"""How thick a separator may be: the thickness at which a cell equals another one's energy per mass or volume.

Mass and thickness of a stack are linear in the thickness of one separator layer, so both answers are exact:
E/(w0 + rho L) = e_m gives L = (E/e_m - w0)/rho, and E/(t0 + L) = e_v gives L = E/e_v - t0.
"""

from dataclasses import dataclass

from interlayer.cell import Cell
from interlayer.cell.geometry import Layer


@dataclass(frozen=True)
class OpenLayer:
    """A stack without one separator layer: what is left (kg/m2, m), and that layer's density (kg/m3)."""

    name: str
    density: float
    rest_of_mass: float
    rest_of_thickness: float

    def thickness_for_specific_energy(self, areal_energy: float, target: float) -> float:
        """Return the thickness in m at which `areal_energy` (J/m2) per mass is `target` (J/kg); it may be negative."""
        return (areal_energy / target - self.rest_of_mass) / self.density

    def thickness_for_energy_density(self, areal_energy: float, target: float) -> float:
        """Return the thickness in m at which `areal_energy` (J/m2) over the volume is `target` (J/m3)."""
        return areal_energy / target - self.rest_of_thickness


def open_layer(cell: Cell, areal_mass: float, thickness: float) -> OpenLayer:
    """Return the stack of total `areal_mass` (kg/m2) and `thickness` (m) without its thickest separator layer.

    Buffer and protection layers are thin by purpose; the thickest layer is the one whose thickness is a choice.
    """
    layer = thickest_separator(cell)
    return OpenLayer(
        name=layer.name,
        density=layer.areal_mass / layer.thickness,
        rest_of_mass=areal_mass - layer.areal_mass,
        rest_of_thickness=thickness - layer.thickness,
    )


def thickest_separator(cell: Cell) -> Layer:
    """Return the thickest layer between the electrodes, the first of them where several are equal."""
    return max(cell.separators, key=lambda layer: layer.thickness)
