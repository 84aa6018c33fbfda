"""Events of a thermal scan: baseline, peaks of the heat flow and steps of the mass, with the error of the noise."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from interlayer.measure.local_regression import extremum, local_weights, noise_level, smooth

Array = NDArray[np.float64]

_CLIP: Final = 2.5
_ROUNDS: Final = 60
_PLATEAU: Final = 3.0
"""Window of a plateau's level, in windows of the rate."""


@dataclass(frozen=True, eq=False)
class Baseline:
    """A polynomial under the peaks: its values, the weights of the data in them, the points it rests on."""

    values: Array
    weights: Array
    points: NDArray[np.bool_]

    @property
    def share(self) -> float:
        """Share of all points that the baseline rests on."""
        return float(self.points.mean())


@dataclass(frozen=True)
class HeatPeak:
    """A peak: `sign` is +1 up and -1 down; temperatures in degC, area in signal times K with the sign of the peak."""

    sign: int
    extremum: float
    extremum_sigma: float
    height: float
    onset: float | None
    onset_sigma: float | None
    start: float
    end: float
    area: float
    area_sigma: float
    overlaps: bool


@dataclass(frozen=True)
class MassStep:
    """A step of the mass: start, fastest loss and end in degC, loss in % of the mass at the start of the scan."""

    start: float
    start_sigma: float
    fastest: float
    fastest_sigma: float
    end: float
    end_sigma: float
    loss: float
    loss_sigma: float


def baseline(x: Array, y: Array, half_width: float, degree: int) -> Baseline:
    """Fit a polynomial to what lies on it: points far from it are left out until the set stays the same.

    The start is the polynomial of least absolute deviation, which peaks on less than half the scan do not move.
    """
    u = (2.0 * x - x[0] - x[-1]) / (x[-1] - x[0])
    powers = np.vander(u, degree + 1, increasing=True)
    soft = smooth(x, y, half_width)
    weight = np.ones_like(x)
    for _ in range(_ROUNDS):
        values = powers @ np.linalg.lstsq(powers * weight[:, None], soft * weight, rcond=None)[0]
        miss = np.abs(soft - values)
        weight = 1.0 / np.sqrt(np.maximum(miss, 1e-3 * max(float(np.median(miss)), 1e-300)))
    points = np.ones(len(x), dtype=bool)
    for _ in range(_ROUNDS):
        miss = soft - values
        spread = 1.4826 * float(np.median(np.abs(miss[points])))
        kept = np.abs(miss) <= _CLIP * spread
        if kept.sum() <= degree + 2 or np.array_equal(kept, points):
            break
        points = kept
        values = powers @ np.linalg.lstsq(powers[points], y[points], rcond=None)[0]
    weights = np.zeros((len(x), len(x)))
    weights[:, points] = powers @ np.linalg.pinv(powers[points])
    return Baseline(weights @ y, weights, points)


def heat_peaks(
    x: Array, y: Array, line: Baseline, other: Baseline, *, noise: float, half_width: float, threshold_sigma: float
) -> list[HeatPeak]:
    """Return the peaks in both directions whose smoothed height is more than `threshold_sigma` sigma.

    `other` is a second baseline: the difference of the areas over the two is part of their error.
    """
    from scipy.signal import find_peaks

    rows = local_weights(x, x, half_width)
    soft = rows @ y - line.values
    each = noise * float(np.median(np.linalg.norm(rows, axis=1)))
    # what the baseline does not follow is no peak either
    wander = 1.4826 * float(np.median(np.abs(soft[line.points]))) if line.points.any() else 0.0
    least = max(threshold_sigma * max(each, wander), 1e-3 * float(np.ptp(soft)))
    found = []
    for sign in (1, -1):
        places, _ = find_peaks(sign * soft, height=least, prominence=least)
        bounds = [_ends(sign * soft, int(place), places, max(each, wander)) for place in places]
        for place, (first, last) in zip(places, bounds, strict=True):
            overlaps = any(other != (first, last) and (other[0] == last or other[1] == first) for other in bounds)
            found.append(_heat_peak(x, y, (line, other), sign, int(place), (first, last), noise, half_width, overlaps))
    return sorted(found, key=lambda peak: peak.extremum)


def _ends(deviation: Array, place: int, places: NDArray[np.intp], spread: float) -> tuple[int, int]:
    """Return the first and last point of a peak: back at the baseline, or the valley to the next peak."""
    low = 1.0 * spread
    before = [int(other) for other in places if other < place]
    after = [int(other) for other in places if other > place]
    left, right = place, place
    while left > 0 and deviation[left] > low:
        left -= 1
    while right < len(deviation) - 1 and deviation[right] > low:
        right += 1
    if before and before[-1] >= left:
        left = before[-1] + int(np.argmin(deviation[before[-1] : place]))
    if after and after[0] <= right:
        right = place + int(np.argmin(deviation[place : after[0]]))
    return left, right


