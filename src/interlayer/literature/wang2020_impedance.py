"""Wang et al. 2020, spectra and voltammograms: those of the simulated cells, analysed as measured ones are."""

from functools import partial
from typing import Final

import numpy as np

from interlayer.literature.basis import Basis
from interlayer.literature.computation import Answer, Computation, only
from interlayer.literature.wang2020_cells import (
    AMORPHOUS,
    CRYSTALLINE,
    LIMITS,
    PARTLY,
    SAMPLES,
    Sample,
    line_in_resistance,
    listed,
    rates,
    simulated,
)
from interlayer.measure.cv import analyse_cv
from interlayer.measure.eis import analyse_eis
from interlayer.measure.finding import Analysis
from interlayer.records import Record
from interlayer.simulation import SimulationResult
from interlayer.simulation.result import SpectrumResult

CUT_OFFS: Final = (3.3, 3.5, 3.8)
"""V of the cell at which spectra are simulated: the first and last are the ends of claim S0-56."""
FREQUENCIES: Final = "EIS from 7 MHz to 0.1 Hz with 10 points per decade"
"""As in Wang et al. 2021 (S2-66); this paper states none."""
SCAN_RATE: Final = 0.1
"""mV/s, assumed: the paper states none."""
SLOWER: Final = 0.05
"""mV/s, another usual scan rate."""
CARRIES: Final = 0.05
"""A semicircle counts if it carries this share of all arcs."""
NEARLY_UNCHANGED: Final = 0.10
"""Relative change up to which a resistance counts as unchanged."""


def spectra(basis: Basis, sample: Sample) -> tuple[SpectrumResult, ...]:
    """Return the simulated spectra of the first charge at the cut-off voltages, each after an hour of rest."""
    rate = min(rates(basis))
    steps = [
        step for volt in CUT_OFFS for step in (f"Charge at {rate!r}C until {volt!r} V", "Rest for 1 hour", FREQUENCIES)
    ]
    return simulated(basis, sample, steps).spectra


def arcs_ohm(basis: Basis, sample: Sample, cut_off: float) -> tuple[float, ...]:
    """Return the resistances of the arcs that the analysis finds in a simulated spectrum, in ohm."""

    def fitted(inner: Basis) -> tuple[float, ...]:
        found = spectra(inner, sample)[CUT_OFFS.index(cut_off)]
        record = Record(
            columns={
                "frequency_hertz": np.array(found.frequency_hertz),
                "real_impedance_ohm": np.array(found.real_impedance_ohm),
                "imaginary_impedance_ohm": np.array(found.imaginary_impedance_ohm),
            },
            metadata={},
        )
        arcs = {row.name: row.value for row in analyse_eis(record).findings if row.unit == "ohm"}
        return tuple(arcs[name] or 0.0 for name in ("R1", "R2", "R3") if name in arcs)

    values: tuple[float, ...] = basis.once(("wang2020 arcs", sample.cell, cut_off), fitted)
    return values


def voltammogram(basis: Basis, sample: Sample, scan_rate: float = SCAN_RATE) -> SimulationResult:
    """Return two simulated cycles of voltammetry between the limits."""
    low, high = LIMITS
    sweeps = (f"Sweep at {scan_rate!r} mV/s to {high!r} V vs Li", f"Sweep at {scan_rate!r} mV/s to {low!r} V vs Li")
    return simulated(basis, sample, sweeps * 2)


def peaks(basis: Basis, sample: Sample, scan_rate: float = SCAN_RATE) -> Analysis:
    """Return the analysis of the simulated voltammogram."""

    def analysed(inner: Basis) -> Analysis:
        return analyse_cv(voltammogram(inner, sample, scan_rate).data)

    found: Analysis = basis.once(("wang2020 voltammogram", sample.cell, scan_rate), analysed)
    return found


def finding(analysis: Analysis, name: str) -> float:
    """Return the value of a finding, not a number where there is none."""
    return next((row.value for row in analysis.findings if row.name == name and row.value is not None), float("nan"))


def _unchanged(basis: Basis) -> Answer:
    first, last = CUT_OFFS[0], CUT_OFFS[-1]
    ratios = [sum(arcs_ohm(basis, one, last)) / sum(arcs_ohm(basis, one, first)) for one in SAMPLES]
    return Answer(
        max(ratios) < 1.0 + NEARLY_UNCHANGED,
        f"The arcs of the simulated cells grow {listed(ratios, '.1f')} times (350 / 450 / 550) from {first:g} to "
        f"{last:g} V, because the exchange current of a charge transfer falls towards empty sites. That the measured "
        "arc does not move speaks for a layer or contacts rather than for the charge transfer that the model assumes.",
    )


def _semicircles(basis: Basis) -> Answer:
    found = arcs_ohm(basis, PARTLY, CUT_OFFS[0])
    number = sum(one > CARRIES * sum(found) for one in found)
    return Answer(
        str(number),
        f"Arcs above 5 % of the whole in the simulated spectrum of LNTO-450 at {CUT_OFFS[0]:g} V: {number}, of "
        f"{max(found):.0f} ohm. The anode's arc is missing, because no resistance of In-Li is given, and the grain "
        "boundaries of LGPS are in the pellet's ohmic part.",
    )


def _separation(basis: Basis, sample: Sample) -> Answer:
    value = finding(peaks(basis, sample), "peak_separation")
    slower = finding(peaks(basis, sample, SLOWER), "peak_separation")
    return Answer(
        None,
        f"Missing: the scan rate. The simulated voltammogram from {sample.resistance} and {sample.diffusivity} has its "
        f"peaks {slower:.2f} V apart at {SLOWER:g} mV/s and {value:.2f} V at {SCAN_RATE:g} mV/s; no rate meets both "
        "S0-47 and S0-48, as the peaks of the open-circuit curve, another group's, are broad.",
    )


def _crystalline_separation(basis: Basis) -> Answer:
    value = line_in_resistance(basis, CRYSTALLINE, lambda one: one.separation)
    model = finding(peaks(basis, CRYSTALLINE), "peak_separation")
    return Answer(
        value,
        "The straight line through LNTO-350 and LNTO-450 (S0-47, S0-48) over the interface resistance, carried on to "
        f"S0-61; the simulated voltammogram ({SCAN_RATE:g} mV/s assumed) gives {model:.2f} V. Beyond the line LNTO-550 "
        "is slowed down by more than its arc.",
    )


def _peak_currents(basis: Basis) -> Answer:
    found = {
        side: [1e3 * finding(peaks(basis, one), f"{side}_peak_current") for one in SAMPLES]
        for side in ("anodic", "cathodic")
    }
    value = all(min(found[side][:2]) > found[side][2] for side in found)
    return Answer(
        value,
        f"Simulated at {SCAN_RATE:g} mV/s (assumed) for 350 / 450 / 550: anodic {listed(found['anodic'], '.2f')} mA, "
        f"cathodic {listed(found['cathodic'], '.2f')} mA, from measured resistances (S0-59 to S0-61) and diffusivities "
        "(S0-79 to S0-81).",
    )


COMPUTATIONS: Final[tuple[Computation, ...]] = (
    only("S0-47", "analysed", partial(_separation, sample=AMORPHOUS)),
    only("S0-48", "analysed", partial(_separation, sample=PARTLY)),
    only("S0-49", "predicted", _crystalline_separation),
    only("S0-50", "analysed", _peak_currents),
    only("S0-56", "analysed", _unchanged),
    only("S0-57", "analysed", _semicircles),
)
"""Claims about impedance spectra and voltammograms."""
