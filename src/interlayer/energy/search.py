"""The value of one key at which a stack reaches a target: which loading gives 300 Wh/kg, say."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from interlayer.cell import Cell, as_cell, changed_cell
from interlayer.energy.stack import stack
from interlayer.errors import InputError

QUANTITIES: Final = (
    "specific_energy_Wh_per_kg",
    "energy_density_Wh_per_L",
    "areal_capacity_mAh_per_cm2",
    "areal_energy_mWh_per_cm2",
    "areal_mass_mg_per_cm2",
    "thickness_um",
)
"""What a stack can be swept, drawn and searched for."""


def find_value(
    cell: Cell | str | Path,
    key: str,
    *,
    unit: str,
    between: tuple[float, float],
    quantity: str,
    equals: float,
    changes: Sequence[str] = (),
) -> float:
    """Return the value of `key` in `unit` at which the stack's `quantity` is `equals`.

    ``find_value("wu2016_llzo", "cathode.loading", unit="mg/cm2", between=(1, 50),
    quantity="energy_density_Wh_per_L", equals=640)``. `changes` are applied first. The quantity has to cross the
    target once `between` the two ends; InputError says what it is at both when it does not.
    """
    from scipy.optimize import brentq

    if quantity not in QUANTITIES:
        raise InputError(f"quantity {quantity!r} is not known; allowed: {', '.join(QUANTITIES)}")
    start = changed_cell(as_cell(cell), changes)

    def excess(value: float) -> float:
        at = stack(changed_cell(start, [f"{key}={value!r} {unit}".rstrip()]))
        return float(getattr(at, quantity)) - equals

    low, high = (float(end) for end in between)
    at_low, at_high = excess(low), excess(high)
    if at_low * at_high > 0.0:
        raise InputError(
            f"{key} between {low:g} and {high:g} {unit} never gives {quantity} = {equals:g}; "
            f"it gives {at_low + equals:.4g} to {at_high + equals:.4g}"
        )
    return float(brentq(excess, low, high, xtol=1e-10 * max(abs(low), abs(high)), rtol=1e-12))
