"""Wang et al. 2021, what reacts: cathode, coating and electrolyte in contact, and the electrolyte at the voltage."""

from collections.abc import Mapping
from typing import Any, Final

from interlayer.composition import parse_formula
from interlayer.constants import BOLTZMANN, ELEMENTARY_CHARGE, ROOM_TEMPERATURE
from interlayer.literature.basis import Basis
from interlayer.literature.computation import Answer, Computation, only, reported
from interlayer.literature.wang2021_design import CATHODE, COATING, ELECTROLYTE
from interlayer.thermo import CoatedInterface, Window, coated_interface, react, window

ROCK_SALTS: Final = ("MnO", "NiO", "CoO")
_CHARGES: Final = {"Li": 1, "Ni": 2, "Nb": 5, "Ta": 5, "Ge": 4, "O": -2, "S": -2}
"""Formal charges beside which manganese takes what neutrality leaves; Ni2+ as in the products with Mn4+."""
_DELITHIATED: Final = "Li{x:.6f}Ni0.5Mn0.3Co0.2O2"
_AIR: Final = {"O2": 0.21e5}
"""Partial pressure of oxygen in air, Pa."""
_ACCURACY: Final = 1e-4


def interface(basis: Basis) -> CoatedInterface:
    """Return cathode, coating and electrolyte in contact and at the upper limit of S2-34."""
    upper = basis.numbers("S2-34")[1]
    found: CoatedInterface = basis.once(
        ("wang2021 interface", upper), lambda _: coated_interface(CATHODE, COATING, ELECTROLYTE, voltages=[upper])
    )
    return found


def electrolyte_window(basis: Basis, convention: str = "mp_legacy") -> Window:
    """Return the electrochemical window of the electrolyte."""
    found: Window = basis.once(("wang2021 window", convention), lambda _: window(ELECTROLYTE, convention=convention))
    return found


def manganese_charge(products: Mapping[str, float]) -> float | None:
    """Return the mean oxidation state of manganese in oxides and sulfides by neutrality; None without manganese."""
    total = atoms_of_manganese = 0.0
    for formula, amount in products.items():
        atoms = parse_formula(formula)
        if "Mn" not in atoms:
            continue
        total -= amount * sum(_CHARGES[element] * count for element, count in atoms.items() if element != "Mn")
        atoms_of_manganese += amount * atoms["Mn"]
    return total / atoms_of_manganese if atoms_of_manganese else None


def oxygen_onset(formula: str, **atmosphere: Any) -> float:
    """Return the delithiation in percent beyond which O2 is among the equilibrium products, by bisection.

    `formula` has a place ``{x}`` for the lithium that is left; at 0 K, or in an `atmosphere` (temperature and gases as
    `window` takes them).
    """
    with_oxygen, without = 0.0, 1.0
    while without - with_oxygen > _ACCURACY:
        middle = 0.5 * (with_oxygen + without)
        if "O2" in window(formula.format(x=middle), **atmosphere).equilibrium:
            with_oxygen = middle
        else:
            without = middle
    return 100.0 * (1.0 - without)


def _bare_contact(_basis: Basis) -> Answer:
    found = react(CATHODE, ELECTROLYTE)
    return Answer(
        found.reaction_energy_eV_per_atom,
        "Lowest mixture of NMC532 and LGPS on the hull of tabulated phase energies at 0 K, "
        f"{found.mixing_fraction:.2f} cathode: {found.reaction_energy_kJ_per_mol_atoms:.0f} kJ per mol of atoms; "
        "sulfate, phosphate, Li2S and sulfides of the metals form.",
    )


def _coating_contact(basis: Basis) -> Answer:
    found = react(COATING, ELECTROLYTE)
    then = react(COATING, ELECTROLYTE, convention="s_element_2015").reaction_energy_eV_per_atom
    energy = found.reaction_energy_eV_per_atom
    return Answer(
        energy,
        f"Lowest mixture of LNTO and LGPS, as for S2-06, of which it is {energy / basis.number('S2-06'):.0%}; with the "
        f"sulfur energy of early tables {then:.3f}. Negligible only beside S2-06: it is "
        f"{-energy * ELEMENTARY_CHARGE / (BOLTZMANN * ROOM_TEMPERATURE):.1f} kT per atom, a driving force.",
    )


def _window(basis: Basis) -> Answer:
    found, early = electrolyte_window(basis), electrolyte_window(basis, "s_element_2015")
    return Answer(
        (found.reduction_V, found.oxidation_V or float("nan")),
        f"From {found.reduction_V:.2f} to {found.oxidation_V:.2f} V: where LGPS neither takes up nor gives off lithium "
        "at 0 K. With the sulfur energy of the tables of 2015, which the work cited by the paper used, it ends at "
        f"{early.oxidation_V:.2f} V.",
    )


def _electrochemical(basis: Basis) -> Answer:
    found = interface(basis)
    at = found.electrolyte_window.at_voltage[0]
    share = at.chalcogen_species["S"].element_or_polysulfide
    return Answer(
        share > 0.0,
        f"At {at.voltage_V:g} V (S2-34) LGPS itself becomes {at.reaction.split(' -> ')[-1]}: {share:.0%} of its sulfur "
        "element or polysulfide, wherever electrons reach it, coated or not. Measured: S2-32 over S2-31 is "
        f"{basis.number('S2-32') / basis.number('S2-31'):.2f}, as shares.",
    )


