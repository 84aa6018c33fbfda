"""Wang et al. 2021, the cells: first cycles, rates, interface resistances and cycling of coated and bare NMC532.

One model for both cells. The bare cell is predicted from the coated one without refitting: the coating is taken away
and the measured interface resistance is exchanged, nothing else. The diffusivity is the titration of the same coating
in Wang et al. 2020, read with the particles' area and the pulse, and what the cathode loses in its first cycle in a
liquid electrolyte it loses here, too.
"""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from interlayer.literature.basis import Basis
from interlayer.literature.computation import Answer, Computation, only
from interlayer.measure.dqdv import analyse_dqdv
from interlayer.simulation import SimulationResult
from interlayer.transport import resistance

COATED: Final = "wang2021_lnto"
BARE: Final = "wang2021_bare"
RATES: Final = ("0.1C", "0.2C", "C/3", "0.5C", "1C")
"""Discharges of the coated cell, each after a charge at 0.1C; 0.2C and 0.5C as in the rate test of Wang et al. 2020."""
CYCLES: Final = 500
"""Cycles at C/3 between S2-19 and S2-20, as the conditions of both say."""
_RESISTANCE: Final = {COATED: "S2-17", BARE: "S2-16"}


def protocol(basis: Basis, rates: Sequence[str]) -> str:
    """Return charges at 0.1C, each followed by a discharge at one of the rates, between the limits of S2-34."""
    lower, upper = basis.numbers("S2-34")
    return "; ".join(
        f"Charge at 0.1C until {upper!r} V vs Li; Discharge at {rate} until {lower!r} V vs Li" for rate in rates
    )


def particle_diffusivity(basis: Basis) -> float:
    """Return the diffusivity in cm2/s that the titration of S0-80 gives with the particles' area and the pulse.

    D ~ 1/(S^2 tau): S0-80 took the electrode's geometric area and the rest (S0-75) as time; the true area is larger by
    the roughness of the electrode, and the time is the pulse (S0-78). As the area goes with 1/R at a given loading,
    this fixes R^2/D: capacities do not depend on the particle size that is assumed.
    """
    roughness = basis.cell(COATED).cathode.true_area
    rest_over_pulse = basis.number("S0-75") * 60.0 / basis.numbers("S0-78")[0]
    return basis.number("S0-80") * rest_over_pulse / roughness**2


def changes(basis: Basis, name: str) -> tuple[str, ...]:
    """Return what a cell's model takes from claims: its interface resistance and the diffusivity of its cathode."""
    return (
        f"cathode.interface.measured_resistance={basis.number(_RESISTANCE[name])!r} ohm",
        f"cathode.diffusivity={particle_diffusivity(basis)!r} cm2/s",
    )


def run(basis: Basis, name: str) -> SimulationResult:
    """Return the simulation: the coated cell at all rates, the bare one through its first cycle at 0.1C."""
    rates = RATES if name == COATED else RATES[:1]
    return basis.simulate(name, protocol(basis, rates), *changes(basis, name))


def first_charge(basis: Basis, name: str) -> float:
    """Return the simulated first charge capacity in mAh/g."""
    return run(basis, name).steps[0].capacity_mAh_per_g


def lasting_loss(basis: Basis, name: str) -> float:
    """Return what the cathode keeps of its first charge, mAh/g: the share that it keeps in a liquid cell (S2-15)."""
    return (1.0 - basis.number("S2-15") / 100.0) * first_charge(basis, name)


def simulated_discharge(basis: Basis, name: str, rate: str) -> float:
    """Return the discharge capacity at a rate in mAh/g: the simulated one less the loss of the first cycle."""
    step = run(basis, name).steps[2 * RATES.index(rate) + 1]
    return step.capacity_mAh_per_g - lasting_loss(basis, name)


def square_root_law(first: tuple[float, float], second: tuple[float, float], current: float) -> float:
    """Return Q at a current from Q = Q0 - k sqrt(J) through two points (J, Q); empirical."""
    (j1, q1), (j2, q2) = first, second
    k = (q1 - q2) / (math.sqrt(j2) - math.sqrt(j1))
    return q1 - k * (math.sqrt(current) - math.sqrt(j1))


def compound_rate(first: float, last: float, cycles: int) -> float:
    """Return the loss per cycle in percent that compounds to last/first: 1 - (last/first)^(1/n)."""
    return float(100.0 * (1.0 - (last / first) ** (1.0 / cycles)))


