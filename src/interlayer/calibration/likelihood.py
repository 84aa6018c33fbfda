"""How far each parameter can be moved before the data object: profile likelihood.

One parameter is held at a value and all others are fitted anew; its 95 % interval ends where the sum of squares has
risen by the 95 % quantile of F(1, n - p), n being the independent points, that of chi-squared where they are many (Raue
et al., Bioinformatics 25 (2009) 1923, doi 10.1093/bioinformatics/btp358).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import f as fisher

from interlayer.calibration.optimum import Optimum
from interlayer.calibration.problem import FAILED, Problem

Array = NDArray[np.float64]

LEVEL: Final = 0.95
_REFITS: Final = 6
_SEARCHES: Final = 14
_CLOSE: Final = 0.02
"""Relative difference from the threshold that is close enough for an end of an interval."""


@dataclass(frozen=True, eq=False)
class Profile:
    """One parameter's profile: coordinates and rises of the sum of squares, and the interval's ends.

    An end is None where the bound is reached before the data object.
    """

    parameter: int
    coordinate: Array
    rise: Array
    low: float | None
    high: float | None
    threshold: float


def threshold(points: float, parameters: int) -> float:
    """Return the rise of the sum of squares at the ends of an interval; `points` are the independent ones."""
    return float(fisher.ppf(LEVEL, 1, max(points - parameters, 1.0)))


def spread(information: Array) -> tuple[Array, Array, Array]:
    """Return covariance, standard errors and correlation that an information matrix leaves.

    The matrix is scaled to a unit diagonal before it is inverted; directions without information get a spread of 1e6.
    """
    scale = np.sqrt(np.maximum(np.diag(information), 1e-12))
    values, vectors = np.linalg.eigh(information / np.outer(scale, scale))
    inverse = (vectors / np.maximum(values, 1e-12)) @ vectors.T
    covariance = inverse / np.outer(scale, scale)
    errors = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    correlation = covariance / np.outer(np.maximum(errors, 1e-300), np.maximum(errors, 1e-300))
    return covariance, errors, np.clip(correlation, -1.0, 1.0)


@dataclass
class _Line:
    """One parameter moved to one side: what was tried, and where the others went."""

    index: int
    sign: float
    tried: list[tuple[float, float, Array]]
    end: float | None = None
    done: bool = False


def profiles(problem: Problem, optimum: Optimum, weights: Array) -> list[Profile]:
    """Return the profile of every parameter; `weights` (points + priors,) multiply the residuals.

    All lines are searched together, so that their candidates are simulated in one go. The others are refitted by
    Gauss-Newton steps with the derivatives of the optimum, which are taken anew where those no longer lead downwards.
    """
    n = len(problem.parameters)
    residuals = optimum.residuals * weights
    jacobian = optimum.jacobian * weights[:, None]
    base = float(residuals @ residuals)
    independent = float(np.sum(weights[: problem.points] ** 2))
    target = threshold(independent, n)
    covariance, sigma, _ = spread(jacobian.T @ jacobian)
    low, high = problem.bounds
    lines = [_Line(j, sign, [(0.0, 0.0, optimum.coordinates)]) for j in range(n) for sign in (-1.0, 1.0)]
    for _ in range(_SEARCHES):
        open_lines = [line for line in lines if not line.done]
        if not open_lines:
            break
        steps = [_next(line, target, float(sigma[line.index]), optimum.coordinates, low, high) for line in open_lines]
        starts = np.array(
            [
                _moved(line, step, covariance, optimum.coordinates, low, high)
                for line, step in zip(open_lines, steps, strict=True)
            ]
        )
        sums, ends = _refitted(problem, starts, [line.index for line in open_lines], jacobian, weights)
        for line, step, total, end in zip(open_lines, steps, sums, ends, strict=True):
            line.tried.append((step, total - base, end))
            _close(line, target, optimum.coordinates, low, high)
    return [_profile(j, lines[2 * j], lines[2 * j + 1], optimum.coordinates, target) for j in range(n)]


def _next(line: _Line, target: float, sigma: float, best: Array, low: Array, high: Array) -> float:
    """Return the next distance from the optimum to try: the secant on the root of the rise, between what was tried."""
    room = (high - best)[line.index] if line.sign > 0 else (best - low)[line.index]
    below = max((t for t in line.tried if t[1] < target), key=lambda t: t[0])
    above = min((t for t in line.tried if t[1] >= target), key=lambda t: t[0], default=None)
    if above is None:
        if below[0] == 0.0:
            step = np.sqrt(target) * sigma
        else:
            step = below[0] * float(np.clip(np.sqrt(target / max(below[1], 1e-3)), 1.1, 3.0))
        return float(min(step, room))
    a, b = np.sqrt(max(below[1], 0.0)), np.sqrt(above[1])
    share = (np.sqrt(target) - a) / (b - a)
    return float(below[0] + (above[0] - below[0]) * np.clip(share, 0.05, 0.95))


def _moved(line: _Line, step: float, covariance: Array, best: Array, low: Array, high: Array) -> Array:
    """Return where the others are expected: along the line from the optimum through the nearest refit, or linearly."""
    nearest = min(line.tried, key=lambda t: abs(t[0] - step))
    if nearest[0] > 0.0:
        row = best + (nearest[2] - best) * (step / nearest[0])
    else:
        row = best + covariance[line.index] / covariance[line.index, line.index] * line.sign * min(step, 10.0)
    row = np.clip(row, low, high)
    row[line.index] = best[line.index] + line.sign * step
    return np.clip(row, low, high)


def _refitted(
    problem: Problem, starts: Array, held: list[int], jacobian: Array, weights: Array
) -> tuple[list[float], Array]:
    """Return the sums of squares and coordinates after the others were fitted with one coordinate of each row held."""
    low, high = problem.bounds
    rows = starts.copy()
    residuals = problem.residuals(rows) * weights
    sums = np.sum(residuals**2, axis=1)
    derivatives = [jacobian] * len(rows)
    active = np.ones(len(rows), dtype=bool)
    renewed = np.zeros(len(rows), dtype=bool)
    for _ in range(_REFITS):
        if not active.any():
            break
        numbers = np.flatnonzero(active)
        trial = rows[numbers].copy()
        expected = np.zeros(len(numbers))
        for place, number in enumerate(numbers):
            free = [j for j in range(rows.shape[1]) if j != held[number]]
            if not free:
                continue
            own = derivatives[number][:, free]
            change = np.linalg.lstsq(own, -residuals[number], rcond=1e-10)[0]
            trial[place, free] = np.clip(rows[number, free] + change, low[free], high[free])
            moved = own @ (trial[place, free] - rows[number, free])
            expected[place] = sums[number] - float(np.sum((residuals[number] + moved) ** 2))
        tried = problem.residuals(trial) * weights
        new = np.sum(tried**2, axis=1)
        for place, number in enumerate(numbers):
            gained = sums[number] - new[place]
            if gained > 0.0:
                rows[number], residuals[number], sums[number] = trial[place], tried[place], new[place]
            small = expected[place] < 0.01
            if small or (0.0 <= gained < 0.01 and renewed[number]):
                active[number] = False
            elif gained < 0.5 * expected[place]:
                if renewed[number]:
                    active[number] = gained > 0.01
                derivatives[number] = problem.jacobian(rows[number]) * weights[:, None]
                renewed[number] = True
    return sums.tolist(), rows


def _close(line: _Line, target: float, best: Array, low: Array, high: Array) -> None:
    """Note the interval's end once it is found, or that the bound comes first."""
    below = max((t for t in line.tried if t[1] < target), key=lambda t: t[0])
    above = min((t for t in line.tried if t[1] >= target), key=lambda t: t[0], default=None)
    room = (high - best)[line.index] if line.sign > 0 else (best - low)[line.index]
    if above is None:
        line.done = below[0] >= room * (1.0 - 1e-9)
        return
    if above[1] >= FAILED and above[0] - below[0] < 1e-3:
        line.end, line.done = below[0], True
        return
    nearest = min(below, above, key=lambda t: abs(t[1] - target))
    if abs(nearest[1] - target) <= _CLOSE * target or above[0] - below[0] <= 1e-4 * max(above[0], 1e-12):
        a, b = np.sqrt(max(below[1], 0.0)), np.sqrt(above[1])
        line.end = float(below[0] + (above[0] - below[0]) * (np.sqrt(target) - a) / (b - a))
        line.done = True


def _profile(index: int, down: _Line, up: _Line, best: Array, target: float) -> Profile:
    points = sorted({(line.sign * step, rise) for line in (down, up) for step, rise, _ in line.tried})
    ends = []
    for line in (down, up):
        end = line.end
        if end is None and not line.done:
            # the search ran out of turns: between what still fits and what no longer does
            below = max((t for t in line.tried if t[1] < target), key=lambda t: t[0])
            above = min((t for t in line.tried if t[1] >= target), key=lambda t: t[0], default=None)
            end = None if above is None else 0.5 * (below[0] + above[0])
        ends.append(None if end is None else float(best[index] + line.sign * end))
    return Profile(
        index,
        np.array([best[index] + step for step, _ in points]),
        np.array([rise for _, rise in points]),
        ends[0],
        ends[1],
        target,
    )
