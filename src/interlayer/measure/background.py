"""Backgrounds of photoelectron spectra: Shirley, Tougaard, straight.

Energies are binding energies in ascending order: electrons that lost energy lie at higher ones.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from interlayer.errors import InputError

Array = NDArray[np.float64]

TOUGAARD_B: Final = 2866.0
TOUGAARD_C: Final = 1643.0
"""Parameters of the universal cross section of energy loss, eV^2."""
_MOST_ITERATIONS: Final = 200


def shirley_background(energy: Array, intensity: Array, *, end_points: int = 5) -> Array:
    """Return the Shirley background of a region, by iteration.

    B(E) = I_low + (I_high - I_low) * integral_low^E (I - B) / integral_low^high (I - B), with I_low and I_high the
    means over `end_points` points at the ends. `energy` (eV, ascending) and `intensity` have one shape. Raises
    InputError where the iteration does not settle, as on a region without a peak (doi:10.1103/PhysRevB.5.4709).
    """
    from scipy.integrate import cumulative_trapezoid

    count = max(1, min(end_points, len(energy) // 10))
    low, high = float(intensity[:count].mean()), float(intensity[-count:].mean())
    background = np.full_like(intensity, low)
    for _ in range(_MOST_ITERATIONS):
        area: Array = np.asarray(cumulative_trapezoid(intensity - background, energy, initial=0), dtype=float)
        if not area[-1] > 0.0:
            raise InputError("the region has no peak above its ends: a Shirley background does not exist; use linear")
        new = low + (high - low) * area / area[-1]
        change = float(np.max(np.abs(new - background)))
        background = np.asarray(new, dtype=float)
        if change <= 1e-9 * max(abs(low), abs(high), float(np.ptp(intensity))):
            return background
    raise InputError("the Shirley background did not settle; use active-shirley or linear")


def shirley_step(energy: Array, peaks: Array) -> Array:
    """Return integral_low^E peaks dE': the Shirley background of known peaks up to a factor."""
    from scipy.integrate import cumulative_trapezoid

    return np.asarray(cumulative_trapezoid(peaks, energy, initial=0))


def tougaard_matrix(energy: Array) -> Array:
    """Return M so that M @ peaks = integral_low^E K(E - E') peaks(E') dE', K(T) = B T/(C + T^2)^2.

    The universal cross section with B = 2866 and C = 1643 eV^2; `energy` in eV, ascending. Over a region of 20 eV it
    is close to a parabola (doi:10.1002/sia.740110902).
    """
    loss = np.clip(energy[:, None] - energy[None, :], 0.0, None)
    widths = np.gradient(energy)
    widths[[0, -1]] *= 0.5
    return np.asarray(TOUGAARD_B * loss / (TOUGAARD_C + loss**2) ** 2 * widths)