def voltage_without_interface(basis: Basis, capacity: float) -> float:
    """Return the voltage against lithium at a charge capacity (mAh/g) of the cell without charge transfer at 0.1C."""
    result = basis.simulate(
        COATED, protocol(basis, RATES[:1]), *changes(basis, COATED), leave_out=("charge_transfer", "separator")
    )
    _, charge, voltage = next(result.curves())
    return float(np.interp(capacity, charge, voltage)) + (result.reference_potential_V or 0.0)


def _coated_charge(basis: Basis) -> Answer:
    value = first_charge(basis, COATED)
    return Answer(
        value,
        f"The coated cell, simulated from {basis.number('S2-17'):g} ohm (S2-17) and D = "
        f"{particle_diffusivity(basis):.2g} cm2/s (titration S0-80 read with particle area and pulse), takes "
        f"{value:.0f} mAh/g up to the limit of S2-34. The open-circuit curve is another group's NMC532.",
    )


def _coated_discharge(basis: Basis) -> Answer:
    value = simulated_discharge(basis, COATED, "0.1C")
    direct = basis.number("S2-11") * basis.number("S2-15") / 100.0
    return Answer(
        value,
        f"Simulated discharge less the first-cycle loss the cathode has in a liquid cell, too (S2-15): {value:.0f} "
        f"mAh/g. The measured charge S2-11 times S2-15 gives {direct:.1f}; the same coating in Wang et al. 2020 "
        f"reached {basis.number('S0-35'):g} (S0-35).",
    )


def _bare_charge(basis: Basis) -> Answer:
    value, resistance = first_charge(basis, BARE), basis.number("S2-16")
    ohmic = basis.simulate(BARE, protocol(basis, RATES[:1]), *changes(basis, BARE), "cathode.interface.remainder=ohmic")
    return Answer(
        value,
        f"Predicted from the coated cell without refitting: coating removed, {resistance:g} ohm (S2-16) for "
        f"{basis.number('S2-17'):g}. That costs {first_charge(basis, COATED) - value:.0f} mAh/g; as an ohmic layer it "
        f"would leave {ohmic.steps[0].capacity_mAh_per_g:.0f}. The spectrum's resistance cannot carry the collapse: "
        "products that grow while charging, or lost contact, must.",
    )


def _bare_discharge(basis: Basis) -> Answer:
    value = simulated_discharge(basis, BARE, "0.1C")
    return Answer(
        value,
        f"As S2-09: the coated cell with the coating removed and the resistance of S2-16 would give {value:.0f} mAh/g "
        "after the cathode's own first-cycle loss (S2-15). The stated resistance costs voltage, hardly capacity; "
        "reactions within the first cycle are not in the model.",
    )


def _efficiency(charge: str, discharge: str) -> Computation:
    return only(
        "S2-13" if charge == "S2-09" else "S2-14",
        "exact",
        lambda basis: Answer(
            100.0 * basis.number(discharge) / basis.number(charge), f"{discharge} over {charge}: discharge over charge."
        ),
    )


def _liquid_efficiency(basis: Basis) -> Answer:
    return Answer(
        basis.number("S0-41"),
        "A liquid cell with the same cathode in Wang et al. 2020 (S0-41). That the coated solid cell loses as much "
        "(S2-14) says that the loss of the first cycle belongs to the cathode.",
    )


def _bare_resistance(basis: Basis) -> Answer:
    capacity, upper = basis.number("S2-09"), basis.numbers("S2-34")[1]
    loss = upper - voltage_without_interface(basis, capacity)
    current = 1e-3 * basis.number("S2-08") * basis.cell(COATED).description.area.si * 1e4
    return Answer(
        loss / current,
        f"If one resistance ended the first charge at S2-09, it took {1e3 * loss:.0f} mV at {1e3 * current:.3f} mA "
        "(S2-08 on an assumed 10 mm disc). The arc of a spectrum is smaller: as with the voltage drops of Wang et al. "
        "2020, polarisation under direct current holds more than the arc.",
    )


def _coated_resistance(basis: Basis) -> Answer:
    value = basis.number("S0-60")
    cell = basis.cell("wang2020_lnto450", f"cathode.interface.measured_resistance={value!r} ohm")
    film = resistance(cell).interface
    share = "" if film is None else f" its film carries {film.explained_share:.0e} of it, so nothing else predicts it."
    return Answer(
        value,
        "Nominally the same coating, annealed alike, in Wang et al. 2020 (S0-60): two cells of one group differ by "
        f"two, which bounds every prediction;{share}",
    )


