"""Wang et al. 2020, the three cells: what their models take from claims, their simulated rates, lines between them.

One model for all. The interface resistance is the measured one, taken as charge transfer; the diffusivity is the cell's
own titration, read with the particles' area and the duration of the pulse; what the cathode loses in its first cycle in
a liquid electrolyte it loses here, too. Nothing is fitted to a capacity, a peak or a voltage drop.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from interlayer.literature.basis import Basis
from interlayer.simulation import SimulationResult

INTERFACE: Final = ("charge_transfer", "coating", "separator", "ionic_path")
"""What a solid cell has and a liquid one has not, or hardly."""
LIMITS: Final = (2.5, 4.4)
"""V against lithium: the limits of the sister cells (claim S2-34); this paper states none."""


@dataclass(frozen=True)
class Sample:
    """One annealing temperature of the coating: its example cell, and the claims that give its numbers."""

    temperature: int
    cell: str
    conductivity: str
    resistance: str
    aged_resistance: str
    capacity: str
    efficiency: str
    retention: str
    separation: str
    drop: str
    diffusivity: str

    @property
    def label(self) -> str:
        """The coating as the paper calls it."""
        return f"LNTO-{self.temperature}"


AMORPHOUS: Final = Sample(
    350, "wang2020_lnto350", "S0-20", "S0-59", "S0-64", "S0-36", "S0-38", "S0-43", "S0-47", "S0-70", "S0-79"
)
PARTLY: Final = Sample(
    450, "wang2020_lnto450", "S0-21", "S0-60", "S0-63", "S0-35", "S0-39", "S0-44", "S0-48", "S0-69", "S0-80"
)
CRYSTALLINE: Final = Sample(
    550, "wang2020_lnto550", "S0-22", "S0-61", "S0-65", "S0-37", "S0-40", "S0-45", "S0-49", "S0-71", "S0-81"
)
SAMPLES: Final = (AMORPHOUS, PARTLY, CRYSTALLINE)
CYCLED: Final = "wang2020_lnto450_cycling"
"""The cell with LNTO-450 through 200 cycles."""


def others(sample: Sample) -> tuple[Sample, Sample]:
    """Return the two other samples."""
    first, second = (one for one in SAMPLES if one is not sample)
    return first, second


def line_in_resistance(basis: Basis, sample: Sample, claim_of: Callable[[Sample], str]) -> float:
    """Return the quantity of a sample on the straight line through the two others over their interface resistance."""
    (r1, q1), (r2, q2) = ((basis.number(one.resistance), basis.number(claim_of(one))) for one in others(sample))
    return q1 + (q2 - q1) * (basis.number(sample.resistance) - r1) / (r2 - r1)


def inverse_conductivity(basis: Basis, sample: Sample) -> float:
    """Return the interface resistance in ohm by R = K/sigma, K the geometric mean of the two other samples."""
    products = [basis.number(one.resistance) * basis.number(one.conductivity) for one in others(sample)]
    return math.sqrt(math.prod(products)) / basis.number(sample.conductivity)


def pulse_hours(basis: Basis) -> float:
    """Return the duration of a pulse of the titration in h."""
    minutes, _ = basis.numbers("S0-78")
    return minutes / 60.0


def pulse_current(basis: Basis) -> float:
    """Return the current of the titration in mA/cm2."""
    _, current = basis.numbers("S0-78")
    return current


def apparent_over_true(basis: Basis) -> float:
    """Return the printed diffusivities over those of the formula as it is meant.

    D ~ 1/(S^2 tau): the paper took the electrode's geometric area for S and the rest for tau; meant are the area of the
    particles, larger by the roughness of the electrode, and the pulse.
    """
    roughness = basis.cell(PARTLY.cell).cathode.true_area
    return roughness**2 * pulse_hours(basis) / basis.number("S0-75")


def particle_diffusivity(basis: Basis, name: str) -> float:
    """Return a claimed diffusivity in cm2/s, read with the particles' area and the pulse."""
    return basis.number(name) / apparent_over_true(basis)


