"""The records of the stack model; their field names are the JSON contract."""

import csv
import io
from typing import TYPE_CHECKING, Literal

from interlayer.energy.delivery import CapacitySource
from interlayer.quantity import StrictModel

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class StackLayer(StrictModel):
    """One layer of the repeat unit; `share` is the part of it that one cell carries (half a double-sided foil)."""

    name: str
    role: str
    thickness_um: float
    areal_mass_mg_per_cm2: float
    thickness_share: float
    mass_share: float
    share: float
    materials_mg_per_cm2: dict[str, float]


class LithiumInventory(StrictModel):
    """Lithium per electrode area, as charge.

    `cathode` is what the cathode gives on charge; `anode` what lithium metal holds as built, or what an alloy or a
    host can hold at most; `excess` their difference. The anode's two are null where its capacity is not known.
    """

    cathode: float
    anode: float | None
    excess: float | None
    anode_is: Literal["lithium metal", "alloy", "host"]


class ThicknessPair(StrictModel):
    """A separator thickness for each of the two energies; null where no thickness reaches it."""

    specific_energy: float | None
    energy_density: float | None


class Comparison(StrictModel):
    """A stack against a reference stack; `separator` is the layer whose thickness is asked for."""

    reference: str
    reference_specific_energy_Wh_per_kg: float
    reference_energy_density_Wh_per_L: float
    specific_energy_gain_percent: float
    energy_density_gain_percent: float
    separator: str
    thickness_for_50_percent_more_um: ThicknessPair
    notes: tuple[str, ...] = ()


class CostItem(StrictModel):
    """One priced part of the repeat unit."""

    item: str
    USD_per_m2: float
    price: str
    source: str | None


class Cost(StrictModel):
    """What the priced parts cost; `unpriced` names the others, so the sums are lower bounds unless `complete`."""

    known_USD_per_m2: float | None
    known_USD_per_kWh: float | None
    complete: bool
    items: tuple[CostItem, ...] = ()
    unpriced: tuple[str, ...] = ()


class Arrangement(StrictModel):
    """The whole stack: cells in parallel add charge, bipolar cells add voltage."""

    arrangement: Literal["single", "parallel", "bipolar"]
    cells: int
    voltage_V: float
    areal_capacity_mAh_per_cm2: float
    areal_mass_mg_per_cm2: float
    thickness_um: float


class StackResult(StrictModel):
    """What one cell of a stack weighs, measures and delivers, per electrode area.

    E_S = C m V / sum w_i and E_V = C m V / t, with C per mass m of cathode active material, V the mean voltage, w_i
    the layers' areal masses and t their thicknesses with pores. Packaging counts only where the cell file gives it.
    """

    cell: str
    title: str
    specific_energy_Wh_per_kg: float
    energy_density_Wh_per_L: float
    areal_capacity_mAh_per_cm2: float
    areal_energy_mWh_per_cm2: float
    areal_mass_mg_per_cm2: float
    thickness_um: float
    average_voltage_V: float
    specific_capacity_mAh_per_g: float
    capacity_source: CapacitySource
    voltage_source: CapacitySource
    lithium_inventory_mAh_per_cm2: LithiumInventory
    plated_lithium_um: float | None
    """Dense lithium that a full charge deposits on a lithium metal anode; null for another anode."""
    layers: tuple[StackLayer, ...]
    stack: Arrangement
    cost: Cost
    break_even_thickness_um: ThicknessPair | None = None
    comparison: Comparison | None = None
    assumptions: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    method: str = "computed exactly from the cell file"

    def to_csv(self) -> str:
        """Return the layers as CSV with a header line."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        columns = [name for name in StackLayer.model_fields if name != "materials_mg_per_cm2"]
        writer.writerow(columns)
        writer.writerows([getattr(layer, name) for name in columns] for layer in self.layers)
        return text.getvalue()

    def plot(self) -> "Figure":
        """Return the figure of where mass and thickness go, layer by layer."""
        from interlayer.energy.figures import stack_figure

        return stack_figure(self)
