"""Conductivity over temperature: activation energy and prefactor in both forms of the law, with outliers held down."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from interlayer.constants import BOLTZMANN, ELEMENTARY_CHARGE
from interlayer.errors import InputError
from interlayer.measure.finding import Analysis, Finding
from interlayer.records import Record

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[np.float64]
Form = Literal["ln_sigma", "ln_sigma_T"]

_EV: Final = BOLTZMANN / ELEMENTARY_CHARGE
_HUBER: Final = 1.345
"""Huber's threshold in standard deviations: 95 % as efficient as least squares on normal noise."""
_OUTLIER: Final = 3.5
_ROOM: Final = 298.15
_FEWEST: Final = 3
_LARGEST_LN: Final = 690.0
"""Exponents beyond this leave the range of floats."""


@dataclass(frozen=True, eq=False)
class ArrheniusFit:
    """ln(sigma) or ln(sigma T) = ln(A) - E_a/(k T); energies in eV, `ln_prefactor` of A in S/m or S K/m.

    `covariance` is that of (ln A, E_a), None for two points. `curvature_p` is the probability that a straight line
    bends this much by chance; None for fewer than five points.
    """

    form: Form
    activation_energy_eV: float
    activation_energy_sigma_eV: float | None
    ln_prefactor: float
    covariance: Array | None
    residuals: Array
    outliers: tuple[int, ...]
    aicc: float
    curvature_p: float | None
    room_conductivity: float
    room_relative_sigma: float | None


def fit_arrhenius(
    temperature: Array, conductivity: Array, *, sigma: Array | None = None, form: Form = "ln_sigma_T"
) -> ArrheniusFit:
    """Return the fit of one form to conductivities (S/m) at temperatures (K), weighted by `sigma` where it is given.

    Iteratively reweighted least squares with Huber's weights, so that a stray point is held down and named instead of
    being thrown away. Two points give the line through them and no uncertainty. Raises InputError for fewer than two
    temperatures and for values that are not positive.
    """
    if len(temperature) < 2 or np.ptp(temperature) <= 0.0:
        raise InputError("an activation energy needs conductivities at two temperatures at least")
    if np.any(temperature <= 0.0) or np.any(conductivity <= 0.0):
        raise InputError("a temperature or conductivity is not positive; temperatures are in K, conductivities in S/m")
    y = np.log(conductivity) + (np.log(temperature) if form == "ln_sigma_T" else 0.0)
    x = 1.0 / (_EV * temperature)
    given = np.ones_like(y) if sigma is None else conductivity / np.maximum(sigma, 1e-12 * conductivity)
    columns = np.column_stack([np.ones_like(x), -x])
    weights, points = np.ones_like(y), len(y)
    scale = 1.0
    solution = _solved(columns, y, given)[0]
    for _ in range(60 if points > _FEWEST else 0):
        rest = (y - columns @ solution) * given
        scale = max(1.4826 * float(np.median(np.abs(rest - np.median(rest)))) * _small_sample(points), 1e-12)
        new = np.minimum(1.0, _HUBER * scale / np.maximum(np.abs(rest), 1e-300))
        solution = _solved(columns, y, given * np.sqrt(new))[0]
        if np.max(np.abs(new - weights)) < 1e-8:
            break
        weights = new
    residuals = y - columns @ solution
    scaled = residuals * given
    covariance = None
    if points > 2:
        # the spread that Huber's estimate of a location has (Huber, doi 10.1214/aoms/1177703732)
        bounded = np.clip(scaled, -_HUBER * scale, _HUBER * scale) if points > _FEWEST else scaled
        inside = float(np.mean(np.abs(scaled) <= _HUBER * scale)) if points > _FEWEST else 1.0
        variance = float(bounded @ bounded) / (points - 2) / max(inside, 0.3) ** 2
        _, plain = _solved(columns, y, given)
        covariance = variance * plain
    room = np.array([1.0, -1.0 / (_EV * _ROOM)])
    ln_room = float(room @ solution) - (math.log(_ROOM) if form == "ln_sigma_T" else 0.0)
    return ArrheniusFit(
        form=form,
        activation_energy_eV=float(solution[1]),
        activation_energy_sigma_eV=None if covariance is None else math.sqrt(max(float(covariance[1, 1]), 0.0)),
        ln_prefactor=float(solution[0]),
        covariance=covariance,
        residuals=residuals,
        outliers=tuple(np.flatnonzero(np.abs(scaled) > _OUTLIER * scale).tolist()) if points > _FEWEST else (),
        aicc=_aicc(scaled, 2),
        curvature_p=_bends(x, y, given),
        room_conductivity=math.exp(min(max(ln_room, -_LARGEST_LN), _LARGEST_LN)),
        room_relative_sigma=None if covariance is None else math.sqrt(max(float(room @ covariance @ room), 0.0)),
    )