def changes(basis: Basis, sample: Sample, diffusivity: str = "") -> tuple[str, ...]:
    """Return what a cell's model takes from claims; the diffusivity from the sample's own, or another one."""
    return (
        f"nominal_capacity={10.0 * basis.number('S0-30')!r} uAh/cm2",
        f"separator.0.conductivity={basis.number('S0-29')!r} mS/cm",
        f"cathode.coating.0.thickness={basis.middle('S0-24')!r} nm",
        f"cathode.coating.0.conductivity={basis.number(sample.conductivity)!r} uS/cm",
        f"cathode.interface.measured_resistance={basis.number(sample.resistance)!r} ohm",
        f"cathode.diffusivity={particle_diffusivity(basis, diffusivity or sample.diffusivity)!r} cm2/s",
    )


def simulated(
    basis: Basis, sample: Sample, steps: Sequence[str], *more: str, leave_out: Sequence[str] = ()
) -> SimulationResult:
    """Return the simulation of a sample's cell."""
    return basis.simulate(sample.cell, tuple(steps), *changes(basis, sample), *more, leave_out=leave_out)


def charge(rate: float) -> str:
    """Return the sentence of a charge to the upper limit."""
    return f"Charge at {rate!r}C until {LIMITS[1]!r} V vs Li"


def discharge(rate: float) -> str:
    """Return the sentence of a discharge to the lower limit."""
    return f"Discharge at {rate!r}C until {LIMITS[0]!r} V vs Li"


def rates(basis: Basis) -> tuple[float, ...]:
    """Return the C-rates of the rate test."""
    return basis.numbers("S0-51")


def rate_test(basis: Basis, sample: Sample) -> SimulationResult:
    """Return the discharges at the rates of S0-51, each after a charge at the lowest of them; the first is a cycle."""
    slow = min(rates(basis))
    return simulated(basis, sample, [step for rate in rates(basis) for step in (charge(slow), discharge(rate))])


def liquid_cycle(basis: Basis) -> SimulationResult:
    """Return the first cycle of a liquid cell: no interface, separator or ionic path, and the diffusivity of S0-82."""
    rate = min(rates(basis))
    return basis.simulate(
        PARTLY.cell, (charge(rate), discharge(rate)), *changes(basis, PARTLY, "S0-82"), leave_out=INTERFACE
    )


def first_charge(basis: Basis, sample: Sample) -> float:
    """Return the simulated first charge capacity in mAh/g."""
    return rate_test(basis, sample).steps[0].capacity_mAh_per_g


def lasting_loss(basis: Basis, sample: Sample) -> float:
    """Return what the cathode keeps of its first charge in mAh/g: the share that it keeps in a liquid cell (S0-41)."""
    return (1.0 - basis.number("S0-41") / 100.0) * first_charge(basis, sample)


def discharge_capacity(basis: Basis, sample: Sample, rate: float) -> float:
    """Return the simulated discharge capacity at a rate in mAh/g, less the loss of the first cycle."""
    step = rate_test(basis, sample).steps[2 * rates(basis).index(rate) + 1]
    return max(step.capacity_mAh_per_g - lasting_loss(basis, sample), 0.0)


def polarisation_mV(basis: Basis, sample: Sample) -> float:
    """Return the mean voltage of the simulated first charge less that of the discharge in mV."""
    up, down = rate_test(basis, sample).steps[:2]
    if up.mean_voltage_V is None or down.mean_voltage_V is None:
        return math.inf
    return 1e3 * (up.mean_voltage_V - down.mean_voltage_V)


def listed(values: Sequence[float], form: str = ".0f") -> str:
    """Return numbers as a reader lists them: ``1 / 2 / 3``."""
    return " / ".join(f"{value:{form}}" for value in values)


def rises(values: Sequence[float]) -> bool:
    """Return whether each value is above the one before."""
    return all(a < b for a, b in pairwise(values))
