"""What an arc of a spectrum is: its effective capacitance, and the part of a cell that has such a one."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from interlayer.measure.circuit_fit import CircuitFit, ln_time_constant
from interlayer.measure.circuit_starts import PLAIN_ARC

RANGES: Final = (
    (3e-13, 1e-11, "bulk"),
    (1e-11, 1e-8, "grain boundary"),
    (1e-8, 1e-7, "surface layer or thin interphase"),
    (1e-7, 3e-5, "interface to an electrode"),
    (3e-5, 1.0, "charge transfer or a reaction at an electrode"),
)
"""Capacitances in F of a sample of 1 cm thickness and 1 cm2, and what has them (Irvine, Sinclair and West, doi
10.1002/adma.19900020304). The ranges touch where the source leaves gaps.
"""


@dataclass(frozen=True)
class Arc:
    """A resistor beside a capacitor or constant phase element, in a circuit that was fitted.

    `capacitance_F` is (R Q)^(1/alpha)/R, a distribution through the thickness (Hsu and Mansfeld); `brug_capacitance_F`
    Q^(1/alpha) (1/R0 + 1/R)^((alpha-1)/alpha), one over the surface (Brug et al.), where a resistance R0 stands before
    it. `origin` says what has such a capacitance.
    """

    resistor: str
    resistance_ohm: float
    alpha: float
    time_constant_s: float
    capacitance_F: float
    capacitance_sigma_F: float | None
    brug_capacitance_F: float | None
    origin: str


def arcs(fit: CircuitFit, *, thickness_m: float | None = None, area_m2: float | None = None) -> list[Arc]:
    """Return the arcs of a fitted circuit, fastest first.

    With the sample's thickness and area the capacitance is first turned into that of a sample of 1 cm and 1 cm2, as
    only that can be compared with the ranges; without them the ranges are taken as they are, and `origin` says so.
    """
    circuit = fit.circuit
    before = [node.label for node, *_ in circuit.groups if node.signature == "R"]
    found = []
    for node, begin, end, _, _ in circuit.groups:
        if node.signature not in PLAIN_ARC:
            continue
        names = circuit.names[begin:end]
        places = range(begin, end)
        resistor = next(k for k, name in zip(places, names, strict=True) if name.startswith("R"))
        stored = next(k for k, name in zip(places, names, strict=True) if name.startswith("C") and "alpha" not in name)
        exponent = int(circuit.program.alpha_of[stored])
        alpha = float(fit.values[exponent]) if exponent >= 0 else 1.0
        resistance = float(fit.values[resistor])
        ln_tau = float(np.clip(ln_time_constant(circuit, fit.coordinates, begin, end), -500.0, 500.0))
        capacitance = math.exp(ln_tau) / resistance
        brug = None
        if before and exponent >= 0:
            series = fit[before[0]]
            # in logarithms: an exponent near zero takes either factor out of the range of floats
            ln_brug = (
                math.log(max(float(fit.values[stored]), 1e-300))
                + (alpha - 1.0) * math.log(max(1.0 / series + 1.0 / resistance, 1e-300))
            ) / max(alpha, 1e-6)
            brug = math.exp(ln_brug) if abs(ln_brug) < 500.0 else None
        found.append(
            Arc(
                resistor=circuit.names[resistor],
                resistance_ohm=resistance,
                alpha=alpha,
                time_constant_s=float(np.exp(ln_tau)),
                capacitance_F=capacitance,
                capacitance_sigma_F=_sigma(fit, begin, end, resistor, capacitance),
                brug_capacitance_F=brug,
                origin=origin(capacitance, thickness_m=thickness_m, area_m2=area_m2),
            )
        )
    return sorted(found, key=lambda arc: arc.time_constant_s)


def origin(capacitance_F: float, *, thickness_m: float | None = None, area_m2: float | None = None) -> str:
    """Return what part of a cell has such a capacitance, by `RANGES`."""
    known = thickness_m is not None and area_m2 is not None
    standard = capacitance_F * (thickness_m / 1e-2) / (area_m2 / 1e-4) if known else capacitance_F  # type: ignore[operator]
    for low, high, name in RANGES:
        if low <= standard < high:
            return name if known else f"{name}, if the sample's thickness over its area is about 1/cm"
    return "a capacitance outside all known ranges"


def _sigma(fit: CircuitFit, begin: int, end: int, resistor: int, capacitance: float) -> float | None:
    """Return the capacitance's standard deviation from the covariance of its parameters."""
    names = fit.circuit.names[begin:end]
    if any(fit.sigma(name) is None for name in names):
        return None
    gradient = np.zeros(len(fit.coordinates))
    for k in range(begin, end):
        changed = []
        for step in (1e-6, -1e-6):
            x = fit.coordinates.copy()
            x[k] += step
            changed.append(ln_time_constant(fit.circuit, x, begin, end) - x[resistor])
        gradient[k] = (changed[0] - changed[1]) / 2e-6
    return capacitance * math.sqrt(max(float(gradient @ fit.covariance @ gradient), 0.0))
