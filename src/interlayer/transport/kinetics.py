"""Charge transfer near equilibrium."""

from interlayer.constants import FARADAY, GAS_CONSTANT


def charge_transfer_resistance(exchange_current_density: float, temperature: float) -> float:
    """Return the charge-transfer resistance at small overpotential, R T / (F i0), in ohm m2.

    `exchange_current_density` in A/m2 of true area, `temperature` in K.
    """
    return GAS_CONSTANT * temperature / (FARADAY * exchange_current_density)


def exchange_current_density(resistance: float, temperature: float) -> float:
    """Return the exchange current density in A/m2 whose charge-transfer resistance is `resistance` (ohm m2)."""
    return GAS_CONSTANT * temperature / (FARADAY * resistance)
