"""Wang et al. 2021, spectra: what lines, shares and distances say together; no spectrum is published."""

import math
from typing import Final

from interlayer.constants import AVOGADRO
from interlayer.literature.basis import Basis
from interlayer.literature.computation import Answer, Computation, inconsistent, only, reported

SULFIDE: Final = -2
SULFITE: Final = 4
SULFATE: Final = 6
"""Oxidation states of sulfur in PS4 3-, SO3 2- and SO4 2-: charge of the ion plus two for each oxygen."""
MANGANESE_RADIUS: Final = 0.530
OXIDE_RADIUS: Final = 1.40
"""Effective ionic radii of Mn4+ and O2- in sixfold coordination, angstrom (Shannon, Acta Cryst. A32, 751, 1976)."""
_CLOSE_PACKED: Final = 2.0 * math.sqrt(6.0)
"""c/a of the hexagonal cell of a layered oxide with ideally close-packed oxygen."""
_FORMULAS_PER_CELL: Final = 3


def shifted_line(first: tuple[int, float], second: tuple[int, float], state: int) -> float:
    """Return the binding energy in eV at an oxidation state, from the straight line through two (state, energy)."""
    (s1, e1), (s2, e2) = first, second
    return e1 + (e2 - e1) * (state - s1) / (s2 - s1)


def metal_distance(molar_volume: float) -> float:
    """Return the metal-metal distance a in angstrom of a layered oxide: 3 V_M/N_A = (sqrt(3)/2) a^3 (c/a).

    `molar_volume` in cm3/mol; c/a is that of ideally close-packed oxygen.
    """
    cell = _FORMULAS_PER_CELL * molar_volume * 1e24 / AVOGADRO
    return float((cell / (0.5 * math.sqrt(3.0) * _CLOSE_PACKED)) ** (1.0 / 3.0))


def _polysulfides(basis: Basis) -> Answer:
    ends = (SULFIDE, basis.number("S2-25")), (SULFITE, basis.number("S2-27"))
    values = tuple(shifted_line(*ends, state) for state in (-1, 0))
    return Answer(
        values,
        "A straight line of binding energy over the oxidation state of sulfur through PS4 3- (S2-25) and sulfite "
        f"(S2-27) puts S in S2 2- (-1) at {values[0]:.1f} and the element (0) at {values[1]:.1f} eV, both within the "
        "range.",
    )


def _sulfite(basis: Basis) -> Answer:
    value = shifted_line((SULFIDE, basis.number("S2-25")), (SULFATE, basis.number("S2-28")), SULFITE)
    return Answer(
        value,
        f"The text calls both lines sulfates, but SO3 2- is sulfite: sulfur {SULFITE:+d} by charge balance, in SO4 2- "
        f"{SULFATE:+d}. The straight line of binding energy over oxidation state through S2-25 and S2-28 puts +4 at "
        f"{value:.1f} eV: the assignment is right, the word is not.",
    )


def _sulfate(basis: Basis) -> Answer:
    value = shifted_line((SULFIDE, basis.number("S2-25")), (SULFITE, basis.number("S2-27")), SULFATE)
    return Answer(
        value,
        "The straight line of binding energy over the oxidation state of sulfur through PS4 3- (S2-25) and sulfite "
        f"(S2-27) puts sulfate at {value:.2f} eV, from the shift alone.",
    )


def _share(names: tuple[str, str], what: str, other: str) -> Computation:
    """Return what is said of a share of the S 2p area whose spectrum is not published; `names`: claim, its partner."""

    def compute(basis: Basis) -> Answer:
        partner = basis.number(names[1])
        return Answer(
            None,
            "An area share of the S 2p spectrum: the spectrum, its background and its widths are not published. "
            f"{what} With the {other} (its share of the same spectrum, {names[1]}: {partner:g} %) at most "
            f"{100.0 - partner:.1f} % is left for it.",
        )

    return only(names[0], "reported", compute)


def _unchanged(basis: Basis) -> Answer:
    bare, oxygen = basis.number("S2-31"), (basis.number("S2-29"), basis.number("S2-30"))
    value = bare * (100.0 - oxygen[1]) / (100.0 - oxygen[0])
    return Answer(
        value,
        "Oxidation by the voltage does not know of the coating (S2-35). As shares of one spectrum the others grow "
        f"where sulfite and sulfate fall from {oxygen[0]:g} to {oxygen[1]:g} % (S2-29, S2-30): the {bare:g} % of S2-31 "
        f"to {value:.1f}. That it stays means less of it.",
    )


def _manganese_metal(basis: Basis) -> Answer:
    shift = MANGANESE_RADIUS + OXIDE_RADIUS - basis.number("S2-43")
    distance = metal_distance(basis.number("S0-76"))
    return Answer(
        distance - shift,
        f"The metal-metal distance of the crystal with the molar volume S0-76 ({distance:.2f} angstrom, c/a of ideal "
        f"packing assumed) less the phase shift of the first shell: Mn4+-O from ionic radii less S2-43, {shift:.2f}. "
        "One shift for both shells is an approximation.",
    )


def _manganese_oxygen(basis: Basis) -> Answer:
    shift = metal_distance(basis.number("S0-76")) - basis.number("S2-44")
    return Answer(
        MANGANESE_RADIUS + OXIDE_RADIUS - shift,
        f"Mn4+-O of {MANGANESE_RADIUS + OXIDE_RADIUS:.2f} angstrom (ionic radii) less the phase shift of the second "
        f"shell, {shift:.2f}: the metal-metal distance by molar volume S0-76 less S2-44. The position is a transform "
        "not corrected for phase, no bond length.",
    )


COMPUTATIONS: Final[tuple[Computation, ...]] = (
    reported(
        ("S2-25",),
        "A fitted line position of pristine LGPS: only the photoelectron spectrum gives it, and it is not published. "
        "Our own line table takes its start value from here.",
    ),
    only("S2-26", "predicted", _polysulfides),
    inconsistent("S2-27", "predicted", _sulfite),
    only("S2-28", "predicted", _sulfate),
    _share(
        ("S2-29", "S2-31"),
        "Thermodynamics gives which species form, not their share within the depth of escape.",
        "polysulfides and S",
    ),
    _share(
        ("S2-30", "S2-32"),
        "A dense coating would leave no sulfate at equilibrium; how much passes is not known.",
        "polysulfides and S",
    ),
    _share(
        ("S2-31", "S2-29"),
        "Equilibrium gives the species of what has reacted (S2-35), not how deep that is.",
        "sulfite and sulfate",
    ),
    only("S2-32", "predicted", _unchanged),
    only("S2-43", "predicted", _manganese_oxygen),
    only("S2-44", "predicted", _manganese_metal),
    reported(
        ("S2-46",),
        "Manganese has six oxygen neighbours in the layered oxide and in rock salt alike, so that a lower amplitude "
        "says vacancies or disorder; which needs chi(k) and a fit of shells, and the spectra are not published.",
    ),
    reported(
        ("S2-47",),
        "Comparing edges needs the Co K spectra of both states, which are not published. The energy named is that of "
        "the main line: the edge of the metal lies at 7709 eV.",
    ),
    reported(
        ("S2-48",),
        "The shift of the Ni K edge needs the spectra of both states, which are not published; no number is stated.",
    ),
)
