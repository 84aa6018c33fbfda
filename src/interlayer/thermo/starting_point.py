"""Where a reactant starts from when the energies of the phases vary: its hull moves with them, its entry too."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from interlayer.composition import parse_formula
from interlayer.thermo.arrays import Array, Indices
from interlayer.thermo.phase_table import PhaseTable
from interlayer.thermo.reactant import Reactant, reference_energies


@dataclass(frozen=True)
class StartingPoint:
    """The energy that a reactant starts from in each sample: its hull and something above, or tabulated entries.

    `tabulated` is None where it follows the hull, else the energy in eV/atom without errors, whose phases are the
    table's `rows` with these `shares` of its atoms.
    """

    above_hull: float
    tabulated: float | None
    rows: Indices
    shares: Array

    def at(self, hull: float, error: Array) -> float:
        """Return the energy in eV/atom where the hull and the errors (phases,) are these."""
        if self.tabulated is None:
            return hull + self.above_hull
        return self.tabulated + float(error[self.rows] @ self.shares)


FROM_HULL: Final = StartingPoint(0.0, None, np.empty(0, dtype=np.int64), np.empty(0))


def starting_points(
    pair: tuple[Reactant, Reactant], reference: str | float, table: PhaseTable, hulls: tuple[float, float]
) -> tuple[StartingPoint, StartingPoint]:
    """Return where two reactants start from, as `interlayer.thermo.reactant.reference_energies` decides it."""
    energies, used = reference_energies(pair, reference, table, hulls)
    made = []
    for one, energy, how, hull in zip(pair, energies, used, hulls, strict=True):
        members: Mapping[str, float] = {}
        if how == "entry":
            members = {one.formula: 1.0}
        elif how.startswith("mixture"):
            members = one.end_members
        atoms = np.array([share * sum(parse_formula(formula).values()) for formula, share in members.items()])
        rows = [row for row in map(table.row, members) if row is not None]
        made.append(
            StartingPoint(
                above_hull=energy - hull,
                tabulated=energy if members else None,
                rows=np.array(rows, dtype=np.int64),
                shares=atoms / atoms.sum() if members else atoms,
            )
        )
    return made[0], made[1]
