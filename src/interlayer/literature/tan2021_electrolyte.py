"""The LLTO films of Tan et al. 2021: conductivity, activation energy, and what their spectra can tell."""

import math
from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from interlayer.constants import BOLTZMANN, ELEMENTARY_CHARGE, VACUUM_PERMITTIVITY
from interlayer.literature.basis import Basis
from interlayer.literature.computation import Answer, Computation, contradicted, only, reported
from interlayer.literature.tan2021_cells import (
    disc_area_cm2,
    film_thickness_nm,
    temperature_K,
)
from interlayer.measure.arrhenius import ArrheniusFit, Form, fit_arrhenius
from interlayer.measure.circuit_fit import circuit_impedance, compare_circuits

Array = NDArray[np.float64]

PERMITTIVITY: Final = 100.0
"""Relative, of dense LLTO at radio frequency: assumed, of the order known for lithium titanate perovskites."""
BOUNDARY_NM: Final = 1.0
"""Width of a grain boundary in the brick-layer model (Irvine, Sinclair and West 1990): assumed."""
DOUBLE_LAYER_F_PER_M2: Final = 0.1
"""10 uF/cm2 at the blocking silver electrodes: assumed, the default of simulated spectra too."""
NOISE: Final = 0.005
"""Relative scatter of each part of the impedance: assumed, that of a good analyser."""
PER_DECADE: Final = 10
_EV: Final = BOLTZMANN / ELEMENTARY_CHARGE
_ONE_ARC: Final = "p(R1,CPE1)-CPE2"
_TWO_ARCS: Final = "p(R1,CPE1)-p(R2,CPE2)-CPE3"
_UNIT_HZ: Final[Mapping[str, float]] = {"first": 1e6, "last": 1e3}
"""S3-09 prints the highest frequency in MHz and the lowest in kHz."""


def line_through_end_points(basis: Basis, form: Form) -> ArrheniusFit:
    """Return the Arrhenius line through the two stated conductivities of the film annealed at 300 degC."""
    return fit_arrhenius(
        np.array([temperature_K("S3-15"), temperature_K("S3-16")]),
        np.array([100.0 * basis.number("S3-15"), 100.0 * basis.number("S3-16")]),
        form=form,
    )


def moved_conductivity(conductivity: float, energy_eV: float, start_K: float, end_K: float, form: Form) -> float:
    """Return a conductivity at another temperature, sigma exp(-(E_a/k)(1/T - 1/T0)), times T0/T for ln(sigma T)."""
    shift = math.exp(-energy_eV / _EV * (1.0 / end_K - 1.0 / start_K))
    return conductivity * shift * (start_K / end_K if form == "ln_sigma_T" else 1.0)


def stated_line(basis: Basis, known: str, wanted: str, form: Form) -> float:
    """Return in S/cm what a conductivity claim becomes, with the stated activation energy, where another one holds."""
    start, end = temperature_K(known), temperature_K(wanted)
    return moved_conductivity(basis.number(known), basis.number("S3-19"), start, end, form)


def film_resistance_ohm(conductivity: float, thickness_nm: float, area_cm2: float) -> float:
    """Return R = L / (sigma A) in ohm, of a conductivity in S/cm."""
    return thickness_nm * 1e-7 / (conductivity * area_cm2)


def middle_film(basis: Basis) -> tuple[float, float]:
    """Return thickness in nm and area in cm2 of a test film in the middle of what is stated."""
    return sum(film_thickness_nm(basis)) / 2.0, sum(disc_area_cm2(basis)) / 2.0


def frequency_limits_hertz(basis: Basis) -> tuple[float, float]:
    """Return the highest and the lowest frequency of the spectra in Hz."""
    first, last, *_ = basis.numbers("S3-09")
    return first * _UNIT_HZ["first"], last * _UNIT_HZ["last"]


def relaxation_hertz(conductivity: float) -> float:
    """Return the frequency at the top of the bulk arc, sigma / (2 pi eps eps0), of a conductivity in S/cm."""
    return 100.0 * conductivity / (2.0 * math.pi * PERMITTIVITY * VACUUM_PERMITTIVITY)


