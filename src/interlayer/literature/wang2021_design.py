"""Wang et al. 2021, what the cell is made of: loading, capacity, current and density, and what they imply together."""

from typing import Final

from interlayer.literature.basis import Basis
from interlayer.literature.computation import Answer, Computation, inconsistent, only
from interlayer.materials import library

CATHODE: Final = "NMC532"
ELECTROLYTE: Final = "Li10GeP2S12"
COATING: Final = "LNTO-450"


def density(material: str) -> float:
    """Return the library's density of a material in g/cm3."""
    return library()[material].value("density").si * 1e-3


def active_share(basis: Basis) -> float:
    """Return the mass share of active material in the composite, from S2-56."""
    active, electrolyte = basis.numbers("S2-56")
    return active / (active + electrolyte)


def full_density(basis: Basis) -> float:
    """Return the density of the composite without pores, g/cm3: 1 / sum(w_i / rho_i) with the weights of S2-56."""
    share = active_share(basis)
    return 1.0 / (share / density(CATHODE) + (1.0 - share) / density(ELECTROLYTE))


def film_thickness(mass_share: float, diameter: float, core: float, film: float) -> float:
    """Return t of a uniform film on spheres, in the unit of the diameter: t = w/(1 - w) (rho_core/rho_film) d/6."""
    return mass_share / (1.0 - mass_share) * core / film * diameter / 6.0


def _coating_thickness(basis: Basis) -> Answer:
    low, high = basis.numbers("S0-24")
    share, diameter = basis.number("S2-04") / 100.0, basis.number("S2-02") * 1e3
    return Answer(
        film_thickness(share, diameter, density(CATHODE), density(COATING)),
        f"{basis.number('S2-04'):g} wt% (S2-04) spread evenly over spheres of S2-02, with {density(CATHODE):.2f} and "
        f"an assumed {density(COATING):.2f} g/cm3. The micrograph shows one place; Wang et al. 2020 states {low:g} to "
        f"{high:g} nm (S0-24), in which this lies.",
    )


def _tenth_of_c(basis: Basis) -> Answer:
    return Answer(
        0.1 * basis.number("S2-59") * basis.number("S2-63") / 1e3, "A tenth of the loading S2-59 times S2-63 per hour."
    )


def _composite_loading(basis: Basis) -> Answer:
    return Answer(basis.number("S2-59") / active_share(basis), "S2-59 over the active share of S2-56.")


def _active_loading(basis: Basis) -> Answer:
    return Answer(basis.number("S2-58") * active_share(basis), "The active share of S2-56 times the loading of S2-58.")


def _composite_density(basis: Basis) -> Answer:
    full = full_density(basis)
    return Answer(
        full,
        "Called a relative density but printed in g/cm3: a relative density is a share of at most one. Without pores "
        f"the composite of S2-56 would weigh {full:.2f} g/cm3 ({density(CATHODE):.2f} NMC532, "
        f"{density(ELECTROLYTE):.2f} LGPS); the printed number, lower than that, is the density of a composite with "
        "pores.",
    )


def _assumed_capacity(basis: Basis) -> Answer:
    value = 1e3 * basis.number("S2-65") / basis.number("S2-59")
    measured = basis.number("S2-12")
    if measured <= value:
        return Answer(value, f"S2-65 over S2-59; no measured capacity exceeds it (S2-12: {measured:g}).")
    return Answer(
        value,
        f"S2-65 over S2-59 gives the {value:.0f} mAh/g called theoretical, but the same cell delivers {measured:g} "
        f"(S2-12) and takes {basis.number('S2-11'):g} (S2-11): a theoretical capacity cannot be exceeded. It is a "
        "nominal one.",
        "inconsistent",
    )


def _areal_capacity(basis: Basis) -> Answer:
    return Answer(basis.number("S2-59") * basis.number("S2-63") / 1e3, "The loading S2-59 times S2-63.")


def _one_c(basis: Basis) -> Answer:
    return Answer(
        basis.number("S2-59") * basis.number("S2-63") / 1e3,
        f"The loading S2-59 times S2-63 in one hour. Wang et al. 2020 calls {10e-3 * basis.number('S0-30'):.2f} mA/cm2 "
        "1C (ten times S0-30), so rates of the two differ by some 3 %.",
    )


COMPUTATIONS: Final[tuple[Computation, ...]] = (
    only("S2-03", "predicted", _coating_thickness),
    only("S2-08", "exact", _tenth_of_c),
    only("S2-58", "exact", _composite_loading),
    only("S2-59", "exact", _active_loading),
    inconsistent("S2-60", "exact", _composite_density),
    only("S2-63", "exact", _assumed_capacity),
    only("S2-64", "exact", _areal_capacity),
    only("S2-65", "exact", _one_c),
)
