"""What a user names as a reactant: a formula, a material of the library or another library's object, and its energy."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from interlayer.composition import parse_formula
from interlayer.errors import InputError, closest, shown
from interlayer.materials import library
from interlayer.thermo.composition_objects import CompositionLike, formula_of
from interlayer.thermo.phase_table import PhaseTable

REFERENCES: Final = ("hull", "entry", "mixture")
_LOWEST: Final = -1.0
_HIGHEST: Final = 5.0


@dataclass(frozen=True)
class Reactant:
    """A composition: the name it was asked by, its formula and atoms, and its end members as formula -> mole share."""

    name: str
    formula: str
    atoms: Mapping[str, float]
    end_members: Mapping[str, float] = field(default_factory=dict)


def reactant(name: CompositionLike) -> Reactant:
    """Return the reactant of this name: a material of the library by name, alias or formula, else a formula.

    Objects of pymatgen (Composition, Structure, entries) and ASE (Atoms) are taken by their composition alone.
    Raises InputError for text that is neither, and for a material without a formula.
    """
    known = library()
    text = formula_of(name) or str(name).strip()
    if text in known:
        material = known[text]
        exact = text in (material.name, *material.aliases, material.formula)
        # the library looks up without regard to case, which must not turn the formula CO into cobalt
        if exact or not _is_formula(text):
            if material.formula is None:
                raise InputError(f"{material.name} has no formula in the library, so it has no phase equilibrium")
            return Reactant(text, material.formula, parse_formula(material.formula), material.end_members)
    try:
        return Reactant(text, text, parse_formula(text))
    except InputError as error:
        hint = closest(text, known)
        raise InputError(f"{error}{hint}" if hint and "did you mean" not in str(error) else str(error)) from None


def _is_formula(text: str) -> bool:
    try:
        parse_formula(text)
    except InputError:
        return False
    return True


def split_reference(reference: str | float) -> tuple[str | float, str | float]:
    """Return the reference of A and of B: ``"hull"``, ``"mixture,entry"``, ``0.02`` or ``"0.02,hull"``.

    Raises InputError for anything but hull, entry, mixture or a number of eV/atom between -1 and 5.
    """
    parts = [part.strip() for part in reference.split(",")] if isinstance(reference, str) else [reference]
    if len(parts) not in (1, 2):
        raise InputError(f"the reference {shown(reference)} has {len(parts)} parts; give one for both, or 'A,B'")
    read = [_one_reference(part) for part in parts]
    return read[0], read[-1]


def _one_reference(part: str | float) -> str | float:
    if part in REFERENCES:
        return part
    try:
        number = float(part)
    except (TypeError, ValueError):
        number = math.nan
    if isinstance(part, bool) or not _LOWEST <= number <= _HIGHEST:
        raise InputError(
            f"the reference {shown(part)} is not known; allowed: {', '.join(REFERENCES)}, or the energy above the hull "
            f"in eV/atom ({_LOWEST:g} to {_HIGHEST:g}){closest(str(part), REFERENCES)}"
        )
    return number


def reference_energies(
    pair: tuple[Reactant, Reactant], reference: str | float, table: PhaseTable, hull_energies: tuple[float, float]
) -> tuple[tuple[float, float], tuple[str, str]]:
    """Return the energy in eV/atom that each reactant starts from, and what it was taken from.

    One word for both sides goes as far as it can: ``entry`` falls back on the hull for a composition that is not
    tabulated, ``mixture`` on the entry and then on the hull for one without end members; the answer says so. A word
    for each side ("mixture,hull") is taken literally. Raises InputError when what was asked exists for no reactant,
    or not for the one it was asked for.
    """
    asked = split_reference(reference)
    strict = isinstance(reference, str) and "," in reference
    energies, used = [], []
    for one, wanted, hull in zip(pair, asked, hull_energies, strict=True):
        energy, how = _energy(one, wanted, table, hull, strict=strict)
        energies.append(energy)
        used.append(how)
    if not strict and asked[0] in ("entry", "mixture") and not any(how.startswith(str(asked[0])) for how in used):
        what = "a tabulated entry" if asked[0] == "entry" else "end members in the library"
        raise InputError(
            f"the reference {asked[0]!r} cannot be used: neither {pair[0].name} nor {pair[1].name} has {what}; "
            f"use 'hull' or an energy above the hull in eV/atom"
        )
    return (energies[0], energies[1]), (used[0], used[1])


def _energy(one: Reactant, wanted: str | float, table: PhaseTable, hull: float, *, strict: bool) -> tuple[float, str]:
    if isinstance(wanted, float):
        return hull + wanted, f"{wanted:g} eV/atom above the hull"
    if wanted == "mixture":
        if one.end_members:
            return _mixture_energy(one, table)
        if strict:
            raise InputError(f"the reference 'mixture' cannot be used for {one.name}: it has no end members")
    if wanted in ("entry", "mixture"):
        energy = entry_energy(one.formula, table)
        if energy is not None:
            return energy, "entry"
        if strict:
            raise InputError(
                f"the reference 'entry' cannot be used for {one.name}: the table {table.name!r} has no such phase"
            )
    return hull, "hull"


def entry_energy(formula: str, table: PhaseTable) -> float | None:
    """Return the tabulated formation energy of a composition in eV/atom, or None."""
    row = table.row(formula)
    return None if row is None else float(table.energies[row])


def _mixture_energy(one: Reactant, table: PhaseTable) -> tuple[float, str]:
    """Return the energy per atom of the unmixed end members, each at its tabulated energy."""
    energy = atoms = 0.0
    for formula, share in one.end_members.items():
        of_one = entry_energy(formula, table)
        if of_one is None:
            raise InputError(
                f"the reference 'mixture' cannot be used for {one.name}: its end member {formula} is not in the table "
                f"{table.name!r}"
            )
        size = sum(parse_formula(formula).values())
        energy += share * size * of_one
        atoms += share * size
    return energy / atoms, "mixture of " + ", ".join(f"{share:g} {name}" for name, share in one.end_members.items())
