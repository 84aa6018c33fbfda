"""Wu et al. 2016, section 4: what reacts with cathodes, with lithium and with air, from phase equilibria at 0 K."""

from collections.abc import Mapping
from typing import Final

from interlayer.composition import parse_formula
from interlayer.literature.basis import Basis
from interlayer.literature.computation import Answer, Computation, only, reported
from interlayer.thermo import Exposure, Reaction, Window, exposure, react, window

CHARGED: Final = "Li0.5CoO2"
"""LiCoO2 at the end of its usual charge; the state of charge is not stated."""
LATP: Final = "Li1.3Al0.3Ti1.7(PO4)3"
LAGP: Final = "Li1.5Al0.5Ge1.5(PO4)3"
LLTO: Final = "Li0.33La0.56TiO3"
"""The perovskite of the grain boundaries (S1-82), with x near 0.11."""
ELECTROLYTES: Final = ("LLZO", LATP, LAGP, LLTO, "LiPON", "LGPS", "Li3PS4", "Li7P3S11", "Li3ClO")
"""The solid electrolytes that the paper names and that have a formula."""
SULFIDES: Final = ("LGPS", "Li3PS4", "Li7P3S11")
PHOSPHATES: Final = (LATP, LAGP)
_NAMES: Final = {LATP: "LATP", LAGP: "LAGP", LLTO: "LLTO"}
_NO_REACTION: Final = 1e-3
"""eV per atom below which two phases count as stable in contact."""


def energy(a: str, b: str) -> float:
    """Return the energy of the most favourable reaction of two materials in eV per atom; 0 where none is."""
    return react(a, b).reaction_energy_eV_per_atom


def stays(a: str, b: str) -> bool:
    """Return whether two materials are as good as stable in contact."""
    return energy(a, b) > -_NO_REACTION


def with_element(products: Mapping[str, float], element: str) -> list[str]:
    """Return the products that hold an element."""
    return [name for name in products if element in parse_formula(name)]


def at_lithium(found: Window) -> Mapping[str, float]:
    """Return what an electrolyte becomes in contact with as much lithium as it takes, at 0 V."""
    return found.profile[0].products


def crossed(reaction: Reaction) -> bool:
    """Return whether a reaction binds cobalt to sulfur and phosphorus to oxygen: elements of both sides have changed.

    A sign of the direction of diffusion only; profiles need diffusivities.
    """
    cobalt = any("S" in parse_formula(name) and "O" not in parse_formula(name) for name in _of(reaction, "Co"))
    return cobalt and any("O" in parse_formula(name) for name in _of(reaction, "P"))


def _of(reaction: Reaction, element: str) -> list[str]:
    return with_element(reaction.products, element)


def _short(name: str) -> str:
    return _NAMES.get(name, name)


def _meV(value: float) -> str:
    return f"{1e3 * value:.0f} meV/atom"


def _spinel(_: Basis) -> Answer:
    contact, buffer = react("LiCoO2", LATP), react("Co3O4", "NbO2")
    direct = react("LiCoO2", "NbO2").products
    oxide, back = "Co3O4" in contact.products, {"LiNbO3", "LiCoO2"} <= set(buffer.products)
    return Answer(
        oxide and back,
        f"Co3O4 {'is' if oxide else 'is not'} among the equilibrium products of LiCoO2 and LATP "
        f"({_meV(contact.reaction_energy_eV_per_atom)}). But Co3O4 and NbO2 give {' and '.join(buffer.products)}: "
        "turning them into LiNbO3 and LiCoO2 needs lithium and more oxygen than both hold. NbO2 on LiCoO2 "
        f"{'forms LiNbO3' if 'LiNbO3' in direct else 'forms none, either'}.",
    )


def _interdiffusion(_: Basis) -> Answer:
    fresh, charged = react("LiCoO2", "Li3PS4"), react(CHARGED, "Li3PS4")
    return Answer(
        crossed(charged),
        f"Equilibrium products of {CHARGED} and Li3PS4 ({_meV(charged.reaction_energy_eV_per_atom)}; uncharged "
        f"{_meV(fresh.reaction_energy_eV_per_atom)}) are {', '.join(charged.products)}: cobalt goes to sulfur, "
        "phosphorus to oxygen. How far they diffuse needs diffusivities, which are not stated.",
    )


