"""Conventions: named, pure changes of the elemental reference energies of a phase table.

Formation energies of sulfides carry the Materials Project's correction of -0.66346 eV per S. The sulfide windows
that the field cites (Zhu, He and Mo 2015, doi 10.1021/acsami.5b07517) follow only when that correction sits on
elemental sulfur as well: ``s_element_2015``. Which one was used belongs to every answer.
"""

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from interlayer.composition import atomic_masses
from interlayer.errors import InputError, closest, shown
from interlayer.thermo.phase_table import PhaseTable

CONVENTIONS: Final[Mapping[str, Mapping[str, float]]] = MappingProxyType(
    {"mp_legacy": MappingProxyType({}), "s_element_2015": MappingProxyType({"S": -0.66346})}
)
"""Name -> shift of the energy of an element, eV per atom of it."""

UNSHIFTED: Final = "mp_legacy"
_LARGEST: Final = 10.0


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
    e -> e - sum_el d_el x_el. Raises InputError for a table that is in another convention already.
    """
    shifts = element_shifts(convention)
    if table.convention == convention:
        return table
    if table.convention != UNSHIFTED:
        raise InputError(
            f"the table {table.name!r} is in the convention {table.convention!r} already; {convention!r} cannot be put "
            f"on top of it"
        )
    change = table.fractions @ np.array([shifts.get(element, 0.0) for element in table.elements])
    is_element = (table.fractions > 0.0).sum(axis=1) == 1
    return table.with_energies(np.where(is_element, table.energies, table.energies - change), convention=convention)
