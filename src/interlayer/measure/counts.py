"""Intensities: whether they are numbers to work with, whether they are counts, and what their noise then is."""

import numpy as np
from numpy.typing import NDArray

from interlayer.errors import InputError

Array = NDArray[np.float64]


def ordinary(name: str, values: Array) -> Array:
    """Return the values; InputError where their size is none that an instrument gives and that squares can hold."""
    most = float(np.max(np.abs(values)))
    if not (most == 0.0 or 1e-30 < most < 1e30):
        raise InputError(
            f"the column {name!r} goes to {most:.1e}; no instrument gives that, and its square is no number"
        )
    return values


def counts_per_unit(intensity: Array, given: float | None) -> float | None:
    """Return how many counts one unit of an intensity stands for; None where nobody knows.

    What is given holds (dwell time times sweeps for counts per second). Else whole numbers are counts; anything else
    has been divided or corrected, and its noise must be taken from its scatter. Raises InputError for what is not
    positive.
    """
    if given is not None:
        if not (np.isfinite(given) and given > 0.0):
            raise InputError(f"counts_per_unit is {given}; it must be positive")
        return float(given)
    whole = bool(np.all(intensity == np.round(intensity)) and np.all(intensity >= 0.0) and intensity.max() >= 10.0)
    return 1.0 if whole else None


def poisson_sigma(expected: Array, per_unit: float) -> Array:
    """Return sqrt(N) in units of the intensity, N = expected intensity in counts, and at least one count."""
    return np.asarray(np.sqrt(np.maximum(expected * per_unit, 1.0)) / per_unit)
