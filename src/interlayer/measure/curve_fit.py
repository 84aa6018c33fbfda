"""Weighted least squares with bounds: values, covariance, reduced chi-square and the tests of what is left over."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Fit:
    """A fit: parameters, covariance (same order), what the model gives, and the residuals over their sigma."""

    values: Array
    covariance: Array
    model: Array
    residuals: Array
    reduced_chi_square: float
    freedom: int

    @property
    def sigmas(self) -> Array:
        """One standard deviation of each parameter."""
        return np.sqrt(np.clip(np.diag(self.covariance), 0.0, None))

    def spread(self, gradient: ArrayLike) -> float:
        """Return sqrt(g C g), one standard deviation of a function with this gradient."""
        slope = np.asarray(gradient, dtype=float)
        return float(np.sqrt(max(float(slope @ self.covariance @ slope), 0.0)))


def fit_curve(
    model: Callable[[Array], Array],
    y: Array,
    start: ArrayLike,
    *,
    sigma: float | Array = 1.0,
    lower: ArrayLike = -np.inf,
    upper: ArrayLike = np.inf,
    scale: bool = True,
) -> Fit:
    """Minimise the sum of ((y - model(p))/sigma)^2 within bounds.

    `scale` multiplies the covariance by the reduced chi-square: for noise of unknown size, of which `sigma` is the
    shape only. With noise of known size (counts) the covariance grows only where the model misses the data by more
    than the noise explains. A parameter that the data do not determine has a huge sigma.
    Parameters must be of order 1 or larger, since derivatives are taken by steps of 1e-8 at least.
    """
    from scipy.optimize import least_squares

    lower, upper = np.broadcast_to(lower, np.shape(start)), np.broadcast_to(upper, np.shape(start))
    inside = np.clip(np.asarray(start, dtype=float), lower, upper)

    def misses(values: Array) -> Array:
        return np.asarray((model(values) - y) / sigma)

    found = least_squares(misses, inside, bounds=(lower, upper), x_scale="jac", method="trf", max_nfev=80)
    freedom = max(len(y) - len(found.x), 1)
    reduced = float(2.0 * found.cost / freedom)
    factor = reduced if scale else inflation(reduced, freedom)
    return Fit(
        values=found.x,
        covariance=factor * covariance_of(np.asarray(found.jac)),
        model=model(found.x),
        residuals=-np.asarray(found.fun),
        reduced_chi_square=reduced,
        freedom=freedom,
    )


def inflation(reduced_chi_square: float, freedom: int) -> float:
    """Return the factor on a covariance of known noise: 1 unless chi-square is more than 3 sigma too large."""
    return reduced_chi_square if reduced_chi_square > 1.0 + 3.0 * np.sqrt(2.0 / freedom) else 1.0


def covariance_of(jacobian: Array) -> Array:
    """Return (J^T J)^-1; infinite variance along what J does not see."""
    lengths = np.linalg.norm(jacobian, axis=0)
    lengths = np.where(lengths > 1e-60, lengths, 1e-60)
    _, singular, right = np.linalg.svd(jacobian / lengths, full_matrices=False)
    inverse = 1.0 / np.maximum(singular, singular[0] * 1e-9) ** 2
    return np.asarray((right.T * inverse) @ right / np.outer(lengths, lengths))


def runs_z(residuals: Array) -> float:
    """Return how many standard deviations the number of sign changes lies from that of white noise.

    Wald and Wolfowitz's test; below -3 the residuals have a shape, which means that the model lacks one.
    """
    signs = residuals > 0.0
    plus, minus = int(signs.sum()), int((~signs).sum())
    if min(plus, minus) < 2:
        return -np.inf
    runs = 1 + int(np.sum(signs[1:] != signs[:-1]))
    count = plus + minus
    mean = 1.0 + 2.0 * plus * minus / count
    return float((runs - mean) / np.sqrt((mean - 1.0) * (mean - 2.0) / (count - 1.0)))
