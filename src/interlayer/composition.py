"""Chemical formulas: what a composition consists of and what it weighs."""

import math
import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from interlayer.errors import InputError, closest, shown

_COUNT: Final = r"(\d+\.?\d*|\.\d+)?"
_TOKEN: Final = re.compile(rf"([A-Z][a-z]?){_COUNT}|([(\[])|([)\]]){_COUNT}", re.ASCII)
_SUBSCRIPTS: Final = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_MAX_LENGTH: Final = 200
_MAX_DEPTH: Final = 8


@cache
def atomic_masses() -> Mapping[str, float]:
    """Return the standard atomic weight of each element in g/mol.

    Source: IUPAC/CIAAW abridged weights as tabulated by the `periodictable` library.
    """
    import periodictable

    # element 0 of that table is the bare neutron, whose symbol 'n' is no element of a formula
    return {element.symbol: float(element.mass) for element in periodictable.elements if element.number > 0}


def _add(atoms: dict[str, float], group: Mapping[str, float], times: float) -> None:
    for symbol, amount in group.items():
        atoms[symbol] = atoms.get(symbol, 0.0) + amount * times


@cache
def parse_formula(formula: str) -> Mapping[str, float]:
    """Return the atoms of a formula unit, in the order they first appear.

    >>> dict(parse_formula("Li1.3Al0.3Ti1.7(PO4)3"))
    {'Li': 1.3, 'Al': 0.3, 'Ti': 1.7, 'P': 3.0, 'O': 12.0}

    Groups in round or square brackets may be nested; counts may be decimal. Raises InputError for anything else.
    """
    text = "".join(formula.translate(_SUBSCRIPTS).split())
    if not text:
        raise InputError("the formula is empty; write e.g. 'Li3PS4'")
    if len(text) > _MAX_LENGTH:
        raise InputError(f"the formula {shown(formula)} is longer than {_MAX_LENGTH} characters")
    stack: list[dict[str, float]] = [{}]
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise InputError(
                f"{shown(formula)} is not a formula: {text[position]!r} is not understood there; write e.g. 'Li3PS4'"
            )
        element, element_count, opening, closing, group_count = match.groups()
        if opening is not None:
            if len(stack) > _MAX_DEPTH:
                raise InputError(f"{shown(formula)} is not a formula: brackets nested deeper than {_MAX_DEPTH}")
            stack.append({})
        elif closing is not None:
            if len(stack) == 1:
                raise InputError(f"{shown(formula)} is not a formula: a bracket is closed that was not opened")
            _add(stack[-2], stack.pop(), float(group_count or 1))
        else:
            if element not in atomic_masses():
                raise InputError(f"{shown(formula)}: {element!r} is not an element{closest(element, atomic_masses())}")
            _add(stack[-1], {element: 1.0}, float(element_count or 1))
        position = match.end()
    if len(stack) != 1:
        raise InputError(f"{shown(formula)} is not a formula: a bracket is not closed")
    atoms = {symbol: amount for symbol, amount in stack[0].items() if amount > 1e-12}
    total = sum(atoms.values())
    if not atoms or not math.isfinite(total):
        raise InputError(f"{shown(formula)} contains no atoms")
    return atoms


def molar_mass(formula: str) -> float:
    """Return the molar mass of a formula unit in kg/mol.

    >>> round(molar_mass("LiNi0.5Mn0.3Co0.2O2") * 1e3, 2)
    96.55
    """
    masses = atomic_masses()
    return sum(amount * masses[symbol] for symbol, amount in parse_formula(formula).items()) * 1e-3


def atomic_fractions(formula: str) -> Mapping[str, float]:
    """Return each element's share of the atoms of `formula`; the shares add up to 1."""
    atoms = parse_formula(formula)
    total = sum(atoms.values())
    return {symbol: amount / total for symbol, amount in atoms.items()}
