"""What the claims of 004 owe to atomic masses, densities and formation energies: capacities, volumes, energies."""

from collections.abc import Callable
from typing import Final

from interlayer.composition import molar_mass, parse_formula
from interlayer.constants import FARADAY
from interlayer.energy import stack
from interlayer.literature.basis import Basis
from interlayer.literature.computation import Answer, Computation, inconsistent, only
from interlayer.thermo import react

_MAH: Final = 3.6
"""C in 1 mAh."""
_LITHIUM_ION_KJ_PER_MOL: Final = -293.3
"""Standard free energy of formation of Li+ in water, on the scale where that of H+ is 0 (crc2016)."""
_LI2S_KJ_PER_MOL: Final = -439.0
"""Standard free energy of formation of Li2S (handbook value); only said beside what the phase table gives."""
SHARES: Final = {"S4-52": "S4-51", "S4-54": "S4-53", "S4-56": "S4-55", "S4-58": "S4-57"}
"""The stated share of theory of each of the four SeSx, and the capacity it belongs to. No x is stated."""
_CHARGES: Final = {"Li": 1, "P": 5, "S": -2, "Cl": -1, "F": -1}
FORMULA_IN_TEXT: Final = "Li6PS5Cl0.4F0.7"
FORMULA_IN_CAPTION: Final = "Li6PS5Cl0.3F0.7"


def theoretical_capacity(formula: str, electrons: float) -> float:
    """Return n F / (3.6 M) in mAh per g of the formula unit (Faraday's law)."""
    return electrons * FARADAY / (_MAH * 1e3 * molar_mass(formula))


def sesx_capacity(x: float) -> float:
    """Return the capacity in mAh/g of SeSx turned into Li2Se + x Li2S: 2 (1 + x) electrons per formula unit."""
    return theoretical_capacity(f"SeS{x:.6f}", 2.0 * (1.0 + x))


def charge_balance(formula: str) -> float:
    """Return the sum of the ions' charges in a formula unit of a lithium thiophosphate halide; 0 is balanced."""
    return sum(amount * _CHARGES[symbol] for symbol, amount in parse_formula(formula).items())


def formation_energy_li2s(convention: str) -> float:
    """Return the reaction energy of 2 Li + S -> Li2S in kJ per mol of Li2S, at 0 K from the phase table."""
    return 3.0 * react("Li", "S", convention=convention).reaction_energy_eV_per_atom * FARADAY / 1e3


def _energy_per_mass(kj_per_mol: float) -> float:
    """Return Wh per kg of Li2S from an energy per mol."""
    return -kj_per_mol * 1e3 / 3600.0 / molar_mass("Li2S")


def _lithium(_: Basis) -> Answer:
    capacity = theoretical_capacity("Li", 1.0)
    potential = _LITHIUM_ION_KJ_PER_MOL * 1e3 / FARADAY
    return Answer(
        (potential, capacity),
        f"E = dGf(Li+)/F with {_LITHIUM_ION_KJ_PER_MOL} kJ/mol for the dissolved ion is {potential:.3f} V, and F/(3.6 "
        f"M) of lithium is {capacity:.0f} mAh/g.",
    )


def _sulfur(_: Basis) -> Answer:
    value = theoretical_capacity("S", 2.0)
    return Answer(value, f"Two electrons per sulfur atom: 2F/(3.6 M) = {value:.1f} mAh/g.")


def _selenium(_: Basis) -> Answer:
    value = theoretical_capacity("Se", 2.0)
    return Answer(value, f"Two electrons per selenium atom: 2F/(3.6 M) = {value:.1f} mAh/g; the paper rounds up.")


def _lithium_sulfur_energy(_: Basis) -> Answer:
    value = _energy_per_mass(formation_energy_li2s("mp_legacy"))
    other = _energy_per_mass(formation_energy_li2s("s_element_2015"))
    handbook = _energy_per_mass(_LI2S_KJ_PER_MOL)
    return Answer(
        value,
        f"The phase table's energy of 2 Li + S -> Li2S over the mass of Li2S is {value:.0f} Wh/kg ({other:.0f} with "
        f"the sulfur correction of 2015); the handbook's {_LI2S_KJ_PER_MOL:.0f} kJ/mol gives {handbook:.0f}.",
    )


def _volume_change(basis: Basis) -> Answer:
    sulfur, sulfide = basis.number("S4-22"), basis.numbers("S4-23")[1]
    value = 100.0 * (molar_mass("Li2S") / sulfide / (molar_mass("S") / sulfur) - 1.0)
    return Answer(
        value,
        f"Ratio of the molar volumes with the densities the paper gives, {sulfur:g} (S4-22) and {sulfide:g} g/cm3 "
        f"(S4-23): {value:+.1f} %.",
    )


