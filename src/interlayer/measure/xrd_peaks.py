"""Peaks and amorphous hump of a diffraction pattern: found, fitted together where they overlap, with their errors."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from interlayer.errors import InputError
from interlayer.measure.counts import poisson_sigma
from interlayer.measure.curve_fit import Fit, fit_curve
from interlayer.measure.peak_shapes import gaussian, pseudo_voigt

Array = NDArray[np.float64]

_SECOND_SHARE: Final = 0.5
"""Area of K alpha 2 over that of K alpha 1."""
_MOST_PEAKS: Final = 80
_MOST_TOGETHER: Final = 8
"""Peaks of one window at most: the time of a fit grows with the third power of their number."""
_REACH: Final = 5.0
"""Half the width of the window around a peak, in full widths at half maximum; windows that touch are one."""
_NARROWEST_HUMP: Final = 3.0
"""A hump is at least this wide at half its height, degree: what is narrower are peaks of crystallites of a few nm."""


@dataclass(frozen=True)
class Peak:
    """A fitted peak: degrees, and area in intensity times degree, each with one standard deviation."""

    position: float
    position_sigma: float
    fwhm: float
    fwhm_sigma: float
    area: float
    area_sigma: float
    mixing: float


@dataclass(frozen=True, eq=False)
class Peaks:
    """All peaks by angle, the sum of their curves, that plus the background, and how well each window was fitted."""

    peaks: list[Peak]
    curve: Array
    total: Array
    reduced_chi_squares: list[float]


@dataclass(frozen=True, eq=False)
class Hump:
    """The broad maximum of an amorphous phase over a straight line; `seen` where its area is more than 3 sigma."""

    position: float
    position_sigma: float
    fwhm: float
    fwhm_sigma: float
    area: float
    area_sigma: float
    seen: bool
    curve: Array
    line: Array


def slow_background(angle: Array, intensity: Array, width_degree: float) -> Array:
    """Return what varies over more than `width_degree`: each point clipped to the mean of its neighbours, repeatedly.

    The statistics-sensitive clipping of square roots, with windows that shrink to one point; for finding peaks only.
    """
    step = float(np.median(np.diff(angle)))
    root = np.sqrt(np.maximum(np.convolve(np.pad(intensity, 3, mode="edge"), np.full(7, 1 / 7), mode="valid"), 0.0))
    for reach in range(max(int(width_degree / step), 1), 0, -1):
        padded = np.pad(root, reach, mode="edge")
        root = np.minimum(root, 0.5 * (padded[: -2 * reach] + padded[2 * reach :]))
    return np.asarray(root**2)


def fit_peaks(
    angle: Array,
    intensity: Array,
    *,
    per_unit: float | None,
    noise: float,
    doublet: float | None,
    threshold_sigma: float,
    under: Array | None = None,
) -> Peaks:
    """Find and fit the peaks whose area is more than `threshold_sigma` standard deviations.

    `per_unit` is counts per unit of intensity, None for unknown noise (then `noise` starts the search); `doublet` is
    the second wavelength over the first, `under` the curve of a hump that is known already. Raises InputError for a
    pattern with more than 80 peaks.
    """
    from scipy.signal import find_peaks

    step = float(np.median(np.diff(angle)))
    smooth_points = max(round(0.05 / step), 1)
    smooth = np.convolve(
        np.pad(intensity, smooth_points, mode="edge"),
        np.full(2 * smooth_points + 1, 1.0 / (2 * smooth_points + 1)),
        mode="valid",
    )
    under = np.zeros_like(angle) if under is None else under
    base = under + slow_background(angle, intensity - under, _NARROWEST_HUMP)
    each = poisson_sigma(np.maximum(smooth, 0.0), per_unit) if per_unit else np.full_like(angle, max(noise, 1e-300))
    height = (smooth - base) * np.sqrt(2 * smooth_points + 1) / each
    least = 0.7 * threshold_sigma
    places, found = find_peaks(height, height=least, prominence=least, width=(1.0, 0.8 * _NARROWEST_HUMP / step))
    widths = np.maximum(found["widths"] * step, 3.0 * step)
    if len(places) > _MOST_PEAKS:
        raise InputError(
            f"the pattern has {len(places)} peaks; at most {_MOST_PEAKS} are fitted: raise threshold_sigma"
        )
    total, curve = smooth.copy(), np.zeros_like(angle)
    if not len(places):
        return Peaks([], curve, base, [])
    peaks: list[Peak] = []
    chi: list[float] = []
    for group in _windows(angle[places], widths):
        inside = (angle >= angle[places[group[0]]] - _REACH * widths[group[0]]) & (
            angle <= angle[places[group[-1]]] + _REACH * widths[group[-1]]
        )
        starts = [(float(angle[places[k]]), float(widths[k]), float((smooth - base)[places[k]])) for k in group]
        fit = _fit_window(
            angle[inside], intensity[inside], smooth[inside], under[inside], starts, doublet, per_unit=per_unit
        )
        kept = [k for k in range(len(group)) if fit.values[2 + 4 * k] > threshold_sigma * fit.sigmas[2 + 4 * k]]
        peaks += [_peak(fit, k) for k in kept]
        chi.append(fit.reduced_chi_square)
        parts = [_shape(angle, fit.values[2 + 4 * k : 6 + 4 * k], doublet) for k in kept]
        curve += np.sum(parts, axis=0) if parts else 0.0
        total[inside] = fit.model
    return Peaks(sorted(peaks, key=lambda peak: peak.position), curve, total, chi)


def _windows(positions: Array, widths: Array) -> list[list[int]]:
    """Return the peaks in groups whose windows touch, long groups in parts."""
    groups = [[0]]
    for k in range(1, len(positions)):
        touches = positions[k] - _REACH * widths[k] < positions[k - 1] + _REACH * widths[k - 1]
        if touches and len(groups[-1]) < _MOST_TOGETHER:
            groups[-1].append(k)
        else:
            groups.append([k])
    return groups


def _shape(angle: Array, values: Array, doublet: float | None) -> Array:
    """Return one peak from area, position, width and mixing; of both wavelengths where there are two."""
    area, position, fwhm, mixing = values
    first = pseudo_voigt(angle, position, fwhm, mixing)
    if doublet is None:
        return np.asarray(area * first)
    sine = min(doublet * np.sin(np.radians(position / 2.0)), 1.0)
    second = pseudo_voigt(angle, 2.0 * np.degrees(np.arcsin(sine)), fwhm, mixing)
    return np.asarray(area * (first + _SECOND_SHARE * second) / (1.0 + _SECOND_SHARE))


def _fit_window(
    angle: Array,
    intensity: Array,
    smooth: Array,
    under: Array,
    starts: list[tuple[float, float, float]],
    doublet: float | None,
    *,
    per_unit: float | None,
) -> Fit:
    """Fit a straight line and peaks on `under` to a window.

    Parameters: the line at the window's middle, its slope, then area, position, width and mixing of each peak.
    """
    middle = float(angle.mean())

    def model(values: Array) -> Array:
        lines = [_shape(angle, values[2 + 4 * k : 6 + 4 * k], doublet) for k in range(len(starts))]
        return np.asarray(under + values[0] + values[1] * (angle - middle) + np.sum(lines, axis=0))

    level = float(np.percentile(intensity - under, 10))
    start, lower, upper = [level, 0.0], [-np.inf, -np.inf], [np.inf, np.inf]
    for position, width, height in starts:
        start += [height * width, position, width, 0.5]
        lower += [-np.inf, position - width, 0.2 * width, 0.0]
        upper += [np.inf, position + width, 4.0 * width, 1.0]
    # the second time with the weights of what the model expects: weights from the counts pull a fit down
    expected = smooth
    for _ in range(2):
        sigma = np.ones_like(angle) if per_unit is None else poisson_sigma(np.maximum(expected, 0.0), per_unit)
        fit = fit_curve(model, intensity, start, sigma=sigma, lower=lower, upper=upper, scale=per_unit is None)
        if per_unit is None:
            break
        start, expected = fit.values.tolist(), fit.model
    return fit


def _peak(fit: Fit, number: int) -> Peak:
    """Return one peak of a fitted window."""
    area, position, fwhm, mixing = fit.values[2 + 4 * number : 6 + 4 * number]
    area_sigma, position_sigma, fwhm_sigma, _ = fit.sigmas[2 + 4 * number : 6 + 4 * number]
    return Peak(
        float(position),
        float(position_sigma),
        float(fwhm),
        float(fwhm_sigma),
        float(area),
        float(area_sigma),
        float(mixing),
    )


def amorphous_hump(angle: Array, rest: Array, *, per_unit: float | None, expected: Array) -> Hump:
    """Fit a straight line and one broad Gaussian to a pattern without its peaks.

    `rest` is the intensity less the peaks and `expected` the intensity that sets the counting noise. The width is
    bounded to between 3 degree and the whole range.
    """
    span = float(np.ptp(angle))
    middle = float(angle.mean())
    sigma = np.ones_like(angle) if per_unit is None else poisson_sigma(np.maximum(expected, 0.0), per_unit)

    def model(values: Array) -> Array:
        line = values[0] + values[1] * (angle - middle)
        return np.asarray(line + values[2] * gaussian(angle, values[3], values[4]))

    fits = []
    for place in (0.25, 0.5, 0.75):
        start = [float(np.percentile(rest, 20)), 0.0, float(np.ptp(rest)), angle[0] + place * span, 0.25 * span]
        lower = [-np.inf, -np.inf, 0.0, angle[0], min(_NARROWEST_HUMP, 0.9 * span)]
        upper = [np.inf, np.inf, np.inf, angle[-1], span]
        fits.append(fit_curve(model, rest, start, sigma=sigma, lower=lower, upper=upper, scale=per_unit is None))
    fit = min(fits, key=lambda one: one.reduced_chi_square)
    area, position, fwhm = fit.values[2:]
    area_sigma, position_sigma, fwhm_sigma = fit.sigmas[2:]
    curve = area * gaussian(angle, position, fwhm)
    return Hump(
        position=float(position),
        position_sigma=float(position_sigma),
        fwhm=float(fwhm),
        fwhm_sigma=float(fwhm_sigma),
        area=float(area),
        area_sigma=float(area_sigma),
        seen=bool(area > 3.0 * area_sigma),
        curve=np.asarray(curve),
        line=np.asarray(fit.model - curve),
    )


def crystallinity(peaks: list[Peak], hump: Hump) -> tuple[float, float]:
    """Return A_peaks/(A_peaks + A_hump) and its sigma, the areas taken as independent."""
    bragg = sum(peak.area for peak in peaks)
    bragg_variance = sum(peak.area_sigma**2 for peak in peaks)
    total = bragg + hump.area
    if not total > 0.0:
        return 0.0, float("inf")
    variance = (hump.area**2 * bragg_variance + bragg**2 * hump.area_sigma**2) / total**4
    return bragg / total, float(np.sqrt(variance))
