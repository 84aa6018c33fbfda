"""The parameters of the cell model: plain numbers in SI, packed into the engine's rows on demand."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from interlayer.constants import FARADAY, GAS_CONSTANT, ROOM_TEMPERATURE
from interlayer.materials.open_circuit import OpenCircuit
from interlayer.simulation import layout

Array = NDArray[np.float64]

Shape: TypeAlias = Literal["sphere", "slab"]

DOUBLE_LAYER: Final = 0.1
"""F/m2 of contacted surface (10 uF/cm2), where nothing is stated: the order of a double layer. For spectra only."""


@dataclass(frozen=True)
class HostElectrode:
    """An electrode that stores lithium in particles or in a dense film.

    `thickness` L in m; `true_area` is the active surface per electrode area (m2/m2) and `contact` the share of it
    that touches electrolyte; `length` is the particle radius or the film's thickness (m); `charge` takes the
    stoichiometry from 0 to 1 (A s per m2 of electrode); `diffusivity` in m2/s; `exchange_current_density` in A/m2 on
    the contacted surface at half filling (0 leaves charge transfer out); `layer_resistances` in ohm m2 of contacted
    surface by name; `ionic_resistance` and `electronic_resistance` are thickness over effective conductivity (ohm m2).
    The capacitances, F/m2 of contacted surface, are seen by spectra only.
    """

    name: str
    open_circuit: OpenCircuit
    charge: float
    true_area: float
    length: float
    diffusivity: float
    exchange_current_density: float
    shape: Shape = "sphere"
    contact: float = 1.0
    layer_resistances: dict[str, float] = field(default_factory=dict)
    ionic_resistance: float = 0.0
    electronic_resistance: float = 0.0
    initial_stoichiometry: float = 0.5
    cells: int = 20
    shells: int = 20
    double_layer_capacitance: float = DOUBLE_LAYER
    layer_capacitances: dict[str, float] = field(default_factory=dict)

    @property
    def contacted_area(self) -> float:
        """Surface that takes part, m2 per m2 of electrode."""
        return self.true_area * self.contact

    @property
    def layer_resistance(self) -> float:
        """All layers on the contacted surface together, ohm m2."""
        return sum(self.layer_resistances.values())

    @property
    def stoichiometry_limits(self) -> tuple[float, float]:
        """Between what the surface may move: the curve's range, and never quite empty or full."""
        margin = layout.SURFACE_MARGIN
        return max(self.open_circuit.lowest, margin), min(self.open_circuit.highest, 1.0 - margin)

    @cached_property
    def row(self) -> Array:
        """The engine's row of this electrode; see `layout`."""
        row = np.zeros(layout.ELECTRODE_COLUMNS)
        low, high = self.stoichiometry_limits
        row[layout.KIND] = layout.HOST
        row[layout.DIFFUSION_TIME] = self.length**2 / self.diffusivity
        row[layout.SHAPE] = 3.0 if self.shape == "sphere" else 1.0
        row[layout.CHARGE] = self.charge
        row[layout.AREA] = self.contacted_area
        row[layout.EXCHANGE] = self.exchange_current_density
        row[layout.LAYER] = self.layer_resistance
        row[layout.IONIC] = self.ionic_resistance
        row[layout.ELECTRONIC] = self.electronic_resistance
        row[layout.SURFACE_LOW], row[layout.SURFACE_HIGH] = low, high
        row[layout.TABLE_LOW], row[layout.TABLE_HIGH] = self.open_circuit.lowest, self.open_circuit.highest
        return row

    @cached_property
    def table(self) -> Array:
        """The open-circuit curve as the engine reads it."""
        from interlayer.simulation.open_circuit_table import tabulate

        return tabulate(self.open_circuit)

    @property
    def grid(self) -> tuple[int, int]:
        """Shells in a particle and cells across the electrode."""
        return self.shells, self.cells


@dataclass(frozen=True)
class ConstantElectrode:
    """Lithium or an alloy on a plateau: `potential` against Li/Li+ in V, a reservoir without limit.

    `exchange_current_density` in A/m2 of electrode (0 leaves charge transfer out), `layer_resistances` in ohm m2.
    """

    name: str
    potential: float
    exchange_current_density: float = 0.0
    layer_resistances: dict[str, float] = field(default_factory=dict)
    double_layer_capacitance: float = DOUBLE_LAYER
    layer_capacitances: dict[str, float] = field(default_factory=dict)

    @cached_property
    def row(self) -> Array:
        """The engine's row of this electrode; see `layout`."""
        row = np.zeros(layout.ELECTRODE_COLUMNS)
        row[layout.KIND] = layout.CONSTANT
        row[[layout.DIFFUSION_TIME, layout.SHAPE, layout.CHARGE, layout.AREA]] = 1.0
        row[layout.EXCHANGE] = self.exchange_current_density
        row[layout.LAYER] = sum(self.layer_resistances.values())
        row[layout.POTENTIAL] = self.potential
        return row

    @cached_property
    def table(self) -> Array:
        """An empty table: the engine does not look at it."""
        return np.zeros((1, 4))

    @property
    def grid(self) -> tuple[int, int]:
        """The smallest arrays the engine accepts."""
        return 2, 1


AnyElectrode: TypeAlias = HostElectrode | ConstantElectrode


@dataclass(frozen=True)
class CellParameters:
    """A cell as the engine knows it; currents and resistances are per m2 of electrode.

    `area` in m2; `one_c` is the current density of 1C in A/m2; `active_mass` is the cathode's active material in
    kg/m2; `separator_resistances` in ohm m2 by layer; `assumptions` say which values no source states for this cell.
    """

    name: str
    positive: HostElectrode
    negative: AnyElectrode
    separator_resistances: dict[str, float]
    area: float
    one_c: float
    active_mass: float
    temperature: float = ROOM_TEMPERATURE
    assumptions: tuple[str, ...] = ()
    references: tuple[str, ...] = ()

    @property
    def separator_resistance(self) -> float:
        """All layers between the electrodes, ohm m2."""
        return sum(self.separator_resistances.values())

    @property
    def inverse_thermal_voltage(self) -> float:
        """F / (R T), 1/V."""
        return FARADAY / (GAS_CONSTANT * self.temperature)

    @cached_property
    def row(self) -> Array:
        """The engine's numbers of the cell itself; see `layout`."""
        row = np.zeros(layout.CELL_COLUMNS)
        row[layout.INVERSE_THERMAL_VOLTAGE] = self.inverse_thermal_voltage
        row[layout.SEPARATOR] = self.separator_resistance
        return row
