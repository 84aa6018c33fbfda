"""Wang et al. 2020, capacities: the first cycle, the rates, 200 cycles, and what the interface grows meanwhile."""

import math
from functools import partial
from typing import Final

import numpy as np

from interlayer.literature.basis import Basis
from interlayer.literature.computation import Answer, Computation, only
from interlayer.literature.wang2020_cells import (
    AMORPHOUS,
    CRYSTALLINE,
    CYCLED,
    LIMITS,
    PARTLY,
    SAMPLES,
    Sample,
    charge,
    discharge,
    discharge_capacity,
    first_charge,
    line_in_resistance,
    liquid_cycle,
    listed,
    others,
    polarisation_mV,
    rate_test,
    rates,
    rises,
    simulated,
)
from interlayer.measure.dqdv import constant_current_steps, differential_capacity
from interlayer.simulation import SimulationResult

AGED: Final = 100
"""Cycles between the two spectra (S0-63 to S0-65)."""
CYCLES: Final = 200
"""Cycles of the retentions S0-43 to S0-45."""
SMOOTHING_V: Final = 0.02
"""Width over which dQ/dV is smoothed: the one that the analysis takes for every record."""
START: Final = 0.1
"""The start of a charge: this share of the stated capacity."""
VISIBLE: Final = 0.01
"""Two curves overlap where they differ by less than this share of the voltage window: a line's width on a plot."""


def onset_voltage(basis: Basis, sample: Sample) -> float:
    """Return where the first charge sets in, in V of the cell: dQ/dV has risen to half of its first maximum."""
    step = constant_current_steps(rate_test(basis, sample).data)[0]
    grid, slope = differential_capacity(step, SMOOTHING_V)
    top = int(np.argmax(slope))
    return float(np.interp(0.5 * slope[top], slope[: top + 1], grid[: top + 1]))


def start_above_liquid_mV(basis: Basis, sample: Sample, *more: str) -> float:
    """Return by how much the start of the first charge lies above that of a liquid cell, in mV, in the mean."""
    rate = min(rates(basis))
    solid = simulated(basis, sample, (charge(rate), discharge(rate)), *more).data.step(1)
    liquid = liquid_cycle(basis).data.step(1)
    if solid.specific_capacity is None or liquid.specific_capacity is None:
        return math.nan
    window = START * basis.number(PARTLY.capacity)
    passed = np.linspace(0.1 * window, window, 50)
    above = np.interp(passed, solid.specific_capacity, solid.voltage) - np.interp(
        passed, liquid.specific_capacity, liquid.voltage
    )
    return float(1e3 * above.mean())


def growth_ohm(basis: Basis) -> float:
    """Return what 100 cycles add to the interface of LNTO-450, in ohm."""
    return basis.number(PARTLY.aged_resistance) - basis.number(PARTLY.resistance)


def compound_loss(retention_percent: float) -> float:
    """Return the loss per cycle in percent that compounds to a retention: 1 - r^(1/n)."""
    return float(100.0 * (1.0 - (retention_percent / 100.0) ** (1.0 / CYCLES)))


def ageing(basis: Basis, sample: Sample) -> SimulationResult:
    """Return the ageing cell of LNTO-450 through 200 cycles with another sample's coating and fresh resistance."""
    if sample is PARTLY:
        return basis.simulate(CYCLED)
    return basis.simulate(
        CYCLED,
        None,
        f"cathode.coating.0.material={sample.label}",
        f"cathode.interface.measured_resistance={basis.number(sample.resistance)!r} ohm",
    )


def layer_share_of_electrolyte(basis: Basis) -> float:
    """Return the share of the composite's LGPS that a closed layer of the stated thickness would take up."""
    layer = basis.cell(PARTLY.cell).cathode
    volume = layer.true_area * basis.middle("S0-66") * 1e-9
    return volume / (layer.volume_fractions["Li10GeP2S12"] * layer.thickness)


