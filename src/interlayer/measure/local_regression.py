"""Local polynomial regression: a smooth curve, its derivatives, and where it peaks or crosses a level, with errors.

Every estimate is a sum of the data times weights that depend on the abscissae alone, so that the noise of the data
propagates to it exactly: to first order for a position, which is where a linear estimate is zero.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

_NEIGHBOURS: Final = np.array([-2, -1, 1, 2])


def noise_level(x: Array, y: Array) -> float:
    """Return the standard deviation of white noise on a smooth curve.

    Each point is compared with the cubic through its four neighbours, on any grid; the median makes single spikes and
    a sharp edge harmless. Valid where the curve is a cubic over five points; 0 for fewer than 9 points.
    """
    if len(x) < 9:
        return 0.0
    middle = np.arange(2, len(x) - 2)
    nodes = x[middle[:, None] + _NEIGHBOURS]
    weights = np.ones_like(nodes)
    for k in range(4):
        for other in range(4):
            if other != k:
                weights[:, k] *= (x[middle] - nodes[:, other]) / (nodes[:, k] - nodes[:, other])
    misses = y[middle] - np.sum(weights * y[middle[:, None] + _NEIGHBOURS], axis=1)
    return float(1.4826 * np.median(np.abs(misses) / np.sqrt(1.0 + np.sum(weights**2, axis=1))))


def local_weights(x: Array, at: ArrayLike, half_width: float, *, derivative: int = 0, degree: int = 3) -> Array:
    """Return w, shape (len(at), len(x)), so that w @ y is the local estimate of a derivative.

    A polynomial of `degree` is fitted around each point with tricube weights (1 - |x - at|^3/h^3)^3 within h =
    `half_width`; h grows until degree + 2 points lie well inside. `x` must increase.
    """
    rows = []
    for centre in np.atleast_1d(np.asarray(at, dtype=float)):
        distance = np.abs(x - centre)
        # at the end of a record the window must still hold enough points for the polynomial
        width = max(half_width, 1.3 * float(np.partition(distance, degree + 1)[degree + 1]))
        inside = distance < width
        u = (x[inside] - centre) / width
        kernel = np.sqrt((1.0 - np.abs(u) ** 3) ** 3)
        solution = np.linalg.pinv(kernel[:, None] * np.vander(u, degree + 1, increasing=True))
        row = np.zeros(len(x))
        row[inside] = math.factorial(derivative) / width**derivative * solution[derivative] * kernel
        rows.append(row)
    return np.array(rows)


def smooth(x: Array, y: Array, half_width: float, *, derivative: int = 0, degree: int = 3) -> Array:
    """Return the local estimate of y or of its derivative at every x."""
    return np.asarray(local_weights(x, x, half_width, derivative=derivative, degree=degree) @ y)


def extremum(
    x: Array,
    y: Array,
    near: float,
    *,
    half_width: float,
    noise: float,
    derivative: int = 0,
    reach: float | None = None,
    degree: int = 3,
) -> tuple[float, float, float, float]:
    """Return position, its sigma, value, its sigma of the largest local estimate within `reach` of `near`.

    sigma(position) = noise * |dw/dx| / |curvature|, with w the weights of the estimate; infinite where it is flat.
    `near` is best the largest point of `smooth`; `reach` is `half_width` unless given.
    """
    reach = half_width if reach is None else reach
    low, high = max(near - reach, x[0]), min(near + reach, x[-1])
    for _ in range(4):
        grid = np.linspace(low, high, 17)
        values = local_weights(x, grid, half_width, derivative=derivative, degree=degree) @ y
        best = int(np.argmax(values))
        low, high = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, 16)])
    at = float(grid[best])
    step = 0.05 * half_width
    before, here, after = local_weights(x, [at - step, at, at + step], half_width, derivative=derivative, degree=degree)
    curvature = float((before - 2.0 * here + after) @ y) / step**2
    gradient = float(np.linalg.norm(after - before)) / (2.0 * step)
    sigma = noise * gradient / abs(curvature) if curvature < 0.0 else math.inf
    return at, sigma, float(here @ y), noise * float(np.linalg.norm(here))


def upward_crossings(x: Array, values: Array) -> Array:
    """Return where a sampled curve rises through zero, by straight lines between the points."""
    rises = np.flatnonzero((values[:-1] < 0.0) & (values[1:] >= 0.0))
    return np.asarray(x[rises] - values[rises] * (x[rises + 1] - x[rises]) / (values[rises + 1] - values[rises]))
