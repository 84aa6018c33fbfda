"""Ohmic layers: resistance per area, layers in series, and how far a voltage loss lets a layer be thick."""

from collections.abc import Iterable


def area_specific_resistance(thickness: float, conductivity: float) -> float:
    """Return the resistance of a layer per area, R = t / sigma, in ohm m2.

    `thickness` in m, `conductivity` in S/m. A film of 10 nm with 13.2 uS/cm has 0.076 ohm cm2:

    >>> round(area_specific_resistance(10e-9, 13.2e-4) * 1e4, 3)
    0.076
    """
    if thickness < 0 or conductivity <= 0:
        raise ValueError(f"thickness {thickness} m must not be negative and conductivity {conductivity} S/m positive")
    return thickness / conductivity


def in_series(resistances: Iterable[float]) -> float:
    """Return the sum of resistances per area, ohm m2: the same current crosses every layer."""
    return sum(resistances)


def on_electrode_area(true_resistance: float, true_area: float) -> float:
    """Return a resistance of the particle surface per electrode area, R_true / (A_true / A), in ohm m2.

    `true_area` is particle surface per electrode area (m2/m2): the particles conduct in parallel.
    """
    return true_resistance / true_area


def thickness_for_voltage_loss(voltage_loss: float, current_density: float, conductivity: float) -> float:
    """Return the thickness in m at which a layer loses `voltage_loss` (V): L = dE sigma / J.

    `current_density` in A/m2, `conductivity` in S/m. Wu et al. 2016: 50 mV at 3 mA/cm2 and 0.1 mS/cm allow 16.7 um:

    >>> round(thickness_for_voltage_loss(0.05, 30.0, 0.01) * 1e6, 1)
    16.7
    """
    return voltage_loss * conductivity / current_density