def _small_sample(points: int) -> float:
    return math.sqrt(points / max(points - 2, 1))


def _solved(columns: Array, y: Array, weight: Array) -> tuple[Array, Array]:
    rows = columns * weight[:, None]
    inverse = np.linalg.pinv(rows.T @ rows)
    return np.asarray(inverse @ (rows.T @ (y * weight))), np.asarray(inverse)


def _aicc(scaled: Array, parameters: int) -> float:
    points, k = len(scaled), parameters + 1
    if points - k - 1 <= 0:
        return math.inf
    return points * math.log(max(float(scaled @ scaled) / points, 1e-300)) + 2.0 * k * points / (points - k - 1)


def _bends(x: Array, y: Array, weight: Array) -> float | None:
    """Return the probability of a quadratic term as large as this one by chance (t test)."""
    if len(x) < 5:
        return None
    u = (x - x.mean()) / np.ptp(x)
    columns = np.column_stack([np.ones_like(u), u, u * u])
    solution, inverse = _solved(columns, y, weight)
    rest = (y - columns @ solution) * weight
    degrees = len(x) - 3
    sigma = math.sqrt(float(rest @ rest) / degrees * float(inverse[2, 2]))
    if sigma == 0.0:
        return 1.0
    return float(2.0 * student.sf(abs(float(solution[2])) / sigma, degrees))


def analyse_arrhenius(record: Record, *, form: Form = "ln_sigma_T") -> Analysis:
    """Return the activation energy, prefactor and room-temperature conductivity of a temperature series.

    `form` says which law is reported: ``ln_sigma_T`` (sigma T = A exp(-E_a/kT), hopping) or ``ln_sigma``; the other is
    given beside it. Their energies differ by about kT, 25 to 40 meV. A column
    conductivity_uncertainty_siemens_per_metre weighs the points. Raises InputError as `fit_arrhenius`.
    """
    temperature = np.asarray(record.columns["temperature_kelvin"], dtype=float)
    conductivity = np.asarray(record.columns["conductivity_siemens_per_metre"], dtype=float)
    given = record.columns.get("conductivity_uncertainty_siemens_per_metre")
    sigma = None if given is None else np.asarray(given, dtype=float)
    forms: tuple[Form, Form] = ("ln_sigma_T", "ln_sigma") if form == "ln_sigma_T" else ("ln_sigma", "ln_sigma_T")
    fits = [fit_arrhenius(temperature, conductivity, sigma=sigma, form=one) for one in forms]
    best, other = fits
    degrees = max(len(temperature) - 2, 1)
    factor = float(student.ppf(0.841344746, degrees))
    findings = []
    for fit, name in ((best, "activation_energy"), (other, f"activation_energy_{other.form}")):
        known = fit.activation_energy_sigma_eV
        law = "ln(sigma T)" if fit.form == "ln_sigma_T" else "ln(sigma)"
        method = f"slope of {law} over 1/kT, Huber weights; 68 % by Student's t"
        findings.append(_found(name, fit.activation_energy_eV, "eV", known and known * factor, method))
    prefactor = math.exp(min(best.ln_prefactor, 700.0)) * 1e-2
    spread = None if best.covariance is None else math.sqrt(max(float(best.covariance[0, 0]), 0.0)) * factor
    unit = "S K/cm" if form == "ln_sigma_T" else "S/cm"
    findings.append(_found("prefactor", prefactor, unit, spread and prefactor * spread, "intercept of the same line"))
    room, known = best.room_conductivity * 1e-2, best.room_relative_sigma
    inside = temperature.min() <= _ROOM <= temperature.max()
    note = "" if inside else "extrapolated: 25 degC lies outside the data"
    findings.append(
        _found("conductivity_25_degC", room, "S/cm", known and room * known * factor, "the line at 298.15 K", note)
    )
    return Analysis(
        kind="arrhenius",
        source=str(record.metadata.get("file", record.metadata.get("cell", ""))),
        findings=findings,
        warnings=_warnings(temperature, best, other),
        methods=(
            f"{'sigma T' if form == 'ln_sigma_T' else 'sigma'} = A exp(-E_a/kT) was fitted to {len(temperature)} "
            "temperatures as a straight line in 1/T by least squares with Huber's weights"
            f"{'' if sigma is None else ', weighted by the stated uncertainties'}; intervals follow Student's "
            "distribution."
        ),
        references=["huber1964"],
        details={
            "temperature_kelvin": temperature.tolist(),
            "conductivity_siemens_per_metre": conductivity.tolist(),
            "uncertainty_siemens_per_metre": None if sigma is None else sigma.tolist(),
            "form": form,
            "ln_prefactor": best.ln_prefactor,
            "activation_energy_electronvolt": best.activation_energy_eV,
            "outliers": list(best.outliers),
        },
    )


