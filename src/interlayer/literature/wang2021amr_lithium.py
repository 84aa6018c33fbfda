"""Lithium metal in 004: how thick it plates, how long an excess lasts, and what symmetric cells show."""

import re
from typing import Final

from interlayer.energy.lithium import plated_thickness
from interlayer.literature.basis import Basis
from interlayer.literature.claims import claim
from interlayer.literature.computation import Answer, Computation, only, reported
from interlayer.materials import library
from interlayer.simulation import SimulationResult

SYMMETRIC_CELL: Final = "wang2021amr_li_symmetric"
COATED_CELL: Final = "wang2021amr_li_lixsisy"
END_OF_LIFE: Final = 0.8
"""Share of the first capacity at the end of life, the usual convention."""
_MAH_PER_CM2: Final = 3.6e4
"""A s/m2."""


def lithium_thickness(basis: Basis, areal_capacity: float) -> float:
    """Return the thickness in um of dense lithium of an areal capacity in mAh/cm2, at the capacity of S4-14."""
    return (
        plated_thickness(
            areal_capacity * _MAH_PER_CM2,
            specific_capacity=basis.numbers("S4-14")[1] * 3600.0,
            density=library()["Li"].value("density").si,
        )
        * 1e6
    )


def half_cycle(name: str) -> float:
    """Return the areal capacity in mAh/cm2 that a claim's conditions state."""
    match = re.search(r"([\d.]+) mAh/cm2", claim(name).conditions)
    if match is None:
        raise ValueError(f"{name} states no areal capacity")
    return float(match[1])


def plating(basis: Basis, cell: str, current: float, capacity: float, cycles: int = 2) -> SimulationResult:
    """Return half cycles of `capacity` in mAh/cm2 at `current` in mA/cm2 of a symmetric cell."""
    minutes = 60.0 * capacity / current
    half = [f"{way} at {current!r} mA/cm2 for {minutes!r} minutes" for way in ("Charge", "Discharge")]
    return basis.simulate(cell, half * cycles)


def _thickness(basis: Basis) -> Answer:
    areal = basis.number("S4-72")
    value = lithium_thickness(basis, areal)
    return Answer(
        None,
        f"Missing: how much lithium is wanted in reserve. {areal:g} mAh/cm2 (S4-72) plate {value:.1f} um of dense "
        "lithium, so the bound leaves about as much again. Every further 100 um hold "
        f"{100.0 / lithium_thickness(basis, 1.0):.0f} mAh/cm2 that are never used.",
    )


def _efficiency(basis: Basis) -> Answer:
    cycles = basis.numbers("S2-01")[1]
    value = 100.0 * END_OF_LIFE ** (1.0 / cycles)
    areal, foil = basis.number("S4-72"), basis.numbers("S4-73")[0]
    excess = foil / lithium_thickness(basis, 1.0)
    lasts = excess / (areal * (1.0 - value / 100.0))
    return Answer(
        value,
        f"Without excess, {END_OF_LIFE:.0%} after the {cycles:g} cycles of S2-01 need {value:.3f} % per cycle: a loss "
        f"of {100.0 - value:.3f} %. At that efficiency {foil:g} um of lithium (S4-73) would last {lasts:.0f} cycles of "
        f"{areal:g} mAh/cm2 (S4-72), so with excess less is enough.",
    )


def _life(basis: Basis) -> Answer:
    areal = half_cycle("S4-67")
    return Answer(
        None,
        f"Half a cycle moves {areal:g} mAh/cm2, {lithium_thickness(basis, areal):.1f} um of lithium. The model of a "
        "symmetric cell is steady and never ends. Missing: the current, the voltage over time, and a law for "
        "dendrites or the growth of the interphase.",
    )


COMPUTATIONS: Final[tuple[Computation, ...]] = (
    only("S4-67", "reported", _life),
    reported(
        ["S4-68"],
        "The mass over 24 h in dry air is a thermogravimetric measurement. Missing: the trace, and the rate at which "
        "air passes the porous layer; equilibrium says only that lithium metal oxidises in air.",
    ),
    only("S4-73", "exact", _thickness),
    only("S4-74", "predicted", _efficiency),
)
