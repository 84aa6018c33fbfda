"""The edge of an X-ray absorption spectrum: energy by derivative and by half height, normalisation, white line.

All of it is linear in the absorption once the edge is found, so that the noise propagates through weights.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from interlayer.errors import InputError
from interlayer.measure.counts import ordinary
from interlayer.measure.local_regression import extremum, local_weights, noise_level, smooth, upward_crossings
from interlayer.records import Record

Array = NDArray[np.float64]

_FEWEST: Final = 40
_WHITE_LINE_REACH: Final = 40.0
_AMBIGUOUS: Final = 0.8
_SPACING_POINTS: Final = 21
"""Points nearest to the edge whose spacing sets the smoothing."""


@dataclass(frozen=True)
class Windows:
    """Ranges of the normalisation relative to the edge (eV), degree of the post-edge, half width of the smoothing."""

    pre: tuple[float, float]
    post: tuple[float, float]
    post_degree: int
    smoothing: float


@dataclass(frozen=True, eq=False)
class Edge:
    """A normalised spectrum. Energies in eV; `half` is None where the spectrum does not rise through half height."""

    energy: Array
    absorption: Array
    noise: float
    windows: Windows
    derivative: tuple[float, float]
    half: tuple[float, float] | None
    step: tuple[float, float]
    pre_edge: Array
    post_edge: Array
    normalised: Array
    gradient: Array
    """d normalised / d absorption, with the noise of pre-edge and step; (energies, energies)."""
    white_line: tuple[float, float, float, float] | None
    rivals: tuple[float, ...]
    """Energies of other maxima of the derivative that are almost as high."""


def spectrum_of(record: Record) -> tuple[Array, Array]:
    """Return energies in ascending order, each once, and the absorption, which must rise over the spectrum."""
    energy = np.asarray(record["photon_energy_electronvolt"], dtype=float)
    values = ordinary("absorption", np.asarray(record["absorption"], dtype=float))
    places, inverse = np.unique(energy, return_inverse=True)
    mean = np.bincount(inverse, weights=values) / np.bincount(inverse)
    if len(places) < _FEWEST:
        raise InputError(f"the spectrum has {len(places)} different energies; at least {_FEWEST} are needed")
    if places[0] <= 0.0 or not np.ptp(mean) > 0.0:
        raise InputError("the absorption is constant or an energy is not positive: no absorption spectrum")
    return places, np.asarray(mean)


def find_edge(
    energy: Array,
    absorption: Array,
    *,
    pre: tuple[float | None, float | None] = (None, None),
    post: tuple[float | None, float | None] = (None, None),
    post_degree: int | None = None,
    smoothing: float | None = None,
) -> Edge:
    """Find the edge and normalise: (mu - pre)/(post(E0) - pre(E0)), pre a straight line, post a polynomial.

    E0 is the maximum of the derivative of local cubics within `smoothing` (three times the spacing at the edge unless
    given); half height is where the normalised local estimate first rises through 1/2. Windows are relative to E0, and
    what is None goes from the first point to 30 eV below (or 0.4 of what there is), from 100 eV above to the last
    point. Raises InputError for windows with too few points and a spectrum without an edge (newville2014).
    """
    steps = np.diff(energy)
    width = smoothing or 3.0 * float(np.percentile(steps, 25))
    slopes = smooth(energy, absorption, width, derivative=1)
    inner = slice(4, len(energy) - 4)
    near = float(energy[inner][np.argmax(slopes[inner])])
    if smoothing is None:
        width = 3.0 * float(np.median(steps[np.argsort(np.abs(energy[1:] - near))[:_SPACING_POINTS]]))
        slopes = smooth(energy, absorption, width, derivative=1)
        near = float(energy[inner][np.argmax(slopes[inner])])
    noise = noise_level(energy, absorption)
    at, at_sigma, height, _ = extremum(energy, absorption, near, half_width=width, noise=noise, derivative=1)
    windows = _windows(energy, at, pre, post, post_degree, width)
    pre_line = _polynomial(energy, at, windows.pre, 1, "pre-edge")
    post_line = _polynomial(energy, at, windows.post, windows.post_degree, "post-edge")
    here = np.array([at])
    step_row = (post_line.rows(here) - pre_line.rows(here))[0]
    step = float(step_row @ absorption)
    step_sigma = noise * float(np.linalg.norm(step_row))
    if not step > 5.0 * step_sigma or not height > 0.0:
        raise InputError(f"no edge: the absorption rises by {step:.3g} ± {step_sigma:.2g} at {at:.1f} eV")
    pre_edge, post_edge = pre_line.rows(energy) @ absorption, post_line.rows(energy) @ absorption
    normalised = (absorption - pre_edge) / step

    def level_rows(places: Array) -> Array:
        return np.asarray(local_weights(energy, places, width) - pre_line.rows(places) - 0.5 * step_row)

    return Edge(
        energy=energy,
        absorption=absorption,
        noise=noise,
        windows=windows,
        derivative=(at, at_sigma),
        half=_half(energy, absorption, at, level_rows, noise, width),
        step=(step, step_sigma),
        pre_edge=np.asarray(pre_edge),
        post_edge=np.asarray(post_edge),
        normalised=np.asarray(normalised),
        gradient=(np.eye(len(energy)) - pre_line.rows(energy) - np.outer(normalised, step_row)) / step,
        white_line=_white_line(energy, normalised, at, noise / step, step_sigma / step, width),
        rivals=_rivals(energy, slopes, at, height, width),
    )


def _windows(
    energy: Array,
    at: float,
    pre: tuple[float | None, float | None],
    post: tuple[float | None, float | None],
    degree: int | None,
    width: float,
) -> Windows:
    below, above = at - float(energy[0]), float(energy[-1]) - at
    first = (-below if pre[0] is None else pre[0], -min(30.0, 0.4 * below) if pre[1] is None else pre[1])
    last = (min(100.0, 0.4 * above) if post[0] is None else post[0], above if post[1] is None else post[1])
    if not (first[0] < first[1] < 0.0 < last[0] < last[1]):
        raise InputError(
            f"the pre-edge from {first[0]:g} to {first[1]:g} eV and post-edge from {last[0]:g} to {last[1]:g} eV are "
            "not below and above the edge"
        )
    return Windows(first, last, degree if degree is not None else (2 if last[1] - last[0] > 200.0 else 1), width)


@dataclass(frozen=True, eq=False)
class _Polynomial:
    """The polynomial through the points of a window: `rows(E)` @ y is its value at E."""

    centre: float
    length: float
    solution: Array

    def rows(self, energy: Array) -> Array:
        u = (energy - self.centre) / self.length
        return np.asarray(np.vander(u, len(self.solution), increasing=True) @ self.solution)


def _polynomial(energy: Array, at: float, window: tuple[float, float], degree: int, name: str) -> _Polynomial:
    inside = (energy >= at + window[0]) & (energy <= at + window[1])
    if inside.sum() < degree + 3:
        raise InputError(
            f"the {name} window from {window[0]:.0f} to {window[1]:.0f} eV of the edge has {int(inside.sum())} points; "
            f"at least {degree + 3} are needed"
        )
    centre, length = float(energy[inside].mean()), float(np.ptp(energy[inside]))
    solution = np.zeros((degree + 1, len(energy)))
    solution[:, inside] = np.linalg.pinv(np.vander((energy[inside] - centre) / length, degree + 1, increasing=True))
    return _Polynomial(centre, length, solution)


def _half(
    energy: Array, absorption: Array, at: float, rows: Callable[[Array], Array], noise: float, width: float
) -> tuple[float, float] | None:
    """Return where the local estimate first rises through half the step near the edge, and its sigma."""
    grid = np.arange(max(at - 40.0, energy[0]), min(at + 40.0, energy[-1]), 0.1 * width)
    crossings = upward_crossings(grid, rows(grid) @ absorption)
    if not len(crossings):
        return None
    place = float(crossings[0])
    around = rows(np.array([place - 0.05 * width, place, place + 0.05 * width]))
    slope = float((around[2] - around[0]) @ absorption) / (0.1 * width)
    return place, noise * float(np.linalg.norm(around[1])) / slope


def _white_line(
    energy: Array, normalised: Array, at: float, noise: float, step_sigma: float, width: float
) -> tuple[float, float, float, float] | None:
    """Return position, sigma, normalised height, sigma of the largest absorption above the edge; None at the end."""
    inside = (energy >= at) & (energy <= at + _WHITE_LINE_REACH)
    if inside.sum() < 5:
        return None
    top = int(np.argmax(normalised[inside]))
    if top in (0, int(inside.sum()) - 1):
        return None
    near = float(energy[inside][top])
    place, sigma, height, height_sigma = extremum(energy, normalised, near, half_width=width, noise=noise)
    return place, sigma, height, float(np.hypot(height_sigma, height * step_sigma))


def _rivals(energy: Array, slopes: Array, at: float, height: float, width: float) -> tuple[float, ...]:
    from scipy.signal import find_peaks

    places, _ = find_peaks(slopes, height=_AMBIGUOUS * height, prominence=0.2 * height)
    return tuple(float(e) for e in energy[places] if width < abs(e - at) < _WHITE_LINE_REACH)
