"""Rules about formulas, densities and volumes."""

import math
from collections.abc import Iterator
from typing import Final

from interlayer.composition import molar_mass, parse_formula
from interlayer.consistency.facts import Fact, Facts
from interlayer.consistency.interval import Interval, exact
from interlayer.consistency.matching import Pool, by_subject, equation, least, most
from interlayer.consistency.outcome import Outcome, differs, lacks, says, shown_interval
from interlayer.constants import FARADAY
from interlayer.errors import InputError

STATES: Final = {
    "Li": (1, 1),
    "Na": (1, 1),
    "K": (1, 1),
    "H": (1, 1),
    "Mg": (2, 2),
    "Ca": (2, 2),
    "Ba": (2, 2),
    "Sr": (2, 2),
    "Zn": (2, 2),
    "Al": (3, 3),
    "B": (3, 3),
    "Ga": (3, 3),
    "In": (3, 3),
    "Sc": (3, 3),
    "Y": (3, 3),
    "La": (3, 3),
    "Er": (3, 3),
    "Si": (4, 4),
    "Ge": (4, 4),
    "Zr": (4, 4),
    "Hf": (4, 4),
    "Sn": (2, 4),
    "Ti": (3, 4),
    "C": (-4, 4),
    "P": (3, 5),
    "Nb": (3, 5),
    "Ta": (5, 5),
    "Sb": (3, 5),
    "As": (3, 5),
    "V": (2, 5),
    "W": (4, 6),
    "Mo": (4, 6),
    "Cr": (2, 6),
    "Mn": (2, 4),
    "Fe": (2, 4),
    "Co": (2, 4),
    "Ni": (2, 4),
    "Cu": (1, 2),
    "Ag": (1, 1),
    "O": (-2, -2),
    "S": (-2, 6),
    "Se": (-2, 6),
    "F": (-1, -1),
    "Cl": (-1, -1),
    "Br": (-1, -1),
    "I": (-1, -1),
    "N": (-3, 5),
}
"""Lowest and highest oxidation state in the compounds of batteries."""
_ANIONS: Final = frozenset({"O", "F", "Cl", "Br", "I", "S", "Se"})
_CLOSE: Final = 0.05
_REDOX: Final = frozenset({"Co", "Ni", "Mn", "Fe"})
_HOSTS: Final = _REDOX | {"Li", "O", "Al", "Mg", "Zr", "B", "Ca", "Zn", "Ga", "Si", "P", "F"}
"""Elements of oxide and phosphate cathodes that hold at most one lithium per Co, Ni, Mn or Fe, or what is written."""


def charge_balance(facts: Facts) -> Iterator[Outcome]:
    """Sum of index times oxidation state = 0 for some choice of the states."""
    for fact in facts.words("formula"):
        amounts = _amounts(fact)
        if amounts is None or not set(amounts) <= set(STATES) or not set(amounts) & _ANIONS or len(amounts) < 2:
            continue
        low = high = 0.0
        for element, amount in amounts.items():
            least, most = STATES[element]
            if element in ("S", "Se") and "O" not in amounts:
                most = -2 if len(set(amounts) - {"Li", "Na", "K"}) > 1 else 0
            if element == "P" and ("S" in amounts or "O" in amounts):
                least = 5
            low, high = low + least * amount, high + most * amount
        if low > _CLOSE or high < -_CLOSE:
            charge = low if low > 0.0 else high
            yield says(
                "charge_balance",
                [fact],
                f"a charge of {charge:+.2g} per formula",
                "0",
                "no usual oxidation states balance the formula",
                "contradiction",
                "a misprinted index",
            )


def _amounts(fact: Fact) -> dict[str, float] | None:
    try:
        return dict(parse_formula(fact.text))
    except InputError:
        return None


def element_balance(facts: Facts) -> Iterator[Outcome]:
    """A reaction's products hold only the elements of its reactants."""
    for fact in facts.words("product"):
        product = _amounts(fact)
        present: set[str] = set()
        for piece in fact.of.replace("+", "|").split("|"):
            try:
                present |= set(parse_formula(piece.strip()))
            except InputError:
                present = set()
                break
        if product is None or not present:
            continue
        foreign = sorted(set(product) - present)
        if foreign:
            yield says(
                "element_balance",
                [fact],
                f"only {', '.join(sorted(present))}",
                fact.text,
                f"{' and '.join(foreign)} is in the product and in none of the reactants",
                "contradiction",
                "an impurity, the atmosphere, or another reactant",
            )