def _delithiation(basis: Basis) -> Answer:
    value = onset_voltage(basis, PARTLY)
    anode = rate_test(basis, PARTLY).reference_potential_V or 0.0
    return Answer(
        value,
        f"Half height of the first peak of dQ/dV in the simulated charge at 0.1C; {value + anode:.2f} V against "
        f"lithium with In-Li at {anode:g} V. The open-circuit curve is another group's NMC532, whose knee near full "
        "lithium probably lies lower, and the paper does not say where on the rising curve it reads.",
    )


def _smallest_polarisation(basis: Basis) -> Answer:
    found = [polarisation_mV(basis, one) for one in (PARTLY, AMORPHOUS, CRYSTALLINE)]
    return Answer(
        rises(found),
        f"Mean charge less mean discharge voltage of the simulated first cycles: {listed(found)} mV for 450 / 350 / "
        "550, from measured interface resistances (S0-59 to S0-61) and titrated diffusivities (S0-79 to S0-81).",
    )


def _overlaps_liquid(basis: Basis) -> Answer:
    found = start_above_liquid_mV(basis, PARTLY)
    ohmic = start_above_liquid_mV(basis, PARTLY, "cathode.interface.remainder=ohmic")
    resolution = 1e3 * VISIBLE * (LIMITS[1] - LIMITS[0])
    return Answer(
        found < resolution,
        f"The first tenth of the simulated charge lies {found:.0f} mV above a liquid cell without interface "
        f"(diffusivity S0-82); {ohmic:.0f} mV were the resistance ohmic. A plot shows {resolution:.0f} mV (1 % of the "
        "window, assumed). Charge transfer slows near full lithium in the model, and the diffusivities differ.",
    )


def _below_liquid(basis: Basis) -> Answer:
    solid, liquid = rate_test(basis, PARTLY).steps[1], liquid_cycle(basis).steps[1]
    gap = 1e3 * ((liquid.mean_voltage_V or 0.0) - (solid.mean_voltage_V or 0.0))
    return Answer(
        gap > 0.0,
        f"The simulated discharge lies {gap:.0f} mV below one without interface and with the diffusivity of the liquid "
        "cell (S0-82). Interface and slower diffusion are enough for it: a loss of contact, which the paper suspects, "
        "is not needed and not excluded.",
    )


def _first_capacity(basis: Basis, sample: Sample) -> Answer:
    value = discharge_capacity(basis, sample, min(rates(basis)))
    line = line_in_resistance(basis, sample, lambda one: one.capacity)
    first, second = others(sample)
    return Answer(
        value,
        f"Cell model from {sample.resistance} and {sample.diffusivity}, less the first-cycle loss of a liquid cell "
        f"(S0-41); the line over R_int through {first.capacity} and {second.capacity} gives {line:.0f}. The loading is "
        "the sister cell's (S2-59), the particle size cancels; slow paths in the composite and lost contact are "
        "missing.",
    )


def _efficiency(basis: Basis, sample: Sample) -> Answer:
    value = basis.number("S0-41")
    model = 100.0 * discharge_capacity(basis, sample, min(rates(basis))) / first_charge(basis, sample)
    return Answer(
        value,
        "What the same cathode keeps in a liquid cell (S0-41): most of the loss of the first cycle is the cathode's "
        f"own. With slow diffusion at the end of discharge on top, the cell model gives {model:.0f} %; in the "
        f"experiment {sample.label} has no such extra loss.",
    )


def _liquid_efficiency(basis: Basis) -> Answer:
    return Answer(
        basis.number("S2-15"),
        "Another liquid cell with the same cathode, in Wang et al. 2021 (S2-15).",
    )


def _efficiency_means_no_reaction(basis: Basis) -> Answer:
    found = [basis.number(one.efficiency) for one in SAMPLES]
    liquid = basis.number("S0-41")
    away = max(abs(one - liquid) for one in found)
    reacting = basis.number("S2-15") - basis.number("S2-13")
    return Answer(
        away < 0.1 * reacting,
        f"S0-38 to S0-40 lie within {away:.2f} % of the liquid cell (S0-41); a bare cathode, which does react, lies "
        f"{reacting:.0f} % below one (S2-13, S2-15). So the test tells gross reactions, but {CYCLES} cycles and an "
        "interlayer of S and P (S0-66) show slower ones.",
    )


