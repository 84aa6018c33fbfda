"""What a composition becomes at a given voltage, how far it gets and what drives it there."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from interlayer.composition import molar_mass, parse_formula
from interlayer.constants import EV_PER_ATOM_IN_KJ_PER_MOL, FARADAY
from interlayer.quantity import StrictModel
from interlayer.thermo.equilibrium import LITHIUM
from interlayer.thermo.reaction_equation import equation
from interlayer.thermo.species import CHALCOGENS, ChalcogenShares, chalcogen_shares, shares_by_product
from interlayer.thermo.voltages import checked_voltage

if TYPE_CHECKING:
    from interlayer.thermo.stability_window import Window


class Decomposition(StrictModel):
    """The equilibrium of a composition with lithium at one voltage against Li/Li+.

    `is_stable`: inside the window, nothing is exchanged. `products` in mol per formula unit; `lithium_per_formula` is
    taken up (positive) or given off, `charge_mAh_per_g` the same as a charge per gram of the composition, without
    sign. The driving energies are negative and start from the composition's own closed equilibrium; where it is
    tabulated, `energy_above_hull_eV_per_atom` of the window comes on top. `element_shares`: for every element but
    lithium, how its atoms are shared out among the products; `chalcogen_species`: the same for sulfur and selenium in
    the kinds that spectra tell apart. `margin_V` is how far the voltage lies outside the window (0 inside).
    """

    formula: str
    voltage_V: float
    is_stable: bool
    margin_V: float
    products: dict[str, float]
    reaction: str
    lithium_per_formula: float
    charge_mAh_per_g: float
    driving_energy_eV_per_formula: float
    driving_energy_eV_per_atom: float
    driving_energy_kJ_per_mol: float
    element_shares: dict[str, dict[str, float]]
    chalcogen_species: dict[str, ChalcogenShares]
    normalisation: str


def decomposition(window: "Window", voltage: float) -> Decomposition:
    """Return what the composition of `window` becomes at a voltage in V against Li/Li+.

        dE(V) = integral from the window's edge to V of dn_Li(V') dV'

    exact, because the lithium content is constant between plateaus. At the potential of a plateau itself the answer
    is that of the step above it. Raises InputError for a voltage that is not from 0 to 10 V: below 0 V lithium metal
    plates instead (Zhu, He and Mo 2015, doi 10.1021/acsami.5b07517).
    """
    voltage = checked_voltage(voltage, lowest=0.0)
    step = next(s for s in window.profile if s.highest_V is None or voltage < s.highest_V)
    energy = _driving_energy(window, voltage)
    lithium = step.lithium_per_formula
    atoms = parse_formula(window.formula)
    counted = sum(amount for element, amount in atoms.items() if element != LITHIUM)
    oxidation = voltage if window.oxidation_V is None else window.oxidation_V
    elements = [element for element in atoms if element != LITHIUM]
    species = {element: chalcogen_shares(step.products, element) for element in elements if element in CHALCOGENS}
    return Decomposition(
        formula=window.formula,
        voltage_V=voltage,
        is_stable=window.reduction_V <= voltage <= oxidation and window.reduction_V < oxidation,
        margin_V=max(window.reduction_V - voltage, voltage - oxidation, 0.0),
        products=dict(step.products),
        reaction=_reaction(window.formula, step.products, lithium),
        lithium_per_formula=lithium,
        charge_mAh_per_g=abs(lithium) * FARADAY / 3600.0 / molar_mass(window.formula),
        driving_energy_eV_per_formula=energy,
        driving_energy_eV_per_atom=energy / counted,
        driving_energy_kJ_per_mol=energy * EV_PER_ATOM_IN_KJ_PER_MOL,
        element_shares={element: shares_by_product(step.products, element) for element in elements},
        chalcogen_species={element: shares for element, shares in species.items() if shares is not None},
        normalisation="eV per atom without Li",
    )


def _driving_energy(window: "Window", voltage: float) -> float:
    """Return the grand potential gained per formula unit, eV, from the steps passed on the way from the window."""
    energy = 0.0
    for step in window.profile:
        highest = float("inf") if step.highest_V is None else step.highest_V
        if window.oxidation_V is not None and step.lowest_V >= window.oxidation_V:
            energy += step.lithium_per_formula * max(min(voltage, highest) - step.lowest_V, 0.0)
        elif highest <= window.reduction_V:
            energy -= step.lithium_per_formula * max(highest - max(voltage, step.lowest_V), 0.0)
    return energy


def _reaction(formula: str, products: Mapping[str, float], lithium: float) -> str:
    taken, given = {LITHIUM: max(lithium, 0.0)}, {LITHIUM: max(-lithium, 0.0)}
    if set(products) == {formula} and abs(lithium) < 1e-5:
        return f"{formula}: no reaction"
    return equation({formula: 1.0, **taken}, {**products, **given})[0]
