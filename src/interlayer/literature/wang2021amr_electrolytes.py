"""What 004 says of electrolytes: windows from phase equilibria, conductivities beside those found elsewhere."""

from typing import Final

from interlayer.composition import parse_formula
from interlayer.constants import FARADAY, ROOM_TEMPERATURE
from interlayer.literature.basis import Basis
from interlayer.literature.computation import Answer, Computation, inconsistent, only
from interlayer.materials import library
from interlayer.thermo import Window, react, window

LATP: Final = "Li1.4Al0.4Ti1.6(PO4)3"
"""LATP as the paper writes it."""
LAGP: Final = "Li1.5Al0.5Ge1.5(PO4)3"
SULFIDES: Final = ("LGPS", "Li3PS4", "Li6PS5Cl")
OXIDES: Final = ("LLZO", LATP, LAGP)
HALIDES: Final = ("Li3InCl6", "Li3YBr6")
_OWN: Final = "wang2021amr"

# LiBH4 is in no table of calculated phases here; these are of chase1998, at 298.15 K
_LIBH4_ENTHALPY_KJ: Final = -190.46
"""Enthalpy of formation of LiBH4, kJ/mol."""
_ENTROPIES: Final = {"LiBH4": 75.81, "Li": 29.08, "B": 5.83, "H2": 130.68}
"""Standard entropies, J/(mol K)."""


def borohydride_oxidation_V() -> float:
    """Return the potential against Li above which LiBH4 -> Li + B + 2 H2 runs at 25 degC and 1 bar: -dGf / F."""
    entropy = _ENTROPIES["LiBH4"] - _ENTROPIES["Li"] - _ENTROPIES["B"] - 2.0 * _ENTROPIES["H2"]
    free_energy = _LIBH4_ENTHALPY_KJ * 1e3 - ROOM_TEMPERATURE * entropy
    return -free_energy / FARADAY


def width(found: Window) -> float:
    """Return the width of a window in V; infinite where nothing is oxidised."""
    return float("inf") if found.oxidation_V is None else found.oxidation_V - found.reduction_V


def reduced(found: Window, element: str) -> str:
    """Return the product at 0 V that holds the element without oxygen, or nothing: the element has lost its charge."""
    for product in found.profile[0].products:
        atoms = parse_formula(product)
        if element in atoms and "O" not in atoms:
            return product
    return ""


def foreign_conductivities(name: str) -> tuple[float, ...]:
    """Return the conductivities in S/cm that the library holds of a material from other sources than 004."""
    return tuple(datum.si * 1e-2 for datum in library()[name].conductivity if _foreign(datum.source))


def _foreign(source: str | None) -> bool:
    return source is not None and not source.startswith(_OWN)


def _phosphates(_: Basis) -> Answer:
    latp, lagp = window(LATP), window(LAGP)
    titanium, germanium = reduced(latp, "Ti"), reduced(lagp, "Ge")
    return Answer(
        bool(titanium and germanium and latp.reduction_V > 0.0 and lagp.reduction_V > 0.0),
        f"Phase equilibria: reduced below {latp.reduction_V:.2f} V (LATP) and {lagp.reduction_V:.2f} V (LAGP); against "
        f"lithium titanium ends as {titanium}, germanium as {germanium}. In LATP phosphorus is the first to be "
        "reduced, not titanium.",
    )


def _garnet(_: Basis) -> Answer:
    garnet, others = window("LLZO"), [window(LATP), window(LAGP)]
    return Answer(
        all(garnet.reduction_V < one.reduction_V and width(garnet) > width(one) for one in others),
        f"Phase equilibria: LLZO from {garnet.reduction_V:.2f} V, {width(garnet):.2f} V wide; LATP from "
        f"{others[0].reduction_V:.2f} V, {width(others[0]):.2f} V wide; LAGP from {others[1].reduction_V:.2f} V, "
        f"{width(others[1]):.2f} V wide.",
    )


def _borohydride(basis: Basis) -> Answer:
    limit, cathode = borohydride_oxidation_V(), basis.number("S4-13")
    return Answer(
        limit < cathode,
        f"LiBH4 -> Li + B + 2 H2 needs only {limit:.2f} V against Li, from measured enthalpy and entropies "
        f"(NIST-JANAF), against the {cathode:g} V of oxide cathodes (S4-13). The phase table has no LiBH4; slow "
        "kinetics widens what is measured.",
    )


def _sulfides(_: Basis) -> Answer:
    sulfides = {name: width(window(name)) for name in SULFIDES}
    others = {name: width(window(name)) for name in (*OXIDES, *HALIDES)}
    return Answer(
        max(sulfides.values()) < min(others.values()),
        f"Widths from phase equilibria in V: {_listed(sulfides)}; every oxide and halide asked is wider: "
        f"{_listed(others)}.",
    )


def _listed(widths: dict[str, float]) -> str:
    names = {LATP: "LATP", LAGP: "LAGP"}
    return ", ".join(f"{names.get(name, name)} {value:.2f}" for name, value in widths.items())


