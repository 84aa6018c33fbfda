"""What becomes of an element in a reaction: the species that photoelectron spectra tell apart.

For sulfur and selenium: bound with oxygen (sulfate, sulfite), as the element or as polysulfide (the bridging and
zero-valent species between 162 and 165 eV in S 2p), or as sulfide and thiophosphate. For phosphorus and others: with
oxygen or without. Thermodynamic products, not the layer that a measurement sees.
"""

from collections.abc import Mapping
from typing import Final

from interlayer.composition import parse_formula
from interlayer.quantity import StrictModel

CHALCOGENS: Final = ("S", "Se")


class ChalcogenShares(StrictModel):
    """Where the sulfur (or selenium) of some products sits; the three shares add up to 1.

    `with_oxygen`: sulfates and the like; `element_or_polysulfide`: the element itself, or a binary of lithium with
    more of it than Li2S; `sulfide`: everything else.
    """

    with_oxygen: float
    element_or_polysulfide: float
    sulfide: float


def shares_by_product(products: Mapping[str, float], element: str) -> dict[str, float]:
    """Return how the atoms of an element are shared out among products (formula -> mol), largest first."""
    atoms = {formula: mol * parse_formula(formula).get(element, 0.0) for formula, mol in products.items()}
    total = sum(atoms.values())
    held = {formula: amount / total for formula, amount in atoms.items() if amount > 1e-9 * total} if total > 0 else {}
    return dict(sorted(held.items(), key=lambda item: -item[1]))


def chalcogen_shares(products: Mapping[str, float], element: str) -> ChalcogenShares | None:
    """Return the shares of the three kinds of species of sulfur or selenium, None where there is none of it."""
    shares = shares_by_product(products, element)
    if not shares:
        return None
    with_oxygen = sum(share for formula, share in shares.items() if "O" in parse_formula(formula))
    oxidised = sum(share for formula, share in shares.items() if _is_element_or_poly(formula))
    return ChalcogenShares(
        with_oxygen=with_oxygen,
        element_or_polysulfide=oxidised,
        sulfide=max(1.0 - with_oxygen - oxidised, 0.0),
    )


def share_with_oxygen(products: Mapping[str, float], element: str) -> float | None:
    """Return the share of an element's atoms in products that contain oxygen, None where there is none of it."""
    shares = shares_by_product(products, element)
    return sum(share for formula, share in shares.items() if "O" in parse_formula(formula)) if shares else None


def _is_element_or_poly(formula: str) -> bool:
    atoms = parse_formula(formula)
    chalcogen = sum(atoms.get(element, 0.0) for element in CHALCOGENS)
    return set(atoms) <= {"Li", *CHALCOGENS} and chalcogen > 0.5 * atoms.get("Li", 0.0) * (1.0 + 1e-9)
