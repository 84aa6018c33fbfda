"""What a phase table holds: its elements, its convention, and each phase with its distance to the hull."""

from collections.abc import Iterable

from interlayer.composition import parse_formula
from interlayer.errors import InputError, shown
from interlayer.quantity import StrictModel
from interlayer.references import citations
from interlayer.thermo.equilibrium import system
from interlayer.thermo.phase_table import PhaseTable


class PhaseEntry(StrictModel):
    """One phase; energies against the elements and above the hull of the table's phases of the same elements."""

    formula: str
    formation_energy_eV_per_atom: float
    energy_above_hull_eV_per_atom: float
    source: str


class TableSummary(StrictModel):
    """A phase table in short; `phases` lists those within the elements that were asked for, else it is empty."""

    table: str
    number_of_phases: int
    elements: list[str]
    convention: str
    phases: list[PhaseEntry]
    references: list[str]


def summarise_table(table: PhaseTable, within: Iterable[str] = ()) -> TableSummary:
    """Return what a table holds, with the phases that consist of the elements `within` only, most stable first.

    Raises InputError for elements that the table does not have.
    """
    listed = within_elements(table, within) if (within := tuple(within)) else None
    phases = [] if listed is None else [_entry(listed, row) for row in range(len(listed))]
    return TableSummary(
        table=table.name,
        number_of_phases=len(table),
        elements=list(table.elements),
        convention=table.convention,
        phases=sorted(phases, key=lambda phase: (phase.energy_above_hull_eV_per_atom, phase.formula)),
        references=citations(table.references),
    )


def within_elements(table: PhaseTable, elements: Iterable[str]) -> PhaseTable:
    """Return the phases of these elements; each may be written as a formula, whose elements then count."""
    named = {element for part in elements for element in parse_formula(part)}
    missing = sorted(named - set(table.elements))
    if missing:
        raise InputError(
            f"the table {shown(table.name)} has no {', '.join(missing)}; its elements: {' '.join(table.elements)}"
        )
    return table.within(named)


def _entry(table: PhaseTable, row: int) -> PhaseEntry:
    atoms = parse_formula(table.formulas[row])
    phases = system(table, atoms)
    energy = float(table.energies[row])
    above = energy - phases.equilibrium(phases.shares(atoms)).energy
    return PhaseEntry(
        formula=table.formulas[row],
        formation_energy_eV_per_atom=energy,
        energy_above_hull_eV_per_atom=above if above > 1e-9 else 0.0,
        source=table.sources[row],
    )
