"""A depleted layer in the electrolyte at the cathode: a sensitivity, not a prediction.

The resistance is exponential in the potential step, which no experiment of the cells here gives; it is computed only
where a cell file states a step, and is nothing without one.
"""

import math

from interlayer.constants import BOLTZMANN, ELEMENTARY_CHARGE, VACUUM_PERMITTIVITY


def depletion_width(potential_step: float, permittivity: float, carrier_density: float) -> float:
    """Return the width of a fully depleted layer in m, sqrt(2 eps eps0 dphi / (e c)).

    `potential_step` in V, relative `permittivity`, `carrier_density` in 1/m3 (Schottky's approximation: every mobile
    carrier has left; Sze and Ng, Physics of Semiconductor Devices, 2006, doi 10.1002/0470068329).
    """
    return math.sqrt(2.0 * permittivity * VACUUM_PERMITTIVITY * potential_step / (ELEMENTARY_CHARGE * carrier_density))


def space_charge_resistance(
    potential_step: float, permittivity: float, carrier_density: float, conductivity: float, temperature: float
) -> float:
    """Return the resistance of the depleted layer in ohm m2, (w/sigma) times the integral of exp(u^2 e dphi/kT).

    The integral over u = 0..1 is that of the local resistivity, sigma exp(-e phi(x)/kT) with a parabolic phi; it is
    sqrt(pi) erfi(s) / (2 s) with s^2 = e dphi/kT. `conductivity` of the bulk in S/m. 0 for no step.
    """
    from scipy.special import dawsn

    if potential_step <= 0.0:
        return 0.0
    s = math.sqrt(ELEMENTARY_CHARGE * potential_step / (BOLTZMANN * temperature))
    # sqrt(pi)/2 erfi(s) = exp(s^2) dawsn(s)
    integral = math.exp(s * s) * float(dawsn(s)) / s
    return depletion_width(potential_step, permittivity, carrier_density) / conductivity * integral