def _coated(coating: str, electrolyte: str) -> tuple[float, float, float]:
    """Return the energies in eV/atom of the bare contact, and of cathode and electrolyte with the coating."""
    return energy(CHARGED, electrolyte), energy(CHARGED, coating), energy(coating, electrolyte)


def _silicate(_: Basis) -> Answer:
    bare, cathode, electrolyte = _coated("Li2SiO3", "Li3PS4")
    return Answer(
        min(cathode, electrolyte) > 0.5 * bare,
        f"Driving forces: {_meV(bare)} for {CHARGED} on Li3PS4, {_meV(cathode)} on Li2SiO3 and {_meV(electrolyte)} for "
        "Li2SiO3 on Li3PS4. With a dense coating cobalt has no partner left. What diffuses through it is not "
        "computed.",
    )


def _niobate(_: Basis) -> Answer:
    bare, cathode, electrolyte = _coated("LiNbO3", "Li7P3S11")
    products = react("LiNbO3", "Li7P3S11").products
    return Answer(
        stays(CHARGED, "LiNbO3") and stays("LiNbO3", "Li7P3S11"),
        f"Only half of it: {CHARGED} and LiNbO3 are stable together ({_meV(cathode)}), so cobalt stays, but LiNbO3 and "
        f"Li7P3S11 still react ({_meV(electrolyte)}, bare {_meV(bare)}) to {', '.join(products)}. That none was seen "
        "must be slow kinetics or a layer below the microscope's resolution.",
    )


def _cobaltate(_: Basis) -> Answer:
    fresh, charged = react("LiCoO2", "LLZO"), react(CHARGED, "LLZO")
    return Answer(
        None,
        f"LiCoO2 and LLZO are nearly stable together ({_meV(fresh.reaction_energy_eV_per_atom)}); charged, {CHARGED} "
        f"reacts with {_meV(charged.reaction_energy_eV_per_atom)} to {', '.join(charged.products)}. Missing: La2CoO4 "
        "is not in the phase table, and the layer formed at a deposition temperature, which 0 K does not know.",
    )


def _carbonate(_: Basis) -> Answer:
    found: Exposure = exposure("LLZO")
    together = found.together
    carbon = next(one for one in found.thresholds if one.gas == "CO2")
    return Answer(
        "Li2CO3" in together.products and together.reaction_free_energy_eV_per_atom < 0.0,
        f"In humid air at 25 degC LLZO becomes {', '.join(together.products)} with "
        f"{_meV(together.reaction_free_energy_eV_per_atom)}; CO2 is taken up down to {carbon.takes_up_above_Pa:.0e} "
        f"Pa, air holds {carbon.pressure_Pa:.0f}. The resistance of the layer needs its thickness and conductivity.",
    )


def _unstable(basis: Basis) -> Answer:
    potential = basis.number("S1-22")
    windows = {name: window(name) for name in ELECTROLYTES}
    reduced = [name for name, one in windows.items() if one.reduction_V > _NO_REACTION]
    oxidised = [name for name, one in windows.items() if one.oxidation_V is not None and one.oxidation_V < potential]
    half, count = len(ELECTROLYTES) / 2.0, len(ELECTROLYTES)
    holding = [_short(name) for name in ELECTROLYTES if name not in oxidised]
    return Answer(
        len(reduced) > half and len(oxidised) > half,
        f"Windows from phase equilibria: {len(reduced)} of {count} electrolytes are reduced by lithium, "
        f"{len(oxidised)} give off lithium below the {potential:g} V of S1-22 ({', '.join(holding) or 'none'} not). "
        f"LLZO is reduced only below {windows['LLZO'].reduction_V:.2f} V.",
    )


def _thiophosphate(_: Basis) -> Answer:
    products = at_lithium(window("Li3PS4"))
    oxides = with_element(products, "O")
    return Answer(
        ", ".join(products),
        f"Li3PS4 + 8 Li -> Li3P + 4 Li2S: equilibrium at 0 V gives {', '.join(products)} and "
        f"{'also ' + ', '.join(oxides) if oxides else 'no Li2O'}. The paper also lists Li2O, for which an oxygen-free "
        "thiophosphate holds no oxygen; it must come from impurities.",
        None if oxides else "inconsistent",
    )


