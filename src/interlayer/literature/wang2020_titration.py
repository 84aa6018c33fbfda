"""Wang et al. 2020, the titration: voltage drops, diffusivities, and what the formula was given for area and time."""

import math
import re
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from interlayer.composition import molar_mass
from interlayer.errors import InputError
from interlayer.literature.basis import Basis
from interlayer.literature.claims import claim
from interlayer.literature.computation import Answer, Computation, contradicted, only
from interlayer.literature.wang2020_cells import (
    AMORPHOUS,
    CRYSTALLINE,
    LIMITS,
    PARTLY,
    SAMPLES,
    Sample,
    apparent_over_true,
    charge,
    line_in_resistance,
    listed,
    others,
    pulse_current,
    pulse_hours,
    rates,
    rises,
    simulated,
)
from interlayer.measure.diffusion import analyse_pulse
from interlayer.measure.pulses import find_pulses
from interlayer.simulation import HostElectrode, SimulationResult, cell_parameters

PULSES: Final = 100
"""Pulses of the simulated titration: 129 mAh/g at a tenth of C."""
EVERY: Final = 5
"""Every fifth pulse is analysed."""
_GRAMS: Final = 1e-3
_CM2: Final = 1e4


@dataclass(frozen=True)
class PulseRow:
    """One pulse of a simulated titration, seen as an experimentalist does.

    `passed` in mAh/g; voltages before and at the end of the pulse, and after the rest, in V; the drop in mV;
    `diffusivity` in cm2/s by the formula with the particles' radius and the pulse, None where the pulse carries none.
    """

    passed: float
    before: float
    end: float
    rested: float
    drop_mV: float
    diffusivity: float | None


def titration_steps(basis: Basis) -> tuple[str, ...]:
    """Return a charge and a rest, then pulses and rests of discharge as the paper states them."""
    minutes, hours = 60.0 * pulse_hours(basis), basis.number("S0-75")
    pulse = f"Discharge at {pulse_current(basis)!r} mA/cm2 until {LIMITS[0]!r} V vs Li or {minutes!r} minutes"
    rest = f"Rest for {hours!r} hours"
    return (charge(min(rates(basis))), rest, *(pulse, rest) * PULSES)


def titration(basis: Basis, sample: Sample) -> SimulationResult:
    """Return the simulated titration of a sample's cell."""
    return simulated(basis, sample, titration_steps(basis))


def pulse_rows(basis: Basis, sample: Sample) -> tuple[PulseRow, ...]:
    """Return every fifth pulse of the simulated titration, analysed."""

    def analysed(inner: Basis) -> tuple[PulseRow, ...]:
        cell = inner.cell(sample.cell)
        radius = cell.cathode.particle_radius or math.nan
        mass = cell.description.area.si * cell.cathode.masses["NMC532"]
        pulses = find_pulses(titration(inner, sample).data)[::EVERY]
        start = pulses[0].charge
        rows = []
        for pulse in pulses:
            found = analyse_pulse(pulse, "sphere")
            rate = found.formula_rate
            rows.append(
                PulseRow(
                    passed=(start - pulse.charge) / 3.6 / (mass / _GRAMS),
                    before=pulse.before,
                    end=float(pulse.voltage[-1]),
                    rested=float(pulse.rest_voltage[-1]),
                    drop_mV=1e3 * abs(found.resistance * pulse.current),
                    diffusivity=None if rate is None else rate * (radius / 3.0) ** 2 * _CM2,
                )
            )
        return tuple(rows)

    rows: tuple[PulseRow, ...] = basis.once(("wang2020 titration", sample.cell), analysed)
    return rows


def simulated_drop_mV(basis: Basis, sample: Sample) -> float:
    """Return the median voltage drop of the simulated pulses in mV."""
    return float(np.median([row.drop_mV for row in pulse_rows(basis, sample)]))


def polarisation_mV(basis: Basis, sample: Sample) -> float:
    """Return the median of what the voltage recovers in the rest after a simulated pulse, in mV."""
    return float(np.median([1e3 * (row.rested - row.end) for row in pulse_rows(basis, sample)]))


def formula_diffusivities(basis: Basis, sample: Sample) -> tuple[float, ...]:
    """Return the diffusivities by the formula in cm2/s, in the order of discharge."""
    return tuple(row.diffusivity for row in pulse_rows(basis, sample) if row.diffusivity is not None)


