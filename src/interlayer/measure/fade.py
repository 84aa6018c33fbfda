"""Laws of fading capacity compared: linear, compound, square root of the cycle, and a knee."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

Array = NDArray[np.float64]
FEWEST: Final = 4
_KNEE_EACH_SIDE: Final = 4
_END: Final = 0.8


@dataclass(frozen=True, eq=False)
class FadeLaw:
    """A law fitted to capacities relative to the fitted first one, with what it says about the end of life.

    `rate` is the fade per cycle at the beginning, a fraction of the first capacity; `knee` the cycle of a knee with its
    standard deviation, None for the others. `end` is the cycle at which the law reaches 80 % of its first capacity,
    `end_low` and `end_high` a 95 % interval for it from the parameters and the scatter; None where the law never does.
    """

    name: str
    formula: str
    parameters: Array
    covariance: Array
    rate: float
    rate_sigma: float
    aicc: float
    rms: float
    fitted: Array
    knee: float | None
    knee_sigma: float | None
    end: float | None
    end_low: float | None
    end_high: float | None


def fade_laws(cycle: Array, capacity: Array) -> list[FadeLaw]:
    """Return the laws that the cycles can carry, the lowest AICc first; none for fewer than four cycles.

    linear Q0 (1 - a n), compound Q0 exp(-a n) fitted to Q itself, root Q0 (1 - a sqrt(n)), and with at least nine
    cycles two straight lines that meet at a knee; n counts from the first cycle. All are least squares on Q.
    """
    if len(cycle) < FEWEST:
        return []
    n = cycle - cycle[0]
    laws = [
        _straight("linear", "Q0 (1 - a n)", n, capacity, n),
        _compound(n, capacity),
        _straight("square root", "Q0 (1 - a sqrt(n))", n, capacity, np.sqrt(n)),
    ]
    knee = _knee(n, capacity)
    if knee is not None:
        laws.append(knee)
    return sorted(laws, key=lambda law: law.aicc)


def _aicc(residuals: Array, parameters: int) -> float:
    points, k = len(residuals), parameters + 1
    left = points - k - 1
    if left <= 0:
        return math.inf
    mean = max(float(residuals @ residuals) / points, 1e-300)
    return points * math.log(mean) + 2.0 * k * points / left


def _linear_fit(columns: Array, values: Array) -> tuple[Array, Array, Array]:
    solution: Array = np.linalg.lstsq(columns, values, rcond=None)[0].astype(float)
    rest = values - columns @ solution
    scatter = float(rest @ rest) / max(len(values) - columns.shape[1], 1)
    return solution, scatter * np.linalg.pinv(columns.T @ columns), rest


def _straight(name: str, formula: str, n: Array, capacity: Array, x: Array) -> FadeLaw:
    (first, slope), covariance, rest = _linear_fit(np.column_stack([np.ones_like(x), x]), capacity)
    rate = -slope / first
    gradient = np.array([slope / first**2, -1.0 / first])
    sigma = math.sqrt(max(float(gradient @ covariance @ gradient), 0.0))
    end, low, high = _end(rate, sigma, len(n) - 2)
    if name == "square root":
        end, low, high = (None if value is None else value**2 for value in (end, low, high))
    return FadeLaw(
        name=name, formula=formula, parameters=np.array([first, rate]), covariance=covariance, rate=rate,
        rate_sigma=sigma, aicc=_aicc(rest, 2), rms=float(np.sqrt(np.mean(rest**2))), fitted=capacity - rest, knee=None,
        knee_sigma=None, end=end, end_low=low, end_high=high,
    )  # fmt: skip


def _end(rate: float, sigma: float, degrees: int, loss: float = 1.0 - _END) -> tuple[float | None, ...]:
    """Return where rate x n = loss, with the interval that the rate's leaves; None where it is never reached."""
    spread = float(student.ppf(0.975, max(degrees, 1))) * sigma
    return tuple(loss / value if value > 0.0 else None for value in (rate, rate + spread, rate - spread))


def _compound(n: Array, capacity: Array) -> FadeLaw:
    positive = np.maximum(capacity, 1e-12 * capacity.max())
    slope, start = np.polyfit(n, np.log(positive), 1)
    x = np.array([start, slope])
    for _ in range(20):  # Gauss and Newton on Q itself, so that all laws weigh the points alike
        fitted = np.exp(x[0] + x[1] * n)
        columns = fitted[:, None] * np.column_stack([np.ones_like(n), n])
        step, covariance, _ = _linear_fit(columns, capacity - fitted)
        x = x + step
        if np.max(np.abs(step)) < 1e-12:
            break
    fitted = np.exp(x[0] + x[1] * n)
    rest = capacity - fitted
    sigma = math.sqrt(max(float(covariance[1, 1]), 0.0))
    end, low, high = _end(-float(x[1]), sigma, len(n) - 2, loss=-math.log(_END))
    return FadeLaw(
        name="compound", formula="Q0 exp(-a n)", parameters=np.array([math.exp(x[0]), -x[1]]), covariance=covariance,
        rate=-float(np.expm1(x[1])), rate_sigma=sigma, aicc=_aicc(rest, 2), rms=float(np.sqrt(np.mean(rest**2))),
        fitted=fitted, knee=None, knee_sigma=None, end=end, end_low=low, end_high=high,
    )  # fmt: skip


def _knee(n: Array, capacity: Array) -> FadeLaw | None:
    """Return two straight lines that meet; the knee is searched for between the cycles, the rest is linear."""
    if len(n) < 2 * _KNEE_EACH_SIDE + 1:
        return None

    def columns(knee: float) -> Array:
        return np.column_stack([np.ones_like(n), n, np.maximum(n - knee, 0.0)])

    candidates = np.linspace(n[_KNEE_EACH_SIDE - 1], n[-_KNEE_EACH_SIDE], 201)
    costs = np.array([float(np.sum(_linear_fit(columns(knee), capacity)[2] ** 2)) for knee in candidates])
    best = int(np.argmin(costs))
    solution, covariance, rest = _linear_fit(columns(candidates[best]), capacity)
    scatter = costs[best] / max(len(n) - 4, 1)
    # one sigma of the knee: where the sum of squares has grown by one variance
    inside = candidates[costs <= costs[best] + scatter]
    first, slope, change = (float(value) for value in solution)
    sigma = math.sqrt(max(float(covariance[1, 1]), 0.0)) / abs(first)
    level = first * _END
    at_knee = first + slope * candidates[best]
    end = None
    if at_knee <= level and slope < 0.0:
        end = (level - first) / slope
    elif slope + change < 0.0:
        end = float(candidates[best]) + (level - at_knee) / (slope + change)
    return FadeLaw(
        name="knee", formula="two straight lines", parameters=np.array([first, -slope / first, -change / first]),
        covariance=covariance, rate=-slope / first, rate_sigma=sigma, aicc=_aicc(rest, 4),
        rms=float(np.sqrt(np.mean(rest**2))), fitted=capacity - rest, knee=float(candidates[best]),
        knee_sigma=max(float(np.ptp(inside)) / 2.0, float(candidates[1] - candidates[0])), end=end, end_low=None,
        end_high=None,
    )  # fmt: skip