def _conducting(_: Basis) -> Answer:
    alloys = {name: with_element(at_lithium(window(name)), "Ge") for name in ("LGPS", LAGP)}
    titanium = {name: with_element(at_lithium(window(name)), "Ti") for name in (LATP, LLTO)}
    short = [one for one in _of(react(LATP, "Li"), "Ti") if {"Li", "O"} <= set(parse_formula(one))]
    return Answer(
        all("Li" in parse_formula(one) for found in alloys.values() for one in found)
        and all(alloys.values())
        and all({"Li", "O"} <= set(parse_formula(one)) for found in titanium.values() for one in found),
        f"Phase equilibria with lithium: germanium ends as {', '.join(alloys['LGPS'])} (LGPS) and "
        f"{', '.join(alloys[LAGP])} (LAGP), titanium as {', '.join(titanium[LATP])} (LATP) and "
        f"{', '.join(titanium[LLTO])} (LLTO), metals and a suboxide, which conduct as well. A titanate, "
        f"{', '.join(short) or 'none'}, stands only where lithium is short, with Ti4+ that insulates.",
    )


def _with_lithium(_: Basis) -> Answer:
    found, contact = window(LATP), react(LATP, "Li")
    return Answer(
        found.reduction_V > 0.0,
        f"LATP is reduced below {found.reduction_V:.2f} V and releases {_meV(-contact.reaction_energy_eV_per_atom)} "
        f"with lithium, to {', '.join(contact.products)}.",
    )


def _garnet(_: Basis) -> Answer:
    garnet = window("LLZO")
    others = {name: window(name).reduction_V for name in (*PHOSPHATES, *SULFIDES)}
    return Answer(
        all(garnet.reduction_V < one for one in others.values())
        and all(energy("LLZO", "Li") > energy(name, "Li") for name in others),
        f"LLZO is reduced below {garnet.reduction_V:.2f} V only and releases {_meV(-energy('LLZO', 'Li'))} with "
        "lithium; "
        + ", ".join(f"{_short(name)} {one:.2f} V, {-1e3 * energy(name, 'Li'):.0f}" for name, one in others.items())
        + ".",
    )


def _sulfide(_: Basis) -> Answer:
    products = at_lithium(window("LGPS"))
    germanium = with_element(products, "Ge")
    return Answer(
        {"Li3P", "Li2S"} <= set(products) and all("Li" in parse_formula(one) for one in germanium) and bool(germanium),
        "Equilibrium of LGPS with lithium at 0 V: "
        + ", ".join(f"{amount:g} {one}" for one, amount in products.items())
        + " per formula unit.",
    )


def _corroded(_: Basis) -> Answer:
    base, salt = react(LATP, "LiOH"), react("LiTi2(PO4)3", "LiCl")
    return Answer(
        base.reaction_energy_eV_per_atom < -_NO_REACTION and salt.reaction_energy_eV_per_atom > -_NO_REACTION,
        f"As dry phases: LATP and LiOH react ({_meV(base.reaction_energy_eV_per_atom)}) to {', '.join(base.products)}; "
        f"LiTi2(PO4)3 and LiCl do not ({_meV(abs(salt.reaction_energy_eV_per_atom))}). Solubility and the 10 hours are "
        "not computed.",
    )


COMPUTATIONS: Final[tuple[Computation, ...]] = (
    reported(
        ("S1-82",),
        "The structure and chemistry of a grain boundary are seen by electron microscopy (STEM, EELS); the phase "
        "table knows bulk phases only. Missing: an atomistic model of the boundary or the measured resistance of one.",
    ),
    only("S1-83", "predicted", _spinel),
    only("S1-94", "predicted", _interdiffusion),
    only("S1-95", "predicted", _silicate),
    only("S1-96", "reported", _cobaltate),
    only("S1-97", "predicted", _niobate),
    only("S1-98", "predicted", _carbonate),
    only("S1-99", "predicted", _unstable),
    only("S1-100", "predicted", _thiophosphate),
    only("S1-101", "predicted", _conducting),
    only("S1-124", "predicted", _corroded),
    only("S1-125", "predicted", _with_lithium),
    only("S1-128", "predicted", _garnet),
    only("S1-129", "predicted", _sulfide),
)
