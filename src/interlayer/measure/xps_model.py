"""The model of a photoelectron region: doublets of one shape on a background, and its fit with constraints."""

from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from interlayer.measure.background import shirley_background, shirley_step, tougaard_matrix
from interlayer.measure.counts import poisson_sigma
from interlayer.measure.curve_fit import covariance_of, inflation
from interlayer.measure.peak_shapes import pseudo_voigt
from interlayer.measure.xps_lines import Region

Array = NDArray[np.float64]

Background = Literal["active-shirley", "shirley", "tougaard", "linear"]
BACKGROUNDS: Final[tuple[Background, ...]] = get_args(Background)
_START_FWHM: Final = 1.2
_WIDTHS: Final = (0.4, 4.0)
"""Start and limits of a line's full width at half maximum, eV."""
_PASSES: Final = 3
_SEEN_AT: Final = 3.0
"""A species below this many sigma does not say where it lies: its position is then held at the start value."""


@dataclass(frozen=True)
class RegionModel:
    """A region over its energies (eV, ascending), with a background that is fitted together with the lines.

    Parameters: area of each species, position of each main line, FWHM (one, or one each), FWHM of the partner line
    over that of the main one, Lorentzian share, splitting, and two of the background. ``shirley`` has none: it is
    subtracted before.
    """

    region: Region
    energy: Array
    background: Background
    one_width: bool = True

    @property
    def names(self) -> list[str]:
        """Names of the parameters, in the order of `intensity`."""
        species = [row.name for row in self.region.species]
        widths = ["fwhm"] if self.one_width else [f"fwhm_{name}" for name in species]
        ends = [] if self.background == "shirley" else ["background_0", "background_1"]
        areas, positions = [f"area_{name}" for name in species], [f"position_{name}" for name in species]
        return [*areas, *positions, *widths, "partner_width", "mixing", "splitting", *ends]

    def components(self, values: Array) -> Array:
        """Return the intensity of each species, shape (species, energies)."""
        n = len(self.region.species)
        areas, positions = values[:n, None], values[n : 2 * n, None]
        count = 1 if self.one_width else n
        widths = values[2 * n : 2 * n + count, None]
        partner_width, mixing, splitting = values[2 * n + count : 2 * n + count + 3]
        main = pseudo_voigt(self.energy, positions, widths, mixing)
        if not self.region.ratio:
            return np.asarray(areas * main)
        share = self.region.ratio / (1.0 + self.region.ratio)
        partner = pseudo_voigt(self.energy, positions + splitting, widths * partner_width, mixing)
        return np.asarray(areas * (share * main + (1.0 - share) * partner))

    def base(self, values: Array, lines: Array) -> Array:
        """Return the background under the sum of the lines."""
        if self.background == "shirley":
            return np.zeros_like(self.energy)
        low, slope = values[-2:]
        if self.background == "linear":
            return np.asarray(low + slope * (self.energy - self.energy[0]))
        if self.background == "tougaard":
            return np.asarray(low + slope * (tougaard_matrix(self.energy) @ lines))
        return np.asarray(low + slope * shirley_step(self.energy, lines))

    def intensity(self, values: Array) -> Array:
        """Return lines plus background."""
        lines = self.components(values).sum(axis=0)
        return np.asarray(lines + self.base(values, lines))

    def jacobian(self, values: Array) -> Array:
        """Return d intensity / d parameter by central differences, shape (energies, parameters)."""
        columns = []
        for place, value in enumerate(values):
            step = 1e-5 * max(abs(value), 1e-3)
            up, down = values.copy(), values.copy()
            up[place] += step
            down[place] -= step
            columns.append((self.intensity(up) - self.intensity(down)) / (2.0 * step))
        return np.array(columns).T


@dataclass(frozen=True, eq=False)
class RegionFit:
    """A fitted region.

    `covariance` is of all parameters, zero for those held; `sigma` is the noise of each point, `per_unit` the counts
    that one unit of intensity stands for, None where nobody knows.
    """

    model: RegionModel
    values: Array
    covariance: Array
    held: tuple[str, ...]
    subtracted: Array
    sigma: Array
    residuals: Array
    reduced_chi_square: float
    freedom: int
    per_unit: float | None

    @property
    def areas(self) -> Array:
        """Area of each species, intensity times eV."""
        return self.values[: len(self.model.region.species)]

    def fractions(self) -> tuple[Array, Array]:
        """Return the share of each species in the total area, and the covariance of the shares."""
        total = float(self.areas.sum())
        shares = self.areas / total
        n = len(shares)
        gradient = (np.eye(n) - shares[:, None]) / total
        return shares, np.asarray(gradient @ self.covariance[:n, :n] @ gradient.T)

    def value(self, name: str) -> tuple[float, float]:
        """Return a parameter and its sigma."""
        place = self.model.names.index(name)
        return float(self.values[place]), float(np.sqrt(max(self.covariance[place, place], 0.0)))