def blocked_film(
    frequency: Array,
    conductivity: float,
    thickness_nm: float,
    area_cm2: float,
    boundary: float = 0.0,
    bricks: float = 1.0,
) -> NDArray[np.complex128]:
    """Return the impedance in ohm of a film between blocking electrodes, in S/cm, nm and cm2.

    Bulk R = L/(sigma A) beside eps eps0 A / L, a double layer, and for grain boundaries an arc of `boundary` times the
    bulk's resistance whose capacitance is `bricks` times the bulk's: grain size over boundary width (brick layers).
    """
    resistance = film_resistance_ohm(conductivity, thickness_nm, area_cm2)
    capacitance = PERMITTIVITY * VACUUM_PERMITTIVITY * area_cm2 * 1e-4 / (thickness_nm * 1e-9)
    double_layer = DOUBLE_LAYER_F_PER_M2 * area_cm2 * 1e-4
    if boundary == 0.0:
        return circuit_impedance("p(R1,C1)-C2", [resistance, capacitance, double_layer], frequency)
    values = [resistance, capacitance, boundary * resistance, bricks * capacitance, double_layer]
    return circuit_impedance("p(R1,C1)-p(R2,C2)-C3", values, frequency)


def grain_boundary_shows(basis: Basis) -> tuple[bool, float, float]:
    """Return whether a boundary arc as large as the bulk's is seen, by how much AICc, and the arc's frequency in Hz.

    A spectrum over the stated range with the scatter `NOISE` (a fixed seed) is fitted with one arc and with two; the
    second is seen where the circuit with two has the lower AICc.
    """
    high, low = frequency_limits_hertz(basis)
    thickness, area = middle_film(basis)
    bricks = basis.middle("S3-12") / BOUNDARY_NM
    conductivity = basis.number("S3-15")
    frequency = np.logspace(math.log10(high), math.log10(low), max(round(PER_DECADE * math.log10(high / low)) + 1, 9))
    exact = blocked_film(frequency, conductivity, thickness, area, boundary=1.0, bricks=bricks)
    random = np.random.default_rng(0)
    scatter = random.normal(size=len(frequency)) + 1j * random.normal(size=len(frequency))
    fits = {
        str(fit.circuit): fit.aicc
        for fit in compare_circuits(frequency, exact * (1.0 + NOISE * scatter), [_ONE_ARC, _TWO_ARCS])
    }
    gain = fits[_ONE_ARC] - fits[_TWO_ARCS]
    return gain > 0.0, gain, relaxation_hertz(conductivity) / bricks


def _no_second_arc(basis: Basis) -> Answer:
    shows, gain, boundary = basis.once(("tan2021 second arc",), grain_boundary_shows)
    low = frequency_limits_hertz(basis)[1]
    bulk = relaxation_hertz(basis.number("S3-15"))
    told = "two arcs describe it better" if shows else "one arc describes it as well"
    reason = (
        f"Spectra end at {low / 1e3:g} kHz (S3-09). A boundary arc as large as the bulk's (assumed: eps "
        f"{PERMITTIVITY:g}, {BOUNDARY_NM:g} nm boundaries; grains of S3-12) would sit at {boundary / 1e3:.0f} kHz, the "
        f"bulk's at {bulk / 1e3:.0f} kHz. Fitted with {100 * NOISE:g} % noise, {told} (AICc {gain:+.0f}): "
        + ("its absence means something." if shows else "no second arc in that range is no evidence.")
    )
    return Answer(None, f"Missing: spectra below the stated range. {reason}")


def _activation_energy(basis: Basis) -> Answer:
    plain = line_through_end_points(basis, "ln_sigma").activation_energy_eV
    hopping = line_through_end_points(basis, "ln_sigma_T").activation_energy_eV
    reason = (
        f"The line through 25 degC (S3-15) and 120 degC (S3-16) has {plain:.3f} eV in ln(sigma) and {hopping:.3f} eV "
        "in ln(sigma T). The geometry cancels in the ratio, so neither a wrong thickness nor area explains the "
        "printed energy; one of the three numbers belongs to another film or temperature."
    )
    return Answer(plain, reason)


