"""Computed entries: total energies as pymatgen writes them to JSON, turned into formation energies.

An entry is a composition, an energy in eV of that many atoms and its corrections. Read here as plain JSON, because
who has a file of entries need not have the library that wrote it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, isfinite
from typing import Any, Final

from interlayer.composition import atomic_masses, parse_formula
from interlayer.errors import InputError, closest, shown
from interlayer.thermo.composition_objects import smallest_whole, written_formula
from interlayer.thermo.conventions import MP_2020, R2SCAN, UNSHIFTED
from interlayer.thermo.phase_table import AS_GIVEN, PhaseTable

ENTRY_CLASSES: Final = ("ComputedEntry", "ComputedStructureEntry", "PDEntry")
_SCHEMES: Final = {
    "MaterialsProject2020Compatibility": MP_2020,
    "MaterialsProjectCompatibility": UNSHIFTED,
}
_MIXED_FUNCTIONALS: Final = "mixed"
_SPECIES: Final = re.compile(r"([A-Z][a-z]?)(\d*\.?\d*[+-])?", re.ASCII)
_LONGEST_LABEL: Final = 80
_LARGEST: Final = 1e9
"""eV and atoms; beyond any cell that was ever computed."""


@dataclass(frozen=True)
class ComputedEnergy:
    """A composition in atoms, its corrected energy in eV for that many, and where both are from.

    scheme: the convention of the corrections, None where none are named; functional: the kind of calculation, None
    where it is not said.
    """

    atoms: Mapping[str, float]
    energy: float
    label: str
    scheme: str | None = None
    functional: str | None = None


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
    first_of: dict[str, str] = {}
    for entry in entries:
        if entry.scheme is not None:
            first_of.setdefault(entry.scheme, entry.label)
    if len(first_of) > 1:
        (one, first), (other, second), *_ = first_of.items()
        raise InputError(
            f"{name} mixes corrections: {first} carries those of {one}, {second} those of {other}; "
            f"their energies cannot be compared, keep one kind"
        )
    functionals: dict[str, str] = {}
    for entry in entries:
        if entry.functional is not None:
            functionals.setdefault(entry.functional, entry.label)
    scheme = next(iter(first_of), None)
    if len(functionals) > 1 and scheme != _MIXED_FUNCTIONALS:
        (one, first), (other, second), *_ = functionals.items()
        raise InputError(
            f"{name} mixes functionals: {first} is {one}, {second} is {other}; their energies cannot be compared"
        )
    if scheme == _MIXED_FUNCTIONALS:
        return AS_GIVEN
    if scheme is None and set(functionals) == {R2SCAN}:
        return R2SCAN
    return scheme or AS_GIVEN


def read_entries(data: object, file: str) -> list[ComputedEnergy]:
    """Return the entries of parsed JSON: a list, ``{"entries": [...]}``, or a phase diagram with its entries.

    Raises InputError that names the entry and what is wrong with it.
    """
    return [_entry(one, f"{file}, entry {number}") for number, one in enumerate(_listed(data, file), start=1)]


def _listed(data: object, file: str) -> Iterable[object]:
    found = data
    if isinstance(data, dict):
        computed = data.get("computed_data")
        nested = computed.get("all_entries") if isinstance(computed, dict) else None
        found = next(
            (part for part in (data.get("entries"), data.get("all_entries"), nested) if part is not None), None
        )
        if found is None and ("energy" in data or "composition" in data):
            found = [data]
    if not isinstance(found, list):
        what = f"an object with the keys {shown(', '.join(map(str, data)))}" if isinstance(data, dict) else "no list"
        raise InputError(
            f'{file} holds {what}; allowed: a list of pymatgen entries, or {{"entries": [...]}}, each entry with '
            f"'composition' and 'energy'"
        )
    return found


def _entry(data: object, where: str) -> ComputedEnergy:
    if not isinstance(data, dict):
        raise InputError(f"{where}: {shown(data)} is no entry; it needs 'composition' and 'energy'")
    label = str(data.get("entry_id") or data.get("material_id") or "")[:_LONGEST_LABEL]
    where = f"{where} ({shown(label)})" if label else where
    kind = data.get("@class")
    if kind is not None and kind not in ENTRY_CLASSES:
        raise InputError(
            f"{where}: {shown(str(kind))} is not read; allowed: {', '.join(ENTRY_CLASSES)}"
            f"{closest(str(kind), ENTRY_CLASSES)}"
        )
    atoms = _atoms(data, where)
    if "energy" not in data:
        raise InputError(f"{where}: 'energy' is missing, the total energy in eV{closest('energy', map(str, data))}")
    energy = _number(data["energy"], f"{where}: 'energy'")
    corrections = _adjustments(data.get("energy_adjustments"), where)
    if corrections:
        energy = fsum([energy, *(value for value, _ in corrections)])
    elif data.get("correction") is not None:  # how entries were written before adjustments had names
        energy += _number(data["correction"], f"{where}: 'correction'")
    return ComputedEnergy(
        atoms=atoms,
        energy=energy,
        label=_label(label or where, atoms, corrections),
        scheme=next((scheme for _, name in corrections if (scheme := _scheme(name))), None),
        functional=_functional(data),
    )


def _label(label: str, atoms: Mapping[str, float], corrections: Sequence[tuple[float, str]]) -> str:
    """Return the provenance, with a warning where sulfur beside oxygen was corrected as if it were a sulfide."""
    if {"S", "O"} <= set(atoms) and any(_scheme(name) == MP_2020 and "(S)" in name for _, name in corrections):
        return f"{label}; its sulfur is corrected as that of a sulfide"
    return label


def _atoms(data: Mapping[str, Any], where: str) -> dict[str, float]:
    given = data.get("composition")
    if given is None:
        given = _of_structure(data.get("structure"), where)
    if isinstance(given, str):
        try:
            return dict(parse_formula(given))
        except InputError as error:
            raise InputError(f"{where}: {error}") from None
    if not isinstance(given, dict):
        raise InputError(f"{where}: 'composition' is missing; it needs elements with their atoms or a formula")
    atoms: dict[str, float] = {}
    for species, amount in given.items():
        if str(species).startswith("@"):  # how the writer marks a class
            continue
        element = _element(species, where)
        number = _number(amount, f"{where}: the amount of {shown(str(species))}")
        if number < 0:
            raise InputError(f"{where}: the amount of {shown(str(species))} is {number:g}; it cannot be negative")
        if number > 0:
            atoms[element] = atoms.get(element, 0.0) + number
    if not atoms:
        raise InputError(f"{where}: the composition contains no atoms")
    return atoms


def _of_structure(structure: object, where: str) -> dict[str, float] | None:
    """Return the atoms on the sites of a structure, for an entry that is written without a composition."""
    sites = structure.get("sites") if isinstance(structure, dict) else None
    if not isinstance(sites, list):
        return None
    atoms: dict[str, float] = {}
    for site in sites:
        species = site.get("species") if isinstance(site, dict) else None
        for one in species if isinstance(species, list) else [None]:
            if not isinstance(one, dict) or "element" not in one:
                raise InputError(f"{where}: a site of the structure has no 'species' with 'element' and 'occu'")
            element = _element(one["element"], where)
            atoms[element] = atoms.get(element, 0.0) + _number(one.get("occu", 1), f"{where}: 'occu' of {element}")
    return atoms


def _element(species: object, where: str) -> str:
    match = _SPECIES.fullmatch(str(species))
    if match is None or match.group(1) not in atomic_masses():
        raise InputError(f"{where}: {shown(species)} is not an element{closest(str(species), atomic_masses())}")
    return match.group(1)


def _number(value: object, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{what} must be a number, not {shown(value)}")
    try:
        number = float(value)
    except OverflowError:
        number = float("inf")
    if not (isfinite(number) and abs(number) <= _LARGEST):
        raise InputError(f"{what} must be a finite number, not {shown(value)}")
    return number


def _adjustments(given: object, where: str) -> list[tuple[float, str]]:
    """Return the value in eV and the name of each correction, as the four kinds of pymatgen give them."""
    if given is None:
        return []
    if not isinstance(given, list):
        raise InputError(f"{where}: 'energy_adjustments' must be a list, not {shown(given)}")
    return [_adjustment(one, f"{where}: energy adjustment {number}") for number, one in enumerate(given, start=1)]


def _adjustment(given: object, where: str) -> tuple[float, str]:
    if not isinstance(given, dict):
        raise InputError(f"{where} is {shown(given)}; it needs 'value', or 'adj_per_atom' with 'n_atoms'")
    maker = given.get("cls")
    made_by = str(maker.get("@class", "")) if isinstance(maker, dict) else ""
    name = f"{given.get('name') or ''} [{made_by}]"
    for factors in (("value",), ("adj_per_atom", "n_atoms"), ("adj_per_deg", "temp", "n_atoms")):
        if all(key in given for key in factors):
            value = 1.0
            for key in factors:
                value *= _number(given[key], f"{where}: {key!r}")
            return value, name
    raise InputError(f"{where} has neither 'value', nor 'adj_per_atom' with 'n_atoms', nor 'adj_per_deg'")


def _scheme(name: str) -> str | None:
    """Return the convention that a correction belongs to, from its name and the class that made it."""
    if "mixing adjustment" in name or "MaterialsProjectDFTMixingScheme" in name:
        return _MIXED_FUNCTIONALS
    for maker, scheme in _SCHEMES.items():
        if f"[{maker}]" in name:
            return scheme
    return MP_2020 if name.startswith("MP2020 ") else None


def _functional(data: Mapping[str, Any]) -> str | None:
    parameters = data.get("parameters")
    run_type = parameters.get("run_type") if isinstance(parameters, dict) else None
    if not isinstance(run_type, str) or not run_type:
        return None
    if "r2scan" in run_type.lower():
        return R2SCAN
    # GGA (PBE) and GGA+U are made comparable by the corrections; no other two functionals are
    return "GGA" if run_type.upper().startswith(("GGA", "PBE")) else shown(run_type, 20)


def entry_objects(entries: Iterable[Any]) -> Iterator[ComputedEnergy]:
    """Yield the energies of entry objects that are in memory, known by what they can do."""
    for number, entry in enumerate(entries, start=1):
        where = f"entry {number}"
        try:
            atoms = {str(element): float(n) for element, n in entry.composition.get_el_amt_dict().items()}
            energy = _number(float(entry.energy), f"{where}: its energy")
        except (AttributeError, TypeError):
            raise InputError(f"{where}: {shown(type(entry).__name__)} has no composition with an energy") from None
        made_by = [
            (float(one.value), f"{one.name} [{_maker(one.cls)}]") for one in getattr(entry, "energy_adjustments", [])
        ]
        label = str(getattr(entry, "entry_id", None) or getattr(entry, "attribute", None) or where)
        yield ComputedEnergy(
            atoms=atoms,
            energy=energy,
            label=_label(label, atoms, made_by),
            scheme=next((scheme for _, name in made_by if (scheme := _scheme(name))), None),
            functional=_functional({"parameters": dict(getattr(entry, "parameters", None) or {})}),
        )


def _maker(cls: object) -> str:
    return str(cls.get("@class", "")) if isinstance(cls, dict) else type(cls).__name__