def _retention(basis: Basis, sample: Sample) -> Answer:
    value = line_in_resistance(basis, sample, lambda one: one.retention)
    first, second = others(sample)
    reason = (
        f"Straight line over the fresh interface resistance through {first.label} and {second.label} "
        f"({first.retention}, {second.retention}): empirical. "
    )
    if sample is PARTLY:
        reason += "That the fade orders with the resistance does not make it the cause: it grows by too little (S0-63)."
    else:
        aged = 100.0 * (ageing(basis, sample).cycles[-1].retention or math.nan)
        reason += (
            f"The ageing cell of LNTO-450, its isolation set by S0-44, with this resistance keeps {aged:.0f} %: "
            "resistance costs little capacity, contact or isolation must differ."
        )
    return Answer(value, reason)


def _average_efficiency(basis: Basis) -> Answer:
    lost = compound_loss(basis.number(PARTLY.retention))
    cycles = ageing(basis, PARTLY).cycles
    model = 100.0 * sum(one.coulombic_efficiency or 0.0 for one in cycles[1:]) / len(cycles[1:])
    return Answer(
        None,
        f"Missing: how fast charge goes into side reactions. The fade (S0-44) needs {100 - lost:.2f} %, the ageing "
        f"cell gives {model:.2f} %. What is lost beyond the fade costs no capacity, because the In-Li electrode holds "
        "lithium in excess.",
    )


def _one_c(basis: Basis) -> Answer:
    fast, slow = max(rates(basis)), min(rates(basis))
    value = discharge_capacity(basis, PARTLY, fast)
    fixed = basis.simulate(PARTLY.cell, (charge(slow), discharge(fast))).steps[1].capacity_mAh_per_g
    return Answer(
        value,
        "Cell model from S0-60 and the titration S0-80 with particle area and pulse, less the first-cycle loss "
        f"(S0-41); with the diffusivity of the literature it would be {fixed:.0f} before that loss. Slow paths of ions "
        "in the composite, a spread of particle sizes or few contacts are missing.",
    )


def _crystalline_one_c(basis: Basis) -> Answer:
    fast = max(rates(basis))
    value = discharge_capacity(basis, CRYSTALLINE, fast)
    drop = fast * 10.0 * basis.number("S0-30") * 1e-6 * basis.cell(CRYSTALLINE.cell).description.area.si * 1e4
    return Answer(
        value,
        f"Cell model from S0-61 and S0-81; a small rest between two large numbers, {drop * basis.number('S0-61'):.2f} "
        "V being lost in the interface alone (10 mm die assumed). A line over R_int does not exist: no 1C capacity of "
        "LNTO-350 is given.",
    )


def _best_rate(basis: Basis) -> Answer:
    fast = max(rates(basis))
    found = {one: discharge_capacity(basis, one, fast) for one in SAMPLES}
    return Answer(
        max(found, key=lambda one: found[one]) is PARTLY,
        f"Simulated at {fast:g}C, less the first-cycle loss: {listed(list(found.values()))} mAh/g for 350 / 450 / 550, "
        "from measured resistances (S0-59 to S0-61) and diffusivities (S0-79 to S0-81).",
    )


def _aged_partly(basis: Basis) -> Answer:
    run = ageing(basis, PARTLY)
    grown = run.cycles[AGED - 1].grown_resistance_ohm_cm2 / (basis.cell(CYCLED).description.area.si * 1e4)
    return Answer(
        basis.number(PARTLY.resistance) + grown,
        f"A round trip: the growth of the ageing cell's layer was set by this claim; {grown:.0f} ohm after {AGED} "
        "simulated cycles, somewhat more than was put in because isolated particles take surface away. No law "
        "predicts how fast LGPS decomposes.",
        reference=basis.number(PARTLY.resistance),
    )