def _peaks(basis: Basis) -> Answer:
    result = basis.simulate(COATED, protocol(basis, RATES[:1]), *changes(basis, COATED))
    found = [row.name for row in analyse_dqdv(result.data).findings if row.name.endswith("_voltage")]
    up, down = (sum(name.startswith(f"{step}_peak") for name in found) for step in ("charge", "discharge"))
    return Answer(
        float(min(up, down)),
        f"Peaks of dQ/dV of the simulated first cycle, with the smoothing every record gets: {up} on charge, {down} on "
        "discharge. The open-circuit curve is smooth, so that phase transitions above 4.3 V would not show.",
    )


def _third_of_c(basis: Basis) -> Answer:
    j = basis.number("S2-65")
    ends = (0.1 * j, basis.number("S2-12")), (j, basis.number("S2-23"))
    law = square_root_law(*ends, j / 3.0)
    linear = float(np.interp(j / 3.0, [ends[0][0], ends[1][0]], [ends[0][1], ends[1][1]]))
    return Answer(
        simulated_discharge(basis, COATED, "C/3"),
        "The simulated cell misses what rate costs beyond diffusion in particles and the stated resistance. The "
        f"empirical law Q = Q0 - k sqrt(J) through 0.1C (S2-12) and 1C (S2-23) gives {law:.1f}, a straight line "
        f"{linear:.1f}.",
    )


def _one_c(basis: Basis) -> Answer:
    j = basis.number("S2-65")
    share = basis.number("S2-12") * basis.number("S0-52") / basis.number("S0-35")
    law = square_root_law((0.1 * j, basis.number("S2-12")), (j / 3.0, basis.number("S2-19")), j)
    return Answer(
        simulated_discharge(basis, COATED, "1C"),
        "The simulated cell; slow paths in the composite are missing. The empirical law Q0 - k sqrt(J) through S2-12 "
        f"and S2-19 gives {law:.1f}, S2-12 times the share kept at 1C in Wang et al. 2020 (S0-52 over S0-35) "
        f"{share:.0f}.",
    )


def _decay_rate(basis: Basis) -> Answer:
    first, last = basis.number("S2-19"), basis.number("S2-20")
    linear = 100.0 * (1.0 - last / first) / CYCLES
    return Answer(
        compound_rate(first, last, CYCLES),
        "Compound loss per cycle between S2-19 and S2-20. The paper does not say which definition it takes; the "
        f"linear one would be {linear:.3f} % per cycle.",
    )


def _after_cycling(basis: Basis) -> Answer:
    rate = basis.number("S2-22") / 100.0
    earlier = basis.number("S2-19") * (basis.number("S0-44") / 100.0) ** (CYCLES / 200.0)
    cycles = basis.simulate(f"{COATED}_cycling").cycles
    kept = 100.0 * cycles[-1].discharge_mAh_per_g / cycles[0].discharge_mAh_per_g
    return Answer(
        basis.number("S2-19") * (1.0 - rate) ** CYCLES,
        f"S2-19 after {CYCLES} cycles at the compound rate of S2-22, the same data said twice. The fade of the same "
        f"coating in Wang et al. 2020 (S0-44, rate unstated) would leave {earlier:.0f}; the simulated ageing cell, its "
        f"isolation set by S2-22, keeps {kept:.1f} %.",
    )


def _bare_cycling(basis: Basis) -> Answer:
    result = basis.simulate(f"{BARE}_cycling")
    last = result.cycles[-1]
    hours = sum(step.duration_h for step in result.steps)
    return Answer(
        last.discharge_mAh_per_g,
        f"A round trip: the growth of the ageing bare cell's layer was set so that nothing is left. Cycle {last.cycle} "
        f"still gives {last.discharge_mAh_per_g:.1f} mAh/g: cycles become so short that {hours:.0f} h pass in all, and "
        "a layer that grows with time slows down with them.",
    )


COMPUTATIONS: Final[tuple[Computation, ...]] = (
    only("S2-09", "predicted", _bare_charge),
    only("S2-10", "predicted", _bare_discharge),
    only("S2-11", "predicted", _coated_charge),
    only("S2-12", "predicted", _coated_discharge),
    _efficiency("S2-09", "S2-10"),
    _efficiency("S2-11", "S2-12"),
    only("S2-15", "predicted", _liquid_efficiency),
    only("S2-16", "predicted", _bare_resistance),
    only("S2-17", "predicted", _coated_resistance),
    only("S2-18", "analysed", _peaks),
    only("S2-19", "predicted", _third_of_c),
    only("S2-20", "exact", _after_cycling),
    only("S2-21", "fitted", _bare_cycling),
    only("S2-22", "exact", _decay_rate),
    only("S2-23", "predicted", _one_c),
)
