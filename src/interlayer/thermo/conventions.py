"""Conventions: which corrections the energies of a table carry, and named changes of its elemental references.

Formation energies of sulfides carry the Materials Project's legacy correction of -0.66346 eV per S. The sulfide
windows that the field cites (Zhu, He and Mo 2015, doi 10.1021/acsami.5b07517) follow only when that correction sits
on elemental sulfur as well: ``s_element_2015``. Which one was used belongs to every answer.

A table that a user brings holds what its file holds: ``mp_legacy``, ``mp_2020`` (the corrections of Wang et al. 2021,
doi 10.1038/s41598-021-94550-5), ``r2scan``, or ``as given`` where the file does not say.
"""

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from interlayer.composition import atomic_masses
from interlayer.errors import InputError, closest, shown
from interlayer.thermo.phase_table import AS_GIVEN, PhaseTable

CONVENTIONS: Final[Mapping[str, Mapping[str, float]]] = MappingProxyType(
    {"mp_legacy": MappingProxyType({}), "s_element_2015": MappingProxyType({"S": -0.66346})}
)
"""Name -> shift of the energy of an element, eV per atom of it."""

UNSHIFTED: Final = "mp_legacy"
"""The convention of the own table, and what to ask for when the energies of a table shall stay as they are."""
MP_2020: Final = "mp_2020"
R2SCAN: Final = "r2scan"
HELD: Final = (UNSHIFTED, MP_2020, R2SCAN, AS_GIVEN)
"""What a table may hold before anything was shifted."""

_ON_TOP: Final = " + "
_LARGEST: Final = 10.0
_SULFATES: Final = (
    "mp_2020 gives sulfur beside oxygen the correction of sulfides, -0.503 eV per S, where an entry came without its "
    "structure (pymatgen issue 4538), so that sulfates such as Li2SO4 may come out too stable"
)


def element_shifts(convention: str) -> Mapping[str, float]:
    """Return the shift of each element, eV/atom, for a name or for text such as ``"S:-0.663,O:0.1"``.

    Raises InputError for an unknown name, something that is no element, and a shift beyond 10 eV.
    """
    name = convention.strip()
    if name in CONVENTIONS:
        return CONVENTIONS[name]
    if ":" not in name:
        raise InputError(
            f"the convention {shown(convention)} is not known; allowed: {', '.join(CONVENTIONS)}, or shifts of "
            f"elements in eV/atom such as 'S:-0.663,O:0.1'{closest(name, CONVENTIONS)}"
        )
    shifts: dict[str, float] = {}
    for part in name.split(","):
        element, _, number = (piece.strip() for piece in part.partition(":"))
        if element not in atomic_masses():
            raise InputError(
                f"the convention {shown(convention)}: {element!r} is not an element{closest(element, atomic_masses())}"
            )
        try:
            shift = float(number)
        except ValueError:
            shift = math.nan
        if not abs(shift) <= _LARGEST:
            raise InputError(
                f"the convention {shown(convention)}: the shift of {element} must be a number between "
                f"{-_LARGEST:g} and {_LARGEST:g} eV/atom, not {shown(number)}"
            )
        shifts[element] = shift
    return shifts


def apply_convention(table: PhaseTable, convention: str) -> PhaseTable:
    """Return the table after the elements' energies were shifted.

    A shift d of an element lowers or raises its elemental phase only. Formation energies refer to the elemental
    phases, so those stay at 0 and every compound changes by -d times its atom fraction of the element:
    e -> e - sum_el d_el x_el. ``mp_legacy`` shifts nothing, so that a table keeps what it holds.
    Raises InputError for a table that was shifted already, and for the shift of one convention on energies of another.
    """
    asked = convention.strip()
    if asked in (table.convention, *table.convention.split(_ON_TOP)[1:]):
        return table
    if asked in HELD and asked != UNSHIFTED:
        raise InputError(f"the table {table.name!r} holds {table.convention} energies and cannot be asked for {asked}")
    shifts = element_shifts(asked)
    if table.convention not in HELD:
        raise InputError(
            f"the table {table.name!r} is in the convention {table.convention!r} already; {convention!r} cannot be put "
            f"on top of it"
        )
    if not shifts:
        return table
    foreign = table.convention in (MP_2020, R2SCAN)
    if foreign and asked in CONVENTIONS:
        raise InputError(
            f"the convention {asked} undoes a correction of mp_legacy energies, but the table {table.name!r} holds "
            f"{table.convention}; shift its elements instead, such as --convention S:-0.503"
        )
    change = table.fractions @ np.array([shifts.get(element, 0.0) for element in table.elements])
    is_element = (table.fractions > 0.0).sum(axis=1) == 1
    return table.with_energies(
        np.where(is_element, table.energies, table.energies - change),
        convention=f"{table.convention}{_ON_TOP}{asked}" if foreign else asked,
    )


def known_convention(name: str) -> bool:
    """Return whether a table may say of itself that it holds this, shifted or not."""
    held, _, shifted = name.partition(_ON_TOP)
    if name in HELD or name in CONVENTIONS:
        return True
    try:
        element_shifts(shifted or held)
    except InputError:
        return False
    return not shifted or held in HELD


def trap(convention: str, elements: set[str]) -> str:
    """Return what to know before trusting a convention for a question of these elements, or an empty text."""
    return _SULFATES if convention.split(_ON_TOP)[0] == MP_2020 and {"S", "O"} <= elements else ""