def _found(name: str, value: float, unit: str, sigma: float | None, method: str, note: str = "") -> Finding:
    reason = "" if sigma is not None else "two temperatures: the line goes through both"
    return Finding(
        name=name, value=value, unit=unit, uncertainty=sigma, uncertainty_reason=reason, method=method, note=note
    )


def _warnings(temperature: Array, best: ArrheniusFit, other: ArrheniusFit) -> list[str]:
    lines = [
        f"the point at {temperature[k]:.1f} K lies {best.residuals[k]:+.2g} off the line in ln and is held down"
        for k in best.outliers
    ]
    if best.curvature_p is not None and best.curvature_p < 0.01:
        lines.append(
            f"the points bend (chance {best.curvature_p:.1g}): one activation energy does not describe them; look "
            "for a phase transition or for two processes"
        )
    if math.isfinite(best.aicc) and other.aicc < best.aicc - 2.0:
        lines.append(f"the form {other.form} describes the points better (AICc lower by {best.aicc - other.aicc:.1f})")
    return lines


def draw_arrhenius(analysis: Analysis) -> dict[str, "Figure"]:
    """Return the Arrhenius plot: log10 of the conductivity over 1000/T, degC on top."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.6, 4.6), layout="constrained")
    axes = figure.subplots()
    details: dict[str, Any] = analysis.details
    temperature = np.array(details["temperature_kelvin"])
    conductivity = np.array(details["conductivity_siemens_per_metre"]) * 1e-2
    sigma = details["uncertainty_siemens_per_metre"]
    shift = temperature if details["form"] == "ln_sigma_T" else np.ones_like(temperature)
    axes.errorbar(
        1000.0 / temperature, conductivity * shift, yerr=None if sigma is None else np.array(sigma) * 1e-2 * shift,
        fmt="o", ms=5, mfc="white", color="#0072B2", capsize=2,
    )  # fmt: skip
    out = details["outliers"]
    axes.plot(1000.0 / temperature[out], (conductivity * shift)[out], "x", ms=9, color="#D55E00")
    line = np.linspace(temperature.min(), temperature.max(), 60)
    exponent = details["ln_prefactor"] - details["activation_energy_electronvolt"] / (_EV * line)
    values = np.exp(np.clip(exponent, -_LARGEST_LN, _LARGEST_LN)) * 1e-2
    energy = analysis["activation_energy"]
    error = "" if energy.uncertainty is None else f" ± {energy.uncertainty:.3f}"
    axes.plot(1000.0 / line, values, "-", lw=1.2, color="0.2", label=f"{energy.value:.3f}{error} eV")
    axes.set_yscale("log")
    axes.set_xlabel("1000/T / K⁻¹")
    axes.set_ylabel("σT / S K cm⁻¹" if details["form"] == "ln_sigma_T" else "σ / S cm⁻¹")
    axes.legend(frameon=False)
    axes.grid(alpha=0.25)
    above = axes.secondary_xaxis("top", functions=(_to_celsius, _from_celsius))
    above.set_xlabel("temperature / °C")
    axes.spines["right"].set_visible(False)
    return {"arrhenius": figure}


def _to_celsius(inverse: Any) -> Any:
    return 1000.0 / np.maximum(np.asarray(inverse, dtype=float), 1e-3) - 273.15


def _from_celsius(celsius: Any) -> Any:
    return 1000.0 / np.maximum(np.asarray(celsius, dtype=float) + 273.15, 1e-3)
