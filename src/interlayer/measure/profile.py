"""Line profiles of EDX and EELS: where each element's interface lies, its width, and what diffusion made it."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from interlayer.errors import InputError, closest, shown
from interlayer.measure.counts import counts_per_unit as counting
from interlayer.measure.counts import ordinary, poisson_sigma
from interlayer.measure.curve_fit import Fit, fit_curve, runs_z
from interlayer.measure.finding import Analysis, Finding
from interlayer.measure.peak_shapes import FWHM_PER_SIGMA
from interlayer.records import Record

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[np.float64]

WIDTHS: Final = {"16-84 %": 2.0, "10-90 %": 2.563103, "sigma": 1.0}
"""Width of an error-function step in standard deviations, by the definition's name."""
_FEWEST: Final = 8
_STEP, _LAYER = "step", "layer"


def analyse_profile(
    record: Record,
    *,
    elements: list[str] | None = None,
    width_definition: Literal["16-84 %", "10-90 %", "sigma"] = "16-84 %",
    probe_fwhm_m: float | None = None,
    time_s: float | None = None,
    counts_per_unit: float | None = None,
) -> Analysis:
    """Return the interface position and width of each element along a line.

    A step is c(x) = a + b (1 + erf((x - x0)/(sqrt 2 sigma)))/2, a layer the difference of two such steps of one sigma;
    the lower AICc decides. `width_definition` names what is called the width: ``16-84 %`` = 2 sigma, ``10-90 %`` =
    2.563 sigma, or sigma. With `probe_fwhm_m` (Gaussian, beam broadening in the foil included) the probe is taken off:
    sigma^2 = sigma_measured^2 - (FWHM/2.355)^2. With `time_s` as well D = sigma^2/(2 t), for constant D in both phases
    (balluffi2005). Intensities of EDX are not concentrations; a step keeps its place and width where they are
    proportional. Raises InputError for a column that is none, fewer than 8 points and what is not positive.
    """
    if width_definition not in WIDTHS:
        raise InputError(f"no width_definition {shown(width_definition)}; allowed: {', '.join(WIDTHS)}")
    for name, value in (("probe_fwhm_m", probe_fwhm_m), ("time_s", time_s)):
        if value is not None and not (np.isfinite(value) and value > 0.0):
            raise InputError(f"{name} is {value:g}; it must be positive")
    position = np.asarray(record["position_metre"], dtype=float)
    order = np.argsort(position)
    position = position[order]
    if len(position) < _FEWEST or not np.all(np.diff(position) > 0.0):
        raise InputError(f"the profile has {len(np.unique(position))} different positions; at least {_FEWEST} needed")
    names = _elements(record, elements)
    fits: dict[str, tuple[str, Fit]] = {}
    findings: list[Finding] = []
    warnings: list[str] = []
    for name in names:
        values = np.asarray(record.columns[name], dtype=float)[order]
        if not np.all(np.isfinite(values)):
            raise InputError(f"the column {shown(name)} has a value that is not a finite number")
        ordinary(name, values)
        fits[name] = _fit(position, values, counting(values, counts_per_unit))
        new, lines = _findings(name, *fits[name], position, width_definition, probe_fwhm_m, time_s)
        findings += new
        warnings += lines
    findings += _distances(fits)
    if probe_fwhm_m is None:
        warnings.append(
            "no probe width was given: widths are those of the interface and the probe together, upper limits"
        )
    return Analysis(
        kind="profile",
        source=str(record.metadata.get("file", record.metadata.get("cell", ""))),
        findings=findings,
        warnings=list(dict.fromkeys(warnings)),
        methods=_methods(width_definition, probe_fwhm_m, time_s),
        references=["balluffi2005"] if time_s else [],
        details={
            "position_metre": position.tolist(),
            "width_definition": width_definition,
            "elements": {
                name: {
                    "intensity": np.asarray(record.columns[name], dtype=float)[order].tolist(),
                    "fit_intensity": fit.model.tolist(),
                    "shape": shape if _seen(fit) else "none",
                    "interface_metre": [float(fit.values[2])] if shape == _STEP else fit.values[2::2][:2].tolist(),
                    "sigma_metre": float(abs(fit.values[3])),
                }
                for name, (shape, fit) in fits.items()
            },
        },
    )


def _elements(record: Record, asked: list[str] | None) -> list[str]:
    have = [name for name in record.columns if name != "position_metre"]
    for name in asked or ():
        if name not in have:
            raise InputError(f"no column {shown(name)} in the profile; it has {', '.join(have)}{closest(name, have)}")
    if not have:
        raise InputError("the profile has no column of an element beside position_metre")
    return asked or have


def _step(x: Array, values: Array) -> Array:
    """Return floor, height, place, sigma as a curve."""
    from scipy.special import erf

    floor, height, place, sigma = values
    return np.asarray(floor + 0.5 * height * (1.0 + erf((x - place) / (np.sqrt(2.0) * sigma))))


