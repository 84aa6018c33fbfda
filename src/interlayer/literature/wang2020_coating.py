"""Wang et al. 2020, the coating: its annealing, its conductivity, and how little of the resistance its film carries."""

import math
import re
from typing import Final

from interlayer.composition import molar_mass
from interlayer.constants import BOLTZMANN, ELEMENTARY_CHARGE, ZERO_CELSIUS
from interlayer.errors import InputError
from interlayer.literature.basis import Basis
from interlayer.literature.claims import claim
from interlayer.literature.computation import Answer, Computation, only, reported
from interlayer.literature.wang2020_cells import (
    AMORPHOUS,
    CRYSTALLINE,
    PARTLY,
    SAMPLES,
    Sample,
    changes,
    inverse_conductivity,
    listed,
    others,
    rises,
)
from interlayer.materials import material
from interlayer.thermo import react, window
from interlayer.transport import resistance
from interlayer.units import to_si

ROOM_K: Final = ZERO_CELSIUS + 25.0
"""The paper's room temperature, assumed 25 degC."""


def interface_against_inverse_conductivity(basis: Basis) -> tuple[float, float]:
    """Return intercept (ohm) and slope of the line R = R0 + K/sigma through LNTO-350 and LNTO-450."""
    (x1, y1), (x2, y2) = (
        (1.0 / basis.number(one.conductivity), basis.number(one.resistance)) for one in others(CRYSTALLINE)
    )
    slope = (y2 - y1) / (x2 - x1)
    return y1 - slope * x1, slope


def barrier_difference_meV(basis: Basis, sample: Sample) -> float:
    """Return how much higher a sample's barrier is than that of LNTO-450, kT ln(sigma ratio): equal prefactors."""
    ratio = basis.number(PARTLY.conductivity) / basis.number(sample.conductivity)
    return 1e3 * BOLTZMANN * ROOM_K / ELEMENTARY_CHARGE * math.log(ratio)


def film_thickness_nm(basis: Basis) -> float:
    """Return the thickness of an even film of the stated mass on spheres, t = w/(1-w) / (rho_film S), S = 6/(rho d)."""
    share = basis.number("S2-04") / 100.0
    oxide = molar_mass("LiNi0.5Mn0.3Co0.2O2") / (basis.number("S0-76") * 1e-6)
    surface = 6.0 / (oxide * basis.number("S2-02") * 1e-6)
    coating = material(PARTLY.label).value("density").si
    return 1e9 * share / (1.0 - share) / (coating * surface)


def explained_share(basis: Basis, sample: Sample) -> float:
    """Return the share of the measured interface resistance that goes through the film, t/sigma on the particles."""
    balance = resistance(basis.cell(sample.cell, *changes(basis, sample))).interface
    return math.nan if balance is None else balance.explained_share


def resistance_times_conductivity(basis: Basis) -> tuple[float, ...]:
    """Return R_int sigma of the three samples in ohm uS/cm: thickness over contacted area, were R the film's."""
    return tuple(basis.number(one.resistance) * basis.number(one.conductivity) for one in SAMPLES)


def _unit_of_a_conductivity(_basis: Basis) -> Answer:
    printed = re.search(r"printed (.+)\)", claim("S0-05").unit)
    unit = printed[1] if printed else claim("S0-05").unit
    try:
        to_si(1.0, unit, "conductivity")
    except InputError:
        return Answer(
            None,
            f"Printed in {unit}: a conductance per area, no conductivity. The other five conductors of the sentence "
            "are in mS/cm, and only that makes the number comparable.",
            "inconsistent",
        )
    return Answer(None, f"{unit} is a unit of conductivity. Missing: the spectrum behind the number.")


def _electronic(basis: Basis) -> Answer:
    ions = 1e-6 * min(basis.number(one.conductivity) for one in SAMPLES)
    return Answer(
        None,
        "Missing: how it was measured. Called electrical, it can only be the electronic part: ions alone conduct at "
        f"least {ions:.3g} S/cm (S0-20 to S0-22).",
    )


def _indispensable(_basis: Basis) -> Answer:
    bare, coated, inside = (
        react(*pair).reaction_energy_eV_per_atom
        for pair in (("NMC532", "LGPS"), (PARTLY.label, "LGPS"), ("NMC532", PARTLY.label))
    )
    return Answer(
        abs(bare) > 2.0 * max(abs(coated), abs(inside)),
        f"By the convex hull NMC532 and LGPS react with {bare:.3f} eV/atom; the coating against LGPS with {coated:.3f} "
        f"and against NMC532 with {inside:.3f}. The driving force is much smaller with it, not zero.",
    )


def _wide_window(basis: Basis) -> Answer:
    film, sulfide = _limits(PARTLY.label), _limits("LGPS")
    *_, full = basis.numbers("S2-34")
    reason = (
        f"At equilibrium the coating holds from {film[0]:.2f} to {film[1]:.2f} V against lithium, LGPS from "
        f"{sulfide[0]:.2f} to {sulfide[1]:.2f} V: wider, but it ends {full - film[1]:.1f} V below full charge (S2-34). "
        "Slow reactions widen what is measured."
    )
    return Answer(film[1] - film[0] > sulfide[1] - sulfide[0], reason)


