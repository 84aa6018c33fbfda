"""Sweeps of the voltage in a record, on an even grid of voltage, and the peaks of what is drawn over it."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks, savgol_filter

from interlayer.errors import InputError
from interlayer.records import Record

Array = NDArray[np.float64]
_FEWEST: Final = 20
_GRID: Final = 400
_PROMINENT: Final = 0.05
_CUBIC: Final = 8


@dataclass(frozen=True, eq=False)
class Sweep:
    """A stretch of rising or falling voltage: s, V, A, and the charge in A s passed since the record began.

    `rate` is the scan rate in V/s, positive upwards; `cycle` counts pairs of sweeps from 1.
    """

    time: Array
    voltage: Array
    current: Array
    charge: Array
    rate: float
    cycle: int

    @property
    def rises(self) -> bool:
        """Whether the voltage rises."""
        return self.rate > 0.0


@dataclass(frozen=True)
class CurvePeak:
    """A peak of a curve over voltage: position and height with their standard deviations, width at half height, area.

    The height is that above the straight line between the feet of the peak; so is the area.
    """

    voltage: float
    voltage_sigma: float | None
    height: float
    height_sigma: float | None
    half_width: float
    area: float


def find_sweeps(record: Record) -> list[Sweep]:
    """Return the sweeps of a record, in order; InputError where the voltage is not swept at a steady rate."""
    time, voltage, current = (
        np.asarray(record.columns[name], dtype=float) for name in ("test_time_second", "voltage_volt", "current_ampere")
    )
    if len(time) < _FEWEST:
        raise InputError(f"{len(time)} points are too few for a sweep; at least {_FEWEST} are needed")
    if np.any(np.diff(time) < 0.0):
        raise InputError("the time runs backwards somewhere: no scan rate can be told from it")
    span = float(np.ptp(voltage))
    if span <= 0.0:
        raise InputError("the voltage never changes: the record has no sweep")
    turns = turning_points(voltage, 0.05 * span)
    charge = np.concatenate([[0.0], np.cumsum(0.5 * (current[1:] + current[:-1]) * np.diff(time))])
    sweeps: list[Sweep] = []
    for begin, end in pairwise(turns):
        part = slice(begin, end + 1)
        length = time[end] - time[begin]
        if end - begin < _FEWEST or length <= 0.0:
            continue
        rate, start = np.polyfit(time[part], voltage[part], 1)
        miss = float(np.sqrt(np.mean((voltage[part] - rate * time[part] - start) ** 2)))
        if miss > 0.05 * abs(voltage[end] - voltage[begin]):
            continue  # not a steady scan: a hold, a rest or a charge at constant current
        cycle = 1 + sum(1 for other in sweeps if (other.rate > 0.0) == (rate > 0.0))
        sweeps.append(Sweep(time[part], voltage[part], current[part], charge[part], float(rate), cycle))
    if not sweeps:
        raise InputError("no stretch of the record scans the voltage at a steady rate; is it a voltammogram?")
    return sweeps


def turning_points(voltage: Array, least: float) -> list[int]:
    """Return the places where the voltage turns by more than `least`, with both ends."""
    turns, extreme, direction = [0], 0, 0
    for k in range(1, len(voltage)):
        change = voltage[k] - voltage[extreme]
        if direction == 0:
            if abs(change) > least:
                direction, extreme = int(np.sign(change)), k
        elif change * direction >= 0.0:
            extreme = k
        elif abs(change) > least:
            turns.append(extreme)
            direction, extreme = -direction, k
    turns.append(extreme if extreme > turns[-1] else len(voltage) - 1)
    return turns


def on_grid(voltage: Array, values: Array, points: int = _GRID) -> tuple[Array, Array]:
    """Return values over an even grid of rising voltage: means within bins, straight lines across empty ones."""
    edges = np.linspace(voltage.min(), voltage.max(), points + 1)
    if not edges[1] > edges[0]:
        raise InputError(f"the voltage stays within {np.ptp(voltage):.1g} V: there is no curve to take derivatives of")
    bins = np.clip(np.searchsorted(edges, voltage, side="right") - 1, 0, points - 1)
    count = np.bincount(bins, minlength=points)
    filled = count > 0
    centres = np.bincount(bins, weights=voltage, minlength=points)[filled] / count[filled]
    means = np.bincount(bins, weights=values, minlength=points)[filled] / count[filled]
    grid = 0.5 * (edges[1:] + edges[:-1])
    return grid, np.interp(grid, centres, means)


def smoothed(grid: Array, values: Array, width: float, *, derivative: int = 0) -> Array:
    """Return the values (or a derivative by voltage) smoothed by local cubics over `width`, V (Savitzky and Golay)."""
    step = float(grid[1] - grid[0])
    window = max(5, 2 * round(width / step / 2.0) + 1)
    window = min(window, len(grid) - (1 - len(grid) % 2))
    return np.asarray(savgol_filter(values, window, 3, deriv=derivative, delta=step, mode="interp"))


def curve_peaks(grid: Array, values: Array, smooth_values: Array) -> list[CurvePeak]:
    """Return the maxima that rise above their surroundings by 5 % of the largest value, the largest first.

    Position and height come from a cubic through the upper fifth of the peak, with the standard deviations that the
    scatter of the values around it leaves.
    """
    largest = float(np.max(np.abs(smooth_values), initial=0.0))
    if largest == 0.0:
        return []
    tops, found = find_peaks(smooth_values, prominence=_PROMINENT * largest, width=1, rel_height=0.5)
    step = float(grid[1] - grid[0])
    peaks = []
    for k, top in enumerate(tops):
        left, right = int(found["left_bases"][k]), int(found["right_bases"][k])
        # a peak ends at the valley to its neighbour, however small that one is
        if k > 0:
            left = max(left, int(tops[k - 1] + np.argmin(smooth_values[tops[k - 1] : top])))
        if k < len(tops) - 1:
            right = min(right, int(top + np.argmin(smooth_values[top : tops[k + 1]])))
        base = np.interp(grid[left : right + 1], grid[[left, right]], smooth_values[[left, right]])
        above = smooth_values[left : right + 1] - base
        near = _around(smooth_values, int(top), float(found["prominences"][k]))
        x, y = grid[near] - grid[top], values[near]
        position, position_sigma = float(grid[top]), None
        height, height_sigma = float(smooth_values[top]), None
        if len(x) >= _CUBIC:
            shape, covariance = np.polyfit(x, y, 3, cov=True)
            at = _vertex(shape, x)
            if at is not None:
                position, height = position + at, float(np.polyval(shape, at))
                slope, level = np.array([3.0 * at * at, 2.0 * at, 1.0, 0.0]), np.array([at**3, at * at, at, 1.0])
                bend = 6.0 * shape[0] * at + 2.0 * shape[1]
                position_sigma = float(np.sqrt(max(slope @ covariance @ slope, 0.0)) / abs(bend))
                height_sigma = float(np.sqrt(max(level @ covariance @ level, 0.0)))
        foot = float(np.interp(position, grid[[left, right]], smooth_values[[left, right]]))
        peaks.append(
            CurvePeak(
                voltage=position,
                voltage_sigma=position_sigma,
                height=height - foot,
                height_sigma=height_sigma,
                half_width=float(found["widths"][k]) * step,
                area=float(np.sum(above) * step),
            )
        )
    return sorted(peaks, key=lambda peak: -peak.height)


def _vertex(cubic: Array, x: Array) -> float | None:
    """Return the maximum of a cubic within x, None where it has none there."""
    roots = np.roots(np.polyder(cubic))
    inside = [
        float(root.real)
        for root in roots
        if abs(root.imag) < 1e-12
        and x.min() <= root.real <= x.max()
        and 6.0 * cubic[0] * root.real + 2.0 * cubic[1] < 0.0
    ]
    return inside[0] if inside else None


def _around(values: Array, top: int, prominence: float) -> slice:
    level = values[top] - 0.2 * prominence
    left = right = top
    while left > 0 and values[left - 1] > level:
        left -= 1
    while right < len(values) - 1 and values[right + 1] > level:
        right += 1
    return slice(max(left, 0), right + 1)
