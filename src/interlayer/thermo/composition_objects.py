"""Compositions as other libraries hold them: pymatgen's Composition, Structure and entries, ASE's Atoms.

Nothing of these libraries is imported: an object is known by what it can do.
"""

from collections import Counter
from collections.abc import Mapping
from functools import reduce
from math import gcd, isfinite
from typing import Final, Protocol

_WHOLE: Final = 1e-6
"""Atoms; a count this close to a whole number is one."""
_MOST_ATOMS: Final = 1_000_000


class HasElementAmounts(Protocol):
    """What a pymatgen Composition can do."""

    def get_el_amt_dict(self) -> Mapping[str, float]:
        """Return element symbol -> atoms, whatever the charges."""


class HasComposition(Protocol):
    """What a pymatgen Structure or entry has."""

    @property
    def composition(self) -> HasElementAmounts:
        """The composition of what it holds."""


class HasSymbols(Protocol):
    """What an ASE Atoms object can do."""

    def get_chemical_symbols(self) -> list[str]:
        """Return the element of each atom."""


CompositionLike = str | HasElementAmounts | HasComposition | HasSymbols
"""A formula or name of the library, or a composition, structure or atoms object of pymatgen or ASE."""


def formula_of(thing: object) -> str | None:
    """Return the formula of a composition object, or None for anything else.

    A composition counts as it is written, because a reaction is per mol of it; a structure, an entry and ASE's atoms
    count as their smallest whole formula, because the size of a cell says nothing about the material.
    """
    if isinstance(thing, str):
        return None
    if hasattr(thing, "get_el_amt_dict"):
        return written_formula(thing.get_el_amt_dict())
    if hasattr(thing, "composition") and hasattr(thing.composition, "get_el_amt_dict"):
        return written_formula(smallest_whole(thing.composition.get_el_amt_dict()))
    if hasattr(thing, "get_chemical_symbols"):
        return written_formula(smallest_whole(Counter(thing.get_chemical_symbols())))
    return None


def smallest_whole(atoms: Mapping[str, float]) -> dict[str, float]:
    """Return the smallest whole numbers of atoms in the same ratio, or the atoms as they are where they are not whole.

    >>> smallest_whole({"Li": 6, "P": 2, "S": 8})
    {'Li': 3.0, 'P': 1.0, 'S': 4.0}
    """
    if not all(isfinite(n) and n <= _MOST_ATOMS and abs(n - round(n)) < _WHOLE for n in atoms.values()):
        return {element: float(amount) for element, amount in atoms.items()}
    whole = {element: round(amount) for element, amount in atoms.items()}
    divisor = reduce(gcd, whole.values(), 0) or 1
    return {element: float(amount // divisor) for element, amount in whole.items()}


def written_formula(atoms: Mapping[str, float]) -> str:
    """Return atoms as a formula, in their order.

    >>> written_formula({"Li": 1.3, "Al": 0.3, "Ti": 1.7, "P": 3.0, "O": 12.0})
    'Li1.3Al0.3Ti1.7P3O12'
    """
    return "".join(f"{element}{_count(amount)}" for element, amount in atoms.items() if amount > 0)


def _count(amount: float) -> str:
    if amount == 1:
        return ""
    # no exponent: a formula has no room for one
    text = f"{amount:.10f}".rstrip("0").rstrip(".")
    return text or "0"
