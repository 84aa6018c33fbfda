"""Resistance and diffusion time from a pair of sweeps, without knowing the equilibrium curve.

Up and down, an electrode has the same equilibrium voltage where its surface is filled alike. So with the right
diffusion time, which turns the measured current into the filling at the surface, and the right resistance, both sweeps
fall onto one curve:

    V_up(q_s) - V_down(q_s) = R [I_up(q_s) - I_down(q_s)]

The filling at the surface, as a charge, is q_s = q + sum_k m_k with dm_k/dt = 2 I/n - (lambda_k^2/t_d) m_k, the modes
of `diffusion`.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from interlayer.compiled import compiled
from interlayer.measure.diffusion import Shape, diffusion_modes
from interlayer.measure.local_regression import noise_level
from interlayer.measure.sweeps import Sweep

Array = NDArray[np.float64]
_MODES: Final = 40
_GRID: Final = 120
_REPEATS: Final = 20
_SEED: Final = 11
_EDGE: Final = 0.08
"""This fraction of the common range at both its ends is left out: there one of the sweeps has just turned."""


@dataclass(frozen=True)
class SweepFit:
    """Resistance in ohm and diffusion time in s, with standard deviations; `rms` is what is left, V.

    `diffusion_time` is None where the sweeps do not determine it: diffusion is then too fast or too slow to be seen.
    """

    resistance: float
    resistance_sigma: float
    diffusion_time: float | None
    diffusion_time_relative_sigma: float | None
    rms: float


def fit_sweeps(first: Sweep, second: Sweep, shape: Shape) -> SweepFit | None:
    """Return the fit of two sweeps that follow each other, one up and one down; None where they share no filling.

    Standard deviations are the spread of twenty fits of the record with as much noise of the current again as it has.
    """
    time = np.concatenate([first.time, second.time])
    current = np.concatenate([first.current, second.current])
    voltage = np.concatenate([first.voltage, second.voltage])
    split = len(first.time)
    if time[-1] <= time[0] or np.ptp(current) <= 0.0:
        return None
    best = _fit(time, voltage, current, split, shape, None)
    if best is None:
        return None
    noise = 0.0
    for sweep in (first, second):
        # the instant of turning may be written twice
        apart = np.diff(sweep.time, prepend=-np.inf) > 0.0
        noise = max(noise, noise_level(sweep.time[apart], sweep.current[apart]))
    rng = np.random.default_rng(_SEED)
    again = [
        _fit(time, voltage, current + noise * rng.normal(size=len(current)), split, shape, best[0])
        for _ in range(_REPEATS)
    ]
    drawn = np.array([one[:2] for one in again if one is not None])
    if len(drawn) < _REPEATS:
        return None
    # what the straight line through the differences leaves is there without noise too
    left = best[2] / (float(np.ptp(current)) / 2.0) / math.sqrt(_GRID)
    relative = math.hypot(float(np.std(drawn[:, 0], ddof=1)), best[3])
    known = best[4] and relative < 1.0
    return SweepFit(
        resistance=best[1],
        resistance_sigma=math.hypot(float(np.std(drawn[:, 1], ddof=1)), left),
        diffusion_time=math.exp(best[0]) if known else None,
        diffusion_time_relative_sigma=relative if known else None,
        rms=best[2],
    )


def _fit(
    time: Array, voltage: Array, current: Array, split: int, shape: Shape, near: float | None
) -> tuple[float, float, float, float, bool] | None:
    """Return ln of the diffusion time, resistance, rms, the fit's own sigma of the first, and whether it is inside."""
    charge = np.concatenate([[0.0], np.cumsum(0.5 * (current[1:] + current[:-1]) * np.diff(time))])
    length = float(time[-1] - time[0])

    def residuals(ln_time: float) -> tuple[Array, float] | None:
        filling = surface_charge(time, current, charge, math.exp(ln_time), shape)
        parts = (filling[:split], filling[split:])
        low, high = max(part.min() for part in parts), min(part.max() for part in parts)
        if high <= low:
            return None
        at = np.linspace(low + _EDGE * (high - low), high - _EDGE * (high - low), _GRID)
        curves = []
        for part in (slice(None, split), slice(split, None)):
            order = np.argsort(filling[part], kind="stable")
            x = filling[part][order]
            curves.append([np.interp(at, x, values[part][order]) for values in (voltage, current)])
        difference, drive = curves[0][0] - curves[1][0], curves[0][1] - curves[1][1]
        square = float(drive @ drive)
        if square <= 0.0:
            return None
        resistance = float(drive @ difference) / square
        return difference - resistance * drive, resistance

    def cost(ln_time: float) -> float:
        found = residuals(ln_time)
        return math.inf if found is None else float(found[0] @ found[0])

    if near is None:
        grid = np.linspace(math.log(1e-4 * length), math.log(10.0 * length), 26)
    else:
        grid = near + np.linspace(-1.5, 1.5, 7)
    costs = np.array([cost(value) for value in grid])
    best = int(np.argmin(costs))
    if not np.isfinite(costs[best]):
        return None
    ln_time, inside = float(grid[best]), 0 < best < len(grid) - 1
    if inside:
        bounds = (grid[best - 1], grid[best + 1])
        ln_time = float(minimize_scalar(cost, bounds=bounds, method="bounded", options={"xatol": 1e-4}).x)
    found = residuals(ln_time)
    if found is None:
        return None
    rest, resistance = found
    scatter = float(rest @ rest) / (_GRID - 2)
    ends = [residuals(ln_time + step) for step in (1e-3, -1e-3)]
    curvature = 0.0
    if ends[0] is not None and ends[1] is not None:
        change = (ends[0][0] - ends[1][0]) / 2e-3
        curvature = float(change @ change)
    own = math.sqrt(scatter / curvature) if curvature > 0.0 else math.inf
    return ln_time, resistance, math.sqrt(scatter), own, inside


def surface_charge(time: Array, current: Array, charge: Array, diffusion_time: float, shape: Shape) -> Array:
    """Return the charge that a particle filled evenly to its surface's filling would hold, A s.

    The current is its mean between two points; the modes begin at rest. Modes beyond the fortieth follow the current
    at once.
    """
    sides, constant, squares = diffusion_modes(shape)
    total = np.zeros(len(time))
    _modes(time, current, squares[:_MODES] / diffusion_time, 2.0 / sides, total)
    left = constant - float(np.sum(2.0 / squares[:_MODES]))
    return np.asarray(charge + total + diffusion_time / sides * left * current)


@compiled()
def _modes(time: Array, current: Array, rates: Array, source: float, total: Array) -> None:
    """Write the sum of the modes at each time to `total`."""
    modes = np.zeros(len(rates))
    for k in range(len(time) - 1):
        step, mean = time[k + 1] - time[k], 0.5 * (current[k + 1] + current[k])
        for m in range(len(rates)):
            decay = math.exp(-rates[m] * step)
            modes[m] = modes[m] * decay + source * mean * (1.0 - decay) / rates[m]
            total[k + 1] += modes[m]