def _practical_energy(basis: Basis) -> Answer:
    utilisation = basis.number("S4-34")
    areal, lithium = basis.number("S4-72"), basis.numbers("S4-73")[0]
    active = min(basis.numbers("S4-35")[1], 99.0)
    rest = 100.0 - active
    voltage = basis.number("S4-19") * 3600.0 * molar_mass("Li2S") / (2.0 * FARADAY)

    def specific_energy(separator: float) -> float:
        cell = basis.cell(
            "wang2021amr_p4s34",
            "cathode.active_material=S",
            f'cathode.composition={{S={active!r}, Li3PS4={2.0 * rest / 3.0!r}, "carbon black"={rest / 3.0!r}}}',
            f"cathode.loading={areal / utilisation * 1e3!r} mg/cm2",
            "separator.mass=",
            f"separator.thickness={separator!r} um",
            "anode.material=Li",
            f"anode.thickness={lithium!r} um",
            f'collectors.cathode={{material="Al", thickness="{basis.number("S1-23")!r} um"}}',
            f'collectors.anode={{material="Cu", thickness="{basis.number("S1-24")!r} um"}}',
            f"rating.specific_capacity={utilisation!r} mAh/g",
            f"rating.average_voltage={voltage!r} V",
        )
        return stack(cell).specific_energy_Wh_per_kg

    thin, thick = specific_energy(basis.number("S1-32")), specific_energy(basis.numbers("S1-55")[0])
    return Answer(
        thin,
        f"Stack of {areal:g} mAh/cm2 (S4-72) of sulfur at {active:g} wt% (S4-35) and {utilisation:g} mAh/g of it "
        f"(S4-34), {voltage:.2f} V (S4-19), {lithium:g} um Li (S4-73), {basis.number('S1-32'):g} um of Li3PS4 (S1-32), "
        f"foils of 001, no losses, no packaging: {thin:.0f} Wh/kg; with {basis.numbers('S1-55')[0]:g} um (S1-55) only "
        f"{thick:.0f}.",
    )


def _share_of_selenium(basis: Basis) -> Answer:
    capacity, theory = basis.number("S4-39"), theoretical_capacity("Se", 2.0)
    return Answer(
        100.0 * capacity / theory,
        f"{capacity:g} mAh/g (S4-39) over the {theory:.1f} mAh/g of Li2Se = {100.0 * capacity / theory:.1f} %.",
    )


def implied_content(basis: Basis, share_claim: str) -> float:
    """Return x of the SeSx at which a stated share and its capacity go together."""
    return sulfur_content(100.0 * basis.number(SHARES[share_claim]) / basis.number(share_claim))


def _share_of_sesx(share_claim: str) -> Callable[[Basis], Answer]:
    def share(basis: Basis) -> Answer:
        capacity, x = basis.number(SHARES[share_claim]), implied_content(basis, share_claim)
        return Answer(
            None,
            f"Missing: x of the SeSx. The stated share goes with {capacity:g} mAh/g ({SHARES[share_claim]}) where x is "
            f"{x:.2f}; using all of it would need x of {sulfur_content(capacity):.2f} at least.",
        )

    return share


def _share_of_ses2(basis: Basis) -> Answer:
    capacity, theory = basis.number("S4-53"), sesx_capacity(2.0)
    return Answer(
        100.0 * capacity / theory,
        f"Of the {theory:.0f} mAh/g of SeS2, the only one of the four that the paper names, {capacity:g} (S4-53) are "
        f"{100.0 * capacity / theory:.1f} %. That this one is SeS2 is read from the numbers: full use needs x of "
        f"{sulfur_content(capacity):.2f} at least.",
    )


def sulfur_content(capacity: float) -> float:
    """Return x of the SeSx whose theoretical capacity in mAh/g this is.

    C (M_Se + x M_S) = 2 (1 + x) F / 3.6 solved for x.
    """
    unit = 2.0 * FARADAY / _MAH
    selenium, sulfur = molar_mass("Se") * 1e3, molar_mass("S") * 1e3
    return (capacity * selenium - unit) / (unit - capacity * sulfur)


def _retention(basis: Basis) -> Answer:
    last, first = basis.number("S4-48"), basis.number("S4-39")
    return Answer(
        100.0 * last / first,
        f"{last:g} (S4-48) over {first:g} mAh/g (S4-39), that is {100.0 * (1.0 - (last / first) ** 0.01):.3f} % lost "
        "per cycle if compounded.",
    )


def _last_capacity(basis: Basis) -> Answer:
    first, retention = basis.number("S4-39"), basis.number("S4-49")
    return Answer(
        first * retention / 100.0,
        f"{first:g} mAh/g (S4-39) times the stated retention of {retention:g} % (S4-49). A check of two statements, "
        "not a prediction of fade: no cause of fade is given.",
    )


def _formula_of_electrolyte(_: Basis) -> Answer:
    text, caption = charge_balance(FORMULA_IN_TEXT), charge_balance(FORMULA_IN_CAPTION)
    return Answer(
        None,
        f"The electrolyte of these numbers is {FORMULA_IN_TEXT} in the text, whose charges add up to {text:+.1f}, and "
        f"{FORMULA_IN_CAPTION} in the caption, where they add up to {caption + 0.0:.1f}: only the caption's can exist "
        "as written.",
    )


COMPUTATIONS: Final[tuple[Computation, ...]] = (
    only("S4-14", "exact", _lithium),
    only("S4-17", "exact", _sulfur),
    only("S4-19", "predicted", _lithium_sulfur_energy),
    only("S4-20", "exact", _volume_change),
    only("S4-33", "predicted", _practical_energy),
    only("S4-40", "exact", _share_of_selenium),
    only("S4-48", "exact", _last_capacity),
    only("S4-49", "exact", _retention),
    only("S4-50", "exact", _selenium),
    only("S4-54", "exact", _share_of_ses2),
    *(only(share, "exact", _share_of_sesx(share)) for share in SHARES if share != "S4-54"),
    inconsistent("S4-70", "exact", _formula_of_electrolyte),
)