def needed_ratio(basis: Basis, name: str, *, particles: bool) -> float:
    """Return the dE_s/dE_tau with which the formula gives a claimed diffusivity; above 1 is impossible.

    With the area of the particles and the duration of the pulse, or with the electrode's geometric area and the rest:
    (dE_s/dE_tau)^2 = pi tau D / (4 (m V_M/(M S))^2).
    """
    area = basis.cell(PARTLY.cell).cathode.true_area if particles else 1.0
    hours = pulse_hours(basis) if particles else basis.number("S0-75")
    length = _GRAMS * basis.number("S2-59") * basis.number("S0-76") / (basis.number("S0-77") * area)
    return math.sqrt(math.pi * 3600.0 * hours * basis.number(name) / 4.0) / length


def _lowest_polarisation(basis: Basis) -> Answer:
    found = [polarisation_mV(basis, one) for one in (PARTLY, AMORPHOUS, CRYSTALLINE)]
    return Answer(
        rises(found),
        f"What the voltage recovers in the rest after a simulated pulse, in the median {listed(found)} mV for 450 / "
        "350 / 550, from measured resistances (S0-59 to S0-61) and diffusivities (S0-79 to S0-81).",
    )


def _drop(basis: Basis) -> Answer:
    value = simulated_drop_mV(basis, PARTLY)
    cell = basis.cell(PARTLY.cell)
    arc = pulse_current(basis) * cell.description.area.si * _CM2 * basis.number(PARTLY.resistance)
    return Answer(
        value,
        f"Median drop of the simulated pulses. The arc (S0-60) alone gives {arc:.1f} mV on the 10 mm die that is "
        "assumed; what the paper reads holds more: the anode's arc, the first seconds of diffusion, or a larger "
        "current than the assumed area makes it.",
    )


def _mislabelled(basis: Basis) -> Answer:
    value = line_in_resistance(basis, AMORPHOUS, lambda one: one.drop)
    return Answer(
        value,
        f"Printed for LNTO-450, like all three drops, of which S0-69 is {basis.number('S0-69'):g} mV: only one can be. "
        f"For LNTO-350 the line over R_int through S0-69 and S0-71 gives {value:.0f} mV, which restores the label; the "
        f"simulated pulses give {simulated_drop_mV(basis, AMORPHOUS):.0f}.",
    )


def _crystalline_drop(basis: Basis) -> Answer:
    value = line_in_resistance(basis, CRYSTALLINE, lambda one: one.drop)
    return Answer(
        value,
        "The straight line through LNTO-450 and LNTO-350 (S0-69, S0-70) over the measured interface resistance, "
        "carried on to that of LNTO-550 (S0-61); so this drop, printed for LNTO-450, is that of LNTO-550. The "
        f"simulated pulses give {simulated_drop_mV(basis, CRYSTALLINE):.0f} mV: less than half.",
    )


def _drop_ratio(basis: Basis, sample: Sample) -> Answer:
    value = basis.number(sample.drop) / basis.number(PARTLY.drop)
    resistances = basis.number(sample.resistance) / basis.number(PARTLY.resistance)
    return Answer(value, f"{sample.drop} over S0-69; the interface resistances have the ratio {resistances:.2f}.")


def _formula(basis: Basis) -> Answer:
    names = (*(one.diffusivity for one in (PARTLY, AMORPHOUS, CRYSTALLINE)), "S0-82")
    meant = [needed_ratio(basis, name, particles=True) for name in names]
    taken = [needed_ratio(basis, name, particles=False) for name in names]
    return Answer(
        None,
        "Missing: what S is; tau is given as the rest (S0-75). With the particles' area and the pulse the printed D "
        f"of 450 / 350 / 550 / liquid would need dE_s/dE_tau of {listed(meant, '.1f')}, above 1 impossible; with the "
        f"electrode's area and the rest {listed(taken, '.2f')}. So the printed D are apparent, "
        f"{apparent_over_true(basis):.0f} times too large.",
    )


def _pulse_time(basis: Basis) -> Answer:
    value = pulse_hours(basis)
    return Answer(
        value,
        f"The formula's tau is the duration of the pulse, {60 * value:g} minutes (S0-78), not that of the rest. D goes "
        "as 1/tau, so the wrong one makes every diffusivity too small by the ratio of the two.",
    )


