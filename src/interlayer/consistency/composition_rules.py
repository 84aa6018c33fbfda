"""Rules about formulas, densities and volumes."""

from collections.abc import Iterator
from typing import Final

from interlayer.composition import molar_mass, parse_formula
from interlayer.consistency.facts import Fact, Facts
from interlayer.consistency.interval import Interval
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
    for of in facts.subjects():
        whole = facts.get("theoretical_density", of)
        for fact in facts.get("relative_density", of):
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
            for density in facts.get("density", of):
                if not whole:
                    yield lacks(
                        "relative_density", [fact, density], ["theoretical_density"], "their ratio is the check"
                    )
                    continue
                yield from differs(
                    "relative_density",
                    [fact, density, whole[0]],
                    density.value / whole[0].value,
                    fact.value,
                    "density over theoretical density is another one",
                    unit="%",
                    scale=0.01,
                    slack=0.01,
                )


def theoretical_capacity(facts: Facts) -> Iterator[Outcome]:
    """No measured capacity exceeds the theoretical one."""
    for bound in facts.named("theoretical_capacity"):
        for name in ("specific_capacity", "first_discharge_capacity"):
            for fact in facts.get(name, bound.of):
                if fact.value.low > bound.value.high:
                    yield from differs(
                        "theoretical_capacity",
                        [fact, bound],
                        bound.value,
                        fact.value,
                        "more than the theoretical capacity was measured",
                        unit="mAh/g",
                        scale=3600.0,
                        reconcile="another theoretical capacity, or capacity of the additives",
                    )


def plated_lithium(facts: Facts) -> Iterator[Outcome]:
    """T = Q M/(F rho): 4.85 um of lithium per mAh/cm2."""
    per_charge = molar_mass("Li") / (FARADAY * 534.0)
    for fact in facts.named("plated_thickness"):
        for charge in facts.get("areal_capacity", fact.of):
            computed = charge.value * per_charge
            ends = [(computed, fact.value)]
            if "-" in fact.text.lstrip("-") and "-" in charge.text.lstrip("-"):
                # two ranges belong together end by end
                ends = [
                    (Interval(one, one), Interval(0.9 * other, 1.1 * other))
                    for one, other in ((computed.low, fact.value.low), (computed.high, fact.value.high))
                ]
            if not all(one.meets(other, 0.02) for one, other in ends):
                yield says(
                    "plated_lithium",
                    [fact, charge],
                    shown_interval(computed, "um", 1e-6),
                    fact.text,
                    "this charge plates another thickness of dense lithium",
                    "contradiction",
                    "porous lithium, or another charge",
                )


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
        volumes = [
            Interval(1.0, 1.0) * (molar_mass(name) / amounts[shared]) / found[0].value
            for name, amounts, found in zip((before, after), (first, second), densities, strict=True)
        ]
        yield from differs(
            "volume_change",
            [fact, densities[0][0], densities[1][0]],
            volumes[1] / volumes[0] - 1.0,
            fact.value,
            "the densities give another change of volume",
            unit="%",
            scale=0.01,
            slack=0.01,
        )


def coating_from_mass(facts: Facts) -> Iterator[Outcome]:
    """T = w rho_p d/(6 rho_c) for a thin even shell on spheres."""
    for share in facts.named("coating_mass_fraction"):
        diameters, coats = facts.get("particle_diameter", share.of), facts.get("coating_thickness", share.of)
        inner, outer = facts.get("density", f"{share.of} core"), facts.get("density", f"{share.of} coating")
        if diameters and coats and inner and outer:
            thickness = share.value * inner[0].value * diameters[0].value / (outer[0].value * 6.0)
            factor = thickness.factor(coats[0].value)
            if factor > 2.0 and not thickness.meets(coats[0].value):
                yield from differs(
                    "coating_from_mass",
                    [share, diameters[0], coats[0]],
                    thickness,
                    coats[0].value,
                    "the mass of the coating spread over the particles gives another thickness",
                    unit="nm",
                    scale=1e-9,
                    severity="doubtful",
                    reconcile="a part of it stands beside the particles",
                )


def specific_surface(facts: Facts) -> Iterator[Outcome]:
    """S = 6/(rho d) for spheres; measured surfaces are larger, never smaller."""
    for surface in facts.named("specific_surface"):
        for diameter in facts.get("particle_diameter", surface.of):
            for density in facts.get("density", surface.of):
                smooth = Interval(6.0, 6.0) / (density.value * diameter.value)
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