def relative_density(facts: Facts) -> Iterator[Outcome]:
    """Relative density = density/theoretical density, and at most 1."""
    for of, found in by_subject(facts.named("relative_density")).items():
        for fact in found:
            if fact.value.low > 1.0:
                yield says(
                    "relative_density",
                    [fact],
                    "at most 100 %",
                    fact.text,
                    "a relative density above one",
                    "contradiction",
                    "a density",
                )
        densities = facts.get("density", of)
        if densities and not facts.get("theoretical_density", of):
            yield lacks("relative_density", [*found, *densities], ["theoretical_density"], "their ratio is the check")
    yield from equation(
        "relative_density",
        facts.named("relative_density"),
        lambda of: [facts.get("density", of), facts.get("theoretical_density", of)],
        lambda density, whole: density / whole,
        "density over theoretical density is another one",
        unit="%",
        scale=0.01,
        slack=0.01,
    )


def porosity(facts: Facts) -> Iterator[Outcome]:
    """Porosity = 1 - relative density = 1 - rho/rho0."""
    yield from equation(
        "porosity",
        facts.named("porosity"),
        lambda of: [facts.get("relative_density", of)],
        lambda relative: Interval(1.0, 1.0) - relative,
        "the relative density leaves another porosity",
        unit="%",
        scale=0.01,
        slack=0.01,
    )
    yield from equation(
        "porosity",
        [fact for fact in facts.named("porosity") if not facts.get("relative_density", fact.of)],
        lambda of: [facts.get("density", of), facts.get("theoretical_density", of)],
        lambda density, whole: Interval(1.0, 1.0) - density / whole,
        "density over theoretical density leaves another porosity",
        unit="%",
        scale=0.01,
        slack=0.01,
    )


def theoretical_capacity(facts: Facts) -> Iterator[Outcome]:
    """No measured capacity exceeds the theoretical one, per mass, per area or of a cell."""
    sizes = {
        "specific_capacity": ("", "mAh/g", 3600.0),
        "first_discharge_capacity": ("", "mAh/g", 3600.0),
        "areal_capacity": ("loading", "mAh/cm2", 3.6e4),
        "cell_capacity": ("active_mass", "mAh", 3.6),
    }
    for name, (size, unit, scale) in sizes.items():
        for of, measured in by_subject(facts.named(name)).items():
            bounds, amounts = Pool(facts.get("theoretical_capacity", of)), Pool(facts.get(size, of) if size else ())
            if not bounds or (size and not amounts):
                continue
            for fact in measured:
                beside, held = bounds.beside(fact), amounts.beside(fact)
                if not beside or (size and not held):
                    continue
                used = [fact, most(beside), *([most(held)] if held else [])]
                largest = used[1].value * used[2].value * 1.01 if held else used[1].value
                if fact.value.low > largest.high:
                    yield from differs(
                        "theoretical_capacity",
                        used,
                        largest,
                        fact.value,
                        "more than the theoretical capacity was measured",
                        unit=unit,
                        scale=scale,
                        reconcile="another theoretical capacity, or capacity of the additives",
                    )


def formula_capacity(facts: Facts) -> Iterator[Outcome]:
    """Q0 <= n(Li) F/M of a lithium cathode, or one lithium per Co, Ni, Mn or Fe where that is more."""
    formulas_of = by_subject(facts.words("formula"))
    for of, found in by_subject(facts.named("theoretical_capacity")).items():
        formulas = formulas_of.get(of, [])
        for fact in found:
            bounds = [_most_capacity(text) for text in [one.text for one in formulas[:10]] or [of]]
            known = [bound for bound in bounds if bound is not None]
            if known and len(known) == len(bounds) and fact.value.low > 1.01 * max(known):
                yield from differs(
                    "formula_capacity",
                    [fact, *formulas],
                    Interval(0.0, max(known)),
                    fact.value,
                    "all lithium of the formula is less charge than the theoretical capacity",
                    unit="mAh/g",
                    scale=3600.0,
                    reconcile="another formula, or more than one electron per transition metal",
                )


def _most_capacity(formula: str) -> float | None:
    """Return the charge per mass of all lithium that a cathode of this formula can hold, None for what is none."""
    try:
        amounts = dict(parse_formula(formula))
    except InputError:
        return None
    metals = sum(amount for element, amount in amounts.items() if element in _REDOX)
    if not {"Li", "O"} <= set(amounts) <= _HOSTS or metals <= 0.0:
        return None
    return max(amounts["Li"], metals) * FARADAY / molar_mass(formula)