def _limits(name: str) -> tuple[float, float]:
    found = window(name)
    return (
        math.nan if found.reduction_V is None else found.reduction_V,
        math.nan if found.oxidation_V is None else found.oxidation_V,
    )


def _annealed(basis: Basis, sample: Sample) -> float:
    temperatures = basis.numbers("S0-16")
    return temperatures[SAMPLES.index(sample)]


def _exotherms(basis: Basis) -> tuple[float, float]:
    found = [basis.number(name) for name in ("S0-12", "S0-13", "S0-14")]
    return min(found), max(found)


def _amorphous(basis: Basis) -> Answer:
    first, _ = _exotherms(basis)
    annealed = _annealed(basis, AMORPHOUS)
    return Answer(
        annealed < first,
        f"Annealed at {annealed:g} degC (S0-16), {first - annealed:g} K below the first exotherm of crystallisation "
        "(S0-12). The pattern itself is not given as data.",
    )


def _partly(basis: Basis) -> Answer:
    _, last = _exotherms(basis)
    return Answer(
        None,
        f"Annealed {_annealed(basis, PARTLY) - last:g} K above the last exotherm (S0-14), so crystals must exist; the "
        "exotherms alone would let all of it crystallise. Missing: the diffraction pattern, for the share that stays "
        "amorphous.",
    )


def _crystalline(basis: Basis) -> Answer:
    _, last = _exotherms(basis)
    annealed = _annealed(basis, CRYSTALLINE)
    return Answer(
        None,
        f"Missing: the diffraction pattern. Annealing at {annealed:g} degC (S0-16) lies {annealed - last:g} K above "
        "the last exotherm (S0-14), but so does 450 degC, which the paper calls partly crystalline (S0-18).",
    )


def _order_of_conductivities(basis: Basis) -> Answer:
    crystalline, amorphous, partly = (basis.number(one.conductivity) for one in (CRYSTALLINE, AMORPHOUS, PARTLY))
    return Answer(
        rises((crystalline, amorphous, partly)),
        f"S0-22, S0-20 and S0-21: {listed((crystalline, amorphous, partly), 'g')} uS/cm. With equal prefactors at 25 "
        f"degC the barriers are {barrier_difference_meV(basis, CRYSTALLINE):.1f} and "
        f"{barrier_difference_meV(basis, AMORPHOUS):.1f} meV above that of LNTO-450.",
    )


def _crystalline_film(basis: Basis) -> Answer:
    products = [basis.number(one.resistance) * basis.number(one.conductivity) for one in others(CRYSTALLINE)]
    value = math.sqrt(math.prod(products)) / basis.number(CRYSTALLINE.resistance)
    return Answer(
        value,
        f"What the film would have to conduct for its {basis.number(CRYSTALLINE.resistance):g} ohm (S0-61) to follow R "
        "~ 1/sigma like the two others. Either a film of nanometres lacks the grain boundaries of the pellet, or the "
        "coating is thinner or not closed.",
    )


def _thickness(basis: Basis) -> Answer:
    value = film_thickness_nm(basis)
    return Answer(
        value,
        f"An even film of the {basis.number('S2-04'):g} wt% LNTO that Wang et al. 2021 state (S2-04) on spheres of "
        f"{basis.number('S2-02'):g} um (S2-02) is {value:.1f} nm thick.",
    )


def _same_thickness(basis: Basis) -> Answer:
    products = resistance_times_conductivity(basis)
    low, high = basis.numbers("S0-24")
    spread = max(products) / min(products)
    return Answer(
        None,
        "Missing: thickness and coverage of each. Were R_int the film's, which it is not (S0-87), R sigma is "
        f"thickness over covered area: {listed(products)} ohm uS/cm for 350 / 450 / 550. The spread of {spread:.1f} "
        f"exceeds what {low:g} to {high:g} nm (S0-24) allow, {high / low:g}: thickness, coverage or the pellets' "
        "conductivity is not the same.",
    )


def _amorphous_resistance(basis: Basis) -> Answer:
    alone = basis.number(PARTLY.resistance) * basis.number(PARTLY.conductivity) / basis.number(AMORPHOUS.conductivity)
    return Answer(
        inverse_conductivity(basis, AMORPHOUS),
        "From conductivity alone: R = K/sigma, K of LNTO-450 and LNTO-550 (S0-60, S0-61). K of LNTO-450 alone gives "
        f"{alone:.0f} ohm: these two go as 1/sigma and the third does not (S0-61). The film itself explains 1e-5 of "
        "any of them (S0-87).",
    )


