"""Reactions as a chemist writes them: whole numbers where they are small, decimals otherwise."""

from collections.abc import Mapping
from math import isclose
from typing import Final

_LARGEST_WHOLE: Final = 60
_LARGEST_FACTOR: Final = 40
_NEGLIGIBLE: Final = 1e-6


def whole_number_factor(amounts: Mapping[str, float]) -> float:
    """Return the factor that makes the smallest whole numbers of the amounts, or 1 where none are small enough.

    >>> whole_number_factor({"LiCoO2": 2 / 3, "Li3PS4": 1 / 3})
    3.0
    """
    shown = [amount for amount in amounts.values() if amount > _NEGLIGIBLE]
    if not shown:
        return 1.0
    smallest = min(shown)
    for times in range(1, _LARGEST_FACTOR + 1):
        factor = times / smallest
        scaled = [amount * factor for amount in shown]
        if max(scaled) > _LARGEST_WHOLE:
            break
        if all(isclose(amount, round(amount), abs_tol=1e-4) for amount in scaled):
            return factor
    return 1.0


def equation(reactants: Mapping[str, float], products: Mapping[str, float]) -> tuple[str, float]:
    """Return the balanced equation as text, and the factor its coefficients were multiplied by.

    >>> equation({"Li3PS4": 0.5, "Li": 4.0}, {"Li3P": 0.5, "Li2S": 2.0})[0]
    'Li3PS4 + 8 Li -> Li3P + 4 Li2S'
    """
    factor = whole_number_factor({**{f"<{f}": n for f, n in reactants.items()}, **products})
    return f"{_side(reactants, factor)} -> {_side(products, factor)}", factor


def _side(amounts: Mapping[str, float], factor: float) -> str:
    terms = []
    for formula, amount in amounts.items():
        if amount <= _NEGLIGIBLE:
            continue
        number = f"{amount * factor:.4g}"
        terms.append(formula if number == "1" else f"{number} {formula}")
    return " + ".join(terms) if terms else "nothing"
