"""Wu et al. 2016, section 4.1: depletion of a sulfide at an oxide cathode, with and without a buffer layer."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from interlayer.composition import molar_mass, parse_formula
from interlayer.constants import AVOGADRO, ROOM_TEMPERATURE
from interlayer.literature.basis import Basis
from interlayer.literature.computation import Answer, Computation, only
from interlayer.materials import library
from interlayer.thermo import window
from interlayer.transport.space_charge import depletion_width, space_charge_resistance

CATHODE: Final = "LiCoO2"
SULFIDE: Final = "Li3PS4"
BUFFER: Final = "LiNbO3"
PERMITTIVITY: Final = 10.0
"""Relative permittivity of the sulfide; assumed, none is stated."""
BUFFER_PERMITTIVITY: Final = 30.0
"""Relative permittivity of LiNbO3, near that of the crystal along its axis; assumed, a film's may differ."""


@dataclass(frozen=True)
class Depletion:
    """A depleted layer: potential step across it in V, width in m, resistance in ohm m2."""

    step: float
    width: float
    resistance: float


def carrier_density() -> float:
    """Return lithium ions per m3 of the sulfide, from its formula and density."""
    density = library()[SULFIDE].value("density").si
    return parse_formula(SULFIDE)["Li"] * density * AVOGADRO / molar_mass(SULFIDE)


def cathode_potentials() -> tuple[float, float]:
    """Return the open-circuit potential of LiCoO2 against lithium in V, full and charged (the ends of its curve)."""
    curve = library()[CATHODE].open_circuit[0]
    full, charged = curve.potential(np.array([curve.highest, curve.lowest]))
    return float(full), float(charged)


def steps() -> tuple[float, float]:
    """Return how far the full and the charged cathode lie above the oxidation limit of the sulfide, V."""
    limit = window(SULFIDE).oxidation_V or math.inf
    full, charged = cathode_potentials()
    return full - limit, charged - limit


def depletion(step: float) -> Depletion:
    """Return the layer of the sulfide that a potential step empties."""
    carriers = carrier_density()
    conductivity = library()[SULFIDE].conductivity_at(ROOM_TEMPERATURE).si
    return Depletion(
        step,
        depletion_width(max(step, 0.0), PERMITTIVITY, carriers),
        space_charge_resistance(step, PERMITTIVITY, carriers, conductivity, ROOM_TEMPERATURE),
    )


def share_behind_buffer(step: float, thickness: float) -> float:
    """Return the part of a potential step in V that is left to the sulfide behind a buffer of `thickness` m.

    The buffer keeps its lithium and is a dielectric in series: dphi = w^2 a + w b with a = e c / (2 eps eps0) and
    b = e c t / (eps_b eps0), solved for the width w of Schottky's layer; its part is w^2 a.
    """
    bare = depletion_width(step, PERMITTIVITY, carrier_density())
    across = PERMITTIVITY / BUFFER_PERMITTIVITY * thickness
    # w^2 + 2 w across = bare^2, written so that no digits cancel
    width = bare**2 / (across + math.hypot(across, bare))
    return step * (width / bare) ** 2


def _grows(_: Basis) -> Answer:
    start, end = (depletion(step) for step in steps())
    full, charged = cathode_potentials()
    return Answer(
        None,
        f"Missing: the step of the potential across the contact. LiCoO2 at {full:.2f} V, charged {charged:.2f} V, lies "
        f"{start.step:.1f} and {end.step:.1f} V above the oxidation limit of Li3PS4: it draws lithium, more so when "
        f"charged. Full depletion (permittivity 10 assumed) is only {start.width * 1e9:.2f} to {end.width * 1e9:.2f} "
        "nm wide, less than an atomic layer.",
    )


def _buffered(basis: Basis) -> Answer:
    _, step = steps()
    thickness = max(basis.numbers("S0-24")) * 1e-9
    limit = window(BUFFER).oxidation_V or math.inf
    left = share_behind_buffer(step, thickness)
    bare, behind = depletion(step), depletion(left)
    return Answer(
        None,
        f"Missing: whether LiNbO3 keeps its lithium, as it holds to {limit:.2f} V only and the step reaches higher. If "
        f"it does, {thickness * 1e9:g} nm (S0-24; permittivity 30 assumed) take all but {left * 1e3:.2g} mV of the "
        f"{step:.1f} V as a dielectric in series: depletion falls from {bare.width * 1e9:.2f} to "
        f"{behind.width * 1e9:.3f} nm. Diffusion paths need DFT.",
    )


def _voltage(_: Basis) -> Answer:
    start, end = (depletion(step) for step in steps())
    small, large = depletion(0.4), depletion(0.6)
    return Answer(
        end.width > start.width and large.resistance > small.resistance,
        f"The width goes with the root of the step, the resistance exponentially: {small.resistance * 1e4:.2g} ohm cm2 "
        f"at {small.step:g} V, {large.resistance * 1e4:.2g} at {large.step:g} V in Li3PS4. Without a calibrated step, "
        "as the paper warns, this is a sensitivity and no prediction.",
    )


COMPUTATIONS: Final[tuple[Computation, ...]] = (
    only("S1-91", "predicted", _grows),
    only("S1-92", "predicted", _buffered),
    only("S1-93", "predicted", _voltage),
)