def _heat_peak(
    x: Array,
    y: Array,
    lines: tuple[Baseline, Baseline],
    sign: int,
    place: int,
    ends: tuple[int, int],
    noise: float,
    half_width: float,
    overlaps: bool,
) -> HeatPeak:
    first, last = ends
    flat = sign * (y - lines[0].values)
    # a window that goes with the peak's width: noise makes several maxima on a broad top
    width = _width(flat, place, first, last) * float(np.median(np.diff(x)))
    half_width = max(half_width, 0.5 * width)
    at, at_sigma, _, _ = extremum(x, flat, float(x[place]), half_width=half_width, noise=noise)
    onset, onset_sigma = _onset(x, flat, first, place, half_width, noise)
    inside = slice(first, last + 1)
    trapezoid = np.zeros_like(x)
    trapezoid[inside] = np.gradient(x[inside]) if last > first else 0.0
    if last > first:
        trapezoid[[first, last]] *= 0.5
    # the area is a sum of the data: those inside less those that the baseline under it rests on
    weights, others = (trapezoid - trapezoid @ line.weights for line in lines)
    return HeatPeak(
        sign=sign,
        extremum=at,
        extremum_sigma=at_sigma,
        height=float(y[place]),
        onset=onset,
        onset_sigma=onset_sigma,
        start=float(x[first]),
        end=float(x[last]),
        area=float(weights @ y),
        area_sigma=float(np.hypot(noise * np.linalg.norm(weights), (weights - others) @ y)),
        overlaps=overlaps,
    )


def _width(height: Array, place: int, first: int, last: int) -> int:
    """Return the number of points of a peak above half its height."""
    return int(np.sum(height[first : last + 1] > 0.5 * height[place]))


def _onset(
    x: Array, flat: Array, first: int, place: int, half_width: float, noise: float
) -> tuple[float | None, float | None]:
    """Return where the tangent at the steepest point between `first` and `place` meets zero, with its sigma."""
    if place - first < 3:
        return None, None
    side = slice(first, place + 1)
    slopes = local_weights(x, x[side], half_width, derivative=1) @ flat
    steepest = int(np.argmax(slopes))
    at, _, slope, _ = extremum(x, flat, float(x[side][steepest]), half_width=half_width, noise=noise, derivative=1)
    if not slope > 0.0:
        return None, None
    return _tangent(x, flat, at, 0.0, 0.0, half_width, noise)


def _tangent(
    x: Array, y: Array, at: float, level: float, level_sigma: float, half_width: float, noise: float
) -> tuple[float, float]:
    """Return where the tangent at a point of inflection meets a level: x - (y - level)/y', and its sigma.

    At the inflection the place of the tangent does not matter to first order, so that value and slope carry the error.
    """
    value = local_weights(x, at, half_width)[0]
    slope = local_weights(x, at, half_width, derivative=1)[0]
    rise, height = float(slope @ y), float(value @ y) - level
    weights = -value / rise + height / rise**2 * slope
    sigma = float(np.hypot(noise * np.linalg.norm(weights), level_sigma / rise))
    return at - height / rise, sigma


def mass_steps(x: Array, mass: Array, half_width: float, threshold_sigma: float) -> list[MassStep]:
    """Return the steps of the mass: maxima of the rate of loss, each between the slowest losses beside it."""
    from scipy.signal import find_peaks

    noise = noise_level(x, mass)
    rows = local_weights(x, x, half_width, derivative=1)
    rate = -(rows @ mass)
    least = max(threshold_sigma * noise * float(np.max(np.linalg.norm(rows, axis=1))), 0.05 * float(rate.max()))
    if not rate.max() > 0.0:
        return []
    places, _ = find_peaks(np.pad(rate, 1, constant_values=float(rate.min())), height=least, prominence=least)
    places = places - 1
    # plateaus are sought on a smoother rate, where noise makes no minimum
    slow = -smooth(x, mass, _PLATEAU * half_width, derivative=1)
    # not at the very ends, where the slope that is chosen and the level are estimated from one side, and go together
    whole = np.flatnonzero((x >= x[0] + _PLATEAU * half_width) & (x <= x[-1] - _PLATEAU * half_width))
    first, last = (int(whole[0]), int(whole[-1])) if len(whole) else (0, len(x) - 1)
    tops = [int(place) for place in places]
    edges = [min([first, *tops]), *tops, max([last, *tops])]
    flats = [low + int(np.argmin(slow[low : high + 1])) for low, high in pairwise(edges)]
    levels = [_level(x, mass, place, _PLATEAU * half_width, noise) for place in flats]
    steps = []
    spacing, narrow = float(np.median(np.diff(x))), half_width
    for k, place in enumerate(places):
        (before, before_sigma), (after, after_sigma) = levels[k], levels[k + 1]
        half_width = max(narrow, 0.5 * spacing * _width(rate, int(place), flats[k], flats[k + 1]))
        at, at_sigma, _, _ = extremum(x, -mass, float(x[place]), half_width=half_width, noise=noise, derivative=1)
        half_width = max(narrow, 0.5 * half_width)  # a wide window flattens the slope
        start, start_sigma = _tangent(x, mass, at, before, before_sigma, half_width, noise)
        end, end_sigma = _tangent(x, mass, at, after, after_sigma, half_width, noise)
        loss_sigma = float(np.hypot(before_sigma, after_sigma))
        steps.append(MassStep(start, start_sigma, at, at_sigma, end, end_sigma, before - after, loss_sigma))
    return steps


def _level(x: Array, mass: Array, place: int, half_width: float, noise: float) -> tuple[float, float]:
    """Return the mass at a plateau and its sigma: noise, and how far it still slopes within half the window."""
    at = float(x[place])
    level = local_weights(x, at, half_width, degree=1)[0]
    slope = local_weights(x, at, half_width, degree=1, derivative=1)[0]
    sigma = np.hypot(noise * np.linalg.norm(level), 0.5 * half_width * (slope @ mass))
    return float(level @ mass), float(sigma)