def plated_lithium(facts: Facts) -> Iterator[Outcome]:
    """T = Q M/(F rho): 4.85 um of lithium per mAh/cm2."""
    per_charge = molar_mass("Li") / (FARADAY * 534.0)
    for of, found in by_subject(facts.named("plated_thickness")).items():
        charges = Pool(facts.get("areal_capacity", of))
        for fact in found:
            beside = charges.beside(fact)
            apart = [charge for charge in beside if not _plates(charge, fact, per_charge)]
            if apart and len(apart) == len(beside):
                charge = min(apart, key=lambda one, fact=fact: (one.value * per_charge).factor(fact.value))  # type: ignore[misc]
                yield says(
                    "plated_lithium",
                    [fact, charge],
                    shown_interval(charge.value * per_charge, "um", 1e-6),
                    fact.text,
                    "this charge plates another thickness of dense lithium",
                    "contradiction",
                    "porous lithium, or another charge",
                )


def _plates(charge: Fact, fact: Fact, per_charge: float) -> bool:
    computed = charge.value * per_charge
    if "-" in fact.text.lstrip("-") and "-" in charge.text.lstrip("-") and not fact.bound and not charge.bound:
        # two ranges belong together end by end
        return all(
            (Interval(one, one)).meets(Interval(0.9 * other, 1.1 * other), 0.02)
            for one, other in ((computed.low, fact.value.low), (computed.high, fact.value.high))
        )
    return computed.meets(fact.value, 0.02)


def volume_change(facts: Facts) -> Iterator[Outcome]:
    """dV/V = (M2/rho2)/(M1/rho1) - 1 per atom of what both hold."""
    for fact in facts.named("volume_change"):
        before, arrow, after = (part.strip() for part in fact.of.partition("->"))
        if not arrow:
            continue
        densities = [facts.get("density", name) for name in (before, after)]
        if not all(densities):
            yield lacks(
                "volume_change",
                [fact],
                [f"density of {name}" for name, found in zip((before, after), densities, strict=True) if not found],
                "volumes need both densities",
            )
            continue
        try:
            first, second = parse_formula(before), parse_formula(after)
        except InputError:
            continue
        shared = next((element for element in first if element != "Li" and element in second), None)
        if shared is None:
            continue
        masses = [molar_mass(name) / one[shared] for name, one in zip((before, after), (first, second), strict=True)]
        yield from _volumes(fact, densities, masses[1] / masses[0])


def _volumes(fact: Fact, densities: list[list[Fact]], masses: float) -> Iterator[Outcome]:
    return equation(
        "volume_change",
        [fact],
        lambda _: densities,
        lambda one, other: one / other * masses - 1.0,
        "the densities give another change of volume",
        unit="%",
        scale=0.01,
        slack=0.01,
    )


def coating_from_mass(facts: Facts) -> Iterator[Outcome]:
    """T = w rho_p d/(6 rho_c) for a thin even shell on spheres."""
    return equation(
        "coating_from_mass",
        facts.named("coating_thickness"),
        lambda of: [
            facts.get("coating_mass_fraction", of),
            facts.get("particle_diameter", of),
            facts.get("density", f"{of} core"),
            facts.get("density", f"{of} coating"),
        ],
        lambda share, diameter, inner, outer: share * inner * diameter / (outer * 6.0),
        "the mass of the coating spread over the particles gives another thickness",
        unit="nm",
        scale=1e-9,
        says_from=2.0,
        doubtful_below=math.inf,
        reconcile="a part of it stands beside the particles",
    )


def specific_surface(facts: Facts) -> Iterator[Outcome]:
    """S = 6/(rho d) for spheres; measured surfaces are larger, never smaller."""
    for of, surfaces in by_subject(facts.named("specific_surface")).items():
        diameters, densities = facts.get("particle_diameter", of), facts.get("density", of)
        if not (diameters and densities):
            continue
        diameter, density = most(diameters), most(densities)
        smooth = exact(6.0) / (density.value * diameter.value)
        surface = least(surfaces)
        if surface.value.high < 0.8 * smooth.low:
            yield from differs(
                "specific_surface",
                [surface, diameter, density],
                smooth,
                surface.value,
                "spheres of this size have more surface",
                unit="m2/g",
                scale=1e3,
                severity="doubtful",
            )