def _oxygen_shares(found: CoatedInterface) -> tuple[Mapping[str, float], Mapping[str, float]]:
    """Return what share of the electrolyte's elements ends up with oxygen, at the bare and at the coated cathode."""
    bare = next(one for one in found.before if one.pair == "cathode | electrolyte")
    coated = next(one for one in found.after if one.pair == "coating | electrolyte")
    return bare.bound_to_oxygen, coated.bound_to_oxygen


def _weaker(found: CoatedInterface) -> float:
    bare = next(one for one in found.before if one.pair == "cathode | electrolyte")
    coated = next(one for one in found.after if one.pair == "coating | electrolyte")
    return bare.closed.reaction_energy_eV_per_atom / coated.closed.reaction_energy_eV_per_atom


def _oxygenated(basis: Basis) -> Answer:
    found = interface(basis)
    bare, coated = _oxygen_shares(found)
    left = basis.number("S2-30") / basis.number("S2-29")
    return Answer(
        all(coated.get(element, 0.0) < bare.get(element, 0.0) for element in ("S", "P")),
        f"For sulfur yes: {bare.get('S', 0.0):.0%} bound to oxygen at bare NMC532, {coated.get('S', 0.0):.0%} at LNTO. "
        f"For phosphorus no: {bare.get('P', 0.0):.0%} and {coated.get('P', 0.0):.0%}, as LNTO gives it oxygen, too, "
        f"with {_weaker(found):.1f} times less energy. Measured, {left:.0%} of the sulfite and sulfate stay (S2-29, "
        "S2-30): halved, not prevented.",
    )


def _phosphate(basis: Basis) -> Answer:
    found = interface(basis)
    bare, _ = _oxygen_shares(found)
    return Answer(
        None,
        f"Missing: how fast each contact reacts. At equilibrium {bare.get('P', 0.0):.0%} of the phosphorus at bare "
        f"NMC532 ends as Li3PO4; behind LNTO phosphate can form as well, but with {_weaker(found):.1f} times less "
        "energy per atom. How much weaker the line is needs the P 2p spectra, which are not published.",
    )


def _manganese(basis: Basis) -> Answer:
    found = interface(basis)
    contacts = {one.pair: one.closed for one in (*found.before, *found.after)}
    bare = manganese_charge(contacts["cathode | electrolyte"].products)
    coated = manganese_charge(contacts["cathode | coating"].products)
    if bare is None or coated is None:
        return Answer(None, "The products of one of the contacts hold no manganese whose charge neutrality could give.")
    return Answer(
        bare < 4.0 - 1e-6 and coated > bare,
        f"Charges in the equilibrium products: manganese falls from +4 to {bare:+.1f} at bare NMC532 against LGPS "
        f"({', '.join(name for name in contacts['cathode | electrolyte'].products if 'Mn' in parse_formula(name))}) "
        f"and stays at {coated:+.1f} against LNTO. How much of the surface reacts in 100 cycles is not computed.",
    )


def _rock_salt(basis: Basis) -> Answer:
    found = interface(basis)
    bare = next(one.closed for one in found.before if one.pair == "cathode | electrolyte")
    coated = next(one.closed for one in found.after if one.pair == "cathode | coating")
    seen = [name for name in ROCK_SALTS if name in bare.products]
    return Answer(
        bool(seen),
        f"Rock salt ({', '.join(seen) or 'none'}) is among the equilibrium products of NMC532 and LGPS. That it takes "
        "100 cycles, and its thickness, is kinetics and not computed. Against LNTO the driving force is "
        f"{1e3 * coated.reaction_energy_eV_per_atom:.0f} meV/atom only.",
    )


def _onset(basis: Basis) -> Answer:
    onsets: tuple[float, float] = basis.once(
        ("wang2021 oxygen onset",),
        lambda _: (oxygen_onset(_DELITHIATED), oxygen_onset(_DELITHIATED, temperature=ROOM_TEMPERATURE, gases=_AIR)),
    )
    return Answer(
        onsets[0],
        f"Tabulated phase energies at 0 K: equilibrium of Li(1-x)Ni0.5Mn0.3Co0.2O2 gives off O2 beyond {onsets[0]:.0f} "
        f"% delithiation, leaving spinels; with the free energy of O2 in air at 25 degC beyond {onsets[1]:.0f} %, "
        "leaving rock salt. The table was not made for this system. The paper cites its number from elsewhere.",
    )


COMPUTATIONS: Final[tuple[Computation, ...]] = (
    only("S2-06", "predicted", _bare_contact),
    only("S2-07", "predicted", _coating_contact),
    only("S2-33", "predicted", _window),
    only("S2-35", "predicted", _electrochemical),
    only("S2-36", "predicted", _oxygenated),
    only("S2-37", "predicted", _phosphate),
    only("S2-38", "predicted", _manganese),
    only("S2-39", "predicted", _rock_salt),
    reported(
        ("S2-40",),
        "Spinels (Li2Mn3NiO8, LiCo2O4) are what equilibrium makes of NMC532 at the coating, but a thickness needs the "
        "rate at which oxygen passes the film and leaves the lattice; neither a diffusivity nor a time series is "
        "published. Only the microscope gives it.",
    ),
    only("S2-41", "predicted", _onset),
)
