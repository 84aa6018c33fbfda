"""Diffusion in a particle or film during and after a pulse of current, and what a titration pulse says about it.

With t_d = L^2/D, L the radius of a sphere or the thickness of a film that one side of which takes the current, the
filling at the surface, counted in the change that the pulse leaves behind, is

    u(t) = t/tau + t_d/(n tau) [ a - 2 sum_k exp(-lambda_k^2 t/t_d)/lambda_k^2 ]

with n = 3, a = 1/5, tan(lambda) = lambda for a sphere and n = 1, a = 1/3, lambda = k pi for a film (Crank, The
Mathematics of Diffusion, 2nd edition, eqs. 6.45 and 4.55); after the pulse u(t) - u(t - tau).
"""

import math
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize_scalar

from interlayer.measure.pulses import Pulse

Array = NDArray[np.float64]
Shape = Literal["sphere", "film"]
_MODES: Final = 200
_BINS: Final = 150
_EARLY: Final = 4
_SLOWEST, _FASTEST = 1e4, 1e-4
"""Diffusion times beyond these multiples of the pulse cannot be told from infinite or none."""


@cache
def diffusion_modes(shape: Shape) -> tuple[float, float, Array]:
    """Return n, a and the squares of lambda of the first 200 modes."""
    if shape == "film":
        return 1.0, 1.0 / 3.0, np.asarray((np.pi * np.arange(1, _MODES + 1)) ** 2, dtype=float)
    roots = [
        brentq(lambda x: math.sin(x) - x * math.cos(x), (k + 0.5) * np.pi - 0.5 / k, (k + 0.5) * np.pi)
        for k in range(1, _MODES + 1)
    ]
    return 3.0, 1.0 / 5.0, np.array(roots, dtype=float) ** 2


def surface_filling(time: Array, duration: float, diffusion_time: float, shape: Shape) -> Array:
    """Return u at `time` (s) since a pulse of `duration` began, which goes on; 0 before.

    The series has 200 terms; before (1/200)^2 of the diffusion time the early form 2 sqrt(t t_d/pi)/(n tau) is exact to
    a part in a thousand and takes its place.
    """
    sides, constant, squares = diffusion_modes(shape)
    scaled = np.maximum(time, 0.0) / diffusion_time
    series = constant - 2.0 * np.sum(np.exp(-np.outer(scaled, squares)) / squares, axis=1)
    late = scaled + series / sides
    early = 2.0 * np.sqrt(scaled / np.pi) / sides + (scaled / sides if shape == "sphere" else 0.0)
    return np.asarray(np.where(scaled < 4.0 / squares[-1], early, late) * diffusion_time / duration)


@dataclass(frozen=True)
class PulseDiffusion:
    """What a pulse says: in s, V and ohm; None where the data do not carry it.

    `steady_change` is dE_s, `transient_change` dE_tau without the drop `resistance` x current; `formula_rate` is
    D/(V/S)^2 in 1/s by Weppner's and Huggins' formula, `slope_rate` the same from the early slope over sqrt(t),
    `fit_rate` D/L^2 from the whole curve with `fit_sigma` the standard deviation of its logarithm. `linearity` is the
    coefficient of determination of V over sqrt(t) after the first tenth of the pulse; `drift` the voltage that the rest
    still moved in its last tenth, V.
    """

    steady_change: float
    transient_change: float
    resistance: float
    formula_rate: float | None
    formula_sigma: float | None
    slope_rate: float | None
    linearity: float
    fit_rate: float | None
    fit_sigma: float | None
    fit_resistance: float | None
    fit_rms: float
    drift: float


def analyse_pulse(pulse: Pulse, shape: Shape) -> PulseDiffusion:
    """Return the titration quantities of one pulse: the formula's, the slope's and the full fit's.

    D/(V/S)^2 = 4/(pi tau) (dE_s/dE_tau)^2 (Weppner and Huggins, doi 10.1149/1.2133112), valid for tau << L^2/D:
    with s = tau D/L^2 it reads low for a sphere by (1 + sqrt(pi s)/2)^-2, which is 0.76 at s = 0.03 and 0.61 at 0.1,
    and is exact for a film until s = 0.1; beyond, it falls as 1/s. The drop is extrapolated in sqrt(t) from the first
    fifth of the pulse, where diffusion from a flat profile is straight. The full fit is linear in the rest voltage, in
    dE_s and in the resistance; the diffusion time is searched for.
    """
    root = np.sqrt(pulse.time)
    early = (pulse.time > 0.01 * pulse.duration) & (pulse.time <= 0.2 * pulse.duration)
    if early.sum() < _EARLY:
        early = np.arange(len(root)) < max(_EARLY, int(early.sum()))
    slope, intercept = np.polyfit(root[early], pulse.voltage[early], 1)
    late = pulse.time >= 0.1 * pulse.duration
    line = np.polyval(np.polyfit(root[late], pulse.voltage[late], 1), root[late]) if late.sum() > 2 else 0.0
    scatter = float(np.sum((pulse.voltage[late] - line) ** 2))
    total = float(np.sum((pulse.voltage[late] - pulse.voltage[late].mean()) ** 2))
    drop = float(intercept - pulse.before)
    tail = pulse.rest_time > pulse.rest_time[-1] - 0.1 * (pulse.rest_time[-1] - pulse.rest_time[0])
    after = float(np.mean(pulse.rest_voltage[tail]))
    steady = after - pulse.before
    transient = float(pulse.voltage[-1] - pulse.before - drop)
    formula = sigma = by_slope = None
    noise = pulse.noise
    if steady * transient > 0.0 and abs(steady) > 2.0 * noise and abs(transient) > 2.0 * noise:
        formula = 4.0 / (np.pi * pulse.duration) * (steady / transient) ** 2
        sigma = 2.0 * noise * math.hypot(math.sqrt(2.0) / steady, math.sqrt(2.0) / transient)
        by_slope = 4.0 / np.pi * (steady / pulse.duration / slope) ** 2 if slope != 0.0 else None
    rate, rate_sigma, resistance, rms = _fit(pulse, shape)
    return PulseDiffusion(
        steady_change=steady,
        transient_change=transient,
        resistance=drop / pulse.current,
        formula_rate=formula,
        formula_sigma=sigma,
        slope_rate=by_slope,
        linearity=1.0 - scatter / total if total > 0.0 else 0.0,
        fit_rate=rate,
        fit_sigma=rate_sigma,
        fit_resistance=resistance,
        fit_rms=rms,
        drift=float(abs(pulse.rest_voltage[-1] - pulse.rest_voltage[tail][0])),
    )


