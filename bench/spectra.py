"""Noisy impedance spectra of solid-state cells with known parameters, drawn from stated ranges."""

import numpy as np

from interlayer.measure.circuit import parse_circuit
from interlayer.measure.circuit_fit import circuit_impedance

CIRCUITS = (
    "R0-p(R1,CPE1)-p(R2,CPE2)-W1",
    "R0-p(R1,CPE1)",
    "p(R1,CPE1)-CPE2",
    "R0-p(R1-W1,CPE1)",
    "R0-p(R1,CPE1)-Wo1",
    "L0-R0-p(R1,CPE1)-p(R2,CPE2)-CPE3",
    "R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)",
)
"""A sulfide cell; one arc; a pellet between blocking electrodes; Randles' cell; an electrode of finite thickness; a
composite with leads; a cell with grain boundaries, cathode and anode.
"""
FREQUENCIES = np.geomspace(7e6, 0.1, 71)
NOISE = 0.005
TIMES = {1: ((-4.5, -2.5),), 2: ((-6.5, -5.0), (-3.5, -1.5)), 3: ((-6.5, -5.5), (-4.2, -3.0), (-1.6, -0.6))}
"""Ranges of log10 of the arcs' time constants in s, by how many arcs a circuit has."""


def draw(text, rng, *, crowded=False):
    """Return a circuit and parameters of it.

    Resistances lie between 10 and 500 ohm, those of one circuit within a factor of ten; exponents between 0.75 and
    0.98. `crowded` puts the arcs anywhere in the band, half a decade apart at least, and lets resistances differ by a
    hundred.
    """
    circuit = parse_circuit(text)
    arcs = text.count("p(")
    if crowded:
        while True:
            times = np.sort(rng.uniform(-6.5, -0.3, arcs))
            if arcs < 2 or np.all(np.diff(times) > 0.5):
                break
    else:
        times = [rng.uniform(*limits) for limits in TIMES[arcs]]
    largest = 10.0 ** rng.uniform(1.7, 2.7)
    span = 2.0 if crowded else 1.0
    values, resistance, arc = {}, largest, 0
    for name, parameter in circuit.parameters:
        if parameter.scale == "unit":
            values[name] = rng.uniform(0.75, 0.98)
        elif parameter.unit == "ohm":
            values[name] = largest * 10.0 ** rng.uniform(-span, 0.0)
        elif parameter.unit == "ohm s^-1/2":
            values[name] = largest * 10.0 ** rng.uniform(-1.5, -0.5)
        elif parameter.unit == "s":
            values[name] = 10.0 ** rng.uniform(-0.5, 0.5)
        elif parameter.unit == "H":
            values[name] = 10.0 ** rng.uniform(-7.0, -6.0)
    for name, _ in circuit.parameters:
        if name not in values:  # the Q of an arc from its time constant, of a lone element from its size
            digits = name[3 : name.index("_")]
            alpha = values[f"CPE{digits}_alpha"]
            if arc < arcs:
                resistance = values[f"R{digits}"]
                values[name] = 10.0 ** (times[arc] * alpha) / resistance
                arc += 1
            else:
                values[name] = 10.0 ** rng.uniform(-4.5, -3.5)
    return circuit, np.array([values[name] for name in circuit.names])


def noisy(circuit, values, rng):
    """Return the spectrum with independent normal noise of 0.5 % of |Z| on both parts."""
    impedance = circuit_impedance(circuit, values, FREQUENCIES)
    noise = rng.normal(size=len(FREQUENCIES)) + 1j * rng.normal(size=len(FREQUENCIES))
    return impedance + NOISE * np.abs(impedance) * noise
