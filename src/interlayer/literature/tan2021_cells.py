"""The four thin-film cells of Tan et al. 2021: their stated inputs, their simulations, and how claims contradict."""

import math
import re
from collections.abc import Sequence
from typing import Final

from interlayer.constants import ZERO_CELSIUS
from interlayer.literature.basis import Basis
from interlayer.literature.claims import claim
from interlayer.simulation import SimulationResult

CELLS: Final = ("tan2021_none", "tan2021_homogeneous", "tan2021_sio2", "tan2021_lipon")
"""Cells A, B, C and D of Table 1."""
CYCLED: Final = "tan2021_sio2_cycling"
"""Cell C through the long test at the larger current."""
RATE_LIMITS: Final = (3.2, 4.2)
"""V against lithium: the rate and 100-cycle tests (sections 2 and 3.3.2)."""
LONG_LIMITS: Final = (2.8, 4.2)
"""V against lithium: the test over 1000 cycles (section 3.3.3)."""

_CM2: Final = 1e4
"""cm2 in a m2."""


def temperature_K(name: str) -> float:
    """Return the temperature in K at which a claim holds, from its conditions (``25 degC``)."""
    match = re.fullmatch(r"([\d.]+) degC", claim(name).conditions)
    if match is None:
        raise ValueError(f"{name} states no single temperature: {claim(name).conditions!r}")
    return float(match[1]) + ZERO_CELSIUS


def small_current_uA() -> float:
    """Return the current of the 100-cycle test in uA: what claim S3-30 gives a rate to."""
    match = re.search(r"([\d.]+) uA", claim("S3-30").quantity)
    if match is None:
        raise ValueError(f"S3-30 names no current: {claim('S3-30').quantity!r}")
    return float(match[1])


def first_capacity_uAh(basis: Basis) -> float:
    """Return the capacity in uAh that calling the small current 0.1C implies, Q = I / rate."""
    return small_current_uA() / basis.number("S3-30")


def film_thickness_nm(basis: Basis) -> tuple[float, float]:
    """Return the thinnest and thickest LLTO film in nm."""
    low, high, *_ = basis.numbers("S3-07")
    return low, high


def disc_area_cm2(basis: Basis) -> tuple[float, float]:
    """Return the smallest and largest area of the LLTO test discs in cm2, pi d^2 / 4."""
    *_, small, large = basis.numbers("S3-07")
    return math.pi * (0.1 * small) ** 2 / 4.0, math.pi * (0.1 * large) ** 2 / 4.0


def stated_inputs(basis: Basis, name: str) -> tuple[str, ...]:
    """Return the changes that hand the paper's numbers to a cell: 1C, and the LLTO film's thickness and conductivity.

    The LLTO film is the last layer of the separator.
    """
    film = len(basis.cell(name).description.separator) - 1
    return (
        f"nominal_capacity={first_capacity_uAh(basis)!r} uAh",
        f"separator.{film}.thickness={sum(film_thickness_nm(basis)) / 2.0!r} nm",
        f"separator.{film}.conductivity={basis.number('S3-15')!r} S/cm",
    )


def rate_steps(rates: Sequence[float]) -> tuple[str, ...]:
    """Return a slow charge before a discharge at each rate, within the limits of the rate test."""
    low, high = RATE_LIMITS
    pairs = ((f"Charge at 0.1C until {high} V", f"Discharge at {rate!r}C until {low} V") for rate in rates)
    return tuple(step for pair in pairs for step in pair)


def rate_test(basis: Basis, name: str, *changes: str, leave_out: Sequence[str] = ()) -> SimulationResult:
    """Return a cell's discharges at the rates of the paper (S3-23), each after the same charge."""
    steps = rate_steps(basis.numbers("S3-23"))
    return basis.simulate(name, steps, *stated_inputs(basis, name), *changes, leave_out=leave_out)


def capacities(result: SimulationResult) -> tuple[float, ...]:
    """Return the capacity of each discharge in mAh/g of cathode."""
    return tuple(step.capacity_mAh_per_g for step in result.steps if step.kind == "discharge")


def mean_voltages(result: SimulationResult) -> tuple[float, ...]:
    """Return the mean voltage of each discharge that passed charge, in V."""
    return tuple(
        step.mean_voltage_V for step in result.steps if step.kind == "discharge" and step.mean_voltage_V is not None
    )


def first_voltages(result: SimulationResult) -> tuple[float, ...]:
    """Return the voltage at the beginning of each discharge in V."""
    return tuple(step.start_voltage_V for step in result.steps if step.kind == "discharge")


def share_at_highest_rate(basis: Basis, name: str, *changes: str) -> float:
    """Return the capacity at the highest rate of S3-23 relative to the lowest, in percent."""
    found = capacities(rate_test(basis, name, *changes))
    return 100.0 * found[-1] / found[0]


def highest_current_A(basis: Basis) -> float:
    """Return the current at the highest rate of S3-23 in A."""
    return 1e-6 * max(basis.numbers("S3-23")) * first_capacity_uAh(basis)


def llto_resistance_ohm_cm2(thickness_nm: float, conductivity: float) -> float:
    """Return t / sigma in ohm cm2, of a conductivity in S/cm."""
    return thickness_nm * 1e-7 / conductivity


def ohmic_interface(resistance_ohm_cm2: float) -> tuple[str, ...]:
    """Return the changes that put an ohmic resistance in the place of the assumed charge transfer."""
    return (
        "cathode.interface.exchange_current_density=",
        f"cathode.interface.measured_resistance={resistance_ohm_cm2!r} ohm cm2",
        "cathode.interface.remainder=ohmic",
    )


def interface_resistance(basis: Basis, stated: str) -> float:
    """Return the ohmic interface resistance in ohm cm2 with which cell A keeps the stated share at the highest rate.

    Bisection between none and what uses up the whole voltage window at that current; the interface stands for all
    that is not LLTO film or diffusion in the cathode.
    """

    def solved(inner: Basis) -> float:
        name = CELLS[0]
        wanted = inner.number(stated)
        area = inner.cell(name).description.area.si * _CM2
        low, high = 1e-3, (RATE_LIMITS[1] - RATE_LIMITS[0]) / highest_current_A(inner) * area
        steps = rate_steps((min(inner.numbers("S3-23")), max(inner.numbers("S3-23"))))
        for _ in range(20):
            middle = 0.5 * (low + high)
            result = inner.simulate(name, steps, *stated_inputs(inner, name), *ohmic_interface(middle))
            slow, fast = capacities(result)
            low, high = (middle, high) if 100.0 * fast / slow > wanted else (low, middle)
        return 0.5 * (low + high)

    found: float = basis.once(("tan2021 interface resistance", stated), solved)
    return found