def _layer(x: Array, values: Array) -> Array:
    """Return floor, height, first place, sigma, second place as a curve."""
    floor, height, first, sigma, second = values
    unit = [0.0, 1.0]
    return np.asarray(
        floor + height * (_step(x, np.array([*unit, first, sigma])) - _step(x, np.array([*unit, second, sigma])))
    )


def _fit(position: Array, y: Array, per_unit: float | None) -> tuple[str, Fit]:
    """Return the better of a step and a layer by AICc, with counting or uniform weights; lengths in metres."""
    spacing = float(np.median(np.diff(position)))
    x = (position - position[0]) / spacing
    span, swing = float(x[-1]), float(np.ptp(y)) or 1.0
    smooth = np.maximum(np.convolve(np.pad(y, 2, mode="edge"), np.full(5, 0.2), "valid"), 0.0)
    crossing, peak = float(x[np.argmax(np.abs(np.gradient(smooth, x)))]), float(x[np.argmax(smooth)])
    height = float(np.copysign(swing, y[-len(y) // 3 :].mean() - y[: len(y) // 3].mean()))
    level = float(y.min() if height > 0.0 else y.max())
    free = np.inf
    tries: list[tuple[str, list[float], list[float], list[float]]] = []
    for width in (0.02 * span, 0.1 * span, 0.3 * span):
        step = [level, height, crossing, width]
        tries.append((_STEP, step, [-free, -free, -span, 0.1], [free, free, 2.0 * span, 3.0 * span]))
        layer = [float(y.min()), swing, peak - width, width, peak + width]
        tries.append((_LAYER, layer, [-free, 0.0, 0.0, 0.1, 0.0], [free, free, span, span, span]))
    found = [(shape, _fit_shape(shape, x, y, smooth, *rest, per_unit=per_unit)) for shape, *rest in tries]
    shape, best = min(found, key=lambda row: _aicc(row[1], y, known=per_unit is not None))
    lengths = np.array([1.0, 1.0, spacing, spacing, spacing][: len(best.values)])
    start = np.array([0.0, 0.0, position[0], 0.0, position[0]][: len(best.values)])
    return shape, replace(
        best, values=start + lengths * best.values, covariance=best.covariance * np.outer(lengths, lengths)
    )


def _fit_shape(
    shape: str,
    x: Array,
    y: Array,
    expected: Array,
    start: list[float],
    lower: list[float],
    upper: list[float],
    *,
    per_unit: float | None,
) -> Fit:
    """Fit one shape, the second time with the weights of what the first one expects."""
    curve = _step if shape == _STEP else _layer

    def once(values: list[float], counts: Array) -> Fit:
        sigma = np.ones_like(x) if per_unit is None else poisson_sigma(counts, per_unit)
        return fit_curve(
            lambda p: curve(x, p), y, values, sigma=sigma, lower=lower, upper=upper, scale=per_unit is None
        )

    first = once(start, expected)
    return first if per_unit is None else once(first.values.tolist(), np.maximum(first.model, 0.0))


def _aicc(fit: Fit, y: Array, *, known: bool) -> float:
    """Return Akaike's criterion with its correction for few points; lower is better."""
    n, k = len(y), len(fit.values) + (0 if known else 1)
    chi = fit.reduced_chi_square * fit.freedom
    misfit = chi if known else n * np.log(max(chi, 1e-300) / n)
    return float(misfit + 2.0 * k + 2.0 * k * (k + 1) / max(n - k - 1, 1))


def _findings(
    name: str, shape: str, fit: Fit, x: Array, definition: str, probe: float | None, time: float | None
) -> tuple[list[Finding], list[str]]:
    factor = WIDTHS[definition]
    method = f"error-function {shape}, least squares"
    if not _seen(fit):
        reason = f"no interface of {name} stands out of the noise"
        return [_no_answer(f"{name}_interface", method, reason), _no_answer(f"{name}_width", method, reason)], []
    warnings = []
    spacing, sigma, sigma_error = float(np.median(np.diff(x))), abs(float(fit.values[3])), float(fit.sigmas[3])
    ends = [float(fit.values[2])] if shape == _STEP else [float(fit.values[2]), float(fit.values[4])]
    found = []
    if shape == _STEP:
        found.append(_found(f"{name}_interface", ends[0], float(fit.sigmas[2]), method))
    else:
        slope = np.zeros(len(fit.values))
        slope[[2, 4]] = -1.0, 1.0
        found += [
            _found(f"{name}_interface_{side}", ends[k], float(fit.sigmas[2 + 2 * k]), method)
            for k, side in enumerate(("first", "second"))
        ]
        found.append(_found(f"{name}_thickness", ends[1] - ends[0], fit.spread(slope), f"{method}, between its sides"))
        if ends[1] - ends[0] < 2.0 * sigma:
            warnings.append(
                f"the layer of {name} is thinner than its sides are wide: height and thickness trade places"
            )
    if min(ends) - x[0] < 2.0 * sigma or x[-1] - max(ends) < 2.0 * sigma:
        warnings.append(f"{name}: the line ends within 2 sigma of the interface; its plateau is extrapolated")
    if sigma < 0.7 * spacing:
        warnings.append(f"{name}: the width is below the spacing of the points and not resolved")
    if runs_z(fit.residuals) < -3.0:
        warnings.append(f"{name}: the residuals have a shape; the profile is no error function (two rates, or a phase)")
    found.append(_found(f"{name}_width", factor * sigma, factor * sigma_error, f"{method}; width is {definition}"))
    inner, inner_error = sigma, sigma_error
    if probe is not None:
        left = sigma**2 - (probe / FWHM_PER_SIGMA) ** 2
        # in the square, which stays Gaussian where the two widths are close
        square_error = 2.0 * sigma * sigma_error
        method = f"sigma^2 less that of a Gaussian probe of {probe:g} m FWHM; width is {definition}"
        if left < 2.0 * square_error:
            most = factor * np.sqrt(max(left + 1.645 * square_error, 0.0))
            reason = f"not wider than the probe: below {most:.2g} m (95 %)"
            found.append(_no_answer(f"{name}_width_without_probe", method, reason))
            if time is not None:
                reason = f"not wider than the probe: below {(most / factor) ** 2 / (2.0 * time):.2g} m2/s (95 %)"
                found.append(_no_answer(f"{name}_D", "sigma^2/(2 t)", reason, unit="m2/s"))
            return found, warnings
        inner, inner_error = float(np.sqrt(left)), float(square_error / (2.0 * np.sqrt(left)))
        found.append(_found(f"{name}_width_without_probe", factor * inner, factor * inner_error, method))
    if time is not None:
        found.append(
            Finding(
                name=f"{name}_D",
                value=inner**2 / (2.0 * time),
                unit="m2/s",
                uncertainty=inner * inner_error / time,
                method="sigma^2/(2 t), constant D on both sides, sharp at t = 0",
                references=["balluffi2005"],
                note="" if probe is not None else "the probe is not taken off: an upper limit",
            )
        )
    return found, warnings


def _seen(fit: Fit) -> bool:
    """Return whether the height of a step or layer is more than 5 sigma."""
    return bool(abs(fit.values[1]) > 5.0 * fit.sigmas[1])


def _found(name: str, value: float, sigma: float, method: str) -> Finding:
    return Finding(name=name, value=value, unit="m", uncertainty=sigma, method=method)


def _no_answer(name: str, method: str, reason: str, unit: str = "m") -> Finding:
    return Finding(name=name, value=None, unit=unit, uncertainty_reason=reason, method=method, note=reason)


def _distances(fits: dict[str, tuple[str, Fit]]) -> list[Finding]:
    """Return how far apart the steps of the elements lie: an overlap of rising and falling ones is a mixed layer."""
    steps = [
        (name, float(fit.values[2]), float(fit.sigmas[2]))
        for name, (shape, fit) in fits.items()
        if shape == _STEP and _seen(fit)
    ]
    return [
        _found(f"{steps[0][0]}_to_{name}", place - steps[0][1], float(np.hypot(sigma, steps[0][2])),
               "difference of the interface positions")
        for name, place, sigma in steps[1:]
    ]  # fmt: skip


def _methods(definition: str, probe: float | None, time: float | None) -> str:
    text = (
        "Each element's profile was fitted with an error-function step or layer, whichever has the lower AICc; the "
        f"width of an interface is its {definition} width."
    )
    if probe is not None:
        text += f" A Gaussian probe of {probe:g} m full width at half maximum was taken off in quadrature."
    if time is not None:
        text += f" D follows from sigma^2 = 2 D t with t = {time:g} s."
    return text


def draw_profile(analysis: Analysis) -> dict[str, "Figure"]:
    """Draw each element's profile, scaled to its largest value, with its fit; interfaces dashed."""
    from matplotlib.figure import Figure

    held: dict[str, Any] = analysis.details
    x = 1e9 * np.array(held["position_metre"])
    figure = Figure(figsize=(6.4, 4.2), layout="constrained")
    axes = figure.subplots()
    for k, (name, row) in enumerate(held["elements"].items()):
        top = max(float(np.max(np.abs(row["intensity"]))), 1e-300)
        axes.plot(x, np.array(row["intensity"]) / top, "o", color=f"C{k}", markersize=3, alpha=0.6, label=name)
        if row["shape"] == "none":
            continue
        axes.plot(x, np.array(row["fit_intensity"]) / top, color=f"C{k}", linewidth=1.4)
        for place in row["interface_metre"]:
            axes.axvline(1e9 * place, color=f"C{k}", linestyle="--", linewidth=0.8)
    axes.set_xlim(x[0], x[-1])
    axes.set_xlabel("position / nm")
    axes.set_ylabel("intensity / largest")
    axes.set_title(analysis.source, fontsize=9, loc="left")
    figure.legend(frameon=False, fontsize=8, loc="outside upper right", ncols=8)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return {"profile": figure}