def _aged(basis: Basis, sample: Sample) -> Answer:
    return Answer(
        basis.number(sample.resistance) + growth_ohm(basis),
        f"{sample.resistance} plus the {growth_ohm(basis):g} ohm that {AGED} cycles add with LNTO-450 (S0-60, S0-63): "
        "the same products of the same LGPS in the same hours, on whatever coating. The growth does not follow the "
        "order of the fresh resistances, so neither sum nor ratio is a law. Judged by the growth.",
        reference=basis.number(sample.resistance),
    )


def _interlayer(basis: Basis) -> Answer:
    cell = basis.cell(PARTLY.cell)
    true = growth_ohm(basis) * cell.description.area.si * cell.cathode.true_area
    return Answer(
        None,
        f"Missing: how fast LGPS decomposes and how well the products conduct. The growth of {growth_ohm(basis):g} ohm "
        f"(S0-63) is {1e4 * true:.0f} ohm cm2 on the particles: each 10 nm of layer with that would conduct "
        f"{1e-8 / true / 100.0:.0e} S/cm.",
    )


def _suppressed(basis: Basis) -> Answer:
    layer, film = basis.middle("S0-66"), basis.middle("S0-24")
    grown = [basis.number(one.aged_resistance) - basis.number(one.resistance) for one in SAMPLES]
    contrary = layer > film or max(grown) > 0.0
    return Answer(
        not contrary,
        f"After {AGED} cycles the paper finds {layer:g} nm of P and S species (S0-66), thicker than the coating "
        f"(S0-24) and {100 * layer_share_of_electrolyte(basis):.0f} % of the composite's LGPS if closed, and "
        f"{listed(grown)} ohm more (S0-63 to S0-65). The coating slows reactions; it does not suppress them fully.",
        "inconsistent" if contrary else None,
    )


def _tenth_of_c(basis: Basis) -> Answer:
    value = 0.1 * basis.number("S2-59") * basis.number("S2-63")
    return Answer(
        value,
        f"{basis.number('S2-59'):g} mg/cm2 times {basis.number('S2-63'):g} mAh/g of the sister cells in Wang et al. "
        "2021 (S2-59, S2-63) in ten hours. This paper states no loading, so its rate per mass rests on that.",
    )


COMPUTATIONS: Final[tuple[Computation, ...]] = (
    only("S0-30", "predicted", _tenth_of_c),
    only("S0-31", "analysed", _delithiation),
    only("S0-32", "predicted", _smallest_polarisation),
    only("S0-33", "predicted", _overlaps_liquid),
    only("S0-34", "predicted", _below_liquid),
    only("S0-35", "predicted", partial(_first_capacity, sample=PARTLY)),
    only("S0-36", "predicted", partial(_first_capacity, sample=AMORPHOUS)),
    only("S0-37", "predicted", partial(_first_capacity, sample=CRYSTALLINE)),
    *(only(one.efficiency, "predicted", partial(_efficiency, sample=one)) for one in SAMPLES),
    only("S0-41", "predicted", _liquid_efficiency),
    only("S0-42", "exact", _efficiency_means_no_reaction),
    *(only(one.retention, "predicted", partial(_retention, sample=one)) for one in SAMPLES),
    only("S0-46", "predicted", _average_efficiency),
    only("S0-52", "predicted", _one_c),
    only("S0-53", "predicted", _crystalline_one_c),
    only("S0-54", "predicted", _best_rate),
    only("S0-63", "fitted", _aged_partly),
    *(only(one.aged_resistance, "predicted", partial(_aged, sample=one)) for one in (AMORPHOUS, CRYSTALLINE)),
    only("S0-66", "predicted", _interlayer),
    only("S0-67", "exact", _suppressed),
)
"""Claims about capacities, rates, cycling and what grows meanwhile."""
