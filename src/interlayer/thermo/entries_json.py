"""Computed entries from JSON, as pymatgen and monty write them, read without either.

Every entry that is wrong is named with what is wrong about it.
"""

import re
from collections.abc import Iterable, Mapping
from math import fsum, isfinite, prod
from typing import Any, Final

from interlayer.composition import atomic_masses, parse_formula
from interlayer.errors import InputError, closest, shown
from interlayer.thermo.computed_entries import ComputedEnergy, Correction, computed_energy

ENTRY_CLASSES: Final = ("ComputedEntry", "ComputedStructureEntry", "PDEntry")
_SPECIES: Final = re.compile(r"([A-Z][a-z]?)(\d*\.?\d*[+-])?", re.ASCII)
_LONGEST_LABEL: Final = 80
_LARGEST: Final = 1e9
"""eV and atoms; beyond any cell that was ever computed."""


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
        energy = fsum([energy, *(one.value for one in corrections)])
    elif data.get("correction") is not None:  # how entries were written before adjustments had names
        energy += _number(data["correction"], f"{where}: 'correction'")
    parameters = data.get("parameters")
    run_type = parameters.get("run_type") if isinstance(parameters, dict) else None
    return computed_energy(atoms, energy, corrections, label=label or where, run_type=run_type)


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


def _adjustments(given: object, where: str) -> list[Correction]:
    if given is None:
        return []
    if not isinstance(given, list):
        raise InputError(f"{where}: 'energy_adjustments' must be a list, not {shown(given)}")
    return [_adjustment(one, f"{where}: energy adjustment {number}") for number, one in enumerate(given, start=1)]


def _adjustment(given: object, where: str) -> Correction:
    """Return one correction, whichever of pymatgen's three ways it is written in."""
    if not isinstance(given, dict):
        raise InputError(f"{where} is {shown(given)}; it needs 'value', or 'adj_per_atom' with 'n_atoms'")
    maker = given.get("cls")
    for factors in (("value",), ("adj_per_atom", "n_atoms"), ("adj_per_deg", "temp", "n_atoms")):
        if all(key in given for key in factors):
            return Correction(
                value=prod(_number(given[key], f"{where}: {key!r}") for key in factors),
                name=str(given.get("name") or ""),
                maker=str(maker.get("@class", "")) if isinstance(maker, dict) else "",
            )
    raise InputError(f"{where} has neither 'value', nor 'adj_per_atom' with 'n_atoms', nor 'adj_per_deg'")