def fit_region(
    region: Region,
    energy: Array,
    intensity: Array,
    *,
    background: Background,
    per_unit: float | None,
    one_width: bool = True,
) -> RegionFit:
    """Fit the species of a region to a spectrum; energies ascending.

    Weights are those of counting, of what the model expects (three passes), since weights from the counts themselves
    pull a fit down. Without known counts (`per_unit` None) they have that shape and the size of the scatter. Areas are
    not negative; the covariance comes from the derivatives at the solution.
    """
    model = RegionModel(region, energy, background, one_width)
    subtracted = shirley_background(energy, intensity) if background == "shirley" else np.zeros_like(intensity)
    counting = 1.0 if per_unit is None else per_unit
    expected = np.maximum(np.convolve(np.pad(intensity, 2, mode="edge"), np.full(5, 0.2), mode="valid"), 0.0)
    parameters = _start(model, intensity - subtracted)
    held: set[str] = set()
    for last in (False, True):
        for _ in range(_PASSES if not last else 2):
            sigma = poisson_sigma(expected, counting)
            values = _minimise(model, parameters, intensity - subtracted, sigma)
            expected = np.maximum(model.intensity(values) + subtracted, 0.0)
            if last and not held:
                break
        sigma = poisson_sigma(expected, counting)
        residuals = (intensity - subtracted - model.intensity(values)) / sigma
        free = [name for name, entry in parameters.items() if entry.vary]
        freedom = max(len(energy) - len(free), 1)
        reduced = float(residuals @ residuals / freedom)
        factor = reduced if per_unit is None else inflation(reduced, freedom)
        covariance = _covariance(model, values, sigma, free) * factor
        if last:
            break
        for place, row in enumerate(region.species):
            if values[place] < _SEEN_AT * np.sqrt(covariance[place, place]):
                entry = parameters[f"position_{row.name}"]
                entry.set(value=row.position_eV, vary=False)
                held.add(entry.name)
                if not one_width:
                    parameters[f"fwhm_{row.name}"].set(value=_START_FWHM, vary=False)
    return RegionFit(
        model, values, covariance, tuple(sorted(held)), subtracted, sigma, residuals, reduced, freedom, per_unit
    )


def _start(model: RegionModel, intensity: Array) -> Any:
    """Return the parameters with start values, bounds and what is held."""
    from lmfit import Parameters
    from scipy.optimize import nnls

    region, energy = model.region, model.energy
    low, high = region.splitting_eV
    count = max(len(energy) // 20, 1)
    ends = float(intensity[:count].mean()), float(intensity[-count:].mean())
    species = region.species
    width_count = 1 if model.one_width else len(species)
    guess = np.concatenate(
        [
            np.ones(len(species)),
            [row.position_eV for row in species],
            np.full(width_count, _START_FWHM),
            [1.0, 0.3, 0.5 * (low + high)],
            [] if model.background == "shirley" else [0.0, 0.0],
        ]
    )
    shapes = model.components(guess)
    straight = np.linspace(ends[0], ends[1], len(energy)) if model.background != "shirley" else np.zeros_like(energy)
    areas, _ = nnls(shapes.T, np.maximum(intensity - straight, 0.0))
    least = 1e-3 * max(float(areas.sum()), 1e-9)
    rise = ends[1] - ends[0]
    parameters = Parameters()
    for row, area in zip(species, areas, strict=True):
        parameters.add(f"area_{row.name}", value=max(float(area), least), min=0.0)
    for row in species:
        window = row.window_eV
        parameters.add(
            f"position_{row.name}", value=row.position_eV, min=row.position_eV - window, max=row.position_eV + window
        )
    for name in model.names[2 * len(species) : 2 * len(species) + width_count]:
        parameters.add(name, value=_START_FWHM, min=_WIDTHS[0], max=_WIDTHS[1])
    parameters.add("partner_width", value=1.0, min=0.8, max=2.0, vary=region.partner_width_free)
    parameters.add("mixing", value=0.3, min=0.0, max=1.0)
    fixed = high - low < 0.1
    parameters.add("splitting", value=0.5 * (low + high), min=low - 1e-9, max=high + 1e-9, vary=not fixed)
    if model.background != "shirley":
        total = max(float(areas.sum()), 1e-9)
        slope = {"linear": rise / float(np.ptp(energy)), "tougaard": 1.0}.get(model.background, max(rise, 0.0) / total)
        parameters.add("background_0", value=ends[0])
        parameters.add("background_1", value=slope)
    return parameters


def _minimise(model: RegionModel, parameters: Any, intensity: Array, sigma: Array) -> Array:
    """Fit from the parameters' values, leave the result in them, and return it as an array."""
    from lmfit import minimize

    names = model.names

    def misses(now: Any) -> Array:
        by_name = now.valuesdict()
        return np.asarray((model.intensity(np.array([by_name[name] for name in names])) - intensity) / sigma)

    found = minimize(misses, parameters, method="leastsq", calc_covar=False, max_nfev=4000)
    for name in names:
        parameters[name].value = found.params[name].value
    return np.array([found.params[name].value for name in names])


def _covariance(model: RegionModel, values: Array, sigma: Array, free: list[str]) -> Array:
    """Return the covariance of all parameters, from the derivatives with respect to the free ones."""
    places = [model.names.index(name) for name in free]
    full = np.zeros((len(values), len(values)))
    full[np.ix_(places, places)] = covariance_of(model.jacobian(values)[:, places] / sigma[:, None])
    return full