def _carbon(basis: Basis) -> Answer:
    found, cathode = window("LGPS"), basis.number("S4-13")
    direct = react("C", "LGPS").reaction_energy_eV_per_atom
    oxidation = found.oxidation_V or float("inf")
    return Answer(
        None,
        "Missing: how much surface the carbon offers. Carbon and LGPS do not react with each other "
        f"({abs(direct) * 1e3:.0f} meV/atom). But carbon brings the cathode's potential, {cathode:g} V (S4-13), to the "
        f"sulfide, which is oxidised above {oxidation:.2f} V. How much decomposes depends on the carbon's surface.",
    )


def _self_generated(_: Basis) -> Answer:
    products = {name for step in window("P4S34").profile for name in step.products}
    above = window("Li4P2S6").energy_above_hull_eV_per_atom or 0.0
    return Answer(
        "Li3PS4" in products and "Li4P2S6" in products,
        f"Equilibrium of P4S34 with lithium: Li3PS4 forms {'' if 'Li3PS4' in products else 'nowhere '}at 1.7-2.4 V, as "
        f"stated, but Li4P2S6 at no voltage: it is tabulated {above * 1e3:.0f} meV/atom above the hull. It can only "
        "come from kinetics, or its ordered entry stands badly for the disordered phase.",
    )


def _sulfide_conductivity(basis: Basis) -> Answer:
    value = basis.number("S0-03") * 1e-3
    return Answer(
        value, f"Li10GeP2S12 in 000 (S0-03): {value:.2g} S/cm; cold-pressed it is {basis.number('S0-29'):g} mS/cm."
    )


def _oxide_conductivity(basis: Basis) -> Answer:
    found = {"LLZO (S1-06)": basis.number("S1-06"), "LATP (S1-09)": basis.number("S1-09")}
    value = min(found.values())
    return Answer(
        value,
        f"The lowest of {', '.join(f'{name} {one:.2g}' for name, one in found.items())} S/cm, as 001 states them. The "
        f"LLTO film of 003 has {basis.number('S3-15'):.2g} S/cm (S3-15), far less.",
    )


def _lipon_conductivity(basis: Basis) -> Answer:
    value = basis.number("S1-11")
    return Answer(
        value, f"001 states {value:.1g} S/cm (S1-11) for the same film electrolyte; 004 seems to give the order only."
    )


def _halide_conductivity(_: Basis) -> Answer:
    names = ("Li3InCl6", "Li3ScCl6", "Li3YBr6")
    found = {name: min(foreign_conductivities(name)) for name in names}
    return Answer(
        min(found.values()),
        "The lowest that original papers report: "
        + ", ".join(f"{name} {1e3 * one:.2f} mS/cm" for name, one in found.items())
        + ".",
    )


def _lic_conductivity(_: Basis) -> Answer:
    value = min(foreign_conductivities("Li3InCl6")) * 1e3
    return Answer(value, f"The lower of the two values in original papers on Li3InCl6: {value:.2f} mS/cm.")


def _borohydride_conductivity(_: Basis) -> Answer:
    value = min(foreign_conductivities("Li(CB9H10)0.7(CB11H12)0.3"))
    return Answer(
        value,
        f"The mixed closo-carborate of the reference cited reaches {value * 1e3:.1f} mS/cm; pure LiBH4 only above its "
        "transition at 117 degC.",
    )


def _sulfur_conductivity(basis: Basis) -> Answer:
    other = basis.numbers("S4-37")[1]
    return Answer(
        other,
        f"Section 3.2 of the same paper gives {other:.0e} S/cm for sulfur at room temperature (S4-37), many orders of "
        "magnitude lower. Both say insulator, no more.",
    )


def _selenium_and_sulfur(basis: Basis) -> Answer:
    other = basis.number("S4-21")
    return Answer(
        f"{other:.1e} S/cm for S",
        f"For sulfur, section 3 of the same paper gives {other:.1e} S/cm (S4-21), some twelve orders of magnitude "
        "above the exponent of -28 here. That selenium conducts far better holds with both.",
    )


def _sulfur_density(basis: Basis) -> Answer:
    value = basis.numbers("S1-118")[0]
    return Answer(value, f"001 uses {value:g} g/cm3 (S1-118).")


def _lithium_sulfide(basis: Basis) -> Answer:
    conductivity, density = basis.number("S1-110"), basis.numbers("S1-118")[1]
    return Answer(
        (conductivity, density), f"001 states {conductivity:.0e} S/cm (S1-110) and {density:g} g/cm3 (S1-118)."
    )


COMPUTATIONS: Final[tuple[Computation, ...]] = (
    only("S4-01", "exact", _sulfide_conductivity),
    only("S4-03", "exact", _oxide_conductivity),
    only("S4-04", "exact", _lipon_conductivity),
    only("S4-05", "exact", _halide_conductivity),
    only("S4-06", "exact", _borohydride_conductivity),
    only("S4-08", "predicted", _phosphates),
    only("S4-09", "predicted", _garnet),
    only("S4-10", "predicted", _borohydride),
    only("S4-11", "predicted", _sulfides),
    only("S4-15", "predicted", _carbon),
    inconsistent("S4-21", "exact", _sulfur_conductivity),
    only("S4-22", "exact", _sulfur_density),
    only("S4-23", "exact", _lithium_sulfide),
    only("S4-27", "exact", _lic_conductivity),
    only("S4-36", "predicted", _self_generated),
    inconsistent("S4-37", "exact", _selenium_and_sulfur),
)