def _partly_resistance(basis: Basis) -> Answer:
    product = basis.number(AMORPHOUS.resistance) * basis.number(AMORPHOUS.conductivity)
    return Answer(
        inverse_conductivity(basis, PARTLY),
        "From conductivity alone: R = K/sigma, K of LNTO-350 and LNTO-550 (S0-59, S0-61). K of LNTO-350 alone gives "
        f"{product / basis.number(PARTLY.conductivity):.0f} ohm. Nominally the same sample measured "
        f"{basis.number('S2-17'):g} ohm in Wang et al. 2021 (S2-17), so cells of one recipe differ by two.",
    )


def _crystalline_resistance(basis: Basis) -> Answer:
    value = inverse_conductivity(basis, CRYSTALLINE)
    intercept, slope = interface_against_inverse_conductivity(basis)
    two = intercept + slope / basis.number(CRYSTALLINE.conductivity)
    return Answer(
        value,
        "From conductivity alone: R = K/sigma, K of LNTO-350 and LNTO-450 (S0-59, S0-60). With a part that does not "
        f"depend on the coating {two:.0f} ohm (intercept {intercept:.1f}, an unphysical sign). The pellet's "
        "conductivity is probably not the film's: grain boundaries, thickness or coverage.",
    )


def _assignment(basis: Basis) -> Answer:
    intercept, _ = interface_against_inverse_conductivity(basis)
    pellet = resistance(basis.cell(PARTLY.cell, *changes(basis, PARTLY))).terms[0].resistance_ohm or math.nan
    return Answer(
        None,
        "Missing: the spectra, for the frequencies of the arcs. R over 1/sigma of LNTO-350 and LNTO-450 leaves "
        f"{intercept:.1f} ohm for a part that all cells share; the whole LGPS pellet has {pellet:.0f} ohm (S0-29, 80 "
        "mg on 10 mm assumed), so grain boundaries are a small part of the arc.",
    )


def _monotonic(basis: Basis) -> Answer:
    by_conductivity = sorted(SAMPLES, key=lambda one: -basis.number(one.conductivity))
    value = rises([basis.number(one.resistance) for one in by_conductivity])

    def exponent(one: Sample, two: Sample) -> float:
        return math.log(basis.number(one.resistance) / basis.number(two.resistance)) / math.log(
            basis.number(one.conductivity) / basis.number(two.conductivity)
        )

    return Answer(
        value,
        f"The order of S0-59 to S0-61 against S0-20 to S0-22. But R goes as sigma^{exponent(AMORPHOUS, PARTLY):.2f} "
        f"from 350 to 450 and as sigma^{exponent(AMORPHOUS, CRYSTALLINE):.2f} from 350 to 550: an order, no law.",
    )


def _barriers(basis: Basis) -> Answer:
    amorphous, crystalline = (barrier_difference_meV(basis, one) for one in (AMORPHOUS, CRYSTALLINE))
    return Answer(
        min(amorphous, crystalline) > 0.0,
        f"With equal prefactors at 25 degC LNTO-350 and LNTO-550 have barriers {amorphous:.1f} and {crystalline:.1f} "
        "meV higher than LNTO-450. No conductivity at a second temperature is given, so prefactors could as well make "
        "the difference.",
    )


def _determines(basis: Basis) -> Answer:
    shares = [explained_share(basis, one) for one in SAMPLES]
    return Answer(
        max(shares) > 0.5,
        f"t/sigma of the film on the particles' surface is {max(shares):.0e} of the measured interface resistance at "
        f"most ({listed(shares, '.0e')}). The performance follows R_int, but what R_int is made of (few contacts, "
        "charge transfer, an interphase) is not the resistance through the film.",
    )


COMPUTATIONS: Final[tuple[Computation, ...]] = (
    only("S0-05", "exact", _unit_of_a_conductivity),
    only("S0-08", "predicted", _indispensable),
    only("S0-09", "reported", _electronic),
    only("S0-10", "predicted", _wide_window),
    reported(
        ("S0-11", "S0-12", "S0-13", "S0-14", "S0-15"),
        "Read by the authors from a thermal analysis of the precursor; crystallisation temperatures of a gel follow "
        "from no model here. Missing: the curve of Fig. S1 as numbers, to which the thermal analysis could be "
        "applied.",
    ),
    only("S0-17", "predicted", _amorphous),
    only("S0-18", "predicted", _partly),
    only("S0-19", "predicted", _crystalline),
    only("S0-22", "predicted", _crystalline_film),
    only("S0-23", "exact", _order_of_conductivities),
    only("S0-24", "predicted", _thickness),
    only("S0-28", "exact", _same_thickness),
    only("S0-58", "predicted", _assignment),
    only("S0-59", "predicted", _amorphous_resistance),
    only("S0-60", "predicted", _partly_resistance),
    only("S0-61", "predicted", _crystalline_resistance),
    only("S0-62", "exact", _monotonic),
    only("S0-86", "exact", _barriers),
    only("S0-87", "predicted", _determines),
)
"""Claims about the coating and the interface resistance of fresh cells."""
