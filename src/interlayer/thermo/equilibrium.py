"""Phase equilibria without a convex hull: each question is one linear programme over the phases.

    E_hull(c) = min e.w   subject to   A w = c,  w >= 0

with e the formation energies per atom and one column of A per phase. With lithium exchanged at a voltage V against
Li/Li+ (mu_Li = -eV) the row of lithium is dropped and each phase costs (e + V x_Li) / (1 - x_Li) per atom that is
not lithium.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Self

import numpy as np

from interlayer.errors import InputError
from interlayer.thermo.arrays import Array, Indices
from interlayer.thermo.breakpoints import breakpoints
from interlayer.thermo.linear_programme import Optimum, minimise
from interlayer.thermo.phase_table import PhaseTable

LITHIUM: Final = "Li"
_NEGLIGIBLE: Final = 1e-6
"""Atoms per atom; smaller amounts of a phase are round-off."""
_UNAVAILABLE: Final = 1e3
"""eV/atom; the cost of an element whose phase was excluded. It stays in the answer only when nothing else makes it."""


@dataclass(frozen=True)
class Equilibrium:
    """The phases of lowest energy at one composition.

    energy: eV per atom, or with lithium open the grand potential per atom that is not lithium; phases: formula ->
    atoms (that are not lithium) of the phase per atom of the whole; potentials: of the elements in eV, in the order of
    the system's elements; lithium: with lithium open its amount per other atom; mixing_fraction: share x of the first
    reactant's atoms where the composition was free to mix.
    """

    energy: float
    phases: Mapping[str, float]
    potentials: Array
    lithium: float
    mixing_fraction: float | None = None


@dataclass(frozen=True)
class System:
    """The phases of a table within some elements, ready for linear programmes.

    `voltage` in V against Li/Li+ is None for a closed system. Build it with `system`.
    """

    table: PhaseTable
    elements: tuple[str, ...]
    columns: Array
    formation_costs: Array
    lithium_ratios: Array
    rows: Indices
    start: Indices
    voltage: float | None

    @cached_property
    def costs(self) -> Array:
        """Return the cost of each column, eV per counted atom."""
        return self.formation_costs + (self.voltage or 0.0) * self.lithium_ratios

    def at(self, voltage: float) -> Self:
        """Return the same open system at another voltage."""
        return replace(self, voltage=voltage)

    def counted_atoms(self, atoms: Mapping[str, float]) -> float:
        """Return how many atoms of a formula unit count: all, or with lithium open all others."""
        return sum(amount for element, amount in atoms.items() if element in self.elements)

    def shares(self, atoms: Mapping[str, float]) -> Array:
        """Return the composition in the order of `elements`, per counted atom."""
        counted = self.counted_atoms(atoms)
        return np.array([atoms.get(element, 0.0) / counted for element in self.elements])

    def equilibrium(self, shares: Array) -> Equilibrium:
        """Return the phases of lowest energy at a composition per counted atom."""
        nothing = (np.empty((0, len(shares))), np.empty(0))
        return self._read(minimise(self.columns, self.costs, self.start, shares, own=nothing), self.columns)

    def lowest_mixture(self, first: Array, second: Array, energies: tuple[float, float]) -> Equilibrium:
        """Return the mixture x first + (1 - x) second that lies furthest below the line between two energies.

        One programme: min e.w - x E_1 - (1 - x) E_2 with 0 <= x <= 1 among the unknowns, possible because the hull is
        convex along the line. The energy is that difference in eV per counted atom.
        """
        rows = len(first)
        padded = np.hstack([self.columns, np.zeros((len(self.columns), 1))])
        mixing = np.zeros((2, rows + 1))
        mixing[0, :rows] = second - first
        mixing[:, rows] = 1.0  # x + slack = 1
        n = len(self.columns)
        found = minimise(
            padded,
            self.costs,
            np.append(self.start, n + 1),
            np.append(second, 1.0),
            own=(mixing, np.array([energies[1] - energies[0], 0.0])),
        )
        fraction = float(found.weights[found.basis == n].sum())
        read = self._read(found, padded)
        return replace(read, energy=found.objective - energies[1], mixing_fraction=min(max(fraction, 0.0), 1.0))

    def mixing_kinks(self, first: Array, second: Array) -> list[float]:
        """Return the shares x, from 0 to 1, at which the equilibrium along the line changes its phases."""

        def energy(x: float) -> tuple[float, float]:
            found = self.equilibrium(x * first + (1.0 - x) * second)
            return found.energy, float(found.potentials @ (first - second))

        return breakpoints(energy, 0.0, 1.0)

    def _read(self, found: Optimum, columns: Array) -> Equilibrium:
        phases: dict[str, float] = {}
        lithium = 0.0
        for column, weight in zip(found.basis.tolist(), found.weights.tolist(), strict=True):
            if column >= len(columns):
                continue  # the mixing ratio and its slack
            lithium += weight * float(self.lithium_ratios[column])
            if weight < _NEGLIGIBLE:
                continue
            if self.rows[column] < 0:
                element = self.elements[int(np.argmax(columns[column]))]
                raise InputError(
                    f"without {', '.join(self.table.excluded)} no phases of the table {self.table.name!r} make up the "
                    f"composition: what is left has nowhere to put {element}"
                )
            formula = self.table.formulas[self.rows[column]]
            phases[formula] = phases.get(formula, 0.0) + weight
        return Equilibrium(found.objective, phases, found.duals[: len(self.elements)].copy(), lithium)


def system(table: PhaseTable, atoms: Mapping[str, float], *, voltage: float | None = None) -> System:
    """Return the system of all phases of `table` that consist of the elements of `atoms`, and of lithium if it is open.

    Raises InputError for an element of which the table has no phase.
    """
    is_open = voltage is not None
    present = {**dict.fromkeys(atoms, 1.0), **({LITHIUM: 1.0} if is_open else {})}
    table.fractions_of(present)  # names an element that the table lacks
    within = table.within(present)
    elements = tuple(e for e in sorted(present) if not (is_open and e == LITHIUM))
    columns = within.fractions[:, [within.elements.index(e) for e in elements]]
    counted = columns.sum(axis=1)
    rows = np.flatnonzero(counted > 1e-9).astype(np.int64)  # with lithium open, lithium metal is no phase but a source
    columns, counted = columns[rows] / counted[rows, None], counted[rows]
    formation_costs = within.energies[rows] / counted
    lithium_ratios = (1.0 - counted) / counted if is_open else np.zeros(len(rows))

    start: list[int] = []
    for i, element in enumerate(elements):
        row = within.row(element)
        at: list[int] = [] if row is None else np.flatnonzero(rows == row).tolist()
        if not at:  # the element itself was excluded
            columns = np.vstack([columns, np.eye(len(elements))[i]])
            formation_costs = np.append(formation_costs, _UNAVAILABLE)
            lithium_ratios = np.append(lithium_ratios, 0.0)
            rows = np.append(rows, -1)
            at = [len(rows) - 1]
        start.append(at[0])
    return System(
        table=within,
        elements=elements,
        columns=np.ascontiguousarray(columns),
        formation_costs=formation_costs,
        lithium_ratios=lithium_ratios,
        rows=rows,
        start=np.array(start, dtype=np.int64),
        voltage=voltage,
    )
