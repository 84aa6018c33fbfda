"""The result of a simulation: one row per step, what it rests on, and the record."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from interlayer.records import Record
from interlayer.simulation.explanation import Explanation
from interlayer.simulation.overpotential import OverpotentialTerm
from interlayer.simulation.spectrum import Spectrum

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure
    from numpy.typing import NDArray


class StepResult(BaseModel):
    """One step of a protocol; capacity and energy are per mass of cathode active material.

    `energy_Wh_per_kg_active` and `mean_voltage_V` are integrals over the charge that passed; `mean_voltage_V` is null
    where none did. `ended_by` is ``voltage``, ``time``, ``current``, or which surface was full or empty; `note` says
    why a step did nothing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    cycle: int
    kind: Literal["charge", "discharge", "hold", "rest", "sweep", "impedance"]
    step: str
    capacity_mAh_per_g: float
    energy_Wh_per_kg_active: float
    mean_voltage_V: float | None
    start_voltage_V: float
    end_voltage_V: float
    duration_h: float
    ended_by: str
    note: str = ""


class SpectrumResult(BaseModel):
    """The impedance of the cell in ohm at a step of the protocol; capacitive where the imaginary part is negative."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    step: int
    positive_stoichiometry: float
    voltage_V: float
    area_cm2: float
    frequency_hertz: tuple[float, ...]
    real_impedance_ohm: tuple[float, ...]
    imaginary_impedance_ohm: tuple[float, ...]

    @property
    def spectrum(self) -> Spectrum:
        """The same as arrays, with a table and a figure."""
        impedance = np.array(self.real_impedance_ohm) + 1j * np.array(self.imaginary_impedance_ohm)
        return Spectrum(np.array(self.frequency_hertz), impedance, self.area_cm2 * 1e-4)


class CycleResult(BaseModel):
    """One cycle: capacities per mass of active material as it was first weighed, and how far the cell has aged.

    `retention` is the discharge capacity over that of the first cycle with one; efficiencies are discharge over
    charge. `contact` and `active` are the shares left; `grown_resistance_ohm_cm2` is what layers have added, per
    electrode area; `thicknesses_nm` are theirs; `lithium_bound_mAh_per_cm2` is lithium lost for good.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    cycle: int
    charge_mAh_per_g: float
    discharge_mAh_per_g: float
    coulombic_efficiency: float | None
    energy_efficiency: float | None
    retention: float | None
    mean_charge_voltage_V: float | None
    mean_discharge_voltage_V: float | None
    contact: float
    active: float
    grown_resistance_ohm_cm2: float
    thicknesses_nm: dict[str, float]
    lithium_bound_mAh_per_cm2: float


class OverpotentialBudget(BaseModel):
    """The voltage loss halfway through a step: |V - V_rest| at the same mean stoichiometries, term by term."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    step: str
    capacity_mAh_per_g: float
    voltage_V: float
    equilibrium_voltage_V: float
    terms: tuple[OverpotentialTerm, ...]


class SimulationResult(BaseModel):
    """What a cell delivered in a protocol.

    `lithium_balance_relative` compares the lithium that one electrode lost with what the other gained,
    `charge_balance_relative` the lithium moved with the charge counted; both relative to all charge that passed.
    `cycles` sums the steps up, and says how far the cell has aged where its file states how it does.
    `record` is the path of the written record, or null. `data` is the record itself and not part of the JSON.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    cell: str
    steps: tuple[StepResult, ...]
    cycles: tuple[CycleResult, ...] = ()
    record: str | None
    one_c_mA_per_cm2: float
    reference_potential_V: float | None
    budget: OverpotentialBudget | None
    explanations: tuple[Explanation, ...] = ()
    spectra: tuple[SpectrumResult, ...] = ()
    assumptions: tuple[str, ...]
    lithium_balance_relative: float
    charge_balance_relative: float
    method: str
    references: tuple[str, ...]
    data: Record = Field(exclude=True, repr=False)

    @property
    def table(self) -> "pandas.DataFrame":
        """The record as a pandas table with Battery Data Format labels."""
        return self.data.to_pandas()

    def curves(self) -> Iterator[tuple[str, "NDArray", "NDArray"]]:  # type: ignore[type-arg]
        """Yield (step, specific capacity in mAh/g, voltage in V) of each step that passed charge."""
        for step in self.steps:
            rows = self.data.step(step.number)
            capacity = rows.specific_capacity
            if step.kind != "rest" and capacity is not None and len(rows) > 1:
                yield step.step, capacity, rows.voltage

    def cycle_table(self) -> "pandas.DataFrame":
        """Return one row per cycle as a pandas table."""
        import pandas

        return pandas.json_normalize([cycle.model_dump() for cycle in self.cycles])

    def plot_spectra(self) -> "Figure":
        """Draw every spectrum of the protocol: Nyquist and Bode."""
        from interlayer.simulation.spectrum import spectra_figure

        return spectra_figure(
            [one.spectrum for one in self.spectra], [f"{one.voltage_V:.3f} V" for one in self.spectra]
        )

    def spectra_table(self) -> "pandas.DataFrame":
        """Return all spectra as one pandas table, with the step each belongs to."""
        import pandas

        return pandas.concat(
            [one.spectrum.frame().assign(step_count=one.step) for one in self.spectra], ignore_index=True
        )

    def plot_cycles(self) -> "Figure":
        """Draw capacity, efficiency and what has aged against the cycle number."""
        from interlayer.simulation.cycle_figure import cycle_figure

        return cycle_figure(self)

    def plot(self) -> "Figure":
        """Draw voltage against specific capacity, one line per step."""
        return self.data.plot()
