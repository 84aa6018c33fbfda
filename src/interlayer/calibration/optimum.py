"""The best parameters: least squares with bounds from several starts, and how far the noise reaches.

The starts are screened together; the best go on by a trust-region method (Branch, Coleman and Li, SIAM J. Sci. Comput.
21 (1999) 1, doi 10.1137/S1064827595289108). The spread of each record is then estimated from its own residuals and the
fit is repeated with it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares
from scipy.stats import qmc

from interlayer.calibration.problem import FAILED, Problem
from interlayer.errors import InputError

Array = NDArray[np.float64]

SCREENED: Final = 8
"""Starts that are only looked at, per one that is followed."""
SAME: Final = 0.01
"""Relative difference of the sums of squares within which two starts have found the same optimum."""
ROUNDS: Final = 3
"""How often the spreads are estimated anew."""
_FAR: Final = 3.0
"""Residuals beyond this many standard deviations weigh by their size, not its square, while starts are followed."""

Report = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Optimum:
    """The best coordinates, residuals there (in the final spreads), their derivatives, and what the starts found.

    `scales` multiply the spreads each observation came with; `correlation_lengths` say over how many points residuals
    hang together (1 for pure noise). `starts` sums of squares of the starts that were followed, in order.
    """

    coordinates: Array
    residuals: Array
    jacobian: Array
    scales: Array
    correlation_lengths: Array
    starts: tuple[float, ...]

    @property
    def sum_of_squares(self) -> float:
        """Residuals squared, summed."""
        return float(self.residuals @ self.residuals)

    @property
    def same(self) -> int:
        """How many of the starts that were followed found the best optimum."""
        return sum(value <= self.starts[0] * (1.0 + SAME) for value in self.starts)


def best(
    problem: Problem, *, starts: int, seed: int, noise_known: tuple[bool, ...], report: Report | None = None
) -> Optimum:
    """Return the optimum of a problem.

    `starts` are followed, the file's own values among them; `noise_known` says of each observation whether its spread
    is given and stays. Raises InputError where no start gives a cell that can be simulated.
    """
    begun = _screened(problem, starts, seed)
    if report is not None:
        report(f"following {len(begun)} starts of {1 + (starts - 1) * SCREENED}")
    found = sorted((_follow(problem, row) for row in begun), key=lambda one: one[1])
    coordinates = found[0][0]
    if found[0][1] >= 0.5 * FAILED**2 * problem.points:
        unsolved = [
            one.label
            for one, values in zip(problem.observations, problem.predictions(problem.start), strict=True)
            if not np.all(np.isfinite(values))
        ]
        what = f"the cell cannot follow {', '.join(unsolved)}" if unsolved else "no start comes near the records"
        raise InputError(f"{what}; begin with other values or bounds")
    sums = tuple(one[1] for one in found)
    lengths = np.ones(len(problem.observations))
    for number in range(ROUNDS):
        jacobian = problem.jacobian(coordinates)
        scales, lengths = _spreads(problem, problem.residuals(coordinates)[0], noise_known)
        problem.scales = problem.scales * scales
        if report is not None:
            report(f"round {number + 1} with the spreads found")
        coordinates = _follow(problem, coordinates, loss="linear")[0]
    residuals, jacobian = problem.residuals(coordinates)[0], problem.jacobian(coordinates)
    return Optimum(coordinates, residuals, jacobian, problem.scales, lengths, sums)


def _screened(problem: Problem, starts: int, seed: int) -> Array:
    """Return the start itself and the best of a Latin hypercube between the bounds (at most a factor e^3 away)."""
    own = problem.start
    if starts <= 1:
        return own[None, :]
    low, high = problem.bounds
    near = np.array([3.0 if p.logarithmic else np.inf for p in problem.parameters])
    low, high = np.maximum(low, own - near), np.minimum(high, own + near)
    sample = qmc.LatinHypercube(len(own), rng=np.random.default_rng(seed)).random((starts - 1) * SCREENED)
    rows = low + sample * (high - low)
    cost = np.sum(np.minimum(np.abs(problem.residuals(rows)), FAILED), axis=1)
    chosen = rows[np.argsort(cost, kind="stable")[: starts - 1]]
    return np.vstack([own[None, :], chosen])


def _follow(problem: Problem, start: Array, *, loss: Literal["soft_l1", "linear"] = "soft_l1") -> tuple[Array, float]:
    """Return where least squares goes from a start, and the sum of squares there."""
    low, high = problem.bounds
    margin = 1e-9 * np.maximum(high - low, 1e-30)
    found = least_squares(
        _residuals_at(problem),
        np.clip(start, low + margin, high - margin),
        jac=problem.jacobian,
        bounds=(low, high),
        loss=loss,
        f_scale=_FAR,
        x_scale="jac",
        ftol=1e-6,
        xtol=1e-6,
        gtol=1e-10,
        max_nfev=60,
    )
    return found.x, float(found.fun @ found.fun)


def _residuals_at(problem: Problem) -> Callable[[Array], Array]:
    def residuals(coordinates: Array) -> Array:
        return np.asarray(problem.residuals(coordinates)[0])

    return residuals


def _spreads(problem: Problem, residuals: Array, known: tuple[bool, ...]) -> tuple[Array, Array]:
    """Return of each observation the factor on its spread and the correlation length of its residuals.

    s^2 = sum r^2 / (n - p n/N) over the points that tell about it; a known spread keeps its factor of 1.
    """
    share = len(problem.parameters) / max(problem.points, 1)
    factors, lengths = [], []
    for one, block, scale, fixed in zip(problem.observations, problem.blocks, problem.scales, known, strict=True):
        own = residuals[block]
        telling = one.telling(float(scale))
        certain = own[telling] if np.count_nonzero(telling) > len(own) / 4 else own
        freedom = max(len(certain) * (1.0 - share), 1.0)
        factors.append(1.0 if fixed else max(float(np.sqrt(certain @ certain / freedom)), 1e-6))
        lengths.append(correlation_length(own))
    return np.array(factors), np.array(lengths)


def correlation_length(residuals: Array) -> float:
    """Return over how many points residuals hang together: 1 + 2 sum of autocorrelations until they are noise.

    An autocorrelation below 2/sqrt(n) is noise; n independent points have a length of 1.
    """
    n = len(residuals)
    centred = residuals - residuals.mean()
    power = float(centred @ centred)
    if n < 8 or power <= 0.0:
        return 1.0
    total = 1.0
    for lag in range(1, n // 2):
        rho = float(centred[lag:] @ centred[:-lag]) / power
        if rho < 2.0 / np.sqrt(n):
            break
        total += 2.0 * rho
    return total
