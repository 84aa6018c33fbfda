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

from interlayer.calibration.observations import scaled_spread
from interlayer.calibration.problem import FAILED, Problem
from interlayer.errors import InputError

Array = NDArray[np.float64]

SCREENED: Final = 8
"""Starts that are only looked at, per one that is followed."""
SAME: Final = 0.01
"""Relative difference of the sums of squares within which two starts have found the same optimum."""
LEAST: Final = 0.03
"""Scatter is taken to be at least this share of what a fit begins with: time steps and tables are no finer."""
ROUNDS: Final = 3
"""How often the spreads are estimated anew."""
_FAR: Final = 3.0
"""Residuals beyond this many standard deviations weigh by their size, not its square, while starts are followed."""

Report = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Optimum:
    """The best coordinates, residuals there (in the final spreads), their derivatives, and what the starts found.

    `scales` multiply the spreads each observation came with; `correlation_lengths` say over how many points residuals
    hang together (1 for pure noise). `starts` are the sums of squares where those that were followed ended.
    """

    coordinates: Array
    residuals: Array
    jacobian: Array
    scales: list[Array]
    correlation_lengths: Array
    starts: tuple[float, ...]

    @property
    def sum_of_squares(self) -> float:
        """Residuals squared, summed."""
        return float(self.residuals @ self.residuals)

    @property
    def same(self) -> int:
        """How many of the starts that were followed found the best optimum."""
        return sum(value <= min(self.starts) * (1.0 + SAME) for value in self.starts)


def best(
    problem: Problem, *, starts: int, seed: int, noise_known: tuple[bool, ...], report: Report | None = None
) -> Optimum:
    """Return the optimum of a problem.

    `starts` are followed, the file's own values among them; `noise_known` says of each observation whether its spread
    is given and stays. The spreads begin as wide as the best start needs them, so that no single point steers, and
    narrow as the fit gets better; what the starts found is compared at the end, in the spreads of the best. Raises
    InputError where no start gives a cell that can be simulated.
    """
    problem.report = report
    begun = _screened(problem, starts, seed)
    _widened(problem, begun[0])
    problem.renew(begun[0])
    if report is not None:
        report(f"following {len(begun)} starts of {1 + (starts - 1) * SCREENED}")
    found = sorted((_follow(problem, row) for row in begun), key=lambda one: one[1])
    if not np.isfinite(found[0][1]) or found[0][1] >= 0.25 * FAILED:
        raise InputError(_lost(problem))
    coordinates = _settled(problem, found[0][0], noise_known, report)
    residuals = problem.residuals(coordinates)[0]
    sums = [float(residuals @ residuals)]
    others = [row for row, _ in found[1:]]
    for row in others:
        own, _ = _follow(problem, row, loss="linear")
        end = problem.residuals(own)[0]
        sums.append(float(end @ end))
        if sums[-1] < sums[0] * (1.0 - SAME):
            coordinates = _settled(problem, own, noise_known, report)
            residuals = problem.residuals(coordinates)[0]
            sums = [float(residuals @ residuals), *sums]
    jacobian = problem.jacobian(coordinates)
    lengths = np.array([correlation_length(residuals[block]) for block in problem.blocks])
    return Optimum(coordinates, residuals, jacobian, problem.scales, lengths, tuple(sums))


def _settled(problem: Problem, coordinates: Array, known: tuple[bool, ...], report: Report | None) -> Array:
    """Return where a fit ends when spreads and systematic errors are estimated anew a few times."""
    for number in range(ROUNDS):
        problem.renew(coordinates)
        problem.scales = _spreads(problem, problem.residuals(coordinates)[0], known)
        if report is not None:
            report(f"round {number + 1} with the spreads found")
        coordinates = _follow(problem, coordinates, loss="linear")[0]
    return coordinates


def _lost(problem: Problem) -> str:
    unsolved = [
        one.label
        for one, values in zip(problem.observations, problem.predictions(problem.start), strict=True)
        if not np.all(np.isfinite(values))
    ]
    what = f"the cell cannot follow {', '.join(unsolved)}" if unsolved else "no start comes near the records"
    return f"{what}; begin with other values or bounds"


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


def _widened(problem: Problem, coordinates: Array) -> None:
    """Begin with spreads as wide as the middle deviation at the start, but never narrower than those given."""
    try:
        predicted = problem.predictions(coordinates)
    except InputError:
        return
    for number, (one, ours) in enumerate(zip(problem.observations, predicted, strict=True)):
        deviation = np.abs(one.measured - ours) / one.own_spread
        for place, quantity in enumerate(one.quantities):
            own = deviation[quantity.points & np.isfinite(deviation)]
            middle = float(np.median(own)) if len(own) else 1.0
            problem.scales[number][place] = max(1.0, middle)


def _follow(problem: Problem, start: Array, *, loss: Literal["soft_l1", "linear"] = "soft_l1") -> tuple[Array, float]:
    """Return where least squares goes from a start, and the cost there: of the loss that is followed."""
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
    return found.x, float(found.cost)


def _residuals_at(problem: Problem) -> Callable[[Array], Array]:
    def residuals(coordinates: Array) -> Array:
        return np.asarray(problem.residuals(coordinates)[0])

    return residuals


def _spreads(problem: Problem, residuals: Array, known: tuple[bool, ...]) -> list[Array]:
    """Return the scales of each observation's quantities anew; a known spread stays as it is given.

    s^2 = sum r^2 / (n - p n/N) over the points that tell about it: where the timing of rows does not matter more.
    """
    share = len(problem.parameters) / max(problem.points, 1)
    found = []
    for one, block, scales, fixed in zip(problem.observations, problem.blocks, problem.scales, known, strict=True):
        own, spread = residuals[block], one.spread(scales)
        flat = spread < 1.5 * scaled_spread(one, scales)
        anew = np.ones(len(scales))
        for place, quantity in enumerate(one.quantities):
            telling = quantity.points & flat
            if np.count_nonzero(telling) < np.count_nonzero(quantity.points) / 4:
                telling = quantity.points
            freedom = max(np.count_nonzero(telling) * (1.0 - share), 1.0)
            factor = max(float(np.sqrt(own[telling] @ own[telling] / freedom)), 1e-6)
            anew[place] = 1.0 if fixed and place == 0 else max(scales[place] * factor, LEAST)
        found.append(anew)
    return found


def correlation_length(residuals: Array) -> float:
    """Return over how many points residuals hang together; n independent points have a length of 1.

    The larger of 1 + 2 sum of autocorrelations, until they are noise (below 2/sqrt(n)), and of (1 + a)/(1 - a) with
    the autocorrelation a of neighbours, which a process without memory beyond its neighbour has.
    """
    n = len(residuals)
    centred = residuals - residuals.mean()
    power = float(centred @ centred)
    if n < 8 or power <= 0.0:
        return 1.0
    total, neighbours = 1.0, 0.0
    for lag in range(1, n // 2):
        rho = float(centred[lag:] @ centred[:-lag]) / power
        if rho < 2.0 / np.sqrt(n):
            break
        neighbours = rho if lag == 1 else neighbours
        total += 2.0 * rho
    # what is estimated from n points is too small by some 1/n of the length
    a = min(neighbours + (1.0 + 3.0 * neighbours) / n if neighbours > 0.0 else 0.0, 0.995)
    return float(min(max(total, (1.0 + a) / (1.0 - a)), n / 4.0))