def _conductivity(basis: Basis, known: str, wanted: str) -> Answer:
    """Compute one stated conductivity from the other by the stated activation energy."""
    energy = basis.number("S3-19")
    plain = stated_line(basis, known, wanted, "ln_sigma")
    hopping = stated_line(basis, known, wanted, "ln_sigma_T")
    thin, thick = film_thickness_nm(basis)
    small, large = disc_area_cm2(basis)
    reason = (
        f"{known} and {energy:g} eV (S3-19) give {plain:.3g} S/cm in ln(sigma), {hopping:.3g} in ln(sigma T): the "
        "three numbers do not go together. The measured resistance is not published; thickness and diameter (S3-07) "
        f"alone leave a factor {thick * large / (thin * small):.1f}, but the same one at both temperatures."
    )
    return Answer(plain, reason)


def _other_film(basis: Basis, name: str) -> Answer:
    film = "as-deposited" if name == "S3-18" else "400 degC"
    plain = line_through_end_points(basis, "ln_sigma").activation_energy_eV
    reason = (
        f"Missing: the {film} film's conductivities, shown in a graph only. The one film with two printed values "
        f"(S3-15, S3-16) has {plain:.3f} eV, so the graph's slopes deserve a second look, but they are not this "
        "film's."
    )
    return Answer(None, reason)


def _amorphous_better(basis: Basis) -> Answer:
    amorphous, crystalline = basis.number("S3-19"), basis.number("S3-20")
    ratio = math.exp((crystalline - amorphous) / (_EV * temperature_K("S3-15")))
    reason = (
        f"With equal prefactors (assumed) {amorphous:g} eV (S3-19) against {crystalline:g} eV (S3-20) makes the "
        f"amorphous film {ratio:.2g} times as conductive at 25 degC; the crystallised film's conductivity is not "
        "printed."
    )
    return Answer(ratio > 1.0, reason)


def _film_below_bulk(basis: Basis) -> Answer:
    film, bulk = basis.number("S3-15"), basis.number("S1-05")
    other = basis.number("S3-03")
    reason = (
        f"This film has {film:.3g} S/cm (S3-15), bulk LLTO at least {bulk:g} S/cm (S1-05): {bulk / film:.0f} times "
        f"more. The doped sol-gel film that the paper cites reaches {other:.3g} S/cm (S3-03), so it is not films as "
        "such."
    )
    return Answer(film < 0.1 * bulk, reason)


def _maximum(basis: Basis) -> Answer:
    room, hot = basis.number("S3-15"), basis.number("S3-16")
    reason = (
        "The largest of the printed values is the one at 120 degC (S3-16). The abstract leaves the temperature out; "
        f"at 25 degC, where conductivities are compared, it is {room:.3g} S/cm (S3-15), {hot / room:.1f} times less."
    )
    return Answer(max(room, hot), reason)


COMPUTATIONS: Final[tuple[Computation, ...]] = (
    only("S3-05", "exact", _film_below_bulk),
    reported(
        ["S3-11"], "Missing: the diffraction patterns as numbers. Only X-ray diffraction tells amorphous from crystal."
    ),
    reported(["S3-12"], "Missing: the micrographs. Only an electron microscope gives the grain size."),
    only("S3-13", "analysed", _no_second_arc),
    only("S3-14", "exact", _amorphous_better),
    contradicted(
        "S3-15",
        "exact",
        lambda basis: _conductivity(basis, "S3-16", "S3-15"),
        unless=lambda basis: stated_line(basis, "S3-16", "S3-15", "ln_sigma_T"),
    ),
    contradicted(
        "S3-16",
        "exact",
        lambda basis: _conductivity(basis, "S3-15", "S3-16"),
        unless=lambda basis: stated_line(basis, "S3-15", "S3-16", "ln_sigma_T"),
    ),
    only("S3-17", "exact", _maximum),
    Computation(("S3-18", "S3-20"), "reported", _other_film),
    contradicted(
        "S3-19",
        "exact",
        _activation_energy,
        unless=lambda basis: line_through_end_points(basis, "ln_sigma_T").activation_energy_eV,
    ),
)
"""Claims about the electrolyte films."""
