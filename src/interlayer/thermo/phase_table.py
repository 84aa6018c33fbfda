"""The phase table: compositions and formation energies of the phases that an equilibrium may consist of."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from interlayer.composition import parse_formula
from interlayer.errors import InputError, closest, shown
from interlayer.thermo.arrays import Array

if TYPE_CHECKING:
    import pandas as pd

FORMATION_ENERGY: Final = "formation_energy_eV_per_atom"
AS_GIVEN: Final = "as given"
"""The convention of a table that does not say which corrections its energies carry."""
_ELEMENT: Final = 1e-4
"""eV/atom; an element's formation energy may be this far below 0 through rounding."""


def composition_key(atoms: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    """Return the composition without its size: Li2O and Li4O2 have one key."""
    total = sum(atoms.values())
    return tuple(sorted((element, round(amount / total, 5)) for element, amount in atoms.items()))


@dataclass(frozen=True)
class PhaseTable:
    """Phases in their order of loading, the elements they consist of, and their energies.

    formulas: one per phase, as written; elements: sorted; fractions (phases, elements): atom fractions; energies
    (phases,): formation energies in eV/atom against the elements of the table; sources: where each energy is from;
    name and references (keys of the bibliography, or words): of the whole table; convention: the corrections that the
    energies carry; excluded: what was left out since.

    Of several polymorphs only the lowest is kept: nothing else can appear in an equilibrium at 0 K.
    """

    formulas: tuple[str, ...]
    elements: tuple[str, ...]
    fractions: Array
    energies: Array
    sources: tuple[str, ...]
    name: str
    references: tuple[str, ...]
    convention: str = AS_GIVEN
    excluded: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for array in (self.fractions, self.energies):
            array.setflags(write=False)

    @classmethod
    def from_rows(
        cls,
        rows: Iterable[tuple[str, float, str]],
        *,
        name: str,
        references: tuple[str, ...],
        convention: str = AS_GIVEN,
    ) -> Self:
        """Build a table from (formula, formation energy in eV/atom, source).

        An element without a row of its own gets one at 0, which is what its formation energy is by definition.
        Raises InputError for an unreadable formula, an energy that is not finite, an element below 0 (a total energy
        where a formation energy is needed), and a table without phases.
        """
        lowest: dict[tuple[tuple[str, float], ...], tuple[str, float, str]] = {}
        for formula, energy, source in rows:
            if not math.isfinite(energy):
                raise InputError(f"{name}: the formation energy of {shown(formula)} is {energy}, not a finite number")
            of_row = parse_formula(formula)
            if len(of_row) == 1 and energy < -_ELEMENT:
                raise InputError(
                    f"{name}: the formation energy of the element {shown(formula)} is {energy:g} eV/atom, not 0; "
                    f"the table seems to hold total energies instead of formation energies"
                )
            key = composition_key(of_row)
            if key not in lowest or energy < lowest[key][1]:
                lowest[key] = (formula, energy, source)
        if not lowest:
            raise InputError(f"{name} contains no phases")
        for element in sorted({element for key in lowest for element, _ in key}):
            key = ((element, 1.0),)
            if key not in lowest or lowest[key][1] > 0.0:
                lowest[key] = (element, 0.0, "an element: 0 by definition")
        formulas, energies, sources = zip(*lowest.values(), strict=True)
        atoms = [parse_formula(formula) for formula in formulas]
        elements = tuple(sorted({element for phase in atoms for element in phase}))
        return cls(
            formulas=formulas,
            elements=elements,
            fractions=np.array([_fractions(phase, elements) for phase in atoms]),
            energies=np.array(energies, dtype=float),
            sources=sources,
            name=name,
            references=references,
            convention=convention,
        )

    def __len__(self) -> int:
        return len(self.formulas)

    def frame(self) -> "pd.DataFrame":
        """Return formula, formation energy in eV/atom and source of each phase as a pandas table."""
        import pandas as pd

        return pd.DataFrame(
            {"formula": self.formulas, FORMATION_ENERGY: self.energies, "source": self.sources}, copy=True
        )

    def save(self, path: str | Path) -> Path:
        """Write the table as .csv or .parquet, with its convention and references, for `read_table` to read."""
        from interlayer.thermo.table_files import save_phase_table

        return save_phase_table(self, Path(path))

    @classmethod
    def from_pymatgen(cls, entries: object, *, name: str = "pymatgen entries") -> "PhaseTable":
        """Return the table of pymatgen entries, or of a PhaseDiagram; see `interlayer.thermo.pymatgen_objects`."""
        from interlayer.thermo.pymatgen_objects import table_from_entries

        return table_from_entries(entries, name=name)

    def to_pymatgen(self) -> list[Any]:
        """Return a pymatgen PDEntry for each phase, whose energy is the formation energy of its formula unit in eV."""
        from interlayer.thermo.pymatgen_objects import entries_from_table

        return entries_from_table(self)

    @cached_property
    def _row_of(self) -> Mapping[tuple[tuple[str, float], ...], int]:
        return {composition_key(parse_formula(formula)): row for row, formula in enumerate(self.formulas)}

    def row(self, formula: str) -> int | None:
        """Return the row of the phase with this composition, however it is written, or None."""
        return self._row_of.get(composition_key(parse_formula(formula)))

    def fractions_of(self, atoms: Mapping[str, float]) -> Array:
        """Return the atom fractions of a composition in the order of `elements`.

        Raises InputError that names an element of which the table has no phase.
        """
        missing = [element for element in atoms if element not in self.elements]
        if missing:
            raise InputError(
                f"the table {self.name!r} has no phase with {', '.join(missing)}; its elements: "
                f"{' '.join(self.elements)}; give your own table with --table FILE (table= in Python)"
            )
        return _fractions(atoms, self.elements)

    def without(self, excluded: Sequence[str]) -> Self:
        """Return the table without these phases. Raises InputError for one that is not in it."""
        rows = set()
        for formula in excluded:
            row = self.row(formula)
            if row is None:
                raise InputError(
                    f"{shown(formula)} cannot be excluded: it is not in the table {self.name!r}"
                    f"{closest(formula, self.formulas)}"
                )
            rows.add(row)
        return self.keep([row for row in range(len(self)) if row not in rows], excluded=(*self.excluded, *excluded))

    def within(self, elements: Iterable[str]) -> Self:
        """Return the phases that consist of these elements only."""
        wanted = set(elements)
        absent = np.array([element not in wanted for element in self.elements])
        return self.keep(np.flatnonzero(~(self.fractions[:, absent] > 0.0).any(axis=1)).tolist())

    def with_energies(self, energies: Array, *, convention: str) -> Self:
        """Return the table with other energies, in eV/atom, under the name of their convention."""
        return replace(self, energies=energies, convention=convention)

    def keep(self, rows: Sequence[int], excluded: tuple[str, ...] | None = None) -> Self:
        """Return these rows of the table; `excluded` replaces the record of what was left out on purpose."""
        return replace(
            self,
            formulas=tuple(self.formulas[row] for row in rows),
            fractions=self.fractions[rows],
            energies=self.energies[rows],
            sources=tuple(self.sources[row] for row in rows),
            excluded=self.excluded if excluded is None else excluded,
        )


def _fractions(atoms: Mapping[str, float], elements: Sequence[str]) -> Array:
    total = sum(atoms.values())
    return np.array([atoms.get(element, 0.0) / total for element in elements])
