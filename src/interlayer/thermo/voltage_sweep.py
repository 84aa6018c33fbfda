"""A contact over a range of voltages: how strongly two materials react while the cell is charged and discharged."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from interlayer.quantity import StrictModel
from interlayer.thermo.interface_reaction import Reaction, react
from interlayer.thermo.phase_table import PhaseTable
from interlayer.thermo.table_files import read_table
from interlayer.thermo.voltages import read_voltages

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


class VoltageSweep(StrictModel):
    """The reaction of A with B at each of some voltages against Li/Li+, and without exchange of lithium (`closed`)."""

    reactant_A: str
    reactant_B: str
    voltages_V: list[float]
    closed: Reaction
    at_voltage: list[Reaction]

    @property
    def worst(self) -> Reaction:
        """The reaction at the voltage where the contact adds most."""
        return min(self.at_voltage, key=lambda one: one.reaction_energy_eV_per_atom)

    def frame(self) -> "pd.DataFrame":
        """Return one row per voltage; energies in eV per atom without Li, reactions per mol of A and B."""
        import pandas as pd

        return pd.DataFrame(
            {
                "reactant_A": self.reactant_A,
                "reactant_B": self.reactant_B,
                "voltage_V": self.voltages_V,
                "mutual_energy_eV_per_atom_without_Li": [r.reaction_energy_eV_per_atom for r in self.at_voltage],
                "total_energy_eV_per_atom_without_Li": [r.total_energy_eV_per_atom for r in self.at_voltage],
                "mixing_fraction": [r.mixing_fraction for r in self.at_voltage],
                "lithium_per_mol": [r.lithium_per_mol for r in self.at_voltage],
                "reaction": [r.reaction for r in self.at_voltage],
                "coverage": [r.coverage for r in self.at_voltage],
            }
        )

    def plot(self) -> "Figure":
        """Return mutual and total reaction energy against the voltage as a matplotlib figure."""
        from interlayer.thermo.figures import sweep_figure

        return sweep_figure(self)


def react_over_voltages(
    a: str,
    b: str,
    *,
    voltages: str | Sequence[float],
    reference: str | float = "hull",
    convention: str = "mp_legacy",
    exclude: Sequence[str] | str = (),
    table: PhaseTable | str | Path | None = None,
) -> VoltageSweep:
    """Return `interlayer.thermo.react` at every voltage of a range, beside the closed contact.

    voltages: numbers in V against Li/Li+, or text such as ``"2.5:4.3:0.1"``; the rest as for `react`, and so are the
    errors. The energy is piecewise linear in the voltage, with corners where products change.
    """
    points = read_voltages(voltages)
    chosen = read_table(table) if isinstance(table, str | Path) else table
    ask = partial(react, a, b, reference=reference, convention=convention, exclude=exclude, table=chosen)
    closed = ask()
    return VoltageSweep(
        reactant_A=closed.reactant_A,
        reactant_B=closed.reactant_B,
        voltages_V=points,
        closed=closed,
        at_voltage=[ask(voltage=voltage) for voltage in points],
    )