def _host_mass(_basis: Basis) -> Answer:
    host = re.search(r"molar mass (.+)$", claim("S0-77").quantity)
    if host is None:
        raise InputError(f"S0-77 names no formula: {claim('S0-77').quantity}")
    return Answer(1e3 * molar_mass(host[1]), f"Sum of standard atomic weights of {host[1]}.")


def _diffusivity(basis: Basis, sample: Sample) -> Answer:
    from_each = [
        basis.number(one.diffusivity) * basis.number(one.resistance) / basis.number(sample.resistance)
        for one in others(sample)
    ]
    first, second = others(sample)
    return Answer(
        math.sqrt(math.prod(from_each)),
        f"D ~ 1/R_int, the mean of {first.label} and {second.label} ({from_each[0]:.2e} and {from_each[1]:.2e} alone): "
        "350 and 450 follow it, 550 does not. A property of one cathode powder should not follow its coating: the "
        "value folds polarisation into a bulk quantity. Missing for more: dE_s and dE_tau.",
    )


def _liquid_diffusivity(basis: Basis) -> Answer:
    host = cell_parameters(basis.cell(PARTLY.cell)).positive
    literature = host.diffusivity * _CM2 if isinstance(host, HostElectrode) else math.nan
    return Answer(
        literature * apparent_over_true(basis),
        f"The diffusivity of the library's NMC532, {literature:.1e} cm2/s, in the paper's reading (geometric area, "
        f"rest as tau: {apparent_over_true(basis):.0f} times more). That one belongs to another powder and a particle "
        "model with its own radius; here it is that of Wang et al. 2021.",
    )


def _ratios(basis: Basis) -> Answer:
    crystalline = basis.number(CRYSTALLINE.diffusivity)
    return Answer(
        (basis.number(PARTLY.diffusivity) / crystalline, basis.number(AMORPHOUS.diffusivity) / crystalline),
        "S0-80 and S0-79 over S0-81. The sentence with the averages lost two of its three numbers in print; that the "
        "ratios fit confirms how it is read.",
    )


def _falls(basis: Basis) -> Answer:
    halves = []
    for one in SAMPLES:
        found = formula_diffusivities(basis, one)
        third = len(found) // 3
        halves.append(float(np.median(found[:third]) / np.median(found[-third:])))
    return Answer(
        min(halves) > 1.0,
        f"By the formula D falls {listed(halves, '.1f')} times (350 / 450 / 550) from the first to the last third of "
        "the simulated titration, although the D put in is constant: kinetics and slope of the voltage curve change "
        "on the way. The trend alone proves nothing about D(x).",
    )


def _slower_than_liquid(basis: Basis) -> Answer:
    found = [basis.number(one.diffusivity) for one in SAMPLES]
    liquid = basis.number("S0-82")
    return Answer(
        max(found) < liquid,
        f"S0-79 to S0-81 against S0-82, the highest of them {liquid / max(found):.1f} times lower. The cathode powder "
        "is the same, so what differs is not its diffusivity: resistance and unused surface are read as diffusion.",
    )


COMPUTATIONS: Final[tuple[Computation, ...]] = (
    only("S0-68", "analysed", _lowest_polarisation),
    only("S0-69", "analysed", _drop),
    contradicted("S0-70", "predicted", _mislabelled, judged=lambda basis: basis.number("S0-69")),
    only("S0-71", "predicted", _crystalline_drop),
    only("S0-72", "exact", partial(_drop_ratio, sample=AMORPHOUS)),
    only("S0-73", "exact", partial(_drop_ratio, sample=CRYSTALLINE)),
    only("S0-74", "reported", _formula),
    contradicted("S0-75", "exact", _pulse_time),
    only("S0-77", "exact", _host_mass),
    *(only(one.diffusivity, "predicted", partial(_diffusivity, sample=one)) for one in SAMPLES),
    only("S0-82", "predicted", _liquid_diffusivity),
    only("S0-83", "exact", _ratios),
    only("S0-84", "analysed", _falls),
    only("S0-85", "exact", _slower_than_liquid),
)
"""Claims about the titration."""
