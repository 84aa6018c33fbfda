"""The repeat unit of a stack: the layers of one cell, with the share of each foil that its arrangement leaves it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from interlayer.cell import Cell, Layer

OTHER = "casing and tabs"


@dataclass(frozen=True)
class UnitLayer:
    """One layer of the repeat unit, per electrode area: thickness in m, masses in kg/m2 by material.

    `share` is the part of the whole layer that this unit carries; a foil with an electrode on either face counts half.
    """

    role: str
    name: str
    thickness: float
    masses: Mapping[str, float] = field(default_factory=dict)
    share: float = 1.0
    other_areal_mass: float = 0.0

    @property
    def areal_mass(self) -> float:
        """Mass per electrode area, kg/m2."""
        return sum(self.masses.values()) + self.other_areal_mass


def repeat_unit(cell: Cell) -> tuple[UnitLayer, ...]:
    """Return the layers of one cell as it sits in its stack, from the cathode's collector to the anode's.

    ``single``: whole foils. ``parallel``: electrodes on both faces of every foil, so half of each (the limit of many
    layers). ``bipolar`` with n cells in series: n cathode foils, and the anode's foil only at the end, 1/n per cell.
    What casing and tabs add to the whole stack is shared by its cells.
    """
    stack = cell.description.stack
    units = [_with_share(layer, foil_share(layer.role, stack.arrangement, stack.cells)) for layer in cell.layers]
    if stack.other_areal_mass is not None or stack.other_thickness is not None:
        units.append(
            UnitLayer(
                role="other",
                name=OTHER,
                thickness=stack.other_thickness.si / stack.cells if stack.other_thickness is not None else 0.0,
                other_areal_mass=stack.other_areal_mass.si / stack.cells if stack.other_areal_mass is not None else 0.0,
                share=1.0 / stack.cells,
            )
        )
    return tuple(units)


def foil_share(role: str, arrangement: str, cells: int) -> float:
    """Return the part of a layer that one cell of a stack carries; 1 for everything but foils."""
    if role not in ("cathode collector", "anode collector") or arrangement == "single":
        return 1.0
    if arrangement == "parallel":
        return 0.5
    return 1.0 if role == "cathode collector" else 1.0 / cells


def _with_share(layer: Layer, share: float) -> UnitLayer:
    whole = UnitLayer(role=layer.role, name=layer.name, thickness=layer.thickness, masses=dict(layer.masses))
    if share == 1.0:
        return whole
    return replace(
        whole,
        thickness=layer.thickness * share,
        masses={name: mass * share for name, mass in layer.masses.items()},
        share=share,
    )