def fitted_curve(pulse: Pulse, shape: Shape, rate: float) -> tuple[Array, Array, Array]:
    """Return time, measured and fitted voltage of a pulse and the rest after it at a known D/L^2."""
    time, voltage, weight = _joined(pulse)
    columns = _columns(pulse, time, 1.0 / rate, shape)
    solution = np.linalg.lstsq(columns * weight[:, None], voltage * weight, rcond=None)[0]
    return time, voltage, columns @ solution


def _joined(pulse: Pulse) -> tuple[Array, Array, Array]:
    """Return times and voltages of pulse and rest, thinned evenly in the square root of the time since a switching.

    The third array is the root of how many points each one stands for, the weight that keeps the noise even.
    """
    times, voltages, weights = [], [], []
    for time, voltage, zero in (
        (pulse.time, pulse.voltage, 0.0),
        (pulse.rest_time, pulse.rest_voltage, pulse.duration),
    ):
        root = np.sqrt(np.maximum(time - zero, 0.0))
        bins = np.minimum((root / max(root[-1], 1e-12) * _BINS).astype(int), _BINS - 1)
        count = np.bincount(bins, minlength=_BINS)
        filled = count > 0
        times.append(np.bincount(bins, weights=time, minlength=_BINS)[filled] / count[filled])
        voltages.append(np.bincount(bins, weights=voltage, minlength=_BINS)[filled] / count[filled])
        weights.append(np.sqrt(count[filled]))
    return np.concatenate(times), np.concatenate(voltages), np.concatenate(weights)


def _columns(pulse: Pulse, time: Array, diffusion_time: float, shape: Shape) -> Array:
    on = time <= pulse.duration
    filling = surface_filling(time, pulse.duration, diffusion_time, shape) - surface_filling(
        time - pulse.duration, pulse.duration, diffusion_time, shape
    )
    return np.column_stack([np.ones_like(time), filling, np.where(on, pulse.current, 0.0)])


def _fit(pulse: Pulse, shape: Shape) -> tuple[float | None, float | None, float | None, float]:
    """Return D/L^2, the standard deviation of its logarithm, the resistance, and the rms of the residuals."""
    time, voltage, weight = _joined(pulse)

    def residuals(ln_time: float) -> tuple[Array, Array]:
        columns = _columns(pulse, time, math.exp(ln_time), shape) * weight[:, None]
        solution: Array = np.linalg.lstsq(columns, voltage * weight, rcond=None)[0].astype(float)
        return np.asarray(columns @ solution - voltage * weight), solution

    def cost(ln_time: float) -> float:
        rest = residuals(ln_time)[0]
        return float(rest @ rest)

    low, high = math.log(_FASTEST * pulse.duration), math.log(_SLOWEST * pulse.duration)
    grid = np.linspace(low, high, 33)
    costs = [cost(value) for value in grid]
    best = int(np.argmin(costs))
    points = float(weight @ weight)
    rms = math.sqrt(costs[best] / points)
    if best in (0, len(grid) - 1):
        return None, None, None, rms
    found = minimize_scalar(cost, bounds=(grid[best - 1], grid[best + 1]), method="bounded", options={"xatol": 1e-6})
    rest, solution = residuals(found.x)
    step = 1e-4
    above, below = residuals(found.x + step)[0], residuals(found.x - step)[0]
    # the slope of the projected residuals: what the linear parameters cannot take up
    change = (above - below) / (2.0 * step)
    degrees = max(len(time) - 4, 1)
    curvature = float(change @ change)
    rms = math.sqrt(float(rest @ rest) / points)
    if curvature <= 0.0 or solution[1] * pulse.current <= 0.0:
        return None, None, None, rms
    sigma = math.sqrt(float(rest @ rest) / degrees / curvature)
    if sigma > 1.0:
        return None, None, None, rms
    return math.exp(-found.x), sigma, float(solution[2]), rms
