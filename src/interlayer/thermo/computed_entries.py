"""Computed entries: total energies and their corrections, turned into formation energies.

An entry is a composition, an energy in eV of that many atoms and its corrections, as pymatgen holds it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Final

from interlayer.errors import InputError, shown
from interlayer.thermo.composition_objects import smallest_whole, written_formula
from interlayer.thermo.conventions import MP_2020, R2SCAN, UNSHIFTED
from interlayer.thermo.phase_table import AS_GIVEN, PhaseTable

_SCHEMES: Final = {"MaterialsProject2020Compatibility": MP_2020, "MaterialsProjectCompatibility": UNSHIFTED}
_MIXED_FUNCTIONALS: Final = "mixed"
_GGA: Final = "GGA"


@dataclass(frozen=True)
class Correction:
    """A correction in eV, its name, and the class that made it."""

    value: float
    name: str
    maker: str

    @property
    def scheme(self) -> str | None:
        """The convention that the correction belongs to, None where that is not said."""
        if "mixing adjustment" in self.name or self.maker == "MaterialsProjectDFTMixingScheme":
            return _MIXED_FUNCTIONALS
        return _SCHEMES.get(self.maker) or (MP_2020 if self.name.startswith("MP2020 ") else None)


@dataclass(frozen=True)
class ComputedEnergy:
    """A composition in atoms, its corrected energy in eV for that many, and where both are from.

    schemes: the conventions of its corrections; functional: the kind of calculation, None where it is not said.
    """

    atoms: Mapping[str, float]
    energy: float
    label: str
    schemes: frozenset[str] = frozenset()
    functional: str | None = None


def computed_energy(
    atoms: Mapping[str, float], energy: float, corrections: Sequence[Correction], *, label: str, run_type: object = None
) -> ComputedEnergy:
    """Return an entry with its corrected energy in eV, and what its corrections say of themselves.

    The label warns where sulfur beside oxygen was corrected as if it were a sulfide.
    """
    as_sulfide = any(one.scheme == MP_2020 and "(S)" in one.name for one in corrections)
    if as_sulfide and {"S", "O"} <= set(atoms):
        label = f"{label}; its sulfur is corrected as that of a sulfide"
    return ComputedEnergy(
        atoms=atoms,
        energy=energy,
        label=label,
        schemes=frozenset(one.scheme for one in corrections if one.scheme is not None),
        functional=_functional(run_type),
    )


def _functional(run_type: object) -> str | None:
    if not isinstance(run_type, str) or not run_type:
        return None
    if R2SCAN in run_type.lower():
        return R2SCAN
    # GGA (PBE) and GGA+U are made comparable by the corrections; no other two functionals are
    return _GGA if run_type.upper().startswith((_GGA, "PBE")) else shown(run_type, 20)


def table_of_entries(entries: Sequence[ComputedEnergy], *, name: str, references: tuple[str, ...]) -> PhaseTable:
    """Return the phase table of computed energies: E_form = E/N - sum_el x_el min(E_el/N).

    The reference of each element is its lowest entry. Raises InputError for no entries, for elements without an entry
    of their own, and for energies that were corrected in two ways.
    """
    if not entries:
        raise InputError(f"{name} contains no entries")
    references_per_atom: dict[str, float] = {}
    for entry in entries:
        if len(entry.atoms) == 1:
            element, amount = next(iter(entry.atoms.items()))
            energy = entry.energy / amount
            references_per_atom[element] = min(energy, references_per_atom.get(element, energy))
    missing = sorted({element for entry in entries for element in entry.atoms} - set(references_per_atom))
    if missing:
        raise InputError(
            f"{name} has no entry of the element{'s' if len(missing) > 1 else ''} {', '.join(missing)} itself; "
            f"formation energies need the energy of every element: add {'their' if len(missing) > 1 else 'its'} entries"
        )
    rows = []
    for entry in entries:
        size = sum(entry.atoms.values())
        of_elements = fsum(amount * references_per_atom[element] for element, amount in entry.atoms.items())
        formula = written_formula(smallest_whole(entry.atoms))
        rows.append((formula, (entry.energy - of_elements) / size, entry.label))
    return PhaseTable.from_rows(rows, name=name, references=references, convention=_convention(entries, name))


def _convention(entries: Sequence[ComputedEnergy], name: str) -> str:
    """Return the convention that all entries share as far as they say; refuse two that do not belong together."""
    schemes = {scheme: entry.label for entry in reversed(entries) for scheme in entry.schemes}
    functionals = {entry.functional: entry.label for entry in reversed(entries) if entry.functional is not None}
    if _MIXED_FUNCTIONALS in schemes:
        return AS_GIVEN
    for what, found in (("corrections", schemes), ("functionals", functionals)):
        if len(found) > 1:
            (one, first), (other, second), *_ = sorted(found.items())
            raise InputError(
                f"{name} mixes {what}: {shown(first)} has {one}, {shown(second)} has {other}; their energies cannot be "
                f"compared, keep one kind"
            )
    if not schemes and set(functionals) == {R2SCAN}:
        return R2SCAN
    return next(iter(schemes), AS_GIVEN)
