"""Wang et al. 2021, the oxygen-vacancy calculations: what follows from the stated energies, cells and charges."""

import math
from typing import Final

from interlayer.composition import molar_mass, parse_formula
from interlayer.constants import BOLTZMANN, ELEMENTARY_CHARGE, FARADAY, ROOM_TEMPERATURE
from interlayer.literature.basis import Basis
from interlayer.literature.computation import Answer, Computation, only, reported
from interlayer.literature.wang2021_design import CATHODE
from interlayer.materials import library

LITHIUM_VACANCIES: Final = 12
"""Li vacancies to which S2-50 belongs, as its name says."""
SUPERCELL: Final = (5, 2, 1)
"""What S2-70 repeats of the hexagonal cell, whose three formula units are those of a layered oxide (R-3m)."""
_FORMULAS_PER_CELL: Final = 3


def formula_units() -> int:
    """Return the formula units of the supercell."""
    return math.prod(SUPERCELL) * _FORMULAS_PER_CELL


def slope(basis: Basis) -> float:
    """Return the change of the formation energy per Li vacancy, eV: straight between S2-49 and S2-50."""
    return (basis.number("S2-50") - basis.number("S2-49")) / LITHIUM_VACANCIES


def population_ratio(energy_difference: float, temperature: float = ROOM_TEMPERATURE) -> float:
    """Return exp(dE / kT) for a difference of formation energies in eV: how many times more vacancies."""
    return math.exp(energy_difference * ELEMENTARY_CHARGE / (BOLTZMANN * temperature))


def nickel_charge(lithium: float) -> float:
    """Return the mean charge of nickel with `lithium` left per formula, beside Mn4+, Co3+ and O2-."""
    atoms = parse_formula(library()[CATHODE].formula or "")
    return (2.0 * atoms["O"] - lithium - 4.0 * atoms["Mn"] - 3.0 * atoms["Co"]) / atoms["Ni"]


def _falls(basis: Basis) -> Answer:
    per_vacancy = slope(basis)
    share = LITHIUM_VACANCIES / formula_units()
    ratio = population_ratio(basis.number("S2-49") - basis.number("S2-50"))
    zero = -basis.number("S2-49") / per_vacancy / formula_units()
    return Answer(
        per_vacancy < 0.0,
        f"From S2-49 to S2-50 it falls by {-per_vacancy:.4f} eV per vacancy, to {share:.0%} delithiation: {ratio:.1e} "
        f"times more oxygen vacancies at 25 degC; a straight line would reach zero at {zero:.0%}. Two stated points "
        "show a fall, not that it is monotonic between them.",
    )


def _nickel(basis: Basis) -> Answer:
    formula = library()[CATHODE].formula or ""
    removed = basis.number("S2-11") * 3.6e3 * molar_mass(formula) / FARADAY  # mAh/g, kg/mol
    before, after = nickel_charge(1.0), nickel_charge(1.0 - removed)
    return Answer(
        2.0 <= before <= after <= 4.0,
        f"Charge balance beside Mn4+ and Co3+: nickel is {before:+.2f} on average in the pristine oxide, a mixture of "
        f"2+ and 3+, and {after:+.2f} after the first charge S2-11 (x = {removed:.2f}); nickel up to 4+ suffices.",
    )


def _supercell(basis: Basis) -> Answer:
    atoms = parse_formula(basis.cell("wang2021_lnto").material(CATHODE).formula or "")
    units = formula_units()
    metals = {element: units * atoms[element] for element in ("Ni", "Mn", "Co")}
    whole = all(abs(count - round(count)) < 1e-9 for count in metals.values())
    total = units * sum(atoms.values())
    return Answer(
        whole and total == 120.0,
        f"Ten hexagonal cells of three formula units: {units} formula units, {total:.0f} atoms, "
        f"{', '.join(f'{count:.0f} {element}' for element, count in metals.items())}: whole numbers. How 30 "
        "configurations were chosen is not said.",
    )


COMPUTATIONS: Final[tuple[Computation, ...]] = (
    reported(
        ("S2-49", "S2-50"),
        "A formation energy in a cell of 120 atoms: only an electronic-structure calculation (DFT) gives it; atomic "
        "positions, total energies and the oxygen reference are not published.",
    ),
    only("S2-51", "predicted", _falls),
    reported(
        ("S2-52",),
        "Densities of states of a calculation with DFT+U: only an electronic-structure code gives them, and neither "
        "structures nor projected states are published.",
    ),
    only("S2-53", "predicted", _nickel),
    only("S2-70", "exact", _supercell),
)
