"""Line shapes of unit area: Gaussian, Lorentzian and their sum, the pseudo-Voigt function."""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

FWHM_PER_SIGMA: Final = float(2.0 * np.sqrt(2.0 * np.log(2.0)))
"""Full width at half maximum of a Gaussian per standard deviation, 2.3548."""


def gaussian(x: ArrayLike, centre: ArrayLike, fwhm: ArrayLike) -> Array:
    """Return a Gaussian of unit area, 1/unit of x; the arguments broadcast."""
    sigma = np.asarray(fwhm) / FWHM_PER_SIGMA
    return np.asarray(np.exp(-0.5 * ((np.asarray(x) - centre) / sigma) ** 2) / (sigma * np.sqrt(2.0 * np.pi)))


def lorentzian(x: ArrayLike, centre: ArrayLike, fwhm: ArrayLike) -> Array:
    """Return a Lorentzian of unit area, 1/unit of x; the arguments broadcast."""
    half = np.asarray(fwhm) / 2.0
    return np.asarray(half / np.pi / ((np.asarray(x) - centre) ** 2 + half**2))


def pseudo_voigt(x: ArrayLike, centre: ArrayLike, fwhm: ArrayLike, mixing: ArrayLike) -> Array:
    """Return mixing * Lorentzian + (1 - mixing) * Gaussian of one FWHM, of unit area.

    `mixing` lies between 0 and 1. Both parts having one width is the usual approximation to a Voigt profile
    (thompson1987).
    """
    mixing = np.asarray(mixing)
    return np.asarray(mixing * lorentzian(x, centre, fwhm) + (1.0 - mixing) * gaussian(x, centre, fwhm))


def peak_height(fwhm: ArrayLike, mixing: ArrayLike) -> Array:
    """Return the height of a pseudo-Voigt function of unit area."""
    return pseudo_voigt(0.0, 0.0, fwhm, mixing)
